"""A cell along time, with everything it computed.

Letters in the shapes: T steps, I inputs, H units; `*batch` any axes between time and numbers.
"""

from dataclasses import dataclass, fields
from functools import cached_property
from typing import TypeVar

import torch
from jaxtyping import Float
from torch import Tensor

from explorer.cells import CELLS, Cell, Gate, State, Step, Weights

S = TypeVar("S", bound=Step)


@dataclass(frozen=True)
class Trace:
    """What a cell computed while it read a sequence.

    `steps` is the cell's own step type with time as first axis, so `steps.forget_gate[t]` is the
    forget gate of step t.
    """

    cell: str
    weights: Weights
    x: Float[Tensor, "T *batch I"]
    initial: State
    steps: Step

    def __len__(self) -> int:
        """How many steps were read."""
        return self.x.shape[0]

    def gate(self, name: str) -> Gate:
        """One gate with its parts, at every step."""
        return self.steps.gate(name)

    @cached_property
    def before(self) -> State:
        """The state that each step started from: the initial one, then each but the last."""
        hidden = _shifted(self.initial.hidden, self.steps.hidden)
        if self.initial.cell is None:
            return State(hidden)
        return State(hidden, _shifted(self.initial.cell, self.states["cell"]))

    @cached_property
    def states(self) -> dict[str, Float[Tensor, "T *batch H"]]:
        """Every gate and every other intermediate of H numbers, by name, in the order computed.

        The stacked parts of all gates are left out; `gate` takes them apart.
        """
        everything = {
            field.name: getattr(self.steps, field.name)
            for field in fields(self.steps)  # type: ignore[arg-type]  # each Step is a dataclass
        }
        stacked = ("from_input", "from_hidden", "preactivation")
        return {name: value for name, value in everything.items() if name not in stacked}


def trace(
    cell: Cell,
    weights: Weights,
    x: Float[Tensor, "T *batch I"],
    initial: State | None = None,
) -> Trace:
    """Run a cell along the first axis of x, from zeros unless told otherwise.

    What the input adds to the gates is one matrix product for all steps; only the way through the
    hidden state is a loop. Gradients flow unless torch is told not to record them. Raises
    `ValueError` for an empty sequence and for weights that are not this cell's.
    """
    cell.check(weights)
    if len(x) == 0:
        raise ValueError("a sequence must have at least one step")
    if initial is None:
        initial = cell.start(weights, *x.shape[1:-1])
    state, steps = initial, []
    for from_input in cell.from_input(weights, x).unbind(0):
        step = cell.advance(weights, from_input, state)
        state = step.state
        steps.append(step)
    return Trace(cell.name, weights, x, initial, _stacked(steps))


def agreement(trace: Trace) -> float:
    """The largest absolute difference between the trace and PyTorch's own fused layer, in float64.

    Compared are the hidden state at every step and the last memory c, which is all that the fused
    layer hands out. A trace recorded in float64 differs by rounding only, about 1e-16; one recorded
    in float32 by about 1e-7. Takes traces of one sequence or of one batch.
    """
    double = torch.float64
    layer = CELLS[trace.cell].layer(trace.weights.to(double))
    starts = [
        s.to(double)[None] for s in (trace.initial.hidden, trace.initial.cell) if s is not None
    ]
    with torch.no_grad():
        hidden, last = layer(trace.x.to(double), tuple(starts) if len(starts) > 1 else starts[0])
    differences = [trace.steps.hidden - hidden]
    if trace.initial.cell is not None:
        differences.append(trace.states["cell"][-1] - last[1][0])
    return max(difference.abs().max().item() for difference in differences)


def _shifted(first: Tensor, all_of_them: Tensor) -> Tensor:
    return torch.cat((first[None], all_of_them[:-1]))


def _stacked(steps: list[S]) -> S:
    names = [field.name for field in fields(steps[0])]  # type: ignore[arg-type]
    return type(steps[0])(*(torch.stack([getattr(s, name) for s in steps]) for name in names))
