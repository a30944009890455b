"""Transport on a line, where sorting solves it, and across many lines through a plane.

Shapes: n source points, m target points, q quantile levels at which either side changes point,
l directions, d coordinates.
"""

import torch
from jaxtyping import Float, Float64, Int64
from torch import Tensor

from explorer.transport.measures import Measure, balanced, measure


def wasserstein_by_quantiles(
    source: Float[Tensor, " n"],
    target: Float[Tensor, " m"],
    order: int | float = 1,
    source_mass: Float[Tensor, " n"] | None = None,
    target_mass: Float[Tensor, " m"] | None = None,
) -> float:
    """W_order = (integral over q of |F^-1(q) - G^-1(q)|^order)^(1/order): equal quantiles meet.

    Exact on a line for every order >= 1 (Villani 2003, theorem 2.18). For n = m points of equal
    mass it pairs the sorted points. ValueError as in `measure`, or for an order below 1.
    """
    if not order >= 1:
        raise ValueError(f"order must be at least 1, not {order}")
    before, after = _on_line(source, target, source_mass, target_mass)
    i, j, width = _meeting(before.mass, after.mass)
    moved = (before.points[i, 0] - after.points[j, 0]).abs()
    return float((width * moved**order).sum() ** (1 / order))


def wasserstein_by_cdf_area(
    source: Float[Tensor, " n"],
    target: Float[Tensor, " m"],
    source_mass: Float[Tensor, " n"] | None = None,
    target_mass: Float[Tensor, " m"] | None = None,
) -> float:
    """W1 = integral over x of |F(x) - G(x)|: the area between the two distribution functions.

    What crosses x to the right or left is exactly the difference F(x) - G(x) (Vallender 1974).
    """
    before, after = _on_line(source, target, source_mass, target_mass)
    steps = torch.cat([before.points[:, 0], after.points[:, 0]]).sort().values
    between = _distribution_function(before, steps) - _distribution_function(after, steps)
    return float((between[:-1].abs() * steps.diff()).sum())


def directions(count: int, dimensions: int, rng: torch.Generator) -> Float64[Tensor, "l d"]:
    """Unit vectors drawn uniformly from the sphere. Keep them: new ones are new noise."""
    drawn = torch.randn(count, dimensions, generator=rng, dtype=torch.float64)
    return drawn / drawn.norm(dim=1, keepdim=True)


def sliced_wasserstein(
    source: Float[Tensor, "n d"],
    target: Float[Tensor, "m d"],
    along: Float64[Tensor, "l d"],
    order: int | float = 2,
) -> float:
    """The mean of W_order^order over the projections on `along`, then the root.

    Rabin et al. 2011; Bonneel et al. 2015. Below W_order, and cheap: sorting instead of a linear
    program. A shift by s gives |s| / sqrt(d) at order 2, in the mean over all directions.
    """
    before, after = measure("source", source), measure("target", target)
    i, j, width = _meeting(before.mass, after.mass)
    moved = (before.points @ along.T).sort(dim=0).values[i]
    moved -= (after.points @ along.T).sort(dim=0).values[j]
    return float((width @ moved.abs() ** order).mean() ** (1 / order))


def _on_line(
    source: Float[Tensor, " n"],
    target: Float[Tensor, " m"],
    source_mass: Float[Tensor, " n"] | None,
    target_mass: Float[Tensor, " m"] | None,
) -> tuple[Measure, Measure]:
    before, after = balanced(
        measure("source", source[:, None], source_mass),
        measure("target", target[:, None], target_mass),
    )
    return _sorted(before), _sorted(after)


def _sorted(unsorted: Measure) -> Measure:
    order = unsorted.points[:, 0].argsort()
    return Measure(unsorted.points[order], unsorted.mass[order])


def _meeting(
    source_mass: Float64[Tensor, " n"], target_mass: Float64[Tensor, " m"]
) -> tuple[Int64[Tensor, " q"], Int64[Tensor, " q"], Float64[Tensor, " q"]]:
    """Which sorted source point meets which target point, and the mass that they exchange."""
    filled, emptied = source_mass.cumsum(0), target_mass.cumsum(0)
    levels = torch.cat([filled, emptied]).sort().values
    # Rounding may lift one total above the other by an ulp, past the last point of the other.
    i = torch.searchsorted(filled, levels).clamp_max(len(filled) - 1)
    j = torch.searchsorted(emptied, levels).clamp_max(len(emptied) - 1)
    return i, j, levels.diff(prepend=levels.new_zeros(1))


def _distribution_function(
    sorted_measure: Measure, at: Float64[Tensor, " q"]
) -> Float64[Tensor, " q"]:
    up_to = torch.cat([at.new_zeros(1), sorted_measure.mass.cumsum(0)])
    positions = sorted_measure.points[:, 0].contiguous()
    return up_to[torch.searchsorted(positions, at, right=True)]
