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
from explorer.gradients.averages import NODES, AverageStep, Fresh, mean, spread, typical
from explorer.gradients.unrolled.layer import Unrolled

HALF = 0.5


class UnrolledRNN(Unrolled):
    """h = φ(W [h₋₁; x; 1]), hence dL/dh₋₁ = W_hhᵀ (φ' · dL/dh)."""

    rows: ClassVar[tuple[str, ...]] = ("hidden",)

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

    def backward(self, last: Float[Tensor, "*S H B"]) -> None:
        """Run back from dL/dh at the last step, the only one that the loss sees."""
        self._write_slopes(self.deltas)
        back = self._transposed(self.units)
        self.hidden_gradients[-1] = last
        for gradient, delta, earlier in self._way_back:
            delta.mul_(gradient)
            self.product(back, delta, out=earlier)

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
        on = np.heaviside(NODES, 0.5) ** 0.5  # half the units are, whatever the variance
        half, second = typical(on, fresh.units), 0.0
        for _ in range(fresh.steps):
            second = (fresh.gain**2 * second + fresh.both_biases + fresh.input) / 2
            yield 0.0, half, second

    def _squash(self, preactivation: Tensor, hidden: Tensor) -> None:
        torch.clamp_min(preactivation, 0, out=hidden)

    def _write_slopes(self, slopes: Tensor) -> None:
        torch.gt(self.hidden, 0, out=slopes)


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
