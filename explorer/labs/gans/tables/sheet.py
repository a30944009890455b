"""A file as a sheet: named columns of numbers or words, and how they were understood."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import StringIO

import numpy as np
import pandas as pd

from explorer.labs.gans.tables.dialects import (
    DATES,
    LONGEST,
    SAMPLE,
    SEPARATORS,
    Dialect,
    dialect_of,
)
from explorer.labs.gans.tables.names import Names, named
from explorer.labs.gans.tables.notation import (
    ERRORS,
    INFINITE,
    Decimal,
    Notation,
    Plain,
    missing,
    notations,
    numeric,
    plain,
    read,
)

MOST_COLUMNS = 200
MOST_CLASSES = 10  # labels of a conditional game
MOST_ROWS = 100_000  # of a long table that are read: what is learned are 4,096 of them
THINNED_WITH = 0  # the seed
SHOWN = 4  # first rows that are shown as they stand in the file


@dataclass(frozen=True, eq=False, kw_only=True)
class Column:
    """One column. Its numbers are NaN where there is none, infinite where that is what stands."""

    name: str
    kind: str  # "numbers", "words", "dates" or "index": numbers that only count the rows
    numbers: np.ndarray  # (rows,) float64; empty where there are none
    words: pd.Series  # as they stand in the file
    notation: Notation
    absent: int = 0  # cells where nothing is
    infinite: int = 0
    other: int = 0  # cells of a column of numbers that are none
    odd: str = ""  # one of these

    @property
    def is_numeric(self) -> bool:
        """Whether it can be learned."""
        return self.kind in ("numbers", "index")

    @property
    def classes(self) -> tuple[str, ...]:
        """What stands in it, where that is little enough to be a label; none else."""
        if self.kind == "dates":
            return ()
        present = self.words[~missing(self.words)]
        counted = present.unique()
        if not 2 <= len(counted) <= MOST_CLASSES or len(counted) == len(present):
            return ()
        return tuple(sorted(map(str, counted), key=_in_order))


@dataclass(frozen=True, eq=False, kw_only=True)
class Sheet:
    """A table as it was understood; ``rows`` are those that were read, with anything in them."""

    columns: tuple[Column, ...]
    rows: int
    unread: int = 0  # further rows of a long table
    first: tuple[tuple[str, ...], ...]
    separator: str
    said: tuple[str, ...] = ()  # what was understood, a clause each
    doubts: tuple[str, ...] = ()  # what can be meant otherwise, a sentence each
    undecided: str = ""  # what somebody must choose first
    skipped: dict[str, int] = field(default_factory=dict)  # rows, by why


def sheet_of(text: str, separator: str = "", numbers: str = "", names: str = "") -> Sheet:
    """The sheet of a text, or as it is told to be read: each empty setting is found.

    ValueError with one sentence where no column of numbers is in it.
    """
    lines = [line for line in text.split("\n") if line.strip()]
    if lines and (stated := re.fullmatch(r'"?sep=(.)"?', lines[0].rstrip("\r"), re.IGNORECASE)):
        lines = lines[1:]
        known = [name for name, each in SEPARATORS.items() if each.character == stated[1]]
        separator = separator or (known[0] if known else "")
    body, comments = _without_comments(lines)
    if not body:
        raise ValueError("the table is empty: it needs at least one column of numbers")
    total = len(body)
    body = _thinned(body)
    dialect = dialect_of(body, separator)
    frame = _cells(body, dialect)
    found = named(body, comments, dialect, names)
    rows, skipped = _rows(frame, found)
    return _understood(
        rows, found, dialect, numbers, skipped, len(lines) - total, total - len(body)
    )


def _without_comments(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    """The lines of the table, and the comments above it, without their marks."""
    if not any("#" in line for line in lines):
        return list(lines), []
    is_comment = [
        line.lstrip().startswith("#") and not line.lower().startswith(ERRORS) for line in lines
    ]
    if sum(is_comment) > len(lines) / 2 and len(lines) > 2:
        return list(lines), []
    body = [line for line, comment in zip(lines, is_comment, strict=True) if not comment]
    above = []
    for line, comment in zip(lines, is_comment, strict=True):
        if not comment:
            break
        line = line[:LONGEST]
        above.append(line.lstrip().lstrip("#").strip(" ") if "\t" in line else line.strip(" #"))
    return body, above


def _thinned(body: list[str]) -> list[str]:
    """A long table with its beginning and a hundred thousand lines in all, drawn with a seed."""
    if len(body) <= MOST_ROWS:
        return body
    rng = np.random.default_rng(THINNED_WITH)
    further = rng.choice(len(body) - SAMPLE, MOST_ROWS - SAMPLE, replace=False) + SAMPLE
    return [*body[:SAMPLE], *(body[at] for at in np.sort(further).tolist())]


def _cells(body: Sequence[str], dialect: Dialect) -> pd.DataFrame:
    """All cells as text, by pandas; NaN where a line has fewer than the longest."""
    width = 1
    if dialect.separator == "blanks":
        width = max(len(line.split()) for line in body)
    elif dialect.separator != "none":
        width = max(line.count(dialect.character) for line in body) + 1
    if width > MOST_COLUMNS:
        raise ValueError(
            f"the table has lines of {width:,} columns; at most {MOST_COLUMNS} are read: save "
            f"those that you need"
        )
    if dialect.separator == "none":
        whole = [line.strip().strip(dialect.quote) for line in body]
        return pd.DataFrame({0: pd.Series(whole, dtype="str")})
    given = "\n".join(line.strip(" ") for line in body)
    for quoting in (0, 3):  # as usual; and with quotes as characters, where one of them is open
        try:
            return pd.read_csv(
                StringIO(given),
                sep=r"\s+" if dialect.separator == "blanks" else dialect.character,
                quotechar=dialect.quote,
                quoting=quoting,
                header=None,
                names=list(range(width)),
                index_col=False,
                dtype="str",
                keep_default_na=False,
                na_filter=True,
                skipinitialspace=True,
            )
        except (pd.errors.ParserError, pd.errors.EmptyDataError):
            continue
    raise ValueError("the lines of the table do not fit together: save it as CSV anew")


def _rows(frame: pd.DataFrame, found: Names) -> tuple[pd.DataFrame, dict[str, int]]:
    """The rows below the names without those that are empty or too long, and how many are."""
    below = frame.iloc[found.begins :]
    inside = below.iloc[:, : found.width].fillna("")
    filled = (inside != "").any(axis=1)
    skipped = {}
    long = pd.Series(False, index=below.index)
    if found.width < frame.shape[1]:
        long = (below.iloc[:, found.width :].fillna("") != "").any(axis=1)
        if long.any():
            skipped[f"more than {found.width} cells"] = int(long.sum())
    return inside[filled & ~long], skipped


def _understood(
    rows: pd.DataFrame,
    found: Names,
    dialect: Dialect,
    numbers: str,
    skipped: dict[str, int],
    comments: int,
    unread: int,
) -> Sheet:
    """Every column read, and what there is to say of them."""
    cells = [rows.iloc[:, k] for k in range(rows.shape[1])]
    plainly = [plain(column) for column in cells]
    bare = [each.cells for each in plainly]
    present = [column[~missing(column)] for column in bare]
    written = notations(present, dialect.character)
    if numbers:
        decimal: Decimal = "comma" if numbers == "comma" else "point"
        written = [Notation(decimal) for _ in written]
    columns = tuple(
        _column(found.names[k], cells[k], bare[k], written[k])
        for k in range(len(cells))
        if len(present[k]) or found.given[k]
    )
    columns = _counting(columns, found)
    around = {found.names[k]: each for k, each in enumerate(plainly) if each.unit or each.signed}
    doubted = [each for each in columns if each.kind != "words" and each.notation.doubt]
    undecided = next((each for each in doubted if not each.notation.decimal), None)
    said = [SEPARATORS[dialect.separator].spoken, found.said]
    said += [f"{each.name}: {each.notation.reason}" for each in columns if each.notation.reason]
    said += [
        clause
        for each in columns
        if each.is_numeric and each.name in around
        for clause in _around(each.name, around[each.name])
    ]
    if comments:
        said.append(f"{comments:,} lines are comments" if comments > 1 else "one line is a comment")
    doubts = [dialect.doubt, found.doubt]
    doubts += [f"{each.name}: {each.notation.doubt}" for each in doubted if each is not undecided]
    doubts += [
        f"{each.name}: {around[each.name].bare:,} of its numbers have no {around[each.name].unit}, "
        f"and are read as if they had"
        for each in columns
        if each.is_numeric and each.name in around and around[each.name].bare
    ]
    if not any(column.is_numeric or column.notation.doubt for column in columns):
        raise ValueError(_no_numbers(columns))
    return Sheet(
        columns=columns,
        rows=len(rows),
        unread=unread,
        first=tuple(tuple(map(str, row)) for row in rows.head(SHOWN).itertuples(index=False)),
        separator=dialect.separator,
        said=tuple(filter(None, said)),
        doubts=tuple(filter(None, doubts)),
        undecided=f"{undecided.name}: {undecided.notation.doubt}" if undecided else "",
        skipped=skipped,
    )


def _column(name: str, cells: pd.Series, bare: pd.Series, notation: Notation) -> Column:
    """A column as what most of its cells are."""
    absent = missing(bare)
    decimal: Decimal = notation.decimal or "point"
    infinite = bare.str.fullmatch(INFINITE) & ~absent
    is_number = numeric(bare, decimal) & ~absent
    there = int((~absent).sum())
    kind = "words"
    if int((is_number | infinite).sum()) * 2 > there:
        kind = "numbers"
    elif int(bare[~absent].str.fullmatch(DATES.pattern).sum()) * 2 > there:
        kind = "dates"
    values = np.empty(0)
    odd = ""
    if kind == "numbers":
        values = np.full(len(cells), np.nan)
        values[is_number.to_numpy(bool)] = read(bare[is_number], decimal)
        values[infinite.to_numpy(bool)] = np.inf
        wrong = cells[~is_number & ~absent & ~infinite]
        odd = str(wrong.iloc[0])[:20] if len(wrong) else ""
    return Column(
        name=name,
        kind=kind,
        numbers=values,
        words=cells.str.strip(),
        notation=notation,
        absent=int(absent.sum()),
        infinite=int(np.isinf(values).sum()),
        other=int(there - is_number.sum() - infinite.sum()) if kind == "numbers" else 0,
        odd=odd,
    )


def _around(name: str, found: Plain) -> list[str]:
    """What stood around the numbers of a column, a clause each."""
    said = [f"{name}: {found.unit} is its unit"] if found.unit else []
    if found.signed:
        said.append(f"{name}: {found.signed} is read as negative")
    return said


def _counting(columns: tuple[Column, ...], found: Names) -> tuple[Column, ...]:
    """The first column as an index, where it only counts the rows and something else is there."""
    if not columns or columns[0].kind != "numbers" or len(columns[0].numbers) < 2:
        return columns
    first = columns[0]
    counts = first.numbers[0] in (0, 1) and bool(
        (first.numbers[1:] - 1 == first.numbers[:-1]).all()
    )
    others = sum(column.kind == "numbers" for column in columns[1:])
    nameless = found.has_names and (
        not found.given[0] or first.name.lower() in ("index", "id", "row", "no", "nr")
    )
    if not counts or not others or not (nameless or others > 1):
        return columns
    told = Column(**{**vars(first), "kind": "index"})
    return (told, *columns[1:])


def _no_numbers(columns: Sequence[Column]) -> str:
    if not columns:
        return "the table has no rows: it needs at least one column of numbers"
    kinds = {column.kind for column in columns}
    example = next((str(each.words.iloc[0])[:20] for each in columns if len(each.words)), "")
    what = "dates" if kinds == {"dates"} else "words"
    told = f", such as {example!r}" if example else ""
    return f"no column of the table holds numbers, only {what}{told}"


def _in_order(word: str) -> tuple[float, str]:
    """Labels that are whole numbers in their order, and others by the alphabet after them."""
    return (float(word), "") if re.fullmatch(r"-?\d{1,15}", word) else (np.inf, word)
