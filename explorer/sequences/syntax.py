"""Where in a Python text each character stands: inside brackets, quotes or a comment.

Letters in the shapes: T characters.
"""

import re
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Int

OPENING, CLOSING = "([{", ")]}"
SIGNS = re.compile(r"""[()\[\]{}'"#\\\n]""")  # between two of these nothing opens or closes


@dataclass(frozen=True)
class Syntax:
    """What is open once each character has been read.

    An opening bracket or quote counts as inside, its closing partner as outside. Brackets within
    quotes or comments are plain text.
    """

    depth: Int[np.ndarray, " T"]
    quotes: Bool[np.ndarray, " T"]
    comment: Bool[np.ndarray, " T"]

    @property
    def inside(self) -> dict[str, Bool[np.ndarray, " T"]]:
        """The yes-or-no questions that a unit may answer, by name."""
        return {"brackets": self.depth > 0, "quotes": self.quotes, "a comment": self.comment}

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
    return Syntax(depth, quotes, comment)
