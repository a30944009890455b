"""Is a review favourable? Sentences word by word, with what is reached without their order.

Letters in the shapes: T words, N sentences, V codes, C = 2 answers.
"""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import torch
from jaxtyping import Float, Int64
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from explorer.sequences.kinds.kind import Network, Shape
from explorer.sequences.padded import padded
from explorer.sequences.problems.problem import Examples, Floor, Metric, Problem
from explorer.sequences.words import Words, lexicon_sum, words

KNOWN_WORDS = 4_000
LONGEST = 40  # words of a sentence that are read
SPREAD = 0.1  # of the embedding at first: three points better than 1 (measured on these films)
PASSES = 100  # of the fit of the line on bags of words

Sentence = tuple[str, ...]


@dataclass(frozen=True)
class Rated:
    """Sentences as words, and whether each is favourable."""

    sentences: tuple[Sentence, ...]
    favourable: Int64[Tensor, " N"]


class Reviews(Problem):
    """Favourable or not, read at the last word.

    Words are those that are frequent in the sentences to learn from; all others are one.
    """

    metric = Metric("right reviews", "high", "percent")
    names = ("unfavourable", "favourable")
    asked: Sentence = ()
    """which is judged word by word"""

    def __init__(
        self,
        learned: Rated,
        held_out: Rated,
        lexicon: Mapping[str, float],
        batch: int = 64,
        known: int = KNOWN_WORDS,
    ) -> None:
        """Reviews to learn from, reviews held out, and what a lexicon says of words."""
        self.words, self.lexicon = Words.of(learned.sentences, known), lexicon
        self.learned, self.rated = learned, held_out
        self.signs = tuple(self.words[code] for code in range(len(self.words)))
        self._inputs, self._lengths = self.batched(learned.sentences)
        self._favourable = learned.favourable
        inputs, lengths = self.batched(held_out.sentences)
        self.held_out = Examples(inputs, held_out.favourable, lengths)
        self.shape = Shape(1, 2, "end", 20, len(self.words), spread=SPREAD)
        self.batch = min(batch, len(learned.sentences))
        self.floors = self._floors()

    def split(self, text: str) -> tuple[str, ...]:
        """Its words, as many as are read. Raises `ValueError` for a text without one."""
        return words(text)[:LONGEST]

    def batched(self, sentences: Sequence[Sentence]) -> tuple[Tensor, Tensor]:
        """Sentences as codes side by side, cut at `LONGEST` words, and their lengths."""
        return padded([self.words.encode(each[:LONGEST]) for each in sentences])

    def all_learned(self) -> Examples:
        """All reviews that are learned from, in one batch."""
        return Examples(self._inputs, self.learned.favourable, self._lengths)

    def examples(self, rng: torch.Generator) -> Examples:
        """Reviews drawn without putting any back, cut to the longest of them."""
        drawn = torch.randperm(len(self._lengths), generator=rng)[: self.batch]
        lengths = self._lengths[drawn]
        inputs = self._inputs[: int(lengths.max()), drawn]
        return Examples(inputs, self._favourable[drawn], lengths)

    def loss(self, answers: Float[Tensor, "N C"], examples: Examples) -> Float[Tensor, ""]:
        """Cross-entropy in nats a review."""
        return cross_entropy(answers, examples.targets)

    def scores(self, answers: Float[Tensor, "N C"], examples: Examples) -> Float[Tensor, " N"]:
        """1 for every review that is judged right."""
        return (answers.argmax(-1) == examples.targets).float()

    def log_odds(self, network: Network, sentences: Sequence[Sentence]) -> Float[Tensor, " N"]:
        """log p(favourable) − log p(unfavourable) that a network gives to each sentence."""
        inputs, lengths = self.batched(sentences)
        with torch.no_grad():
            said = network(inputs, lengths)
        return said[:, 1] - said[:, 0]

    def lexicon_right(self) -> Float[Tensor, " N"]:
        """1 where the sign of the lexicon's sum is right, ½ where it says nothing."""
        sums = torch.tensor([lexicon_sum(self.lexicon, each) for each in self.rated.sentences])
        signs = torch.where(self.rated.favourable == 1, 1.0, -1.0)
        return ((sums * signs).sign() + 1) / 2

    def _bags(self, sentences: Sequence[Sentence]) -> list["Bag"]:
        encoded = (self.words.encode(each[:LONGEST]).tolist() for each in sentences)
        return [tuple(sorted(set(codes) - {0})) for codes in encoded]

    def _floors(self) -> tuple[Floor, ...]:
        share = float(self.rated.favourable.double().mean())
        said = bag_of_words(
            self._bags(self.learned.sentences),
            self.learned.favourable,
            self._bags(self.rated.sentences),
            len(self.words),
        )
        right = ((said > 0).long() == self.rated.favourable).float()
        by_lexicon = self.lexicon_right()
        return (
            Floor("largest", "larger class", max(share, 1 - share)),
            _floor("lexicon", "sign of the lexicon's sum", by_lexicon),
            _floor("bag", "line on the bag of words", right),
        )

    def knows(self, word: str) -> bool:
        """Whether a word has a code of its own."""
        return bool(self.words.encode([word])[0])

    def asking(self, sentence: Sentence) -> "Reviews":
        """The same problem with another sentence that is judged word by word."""
        found = copy(self)
        found.asked = sentence
        return found

    @cached_property
    def negated(self) -> Mapping[str, tuple[int, int]]:
        """How many reviews to learn from have "not" before a word, and how many are favourable."""
        found: dict[str, tuple[int, int]] = {}
        for sentence, favourable in zip(
            self.learned.sentences, self.learned.favourable.tolist(), strict=True
        ):
            for word in {after for before, after in pairwise(sentence) if before == "not"}:
                seen, liked = found.get(word, (0, 0))
                found[word] = (seen + 1, liked + favourable)
        return found


def _floor(name: str, label: str, right: Float[Tensor, " N"]) -> Floor:
    return Floor(name, label, float(right.double().mean()), scores=right)


Bag = tuple[int, ...]
"""The codes of the known words of a sentence, each once."""


def bag_of_words(
    bags: Sequence[Bag], favourable: Int64[Tensor, " N"], asked: Sequence[Bag], codes: int
) -> Float[Tensor, " M"]:
    """Log-odds of other bags by logistic regression on these: a number for each word, and a bias.

    The loss is the summed cross-entropy plus half the squared numbers of the words, scikit-learn's
    default: it has one minimum.
    """
    weight = torch.zeros(codes, dtype=torch.float64, requires_grad=True)
    bias = torch.zeros((), dtype=torch.float64, requires_grad=True)
    rows, columns = _places(bags)
    wanted = favourable.double()

    def closure() -> float:
        optimizer.zero_grad()
        said = bias + torch.zeros_like(wanted).index_add(0, rows, weight[columns])
        fit = binary_cross_entropy_with_logits(said, wanted, reduction="sum")
        loss = fit + weight.square().sum() / 2
        loss.backward()
        return loss.item()

    optimizer = torch.optim.LBFGS([weight, bias], max_iter=PASSES, line_search_fn="strong_wolfe")
    with torch.enable_grad():
        optimizer.step(closure)
    rows, columns = _places(asked)
    with torch.no_grad():
        said = torch.zeros(len(asked), dtype=torch.float64).index_add(0, rows, weight[columns])
        return said + bias


def _places(bags: Sequence[Bag]) -> tuple[Int64[Tensor, " K"], Int64[Tensor, " K"]]:
    """The row and column of every word in the table of bags by words."""
    rows = torch.repeat_interleave(
        torch.arange(len(bags)), torch.tensor([len(bag) for bag in bags], dtype=torch.int64)
    )
    return rows, torch.tensor([code for bag in bags for code in bag], dtype=torch.int64)
