"""Lines of theory: exact where they say so, on the measurement where they claim to be."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from explorer.gradients import (
    RECURRENT_INITS,
    THEORIES,
    UNROLLED,
    FlowSettings,
    TheoryLine,
    average_steps,
    norms_by_hops,
    norms_through_time,
    of_quantity,
    quantity_through_time,
    residual,
    theories_of,
    theory_line,
)
from explorer.gradients.mean_field import Steps
from explorer.gradients.through_time import gone_back

ROTATION = {"recurrent_init": "orthogonal"}


def test_amplitudes_add_up_over_all_ways_to_place_the_hops():
    """Against the sum over all 2^T subsets of steps."""
    rng = np.random.default_rng(0)
    keep, hop, powers = rng.random(6), rng.random(6), rng.random(7)
    expected = 0.0
    for hops in range(7):
        amplitude = sum(
            math.prod(hop[t] if t in chosen else keep[t] for t in range(6))
            for chosen in itertools.combinations(range(6), hops)
        )
        expected += (amplitude * powers[hops]) ** 2

    norms, _ = norms_by_hops(Steps(keep, hop, np.ones(6)), powers)

    assert norms[-1] == pytest.approx(math.sqrt(expected), rel=1e-12)


def test_one_wide_matrix_used_again_and_again_does_what_the_hops_say():
    """Brute force: ‖(keep + hop·W)^k v‖ for one Gaussian matrix of 2,000 units."""
    rng = np.random.default_rng(1)
    matrix = rng.standard_normal((2_000, 2_000)) / math.sqrt(2_000)
    vector = rng.standard_normal(2_000)
    measured = [np.linalg.norm(vector)]
    for _ in range(7):
        vector = 0.5 * vector + 0.2 * (matrix @ vector)
        measured.append(np.linalg.norm(vector))

    steps = Steps(np.full(7, 0.5), np.full(7, 0.2), np.ones(7))
    norms, hops = norms_by_hops(steps, np.ones(8))

    np.testing.assert_allclose(np.array(measured) / measured[0], norms, rtol=0.03)
    independent = math.sqrt(0.5**2 + 0.2**2) ** 7  # what a fresh matrix at each step would do
    assert measured[-1] / measured[0] > 2 * independent
    binomial = [(math.comb(7, j) * 0.5 ** (7 - j) * 0.2**j) ** 2 for j in range(8)]
    assert norms[-1] ** 2 == pytest.approx(sum(binomial), rel=1e-12)
    assert hops[-1] == pytest.approx(sum(j * b for j, b in enumerate(binomial)) / sum(binomial))


@pytest.mark.parametrize("name", ["mean_field", "drawn_matrix"])
@pytest.mark.parametrize("gain", [0.5, 0.9, 1.1])
def test_the_line_of_a_linear_rotation_is_gain_to_the_lag_and_the_residual_nothing(name, gain):
    settings = FlowSettings("linear", gain=gain, **ROTATION)
    line = theory_line(settings, name)

    np.testing.assert_allclose(line.values, gain ** np.arange(101.0), rtol=1e-9)
    found = residual(norms_through_time(settings).memory.typical, line)
    assert found.largest < 1e-9
    assert found.lags == 100


def test_relu_with_a_rotation_takes_the_square_root_of_a_half_each_step():
    line = theory_line(FlowSettings("rnn_relu", units=128, length=20, **ROTATION))

    factors = line.values[1:] / line.values[:-1]
    np.testing.assert_allclose(factors, math.sqrt(0.5), rtol=0.01)


# The half-life table of the forget bias: f, f^10, f^50, f^100.
KEPT = {
    0.0: (0.5, 9.77e-4, 8.9e-16, 7.9e-31),
    1.0: (0.73106, 0.0436, 1.58e-7, 2.48e-14),
    2.0: (0.88080, 0.2810, 1.75e-3, 3.07e-6),
    3.0: (0.95257, 0.6152, 0.0881, 7.76e-3),
    4.0: (0.98201, 0.8340, 0.4035, 0.1628),
    5.0: (0.99331, 0.9351, 0.7148, 0.5109),
}


@pytest.mark.parametrize("cell", ["lstm", "gru"])
@pytest.mark.parametrize(("bias", "known"), KEPT.items())
def test_the_gate_alone_keeps_the_logistic_of_its_bias(cell, bias, known):
    line = theory_line(FlowSettings(cell, forget_bias=bias), "gate_alone")

    np.testing.assert_allclose(line.values[[1, 10, 50, 100]], known, rtol=6e-3)
    kept = 1 / (1 + math.exp(-bias))
    np.testing.assert_allclose(line.values, [kept**k for k in range(101)], rtol=1e-9)


def test_the_gate_alone_claims_everything_for_a_closed_gru_and_one_step_of_a_default_lstm():
    assert theory_line(FlowSettings("gru", forget_bias=5.0), "gate_alone").valid_to == 100
    assert theory_line(FlowSettings("lstm"), "gate_alone").valid_to == 1


CLAIMS = [  # by how many decades the line may be off, besides the noise of ten networks
    ("rnn_tanh", {}, 0.05),
    ("rnn_tanh", {"recurrent_init": "gaussian", "gain": 0.8}, 0.1),
    ("rnn_tanh", {**ROTATION, "gain": 0.3}, 0.02),
    ("rnn_tanh", {**ROTATION, "gain": 0.9}, 0.02),
    ("rnn_tanh", {**ROTATION, "gain": 1.0}, 0.05),
    ("rnn_tanh", {**ROTATION, "gain": 1.1}, 0.05),
    ("rnn_tanh", {**ROTATION, "gain": 1.5}, 0.15),
    ("rnn_relu", {}, 0.05),
    ("rnn_relu", ROTATION, 0.05),
    ("lstm", {}, 0.1),
    ("lstm", ROTATION, 0.02),
    ("lstm", {"forget_bias": -2.0}, 0.05),
    ("lstm", {"forget_bias": 1.0}, 0.02),
    ("lstm", {"forget_bias": 2.0}, 0.1),
    ("lstm", {"forget_bias": 3.0}, 0.1),
    ("lstm", {"forget_bias": 5.0}, 0.1),
    ("gru", {}, 0.1),
    ("gru", ROTATION, 0.05),
    ("gru", {"forget_bias": 1.0}, 0.02),
    ("gru", {"forget_bias": 3.0}, 0.01),
    ("gru", {**ROTATION, "forget_bias": 3.0, "gain": 1.2}, 0.01),
    ("gru", {"forget_bias": 5.0}, 0.005),
    ("linear", {}, 0.05),
    ("linear", {"recurrent_init": "identity", "gain": 0.9}, 1e-9),
    ("rnn_tanh", {"recurrent_init": "glorot", "gain": 0.8}, 0.1),
    ("rnn_relu", {"recurrent_init": "glorot"}, 0.1),
    ("rnn_sigmoid", {}, 0.02),
    ("rnn_sigmoid", ROTATION, 0.02),
    ("rnn_sigmoid", {**ROTATION, "gain": 0.5}, 0.02),
    ("lstm_peephole", {"forget_bias": 1.0}, 0.1),
    ("lstm_coupled", {}, 0.05),
    ("lstm_coupled", {"forget_bias": 3.0}, 0.02),
    ("gru_before", {"forget_bias": 1.0}, 0.05),
    ("gru_before", {**ROTATION, "forget_bias": 3.0}, 0.02),
    ("rnn_tanh", {"loss_at": "every"}, 0.02),
    ("linear", {**ROTATION, "gain": 1.1, "loss_at": "every"}, 0.03),
    ("lstm", {"forget_bias": 1.0, "loss_at": "every"}, 0.03),
    ("lstm_coupled", {"forget_bias": 3.0, "loss_at": "every"}, 0.01),
    ("gru", {"keeping": "chrono"}, 0.05),
    ("lstm_peephole", {"keeping": "chrono"}, 0.05),
    ("rnn_tanh", {**ROTATION, "input_scale": 0.1}, 0.01),
    ("gru", {"forget_bias": 1.0, "input_scale": 3.0}, 0.15),
    ("gru_before", {"forget_bias": 2.0, "input_scale": 10.0}, 0.15),
]


@pytest.mark.parametrize(("cell", "changes", "decades"), CLAIMS)
def test_the_line_lies_on_the_measurement_where_it_claims_to(cell, changes, decades):
    settings = FlowSettings(cell, seeds=10, batch=4, **changes)
    measured, line = norms_through_time(settings).memory, theory_line(settings)

    assert line.valid_to >= 8
    claimed = slice(1, line.valid_to + 1)
    off = np.abs(np.log10(line.values[claimed] / measured.typical[claimed]))
    noise = measured.spread[claimed] / math.sqrt(10)
    assert (off < decades + 3 * noise).all()


QUANTITY_CLAIMS = [  # the same, for what is not the gradient by the memory
    ("hidden", "lstm", {"forget_bias": 1.0}, 0.1),
    ("hidden", "lstm_coupled", {"forget_bias": 3.0}, 0.03),
    ("jacobian", "rnn_tanh", {**ROTATION}, 0.05),
    ("jacobian", "gru", {"forget_bias": 1.0}, 0.1),
    ("jacobian", "lstm", {"forget_bias": 1.0}, 0.2),
    ("input", "gru", {"forget_bias": 3.0}, 0.1),
    ("input", "rnn_relu", {**ROTATION}, 0.1),
    ("weights", "linear", {**ROTATION}, 0.05),
    ("weights", "gru_before", {"forget_bias": 1.0}, 0.1),
]


@pytest.mark.parametrize(("quantity", "cell", "changes", "decades"), QUANTITY_CLAIMS)
def test_the_line_of_another_quantity_lies_on_its_measurement(quantity, cell, changes, decades):
    settings = FlowSettings(cell, seeds=10, batch=4, units=32, length=60, **changes)
    measured = quantity_through_time(settings, quantity)
    line = of_quantity(theory_line(settings), settings, quantity)

    first = 2 if np.isnan(line.values[1]) else 1
    claimed = slice(first, line.valid_to + 1)
    assert line.valid_to >= 8
    assert (first == 2) == (quantity in ("hidden", "jacobian") and cell.startswith("lstm"))
    off = np.abs(np.log10(line.values[claimed] / measured.typical[claimed]))
    assert (off < decades + 3 * measured.spread[claimed] / math.sqrt(10)).all()


def test_a_line_says_nothing_of_inputs_and_weights_beside_a_c_nor_of_them_when_all_is_read():
    lstm, every = FlowSettings("lstm"), FlowSettings("gru", loss_at="every")

    for settings, quantity in ((lstm, "input"), (lstm, "weights"), (every, "input")):
        with pytest.raises(ValueError, match=f"^no line is about '{quantity}' of "):
            of_quantity(theory_line(settings), settings, quantity)


def test_gates_alone_of_chrono_are_an_average_over_evenly_spread_times():
    line = theory_line(FlowSettings("lstm", keeping="chrono", length=50))
    u = np.random.default_rng(0).uniform(1, 49, 200_000)

    for lag in (1, 7, 50):
        expected = math.sqrt(((u / (1 + u)) ** (2 * lag)).mean())
        assert line.values[lag] == pytest.approx(expected, rel=5e-3)
    assert theories_of(FlowSettings("rnn_tanh", keeping="chrono")) != ("gates_alone",)


def test_a_loud_input_ends_the_claim_of_what_it_saturates():
    tanh = FlowSettings("rnn_tanh", **ROTATION)
    gated = FlowSettings("gru", forget_bias=2.0)

    assert [theory_line(replace(tanh, input_scale=x)).valid_to for x in (1.0, 3.0)] == [100, 5]
    assert [theory_line(replace(gated, input_scale=x)).valid_to for x in (3.0, 10.0)] == [100, 20]
    relu = FlowSettings("rnn_relu", input_scale=10.0, **ROTATION)  # its slopes do not mind
    assert theory_line(relu).valid_to == 100


def test_a_gated_cell_that_drives_itself_has_no_line_beyond_one_step():
    assert theory_line(FlowSettings("gru", gain=3.0, **ROTATION)).valid_to == 1


@pytest.mark.parametrize("gain", [0.7, 1.0, 1.4])
def test_averages_over_units_are_those_of_a_real_network_tanh(gain):
    settings = FlowSettings("rnn_tanh", 40, 128, gain=gain, batch=32, **ROTATION)
    network = gone_back(settings, range(5), torch.float64)

    slopes = 1 - network.hidden**2
    measured = slopes.square().mean((1, 2, 3)).sqrt().numpy()

    np.testing.assert_allclose(average_steps(settings).hop, measured, rtol=0.02)


@pytest.mark.parametrize(("cell", "bias"), [("lstm", None), ("lstm", 2.0), ("gru", -1.0)])
def test_averages_over_units_are_those_of_a_real_network_gated(cell, bias):
    settings = FlowSettings(cell, 40, 128, forget_bias=bias, batch=16)
    network = gone_back(settings, range(5), torch.float64)

    gate = network.gates[..., 128:256, :]
    measured = gate.mean((1, 2, 3)).numpy()

    np.testing.assert_allclose(average_steps(settings).keep, measured, rtol=0.01)


@pytest.mark.parametrize(
    ("cell", "changes"),
    [
        ("rnn_tanh", {"gain": 0.7, **ROTATION}),
        ("rnn_tanh", {}),
        ("rnn_relu", {**ROTATION}),
        ("linear", {"gain": 0.9, **ROTATION}),
        ("lstm", {}),
        ("lstm", {"forget_bias": 2.0}),
        ("gru", {}),
        ("gru", {"forget_bias": 4.0}),
        ("gru", {"forget_bias": 2.0, **ROTATION}),
    ],
)
def test_states_are_as_large_as_the_variances_say(cell, changes):
    """Scalar inputs move all units together, so that many sequences are needed."""
    settings = FlowSettings(cell, 25, 64, batch=64, seeds=12, **changes)
    network = gone_back(settings, range(12), torch.float64)
    state = network.memories[1:] if cell == "lstm" else network.hidden

    measured = state.square().mean((1, 2, 3)).numpy()

    np.testing.assert_allclose(average_steps(settings).second, measured, rtol=0.15)


def jacobians_off_the_keeping_gate(settings):
    """By brute force: of dstate/dstate₋₁ at the last step all but the kept part, root mean square.

    For each network of rotations of gain s the Frobenius norm over √H, over s, then over samples
    and networks.
    """
    network = gone_back(settings, range(settings.seed, settings.seed + 5), torch.float64)
    H = settings.units
    W = network.matrix[..., :H].unflatten(-2, (-1, H)).unsqueeze(2)
    before = network.states[-2, :, :H].mT.unsqueeze(-1)
    gates = [g.mT.unsqueeze(-1) for g in network.gates[-1].split(H, 1)]
    if settings.cell == "lstm":
        i, f, g, _ = gates
        memory = network.memories[-2].mT.unsqueeze(-1)
        o_before = network.gates[-2][:, 3 * H :].mT
        written = (
            g * i * (1 - i) * W[:, 0] + memory * f * (1 - f) * W[:, 1] + i * (1 - g**2) * W[:, 2]
        )
        jacobian = written * (o_before * (1 - memory.squeeze(-1).tanh() ** 2)).unsqueeze(-2)
    else:
        r, z, m = gates
        n = network.new[-1].mT.unsqueeze(-1)
        through_new = r * W[:, 2] + m * r * (1 - r) * W[:, 0]
        jacobian = (1 - z) * (1 - n**2) * through_new + (before - n) * z * (1 - z) * W[:, 1]
    return (jacobian.square().sum((-1, -2)).mean() / H).sqrt().item() / settings.gain


@pytest.mark.parametrize(
    ("cell", "bias", "gain", "closeness"),
    [
        ("lstm", None, 0.5, 0.005),
        ("lstm", None, 1.5, 0.005),
        ("lstm", None, 2.0, 0.02),
        ("lstm", 1.0, 1.0, 0.01),
        ("lstm", 3.0, 1.5, 0.1),
        ("gru", None, 1.0, 0.005),
        ("gru", 1.0, 1.5, 0.01),
        ("gru", 3.0, 1.5, 0.005),
    ],
)
def test_a_hop_is_what_a_real_jacobian_does_beside_keeping(cell, bias, gain, closeness):
    settings = FlowSettings(cell, 30, 96, forget_bias=bias, gain=gain, batch=8, **ROTATION)

    assert average_steps(settings).hop[-1] == pytest.approx(
        jacobians_off_the_keeping_gate(settings), rel=closeness
    )


@pytest.mark.parametrize("units", [32, 64])
def test_a_finite_layer_takes_more_than_the_mean_square_says(units):
    """Half of the entries of a normal vector, by chance: the mean of the logarithm of its norm."""
    rng = torch.Generator().manual_seed(0)
    vector = torch.randn(200_000, units, generator=rng, dtype=torch.float64)
    on = torch.randint(0, 2, vector.shape, generator=rng)
    left = ((vector * on).norm(dim=1) / vector.norm(dim=1)).log().mean().exp().item()

    step = average_steps(FlowSettings("rnn_relu", units=units)).hop[0]

    assert left < 0.99 * math.sqrt(0.5)
    assert step == pytest.approx(left, rel=0.002)


EXPLAINED = [name for name, kind in UNROLLED.items() if kind.has_theory]


def test_the_networks_of_the_lab_have_a_theory_and_so_has_the_linear_one():
    assert {"rnn_tanh", "rnn_relu", "linear", "lstm", "gru"} <= set(EXPLAINED)


@pytest.mark.parametrize("cell", [name for name in UNROLLED if name not in EXPLAINED])
def test_a_cell_without_a_theory_has_no_line_and_borrows_none(cell):
    settings = FlowSettings(cell)
    message = f"there is no theory of the {UNROLLED[cell].label} yet"

    assert theories_of(settings) == ()
    for name in (None, *THEORIES):
        with pytest.raises(ValueError, match=message):
            theory_line(settings, name)
    with pytest.raises(ValueError, match=message):
        average_steps(settings)


@pytest.mark.parametrize(
    ("settings", "what"),
    [
        (
            FlowSettings("gru", keeping="chrono", loss_at="every"),
            "the GRU with a bias for each unit and a loss that reads every step",
        ),
        (
            FlowSettings("rnn_relu", input_scale=0, recurrent_init="orthogonal"),
            "a ReLU RNN that stays at 0",
        ),
        (FlowSettings("irnn"), "the IRNN"),
        (FlowSettings("rnn_relu", recurrent_init="identity"), "the ReLU RNN with an identity"),
    ],
)
def test_a_line_is_not_borrowed_for_units_that_never_mix_nor_for_nothing(settings, what):
    assert theories_of(settings) == ()
    with pytest.raises(ValueError, match=f"^there is no theory of {what} yet$"):
        theory_line(settings)


def test_the_gate_alone_is_written_with_the_bias_of_the_gate_that_keeps():
    formulas = {c: theory_line(FlowSettings(c), "gate_alone").formula for c in ("lstm", "gru")}

    assert formulas == {"lstm": r"\sigma(b_f)^k", "gru": r"\sigma(b_z)^k"}


@pytest.mark.parametrize("cell", EXPLAINED)
@pytest.mark.parametrize("init", RECURRENT_INITS)
def test_every_network_has_a_line_that_starts_at_one_and_covers_every_lag(cell, init):
    settings = FlowSettings(cell, length=12, units=9, recurrent_init=init, seeds=2)

    for name in theories_of(settings):
        line = theory_line(settings, name)
        assert line.values[0] == 1
        assert np.isfinite(line.values).all()
        assert len(line.values) == 13
        assert 0 <= line.valid_to <= 12
    assert set(theories_of(settings)) <= set(THEORIES)


def test_a_residual_counts_decades_where_the_line_claims_to_hold():
    line = TheoryLine("", "", "", np.array([1.0, 0.2, 0.04, 5.0]), valid_to=2)
    measured = np.array([1.0, 0.1, 0.04, 1e-9])

    found = residual(measured, line)

    assert found.largest == pytest.approx(math.log10(2))
    assert found.mean == pytest.approx(math.log10(2) / 2)
    assert found.lags == 2


def test_a_residual_is_the_largest_of_the_distances_above_and_below_the_line():
    line = TheoryLine("", "", "", np.array([1.0, 1.0, 1.0, 1.0]), valid_to=3)

    found = residual(np.array([1.0, 2.0, 0.1, 4.0]), line)

    assert found.largest == pytest.approx(1)  # a tenth: further off than fourfold
    assert found.mean == pytest.approx((math.log10(2) + 1 + math.log10(4)) / 3)


def test_a_residual_leaves_out_what_is_exactly_zero():
    line = TheoryLine("", "", "", np.array([1.0, 0.1, 0.01]), valid_to=2)

    assert residual(np.array([1.0, 0.1, 0.0]), line).lags == 1
    nothing = residual(np.array([1.0, 0.0, 0.0]), line)
    assert nothing.lags == 0
    assert math.isnan(nothing.largest)


def test_a_line_of_another_length_is_refused():
    line = theory_line(FlowSettings("gru", length=5))

    with pytest.raises(ValueError, match="theory has 6 lags, the measurement has 4"):
        residual(np.ones(4), line)


def test_a_theory_that_says_nothing_about_the_network_is_refused():
    settings = FlowSettings("rnn_tanh")

    message = (
        "unknown theory 'gate_alone' of this network; choose from 'drawn_matrix', 'mean_field'"
    )
    with pytest.raises(ValueError, match=message):
        theory_line(settings, "gate_alone")
    with pytest.raises(ValueError, match=r"choose from 'drawn_matrix'$"):
        theory_line(replace(settings, recurrent_init="gaussian"), "mean_field")
