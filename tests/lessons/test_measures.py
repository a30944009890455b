"""Measures of lessons against what is known by hand."""

import math

import pytest

from explorer.labs.sequences import SequenceLab
from explorer.labs.transport import Sand
from explorer.lessons.measures import MEASURES


def of_sand(measure: str, **settings: object) -> float:
    return MEASURES[measure].value(Sand(**settings))  # type: ignore[arg-type]


def test_w1_falls_by_what_a_pile_is_moved_nearer_and_grows_by_what_it_is_moved_away():
    stands = of_sand("pile_w1")

    assert of_sand("pile_w1", shift=1.0) == pytest.approx(stands - 1)
    assert of_sand("pile_w1", shift=-1.5) == pytest.approx(stands + 1.5)


def test_of_two_blocks_apart_js_is_log_2_and_flat_kl_infinite_and_w1_as_steep_as_one():
    apart = {"view": "sliding", "slide_theta": -2.5}

    assert of_sand("slide_js", **apart) == pytest.approx(math.log(2))
    assert of_sand("slide_js_slope", **apart) == pytest.approx(0, abs=1e-12)
    assert of_sand("slide_w1_slope", **apart) == pytest.approx(1)
    assert of_sand("slide_kl", **apart) == math.inf
    assert MEASURES["slide_kl"].written(math.inf) == "infinite"


@pytest.mark.parametrize(
    ("critic", "found"),
    [("4 3 2 1 0", 100), ("0 1 2 3 4", -100), ("7 7 7 7 7", 0), ("2 1.5 1 0.5 0", 50)],
)
def test_a_critic_finds_its_slope_in_percent_where_all_sand_goes_one_way(critic: str, found: float):
    assert of_sand("critic_gap", guess_critic=critic) == pytest.approx(found, abs=1e-9)


def test_a_stack_of_two_has_the_numbers_that_one_counts_by_hand():
    inputs, units, speakers = 12, 32, 9
    readout = (units + 1) * speakers
    first, second = (4 * units * (reads + units + 2) for reads in (inputs, units))
    lab = SequenceLab(task="speech", first="vanilla", second="stacked", third="", layers=2)

    ratio = (first + second + readout) / (first + readout)
    assert MEASURES["numbers_ratio"].value(lab) == pytest.approx(100 * ratio)


def test_the_likeliest_text_says_the_last_piece_of_that_length_twice():
    lab = SequenceLab(view="writing", author="english-lstm", prime="The ", temperature=0.0)
    length = int(MEASURES["circle"].value(lab))

    text = lab.writing().written(greedy=True).text
    assert text[-length:] == text[-2 * length : -length]
