"""Lessons: a text beside the view of a lab, step by step, with questions that a run decides."""

import html
import importlib
import json
import re
from functools import partial

import streamlit as st

from explorer.lessons import terms
from explorer.lessons.lesson import LETTERS, Lesson
from explorer.lessons.reading import lessons
from explorer.pages import led, surroundings
from explorer.pages.dials import entered
from explorer.pages.lessons import keys, style, verdict
from explorer.pages.lessons.guided import Guided
from explorer.pages.lessons.walking import Walk, current, problems, stand
from explorer.pages.places import place
from explorer.runs import links
from explorer.stage.component import Guide, guided


def page() -> None:
    """Show the lesson that the address says, or the list of all."""
    st.html(f"<style>{style.SHEET}</style>")
    walk = current()
    if walk is None:
        _list()
    else:
        _lesson(walk)


def _list() -> None:
    entered("lessons")
    surroundings.heading(
        "Lessons",
        "Short walks through the labs. Often you are asked first, and then a run decides.",
    )
    problems()
    with st.container(key="lessons"):
        some = list(lessons().values())
        for row in range(0, len(some), 3):
            for column, lesson in zip(
                st.columns(3, gap="medium"), some[row : row + 3], strict=False
            ):
                with column:
                    card(lesson)


def card(lesson: Lesson) -> None:
    """Show what a lesson is about, how long it takes, for whom it is, and the way into it."""
    with st.container(border=True):
        st.html(
            f'<div class="card"><h2>{lesson.number}. {terms.title(lesson.title)}</h2>'
            f"<p>{terms.title(lesson.summary)}</p>"
            f"<p><small>{lesson.minutes} minutes · for {lesson.audience}</small></p></div>"
        )
        st.page_link(
            place("lessons"),
            label="Begin",
            query_params={"lesson": lesson.name},
            width="stretch",
        )


def _lesson(walk: Walk) -> None:
    dials = Guided(walk)
    keys.listen()
    asks = walk.asks
    with st.container(key="lesson"):
        left, right = st.columns([0.3, 0.7], gap="medium")
    with right, st.container(key="lesson-lab"):
        problems()
        dials.problems()
        if asks:
            dials.finish(dials.wanted())
            _question(walk)
        else:
            _view(dials)
    with left, st.container(key="lesson-text"):
        _text(walk, dials)


def _view(dials: Guided) -> None:
    """Show the lab's own view, as far as its stage, with what the step points at."""
    step = dials.step
    if step.page == "cells":
        from explorer.pages.cells.material import stand_at_what_is_here

        stand_at_what_is_here(dials)
    view = importlib.import_module(f"explorer.pages.{step.page}.{step.view}")
    look = step.look
    with guided(Guide(dials.page, look.panels, look.moment, look.plays)):
        view.show(dials)


def _question(walk: Walk) -> None:
    """Ask, in the place of the picture; the answer opens it."""
    question = walk.step.question
    assert question is not None
    with st.container(key="lesson-question", vertical_alignment="center"):
        st.html(
            f'<div class="question" data-asks-the-room="{_to_the_room(walk)}">'
            f"<p>Before you look</p><h2>{terms.title(question.text)}</h2></div>"
        )
        for index, choice in enumerate(question.choices):
            letter = LETTERS[index]
            st.button(
                f"{letter.upper()}\u2003{choice.text}",
                key=f"lesson-answer-{letter}",
                width="stretch",
                on_click=partial(stand, walk.answered(index)),
            )
        st.button(  # seen by nobody: the presenter's browser presses it once the room has answered
            "Open the picture without an answer",
            key="lesson-open",
            on_click=partial(stand, walk.opened()),
        )


def _to_the_room(walk: Walk) -> str:
    """Return the question of a step as an attribute, for a room to be asked."""
    question = walk.step.question
    assert question is not None
    asked = {
        "lesson": walk.lesson.name,
        "step": walk.at,
        "place": walk.place,
        "text": _plain(question.text),
        "choices": [_plain(choice.text) for choice in question.choices],
    }
    return html.escape(json.dumps(asked))


def _plain(text: str) -> str:
    """Return a line without the signs of emphasis and code."""
    return re.sub(r"[*`]", "", " ".join(text.split()))


def _text(walk: Walk, dials: Guided) -> None:
    lesson, step, last = walk.lesson, walk.step, len(walk.lesson.steps) - 1
    known: set[str] = set()
    following = lesson.steps[walk.at + 1].title if walk.at < last else ""
    st.html(
        f'<div class="lesson-step" data-next-step="{html.escape(_plain(following))}">'
        f'<p class="where">Lesson {lesson.number} · {lesson.title}</p>'
        f"<h1>{terms.title(step.title)}</h1>{terms.paragraphs(step.text, known)}</div>"
    )
    asks = walk.asks
    if step.question is not None and not asks:
        st.html(f'<h2 class="asked">{terms.line(step.question.text, known)}</h2>')
        verdict.of_question(walk, dials.last, known)
    elif not asks:
        verdict.of_more_than_one(step)
    with st.container(key="lesson-ways", horizontal=True, vertical_alignment="center"):
        st.button(
            "Previous",
            key="lesson-previous",
            disabled=walk.at == 0,
            on_click=partial(_go, walk, walk.at - 1),
        )
        if walk.at < last:
            st.button(
                "Next",
                key="lesson-next",
                type="primary",
                on_click=partial(_go, walk, walk.at + 1),
            )
        else:
            _after(lesson)
    with st.container(key="lesson-steps", horizontal=True):
        for index, each in enumerate(lesson.steps):
            st.button(
                str(index + 1),
                key=f"lesson-go-{index + 1}",
                type="primary" if index == walk.at else "secondary",
                help=each.title,
                on_click=partial(_go, walk, index),
            )
    with st.container(key="lesson-out", horizontal=True, vertical_alignment="center"):
        if not asks:
            led.out(
                "Try it yourself",
                step.page,
                links.encode(dials.last),
                key="lesson-try",
                icon=":material/science:",
            )
        st.page_link(place("lessons"), label="All lessons", icon=":material/list:")


def _after(lesson: Lesson) -> None:
    """Lead on to the next lesson, if there is one."""
    following = [each for each in lessons().values() if each.number > lesson.number]
    if following:
        st.button(
            f"Next: {following[0].title}",
            key="lesson-next",
            type="primary",
            on_click=partial(stand, Walk(following[0])),
        )


def _go(walk: Walk, at: int) -> None:
    stand(Walk(walk.lesson, at, walk.answers))
