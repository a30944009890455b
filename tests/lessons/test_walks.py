"""Every step of every lesson is executed: link, picture, dials, measure and claim."""

import math
from dataclasses import dataclass
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from explorer.lessons.lesson import LETTERS, Lesson, Step
from explorer.lessons.measures import MEASURES
from explorer.lessons.rates import hits, key, measured, recorded, values_of, votes, wanted
from explorer.lessons.reading import lessons
from explorer.lessons.told import choices
from explorer.runs.answers import Asking, named
from explorer.runs.desk import the_desk
from explorer.stage import component

MEANT = {
    "memory": "bbc",
    "gates": "ccabb",
    "gru": "abbcb",
    "through-time": "bbb",
    "cure": "acca",
    "depth": "cbabcb",
    "cliff": "cacc",
    "players": "aac",
    "collapse": "caa",
    "piles": "bcbacc",
    "penalty": "accac",
    "kinds": "caababab",
}
"""The choice that the text after each question goes on from, as its author means it."""
STEPS = [(lesson, at) for lesson in lessons().values() for at in range(len(lesson.steps))]
OVER_SEEDS = [
    (measure, lesson, step, seeds)
    for lesson in lessons().values()
    for measure, step, seeds in wanted(iter(lesson.steps))
]


def named_step(case: Any) -> str:
    return case.name if isinstance(case, Lesson) else str(case)


@dataclass(frozen=True)
class Shown:
    """What a step hands to its stage, and what its stage may ask for."""

    data: dict[str, Any]
    asking: Asking | None


@pytest.fixture(scope="module")
def shown() -> dict[tuple[str, int], Shown]:
    """Return what the stage of every step is told, by the page itself: all in one run of it."""
    found: dict[tuple[str, int], Shown] = {}
    askings: list[Asking] = []
    datas: list[dict[str, Any]] = []
    admit = the_desk().admit

    def remember(session: str, asking: Asking) -> str:
        askings.append(asking)
        return admit(session, asking)

    def script(steps, datas, askings, found, kind):
        import streamlit as st

        from explorer.pages import surroundings
        from explorer.pages.lessons import Guided, Walk, _view

        surroundings.attend()
        for lesson, at in steps:
            datas.clear()
            askings.clear()
            st.session_state["here"] = ""
            dials = Guided(Walk(lesson, at))
            _view(dials)
            (data,) = datas
            asking = askings[-1] if askings and "answers" in data else None
            found[lesson.name, at] = kind(data, asking)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(component, "_component", lambda: lambda **said: datas.append(said["data"]))
        patch.setattr(the_desk(), "admit", remember)
        given = {"steps": STEPS, "datas": datas, "askings": askings, "found": found, "kind": Shown}
        app = AppTest.from_function(script, kwargs=given, default_timeout=300).run()
        assert not app.exception
        assert not app.warning
    return found


@pytest.mark.parametrize(("lesson", "at"), STEPS, ids=named_step)
def test_a_step_shows_the_panels_that_it_points_at_and_the_dials_that_it_opens(
    shown, lesson: Lesson, at: int
):
    step, told = lesson.steps[at], shown[lesson.name, at]
    scene = told.data["scene"]
    if scene is None:
        assert told.asking is not None
        answer = named(told.asking.function)(step.settings, False)
        scene = answer.scene
        assert (step.look.moment or 0) < len(answer.frames)

    areas = [panel["area"] for panel in scene["panels"]]
    assert set(step.look.panels) <= set(areas)
    assert tuple(told.data["look"]["panels"]) == step.look.panels
    knobs = [knob["name"] for group in told.data["dials"]["groups"] for knob in group["knobs"]]
    assert sorted(knobs) == sorted(step.dials)
    assert told.data["dials"]["refused"] == {}


def meant(lesson: Lesson, at: int) -> str:
    """Return the letter of the choice that a step's text takes for the right one."""
    return MEANT[lesson.name][lesson.questions.index(at)]


def at_once() -> list[tuple[Lesson, int]]:
    """The steps whose question is decided by an answer, and not by a training."""
    return [
        (lesson, at)
        for lesson, at in STEPS
        if (question := lesson.steps[at].question) and not MEASURES[question.measure].is_live
    ]


@pytest.mark.parametrize(("lesson", "at"), at_once(), ids=named_step)
def test_a_question_is_decided_as_the_text_after_it_says(lesson: Lesson, at: int):
    step = lesson.steps[at]
    assert step.question is not None
    measure = MEASURES[step.question.measure]

    value = measure.value(step.settings)

    assert measure.low <= value <= measure.high
    right = step.question.right(value)
    assert right is not None
    assert LETTERS[right] == meant(lesson, at)
    assert measure.unit in measure.written(value) or value == math.inf


@pytest.mark.parametrize(("measure", "lesson", "step", "seeds"), OVER_SEEDS)
def test_what_is_printed_of_several_seeds_is_what_they_measure(
    measure: str, lesson: Lesson, step: Step, seeds: int
):
    values = tuple(measured(measure, step, seeds))

    assert len(values) == seeds >= 8
    rounding = 0.25 if MEASURES[measure].is_live else 0.02  # a training carries it far
    assert values == pytest.approx(values_of(measure, step.link), rel=rounding)
    if step.claim is not None:
        assert hits(values, step.claim.range) == seeds
    if step.question is not None and step.question.seeds:
        counts = votes(step.question, values)
        assert counts == votes(step.question, values_of(measure, step.link))
        at = lesson.steps.index(step)
        assert counts[meant(lesson, at)] == seeds  # what is said after the verdict is said of all


def test_no_rate_is_kept_that_no_lesson_prints():
    assert recorded().keys() == {key(measure, step.link) for measure, _, step, _ in OVER_SEEDS}


@pytest.mark.parametrize(("name", "at"), [("players", 3), ("kinds", 3)])
def test_a_question_that_a_training_decides_is_decided_by_its_last_frame(name: str, at: int):
    lesson = lessons()[name]
    step = lesson.steps[at]
    assert step.question is not None
    measure = MEASURES[step.question.measure]

    right = step.question.right(measure.value(step.settings))

    assert measure.is_live
    assert right is not None
    assert LETTERS[right] == meant(lesson, at)


def test_every_question_is_told_whatever_was_answered_and_measured():
    asked = [lesson.steps[at] for lesson, at in STEPS if lesson.steps[at].question is not None]

    for step in asked:
        for right in (None, *range(len(step.question.choices))):
            said = choices(step.question, step.link, 0, right)
            assert said.count("<li") == len(step.question.choices)
            assert ("seeds</small>" in said) == bool(
                right is not None and values_of(step.question.measure, step.link)
            )
