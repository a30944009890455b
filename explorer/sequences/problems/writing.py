"""Expecting the next character of a text, and writing on: by networks, and by tables.

Letters in the shapes: T steps, N windows, V characters known, L characters of a text, K contexts.
"""

import numpy as np
import torch
from jaxtyping import Float, Int64
from torch import Tensor
from torch.nn.functional import cross_entropy

from explorer.sequences.characters import CharacterNetwork
from explorer.sequences.kinds.kind import Network, Shape
from explorer.sequences.kinds.recurrent import Recurrent
from explorer.sequences.problems.labelling import contexts
from explorer.sequences.problems.problem import Examples, Floor, Metric, Problem
from explorer.sequences.vocabulary import Vocabulary

SEEN = (0, 1, 2)  # characters before the next one that the tables see
PRIOR = 5.0  # how many characters the shorter table's expectation is worth
LENGTH, WINDOWS = 64, 96


class Writing(Problem):
    """The next character at every place of a window that was cut out of a text."""

    def __init__(
        self,
        learned: str,
        held_out: str,
        vocabulary: Vocabulary,
        length: int = LENGTH,
        batch: int = 32,
        windows: int = WINDOWS,
        unit: str = "character",
    ) -> None:
        """A text to learn from, and one held out; ``unit`` is what a sign of it is called.

        Raises `ValueError` for a text that is too short for a window and the character after it.
        """
        self.metric = Metric(f"nats a {unit}", "low", "plain")
        self.vocabulary, self.batch, self.begins = vocabulary, batch, learned[:1]
        self.shape = Shape(1, len(vocabulary), "every", length, len(vocabulary))
        self.signs = self.names = tuple(vocabulary[code] for code in range(len(vocabulary)))
        for text in (learned, held_out):
            if len(text) <= length:
                raise ValueError(
                    f"the text must have more than {length} characters, not {len(text)}"
                )
        self._codes, held_codes = (vocabulary.encode(text) for text in (learned, held_out))
        self._ahead = torch.arange(length)[:, None]
        starts = torch.linspace(0, len(held_codes) - length - 1, windows).long()
        self.held_out = self._cut(held_codes, starts)
        self.floors = (
            Floor("chance", "blind guessing", float(np.log(len(vocabulary)))),
            *(
                Floor(
                    ("none", "one", "two")[seen],
                    ("frequencies", "table of one", "table of two")[seen],
                    expected_loss(self._codes.numpy(), held_codes.numpy(), seen, len(vocabulary)),
                )
                for seen in SEEN
            ),
        )

    def _cut(self, codes: Int64[Tensor, " L"], starts: Int64[Tensor, " N"]) -> Examples:
        places = starts + self._ahead
        return Examples(codes[places], codes[places + 1])

    def examples(self, rng: torch.Generator) -> Examples:
        """Windows from random places of the text."""
        most = len(self._codes) - len(self._ahead)
        return self._cut(self._codes, torch.randint(most, (self.batch,), generator=rng))

    def loss(self, answers: Float[Tensor, "T N V"], examples: Examples) -> Float[Tensor, ""]:
        """Cross-entropy in nats a character."""
        return cross_entropy(answers.flatten(0, 1), examples.targets.flatten())

    def scores(self, answers: Float[Tensor, "T N V"], examples: Examples) -> Float[Tensor, " N"]:
        """Nats a character of every window."""
        each = cross_entropy(answers.flatten(0, 1), examples.targets.flatten(), reduction="none")
        return each.view(examples.targets.shape).mean(0)


def expected_loss(
    learned: Int64[np.ndarray, " L"], held_out: Int64[np.ndarray, " M"], seen: int, symbols: int
) -> float:
    """Nats a character of a table of how often each character followed the last ``seen`` ones.

    p(x | c) = (n(c, x) + β p(x | shorter c)) / (n(c) + β) with β = `PRIOR`, and 1 / V for the
    shortest: a Dirichlet prior around what the shorter table says (MacKay and Peto 1995).
    """
    following = held_out[seen:]
    chance = np.full(len(following), 1 / symbols)
    for length in range(seen + 1):
        # The character at place t follows the `length` before it, of which t − 1 is the last.
        before = _before(learned, length, symbols)
        counts = np.zeros((symbols**length, symbols))
        np.add.at(counts, (before, learned[length:]), 1)
        asked = _before(held_out, length, symbols)[seen - length :]
        total = counts.sum(1)[asked]
        chance = (counts[asked, following] + PRIOR * chance) / (total + PRIOR)
    return float(-np.log(chance).mean())


def _before(codes: Int64[np.ndarray, " L"], length: int, symbols: int) -> Int64[np.ndarray, " K"]:
    """The number of the ``length`` characters before each place from ``length`` on."""
    if length == 0:
        return np.zeros(len(codes), dtype=np.int64)
    return contexts(codes, length, symbols)[length - 1 : -1]


def writer(network: Network, vocabulary: Vocabulary) -> CharacterNetwork | None:
    """A recurrent network that expects characters, as the laboratory reads and writes with it.

    None for one that has no state to carry on, or reads backward.
    """
    if not isinstance(network, Recurrent) or network.merge:
        return None
    if "convolution.weight" in network.parameters:
        return None
    known = {name: part.detach().clone() for name, part in network.parameters.items()}
    return CharacterNetwork(
        vocabulary,
        known["embedding.weight"],
        network.stack(),
        known["readout.weight"],
        readout_bias=known["readout.bias"],
    )
