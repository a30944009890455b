"""The LSTM, unrolled.

Letters in the shapes: H units, B samples, G rows of all gates together, K = H + I + 1 columns;
`*S` is one axis of networks side by side, or none.
"""

from collections.abc import Iterator

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from explorer.cells import CELLS
from explorer.gradients.averages import (
    NODES,
    AverageStep,
    Fresh,
    mean,
    share_of_input,
    sigmoid,
    spread,
    typical,
)
from explorer.gradients.unrolled.layer import Unrolled, sigmoid_backward, tanh_backward


class UnrolledLSTM(Unrolled):
    """Gates i, f, g, o; c = f · c₋₁ + i · g; h = o · tanh(c).

    Going back, with the total derivative dL/dc:

        dL/dc += o (1 − tanh² c) · dL/dh              δ_o = tanh(c) o (1 − o) · dL/dh
        δ_i, δ_f, δ_g = (g i (1 − i), c₋₁ f (1 − f), i (1 − g²)) · dL/dc
        dL/dc₋₁ = f · dL/dc                           dL/dh₋₁ = W_hhᵀ δ
    """

    cell = CELLS["lstm"]
    fills = True

    def __init__(self, matrix: Float[Tensor, "*S G K"], steps: int, batch: int) -> None:
        super().__init__(matrix, steps, batch)
        H = self.units
        rows = self.deltas.shape[-2]  # of all gates: what has a preactivation of its own
        self.gates = self._room(steps, rows)
        self.memories = self._memories = self._room(steps + 1, H)
        self._memories[0] = 0
        self._squashed = self._room(steps, H)
        self._squashed_slopes = self._room(steps, H)
        self.cell_gradients = self._cell_gradients = self._room(steps + 1, H)
        self._way = list(
            zip(
                self.states[:-1].unbind(0),
                self.gates.unbind(0),
                self.gates[..., : 2 * H, :].unbind(0),
                *(block.unbind(0) for block in self._blocks(self.gates)),
                self._memories[:-1].unbind(0),
                self._memories[1:].unbind(0),
                self._squashed.unbind(0),
                self.hidden.unbind(0),
                strict=True,
            )
        )
        self._kept = self._keeping()
        by_gate = self.deltas.unflatten(-2, (rows // H, H))
        self._way_back = list(
            zip(
                self.hidden_gradients[1:].unbind(0),
                self._cell_gradients[1:].unbind(0),
                self._cell_gradients[1:].unsqueeze(-3).unbind(0),
                self._squashed_slopes.unbind(0),
                by_gate[..., -1, :, :].unbind(0),
                by_gate[..., :-1, :, :].unbind(0),
                self._kept.unbind(0),
                self.deltas.unbind(0),
                self._cell_gradients[:-1].unbind(0),
                self.hidden_gradients[:-1].unbind(0),
                strict=True,
            )
        )[::-1]

    def _keeping(self) -> Tensor:
        """What every step keeps of the memory: f."""
        return self._blocks(self.gates)[1]

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

    def backward(self, last: Float[Tensor, "... H B"], every: bool = False) -> None:
        """Run back from dL/dh at the last step, at `every` one, or at each of the last."""
        self._write_slopes()
        back = self._transposed(self.deltas.shape[-2])
        self._cell_gradients[-1] = 0
        for direct, (
            hidden, cell, each, squashed, delta_o, others, kept, deltas,
            cell_before, hidden_before,
        ) in zip(self._direct(last, every), self._way_back, strict=False):  # fmt: skip
            if direct is not None:
                hidden.add_(direct)
            cell.addcmul_(hidden, squashed)
            delta_o.mul_(hidden)
            others.mul_(each)
            torch.mul(cell, kept, out=cell_before)
            self.product(back, deltas, out=hidden_before)

    def _write_slopes(self) -> None:
        """Put what each δ is multiplied with in its place."""
        i, f, g, o = self._blocks(self.gates)
        to_i, to_f, to_g, to_o = self._blocks(self.deltas)
        sigmoid_backward(g, i, grad_input=to_i)
        sigmoid_backward(self._memories[:-1], f, grad_input=to_f)
        tanh_backward(i, g, grad_input=to_g)
        sigmoid_backward(self._squashed, o, grad_input=to_o)
        tanh_backward(o, self._squashed, grad_input=self._squashed_slopes)

    @classmethod
    def on_average(cls, fresh: Fresh) -> Iterator[AverageStep]:
        """keep = f; a hop leaves c through h = o tanh(c), and returns through i, f or g.

        c is the sum of a part that returns at every step (from biases and the slow h) and adds up
        in amplitude, and a part from the inputs that adds up in variance. To take all that h feeds
        back as steady is right with biases; without, and with a rotation, c is overstated up to
        twofold.
        """
        bias = fresh.kept_by
        steady, noise, second = 0.0, 0.0, 0.0
        squashed = np.zeros_like(NODES)  # tanh(c)
        for step in range(fresh.steps):
            recurrent = fresh.gain**2 * second
            variance = recurrent + fresh.both_biases + fresh.input
            gate, candidate = sigmoid(spread(variance)), np.tanh(spread(variance))
            forget = sigmoid(bias + spread(recurrent + fresh.forget + fresh.input))
            keep, passed, new = mean(forget), mean(gate**2), mean(candidate**2)
            written = (
                passed * mean((1 - candidate**2) ** 2)
                + new * mean((gate * (1 - gate)) ** 2)
                + (steady + noise) * mean((forget * (1 - forget)) ** 2)
            )
            read = passed**0.5 * typical(1 - squashed**2, fresh.units)
            hop = read * written**0.5 if step else 0.0  # the initial h knows nothing of c
            steady_new = new * (1 - share_of_input(fresh, variance))
            steady = (keep * steady**0.5 + (passed * steady_new) ** 0.5) ** 2
            noise = keep**2 * noise + passed * (new - steady_new)
            squashed = np.tanh(spread(steady + noise))
            second = passed * mean(squashed**2)
            yield keep, hop, steady + noise
