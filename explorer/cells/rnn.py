"""The plain recurrent network (Elman 1990), with tanh or with relu.

Letters in the shapes: H units; `*batch` any axes in front. One gate, so G = H.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn

from explorer.cells.activations import RELU, TANH
from explorer.cells.cell import Cell, Gate, State, Step, Touch, blank, block_of, fed_back, untouched
from explorer.cells.gates import HIDDEN, Packing
from explorer.cells.weights import Weights


@dataclass(frozen=True)
class RNNStep(Step):
    """What one step of the plain RNN computed, in the order it computed it."""

    from_input: Float[Tensor, "*batch H"]
    from_hidden: Float[Tensor, "*batch H"]
    preactivation: Float[Tensor, "*batch H"]
    hidden: Float[Tensor, "*batch H"]

    def gate(self, name: str) -> Gate:
        """The one and only part, `hidden`, taken apart."""
        block_of(RNN.gates, name)
        return Gate(self.from_input, self.from_hidden, self.preactivation, self.hidden)


class RNN(Cell):
    """h = φ(W_ih x + b_ih + W_hh h₋₁ + b_hh) with φ = tanh or relu, as in `torch.nn.RNN`.

    Pascanu, Mikolov and Bengio (2013, eq. 2) write x_t = W φ(x_{t−1}) + …, which is the same
    network seen from the other side of φ (their footnote 1).
    """

    source = "Elman 1990"
    kinds = (HIDDEN,)
    made = RNNStep
    touchable: ClassVar[tuple[str, ...]] = ("hidden",)
    packings: ClassVar[Mapping[str, Packing]] = {
        "keras": Packing(("hidden",), ("h",)),
        "onnx": Packing(("hidden",), ("h",), 2),
    }

    def __init__(self, squash: Literal["tanh", "relu"]) -> None:
        if squash not in ("tanh", "relu"):
            raise ValueError(f"unknown nonlinearity {squash!r}; choose from 'tanh', 'relu'")
        self.name = f"rnn_{squash}"
        self.label, self.short = {
            "tanh": ("tanh RNN", "RNN"),
            "relu": ("ReLU RNN", "ReLU RNN"),
        }[squash]
        self.kinds = (HIDDEN.by({"tanh": TANH, "relu": RELU}[squash]),)

    def advance(
        self,
        weights: Weights,
        from_input: Float[Tensor, "*batch H"],
        state: State,
        touch: Touch = untouched,
    ) -> RNNStep:
        """One step, given W_ih x + b_ih."""
        from_hidden = fed_back(weights, state.hidden)
        preactivation = from_input + from_hidden
        hidden = touch("hidden", self.candidate.squash.of(preactivation), {})
        return RNNStep(from_input, from_hidden, preactivation, hidden)

    def blank_layer(self, inputs: int, units: int, dtype: torch.dtype) -> nn.RNNBase:
        """A `torch.nn.RNN` of this nonlinearity, its weights not yet set."""
        return blank(nn.RNN, inputs, units, nonlinearity=self.candidate.squash.name, dtype=dtype)
