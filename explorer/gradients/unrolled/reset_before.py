"""The GRU that resets before the product, unrolled.

Letters in the shapes: T steps, I inputs, H units, B samples, G rows of all gates together,
K = H + I + 1 columns; `*S` is one axis of networks side by side, or none.
"""

from collections.abc import Iterator

import torch
from jaxtyping import Float
from torch import Tensor

from explorer.cells import CELLS
from explorer.gradients.averages import AverageStep, Fresh
from explorer.gradients.unrolled.gru import average_steps_of
from explorer.gradients.unrolled.layer import (
    OuterProduct,
    Unrolled,
    sigmoid_backward,
    tanh_backward,
)


class UnrolledResetBefore(Unrolled):
    """Gates r, z; n = tanh(W_n [r · h₋₁; x; 1]); h = z · h₋₁ + (1 − z) · n.

    Going back, with q = r · h₋₁:

        δ_n = (1 − z)(1 − n²) · dL/dh                 dL/dq = W_nhᵀ δ_n
        δ_r = h₋₁ r (1 − r) · dL/dq                   δ_z = (h₋₁ − n) z (1 − z) · dL/dh
        dL/dh₋₁ = z · dL/dh + r · dL/dq + (W_rh; W_zh)ᵀ (δ_r, δ_z)
    """

    cell = CELLS["gru_before"]

    def __init__(self, matrix: Float[Tensor, "*S G K"], steps: int, batch: int) -> None:
        super().__init__(matrix, steps, batch)
        H = self.units
        self._accumulate = torch.baddbmm if self.lead else torch.addmm
        self.gates = self._room(steps, 2 * H)
        self.new = self._room(steps, H)
        self._past = torch.ones_like(self.states[:-1])  # [r · h₋₁; x; 1]
        self._passed = self._room(steps, H)  # dL/dq
        self._scratch = self._room(steps, H)
        reset, update = self._blocks(self.gates)
        to_reset, _, to_new = self._blocks(self.deltas)
        before = self.states[:-1, ..., :H, :]
        self._way = list(
            zip(
                self.states[:-1].unbind(0),
                self.gates.unbind(0),
                reset.unbind(0),
                update.unbind(0),
                before.unbind(0),
                self._past[..., :H, :].unbind(0),
                self._past.unbind(0),
                self.new.unbind(0),
                self.hidden.unbind(0),
                strict=True,
            )
        )
        self._way_back = list(
            zip(
                self.hidden_gradients[1:].unbind(0),
                self.hidden_gradients[1:].unsqueeze(-3).unbind(0),
                self.deltas.unflatten(-2, (3, H))[..., 1:, :, :].unbind(0),
                to_new.unbind(0),
                self._passed.unbind(0),
                to_reset.unbind(0),
                self.deltas[..., : 2 * H, :].unbind(0),
                reset.unbind(0),
                update.unbind(0),
                self.hidden_gradients[:-1].unbind(0),
                strict=True,
            )
        )[::-1]

    def read(self, inputs: Float[Tensor, "T *S I B"]) -> None:
        """Put a sequence in place for the next passes."""
        super().read(inputs)
        self._past[..., self.units : -1, :] = inputs

    def forward(self) -> Float[Tensor, "*S H B"]:
        """Run through time; the last hidden state."""
        H = self.units
        gating, writing = self.matrix[..., : 2 * H, :], self.matrix[..., 2 * H :, :]
        for state, gates, reset, update, before, reached, past, new, hidden in self._way:
            self.product(gating, state, out=gates)
            gates.sigmoid_()
            torch.mul(reset, before, out=reached)
            self.product(writing, past, out=new)
            new.tanh_()
            torch.lerp(new, before, update, out=hidden)
        return self.hidden[-1]

    def backward(self, last: Float[Tensor, "... H B"], every: bool = False) -> None:
        """Run back from dL/dh at the last step, at `every` one, or at each of the last."""
        H, scratch = self.units, self._scratch
        before = self.states[:-1, ..., :H, :]
        reset, update = self._blocks(self.gates)
        to_reset, to_update, to_new = self._blocks(self.deltas)
        tanh_backward(torch.sub(1, update, out=scratch), self.new, grad_input=to_new)
        sigmoid_backward(torch.sub(before, self.new, out=scratch), update, grad_input=to_update)
        sigmoid_backward(before, reset, grad_input=to_reset)
        back = self.matrix[..., : 2 * H, :H].mT.contiguous()
        through_new = self.matrix[..., 2 * H :, :H].mT.contiguous()
        for direct, (
            hidden, each, deltas_zn, delta_n, passed, delta_r, deltas_rz, reset_gate, update_gate,
            hidden_before,
        ) in zip(self._direct(last, every), self._way_back, strict=False):  # fmt: skip
            if direct is not None:
                hidden.add_(direct)
            deltas_zn.mul_(each)
            self.product(through_new, delta_n, out=passed)
            delta_r.mul_(passed)
            torch.mul(hidden, update_gate, out=hidden_before)
            hidden_before.addcmul_(passed, reset_gate)
            self._accumulate(hidden_before, back, deltas_rz, out=hidden_before)

    def differentiate(self, gradient: Float[Tensor, "*S G K"]) -> None:
        """Write dL/dmatrix: the rows of n saw r · h₋₁."""
        networks = len(self.lead)
        parts = [
            torch.bmm(deltas.flatten(0, networks), seen.flatten(0, networks).mT).unflatten(
                0, (self.steps, *self.lead)
            )
            for deltas, seen in self.outer_products()
        ]
        torch.sum(torch.cat(parts, dim=-2), 0, out=gradient)

    def outer_products(self) -> list[OuterProduct]:
        """By blocks: r and z see h₋₁, n sees what r lets through."""
        both, new = self.deltas.split((2 * self.units, self.units), -2)
        return [(both, self.states[:-1]), (new, self._past)]

    def jacobians(self, steps: slice) -> Float[Tensor, "T H H"]:
        """∂h/∂h₋₁ at some steps of the last pass, of one network and its first sequence.

        diag(z) + diag((h₋₁ − n) z (1 − z)) W_z + diag((1 − z)(1 − n²)) W_n (diag(r) +
        diag(h₋₁ r (1 − r)) W_r).
        """
        H = self.units
        reset, update, new, before = (
            part[steps, ..., 0]
            for part in (*self._blocks(self.gates), self.new, self.states[:-1, :H])
        )
        W_r, W_z, W_n = self.matrix[:, :H].split(H, 0)
        reached = torch.diag_embed(reset) + (before * reset * (1 - reset)).unsqueeze(-1) * W_r
        through_new = ((1 - update) * (1 - new**2)).unsqueeze(-1) * (W_n @ reached)
        through_update = ((before - new) * update * (1 - update)).unsqueeze(-1) * W_z
        return torch.diag_embed(update) + through_update + through_new

    @classmethod
    def on_average(cls, fresh: Fresh) -> Iterator[AverageStep]:
        """As of the GRU, whose past's bias of n is reset with the past: here it is not."""
        return average_steps_of(fresh, lambda _: fresh.both_biases)
