"""The LSTM, unrolled.

Letters in the shapes: H units, B samples, G rows of all gates together, K = H + I + 1 columns;
`*S` is one axis of networks side by side, or none.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from explorer.gradients.unrolled.layer import Unrolled, sigmoid_backward, tanh_backward


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
        sigmoid_backward(g, i, grad_input=to_i)
        sigmoid_backward(self.cell[:-1], f, grad_input=to_f)
        tanh_backward(i, g, grad_input=to_g)
        sigmoid_backward(self._squashed, o, grad_input=to_o)
        tanh_backward(o, self._squashed, grad_input=self._squashed_slopes)
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
