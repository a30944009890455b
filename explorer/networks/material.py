"""What the networks of a task are given to read, and by which dial a visitor says it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from jaxtyping import Float
from torch import Tensor

from explorer.dials import Dial
from explorer.networks.kinds import Given
from explorer.sequences.numbers import parse_numbers

TYPED, CHOSEN = "given", "which"
"""The dials of a task that has none of its own: a line to type, one of things to choose from."""
LINE_BREAK, TAB = "↵", "⇥"  # how they are typed into one line
LONGEST_LINE = 2_000  # characters, as many as a link holds


@dataclass(frozen=True, kw_only=True)
class Material:
    """A dial, the value it starts at, and what is read at each of its values.

    `setting` is what links call the dial; one of numbers chooses among data that are there. `given`
    raises ValueError, one line, for a line that cannot be read. `picture` shows what was chosen as
    grey values, where there is something to see.
    """

    setting: str
    row: Dial
    example: str | int
    given: Callable[[Any], Given]
    picture: Callable[[int], Float[Tensor, "R P"]] | None = None

    def check(self, value: object) -> None:
        """Raise ValueError, one line, for what cannot be read; no data are loaded for that."""
        self.row.check(self.setting, value, self.example)
        if isinstance(value, str):
            self.given(value)


def as_meant(text: str) -> str:
    """A typed text with ↵ and ⇥ as the line breaks and tabs they stand for.

    The line breaks of other systems are line breaks too.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return lines.replace(LINE_BREAK, "\n").replace(TAB, "\t")


def as_typed(text: str) -> str:
    """A text as it is typed into one line."""
    return text.replace("\n", LINE_BREAK).replace("\t", TAB)


def characters(typed: str) -> Given:
    """A typed text, character by character."""
    if not typed:
        raise ValueError("there must be at least one character to read")
    text = as_meant(typed)
    return Given("character", tuple(text), text=text)


def numbers(typed: str) -> Given:
    """Typed numbers, one a step."""
    values = parse_numbers(typed)
    tokens = tuple(f"{value:.3g}".replace("-", "−") for value in values)
    return Given("value", tokens, values=values)
