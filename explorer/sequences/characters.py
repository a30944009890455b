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

from explorer.cells import Cell, State, Weights
from explorer.sequences.stack import Stack, StackTrace, check_place, read_stack
from explorer.sequences.trace import Surgery
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
    trace: StackTrace
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
class Carry:
    """Where a network is between two characters: how many it has read, and its states."""

    steps: int
    states: tuple[State, ...]


@dataclass(frozen=True)
class CharacterNetwork:
    """Embedding, recurrent layers, and a read-out to the next character's logits.

    x = embedding of the character     h = layers(x, h₋₁)     logits = W h + b

    Raises `ValueError` for layers that are read both ways: they would see the answer.
    """

    vocabulary: Vocabulary
    embedding: Float[Tensor, "V E"]
    stack: Stack
    readout: Float[Tensor, "V H"]
    readout_bias: Float[Tensor, " V"]

    def __post_init__(self) -> None:
        if self.stack.both_ways:
            raise ValueError("a network that expects the next character cannot read backward")

    @property
    def cell_name(self) -> str:
        """The recurrent cell's name."""
        return self.stack.cell_name

    @property
    def cell(self) -> Cell:
        """The recurrent cell."""
        return self.stack.cell

    @property
    def weights(self) -> Weights:
        """Those of the first layer."""
        return self.stack.weights

    @property
    def units(self) -> int:
        """H: units of each layer."""
        return self.stack.units

    @property
    def parameters(self) -> int:
        """How many numbers were learned."""
        others = (self.embedding, self.readout, self.readout_bias)
        return self.stack.parameters + sum(part.numel() for part in others)

    @cached_property
    def precise(self) -> "CharacterNetwork":
        """The same network in float64, in which it reads."""
        return self.to(torch.float64)

    def read(
        self, text: str, surgery: Surgery | None = None, at: tuple[int, int] = (0, 0)
    ) -> Reading:
        """Read a text from a blank state, in float64, keeping everything.

        A surgery is done at one layer and direction. Raises `ValueError` for an empty text and
        for a surgery that does not fit.
        """
        codes = self.vocabulary.encode(text)
        precise = self.precise
        with torch.no_grad():
            seen = read_stack(precise.stack, precise.embedding[codes], surgery, at)
            expected = precise.log_probabilities(seen.hidden)
        unknown = self.vocabulary.unknown(text)
        return Reading(
            text, self.vocabulary, unknown, codes, trace=seen, log_probabilities=expected
        )

    def before(self, seen: StackTrace, step: int) -> Carry:
        """Where it was before a step of what it has read."""
        befores = [trace.before for (trace,) in seen.traces]
        return Carry(
            step,
            tuple(
                State(state.hidden[step], None if state.cell is None else state.cell[step])
                for state in befores
            ),
        )

    def begin(self) -> Carry:
        """The blank state in which a text begins, in float64."""
        return Carry(0, tuple(layer[0] for layer in self.precise.stack.start()))

    def next(
        self,
        code: int,
        carry: Carry,
        surgery: Surgery | None = None,
        at: tuple[int, int] = (0, 0),
    ) -> tuple[Float[Tensor, " V"], Carry]:
        """Read one more character: what is expected after it, and where the network is then.

        Character by character this is `read`, to the last bits of float64; steps of a surgery
        count from `begin`.
        """
        if surgery:
            check_place(self.stack, at)
        arriving, states = self.precise.embedding[code], []
        with torch.no_grad():
            for number, (weights,) in enumerate(self.precise.stack.layers):
                here = surgery if surgery and at == (number, 0) else None
                state = self._advance(weights, arriving, carry, number, here)
                states.append(state)
                arriving = state.hidden
            expected = self.precise.log_probabilities(arriving)
        return expected, Carry(carry.steps + 1, tuple(states))

    def _advance(
        self, weights: Weights, x: Tensor, carry: Carry, number: int, surgery: Surgery | None
    ) -> State:
        if surgery is None:
            from_input = self.cell.from_input(weights, x)
            return self.cell.advance(weights, from_input, carry.states[number]).state
        weights, place = surgery.weights(weights), carry.steps
        for edit in surgery.inputs:
            if edit.step == place:
                x = x.index_fill(-1, torch.tensor(edit.entry), edit.value)
        from_input = self.cell.from_input(weights, x)
        return self.cell.advance(
            weights, from_input, carry.states[number], surgery.touch(place)
        ).state

    def log_probabilities(self, hidden: Float[Tensor, "*any H"]) -> Float[Tensor, "*any V"]:
        """What the read-out expects next, given h of the top layer."""
        return log_softmax(linear(hidden, self.readout, self.readout_bias), dim=-1)

    def to(self, dtype: torch.dtype) -> "CharacterNetwork":
        """The same network at another precision."""
        return CharacterNetwork(
            self.vocabulary,
            self.embedding.to(dtype),
            self.stack.to(dtype),
            self.readout.to(dtype),
            readout_bias=self.readout_bias.to(dtype),
        )

    def state_dict(self) -> dict[str, Tensor]:
        """Everything learned, under the names of the torch modules that would hold it."""
        recurrent = {f"recurrent.{k}": v for k, v in self.stack.state_dict().items()}
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
    layers: int = 1,
) -> CharacterNetwork:
    """An untrained network, drawn as torch draws its layers, with the given forget bias.

    Embedding N(0, 1), everything else uniform in ±1/√H. A cell without a forget gate has no bias
    to set.
    """
    drawn = torch.randn(len(vocabulary), embedding, generator=generator)
    stack = Stack.draw(cell_name, embedding, units, layers, generator=generator)
    bound = units**-0.5
    readout = torch.empty(len(vocabulary), units).uniform_(-bound, bound, generator=generator)
    bias = torch.zeros(len(vocabulary))
    return CharacterNetwork(
        vocabulary, drawn, stack.with_forget_bias(forget_bias), readout, readout_bias=bias
    )
