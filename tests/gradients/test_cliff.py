"""The cliff: values of an independent run, autograd, brute force, and its wall in closed form."""

import math

import numpy as np
import pytest
import torch
from scipy.special import expit

from explorer.gradients import cliff
from explorer.gradients.cliff import (
    AT_START,
    START,
    STEPS,
    TARGET,
    WALL_FROM,
    around_the_wall,
    attractor,
    bistable,
    branches,
    course,
    descend,
    fixed_points,
    logistic,
    mean_errors,
    slopes,
    wall,
    wall_width,
)

rng = np.random.default_rng(0)
POINTS = np.stack([rng.uniform(3, 7, 60), rng.uniform(-4.5, -0.5, 60)], axis=1)


def far(w: float, b: float, x: float = START, steps: int = 200_000) -> float:
    """Where the unit is after very many steps, the plain way."""
    for _ in range(steps):
        after = w / (1 + math.exp(-x)) + b
        if after == x:
            break
        x = after
    return x


def test_sigma_is_the_logistic_function_however_large_its_argument():
    x = np.array([-1e4, -800.0, -30.0, -1.0, 0.0, 2.5, 40.0, 1e4])

    assert logistic(x) == pytest.approx(expit(x), rel=1e-15)


# ---------------------------------------------------------------------- E and its gradient

MEASURED = {
    -2.61: 0.01049,
    -2.6122: 0.00420,
    -2.6123: 0.00856,
    -2.6124: 0.32241,
    -2.62: 0.34327,
    -2.63: 0.34563,
}
"""E at w = 5, by an independent run."""


@pytest.mark.parametrize("b", MEASURED)
def test_the_error_falls_off_the_cliff_where_an_independent_run_has_it(b: float):
    for found in (cliff.error(5.0, b), course(5.0, b).error, slopes(5.0, b)[0]):
        assert float(found) == pytest.approx(MEASURED[b], abs=1e-5)


def by_autograd(w: float, b: float) -> tuple[float, float, float, float]:
    """E, dE/dw, dE/db and dx_50/dx_0 by PyTorch."""
    weight, bias, x0 = (
        torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in (w, b, START)
    )
    x = x0
    for _ in range(STEPS):
        x = weight * torch.sigmoid(x) + bias
    error = (torch.sigmoid(x) - TARGET) ** 2
    (by_start,) = torch.autograd.grad(x, x0, retain_graph=True)
    by_w, by_b = torch.autograd.grad(error, (weight, bias))
    return error.item(), by_w.item(), by_b.item(), by_start.item()


@pytest.mark.parametrize("point", [*POINTS[:12].tolist(), [5.0, -2.61], [4.4, wall(4.4) + 1e-3]])
def test_the_gradient_is_that_of_autograd(point: list[float]):
    found, known = course(*point), by_autograd(*point)

    ours = (found.error, found.slope_w, found.slope_b, found.by_start)
    assert [float(each) for each in ours] == pytest.approx(known, rel=1e-8)
    assert slopes(*point) == pytest.approx(known[:3], rel=1e-8)
    assert float(found.norm) == pytest.approx(math.hypot(*known[1:3]), rel=1e-8)


def test_many_points_at_once_are_each_point_alone():
    found = course(POINTS[:, 0], POINTS[:, 1])

    for index, (w, b) in enumerate(POINTS):
        alone = course(w, b)
        assert found.states[:, index] == pytest.approx(alone.states, rel=1e-14)
        assert found.slope_w[index] == pytest.approx(float(alone.slope_w), rel=1e-9)
    assert found.states.shape == (STEPS + 1, 60)
    assert (found.states[0] == START).all()


def test_on_the_wall_the_last_state_answers_the_first_three_thousandfold():
    found = course(5.0, wall(5.0))

    assert float(found.by_start) == pytest.approx((5 * 0.2350037) ** 50, rel=1e-4)
    assert float(found.by_start) == pytest.approx(3178.60, abs=0.02)
    assert 1 / wall_width(5.0) == pytest.approx(3178.60, abs=0.02)


@pytest.mark.parametrize(("w", "most", "at"), [(4.5, 157, -2.30297), (5.0, 6758, -2.61234)])
def test_a_fine_grid_finds_the_largest_gradient_that_an_independent_run_found(w, most, at):
    b = np.arange(-5, -1, 1e-5)
    norm = course(w, b).norm

    assert norm.max() == pytest.approx(most, abs=0.5)
    assert b[norm.argmax()] == pytest.approx(at, abs=1e-5)
    assert 0.03 < np.median(norm) < 0.06


# ------------------------------------------------------------------------------- the wall


@pytest.mark.parametrize(("w", "at"), [(5.0, -2.6122967), (4.5, 0.5 - 4.5 * 0.6224593)])
def test_the_wall_stands_where_x0_is_a_fixed_point(w: float, at: float):
    assert wall(w) == pytest.approx(at, abs=1e-6)
    assert w * AT_START + wall(w) == pytest.approx(START, abs=1e-15)


@pytest.mark.parametrize("w", [4.3, 4.6, 5.0, 5.5, 6.0, 7.0])
def test_a_hair_to_either_side_of_the_wall_leads_to_either_attractor(w: float):
    for hair in (1e-12, 1e-3):
        low, high = (far(w, wall(w) + sign * hair) for sign in (-1, 1))
        assert low < START < high
        assert attractor(w, wall(w) - hair) == pytest.approx(low, abs=1e-6)
        assert attractor(w, wall(w) + hair) == pytest.approx(high, abs=1e-6)


def test_there_is_no_wall_before_x0_can_be_the_unstable_point():
    assert pytest.approx(4.2552519, abs=1e-7) == WALL_FROM
    assert math.isnan(wall(WALL_FROM))
    assert math.isnan(wall(4.2))
    assert not math.isnan(wall(4.26))


# --------------------------------------------------------------- attractors and bistability


def test_at_w_5_two_attractors_exist_between_these_biases():
    assert bistable(5.0) == pytest.approx((-2.65561, -2.34439), abs=1e-5)


@pytest.mark.parametrize("w", [0.5, 3.0, 4.0])
def test_bistability_needs_a_weight_above_4(w: float):
    assert bistable(w) is None
    for b in np.linspace(-4, 0, 9):
        assert len(fixed_points(w, float(b))) == 1
    assert bistable(4.01) is not None


@pytest.mark.parametrize("w", [4.2, 5.0, 6.5])
def test_inside_the_interval_two_starts_end_apart_and_outside_together(w: float):
    low, high = bistable(w)

    def apart(b: float) -> float:
        return far(w, b, 9.0) - far(w, b, -9.0)

    for inside in (low + 1e-3, (low + high) / 2, high - 1e-3):
        assert apart(inside) > 0.1
        assert len(fixed_points(w, inside)) == 3
    for outside in (low - 1e-3, high + 1e-3):
        assert apart(outside) < 1e-6
        assert len(fixed_points(w, outside)) == 1


@pytest.mark.parametrize("point", POINTS[:20].tolist())
def test_the_unit_ends_up_where_it_ends_up_after_very_many_steps(point: list[float]):
    assert attractor(*point) == pytest.approx(far(*point), abs=1e-6)


@pytest.mark.parametrize("point", POINTS.tolist())
def test_a_fixed_point_stays_and_the_middle_one_repels(point: list[float]):
    w, b = point
    found = fixed_points(w, b)

    assert len(found) in (1, 3)
    assert list(found) == sorted(found)
    for number, x in enumerate(found):
        assert w * expit(x) + b == pytest.approx(x, abs=1e-9)
        assert (w * expit(x) * expit(-x) > 1) == (number == 1)


@pytest.mark.parametrize("w", [3.5, 4.0, 5.0, 7.0])
def test_the_branches_are_fixed_points_that_attract_or_repel_as_they_say(w: float):
    found = branches(w, -4.5, 4.5)

    assert [each.stable for each in found] == ([True, False, True] if w > 4 else [True])
    for each in found:
        assert w * expit(each.x) + each.b == pytest.approx(each.x, abs=1e-12)
        slope = w * expit(each.x) * expit(-each.x)
        assert (slope <= 1 + 1e-12).all() if each.stable else (slope >= 1 - 1e-12).all()
    assert found[0].x[0] == -4.5
    assert found[-1].x[-1] == 4.5
    if w > 4:
        assert (found[2].b[0], found[0].b[-1]) == pytest.approx(bistable(w), abs=1e-12)


# ----------------------------------------------------------------- sampled around the wall


def test_a_grid_misses_the_wall_and_the_samples_around_it_do_not():
    grid = np.arange(-4.5, -0.5, 1e-5)

    assert course(6.0, grid).norm.max() < 10
    found = around_the_wall(6.0, np.linspace(-4.5, -0.5, 41))
    assert course(6.0, found).norm.max() > 0.1 / wall_width(6.0)
    assert len(found) < 400


def test_the_samples_come_ever_closer_to_the_wall_from_both_sides_and_keep_the_edges():
    edges = np.linspace(-4.5, -0.5, 41)
    found = around_the_wall(5.0, edges)

    assert set(edges) <= set(found)
    assert (np.diff(found) > 0).all()
    for side in (found[found < wall(5.0)], found[found > wall(5.0)]):
        assert np.abs(side - wall(5.0)).min() < wall_width(5.0) / 32
    assert (around_the_wall(4.0, edges) == edges).all()


def test_a_pixel_that_the_wall_crosses_is_as_much_of_both_sides_as_they_have_of_it():
    w, wide = 6.0, 0.02
    rows = np.array([w - 1e-9, w + 1e-9])
    for share in (0.1, 0.3, 0.5, 0.9):
        edges = wall(w) + wide * np.array([-share, 1 - share])
        below, above = (
            float(cliff.error(w, wall(w) + sign * np.linspace(1e-4, wide, 200)).mean())
            for sign in (-1, 1)
        )
        mean = mean_errors(rows, edges)[0, 0]
        assert mean == pytest.approx(share * below + (1 - share) * above, abs=4e-3)


def test_the_surface_is_the_mean_of_very_many_samples_wherever_the_grid_lies():
    rows = np.array([5.4, 5.45])
    for shift in (0.0, 0.007, 0.013):
        edges = np.linspace(-3.2, -2.6, 31) + shift
        w = np.linspace(*rows, 401)[:-1] + 0.05 / 800
        b = np.linspace(edges[0], edges[-1], 30 * 60 + 1)[:-1] + 0.01 / 60
        places = np.broadcast_arrays(w[:, None], b[None, :])
        many = cliff.error(*places).reshape(400, 30, 60).mean((0, 2))
        assert mean_errors(rows, edges)[0] == pytest.approx(many, abs=0.03)
        assert mean_errors(rows, edges)[0].mean() == pytest.approx(many.mean(), abs=2e-3)


# --------------------------------------------------------------------------- the way down


def test_without_clipping_one_step_throws_the_first_run_away_for_ever():
    run = descend(5.2, -2.5, 0.5)
    thrown = int(run.lengths.argmax())

    assert run.norms.max() == pytest.approx(393, abs=1)
    assert run.lengths[thrown] == pytest.approx(196, abs=1)
    assert run.places[-1] == pytest.approx((107.7, 164.8), abs=0.1)
    assert run.errors[-1] == pytest.approx((1 - 0.7) ** 2, abs=1e-9)
    assert (run.places[thrown + 1 :] == run.places[-1]).all()


def test_small_steps_do_not_save_the_second_run():
    run = descend(5.0, -3.0, 0.05)

    assert run.norms.max() == pytest.approx(454, abs=1)
    assert run.errors[-1] == pytest.approx(0.09, abs=1e-6)


@pytest.mark.parametrize(("w", "b", "rate"), [(5.2, -2.5, 0.5), (5.0, -3.0, 0.05)])
def test_clipped_most_starts_beside_these_arrive(w: float, b: float, rate: float):
    ends = [descend(w + k * 1e-9, b, rate, 1.0).errors[-1] for k in range(-4, 5)]

    assert np.median(ends) < 0.01
    thrown = [descend(w + k * 1e-9, b, rate).errors[-1] for k in range(-4, 5)]
    assert thrown == pytest.approx([0.09] * 9, abs=1e-6)


def test_not_every_start_needs_clipping():
    ends = [descend(5.0 + k * 1e-9, -2.4, 0.5).errors[-1] for k in range(-4, 5)]

    assert max(ends) < 0.002


@pytest.mark.parametrize("clip", [None, 0.05, 1.0])
def test_each_step_goes_against_the_gradient_and_no_further_than_the_clip(clip: float | None):
    run = descend(5.2, -2.5, 0.1, clip, steps=40)

    assert len(run.places) == len(run.errors) == len(run.norms) == 41
    for before, after, value, norm in zip(
        run.places, run.places[1:], run.errors, run.norms, strict=False
    ):
        found, *gradient = slopes(*before)
        assert value == found
        assert norm == pytest.approx(math.hypot(*gradient))
        short = 1.0 if clip is None or norm < clip else clip / norm
        assert after - before == pytest.approx(-0.1 * short * np.array(gradient), rel=1e-6)
    if clip is not None:
        assert run.lengths.max() <= 0.1 * clip * (1 + 1e-9)
        assert run.bites == sum(norm >= clip for norm in run.norms[:-1])
    else:
        assert run.bites == 0


def test_the_threshold_itself_is_shortened_to_itself():
    norm = math.hypot(*slopes(5.2, -2.5)[1:])

    assert descend(5.2, -2.5, 0.1, norm, steps=1).bites == 1
    assert descend(5.2, -2.5, 0.1, norm * 1.001, steps=1).bites == 0


def test_a_run_that_leaves_all_bounds_stays_where_it_left_and_stays_finite():
    run = descend(5.0, wall(5.0), 1e6, steps=20)

    assert np.isfinite(run.places).all()
    assert np.abs(run.places[1]).max() > 1e6
    assert (run.places[2:] == run.places[1]).all()
