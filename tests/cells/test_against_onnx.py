"""Cells against onnxruntime and the onnx package where ONNX knows them, and the textbook too."""

from dataclasses import replace

import pytest
import torch

from explorer.cells import CELLS, State, Weights
from explorer.verify import onnx_nodes
from explorer.verify.cells import VARIED
from explorer.verify.onnx_nodes import NODES, by_onnxruntime, by_reference

STEPS, INPUTS, UNITS, BATCH = 40, 3, 7, 2
SINGLE = 2e-6  # onnxruntime computes in float32
BY_ONNX = [*(name for name, cell in CELLS.items() if "onnx" in cell.packings), *VARIED]
IN_REFERENCE = [name for name, node in NODES.items() if node.in_reference]
WITHOUT_LAYER = [*(name for name, cell in CELLS.items() if not cell.has_layer), *VARIED]


def normal(seed, *shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def a_problem(name, seed=0):
    """Weights twice as large as usual, so that gates leave their middle; a state that is not 0."""
    cell = CELLS[name]
    drawn = cell.draw(INPUTS, UNITS, torch.Generator().manual_seed(seed), torch.float64)
    weights = Weights(**{key: 2 * part for key, part in drawn.parts.items()})
    memory = normal(seed + 1, BATCH, UNITS) if cell.memory == "cell" else None
    return cell, weights, State(normal(seed + 2, BATCH, UNITS), memory)


def read(cell, weights, x, state):
    """Hidden states at every step and the last memory, step by step."""
    hidden = []
    for numbers in x:
        state = cell.step(weights, numbers, state).state
        hidden.append(state.hidden)
    return torch.stack(hidden), state.cell


def distance(ours, other):
    """The largest difference, relative where relu lets numbers grow beyond 1."""
    return ((ours - other).abs().max() / other.abs().max().clamp(min=1)).item()


@pytest.mark.parametrize("name", BY_ONNX)
def test_a_cell_is_the_node_of_onnxruntime(name):
    cell, weights, state = a_problem(name)
    x = normal(9, STEPS, BATCH, INPUTS)

    hidden, memory = read(cell, weights, x, state)

    expected, last = by_onnxruntime(name, [weights], "forward", x, [state])
    assert distance(hidden, expected[:, 0]) < SINGLE
    assert (memory is None) == (last is None)
    if memory is not None:
        assert distance(memory, last[0]) < SINGLE


@pytest.mark.parametrize("name", BY_ONNX)
def test_a_cell_that_reads_from_the_end_is_the_reversed_node_of_onnxruntime(name):
    cell, weights, state = a_problem(name)
    x = normal(9, STEPS, BATCH, INPUTS)

    hidden, _ = read(cell, weights, x.flip(0), state)

    expected, _ = by_onnxruntime(name, [weights], "reverse", x, [state])
    assert distance(hidden.flip(0), expected[:, 0]) < SINGLE


@pytest.mark.parametrize("name", BY_ONNX)
def test_two_cells_that_read_both_ways_are_one_node_of_onnxruntime(name):
    cell, there, first = a_problem(name)
    _, back, second = a_problem(name, seed=5)
    x = normal(9, STEPS, BATCH, INPUTS)

    forward, _ = read(cell, there, x, first)
    backward, memory = read(cell, back, x.flip(0), second)

    expected, last = by_onnxruntime(name, [there, back], "bidirectional", x, [first, second])
    assert distance(forward, expected[:, 0]) < SINGLE
    assert distance(backward.flip(0), expected[:, 1]) < SINGLE
    if memory is not None:
        assert distance(memory, last[1]) < SINGLE


@pytest.mark.parametrize("name", IN_REFERENCE)
def test_a_cell_is_the_node_of_the_reference_evaluator_to_the_last_digits(name):
    cell, weights, state = a_problem(name)
    x = normal(9, STEPS, BATCH, INPUTS)

    hidden, memory = read(cell, weights, x, state)

    expected, last = by_reference(name, weights, x, state)
    assert distance(hidden, expected[:, 0]) < 1e-13
    if memory is not None:
        assert distance(memory, last[0]) < 1e-13


@pytest.mark.parametrize("name", WITHOUT_LAYER)
def test_the_textbook_agrees_with_the_cell(name):
    cell, weights, state = a_problem(name)
    x = normal(9, STEPS, BATCH, INPUTS)

    opinion, remembered = cell.second_opinion(weights, x, state)

    hidden, memory = read(cell, weights, x, state)
    assert distance(opinion, hidden) < 1e-13
    assert (memory is None) == (remembered is None)
    if memory is not None:
        assert distance(remembered, memory) < 1e-13


@pytest.mark.parametrize("name", [name for name in WITHOUT_LAYER if name in BY_ONNX])
def test_the_textbook_agrees_with_onnxruntime(name):
    cell, weights, state = a_problem(name)
    x = normal(9, STEPS, BATCH, INPUTS)

    opinion, _ = cell.second_opinion(weights, x, state)

    expected, _ = by_onnxruntime(name, [weights], "forward", x, [state])
    assert distance(opinion, expected[:, 0]) < SINGLE


@pytest.mark.parametrize("name", WITHOUT_LAYER)
def test_the_textbook_reads_one_sequence_as_it_reads_a_batch(name):
    cell, weights, state = a_problem(name)
    x = normal(9, STEPS, BATCH, INPUTS)
    alone = State(state.hidden[1], None if state.cell is None else state.cell[1])

    together, _ = cell.second_opinion(weights, x, state)
    single, _ = cell.second_opinion(weights, x[:, 1], alone)

    assert distance(single, together[:, 1]) < 1e-14


def test_there_is_no_second_opinion_on_what_torch_has():
    cell, weights, state = a_problem("gru")

    with pytest.raises(ValueError, match="no second opinion on 'gru'; choose from 'lstm_peephole'"):
        cell.second_opinion(weights, normal(0, 5, BATCH, INPUTS), state)


def test_a_cell_that_onnx_does_not_have_is_refused_by_name():
    _, weights, state = a_problem("lstm")

    with pytest.raises(ValueError, match="ONNX has no cell 'perceptron'; choose from 'rnn_tanh'"):
        by_onnxruntime("perceptron", [weights], "forward", normal(0, 5, BATCH, INPUTS), [state])


@pytest.mark.parametrize(("right", "wrong"), [("gru", "gru_before"), ("gru_before", "gru")])
def test_where_the_reset_gate_stands_is_measurable(right, wrong):
    cell, weights, state = a_problem(right)
    x = normal(9, STEPS, BATCH, INPUTS)

    hidden, _ = read(cell, weights, x, state)

    other, _ = by_onnxruntime(wrong, [weights], "forward", x, [state])
    assert distance(hidden, other[:, 0]) > 0.05


def test_onnxruntime_couples_by_what_the_input_gate_leaves_and_never_reads_the_forget_rows(
    monkeypatch,
):
    _, weights, state = a_problem("lstm_coupled")
    x = normal(9, STEPS, BATCH, INPUTS)

    coupled, _ = by_onnxruntime("lstm_coupled", [weights], "forward", x, [state])
    monkeypatch.setattr(onnx_nodes, "FILLING", -1.0)
    refilled, _ = by_onnxruntime("lstm_coupled", [weights], "forward", x, [state])
    plain = replace(NODES["lstm_coupled"], settings={})
    monkeypatch.setitem(onnx_nodes.NODES, "lstm_coupled", plain)
    uncoupled, _ = by_onnxruntime("lstm_coupled", [weights], "forward", x, [state])

    assert torch.equal(coupled, refilled)
    assert distance(coupled, uncoupled) > 0.05
