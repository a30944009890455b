"""Columns of a table as sand: one is a pile, of two both piles, or a cloud of the rows.

Letters: R rows that are used, of D columns.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from explorer.labs.gans.data import points_of
from explorer.labs.gans.tables import Read
from explorer.labs.gans.tables.words import figure
from explorer.labs.prose import listing, spoken
from explorer.labs.transport.shapes import BINS, HIGH, LOW


@dataclass(frozen=True)
class Piled:
    """Columns as piles over one axis: the rows in each bin as text, from ``low`` to ``high``."""

    names: tuple[str, ...]
    heights: tuple[str, ...]
    rows: int
    low: float
    high: float

    @property
    def unit(self) -> float:
        """What a step of one along the line is in units of the column."""
        return (self.high - self.low) / (HIGH - LOW)

    @property
    def told(self) -> str:
        """Say what the axis is, in one sentence."""
        return (
            f"{self.rows:,} rows of {listing(self.names)} in {BINS} bins: {LOW:g} on the line is "
            f"{figure(self.low)}, {HIGH:g} is {figure(self.high)}, and a step of 1 is "
            f"{spoken(self.unit)}."
        )


def piled(read: Read) -> Piled:
    """Return one or two columns of a table as piles, over one axis that holds both.

    Each bin is as high as it has rows. ValueError, one sentence, where the table is refused.
    """
    if read.table is None:
        raise ValueError(read.refusal or "the table has no column of numbers")
    columns = [read.sheet.columns[at] for at in read.columns]
    numbers = [each.numbers[read.used] for each in columns]
    low, high = (float(end(list(map(end, numbers)))) for end in (np.min, np.max))
    return Piled(
        names=tuple(each.name for each in columns),
        heights=tuple(_heights(each, low, high) for each in numbers),
        rows=len(read.used),
        low=low,
        high=high,
    )


def _heights(numbers: np.ndarray, low: float, high: float) -> str:
    counts, _ = np.histogram(numbers, BINS, (low, high))
    return " ".join(map(str, counts.tolist()))


def rows_of(points: str, count: int, seed: int) -> torch.Tensor:
    """Return so many rows of a table's `points` as a cloud, in standard deviations of each column.

    None comes twice before all have come once. ValueError, one sentence, for one column.
    """
    known, _, _ = points_of(points)
    if known.shape[1] != 2:
        raise ValueError("a cloud needs two columns of the table: choose a second one")
    rng = torch.Generator().manual_seed(seed)
    rounds = -(-count // len(known))
    order = torch.cat([torch.randperm(len(known), generator=rng) for _ in range(rounds)])
    return known[order[:count]].double()


def edge_of(clouds: Sequence[torch.Tensor], least: float) -> float:
    """Return how far a picture must reach to show all points of these clouds, or the least."""
    farthest = max(float(cloud.abs().max()) for cloud in clouds)
    return max(least, float(np.ceil(10 * 1.05 * farthest) / 10))
