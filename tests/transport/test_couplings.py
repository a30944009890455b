"""Couplings of clouds: exact, blurred, unbalanced, and seen from the side."""

import itertools
import math

import numpy as np
import ot
import pytest
import torch

from explorer.transport import measure, optimal_transport, sliced_wasserstein
from explorer.transport.couplings import (
    GROUNDS,
    blurred,
    carried,
    debiased,
    entropic_cost,
    exact,
    unbalanced,
    widths_along,
)


def cloud(n, seed, shift=0.0):
    rng = torch.Generator().manual_seed(seed)
    return measure("cloud", torch.randn(n, 2, generator=rng, dtype=torch.float64) + shift)


HERE, THERE = cloud(6, 0), cloud(6, 1, 1.0)
STRAIGHT = GROUNDS["l2"].costs


def by_hand(ground, x, y):
    dx, dy = abs(float(x[0] - y[0])), abs(float(x[1] - y[1]))
    return {"l1": dx + dy, "l2": math.hypot(dx, dy), "squared": dx**2 + dy**2}[ground]


@pytest.mark.parametrize("ground", GROUNDS)
def test_no_way_to_pair_six_points_is_cheaper_than_the_exact_plan(ground):
    costs = [[by_hand(ground, x, y) for y in THERE.points] for x in HERE.points]
    least = min(
        sum(costs[i][j] for i, j in enumerate(pairs)) / 6
        for pairs in itertools.permutations(range(6))
    )

    found = exact(HERE, THERE, GROUNDS[ground].costs(HERE.points, THERE.points))

    assert found.cost == pytest.approx(least, rel=1e-12)
    assert found.left < 1e-12
    assert GROUNDS[ground].root == (2 if ground == "squared" else 1)


@pytest.mark.parametrize(("ground", "order"), [("l2", 1), ("squared", 2)])
def test_the_exact_plan_is_that_of_the_room_next_door(ground, order):
    found = exact(HERE, THERE, GROUNDS[ground].costs(HERE.points, THERE.points))

    other = optimal_transport(HERE.points, THERE.points, order, keep_plan=True)
    assert found.cost == pytest.approx(other.cost)
    torch.testing.assert_close(found.plan, other.plan)


def test_a_small_blur_comes_to_the_exact_plan_and_a_large_one_to_the_product():
    costs = STRAIGHT(HERE.points, THERE.points)

    near, far = blurred(HERE, THERE, costs, 0.01), blurred(HERE, THERE, costs, 1e4)

    assert near.cost == pytest.approx(exact(HERE, THERE, costs).cost, rel=2e-3)
    assert far.cost == pytest.approx(float(costs.mean()), rel=2e-3)
    assert near.left < 1e-3
    assert far.left < 1e-6
    with pytest.raises(ValueError, match="above 0"):
        blurred(HERE, THERE, costs, 0.0)


@pytest.mark.parametrize("blur", [0.5, 0.05])
def test_the_blurred_plan_is_that_of_rounds_in_logarithms(blur):
    costs = GROUNDS["squared"].costs(HERE.points, THERE.points)

    expected = ot.sinkhorn(
        HERE.mass, THERE.mass, costs, blur, method="sinkhorn_log", numItermax=5_000, warn=False
    )

    found = blurred(HERE, THERE, costs, blur)
    torch.testing.assert_close(found.plan, expected, atol=1e-3, rtol=0)


def test_the_entropic_cost_is_the_least_that_rounds_can_reach():
    """Its dual: <a, f> + <b, g> for potentials of the optimal plan, log plan/(a x b)."""
    costs, blur = STRAIGHT(HERE.points, THERE.points), 0.5
    found = blurred(HERE, THERE, costs, blur)
    total = blur * torch.log(found.plan * 36) + costs  # f_i + g_j

    dual = float((total * found.plan).sum())

    assert entropic_cost(HERE, THERE, found, blur) == pytest.approx(dual)
    torch.testing.assert_close(total - total[:1], (total - total[:1])[:, :1].expand(-1, 6),
                               atol=1e-4, rtol=0)  # fmt: skip


def test_debiased_a_cloud_is_at_no_distance_from_itself_and_a_shift_is_seen_exactly():
    moved = measure("moved", HERE.points + torch.tensor([3.0, 4.0]))
    squared = GROUNDS["squared"].costs

    assert debiased(HERE, HERE, STRAIGHT, 0.5) == pytest.approx(0, abs=1e-6)
    itself = blurred(HERE, HERE, STRAIGHT(HERE.points, HERE.points), 0.5)
    assert itself.cost > 0.1  # what is taken away
    assert debiased(HERE, moved, squared, 1.0) == pytest.approx(25, rel=1e-4)


def test_a_low_price_leaves_what_lies_far_and_a_high_one_moves_all():
    far = measure("far", torch.tensor([[0.0, 0.0], [50.0, 0.0]]))
    near = measure("near", torch.tensor([[0.1, 0.0], [0.2, 0.0]]))
    costs = STRAIGHT(far.points, near.points)

    left, moved = unbalanced(far, near, costs, 0.5), unbalanced(far, near, costs, 1e4)

    assert float(left.plan[1].sum()) < 1e-6
    assert float(left.plan[0].sum()) > 0.4
    assert float(moved.plan.sum()) == pytest.approx(1, abs=0.01)
    with pytest.raises(ValueError, match="above 0"):
        unbalanced(far, near, costs, -1.0)


def test_each_point_is_carried_to_the_mean_of_where_its_mass_goes():
    costs = STRAIGHT(HERE.points, THERE.points)

    found = carried(blurred(HERE, THERE, costs, 1e4), THERE)

    torch.testing.assert_close(found, THERE.points.mean(0).expand(6, 2), atol=1e-3, rtol=0)
    pairs = exact(HERE, THERE, costs)
    torch.testing.assert_close(carried(pairs, THERE), THERE.points[pairs.plan.argmax(1)])


@pytest.mark.parametrize("order", [1, 2])
def test_projections_are_distances_on_a_line_and_their_mean_is_the_sliced_one(order):
    angles = torch.tensor([0.0, math.pi / 2, 1.0], dtype=torch.float64)

    found = widths_along(HERE, THERE, angles, order)

    x = ot.wasserstein_1d(HERE.points[:, 0].numpy(), THERE.points[:, 0].numpy(), p=order)
    y = ot.wasserstein_1d(HERE.points[:, 1].numpy(), THERE.points[:, 1].numpy(), p=order)
    assert found[:2].numpy() == pytest.approx(np.array([x, y]) ** (1 / order))
    along = torch.stack([angles.cos(), angles.sin()], 1)
    mean = float((found**order).mean() ** (1 / order))
    assert mean == pytest.approx(sliced_wasserstein(HERE.points, THERE.points, along, order))
    with pytest.raises(ValueError, match="unequal size"):
        widths_along(HERE, cloud(5, 2), angles, order)
