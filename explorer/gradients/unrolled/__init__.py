"""Recurrent networks unrolled over time, the backward pass written out.

Once the forward pass is done, the backward pass through time is a linear recurrence whose
coefficients are known. So every local slope is computed for all steps at once, and going back one
step costs a matrix product and one to four multiplications. That is what makes it quicker than
automatic differentiation for networks this small, and every dL/dh_t is there to be looked at.

Columns are samples, as in the papers' h = W h₋₁. All weights of a layer stand in one matrix that
multiplies [h₋₁; x; 1]. Letters in the shapes: T steps, I inputs, H units, B samples, G rows of all
gates together, K = H + I + 1 columns; `*S` is one axis of networks side by side, or none.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from explorer.cells import Weights
from explorer.gradients.unrolled.gru import UnrolledGRU
from explorer.gradients.unrolled.layer import Unrolled
from explorer.gradients.unrolled.lstm import UnrolledLSTM
from explorer.gradients.unrolled.plain import UnrolledLinear, UnrolledReLU, UnrolledTanh

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
    return Weights(rows[:, H:-1].clone(), rows[:, :H].clone(), rows[:, -1].clone(), second)


__all__ = ["UNROLLED", "Unrolled", "unpacked"]
