"""What a judgement of a sentence owes to each of its words.

Letters in the shapes: T words.
"""

from dataclasses import dataclass

from jaxtyping import Float
from torch import Tensor

from explorer.sequences.kinds.kind import Network
from explorer.sequences.problems.reviews import Reviews, Sentence


@dataclass(frozen=True)
class Judged:
    """A sentence as a network judges it, as log-odds of being favourable.

    ``so_far`` is the judgement once so many words are read. ``left_out`` is what is lost with each
    word: the judgement of the sentence less that of the sentence without it (Li et al. 2016); no
    network is asked about a sentence without words, so of a single word it is the whole.
    """

    sentence: Sentence
    so_far: Float[Tensor, " T"]
    left_out: Float[Tensor, " T"]

    @property
    def log_odds(self) -> float:
        """The judgement of the whole sentence."""
        return float(self.so_far[-1])


def judged(problem: Reviews, network: Network, sentence: Sentence) -> Judged:
    """How a network comes to its judgement. Raises `ValueError` for a sentence without words."""
    if not sentence:
        raise ValueError("there must be at least one word to judge")
    so_far = problem.log_odds(network, [sentence[: k + 1] for k in range(len(sentence))])
    if len(sentence) == 1:
        return Judged(sentence, so_far, so_far)
    without = [sentence[:k] + sentence[k + 1 :] for k in range(len(sentence))]
    return Judged(sentence, so_far, so_far[-1] - problem.log_odds(network, without))


@dataclass(frozen=True)
class Negation:
    """What "not" before a word does to a judgement: log-odds of the word alone, and negated.

    ``seen`` is how many sentences to learn from have the pair in a row, ``favourable`` how many of
    these are favourable: where there are hardly any, nothing about it can be learned.
    """

    word: str
    alone: float
    negated: float
    seen: int
    favourable: int

    @property
    def turned(self) -> bool:
        """Whether "not" moves the judgement of the word towards the other side."""
        return (self.negated - self.alone) * self.alone < 0


def negation(problem: Reviews, network: Network, word: str) -> Negation:
    """What "not" before a word does, and what there was to learn it from."""
    alone, negated = problem.log_odds(network, [(word,), ("not", word)]).tolist()
    return Negation(word, alone, negated, *problem.negated.get(word, (0, 0)))
