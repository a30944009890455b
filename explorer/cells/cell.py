"""What every recurrent cell offers: its names, one step with all intermediates, its torch twin.

Letters in the shapes: I inputs, H units, G rows of all gates together. `*batch` stands for any
axes in front: none for one vector, a batch, or, in a recorded trace, time.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass, fields
from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import linear

from explorer.cells.activations import Activation, differing
from explorer.cells.equations import Equation
from explorer.cells.gates import GateKind, Packing
from explorer.cells.textbook import second_opinion
from explorer.cells.weights import Weights

Touch = Callable[[str, Tensor, Mapping[str, Tensor]], Tensor]
"""Called as each part of a step is computed, in order, with the part's name, its value and the
parts computed so far; what it returns is used from there on."""


def untouched(part: str, value: Tensor, parts: Mapping[str, Tensor]) -> Tensor:
    """The value as it was computed."""
    return value


@dataclass(frozen=True)
class State:
    """What a cell hands to its next step: the hidden state and, for the LSTM, the memory c."""

    hidden: Float[Tensor, "*batch H"]
    cell: Float[Tensor, "*batch H"] | None = None


@dataclass(frozen=True)
class Gate:
    """One gate taken apart: value = squash(preactivation), preactivation = the sum of its parts.

    `from_input` is W_ih x + b_ih; `from_hidden` is W_hh h₋₁ + b_hh, in the GRU's new gate times
    the reset gate; `from_memory` is p · c, where the gate has a peephole. A value that was touched
    is what the touch made of it; the preactivation stays as computed.
    """

    from_input: Float[Tensor, "*batch H"]
    from_hidden: Float[Tensor, "*batch H"]
    preactivation: Float[Tensor, "*batch H"]
    value: Float[Tensor, "*batch H"]
    from_memory: Float[Tensor, "*batch H"] | None = None


class Step(ABC):
    """What one step of any cell computed; the fields of each cell's own type tell its order."""

    STACKED: ClassVar[tuple[str, ...]] = (
        "from_input",
        "from_hidden",
        "from_memory",
        "preactivation",
    )
    """The fields that hold several gates one after the other; all others are H numbers."""

    from_input: Float[Tensor, "*batch G"]
    """W_ih x + b_ih of all gates, stacked in packing order."""
    from_hidden: Float[Tensor, "*batch G"]
    """W_hh h₋₁ + b_hh of all gates, stacked in packing order."""
    preactivation: Float[Tensor, "*batch G"]
    """What is squashed into the gates, stacked in packing order."""
    hidden: Float[Tensor, "*batch H"]
    """h, the cell's output."""

    @property
    def state(self) -> State:
        """What the next step starts from."""
        return State(self.hidden)

    @abstractmethod
    def gate(self, name: str) -> Gate:
        """One gate with its parts; `ValueError` names the gates there are."""

    @property
    def values(self) -> dict[str, Float[Tensor, "*batch H"]]:
        """Every gate and every other intermediate of H numbers, by name, in the order computed."""
        names = (field.name for field in fields(self))  # type: ignore[arg-type]  # all dataclasses
        return {name: getattr(self, name) for name in names if name not in self.STACKED}


class Cell(ABC):
    """One time step of a recurrent network as a pure function of weights, input and state.

    All that menus, legends, titles, cards and `verify` say of a cell is said here.
    """

    name: str
    """In links and files."""
    label: str
    """In a sentence."""
    short: str
    """On a tab, in a legend."""
    source: str
    """Author and year, with the place of the equations."""
    kinds: tuple[GateKind, ...]
    """Every gate, in the order of pictures; those that are packed in the order of their rows."""
    gates: ClassVar[tuple[str, ...]]
    """The packed gates in the order in which PyTorch packs their rows; also fields of the step."""
    equations: tuple[Equation, ...] = ()
    """How all but the packed gates is made, in the order in which a step computes it."""
    made: ClassVar[type[Step]]
    """What a step returns; its fields stand in the order in which they are computed."""
    touchable: ClassVar[tuple[str, ...]]
    """What a `Touch` is called with, in the order in which a step computes it."""
    keeping_gate: ClassVar[str | None] = None
    """The field of the step that says how much of the memory stays."""
    memory: ClassVar[str] = "hidden"
    """The state that remembers: "cell" where there is one, else "hidden"."""
    ablations: ClassVar[tuple[str, ...]] = ()
    """What it can do without, by the names of `ABLATIONS`."""
    activations: tuple[Activation, ...] = ()
    """Of the gates, of the candidate and, where there is a memory c, of what is shown of it; empty
    where a file's activation makes another cell of the list."""
    packings: ClassVar[Mapping[str, Packing]] = {}
    """The formats besides PyTorch's that know this cell: "keras", "onnx", "tensorflow1"."""
    has_layer: bool = True
    """Whether torch has the same layer; where not, `second_opinion` is what to compare with."""

    def __init_subclass__(cls) -> None:
        """Read the packed gates off the kinds of gates."""
        cls.gates = tuple(kind.field for kind in cls.kinds if kind.packed)

    def by(self, *activations: Activation) -> "Cell":
        """The same cell with other activations, in the order of its own; itself with those it has.

        Raises `ValueError` for another number of them, for a gate that is no share of 0 to 1, and
        for a candidate that is one.
        """
        if activations == self.activations:
            return self
        shares = [each.is_share for each in activations]
        if len(shares) != len(self.activations) or not shares[0] or any(shares[1:]):
            names = ", ".join(each.name for each in activations)
            raise ValueError(f"{self.name} cannot be computed with the activations {names}")
        gates, candidate, *shown = activations
        made = copy(self)
        made.activations, made.has_layer = activations, False
        made.name = f"{self.family}({', '.join(each.name for each in activations)})"
        made.kinds = tuple(kind.by(gates if kind.is_share else candidate) for kind in self.kinds)
        for show in shown:
            squashed = Equation("squashed", f"{show.sign}({{cell}})")
            made.equations = tuple(
                squashed if equation.name == squashed.name else equation
                for equation in self.equations
            )
        varied = f"({differing(activations, self.activations)})"
        made.label, made.short = f"{self.label} {varied}", f"{self.short} {varied}"
        return made

    @property
    def family(self) -> str:
        """The name of the cell that it is but for its activations."""
        return self.name.partition("(")[0]

    @property
    def varied(self) -> bool:
        """Whether its activations are others than those that its name alone stands for."""
        return self.family != self.name

    @property
    def shows(self) -> Activation:
        """What the hidden state has been through last: what shows the memory, or the candidate."""
        return self.activations[2] if len(self.activations) > 2 else self.candidate.squash

    @property
    def peepholes(self) -> bool:
        """Whether gates see the memory, each its own unit's."""
        return bool(self.seeing)

    @property
    def seeing(self) -> tuple[str, ...]:
        """The gates with a peephole, in the order of the rows of `Weights.peepholes`."""
        return tuple(kind.field for kind in self.kinds if kind.sees)

    @property
    def candidate(self) -> GateKind:
        """The gate that says what would be written, or what the state becomes."""
        return next(kind for kind in reversed(self.kinds) if kind.packed and not kind.is_share)

    @property
    def forget_bias(self) -> tuple[str, int]:
        """The packed gate whose bias decides how much is kept at rest, and with which sign.

        A keeping gate without rows is 1 − another one, f = 1 − σ(b) = σ(−b). Raises `ValueError`
        for a cell that has no gate to keep with.
        """
        if self.keeping_gate is None:
            raise ValueError(f"{self.name} has no gate that keeps its memory")
        if self.keeping_gate in self.gates:
            return self.keeping_gate, 1
        (gate,) = self.equation(self.keeping_gate).reads
        return gate, -1

    def kind(self, field: str) -> GateKind:
        """One of `kinds` by its field of the step; `ValueError` names those there are."""
        known = {kind.field: kind for kind in self.kinds}
        if field not in known:
            choices = ", ".join(map(repr, known))
            raise ValueError(f"unknown gate {field!r}; choose from {choices}")
        return known[field]

    def pictured(self, name: str) -> str:
        """What pictures call a number of a step: gates by their names, parts by their gate's."""
        names = {kind.field: kind.name for kind in self.kinds}
        if self.candidate.reset == "after" and name in ("past", "gated_hidden"):
            return f"{self.candidate.name}/{name}"
        return names.get(name, name)

    @property
    def mapped(self) -> tuple[str, ...]:
        """What is worth a heat map, as pictures call it: every gate, then the states.

        Of a cell with a single gate it is the sum that becomes the state, and its parts.
        """
        gates = [kind.name for kind in self.kinds]
        if gates == ["hidden"]:
            gates = [f"hidden/{part}" for part in ("from_input", "from_hidden", "preactivation")]
        states = ("cell", "hidden") if self.memory == "cell" else ("hidden",)
        return (*gates, *states)

    def equation(self, name: str) -> Equation:
        """How one number of a step is made; `ValueError` where no equation says so."""
        for known in self.equations:
            if known.name == name:
                return known
        raise ValueError(f"no equation of {self.name} says how {name} is made")

    @abstractmethod
    def advance(
        self,
        weights: Weights,
        from_input: Float[Tensor, "*batch G"],
        state: State,
        touch: Touch = untouched,
    ) -> Step:
        """One step, given the part of the input that no earlier step can change."""

    def along(
        self,
        weights: Weights,
        from_input: Float[Tensor, "T *batch G"],
        state: State,
        touch: Callable[[int], Touch] | None = None,
        backward: bool = False,
    ) -> Step:
        """Every step along the first axis, or from its end; arrays stand in the order of the axis.

        `touch` tells what is done at each place of the axis. Some cells are quicker where nothing
        is touched and no gradient asked for: the same numbers but for their last bits, in which
        processors differ.
        """
        steps, places = [], range(len(from_input))
        rows_in = from_input.unbind(0)
        for place in reversed(places) if backward else places:
            touching = untouched if touch is None else touch(place)
            steps.append(self.advance(weights, rows_in[place], state, touching))
            state = steps[-1].state
        if backward:
            steps.reverse()
        names = [field.name for field in fields(steps[0])]  # type: ignore[arg-type]
        return type(steps[0])(*(torch.stack([getattr(s, name) for s in steps]) for name in names))

    def blank_layer(self, inputs: int, units: int, dtype: torch.dtype) -> nn.RNNBase:
        """The torch layer of the same kind, its weights not yet set; `ValueError` without one."""
        raise ValueError(f"torch has no layer of the kind {self.name}")

    def from_input(
        self, weights: Weights, x: Float[Tensor, "*batch I"]
    ) -> Float[Tensor, "*batch G"]:
        """W_ih x + b_ih for all gates; x may hold every step of a sequence at once."""
        return linear(x, weights.weight_ih, weights.bias_ih)

    def step(
        self,
        weights: Weights,
        x: Float[Tensor, "*batch I"],
        state: State,
        touch: Touch = untouched,
    ) -> Step:
        """Read x in the given state. Raises `ValueError` when the weights are not this cell's."""
        self.check(weights)
        return self.advance(weights, self.from_input(weights, x), state, touch)

    def start(self, weights: Weights, *batch: int) -> State:
        """The state before the first step: all zeros, as in PyTorch."""
        zeros = weights.weight_hh.new_zeros(*batch, weights.units)
        return State(zeros, zeros if self.memory == "cell" else None)

    def check(self, weights: Weights) -> None:
        """Raise `ValueError` unless there are a block of rows for each gate and due peepholes."""
        if weights.gates != len(self.gates):
            raise ValueError(
                f"{self.name} needs {len(self.gates)} gates ({', '.join(self.gates)}), "
                f"not weights of {weights.gates}"
            )
        if self.peepholes != (weights.peepholes is not None):
            need, given = ("needs", "without") if self.peepholes else ("has no", "with")
            raise ValueError(f"{self.name} {need} peepholes, and these are weights {given} them")

    def parameters(self, inputs: int, units: int) -> int:
        """How many numbers the cell learns: H(I + H + 2) for each gate, PyTorch's two biases.

        Peepholes are 3H more.
        """
        return len(self.gates) * units * (inputs + units + 2) + self.peepholes * 3 * units

    def layer(self, weights: Weights) -> nn.RNNBase:
        """PyTorch's own layer with these weights: the oracle, and the fast way through a text.

        Raises `ValueError` for a cell that torch does not have.
        """
        self.check(weights)
        layer = self.blank_layer(weights.inputs, weights.units, weights.weight_hh.dtype)
        layer.load_state_dict(weights.state_dict())
        return layer

    def second_opinion(
        self, weights: Weights, x: Float[Tensor, "T *batch I"], initial: State
    ) -> tuple[Float[Tensor, "T *batch H"], Float[Tensor, "*batch H"] | None]:
        """Hidden states and last memory by the published equations in plain NumPy, in float64.

        Raises `ValueError` for a cell that torch has: its layer is the better judge.
        """
        self.check(weights)
        return second_opinion(self.name, weights, x, initial.hidden, initial.cell)

    def draw(
        self,
        inputs: int,
        units: int,
        generator: torch.Generator,
        dtype: torch.dtype = torch.float32,
    ) -> Weights:
        """Fresh weights as `torch.nn` draws them: everything uniform in ±1/√H, biases too.

        Differs from `torch.nn` in taking its randomness from an explicit generator. Peepholes are
        drawn last, from the same range.
        """
        rows, bound = len(self.gates) * units, units**-0.5

        def uniform(*shape: int) -> Tensor:
            return torch.empty(*shape, dtype=dtype).uniform_(-bound, bound, generator=generator)

        packed = uniform(rows, inputs), uniform(rows, units), uniform(rows), uniform(rows)
        return Weights(*packed, uniform(3, units) if self.peepholes else None)


def blank(
    kind: Callable[..., nn.RNNBase], inputs: int, units: int, **options: object
) -> nn.RNNBase:
    """A torch layer with weights never drawn: building it leaves the global generator alone."""
    return kind(inputs, units, device="meta", **options).to_empty(device="cpu")


def rows(packed: Float[Tensor, "*batch G"], block: int, units: int) -> Float[Tensor, "*batch H"]:
    """The rows of one gate out of all gates stacked."""
    return packed[..., block * units : (block + 1) * units]


def block_of(gates: tuple[str, ...], name: str) -> int:
    """Where in the packing order a gate stands; `ValueError` names the gates there are."""
    if name not in gates:
        raise ValueError(f"unknown gate {name!r}; choose from {', '.join(map(repr, gates))}")
    return gates.index(name)


def gate_of(
    step: Step,
    gates: tuple[str, ...],
    name: str,
    from_hidden: Tensor | None = None,
    from_memory: Tensor | None = None,
) -> Gate:
    """One gate cut out of a step's stacked parts; a part given here takes the place of its rows."""
    block, units = block_of(gates, name), step.hidden.shape[-1]
    return Gate(
        rows(step.from_input, block, units),
        rows(step.from_hidden, block, units) if from_hidden is None else from_hidden,
        rows(step.preactivation, block, units),
        getattr(step, name),
        from_memory=from_memory,
    )


def fed_back(weights: Weights, hidden: Float[Tensor, "*batch H"]) -> Float[Tensor, "*batch G"]:
    """W_hh h₋₁ + b_hh for all gates."""
    if hidden.dim() == 1:  # half the time of `linear`
        return torch.addmv(weights.bias_hh, weights.weight_hh, hidden)
    return linear(hidden, weights.weight_hh, weights.bias_hh)


def runs_in_place(weights: Weights, from_input: Tensor, state: State) -> bool:
    """Whether steps may write into memory made beforehand: one sequence, no gradient asked for."""
    everything = [from_input, state.hidden, *weights.parts.values()]
    if state.cell is not None:
        everything.append(state.cell)
    asked = torch.is_grad_enabled() and any(part.requires_grad for part in everything)
    return from_input.dim() == 2 and not asked


def rows_apart(like: Tensor, rows: int, width: int) -> Float[Tensor, "R W"]:
    """Empty rows that begin at multiples of 64 bytes, as every tensor of its own does.

    The last bits of a matrix product depend on it.
    """
    return like.new_empty(rows, -(-width // 16) * 16)[:, :width]


def memory_of(state: State) -> Tensor:
    """The memory c of a state that must have one."""
    if state.cell is None:
        raise ValueError("the state of an LSTM needs a memory c besides the hidden state")
    return state.cell
