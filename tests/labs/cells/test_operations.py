"""Surgery as text: what is written is what is read, and nonsense gets a sentence."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.cells.surgery import ABLATIONS, Clamp, InputEdit, WeightEdit
from explorer.labs.cells.operations import clamp, edit, joined, parse_operations, words_of

PARTS = st.sampled_from(["input_gate", "forget_gate", "candidate", "cell", "hidden"])
NUMBERS = st.integers(-1000, 1000).map(lambda k: k / 8)


@given(PARTS, st.integers(-1, 255), st.integers(0, 999), st.integers(0, 999), NUMBERS)
def test_a_clamp_that_is_written_is_the_clamp_that_is_read(part, unit, one, other, value):
    first, last = sorted((one, other))
    surgery = parse_operations(clamp(part, unit, first, last, value))

    units = () if unit < 0 else (unit,)
    assert surgery.clamps == (Clamp(part, units, first, last, value),)


@given(st.sampled_from(["weight_ih", "weight_hh", "bias_ih"]), st.integers(0, 999), NUMBERS)
def test_an_edit_that_is_written_is_the_edit_that_is_read(matrix, row, value):
    column = 0 if matrix == "bias_ih" else 3

    surgery = parse_operations(edit(matrix, row, column, value))

    assert surgery.edits == (WeightEdit(matrix, row, column, value),)


def test_a_line_holds_many_operations_in_their_order():
    text = joined(["forget_gate:*:0-3:1", "x:5,3:0.2", "no_input_gate", "cell:2:4-4:-1.5"])

    surgery = parse_operations(text)

    assert surgery.clamps == (
        Clamp("forget_gate", (), 0, 3, 1.0),
        Clamp("cell", (2,), 4, 4, -1.5),
    )
    assert surgery.inputs == (InputEdit(5, 3, 0.2),)
    assert surgery.without == ("no_input_gate",)
    assert words_of(text) == tuple(text.split(";"))


def test_every_part_that_can_be_switched_off_is_a_word():
    assert parse_operations(joined(list(ABLATIONS))).without == tuple(ABLATIONS)


@pytest.mark.parametrize(
    "text",
    [
        "forget",
        "forget_gate:1:2-3:nan",
        "forget_gate:1:2-3:1e999",
        "forget_gate:-1:2-3:0",
        "weight_hh:1:0.5",
        "bias_ih:1,2:0.5",
        "x:1:0.5",
        "__import__('os')",
        "weight_hh:99999,1:0.5",
        "no_input_gate " * 60,
    ],
)
def test_what_is_no_operation_gets_one_sentence(text):
    with pytest.raises(ValueError, match=r"^[^\n]{10,300}$"):
        parse_operations(text)


@given(st.text(max_size=200))
def test_no_text_does_more_than_raise_a_sentence(text):
    with contextlib.suppress(ValueError):
        parse_operations(text)
