"""The GRU, unrolled.

Letters in the shapes: H units, B samples, G rows of all gates together, K = H + I + 1 columns;
`*S` is one axis of networks side by side, or none.
"""

from collections.abc import Callable, Iterator
from typing import ClassVar

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from explorer.cells import CELLS, Weights
from explorer.gradients.averages import AverageStep, Fresh, mean, share_of_input, sigmoid, spread
from explorer.gradients.unrolled.layer import (
    OuterProduct,
    Unrolled,
    sigmoid_backward,
    tanh_backward,
)


class UnrolledGRU(Unrolled):
    """Gates r, z; n = tanh(W_n [x; 1] + r · m), m = W_m [h₋₁; 1]; h = z · h₋₁ + (1 − z) · n.

    The matrix has four blocks of rows, r, z, m, n: PyTorch's new gate has two, because the reset
    gate stands between them. m never sees x and n never sees h₋₁: those entries are zero, and
    so are their gradients. Going back:

        δ_n = (1 − z)(1 − n²) · dL/dh     δ_m = r · δ_n     δ_r = m r (1 − r) · δ_n
        δ_z = (h₋₁ − n) z (1 − z) · dL/dh
        dL/dh₋₁ = z · dL/dh + W_hhᵀ (δ_r, δ_z, δ_m)
    """

    cell = CELLS["gru"]
    rows: ClassVar[tuple[str, ...]] = ("reset_gate", "update_gate", "past", "new")
    candidate = "past"

    @classmethod
    def settled(
        cls,
        matrix: Float[Tensor, "blocks H K"],
        biases: Float[Tensor, "2 blocks H"] | None,
    ) -> Float[Tensor, "blocks H K"]:
        """A drawn matrix in which m sees h₋₁ only, n x only, and each has a bias of its own."""
        units = matrix.shape[1]
        matrix[2, :, units:-1] = 0
        matrix[3, :, :units] = 0
        if biases is not None:
            matrix[2:, :, -1] = biases[0, 2:]
        return matrix

    @classmethod
    def weights(cls, matrix: Float[Tensor, "G K"]) -> Weights:
        """The same weights in PyTorch's layout: m and n are one gate with two biases."""
        H = matrix.shape[0] // len(cls.rows)
        m, n = matrix[2 * H : 3 * H], matrix[3 * H :]
        rows = torch.cat((matrix[: 2 * H], torch.cat((m[:, :H], n[:, H:]), dim=1)))
        second = torch.cat((matrix.new_zeros(2 * H), m[:, -1]))
        return Weights(rows[:, H:-1].clone(), rows[:, :H].clone(), rows[:, -1].clone(), second)

    def __init__(self, matrix: Float[Tensor, "*S G K"], steps: int, batch: int) -> None:
        super().__init__(matrix, steps, batch)
        H = self.units
        self._accumulate = torch.baddbmm if self.lead else torch.addmm
        self.gates = self._room(steps, 3 * H)
        self.new = self._room(steps, H)
        self._from_input = self._room(steps, H)
        self._scratch = self._room(steps, H)
        self._way = list(
            zip(
                self.states[:-1].unbind(0),
                self.gates.unbind(0),
                self.gates[..., : 2 * H, :].unbind(0),
                *(block.unbind(0) for block in self._blocks(self.gates)),
                self._from_input.unbind(0),
                self.new.unbind(0),
                self.states[:-1, ..., :H, :].unbind(0),
                self.hidden.unbind(0),
                strict=True,
            )
        )
        self._way_back = list(
            zip(
                self.hidden_gradients[1:].unbind(0),
                self.hidden_gradients[1:].unsqueeze(-3).unbind(0),
                self.deltas.unflatten(-2, (4, H)).unbind(0),
                self.deltas[..., : 3 * H, :].unbind(0),
                self._blocks(self.gates)[1].unbind(0),
                self.hidden_gradients[:-1].unbind(0),
                strict=True,
            )
        )[::-1]

    def forward(self) -> Float[Tensor, "*S H B"]:
        """Run through time; the last hidden state."""
        H = self.units
        torch.matmul(
            self.matrix[..., 3 * H :, H:], self.states[:-1, ..., H:, :], out=self._from_input
        )
        recurrent = self.matrix[..., : 3 * H, :]
        for state, gates, both, r, z, m, from_input, new, before, hidden in self._way:
            self.product(recurrent, state, out=gates)
            both.sigmoid_()
            torch.addcmul(from_input, r, m, out=new)
            new.tanh_()
            torch.lerp(new, before, z, out=hidden)
        return self.hidden[-1]

    def backward(self, last: Float[Tensor, "... H B"], every: bool = False) -> None:
        """Run back from dL/dh at the last step, at `every` one, or at each of the last."""
        H, scratch = self.units, self._scratch
        r, z, m = self._blocks(self.gates)
        to_r, to_z, to_m, to_n = self._blocks(self.deltas)
        tanh_backward(torch.sub(1, z, out=scratch), self.new, grad_input=to_n)
        torch.mul(to_n, r, out=to_m)
        sigmoid_backward(torch.mul(to_n, m, out=scratch), r, grad_input=to_r)
        torch.sub(self.states[:-1, ..., :H, :], self.new, out=scratch)
        sigmoid_backward(scratch, z, grad_input=to_z)
        back = self._transposed(3 * H)
        for direct, (hidden, each, deltas, recurrent, update, before) in zip(
            self._direct(last, every), self._way_back, strict=False
        ):
            if direct is not None:
                hidden.add_(direct)
            deltas.mul_(each)
            torch.mul(hidden, update, out=before)
            self._accumulate(before, back, recurrent, out=before)

    def differentiate(self, gradient: Float[Tensor, "*S G K"]) -> None:
        """Write dL/dmatrix, zero where the matrix is zero by construction."""
        super().differentiate(gradient)
        H = self.units
        gradient[..., 2 * H : 3 * H, H:-1] = 0
        gradient[..., 3 * H :, :H] = 0

    def outer_products(self) -> list[OuterProduct]:
        """By blocks: r and z see all, m the past and its bias, n the input and its bias."""
        H, seen = self.units, self.states[:-1]
        past = torch.cat((seen[..., :H, :], seen[..., -1:, :]), dim=-2)
        both, m, n = self.deltas.split((2 * H, H, H), -2)
        return [(both, seen), (m, past), (n, seen[..., H:, :])]

    @classmethod
    def on_average(cls, fresh: Fresh) -> Iterator[AverageStep]:
        """As `average_steps_of`; the past's bias of n stands behind r."""
        return average_steps_of(fresh, lambda passed: passed * fresh.bias + fresh.bias)


def average_steps_of(fresh: Fresh, biases: Callable[[float], float]) -> Iterator[AverageStep]:
    """keep = z; a hop goes through the matrix behind r, or through that of z.

    The way through r itself is left out: it is as small as the preactivations are. ``biases`` is
    the variance of those of n where r lets through the given share of what is squared.
    """
    bias = fresh.kept_by
    steady, noise = 0.0, 0.0
    for _ in range(fresh.steps):
        second = steady + noise
        recurrent = fresh.gain**2 * second + fresh.input
        reset = sigmoid(spread(recurrent + fresh.both_biases))
        update = sigmoid(bias + spread(recurrent + fresh.forget))
        keep, passed, taken = mean(update), mean(reset**2), mean((1 - update) ** 2)
        variance = passed * fresh.gain**2 * second + biases(passed) + fresh.input
        values = np.tanh(spread(variance))
        new = mean(values**2)
        through_new = passed * mean((1 - values**2) ** 2)
        through_update = (second + new) * mean((update * (1 - update)) ** 2)
        hop = (taken * through_new + through_update) ** 0.5
        steady_new = new * (1 - share_of_input(fresh, variance))
        steady = (keep * steady**0.5 + (1 - keep) * steady_new**0.5) ** 2
        noise = keep**2 * noise + taken * (new - steady_new)
        yield keep, hop, steady + noise
