"""Clouds of points that carry mass: what every transport problem starts from.

Shapes: n points of d coordinates.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Float64
from torch import Tensor


@dataclass(frozen=True, eq=False)
class Measure:
    """Points and the mass that each one carries, in float64, as the linear program needs them."""

    points: Float64[Tensor, "n d"]
    mass: Float64[Tensor, " n"]


def measure(
    role: str, points: Float[Tensor, "n d"], mass: Float[Tensor, " n"] | None = None
) -> Measure:
    """The cloud as a measure; without masses every point carries 1/n.

    `role` ('source', 'target') only names the cloud in an error. ValueError for an empty cloud,
    for NaN or infinity in either tensor, and for a mass that is negative or zero in total.
    """
    points = points.detach().double()
    count = len(points)
    if count == 0:
        raise ValueError(f"the {role} has no points")
    astray = int((~points.isfinite()).any(dim=1).sum())
    if astray:
        raise ValueError(f"the {role} has NaN or infinity in {astray} of its {count} points")
    if mass is None:
        return Measure(points, torch.full((count,), 1 / count, dtype=torch.float64))
    mass = mass.detach().double()
    if not (mass.isfinite().all() and (mass >= 0).all() and mass.sum() > 0):
        raise ValueError(f"the masses of the {role} must be finite, not negative, and not all zero")
    return Measure(points, mass)


def balanced(source: Measure, target: Measure) -> tuple[Measure, Measure]:
    """The same two measures, of equal total mass to the last bit.

    The target absorbs what rounding left over (1e-6 of the total, float32 weights); ValueError
    when the totals really differ, for then no plan moves the one into the other.
    """
    before, after = float(source.mass.sum()), float(target.mass.sum())
    if abs(before - after) > 1e-6 * max(before, after):
        raise ValueError(
            f"source and target must carry the same total mass, not {before:g} and {after:g}"
        )
    return source, Measure(target.points, target.mass * (before / after))
