"""Units that give a wanted count of numbers: against every count there is."""

from dataclasses import replace

import pytest

from explorer.sequences.kinds import KINDS, Build, Shape
from explorer.sequences.kinds.matched import matched_build, size_of

SHAPE = Shape(inputs=3, answers=5, reads="end", length=7)
BUILD = Build(units=8)


@pytest.mark.parametrize("kind", ["vanilla", "both", "gru", "window"])
def test_no_other_size_comes_nearer(kind):
    field = KINDS[kind].sized
    sizes = {n: size_of(KINDS[kind], SHAPE, replace(BUILD, **{field: n})) for n in range(1, 25)}

    for wanted in (1, 700, sizes[9], sizes[9] + 1):
        nearest = min(sizes, key=lambda n: (abs(sizes[n] - wanted), n))
        assert getattr(matched_build(KINDS[kind], SHAPE, BUILD, wanted), field) == nearest


def test_the_count_of_an_lstm_is_that_of_its_formula_and_is_found_again():
    H = 23
    numbers = 4 * H * (3 + H + 2) + 5 * (H + 1)

    assert size_of(KINDS["vanilla"], SHAPE, replace(BUILD, units=H)) == numbers
    assert matched_build(KINDS["vanilla"], SHAPE, BUILD, numbers).units == H


def test_a_network_without_units_stays_as_it_is_and_no_numbers_are_refused():
    assert matched_build(KINDS["unordered"], SHAPE, BUILD, 10_000) == BUILD
    with pytest.raises(ValueError, match="at least one number, not 0"):
        matched_build(KINDS["vanilla"], SHAPE, BUILD, 0)
