"""Exact transport between two clouds: cost, plan, and the potentials that prove it optimal.

Shapes: n source points, m target points, p points anywhere, d coordinates.

Everything is float64: potentials that reproduce the cost to 1e-9 leave no room for float32.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Float64
from torch import Tensor

from explorer.transport.clouds import pairwise_distances
from explorer.transport.measures import Measure, balanced, measure

PIVOTS = 100_000_000  # POT's own limit of 100,000 is reached by clouds of 2,000 points
ROWS = 2_048  # a potential is evaluated in blocks: 2,048 x 1,000 distances are 16 MB


@dataclass(frozen=True, eq=False)
class OptimalTransport:
    """The cheapest way to move the source into the target, and the proof that it is.

    `cost` is the minimum over all plans of sum_ij plan_ij |x_i - y_j|^order. The potentials obey
    u_i + v_j <= |x_i - y_j|^order for all pairs, and <mass, u> + <mass, v> equals the cost: no
    plan can be cheaper (Kantorovich duality; Villani, "Topics in Optimal Transportation", 2003,
    theorem 1.3).
    """

    source: Measure
    target: Measure
    order: int
    cost: float
    source_potential: Float64[Tensor, " n"]
    target_potential: Float64[Tensor, " m"]
    plan: Float64[Tensor, "n m"] | None  # kept on request: n m numbers

    @property
    def distance(self) -> float:
        """The Wasserstein distance W_order, the root of the cost."""
        return self.cost ** (1 / self.order)

    def kantorovich_potential(self, points: Float[Tensor, "p d"]) -> Float64[Tensor, " p"]:
        """The optimal critic, anywhere: f(x) = min_j |x - y_j|^order - v_j (the c-transform).

        For order 1 it has slope at most 1, being a minimum of cones of slope 1, and
        E f(source) - E f(target) = W1: what a Wasserstein critic tries to learn, without error.
        Only its descent along the lines of the plan is unique: where no mass travels, other
        potentials prove the same.
        """
        points = measure("argument of the potential", points).points
        anchors, height = self.target.points, self.target_potential
        return torch.cat(
            [
                (_ground_cost(block, anchors, self.order) - height).amin(dim=1)
                for block in points.split(ROWS)
            ]
        )


def optimal_transport(
    source: Float[Tensor, "n d"],
    target: Float[Tensor, "m d"],
    order: int = 1,
    source_mass: Float[Tensor, " n"] | None = None,
    target_mass: Float[Tensor, " m"] | None = None,
    keep_plan: bool = False,
) -> OptimalTransport:
    """The exact solution, by network simplex (Bonneel et al. 2011; POT, Flamary et al. 2021).

    Order 1 is the ground cost |x - y| of W1, order 2 the cost |x - y|^2 of W2. Without masses
    every point of a cloud counts the same; the clouds may differ in size. About 10 to 25 ms for
    512 points a side, growing with the square and more.

    ValueError for NaN, empty clouds, unequal total mass or another order; ArithmeticError when
    the simplex ends without an optimum.
    """
    # Imported here because it takes 2 to 4 s (POT loads scipy.stats, scikit-learn and pandas),
    # which a page that shows no transport must not wait for.
    import ot

    if order not in (1, 2):
        raise ValueError(f"order must be 1 or 2, not {order}")
    before, after = balanced(
        measure("source", source, source_mass), measure("target", target, target_mass)
    )
    costs = _ground_cost(before.points, after.points, order)
    # The simplex compares against fixed tolerances: a problem of size 1 suits them all.
    unit = float(costs.max()) or 1.0
    if unit == float("inf"):
        raise ValueError("source and target are too far apart for a finite cost")
    cost, found = ot.emd2(
        before.mass.numpy(),
        after.mass.numpy(),
        (costs / unit).numpy(),
        numItermax=PIVOTS,
        log=True,
        return_matrix=keep_plan,
    )
    if found["warning"] is not None:
        raise ArithmeticError(f"the transport problem was not solved: {found['warning']}")
    return OptimalTransport(
        source=before,
        target=after,
        order=order,
        cost=float(cost) * unit,
        source_potential=torch.from_numpy(found["u"]) * unit,
        target_potential=torch.from_numpy(found["v"]) * unit,
        plan=torch.from_numpy(found["G"]) if keep_plan else None,
    )


def wasserstein(
    source: Float[Tensor, "n d"], target: Float[Tensor, "m d"], order: int = 1
) -> float:
    """W1 or W2 between two clouds whose points all count the same, exactly."""
    return optimal_transport(source, target, order).distance


def _ground_cost(
    source: Float64[Tensor, "n d"], target: Float64[Tensor, "m d"], order: int
) -> Float64[Tensor, "n m"]:
    ways = pairwise_distances(source, target)
    return ways if order == 1 else ways.square()
