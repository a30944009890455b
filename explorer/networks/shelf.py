"""The networks that visitors brought, for as long as the server has room for them.

A network is known by its mark, which nobody can guess; whoever has a link with the mark can read
with it. Nothing is written to disk. A process that computes for the server has a shelf of its own,
which is handed the same files in the same order.
"""

import secrets
import threading
from collections import OrderedDict

from explorer.networks.uploads import Upload, opened

MOST_UPLOADS = 24
MOST_NUMBERS = 60_000_000  # of all networks together: 240 MB; the newest stays whatever its size

_shelf: OrderedDict[str, Upload] = OrderedDict()
_lock = threading.Lock()


def keep(upload: Upload) -> str:
    """Put an uploaded network on the shelf and return its mark; the oldest makes room."""
    mark = secrets.token_hex(8)
    put(mark, upload)
    return mark


def take(name: str, data: bytes) -> None:
    """Put the network in a file on the shelf under a mark that it has elsewhere.

    ``name`` is the mark and the file's own name. A file that is already there is left as it is.
    """
    mark, _, file = name.partition(" ")
    if kept(mark) is None:
        put(mark, opened(file, data))


def kept(mark: str) -> Upload | None:
    """Return the network with this mark, or None where it is not here any more."""
    with _lock:
        return _shelf.get(mark)


def put(mark: str, upload: Upload) -> None:
    """Put an uploaded network on the shelf under a mark; the oldest makes room."""
    with _lock:
        _shelf[mark] = upload
        while len(_shelf) > 1 and (
            len(_shelf) > MOST_UPLOADS
            or sum(each.numbers for each in _shelf.values()) > MOST_NUMBERS
        ):
            _shelf.popitem(last=False)
