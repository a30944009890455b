"""The shelf: kept runs in one SQLite file, which several servers may share.

Every act is one transaction on a connection of its own. What `keep` has returned is on the disk
(``synchronous=FULL``): a server may be killed at any moment after it, and before it nothing of the
run is there. A file that is damaged, written by a later version, or none of ours is left as it is,
and one sentence says so.
"""

import contextlib
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path

from explorer.runs.frames import step_of
from explorer.runs.shelf.file import ShelfError, opened
from explorer.runs.shelf.parcel import Parcel, packed, unpacked
from explorer.runs.shelf.place import place

__all__ = ["Bounds", "Kept", "Reader", "Shelf", "ShelfError", "the_shelf"]

NO_SUCH = "This run is not on your shelf; it may have been deleted."
MEANWHILE = "It was renamed elsewhere meanwhile, to “{}”; nothing was changed."


@dataclass(frozen=True)
class Bounds:
    """How much a shelf takes; counts, bytes and seconds."""

    runs: int = 2_000
    bytes: int = 8 * 2**30
    runs_of_one: int = 200  # of one owner
    bytes_of_one: int = 2 * 2**30
    undo: float = 24 * 3600.0  # for which a deleted run is still there, while there is room


@dataclass(frozen=True)
class Reader:
    """Who asks: an owner sees their own runs, and the server's owner (``all``) those of all."""

    owner: str
    all: bool = False


@dataclass(frozen=True)
class Kept:
    """What is known of a run on the shelf without opening it.

    ``number`` is unguessable; ``edition`` counts the changes of name and note. ``gone`` is when it
    was deleted, None where it was not. ``imported``: it came in a file.
    """

    number: str
    owner: str
    kind: str
    page: str
    link: str
    title: str
    clock: str
    name: str
    note: str
    kept: float
    step: int
    frames: int
    bytes: int
    goes_on: bool
    imported: bool
    edition: int
    gone: float | None


NAMES = [each.name for each in fields(Kept)]
COLUMNS = ", ".join(NAMES)
TRUTHS = ("goes_on", "imported")


class Shelf:
    """The kept runs in a file. Every method raises `ShelfError`, one sentence, where it fails."""

    def __init__(
        self, path: Path, bounds: Bounds | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        self.path = path
        self.bounds = bounds or Bounds()
        self._clock = clock
        self._looked_at = False  # whether this server has read the whole file once
        self._lock = threading.Lock()

    # ------------------------------------------------------------------------------- keep and read

    def keep(self, reader: Reader, parcel: Parcel, imported: bool = False) -> Kept:
        """Put a run on the shelf; it is there for good when this returns."""
        now = self._clock()
        parcel = replace(parcel, name=parcel.name.strip() or parcel.title, kept=now)
        try:
            data = packed(parcel)
        except ValueError as error:
            raise ShelfError(str(error)) from None
        number = secrets.token_urlsafe(16)
        row = Kept(
            number=number,
            owner=reader.owner,
            kind=parcel.kind,
            page=parcel.page,
            link=parcel.link,
            title=parcel.title,
            clock=parcel.clock,
            name=parcel.name,
            note=parcel.note,
            kept=now,
            step=step_of(parcel.past.packets[-1]),
            frames=len(parcel.past.frames),
            bytes=len(data),
            goes_on=parcel.goes_on,
            imported=imported,
            edition=0,
            gone=None,
        )
        with self._writing() as writing:
            self._make_room(writing, reader.owner, len(data))
            places = ", ".join("?" * len(NAMES))
            values = [getattr(row, name) for name in NAMES]
            writing.execute(f"INSERT INTO run ({COLUMNS}) VALUES ({places})", values)
            writing.execute("INSERT INTO body (number, data) VALUES (?, ?)", (number, data))
        return row

    def all(self, reader: Reader, gone: bool = False) -> list[Kept]:
        """Return what somebody may see, the newest first; ``gone``: what they deleted instead."""
        if not self._is_there:
            return []
        which = "gone IS NOT NULL" if gone else "gone IS NULL"
        with self._reading() as reading:
            return _rows(reading, f"{which} AND {SEEN} ORDER BY kept DESC, number", _who(reader))

    def find(self, reader: Reader, number: str) -> Kept:
        """Return what is known of a run."""
        if not self._is_there:
            raise ShelfError(NO_SUCH)
        with self._reading() as reading:
            return _the(reading, reader, number)

    def take(self, reader: Reader, number: str) -> Parcel:
        """Return a run with all that it has behind it, as it is called now."""
        row = self.find(reader, number)
        with self._reading() as reading:
            found = reading.execute("SELECT data FROM body WHERE number = ?", (number,)).fetchone()
        if found is None:
            raise ShelfError(NO_SUCH)
        try:
            parcel = unpacked(found[0])
        except ValueError as error:
            raise ShelfError(f"“{row.name}”: {error}") from None
        return replace(parcel, name=row.name, note=row.note)

    def size(self, reader: Reader) -> int:
        """Return how many bytes the runs take that somebody may see, deleted ones too."""
        if not self._is_there:
            return 0
        with self._reading() as reading:
            asked = f"SELECT coalesce(sum(bytes), 0) FROM run WHERE {SEEN}"
            return int(reading.execute(asked, _who(reader)).fetchone()[0])

    # -------------------------------------------------------------------------------------- change

    def call(self, reader: Reader, row: Kept, name: str, note: str) -> None:
        """Give a run, seen as ``row``, another name and note; not over another one's change."""
        with self._writing() as writing:
            now = _the(writing, reader, row.number)
            if now.edition != row.edition:
                raise ShelfError(MEANWHILE.format(now.name))
            writing.execute(
                "UPDATE run SET name = ?, note = ?, edition = edition + 1 WHERE number = ?",
                (name.strip() or now.name, note.strip(), row.number),
            )

    def delete(self, reader: Reader, number: str) -> None:
        """Take a run off the shelf; for a day `restore` puts it back, while there is room."""
        with self._writing() as writing:
            _the(writing, reader, number)
            writing.execute("UPDATE run SET gone = ? WHERE number = ?", (self._clock(), number))
            self._sweep(writing)

    def restore(self, reader: Reader, number: str) -> None:
        """Put a run back that was deleted."""
        with self._writing() as writing:
            _the(writing, reader, number, gone=True)
            writing.execute("UPDATE run SET gone = NULL WHERE number = ?", (number,))

    # ------------------------------------------------------------------------------------ pictures

    def picture(self, reader: Reader, number: str, dark: bool) -> bytes | None:
        """Return the small picture of a run, light or dark, if one was made."""
        with self._reading() as reading:
            _the(reading, reader, number)
            asked = "SELECT data FROM picture WHERE number = ? AND dark = ?"
            found = reading.execute(asked, (number, dark)).fetchone()
        return None if found is None else found[0]

    def illustrate(self, reader: Reader, number: str, dark: bool, picture: bytes) -> None:
        """Keep the small picture of a run."""
        with self._writing() as writing:
            _the(writing, reader, number)
            put = "INSERT OR REPLACE INTO picture (number, dark, data) VALUES (?, ?, ?)"
            writing.execute(put, (number, dark, picture))

    # ------------------------------------------------------------------------------------- at work

    @property
    def _is_there(self) -> bool:
        return self.path.exists()

    @contextlib.contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            looked_at, self._looked_at = self._looked_at, True
        with contextlib.ExitStack() as leaving:
            try:
                connection = leaving.enter_context(opened(self.path, not looked_at))
            except ShelfError:
                self._looked_at = looked_at
                raise
            yield connection

    @contextlib.contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, alone among all servers; it is on the disk when this is left."""
        with self._reading() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            connection.execute("PRAGMA incremental_vacuum")

    def _make_room(self, writing: sqlite3.Connection, owner: str, size: int) -> None:
        """Let go of deleted runs until one of ``size`` bytes fits; `ShelfError` where none does."""
        self._sweep(writing)
        while why := self._why_not(writing, owner, size):
            oldest = writing.execute(
                "SELECT number FROM run WHERE gone IS NOT NULL ORDER BY owner != ?, gone LIMIT 1",
                (owner,),
            ).fetchone()
            if oldest is None:
                raise ShelfError(why)
            writing.execute("DELETE FROM run WHERE number = ?", oldest)

    def _why_not(self, writing: sqlite3.Connection, owner: str, size: int) -> str:
        """Return why one more run of ``size`` bytes does not fit; empty where it does."""
        bounds = self.bounds
        count = "SELECT count(*), coalesce(sum(bytes), 0) FROM run"
        for whose, (runs, taken), most, most_bytes in (
            (
                "Your shelf",
                writing.execute(f"{count} WHERE owner = ?", (owner,)).fetchone(),
                bounds.runs_of_one,
                bounds.bytes_of_one,
            ),
            (
                "The shelf of this server",
                writing.execute(count).fetchone(),
                bounds.runs,
                bounds.bytes,
            ),
        ):
            if runs >= most:
                return f"{whose} is full: it holds {most:,} runs; delete one first."
            if taken + size > most_bytes:
                return (
                    f"{whose} is full: this run takes {_megabytes(size)}, and "
                    f"{_megabytes(max(0, most_bytes - taken))} of {_megabytes(most_bytes)} are "
                    "left; delete one first."
                )
        return ""

    def _sweep(self, writing: sqlite3.Connection) -> None:
        """Let go of what was deleted long ago."""
        before = self._clock() - self.bounds.undo
        writing.execute("DELETE FROM run WHERE gone < ?", (before,))


SEEN = "(? OR owner = ?)"


def _who(reader: Reader) -> tuple[bool, str]:
    return reader.all, reader.owner


def _rows(connection: sqlite3.Connection, which: str, values: tuple[bool | str, ...]) -> list[Kept]:
    found = connection.execute(f"SELECT {COLUMNS} FROM run WHERE {which}", values).fetchall()
    named = [dict(zip(NAMES, each, strict=True)) for each in found]
    return [Kept(**each | {name: bool(each[name]) for name in TRUTHS}) for each in named]


def _the(connection: sqlite3.Connection, reader: Reader, number: str, gone: bool = False) -> Kept:
    """Return a run that somebody may see. `ShelfError` where there is none."""
    which = f"number = ? AND gone IS {'NOT ' if gone else ''}NULL AND {SEEN}"
    found = _rows(connection, which, (number, *_who(reader)))
    if not found:
        raise ShelfError(NO_SUCH)
    return found[0]


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"


@cache
def _shelf_at(path: Path) -> Shelf:
    return Shelf(path)


def the_shelf() -> Shelf:
    """Return the shelf of this server."""
    return _shelf_at(place())
