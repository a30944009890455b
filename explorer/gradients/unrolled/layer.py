"""What all unrolled layers have in common.

Letters in the shapes: T steps, I inputs, H units, B samples, G rows of all gates together,
K = H + I + 1 columns; `*S` is one axis of networks side by side, or none.
"""

from abc import ABC, abstractmethod
from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Tensor

sigmoid_backward = torch.ops.aten.sigmoid_backward.grad_input  # (∂, y) -> ∂ · y (1 − y)
tanh_backward = torch.ops.aten.tanh_backward.grad_input  # (∂, y) -> ∂ · (1 − y²)


class Unrolled(ABC):
    """One recurrent layer over a fixed number of steps, with room for all that it computes.

    `forward` reads what `read` has put into place, from a zero state; `backward` fills
    `hidden_gradients` (and `cell_gradients`) with the gradient of the loss with respect to every
    state, the initial one (index 0) included; `differentiate` sums up the weights' gradient.
    The matrix may change from one iteration to the next; it is never copied.
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
        self.states[0, ..., :H, :] = 0
        self.hidden = self.states[1:, ..., :H, :]
        self.deltas = self._room(steps, rows)
        self.hidden_gradients = self._room(steps + 1, H)
        self.cell_gradients: Tensor | None = None
        self._at_each_step: Tensor | None = None

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
        """W_hhᵀ of the first rows, contiguous: the products of the backward pass are quicker."""
        return self.matrix[..., :rows, : self.units].mT.contiguous()
