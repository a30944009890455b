"""A link is the experiment, and no link can do harm."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.gans.objectives import OBJECTIVES
from explorer.labs.cells import CellLab
from explorer.labs.gans.settings import GanLab
from explorer.labs.gradients import Flow
from explorer.runs import links

KINDS = (GanLab, CellLab, Flow)

labs = st.builds(
    GanLab,
    data=st.sampled_from(["ring", "grid", "moons", "swiss_roll", "digits"]),
    first=st.sampled_from(list(OBJECTIVES)),
    seed=st.integers(0, 10**6),
    critic_steps=st.integers(1, 20),
    generator_rate=st.floats(1e-6, 0.1),
    penalty_weight=st.floats(0, 100),
    width=st.integers(4, 256),
)
parameters = st.dictionaries(
    st.one_of(st.sampled_from(["data", "seed", "width", "text", "length", "view"]), st.text()),
    st.one_of(
        st.text(),
        st.sampled_from(["nan", "inf", "-1", "1e400", "9" * 500, "<script>", "../..", "\x00", "٣"]),
    ),
    max_size=6,
)


@given(labs)
@settings(max_examples=60, deadline=None)
def test_a_link_brings_back_the_experiment_it_was_made_from(lab: GanLab):
    opened = links.decode(GanLab, links.encode(lab))

    assert opened.settings == lab
    assert opened.problems == ()


@pytest.mark.parametrize("kind", KINDS)
def test_the_default_experiment_has_an_empty_link(kind: type):
    assert links.query(kind()) == ""


@pytest.mark.parametrize("kind", KINDS)
@given(given_parameters=parameters)
@settings(max_examples=80, deadline=None)
def test_whatever_a_link_says_the_page_gets_a_valid_experiment(kind, given_parameters):
    opened = links.decode(kind, given_parameters)

    assert isinstance(opened.settings, kind)
    assert replace(opened.settings) == opened.settings  # it passes its own validation again
    for problem in opened.problems:
        assert "\n" not in problem
        assert len(problem) < 400


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("data", "rings", "unknown data 'rings'"),
        ("seed", "soon", "seed must be a number"),
        ("seed", "1.5", "seed must be a whole number"),
        ("width", "100000", "100000"),
        ("generator_rate", "nan", "generator_rate must be a number"),
        ("changes", "soon", "a change must read"),
        ("changes", "40:width=8", "width cannot change while it trains"),
        ("colour", "red", "unknown setting, 'colour'"),
    ],
)
def test_a_wrong_setting_is_named_and_the_default_stands(name: str, text: str, said: str):
    opened = links.decode(GanLab, {name: text, "critic_steps": "3"})

    assert opened.settings == GanLab(critic_steps=3)
    assert len(opened.problems) == 1
    assert said in opened.problems[0]


def test_what_does_not_go_with_the_rest_of_a_link_is_left_out_and_the_rest_stands():
    opened = links.decode(
        GanLab, {"seed": "9", "fourth": "r1", "data": "spiral", "conditional": "yes", "third": "r1"}
    )

    assert (opened.settings.seed, opened.settings.data) == (9, "spiral")
    assert (opened.settings.third, opened.settings.fourth) == ("r1", "r1")
    assert not opened.settings.conditional
    (problem,) = opened.problems
    assert problem.endswith("Without 'conditional' they do.")


def test_an_order_of_a_link_that_needs_its_end_first_is_no_fault():
    opened = links.decode(GanLab, {"conditional": "yes", "data": "images", "batch": "100000"})

    assert opened.settings.conditional
    assert opened.settings.data == "images"
    assert len(opened.problems) == 1


def test_a_page_and_its_settings_are_read_off_a_whole_address():
    assert links.split("/sequences?third=&seed=3")[1] == {"third": "", "seed": "3"}  # none is said
    page, given_parameters = links.split("http://localhost:8501/gans?data=grid&seed=3")

    assert page == "gans"
    assert links.decode(GanLab, given_parameters).settings == GanLab(data="grid", seed=3)
