"""Long short-term memory (Hochreiter and Schmidhuber 1997) with forget gate (Gers et al. 2000).

Letters in the shapes: H units, G = 4H rows of the gates i, f, g, o; `*batch` any axes in front.
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
class LSTMStep(Step):
    """What one LSTM step computed, in the order it computed it.

    The first three hold all four gates stacked (i, f, g, o), as one matrix product makes them;
    `gate` cuts one out.
    """

    from_input: Float[Tensor, "*batch G"]
    from_hidden: Float[Tensor, "*batch G"]
    preactivation: Float[Tensor, "*batch G"]
    input_gate: Float[Tensor, "*batch H"]
    forget_gate: Float[Tensor, "*batch H"]
    candidate: Float[Tensor, "*batch H"]
    output_gate: Float[Tensor, "*batch H"]
    kept: Float[Tensor, "*batch H"]
    written: Float[Tensor, "*batch H"]
    cell: Float[Tensor, "*batch H"]
    squashed: Float[Tensor, "*batch H"]
    hidden: Float[Tensor, "*batch H"]

    @property
    def state(self) -> State:
        """What the next step starts from."""
        return State(self.hidden, self.cell)

    def gate(self, name: str) -> Gate:
        """One of `LSTM.gates` with its parts."""
        block, units = block_of(LSTM.gates, name), self.hidden.shape[-1]
        return Gate(
            rows(self.from_input, block, units),
            rows(self.from_hidden, block, units),
            rows(self.preactivation, block, units),
            getattr(self, name),
        )


class LSTM(Cell):
    """The LSTM of `torch.nn.LSTM`, gates packed as i, f, g, o.

        i, f, o = σ(W_ih x + b_ih + W_hh h₋₁ + b_hh)     g = tanh(the same)
        c = f · c₋₁ + i · g                              h = o · tanh(c)

    The cell of 1997 had no forget gate (f = 1) and other squashing ranges; peepholes (Gers and
    Schmidhuber 2000) are absent here as in PyTorch. Keras packs i, f, c, o and ONNX i, o, f, c.
    """

    name = "lstm"
    gates: ClassVar[tuple[str, ...]] = ("input_gate", "forget_gate", "candidate", "output_gate")
    keeping_gate = "forget_gate"

    def advance(
        self, weights: Weights, from_input: Float[Tensor, "*batch G"], state: State
    ) -> LSTMStep:
        """One step, given W_ih x + b_ih of the four gates."""
        assert state.cell is not None, "an LSTM's state has a memory c"
        from_hidden = linear(state.hidden, weights.weight_hh, weights.bias_hh)
        preactivation = from_input + from_hidden
        i, f, g, o = preactivation.chunk(4, dim=-1)
        i, f, g, o = torch.sigmoid(i), torch.sigmoid(f), torch.tanh(g), torch.sigmoid(o)
        kept = f * state.cell
        written = i * g
        cell = kept + written
        squashed = torch.tanh(cell)
        hidden = o * squashed
        return LSTMStep(
            from_input,
            from_hidden,
            preactivation,
            i,
            f,
            g,
            o,
            kept,
            written,
            cell,
            squashed,
            hidden,
        )

    def start(self, weights: Weights, *batch: int) -> State:
        """Zero hidden state and empty memory."""
        zeros = weights.weight_hh.new_zeros(*batch, weights.units)
        return State(zeros, zeros)

    def blank_layer(self, inputs: int, units: int, dtype: torch.dtype) -> nn.RNNBase:
        """A `torch.nn.LSTM`, its weights not yet set."""
        return blank(nn.LSTM, inputs, units, dtype=dtype)
