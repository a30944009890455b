"""Long short-term memory (Hochreiter and Schmidhuber 1997) with forget gate (Gers et al. 2000).

Letters in the shapes: H units, G = 4H rows of the gates i, f, g, o; `*batch` any axes in front.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Tensor, nn

from explorer.cells.activations import SIGMOID, TANH
from explorer.cells.cell import (
    Cell,
    Gate,
    State,
    Step,
    Touch,
    blank,
    fed_back,
    gate_of,
    memory_of,
    rows_apart,
    runs_in_place,
    untouched,
)
from explorer.cells.equations import Equation
from explorer.cells.gates import CANDIDATE, FORGET, INPUT, OUTPUT, Packing
from explorer.cells.weights import Weights

EQUATIONS = (
    Equation("kept", "{forget_gate} · {cell_before}"),
    Equation("written", "{input_gate} · {candidate}"),
    Equation("cell", "{kept} + {written}"),
    Equation("squashed", "tanh({cell})"),
    Equation("hidden", "{output_gate} · {squashed}"),
)
ONNX = Packing(("input_gate", "output_gate", "forget_gate", "candidate"), ("i", "o", "f", "c"), 2)


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
        return gate_of(self, LSTM.gates, name)


class LSTM(Cell):
    """The LSTM of `torch.nn.LSTM`, gates packed as i, f, g, o.

        i, f, o = σ(W_ih x + b_ih + W_hh h₋₁ + b_hh)     g = tanh(the same)
        c = f · c₋₁ + i · g                              h = o · tanh(c)

    The cell of 1997 had no forget gate (f = 1) and other squashing ranges; peepholes are absent
    here as in PyTorch, `PeepholeLSTM` has them. Keras packs i, f, c, o and ONNX i, o, f, c.
    """

    name = "lstm"
    label = short = "LSTM"
    source = "Hochreiter and Schmidhuber 1997; forget gate: Gers et al. 2000"
    kinds = (INPUT, FORGET, CANDIDATE, OUTPUT)
    activations = (SIGMOID, TANH, TANH)
    equations = EQUATIONS
    made = LSTMStep
    touchable: ClassVar[tuple[str, ...]] = (
        *("input_gate", "forget_gate", "candidate", "output_gate"),
        *("cell", "squashed", "hidden"),
    )
    keeping_gate = "forget_gate"
    memory = "cell"
    ablations = (
        *("no_input_gate", "no_forget_gate", "no_output_gate"),
        *("no_output_squashing", "coupled"),
    )
    packings: ClassVar[Mapping[str, Packing]] = {
        "keras": Packing(
            ("input_gate", "forget_gate", "candidate", "output_gate"), ("i", "f", "c", "o")
        ),
        "onnx": ONNX,
        "tensorflow1": Packing(
            ("input_gate", "candidate", "forget_gate", "output_gate"), ("i", "j", "f", "o")
        ),
    }

    def advance(
        self,
        weights: Weights,
        from_input: Float[Tensor, "*batch G"],
        state: State,
        touch: Touch = untouched,
    ) -> LSTMStep:
        """One step, given W_ih x + b_ih of the four gates."""
        before = memory_of(state)
        share, squash, show = (each.of for each in self.activations)
        parts: dict[str, Tensor] = {}
        from_hidden = fed_back(weights, state.hidden)
        preactivation = from_input + from_hidden
        i, f, g, o = preactivation.chunk(4, dim=-1)
        parts["input_gate"] = i = touch("input_gate", share(i), parts)
        parts["forget_gate"] = f = touch("forget_gate", share(f), parts)
        parts["candidate"] = g = touch("candidate", squash(g), parts)
        parts["output_gate"] = o = touch("output_gate", share(o), parts)
        kept = f * before
        written = i * g
        parts["cell"] = cell = touch("cell", kept + written, parts)
        parts["squashed"] = squashed = touch("squashed", show(cell), parts)
        hidden = touch("hidden", o * squashed, parts)
        return LSTMStep(
            from_input=from_input,
            from_hidden=from_hidden,
            preactivation=preactivation,
            input_gate=i,
            forget_gate=f,
            candidate=g,
            output_gate=o,
            kept=kept,
            written=written,
            cell=cell,
            squashed=squashed,
            hidden=hidden,
        )

    def along(
        self,
        weights: Weights,
        from_input: Float[Tensor, "T *batch G"],
        state: State,
        touch: Callable[[int], Touch] | None = None,
        backward: bool = False,
    ) -> Step:
        """Every step along the first axis, or from its end."""
        if touch is not None or self.varied or not runs_in_place(weights, from_input, state):
            return super().along(weights, from_input, state, touch, backward)
        return _in_place(weights, from_input, state.hidden, memory_of(state), backward)

    def blank_layer(self, inputs: int, units: int, dtype: torch.dtype) -> nn.RNNBase:
        """A `torch.nn.LSTM`, its weights not yet set."""
        return blank(nn.LSTM, inputs, units, dtype=dtype)


@torch.no_grad()
def _in_place(
    weights: Weights,
    from_input: Float[Tensor, "T G"],
    hidden: Float[Tensor, " H"],
    memory: Float[Tensor, " H"],
    backward: bool,
) -> LSTMStep:
    """`LSTM.advance` along a sequence, written into memory made beforehand, a third quicker.

    Sums and products are the same bits for one step or all, so those that no later step needs are
    left to the end. Squashing is not, for torch computes the last few of a row by another route.
    """
    steps, units = len(from_input), weights.units
    from_hidden, states = rows_apart(from_input, steps, 4 * units), rows_apart(hidden, steps, units)
    i, f, g, o, squashed = from_input.new_empty(5, steps, units)
    memories = from_input.new_empty(steps + 1, units)
    befores, cells = (memories[1:], memories[:-1]) if backward else (memories[:-1], memories[1:])
    befores[-1 if backward else 0] = memory
    kept, written, preactivation = hidden.clone(), hidden.clone(), from_input[0].clone()
    in_i, in_f, in_g, in_o = preactivation.chunk(4)
    parts = (from_input, from_hidden, i, f, g, o, befores, cells, squashed, states)
    every = list(zip(*parts, strict=True))
    for arriving, back, i_t, f_t, g_t, o_t, before, cell, squashed_t, state in (
        reversed(every) if backward else every
    ):
        torch.addmv(weights.bias_hh, weights.weight_hh, hidden, out=back)
        torch.add(arriving, back, out=preactivation)
        torch.sigmoid(in_i, out=i_t)
        torch.sigmoid(in_f, out=f_t)
        torch.tanh(in_g, out=g_t)
        torch.sigmoid(in_o, out=o_t)
        torch.mul(f_t, before, out=kept)
        torch.mul(i_t, g_t, out=written)
        torch.add(kept, written, out=cell)
        torch.tanh(cell, out=squashed_t)
        torch.mul(o_t, squashed_t, out=state)
        hidden = state
    from_hidden, states = from_hidden.contiguous(), states.contiguous()
    return LSTMStep(
        from_input=from_input,
        from_hidden=from_hidden,
        preactivation=from_input + from_hidden,
        input_gate=i,
        forget_gate=f,
        candidate=g,
        output_gate=o,
        kept=f * befores,
        written=i * g,
        cell=cells,
        squashed=squashed,
        hidden=states,
    )
