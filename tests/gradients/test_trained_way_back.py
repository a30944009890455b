"""The way back through a stack is that of the unrolled layers, whatever the cell and the depth."""

import numpy as np
import pytest
import torch

from explorer.cells import CELLS
from explorer.gradients import UNROLLED
from explorer.gradients.trained import way_back
from explorer.sequences.stack import Stack

STEPS, INPUTS, UNITS = 9, 2, 5


def drawn(cell: str, layers: int = 1, both_ways: bool = False) -> Stack:
    generator = torch.Generator().manual_seed(1)
    return Stack.draw(cell, INPUTS, UNITS, layers, both_ways, generator, torch.float64)


def normal(*shape: int, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


def packed(cell: str, stack: Stack) -> torch.Tensor:
    """The weights of a stack as one matrix; both biases are one, and the GRU's new gate has two."""
    kind, weights = UNROLLED[cell], stack.weights
    rows = torch.cat(
        (
            weights.weight_hh,
            weights.weight_ih,
            (weights.bias_ih + weights.bias_hh)[:, None],
        ),
        dim=1,
    )
    if cell == "lstm_peephole":
        last = torch.zeros(UNITS, rows.shape[1], dtype=rows.dtype)
        last[:, :3] = weights.peepholes.T
        return torch.cat((rows, last))
    assert len(rows) == len(kind.rows) * UNITS
    return rows


@pytest.mark.parametrize("cell", [name for name in CELLS if name != "gru"])
@pytest.mark.parametrize("every", [False, True], ids=["last", "every"])
def test_the_norms_of_one_layer_are_those_of_the_written_out_passes(cell: str, every: bool):
    stack, x, v = drawn(cell), normal(STEPS, INPUTS), normal(UNITS, seed=3)
    network = UNROLLED[cell](packed(cell, stack), STEPS, 1)
    network.read(x[..., None])
    network.forward()
    network.backward(v[:, None], every=every)

    found = way_back(stack, x, lambda out: ((out if every else out[-1:]) @ v).sum())

    hidden = network.hidden_gradients[1:, :, 0].norm(dim=1).flip(0)
    np.testing.assert_allclose(found.hidden, hidden, rtol=1e-9)
    if network.cell_gradients is not None:
        memory = network.cell_gradients[1:, :, 0].norm(dim=1).flip(0)
        np.testing.assert_allclose(found.memory, memory, rtol=1e-9)
    by_input = network.input_gradients()[..., 0].norm(dim=1).flip(0)
    np.testing.assert_allclose(found.input, by_input, rtol=1e-9)


def test_through_two_layers_read_both_ways_the_inputs_gradient_is_that_of_torchs_layer():
    stack, x, v = drawn("gru", 2, True), normal(STEPS, INPUTS), normal(2 * UNITS, seed=3)
    layer = torch.nn.GRU(INPUTS, UNITS, num_layers=2, bidirectional=True, dtype=torch.float64)
    layer.load_state_dict(stack.state_dict())
    read = x.clone().requires_grad_()
    (layer(read)[0][-1] @ v).backward()

    found = way_back(stack, x, lambda out: out[-1] @ v)

    np.testing.assert_allclose(found.input, read.grad.norm(dim=1).flip(0), rtol=1e-9)


def test_what_the_gates_alone_let_through_is_all_that_comes_where_nothing_feeds_back():
    """Without recurrent weights dL/dc_t is dL/dc_T times the forget gates between."""
    stack, x, v = drawn("lstm"), normal(STEPS, INPUTS), normal(UNITS, seed=3)
    stack.weights.weight_hh.zero_()
    found = way_back(stack, x, lambda out: out[-1] @ v)

    np.testing.assert_allclose(found.kept, found.memory, rtol=1e-9)
    assert 0.2 < found.gate < 0.8
    assert way_back(drawn("rnn_tanh"), x, lambda out: out[-1] @ v).kept is None


def test_a_loss_that_sees_nothing_has_a_way_back_of_zeros():
    found = way_back(drawn("lstm"), normal(STEPS, INPUTS), lambda out: (out * 0).sum())

    assert not found.memory.any()
    assert not found.input.any()
