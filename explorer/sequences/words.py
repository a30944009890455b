"""Sentences as words, and a lexicon that says of single words how good they are.

Letters in the shapes: T words.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import torch
from jaxtyping import Int64
from torch import Tensor

UNKNOWN_WORD = "\N{WHITE SQUARE}"
LONGEST_SENTENCE = 2_000  # characters that are read
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[!?]", re.UNICODE)


def words(sentence: str) -> tuple[str, ...]:
    """The words of a sentence, in small letters; ! and ? count as words, other signs do not.

    An apostrophe between letters is part of its word: "don't" is one. Raises `ValueError` for a
    sentence without a word, and for one that is too long.
    """
    if len(sentence) > LONGEST_SENTENCE:
        raise ValueError(
            f"a sentence may have {LONGEST_SENTENCE:,} characters, not {len(sentence):,}"
        )
    found = tuple(word.replace("’", "'") for word in _WORD.findall(sentence.lower()))
    if not found:
        raise ValueError("there must be at least one word to read")
    return found


@dataclass(frozen=True)
class Words:
    """The words that are told apart, the most frequent first; every other one has the code 0."""

    known: tuple[str, ...]
    _codes: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(set(self.known)) != len(self.known) or UNKNOWN_WORD in self.known:
            raise ValueError("the known words must differ from each other and from the stand-in")
        numbered = {word: code for code, word in enumerate(self.known, 1)}
        object.__setattr__(self, "_codes", numbered)

    @classmethod
    def of(cls, sentences: Iterable[Sequence[str]], most: int) -> "Words":
        """The most frequent words of many sentences; of equals the first by letter."""
        counted = Counter(word for sentence in sentences for word in sentence)
        ranked = sorted(counted, key=lambda word: (-counted[word], word))
        return cls(tuple(ranked[:most]))

    def __len__(self) -> int:
        """How many codes there are: one for each word, and one for all others."""
        return len(self.known) + 1

    def __getitem__(self, code: int) -> str:
        """The word behind a code."""
        return self.known[code - 1] if code else UNKNOWN_WORD

    def encode(self, sentence: Sequence[str]) -> Int64[Tensor, " T"]:
        """The code of every word of a sentence."""
        return torch.tensor([self._codes.get(word, 0) for word in sentence], dtype=torch.int64)


def lexicon_sum(lexicon: Mapping[str, float], sentence: Sequence[str]) -> float:
    """The sum of what a lexicon says of each word; words that it does not know count 0.

    Hutto and Gilbert (2014) add rules for negation, emphasis and punctuation on top of this sum.
    """
    return sum(lexicon.get(word, 0.0) for word in sentence)
