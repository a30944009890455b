"""One call of a layer taken apart: what every layer and direction in it got back at every step.

Letters in the shapes: T steps, B sequences, H units, N numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from explorer.cells import State, Step, Weights
from explorer.gradients.through_time import sample_norms
from explorer.gradients.watching.audits import Audits
from explorer.gradients.watching.calls import Call
from explorer.gradients.watching.way_back import (
    Slopes,
    WayBack,
    befores,
    gone_back,
    memories,
    stepped,
    taken_apart,
)
from explorer.sequences.trace import Trace


class IrreproducibleError(RuntimeError):
    """Raised when a layer's outputs do not come out of its inputs and weights."""


@dataclass(frozen=True)
class Part:
    """One call of one layer in one direction: numbers for every step and sequence, as in x."""

    call: Call
    number: int
    way: int
    sequence: int
    hidden: Float[Tensor, "T B"]
    direct: Float[Tensor, "T B"]
    cell: Float[Tensor, "T B"] | None
    gates: dict[str, Float[Tensor, "T B"]]
    active: Bool[Tensor, "T B"]
    trace: Trace
    seen_first: bool


def parts_of(
    call: Call,
    hidden: Sequence[Tensor],
    dropped: list[Tensor | float],
    sequence: int = 0,
    audits: Audits | None = None,
    weights: tuple[tuple[Weights, ...], ...] | None = None,
) -> list[Part]:
    """Go back through all layers of a call, the top one first.

    ``hidden`` is h of every layer, time first. Raises `IrreproducibleError` where it does not
    come out of input and weights.
    """
    lay, layer, units = call.laid, call.layer, call.layer.units
    given = call.weights if weights is None else weights
    numbers = [one.detach().cpu() for one in (lay.padded(call.x), *hidden)]
    arrived = _double(lay.padded(call.outcome["y"])) if "y" in call.outcome else None
    direct = _double(torch.zeros_like(numbers[-1])) if arrived is None else arrived
    loss_sees, parts = direct, []
    for number in range(layer.depth - 1, -1, -1):
        mask = dropped[number]
        read, below = numbers[number] * mask, torch.zeros(())
        for way in range(layer.ways):
            columns = slice(way * units, (way + 1) * units)
            place = number * layer.ways + way
            states = numbers[number + 1][..., columns]
            reached, reached_cell = _reached(call, direct[..., columns], place, way)
            part, back, slopes = _direction(
                call, given[number][way], read, states, place, way, reached, reached_cell
            )
            if number:
                matrix = given[number][way].weight_ih.double()
                below = below + _turned(call, back.to_input(slopes) @ matrix, way)
            if audits is not None:
                audits.add(call.layer, (number, way), call.y.dtype, part.trace, back)
            parts.append(replace(part, sequence=sequence, seen_first=_sees(call, loss_sees, way)))
        direct = below * mask
    return parts


def _double(numbers: Tensor) -> Tensor:
    return numbers.detach().to("cpu", torch.float64)


def _working(states: Tensor) -> torch.dtype:
    """The precision of gates and slopes: that of the states, and single for what is coarser."""
    return torch.promote_types(states.dtype, torch.float32)


def _turned(call: Call, numbers: Float[Tensor, "T B *N"], way: int) -> Tensor:
    """Numbers in the order in which a direction reads, or back: the second time undoes it."""
    if way == 0:
        return numbers
    places = call.laid.places
    if numbers.dim() == 3:
        return numbers.gather(0, places[..., None].expand_as(numbers))
    return numbers.gather(0, places)


def _reached(
    call: Call, direct: Float[Tensor, "T B H"], place: int, way: int
) -> tuple[Tensor, Tensor | None]:
    """What reaches every h and c from outside the layer, in the order in which it reads."""
    ends = call.laid.ends
    reached = _turned(call, direct, way).clone()
    if "h" in call.outcome:
        reached[ends] += _double(call.laid.state(call.outcome["h"]))[place]
    if call.layer.cell.memory != "cell":
        return reached, None
    reached_cell = torch.zeros_like(reached)
    if "c" in call.outcome:
        reached_cell[ends] += _double(call.laid.state(call.outcome["c"]))[place]
    return reached, reached_cell


def _sees(call: Call, direct: Float[Tensor, "T B N"], way: int) -> bool:
    """Whether the loss looks at the step that a direction reads first, where there are more."""
    units = call.layer.units
    columns = slice(way * units, (way + 1) * units)
    first = _turned(call, direct[..., columns], way)[0, call.laid.lengths > 1]
    return bool((first != 0).any())


def _direction(
    call: Call,
    weights: Weights,
    read: Float[Tensor, "T B N"],
    states: Float[Tensor, "T B H"],
    place: int,
    way: int,
    reached: Float[Tensor, "T B H"],
    reached_cell: Float[Tensor, "T B H"] | None,
) -> tuple[Part, WayBack, Slopes]:
    cell, dtype = call.layer.cell, _working(states)
    weights = weights.to(dtype)
    x, after = _turned(call, read, way).to(dtype), _turned(call, states, way).to(dtype)
    first = [state[place].to("cpu", dtype) for state in call.first]
    arriving = cell.from_input(weights, x)
    hidden = befores(first[0], after)
    memory = memories(cell, weights, arriving, hidden, first[1]) if len(first) > 1 else None
    step, slopes = stepped(cell, weights, arriving, State(hidden, memory))
    active = torch.arange(len(x))[:, None] < call.laid.lengths
    _agree(call, step, after, active)
    direct = norms_of(reached)
    back = gone_back(weights, slopes, reached, reached_cell)
    trace = Trace(cell.name, weights, x, State(*first), step)
    part = Part(
        call, place // call.layer.ways, way, 0,
        hidden=_turned(call, norms_of(back.hidden), way),
        direct=_turned(call, direct, way),
        cell=None if back.cell is None else _turned(call, norms_of(back.cell), way),
        gates={
            kind.field: _turned(call, getattr(step, kind.field).detach().mean(-1), way)
            for kind in cell.kinds
        },
        active=active, trace=trace, seen_first=False,
    )  # fmt: skip
    return part, back, slopes


def norms_of(gradients: Float[Tensor, "T B H"]) -> Float[Tensor, "T B"]:
    return sample_norms(gradients.mT)


def single(calls: Sequence[Call], sequence: int, audits: Audits | None) -> Part:
    """A cell module's calls along time; autograd had every state in its hands, and its totals."""
    one = calls[0]
    cell, dtype = one.layer.cell, _working(one.y)
    weights = one.weights[0][0].to(dtype)

    def along(values: Sequence[Tensor], dtype: torch.dtype = dtype) -> Tensor:
        return torch.cat([value.detach().to("cpu", dtype) for value in values])

    def back(name: str) -> Tensor:
        found = [
            call.laid.padded(call.outcome[name][None])
            if name in call.outcome
            else torch.zeros_like(call.laid.padded(call.y))
            for call in calls
        ]
        return along(found, torch.float64)

    x = along([call.laid.padded(call.x) for call in calls])
    after = along([call.laid.padded(call.y) for call in calls])
    starts = [along([call.first[i] for call in calls]) for i in range(len(one.first))]
    step, slopes = stepped(cell, weights, cell.from_input(weights, x), State(*starts))
    active = torch.ones(x.shape[:2], dtype=torch.bool)
    _agree(one, step, after, active)
    hidden, memory = back("y"), back("c") if cell.memory == "cell" else None
    if memory is not None and slopes.hidden_to_cell is not None and not one.laid.batched:
        # Torch takes c of a single sequence out of a batch of one: h is made of another tensor.
        memory = memory + slopes.hidden_to_cell * hidden
    way = taken_apart(slopes, hidden, memory)
    later = way.to_past[1:] @ weights.weight_hh.double()
    if memory is None and slopes.kept is not None:
        later = later + slopes.kept[1:] * hidden[1:]
    direct = torch.cat((hidden[:-1] - later, hidden[-1:]))
    part = Part(
        one, 0, 0, sequence,
        hidden=norms_of(hidden), direct=norms_of(direct),
        cell=None if memory is None else norms_of(memory),
        gates={kind.field: getattr(step, kind.field).detach().mean(-1) for kind in cell.kinds},
        active=active,
        trace=Trace(cell.name, weights, x, State(*(b[0] for b in starts)), step),
        seen_first=bool(len(x) > 1 and (direct[0].abs() > 1e-3 * hidden[0].abs()).any()),
    )  # fmt: skip
    if audits is not None:
        audits.add(one.layer, (0, 0), one.y.dtype, part.trace, way)
    return part


def _agree(
    call: Call, step: Step, after: Float[Tensor, "T B H"], active: Bool[Tensor, "T B"]
) -> None:
    """Raise `IrreproducibleError` unless every state follows from the one before, but for bits."""
    memory = step.state.cell
    states = [part.detach() for part in (step.hidden, memory) if part is not None]
    apart = torch.where(active[..., None], step.hidden.detach() - after, 0.0).abs().max()
    size = max(float(part.abs().max()) for part in states)
    # What is no number agrees with nothing, and is told by the norms.
    allowed = 2e3 * torch.finfo(call.y.dtype).eps * (1 + size)
    if apart > allowed:
        raise IrreproducibleError(
            f"the outputs of {call.layer.name!r} do not follow from its inputs and weights (they "
            f"are {apart:.1g} apart): a hook or a forward of its own changes them, or random "
            "numbers were drawn between the hooks of its dropout"
        )
