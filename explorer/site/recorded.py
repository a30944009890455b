"""What is recorded for a step of a lesson: its link, and a few values of each of its dials."""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from explorer.dials import Dial, dials, turned, values
from explorer.figures import views
from explorer.lessons.lesson import Lesson, Step
from explorer.lessons.measures import MEASURES
from explorer.runs import links
from explorer.runs.answers import Answer

MOST = 5  # values of a dial, the step's own among them
MOST_TRAINED = 3  # where each of them is a training


@dataclass(frozen=True)
class Choice:
    """One value of a dial that is recorded: how it is written, and the step's settings with it."""

    written: str
    settings: Any


@dataclass(frozen=True)
class Row:
    """The recorded values of one dial of a step, in their order; ``own`` is that of the step."""

    name: str
    label: str
    choices: tuple[Choice, ...]
    own: int


@dataclass(frozen=True)
class State:
    """What is recorded of one configuration: all that the stage shows, and what was measured."""

    settings: Any
    shown: Answer
    found: float | None


def rows(lesson: Lesson, step: Step) -> list[Row]:
    """Return the recorded values of the dials that a step opens; what cannot be is left out."""
    known = dials(step.settings)
    most = MOST if views.run_of(step.page, step.settings) is None else MOST_TRAINED
    found = []
    for name in step.dials:
        own = values(step.settings)[name]
        given = step.recorded.get(name)
        if given is None:
            some = _values(name, known[name], own, _elsewhere(lesson, step, name), most)
        else:
            some = list(dict.fromkeys([*given, own] if own not in given else given))
        kept = [(value, settings) for value in some if (settings := _turned(step, name, value))]
        if len(kept) < 2:
            continue
        choices = tuple(Choice(_written(known[name], value), settings) for value, settings in kept)
        place = next(at for at, (value, _) in enumerate(kept) if value == own)
        found.append(Row(name, known[name].label, choices, place))
    return found


def _written(row: Dial, value: Any) -> str:
    """Return a value as it is written; a name without a label in words."""
    said = row.written(value)
    return said.replace("_", " ") if row.choices is not None and said == value else said


def _turned(step: Step, name: str, value: Any) -> Any | None:
    try:
        settings = turned(step.settings, {name: value})
        views.answer(step.page, settings)
    except ValueError:  # no such configuration, or one that has no answer
        return None
    return settings


def _elsewhere(lesson: Lesson, step: Step, name: str) -> list[Any]:
    """Return what other steps that show the same view have for a dial."""
    return [
        values(each.settings)[name]
        for each in lesson.steps
        if (each.page, each.view) == (step.page, step.view)
    ]


def _values(name: str, row: Dial, own: Any, elsewhere: list[Any], most: int) -> list[Any]:
    """Return the values of a dial that are recorded, its own among them."""
    if isinstance(own, bool):
        return [False, True]
    if isinstance(own, str):
        some = list(row.names) if row.choices is not None else elsewhere
        return _around(list(dict.fromkeys(some)), own, most)
    if name.endswith("seed"):
        return [own + more for more in range(most)]
    between = [*row.offered] if len(row.offered) > 2 else _spread(row, own, most)
    given = sorted({*between, own, *elsewhere})
    return _around(given, own, most)


def _around(some: list[Any], own: Any, most: int) -> list[Any]:
    """Return so many of some values, evenly taken, the own one among them, in their order."""
    if own not in some:
        some = [own, *some]
    if len(some) <= most:
        return some
    others = [value for value in some if value != own]
    step = (len(others) - 1) / max(1, most - 2)
    taken = {others[round(step * k)] for k in range(most - 1)} | {own}
    return [value for value in some if value in taken]


def _spread(row: Dial, own: Any, most: int) -> list[Any]:
    """Return values between both ends of a scale, evenly, or by factors where it is of powers."""
    low, high = row.ends
    if low is None or high is None:
        return []
    by_factors = row.powers and low > 0
    found = []
    for k in range(most):
        share = k / (most - 1)
        value = low * (high / low) ** share if by_factors else low + (high - low) * share
        if isinstance(own, int):
            found.append(round(value))
        elif row.step and not by_factors:
            found.append(round(low + round((value - low) / row.step) * row.step, 9))
        else:
            found.append(float(f"{value:.2g}"))
    return [value for value in found if low <= value <= high]


def link_of(page: str, settings: Any) -> str:
    """Return the link of a configuration."""
    query = links.query(settings)
    return f"/{page}" + (f"?{query}" if query else "")


def recorded(step: Step, settings: Any) -> State:
    """Return what is shown of a configuration, and what the question's measure finds on it.

    A training is run to its end; what is measured on it is measured on its last frame.
    """
    shown = _whole(step.page, settings)
    if step.question is None:
        return State(settings, shown, None)
    measure = MEASURES[step.question.measure]
    try:
        if measure.of_frame is not None:
            assert measure.run is not None
            last = shown.frames[-1]
            found = math.nan if last.trouble else measure.of_frame(last, measure.run(settings))
        else:
            found = measure.value(settings)
    except (ValueError, ArithmeticError):
        found = math.nan
    return State(settings, shown, found)


@lru_cache(maxsize=8)  # lessons show some links several times
def _whole(page: str, settings: Any) -> Answer:
    return views.whole(page, settings)
