"""Columns of a table as points: thinned, and standardised.

Letters: R rows, N of them that are learned, each of D columns.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Float32, Float64, Int64
from torch import Tensor

from explorer.gans.drawn import FARTHEST

MOST_LEARNED = 4_096  # rows, which travel to the process that trains
THINNED_WITH = 0  # the seed


@dataclass(frozen=True, eq=False, kw_only=True)
class Table:
    """One or two columns of numbers, standardised: points = (rows − centre) / scale."""

    names: tuple[str, ...]
    rows: int  # all that could be learned; centre and scale are those of all of them
    kept: Int64[Tensor, " N"]  # which of them are learned, from 0, in their order
    centre: Float64[Tensor, " D"]  # mean of each column
    scale: Float64[Tensor, " D"]  # standard deviation of each column
    points: Float32[Tensor, "N D"]
    labels: Int64[Tensor, " N"] | None = None
    classes: tuple[str, ...] = ()  # what the labels are called

    def original(self, points: Float[Tensor, "n D"]) -> Float64[Tensor, "n D"]:
        """Points of the laboratory in the units of the file."""
        return points.double() * self.scale + self.centre


def standardised(
    columns: Float64[Tensor, "R D"],
    names: tuple[str, ...],
    labels: Int64[Tensor, " R"] | None = None,
    classes: tuple[str, ...] = (),
) -> Table:
    """Rows of finite numbers as points; of more than 4,096, so many drawn with a fixed seed.

    Drawn, for evenly spaced rows can keep step with what the data does from row to row. ValueError
    with one sentence for fewer than two rows, for a column that is the same in all of them, and for
    a number more than a hundred standard deviations out, beside which no picture shows the others.
    """
    count = len(columns)
    if count < 2:
        raise ValueError(f"the table needs at least two rows of numbers, not {count or 'none'}")
    centre, scale = columns.mean(dim=0), columns.std(dim=0, correction=0)
    if not (centre.isfinite().all() and scale.isfinite().all()):
        raise ValueError("the numbers of the table are too large to take a mean of")
    for name, column, spread in zip(names, columns.T, scale.tolist(), strict=True):
        if (column == column[0]).all() or spread == 0:
            raise ValueError(f"{name} is the same in every row: choose another column")
    points = (columns - centre) / scale
    farthest = int(points.abs().amax(dim=1).argmax())
    worst = int(points[farthest].abs().argmax())
    out = float(points[farthest, worst].abs())
    if out > FARTHEST:
        raise ValueError(
            f"the column {names[worst]} holds {float(columns[farthest, worst]):g}, {out:,.0f} "
            f"standard deviations from its mean, and all others would lie on one spot: leave it out"
        )
    rng = torch.Generator().manual_seed(THINNED_WITH)
    kept = torch.arange(count)
    if count > MOST_LEARNED:
        kept = torch.randperm(count, generator=rng)[:MOST_LEARNED].sort().values
    return Table(
        names=names,
        rows=count,
        kept=kept,
        centre=centre,
        scale=scale,
        points=points[kept].float(),
        labels=None if labels is None else labels[kept],
        classes=classes,
    )
