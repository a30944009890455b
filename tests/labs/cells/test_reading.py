"""What the cell lab shows of a reading: it is what was computed, for every cell and every view."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from explorer.cells import CELLS
from explorer.figures.cells import answers
from explorer.labs.cells import CellLab, read
from explorer.labs.cells.forgetting import Curves, curves, told
from explorer.labs.cells.made import changes, made, with_value
from explorer.labs.cells.operated import ablations, holds, operate, operation
from explorer.labs.cells.patterns import search
from explorer.labs.cells.remembered import has_memory, remembered, telling_moment
from explorer.labs.cells.settings import READS, TRAINED, readers_of
from explorer.labs.cells.written import written
from explorer.sequences.handmade import HANDMADE
from explorer.sequences.probe import Forgetting, ForgettingCurve

NOISE = {"reads": "noise", "units": 5, "steps": 9}


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("more", [{}, {"layers": 2, "place": 1}, {"both_ways": True}])
def test_every_cell_agrees_with_an_independent_way_to_its_numbers(cell, more):
    seen = read(CellLab(cell=cell, **NOISE, **more))

    assert seen.difference < 1e-12
    assert len(seen.frames) == 9
    assert seen.units == 5


@pytest.mark.parametrize("reads", TRAINED)
def test_every_shipped_network_reads_and_agrees(reads):
    for cell in readers_of(reads):
        seen = read(CellLab(reads=reads, cell=cell))

        # A trained network enlarges a last bit some thousand times over these 70 characters.
        assert seen.difference < 1e-11
        assert 0 <= seen.unit < seen.units
        assert len(seen.frames) == len(seen.reader.tokens)


def test_the_weights_of_the_still_frame_and_the_inputs_of_a_frame_add_up_to_the_gate():
    seen = read(CellLab())
    weights, frame = seen.still.arrays, seen.frames[7]
    gates = np.split(weights["weight_ih"] @ frame.arrays["x"] + weights["bias_ih"], 4)

    for gate, name in zip(gates, ("input", "forget", "candidate", "output"), strict=True):
        np.testing.assert_allclose(frame.arrays[f"{name}/from_input"], gate, atol=1e-5)


def test_a_line_break_is_typed_as_an_arrow():
    seen = read(CellLab(text="a↵⇥b"))

    assert seen.reader.text == "a\n\tb"


def test_a_backward_direction_is_looked_at_where_there_is_one():
    forward = read(CellLab(reads="digits", cell="lstm", place=0))
    backward = read(CellLab(reads="digits", cell="lstm", place=1))

    assert not forward.backward
    assert backward.backward
    with pytest.raises(
        ValueError, match="place must be between 0 and 0 for lstm of 64 units, one layer"
    ):
        read(CellLab(place=9))


def test_what_cannot_be_read_together_is_refused_in_one_sentence():
    with pytest.raises(ValueError, match="'gru' was trained to read English; choose from 'lstm'"):
        read(CellLab(reads="english", cell="gru"))
    with pytest.raises(ValueError, match="upload the file again"):
        read(CellLab(reads="yours", upload="0" * 16))


@pytest.mark.parametrize("reads", READS)
def test_each_thing_to_read_has_a_cell_that_reads_it(reads):
    assert readers_of(reads)


# ------------------------------------------------------------------------------------- memory


@pytest.mark.parametrize("cell", [c for c in CELLS if has_memory(c)])
@pytest.mark.parametrize("backward", [False, True])
def test_the_parts_of_a_memory_add_up_to_it_in_either_direction(cell, backward):
    seen = read(CellLab(cell=cell, reads="noise", steps=60, both_ways=True, place=int(backward)))

    assert remembered(seen, 3).residual < 1e-12


def test_half_the_memory_is_left_after_a_half_life_of_the_mean_gate():
    lives = remembered(read(CellLab()), 0).lives

    torch.testing.assert_close(
        lives.gate**lives.half_life, torch.full_like(lives.gate, 0.5), atol=1e-9, rtol=0
    )


def test_a_forgetting_curve_starts_above_guessing_for_a_network_that_was_trained():
    found = curves(CellLab())

    newest = found.by_task["several items"].curves["hidden"]
    assert newest.score[0] > newest.baseline[0] + 0.3
    assert "one item" in told(found)


@pytest.mark.parametrize(
    ("above", "said"),
    [
        ([0.5, 0.9, 0.9], "h with one item: not at all"),
        ([1.9, 5.0, 5.0], "h with one item: not at all"),
        ([2.1, 1.9, 5.0], "h with one item: up to 0 steps"),
        ([2.1, 2.1, 1.0], "h with one item: up to 1 steps"),
        ([2.1, 2.1, 2.1], "h with one item: beyond 2 steps"),
    ],
)
def test_what_is_within_two_standard_errors_of_guessing_is_not_told(above, said):
    error = torch.full((3,), 0.03, dtype=torch.float64)
    guessing = torch.full((3,), 0.125, dtype=torch.float64)
    score = guessing + error * torch.tensor(above, dtype=torch.float64)
    curve = ForgettingCurve((0, 1, 2), score, error, guessing, places=64)

    found = told(Curves({"one item": Forgetting({"hidden": curve})}, "share of right answers"))

    assert found == f"Better than guessing by two standard errors: {said}."


def test_a_step_opens_where_the_unit_forgets_most_of_its_memory():
    seen = read(CellLab())
    memory = np.array([frame.arrays["cell"][61] for frame in seen.frames])
    gates = np.array([frame.arrays["forget"][61] for frame in seen.frames])
    lost = np.abs(np.concatenate(([0], memory[:-1])) * (1 - gates))

    assert telling_moment(seen, 61) == lost.argmax() > 0
    assert answers.step(CellLab(unit=61), False).start == lost.argmax()
    assert answers.step(CellLab(unit=61, step=16), False).start == 16
    assert gates[lost.argmax()] < 0.9


def test_a_plain_state_opens_where_it_changes_most():
    seen = read(CellLab(cell="rnn_tanh"))
    state = np.array([frame.arrays["hidden"][3] for frame in seen.frames])

    moves = np.abs(np.diff(state, prepend=0))
    assert telling_moment(seen, 3) == moves.argmax()


def test_a_backward_reader_forgets_what_stands_to_its_right():
    seen = read(CellLab(cell="gru", both_ways=True, place=1, **NOISE))
    state = np.array([frame.arrays["hidden"] for frame in seen.frames])
    gates = np.array([frame.arrays["update"] for frame in seen.frames])
    lost = np.abs(np.append(state[1:], np.zeros((1, 5)), axis=0) * (1 - gates))

    assert [telling_moment(seen, unit) for unit in range(5)] == lost.argmax(axis=0).tolist()


def test_the_memory_opens_where_most_is_held_of_what_was_written_before():
    seen = read(CellLab())
    found = remembered(seen, 61)
    memory = np.array([frame.arrays["cell"][61] for frame in seen.frames])
    moment = found.fullest
    step, part = found.largest(moment)

    assert step < moment < len(seen.frames) - 1
    assert part == pytest.approx(float(found.parts[moment, step]))
    assert abs(memory[moment]) == pytest.approx(np.abs(memory).max(), rel=0.01)
    assert answers.memory(CellLab(unit=61), False).start == moment
    just_written = replace(found, parts=torch.eye(5, dtype=torch.float64))
    assert just_written.fullest == 4


# ------------------------------------------------------------------------------------ surgery


def test_what_an_operation_changed_is_said_of_whom_and_in_which_unit():
    found = operate(CellLab(unit=61), 61)
    said = found.frames[0].sentences["says"]
    before, after = found.surprise

    assert f"Unit {found.moved_unit}'s memory moved furthest, by {found.moved:.2g}. " in said
    shares = [f"{100 * np.exp(-cost):.2g} %" for cost in (after, before)]
    assert f"A character is typically given {shares[0]}, not {shares[1]}" in said
    assert f"(−ln: {after:.2f} nats, not {before:.2f})." in said


def test_what_is_the_same_to_the_digits_shown_is_not_said_to_be_another():
    found = operate(CellLab(unit=61, text="abc", first=2, last=2), 61)
    said = found.frames[0].sentences["says"]

    assert " %, as before, to these digits. " in said
    assert ", not " not in said


def test_without_an_operation_nothing_is_different():
    found = operate(CellLab(hold="nothing"), 3)

    assert found.moved == 0
    assert found.texts is not None
    assert found.texts[0] == found.texts[1]
    for frame in found.frames:
        assert all(
            not values.any() for name, values in frame.arrays.items() if "difference/" in name
        )


def test_a_memory_whose_gates_are_held_open_and_shut_stays_as_it_was():
    words = "forget_gate:7:4-9:1;input_gate:7:4-9:0"
    found = operate(CellLab(hold="nothing", operations=words), 7)

    kept = [frame.arrays["cell"][7] for frame in found.frames[3:10]]
    assert len(set(kept)) == 1
    assert found.moved > 0


def test_the_hand_that_is_laid_on_comes_after_what_was_done_before():
    settings = CellLab(operations="no_input_gate", hold="output_gate", value=0.5, first=9, last=2)

    assert operation(settings, 4, 30) == "no_input_gate;output_gate:4:2-9:0.5"
    assert operation(settings, 4, 6) == "no_input_gate;output_gate:4:2-5:0.5"


@pytest.mark.parametrize("cell", CELLS)
def test_everything_that_can_be_held_or_left_out_can_be(cell):
    for part in holds(cell):
        operate(CellLab(cell=cell, hold=part, value=0.5, **NOISE), 1)
    for name in ablations(cell):
        found = operate(CellLab(cell=cell, hold="nothing", operations=name, **NOISE), 1)
        assert found.surgery.without == (name,)


@pytest.mark.parametrize(
    "words", ["forget_gate:99:0-1:0", "weight_hh:999,0:1", "reset_gate:0:0-0:1"]
)
def test_an_operation_that_does_not_fit_is_refused_in_one_sentence(words):
    with pytest.raises(ValueError, match=r"^[^\n]{10,250}$"):
        operate(CellLab(hold="nothing", operations=words), 0)


# ----------------------------------------------------------------------------------- patterns


def test_the_units_of_a_pattern_are_above_the_threshold_where_it_is_marked():
    settings = CellLab(text="f(a) + g(b) + h(c)", first=2, last=2, threshold=0.4, strict=False)
    seen = read(settings)
    found = search(seen, settings, 0)
    memory = np.stack([frame.arrays["cell"] for frame in seen.frames])

    assert found.pattern.units
    for unit in found.pattern.units:
        assert abs(memory[2, unit]) >= 0.4 * np.abs(memory[:, unit]).max() - 1e-6
    marks = found.still.arrays["matches"]
    assert marks.any()
    assert not marks[2]


# ------------------------------------------------------------------------------------ writing


def test_equal_seeds_write_equal_texts_and_the_prompt_stands_before():
    settings = CellLab(view="writing", length=30, prompt="def ", seed=5)
    one, other = written(settings), written(CellLab(length=30, prompt="def ", seed=5))

    assert one.text == other.text
    assert one.text.startswith("def ")
    assert len(one.frames) == 34


def test_what_a_letter_costs_a_network_is_the_mean_over_the_letters_that_it_could_expect():
    found = written(CellLab(length=25))

    for cell in ("rnn_tanh", "lstm", "gru"):
        came = [frame.scalars[f"{cell}/next/came"] for frame in found.frames[1:]]
        assert found.cost[cell] == pytest.approx(-np.log(came).mean(), rel=1e-5)
        assert f"{CELLS[cell].short} {found.cost[cell]:.2f}" in found.frames[0].sentences["look"]


def test_no_letter_owes_anything_to_itself_or_to_what_comes_after():
    found = written(CellLab(length=12))

    for letter, frame in enumerate(found.frames):
        for cell in ("rnn_tanh", "lstm", "gru"):
            assert not frame.arrays[f"{cell}/saliency"][letter:].any()
            if letter:
                assert frame.arrays[f"{cell}/saliency"][letter - 1] > 0


# ------------------------------------------------------------------------------------- by hand


@pytest.mark.parametrize("name", HANDMADE)
def test_a_hand_made_cell_answers_its_own_example_right(name):
    found = made(CellLab(hand=name))

    if HANDMADE[name].solves:
        assert found.verdict.solved
    assert found.given == found.right
    assert len(found.frames) == len(found.word)


def test_an_edit_of_a_weight_survives_in_the_link_and_can_break_the_counter():
    entry = HANDMADE["counter"]
    edited = with_value(entry.weights, "bias_ih", 0, 0, -40.0)
    words = changes(entry, edited)

    assert words == "bias_ih:0:-40"
    found = made(CellLab(hand="counter", changed=words))
    assert not found.verdict.solved
    torch.testing.assert_close(found.weights.bias_ih, edited.bias_ih)


def test_a_word_in_other_symbols_is_refused():
    with pytest.raises(ValueError, match="unknown symbol 'x'"):
        made(CellLab(hand="counter", word="aax"))
