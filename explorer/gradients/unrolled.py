"""Recurrent networks unrolled over time, the backward pass written out.

Once the forward pass is done, the backward pass through time is a linear recurrence whose
coefficients are known. So every local slope is computed for all steps at once, and going back one
step costs a matrix product and one to four multiplications. That is what makes it quicker than
automatic differentiation for networks this small, and every dL/dh_t is there to be looked at.

Columns are samples, as in the papers' h = W h₋₁. All weights of a layer stand in one matrix that
multiplies [h₋₁; x; 1]. Letters in the shapes: T steps, I inputs, H units, B samples, G rows of all
gates together, K = H + I + 1 columns; `*S` is one axis of networks side by side, or none.
"""

from abc import ABC, abstractmethod
from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Tensor

from explorer.cells import Weights

_sigmoid_backward = torch.ops.aten.sigmoid_backward.grad_input  # (∂, y) -> ∂ · y (1 − y)
_tanh_backward = torch.ops.aten.tanh_backward.grad_input  # (∂, y) -> ∂ · (1 − y²)


class Unrolled(ABC):
    """One recurrent layer over a fixed number of steps, with room for all that it computes.

    `forward` reads what `read` has put into place, from a zero state; `backward` fills
    `hidden_gradients` (and `cell_gradients`) with the gradient of the loss with respect to every
    state, the initial one (index 0) included; `differentiate` sums up the weights' gradient.
    The matrix may change between the passes of two iterations, and is never copied.
    """

    blocks: ClassVar[int]
    """Blocks of H rows in the matrix: the gates in PyTorch's order."""

    def __init__(self, matrix: Float[Tensor, "*S G K"], steps: int, batch: int) -> None:
        *lead, rows, columns = matrix.shape
        if len(lead) > 1 or rows % self.blocks or columns <= rows // self.blocks:
            raise ValueError(
                f"the matrix must have {self.blocks} blocks of H rows and more than H columns, "
                f"not {rows}×{columns}"
            )
        self.matrix = matrix
        self.steps, self.batch, self.lead = steps, batch, tuple(lead)
        self.units = H = rows // self.blocks
        self.product = torch.bmm if lead else torch.mm
        self.states = self._room(steps + 1, columns)
        self.states[:, ..., -1:, :] = 1
        self.states[:, ..., H:-1, :] = 0
        self.states[0, ..., :H, :] = 0
        self.hidden = self.states[1:, ..., :H, :]
        self.deltas = self._room(steps, rows)
        self.hidden_gradients = self._room(steps + 1, H)
        self.cell_gradients: Tensor | None = None
        self._at_each_step: Tensor | None = None
        self._back = torch.empty(*lead, H, rows, dtype=matrix.dtype)

    def read(self, inputs: Float[Tensor, "T *S I B"]) -> None:
        """Put a sequence in place for the next passes."""
        self.states[:-1, ..., self.units : -1, :] = inputs

    @abstractmethod
    def forward(self) -> Float[Tensor, "*S H B"]:
        """Run through time; the last hidden state."""

    @abstractmethod
    def backward(self, last: Float[Tensor, "*S H B"]) -> None:
        """Run back from dL/dh at the last step, the only one that the loss sees."""

    def differentiate(self, gradient: Float[Tensor, "*S G K"]) -> None:
        """Write dL/dmatrix = Σ_t δ_t [h₋₁; x; 1]ᵀ, δ being the preactivations' gradient."""
        if self._at_each_step is None:
            shape = (self.steps, *self.lead, *gradient.shape[-2:])
            self._at_each_step = torch.empty(shape, dtype=gradient.dtype)
        networks = len(self.lead)
        torch.bmm(
            self.deltas.flatten(0, networks),
            self.states[:-1].flatten(0, networks).mT,
            out=self._at_each_step.flatten(0, networks),
        )
        torch.sum(self._at_each_step, 0, out=gradient)

    def _room(self, steps: int, rows: int) -> Tensor:
        return torch.empty(steps, *self.lead, rows, self.batch, dtype=self.matrix.dtype)

    def _blocks(self, gates: Tensor) -> tuple[Tensor, ...]:
        return gates.split(self.units, -2)

    def _transposed(self, rows: int) -> Tensor:
        """W_hhᵀ of the first rows, contiguous, which the products of the backward pass like."""
        back = self._back[..., :rows]
        back.copy_(self.matrix[..., :rows, : self.units].mT)
        return back


class UnrolledRNN(Unrolled):
    """h = φ(W [h₋₁; x; 1]), hence dL/dh₋₁ = W_hhᵀ (φ' · dL/dh)."""

    blocks = 1

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

    def _squash(self, preactivation: Tensor, hidden: Tensor) -> None:
        torch.tanh(preactivation, out=hidden)

    def _write_slopes(self, slopes: Tensor) -> None:
        torch.mul(self.hidden, self.hidden, out=slopes)
        torch.sub(1, slopes, out=slopes)


class UnrolledReLU(UnrolledRNN):
    """φ = max(0, ·); its slope at 0 is 0, as in PyTorch."""

    def _squash(self, preactivation: Tensor, hidden: Tensor) -> None:
        torch.clamp_min(preactivation, 0, out=hidden)

    def _write_slopes(self, slopes: Tensor) -> None:
        torch.gt(self.hidden, 0, out=slopes)


class UnrolledLinear(UnrolledRNN):
    """φ = identity: what a recurrent matrix alone does to a gradient."""

    def _squash(self, preactivation: Tensor, hidden: Tensor) -> None:
        hidden.copy_(preactivation)

    def _write_slopes(self, slopes: Tensor) -> None:
        slopes.fill_(1)


class UnrolledLSTM(Unrolled):
    """Gates i, f, g, o; c = f · c₋₁ + i · g; h = o · tanh(c).

    Going back, with the total derivative dL/dc:

        dL/dc += o (1 − tanh² c) · dL/dh              δ_o = tanh(c) o (1 − o) · dL/dh
        δ_i, δ_f, δ_g = (g i (1 − i), c₋₁ f (1 − f), i (1 − g²)) · dL/dc
        dL/dc₋₁ = f · dL/dc                           dL/dh₋₁ = W_hhᵀ δ
    """

    blocks = 4

    def __init__(self, matrix: Float[Tensor, "*S G K"], steps: int, batch: int) -> None:
        super().__init__(matrix, steps, batch)
        H = self.units
        self.gates = self._room(steps, 4 * H)
        self.cell = self._room(steps + 1, H)
        self.cell[0] = 0
        self._squashed = self._room(steps, H)
        self._squashed_slopes = self._room(steps, H)
        self.cell_gradients = self._cell_gradients = self._room(steps + 1, H)
        self._way = list(
            zip(
                self.states[:-1].unbind(0),
                self.gates.unbind(0),
                self.gates[..., : 2 * H, :].unbind(0),
                *(block.unbind(0) for block in self._blocks(self.gates)),
                self.cell[:-1].unbind(0),
                self.cell[1:].unbind(0),
                self._squashed.unbind(0),
                self.hidden.unbind(0),
                strict=True,
            )
        )
        by_gate = self.deltas.unflatten(-2, (4, H))
        self._way_back = list(
            zip(
                self.hidden_gradients[1:].unbind(0),
                self._cell_gradients[1:].unbind(0),
                self._cell_gradients[1:].unsqueeze(-3).unbind(0),
                self._squashed_slopes.unbind(0),
                by_gate[..., 3, :, :].unbind(0),
                by_gate[..., :3, :, :].unbind(0),
                self._blocks(self.gates)[1].unbind(0),
                self.deltas.unbind(0),
                self._cell_gradients[:-1].unbind(0),
                self.hidden_gradients[:-1].unbind(0),
                strict=True,
            )
        )[::-1]

    def forward(self) -> Float[Tensor, "*S H B"]:
        """Run through time; the last hidden state."""
        for state, gates, both, i, f, g, o, before, cell, squashed, hidden in self._way:
            self.product(self.matrix, state, out=gates)
            both.sigmoid_()
            g.tanh_()
            o.sigmoid_()
            torch.mul(f, before, out=cell)
            cell.addcmul_(i, g)
            torch.tanh(cell, out=squashed)
            torch.mul(o, squashed, out=hidden)
        return self.hidden[-1]

    def backward(self, last: Float[Tensor, "*S H B"]) -> None:
        """Run back from dL/dh at the last step, the only one that the loss sees."""
        i, f, g, o = self._blocks(self.gates)
        to_i, to_f, to_g, to_o = self._blocks(self.deltas)
        _sigmoid_backward(g, i, grad_input=to_i)
        _sigmoid_backward(self.cell[:-1], f, grad_input=to_f)
        _tanh_backward(i, g, grad_input=to_g)
        _sigmoid_backward(self._squashed, o, grad_input=to_o)
        _tanh_backward(o, self._squashed, grad_input=self._squashed_slopes)
        back = self._transposed(4 * self.units)
        self.hidden_gradients[-1] = last
        self._cell_gradients[-1] = 0
        for (
            hidden, cell, each, squashed, delta_o, deltas_ifg, forget, deltas,
            cell_before, hidden_before,
        ) in self._way_back:  # fmt: skip
            cell.addcmul_(hidden, squashed)
            delta_o.mul_(hidden)
            deltas_ifg.mul_(each)
            torch.mul(cell, forget, out=cell_before)
            self.product(back, deltas, out=hidden_before)


class UnrolledGRU(Unrolled):
    """Gates r, z; n = tanh(W_n [x; 1] + r · m), m = W_m [h₋₁; 1]; h = z · h₋₁ + (1 − z) · n.

    The matrix has four blocks of rows, r, z, m, n: PyTorch's new gate has two, because the reset
    gate stands between them. m never sees x and n never sees h₋₁: those entries are zero, and
    so are their gradients. Going back:

        δ_n = (1 − z)(1 − n²) · dL/dh     δ_m = r · δ_n     δ_r = m r (1 − r) · δ_n
        δ_z = (h₋₁ − n) z (1 − z) · dL/dh
        dL/dh₋₁ = z · dL/dh + W_hhᵀ (δ_r, δ_z, δ_m)
    """

    blocks = 4

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

    def backward(self, last: Float[Tensor, "*S H B"]) -> None:
        """Run back from dL/dh at the last step, the only one that the loss sees."""
        H, scratch = self.units, self._scratch
        r, z, m = self._blocks(self.gates)
        to_r, to_z, to_m, to_n = self._blocks(self.deltas)
        _tanh_backward(torch.sub(1, z, out=scratch), self.new, grad_input=to_n)
        torch.mul(to_n, r, out=to_m)
        _sigmoid_backward(torch.mul(to_n, m, out=scratch), r, grad_input=to_r)
        torch.sub(self.states[:-1, ..., :H, :], self.new, out=scratch)
        _sigmoid_backward(scratch, z, grad_input=to_z)
        back = self._transposed(3 * H)
        self.hidden_gradients[-1] = last
        for hidden, each, deltas, recurrent, update, before in self._way_back:
            deltas.mul_(each)
            torch.mul(hidden, update, out=before)
            self._accumulate(before, back, recurrent, out=before)

    def differentiate(self, gradient: Float[Tensor, "*S G K"]) -> None:
        """Write dL/dmatrix, zero where the matrix is zero by construction."""
        super().differentiate(gradient)
        H = self.units
        gradient[..., 2 * H : 3 * H, H:-1] = 0
        gradient[..., 3 * H :, :H] = 0


UNROLLED: dict[str, type[Unrolled]] = {
    "rnn_tanh": UnrolledTanh,
    "rnn_relu": UnrolledReLU,
    "linear": UnrolledLinear,
    "lstm": UnrolledLSTM,
    "gru": UnrolledGRU,
}
"""Every cell whose gradient can be followed, by the name it has in menus and links."""


def unpacked(cell: str, matrix: Float[Tensor, "G K"]) -> Weights:
    """The same weights in PyTorch's layout; the second bias is zero but for the GRU's new gate."""
    H = matrix.shape[0] // UNROLLED[cell].blocks
    if cell == "gru":
        m, n = matrix[2 * H : 3 * H], matrix[3 * H :]
        second = torch.cat((matrix.new_zeros(2 * H), m[:, -1]))
        rows = torch.cat((matrix[: 2 * H], torch.cat((m[:, :H], n[:, H:]), dim=1)))
    else:
        second, rows = matrix.new_zeros(len(matrix)), matrix
    return Weights(
        rows[:, H:-1].clone(), rows[:, :H].clone(), rows[:, -1].clone(), second
    )
