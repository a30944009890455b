"""A series of one's own, as the setting Numbers has it: values, gaps, and what its times are.

A text is the numbers, parted by blanks or commas, "?" where one is missing. Before them may stand
what the values and the times are called, the first time and the step, as in
``price | year | 2000 | 0.25: 12.1 12.4 ? 13``. A table that is brought becomes such a text, so the
series stands in the link.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float

from explorer.labs.prose import line_of, percent
from explorer.sequences import parse_numbers
from explorer.sequences.problems import Forecast

GAP = "?"
BAR = "|"
LARGEST = 1e12
LONGEST_NAME = 32  # characters of what the values, or the times, are called
WINDOW, SHARE = 8, 0.7  # what is seen of it, and how much is learned from
MOST_GAPS = 0.25  # of all values, that may be filled in
HEAD = (
    f"what stands before the colon must be name {BAR} unit {BAR} first time {BAR} step, such as "
    f"price {BAR} year {BAR} 2000 {BAR} 0.25"
)


@dataclass(frozen=True)
class Times:
    """What the values are called, and their times: in which unit, from when on, how far apart."""

    name: str = ""
    unit: str = "number"
    first: float = 1.0
    apart: float = 1.0

    def shown(self) -> "Times":
        """The same for an axis: years as those after a century, since 2,022 reads as an amount."""
        if not self.unit.lower().startswith("year") or not 1_000 <= self.first < 10_000:
            return self
        century = 100 * int(self.first // 100)
        return replace(self, unit=f"{self.unit} after {century}", first=self.first - century)

    def head(self) -> str:
        """How it stands before the numbers."""
        parts = (self.name, self.unit, f"{self.first:.9g}", f"{self.apart:.9g}")
        return f" {BAR} ".join(parts) + ": "


class OwnSeries(Forecast):
    """The problem of a series that somebody brings, with its times.

    Gaps are filled by straight lines between their neighbours.
    """

    def __init__(self, text: str) -> None:
        """Raises `ValueError` with one sentence for what cannot be forecast."""
        self.times, values = parted(text)
        missing = np.isnan(values)
        super().__init__(filled_in(values), int(SHARE * len(values)), WINDOW, filled=missing)

    @property
    def gaps(self) -> int:
        """How many values were filled in."""
        return int((~self.known).sum())


def parted(text: str) -> tuple[Times, Float[np.ndarray, " V"]]:
    """The times and the values of a text, NaN where one is missing. ValueError, one sentence."""
    head, colon, body = text.rpartition(":")
    values = np.array(parse_numbers(body, LARGEST, GAP), dtype=np.float64)
    return (_times(head) if colon else Times()), values


def filled_in(values: Float[np.ndarray, " V"]) -> Float[np.ndarray, " V"]:
    """Values with a straight line over every gap.

    ValueError, one sentence, where the first or the last is missing, or too many are.
    """
    missing: Bool[np.ndarray, " V"] = np.isnan(values)
    if not missing.any():
        return values
    if missing[0] or missing[-1]:
        raise ValueError("a series must begin and end with a number: a gap there cannot be filled")
    if missing.sum() > MOST_GAPS * len(values):
        raise ValueError(
            f"{missing.sum()} of {len(values)} values are gaps; at most "
            f"{percent(MOST_GAPS)} can be filled by straight lines"
        )
    places = np.arange(len(values))
    return np.interp(places, places[~missing], values[~missing])


def _times(head: str) -> Times:
    parts = [part.strip() for part in head.split(BAR)]
    if len(parts) != 4:
        raise ValueError(HEAD)
    try:
        first, apart = float(parts[2]), float(parts[3])
    except ValueError:
        raise ValueError(HEAD) from None
    if not (math.isfinite(first) and abs(first) <= LARGEST and 0 < apart <= LARGEST):
        raise ValueError(HEAD)
    name, unit = (line_of(part, LONGEST_NAME) for part in parts[:2])
    return Times(name, unit or "number", first, apart)
