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

from jaxtyping import Float
from torch import Tensor

from explorer.cells import CELLS, Weights
from explorer.gradients.unrolled.by_autograd import by_autograd
from explorer.gradients.unrolled.gru import UnrolledGRU
from explorer.gradients.unrolled.layer import Unrolled
from explorer.gradients.unrolled.lstm import UnrolledLSTM
from explorer.gradients.unrolled.plain import UnrolledLinear, UnrolledReLU, UnrolledTanh

MEASURED = ("rnn_tanh", "rnn_relu", "lstm", "gru")
"""The cells that the gradient lab offers, side by side, in the order of its legends."""

WRITTEN_OUT: dict[str, type[Unrolled]] = {
    "rnn_tanh": UnrolledTanh,
    "rnn_relu": UnrolledReLU,
    "linear": UnrolledLinear,
    "lstm": UnrolledLSTM,
    "gru": UnrolledGRU,
}
UNROLLED: dict[str, type[Unrolled]] = WRITTEN_OUT | {
    name: by_autograd(cell)
    for name, cell in CELLS.items()
    if name not in WRITTEN_OUT and not cell.peepholes
}
"""Every cell whose gradient can be followed, by its name; peepholes do not fit into one matrix."""


def unpacked(cell: str, matrix: Float[Tensor, "G K"]) -> Weights:
    """The same weights in PyTorch's layout; the second bias is zero but for the GRU's new gate."""
    return UNROLLED[cell].weights(matrix)


__all__ = ["MEASURED", "UNROLLED", "Unrolled", "unpacked"]
