"""What a browser and a room say to each other, and what is believed of it."""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NotRequired, TypedDict

from explorer.stage.rooms.codes import LENGTH

LONGEST_SAID = 2**16  # characters of one message
LONGEST_LINK = 8_000  # of a page with all its settings, as `runs.links` reads it
LONGEST_NAME = 80
LONGEST_SECRET = 64
LONGEST_QUESTION = 600
LONGEST_CHOICE = 300
MOST_CHOICES = 9
MOST_VALUES = 80
LARGEST = 2**31


class Spot(TypedDict):
    """Where the presenter points: into which part of the page, how far across and down it."""

    part: str
    x: float
    y: float


class Picture(TypedDict):
    """Where the presenter's picture stands: the frame, whether it plays, the stage of the step, and
    what is selected in it. ``following``: it plays at the newest frame of a run that trains.
    """

    index: int
    playing: bool
    following: bool
    speed: str
    stage: int
    selects: Mapping[str, int]


class Turned(TypedDict):
    """All dials of the presenter's picture, and whether a hand still moves one."""

    settings: Mapping[str, str | int | float | bool | None]
    moving: bool


class Asking(TypedDict):
    """A question to the room: of which lesson and step, and which of the lesson's questions it is.

    Lesson, step and ``place`` count from 0 and say which question of a link is answered.
    """

    lesson: str
    step: int
    place: int
    text: str
    choices: Sequence[str]


class Vote(TypedDict):
    """An answer: the number of the question, and which choice."""

    question: int
    choice: int


class RoomSaid(TypedDict):
    """What a browser says to a room.

    First who it is: it would ``open`` one, or has the ``code`` of one, with the presenter's
    ``key``, with the ``seat`` that it was given there before, or with neither. From then on the
    presenter says what is shown; ``steer`` takes that over from another tab of the
    presenter's. A question is opened with ``ask``, and closed, decided (``right`` is a choice, or
    −1 where none is) and taken away by saying so. A follower gives a ``vote``.
    """

    open: NotRequired[bool]
    code: NotRequired[str]
    key: NotRequired[str]
    seat: NotRequired[str]
    link: NotRequired[str]
    picture: NotRequired[Picture]
    dials: NotRequired[Turned]
    spot: NotRequired[Spot | None]
    steer: NotRequired[bool]
    ask: NotRequired[Asking]
    close: NotRequired[bool]
    right: NotRequired[int]
    away: NotRequired[bool]
    vote: NotRequired[Vote]
    end: NotRequired[bool]


class Poll(TypedDict):
    """A question as a browser in the room sees it.

    ``counts`` of the choices are there for the presenter, and for all once it is closed; ``yours``
    is −1 without an answer. ``right`` is null until the run has decided, and −1 where no choice is.
    """

    number: int
    lesson: str
    step: int
    place: int
    text: str
    choices: Sequence[str]
    open: bool
    answered: int
    counts: Sequence[int] | None
    yours: int
    right: int | None


class RoomTold(TypedDict):
    """What a room tells a browser: what has changed, and first of all what there is.

    ``entered`` is the code, with the ``key`` of the presenter or the ``seat`` of a follower.
    ``people`` is how many follow. With ``refused``, one sentence, the line ends for good.
    """

    entered: NotRequired[str]
    key: NotRequired[str]
    seat: NotRequired[str]
    steers: NotRequired[bool]
    people: NotRequired[int]
    link: NotRequired[str]
    picture: NotRequired[Picture]
    dials: NotRequired[Turned]
    spot: NotRequired[Spot | None]
    poll: NotRequired[Poll | None]
    refused: NotRequired[str]


def understand(text: str) -> RoomSaid | None:
    """Return what a message says; None for anything that is none, or has a part that is none."""
    try:
        said = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or not said or not said.keys() <= BELIEVED.keys():
        return None
    if not all(BELIEVED[name](value) for name, value in said.items()):
        return None
    return RoomSaid(**said)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number")


def _yes(value: Any) -> bool:
    return value is True


def _text(longest: int) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and len(value) <= longest


def _whole(low: int, high: int = LARGEST) -> Callable[[Any], bool]:
    return lambda value: type(value) is int and low <= value <= high


def _share(value: Any) -> bool:
    return type(value) in (int, float) and 0 <= value <= 1


def _setting(value: Any) -> bool:
    if type(value) in (int, float):
        return math.isfinite(value) and abs(value) <= 2**53
    return value is None or isinstance(value, str | bool)


def _has(parts: Mapping[str, Callable[[Any], bool]]) -> Callable[[Any], bool]:
    def believed(value: Any) -> bool:
        if not isinstance(value, dict) or value.keys() != parts.keys():
            return False
        return all(check(value[name]) for name, check in parts.items())

    return believed


def _each(check: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """What believes a mapping of names to such values."""

    def believed(value: Any) -> bool:
        if not isinstance(value, dict) or len(value) > MOST_VALUES:
            return False
        return all(len(name) <= LONGEST_NAME and check(one) for name, one in value.items())

    return believed


def _choices(value: Any) -> bool:
    return (
        isinstance(value, list)
        and 2 <= len(value) <= MOST_CHOICES
        and all(map(_text(LONGEST_CHOICE), value))
    )


def _page(value: Any) -> bool:
    """Whether this is a page of the laboratory: a path of letters, and a query."""
    if not isinstance(value, str) or len(value) > LONGEST_LINK or not value.isprintable():
        return False
    path = value.partition("?")[0]
    return path == "" or (path.isascii() and path.replace("-", "").isalnum() and path.islower())


_flag = _has({"part": _text(LONGEST_NAME), "x": _share, "y": _share})
_truth = lambda value: type(value) is bool  # noqa: E731

BELIEVED: dict[str, Callable[[Any], bool]] = {
    "open": _yes,
    "code": _text(4 * LENGTH),
    "key": _text(LONGEST_SECRET),
    "seat": _text(LONGEST_SECRET),
    "link": _page,
    "picture": _has(
        {
            "index": _whole(0),
            "playing": _truth,
            "following": _truth,
            "speed": _text(8),
            "stage": _whole(0),
            "selects": _each(_whole(-1)),
        }
    ),
    "dials": _has({"settings": _each(_setting), "moving": _truth}),
    "spot": lambda value: value is None or _flag(value),
    "steer": _yes,
    "ask": _has(
        {
            "lesson": _text(LONGEST_NAME),
            "step": _whole(0, 999),
            "place": _whole(0, 999),
            "text": _text(LONGEST_QUESTION),
            "choices": _choices,
        }
    ),
    "close": _yes,
    "right": _whole(-1, MOST_CHOICES),
    "away": _yes,
    "vote": _has({"question": _whole(1), "choice": _whole(0, MOST_CHOICES)}),
    "end": _yes,
}
"""What is believed of each part of a message."""
