"""The LSTM with coupled gates, unrolled.

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
from explorer.gradients.unrolled.layer import sigmoid_backward, tanh_backward
from explorer.gradients.unrolled.lstm import UnrolledLSTM


class UnrolledCoupled(UnrolledLSTM):
    """Gates i, g, o; c = c₋₁ + i · (g − c₋₁); h = o · tanh(c).

    Going back, with the total derivative dL/dc:

        dL/dc += o (1 − tanh² c) · dL/dh              δ_o = tanh(c) o (1 − o) · dL/dh
        δ_i, δ_g = ((g − c₋₁) i (1 − i), i (1 − g²)) · dL/dc
        dL/dc₋₁ = (1 − i) · dL/dc                     dL/dh₋₁ = W_hhᵀ δ
    """

    cell = CELLS["lstm_coupled"]
    fills = False

    def _keeping(self) -> Tensor:
        """Room for 1 − i of every step, which is written on the way back."""
        return self._room(self.steps, self.units)

    def forward(self) -> Float[Tensor, "*S H B"]:
        """Run through time; the last hidden state."""
        for state, gates, _, i, g, o, before, cell, squashed, hidden in self._way:
            self.product(self.matrix, state, out=gates)
            i.sigmoid_()
            g.tanh_()
            o.sigmoid_()
            torch.lerp(before, g, i, out=cell)
            torch.tanh(cell, out=squashed)
            torch.mul(o, squashed, out=hidden)
        return self.hidden[-1]

    def _write_slopes(self) -> None:
        """Put what each δ is multiplied with in its place, and what is kept."""
        i, g, o = self._blocks(self.gates)
        to_i, to_g, to_o = self._blocks(self.deltas)
        torch.sub(g, self._memories[:-1], out=self._kept)
        sigmoid_backward(self._kept, i, grad_input=to_i)
        tanh_backward(i, g, grad_input=to_g)
        sigmoid_backward(self._squashed, o, grad_input=to_o)
        tanh_backward(o, self._squashed, grad_input=self._squashed_slopes)
        torch.sub(1, i, out=self._kept)

    @classmethod
    def on_average(cls, fresh: Fresh) -> Iterator[AverageStep]:
        """keep = 1 − i; a hop leaves c through h = o tanh(c), and returns through i or g.

        c is a moving average of candidates, so it stays small and never fills; its two parts are
        those of the LSTM.
        """
        bias = fresh.kept_by
        steady, noise, second = 0.0, 0.0, 0.0
        squashed = np.zeros_like(NODES)  # tanh(c)
        for step in range(fresh.steps):
            recurrent = fresh.gain**2 * second
            variance = recurrent + fresh.both_biases + fresh.input
            shown, candidate = sigmoid(spread(variance)), np.tanh(spread(variance))
            gate = sigmoid(-bias + spread(recurrent + fresh.forget + fresh.input))
            write, passed, new = mean(gate), mean(shown**2), mean(candidate**2)
            taken = mean(gate**2)
            written = taken * mean((1 - candidate**2) ** 2) + (new + steady + noise) * mean(
                (gate * (1 - gate)) ** 2
            )
            read = passed**0.5 * typical(1 - squashed**2, fresh.units)
            hop = read * written**0.5 if step else 0.0  # the initial h knows nothing of c
            steady_new = new * (1 - share_of_input(fresh, variance))
            steady = ((1 - write) * steady**0.5 + write * steady_new**0.5) ** 2
            noise = (1 - write) ** 2 * noise + taken * (new - steady_new)
            squashed = np.tanh(spread(steady + noise))
            second = passed * mean(squashed**2)
            yield 1 - write, hop, steady + noise
