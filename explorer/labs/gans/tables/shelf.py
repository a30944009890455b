"""The tables that visitors uploaded, for as long as the server has room for them.

A table is known by its mark, a digest of its file: whoever has a link with the mark can train on
it, and the same file uploaded once more makes an old link work again. Nothing is written to disk,
and no file name is kept. A process that answers has no shelf of its own: it is brought the points.
"""

import hashlib
import threading
from collections import OrderedDict
from functools import lru_cache

from explorer.dials import values
from explorer.gans.table import Table
from explorer.labs.gans.data import DATA, data_of, points_text
from explorer.labs.gans.tables.contents import Text, text_of
from explorer.labs.gans.tables.reading import Read, Reading, read_as
from explorer.labs.gans.tables.sheet import Sheet, sheet_of

(NAME,) = (name for name, data in DATA.items() if "points" in data.needs)
"""of the data set that an uploaded table is"""
MARK = 16  # letters
MOST_TABLES = 64
MOST_BYTES = 128 * 2**20  # of all files together
FIRST = Reading()

_shelf: OrderedDict[str, tuple[Text, int]] = OrderedDict()
_brought: OrderedDict[str, str] = OrderedDict()  # points of tables on another process' shelf
_lock = threading.Lock()


def keep(content: bytes) -> str:
    """Put the table in a file on the shelf and return its mark; the oldest make room.

    ValueError, one sentence, for a file in which there is no table.
    """
    mark = hashlib.sha256(content).hexdigest()[:MARK]
    with _lock:
        _shelf[mark] = (text_of(content), len(content))
        _shelf.move_to_end(mark)
        while len(_shelf) > MOST_TABLES or sum(size for _, size in _shelf.values()) > MOST_BYTES:
            _shelf.popitem(last=False)
    try:
        _sheet(mark, "", "", "")
    except ValueError:
        with _lock:
            _shelf.pop(mark, None)
        raise
    return mark


def is_kept(mark: str) -> bool:
    """Whether the table with this mark is still here."""
    with _lock:
        if mark in _shelf:
            _shelf.move_to_end(mark)
        return mark in _shelf


def encoding(mark: str) -> str:
    """The encoding of the file with this mark. KeyError where it is not here."""
    with _lock:
        return _shelf[mark][0].encoding


def read(mark: str, reading: Reading = FIRST) -> Read | None:
    """What a reading makes of the table with this mark; None where it is not here any more.

    ValueError, one sentence, where the file read so has no column of numbers.
    """
    return _read(mark, reading) if is_kept(mark) else None


def kept(mark: str, reading: Reading = FIRST) -> Table | None:
    """The table with this mark, read so; None where it is not here, or cannot be learned so."""
    try:
        found = read(mark, reading)
    except ValueError:
        return None
    return None if found is None else found.table


def why_not(mark: str, reading: Reading = FIRST) -> str:
    """Why the table with this mark cannot be learned so, in one line; empty where it can."""
    if not is_kept(mark):
        found = bool(_brought.get(_called(mark, reading)))
        return "" if found else "the uploaded table is not here any more: upload it again"
    try:
        return _read(mark, reading).refusal
    except ValueError as why:
        return str(why)


def bring(name: str, points: bytes) -> None:
    """Take the `points` of a table that lies on the shelf of another process."""
    _brought[name] = points.decode("ascii")
    while len(_brought) > MOST_TABLES:
        _brought.popitem(last=False)


def parcel(mark: str, reading: Reading) -> tuple[str, bytes]:
    """What `bring` takes elsewhere of a table that is here and can be learned so."""
    return _called(mark, reading), points(mark, reading).encode("ascii")


def points(mark: str, reading: Reading = FIRST) -> str:
    """The points of a table as an experiment is told them; empty where there are none."""
    if is_kept(mark):
        return _points(mark, reading)
    return _brought.get(_called(mark, reading), "")


def _called(mark: str, reading: Reading) -> str:
    return ",".join([mark, *map(str, values(reading).values())])


@lru_cache(maxsize=4)
def _sheet(mark: str, separator: str, numbers: str, names: str) -> Sheet:
    with _lock:
        text = _shelf[mark][0].text
    return sheet_of(text, separator, numbers, names)


@lru_cache(maxsize=16)
def _read(mark: str, reading: Reading) -> Read:
    sheet = _sheet(mark, reading.separator, reading.numbers, reading.names)
    found = read_as(sheet, reading)
    if found.table is not None:
        try:
            data_of(NAME, 0.0, "", points_text(found.table))  # what a match would refuse
        except ValueError as why:
            return Read(**{**vars(found), "table": None, "refusal": str(why)})
    return found


@lru_cache(maxsize=64)
def _points(mark: str, reading: Reading) -> str:
    try:
        table = _read(mark, reading).table
    except ValueError:
        return ""
    return "" if table is None else points_text(table)
