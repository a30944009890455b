"""What the run on the screen decides: the measured value, and which choice it falls into."""

import math
from typing import Any

import streamlit as st

from explorer.lessons import told
from explorer.lessons.lesson import Question, Step
from explorer.lessons.measures import MEASURES
from explorer.pages import surroundings
from explorer.pages.lessons.walking import Walk
from explorer.runs.frames import unpack
from explorer.runs.hub import the_hub

EVERY = 1.0  # seconds between two looks at a run that is not there yet


def measured(name: str, settings: Any) -> float | None:
    """Return what a measure finds for a configuration; None while its run has not come so far."""
    measure = MEASURES[name]
    if measure.of is not None:
        try:
            return measure.of(settings)
        except (ValueError, ArithmeticError):
            return math.nan
    assert measure.run is not None
    assert measure.of_frame is not None
    experiment = measure.run(settings)
    ticket = surroundings.admitted(lambda viewer: the_hub().open(viewer, experiment))
    run = the_hub().run(ticket.token)
    if run is None:
        return None
    last = run.frames_after(experiment.frame_count - 2, 1)
    if last:
        return measure.of_frame(unpack(last[-1])[1], experiment)
    return math.nan if run.complete else None


def of_question(walk: Walk, settings: Any, known: set[str]) -> None:
    """Say what was asked, what was answered, and what the run decided once it has.

    Terms that are ``known`` are not explained again.
    """
    question = walk.step.question
    assert question is not None
    asked = walk.step.settings
    key = f"lesson:found:{walk.lesson.name}:{walk.at}"
    found = st.session_state.get(key)
    if found is None and (settings == asked or not MEASURES[question.measure].is_live):
        found = measured(question.measure, asked)
        st.session_state[key] = found
    if found is None:
        _waiting(walk, settings, key)
        return
    _say(walk, question, found, known)
    of_more_than_one(walk.step)
    if settings != asked:
        _now(question, settings)


def _waiting(walk: Walk, settings: Any, key: str) -> None:
    """Look each second whether the run has come so far; then the whole page says what it found."""
    question = walk.step.question
    assert question is not None

    @st.fragment(run_every=EVERY)
    def look() -> None:
        if settings == walk.step.settings:
            found = measured(question.measure, settings)
            if found is not None:
                st.session_state[key] = found
                st.rerun(scope="app")
        said = told.waiting(question, walk.step.link, walk.answer)
        st.html(f'<div class="verdict" data-decides>{said}</div>')

    look()


def _say(walk: Walk, question: Question, found: float, known: set[str]) -> None:
    right = question.right(found)
    marked = f"{walk.lesson.name} {walk.at} {-1 if right is None else right}"
    said = told.decided(question, walk.step.link, walk.answer, found, known)
    st.html(f'<div class="verdict" data-decides data-decided="{marked}">{said}</div>')


def _now(question: Question, settings: Any) -> None:
    """Say what is measured with the dials as they stand now."""
    said = told.now(question, measured(question.measure, settings))
    st.html(f'<div class="verdict"><p>{said}</p></div>')


def of_more_than_one(step: Step) -> None:
    """Print how often what a step says of more than one run came true."""
    for said in told.rates(step):
        st.html(said)
