"""The backward pass that is written out is the derivative, for every state and every weight."""

import pytest
import torch
from torch import nn

from explorer.cells import CELLS, State
from explorer.gradients import CELL_SETS, MEASURED, UNROLLED, unpacked
from explorer.gradients.unrolled.by_autograd import by_autograd as left_to_autograd
from tests.gradients.unrolling import TORCH_CELLS, drawn, gone_back, normal, states

STEPS, INPUTS, UNITS, SAMPLES = 9, 2, 6, 4


def by_autograd(name, matrix, inputs, last):
    matrix = matrix.clone().requires_grad_()
    hidden, memory = states(name, matrix, inputs)
    (hidden[-1] * last.T).sum().backward()
    return hidden, memory, matrix.grad


def assert_close(ours, theirs):
    torch.testing.assert_close(ours, theirs, rtol=1e-9, atol=1e-9 * theirs.abs().max().item())


@pytest.mark.parametrize("name", TORCH_CELLS)
def test_the_gradient_of_every_state_is_that_of_autograd_on_the_unrolled_cell(name):
    matrix, inputs = drawn(name, INPUTS, UNITS), normal(STEPS, INPUTS, SAMPLES)
    last = normal(UNITS, SAMPLES, seed=2)
    hidden, memory, _ = by_autograd(name, matrix, inputs, last)

    network = gone_back(name, matrix, inputs, last)

    for step, state in enumerate(hidden):
        assert_close(network.hidden_gradients[step].T, state.grad)
    for step, state in enumerate(memory):
        assert_close(network.cell_gradients[step].T, state.grad)


@pytest.mark.parametrize("name", TORCH_CELLS)
def test_the_gradient_of_every_weight_is_that_of_autograd(name):
    matrix, inputs = drawn(name, INPUTS, UNITS), normal(STEPS, INPUTS, SAMPLES)
    last = normal(UNITS, SAMPLES, seed=2)
    _, _, expected = by_autograd(name, matrix, inputs, last)

    gradient = torch.full_like(matrix, torch.nan)
    gone_back(name, matrix, inputs, last).differentiate(gradient)

    assert_close(gradient, expected)


@pytest.mark.parametrize("name", TORCH_CELLS)
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


PUBLISHED = [name for name, cell in CELLS.items() if name in UNROLLED and not cell.has_layer]


def test_every_cell_can_be_followed_and_all_of_them_are_on_offer():
    ours = {"linear", "rnn_sigmoid", "irnn"}
    assert set(UNROLLED) - ours == set(CELLS)
    assert {cell for each in CELL_SETS.values() for cell in each.cells} == set(UNROLLED)
    for each in CELL_SETS.values():
        assert set(each.cells) <= set(UNROLLED)
    assert CELL_SETS["usual"].cells == MEASURED


@pytest.mark.parametrize("name", UNROLLED)
def test_a_layer_is_called_as_its_cell_and_has_a_block_for_each_of_its_gates(name):
    kind = UNROLLED[name]

    if name in ("linear", "rnn_sigmoid"):
        assert kind.cell is None
    elif name == "irnn":
        assert (kind.cell, kind.label) == (CELLS["rnn_relu"], "IRNN")
    else:
        assert kind.cell is CELLS[name]
        assert kind.label == CELLS[name].label
        assert set(CELLS[name].gates) <= set(kind.rows)
    assert kind.candidate in kind.rows


@pytest.mark.parametrize("name", ["rnn_tanh", "rnn_relu", "lstm"])
def test_a_layer_left_to_autograd_is_the_one_that_is_written_out(name):
    matrix, inputs = drawn(name, INPUTS, UNITS), normal(STEPS, INPUTS, SAMPLES)
    last = normal(UNITS, SAMPLES, seed=2)
    written_out = gone_back(name, matrix, inputs, last)
    other = left_to_autograd(CELLS[name])(matrix, STEPS, SAMPLES)
    other.read(inputs)
    other.forward()
    other.backward(last)

    gradients = [torch.full_like(matrix, torch.nan) for _ in range(2)]
    for network, gradient in zip((written_out, other), gradients, strict=True):
        network.differentiate(gradient)

    assert_close(other.hidden, written_out.hidden)
    assert_close(other.hidden_gradients, written_out.hidden_gradients)
    assert_close(*gradients)
    if name == "lstm":
        assert_close(other.cell_gradients, written_out.cell_gradients)
        assert_close(other.memories, written_out.memories)


def loss_of_the_textbook(name, matrix, inputs, last, hidden=None, memory=None):
    """The loss that the published formula in NumPy gives from some step on."""
    zeros = torch.zeros(SAMPLES, UNITS, dtype=torch.float64)
    state = State(
        zeros if hidden is None else hidden,
        (zeros if memory is None else memory) if CELLS[name].memory == "cell" else None,
    )
    outputs, _ = CELLS[name].second_opinion(unpacked(name, matrix), inputs.mT, state)
    return (outputs[-1] * last.T).sum().item()


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_gradient_of_every_state_is_that_of_differences_of_the_published_formula(name):
    matrix, inputs = drawn(name, INPUTS, UNITS), normal(STEPS, INPUTS, SAMPLES)
    last = normal(UNITS, SAMPLES, seed=2)
    network = gone_back(name, matrix, inputs, last)

    for step in range(STEPS):
        hidden, along = network.states[step, :UNITS].T, normal(SAMPLES, UNITS, seed=5 + step)
        memory = None if network.memories is None else network.memories[step].T
        ahead, behind = (
            loss_of_the_textbook(name, matrix, inputs[step:], last, hidden + small * along, memory)
            for small in (1e-5, -1e-5)
        )
        gradient = network.hidden_gradients[step].T
        size = (gradient.norm() * along.norm()).item()
        slope = pytest.approx((ahead - behind) / 2e-5, abs=1e-7 * size)
        assert (gradient * along).sum().item() == slope


def test_the_gradient_of_a_memory_counts_the_way_through_what_is_shown_of_it():
    """Of c by way of later steps, as differences find it, and by way of h = o · tanh(c)."""
    matrix, inputs = drawn("lstm_coupled", INPUTS, UNITS), normal(STEPS, INPUTS, SAMPLES)
    last = normal(UNITS, SAMPLES, seed=2)
    network = gone_back("lstm_coupled", matrix, inputs, last)

    for step in range(1, STEPS):
        hidden, memory = network.states[step, :UNITS].T, network.memories[step].T
        along = normal(SAMPLES, UNITS, seed=5 + step)
        ahead, behind = (
            loss_of_the_textbook(
                *("lstm_coupled", matrix, inputs[step:], last), hidden, memory + small * along
            )
            for small in (1e-5, -1e-5)
        )
        shown = hidden / memory.tanh() * (1 - memory.tanh() ** 2) * network.hidden_gradients[step].T
        gradient = network.cell_gradients[step].T
        size = (gradient.norm() * along.norm()).item()
        slope = pytest.approx((ahead - behind) / 2e-5, abs=1e-7 * size)
        assert ((gradient - shown) * along).sum().item() == slope


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_gradient_of_the_weights_is_that_of_differences_of_the_published_formula(name):
    matrix, inputs = drawn(name, INPUTS, UNITS), normal(STEPS, INPUTS, SAMPLES)
    last, along = normal(UNITS, SAMPLES, seed=2), normal(*matrix.shape, seed=3)
    gradient = torch.full_like(matrix, torch.nan)
    gone_back(name, matrix, inputs, last).differentiate(gradient)

    ahead, behind = (
        loss_of_the_textbook(name, matrix + small * along, inputs, last) for small in (1e-5, -1e-5)
    )

    assert (gradient * along).sum().item() == pytest.approx((ahead - behind) / 2e-5, rel=1e-6)


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


def peephole_by_autograd(matrix, inputs, direct):
    """Every h and c of the cell's own step, their gradients and the matrix's, by autograd."""
    cell, matrix = CELLS["lstm_peephole"], matrix.clone().requires_grad_()
    weights = unpacked("lstm_peephole", matrix)
    zeros = torch.zeros(SAMPLES, UNITS, dtype=torch.float64)
    states = [State(zeros.clone().requires_grad_(), zeros.clone().requires_grad_())]
    for numbers in cell.from_input(weights, inputs.mT):
        states.append(cell.advance(weights, numbers, states[-1]).state)
    for state in states:
        state.hidden.retain_grad()
        state.cell.retain_grad()
    read = [state.hidden for state in states[-len(direct) :]]
    sum((h * d.T).sum() for h, d in zip(read, direct, strict=True)).backward()
    return states, matrix.grad


@pytest.mark.parametrize("answers", [1, 3])
def test_peepholes_pass_back_what_autograd_finds_to_every_state_input_and_weight(answers):
    """The gates see c₋₁, the output gate c: each p has a way back of its own."""
    matrix, inputs = drawn("lstm_peephole", INPUTS, UNITS), normal(STEPS, INPUTS, SAMPLES)
    inputs = inputs.requires_grad_()
    direct = normal(answers, UNITS, SAMPLES, seed=2)
    states, expected = peephole_by_autograd(matrix, inputs, direct)

    network = gone_back("lstm_peephole", matrix, inputs.detach(), direct)
    gradient = torch.full_like(matrix, torch.nan)
    network.differentiate(gradient)

    for step, state in enumerate(states):
        assert_close(network.hidden_gradients[step].T, state.hidden.grad)
        shown = network.cell_gradients[step].T
        assert_close(shown, torch.zeros_like(shown) if state.cell.grad is None else state.cell.grad)
    assert_close(gradient, expected)
    assert_close(network.input_gradients(), inputs.grad)
    assert matrix[4 * UNITS :].count_nonzero() == 3 * UNITS  # of i, f and o: g sees no memory


@pytest.mark.parametrize("name", UNROLLED)
def test_a_loss_at_the_last_steps_is_the_sum_of_losses_at_each_of_them(name):
    """Linearity: terms of their own at three steps, against each alone at the end of its prefix."""
    matrix, inputs = drawn(name, INPUTS, UNITS), normal(STEPS, INPUTS, SAMPLES)
    direct = normal(3, UNITS, SAMPLES, seed=2)
    together = gone_back(name, matrix, inputs, direct)
    gradient, expected = torch.zeros_like(matrix), torch.zeros_like(matrix)
    together.differentiate(gradient)

    states = torch.zeros_like(together.hidden_gradients)
    for k, steps in enumerate((STEPS - 2, STEPS - 1, STEPS)):
        alone, own = gone_back(name, matrix, inputs[:steps], direct[k]), torch.empty_like(matrix)
        alone.differentiate(own)
        expected += own
        states[: steps + 1] += alone.hidden_gradients

    assert_close(together.hidden_gradients, states)
    assert_close(gradient, expected)


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
