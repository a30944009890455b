"""Couplings of two clouds: the exact plan, a blurred one, and one that may leave sand behind.

Solvers are POT's (Flamary et al. 2021). Imported where they are used, because POT takes seconds to
load.

Shapes: n source points, m target points, d coordinates, l directions.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float64
from torch import Tensor

from explorer.transport.clouds import pairwise_distances
from explorer.transport.measures import Measure
from explorer.transport.plans import PIVOTS

ROUNDS = 1_000
CLOSE = 1e-6  # marginal error at which Sinkhorn's rounds end


@dataclass(frozen=True)
class Ground:
    """What it costs to move one grain: a function of both places, and the root of a distance."""

    label: str
    root: int
    costs: Callable[[Float64[Tensor, "n d"], Float64[Tensor, "m d"]], Float64[Tensor, "n m"]]


def _along_axes(x: Float64[Tensor, "n d"], y: Float64[Tensor, "m d"]) -> Float64[Tensor, "n m"]:
    return torch.cdist(x, y, p=1.0)


def _squared(x: Float64[Tensor, "n d"], y: Float64[Tensor, "m d"]) -> Float64[Tensor, "n m"]:
    return pairwise_distances(x, y).square()


GROUNDS: Mapping[str, Ground] = {
    "l2": Ground("straight", 1, pairwise_distances),
    "l1": Ground("along axes", 1, _along_axes),
    "squared": Ground("squared", 2, _squared),
}
"""Ground costs: |x - y|, |x1 - y1| + |x2 - y2|, |x - y|^2."""


@dataclass(frozen=True, eq=False)
class Coupling:
    """How much goes from where to where, and what moving it costs: sum_ij plan_ij costs_ij.

    ``left`` is the worst error of its rows and columns against the masses.
    """

    plan: Float64[Tensor, "n m"]
    cost: float
    left: float


def exact(source: Measure, target: Measure, costs: Float64[Tensor, "n m"]) -> Coupling:
    """The cheapest plan, by network simplex (Bonneel et al. 2011). ArithmeticError without one."""
    import ot

    plan, found = ot.emd(
        source.mass.numpy(), target.mass.numpy(), costs.numpy(), numItermax=PIVOTS, log=True
    )
    if found["warning"] is not None:
        raise ArithmeticError(f"the transport problem was not solved: {found['warning']}")
    return _coupling(source, target, costs, torch.from_numpy(plan))


def blurred(
    source: Measure, target: Measure, costs: Float64[Tensor, "n m"], blur: float
) -> Coupling:
    """The plan that minimises cost + blur KL(plan | a x b), by Sinkhorn's rounds (Cuturi 2013).

    ``blur`` is in units of the costs. At a blur of 0 it would be the exact plan; towards infinity
    all goes everywhere. A small one needs more rounds than there are: then ``left`` says how far
    rows and columns are from right. ArithmeticError where the blur is too small for numbers.
    """
    import ot

    if not blur > 0:
        raise ValueError(f"the blur must be above 0, not {blur:g}")
    # The plan stays the same when potentials are taken off the costs. With those of the exact plan
    # no row of the kernel vanishes, however small the blur, and the rounds begin near their end.
    masses = source.mass.numpy(), target.mass.numpy()
    duals = ot.emd(*masses, costs.numpy(), numItermax=PIVOTS, log=True)[1]
    slack = costs.numpy() - duals["u"][:, None] - duals["v"]
    plan = ot.sinkhorn(
        *masses, np.maximum(slack, 0), blur, numItermax=ROUNDS, stopThr=CLOSE, warn=False
    )
    if not np.isfinite(plan).all():
        raise ArithmeticError("the blur is too small for this cost: choose a larger one")
    return _coupling(source, target, costs, torch.from_numpy(plan))


def entropic_cost(source: Measure, target: Measure, coupling: Coupling, blur: float) -> float:
    """Cost + blur KL(plan | a x b) of a plan."""
    product = source.mass[:, None] * target.mass
    plan = coupling.plan
    return coupling.cost + blur * float(torch.xlogy(plan, plan / product).sum())


def debiased(
    source: Measure,
    target: Measure,
    costs: Callable[[Float64[Tensor, "n d"], Float64[Tensor, "m d"]], Float64[Tensor, "n m"]],
    blur: float,
) -> float:
    """Sinkhorn's divergence OT(a, b) - OT(a, a) / 2 - OT(b, b) / 2 (Feydy et al. 2019): 0 for
    equal clouds, where OT(a, a) itself is not 0.
    """
    total = 0.0
    for one, other, times in (
        (source, target, 1.0),
        (source, source, -0.5),
        (target, target, -0.5),
    ):
        between = costs(one.points, other.points)
        total += times * entropic_cost(one, other, blurred(one, other, between, blur), blur)
    return max(0.0, total)


def unbalanced(
    source: Measure, target: Measure, costs: Float64[Tensor, "n m"], price: float
) -> Coupling:
    """A plan that need not move all: cost + price (KL(rows | a) + KL(columns | b)).

    Chizat et al. 2018; by majorisation and minimisation (Chapel et al. 2021). A high price moves
    all; below it, what lies far stays, and is paid for.
    """
    import ot

    if not price > 0:
        raise ValueError(f"the price must be above 0, not {price:g}")
    plan = ot.unbalanced.mm_unbalanced(
        source.mass.numpy(),
        target.mass.numpy(),
        costs.numpy(),
        price,
        div="kl",
        numItermax=ROUNDS,
        stopThr=1e-9,
    )
    return _coupling(source, target, costs, torch.from_numpy(plan))


def _coupling(
    source: Measure,
    target: Measure,
    costs: Float64[Tensor, "n m"],
    plan: Float64[Tensor, "n m"],
) -> Coupling:
    rows = (plan.sum(1) - source.mass).abs().max()
    columns = (plan.sum(0) - target.mass).abs().max()
    return Coupling(plan, float((plan * costs).sum()), float(torch.maximum(rows, columns)))


def carried(coupling: Coupling, target: Measure) -> Float64[Tensor, "n d"]:
    """Where each point of the source goes in the mean: sum_j plan_ij y_j over its row's mass."""
    mass = coupling.plan.sum(1, keepdim=True)
    return coupling.plan @ target.points / mass.clamp_min(1e-300)


def widths_along(
    source: Measure, target: Measure, angles: Float64[Tensor, " l"], order: int
) -> Float64[Tensor, " l"]:
    """W_order between the projections on each direction of a plane, for points of equal mass.

    Their root mean power is the sliced distance, the largest one the max-sliced distance
    (Deshpande et al. 2019). ValueError for clouds of unequal size.
    """
    if len(source.points) != len(target.points):
        raise ValueError("the projections of clouds of unequal size are not paired one by one")
    along = torch.stack([angles.cos(), angles.sin()])
    here, there = (one.points @ along for one in (source, target))
    moved = (here.sort(dim=0).values - there.sort(dim=0).values).abs()
    return (moved**order).mean(0) ** (1 / order)
