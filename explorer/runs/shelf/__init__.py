"""What was trained stays: runs with all they have behind them, kept beyond the server's life.

A run is packed as one `Parcel`, which lies on the `Shelf` (SQLite, one file) and travels as a file
between machines. This room knows no lab: what a parcel shows, and what goes on from it, is the
business of those who look at it.
"""

from explorer.runs.shelf.parcel import LARGEST, Known, Parcel, known_experiment, packed, unpacked
from explorer.runs.shelf.shelf import Bounds, Kept, Reader, Shelf, ShelfError, the_shelf

__all__ = [
    "LARGEST",
    "Bounds",
    "Kept",
    "Known",
    "Parcel",
    "Reader",
    "Shelf",
    "ShelfError",
    "known_experiment",
    "packed",
    "the_shelf",
    "unpacked",
]
