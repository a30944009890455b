"""How a table is read: which columns and rows of a sheet a match learns, and what there is to say.

What is not chosen is found: the first two columns of numbers, every number as its column says. All
of it is in the link, and in an exported script as the points themselves.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import torch

from explorer.dials import check, dial
from explorer.gans.table import Table, standardised
from explorer.labs.gans.tables.dialects import SEPARATORS
from explorer.labs.gans.tables.notation import missing
from explorer.labs.gans.tables.sheet import MOST_COLUMNS, Column, Sheet

FOUND, ALONE = 0, -1
"""A column that is not chosen; and that there is none, for games on a line."""
FAR = 10  # interquartile ranges beyond the middle half of a column, from which a row is far out
LEFT_OUT = "far out"  # why such a row is skipped
NUMBERS: Mapping[str, str] = {"point": "decimal point", "comma": "decimal comma"}
NAMES: Mapping[str, str] = {"first": "in the first row", "none": "nowhere"}
AS_FOUND = "as found"


@dataclass(frozen=True, kw_only=True)
class Reading:
    """Which columns of a table are learned, and how it is read. Columns count from 1."""

    x: int = dial(
        FOUND, "Across", "The column along the horizontal axis.", low=0, high=MOST_COLUMNS
    )
    y: int = dial(
        FOUND,
        "Up",
        "The column along the vertical axis; none: games on a line.",
        low=ALONE,
        high=MOST_COLUMNS,
    )
    labels: int = dial(
        0, "Labels", "What conditional games are told of a point.", low=0, high=MOST_COLUMNS
    )
    separator: str = dial("", "Separator", choices=SEPARATORS, none=AS_FOUND)
    numbers: str = dial(
        "",
        "Numbers",
        "How 3,942 is read where the file cannot tell.",
        choices=NUMBERS,
        none=AS_FOUND,
    )
    names: str = dial("", "Names", "Where the columns are named.", choices=NAMES, none=AS_FOUND)
    leave_out: bool = dial(
        False,
        "Leave out far rows",
        f"Rows more than {FAR} interquartile ranges outside the middle half of a column.",
    )

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, eq=False, kw_only=True)
class Read:
    """What a reading makes of a sheet: its table, or in one sentence why there is none."""

    sheet: Sheet
    columns: tuple[int, ...] = ()  # which are learned, from 0
    labels: int | None = None
    used: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    skipped: Mapping[str, int] = field(default_factory=dict)  # rows, by why
    far: int = 0  # rows that are far out; they are among the skipped where they are left out
    far_values: tuple[float, ...] = ()
    table: Table | None = None
    refusal: str = ""

    @property
    def of_the_file(self) -> int:
        """How many rows the file has."""
        return self.sheet.rows + self.sheet.unread + sum(self.sheet.skipped.values())


def read_as(sheet: Sheet, reading: Reading) -> Read:
    """What is learned of a sheet; where nothing can be, the reason stands in it."""
    try:
        columns = _columns(sheet, reading)
        labels = _labels(sheet, reading)
    except ValueError as why:
        return Read(sheet=sheet, refusal=str(why), skipped=sheet.skipped)
    chosen = [sheet.columns[at] for at in columns]
    fine, why_not = _usable(chosen, None if labels is None else sheet.columns[labels])
    far = _far(chosen, fine)
    skipped = dict(sheet.skipped) | why_not
    used = fine & ~far if reading.leave_out else fine
    if reading.leave_out and far.any():
        skipped[LEFT_OUT] = int(far.sum())
    told = Read(
        sheet=sheet,
        columns=columns,
        labels=labels,
        used=np.flatnonzero(used),
        skipped=skipped,
        far=int(far.sum()),
        far_values=_farthest(chosen, far),
    )
    doubted = sheet.undecided and any(not each.notation.decimal for each in chosen if _odd(each))
    if doubted:
        return _with(told, refusal=f"{sheet.undecided}: choose how numbers are written")
    try:
        return _with(told, table=_table(sheet, columns, labels, used))
    except ValueError as why:
        return _with(told, refusal=str(why))


def _odd(column: Column) -> bool:
    return bool(column.notation.doubt)


def _with(told: Read, **more: object) -> Read:
    return Read(**{**vars(told), **more})


def _columns(sheet: Sheet, reading: Reading) -> tuple[int, ...]:
    """Which columns are learned. ValueError, one sentence, for one that cannot be."""
    numeric = [at for at, each in enumerate(sheet.columns) if each.is_numeric]
    free = [at for at in numeric if sheet.columns[at].kind == "numbers"] or numeric
    varied = [at for at in free if _varies(sheet.columns[at])] or free
    chosen: list[int] = []
    for which, place in ((reading.x, 0), (reading.y, 1)):
        if which == ALONE:
            continue
        if which == FOUND:
            taken = {reading.x - 1, reading.y - 1, *chosen}
            left = [at for at in varied if at not in taken]
            if left and (place == 0 or len(numeric) > 1):
                chosen.append(left[0])
            continue
        if which > len(sheet.columns):
            raise ValueError(f"the table has {len(sheet.columns)} columns, and no number {which}")
        if which - 1 not in numeric:
            raise ValueError(
                f"the column {sheet.columns[which - 1].name} holds no numbers: choose another"
            )
        if which - 1 in chosen:
            raise ValueError(
                f"the column {sheet.columns[which - 1].name} is chosen twice: choose another"
            )
        chosen.append(which - 1)
    if not chosen:
        raise ValueError("no column of numbers is chosen: choose one or two")
    return tuple(chosen)


def _varies(column: Column) -> bool:
    finite = column.numbers[np.isfinite(column.numbers)]
    return len(finite) > 1 and bool((finite != finite[0]).any())


def _labels(sheet: Sheet, reading: Reading) -> int | None:
    if not reading.labels:
        return None
    if reading.labels > len(sheet.columns) or not sheet.columns[reading.labels - 1].classes:
        raise ValueError("labels need a column of two to ten different words or numbers")
    return reading.labels - 1


def _usable(chosen: list[Column], labels: Column | None) -> tuple[np.ndarray, dict[str, int]]:
    """Which rows have a finite number in every chosen column, and why the others have not."""
    count = len(chosen[0].numbers)
    fine = np.ones(count, dtype=bool)
    why: Counter[str] = Counter()
    for each in chosen:
        infinite = fine & np.isinf(each.numbers)
        nothing = fine & np.isnan(each.numbers)
        odd = nothing & ~missing(each.words).to_numpy(bool)
        if infinite.any():
            why[f"infinite {each.name}"] += int(infinite.sum())
        if (nothing & ~odd).any():
            why[f"no {each.name}"] += int((nothing & ~odd).sum())
        if odd.any():
            why[f"{each.odd!r} or the like as {each.name}"] += int(odd.sum())
        fine &= np.isfinite(each.numbers)
    if labels is not None:
        nothing = fine & missing(labels.words).to_numpy(bool)
        if nothing.any():
            why[f"no {labels.name}"] += int(nothing.sum())
        fine &= ~nothing
    return fine, dict(why)


def _far(chosen: list[Column], fine: np.ndarray) -> np.ndarray:
    """Rows more than ten interquartile ranges outside the middle half of a chosen column.

    None where half of a column is one value: its range is zero, and nothing can be said with it.
    """
    far = np.zeros(len(fine), dtype=bool)
    for each in chosen:
        if not fine.any():
            continue
        low, high = np.quantile(each.numbers[fine], (0.25, 0.75))
        reach = FAR * (high - low)
        if reach > 0:
            far |= fine & ((each.numbers < low - reach) | (each.numbers > high + reach))
    return far


def _farthest(chosen: list[Column], far: np.ndarray) -> tuple[float, ...]:
    """The row among those far out whose number is the largest, as an example."""
    if not far.any():
        return ()
    rows = np.stack([each.numbers[far] for each in chosen], axis=1)
    return tuple(rows[np.abs(rows).max(axis=1).argmax()].tolist())


def _table(sheet: Sheet, columns: tuple[int, ...], labels: int | None, used: np.ndarray) -> Table:
    chosen = [sheet.columns[at] for at in columns]
    numbers = torch.from_numpy(np.stack([each.numbers[used] for each in chosen], axis=1))
    names = tuple(each.name for each in chosen)
    if labels is None:
        return standardised(numbers, names)
    words = sheet.columns[labels].words[used]
    classes = sheet.columns[labels].classes
    codes = {word: code for code, word in enumerate(classes)}
    found = torch.tensor([codes[str(word)] for word in words], dtype=torch.int64)
    present = [code for code in range(len(classes)) if bool((found == code).any())]
    if len(present) < 2:
        raise ValueError(
            f"the column {sheet.columns[labels].name} is the same in every row that is used"
        )
    new = torch.zeros(len(classes), dtype=torch.int64)
    new[present] = torch.arange(len(present))
    return standardised(numbers, names, new[found], tuple(classes[code] for code in present))
