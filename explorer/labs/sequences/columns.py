"""A column of a table as a series: its times, its gaps by row, and how much of it is taken.

Letters: R rows of the table.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from jaxtyping import Float, Int64

from explorer.labs.gans.tables.sheet import Column, Sheet
from explorer.labs.sequences.brought import LONGEST_SERIES
from explorer.labs.sequences.tasks.own import GAP, OwnSeries, Times
from explorer.sequences.numbers import MOST_NUMBERS

EVEN = 0.2  # of the usual step, by which a step may differ and still be one
MOST_ADDED = 0.1  # of the rows, that may be missing between the times of two
MOST_DIGITS, FEWEST_DIGITS = 7, 3
DAY, YEAR = 86_400.0, 365.2425  # seconds; days
NAMED = re.compile(r"(?i)(year|date|time|month|day|week|hour|quarter|period|t)s?\b")
"""How the name of a column of times begins."""
SERIALS = (18_000, 80_000)  # days since 30 December 1899, as spreadsheets count them: 1949 to 2119
ZERO = pd.Timestamp("1899-12-30")


@dataclass(frozen=True)
class Course:
    """A column as the setting Numbers has it, and what there is to say of it, a sentence each.

    ``gaps`` names the first one, with its row, where there are any. ``refusal`` says why nothing
    can be forecast; then the text is empty.
    """

    text: str = ""
    told: tuple[str, ...] = ()
    gaps: str = ""
    count: int = 0  # of gaps
    refusal: str = ""


@dataclass(frozen=True)
class Order:
    """The rows along time: which comes when, what their times are, and what was done for that.

    ``places`` counts steps from the first row; one that is left out is a row that is missing.
    """

    rows: Int64[np.ndarray, " R"]
    places: Int64[np.ndarray, " R"]
    times: Times
    told: tuple[str, ...] = ()


def times_found(sheet: Sheet) -> int | None:
    """Which column says when: the first of dates, or of numbers with a name that says so."""
    columns = sheet.columns
    dates = [at for at, each in enumerate(columns) if each.kind == "dates"]
    named = [at for at, each in enumerate(columns) if each.is_numeric and NAMED.match(each.name)]
    some = [*dates, *(named if len(numeric(sheet)) > 1 else [])]
    return some[0] if some else None


def series_found(sheet: Sheet, times: int | None) -> int | None:
    """Which column is forecast where none is chosen: the first of numbers that changes."""
    some = [at for at in numeric(sheet) if at != times]
    varied = [at for at in some if np.ptp(_finite(sheet.columns[at])) > 0]
    free = [at for at in varied if sheet.columns[at].kind == "numbers"]
    return next(iter([*free, *varied, *some]), None)


def numeric(sheet: Sheet) -> list[int]:
    """Which columns hold numbers."""
    return [at for at, each in enumerate(sheet.columns) if each.is_numeric]


def course(sheet: Sheet, chosen: int, times: int | None) -> Course:
    """The column ``chosen`` as a series, in the order of ``times`` where there is such a column."""
    if sheet.unread:
        rows = sheet.rows + sheet.unread
        return Course(
            refusal=f"the table has {rows:,} rows, of which {sheet.rows:,} are read, not in one "
            "piece: save the rows that you need"
        )
    if sheet.undecided:
        return Course(refusal=f"{sheet.undecided}: choose how numbers are written")
    column = sheet.columns[chosen]
    try:
        order = in_order(sheet, times)
        values = np.full(int(order.places[-1]) + 1, np.nan)
        values[order.places] = column.numbers[order.rows]
        values[np.isinf(values)] = np.nan
        whole, (first, end) = len(values), _ends(values, column.name)
        first = max(first, end - MOST_NUMBERS)
        kept = values[first:end]
        text, digits = _written(kept, order.times, column.name, first)
        held = len(text.rpartition(":")[2].split())
        OwnSeries(text)
    except ValueError as why:
        return Course(refusal=str(why))
    return Course(
        text,
        (*_taken(column.name, held, whole, digits), *order.told),
        _gaps(column, order, first, end),
        int(np.isnan(kept[-held:]).sum()),
    )


def in_order(sheet: Sheet, times: int | None) -> Order:
    """The rows along time. ValueError, one sentence, where two rows have one time or one has none.

    Where times are missing between two rows, so many places stay empty, unless these are many:
    then the rows themselves count as steps.
    """
    count = sheet.rows
    plain = Order(np.arange(count), np.arange(count), Times(unit="row"))
    if times is None:
        return plain
    column = sheet.columns[times]
    moments, dated = moments_of(column)
    numbers = row_numbers(column)
    if np.isnan(moments).any():
        row = int(np.flatnonzero(np.isnan(moments))[0])
        raise ValueError(
            f"row {numbers[row]} has no time in {column.name}: choose other times, or none"
        )
    rows = np.argsort(moments, kind="stable")
    along = moments[rows]
    steps = np.diff(along)
    if (steps == 0).any():
        one, other = (int(numbers[rows[np.flatnonzero(steps == 0)[0] + k]]) for k in (0, 1))
        raise ValueError(
            f"rows {one} and {other} have the same time in {column.name}: choose other times, "
            "or none"
        )
    told = []
    if (rows[:-1] > rows[1:]).all() and count > 1:
        told.append("The newest row stands first: the table is read from below.")
    elif (rows[:-1] > rows[1:]).any():
        told.append(f"The rows are put in the order of {column.name}.")
    usual = float(np.median(steps)) if len(steps) else 1.0
    ratio = steps / usual
    whole = np.maximum(np.round(ratio), 1)
    added = int(whole.sum()) - len(steps)
    if (np.abs(ratio - whole) > EVEN).any() or added > MOST_ADDED * count:
        told.append(f"The times in {column.name} are not even: each row counts as a step.")
        return replace(plain, rows=rows, told=tuple(told))
    places = np.concatenate([[0], np.cumsum(whole)]).astype(np.int64)
    if added:
        at = int(np.flatnonzero(whole > 1)[0])
        between = " and ".join(str(numbers[row]) for row in rows[at : at + 2])
        told.append(
            f"{added} {'time is' if added == 1 else 'times are'} missing, first between rows "
            f"{between}."
        )
    return Order(rows, places, _times(column.name, along[0], usual, dated), tuple(told))


def moments_of(column: Column) -> tuple[Float[np.ndarray, " R"], bool]:
    """The time of every row, NaN where there is none; and whether it is in seconds of a calendar.

    Dates are also whole numbers such as 20240131, and the days that spreadsheets count, where the
    column is called a date.
    """
    if column.is_numeric:
        numbers = np.where(np.isfinite(column.numbers), column.numbers, np.nan)
        known = numbers[~np.isnan(numbers)]
        whole = bool(len(known)) and bool((known == np.round(known)).all())
        if whole and known.min() >= 18_000_101 and known.max() <= 21_991_231:
            written = pd.Series(numbers).map(lambda each: f"{each:.0f}")
            return _seconds(pd.to_datetime(written, format="%Y%m%d", errors="coerce")), True
        serial = len(known) and SERIALS[0] < known.min() and known.max() < SERIALS[1]
        if serial and "date" in column.name.lower():
            return _seconds(ZERO + pd.to_timedelta(pd.Series(numbers), unit="D")), True
        return numbers, False
    best = np.full(len(column.words), np.nan)
    least: tuple[float, float] | None = None
    for day_first in (False, True):  # 03/04 may be either: the reading with the evener steps is it
        read = pd.to_datetime(
            column.words, dayfirst=day_first, errors="coerce", format="mixed", utc=True
        )
        found = _seconds(read)
        steps = np.diff(np.sort(found))
        lost = float(np.isnan(found).sum())
        unevenness = float(np.nanstd(steps)) if lost < len(found) - 1 else np.inf
        if least is None or (lost, unevenness) < least:
            best, least = found, (lost, unevenness)
    return best, True


def row_numbers(column: Column) -> Int64[np.ndarray, " R"]:
    """The number of every row below the names, counted from 1, with those that were skipped."""
    lines = column.words.index.to_numpy(dtype=np.int64)
    return lines - lines[0] + 1


def _seconds(read: pd.Series) -> Float[np.ndarray, " R"]:
    naive = read.dt.tz_localize(None) if read.dt.tz is not None else read
    found: np.ndarray = ((naive - pd.Timestamp(0)) / pd.Timedelta(seconds=1)).to_numpy(np.float64)
    return found


def _times(name: str, first: float, apart: float, dated: bool) -> Times:
    """What the axis says: years of a calendar, days or hours since the first row, or numbers."""
    if not dated:
        return Times(unit=name, first=first, apart=apart)
    begins = pd.Timestamp(first, unit="s")
    days = apart / DAY
    if days > 27:
        months = round(days / (YEAR / 12))
        return Times(unit="year", first=begins.year + (begins.month - 1) / 12, apart=months / 12)
    if days >= 1 - EVEN:
        return Times(unit=f"day from {begins:%Y-%m-%d}", first=0, apart=round(days, 3))
    hours = apart / 3_600
    return Times(unit=f"hour from {begins:%Y-%m-%d %H:%M}", first=0, apart=hours)


def _finite(column: Column) -> Float[np.ndarray, " R"]:
    finite = column.numbers[np.isfinite(column.numbers)]
    return finite if len(finite) else np.zeros(1)


def _ends(values: Float[np.ndarray, " R"], name: str) -> tuple[int, int]:
    """Where the first number is, and behind which there is none."""
    there = np.flatnonzero(~np.isnan(values))
    if not len(there):
        raise ValueError(f"the column {name} holds no finite number: choose another")
    return int(there[0]), int(there[-1]) + 1


def _written(
    values: Float[np.ndarray, " R"], times: Times, name: str, first: int
) -> tuple[str, int]:
    """The text of a series with as many digits as fit, and how many these are.

    Where even the fewest do not fit, the oldest values are left out.
    """
    safe = re.sub(r"[|:]", " ", name)
    unit = times.unit.replace("|", " ")
    while True:
        begins = times.first + first * times.apart
        head = Times(safe, unit, begins, times.apart).head()
        for digits in range(MOST_DIGITS, FEWEST_DIGITS - 1, -1):
            text = head + " ".join(_short(each, digits) for each in values)
            if len(text) <= LONGEST_SERIES:
                return text, digits
        fewer = 1 + int(np.flatnonzero(~np.isnan(values[1:]))[0])
        values, first = values[fewer:], first + fewer


def _short(value: float, digits: int) -> str:
    """A number in as few signs as its digits take."""
    return GAP if np.isnan(value) else re.sub(r"e\+?(-?)0*", r"e\1", f"{value:.{digits}g}")


def _taken(name: str, held: int, whole: int, digits: int) -> Sequence[str]:
    what = f"All {whole:,} steps" if held == whole else f"The last {held:,} of {whole:,} steps"
    rounded = f", rounded to {digits} digits so that they fit into a link"
    return [f"{what} of {name} are taken{rounded if digits < MOST_DIGITS else ''}."]


def _gaps(column: Column, order: Order, first: int, end: int) -> str:
    """Which row has no number first, and how many do not."""
    inside = (order.places >= first) & (order.places < end)
    empty = inside & ~np.isfinite(column.numbers[order.rows])
    if not empty.any():
        return ""
    row = int(order.rows[np.flatnonzero(empty)[0]])
    number, cell = row_numbers(column)[row], str(column.words.iloc[row])
    said = f"holds {cell[:20]!r} and no finite number" if cell else "is empty"
    many = int(empty.sum())
    more = f", the first of {many} such rows" if many > 1 else ""
    return f"Row {number} of {column.name} {said}{more}."
