"""Operations on a cell: clamp a part, edit a weight or an input, switch a gate off.

    Surgery(clamps=(Clamp("forget_gate", (3,), 10, 20, 1.0),), without=("no_input_gate",))

A clamp takes part in the computation: everything after it follows from the clamped value. So an
edit of the state is a clamp of `cell` or `hidden` for one step. Where several say something about
one number, what is switched off comes first, then the clamps in their order.

Letters in the shapes: T steps, I inputs; `*batch` any axes between time and numbers.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import torch
from jaxtyping import Float
from torch import Tensor

from explorer.cells.cell import Cell, Touch, untouched
from explorer.cells.weights import Weights


@dataclass(frozen=True)
class Clamp:
    """One part of some units held at a value from the first step to the last, both included.

    No units means all of them. Steps count from 0, along the sequence in either direction.
    """

    part: str
    units: tuple[int, ...]
    first: int
    last: int
    value: float

    def __post_init__(self) -> None:
        if not 0 <= self.first <= self.last:
            raise ValueError(
                f"a clamp of {self.part} must last from a step to the same or a later one, "
                f"not from {self.first} to {self.last}"
            )
        _check_finite(f"a clamp of {self.part}", self.value)

    def on(self, value: Tensor) -> Tensor:
        """The value with the units of this clamp set."""
        if not self.units:
            return torch.full_like(value, self.value)
        units = torch.tensor(self.units, device=value.device)
        return value.index_fill(-1, units, self.value)


@dataclass(frozen=True)
class WeightEdit:
    """One number of the packed weights set to a value; a bias has the one column 0."""

    matrix: str
    row: int
    column: int
    value: float

    def __post_init__(self) -> None:
        allowed = tuple(Weights.__dataclass_fields__)
        if self.matrix not in allowed:
            choices = ", ".join(map(repr, allowed))
            raise ValueError(f"unknown matrix {self.matrix!r}; choose from {choices}")
        _check_finite(f"an edit of {self.matrix}", self.value)


@dataclass(frozen=True)
class InputEdit:
    """One entry of what is read at one step set to a value."""

    step: int
    entry: int
    value: float

    def __post_init__(self) -> None:
        _check_finite("an edit of the input", self.value)


@dataclass(frozen=True)
class Ablation:
    """A part of a cell replaced by what it would be without a gate or a squashing.

    `label` is what one does without. `instead` makes the new value of `part` from the old one and
    the parts computed before it; without it the ablation is one of the weights. Which cells can do
    without it, each says itself (`Cell.ablations`).
    """

    label: str
    part: str
    instead: Callable[[Tensor, Mapping[str, Tensor]], Tensor] | None = None


def _one(value: Tensor, parts: Mapping[str, Tensor]) -> Tensor:
    return torch.ones_like(value)


def _zero(value: Tensor, parts: Mapping[str, Tensor]) -> Tensor:
    return torch.zeros_like(value)


def _rest_of_the_input_gate(value: Tensor, parts: Mapping[str, Tensor]) -> Tensor:
    return 1 - parts["input_gate"]


def _memory_itself(value: Tensor, parts: Mapping[str, Tensor]) -> Tensor:
    return parts["cell"]


ABLATIONS: dict[str, Ablation] = {
    "no_input_gate": Ablation("input gate", "input_gate", _one),
    "no_forget_gate": Ablation("forget gate", "forget_gate", _one),
    "no_output_gate": Ablation("output gate", "output_gate", _one),
    "no_output_squashing": Ablation("output squashing", "squashed", _memory_itself),
    "coupled": Ablation("its own forget gate (f = 1 − i)", "forget_gate", _rest_of_the_input_gate),
    "no_peepholes": Ablation("peepholes", "peepholes"),
    "no_reset_gate": Ablation("reset gate", "reset_gate", _one),
    "no_update_gate": Ablation("update gate", "update_gate", _zero),
}
"""What can be switched off, by name: i = 1, f = 1, o = 1, h = o · c, f = 1 − i, p = 0 (Greff et al.
2017, section 3: NIG, NFG, NOG, NOAF, CIFG, NP), and for the GRU r = 1 and z = 0.

Greff et al. train each variant anew; here a network that was trained with the part loses it. Two of
their eight variants are no loss of a part: the candidate without tanh (NIAF) and gates that see
each other (FGR). A coupled LSTM cannot lose its input gate alone, for its forget gate would close
with it.
"""


def ablations_of(cell: Cell) -> tuple[str, ...]:
    """The names of what can be switched off in a cell."""
    return tuple(name for name in ABLATIONS if name in cell.ablations)


@dataclass(frozen=True)
class Surgery:
    """Everything that is done to a network before and while it reads; false when that is nothing.

    `without` holds names of `ABLATIONS`.
    """

    clamps: tuple[Clamp, ...] = ()
    edits: tuple[WeightEdit, ...] = ()
    inputs: tuple[InputEdit, ...] = ()
    without: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in self.without:
            if name not in ABLATIONS:
                choices = ", ".join(map(repr, ABLATIONS))
                raise ValueError(f"unknown ablation {name!r}; choose from {choices}")

    def __bool__(self) -> bool:
        return bool(self.clamps or self.edits or self.inputs or self.without)

    def check(self, cell: Cell, weights: Weights, steps: int) -> None:
        """Raise a `ValueError` of one line unless all of it can be done to this cell."""
        for name in self.without:
            if name not in ablations_of(cell):
                choices = ", ".join(map(repr, ablations_of(cell))) or "nothing"
                raise ValueError(f"{name!r} does not apply to {cell.name}; choose from {choices}")
        lost = [ABLATIONS[name].part for name in self.without]
        for part in lost:
            if lost.count(part) > 1:
                both = " and ".join(n for n in self.without if ABLATIONS[n].part == part)
                raise ValueError(f"{both} both replace {part}; choose one")
        for clamp in self.clamps:
            _check_clamp(clamp, cell, weights, steps)
        for edit in self.edits:
            _check_edit(edit, weights)
        for read in self.inputs:
            _check_within("step", read.step, steps, "the input")
            _check_within("entry", read.entry, weights.inputs, "the input")

    def weights(self, weights: Weights) -> Weights:
        """The edited weights; the same object when no weight is edited."""
        edited = dict(weights.parts)
        for lost in (ABLATIONS[name] for name in self.without):
            if lost.instead is None:
                edited[lost.part] = torch.zeros_like(edited[lost.part])
        for edit in self.edits:
            matrix = edited[edit.matrix].clone()
            matrix.view(len(matrix), -1)[edit.row, edit.column] = edit.value
            edited[edit.matrix] = matrix
        return replace(weights, **edited) if self.edits or self.without else weights

    def input(self, x: Float[Tensor, "T *batch I"]) -> Float[Tensor, "T *batch I"]:
        """What is read with the edited entries, in every sequence of a batch."""
        if not self.inputs:
            return x
        edited = x.clone()
        for read in self.inputs:
            edited[read.step, ..., read.entry] = read.value
        return edited

    def touch(self, step: int) -> Touch:
        """What is done to the parts of one step; `untouched` itself when that is nothing."""
        clamps = [clamp for clamp in self.clamps if clamp.first <= step <= clamp.last]
        lost = [ABLATIONS[name] for name in self.without]
        instead = {each.part: each.instead for each in lost if each.instead is not None}
        if not clamps and not instead:
            return untouched

        def touched(part: str, value: Tensor, parts: Mapping[str, Tensor]) -> Tensor:
            if part in instead:
                value = instead[part](value, parts)
            for clamp in clamps:
                if clamp.part == part:
                    value = clamp.on(value)
            return value

        return touched


def _check_clamp(clamp: Clamp, cell: Cell, weights: Weights, steps: int) -> None:
    if clamp.part not in cell.touchable:
        choices = ", ".join(map(repr, cell.touchable))
        raise ValueError(f"unknown part {clamp.part!r} of {cell.name}; choose from {choices}")
    for unit in clamp.units:
        _check_within("unit", unit, weights.units, f"a clamp of {clamp.part}")
    _check_within("step", clamp.last, steps, f"a clamp of {clamp.part}")


def _check_edit(edit: WeightEdit, weights: Weights) -> None:
    if edit.matrix not in weights.parts:
        choices = ", ".join(map(repr, weights.parts))
        raise ValueError(f"no {edit.matrix} to edit; choose from {choices}")
    rows, *columns = weights.parts[edit.matrix].shape
    _check_within("row", edit.row, rows, f"an edit of {edit.matrix}")
    _check_within("column", edit.column, (*columns, 1)[0], f"an edit of {edit.matrix}")


def _check_within(what: str, given: int, count: int, where: str) -> None:
    if not 0 <= given < count:
        raise ValueError(f"{what} of {where} must be from 0 to {count - 1}, not {given}")


def _check_finite(what: str, value: float) -> None:
    if not math.isfinite(value):
        raise ValueError(f"{what} needs a finite number, not {value}")
