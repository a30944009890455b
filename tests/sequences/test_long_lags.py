"""Each problem asks what its paper asks, and its baseline is what no memory reaches."""

import math

import pytest
import torch

from explorer.sequences.long_lags import BLANK, MARKER, NOISE, PROBLEMS, SYMBOLS

MANY = 20_000


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


def drawn(name, sequences=200, length=12, symbols=3, seed=0):
    return PROBLEMS[name].draw(sequences, length, symbols, rng(seed))


@pytest.mark.parametrize("name", PROBLEMS)
def test_a_problem_has_the_steps_inputs_and_answers_that_its_row_says(name):
    problem = PROBLEMS[name]
    for length, symbols in ((problem.shortest, 1), (12, 3)):
        found = problem.draw(7, length, symbols, rng())

        steps, answered = problem.steps(length, symbols), problem.answered(length, symbols)
        assert found.inputs.shape == (steps, problem.inputs, 7)
        assert found.targets.shape == (answered, 7)
        assert found.targets.is_floating_point() == (problem.classes == 0)
        assert problem.asked(length, symbols) <= answered <= steps
        if problem.classes:
            assert 0 <= int(found.targets.min()) <= int(found.targets.max()) < problem.classes


@pytest.mark.parametrize("name", PROBLEMS)
def test_who_knows_the_clock_and_nothing_else_reaches_the_baseline(name):
    problem = PROBLEMS[name]
    targets = drawn(name, MANY, 20).targets

    if problem.classes:
        shares = torch.nn.functional.one_hot(targets, problem.classes).double().mean(1)
        reached = float(torch.special.entr(shares).sum(-1).mean())
    else:
        reached = float(targets.var())
        assert float(targets.mean()) == pytest.approx(problem.mean, abs=0.02)
    assert problem.baseline(20, 3) == pytest.approx(reached, rel=0.03)


@pytest.mark.parametrize("blanks", [10, 20, 30, 50, 100, 200, 300, 500, 1000])
def test_the_baseline_of_copying_ten_symbols_is_that_of_the_paper(blanks):
    assert PROBLEMS["copy"].baseline(blanks, 10) == pytest.approx(10 * math.log(8) / (blanks + 20))


def test_copies_are_asked_for_after_the_marker_and_blanks_before():
    length, symbols = 12, 3
    found = drawn("copy")
    codes = found.inputs.argmax(1)

    assert (found.inputs.sum(1) == 1).all()
    assert (codes[:symbols] < SYMBOLS).all()
    assert (codes[symbols : length + symbols - 1] == BLANK).all()
    assert (codes[length + symbols - 1] == MARKER).all()
    assert (codes[length + symbols :] == BLANK).all()
    assert (found.targets[:-symbols] == BLANK).all()
    assert torch.equal(found.targets[-symbols:], codes[:symbols])


def test_a_recall_is_the_copy_without_its_blanks():
    copied, recalled = drawn("copy", seed=4), drawn("recall", seed=4)

    assert torch.equal(copied.inputs, recalled.inputs)
    assert torch.equal(copied.targets[-3:], recalled.targets)


@pytest.mark.parametrize("length", [6, 13, 50])
def test_the_first_adding_problem_marks_two_early_numbers_and_both_ends(length):
    found = drawn("adding_1997", 500, length)
    numbers, marks = found.inputs[:, 0], found.inputs[:, 1]

    assert (marks[-1] == -1).all()
    assert set(marks[1:-1].unique().tolist()) == {0.0, 1.0}
    ones = marks == 1
    assert (ones.sum(0) == 2).all()
    half = length // 2
    assert not ones[half:].any()
    assert ones[: min(10, half)].any(0).all()
    assert numbers.min() < -0.9
    counted = ones.clone()
    counted[0] = False  # a marked number at the very first step is 0
    torch.testing.assert_close(found.targets[0], 0.5 + (numbers * counted).sum(0) / 4)


@pytest.mark.parametrize("length", [5, 20, 105])
def test_the_order_of_two_symbols_is_their_class(length):
    found = drawn("order", 300, length)
    codes = found.inputs.argmax(1)

    assert (codes[0] == 4).all()
    assert (codes[-1] == 5).all()
    late = codes >= 6
    assert (late.sum(0) == 2).all()
    for sequence in range(300):
        first, second = codes[late[:, sequence], sequence].tolist()
        assert int(found.targets[0, sequence]) == 2 * (first - 6) + (second - 6)
    places = late.float().argmax(0)
    assert (places < length // 2).all()


def test_parity_is_that_of_the_ones():
    found = drawn("parity")

    ones = (found.inputs[:, 0] > 0).sum(0)
    assert torch.equal(found.targets[0], ones % 2)
    assert set(found.inputs.unique().tolist()) == {-1.0, 1.0}


def test_the_noisy_sine_has_a_turn_of_twelve_steps_and_its_noise():
    found = drawn("sine", MANY, 12)

    again = found.targets[0] - found.inputs[0, 0]  # one turn later: two noises are left
    assert float(again.var()) == pytest.approx(2 * NOISE**2, rel=0.05)


@pytest.mark.parametrize("name", PROBLEMS)
def test_a_draw_is_that_of_its_generator_alone(name):
    torch.manual_seed(5)
    before = torch.get_rng_state()
    one, two, other = drawn(name), drawn(name), drawn(name, seed=1)

    assert torch.equal(one.inputs, two.inputs)
    assert torch.equal(one.targets, two.targets)
    assert not torch.equal(one.inputs, other.inputs)
    assert torch.equal(before, torch.get_rng_state())
