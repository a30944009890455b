"""Recurrent networks unrolled over time, the backward pass written out.

Once the forward pass is done, the backward pass through time is a linear recurrence whose
coefficients are known. So every local slope is computed for all steps at once, and going back one
step costs a matrix product and one to four multiplications. That is what makes it quicker than
automatic differentiation for networks this small, and every dL/dh_t is there to be looked at. A
cell whose backward pass nobody wrote out is left to automatic differentiation.

One cell is one entry: its passes, its blocks of rows, and what theory says of it before training.

Columns are samples, as in the papers' h = W h₋₁. All weights of a layer stand in one matrix that
multiplies [h₋₁; x; 1]. Letters in the shapes: T steps, I inputs, H units, B samples, G rows of all
gates together, K = H + I + 1 columns; `*S` is one axis of networks side by side, or none.
"""

from dataclasses import dataclass

from jaxtyping import Float
from torch import Tensor

from explorer.cells import CELLS, Weights
from explorer.gradients.unrolled.by_autograd import by_autograd
from explorer.gradients.unrolled.coupled import UnrolledCoupled
from explorer.gradients.unrolled.gru import UnrolledGRU
from explorer.gradients.unrolled.layer import Unrolled
from explorer.gradients.unrolled.lstm import UnrolledLSTM
from explorer.gradients.unrolled.peephole import UnrolledPeephole
from explorer.gradients.unrolled.plain import (
    UnrolledIRNN,
    UnrolledLinear,
    UnrolledReLU,
    UnrolledSigmoid,
    UnrolledTanh,
)
from explorer.gradients.unrolled.reset_before import UnrolledResetBefore


@dataclass(frozen=True)
class CellSet:
    """Cells that share a picture."""

    label: str
    cells: tuple[str, ...]


CELL_SETS: dict[str, CellSet] = {
    "usual": CellSet("usual", ("rnn_tanh", "rnn_relu", "lstm", "gru")),
    "plain": CellSet("plain", ("rnn_tanh", "rnn_relu", "irnn", "linear", "rnn_sigmoid")),
    "gated": CellSet("gated", ("lstm", "lstm_peephole", "lstm_coupled", "gru", "gru_before")),
}
"""The cells that the gradient lab offers, side by side, each set in the order of its legends."""
MEASURED = CELL_SETS["usual"].cells
"""The set that a first view shows."""

WRITTEN_OUT: dict[str, type[Unrolled]] = {
    "rnn_tanh": UnrolledTanh,
    "rnn_relu": UnrolledReLU,
    "linear": UnrolledLinear,
    "rnn_sigmoid": UnrolledSigmoid,
    "irnn": UnrolledIRNN,
    "lstm": UnrolledLSTM,
    "lstm_peephole": UnrolledPeephole,
    "lstm_coupled": UnrolledCoupled,
    "gru": UnrolledGRU,
    "gru_before": UnrolledResetBefore,
}
UNROLLED: dict[str, type[Unrolled]] = WRITTEN_OUT | {
    name: by_autograd(cell) for name, cell in CELLS.items() if name not in WRITTEN_OUT
}
"""Every cell whose gradient can be followed, by its name."""


def unpacked(cell: str, matrix: Float[Tensor, "G K"]) -> Weights:
    """The same weights in PyTorch's layout; the second bias is zero but for the GRU's new gate."""
    return UNROLLED[cell].weights(matrix)


__all__ = ["CELL_SETS", "MEASURED", "UNROLLED", "CellSet", "Unrolled", "unpacked"]
