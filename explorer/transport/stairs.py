"""The cheapest plan between two measures on a line, and its potentials, by sorting alone.

On a line the first grain goes first: for every cost that is convex in x - y the plan that pairs
equal quantiles is optimal (Villani 2003, theorem 2.18). In a table of both measures it is a
staircase, and its potentials are read off step by step.

Shapes: n points of the source, m of the target, s steps of the staircase.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float64, Int64
from torch import Tensor

from explorer.transport.measures import Measure, balanced
from explorer.transport.plans import OptimalTransport


@dataclass(frozen=True, eq=False)
class Staircase:
    """Which point meets which, from left to right, and the mass that they exchange.

    Each step goes one point on in either measure, so that some may exchange nothing: where a point
    of both ends at once.
    """

    source: Int64[Tensor, " s"]
    target: Int64[Tensor, " s"]
    mass: Float64[Tensor, " s"]


def staircase(source_mass: Float64[Tensor, " n"], target_mass: Float64[Tensor, " m"]) -> Staircase:
    """The north-west corner rule: fill the first from the first (Hoffman 1963).

    Both masses are those of sorted points, positive and of the same total.
    """
    filled, emptied = source_mass.cumsum(0), target_mass.cumsum(0)
    # A step ends where a point of either measure ends; the last two points end together.
    ends = torch.cat([filled[:-1], emptied[:-1]])
    order = ends.argsort(stable=True)
    of_source = order < len(filled) - 1
    source = torch.cat([order.new_zeros(1), of_source.long().cumsum(0)])
    target = torch.cat([order.new_zeros(1), (~of_source).long().cumsum(0)])
    levels = torch.cat([ends.new_zeros(1), ends[order], filled[-1:]])
    return Staircase(source, target, levels.diff().clamp_min(0))


def transport_on_line(source: Measure, target: Measure, order: int = 1) -> OptimalTransport:
    """The exact solution between two measures on a line for the cost |x - y|^order, order >= 1.

    The same as `optimal_transport`, with no linear program: the plan is the staircase, and the
    potentials obey u_i + v_j = |x_i - y_j|^order on each of its steps, from the left on. They are
    potentials of the whole table because the cost has the Monge property. ValueError for points of
    more than one coordinate, points without mass, another order, or unequal totals.
    """
    if order not in (1, 2):
        raise ValueError(f"order must be 1 or 2, not {order}")
    if source.points.shape[1] != 1 or target.points.shape[1] != 1:
        raise ValueError("a staircase needs points on a line")
    if not ((source.mass > 0).all() and (target.mass > 0).all()):
        raise ValueError("every point of a staircase must carry mass")
    before, after = balanced(source, target)
    rows, columns = before.points[:, 0].argsort(), after.points[:, 0].argsort()
    x, y = before.points[rows, 0], after.points[columns, 0]
    steps = staircase(before.mass[rows], after.mass[columns])
    costs = (x[steps.source] - y[steps.target]).abs() ** order
    # Along the staircase one index at a time goes on: the change of cost is that of its potential.
    change = costs.diff()
    of_source = steps.source.diff() == 1
    u = torch.cat([costs.new_zeros(1), change[of_source].cumsum(0)])
    v = costs[0] + torch.cat([costs.new_zeros(1), change[~of_source].cumsum(0)])
    plan = costs.new_zeros(len(x), len(y))
    plan[rows[steps.source], columns[steps.target]] = steps.mass
    source_potential, target_potential = torch.empty_like(u), torch.empty_like(v)
    source_potential[rows], target_potential[columns] = u, v
    return OptimalTransport(
        source=before,
        target=after,
        order=order,
        cost=float(steps.mass @ costs),
        source_potential=source_potential,
        target_potential=target_potential,
        plan=plan,
    )
