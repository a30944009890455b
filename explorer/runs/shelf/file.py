"""The file of the shelf: opened so that nothing is lost, begun where there is none.

What is found is never repaired, moved or written over: a file that cannot be read as a shelf is
left where it is.
"""

import contextlib
import logging
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

log = logging.getLogger(__name__)

VERSION = 1  # of the tables, kept as SQLite's user_version
APPLICATION = int.from_bytes(b"XRsh", "big")  # kept as SQLite's application_id
PATIENCE = 10.0  # seconds for which another server may be writing
READ_WHOLE = 256 * 2**20  # bytes up to which a file is read once to see whether it is sound
HEAD = 100  # bytes of an SQLite file that say what it is
SQLITE = b"SQLite format 3\0"

TABLES = """
CREATE TABLE run (
  number TEXT PRIMARY KEY, owner TEXT NOT NULL, kind TEXT NOT NULL, page TEXT NOT NULL,
  link TEXT NOT NULL, title TEXT NOT NULL, clock TEXT NOT NULL, name TEXT NOT NULL,
  note TEXT NOT NULL, kept REAL NOT NULL, step INTEGER NOT NULL, frames INTEGER NOT NULL,
  bytes INTEGER NOT NULL, goes_on INTEGER NOT NULL, imported INTEGER NOT NULL,
  edition INTEGER NOT NULL, gone REAL
);
CREATE INDEX run_of_owner ON run (owner, kept);
CREATE TABLE body (
  number TEXT PRIMARY KEY REFERENCES run (number) ON DELETE CASCADE, data BLOB NOT NULL
);
CREATE TABLE picture (
  number TEXT NOT NULL REFERENCES run (number) ON DELETE CASCADE, dark INTEGER NOT NULL,
  data BLOB NOT NULL, PRIMARY KEY (number, dark)
);
"""

DAMAGED = "The shelf is damaged and was left as it is; move {} away to begin a new one."
FOREIGN = "{} is no shelf of this laboratory and was left as it is; name another file."
NEWER = "The shelf was written by a newer version of the laboratory and was left as it is."
FULL = "There is no room left on the disk; nothing was kept, and nothing was lost."
BUSY = "Another server is writing on the shelf; try again in a moment."
CLOSED = "The shelf cannot be opened at {}: {}."


class ShelfError(Exception):
    """What the shelf cannot do, in one sentence for the page."""


@contextlib.contextmanager
def opened(path: Path, whole: bool) -> Iterator[sqlite3.Connection]:
    """Open the shelf in a file, begin it where there is none; read it all once with ``whole``.

    Raises `ShelfError`, one sentence, for whatever goes wrong before the connection is closed.
    """
    with said(path):
        _look(path)
        with contextlib.suppress(FileExistsError):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        connection = connected(path)
        try:
            _begin(connection, path)
            connection.execute("PRAGMA journal_mode = WAL")
            if whole and path.stat().st_size <= READ_WHOLE:
                (sound,) = connection.execute("PRAGMA quick_check(1)").fetchone()
                if sound != "ok":
                    raise ShelfError(DAMAGED.format(path.name))
            yield connection
        finally:
            connection.close()


def connected(path: Path) -> sqlite3.Connection:
    """Return a connection that waits for others, and whose transactions are on the disk."""
    connection = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA trusted_schema = OFF")
    return connection


def _look(path: Path) -> None:
    """Look at the head of a file before SQLite may write to it."""
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
    except FileNotFoundError:
        return
    if not head:
        return
    if len(head) < HEAD or not head.startswith(SQLITE):
        raise ShelfError(DAMAGED.format(path.name))
    version, application = (int.from_bytes(head[at : at + 4], "big") for at in (60, 68))
    if application not in (0, APPLICATION) or (application == 0 and version):
        raise ShelfError(FOREIGN.format(path.name))
    if version > VERSION:
        raise ShelfError(NEWER)


def _begin(connection: sqlite3.Connection, path: Path) -> None:
    """Make the tables where there are none, once, whoever comes at the same time."""
    if _version(connection) == VERSION:
        return
    connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
    connection.execute("BEGIN IMMEDIATE")
    try:
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        version = _version(connection)
        if version > VERSION:
            raise ShelfError(NEWER)
        if version == 0 and tables:
            raise ShelfError(FOREIGN.format(path.name))
        if version == 0:
            for table in filter(str.strip, TABLES.split(";")):
                connection.execute(table)
            connection.execute(f"PRAGMA application_id = {APPLICATION}")
            connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


@contextlib.contextmanager
def said(path: Path) -> Iterator[None]:
    """Have whatever goes wrong with the file said in one sentence."""
    try:
        yield
    except sqlite3.Error as error:
        log.warning("the shelf at %s: %s", path, error)
        raise ShelfError(_sentence(error, path)) from error
    except OSError as error:
        log.warning("the shelf at %s: %s", path, error)
        raise ShelfError(CLOSED.format(path.name, error.strerror or error)) from error


def _sentence(error: sqlite3.Error, path: Path) -> str:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # without what it is more exactly
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return DAMAGED.format(path.name)
    if code == sqlite3.SQLITE_FULL:
        return FULL
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return BUSY
    return CLOSED.format(path.name, error)
