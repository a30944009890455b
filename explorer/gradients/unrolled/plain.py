"""Plain recurrent networks, unrolled.

Letters in the shapes: H units, B samples, G rows of all gates together, K = H + I + 1 columns;
`*S` is one axis of networks side by side, or none.
"""

from abc import abstractmethod
from collections.abc import Iterator
from typing import ClassVar

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from explorer.cells import CELLS
from explorer.gradients.averages import (
    AverageStep,
    Fresh,
    mean,
    sigmoid,
    spread,
    typical,
    typical_of,
)
from explorer.gradients.unrolled.layer import Unrolled

HALF = 0.5


class UnrolledRNN(Unrolled):
    """h = φ(W [h₋₁; x; 1]), hence dL/dh₋₁ = W_hhᵀ (φ' · dL/dh)."""

    rows: ClassVar[tuple[str, ...]] = ("hidden",)
    steepest: ClassVar[float] = 1.0
    """The largest slope that φ has anywhere: γ of Pascanu et al. (2013)."""

    def __init__(self, matrix: Float[Tensor, "*S G K"], steps: int, batch: int) -> None:
        super().__init__(matrix, steps, batch)
        self._preactivation = torch.empty_like(self.deltas[0])
        self._way = list(zip(self.states[:-1], self.hidden, strict=True))
        self._way_back = list(
            zip(self.hidden_gradients[1:], self.deltas, self.hidden_gradients[:-1], strict=True)
        )[::-1]

    def forward(self) -> Float[Tensor, "*S H B"]:
        """Run through time; the last hidden state."""
        for state, hidden in self._way:
            self.product(self.matrix, state, out=self._preactivation)
            self._squash(self._preactivation, hidden)
        return self.hidden[-1]

    def backward(self, last: Float[Tensor, "... H B"], every: bool = False) -> None:
        """Run back from dL/dh at the last step, at `every` one, or at each of the last."""
        self._write_slopes(self.deltas)
        back = self._transposed(self.units)
        for direct, (gradient, delta, earlier) in zip(
            self._direct(last, every), self._way_back, strict=False
        ):
            if direct is not None:
                gradient.add_(direct)
            delta.mul_(gradient)
            self.product(back, delta, out=earlier)

    def slopes(self) -> Float[Tensor, "T *S H B"]:
        """φ' at every step of the last pass."""
        found = torch.empty_like(self.deltas)
        self._write_slopes(found)
        return found

    @abstractmethod
    def _squash(self, preactivation: Tensor, hidden: Tensor) -> None: ...

    @abstractmethod
    def _write_slopes(self, slopes: Tensor) -> None: ...


class UnrolledTanh(UnrolledRNN):
    """The plain network of Elman (1990), φ = tanh."""

    cell = CELLS["rnn_tanh"]
    follows_its_matrix = True

    @classmethod
    def departs(
        cls, hop: Float[np.ndarray, " T"], too_many_hops: Bool[np.ndarray, " L"]
    ) -> Bool[np.ndarray, " L"]:
        """Once the slopes have taken half: averages do not know which directions saturate."""
        return np.concatenate(([1.0], np.cumprod(hop[::-1]))) < HALF

    @classmethod
    def on_average(cls, fresh: Fresh) -> Iterator[AverageStep]:
        second = 0.0  # E h²
        for _ in range(fresh.steps):
            values = np.tanh(spread(fresh.gain**2 * second + fresh.both_biases + fresh.input))
            second = mean(values**2)
            yield 0.0, typical(1 - values**2, fresh.units), second

    def _squash(self, preactivation: Tensor, hidden: Tensor) -> None:
        torch.tanh(preactivation, out=hidden)

    def _write_slopes(self, slopes: Tensor) -> None:
        torch.mul(self.hidden, self.hidden, out=slopes)
        torch.sub(1, slopes, out=slopes)


class UnrolledReLU(UnrolledRNN):
    """φ = max(0, ·); its slope at 0 is 0, as in PyTorch."""

    cell = CELLS["rnn_relu"]

    @classmethod
    def on_average(cls, fresh: Fresh) -> Iterator[AverageStep]:
        half, second = typical_of(0.5, 0.5, fresh.units), 0.0  # half are on, whatever the variance
        for _ in range(fresh.steps):
            second = (fresh.gain**2 * second + fresh.both_biases + fresh.input) / 2
            yield 0.0, half, second

    def _squash(self, preactivation: Tensor, hidden: Tensor) -> None:
        torch.clamp_min(preactivation, 0, out=hidden)

    def _write_slopes(self, slopes: Tensor) -> None:
        torch.gt(self.hidden, 0, out=slopes)


class UnrolledIRNN(UnrolledReLU):
    """The ReLU network that starts as an identity (Le, Jaitly and Hinton 2015, section 2).

    Biases are 0 and input weights N(0, 0.001²), so that every unit adds up what it reads, and is
    cut off from all before the moment at which its sum last was negative. No average over random
    matrices says anything of it.
    """

    label = "IRNN"
    drawn_as = "identity"
    input_spread = 1e-3
    has_theory = False

    @classmethod
    def on_average(cls, fresh: Fresh) -> Iterator[AverageStep]:
        raise ValueError(f"there is no theory of the {cls.label} yet")


class UnrolledSigmoid(UnrolledRNN):
    """φ = σ, the logistic function, whose slope is 1/4 at most (Hochreiter 1991)."""

    label = "sigmoid RNN"
    steepest = 0.25

    @classmethod
    def tires(cls, hop: Float[np.ndarray, " T"]) -> Bool[np.ndarray, " L"]:
        """Once they have taken half beyond the 1/4 that all take: a unit keeps its own slope."""
        return np.concatenate(([1.0], np.cumprod(hop[::-1] / cls.steepest))) < HALF

    @classmethod
    def on_average(cls, fresh: Fresh) -> Iterator[AverageStep]:
        second = 0.0  # E h², most of it the square of a mean near 1/2, which W makes a spread of
        for _ in range(fresh.steps):
            values = sigmoid(spread(fresh.gain**2 * second + fresh.both_biases + fresh.input))
            second = mean(values**2)
            yield 0.0, typical(values * (1 - values), fresh.units), second

    def _squash(self, preactivation: Tensor, hidden: Tensor) -> None:
        torch.sigmoid(preactivation, out=hidden)

    def _write_slopes(self, slopes: Tensor) -> None:
        torch.sub(1, self.hidden, out=slopes)
        slopes.mul_(self.hidden)


class UnrolledLinear(UnrolledRNN):
    """φ = identity: what a recurrent matrix alone does to a gradient."""

    label = "linear network"
    follows_its_matrix = True

    @classmethod
    def departs(
        cls, hop: Float[np.ndarray, " T"], too_many_hops: Bool[np.ndarray, " L"]
    ) -> Bool[np.ndarray, " L"]:
        """Never: the powers of its matrix are all that it does."""
        return np.zeros_like(too_many_hops)

    @classmethod
    def on_average(cls, fresh: Fresh) -> Iterator[AverageStep]:
        second = 0.0
        for _ in range(fresh.steps):
            second = fresh.gain**2 * second + fresh.both_biases + fresh.input
            yield 0.0, 1.0, second

    def _squash(self, preactivation: Tensor, hidden: Tensor) -> None:
        hidden.copy_(preactivation)

    def _write_slopes(self, slopes: Tensor) -> None:
        slopes.fill_(1)
