"""Networks that learned here, for as long as the server has room for them.

One stands under its mark on this shelf, whole, and with its recurrent layers on that of the cell
lab (`networks.shelf`), so that both labs open it. Every process that computes for the server has
the same shelves.
"""

import secrets
import threading
from collections import OrderedDict

from explorer.labs.sequences import inside
from explorer.labs.sequences.learned import Learned
from explorer.labs.sequences.saved import opened
from explorer.networks import shelf

MOST = 24

_shelf: OrderedDict[str, Learned] = OrderedDict()
_lock = threading.Lock()


def keep(learned: Learned, name: str) -> str:
    """Put a network on the shelf and return its mark; the oldest makes room."""
    mark = secrets.token_hex(8)
    _put(mark, learned, name)
    return mark


def take(name: str, data: bytes) -> None:
    """Put the network of a file on the shelf under a mark that it has elsewhere.

    ``name`` is the mark and the file's own name. A file that is already there is left as it is.
    """
    mark, _, file = name.partition(" ")
    if kept(mark) is None:
        _put(mark, opened(file, data), file)


def kept(mark: str) -> Learned | None:
    """Return the network with this mark, or None where it is not here any more."""
    with _lock:
        return _shelf.get(mark)


def _put(mark: str, learned: Learned, name: str) -> None:
    upload = inside.opened(learned, name)
    if upload is not None:
        shelf.put(mark, upload)
    with _lock:
        _shelf[mark] = learned
        while len(_shelf) > MOST:
            _shelf.popitem(last=False)
