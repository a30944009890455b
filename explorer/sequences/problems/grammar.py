"""Expecting what may come next in strings of a grammar whose sets of next symbols are known.

Letters in the shapes: T steps, N strings, C symbols.
"""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn.functional import cross_entropy

from explorer.sequences.grammars import SYMBOLS, allowed, strings
from explorer.sequences.kinds.kind import Shape
from explorer.sequences.padded import padded
from explorer.sequences.problems.problem import UNKNOWN, Examples, Floor, Metric, Problem

LEARNED, HELD_OUT = 3_000, 200  # strings
SEEN = (1, 2)  # symbols that the tables see


class Grammar(Problem):
    """The next symbol of every beginning of a string; scored is whether all of a string is right.

    At each step as many of the likeliest symbols are taken as may come: the step is right where
    they are exactly those (after Cleeremans, Servan-Schreiber and McClelland 1989). No string that
    is held out is learned from.
    """

    metric = Metric("strings all right", "high", "percent")
    signs = names = tuple(SYMBOLS)

    def __init__(self, embedded: bool, batch: int = 32) -> None:
        """Draw the strings."""
        self.embedded, self.batch = embedded, batch
        rng = torch.Generator().manual_seed(0)
        drawn = strings(LEARNED + 2 * HELD_OUT, embedded, rng)
        held = list(dict.fromkeys(drawn))[-HELD_OUT:]
        out = set(held)
        self.strings = held
        self.learned = [text for text in drawn if text not in out]
        self._learned, self.held_out = encoded(self.learned), encoded(held)
        self.may = oracle(held, embedded)
        lengths = self.held_out.lengths
        assert lengths is not None
        length = round(float(lengths.float().mean()))
        self.shape = Shape(1, len(SYMBOLS), "every", length, len(SYMBOLS))
        self.floors = tuple(
            Floor(name, label, self._by_table(seen))
            for seen, name, label in zip(
                SEEN, ("one", "two"), ("table of one", "table of two"), strict=True
            )
        )
        if embedded:
            second = [text[1] for text in held]
            usual = max(second.count("T"), second.count("P")) / len(second)
            self.floors += (Floor("forgotten", "without the second symbol", usual),)

    def examples(self, rng: torch.Generator) -> Examples:
        """Strings drawn with putting back."""
        learned = self._learned
        assert learned.lengths is not None
        drawn = torch.randint(len(learned.lengths), (self.batch,), generator=rng)
        lengths = learned.lengths[drawn]
        longest = int(lengths.max())
        return Examples(learned.inputs[:longest, drawn], learned.targets[:longest, drawn], lengths)

    def loss(self, answers: Float[Tensor, "T N C"], examples: Examples) -> Float[Tensor, ""]:
        """Cross-entropy in nats a symbol."""
        return cross_entropy(
            answers.flatten(0, 1), examples.targets.flatten(), ignore_index=UNKNOWN
        )

    def wrong(self, answers: Float[Tensor, "T N C"]) -> Bool[Tensor, "T N C"]:
        """Which of the symbols that are taken at each step of the held-out strings may not come."""
        places = answers.argsort(dim=-1, descending=True, stable=True).argsort(-1)
        return (places < self.may.sum(-1, keepdim=True)) & ~self.may

    def scores(self, answers: Float[Tensor, "T N C"], examples: Examples) -> Float[Tensor, " N"]:
        """1 for every held-out string of which every step is right."""
        return (~self.wrong(answers).any(-1).any(0)).float()

    def _by_table(self, seen: int) -> float:
        """How many strings are right by what came after the last few symbols, how often."""
        counts: dict[str, np.ndarray] = defaultdict(lambda: np.zeros(len(SYMBOLS)))
        for text in self.learned:
            for place in range(1, len(text)):
                counts[text[max(0, place - seen) : place]][SYMBOLS.index(text[place])] += 1
        said = torch.zeros(self.may.shape)
        for number, text in enumerate(self.strings):
            for place in range(1, len(text)):
                before = text[max(0, place - seen) : place]
                said[place - 1, number] = torch.from_numpy(counts[before])
        return float(self.scores(said, self.held_out).mean())


def encoded(texts: Sequence[str]) -> Examples:
    """Every string without its last symbol, and the symbol after each."""
    codes = [torch.tensor([SYMBOLS.index(symbol) for symbol in text]) for text in texts]
    inputs, lengths = padded([each[:-1] for each in codes])
    targets = torch.nn.utils.rnn.pad_sequence([each[1:] for each in codes], padding_value=UNKNOWN)
    return Examples(inputs, targets, lengths)


def oracle(texts: Sequence[str], embedded: bool) -> Bool[Tensor, "T N C"]:
    """Which symbols may come after each; none behind the end of a string."""
    found = torch.zeros(max(map(len, texts)) - 1, len(texts), len(SYMBOLS), dtype=torch.bool)
    for number, text in enumerate(texts):
        for place, symbols in enumerate(allowed(text, embedded)[:-1]):
            for symbol in symbols:
                found[place, number, SYMBOLS.index(symbol)] = True
    return found
