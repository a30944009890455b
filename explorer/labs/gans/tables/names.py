"""Where the names of the columns stand: in a first row, in a comment above, or nowhere."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from explorer.labs.gans.tables.amounts import amount, evenly, unit_of
from explorer.labs.gans.tables.dialects import LONGEST, Dialect, typed

HEAD = 60  # rows among which the table begins
LONGEST_NAME = 40
YEARS = re.compile(r"(1[5-9]|20|21)\d\d")
MANY = 8  # numbers of one format, among which one of another would not be by chance


_FIRST = "the first row names the columns"


@dataclass(frozen=True)
class Names:
    """Where a table begins and what its columns are called."""

    begins: int  # the first row of numbers
    width: int  # columns
    names: tuple[str, ...]
    given: tuple[bool, ...]  # whether a name is the file's own
    said: str = ""
    doubt: str = ""

    @property
    def has_names(self) -> bool:
        """Whether the file names any column."""
        return any(self.given)


def named(
    lines: Sequence[str], comments: Sequence[str], dialect: Dialect, wanted: str = ""
) -> Names:
    """Where the rows begin and what the columns are called; ``wanted`` is "first" or "none".

    ValueError, one sentence, where there are twice as many cells as names.
    """
    cells = _bare(dialect.rows([line[:LONGEST] for line in lines[:HEAD]])[: HEAD - 1])
    width = _width(cells)
    if wanted == "none":
        return _without(0, width)
    begins = _begins(cells, width)
    if begins + 1 < len(cells):
        begins += _years_beside_names(cells[begins], cells[begins + 1 :], width)
    if wanted == "first":
        begins = max(1, begins)
    above = cells[:begins]
    titles = ""
    if above and (wanted == "first" or _names_something(above[-1], width)):
        row = above[-1]
        in_two = len(above) > 1 and _full(above[-2], width) and _full(row, width)
        if in_two and dialect.separator != "blanks":  # names and their units, for example
            row = [f"{a} {b}" for a, b in zip(above[-2], row, strict=False)]
            above = above[:-1]
        if len(above) > 1:
            titles = f"; {len(above) - 1} above the names are a title"
        return _with(begins, width, row, _FIRST + titles, cells)
    for comment in reversed(comments[-3:]):
        row = _of_comment(comment, dialect)
        if len(row) == width and not any(map(_number, row)):
            return _with(begins, width, row, "a comment names the columns", cells)
    found = _numbers_above(begins, width, cells)
    return _with_fewer(found, above[-1], dialect) if above else found


def _with_fewer(found: Names, row: Sequence[str], dialect: Dialect) -> Names:
    """No names, though a row above has some for a part of the columns: said, or refused."""
    count = len(_trimmed(row))
    if 2 * count == found.width and count > 1 and dialect.separator == "comma":
        raise ValueError(
            f"the table has {count} names and {found.width} numbers in a row: if their decimals "
            f"are commas, separate the columns by semicolons"
        )
    if count < 2:
        return found
    doubt = f"a row above has {count} cells for {found.width} columns, and names none of them"
    return replace(found, doubt=doubt)


def _numbers_above(begins: int, width: int, cells: list[list[str]]) -> Names:
    """No names, or a first row of whole numbers that are: years, or what pandas calls columns."""
    row, below = cells[0], cells[1:]
    none = _without(begins, width)
    index = ["", *row] if len(row) == width - 1 else row
    rest = bool(below) and all(len(r) == width and r[0] for r in below)
    digits = all(re.fullmatch(r"\d+", cell) for cell in index[1:])
    if not begins and rest and len(index) == width > 1 and not index[0] and digits:
        named = ("column 1", *index[1:])  # an index has no name in pandas, nor in R
        return Names(1, width, named, (False, *(True,) * (width - 1)), _FIRST)
    whole = _full(row, width) and all(re.fullmatch(r"\d+", cell) for cell in row)
    if begins or len(cells) < 3 or not whole or len(set(row)) < width:
        return none
    columns = [[r[k] for r in below if k < len(r) and _number(r[k])] for k in range(width)]
    told = ", ".join(row[:4])
    years = all(YEARS.fullmatch(cell) for cell in row)
    counts = row == [str(k) for k in range(width)]  # what pandas calls columns without a name
    decimals = not any(re.fullmatch(r"[+-]?\d+", cell) for column in columns for cell in column)
    if (
        all(map(_one_format, columns))
        or (years and not any(map(_holds_years, columns)))
        or (counts and decimals and width > 1)
    ):
        said = f"the first row, {told}, names the columns"
        return Names(1, width, tuple(row), (True,) * width, said)
    if years or decimals or counts:
        doubt = f"the first row, {told}, is read as numbers; if these are names, say so"
        return Names(0, width, none.names, none.given, none.said, doubt)
    return none


def _years_beside_names(row: Sequence[str], below: Sequence[Sequence[str]], width: int) -> bool:
    """Whether a row has words over the words below it, and years in their order over numbers.

    Where no year is left out, the numbers of some columns may be years as well.
    """
    named, years, hold = 0, [], 0
    for k, cell in enumerate(row[:width]):
        column = [r[k] for r in below if k < len(r) and r[k]]
        if YEARS.fullmatch(cell):
            if 2 * sum(not typed(each) for each in column) > len(column):
                return False
            hold += 2 * sum(map(_is_year, column)) > len(column)
            years.append(int(cell))
        elif typed(cell) and cell:
            return False
        else:
            named += bool(cell)
    steps = {later - earlier for earlier, later in pairwise(years)}
    orderly = steps in ({1}, {-1}) or (not hold and bool(steps) and min(steps) * max(steps) > 0)
    return named > 0 and orderly and hold < len(years)


def _one_format(column: Sequence[str]) -> bool:
    """Whether numbers all have equally many decimals, at least one: no whole one is among them."""
    decimals = {len(re.split("[.,]", cell)[-1]) for cell in column if re.search("[.,]", cell)}
    marked = all(re.search("[.,]", cell) for cell in column)
    return marked and len(decimals) == 1 and decimals != {3} and len(column) >= MANY


def _holds_years(column: Sequence[str]) -> bool:
    """Whether some number of a column lies where years do."""
    return any(_is_year(cell) for cell in column)


def _is_year(cell: str) -> bool:
    return YEARS.fullmatch(re.split("[.,]", cell)[0]) is not None


def _width(cells: Sequence[Sequence[str]]) -> int:
    """How many cells most rows have; a name more makes no column more, an empty cell neither."""
    counts = [len(_trimmed(row)) for row in cells]
    whole = [len(row) for row in cells]
    usual = max(sorted(set(whole), reverse=True), key=whole.count)
    filled = max((n for n, w in zip(counts, whole, strict=True) if w == usual), default=1)
    return max(1, filled)


def _trimmed(row: Sequence[str]) -> list[str]:
    found = list(row)
    while found and not found[-1]:
        found.pop()
    return found


def _begins(cells: Sequence[Sequence[str]], width: int) -> int:
    """The first row that holds a number where the rows below mostly do."""
    numeric = [
        2 * sum(k < len(row) and _number(row[k]) for row in cells[1:])
        > max(1, sum(k < len(row) and row[k] != "" for row in cells[1:]))
        for k in range(width)
    ]
    if len(cells) == 1:
        return 0
    for at, row in enumerate(cells):
        own = [k for k in range(min(width, len(row))) if numeric[k] and row[k]]
        words = [k for k in own if not typed(row[k])]
        if any(numeric) and any(_number(row[k]) for k in own) and len(words) < max(1, len(own)):
            return at
    return 1 if _names_something(cells[0], width) else 0


def _names_something(row: Sequence[str], width: int) -> bool:
    """Whether a row can name the columns: words, one for each, or for all but the first."""
    filled = [cell for cell in row if cell]
    first = next((k for k, cell in enumerate(row) if cell), 0)  # the levels of an index have none
    if len(filled) > 1 and len(row) == width and all(row[first:]):
        return True
    enough = len(row) >= width - 1 and len(filled) >= max(1, min(width, len(row)) - 1)
    return enough and (len(filled) > 1 or width <= 2)


def _full(row: Sequence[str], width: int) -> bool:
    return len(_trimmed(row)) == width and all(row[:width])


def _bare(cells: list[list[str]]) -> list[list[str]]:
    """The cells without the unit of their column where most of it has one made of letters."""
    bare = [list(row) for row in cells]
    for k in range(max(map(len, cells), default=0)):
        there = [(row, amount(evenly(row[k]))) for row in bare if k < len(row) and row[k]]
        unit = unit_of([(each, 1) for _, each in there])
        having = [(row, each) for row, each in there if each is not None and each.unit == unit]
        if unit and 2 * len(having) > len(there):
            for row, each in having:
                row[k] = each.number
    return bare


def _number(cell: str) -> bool:
    return any(c.isdigit() for c in cell) and typed(cell)


def _of_comment(comment: str, dialect: Dialect) -> list[str]:
    cells = dialect.cells(comment)
    return cells if len(cells) > 1 or dialect.separator == "none" else comment.split()


def _without(begins: int, width: int) -> Names:
    names = tuple(f"column {k + 1}" for k in range(width))
    return Names(begins, width, names, (False,) * width, "no row names the columns")


def _with(
    begins: int,
    width: int,
    row: Sequence[str],
    said: str,
    cells: Sequence[Sequence[str]],
) -> Names:
    """The names of a row; where it is one short, the first column has none (as R writes them)."""
    given = list(row[:width])
    if len(row) == width - 1 and begins < len(cells) and len(cells[begins]) == width:
        given = ["", *given]
    given += [""] * (width - len(given))
    names = [" ".join(each.split())[:LONGEST_NAME] for each in given]
    names = ["" if re.fullmatch(r"Unnamed: \d+", each) else each for each in names]
    own = tuple(bool(each) for each in names)
    called = [each or f"column {k + 1}" for k, each in enumerate(names)]
    once = [
        each if called.count(each) == 1 else f"{each} ({called[:k].count(each) + 1})"
        for k, each in enumerate(called)
    ]
    return Names(begins, width, tuple(once), own, said)
