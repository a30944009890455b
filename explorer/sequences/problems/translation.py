"""Translating one sequence of signs into another: exact, or not; and sign by sign.

Letters in the shapes: S signs of the longest source, T steps that are written, N sequences, C signs
that can be written, the end included.
"""

from collections import Counter
from collections.abc import Sequence
from copy import copy

import torch
from jaxtyping import Float, Int64
from torch import Tensor
from torch.nn.functional import cross_entropy, one_hot, pad

from explorer.sequences.kinds.kind import Network, Shape
from explorer.sequences.kinds.translating import END, EncoderDecoder
from explorer.sequences.languages import Language, Pair
from explorer.sequences.padded import padded
from explorer.sequences.problems.problem import UNKNOWN, Examples, Floor, Metric, Problem

HELD_OUT, LEARNED = 400, 12_000  # pairs held out, and pairs to draw batches from
COMPARED = 3_000  # of the pairs to learn from, that the nearest one is looked for among
ALIKE = 3  # signs that the sources of one batch may be longer or shorter than its first
WRITTEN = 2  # steps: what may be written beyond the longest translation that was seen


class Translation(Problem):
    """A source is read, its translation is written. Scored is whether all of it is right.

    No key of a held-out pair (`languages.Pair`) is among those to learn from.
    """

    metric = Metric("all signs right", "high", "percent")

    def __init__(
        self, language: Language, batch: int = 128, forcing: float = 1.0, seed: int = 0
    ) -> None:
        """Draw what is held out and what is learned from; ``forcing`` as in `taught`."""
        self.language, self.batch, self.forcing = language, batch, forcing
        self.signs, self.names = tuple(language.reads), ("end", *language.writes)
        rng = torch.Generator().manual_seed(seed)
        held, learned = divided(language, rng)
        self.pairs = held
        self._learned = self._encoded(sorted(learned, key=lambda pair: len(pair.source)))
        self.held_out = self._encoded(held)
        lengths, targets = self.held_out.lengths, self._learned.targets
        assert lengths is not None
        self.shape = Shape(
            1,
            len(language.writes) + 1,
            "every",
            round(float(lengths.float().mean())),
            len(language.reads),
            writes=len(targets) + WRITTEN,
        )
        self.floors = self._floors()

    def forced(self, forcing: float) -> "Translation":
        """The same problem, its networks taught with another share of right signs."""
        found = copy(self)
        found.forcing = forcing
        return found

    def _encoded(self, pairs: Sequence[Pair]) -> Examples:
        inputs, lengths = padded([self.encode(pair.source) for pair in pairs])
        written = [torch.tensor(self.codes(pair.target)) for pair in pairs]
        targets = torch.nn.utils.rnn.pad_sequence(written, padding_value=UNKNOWN)
        return Examples(inputs, targets, lengths)

    def encode(self, text: str) -> Int64[Tensor, " S"]:
        """A source as numbers. Raises `ValueError` for a sign that is none of this task's."""
        return torch.tensor([self.language.reads.index(sign) for sign in text])

    def codes(self, target: str) -> list[int]:
        """A translation as numbers, the end included."""
        return [1 + self.language.writes.index(sign) for sign in target] + [END]

    def text(self, codes: Sequence[int]) -> str:
        """What was written up to its end, or all of it where it has none."""
        kept = codes[: codes.index(END)] if END in codes else codes
        return "".join(self.language.writes[code - 1] for code in kept)

    def examples(self, rng: torch.Generator) -> Examples:
        """Pairs drawn with putting back, their sources of roughly one length.

        Within `ALIKE` signs of that of a pair drawn first: Sutskever, Vinyals and Le (2014) filled
        their batches so and trained twice as fast.
        """
        learned, lengths = self._learned, self._learned.lengths
        assert lengths is not None
        around = lengths[torch.randint(len(lengths), (1,), generator=rng)]
        first = int(torch.searchsorted(lengths, around - ALIKE))
        behind = int(torch.searchsorted(lengths, around + ALIKE, right=True))
        drawn = torch.randint(first, behind, (self.batch,), generator=rng)
        targets = learned.targets[:, drawn]
        longest = int((targets != UNKNOWN).sum(0).max())
        read = lengths[drawn]
        return Examples(learned.inputs[: int(read.max()), drawn], targets[:longest], read)

    def said(
        self, network: Network, examples: Examples, rng: torch.Generator, noise: torch.Generator
    ) -> Float[Tensor, "T N C"]:
        """What a network says of the right translation, step by step, while it is trained."""
        assert isinstance(network, EncoderDecoder)
        inputs, lengths, targets = examples.inputs, examples.lengths, examples.targets
        return network.taught(inputs, lengths, targets, self.forcing, rng, noise)

    def loss(self, answers: Float[Tensor, "T N C"], examples: Examples) -> Float[Tensor, ""]:
        """Cross-entropy in nats a sign, the end included."""
        return cross_entropy(
            answers.flatten(0, 1), examples.targets.flatten(), ignore_index=UNKNOWN
        )

    def loss_held_out(self, answers: Float[Tensor, "K N C"]) -> None:
        """None: what is scored a network writes alone, and it learns from what it is given."""

    def right(
        self, answers: Float[Tensor, "K N C"], examples: Examples
    ) -> tuple[Int64[Tensor, " N"], Int64[Tensor, " N"]]:
        """How many signs of each translation are right at their own place, and how many it has.

        Its end is one of them.
        """
        targets = examples.targets
        said = answers.argmax(-1)
        short = len(targets) - len(said)
        said = pad(said, (0, 0, 0, max(0, short)), value=UNKNOWN - 1)[: len(targets)]
        known = targets != UNKNOWN
        return ((said == targets) & known).sum(0), known.sum(0)

    def scores(self, answers: Float[Tensor, "K N C"], examples: Examples) -> Float[Tensor, " N"]:
        """1 for every translation that is right from the first sign to its end."""
        right, all_of_them = self.right(answers, examples)
        return (right == all_of_them).float()

    def _floors(self) -> tuple[Floor, ...]:
        return (
            Floor("nearest", "nearest known source", nearest(self._learned, self.held_out)),
            Floor("usual", "most usual translation", usual(self._learned, self.held_out)),
        )


def divided(language: Language, rng: torch.Generator) -> tuple[list[Pair], list[Pair]]:
    """Pairs of distinct keys that are held out, and pairs of other keys to learn from."""
    held: dict[str, Pair] = {}
    for pair in language.pairs(4 * HELD_OUT, rng):
        if len(held) < HELD_OUT:
            held.setdefault(pair.key, pair)
    drawn = language.pairs(LEARNED, rng)
    return list(held.values()), [pair for pair in drawn if pair.key not in held]


def nearest(learned: Examples, held_out: Examples) -> float:
    """How often the translation of the source that shares most signs, place by place, is right."""
    S = max(len(learned.inputs), len(held_out.inputs))
    symbols = int(max(learned.inputs.max(), held_out.inputs.max())) + 2
    rows, every = [], max(1, learned.inputs.shape[1] // COMPARED)
    for examples, step in ((learned, every), (held_out, 1)):
        assert examples.lengths is not None
        some = examples.inputs[:, ::step]
        there = torch.arange(len(some))[:, None] < examples.lengths[::step]
        codes = torch.where(there, some + 1, 0)
        codes = pad(codes, (0, 0, 0, S - len(codes)))
        rows.append(one_hot(codes.T, symbols).flatten(1).float())
    place = every * (rows[1] @ rows[0].T).argmax(1)
    said = [tuple(column) for column in learned.targets[:, place].T.tolist()]
    return _share(said, held_out)


def usual(learned: Examples, held_out: Examples) -> float:
    """How often the most frequent translation is right."""
    common = Counter(tuple(column) for column in learned.targets.T.tolist()).most_common(1)[0][0]
    return _share([common] * held_out.targets.shape[1], held_out)


def _share(said: Sequence[tuple[int, ...]], held_out: Examples) -> float:
    true = [tuple(column) for column in held_out.targets.T.tolist()]
    hits = [_cut(one) == _cut(other) for one, other in zip(said, true, strict=True)]
    return sum(hits) / len(hits)


def _cut(codes: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(code for code in codes if code != UNKNOWN)
