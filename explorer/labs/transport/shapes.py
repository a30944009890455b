"""Piles as text: the heights of their bins, parted by blanks, as they stand in a link.

``"0 3 12 7"``: four bins; the second is three high. Commas and semicolons part them as well.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch

from explorer.transport.piles import Pile, pile

LOW, HIGH = 0.0, 10.0  # between which the bins of every pile lie
BINS = 40
HIGHEST = 100  # of a bin that is drawn; heights are relative
MOST_BINS = 200
LONGEST = 1_600  # characters: two piles have to fit into a link
PARTS = re.compile(r"[^\s,;]+")


@lru_cache(maxsize=64)  # each answer asks for them a dozen times
def heights_of(role: str, text: str) -> np.ndarray:
    """The heights that a text says. ValueError, one sentence, where it says none."""
    words = PARTS.findall(text)
    if not words:
        raise ValueError(f"the {role} has no bins: write heights such as '0 3 12 7'")
    if len(words) > MOST_BINS:
        raise ValueError(f"the {role} may have {MOST_BINS} bins, not {len(words):,}")
    heights = []
    for word in words:
        try:
            heights.append(float(word))
        except ValueError:
            raise ValueError(
                f"a height of the {role} must be a number, not {word[:20]!r}"
            ) from None
    found = np.array(heights)
    found.setflags(write=False)
    return found


def pile_of(role: str, text: str, shift: float = 0.0) -> Pile:
    """The pile that a text says, moved by ``shift``. ValueError, one sentence, where it is none."""
    return pile(role, torch.tensor(heights_of(role, text)), LOW, HIGH, shift)


def text_of(heights: np.ndarray) -> str:
    """Heights as text, the highest as `HIGHEST`, each a whole number."""
    top = float(np.max(heights, initial=0.0)) or 1.0
    return " ".join(f"{round(HIGHEST * float(height) / top)}" for height in heights)


@dataclass(frozen=True)
class Shape:
    """A pile by its name in a menu: so many bins of it as text."""

    label: str
    density: Callable[[np.ndarray], np.ndarray]

    def text(self, bins: int = BINS) -> str:
        """The pile as the text of a setting."""
        width = (HIGH - LOW) / bins
        return text_of(self.density(LOW + width * (np.arange(bins) + 0.5)))


def bell(mean: float, spread: float) -> Callable[[np.ndarray], np.ndarray]:
    """A Gaussian, up to a factor."""
    return lambda x: np.exp(-(((x - mean) / spread) ** 2) / 2)


def points(*places: float) -> Callable[[np.ndarray], np.ndarray]:
    """One bin each, at or right of these places."""

    def heights(x: np.ndarray) -> np.ndarray:
        found = np.zeros_like(x)
        for place in places:
            found[np.abs(x - place).argmin()] = 1.0
        return found

    return heights


SHAPES: Mapping[str, Shape] = {
    "left": Shape("Bell, left", bell(2.5, 0.7)),
    "right": Shape("Bell, right", bell(7.5, 0.7)),
    "wide": Shape("Wide bell", bell(5.0, 1.6)),
    "two": Shape("Two bells", lambda x: bell(5.5, 0.5)(x) + 0.7 * bell(8.3, 0.6)(x)),
    "three": Shape(
        "Three bells", lambda x: bell(1.5, 0.4)(x) + bell(5, 0.4)(x) + bell(8.5, 0.4)(x)
    ),
    "block": Shape("Block, left", lambda x: ((x > 1) & (x < 3)).astype(float)),
    "even": Shape("Even", np.ones_like),
    "point": Shape("One point", points(2.5)),
    "points": Shape("Two points", points(2.5, 7.5)),
}
"""Piles to begin with, by name, in the order of the menu."""
