"""The networks that visitors brought, for as long as the server has room for them.

A network is known by its mark, which nobody can guess; whoever has a link with the mark can read
with it. Nothing is written to disk.
"""

import secrets
import threading
from collections import OrderedDict

from explorer.networks.uploads import Upload

MOST_UPLOADS = 24  # a network of 256 units takes a few megabytes

_shelf: OrderedDict[str, Upload] = OrderedDict()
_lock = threading.Lock()


def keep(upload: Upload) -> str:
    """Put an uploaded network on the shelf and return its mark; the oldest makes room."""
    mark = secrets.token_hex(8)
    with _lock:
        _shelf[mark] = upload
        while len(_shelf) > MOST_UPLOADS:
            _shelf.popitem(last=False)
    return mark


def kept(mark: str) -> Upload | None:
    """Return the network with this mark, or None where it is not here any more."""
    with _lock:
        if mark in _shelf:
            _shelf.move_to_end(mark)
        return _shelf.get(mark)
