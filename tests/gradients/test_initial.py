"""Fresh networks are drawn as they should be, each from its own stream."""

import numpy as np
import pytest
import torch
from torch import nn

from explorer.gradients import RECURRENT_INITS, initial_matrix, recurrent_matrices, unpacked
from tests.gradients.unrolling import rng

UNITS = 48


@pytest.mark.parametrize("cell", ["rnn_tanh", "lstm", "gru"])
def test_the_default_is_distributed_as_in_torch(cell):
    """Uniform in ±1/√H, with two biases: same extent and variance for every part."""
    kinds = {"rnn_tanh": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}
    layer = kinds[cell](30, UNITS)
    ours = unpacked(cell, initial_matrix(cell, 30, UNITS, rng()))

    for name in ("weight_ih", "weight_hh"):
        mine, theirs = getattr(ours, name), getattr(layer, f"{name}_l0").detach()
        assert mine.shape == theirs.shape
        assert mine.abs().max().item() <= UNITS**-0.5
        assert mine.abs().max().item() == pytest.approx(theirs.abs().max().item(), rel=0.01)
        assert mine.var().item() == pytest.approx(1 / (3 * UNITS), rel=0.1)
    several = [unpacked(cell, initial_matrix(cell, 1, UNITS, rng(i))) for i in range(40)]
    sums = torch.stack([(part.bias_ih + part.bias_hh)[:UNITS] for part in several])
    assert sums.abs().max().item() <= 2 * UNITS**-0.5
    assert sums.var().item() == pytest.approx(2 / (3 * UNITS), rel=0.1)


def test_both_biases_of_the_new_gate_are_drawn_once_each():
    several = [unpacked("gru", initial_matrix("gru", 1, UNITS, rng(i))) for i in range(40)]

    for name in ("bias_ih", "bias_hh"):
        new = torch.stack([getattr(part, name)[2 * UNITS :] for part in several])
        assert new.var().item() == pytest.approx(1 / (3 * UNITS), rel=0.1)


@pytest.mark.parametrize(
    ("cell", "gate", "sign"),
    [("lstm", 1, 1), ("gru", 1, 1), ("gru_before", 1, 1), ("lstm_coupled", 0, -1)],
)
@pytest.mark.parametrize("init", RECURRENT_INITS)
def test_a_forget_bias_is_the_whole_bias_of_that_gate_and_of_no_other(cell, gate, sign, init):
    plain = initial_matrix(cell, 2, UNITS, rng(), init)
    biased = initial_matrix(cell, 2, UNITS, rng(), init, forget_bias=1.5)

    whole = unpacked(cell, biased)
    total = (whole.bias_ih + whole.bias_hh)[gate * UNITS : (gate + 1) * UNITS]
    assert (total == sign * 1.5).all()
    changed = (plain != biased).nonzero()
    assert set(changed[:, 1].tolist()) == {UNITS + 2}
    assert set(changed[:, 0].tolist()) <= set(range(gate * UNITS, (gate + 1) * UNITS))


@pytest.mark.parametrize("cell", ["rnn_tanh", "lstm"])
def test_an_orthogonal_matrix_is_a_rotation_times_the_gain(cell):
    matrix = initial_matrix(cell, 1, UNITS, rng(), "orthogonal", gain=1.3)

    for block in matrix.split(UNITS):
        recurrent = block[:, :UNITS] / 1.3
        torch.testing.assert_close(
            recurrent @ recurrent.T, torch.eye(UNITS, dtype=torch.float64), rtol=0, atol=1e-12
        )
    assert not matrix[:, -1].any()


def test_rotations_have_no_preferred_direction():
    """Of a uniform rotation the mean trace is 0 and its variance 1; plain QR is biased."""
    traces = (
        recurrent_matrices("rnn_tanh", 6, range(400), "orthogonal").diagonal(dim1=1, dim2=2).sum(1)
    )

    assert traces.mean().item() == pytest.approx(0, abs=4 / 20)
    assert traces.var().item() == pytest.approx(1, abs=0.3)


def test_a_gaussian_matrix_has_exactly_the_radius_asked_for():
    matrix = initial_matrix("gru", 1, UNITS, rng(), "gaussian", gain=0.95)

    for block in matrix.split(UNITS)[:3]:
        eigenvalues = np.linalg.eigvals(block[:, :UNITS].numpy())
        assert np.abs(eigenvalues).max() == pytest.approx(0.95, rel=1e-9)


def test_an_identity_is_nothing_but_the_gain_on_the_diagonal():
    matrix = initial_matrix("rnn_relu", 1, UNITS, rng(), "identity", gain=0.7)

    assert torch.equal(matrix[:, :UNITS], 0.7 * torch.eye(UNITS, dtype=torch.float64))
    assert not matrix[:, -1].any()
    assert matrix[:, UNITS:-1].any()


def test_a_glorot_matrix_is_uniform_with_singular_values_of_mean_eight_over_three_pi():
    """Variance 1/H within ±√(3/H); the quarter-circle law has the mean 8/(3π) = 0.8488."""
    matrix = recurrent_matrices("rnn_tanh", 500, [0], "glorot")[0]

    assert matrix.abs().max().item() == pytest.approx((3 / 500) ** 0.5, rel=1e-3)
    assert matrix.var().item() == pytest.approx(1 / 500, rel=0.02)
    singular = torch.linalg.svdvals(matrix)
    assert singular.mean().item() == pytest.approx(8 / (3 * np.pi), rel=0.01)


@pytest.mark.parametrize(
    ("cell", "gate", "sign", "writes"),
    [
        ("lstm", 1, 1, 0),
        ("gru", 1, 1, None),
        ("gru_before", 1, 1, None),
        ("lstm_coupled", 0, -1, None),
    ],
)
def test_chrono_spreads_time_constants_evenly_from_two_to_the_length(cell, gate, sign, writes):
    """1 / (1 − σ(log u)) = 1 + u with u uniform in 1 to T − 1: mean 1 + T/2."""
    matrix = initial_matrix(cell, 1, 2000, rng(), forget_bias=5.0, chrono=100)
    biases = matrix[:, -1].unflatten(0, (-1, 2000))
    kept = sign * biases[gate]
    constants = 1 / (1 - torch.sigmoid(kept))

    torch.testing.assert_close(constants, 1 + kept.exp(), rtol=1e-9, atol=0)
    assert 2 <= constants.min().item() < 2.3
    assert 99.7 < constants.max().item() <= 100
    assert constants.mean().item() == pytest.approx(51, abs=4 * 98 / 12**0.5 / 2000**0.5)
    assert constants.var().item() == pytest.approx(98**2 / 12, rel=0.1)
    if writes is not None:
        assert torch.equal(biases[writes], -kept)


@pytest.mark.parametrize("cell", ["lstm", "gru", "lstm_coupled", "gru_before"])
def test_chrono_changes_the_biases_of_the_gates_and_nothing_else(cell):
    plain = initial_matrix(cell, 1, UNITS, rng())
    spread = initial_matrix(cell, 1, UNITS, rng(), chrono=50)

    changed = (plain != spread).nonzero()
    assert set(changed[:, 1].tolist()) == {UNITS + 1}
    blocks = {row // UNITS for row in changed[:, 0].tolist()}
    assert blocks == {"lstm": {0, 1}, "gru": {1}, "gru_before": {1}, "lstm_coupled": {0}}[cell]


def test_chrono_leaves_a_cell_without_such_a_gate_as_it_was():
    assert torch.equal(
        initial_matrix("rnn_tanh", 1, 8, rng()), initial_matrix("rnn_tanh", 1, 8, rng(), chrono=50)
    )


def test_the_recurrent_matrix_of_a_gated_cell_is_that_of_its_candidate():
    from explorer.gradients.initial import WEIGHTS, stream

    for cell, row in (("lstm", 2), ("gru", 2), ("gru_before", 2), ("lstm_coupled", 1)):
        whole = unpacked(cell, initial_matrix(cell, 1, 8, stream(5, WEIGHTS), gain=0.7))
        candidate = whole.weight_hh[8 * row : 8 * row + 8]

        assert torch.equal(recurrent_matrices(cell, 8, [5], gain=0.7)[0], candidate)
