"""What the rows of a sweep have in common: means with their standard errors, and shares.

The standard error is s/√n over the runs that came to their end; the 95 % interval of a share is
that of Wilson (1927). A condition such as ``a/held>=20`` is a share of all runs: one that came to
no end has not met it.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean, stdev

from explorer.gradients import wilson

MEETS = {
    ">=": lambda value, bound: value >= bound,
    "<=": lambda value, bound: value <= bound,
    ">": lambda value, bound: value > bound,
    "<": lambda value, bound: value < bound,
    "=": lambda value, bound: value == bound,
}
CONDITION = re.compile(r"\s*([^\s<>=]+)\s*(>=|<=|>|<|=)\s*(-?[\d.]+(?:[eE][-+]?\d+)?)\s*")

Row = tuple[tuple[float, ...], str]
"""the numbers of a run, and its trouble"""


@dataclass(frozen=True)
class Condition:
    """What is counted: how many runs have a number on one side of a bound."""

    name: str
    sign: str
    bound: float

    def __str__(self) -> str:
        return f"{self.name}{self.sign}{self.bound:g}"

    def of(self, name: str) -> "Condition":
        """The same condition on another number."""
        return replace(self, name=name)

    def met(self, value: float) -> bool:
        """Whether a number meets it; NaN does not."""
        return MEETS[self.sign](value, self.bound)


def condition(text: str) -> Condition:
    """Return the condition that a text says. Raises ValueError, one sentence, for anything else."""
    found = CONDITION.fullmatch(text)
    try:
        if found is None:
            raise ValueError
        return Condition(found[1], found[2], float(found[3]))
    except ValueError:
        raise ValueError(
            f"--rate takes a condition such as 'a/held>=20', not {text[:60]!r}"
        ) from None


def mean(values: Sequence[float]) -> str:
    """Return mean ± standard error of the numbers that are some."""
    known = [value for value in values if math.isfinite(value)]
    if not known:
        return "-"
    error = f" ± {_short(stdev(known) / math.sqrt(len(known)))}" if len(known) > 1 else ""
    less = f" (of {len(known)})" if len(known) < len(values) else ""
    return f"{_short(fmean(known))}{error}{less}"


def share(met: int, of: int) -> str:
    """Return a share with its 95 % interval, in percent."""
    low, high = wilson(met, of)
    return f"{met} of {of} ({100 * low:.0f} to {100 * high:.0f} %)"


def table(
    points: Mapping[str, Sequence[Row]], columns: Sequence[str], rates: Sequence[Condition]
) -> list[str]:
    """Return the lines of a table: for each point its runs, means, shares, and those without end.

    ``points`` are the rows of each, by what it is called; one without rows is left out.
    """
    head = ["", "runs", *columns, *map(str, rates), "no end"]
    cells = [head]
    for name, rows in points.items():
        if not rows:
            continue
        whole = [values for values, trouble in rows if not trouble]
        of_columns = {
            column: [values[place] for values in whole] for place, column in enumerate(columns)
        }
        cells.append(
            [
                name,
                str(len(rows)),
                *(mean(of_columns[column]) for column in columns),
                *(share(sum(map(each.met, of_columns[each.name])), len(rows)) for each in rates),
                share(len(rows) - len(whole), len(rows)),
            ]
        )
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        "  ".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in cells
    ]


def _short(number: float) -> str:
    return f"{number:.3g}" if abs(number) < 1000 else f"{number:.0f}"
