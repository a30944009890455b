"""A cell along time: the same as torch's fused layer, causal, and whole."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.cells import CELLS, State, Weights
from explorer.sequences import agreement, trace


def a_sequence(name, steps=30, inputs=3, units=7, batch=(), seed=0, dtype=torch.float64):
    rng = torch.Generator().manual_seed(seed)
    cell = CELLS[name]
    weights = cell.draw(inputs, units, rng, dtype)
    return cell, weights, torch.randn(steps, *batch, inputs, generator=rng, dtype=dtype)


def a_state(name, units, seed=5):
    rng = torch.Generator().manual_seed(seed)
    hidden, cell = torch.randn(2, units, generator=rng, dtype=torch.float64)
    return State(hidden, cell if name == "lstm" else None)


@pytest.mark.parametrize("name", CELLS)
@settings(deadline=None)
@given(steps=st.integers(1, 12), units=st.integers(1, 6), seed=st.integers(0, 99))
def test_a_trace_is_what_the_fused_layer_of_torch_computes(name, steps, units, seed):
    cell, weights, x = a_sequence(name, steps, units=units, seed=seed)
    layer = cell.layer(weights)

    recorded = trace(cell, weights, x)

    assert (recorded.steps.hidden - layer(x)[0]).abs().max() < 1e-14
    assert agreement(recorded) < 1e-14


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
    forged = type(honest)(
        name,
        Weights(weights.weight_ih, bent, weights.bias_ih, weights.bias_hh),
        x,
        honest.initial,
        honest.steps,
    )

    assert 1e-10 < agreement(forged) < 1e-5


def test_the_badge_sees_a_wrong_memory_behind_a_right_output():
    cell, weights, x = a_sequence("lstm")
    honest = trace(cell, weights, x)
    parts = {field: getattr(honest.steps, field) for field in honest.steps.__dataclass_fields__}
    parts["cell"] = parts["cell"] + 1e-3
    forged = type(honest)("lstm", weights, x, honest.initial, type(honest.steps)(**parts))

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

    memory = first.states["cell"][-1] if name == "lstm" else None
    second = trace(cell, weights, x[13:], State(first.steps.hidden[-1], memory))

    torch.testing.assert_close(second.steps.hidden, whole.steps.hidden[13:])
    assert agreement(second) < 1e-14


@pytest.mark.parametrize("name", CELLS)
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
