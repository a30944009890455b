"""Layers on top of each other, both ways: the same as torch's, and as their parts."""

from dataclasses import replace

import pytest
import torch

from explorer.cells import CELLS, Clamp, InputEdit, State, Surgery, WeightEdit
from explorer.sequences import Stack, read_stack, stack_agreement, trace
from explorer.sequences.stack import fused

IN_TORCH = [name for name, cell in CELLS.items() if cell.has_layer]
SHAPES = [(1, False), (1, True), (3, False), (3, True)]


def a_stack(name="lstm", layers=2, both_ways=False, dtype=torch.float64):
    rng = torch.Generator().manual_seed(layers + 10 * both_ways)
    return Stack.draw(name, 3, 5, layers, both_ways, rng, dtype)


def numbers(*shape, seed=1):
    rng = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=rng, dtype=torch.float64)


@pytest.mark.parametrize(("layers", "both_ways"), SHAPES)
@pytest.mark.parametrize("name", IN_TORCH)
def test_a_stack_is_what_torch_computes_with_as_many_layers_and_directions(name, layers, both_ways):
    kinds = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU}
    kind = kinds.get(name, torch.nn.RNN)
    options = {"nonlinearity": name[4:]} if kind is torch.nn.RNN else {}
    layer = kind(3, 5, num_layers=layers, bidirectional=both_ways, dtype=torch.float64, **options)
    stack = Stack.from_state_dict(name, layer.state_dict())

    seen = read_stack(stack, numbers(9, 3))
    batch = read_stack(stack, numbers(9, 2, 3))

    assert (seen.hidden - layer(seen.x)[0]).abs().max() < 1e-14
    assert (batch.hidden - layer(batch.x)[0]).abs().max() < 1e-14
    assert stack_agreement(seen) < 1e-14
    assert stack_agreement(batch) < 1e-14
    assert stack.parameters == sum(part.numel() for part in layer.parameters())
    assert (stack.depth, stack.both_ways) == (layers, both_ways)


@pytest.mark.parametrize(("layers", "both_ways"), SHAPES)
@pytest.mark.parametrize("name", [name for name in CELLS if name not in IN_TORCH])
def test_a_stack_that_torch_lacks_agrees_with_the_textbook(name, layers, both_ways):
    seen = read_stack(a_stack(name, layers, both_ways), numbers(9, 3))

    assert stack_agreement(seen) < 1e-14
    with pytest.raises(ValueError, match="torch has no layer"):
        fused(seen.stack)


@pytest.mark.parametrize("name", ["gru", "gru_before"])
def test_the_badge_sees_that_a_layer_did_not_read_what_the_one_below_handed_out(name):
    stack = a_stack(name)
    honest = read_stack(stack, numbers(9, 3))
    other = trace(stack.cell, stack.layers[1][0], honest.hidden + 1e-3)

    forged = replace(honest, traces=(honest.traces[0], (other,)))

    assert stack_agreement(forged) > 1e-5


@pytest.mark.parametrize("part", ["cell", "hidden"])
def test_the_badge_sees_a_wrong_last_state_in_a_layer_below(part):
    honest = read_stack(a_stack("lstm"), numbers(9, 3))
    below = honest.traces[0][0]
    bent = getattr(below.steps, part).clone()
    bent[-1] += 1e-3
    forged = replace(below, steps=replace(below.steps, **{part: bent}))

    seen = replace(honest, traces=((forged,), honest.traces[1]))

    assert stack_agreement(seen) == pytest.approx(1e-3)


@pytest.mark.parametrize("both_ways", [False, True])
@pytest.mark.parametrize("name", CELLS)
def test_the_last_state_goes_on_where_the_reading_ended(name, both_ways):
    stack, x = a_stack(name, both_ways=both_ways), numbers(12, 3)
    started = tuple(
        tuple(State(s.hidden + 0.1, None if s.cell is None else s.cell - 0.2) for s in layer)
        for layer in stack.start()
    )

    seen = read_stack(stack, x, initial=started)
    assert stack_agreement(seen) < 1e-14
    if not both_ways:
        first = read_stack(stack, x[:7], initial=started)
        second = read_stack(stack, x[7:], initial=first.last)
        torch.testing.assert_close(second.hidden, seen.hidden[7:])


@pytest.mark.parametrize("name", CELLS)
def test_names_and_numbers_survive_a_state_dict(name):
    stack = a_stack(name, 2, True)

    again = Stack.from_state_dict(name, stack.state_dict())

    assert stack.state_dict().keys() == again.state_dict().keys()
    for key, value in stack.state_dict().items():
        assert torch.equal(value, again.state_dict()[key])
    assert ("peepholes_l1_reverse" in stack.state_dict()) == (name == "lstm_peephole")


def test_a_surgery_is_done_at_its_layer_and_direction_only():
    stack, x = a_stack("lstm", 2, True), numbers(9, 3)
    cut = Surgery(clamps=(Clamp("cell", (1,), 3, 5, 2.0),))
    honest = read_stack(stack, x)

    seen = read_stack(stack, x, cut, at=(1, 1))

    assert (seen.traces[1][1].states["cell"][3:6, 1] == 2).all()
    for layer, way in ((0, 0), (0, 1), (1, 0)):
        ours, theirs = seen.traces[layer][way].states, honest.traces[layer][way].states
        assert all(torch.equal(ours[key], theirs[key]) for key in ours)
    with pytest.raises(ValueError, match="no counterpart"):
        stack_agreement(seen)
    with pytest.raises(ValueError, match="direction between 0 and 1, not 0 and 2"):
        read_stack(stack, x, cut, at=(0, 2))


@pytest.mark.parametrize("name", ["lstm", "lstm_peephole"])
def test_edited_numbers_agree_as_honest_ones_do(name):
    stack, x = a_stack(name, 2, True), numbers(9, 3)
    edits = Surgery(edits=(WeightEdit("bias_hh", 7, 0, 1.5),), inputs=(InputEdit(2, 4, -1.0),))

    seen = read_stack(stack, x, edits, at=(1, 0))

    assert not torch.equal(seen.hidden, read_stack(stack, x).hidden)
    assert stack_agreement(seen) < 1e-14
    weights_only = read_stack(stack, x, replace(edits, inputs=()), at=(1, 0))
    assert stack_agreement(weights_only) < 1e-14


def test_every_gate_that_keeps_gets_its_bias():
    stack = a_stack("lstm", 2, True).with_forget_bias(3.0)

    for layer in stack.layers:
        for weights in layer:
            assert torch.equal(
                (weights.bias_ih + weights.bias_hh)[5:10], torch.full((5,), 3.0).double()
            )
    plain = a_stack("rnn_tanh")
    assert plain.with_forget_bias(3.0) is plain


def test_equal_generators_draw_equal_stacks_and_leave_the_global_one_alone():
    before = torch.get_rng_state()

    one, other = a_stack("gru", 2, True), a_stack("gru", 2, True)
    fused(one)

    assert all(torch.equal(v, other.state_dict()[k]) for k, v in one.state_dict().items())
    assert torch.equal(torch.get_rng_state(), before)


def test_layers_that_do_not_fit_are_refused_by_name():
    stack = a_stack("gru", 2)
    (first,), (second,) = stack.layers

    with pytest.raises(ValueError, match="layer 1 must read 5 numbers into 5 units, not 3 into 5"):
        Stack("gru", ((first,), (first,)))
    with pytest.raises(ValueError, match="layer 1 must have 1 directions, not 2"):
        Stack("gru", ((first,), (second, second)))
    with pytest.raises(ValueError, match="at least one layer"):
        Stack("gru", ())
    with pytest.raises(ValueError, match="unknown cell 'elman'; choose from 'rnn_tanh'"):
        Stack("elman", stack.layers)
    with pytest.raises(ValueError, match="lstm needs 4 gates"):
        Stack("lstm", stack.layers)
    with pytest.raises(ValueError, match="explicit generator"):
        Stack.draw("gru", 3, 5)
