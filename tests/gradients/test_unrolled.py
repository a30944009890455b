"""The backward pass that is written out is the derivative, for every state and every weight."""

import pytest
import torch
from torch import nn

from explorer.gradients import UNROLLED, unpacked
from tests.gradients.unrolling import CELLS, drawn, gone_back, normal, states

STEPS, INPUTS, UNITS, SAMPLES = 9, 2, 6, 4


def by_autograd(name, matrix, inputs, last):
    matrix = matrix.clone().requires_grad_()
    hidden, memory = states(name, matrix, inputs)
    (hidden[-1] * last.T).sum().backward()
    return hidden, memory, matrix.grad


def assert_close(ours, theirs):
    torch.testing.assert_close(ours, theirs, rtol=1e-9, atol=1e-9 * theirs.abs().max().item())


@pytest.mark.parametrize("name", CELLS)
def test_the_gradient_of_every_state_is_that_of_autograd_on_the_unrolled_cell(name):
    matrix, inputs = drawn(name, INPUTS, UNITS), normal(STEPS, INPUTS, SAMPLES)
    last = normal(UNITS, SAMPLES, seed=2)
    hidden, memory, _ = by_autograd(name, matrix, inputs, last)

    network = gone_back(name, matrix, inputs, last)

    for step, state in enumerate(hidden):
        assert_close(network.hidden_gradients[step].T, state.grad)
    for step, state in enumerate(memory):
        assert_close(network.cell_gradients[step].T, state.grad)


@pytest.mark.parametrize("name", CELLS)
def test_the_gradient_of_every_weight_is_that_of_autograd(name):
    matrix, inputs = drawn(name, INPUTS, UNITS), normal(STEPS, INPUTS, SAMPLES)
    last = normal(UNITS, SAMPLES, seed=2)
    _, _, expected = by_autograd(name, matrix, inputs, last)

    gradient = torch.full_like(matrix, torch.nan)
    gone_back(name, matrix, inputs, last).differentiate(gradient)

    assert_close(gradient, expected)


@pytest.mark.parametrize("name", CELLS)
def test_the_forward_pass_is_that_of_the_torch_layer(name):
    kinds = {"lstm": nn.LSTM, "gru": nn.GRU}
    layer = kinds.get(name, nn.RNN)(
        INPUTS, UNITS, dtype=torch.float64, **({"nonlinearity": name[4:]} if "rnn_" in name else {})
    )
    matrix, inputs = drawn(name, INPUTS, UNITS), normal(STEPS, INPUTS, SAMPLES)
    layer.load_state_dict(unpacked(name, matrix).state_dict())

    network = UNROLLED[name](matrix, STEPS, SAMPLES)
    network.read(inputs)
    network.forward()

    expected = layer(inputs.mT)[0].detach()
    torch.testing.assert_close(network.hidden.mT, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", UNROLLED)
def test_networks_side_by_side_do_not_know_of_each_other(name):
    matrices = torch.stack([drawn(name, INPUTS, UNITS, seed=seed) for seed in range(3)])
    inputs = normal(STEPS, 3, INPUTS, SAMPLES)
    last = normal(3, UNITS, SAMPLES, seed=2)

    together = gone_back(name, matrices, inputs, last)
    gradient = torch.empty_like(matrices)
    together.differentiate(gradient)

    for one in range(3):
        alone = gone_back(name, matrices[one], inputs[:, one], last[one])
        assert_close(together.hidden_gradients[:, one], alone.hidden_gradients)
        expected = torch.empty_like(matrices[one])
        alone.differentiate(expected)
        assert_close(gradient[one], expected)


def test_a_second_pass_remembers_nothing_of_the_first():
    matrix, last = drawn("lstm", INPUTS, UNITS), normal(UNITS, SAMPLES, seed=2)
    inputs = normal(STEPS, INPUTS, SAMPLES)
    network = gone_back("lstm", matrix, normal(STEPS, INPUTS, SAMPLES, seed=7), -3 * last)

    network.read(inputs)
    network.forward()
    network.backward(last)

    expected = gone_back("lstm", matrix, inputs, last)
    assert torch.equal(network.hidden_gradients, expected.hidden_gradients)
    assert torch.equal(network.cell_gradients, expected.cell_gradients)


def test_the_fused_layer_hides_the_way_back_which_the_unrolled_one_shows():
    """`retain_grad` on the output of nn.LSTM gives the direct term of the loss only."""
    matrix, inputs = drawn("lstm", INPUTS, UNITS), normal(STEPS, INPUTS, SAMPLES)
    layer = nn.LSTM(INPUTS, UNITS, dtype=torch.float64)
    layer.load_state_dict(unpacked("lstm", matrix).state_dict())
    output = layer(inputs.mT)[0]
    output.retain_grad()
    output[-1].sum().backward()

    ours = gone_back("lstm", matrix, inputs, torch.ones(UNITS, SAMPLES, dtype=torch.float64))

    assert not output.grad[:-1].any()
    norms = ours.hidden_gradients.norm(dim=(1, 2))
    assert (norms > 0).all()
    assert norms[-1] == pytest.approx(output.grad[-1].norm().item())


def test_what_separates_the_reset_gate_stays_zero():
    """The GRU's m must not see x, nor its n the state, whatever the gradient would like."""
    matrix, inputs = drawn("gru", INPUTS, UNITS), normal(STEPS, INPUTS, SAMPLES)
    network = gone_back("gru", matrix, inputs, normal(UNITS, SAMPLES, seed=2))

    gradient = torch.empty_like(matrix)
    network.differentiate(gradient)

    m, n = gradient[2 * UNITS : 3 * UNITS], gradient[3 * UNITS :]
    assert not m[:, UNITS:-1].any()
    assert not n[:, :UNITS].any()
    assert m[:, :UNITS].any()
    assert n[:, UNITS:].any()


def test_a_matrix_of_the_wrong_height_is_refused():
    with pytest.raises(ValueError, match="4 blocks of H rows and more than H columns, not 6×9"):
        UNROLLED["lstm"](torch.zeros(6, 9), 3, 2)
