"""A cell along a sequence: the quick way and the slow way are one way."""

import pytest
import torch

from explorer.cells import CELLS, Cell, State, Surgery, Weights, untouched
from tests.ulps import ulps_apart


def normal(seed, *shape, dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64).to(dtype)


def a_reading(name, units, batch=(), dtype=torch.float64, steps=20):
    cell = CELLS[name]
    weights = cell.draw(3, units, torch.Generator().manual_seed(units), dtype)
    memory = normal(2, *batch, units, dtype=dtype) if cell.memory == "cell" else None
    state = State(normal(1, *batch, units, dtype=dtype), memory)
    return cell, weights, cell.from_input(weights, normal(3, steps, *batch, 3, dtype=dtype)), state


def same(one, other):
    return all(torch.equal(getattr(other, name), value) for name, value in vars(one).items())


def apart(one, other):
    """Of parts by name, in units in the last place of 1: states are of that size, sums cancel."""
    return max(ulps_apart(value, other[name], at=1) for name, value in one.items())


@pytest.mark.parametrize("backward", [False, True])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("units", [1, 7, 16, 33])
@pytest.mark.parametrize("name", ["lstm"])
def test_the_quick_way_along_a_sequence_is_the_slow_one_but_for_16_units_in_the_last_place(
    name, units, dtype, backward
):
    cell, weights, arriving, state = a_reading(name, units, dtype=dtype)

    quick = cell.along(weights, arriving, state, None, backward)
    slow = Cell.along(cell, weights, arriving, state, None, backward)
    touched = cell.along(weights, arriving, state, lambda place: untouched, backward)

    assert apart(vars(quick), vars(slow)) <= 16
    assert same(touched, slow)


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize("batch", [(), (4,)])
def test_the_way_along_a_sequence_is_one_step_after_the_other(name, batch):
    cell, weights, arriving, state = a_reading(name, 6, batch)

    along = vars(cell.along(weights, arriving, state))

    for place, numbers in enumerate(arriving):
        step = cell.advance(weights, numbers, state)
        state = step.state
        assert apart(vars(step), {name: value[place] for name, value in along.items()}) <= 16


@pytest.mark.parametrize("name", CELLS)
def test_the_way_back_is_the_way_along_the_reversed_sequence(name):
    cell, weights, arriving, state = a_reading(name, 6)

    back = vars(cell.along(weights, arriving, state, backward=True))

    reversed_ = vars(cell.along(weights, arriving.flip(0).clone(), state))
    assert apart(back, {name: value.flip(0) for name, value in reversed_.items()}) <= 16


@pytest.mark.parametrize("name", CELLS)
def test_what_is_done_at_a_place_is_done_there_on_the_way_back_too(name):
    cell, weights, arriving, state = a_reading(name, 4)
    part = cell.touchable[0]

    def only_the_third(place):
        return (
            (lambda name, value, parts: value * 0 + 0.5 if name == part else value)
            if place == 3
            else untouched
        )

    back = cell.along(weights, arriving, state, only_the_third, backward=True)

    assert (getattr(back, part) == 0.5).all(-1).nonzero().tolist() == [[3]]
    plain = cell.along(weights, arriving, state, lambda place: untouched, backward=True)
    unchanged = (back.hidden == plain.hidden).all(-1)
    assert unchanged[4:].all()
    assert not unchanged[:3].any()


@pytest.mark.parametrize("name", CELLS)
def test_the_touch_is_asked_about_every_part_in_the_order_the_cell_names(name):
    cell, weights, arriving, state = a_reading(name, 4)
    asked, known = [], []

    def listen(part, value, parts):
        asked.append(part)
        known.append(tuple(parts))
        return value

    step = cell.advance(weights, arriving[0], state, listen)

    assert tuple(asked) == cell.touchable
    assert known == [cell.touchable[:number] for number in range(len(asked))]
    assert same(step, cell.advance(weights, arriving[0], state))


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize("asked", ["weights", "state"])
def test_gradients_flow_along_a_sequence_where_they_are_asked_for(name, asked):
    cell, weights, arriving, state = a_reading(name, 4)
    wanted = weights.weight_hh if asked == "weights" else state.hidden
    wanted.requires_grad_()

    cell.along(weights, arriving, state).hidden.square().sum().backward()

    direction, small = normal(7, *wanted.shape), 1e-6
    moved = []
    for sign in (1, -1):
        shifted = wanted.detach() + sign * small * direction
        there = (
            Weights(**{**weights.parts, "weight_hh": shifted}) if asked == "weights" else weights
        )
        start = state if asked == "weights" else State(shifted, state.cell)
        with torch.no_grad():
            moved.append(cell.along(there, arriving, start).hidden.square().sum())
    slope = (moved[0] - moved[1]) / (2 * small)
    torch.testing.assert_close((wanted.grad * direction).sum(), slope, rtol=1e-6, atol=1e-8)


def test_the_quick_way_leaves_what_it_was_given_as_it_was():
    cell, weights, arriving, state = a_reading("lstm", 5)
    before = [part.clone() for part in (arriving, state.hidden, state.cell)]

    cell.along(weights, arriving, state)

    assert all(map(torch.equal, before, (arriving, state.hidden, state.cell)))


def test_a_surgery_that_touches_a_later_step_leaves_the_bits_of_earlier_ones():
    cell, weights, arriving, state = a_reading("lstm", 5)
    surgery = Surgery(without=("no_output_gate",))

    operated = cell.along(
        weights, arriving, state, lambda p: surgery.touch(p) if p > 9 else untouched
    )

    plain = cell.along(weights, arriving, state, lambda p: untouched)
    assert torch.equal(operated.hidden[:10], plain.hidden[:10])
