"""One stage's questions while somebody turns its dials: heard, understood, and answered.

Only the newest question counts, so hearing costs little and nothing piles up; whoever asks faster
than any display shows is heard more slowly, and slows nobody else.
"""

import asyncio
import contextlib
import json
import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypedDict

from explorer.runs.answers import brings_scene, refusal
from explorer.stage.talk import GONE, NORMAL, SEND_TIMEOUT, End, Line, heard, hold

LONGEST_QUESTION = 2**17  # characters; a drawn distribution is one of the values
QUESTIONS_A_SECOND = 250
QUESTIONS_AT_ONCE = 50
MOVES_A_SECOND = (
    250  # questions of hands that move, of all together: what this process has for them
)
MOST_VALUES = 160
LARGEST_NUMBER = 2**53


class Ask(TypedDict):
    """What a stage asks: the values of its dials by name, and whether the hand still moves.

    ``ask`` is the question's number, which grows by one with each.
    """

    ask: int
    given: Mapping[str, str | int | float | bool | None]
    moving: bool


class Asked(NamedTuple):
    """A question that was understood."""

    number: int
    given: Mapping[str, Any]
    moving: bool


def understand(text: str) -> Asked | int | None:
    """Return the question in a message; only its number where it says no values; else None."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or not said.keys() <= {"ask", "given", "moving"}:
        return None
    number, given = said.get("ask"), said.get("given")
    if type(number) is not int or not 0 <= number < LARGEST_NUMBER:
        return None
    if not isinstance(given, dict) or len(given) > MOST_VALUES:
        return number
    if not all(isinstance(value, str | int | float | bool | None) for value in given.values()):
        return number
    return Asked(number, given, said.get("moving") is True)


class Hand:
    """A connection over which a stage asks, from its acceptance to its end."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._later: Asked | None = None  # waits until this hand has its turn
        self._asked_at = -math.inf
        self._loop = asyncio.get_running_loop()
        self._answers: list[bytes] = []  # the newest that was not sent; before it, its scene
        self._wait: str | None = None  # the newest word on what is waited for that was not sent
        self._bell = asyncio.Event()
        self._allowance = float(QUESTIONS_AT_ONCE)
        self._heard_at = self._loop.time()

    def tell(self, answer: bytes | str) -> None:
        """Send an answer, or as text what is waited for, from any thread; the newest counts."""
        with contextlib.suppress(RuntimeError):  # the loop is closed: the server ends
            self._loop.call_soon_threadsafe(self._keep, answer)

    def _keep(self, answer: bytes | str) -> None:
        if isinstance(answer, str):
            self._wait = answer
        else:  # one without a scene rests on the scene that came before
            rests_on = [] if brings_scene(answer) else list(filter(brings_scene, self._answers))
            self._answers = [*rests_on, answer]
        self._bell.set()

    async def serve(self, ask: Callable[[Asked], None], hands: Callable[[], int]) -> None:
        """Hear and answer until either side ends it; ``hands`` is how many ask at the moment."""
        await hold(self._line, self._hear(ask, hands), self._tell())

    async def _hear(self, ask: Callable[[Asked], None], hands: Callable[[], int]) -> End:
        while True:
            text = await heard(self._line, "question", LONGEST_QUESTION)
            if not isinstance(text, str):
                return text
            await self._wait_for_its_turn()
            question = understand(text)
            if isinstance(question, Asked):
                self._pace(question, ask, hands() / MOVES_A_SECOND)
            elif question is not None:
                self._keep(refusal(question, "", "These are no values of dials."))

    def _pace(self, question: Asked, ask: Callable[[Asked], None], apart: float) -> None:
        """Ask, a hand that moves only so many seconds apart; a newer question is asked instead."""

        def now(question: Asked | None) -> None:
            if question is not None:
                self._later, self._asked_at = None, self._loop.time()
                ask(question)

        wait = self._asked_at + apart - self._loop.time()
        if not question.moving or wait <= 0:
            now(question)
            return
        if self._later is None:
            self._loop.call_later(wait, lambda: now(self._later))
        self._later = question

    async def _wait_for_its_turn(self) -> None:
        """Hear at most so many questions a second."""
        now = self._loop.time()
        earned = (now - self._heard_at) * QUESTIONS_A_SECOND
        self._allowance = min(self._allowance + earned, QUESTIONS_AT_ONCE) - 1
        self._heard_at = now
        if self._allowance < 0:
            await asyncio.sleep(-self._allowance / QUESTIONS_A_SECOND)

    async def _tell(self) -> End:
        while True:
            await self._bell.wait()
            self._bell.clear()
            answers, self._answers = self._answers, []
            wait, self._wait = self._wait, None
            try:
                async with asyncio.timeout(SEND_TIMEOUT):
                    if wait is not None:
                        await self._line.send_text(wait)
                    for answer in answers:
                        await self._line.send_bytes(answer)
            except (TimeoutError, *GONE):
                return NORMAL, ""
