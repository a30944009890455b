"""Parallel lines: what is known exactly, and what judges between them say."""

import math

import pytest
import torch

from explorer.gans.objectives import OBJECTIVES
from explorer.gans.parallel import line_distances, line_points, trained_judge
from explorer.gans.truth import predicted_slope
from explorer.transport import wasserstein


@pytest.mark.parametrize("theta", [-1.3, -0.01, 0.4, 2.0])
def test_the_distance_of_the_lines_is_theta_by_transport_of_samples(theta):
    rng = torch.Generator().manual_seed(0)
    here = line_points(0.0, 150, rng).double()
    there = here + torch.tensor([theta, 0.0])

    known = line_distances(theta)

    assert known.w1 == pytest.approx(wasserstein(here, there), abs=1e-6)
    assert (known.js, known.kl, known.total_variation) == (math.log(2), math.inf, 1)


def test_at_zero_nothing_lies_between_the_lines():
    known = line_distances(0.0)

    assert (known.w1, known.js, known.kl, known.total_variation) == (0, 0, 0, 0)


def test_a_line_is_upright_and_even():
    points = line_points(0.7, 20_000, torch.Generator().manual_seed(1))

    assert (points[:, 0] == points.new_tensor(0.7)).all()
    assert float(points[:, 1].mean()) == pytest.approx(0.5, abs=0.01)
    assert float(points[:, 1].min()) >= 0
    assert float(points[:, 1].max()) <= 1


def test_a_well_trained_discriminator_measures_log_two_and_minimax_stops_pulling():
    minimax = trained_judge("minimax", 1.0)
    other = trained_judge("non_saturating", 1.0)

    assert minimax.accuracy == (1.0, 1.0)
    assert minimax.js == pytest.approx(math.log(2), abs=1e-3)
    assert abs(minimax.pull) < 1e-3
    # The same judge, but a loss that does not saturate: its pull is the slope of the logit.
    assert other.gap == minimax.gap
    assert other.pull == pytest.approx(-other.slope, rel=0.05)
    assert other.slope > 5


@pytest.mark.parametrize(("theta", "weight"), [(1.0, 0.5), (-1.0, 2.0)])
def test_a_penalised_critic_pulls_with_the_predicted_slope_towards_the_data(theta, weight):
    found = trained_judge("wasserstein_gp", theta, steps=300, penalty_weight=weight)
    slope = predicted_slope(1.0, weight)

    assert found.pull == pytest.approx(-math.copysign(slope, theta), rel=0.1)
    assert found.gap == pytest.approx(slope, rel=0.1)
    assert found.accuracy is None
    assert found.js is None


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_every_objective_can_be_asked_twice_with_one_answer(objective):
    first, again = (trained_judge(objective, 0.5, steps=15, seed=3) for _ in range(2))

    assert first == again
    assert first != trained_judge(objective, 0.5, steps=15, seed=4)


def test_a_heavier_r1_flattens_the_judge_and_slows_its_verdict():
    light, heavy = (trained_judge("r1", 1.0, 100, penalty_weight=w) for w in (0.01, 10.0))

    assert heavy.slope < light.slope / 3
    assert 0 < heavy.js < light.js


def test_clipping_leaves_a_flat_critic():
    assert trained_judge("wasserstein_clip", 1.0, steps=60, clip=0.01).slope < 0.01


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("wgan", 1.0), "unknown objective 'wgan'; choose from 'minimax'"),
        (("minimax", 11.0), "theta must be between -10 and 10, not 11"),
        (("minimax", 1.0, 0), "steps must be at least 1, not 0"),
    ],
)
def test_what_cannot_be_trained_is_refused(arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        trained_judge(*arguments)
