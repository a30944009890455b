"""The letters of a network that somebody trained elsewhere: one for each code, in its own order.

Letters in the shapes: T letters.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from jaxtyping import Int64
from torch import Tensor

from explorer.sequences.vocabulary import STAND_IN, Vocabulary

SIGNS = "␂␃␀␚␄␛␅␆␖␘␙␍␎␏␐␑␒␓␔␕␗␁␇␈␜␝␞␟␠␡"
"""What stands in a text for a code that no single letter stands for: one sign for each."""


@dataclass(frozen=True)
class Alphabet(Vocabulary):
    """Letter k of `characters` has code k; one that has none reads as code `unknown_code`.

    `called` says what a sign in place of a letter stands for: "<eos>", or that nothing is known.
    Every code is one letter of a text, so a text of T letters is T codes, and back. Raises
    `ValueError` for no letter and for one that stands twice.
    """

    unknown_code: int | None = None
    called: tuple[tuple[str, str], ...] = field(default=())

    def __post_init__(self) -> None:
        if not self.characters:
            raise ValueError("an alphabet must have at least one letter")
        if (repeated := first_twice(self.characters)) is not None:
            first, second = repeated
            raise ValueError(
                f"the letter {quoted(self.characters[first])} stands twice, with the codes {first} "
                f"and {second}"
            )

    def __len__(self) -> int:
        """How many codes there are."""
        return len(self.characters)

    def __getitem__(self, number: int) -> str:
        """The letter, or the sign, of a code."""
        return self.characters[number]

    def encode(self, text: str) -> Int64[Tensor, " T"]:
        """The code of every letter.

        Raises `ValueError` that names the letters without one, where no code stands for those.
        """
        codes = {letter: code for code, letter in enumerate(self.characters)}
        if self.unknown_code is None and (strange := self.unknown(text)):
            named = ", ".join(map(quoted, strange[:12]))
            more = f" and {len(strange) - 12} more" if len(strange) > 12 else ""
            raise ValueError(
                f"the alphabet of this network has no {named}{more}, and no code for unknown "
                f"letters; type without them"
            )
        return torch.tensor([codes.get(letter, self.unknown_code) for letter in text])

    def unknown(self, text: str) -> tuple[str, ...]:
        """The letters of a text that have no code, each once, in order of appearance."""
        known = set(self.characters) | {STAND_IN}
        if self.unknown_code is None:
            known = set(self.characters)
        return tuple(dict.fromkeys(letter for letter in text if letter not in known))


def first_twice(some: Sequence[str]) -> tuple[int, int] | None:
    """The places of the first entry that comes again, and of where it does; None if none does."""
    seen: dict[str, int] = {}
    for place, each in enumerate(some):
        if each in seen:
            return seen[each], place
        seen[each] = place
    return None


def quoted(letter: str) -> str:
    """A letter as it can stand in a sentence: in quotes, by number where it would not be seen."""
    if letter == " ":
        return "the blank"
    if len(letter) == 1 and not letter.isprintable():
        return f"U+{ord(letter):04X}"
    return f"“{letter}”"
