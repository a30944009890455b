"""The barycentre of several clouds: the cloud that is nearest to all of them, in the mean of W2².

Shapes: n points of d coordinates; s clouds.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float64
from torch import Tensor

from explorer.transport.couplings import GROUNDS, exact
from explorer.transport.measures import Measure, measure

ROUNDS = 40
CLOSE = 1e-12  # the squared move of all points together at which the rounds end


@dataclass(frozen=True, eq=False)
class Barycentre:
    """Points of equal mass, and how far each of the clouds is from them (W2)."""

    points: Float64[Tensor, "n d"]
    distances: Float64[Tensor, " s"]
    weights: Float64[Tensor, " s"]

    @property
    def cost(self) -> float:
        """What it minimises: the weighted mean of the squared distances."""
        return float(self.weights @ self.distances.square())


def barycentre(
    clouds: Sequence[Measure], weights: Float64[Tensor, " s"], rounds: int = ROUNDS
) -> Barycentre:
    """The cloud of least weighted mean of W2², of as many points as the first one has.

    By POT's free support (Cuturi & Doucet 2014, algorithm 2): plans to all clouds, each point to
    the weighted mean of where they take it, again from there. It begins at the first cloud and ends
    at a cloud that no such round improves, which need not be the best of all. ValueError for
    weights that are negative, not finite, zero in total, or not one for each cloud.
    """
    import ot

    if len(weights) != len(clouds):
        raise ValueError(f"{len(clouds)} clouds have as many weights, not {len(weights)}")
    if not (weights.isfinite().all() and (weights >= 0).all() and weights.sum() > 0):
        raise ValueError("weights must be finite, not negative, and not all zero")
    weights = weights / weights.sum()
    found = ot.lp.free_support_barycenter(
        [one.points.numpy() for one in clouds],
        [one.mass.numpy() for one in clouds],
        clouds[0].points.numpy(),
        weights=weights.numpy(),
        numItermax=rounds,
        stopThr=CLOSE,
    )
    points = torch.from_numpy(found)
    here = measure("barycentre", points)
    squared = GROUNDS["squared"].costs
    costs = [exact(here, one, squared(points, one.points)).cost for one in clouds]
    return Barycentre(points, torch.tensor(costs, dtype=torch.float64).sqrt(), weights)
