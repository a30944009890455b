"""The LSTM with peepholes, unrolled.

Letters in the shapes: T steps, I inputs, H units, B samples, G rows of all gates and of the
peepholes, K = H + I + 1 columns; `*S` is one axis of networks side by side, or none.
"""

from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Tensor

from explorer.cells import CELLS, Weights
from explorer.gradients.unrolled.layer import OuterProduct
from explorer.gradients.unrolled.lstm import UnrolledLSTM

SEEING = 3  # peepholes of a unit: of i, f, o


class UnrolledPeephole(UnrolledLSTM):
    """Gates i, f, g, o as the LSTM's, but i and f see p · c₋₁ and o sees p_o · c.

    The matrix has a fifth block of H rows: its first three columns are the peepholes of i, f and o,
    the others are zero. Going back, with the total derivative dL/dc:

        δ_o = tanh(c) o (1 − o) · dL/dh      dL/dc += o (1 − tanh² c) · dL/dh + p_o · δ_o
        dL/dc₋₁ = f · dL/dc + p_i · δ_i + p_f · δ_f

    and all else as there. What theory says of it is what it says of the LSTM: peepholes as PyTorch
    would draw them add to a gate what one more input would.
    """

    cell = CELLS["lstm_peephole"]
    rows: ClassVar[tuple[str, ...]] = (*cell.gates, "peepholes")

    @classmethod
    def settled(
        cls,
        matrix: Float[Tensor, "blocks H K"],
        biases: Float[Tensor, "2 blocks H"] | None,
    ) -> Float[Tensor, "blocks H K"]:
        """A drawn matrix whose peepholes are drawn where the biases are, and else zero."""
        matrix[4, :, SEEING if biases is not None else 0 :] = 0
        return matrix

    @classmethod
    def weights(cls, matrix: Float[Tensor, "G K"]) -> Weights:
        """The same weights in PyTorch's layout, the peepholes beside them."""
        H = matrix.shape[0] // len(cls.rows)
        gates = matrix[: 4 * H]
        return Weights(
            gates[:, H:-1].clone(),
            gates[:, :H].clone(),
            gates[:, -1].clone(),
            gates.new_zeros(4 * H),
            matrix[4 * H :, :SEEING].T.clone(),
        )

    def __init__(self, matrix: Float[Tensor, "*S G K"], steps: int, batch: int) -> None:
        super().__init__(matrix, steps, batch)
        H = self.units
        self._of_gates = self.matrix[..., : 4 * H, :]
        self._peepholes = self.matrix[..., 4 * H :, :SEEING].mT.unsqueeze(-1)  # *S 3 H 1
        *_, o = self._blocks(self.gates)
        self._seeing = list(
            zip(
                self.gates.unflatten(-2, (4, H))[..., :2, :, :].unbind(0),
                self._memories[:-1].unsqueeze(-3).unbind(0),
                o.unbind(0),
                strict=True,
            )
        )
        by_gate = self.deltas.unflatten(-2, (4, H))
        self._through = list(by_gate[..., :2, :, :].unbind(0))[::-1]

    def forward(self) -> Float[Tensor, "*S H B"]:
        """Run through time; the last hidden state."""
        early, late = self._peepholes[..., :2, :, :], self._peepholes[..., 2, :, :]
        for (state, gates, both, i, f, g, _, before, cell, squashed, hidden), (
            seeing,
            seen,
            o,
        ) in zip(self._way, self._seeing, strict=True):
            self.product(self._of_gates, state, out=gates)
            seeing.addcmul_(early, seen)
            both.sigmoid_()
            g.tanh_()
            torch.mul(f, before, out=cell)
            cell.addcmul_(i, g)
            o.addcmul_(late, cell)
            o.sigmoid_()
            torch.tanh(cell, out=squashed)
            torch.mul(o, squashed, out=hidden)
        return self.hidden[-1]

    def backward(self, last: Float[Tensor, "... H B"], every: bool = False) -> None:
        """Run back from dL/dh at the last step, at `every` one, or at each of the last."""
        self._write_slopes()
        early, late = self._peepholes[..., :2, :, :], self._peepholes[..., 2, :, :]
        back = self._transposed(4 * self.units)
        direct_terms = self._direct(last, every)
        self._cell_gradients[-1] = 0
        for direct, through, (
            hidden, cell, each, squashed, delta_o, deltas_ifg, forget, deltas,
            cell_before, hidden_before,
        ) in zip(direct_terms, self._through, self._way_back, strict=False):  # fmt: skip
            if direct is not None:
                hidden.add_(direct)
            delta_o.mul_(hidden)
            cell.addcmul_(hidden, squashed)
            cell.addcmul_(late, delta_o)
            deltas_ifg.mul_(each)
            torch.mul(cell, forget, out=cell_before)
            cell_before.add_((early * through).sum(-3))
            self.product(back, deltas, out=hidden_before)

    def differentiate(self, gradient: Float[Tensor, "*S G K"]) -> None:
        """Write dL/dmatrix, zero where the matrix is zero by construction."""
        H = self.units
        super().differentiate(gradient[..., : 4 * H, :])
        gradient[..., 4 * H :, :] = 0
        for column, (deltas, seen) in enumerate(self.products_by_unit()):
            gradient[..., 4 * H :, column] = (deltas * seen).sum(-1).sum(0)

    def input_gradients(self) -> Float[Tensor, "T *S I B"]:
        """dL/dx at every step: peepholes do not see x."""
        return self._of_gates[..., self.units : -1].mT @ self.deltas

    def products_by_unit(self) -> list[OuterProduct]:
        """δ_i and δ_f with the memory before the step, δ_o with that after it."""
        i, f, _, o = self._blocks(self.deltas)
        before, after = self._memories[:-1], self._memories[1:]
        return [(i, before), (f, before), (o, after)]
