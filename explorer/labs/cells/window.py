"""Which units of a large cell a picture shows: at most so many, the most active or by number.

What is not shown still counts: where a shown unit adds up what it reads, the part of the others is
one number beside the products. Units keep their numbers.

Letters in the shapes: T steps, H units, S of them shown, I numbers read, C of them shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from explorer.cells import CELLS
from explorer.cells.cell import rows
from explorer.sequences.patterns import activity_order
from explorer.sequences.trace import Trace

MOST_SHOWN = 256
MOST_ACTIVE = -1


@dataclass(frozen=True)
class Window:
    """The units that are shown, and the numbers read of which each product is, both ascending."""

    units: Int[np.ndarray, " S"]
    inputs: Int[np.ndarray, " C"]
    of_units: int
    of_inputs: int

    @property
    def all_units(self) -> bool:
        """Whether no unit is left out."""
        return len(self.units) == self.of_units

    @property
    def all_inputs(self) -> bool:
        """Whether no number that is read is left out."""
        return len(self.inputs) == self.of_inputs

    @property
    def named(self) -> dict[str, np.ndarray]:
        """The still arrays that tell a picture which number each of its rows has."""
        found = {}
        if not self.all_units:
            found["shown/unit"] = self.units.astype(np.float32)
        if not self.all_inputs:
            found["shown/x"] = self.inputs.astype(np.float32)
        return found

    def of(self, values: Tensor) -> Tensor:
        """The shown units of what has a number for each."""
        return values if self.all_units else values[..., torch.from_numpy(self.units)]

    def weights(self, packed: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Of packed weights by name the rows of the shown units, the columns of what is shown."""
        found = {}
        for name, values in packed.items():
            axis = -1 if name == "peepholes" else 0
            blocks = values.shape[axis] // self.of_units
            at = np.add.outer(np.arange(blocks) * self.of_units, self.units).ravel()
            kept = values.index_select(axis, torch.from_numpy(at if axis == 0 else self.units))
            if name == "weight_ih":
                kept = kept[:, torch.from_numpy(self.inputs)]
            elif name == "weight_hh":
                kept = kept[:, torch.from_numpy(self.units)]
            found[name] = kept
        return found

    def others(self, trace: Trace) -> dict[str, Float[Tensor, "T S"]]:
        """What the numbers that are not shown add to the gates of the shown units."""
        kind, found = CELLS[trace.cell], {}
        left_out = np.setdiff1d(np.arange(self.of_units), self.units)
        unread = np.setdiff1d(np.arange(self.of_inputs), self.inputs)
        for block, gate in enumerate(kind.gates):
            short = kind.pictured(gate)
            if not self.all_inputs:
                weights = rows(trace.weights.weight_ih.T, block, self.of_units).T
                found[f"{short}/others_x"] = (
                    trace.x[:, unread] @ weights[np.ix_(self.units, unread)].T
                )
            if not self.all_units:
                weights = rows(trace.weights.weight_hh.T, block, self.of_units).T
                heard = trace.before.hidden
                if kind.candidate.reset == "before" and gate == kind.candidate.field:
                    heard = trace.states["reset_hidden"]
                found[f"{short}/others_hidden"] = (
                    heard[:, left_out] @ weights[np.ix_(self.units, left_out)].T
                )
        return found


def whole(trace: Trace) -> Window:
    """Everything that a trace has."""
    units, inputs = trace.weights.units, trace.weights.inputs
    return Window(np.arange(units), np.arange(inputs), units, inputs)


def window(trace: Trace, first: int = MOST_ACTIVE, unit: int = -1) -> Window:
    """At most `MOST_SHOWN` units: from a number on, or those whose memory is largest on average.

    A `unit` that is looked at takes the place of the last of them. What is read is the most active
    of it. A cell that is small enough is shown whole.
    """
    H, C = trace.weights.units, trace.weights.inputs
    if H <= MOST_SHOWN:
        units = np.arange(H)
    elif first < 0:
        units = np.array(activity_order(trace.memory.numpy())[:MOST_SHOWN])
    else:
        start = min(first, H - MOST_SHOWN)
        units = np.arange(start, start + MOST_SHOWN)
    if 0 <= unit < H and unit not in units:
        units[-1] = unit
    inputs = np.arange(C)
    if C > MOST_SHOWN:
        inputs = np.array(activity_order(trace.x.numpy())[:MOST_SHOWN])
    return Window(np.sort(units), np.sort(inputs), H, C)


def said(found: Window, first: int) -> str:
    """Which units are shown, in a few words; empty where all are."""
    if found.all_units:
        return ""
    which = "the most active" if first < 0 else f"{found.units[0]} to {found.units[-1]}"
    return f"{len(found.units)} of {found.of_units:,} units, {which}"
