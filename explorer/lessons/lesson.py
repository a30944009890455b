"""What a lesson is: steps, each with a link, what to look at, and often a question."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MOST_WORDS = 80  # of a step, its choices apart
LETTERS = "abcdefghi"  # what choices are called in links and by keys


@dataclass(frozen=True)
class Range:
    """From where to where a measured value is meant. The upper end belongs to it if ``closed``."""

    low: float
    high: float
    closed: bool = True

    def __contains__(self, value: float) -> bool:
        return self.low <= value and (value <= self.high if self.closed else value < self.high)


@dataclass(frozen=True)
class Choice:
    """One answer that a viewer can give, and the measured values for which it is right."""

    text: str
    range: Range


@dataclass(frozen=True)
class Question:
    """What is asked before the run, and what is said once a measure has decided.

    With ``seeds`` the run is repeated with so many seeds, and it is told how often each choice
    was right.
    """

    text: str
    measure: str
    choices: tuple[Choice, ...]
    then: str = ""
    seeds: int = 0

    def right(self, value: float) -> int | None:
        """Return which choice a measured value falls into; None where it falls into none."""
        if math.isnan(value):
            return None
        return next((k for k, each in enumerate(self.choices) if value in each.range), None)


@dataclass(frozen=True)
class Claim:
    """What a step says of more than one run: a sentence, and the values for which it is true."""

    text: str
    measure: str
    range: Range
    seeds: int


@dataclass(frozen=True)
class Look:
    """What to look at: the panels that are lit by their areas, and the frame that is shown first.

    Without panels all of the picture is lit. A run that ``plays`` needs no button to begin.
    """

    panels: tuple[str, ...] = ()
    moment: int | None = None
    plays: bool = False


@dataclass(frozen=True)
class Step:
    """One step: a text beside the view of a lab, as a link describes it.

    ``settings`` is the configuration of that link, ``link`` the link itself. ``dials`` are the ones
    that may be turned; all others are hidden. ``recorded`` says which of their values are worth
    recording where nothing can be computed, of dials whose rows do not say it.
    """

    title: str
    text: str
    page: str
    link: str
    settings: Any
    look: Look = field(default_factory=Look)
    dials: tuple[str, ...] = ()
    recorded: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    question: Question | None = None
    claim: Claim | None = None
    prediction: str = ""  # of `explorer.gans.predictions`, whose settings the link has
    line: int = 0  # of its file

    @property
    def view(self) -> str:
        """The view of the lab that stands beside the text."""
        return str(self.settings.view)


@dataclass(frozen=True)
class Lesson:
    """A walk: its name in links, its place among the others, how long it takes, for whom it is."""

    name: str
    number: int
    title: str
    minutes: int
    audience: str
    summary: str
    steps: tuple[Step, ...]

    @property
    def questions(self) -> tuple[int, ...]:
        """The steps that ask something, counted from 0."""
        return tuple(k for k, step in enumerate(self.steps) if step.question is not None)


Lessons = Mapping[str, Lesson]
"""lessons by name, in their order"""
