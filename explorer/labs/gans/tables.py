"""The tables that visitors uploaded, for as long as the server has room for them.

A table is known by its mark, which nobody can guess; whoever has a link with the mark can train on
it. Nothing is written to disk, and no file name is kept. A process that answers has no shelf of its
own: it is brought the points.
"""

import secrets
import threading
from collections import OrderedDict

from explorer.gans.data import Distribution
from explorer.gans.drawn import Table, points_of_csv
from explorer.labs.gans.data import DATA, data_of, points_text

(NAME,) = (name for name, data in DATA.items() if "points" in data.needs)
"""of the data set that an uploaded table is"""
MOST_TABLES = 64  # of at most 20,000 rows: 700 kB each
LARGEST = 64 * 2**20  # bytes of a file: a million rows of two columns take 40 MB

_shelf: OrderedDict[str, Table] = OrderedDict()
_brought: OrderedDict[str, str] = OrderedDict()  # points of tables on another process' shelf
_lock = threading.Lock()


def table_of(content: bytes) -> Table:
    """A table from the bytes of a file that can be learned as it is.

    ValueError with one sentence for anything else: what a match would refuse is refused here.
    """
    if len(content) > LARGEST:
        raise ValueError(
            f"the file has {len(content) / 2**20:,.0f} MB; at most {LARGEST // 2**20} are read"
        )
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise ValueError("the file is not text: a table of two columns of numbers is needed") from (
            None
        )
    table = points_of_csv(text)
    learned(table)
    return table


def learned(table: Table) -> Distribution:
    """The data set that a match on a table learns. ValueError, one sentence, where it cannot."""
    return data_of(NAME, 0.0, "", points_text(table))


def keep(table: Table) -> str:
    """Put a table on the shelf and return its mark; the oldest makes room."""
    mark = secrets.token_hex(8)
    with _lock:
        _shelf[mark] = table
        while len(_shelf) > MOST_TABLES:
            _shelf.popitem(last=False)
    return mark


def kept(mark: str) -> Table | None:
    """The table with this mark, or None where it is not here any more."""
    with _lock:
        if mark in _shelf:
            _shelf.move_to_end(mark)
        return _shelf.get(mark)


def bring(mark: str, points: bytes) -> None:
    """Take the `points` of a table that lies on the shelf of another process."""
    _brought[mark] = points.decode("ascii")
    while len(_brought) > MOST_TABLES:
        _brought.popitem(last=False)


def points(mark: str) -> str:
    """The points of the table with this mark, as an experiment is told them; empty without one."""
    table = kept(mark)
    return points_text(table) if table else _brought.get(mark, "")
