"""Cells made by hand: right on sequences never tried before, and honest when they are not."""

import re
from dataclasses import replace
from functools import partial

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.sequences import trace
from explorer.sequences.handmade import HANDMADE, every_sequence, verdict
from explorer.sequences.handmade.counter import gru_counter, lstm_counter
from explorer.sequences.handmade.delay import delay_line
from explorer.sequences.handmade.latch import latch
from explorer.sequences.handmade.oscillator import oscillator

SOLVING = [name for name, made in HANDMADE.items() if made.solves]


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


def told(name, text):
    """What should be said after the last symbol, by reading the whole text again in Python."""
    match name:
        case "latch":
            return text.replace(".", "")[-1:] == "1"
        case "counter" | "gru_counter":
            return re.fullmatch("a+b+", text) is not None and text.count("a") == text.count("b")
        case "parity":
            return text.count("1") % 2 == 1
        case "oscillator":
            return (len(text) - 1) % 6 < 3
        case "delay_line":
            return len(text) > 4 and text[-5] == "1"
    raise AssertionError(f"no answer known for {name}")


def given_answers(made, text, weights=None):
    """What the cell says after each symbol, step by step with the cells of this project."""
    codes = made.encode(text)
    seen = trace(made.cell, weights or made.weights, made.x(codes))
    return (seen.steps.hidden @ made.readout + made.readout_bias > 0).tolist()


@pytest.mark.parametrize("name", HANDMADE)
def test_the_right_answers_are_what_reading_the_text_again_says(name):
    made = HANDMADE[name]
    batches = [*made.always, made.draw(30, 8, rng())]

    for codes in batches:
        right = made.right(codes)
        for column in range(0, codes.shape[1], 1 + codes.shape[1] // 60):
            text = "".join(made.symbols[code] for code in codes[:, column])
            expected = [told(name, text[: end + 1]) for end in range(len(text))]
            assert right[:, column].tolist() == expected


@pytest.mark.parametrize("name", SOLVING)
def test_a_handmade_cell_is_right_on_lengths_never_tried(name):
    made = HANDMADE[name]

    for length, seed in ((37, 1), (1_500, 2)):
        codes = made.draw(length, 1, rng(seed))
        text = "".join(made.symbols[code] for code in codes[:, 0])
        answers = given_answers(made, text)
        for end in {*range(0, length, 97), length // 2, length - 1}:
            assert answers[end] == told(name, text[: end + 1])


@pytest.mark.parametrize("name", SOLVING)
@pytest.mark.parametrize("seed", range(3))
def test_the_verdict_on_a_handmade_cell_is_that_it_solves_its_task(name, seed):
    made = HANDMADE[name]

    found = verdict(made, made.weights, rng(seed))

    assert found.solved
    assert found.first_failure is None
    assert found.margin > 0.5
    assert found.longest >= 1_000


def test_a_counter_still_counts_ten_thousand():
    made = HANDMADE["counter"]
    codes = torch.zeros(20_001, 1, dtype=torch.int64)
    codes[10_000:] = 1

    yes = (made.reading(made.weights, codes) > 0)[:, 0]

    assert yes.nonzero().tolist() == [[19_999]]


def test_the_latch_remembers_a_bit_over_ten_thousand_blanks():
    made = HANDMADE["latch"]
    for bit in (1, 2):
        codes = torch.zeros(10_000, 1, dtype=torch.int64)
        codes[0] = bit
        assert ((made.reading(made.weights, codes) > 0) == (bit == 2)).all()


@pytest.mark.parametrize("strength", [4, 5, 6, 7])
def test_a_latch_with_weak_gates_leaks_and_forgets_when_it_says(strength):
    made = latch(strength)
    codes = torch.zeros(3_000, 1, dtype=torch.int64)
    codes[0] = 2

    right = int((made.reading(made.weights, codes) > 0).sum())

    assert made.holds_until == right


@pytest.mark.parametrize("strength", [12, 14])
def test_a_counter_with_weak_gates_loses_count_when_it_says(strength):
    made = lstm_counter(strength)

    def separates(n):
        word = torch.tensor([0] * n + [1] * (n + 1))[:, None]
        yes = (made.reading(made.weights, word) > 0)[:, 0]
        return yes.nonzero().tolist() == [[2 * n - 1]]

    longest = next(n for n in range(10, 5_000, 10) if not separates(n))

    assert made.holds_until == pytest.approx(2 * longest, rel=0.03)


@pytest.mark.parametrize("bias", [4, 5, 6, 8])
def test_the_count_of_a_gru_saturates_where_its_formula_says(bias):
    made = gru_counter(bias)

    def separates(n):
        word = torch.tensor([0] * n + [1] * (n + 1))[:, None]
        yes = (made.reading(made.weights, word) > 0)[:, 0]
        return yes.nonzero().tolist() == [[2 * n - 1]]

    longest = next(n for n in range(1, 200) if not separates(n)) - 1

    assert made.holds_until == 2 * longest
    assert longest**2 == pytest.approx(torch.tensor(float(bias)).exp() / 2, rel=0.5)


def test_the_gru_of_the_gallery_counts_to_eight_and_its_first_failure_is_the_ninth():
    made = HANDMADE["gru_counter"]

    found = verdict(made, made.weights, rng())

    assert not found.solved
    assert found.first_failure.sequence == "a" * 9 + "b" * 8
    assert (found.first_failure.expected, found.first_failure.given) == (False, True)
    assert made.holds_until == 16
    assert not made.solves


def test_the_first_failure_is_the_earliest_wherever_it_is_tried():
    made = HANDMADE["gru_counter"]
    late = torch.tensor([0] * 20 + [1] * 20)[:, None]

    for always in ((late, *made.always), (*made.always, late)):
        found = verdict(replace(made, always=always), made.weights, rng())
        assert found.first_failure.step == 16


def test_the_margin_is_that_of_the_worst_reading_of_all():
    made = HANDMADE["parity"]
    weak = replace(made.weights, bias_ih=made.weights.bias_ih + 1.2)
    (codes,) = made.always
    distances = torch.where(made.right(codes), 1, -1) * made.reading(weak, codes)
    clearest = codes[:, distances.min(dim=0).values.argmax()][:, None]

    found = verdict(replace(made, draw=lambda *asked: clearest), weak, rng())

    assert found.margin == distances.min().item()


def test_a_reading_of_exactly_zero_is_a_no():
    made = replace(HANDMADE["parity"], readout=torch.zeros(2).double(), readout_bias=0.0)

    found = verdict(made, made.weights, rng())

    assert (found.first_failure.sequence, found.first_failure.expected) == ("1", True)
    assert found.first_failure.given is False
    assert found.margin == 0


def test_weights_of_single_precision_are_tried_in_double():
    made = HANDMADE["latch"]

    assert verdict(made, made.weights.to(torch.float32), rng()).solved


@pytest.mark.parametrize("half", [1, 2, 5])
def test_the_period_of_a_ring_is_twice_its_units(half):
    made = oscillator(half)

    answers = given_answers(made, "." * 60)

    assert answers == ([True] * half + [False] * half) * (30 // half)


@pytest.mark.parametrize("steps", [1, 3, 9])
def test_a_delay_line_of_any_length_says_what_came_that_long_ago(steps):
    text = "0110100110010110" * 4

    assert given_answers(delay_line(steps), text)[steps:] == [
        symbol == "1" for symbol in text[:-steps]
    ]


@pytest.mark.parametrize("name", HANDMADE)
def test_every_unit_and_every_symbol_is_accounted_for(name):
    made = HANDMADE[name]

    assert made.name == name
    assert len(made.units) == made.weights.units
    assert len(made.symbols) == len(made.vectors)
    with pytest.raises(ValueError, match="unknown symbol 'x'; choose from '"):
        made.encode(made.symbols + "x")


@pytest.mark.parametrize("name", HANDMADE)
def test_the_first_failure_of_spoiled_weights_can_be_replayed(name):
    made = HANDMADE[name]
    spoiled = replace(
        made.weights,
        weight_ih=0.01 * made.weights.weight_ih,
        weight_hh=0.1 * made.weights.weight_hh - 0.2,
    )

    failure = verdict(made, spoiled, rng()).first_failure

    assert len(failure.sequence) == failure.step + 1
    answers = given_answers(made, failure.sequence, spoiled)
    expected = [told(name, failure.sequence[: end + 1]) for end in range(len(failure.sequence))]
    assert answers[-1] == failure.given != failure.expected == expected[-1]
    assert answers[:-1] == expected[:-1]


@pytest.mark.parametrize("name", HANDMADE)
@settings(max_examples=12)
@given(data=st.data())
def test_any_finite_weights_get_a_verdict(name, data):
    made = HANDMADE[name]
    made = replace(made, draw=partial(short, made.draw))
    numbers = st.sampled_from([0.0, 1.0, -3.5, 1e4, -1e200, 1.7e308, -1.7e308, 5e-324])
    weights = {}
    for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
        edited = getattr(made.weights, part).clone()
        place = data.draw(st.integers(0, edited.numel() - 1))
        edited.view(-1)[place] = data.draw(numbers)
        weights[part] = edited

    found = verdict(made, replace(made.weights, **weights), rng())

    assert found.solved == (found.first_failure is None)
    assert found.solved or found.margin <= 0


def short(draw, length, many, generator):
    return draw(min(length, 30), many, generator)


def test_numbers_beyond_all_bounds_are_no_answer():
    made = HANDMADE["parity"]
    endless = {
        part: torch.full_like(getattr(made.weights, part), -1.7e308)
        for part in ("weight_ih", "weight_hh", "bias_ih")
    }  # after the first one: infinity less infinity

    found = verdict(made, replace(made.weights, **endless), rng())

    assert not found.solved
    assert found.margin == -torch.inf
    assert made.reading(replace(made.weights, **endless), torch.ones(3, 1).long())[2].isnan()


@pytest.mark.parametrize(
    ("part", "change", "complaint"),
    [
        ("weight_ih", lambda w: w[:, :1], "weight_ih of latch must be 4×2 numbers"),
        ("weight_hh", lambda w: w.repeat(1, 2), "weight_hh of latch must be 4×1 numbers"),
        ("bias_ih", lambda w: w * torch.nan, "bias_ih must be finite numbers"),
        ("bias_hh", lambda w: w + torch.inf, "bias_hh must be finite numbers"),
    ],
)
def test_weights_of_another_shape_and_no_numbers_are_refused(part, change, complaint):
    made = HANDMADE["latch"]
    weights = replace(made.weights, **{part: change(getattr(made.weights, part))})

    with pytest.raises(ValueError, match=complaint):
        verdict(made, weights, rng())


def test_equal_generators_give_equal_verdicts_and_the_global_one_is_left_alone():
    made = HANDMADE["gru_counter"]
    before = torch.get_rng_state()

    assert verdict(made, made.weights, rng(5)) == verdict(made, made.weights, rng(5))
    assert torch.equal(torch.get_rng_state(), before)


def test_every_sequence_is_there_once():
    found = {tuple(column) for column in every_sequence(3, 4).T.tolist()}

    assert len(found) == 3**4
    assert {number for column in found for number in column} == {0, 1, 2}


@pytest.mark.parametrize("name", HANDMADE)
def test_the_example_of_a_cell_is_in_its_symbols_and_has_both_answers(name):
    made = HANDMADE[name]

    answers = {told(name, made.example[: end + 1]) for end in range(len(made.example))}

    assert set(made.example) <= set(made.symbols)
    assert answers == {True, False}
    assert given_answers(made, made.example) == [
        told(name, made.example[: end + 1]) for end in range(len(made.example))
    ]


def test_no_two_cells_are_called_the_same():
    assert len({made.label for made in HANDMADE.values()}) == len(HANDMADE)
