"""What the run on the screen decides: the measured value, and which choice it falls into."""

import html
import math
from typing import Any

import streamlit as st

from explorer.gans.predictions import PRESETS
from explorer.lessons.lesson import LETTERS, Question, Step
from explorer.lessons.measures import MEASURES
from explorer.lessons.rates import hits, values_of, votes
from explorer.pages import surroundings, terms
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
        st.html(
            f'<div class="verdict" data-decides>{_choices(walk, question, None)}'
            '<p role="status">The run decides; it is under way. Its button starts and stops it.</p>'
            "</div>"
        )

    look()


def _say(walk: Walk, question: Question, found: float, known: set[str]) -> None:
    measure, right = MEASURES[question.measure], question.right(found)
    said = f"{html.escape(measure.says)}: <b>{html.escape(measure.written(found))}</b>."
    came = "That is what you expected." if right == walk.answer else "You expected something else."
    if right is None:
        came = "None of the answers is right."
    elif walk.answer is None:
        came = ""
    then = terms.paragraphs(question.then, known)
    decided = f"{walk.lesson.name} {walk.at} {-1 if right is None else right}"
    st.html(
        f'<div class="verdict" data-decides data-decided="{decided}">'
        f"{_choices(walk, question, right)}"
        f'<p role="status">Measured: {said} {came}</p>{then}</div>'
    )


def _choices(walk: Walk, question: Question, right: int | None) -> str:
    """Return what could be answered, the viewer's own and the right one marked."""
    values = values_of(question.measure, walk.step.link) if right is not None else ()
    counts = votes(question, values) if question.seeds else {}
    rows = []
    for index, choice in enumerate(question.choices):
        marks = []
        if index == right:
            marks.append("measured")
        if index == walk.answer:
            marks.append("yours")
        letter = LETTERS[index]
        seeds = f" <small>{counts[letter]} of {len(values)} seeds</small>" if values else ""
        label = f" <em>{' · '.join(marks)}</em>" if marks else ""
        rows.append(
            f'<li class="{" ".join(marks)}"><span>{letter.upper()}</span> '
            f"{terms.title(choice.text)}{label}{seeds}</li>"
        )
    return f"<ul>{''.join(rows)}</ul>"


def _now(question: Question, settings: Any) -> None:
    """Say what is measured with the dials as they stand now."""
    measure = MEASURES[question.measure]
    found = measured(question.measure, settings)
    if found is None:
        said = "With the dials as they stand now the run is not over yet."
    else:
        said = f"With the dials as they stand now: <b>{html.escape(measure.written(found))}</b>."
    st.html(f'<div class="verdict"><p>{said}</p></div>')


def of_more_than_one(step: Step) -> None:
    """Print how often what a step says of more than one run came true."""
    if step.claim is not None and (values := values_of(step.claim.measure, step.link)):
        _rate(hits(values, step.claim.range), len(values), step.claim.text)
    if step.prediction:
        preset = PRESETS[step.prediction]
        _rate(preset.measured.hits, preset.measured.seeds, preset.claim)


def _rate(true: int, of: int, claim: str) -> None:
    st.html(f'<p class="rate"><b>{true} of {of} seeds:</b> {terms.title(claim)}</p>')
