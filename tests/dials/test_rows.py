"""A dial is one row, and whatever reads a configuration reads that row."""

import math
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.dials import (
    Dial,
    again,
    check,
    dial,
    dials,
    live,
    part,
    power,
    shared,
    turned,
    values,
)
from explorer.runs import links


@dataclass(frozen=True)
class Rule:
    label: str


RULES = {"adam": Rule("Adam"), "sgd": Rule("gradient descent")}


@dataclass(frozen=True)
class Start:
    x: float = dial(1.0, "θ at the start", low=-3.0, high=3.0)
    moves: int = dial(0, "Judge's moves", low=0, high=10, live=True)

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True)
class Lab:
    rule: str = dial("adam", "Optimizer", choices=RULES)
    other: str = dial("", "Other rule", choices=RULES, none="no other")
    rate: float = dial(1e-3, "Learning rate", low=0.0, high=10.0, live=True)
    both: bool = dial(False, "Both ways")
    text: str = dial("abc", "Text", longest=5, letters="abcdef")
    bias: float | None = dial(None, "Forget bias", low=-10.0, high=10.0)
    start: Start = Start()

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True)
class Slower(Lab):
    rate: float = again(Lab, "rate", default=1e-4, high=0.5)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"rule": "lion"}, "unknown rule 'lion'; choose from 'adam', 'sgd'"),
        ({"other": "lion"}, "unknown other 'lion'; choose from '', 'adam', 'sgd'"),
        ({"rate": 11}, "rate must be between 0 and 10, not 11"),
        ({"rate": math.nan}, "rate must be a number, not nan"),
        ({"rate": math.inf}, "rate must be a number, not inf"),
        ({"rate": True}, "rate must be a number, not True"),
        ({"rate": 10**400}, f"rate must be between 0 and 10, not {10**400}"),
        ({"both": 1}, "both must be true or false, not 1"),
        ({"text": "abcdef"}, "text must have at most 5 characters, not 6"),
        ({"text": "abxc"}, "text must be letters of 'abcdef', not 'abxc'"),
        ({"bias": 11.0}, "bias must be between -10 and 10, not 11"),
        ({"start_moves": 1.5}, "start_moves must be a whole number, not 1.5"),
        ({"start_moves": 11}, "start_moves must be between 0 and 10, not 11"),
        ({"colour": "red"}, "there is no setting 'colour'"),
    ],
)
def test_what_a_row_does_not_allow_is_named_with_what_is_allowed(given, said):
    with pytest.raises(ValueError) as refused:
        turned(Lab(), given)

    assert str(refused.value) == said


ANYTHING = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5))


@pytest.mark.parametrize("like", [3, 3.0, None])
@given(given=ANYTHING)
def test_a_number_is_in_its_range_or_refused_in_one_line(like, given):
    try:
        Dial(label="Gain", low=1, high=7).check("gain", given, like)
        said = ""
    except ValueError as error:
        said = str(error)

    number = isinstance(given, int | float) and not isinstance(given, bool)
    kind = isinstance(given, int) or not isinstance(like, int)
    nothing = given is None and like is None
    assert (said == "") == (nothing or (number and kind and 1 <= given <= 7))
    assert said.count("\n") == 0


def test_what_a_row_allows_at_its_ends_is_taken():
    ends = {"rate": 10.0, "start_x": -3.0, "start_moves": 10, "text": "", "bias": -10}

    assert values(turned(Lab(), ends)).items() >= ends.items()


def test_an_inner_configuration_is_called_by_both_names_everywhere():
    lab = turned(Lab(), {"start_x": 2.0, "other": "sgd"})

    assert lab == Lab(other="sgd", start=Start(x=2.0))
    assert links.encode(lab) == {"other": "sgd", "start_x": "2"}
    assert links.decode(Lab, links.encode(lab)).settings == lab
    assert set(dials(Lab)) == set(values(Lab()))


def test_a_wrong_inner_value_in_a_link_leaves_the_rest_of_it():
    opened = links.decode(Lab, {"start_x": "9", "start_moves": "2", "rule": "sgd"})

    assert opened.settings == Lab(rule="sgd", start=Start(moves=2))
    assert opened.problems == (
        "In the link: start_x must be between -3 and 3, not 9. The default is used.",
    )


def test_a_choice_is_written_as_its_registry_calls_it():
    rows = dials(Lab)

    assert [rows["other"].written(name) for name in rows["other"].names] == [
        "no other",
        "Adam",
        "gradient descent",
    ]
    assert rows["rate"].written(0.1) == "0.1"


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (1e-3, "10⁻³"),
        (5e-4, "5·10⁻⁴"),
        (2.5e-12, "2.5·10⁻¹²"),
        (0.00123, "1.23·10⁻³"),
        (20.0, "2·10¹"),
        (1.0, "10⁰"),
        (0, "0"),
    ],
)
def test_a_power_of_ten_says_its_number_to_the_digit(number: float, written: str):
    mantissa, _, power_of_ten = (written if "·" in written else f"1·{written}").partition("·")
    digits = power_of_ten.removeprefix("10").translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))

    assert power(number) == written
    if number:
        assert float(f"{mantissa}e{digits}") == number


def test_a_number_and_a_switch_are_written_as_people_write_them():
    rows = dials(Lab)

    assert [rows["rate"].written(value) for value in (10.0, 1e-3, 0.25)] == ["10", "0.001", "0.25"]
    assert [rows["both"].written(value) for value in (True, False)] == ["on", "off"]


def test_a_page_offers_the_ends_of_the_scale_or_else_all_that_is_allowed():
    @dataclass(frozen=True)
    class Two:
        some: int = dial(5, "Some", low=1, high=100, offered=(1, 20))
        each: float = dial(0.1, "Each", low=0.0, high=9.0, offered=(0.1, 0.3, 1.0))
        free: int = dial(5, "Free", low=1, high=100)

    assert [row.ends for row in dials(Two).values()] == [(1, 20), (0.1, 1.0), (1, 100)]


def test_a_configuration_takes_over_what_it_has_in_common_with_another():
    @dataclass(frozen=True)
    class Own:
        rate: float = 0.0
        both: bool = False
        other_thing: int = 1

    assert shared(Lab(rate=0.5, both=True), Own) == {"rate": 0.5, "both": True}


def test_dials_that_turn_while_a_run_goes_on_are_told_by_their_rows():
    assert live(Lab) == ("rate", "start_moves")


def test_a_row_used_again_keeps_what_is_not_said_anew():
    row = dials(Slower)["rate"]

    assert Slower().rate == 1e-4
    assert (row.label, row.low, row.high, row.live) == ("Learning rate", 0.0, 0.5, True)
    assert dials(Lab)["rate"].high == 10.0
    with pytest.raises(ValueError, match="Lab has no dial 'colour'"):
        again(Lab, "colour")


def test_settings_that_repeat_the_dials_of_another_configuration_make_it():
    @dataclass(frozen=True)
    class Page:
        pace: float = again(Lab, "rate")
        rule: str = again(Lab, "rule", default="sgd")
        x: float = again(Start, "x")
        text: str = dial("of the page alone", "Text")

    page = Page(pace=0.5, x=2.0)

    assert part(page, Lab) == Lab(rate=0.5, rule="sgd")
    assert part(page, Lab, rule="adam", both=True) == Lab(rate=0.5, both=True)
    assert part(page, Start) == Start(x=2.0)
    with pytest.raises(ValueError, match="rate must be between 0 and 10, not 11"):
        part(Page(pace=11.0), Lab)


@pytest.mark.parametrize(
    ("label", "called"),
    [
        ("Judge's updates", "judge's updates"),
        ("WGAN-GP: λ", "WGAN-GP: λ"),
        ("R1: γ", "R1: γ"),
        ("θ at the start", "θ at the start"),
    ],
)
def test_a_sentence_calls_a_dial_by_its_label(label: str, called: str):
    @dataclass(frozen=True)
    class One:
        it: float = dial(0.0, label)

    assert dials(One)["it"].name == called
