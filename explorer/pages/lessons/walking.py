"""Where a viewer is in which lesson, and what they answered: all of it in the link."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from explorer.lessons.lesson import LETTERS, Lesson, Step
from explorer.lessons.reading import lessons
from explorer.pages import history
from explorer.pages.whole import uninterrupted

RESERVED = ("lesson", "step", "answers")
NONE = "-"  # in a link, where a question has no answer
OPENED = "."  # and where it has none, but the picture was opened: a room answered
STATE = "lessons:walk"
SAYS = "lessons:problems"
MOVED = "lessons:moved"
SHOWN = 40  # characters of a wrong value that its message repeats


@dataclass(frozen=True)
class Walk:
    """A lesson, a step of it counted from 0, and the letters of the answers to its questions."""

    lesson: Lesson
    at: int = 0
    answers: str = ""

    @property
    def step(self) -> Step:
        """The step that is shown."""
        return self.lesson.steps[self.at]

    @property
    def answer(self) -> int | None:
        """Which choice was made at this step, if it asks and was answered."""
        if self.at not in self.lesson.questions:
            return None
        letter = self.answers[self._question : self._question + 1]
        return LETTERS.index(letter) if letter and letter in LETTERS else None

    @property
    def asks(self) -> bool:
        """Whether the question of this step stands in the place of its picture."""
        if self.at not in self.lesson.questions or self.answer is not None:
            return False
        return self.answers[self._question : self._question + 1] != OPENED

    @property
    def place(self) -> int:
        """Which of the lesson's questions this step asks, counted from 0; ValueError if none."""
        return self._question

    def opened(self) -> "Walk":
        """Return the walk with the picture of this step's question opened without an answer."""
        letters = list(self.answers.ljust(len(self.lesson.questions), NONE))
        letters[self._question] = OPENED
        return replace(self, answers="".join(letters).rstrip(NONE))

    @property
    def _question(self) -> int:
        return self.lesson.questions.index(self.at)

    def answered(self, choice: int | None) -> "Walk":
        """Return the walk with an answer given at this step, or taken back."""
        letters = list(self.answers.ljust(len(self.lesson.questions), NONE))
        letters[self._question] = NONE if choice is None else LETTERS[choice]
        return replace(self, answers="".join(letters).rstrip(NONE))

    def link(self) -> dict[str, str]:
        """Return the query parameters of the walk."""
        found = {"lesson": self.lesson.name, "step": str(self.at + 1)}
        return found | ({"answers": self.answers} if self.answers else {})


def read(parameters: Mapping[str, str]) -> tuple[Walk | None, tuple[str, ...]]:
    """Return the walk of an address, None without one, and a sentence for what is wrong in it."""
    name = parameters.get("lesson", "")
    if not name:
        return None, ()
    if name not in lessons():
        return None, (f"There is no lesson {_short(name)}; choose one of these.",)
    lesson, problems = lessons()[name], []
    at = parameters.get("step", "1")
    if not (len(at) <= 3 and at.isascii() and at.isdecimal() and 1 <= int(at) <= len(lesson.steps)):
        problems.append(
            f"This lesson has the steps 1 to {len(lesson.steps)}, and no step {_short(at)}; "
            "it begins at the first one."
        )
        at = "1"
    answers = parameters.get("answers", "")
    if not _are_answers(lesson, answers):
        problems.append(f"The link's answers {_short(answers)} are none; they were left out.")
        answers = ""
    return Walk(lesson, int(at) - 1, answers.rstrip(NONE)), tuple(problems)


def _are_answers(lesson: Lesson, answers: str) -> bool:
    if len(answers) > len(lesson.questions):
        return False
    for letter, at in zip(answers, lesson.questions, strict=False):
        question = lesson.steps[at].question
        if question is None or letter not in f"{NONE}{OPENED}{LETTERS[: len(question.choices)]}":
            return False
    return True


def _short(text: str) -> str:
    shown = "".join(c if c.isprintable() else "·" for c in text[:SHOWN])
    return f"“{shown}{'…' if len(text) > SHOWN else ''}”"


# --------------------------------------------------------------------------- of this session


def current() -> Walk | None:
    """Return the walk of this session; for who has just come or gone back, that of the address.

    Only then is the address a link: later it may be older than what is shown.
    """
    state: Any = st.session_state
    inside = str(state.get("here", "")).startswith("lesson:")
    went = history.waits()
    if "lesson" not in st.query_params:
        state[STATE] = None
    elif went is not None:
        go(went)
    elif not inside or state.get(STATE) is None:
        go(dict(st.query_params))
    walk: Walk | None = state.get(STATE)
    return walk


def go(parameters: Mapping[str, str]) -> None:
    """Stand where an address says."""
    walk, problems = read(parameters)
    with uninterrupted():
        st.session_state[STATE] = walk
        st.session_state[SAYS] = problems
        st.session_state[MOVED] = True


def stand(walk: Walk) -> None:
    """Stand at another step, or with another answer; from a callback."""
    st.session_state[STATE] = walk
    st.session_state[MOVED] = True


def moved() -> bool:
    """Return, once, whether the address is older than where the viewer stands."""
    return bool(st.session_state.pop(MOVED, False))


def problems() -> None:
    """Show, once, one sentence for each thing that was wrong in the address of a walk."""
    for problem in st.session_state.pop(SAYS, ()):
        st.warning(problem, icon=":material/error:")
