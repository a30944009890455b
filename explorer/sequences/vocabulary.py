"""The characters a network knows, and what becomes of the others.

Letters in the shapes: T characters.
"""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Int64
from torch import Tensor

STAND_IN = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True)
class Vocabulary:
    """The characters a network was trained on, sorted; every other one reads as a stand-in.

    The stand-in � has the last number, after the characters. A network is trained to read over it.
    """

    characters: str

    def __post_init__(self) -> None:
        known = self.characters
        if not known or list(known) != sorted(set(known)) or STAND_IN in known:
            raise ValueError("a vocabulary must be distinct characters in order, without �")

    @classmethod
    def of(cls, text: str, at_least: int = 100) -> "Vocabulary":
        """The characters that occur often enough in a text to be learned."""
        counted = Counter(text)
        counted.pop(STAND_IN, None)
        often = sorted(character for character, times in counted.items() if times >= at_least)
        if not often:
            raise ValueError(f"no character occurs {at_least} times in the text")
        return cls("".join(often))

    def __len__(self) -> int:
        """How many numbers there are: one for each character and one for the stand-in."""
        return len(self.characters) + 1

    def __getitem__(self, number: int) -> str:
        """The character behind a number."""
        return (self.characters + STAND_IN)[number]

    def encode(self, text: str) -> Int64[Tensor, " T"]:
        """The number of every character of a text."""
        known, asked = _code_points(self.characters), _code_points(text)
        place = np.minimum(np.searchsorted(known, asked), len(known) - 1)
        return torch.from_numpy(np.where(known[place] == asked, place, len(known)))

    def unknown(self, text: str) -> tuple[str, ...]:
        """The characters of a text that are not known, each once, in order of appearance."""
        return tuple(dict.fromkeys(c for c in text if c not in self.characters))


def _code_points(text: str) -> np.ndarray:
    # A lone half of a surrogate pair is no character, but it can be typed into a link.
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
