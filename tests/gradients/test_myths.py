"""Myths: each measures what theory or torch says, and its verdict follows the numbers."""

import math

import numpy as np
import pytest
import torch

from explorer.gradients import FlowSettings, norms_through_time
from explorer.gradients.myths import MYTHS, tried
from explorer.gradients.myths.deep import BN_FACTOR, layer_norms
from explorer.gradients.myths.myth import judged
from explorer.gradients.myths.practice import _angle, retained_and_true
from explorer.gradients.unrolled import UNROLLED

OTHERWISE = {
    "lstm_immune": ({"at_50": 0.7, "at_100": 0.5}, {"at_50": 1e-9, "at_100": 1e-20}),
    "larger_bias": (
        {"at_1": 1e-7, "at_3": 0.01, "at_5": 0.9},
        {"at_1": 1e-7, "at_3": 1.4, "at_5": 17.6},
    ),
    "radius_decays": (
        {"radius": 0.95, "peak": 1.0, "peak_at": 0, "end": 0.006},
        {"radius": 0.95, "peak": 2.66, "peak_at": 5, "end": 0.017},
    ),
    "rotation_relu": (
        {"step": 1.0, "at_50": 0.9, "linear": 1.0},
        {"step": 0.7, "at_50": 3e-8, "linear": 1.0},
    ),
    "above_one_explodes": ({"largest": 1.9, "end": 50.0}, {"largest": 1.9, "end": 1e-4}),
    "float32_enough": (
        {"lost": 0, "double": 0, "last": 1e-9},
        {"lost": 88, "double": 0, "last": 1e-40},
    ),
    "batch_norm_cures": (
        {"factor": 1.0, "ratio": 1.0, "plain": 1.0},
        {"factor": 1.21, "ratio": 38.0, "plain": 1.0},
    ),
    "weights_show_it": (
        {"states": 1e-5, "weights": 1e-4},
        {"states": 1e-5, "weights": 1.04},
    ),
    "fewer_layers": (
        {"three": 0.9, "five": 0.8, "twenty": 0.1, "factor": 0.9},
        {"three": 1e-4, "five": 1e-8, "twenty": 1e-30, "factor": 0.01},
    ),
    "retained": (
        {"held": 0.7, "before": 0.7, "first": 0.1},
        {"held": 0.0, "before": 0.7, "first": 0.1},
    ),
    "gru_faster": (
        {"seconds": 0.75, "parameters": 0.75},
        {"seconds": 3.8, "parameters": 0.75},
    ),
    "clip_turns": ({"by_norm": 20.0, "by_value": 40.0}, {"by_norm": 0.0, "by_value": 0.0}),
}
"""Numbers for which each claim would hold, and for which it would not."""


def _seeds(numbers, times=3):
    return {name: np.full(times, float(value)) for name, value in numbers.items()}


def test_at_least_ten_claims_are_there_and_each_has_numbers_for_and_against_it_here():
    assert len(MYTHS) >= 10
    assert set(OTHERWISE) == set(MYTHS)


@pytest.mark.parametrize("name", MYTHS)
def test_a_verdict_follows_the_numbers_and_nothing_else(name):
    for_it, against = OTHERWISE[name]
    verdict = MYTHS[name].verdict

    assert verdict(_seeds(for_it)).outcome == "holds"
    assert verdict(_seeds(against)).outcome == "does not hold"
    divided = {k: np.array([float(for_it[k]), float(against[k])]) for k in for_it}
    assert verdict(divided).outcome == "depends"
    assert verdict(_seeds(for_it)).sentence != verdict(_seeds(against)).sentence


def test_one_seed_for_and_one_against_is_no_verdict():
    yes, no = np.array([True, True]), np.array([True, False])

    assert judged(yes, ~yes) == "holds"
    assert judged(~yes, yes) == "does not hold"
    assert judged(no, ~no) == "depends"


def test_a_trial_without_a_seed_is_refused_in_one_line():
    with pytest.raises(ValueError, match="at least one seed"):
        tried(MYTHS["clip_turns"], 0, 0)


def test_a_trial_takes_its_seeds_in_a_row_and_a_run_again_is_the_same_to_the_bit():
    state = torch.get_rng_state()
    three, last = tried(MYTHS["clip_turns"], 4, 3), tried(MYTHS["clip_turns"], 6, 1)

    assert three.found["by_value"][2] == last.found["by_value"][0]
    assert len(set(three.found["by_value"])) == 3
    assert torch.equal(torch.get_rng_state(), state)  # the global one is nobody's


def test_relu_with_batch_norm_explodes_by_the_factor_of_theory():
    norms = layer_norms("relu", math.sqrt(2), 20, 0, normalised=True).of_states

    assert (norms[1] / norms[-2]) ** (1 / 17) == pytest.approx(BN_FACTOR, rel=0.02)


@pytest.mark.parametrize(("deviation", "factor"), [(math.sqrt(2), 1.0), (1.0, math.sqrt(0.5))])
def test_relu_stacks_keep_or_lose_what_he_and_glorot_say(deviation, factor):
    norms = layer_norms("relu", deviation, 30, 1).of_states

    assert (norms[0] / norms[-1]) ** (1 / 29) == pytest.approx(factor, rel=0.02)


def test_retain_grad_holds_the_direct_term_alone_and_the_loss_reads_the_last_state():
    held, true = retained_and_true(0)

    assert (held[:-1] == 0).all()
    assert held[-1] == pytest.approx(true[-1], rel=1e-12)
    assert (true > 0).all()


def test_clipping_by_value_turns_a_gradient_by_the_angle_of_its_own_geometry():
    # (3, 4) clipped to (3, 3) lies at 45 degrees, from atan(4/3)
    raw, clipped = torch.tensor([3.0, 4.0]).double(), torch.tensor([3.0, 3.0]).double()

    assert _angle(raw, clipped) == pytest.approx(math.degrees(math.atan(4 / 3)) - 45, abs=1e-9)
    assert _angle(raw, 0.1 * raw) == pytest.approx(0, abs=1e-9)


def test_clipping_by_norm_never_turns_and_nothing_turns_where_nothing_is_clipped():
    run = tried(MYTHS["clip_turns"], 0, 2)

    assert run.lines["by_norm"].max() < 1e-6
    assert run.lines["by_value"][:, -1].max() < 1e-6
    assert run.lines["by_value"][:, 0].min() > 10


def test_what_a_default_lstm_keeps_is_that_of_the_measurement_through_time():
    flow = FlowSettings(cell="lstm", length=100, seeds=1, batch=32, seed=3)
    known = norms_through_time(flow).cell.ratios[0]

    assert "lstm" in UNROLLED
    run = tried(MYTHS["lstm_immune"], 3, 1)
    assert run.lines["lstm"][0] == pytest.approx(known, rel=1e-9)
    assert run.verdict.outcome == "does not hold"


def test_a_gru_has_three_quarters_of_the_parameters_and_its_seconds_are_measured():
    run = tried(MYTHS["gru_faster"], 0, 1)

    assert run.found["parameters"] == 0.75
    assert (run.lines["seconds"] > 0).all()
