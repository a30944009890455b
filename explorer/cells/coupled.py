"""The LSTM that forgets as much as it writes (Greff et al. 2017: CIFG).

Letters in the shapes: H units, G = 3H rows of the gates i, g, o; `*batch` any axes in front.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from jaxtyping import Float
from torch import Tensor

from explorer.cells.activations import SIGMOID, TANH
from explorer.cells.cell import (
    Cell,
    Gate,
    State,
    Step,
    Touch,
    fed_back,
    gate_of,
    memory_of,
    untouched,
)
from explorer.cells.equations import Equation
from explorer.cells.gates import CANDIDATE, FORGET, INPUT, OUTPUT, Packing
from explorer.cells.lstm import EQUATIONS, ONNX
from explorer.cells.weights import Weights


@dataclass(frozen=True)
class CoupledLSTMStep(Step):
    """What one step of a coupled LSTM computed, in the order it computed it.

    The first three hold its three gates stacked (i, g, o); the forget gate has no rows of its own,
    it is what the input gate leaves.
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
        """One of `CoupledLSTM.gates` with its parts."""
        return gate_of(self, CoupledLSTM.gates, name)


class CoupledLSTM(Cell):
    """The LSTM with coupled input and forget gate, gates packed as i, g, o.

        i, o = σ(W_ih x + b_ih + W_hh h₋₁ + b_hh)     g = tanh(the same)     f = 1 − i
        c = f · c₋₁ + i · g                           h = o · tanh(c)

    Greff et al. (2017, section 3) couple the gates of a cell with peepholes; here there are none.
    The memory is a moving average of candidates, so from an empty start it stays within ±1. The
    GRU has the same coupling with z = f. PyTorch and Keras lack this cell; ONNX has it as
    `input_forget`.
    """

    name = "lstm_coupled"
    label = "LSTM with coupled gates"
    short = "Coupled"
    source = "Greff et al. 2017, section 3"
    kinds = (
        INPUT,
        replace(
            FORGET,
            packed=False,
            says="What the ⟦input gate⟧ does not let in stays: {forget:percent} of the old "
            "⟦cell state⟧.",
        ),
        CANDIDATE,
        OUTPUT,
    )
    activations = (SIGMOID, TANH, TANH)
    equations = (Equation("forget_gate", "1 − {input_gate}"), *EQUATIONS)
    made = CoupledLSTMStep
    touchable: ClassVar[tuple[str, ...]] = (
        "input_gate",
        "forget_gate",
        "candidate",
        "output_gate",
        "cell",
        "squashed",
        "hidden",
    )
    keeping_gate = "forget_gate"
    memory = "cell"
    ablations = ("no_forget_gate", "no_output_gate", "no_output_squashing")
    packings: ClassVar[Mapping[str, Packing]] = {"onnx": ONNX}  # f has a block there, not used
    has_layer = False

    def advance(
        self,
        weights: Weights,
        from_input: Float[Tensor, "*batch G"],
        state: State,
        touch: Touch = untouched,
    ) -> CoupledLSTMStep:
        """One step, given W_ih x + b_ih of the three gates."""
        before = memory_of(state)
        share, squash, show = (each.of for each in self.activations)
        parts: dict[str, Tensor] = {}
        from_hidden = fed_back(weights, state.hidden)
        preactivation = from_input + from_hidden
        i, g, o = preactivation.chunk(3, dim=-1)
        parts["input_gate"] = i = touch("input_gate", share(i), parts)
        parts["forget_gate"] = f = touch("forget_gate", 1 - i, parts)
        parts["candidate"] = g = touch("candidate", squash(g), parts)
        parts["output_gate"] = o = touch("output_gate", share(o), parts)
        kept = f * before
        written = i * g
        parts["cell"] = cell = touch("cell", kept + written, parts)
        parts["squashed"] = squashed = touch("squashed", show(cell), parts)
        hidden = touch("hidden", o * squashed, parts)
        return CoupledLSTMStep(
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
