"""One step of every cell against torch.nn, and its intermediates against its own equations."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.cells import CELLS, State, Weights
from tests.ulps import ulps_apart

sizes = st.integers(min_value=1, max_value=9)
HAVE_LAYERS = [name for name, cell in CELLS.items() if cell.has_layer]
torch_cells = {
    "rnn_tanh": torch.nn.RNNCell,
    "rnn_relu": lambda *sizes, **kind: torch.nn.RNNCell(*sizes, nonlinearity="relu", **kind),
    "lstm": torch.nn.LSTMCell,
    "gru": torch.nn.GRUCell,
}


def random_numbers(seed, *shape, dtype=torch.float64):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


def a_problem(name, inputs=3, units=5, batch=(4,), seed=0, dtype=torch.float64):
    """Weights twice as large as usual (so that gates leave their middle), an input and a state."""
    cell = CELLS[name]
    drawn = cell.draw(inputs, units, torch.Generator().manual_seed(seed), dtype)
    weights = Weights(**{name: 2 * part for name, part in drawn.parts.items()})
    hidden = random_numbers(seed + 1, *batch, units, dtype=dtype)
    remembers = cell.memory == "cell"
    memory = random_numbers(seed + 2, *batch, units, dtype=dtype) if remembers else None
    x = random_numbers(seed + 3, *batch, inputs, dtype=dtype)
    return cell, weights, x, State(hidden, memory)


def by_torch(name, weights, x, state):
    """The same step by the cell modules of torch.nn."""
    reference = torch_cells[name](weights.inputs, weights.units, dtype=x.dtype)
    reference.load_state_dict(
        {key.removesuffix("_l0"): value for key, value in weights.state_dict().items()}
    )
    with torch.no_grad():
        if name == "lstm":
            return reference(x, (state.hidden, state.cell))
        return reference(x, state.hidden), None


@pytest.mark.parametrize("name", HAVE_LAYERS)
@settings(deadline=None)
@given(inputs=sizes, units=sizes, batch=sizes, seed=st.integers(0, 1000))
def test_a_step_is_the_step_of_torch_at_any_size(name, inputs, units, batch, seed):
    cell, weights, x, state = a_problem(name, inputs, units, (batch,), seed)

    step = cell.step(weights, x, state)

    hidden, memory = by_torch(name, weights, x, state)
    assert (step.hidden - hidden).abs().max() < 1e-14
    if memory is not None:
        assert (step.cell - memory).abs().max() < 1e-14


@pytest.mark.parametrize("name", CELLS)
def test_a_step_keeps_the_precision_it_is_given(name):
    cell, weights, x, state = a_problem(name)
    single = State(*(None if s is None else s.float() for s in (state.hidden, state.cell)))

    step = cell.step(weights.to(torch.float32), x.float(), single)

    assert {value.dtype for value in vars(step).values()} == {torch.float32}
    torch.testing.assert_close(
        step.hidden.double(), cell.step(weights, x, state).hidden, rtol=1e-5, atol=1e-6
    )


@pytest.mark.parametrize("name", CELLS)
def test_a_single_vector_and_two_batch_axes_give_what_one_batch_gives(name):
    cell, weights, x, state = a_problem(name, batch=(6,))
    whole = cell.step(weights, x, state)

    folded = State(*(None if s is None else s.reshape(2, 3, 5) for s in (state.hidden, state.cell)))
    alone = State(*(None if s is None else s[4] for s in (state.hidden, state.cell)))

    torch.testing.assert_close(
        cell.step(weights, x.reshape(2, 3, 3), folded).hidden.reshape(6, 5), whole.hidden
    )
    torch.testing.assert_close(cell.step(weights, x[4], alone).hidden, whole.hidden[4])


@pytest.mark.parametrize("name", CELLS)
def test_the_parts_of_every_gate_add_up_to_its_value(name):
    cell, weights, x, state = a_problem(name)
    step = cell.step(weights, x, state)
    squash = {"candidate": torch.tanh, "new": torch.tanh, "hidden": torch.tanh}
    if name == "rnn_relu":
        squash["hidden"] = torch.relu

    for block, gate_name in enumerate(cell.gates):
        gate = step.gate(gate_name)
        here = slice(5 * block, 5 * block + 5)
        by_hand = x @ weights.weight_ih[here].T + weights.bias_ih[here]
        torch.testing.assert_close(gate.from_input, by_hand)
        seen = 0 if gate.from_memory is None else gate.from_memory
        total = gate.from_input + gate.from_hidden + seen
        torch.testing.assert_close(total, gate.preactivation)
        squashed = squash.get(gate_name, torch.sigmoid)(gate.preactivation)
        assert ulps_apart(squashed, gate.value) <= 8  # of a slice, and a slice of all gates
        assert torch.equal(gate.value, getattr(step, gate_name))


@pytest.mark.parametrize("name", ["rnn_tanh", "lstm", "lstm_peephole", "lstm_coupled"])
def test_the_hidden_part_of_a_gate_is_its_rows_times_the_state(name):
    cell, weights, x, state = a_problem(name)
    step = cell.step(weights, x, state)

    for block, gate_name in enumerate(cell.gates):
        here = slice(5 * block, 5 * block + 5)
        by_hand = state.hidden @ weights.weight_hh[here].T + weights.bias_hh[here]
        torch.testing.assert_close(step.gate(gate_name).from_hidden, by_hand)


def test_the_reset_gate_of_the_gru_multiplies_after_the_matrix_product():
    cell, weights, x, state = a_problem("gru")
    step = cell.step(weights, x, state)

    let_through = step.reset_gate * (state.hidden @ weights.weight_hh[10:].T + weights.bias_hh[10:])

    torch.testing.assert_close(step.gate("new").from_hidden, let_through)


def test_the_reset_gate_of_the_older_gru_multiplies_before_the_matrix_product():
    cell, weights, x, state = a_problem("gru_before")
    step = cell.step(weights, x, state)

    seen = (step.reset_gate * state.hidden) @ weights.weight_hh[10:].T + weights.bias_hh[10:]

    assert torch.equal(step.reset_hidden, step.reset_gate * state.hidden)
    torch.testing.assert_close(step.gate("new").from_hidden, seen)


def test_input_and_forget_gate_see_the_memory_of_before_and_the_output_gate_the_new_one():
    cell, weights, x, state = a_problem("lstm_peephole")
    step = cell.step(weights, x, state)

    seen = {"input_gate": state.cell, "forget_gate": state.cell, "output_gate": step.cell}
    for (name, memory), diagonal in zip(seen.items(), weights.peepholes, strict=True):
        assert torch.equal(step.gate(name).from_memory, diagonal * memory)
    assert step.gate("candidate").from_memory is None


def test_a_coupled_lstm_forgets_as_much_as_it_writes():
    cell, weights, x, state = a_problem("lstm_coupled")
    step = cell.step(weights, x, state)

    assert torch.equal(step.forget_gate, 1 - step.input_gate)
    average = torch.lerp(state.cell, step.candidate, step.input_gate)
    torch.testing.assert_close(step.cell, average)


@pytest.mark.parametrize(("name", "bounded"), [("lstm", False), ("lstm_coupled", True)])
def test_the_memory_of_a_coupled_lstm_cannot_leave_the_range_of_its_candidates(name, bounded):
    cell, weights, _, _ = a_problem(name, units=1)
    wide_open = dict(weights.parts, bias_ih=torch.full_like(weights.bias_ih, 6.0))
    state = cell.start(weights)

    for x in torch.zeros(100, 3, dtype=torch.float64):
        state = cell.step(Weights(**wide_open), x, state).state

    assert (state.cell.abs().max() <= 1) == bounded


@pytest.mark.parametrize("name", ["lstm", "lstm_peephole", "lstm_coupled"])
def test_lstm_memory_is_what_was_kept_plus_what_was_written(name):
    cell, weights, x, state = a_problem(name)
    step = cell.step(weights, x, state)

    assert torch.equal(step.kept, step.forget_gate * state.cell)
    assert torch.equal(step.written, step.input_gate * step.candidate)
    assert torch.equal(step.cell, step.kept + step.written)
    assert torch.equal(step.squashed, torch.tanh(step.cell))
    assert torch.equal(step.hidden, step.output_gate * step.squashed)


@pytest.mark.parametrize("name", ["gru", "gru_before"])
def test_the_update_gate_of_the_gru_keeps(name):
    cell, weights, x, state = a_problem(name)
    step = cell.step(weights, x, state)

    assert torch.equal(step.kept, step.update_gate * state.hidden)
    assert torch.equal(step.written, (1 - step.update_gate) * step.new)
    assert torch.equal(step.hidden, step.kept + step.written)


@pytest.mark.parametrize(
    ("name", "order"),
    [
        ("lstm", (0, 2, 1, 3)),  # i, j, f, o: TensorFlow 1
        ("lstm", (0, 3, 1, 2)),  # i, o, f, c: ONNX
        ("gru", (1, 0, 2)),  # z, r, h: Keras and ONNX
    ],
)
def test_another_order_of_the_gates_is_measurably_wrong(name, order):
    cell, weights, x, state = a_problem(name)
    rows = torch.cat([torch.arange(5 * block, 5 * block + 5) for block in order])
    permuted = Weights(**{name: part[rows] for name, part in weights.parts.items()})

    difference = cell.step(permuted, x, state).hidden - by_torch(name, weights, x, state)[0]

    assert difference.abs().max() > 0.05


@pytest.mark.parametrize("name", HAVE_LAYERS)
def test_a_step_carries_gradients_as_torch_does(name):
    cell, weights, x, state = a_problem(name)
    x.requires_grad_()

    cell.step(weights, x, state).hidden.square().sum().backward()

    reference = torch_cells[name](3, 5, dtype=torch.float64)
    reference.load_state_dict({k.removesuffix("_l0"): v for k, v in weights.state_dict().items()})
    again = x.detach().clone().requires_grad_()
    out = reference(again, (state.hidden, state.cell) if name == "lstm" else state.hidden)
    (out[0] if name == "lstm" else out).square().sum().backward()
    torch.testing.assert_close(x.grad, again.grad)


def test_an_unknown_gate_is_answered_with_the_gates_there_are():
    cell, weights, x, state = a_problem("gru")

    with pytest.raises(ValueError, match="unknown gate 'forget_gate'; choose from 'reset_gate'"):
        cell.step(weights, x, state).gate("forget_gate")


def test_weights_of_another_cell_are_refused():
    _, weights, x, state = a_problem("gru")

    with pytest.raises(ValueError, match=r"lstm needs 4 gates .* not weights of 3"):
        CELLS["lstm"].step(weights, x, state)


@pytest.mark.parametrize("given", ["lstm", "lstm_peephole"])
def test_peepholes_are_neither_missed_nor_overlooked(given):
    _, weights, x, state = a_problem(given)
    other = "lstm" if given == "lstm_peephole" else "lstm_peephole"

    with pytest.raises(ValueError, match=f"{other} (needs|has no) peepholes, and these are"):
        CELLS[other].step(weights, x, state)


def test_an_lstm_without_a_memory_is_told_so():
    cell, weights, x, state = a_problem("lstm")

    with pytest.raises(ValueError, match="needs a memory c besides the hidden state"):
        cell.step(weights, x, State(state.hidden))


@pytest.mark.parametrize("name", CELLS)
def test_the_values_of_a_step_are_its_numbers_for_each_unit_in_order(name):
    cell, weights, x, state = a_problem(name)
    step = cell.step(weights, x, state)

    assert set(cell.touchable) <= set(step.values)
    assert all(value.shape == step.hidden.shape for value in step.values.values())
    assert list(step.values)[-1] == "hidden"
