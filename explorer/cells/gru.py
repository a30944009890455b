"""The gated recurrent unit (Cho et al. 2014), reset after the matrix product or before it.

Letters in the shapes: H units, G = 3H rows of the gates r, z, n; `*batch` any axes in front.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import linear

from explorer.cells.activations import SIGMOID, TANH
from explorer.cells.cell import Cell, Gate, State, Step, Touch, blank, fed_back, gate_of, untouched
from explorer.cells.equations import Equation
from explorer.cells.gates import NEW, RESET, UPDATE, Packing
from explorer.cells.weights import Weights

BLEND = (
    Equation("kept", "{update_gate} · {hidden_before}"),
    Equation("written", "(1 − {update_gate}) · {new}"),
    Equation("hidden", "{written} + {kept}"),
)
ZRH = ("update_gate", "reset_gate", "new"), ("z", "r", "h")


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
        return gate_of(
            self, GRU.gates, name, from_hidden=self.gated_hidden if name == "new" else None
        )


class GRU(Cell):
    """The GRU of `torch.nn.GRU`, gates packed as r, z, n.

        r, z = σ(W_ih x + b_ih + W_hh h₋₁ + b_hh)
        n = tanh(W_in x + b_in + r · (W_hn h₋₁ + b_hn))
        h = z · h₋₁ + (1 − z) · n

    Here z keeps (Cho et al. 2014); in Chung et al. (2014) it takes the new. The reset gate acts
    after the matrix product, as in cuDNN and Keras; `GRUBefore` resets h₋₁ before it. Keras and
    ONNX pack z, r, h.
    """

    name = "gru"
    label = short = "GRU"
    source = "Cho et al. 2014, first version"
    kinds = (RESET, UPDATE, replace(NEW, hears="reset_gate", reset="after"))
    activations = (SIGMOID, TANH)
    equations = (Equation("gated_hidden", "{reset_gate} · {past}"), *BLEND)
    made = GRUStep
    touchable: ClassVar[tuple[str, ...]] = ("reset_gate", "update_gate", "new", "hidden")
    keeping_gate = "update_gate"
    ablations = ("no_reset_gate", "no_update_gate")
    packings: ClassVar[Mapping[str, Packing]] = {
        "keras": Packing(*ZRH, biases=2),
        "onnx": Packing(*ZRH, biases=2),
    }

    def advance(
        self,
        weights: Weights,
        from_input: Float[Tensor, "*batch G"],
        state: State,
        touch: Touch = untouched,
    ) -> GRUStep:
        """One step, given W_ih x + b_ih of the three gates."""
        share, squash = (each.of for each in self.activations)
        parts: dict[str, Tensor] = {}
        from_hidden = fed_back(weights, state.hidden)
        reset_in, update_in, new_in = from_input.chunk(3, dim=-1)
        reset_back, update_back, new_back = from_hidden.chunk(3, dim=-1)
        before_reset, before_update = reset_in + reset_back, update_in + update_back
        parts["reset_gate"] = r = touch("reset_gate", share(before_reset), parts)
        parts["update_gate"] = z = touch("update_gate", share(before_update), parts)
        gated_hidden = r * new_back
        before_new = new_in + gated_hidden
        parts["new"] = n = touch("new", squash(before_new), parts)
        kept = z * state.hidden
        written = (1 - z) * n
        hidden = touch("hidden", kept + written, parts)
        preactivation = torch.cat((before_reset, before_update, before_new), dim=-1)
        return GRUStep(
            from_input=from_input,
            from_hidden=from_hidden,
            reset_gate=r,
            update_gate=z,
            gated_hidden=gated_hidden,
            preactivation=preactivation,
            new=n,
            kept=kept,
            written=written,
            hidden=hidden,
        )

    def blank_layer(self, inputs: int, units: int, dtype: torch.dtype) -> nn.RNNBase:
        """A `torch.nn.GRU`, its weights not yet set."""
        return blank(nn.GRU, inputs, units, dtype=dtype)


@dataclass(frozen=True)
class GRUBeforeStep(Step):
    """What one step of a GRU that resets first computed, in the order it computed it.

    `reset_hidden` is r · h₋₁, what the reset gate lets the new gate see; only with it the three
    hidden parts (r, z, n) in `from_hidden` are complete.
    """

    from_input: Float[Tensor, "*batch G"]
    reset_gate: Float[Tensor, "*batch H"]
    update_gate: Float[Tensor, "*batch H"]
    reset_hidden: Float[Tensor, "*batch H"]
    from_hidden: Float[Tensor, "*batch G"]
    preactivation: Float[Tensor, "*batch G"]
    new: Float[Tensor, "*batch H"]
    kept: Float[Tensor, "*batch H"]
    written: Float[Tensor, "*batch H"]
    hidden: Float[Tensor, "*batch H"]

    def gate(self, name: str) -> Gate:
        """One of `GRUBefore.gates` with its parts."""
        return gate_of(self, GRUBefore.gates, name)


class GRUBefore(Cell):
    """The GRU that resets the hidden state before the matrix product, gates packed as r, z, n.

        r, z = σ(W_ih x + b_ih + W_hh h₋₁ + b_hh)
        n = tanh(W_in x + b_in + W_hn (r · h₋₁) + b_hn)
        h = z · h₋₁ + (1 − z) · n

    The equations of Cho et al. (2014, third version of the preprint, eqs. 5 to 8), biases added;
    Keras with `reset_after=False` and ONNX with `linear_before_reset=0`, which is its default.
    """

    name = "gru_before"
    label = "GRU that resets before the product"
    short = "GRU before"
    source = "Cho et al. 2014, third version, eqs. 5 to 8"
    kinds = (RESET, UPDATE, replace(NEW, hears="reset_gate", reset="before"))
    activations = (SIGMOID, TANH)
    equations = (Equation("reset_hidden", "{reset_gate} · {hidden_before}"), *BLEND)
    made = GRUBeforeStep
    touchable = GRU.touchable
    keeping_gate = "update_gate"
    ablations = GRU.ablations
    packings: ClassVar[Mapping[str, Packing]] = {
        "keras": Packing(*ZRH),
        "onnx": Packing(*ZRH, biases=2),
    }
    has_layer = False

    def advance(
        self,
        weights: Weights,
        from_input: Float[Tensor, "*batch G"],
        state: State,
        touch: Touch = untouched,
    ) -> GRUBeforeStep:
        """One step, given W_ih x + b_ih of the three gates."""
        share, squash = (each.of for each in self.activations)
        parts: dict[str, Tensor] = {}
        both, new = 2 * weights.units, slice(2 * weights.units, None)
        gates_back = linear(state.hidden, weights.weight_hh[:both], weights.bias_hh[:both])
        before_gates = from_input[..., :both] + gates_back
        r, z = share(before_gates).chunk(2, dim=-1)
        parts["reset_gate"] = r = touch("reset_gate", r, parts)
        parts["update_gate"] = z = touch("update_gate", z, parts)
        reset_hidden = r * state.hidden
        new_back = linear(reset_hidden, weights.weight_hh[new], weights.bias_hh[new])
        before_new = from_input[..., new] + new_back
        parts["new"] = n = touch("new", squash(before_new), parts)
        kept = z * state.hidden
        written = (1 - z) * n
        hidden = touch("hidden", kept + written, parts)
        from_hidden = torch.cat((gates_back, new_back), dim=-1)
        preactivation = torch.cat((before_gates, before_new), dim=-1)
        return GRUBeforeStep(
            from_input=from_input,
            reset_gate=r,
            update_gate=z,
            reset_hidden=reset_hidden,
            from_hidden=from_hidden,
            preactivation=preactivation,
            new=n,
            kept=kept,
            written=written,
            hidden=hidden,
        )
