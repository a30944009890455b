"""The gated recurrent unit (Cho et al. 2014), reset after the matrix product.

Letters in the shapes: H units, G = 3H rows of the gates r, z, n; `*batch` any axes in front.
"""

from dataclasses import dataclass
from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import linear

from explorer.cells.cell import Cell, Gate, State, Step, blank, block_of, rows
from explorer.cells.weights import Weights


@dataclass(frozen=True)
class GRUStep(Step):
    """What one GRU step computed, in the order it computed it.

    The first two hold all three gates stacked (r, z, n); `gated_hidden` is r · (W_hn h₋₁ + b_hn),
    what the reset gate lets through, and `preactivation` again holds all three.
    """

    from_input: Float[Tensor, "*batch G"]
    from_hidden: Float[Tensor, "*batch G"]
    reset_gate: Float[Tensor, "*batch H"]
    update_gate: Float[Tensor, "*batch H"]
    gated_hidden: Float[Tensor, "*batch H"]
    preactivation: Float[Tensor, "*batch G"]
    new: Float[Tensor, "*batch H"]
    kept: Float[Tensor, "*batch H"]
    written: Float[Tensor, "*batch H"]
    hidden: Float[Tensor, "*batch H"]

    def gate(self, name: str) -> Gate:
        """One of `GRU.gates` with its parts; the hidden part of `new` is already gated."""
        block, units = block_of(GRU.gates, name), self.hidden.shape[-1]
        from_hidden = rows(self.from_hidden, block, units)
        return Gate(
            rows(self.from_input, block, units),
            self.gated_hidden if name == "new" else from_hidden,
            rows(self.preactivation, block, units),
            getattr(self, name),
        )


class GRU(Cell):
    """The GRU of `torch.nn.GRU`, gates packed as r, z, n.

        r, z = σ(W_ih x + b_ih + W_hh h₋₁ + b_hh)
        n = tanh(W_in x + b_in + r · (W_hn h₋₁ + b_hn))
        h = z · h₋₁ + (1 − z) · n

    Here z keeps (Cho et al. 2014); in Chung et al. (2014) it takes the new. The reset gate acts
    after the matrix product, as in cuDNN and Keras; Cho's later version resets h₋₁ before it.
    Keras and ONNX pack z, r, h.
    """

    name = "gru"
    gates: ClassVar[tuple[str, ...]] = ("reset_gate", "update_gate", "new")
    keeping_gate = "update_gate"

    def advance(
        self, weights: Weights, from_input: Float[Tensor, "*batch G"], state: State
    ) -> GRUStep:
        """One step, given W_ih x + b_ih of the three gates."""
        from_hidden = linear(state.hidden, weights.weight_hh, weights.bias_hh)
        reset_in, update_in, new_in = from_input.chunk(3, dim=-1)
        reset_back, update_back, new_back = from_hidden.chunk(3, dim=-1)
        before_reset, before_update = reset_in + reset_back, update_in + update_back
        r, z = torch.sigmoid(before_reset), torch.sigmoid(before_update)
        gated_hidden = r * new_back
        before_new = new_in + gated_hidden
        n = torch.tanh(before_new)
        kept = z * state.hidden
        written = (1 - z) * n
        hidden = kept + written
        preactivation = torch.cat((before_reset, before_update, before_new), dim=-1)
        return GRUStep(
            from_input, from_hidden, r, z, gated_hidden, preactivation, n, kept, written, hidden
        )

    def blank_layer(self, inputs: int, units: int, dtype: torch.dtype) -> nn.RNNBase:
        """A `torch.nn.GRU`, its weights not yet set."""
        return blank(nn.GRU, inputs, units, dtype=dtype)
