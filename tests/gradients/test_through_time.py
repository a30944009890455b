"""Gradient norms at initialisation: known values, exact cases, and what float32 makes of them."""

import math

import numpy as np
import pytest
import torch

from explorer.gradients import FlowSettings, norms_through_time, through_time, underflow
from tests.gradients.unrolling import states

ROTATION = {"recurrent_init": "orthogonal"}

# Ratios to the last state's norm at lags 1, 10, 20, 50, 100, measured elsewhere by automatic
# differentiation: 64 units, 100 steps, scalar normal input, batch 32, geometric mean over 5 seeds
# that are not ours.
MEASURED = [
    ("rnn_tanh", {}, (0.573, 2.8e-3, 1.3e-5, 2.3e-12, None)),
    ("rnn_tanh", {**ROTATION, "gain": 0.9}, (0.883, 0.286, 0.0811, 1.8e-3, 3.5e-6)),
    ("rnn_tanh", {**ROTATION, "gain": 1.0}, (0.955, 0.632, 0.400, 0.098, 0.013)),
    ("rnn_tanh", {**ROTATION, "gain": 1.1}, (0.989, 0.898, 0.807, 0.568, 0.841)),
    ("rnn_tanh", {**ROTATION, "gain": 1.5}, (1.06, 1.87, 3.46, 21.2, 3.3e3)),
    ("rnn_relu", ROTATION, (0.708, 0.035, 1.0e-3, 2.6e-8, 6.6e-16)),
    ("lstm", {}, (0.535, 5.2e-3, 4.8e-5, 6.8e-11, 1.6e-20)),
    ("lstm", {"forget_bias": 1.0}, (0.760, 0.116, 0.0205, 1.9e-4, 9.1e-8)),
    ("lstm", {"forget_bias": 2.0}, (0.900, 0.475, 0.303, 0.126, 0.061)),
    ("lstm", {"forget_bias": 3.0}, (0.956, 0.724, 0.627, 0.544, 1.43)),
    ("lstm", {"forget_bias": 5.0}, (0.980, 0.902, 0.929, 1.55, 17.6)),
    ("gru", {}, (0.529, 5.8e-3, 5.6e-5, 8.0e-11, 1.7e-20)),
    ("gru", {"forget_bias": 1.0}, (0.741, 0.070, 7.1e-3, 8.7e-6, 1.7e-10)),
    ("gru", {"forget_bias": 3.0}, (0.954, 0.627, 0.400, 0.114, 0.017)),
    ("gru", {"forget_bias": 5.0}, (0.993, 0.937, 0.878, 0.723, 0.528)),
]


@pytest.mark.parametrize(("cell", "changes", "expected"), MEASURED)
def test_the_flow_at_initialisation_is_the_known_one_within_its_noise(cell, changes, expected):
    """With a batch of one the spread over seeds holds all noise: weights, inputs, readout."""
    flow = norms_through_time(FlowSettings(cell, seeds=20, batch=1, **changes)).memory

    for lag, known in zip((1, 10, 20, 50, 100), expected, strict=True):
        if known is not None:
            noise = flow.spread[lag] * math.sqrt(1 / 5 + 1 / 20)
            rounding = 0.01
            assert abs(math.log10(flow.typical[lag] / known)) < 4 * noise + rounding, lag


def test_a_default_lstm_forgets_and_one_with_bias_three_does_not():
    default = norms_through_time(FlowSettings("lstm")).memory.typical[10]
    biased = norms_through_time(FlowSettings("lstm", forget_bias=3.0)).memory.typical[10]

    assert 1e-3 < default < 2e-2
    assert 0.5 < biased < 0.9


@pytest.mark.parametrize("gain", [0.5, 0.9, 1.0, 1.1])
def test_a_linear_network_with_a_rotation_keeps_exactly_gain_to_the_lag(gain):
    flow = norms_through_time(FlowSettings("linear", length=100, gain=gain, **ROTATION))

    expected = gain ** np.arange(101.0)
    for ratios in flow.hidden.ratios:
        np.testing.assert_allclose(ratios, expected, rtol=1e-9)
    np.testing.assert_allclose(flow.hidden.typical, expected, rtol=1e-9)
    np.testing.assert_allclose(flow.hidden.per_step, gain, rtol=1e-9)


def test_norms_are_right_where_their_squares_underflow():
    flow = norms_through_time(
        FlowSettings("linear", length=200, units=8, gain=0.05, seeds=2, **ROTATION)
    )

    assert 0.05**200 > 0.0 == (0.05**200) ** 2
    np.testing.assert_allclose(flow.hidden.typical, 0.05 ** np.arange(201.0), rtol=1e-9)


def test_the_norms_are_those_of_autograd():
    settings = FlowSettings("lstm", length=12, units=5, batch=3, seeds=1, seed=4)
    network = through_time.gone_back(settings, range(4, 5), torch.float64)
    inputs = network.states[:-1, 0, 5:-1].clone()
    hidden, memory = states("lstm", network.matrix[0].clone(), inputs)
    (hidden[-1] * network.hidden_gradients[-1, 0].T.clone()).sum().backward()

    flow = norms_through_time(settings)

    for ours, theirs in ((flow.hidden, hidden), (flow.cell, memory)):
        expected = [state.grad.norm(dim=1).mean().item() for state in reversed(theirs)]
        np.testing.assert_allclose(ours.norms[0], expected, rtol=1e-9)
        np.testing.assert_allclose(ours.ratios[0], np.array(expected) / expected[0], rtol=1e-9)


def test_typical_is_the_geometric_mean_and_spread_its_decades():
    flow = norms_through_time(FlowSettings("gru", length=20, units=8, seeds=4)).memory

    logs = np.log10(flow.ratios)
    np.testing.assert_allclose(np.log10(flow.typical), logs.mean(0), atol=1e-12)
    np.testing.assert_allclose(flow.spread, logs.std(0, ddof=1), atol=1e-12)
    np.testing.assert_allclose(np.cumprod(flow.per_step), flow.typical[1:], rtol=1e-9)


def test_a_network_is_the_same_in_any_company(monkeypatch):
    together = norms_through_time(FlowSettings("gru", length=15, units=8, seeds=5)).memory
    alone = norms_through_time(FlowSettings("gru", length=15, units=8, seeds=1, seed=3)).memory
    monkeypatch.setattr(through_time, "ROOM", 1)
    in_turns = norms_through_time(FlowSettings("gru", length=15, units=8, seeds=5)).memory

    np.testing.assert_allclose(together.norms[3], alone.norms[0], rtol=1e-9)
    np.testing.assert_allclose(together.norms, in_turns.norms, rtol=1e-9)


def test_only_the_lstm_has_two_states():
    assert norms_through_time(FlowSettings("gru", length=3, seeds=1)).cell is None
    flow = norms_through_time(FlowSettings("lstm", length=3, seeds=1))
    assert flow.memory is flow.cell
    assert not np.allclose(flow.cell.typical, flow.hidden.typical)


def test_equal_settings_give_equal_bits_whatever_the_global_generator():
    settings = FlowSettings("lstm", length=20, units=8, seeds=2)
    one = norms_through_time(settings)
    torch.manual_seed(99)
    before = torch.get_rng_state()

    two = norms_through_time(settings)

    assert np.array_equal(one.cell.norms, two.cell.norms)
    assert np.array_equal(one.hidden.norms, two.hidden.norms)
    assert torch.equal(before, torch.get_rng_state())


def test_float32_loses_the_norm_at_half_the_exponent_at_which_it_loses_the_gradient():
    """A rotation of gain 1/2 takes one binary digit a step; the smallest float32 is 2^-149."""
    lost = underflow(FlowSettings("linear", length=200, gain=0.5, seeds=2, **ROTATION))

    assert lost.states == 201
    assert lost.zero_gradients == pytest.approx(200 - 151, abs=4)
    assert lost.zero_norms == pytest.approx(200 - 76, abs=4)


def test_float64_keeps_what_float32_loses():
    settings = FlowSettings("rnn_tanh", length=200)

    assert underflow(settings).zero_norms > 50
    assert (norms_through_time(settings).memory.norms > 0).all()
