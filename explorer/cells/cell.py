"""What every recurrent cell offers: its gates, one step with all intermediates, its torch twin.

Letters in the shapes: I inputs, H units, G rows of all gates together. `*batch` stands for any
axes in front: none for one vector, a batch, or, in a recorded trace, time.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import linear

from explorer.cells.weights import Weights


@dataclass(frozen=True)
class State:
    """What a cell hands to its next step: the hidden state and, for the LSTM, the memory c."""

    hidden: Float[Tensor, "*batch H"]
    cell: Float[Tensor, "*batch H"] | None = None


@dataclass(frozen=True)
class Gate:
    """One gate taken apart: value = squash(preactivation), preactivation = the sum of two parts.

    `from_input` is W_ih x + b_ih; `from_hidden` is W_hh h + b_hh, in the GRU's new gate times the
    reset gate.
    """

    from_input: Float[Tensor, "*batch H"]
    from_hidden: Float[Tensor, "*batch H"]
    preactivation: Float[Tensor, "*batch H"]
    value: Float[Tensor, "*batch H"]


class Step(ABC):
    """What one step of any cell computed; the fields of each cell's own type tell its order."""

    from_input: Float[Tensor, "*batch G"]
    """W_ih x + b_ih of all gates, stacked in packing order."""
    from_hidden: Float[Tensor, "*batch G"]
    """W_hh h + b_hh of all gates, stacked in packing order."""
    hidden: Float[Tensor, "*batch H"]
    """h, the cell's output."""

    @property
    def state(self) -> State:
        """What the next step starts from."""
        return State(self.hidden)

    @abstractmethod
    def gate(self, name: str) -> Gate:
        """One gate with its parts; `ValueError` names the gates there are."""


class Cell(ABC):
    """One time step of a recurrent network as a pure function of weights, input and state."""

    name: str
    gates: ClassVar[tuple[str, ...]]
    """The gates in the order in which PyTorch packs their rows; also the fields of the step."""
    keeping_gate: ClassVar[str | None] = None
    """The gate that says how much of the memory stays; its bias sets how long it stays."""

    @abstractmethod
    def advance(
        self, weights: Weights, from_input: Float[Tensor, "*batch G"], state: State
    ) -> Step:
        """One step, given the part of the input that no earlier step can change."""

    @abstractmethod
    def blank_layer(self, inputs: int, units: int, dtype: torch.dtype) -> nn.RNNBase:
        """The torch layer of the same kind, its weights not yet set."""

    def from_input(
        self, weights: Weights, x: Float[Tensor, "*batch I"]
    ) -> Float[Tensor, "*batch G"]:
        """W_ih x + b_ih for all gates; x may hold every step of a sequence at once."""
        return linear(x, weights.weight_ih, weights.bias_ih)

    def step(self, weights: Weights, x: Float[Tensor, "*batch I"], state: State) -> Step:
        """Read x in the given state. Raises `ValueError` when the weights are not this cell's."""
        self.check(weights)
        return self.advance(weights, self.from_input(weights, x), state)

    def start(self, weights: Weights, *batch: int) -> State:
        """The state before the first step: all zeros, as in PyTorch."""
        return State(weights.weight_hh.new_zeros(*batch, weights.units))

    def check(self, weights: Weights) -> None:
        """Raise `ValueError` unless the weights have one block of rows for each gate."""
        if weights.gates != len(self.gates):
            raise ValueError(
                f"{self.name} needs {len(self.gates)} gates ({', '.join(self.gates)}), "
                f"not weights of {weights.gates}"
            )

    def parameters(self, inputs: int, units: int) -> int:
        """How many numbers the cell learns: H(I + H + 2) for each gate, PyTorch's two biases."""
        return len(self.gates) * units * (inputs + units + 2)

    def layer(self, weights: Weights) -> nn.RNNBase:
        """PyTorch's own layer with these weights: the oracle, and the fast way through a text."""
        self.check(weights)
        layer = self.blank_layer(weights.inputs, weights.units, weights.weight_hh.dtype)
        layer.load_state_dict(weights.state_dict())
        return layer

    def draw(
        self,
        inputs: int,
        units: int,
        generator: torch.Generator,
        dtype: torch.dtype = torch.float32,
    ) -> Weights:
        """Fresh weights as `torch.nn` draws them: everything uniform in ±1/√H, biases too.

        Differs from `torch.nn` in taking its randomness from an explicit generator.
        """
        rows, bound = len(self.gates) * units, units**-0.5

        def uniform(*shape: int) -> Tensor:
            return torch.empty(*shape, dtype=dtype).uniform_(-bound, bound, generator=generator)

        return Weights(uniform(rows, inputs), uniform(rows, units), uniform(rows), uniform(rows))


def blank(
    kind: Callable[..., nn.RNNBase], inputs: int, units: int, **options: object
) -> nn.RNNBase:
    """A torch layer with weights never drawn: building it leaves the global generator alone."""
    return kind(inputs, units, device="meta", **options).to_empty(device="cpu")


def rows(packed: Float[Tensor, "*batch G"], block: int, units: int) -> Float[Tensor, "*batch H"]:
    """The rows of one gate out of all gates stacked."""
    return packed[..., block * units : (block + 1) * units]


def block_of(gates: tuple[str, ...], name: str) -> int:
    """Where in the packing order a gate stands; `ValueError` names the gates there are."""
    if name not in gates:
        raise ValueError(f"unknown gate {name!r}; choose from {', '.join(map(repr, gates))}")
    return gates.index(name)
