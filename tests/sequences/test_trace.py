"""A cell along time: the same as torch's fused layer or the textbook, causal, and whole."""

from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.cells import CELLS, Clamp, InputEdit, State, Surgery, WeightEdit
from explorer.sequences import agreement, trace
from tests.ulps import ulps_apart


def a_sequence(name, steps=30, inputs=3, units=7, batch=(), seed=0, dtype=torch.float64):
    rng = torch.Generator().manual_seed(seed)
    cell = CELLS[name]
    weights = cell.draw(inputs, units, rng, dtype)
    return cell, weights, torch.randn(steps, *batch, inputs, generator=rng, dtype=dtype)


def a_state(name, units, seed=5):
    rng = torch.Generator().manual_seed(seed)
    hidden, cell = torch.randn(2, units, generator=rng, dtype=torch.float64)
    return State(hidden, cell if CELLS[name].memory == "cell" else None)


IN_TORCH = [name for name, cell in CELLS.items() if cell.has_layer]


@pytest.mark.parametrize("name", IN_TORCH)
@settings(deadline=None)
@given(steps=st.integers(1, 12), units=st.integers(1, 6), seed=st.integers(0, 99))
def test_a_trace_is_what_the_fused_layer_of_torch_computes(name, steps, units, seed):
    cell, weights, x = a_sequence(name, steps, units=units, seed=seed)
    layer = cell.layer(weights)

    recorded = trace(cell, weights, x)

    assert (recorded.steps.hidden - layer(x)[0]).abs().max() < 1e-14
    assert agreement(recorded) < 1e-14


@pytest.mark.parametrize("name", CELLS)
def test_every_cell_agrees_with_somebody_else_from_any_state(name):
    cell, weights, x = a_sequence(name)

    assert agreement(trace(cell, weights, x, a_state(name, 7))) < 1e-14


@pytest.mark.parametrize("name", CELLS)
def test_a_backward_trace_is_a_forward_one_of_the_reversed_sequence(name):
    cell, weights, x = a_sequence(name)

    backward = trace(cell, weights, x, a_state(name, 7), backward=True)
    forward = trace(cell, weights, x.flip(0), a_state(name, 7))

    for key, value in backward.states.items():
        assert ulps_apart(value, forward.states[key].flip(0), at=1) <= 16, key
    for t in range(len(x) - 1):
        assert torch.equal(backward.before.hidden[t], backward.steps.hidden[t + 1])
    assert torch.equal(backward.before.hidden[-1], a_state(name, 7).hidden)
    assert torch.equal(backward.last.hidden, backward.steps.hidden[0])
    assert agreement(backward) < 1e-14


@pytest.mark.parametrize("name", CELLS)
def test_a_batch_reads_each_of_its_sequences_as_if_alone(name):
    cell, weights, x = a_sequence(name, batch=(4,))
    together = trace(cell, weights, x)

    for b in range(4):
        alone = trace(cell, weights, x[:, b].contiguous())
        torch.testing.assert_close(together.steps.hidden[:, b], alone.steps.hidden)
    assert agreement(together) < 1e-14


@pytest.mark.parametrize("name", CELLS)
def test_the_badge_sees_a_wrong_weight(name):
    cell, weights, x = a_sequence(name)
    bent = weights.weight_hh.clone()
    bent[0, 0] += 1e-6
    honest = trace(cell, weights, x)
    forged = replace(honest, weights=replace(weights, weight_hh=bent))

    assert 1e-10 < agreement(forged) < 1e-5


def test_the_badge_sees_a_wrong_memory_behind_a_right_output():
    cell, weights, x = a_sequence("lstm")
    honest = trace(cell, weights, x)
    parts = {field: getattr(honest.steps, field) for field in honest.steps.__dataclass_fields__}
    parts["cell"] = parts["cell"] + 1e-3
    forged = replace(honest, steps=type(honest.steps)(**parts))

    assert agreement(forged) == pytest.approx(1e-3)


@pytest.mark.parametrize("name", CELLS)
def test_a_trace_in_float32_agrees_to_the_precision_of_float32(name):
    cell, weights, x = a_sequence(name, dtype=torch.float32)

    assert 1e-9 < agreement(trace(cell, weights, x)) < 1e-5


@pytest.mark.parametrize("name", CELLS)
def test_a_later_input_changes_nothing_earlier_not_even_a_bit(name):
    cell, weights, x = a_sequence(name)
    changed = x.clone()
    changed[20] += 1

    one, other = trace(cell, weights, x), trace(cell, weights, changed)

    for key, value in one.states.items():
        assert torch.equal(value[:20], other.states[key][:20]), key
        assert not torch.equal(value[20], other.states[key][20]), key


@pytest.mark.parametrize("name", CELLS)
def test_every_step_of_a_trace_is_one_step_from_the_state_before(name):
    cell, weights, x = a_sequence(name)
    recorded = trace(cell, weights, x, a_state(name, 7))

    again = cell.step(weights, x, recorded.before)  # all steps at once, time as the batch

    for field in recorded.states:
        torch.testing.assert_close(getattr(again, field), recorded.states[field])
    for gate in cell.gates:
        torch.testing.assert_close(again.gate(gate).from_input, recorded.gate(gate).from_input)
        torch.testing.assert_close(again.gate(gate).from_hidden, recorded.gate(gate).from_hidden)


@pytest.mark.parametrize("name", CELLS)
def test_reading_on_from_a_state_is_reading_in_one_go(name):
    cell, weights, x = a_sequence(name)
    whole = trace(cell, weights, x)
    first = trace(cell, weights, x[:13])

    second = trace(cell, weights, x[13:], first.last)

    torch.testing.assert_close(second.steps.hidden, whole.steps.hidden[13:])
    assert agreement(second) < 1e-14


@pytest.mark.parametrize("name", IN_TORCH)
def test_gradients_flow_through_a_trace_as_through_torch(name):
    cell, weights, x = a_sequence(name)
    ours, theirs = x.clone().requires_grad_(), x.clone().requires_grad_()

    trace(cell, weights, ours).steps.hidden[-1].sum().backward()
    cell.layer(weights)(theirs)[0][-1].sum().backward()

    torch.testing.assert_close(ours.grad, theirs.grad)


def test_an_empty_sequence_is_refused():
    cell, weights, x = a_sequence("gru")

    with pytest.raises(ValueError, match="at least one step"):
        trace(cell, weights, x[:0])


@pytest.mark.parametrize("backward", [False, True])
@pytest.mark.parametrize("name", CELLS)
def test_a_clamp_holds_its_part_and_everything_after_follows(name, backward):
    cell, weights, x = a_sequence(name, steps=12)
    clamped = Surgery(clamps=(Clamp("hidden", (2,), 4, 6, 0.5),))

    honest = trace(cell, weights, x, surgery=Surgery(), backward=backward)  # the same route
    seen = trace(cell, weights, x, surgery=clamped, backward=backward)

    untouched_yet, from_here_on = (
        (slice(7, None), slice(0, 7)) if backward else (slice(0, 4), slice(4, None))
    )
    assert torch.equal(seen.steps.hidden[untouched_yet], honest.steps.hidden[untouched_yet])
    assert (seen.steps.hidden[4:7, 2] == 0.5).all()
    assert (seen.steps.hidden[from_here_on] != honest.steps.hidden[from_here_on]).any(dim=1).all()
    again = cell.step(weights, x, seen.before)  # every step follows from the state before it
    free = [0, 1, 3, 4, 5, 6]
    torch.testing.assert_close(again.hidden[:, free], seen.steps.hidden[:, free])
    with pytest.raises(ValueError, match="no counterpart"):
        agreement(seen)


def test_edits_of_weights_and_inputs_are_read_as_if_they_had_always_been_there():
    cell, weights, x = a_sequence("gru")
    changed = Surgery(edits=(WeightEdit("weight_hh", 3, 1, 0.9),), inputs=(InputEdit(5, 2, -1.0),))

    seen = trace(cell, weights, x, surgery=changed)

    edited, other = weights.weight_hh.clone(), x.clone()
    edited[3, 1], other[5, 2] = 0.9, -1.0
    plain = trace(cell, replace(weights, weight_hh=edited), other)
    assert torch.equal(seen.steps.hidden, plain.steps.hidden)
    assert agreement(seen) < 1e-14
    assert trace(cell, weights, x, surgery=Surgery()).surgery is None


def test_a_surgery_that_does_not_fit_is_refused():
    cell, weights, x = a_sequence("gru", steps=5)

    with pytest.raises(ValueError, match="step of a clamp"):
        trace(cell, weights, x, surgery=Surgery(clamps=(Clamp("hidden", (), 0, 5, 0.0),)))
