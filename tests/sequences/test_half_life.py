"""Half-lives of units: the table where the gate rests, the product of gates where it moves."""

import math

import pytest
import torch

from explorer.cells import CELLS, Weights, with_forget_bias
from explorer.cells.surgery import Clamp, Surgery
from explorer.sequences import trace
from explorer.sequences.half_life import half_lives

GATED = [name for name, cell in CELLS.items() if cell.keeping_gate is not None]


def rng():
    return torch.Generator().manual_seed(0)


def a_trace(name, surgery=None):
    cell = CELLS[name]
    x = torch.randn(30, 2, generator=rng(), dtype=torch.float64)
    return trace(cell, cell.draw(2, 5, rng(), torch.float64), x, surgery=surgery)


@pytest.mark.parametrize("bias", range(6))
def test_the_table_of_a_cell_with_hard_gates_is_that_of_its_own_gate(bias):
    cell = CELLS["gru(hard_sigmoid_0.2_0.5, tanh)"]
    drawn = cell.draw(2, 3, rng(), torch.float64)
    still = Weights(0 * drawn.weight_ih, 0 * drawn.weight_hh, drawn.bias_ih, drawn.bias_hh)
    seen = trace(cell, with_forget_bias(cell, still, float(bias)), torch.ones(9, 2).double())

    found = half_lives(seen)

    keeps = min(1, 0.2 * bias + 0.5)
    expected = math.log(0.5) / math.log(keeps) if keeps < 1 else math.inf
    assert found.half_life.tolist() == pytest.approx([expected] * 3)
    assert found.table.half_life[bias].item() == pytest.approx(expected)


@pytest.mark.parametrize("name", ["lstm", "gru"])
@pytest.mark.parametrize("bias", range(6))
def test_a_gate_that_only_its_bias_moves_has_the_half_life_of_the_table(name, bias):
    cell = CELLS[name]
    drawn = cell.draw(2, 3, rng(), torch.float64)
    still = Weights(0 * drawn.weight_ih, 0 * drawn.weight_hh, drawn.bias_ih, drawn.bias_hh)
    seen = trace(cell, with_forget_bias(cell, still, float(bias)), torch.ones(9, 2).double())

    found = half_lives(seen)

    expected = math.log(2) / math.log1p(math.exp(-bias))
    assert found.half_life.tolist() == pytest.approx([expected] * 3)
    assert found.table.half_life[bias].item() == pytest.approx(expected)


@pytest.mark.parametrize("name", GATED)
def test_the_mean_gate_over_a_reading_leaves_what_all_its_gates_leave(name):
    seen = a_trace(name)

    found = half_lives(seen)

    left = seen.states[CELLS[name].keeping_gate].prod(dim=0)
    torch.testing.assert_close(found.gate**30, left)
    torch.testing.assert_close(0.5 ** (30 / found.half_life), left)


@pytest.mark.parametrize(("value", "life"), [(1.0, math.inf), (0.0, 0.0), (-0.5, 1.0)])
def test_a_gate_held_open_never_forgets_and_one_held_shut_does_at_once(value, life):
    clamp = Surgery(clamps=(Clamp("forget_gate", (2,), 0, 29, value),))

    found = half_lives(a_trace("lstm", clamp))

    assert found.half_life[2].item() == life
    assert found.half_life[[0, 1, 3, 4]].isfinite().all()


def test_a_plain_network_has_no_gate_to_measure():
    with pytest.raises(ValueError, match="rnn_tanh has no gate that keeps its memory"):
        half_lives(a_trace("rnn_tanh"))
