"""Where in a text each character stands: inside brackets, quotes, a comment; how far in its line.

Letters in the shapes: T characters.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Bool, Int

OPENING, CLOSING = "([{", ")]}"
SIGNS = re.compile(r"""[()\[\]{}'"#\\\n]""")  # between two of these nothing opens or closes


@runtime_checkable
class Annotated(Protocol):
    """What can be said of every place in a text, once its character has been read."""

    @property
    def inside(self) -> Mapping[str, Bool[np.ndarray, " T"]]:
        """The yes-or-no questions that a unit may answer, by name."""
        ...

    @property
    def amounts(self) -> Mapping[str, Int[np.ndarray, " T"]]:
        """What a unit may follow, by name."""
        ...

    @property
    def at_rest(self) -> Bool[np.ndarray, " T"]:
        """Where nothing is open, so that reading can start afresh after it."""
        ...


Annotate = Callable[[str], Annotated]
"""Says of a text what can be said of its places."""


@dataclass(frozen=True)
class Lines:
    """How far each line has come once each character has been read.

    `column` counts the characters of the line so far, `indentation` the blanks that it begins
    with. After the character that ends a line both are 0.
    """

    column: Int[np.ndarray, " T"]
    indentation: Int[np.ndarray, " T"]


@dataclass(frozen=True)
class Syntax:
    """What is open once each character has been read.

    An opening bracket or quote counts as inside, its closing partner as outside. Brackets within
    quotes or comments are plain text.
    """

    depth: Int[np.ndarray, " T"]
    quotes: Bool[np.ndarray, " T"]
    comment: Bool[np.ndarray, " T"]
    text: str

    @property
    def inside(self) -> dict[str, Bool[np.ndarray, " T"]]:
        """The yes-or-no questions that a unit may answer, by name."""
        return {"brackets": self.depth > 0, "quotes": self.quotes, "a comment": self.comment}

    @cached_property
    def lines(self) -> Lines:
        """How far each line has come."""
        return lines(self.text)

    @property
    def amounts(self) -> dict[str, Int[np.ndarray, " T"]]:
        """What a unit may follow, by name."""
        return {
            "depth of brackets": self.depth,
            "indentation": self.lines.indentation,
            "length of the line": self.lines.column,
        }

    @property
    def at_rest(self) -> Bool[np.ndarray, " T"]:
        """Where nothing is open, so that reading can start afresh after it."""
        return (self.depth == 0) & ~self.quotes & ~self.comment


def syntax(text: str) -> Syntax:
    """Follow brackets, strings (single, triple, escaped) and comments through a Python text.

    Any text will do, valid or not: a closing bracket too many is ignored, and a string in single
    quotes ends with its line.
    """
    length = len(text)
    depth = np.zeros(length, dtype=np.int64)
    quotes, comment = np.zeros(length, dtype=bool), np.zeros(length, dtype=bool)
    level, quote, commenting, t = 0, "", False, 0
    while t < length:
        sign = SIGNS.search(text, t)
        plain = slice(t, sign.start() if sign else length)
        depth[plain], quotes[plain], comment[plain] = level, bool(quote), commenting
        if sign is None:
            break
        t, width, character = sign.start(), 1, sign[0]
        if quote:
            if character == "\\":
                width = 2
            elif text.startswith(quote, t):
                width, quote = len(quote), ""
            elif character == "\n" and len(quote) == 1:
                quote = ""
        elif commenting:
            commenting = character != "\n"
        elif character in "'\"":
            quote = character * 3 if text.startswith(character * 3, t) else character
            width = len(quote)
        elif character == "#":
            commenting = True
        elif character in OPENING:
            level += 1
        elif character in CLOSING:
            level = max(level - 1, 0)
        here = slice(t, t + width)
        depth[here], quotes[here], comment[here] = level, bool(quote), commenting
        t += width
    return Syntax(depth, quotes, comment, text)


@dataclass(frozen=True)
class Prose:
    """Where in an English text each character stands, once it has been read.

    `quotes` are the double ones, and like `depth` end with their paragraph. `capital` is inside a
    word that began with a capital letter; `word` counts the letters of the word so far.
    """

    depth: Int[np.ndarray, " T"]
    quotes: Bool[np.ndarray, " T"]
    capital: Bool[np.ndarray, " T"]
    word: Int[np.ndarray, " T"]
    lines: Lines
    at_rest: Bool[np.ndarray, " T"]  # after an empty line, so that reading can start afresh

    @property
    def inside(self) -> dict[str, Bool[np.ndarray, " T"]]:
        """The yes-or-no questions that a unit may answer, by name."""
        return {
            "quotes": self.quotes,
            "brackets": self.depth > 0,
            "a capitalised word": self.capital,
        }

    @property
    def amounts(self) -> dict[str, Int[np.ndarray, " T"]]:
        """What a unit may follow, by name."""
        return {
            "position in the word": self.word,
            "indentation": self.lines.indentation,
            "length of the line": self.lines.column,
        }


def prose(text: str) -> Prose:
    """Follow quotes, brackets and words through an English text; paragraphs end at empty lines."""
    length = len(text)
    depth, word = np.zeros(length, dtype=np.int64), np.zeros(length, dtype=np.int64)
    quotes, capital, at_rest = (np.zeros(length, dtype=bool) for _ in range(3))
    level, quoting, letters, large, before = 0, False, 0, False, ""
    for t, character in enumerate(text):
        if character.isalpha():
            large = large if letters else character.isupper()
            letters += 1
        else:
            letters, large = 0, False
        if character == "\n" and before == "\n":
            level, quoting, at_rest[t] = 0, False, True
        elif character == '"':
            quoting = not quoting
        elif character in OPENING:
            level += 1
        elif character in CLOSING:
            level = max(level - 1, 0)
        depth[t], quotes[t], word[t], capital[t] = level, quoting, letters, large
        before = character
    return Prose(depth, quotes, capital, word, lines=lines(text), at_rest=at_rest)


def lines(text: str) -> Lines:
    """Count along the lines of any text."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    places, ends, blank = np.arange(len(codes)), codes == ord("\n"), codes == ord(" ")
    starts = np.concatenate(([0], np.where(ends, places + 1, 0)[:-1]))[: len(codes)]
    starts = np.maximum.accumulate(starts)
    column = np.where(ends, 0, places - starts + 1)
    last_other = np.maximum.accumulate(np.where(blank, -1, places))  # the last that is no blank
    leading = last_other < starts
    reached = np.maximum.accumulate(np.where(leading, places + 1, 0))  # one past the last of them
    indentation = np.where(ends, 0, np.maximum(reached - starts, 0))
    return Lines(column, indentation)
