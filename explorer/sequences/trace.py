"""A cell along time, with everything it computed.

Letters in the shapes: T steps, I inputs, H units; `*batch` any axes between time and numbers.
"""

from dataclasses import dataclass
from functools import cached_property

import torch
from jaxtyping import Float
from torch import Tensor

from explorer.cells import CELLS, Cell, Gate, State, Step, Weights
from explorer.cells.surgery import Surgery
from explorer.cells.textbook import second_opinion


@dataclass(frozen=True)
class Trace:
    """What a cell computed while it read a sequence.

    `steps` is the cell's own step type with time as first axis, so `steps.forget_gate[t]` is the
    forget gate of step t. Weights and x are those that were computed with, edits of a surgery
    included. A backward trace read x from its end; its arrays stand in the order of x all the same.
    """

    cell: str
    weights: Weights
    x: Float[Tensor, "T *batch I"]
    initial: State
    steps: Step
    surgery: Surgery | None = None
    backward: bool = False

    def __len__(self) -> int:
        """How many steps were read."""
        return self.x.shape[0]

    def gate(self, name: str) -> Gate:
        """One gate with its parts, at every step."""
        return self.steps.gate(name)

    @cached_property
    def before(self) -> State:
        """The state that each step started from: the initial one, then each but the last read."""
        hidden = self._shifted(self.initial.hidden, self.steps.hidden)
        if self.initial.cell is None:
            return State(hidden)
        return State(hidden, self._shifted(self.initial.cell, self.states["cell"]))

    @property
    def last(self) -> State:
        """The state after all was read: at the end of x, for a backward trace at its start."""
        end = 0 if self.backward else -1
        if self.initial.cell is None:
            return State(self.steps.hidden[end])
        return State(self.steps.hidden[end], self.states["cell"][end])

    @property
    def memory(self) -> Float[Tensor, "T *batch H"]:
        """What the cell remembers by: c where it has one, h otherwise."""
        return self.states.get("cell", self.steps.hidden)

    @cached_property
    def states(self) -> dict[str, Float[Tensor, "T *batch H"]]:
        """Every gate and every other intermediate of H numbers, by name, in the order computed.

        The stacked parts of all gates are left out; `gate` takes them apart.
        """
        return self.steps.values

    def _shifted(self, first: Tensor, all_of_them: Tensor) -> Tensor:
        if self.backward:
            return torch.cat((all_of_them[1:], first[None]))
        return torch.cat((first[None], all_of_them[:-1]))


def trace(
    cell: Cell,
    weights: Weights,
    x: Float[Tensor, "T *batch I"],
    initial: State | None = None,
    surgery: Surgery | None = None,
    backward: bool = False,
) -> Trace:
    """Run a cell along the first axis of x, from zeros unless told otherwise.

    What the input adds to the gates is one matrix product for all steps; only the way through the
    hidden state is a loop. Gradients flow unless torch is told not to record them. A surgery edits
    weights and inputs first, then takes each part of each step in hand as it is computed; its
    steps are counted along x, in a backward trace too. An empty surgery changes nothing, and takes
    the way that can be touched: what is compared with an operated trace goes by the same route, or
    last bits would differ that nobody operated on. Raises `ValueError` for an empty sequence,
    for weights that are not this cell's, and for a surgery that does not fit.
    """
    cell.check(weights)
    if len(x) == 0:
        raise ValueError("a sequence must have at least one step")
    if surgery:
        surgery.check(cell, weights, len(x))
        weights, x = surgery.weights(weights), surgery.input(x)
    if initial is None:
        initial = cell.start(weights, *x.shape[1:-1])
    touch = None if surgery is None else surgery.touch
    steps = cell.along(weights, cell.from_input(weights, x), initial, touch, backward)
    return Trace(
        cell=cell.name,
        weights=weights,
        x=x,
        initial=initial,
        steps=steps,
        surgery=surgery or None,
        backward=backward,
    )


def agreement(trace: Trace) -> float:
    """The largest absolute difference between the trace and an independent route, in float64.

    The other route is PyTorch's own fused layer where torch has the cell, and otherwise the cell's
    textbook formulas, unit by unit. Compared are the hidden state at every step and the last
    memory c, which is all that a fused layer hands out. A trace recorded in float64 differs by
    rounding only, about 1e-16; one recorded in float32 by about 1e-7. Takes traces of one sequence
    or of one batch. Raises `ValueError` for a trace whose parts were operated on: nobody else
    computes those.
    """
    check_untouched(trace)
    double = torch.float64
    cell, weights = CELLS[trace.cell], trace.weights.to(double)
    x = trace.x.to(double).flip(0) if trace.backward else trace.x.to(double)
    hidden = trace.steps.hidden.flip(0) if trace.backward else trace.steps.hidden
    with torch.no_grad():
        expected, last = independent(cell, weights, x, _double(trace.initial))
    differences = [hidden - expected]
    if last is not None:
        assert trace.last.cell is not None, "where there is a memory, it was kept"
        differences.append(trace.last.cell - last)
    return max(difference.abs().max().item() for difference in differences)


def independent(
    cell: Cell, weights: Weights, x: Float[Tensor, "T *batch I"], initial: State
) -> tuple[Float[Tensor, "T *batch H"], Float[Tensor, "*batch H"] | None]:
    """Hidden states and last memory by the route that is not ours: torch, or the textbook."""
    if not cell.has_layer:
        return second_opinion(cell.name, weights, x, initial.hidden, initial.cell)
    starts = [part[None] for part in (initial.hidden, initial.cell) if part is not None]
    hidden, last = cell.layer(weights)(x, tuple(starts) if len(starts) > 1 else starts[0])
    return hidden, None if initial.cell is None else last[1][0]


def check_untouched(trace: Trace) -> None:
    """Raise `ValueError` for a trace whose parts were clamped or switched off."""
    if trace.surgery is not None and (trace.surgery.clamps or trace.surgery.without):
        raise ValueError("a trace with clamped or missing parts has no counterpart to agree with")


def _double(state: State) -> State:
    cell = None if state.cell is None else state.cell.double()
    return State(state.hidden.double(), cell)
