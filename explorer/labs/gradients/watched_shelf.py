"""The recordings of watched trainings that visitors brought, and two that are here already.

A recording is known by its mark, the first letters of what its bytes hash to. Nothing is written to
disk. The two that ship are one training twice, the second one from a forget bias of 3; both lie
under ``assets/`` and were written by

    python -m explorer train watched --out assets
"""

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from explorer.labs.gradients.watched_file import Opened, opened
from explorer.labs.prose import line_of

ASSETS = Path(__file__).resolve().parents[3] / "assets"
COMMAND = "python -m explorer train watched --out assets"
SHIPPED = {
    "watched-lstm": "An LSTM as PyTorch draws it",
    "watched-lstm-biased": "The same, forget bias 3",
}
"""The recordings that are here, by the names of their files, and what they are called."""
MARK = 16  # letters
MOST_RECORDINGS = 12
LONGEST_NAME = 40  # characters of a file's name that are shown


@dataclass(frozen=True)
class Called:
    """A recording and what it is called on the page."""

    name: str
    opened: Opened


_shelf: OrderedDict[str, Called] = OrderedDict()
_lock = threading.Lock()


def keep(file: str, content: bytes) -> str:
    """Put the recording in a file on the shelf and return its mark; the oldest makes room."""
    mark = hashlib.sha256(content).hexdigest()[:MARK]
    bring(f"{mark} {file}", content)
    return mark


def bring(name: str, content: bytes) -> None:
    """Take a recording as another process has it: ``name`` is its mark and the file's own name."""
    mark, _, file = name.partition(" ")
    found = Called(line_of(file, LONGEST_NAME), opened(content))
    with _lock:
        _shelf[mark] = found
        _shelf.move_to_end(mark)
        while len(_shelf) > MOST_RECORDINGS:
            _shelf.popitem(last=False)


def kept(mark: str) -> Called | None:
    """Return the recording with this mark, or None where it is not here any more."""
    with _lock:
        return _shelf.get(mark)


@cache
def shipped() -> tuple[Called, ...]:
    """Return the recordings that are here already."""
    return tuple(
        Called(name, opened((ASSETS / f"{file}.frames").read_bytes()))
        for file, name in SHIPPED.items()
    )
