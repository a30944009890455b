"""Piles of sand on a line: so much mass in each of many bins of one width.

A pile is read in two ways. What is moved lies in the middles of the bins, so that a plan is a
table of bins against bins. What overlaps is a density that is even over each bin, so that two piles
can overlap a little.

Shapes: n bins, m bins of another pile, e pieces between the edges of either.
"""

from dataclasses import dataclass
from functools import cached_property

import torch
from jaxtyping import Float, Float64
from torch import Tensor

from explorer.transport.measures import Measure


@dataclass(frozen=True, eq=False)
class Pile:
    """Mass in bins of one width; all of it is one."""

    middles: Float64[Tensor, " n"]
    mass: Float64[Tensor, " n"]
    width: float

    @cached_property
    def density(self) -> Float64[Tensor, " n"]:
        """Mass over width, even in each bin."""
        return self.mass / self.width

    @cached_property
    def edges(self) -> Float64[Tensor, " edges"]:
        """Both ends of every bin, from left to right."""
        first = self.middles[:1] - self.width / 2
        return torch.cat([first, self.middles + self.width / 2])

    @property
    def mean(self) -> float:
        """Where the pile lies in the mean."""
        return float(self.mass @ self.middles)

    @cached_property
    def measure(self) -> Measure:
        """The bins that hold sand, as points in their middles."""
        held = self.mass > 0
        return Measure(self.middles[held, None], self.mass[held])

    def moved(self, shift: float) -> "Pile":
        """The whole pile, so far to the right."""
        return Pile(self.middles + shift, self.mass, self.width)


def pile(
    role: str, heights: Float[Tensor, " n"], low: float, high: float, shift: float = 0.0
) -> Pile:
    """The pile whose bins fill [low, high] evenly, each as high as said, moved by ``shift``.

    Heights are scaled to a mass of one. ValueError, one sentence that names the pile by its
    ``role``, for no bins, for heights that are negative, NaN or infinite, and for no sand at all.
    """
    heights = heights.detach().double()
    if heights.numel() == 0:
        raise ValueError(f"the {role} has no bins")
    if not heights.isfinite().all():
        raise ValueError(f"the {role} has a height that is no finite number")
    if (heights < 0).any():
        raise ValueError(f"the {role} has a negative height; sand is not owed")
    highest = heights.max()
    if not highest > 0:
        raise ValueError(f"the {role} has no sand: give at least one bin some height")
    width = (high - low) / len(heights)
    middles = low + width * (torch.arange(len(heights), dtype=torch.float64) + 0.5) + shift
    shares = heights / highest  # 300 digits of height may not overflow a sum
    return Pile(middles, shares / shares.sum(), width)


@dataclass(frozen=True, eq=False)
class Overlap:
    """Both densities between all edges of either pile: on each piece both are constant."""

    width: Float64[Tensor, " e"]
    source: Float64[Tensor, " e"]
    target: Float64[Tensor, " e"]


def overlap(source: Pile, target: Pile) -> Overlap:
    """Both piles on the pieces that their edges cut out of the line."""
    edges = torch.cat([source.edges, target.edges]).sort().values
    width = edges.diff()
    kept = width > 1e-12 * min(source.width, target.width)  # what rounding left between equal edges
    at = (edges[:-1] + edges[1:])[kept] / 2
    return Overlap(width[kept], density_at(source, at), density_at(target, at))


def density_at(of: Pile, at: Float64[Tensor, " e"]) -> Float64[Tensor, " e"]:
    """The density of a pile at some places; 0 outside of its bins."""
    index = torch.searchsorted(of.edges.contiguous(), at.contiguous(), right=True) - 1
    inside = (index >= 0) & (index < len(of.mass))
    found = of.density[index.clamp(0, len(of.mass) - 1)]
    return torch.where(inside, found, torch.zeros_like(found))
