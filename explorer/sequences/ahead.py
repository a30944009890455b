"""Labels of a text whose answer lies after the character that they belong to.

Letters in the shapes: L characters.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int64

from explorer.sequences.problems.problem import UNKNOWN
from explorer.sequences.syntax import CLOSING, OPENING, syntax

VOWELS = "aeiou"
ENDS = (")", ":", ",", '"')
"""What the last character of a line may be; then letters and digits, and everything else."""
FARTHEST = (3, 8, 16, 32)
"""Up to how many characters away the closing bracket is, class by class; the last class is more."""


@dataclass(frozen=True)
class Ahead:
    """One way to label: what a label says, the words of the labels, and how a text is labelled."""

    label: str
    says: str
    classes: tuple[str, ...]
    signs: str  # one for each label, as a line of text shows them
    of: Callable[[str], Int64[np.ndarray, " L"]]


def next_vowels(text: str) -> Int64[np.ndarray, " L"]:
    """Which vowel comes next after each character; `UNKNOWN` after the last one."""
    found = np.full(len(text), UNKNOWN, dtype=np.int64)
    coming = UNKNOWN
    for place in range(len(text) - 1, -1, -1):
        found[place] = coming
        at = VOWELS.find(text[place].lower())
        if at >= 0:
            coming = at
    return found


def line_ends(text: str) -> Int64[np.ndarray, " L"]:
    """What the line of each character ends with; `UNKNOWN` in empty lines and the break itself."""
    found = np.full(len(text), UNKNOWN, dtype=np.int64)
    ending = UNKNOWN
    for place in range(len(text) - 1, -1, -1):
        character = text[place]
        if character == "\n":
            ending = UNKNOWN
            if place and text[place - 1] != "\n":
                ending = _class_of(text[place - 1])
        else:
            found[place] = ending
    return found


def _class_of(character: str) -> int:
    if character in ENDS:
        return ENDS.index(character)
    return len(ENDS) + (0 if character.isalnum() else 1)


def closing_distances(text: str) -> Int64[np.ndarray, " L"]:
    """How far away the bracket is that closes the innermost open one, in classes of `FARTHEST`.

    `UNKNOWN` outside brackets, and where none closes. Brackets in strings and comments are text.
    """
    marked = syntax(text)
    plain = ~marked.quotes & ~marked.comment
    found = np.full(len(text), UNKNOWN, dtype=np.int64)
    opened: list[int] = []
    for place in np.flatnonzero(plain):
        if text[place] in OPENING:
            opened.append(int(place))
        elif text[place] in CLOSING and opened:
            first = opened.pop()
            classes = np.searchsorted(FARTHEST, np.arange(place - first, 0, -1))
            part = found[first:place]  # a view: what lies deeper has its label already
            np.copyto(part, classes, where=part == UNKNOWN)
    return found


AHEAD: dict[str, Ahead] = {
    "vowel": Ahead("Next vowel", "which vowel comes next", tuple(VOWELS), VOWELS, next_vowels),
    "line": Ahead(
        "End of the line",
        "what the line will end with",
        (*ENDS, "a letter or digit", "another sign"),
        "".join(ENDS) + "a.",
        line_ends,
    ),
    "bracket": Ahead(
        "Closing bracket",
        "how far away the closing bracket is",
        (*(f"up to {most}" for most in FARTHEST), f"more than {FARTHEST[-1]}"),
        "12345",
        closing_distances,
    ),
}
