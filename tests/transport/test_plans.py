"""Exact transport in the plane: brute force, a general LP solver, and the duality theorem."""

import itertools

import numpy as np
import pytest
import torch
from scipy.optimize import linprog

from explorer.transport import optimal_transport, plans, wasserstein


def cloud(n, seed, spread=1.0):
    return spread * torch.randn(
        n, 2, generator=torch.Generator().manual_seed(seed), dtype=torch.float64
    )


def masses(n, seed):
    drawn = torch.rand(n, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return drawn / drawn.sum()


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("shift", [(0.0, 0.0), (3.0, -4.0), (1e-3, 0.0)])
def test_a_shifted_cloud_is_as_far_as_the_shift(shift, order):
    points = cloud(200, seed=0)

    moved = wasserstein(points, points + torch.tensor(shift, dtype=torch.float64), order)

    assert moved == pytest.approx(np.hypot(*shift), abs=1e-12)


@pytest.mark.parametrize("theta", [-1.5, -0.01, 0.0, 0.3, 2.0])
def test_parallel_lines_are_as_far_as_the_gap_between_them(theta):
    heights = torch.linspace(0, 1, 120, dtype=torch.float64)
    at_zero = torch.stack([torch.zeros_like(heights), heights], dim=1)
    at_theta = torch.stack([torch.full_like(heights, theta), heights], dim=1)

    assert wasserstein(at_zero, at_theta) == pytest.approx(abs(theta), abs=1e-12)


@pytest.mark.parametrize("order", [1, 2])
def test_no_pairing_of_six_points_with_six_is_cheaper(order):
    source, target = cloud(6, seed=1), cloud(6, seed=2)
    costs = (source[:, None] - target).norm(dim=2) ** order
    cheapest = min(
        costs[range(6), list(pairing)].mean() for pairing in itertools.permutations(range(6))
    )

    assert optimal_transport(source, target, order).cost == pytest.approx(float(cheapest))


@pytest.mark.parametrize("order", [1, 2])
def test_clouds_of_different_size_and_mass_agree_with_a_general_linear_program(order):
    source, target, a, b = cloud(7, 3), cloud(5, 4), masses(7, 5), masses(5, 6)
    costs = (source[:, None] - target).norm(dim=2) ** order
    leaves = np.kron(np.eye(7), np.ones(5))
    arrives = np.kron(np.ones(7), np.eye(5))
    program = linprog(
        costs.flatten().numpy(),
        A_eq=np.vstack([leaves, arrives]),
        b_eq=torch.cat([a, b]).numpy(),
        bounds=(0, None),
    )

    found = optimal_transport(source, target, order, source_mass=a, target_mass=b)

    assert found.cost == pytest.approx(program.fun)
    assert found.distance == pytest.approx(program.fun ** (1 / order))


def test_the_plan_empties_the_source_fills_the_target_and_costs_the_cost():
    source, target, a, b = cloud(40, 7), cloud(30, 8), masses(40, 9), masses(30, 10)

    found = optimal_transport(source, target, source_mass=a, target_mass=b, keep_plan=True)

    assert (found.plan >= 0).all()
    torch.testing.assert_close(found.plan.sum(dim=1), a)
    torch.testing.assert_close(found.plan.sum(dim=0), b)
    paid = (found.plan * (source[:, None] - target).norm(dim=2)).sum()
    assert float(paid) == pytest.approx(found.cost)


def test_the_plan_is_kept_on_request_only():
    assert optimal_transport(cloud(5, 0), cloud(5, 1)).plan is None


@pytest.mark.parametrize("order", [1, 2])
def test_the_duals_are_feasible_and_reproduce_the_cost(order):
    source, target = cloud(250, 11), cloud(200, 12) + 0.5
    found = optimal_transport(source, target, order)

    u, v = found.source_potential, found.target_potential
    costs = (source[:, None] - target).norm(dim=2) ** order

    assert (u[:, None] + v <= costs + 1e-9).all()
    assert float(u.mean() + v.mean()) == pytest.approx(found.cost, abs=1e-9)


@pytest.mark.parametrize("order", [1, 2])
def test_the_potential_evaluated_anywhere_still_reproduces_the_cost(order):
    source, target = cloud(250, 13), cloud(200, 14) + 0.5
    found = optimal_transport(source, target, order)

    f = found.kantorovich_potential
    # For order 1 the transform back is -f itself; for order 2 it is the second potential.
    back = -f(target) if order == 1 else found.target_potential

    assert float(f(source).mean() + back.mean()) == pytest.approx(found.cost, abs=1e-9)


def test_the_potential_is_nowhere_steeper_than_one_and_exactly_one_along_the_plan():
    source, target = cloud(120, 15), cloud(120, 16) + 0.5
    found = optimal_transport(source, target, keep_plan=True)
    f = found.kantorovich_potential

    one, other = cloud(3_000, 17, spread=3.0), cloud(3_000, 18, spread=3.0)
    assert ((f(one) - f(other)).abs() <= (one - other).norm(dim=1) + 1e-12).all()

    i, j = found.plan.nonzero(as_tuple=True)
    torch.testing.assert_close(
        f(source)[i] - f(target)[j], (source[i] - target[j]).norm(dim=1), rtol=0, atol=1e-9
    )


def test_the_potential_of_a_point_does_not_depend_on_the_others_asked_with_it():
    found = optimal_transport(cloud(20, 19), cloud(30, 20))
    points = cloud(2 * plans.ROWS + 5, 21)

    together = found.kantorovich_potential(points)

    apart = torch.cat([found.kantorovich_potential(part) for part in points.split(1_000)])
    assert together.equal(apart)


def test_points_without_mass_change_neither_the_cost_nor_what_the_potential_proves():
    source, target, ghosts = cloud(40, 22), cloud(30, 23) + 1, cloud(20, 32)
    a, b = masses(40, 33), masses(30, 34)
    nothing = torch.zeros(20, dtype=torch.float64)
    plain = optimal_transport(source, target, source_mass=a, target_mass=b)

    haunted = optimal_transport(
        torch.cat([ghosts, source]),
        torch.cat([target, ghosts]),
        source_mass=torch.cat([nothing, a]),
        target_mass=torch.cat([b, nothing]),
    )
    f = haunted.kantorovich_potential

    assert haunted.cost == pytest.approx(plain.cost)
    assert float(a @ f(source) - b @ f(target)) == pytest.approx(plain.cost, abs=1e-9)


@pytest.mark.parametrize("scale", [1e-30, 1e30])
def test_distance_grows_with_the_picture_over_sixty_orders_of_magnitude(scale):
    source, target = cloud(60, 24), cloud(60, 25)

    for order in (1, 2):
        enlarged = wasserstein(scale * source, scale * target, order)
        assert enlarged == pytest.approx(scale * wasserstein(source, target, order), rel=1e-9)


def test_mass_is_moved_whole_not_normalised():
    heap = torch.full((4,), 5.0)
    there = optimal_transport(
        torch.zeros(4, 2), torch.ones(4, 2), order=2, source_mass=heap, target_mass=heap
    )

    assert there.cost == pytest.approx(20 * 2)


def test_masses_that_differ_by_rounding_are_accepted_and_others_are_not():
    points, a = cloud(3, 26), torch.tensor([0.2, 0.3, 0.5])
    same = optimal_transport(points, points + 100, source_mass=a, target_mass=a * (1 + 5e-7))
    proven = same.source.mass @ same.source_potential + same.target.mass @ same.target_potential
    assert same.cost == pytest.approx(100 * 2**0.5, abs=1e-4)
    assert same.cost == pytest.approx(float(proven), abs=1e-9)

    with pytest.raises(ValueError, match=r"must carry the same total mass, not 1 and 1\.1"):
        optimal_transport(points, points, source_mass=a, target_mass=a * 1.1)


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_a_cloud_with_nan_or_infinity_is_refused_by_name(bad):
    broken = cloud(10, 27)
    broken[3, 1] = bad

    with pytest.raises(ValueError, match="the source has NaN or infinity in 1 of its 10 points"):
        wasserstein(broken, cloud(10, 28))
    with pytest.raises(ValueError, match="the target has NaN or infinity in 1 of its 10 points"):
        wasserstein(cloud(10, 28), broken)


def test_other_impossible_problems_are_refused_in_one_sentence():
    points = cloud(3, 29)
    with pytest.raises(ValueError, match="the target has no points"):
        wasserstein(points, torch.zeros(0, 2))
    with pytest.raises(ValueError, match="order must be 1 or 2, not 3"):
        wasserstein(points, points, order=3)
    with pytest.raises(ValueError, match="masses of the source must be finite, not negative"):
        optimal_transport(points, points, source_mass=torch.tensor([1.0, -0.5, 0.5]))
    with pytest.raises(ValueError, match="masses of the target must be finite, not negative"):
        optimal_transport(points, points, target_mass=torch.zeros(3))
    with pytest.raises(ValueError, match="too far apart"):
        wasserstein(points, 1e300 * points, order=2)


def test_a_simplex_that_stops_early_is_an_error_not_a_number(monkeypatch):
    monkeypatch.setattr(plans, "PIVOTS", 3)

    with (
        pytest.warns(UserWarning, match="numItermax"),
        pytest.raises(ArithmeticError, match="the transport problem was not solved"),
    ):
        wasserstein(cloud(50, 30), cloud(50, 31))
