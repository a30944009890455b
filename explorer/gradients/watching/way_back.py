"""One layer in one direction: the gates from the states it went through, and the way back.

A fused layer hands out h and keeps the rest to itself. But h at every step is all that the gates
need, so they are computed for all steps at once; only the memory c and the way back are loops.
What a step does to a gradient comes from the cell itself, by automatic differentiation: gates act
unit by unit, so the derivative of a sum over units is the slope of each of them.

Gates and slopes are computed at the precision of the layer, the way back in float64: slopes are
moderate numbers, and their product over time leaves the range of float32.

Letters in the shapes: T steps in the order they were read, B sequences, I inputs, H units, G rows
of all gates together.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from explorer.cells import Cell, State, Step, Weights, keeping_share, written_share


@dataclass(frozen=True)
class Slopes:
    """What each step hands back of a gradient, unit by unit.

    To W_ih x and to W_hh h₋₁ of every gate, of the state that the gate acts on: the gates in the
    first `of_cell` blocks act on c, the others on h. `kept` is what the state that remembers hands
    to the one before it without a matrix; `hidden_to_cell` is ∂h/∂c within the step.
    """

    to_input: Float[Tensor, "T B G"]
    to_past: Float[Tensor, "T B G"]
    of_cell: int
    kept: Float[Tensor, "T B H"] | None
    hidden_to_cell: Float[Tensor, "T B H"] | None = None


@dataclass(frozen=True)
class WayBack:
    """The total derivatives of the loss, every path counted, in float64.

    `hidden` is dL/dh_t, `cell` dL/dc_t, and `to_past` the gradient of W_hh h₋₁.
    """

    hidden: Float[Tensor, "T B H"]
    cell: Float[Tensor, "T B H"] | None
    to_past: Float[Tensor, "T B G"]

    def to_input(self, slopes: Slopes) -> Float[Tensor, "T B G"]:
        """The gradient of W_ih x."""
        return _through(slopes, slopes.to_input, self.hidden, self.cell)


def befores(first: Float[Tensor, "B H"], after: Float[Tensor, "T B H"]) -> Float[Tensor, "T B H"]:
    """The state that each step started from."""
    return torch.cat((first[None], after[:-1]))


def memories(
    cell: Cell,
    weights: Weights,
    arriving: Float[Tensor, "T B G"],
    hidden: Float[Tensor, "T B H"],
    first: Float[Tensor, "B H"],
) -> Float[Tensor, "T B H"]:
    """The memory that each step started from: c = f · c₋₁ + i · g, of gates that see no memory."""
    step = cell.advance(weights, arriving, State(hidden, torch.zeros_like(hidden)))
    kept, written = keeping_share(cell, step), written_share(cell, step)
    found = torch.empty_like(hidden)
    found[0] = first
    for t in range(1, len(hidden)):
        torch.addcmul(written[t - 1], kept[t - 1], found[t - 1], out=found[t])
    return found


def stepped(
    cell: Cell, weights: Weights, arriving: Float[Tensor, "T B G"], before: State
) -> tuple[Step, Slopes]:
    """Every step from the states before it, and what it does to a gradient."""
    with torch.enable_grad():
        arriving = arriving.detach().requires_grad_()
        hidden = before.hidden.detach().requires_grad_()
        if before.cell is None:
            step = cell.advance(weights, arriving, State(hidden))
            ways = torch.autograd.grad(step.hidden.sum(), (arriving, step.from_hidden))
            kept = None if cell.keeping_gate is None else keeping_share(cell, step).detach()
            return step, Slopes(ways[0], ways[1], of_cell=0, kept=kept)
        memory, cut = before.cell.detach().requires_grad_(), _Cut()
        step = cell.advance(weights, arriving, State(hidden, memory), cut)
        # One way back for both: behind the cut nothing of c is counted again.
        to_input, to_past, hidden_to_cell, kept = torch.autograd.grad(
            (step.hidden.sum(), cut.before.sum()),
            (arriving, step.from_hidden, cut.after, memory),
        )
    direct = cell.equation("hidden").reads
    acting = [gate not in direct for gate in cell.gates]
    assert acting == sorted(acting, reverse=True), "gates that act on c stand first"
    return step, Slopes(
        to_input, to_past, of_cell=sum(acting), kept=kept, hidden_to_cell=hidden_to_cell
    )


class _Cut:
    """Cuts a step in two where c is complete: what makes c, and what h makes of it."""

    before: Tensor
    after: Tensor

    def __call__(self, part: str, value: Tensor, parts: Mapping[str, Tensor]) -> Tensor:
        if part != "cell":
            return value
        self.before, self.after = value, value.detach().requires_grad_()
        return self.after


def gone_back(
    weights: Weights,
    slopes: Slopes,
    direct: Float[Tensor, "T B H"],
    direct_cell: Float[Tensor, "T B H"] | None,
) -> WayBack:
    """All gradients, from those that reach each h and c from outside the layer.

    They are found in the place of what they are made from: both tensors are written over.
    """
    matrix = weights.weight_hh.double()
    past = slopes.to_past.to(torch.float64, copy=True).unflatten(
        -1, (weights.gates, weights.units)
    )  # the slopes, each step's of which become its gradients
    hidden = direct
    kept = None if slopes.kept is None else slopes.kept.double()
    if direct_cell is None:
        way = zip(
            hidden.unbind(), hidden.unsqueeze(-2).unbind(), past.unbind(),
            past.flatten(-2).unbind(), strict=True,
        )  # fmt: skip
        now = None
        for t, (here, wide, rows, flat) in reversed(list(enumerate(way))):
            if now is not None:
                here.addmm_(now, matrix)
                if kept is not None:
                    here.addcmul_(kept[t + 1], hidden[t + 1])
            rows.mul_(wide)
            now = flat
        return WayBack(hidden, None, past.flatten(-2))
    assert kept is not None, "a memory is kept"
    assert slopes.hidden_to_cell is not None, "and read"
    cells, first = direct_cell, slopes.of_cell
    way_back = zip(
        hidden.unbind(), hidden.unsqueeze(-2).unbind(), cells.unbind(),
        cells.unsqueeze(-2).unbind(), slopes.hidden_to_cell.double().unbind(),
        past[..., :first, :].unbind(), past[..., first:, :].unbind(),
        past.flatten(-2).unbind(), kept.unbind(), strict=True,
    )  # fmt: skip
    later: tuple[Tensor, Tensor, Tensor] | None = None
    for here, wide, cell, cell_wide, to_cell, rows, rows_h, flat, keep in reversed(list(way_back)):
        if later is not None:
            flat_later, cell_later, keep_later = later
            here.addmm_(flat_later, matrix)
            cell.addcmul_(keep_later, cell_later)
        cell.addcmul_(to_cell, here)
        rows.mul_(cell_wide)
        rows_h.mul_(wide)
        later = flat, cell, keep
    return WayBack(hidden, cells, past.flatten(-2))


def taken_apart(
    slopes: Slopes, hidden: Float[Tensor, "T B H"], cell: Float[Tensor, "T B H"] | None
) -> WayBack:
    """The same where the total derivatives of every state are known: no way back is needed."""
    return WayBack(hidden, cell, _through(slopes, slopes.to_past, hidden, cell))


def _through(
    slopes: Slopes,
    slope: Float[Tensor, "T B G"],
    hidden: Float[Tensor, "T B H"],
    cell: Float[Tensor, "T B H"] | None,
) -> Float[Tensor, "T B G"]:
    """What reaches the rows of all gates, each from the state that it acts on."""
    by_gate, first = slope.unflatten(-1, (-1, hidden.shape[-1])), slopes.of_cell
    parts = [by_gate[..., first:, :] * hidden.unsqueeze(-2)]
    if cell is not None:
        parts.insert(0, by_gate[..., :first, :] * cell.unsqueeze(-2))
    return torch.cat(parts, dim=-2).flatten(-2)
