"""A network that reads a text character by character and expects the next one.

Letters in the shapes: T characters, V characters known, E numbers that stand for a character, H
units, G rows of all gates together.
"""

from dataclasses import dataclass
from functools import cached_property

import torch
from jaxtyping import Float, Int64
from torch import Tensor
from torch.nn.functional import linear, log_softmax

from explorer.cells import CELLS, Cell, Weights, with_forget_bias
from explorer.sequences.trace import Trace, trace
from explorer.sequences.vocabulary import Vocabulary


@dataclass(frozen=True)
class Reading:
    """What a network did with a text, in the order it did it.

    `unknown` are the characters the network never saw; it read � in their place. Row t of
    `log_probabilities` is what it expected after character t.
    """

    text: str
    vocabulary: Vocabulary
    unknown: tuple[str, ...]
    codes: Int64[Tensor, " T"]
    trace: Trace
    log_probabilities: Float[Tensor, "T V"]

    @cached_property
    def probabilities(self) -> Float[Tensor, "T V"]:
        """How likely the network found each character as the next one."""
        return self.log_probabilities.exp()

    @cached_property
    def surprise(self) -> Float[Tensor, " S"]:
        """−log p in nats of each character but the first, as expected just before it was read."""
        return -self.log_probabilities[:-1].gather(1, self.codes[1:, None])[:, 0]

    def expected(self, step: int, most: int = 4) -> list[tuple[str, float]]:
        """The likeliest next characters after a step, likeliest first, with their probabilities."""
        likeliest = self.probabilities[step].topk(min(most, len(self.vocabulary)))
        numbers, shares = likeliest.indices.tolist(), likeliest.values.tolist()
        return [(self.vocabulary[n], share) for n, share in zip(numbers, shares, strict=True)]


@dataclass(frozen=True)
class CharacterNetwork:
    """Embedding, one recurrent cell, and a read-out to the next character's logits.

    x = embedding of the character     h = cell(x, h₋₁)     logits = W h + b
    """

    cell_name: str
    vocabulary: Vocabulary
    embedding: Float[Tensor, "V E"]
    weights: Weights
    readout: Float[Tensor, "V H"]
    readout_bias: Float[Tensor, " V"]

    @property
    def cell(self) -> Cell:
        """The recurrent cell."""
        return CELLS[self.cell_name]

    @property
    def parameters(self) -> int:
        """How many numbers were learned."""
        others = (self.embedding, self.readout, self.readout_bias)
        return self.weights.parameters + sum(part.numel() for part in others)

    def read(self, text: str) -> Reading:
        """Read a text from a blank state, in float64, keeping everything.

        Raises `ValueError` for an empty text.
        """
        codes = self.vocabulary.encode(text)
        precise = self.to(torch.float64)
        with torch.no_grad():
            seen = trace(precise.cell, precise.weights, precise.embedding[codes])
            logits = linear(seen.steps.hidden, precise.readout, precise.readout_bias)
            expected = log_softmax(logits, dim=-1)
        unknown = self.vocabulary.unknown(text)
        return Reading(text, self.vocabulary, unknown, codes, seen, expected)

    def to(self, dtype: torch.dtype) -> "CharacterNetwork":
        """The same network at another precision."""
        return CharacterNetwork(
            self.cell_name,
            self.vocabulary,
            self.embedding.to(dtype),
            self.weights.to(dtype),
            self.readout.to(dtype),
            self.readout_bias.to(dtype),
        )

    def state_dict(self) -> dict[str, Tensor]:
        """Everything learned, under the names of the torch modules that would hold it."""
        recurrent = {f"recurrent.{k}": v for k, v in self.weights.state_dict().items()}
        return {
            "embedding.weight": self.embedding,
            **recurrent,
            "readout.weight": self.readout,
            "readout.bias": self.readout_bias,
        }


def fresh_characters(
    cell_name: str,
    vocabulary: Vocabulary,
    units: int,
    embedding: int,
    forget_bias: float,
    generator: torch.Generator,
) -> CharacterNetwork:
    """An untrained network, drawn as torch draws its layers, with the given forget bias.

    Embedding N(0, 1), everything else uniform in ±1/√H. A cell without a forget gate has no bias
    to set.
    """
    cell = CELLS[cell_name]
    drawn = torch.randn(len(vocabulary), embedding, generator=generator)
    weights = cell.draw(embedding, units, generator)
    if cell.keeping_gate is not None:
        weights = with_forget_bias(cell, weights, forget_bias)
    bound = units**-0.5
    readout = torch.empty(len(vocabulary), units).uniform_(-bound, bound, generator=generator)
    bias = torch.zeros(len(vocabulary))
    return CharacterNetwork(cell_name, vocabulary, drawn, weights, readout, bias)
