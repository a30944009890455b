"""Units that give a wanted count of numbers: against every count there is."""

from dataclasses import replace

import pytest

from explorer.sequences.kinds import KINDS, Build, Shape
from explorer.sequences.kinds.matched import matched_units, size_of

SHAPE = Shape(inputs=3, answers=5, reads="end", length=7)
BUILD = Build(units=8)


@pytest.mark.parametrize("kind", ["vanilla", "both", "stacked", "gru", "rnn", "window"])
@pytest.mark.parametrize("wanted", [1, 700, 1_103])
def test_no_other_number_of_units_comes_nearer(kind, wanted):
    sizes = {n: size_of(KINDS[kind], SHAPE, replace(BUILD, units=n)) for n in range(1, 40)}
    nearest = min(sizes, key=lambda n: (abs(sizes[n] - wanted), n))

    assert matched_units(KINDS[kind], SHAPE, BUILD, wanted) == nearest


def test_the_count_of_an_lstm_is_that_of_its_formula_and_is_found_again():
    H = 23
    numbers = 4 * H * (3 + H + 2) + 5 * (H + 1)

    assert size_of(KINDS["vanilla"], SHAPE, replace(BUILD, units=H)) == numbers
    assert matched_units(KINDS["vanilla"], SHAPE, BUILD, numbers) == H


def test_a_network_without_units_keeps_those_of_the_dial_and_no_numbers_are_refused():
    assert matched_units(KINDS["unordered"], SHAPE, BUILD, 10_000) == BUILD.units
    with pytest.raises(ValueError, match="at least one number, not 0"):
        matched_units(KINDS["vanilla"], SHAPE, BUILD, 0)
