"""The LSTM whose gates see the memory (Gers and Schmidhuber 2000; Gers et al. 2002).

Letters in the shapes: H units, G = 4H rows of the gates i, f, g, o, P = 3H rows of the peepholes
of i, f, o; `*batch` any axes in front.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Tensor

from explorer.cells.activations import SIGMOID, TANH
from explorer.cells.cell import (
    Cell,
    Gate,
    State,
    Step,
    Touch,
    block_of,
    fed_back,
    gate_of,
    memory_of,
    rows,
    untouched,
)
from explorer.cells.gates import CANDIDATE, FORGET, INPUT, OUTPUT, Packing
from explorer.cells.lstm import EQUATIONS, LSTM, ONNX
from explorer.cells.weights import Weights

SEEING = ("input_gate", "forget_gate", "output_gate")
"""The gates with a peephole, in the order of the rows of `Weights.peepholes`."""


@dataclass(frozen=True)
class PeepholeLSTMStep(Step):
    """What one step of an LSTM with peepholes computed, in the order it computed it.

    The output gate sees the new memory, so it comes after it, and with it `from_memory` (i, f, o)
    and `preactivation` (i, f, g, o) are complete.
    """

    from_input: Float[Tensor, "*batch G"]
    from_hidden: Float[Tensor, "*batch G"]
    input_gate: Float[Tensor, "*batch H"]
    forget_gate: Float[Tensor, "*batch H"]
    candidate: Float[Tensor, "*batch H"]
    kept: Float[Tensor, "*batch H"]
    written: Float[Tensor, "*batch H"]
    cell: Float[Tensor, "*batch H"]
    from_memory: Float[Tensor, "*batch P"]
    preactivation: Float[Tensor, "*batch G"]
    output_gate: Float[Tensor, "*batch H"]
    squashed: Float[Tensor, "*batch H"]
    hidden: Float[Tensor, "*batch H"]

    @property
    def state(self) -> State:
        """What the next step starts from."""
        return State(self.hidden, self.cell)

    def gate(self, name: str) -> Gate:
        """One of `PeepholeLSTM.gates` with its parts; the candidate has no peephole."""
        if name not in SEEING:
            return gate_of(self, PeepholeLSTM.gates, name)
        seen = rows(self.from_memory, block_of(SEEING, name), self.hidden.shape[-1])
        return gate_of(self, PeepholeLSTM.gates, name, from_memory=seen)


class PeepholeLSTM(Cell):
    """The LSTM with peepholes, gates packed as i, f, g, o, peepholes as i, f, o.

        i, f = σ(W_ih x + b_ih + W_hh h₋₁ + b_hh + p · c₋₁)     g = tanh(the same without p · c₋₁)
        c = f · c₋₁ + i · g
        o = σ(W_io x + b_io + W_ho h₋₁ + b_ho + p_o · c)        h = o · tanh(c)

    The peepholes p are diagonal: a unit sees its own memory only (Gers, Schraudolph and
    Schmidhuber 2002; Greff et al. 2017, section 2). The papers have one bias; here are PyTorch's
    two, which act as their sum. PyTorch and Keras lack this cell; ONNX packs i, o, f, c and the
    peepholes i, o, f.
    """

    name = "lstm_peephole"
    label = "LSTM with peepholes"
    short = "Peephole"
    source = "Gers et al. 2002; Greff et al. 2017, section 2"
    kinds = (
        replace(INPUT, sees="cell_before"),
        replace(FORGET, sees="cell_before"),
        CANDIDATE,
        replace(OUTPUT, sees="cell"),
    )
    activations = (SIGMOID, TANH, TANH)
    equations = EQUATIONS
    made = PeepholeLSTMStep
    touchable: ClassVar[tuple[str, ...]] = (
        *("input_gate", "forget_gate", "candidate", "cell"),
        *("output_gate", "squashed", "hidden"),
    )
    keeping_gate = "forget_gate"
    memory = "cell"
    ablations = (*LSTM.ablations, "no_peepholes")
    packings: ClassVar[Mapping[str, Packing]] = {"onnx": ONNX}
    has_layer = False

    def advance(
        self,
        weights: Weights,
        from_input: Float[Tensor, "*batch G"],
        state: State,
        touch: Touch = untouched,
    ) -> PeepholeLSTMStep:
        """One step, given W_ih x + b_ih of the four gates."""
        before, peepholes = memory_of(state), weights.peepholes
        assert peepholes is not None, "checked at the door"
        share, squash, show = (each.of for each in self.activations)
        parts: dict[str, Tensor] = {}
        from_hidden = fed_back(weights, state.hidden)
        i, f, g, o = (from_input + from_hidden).chunk(4, dim=-1)
        p_i, p_f, p_o = peepholes.unbind(0)
        i_sees, f_sees = p_i * before, p_f * before
        before_i, before_f = i + i_sees, f + f_sees
        parts["input_gate"] = i = touch("input_gate", share(before_i), parts)
        parts["forget_gate"] = f = touch("forget_gate", share(before_f), parts)
        parts["candidate"] = candidate = touch("candidate", squash(g), parts)
        kept = f * before
        written = i * candidate
        parts["cell"] = cell = touch("cell", kept + written, parts)
        o_sees = p_o * cell
        before_o = o + o_sees
        from_memory = torch.cat((i_sees, f_sees, o_sees), dim=-1)
        preactivation = torch.cat((before_i, before_f, g, before_o), dim=-1)
        parts["output_gate"] = o = touch("output_gate", share(before_o), parts)
        parts["squashed"] = squashed = touch("squashed", show(cell), parts)
        hidden = touch("hidden", o * squashed, parts)
        return PeepholeLSTMStep(
            from_input=from_input,
            from_hidden=from_hidden,
            input_gate=i,
            forget_gate=f,
            candidate=candidate,
            kept=kept,
            written=written,
            cell=cell,
            from_memory=from_memory,
            preactivation=preactivation,
            output_gate=o,
            squashed=squashed,
            hidden=hidden,
        )
