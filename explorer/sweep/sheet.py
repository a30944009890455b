"""The file of a sweep: a row a run, written as soon as it is known, and read again to go on.

Plain CSV. The first columns say which run a row is of, the last one with which torch it was made;
between them stand its numbers, and its trouble, if it came to no end. A row is written at once, so
that whatever ends the program leaves whole lines, but for the last at most. A complete file is put
into the order of the sweep: two equal sweeps leave equal files.
"""

import csv
import math
import os
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from io import StringIO
from pathlib import Path
from typing import BinaryIO

from explorer.runs.export import check_place

try:
    import fcntl
except ImportError:  # where there is none, nobody is kept from writing twice
    fcntl = None  # type: ignore[assignment]

TORCH = "torch"
TROUBLE = "trouble"

Key = tuple[str, ...]


class Sheet:
    """The rows of a sweep in a file. As a context it opens the file, and goes on where it stood.

    ``runs`` are all that the sweep has, each by its key. Raises ValueError, one sentence, for a
    file that belongs to another sweep or is being written, OSError for one that cannot be written.
    """

    def __init__(
        self, out: Path, keys: Sequence[str], values: Sequence[str], runs: Iterable[Key]
    ) -> None:
        if out.suffix != ".csv":
            raise ValueError(f"a sweep is written to a .csv file, not to {out.name!r}")
        check_place(out)
        self.out = out
        self.head = (*keys, *values, TROUBLE, TORCH)
        self.runs = {key: place for place, key in enumerate(runs)}
        self.rows: dict[Key, tuple[tuple[float, ...], str]] = {}
        self._keys, self._values = len(keys), len(values)
        self._made_with = version("torch")
        self._file: BinaryIO | None = None
        self._read()

    def __enter__(self) -> "Sheet":
        self._file = self.out.open("ab")
        if fcntl is not None:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                self._file.close()
                raise ValueError(f"another sweep is writing {self.out}") from None
        self._read()
        self._file.truncate(self._whole)
        if not self._whole:
            self._write(self.head)
        return self

    def __exit__(self, *raised: object) -> None:
        assert self._file is not None
        self._file.close()

    def add(self, key: Key, values: Sequence[float], trouble: str = "") -> None:
        """Write the row of a run."""
        if key not in self.runs or len(values) != self._values:
            raise ValueError(f"{key} with {len(values)} values is no row of this sweep")
        if key not in self.rows:
            self.rows[key] = tuple(values), trouble
            self._write(self._row(key))

    def _row(self, key: Key) -> tuple[str, ...]:
        values, trouble = self.rows[key]
        return (*key, *map(written, values), trouble, self._made_with)

    def _write(self, cells: Sequence[str]) -> None:
        assert self._file is not None
        self._file.write(_line(cells))
        self._file.flush()

    def sort(self) -> None:
        """Put the rows into the order of the sweep: beside the file, and then in its place."""
        in_order = sorted(self.rows, key=lambda key: self.runs[key])
        text = _line(self.head) + b"".join(_line(self._row(key)) for key in in_order)
        if self.out.read_bytes() != text:
            beside = self.out.with_name(self.out.name + ".part")
            beside.write_bytes(text)
            os.replace(beside, self.out)

    def _read(self) -> None:
        """Take the rows that are there; a line that was cut short is none."""
        text = self.out.read_bytes() if self.out.exists() else b""
        self._whole = text.rfind(b"\n") + 1
        lines = text[: self._whole].decode("utf-8", errors="replace")
        rows = list(csv.reader(StringIO(lines, newline="")))
        if not rows:
            if text.strip() and not _line(self.head).startswith(text):
                raise self._other("it has no line of names")
            return
        if tuple(rows[0]) != self.head:
            raise self._other("its columns are others")
        for number, row in enumerate(rows[1:], 2):
            key, rest = tuple(row[: self._keys]), row[self._keys :]
            if key not in self.runs:
                raise self._other(f"this one has no run like that of its line {number}")
            try:
                *values, trouble, made_with = rest
                found = tuple(float(value) if value else math.nan for value in values)
                if len(found) != self._values:
                    raise ValueError
            except ValueError:
                raise self._other(f"its line {number} cannot be read") from None
            if made_with != self._made_with:
                raise ValueError(
                    f"{self.out} was begun with torch {made_with}, and here is torch "
                    f"{self._made_with}; give another --out"
                )
            self.rows[key] = found, trouble

    def _other(self, why: str) -> ValueError:
        return ValueError(f"{self.out} belongs to another sweep: {why}; give another --out")


def written(value: float) -> str:
    """Return a number as the file has it, to its last bit; nothing for NaN."""
    if math.isnan(value):
        return ""
    whole = math.isfinite(value) and value == int(value) and abs(value) < 1e15
    return str(int(value)) if whole else repr(float(value))


def _line(cells: Sequence[str]) -> bytes:
    text = StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue().encode()
