"""How the numbers of a table are written: with a decimal point or comma, and in groups of three.

One number cannot tell: 3,942 is 3942 in one country and 3.942 in another. A column mostly can, and
where it cannot, the columns beside it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from explorer.labs.gans.tables.amounts import BLANKS, DASH, amount, unit_of

Decimal = Literal["point", "comma"]
MARKS: Mapping[Decimal, str] = {"point": ".", "comma": ","}
OTHER: Mapping[Decimal, Decimal] = {"point": "comma", "comma": "point"}
ERRORS = ("#n/a", "#div/0!", "#value!", "#ref!", "#num!", "#name?", "#null!")
"""What a spreadsheet writes instead of a number, in small letters."""
MISSING = frozenset(
    (
        *("", "na", "n/a", "nan", "-nan", "null", "none", "nil", "missing", "<na>", "nat"),
        *("-", "--", "---", "–", "—", ".", "..", "?", "*"),
        *ERRORS,
    )
)
"""What stands where a number is missing, in small letters."""
INFINITE = r"(?i:[+-]?(?:inf|infinity|∞))"
ENOUGH = 10  # numbers in groups of three, beside small ones without, that tell groups from decimals


def _grouped(mark: str) -> str:
    """Whole numbers in groups of three; with commas in groups as India writes them, too."""
    inner = r"\d{2,3}" if mark == "," else r"\d{3}"
    return rf"[1-9]\d{{0,2}}(?:{mark}{inner})*{mark}\d{{3}}"


def _number(decimal: Decimal) -> str:
    """Numbers with that decimal mark, grouped by the other one, by blanks or by apostrophes."""
    mark = re.escape(MARKS[decimal])
    groups = "|".join(map(_grouped, (re.escape(MARKS[OTHER[decimal]]), " ", "'", "_")))
    plain = rf"(?:\d+(?:{mark}\d*)?|{mark}\d+)(?:[eEdD][+-]?\d+)?"
    return rf"[+-]?(?:{plain}|(?:{groups})(?:{mark}\d*)?)"


NUMBERS: Mapping[Decimal, str] = {decimal: _number(decimal) for decimal in MARKS}
EITHER = re.compile(rf"{NUMBERS['point']}|{NUMBERS['comma']}|{INFINITE}")
DOUBTFUL = r"[+-]?[1-9]\d{0,2}[.,]\d{3}"
"""numbers that are one with a decimal mark and another with groups of three"""


@dataclass(frozen=True)
class Notation:
    """How the numbers of a column are written; ``decimal`` is empty where no mark stands in them.

    ``doubt`` is empty where the column itself, or the file, decides. Where it does not, it says so,
    and without a ``decimal`` somebody must choose.
    """

    decimal: Decimal | Literal[""]
    reason: str = ""
    doubt: str = ""
    example: str = ""  # a number that the mark makes another one of


@dataclass(frozen=True, eq=False)
class Plain:
    """The cells of a column with nothing around their numbers, and what stood there."""

    cells: pd.Series
    unit: str = ""  # of the column
    bare: int = 0  # cells without it
    signed: str = ""  # one whose sign does not stand before it


def plain(cells: pd.Series) -> Plain:
    """Cells as their numbers are looked for: one kind of blank, minus and apostrophe, no unit."""
    found = cells.str.strip()
    if found.str.contains("[^ -~]").any():
        found = found.str.replace(BLANKS, " ", regex=True).str.replace("−", "-", regex=False)
        found = found.str.replace(DASH, r"\1-", regex=True)
        found = found.str.replace("[’´]", "'", regex=True).str.strip()
    usual = found.str.fullmatch(EITHER.pattern) | missing(found)
    odd = found[~usual]
    if odd.empty:
        return Plain(found)
    counted = {str(cell): int(count) for cell, count in odd.value_counts().items()}
    amounts = {cell: each for cell in counted if (each := amount(cell)) is not None}
    unit = unit_of([(each, counted[cell]) for cell, each in amounts.items()])
    numbers = {cell: each.number for cell, each in amounts.items() if each.unit in ("", unit)}
    signed = [cell for cell, number in numbers.items() if number[0] == "-" and cell[0] != "-"]
    bare = int((usual & ~missing(found)).sum()) if unit else 0
    found[~usual] = odd.map(lambda cell: numbers.get(cell, cell))
    return Plain(found, unit, bare, signed[0] if signed else "")


def missing(cells: pd.Series) -> pd.Series:
    """Which cells say that nothing is there."""
    return cells.str.lower().isin(MISSING)


def numeric(cells: pd.Series, decimal: Decimal) -> pd.Series:
    """Which cells are numbers with this decimal mark."""
    return cells.str.fullmatch(NUMBERS[decimal])


def read(cells: pd.Series, decimal: Decimal) -> np.ndarray:
    """The numbers of cells that `numeric` says are some, in float64; 1e999 is infinite."""
    bare = cells.str.replace(f"[ '_{re.escape(MARKS[OTHER[decimal]])}]", "", regex=True)
    if decimal == "comma":
        bare = bare.str.replace(",", ".", regex=False)
    bare = bare.str.replace("[dD]", "e", regex=True)
    return np.asarray(bare.tolist(), dtype=object).astype(np.float64)


def notations(columns: Sequence[pd.Series], separator: str) -> list[Notation]:
    """How each of these columns of a file is written; its ``separator`` is a hint of last resort.

    The cells are `plain`, and those that are missing are left out.
    """
    alone = [_alone(column) for column in columns]
    decided = {each.decimal for each in alone if each.decimal and not each.doubt}
    found = []
    for each in alone:
        if not each.doubt:
            found.append(each)
        elif len(decided) == 1:
            (decimal,) = decided
            found.append(Notation(decimal, _told(decimal, each.example), example=each.example))
        else:
            found.append(_by_the_file(each, separator))
    return found


def _alone(column: pd.Series) -> Notation:
    """What a column says by itself."""
    marked = column[column.str.contains("[.,]", regex=True)]
    fits = {decimal: int(numeric(marked, decimal).sum()) for decimal in MARKS}
    if max(fits.values()) == 0:
        return Notation("")
    if fits["point"] != fits["comma"]:
        decimal: Decimal = "point" if fits["point"] > fits["comma"] else "comma"
        shown = _doubtful(marked)
        return Notation(decimal, _told(decimal, shown), example=shown)
    example = _doubtful(marked)
    mark = "," if "," in example else "."
    one_mark = not marked.str.contains(re.escape("." if mark == "," else ","), regex=True).any()
    whole = column[column.str.fullmatch(r"[+-]?\d+")]
    digits = whole.str.lstrip("+-").str.len()
    as_decimals: Decimal = "comma" if mark == "," else "point"
    if one_mark and len(whole) and int(digits.max()) > 3:
        return Notation(as_decimals, "numbers of four digits stand without a mark", "", example)
    if one_mark and len(whole) and len(marked) >= ENOUGH:
        return Notation(
            OTHER[as_decimals],
            f"{example} is read as {_shown(example, OTHER[as_decimals])}: the column has "
            f"{len(marked):,} numbers with {_called(mark)} groups of three, and smaller ones "
            f"without",
            example=example,
        )
    return Notation("", doubt=example, example=example)


def _by_the_file(column: Notation, separator: str) -> Notation:
    """What the separator of a file says of a column in which every number can be two."""
    example, mark = column.example, "," if "," in column.example else "."
    decimal: Decimal | Literal[""]
    if mark == "." and separator == ",":
        return Notation("point", "commas separate the columns", example=example)
    if mark == ".":
        decimal = "comma" if separator == ";" else "point"
        why = "beside semicolons" if separator == ";" else "as most programs write"
        doubt = (
            f"every number is like {example}, and nothing in the file decides: it is read as "
            f"{_shown(example, decimal)}, {why}"
        )
        return Notation(decimal, doubt=doubt, example=example)
    return Notation(
        "",
        doubt=f"every number is like {example}, which is {_shown(example, 'point')} or "
        f"{_shown(example, 'comma')}, and nothing in the file decides",
        example=example,
    )


def _told(decimal: Decimal, example: str) -> str:
    """What an example is read as, if it could have been another number."""
    shown = _shown(example, decimal)
    return f"{example} is read as {shown}" if shown != example else ""


def _shown(example: str, decimal: Decimal) -> str:
    bare = example.replace(MARKS[OTHER[decimal]], "")
    return bare.replace(MARKS[decimal], ".")


def _doubtful(cells: pd.Series) -> str:
    found = cells[cells.str.fullmatch(DOUBTFUL)]
    return str(found.iloc[0]) if len(found) else ""


def _called(mark: str) -> str:
    return "comma" if mark == "," else "point"
