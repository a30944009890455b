"""Piles of sand on a line: staircases, potentials, and seven distances with their slopes."""

import itertools
import math

import numpy as np
import ot
import pytest
import torch
from scipy import integrate, stats

from explorer.transport import optimal_transport
from explorer.transport.distances import BANDWIDTH, DISTANCES
from explorer.transport.piles import density_at, overlap, pile
from explorer.transport.stairs import transport_on_line

HERE = torch.tensor([0.0, 3, 1, 4, 1, 5, 0, 2])
THERE = torch.tensor([2.0, 0, 6, 5, 3, 5])


def source(shift=0.0):
    return pile("source", HERE, 0.0, 4.0, shift)


def target():
    return pile("target", THERE, 1.0, 6.0)


def block(low, bins=1, shift=0.0):
    return pile("block", torch.ones(bins), low, low + 1, shift)


def test_a_pile_has_a_mass_of_one_in_the_middles_of_its_bins():
    made = pile("source", torch.tensor([1.0, 3.0]), 0.0, 4.0, shift=0.5)

    assert made.middles.tolist() == [1.5, 3.5]
    assert made.mass.tolist() == [0.25, 0.75]
    assert made.edges.tolist() == [0.5, 2.5, 4.5]
    assert made.density.tolist() == [0.125, 0.375]
    assert made.mean == pytest.approx(3.0)
    assert made.moved(1.0).middles.tolist() == [2.5, 4.5]


def test_heights_near_the_largest_number_are_scaled_all_the_same():
    assert pile(
        "source", torch.tensor([1e308, 1e308], dtype=torch.float64), 0.0, 1.0
    ).mass.tolist() == [0.5, 0.5]


@pytest.mark.parametrize(
    ("heights", "why"),
    [
        ([], "the source has no bins"),
        ([1.0, -1.0], "negative height"),
        ([1.0, math.nan], "no finite number"),
        ([math.inf], "no finite number"),
        ([0.0, 0.0], "no sand"),
    ],
)
def test_what_is_no_pile_is_refused_in_a_sentence(heights, why):
    with pytest.raises(ValueError, match=why):
        pile("source", torch.tensor(heights), 0.0, 1.0)


@pytest.mark.parametrize("order", [1, 2])
def test_the_staircase_costs_what_the_linear_program_and_pot_on_a_line_say(order):
    before, after = source(0.3).measure, target().measure

    found = transport_on_line(before, after, order)

    program = optimal_transport(before.points, after.points, order, before.mass, after.mass)
    assert found.cost == pytest.approx(program.cost, rel=1e-12)
    x, y = before.points[:, 0].numpy(), after.points[:, 0].numpy()
    by_pot = ot.emd_1d(
        x, y, before.mass.numpy(), after.mass.numpy(),
        metric="euclidean" if order == 1 else "sqeuclidean",
    )  # fmt: skip
    np.testing.assert_allclose(found.plan, by_pot, atol=1e-12)


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("shift", [0.0, -2.0, 0.5, 7.25])
def test_the_potentials_of_the_staircase_prove_that_nothing_is_cheaper(order, shift):
    before, after = source(shift).measure, target().measure
    found = transport_on_line(before, after, order)

    slack = (before.points - after.points.T).abs() ** order
    slack -= found.source_potential[:, None] + found.target_potential

    dual = before.mass @ found.source_potential + after.mass @ found.target_potential
    assert float(dual) == pytest.approx(found.cost, abs=1e-12)
    assert float(slack.min()) > -1e-12
    assert float(slack[found.plan > 0].abs().max()) < 1e-12  # complementary slackness
    torch.testing.assert_close(found.plan.sum(1), before.mass, atol=1e-12, rtol=0)
    torch.testing.assert_close(found.plan.sum(0), after.mass, atol=1e-12, rtol=0)


def test_points_in_any_order_and_at_one_place_have_a_staircase():
    before = pile("source", torch.tensor([1.0, 1, 2]), 0.0, 3.0).measure
    turned = type(before)(before.points.flip(0), before.mass.flip(0))

    found = transport_on_line(turned, before, 1)

    assert found.cost == pytest.approx(0, abs=1e-15)
    torch.testing.assert_close(found.plan.flip(0), before.mass.diag())


def test_the_staircase_refuses_what_is_not_on_a_line():
    on_line = source().measure
    plane = type(on_line)(on_line.points.expand(-1, 2), on_line.mass)
    empty = type(on_line)(on_line.points, torch.zeros_like(on_line.mass))
    for wrong, order, why in ((plane, 1, "on a line"), (empty, 1, "mass"), (on_line, 3, "order")):
        with pytest.raises(ValueError, match=why):
            transport_on_line(wrong, on_line, order)


def test_both_densities_are_constant_between_all_edges():
    pieces = overlap(source(0.3), target())

    assert float(pieces.width.min()) > 1e-6
    assert float(pieces.width @ pieces.source) == pytest.approx(1)
    assert float(pieces.width @ pieces.target) == pytest.approx(1)
    at = torch.tensor([-1.0, 0.0, 0.99, 100.0], dtype=torch.float64)
    assert density_at(block(0), at).tolist() == [0, 1, 1, 0]


def test_a_pile_that_slides_over_its_like_has_the_distances_of_the_closed_forms():
    """Two blocks of width one, θ apart: what overlaps is 1 - θ wide."""
    theta = 0.3
    here, there = block(0, 20, theta), block(0, 20)

    found = {name: one.value(here, there) for name, one in DISTANCES.items()}

    assert found["w1"] == pytest.approx(theta)
    assert found["w2"] == pytest.approx(theta)
    assert found["tv"] == pytest.approx(theta)
    assert found["js"] == pytest.approx(theta * math.log(2))
    assert found["kl"] == math.inf


def test_without_overlap_densities_say_no_more_than_that():
    for theta in (1.5, 4.0):
        here, there = block(0, 5, theta), block(0, 5)
        assert DISTANCES["js"].value(here, there) == pytest.approx(math.log(2))
        assert DISTANCES["tv"].value(here, there) == pytest.approx(1)
        assert DISTANCES["kl"].value(here, there) == math.inf
        assert DISTANCES["w1"].value(here, there) == pytest.approx(theta)
        for name in ("js", "tv"):
            assert DISTANCES[name].slope(here, there) == pytest.approx(0, abs=1e-12)
        assert math.isnan(DISTANCES["kl"].slope(here, there))


def test_divergences_agree_with_quadrature_of_their_definitions():
    here, there = pile("a", torch.tensor([1.0, 2, 1]), 0.0, 3.0, 0.4), pile("b", THERE + 1, 0, 4)
    at = lambda of, x: float(density_at(of, torch.tensor([x], dtype=torch.float64)))  # noqa: E731

    def js(x):
        p, q = at(here, x), at(there, x)
        parts = [v * math.log(2 * v / (p + q)) for v in (p, q) if v > 0]
        return sum(parts) / 2

    def kl(x):
        return at(here, x) * math.log(at(here, x) / at(there, x)) if at(here, x) > 0 else 0.0

    edges = sorted({*here.edges.tolist(), *there.edges.tolist()})
    for name, of in (("js", js), ("kl", kl)):
        pieces = itertools.pairwise(edges)
        by_quadrature = sum(integrate.quad(of, a, b)[0] for a, b in pieces)
        assert DISTANCES[name].value(here, there) == pytest.approx(by_quadrature, rel=1e-9)


def test_energy_and_kernel_distances_agree_with_scipy_and_brute_force():
    here, there = source(0.3), target()

    by_scipy = stats.energy_distance(here.middles, there.middles, here.mass, there.mass)
    assert DISTANCES["energy"].value(here, there) == pytest.approx(by_scipy)

    def mean(a, b):
        return sum(
            float(m) * float(k) * math.exp(-((float(x) - float(y)) ** 2) / (2 * BANDWIDTH**2))
            for x, m in zip(a.middles, a.mass, strict=True)
            for y, k in zip(b.middles, b.mass, strict=True)
        )

    square = mean(here, here) + mean(there, there) - 2 * mean(here, there)
    assert DISTANCES["mmd"].value(here, there) == pytest.approx(math.sqrt(square))


@pytest.mark.parametrize("name", DISTANCES)
def test_each_slope_is_the_derivative_by_a_shift(name):
    there = pile("target", THERE + 1, -4.0, 6.0)  # so that KL is finite
    one, step = DISTANCES[name], 1e-5
    for theta in (0.33, -0.77):
        here = source(theta)

        ends = [one.value(here.moved(s), there) for s in (-step, step)]

        assert one.slope(here, there) == pytest.approx((ends[1] - ends[0]) / (2 * step), rel=1e-4)


@pytest.mark.parametrize("name", DISTANCES)
def test_a_pile_is_at_no_distance_from_itself(name):
    assert DISTANCES[name].value(source(), source()) == pytest.approx(0, abs=1e-7)
    if name == "kl":  # whichever way it moves, some of it comes where there is none
        assert math.isnan(DISTANCES[name].slope(source(), source()))
    else:
        assert DISTANCES[name].slope(source(), source()) == pytest.approx(0, abs=1e-7)


@pytest.mark.parametrize("name", ["w1", "w2", "energy"])
def test_distances_that_move_sand_have_the_unit_of_the_line(name):
    double = [pile("a", HERE, 0.0, 8.0), pile("b", THERE, 2.0, 12.0)]
    power = 0.5 if name == "energy" else 1.0

    once = DISTANCES[name].value(source(), target())

    assert DISTANCES[name].value(*double) == pytest.approx(2**power * once)


def test_the_wall_of_a_distance_is_what_it_says_far_away():
    for one in DISTANCES.values():
        if math.isfinite(one.wall):
            assert one.value(block(0, 1, 50.0), block(0)) == pytest.approx(one.wall)
