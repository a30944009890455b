"""From what was heard of one step to the gradients through time, by layer and direction.

Letters in the shapes: T steps, B sequences, H units.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from explorer.gradients.watching.audits import Audits
from explorer.gradients.watching.between import masks, outputs
from explorer.gradients.watching.calls import Call
from explorer.gradients.watching.layers import DIRECTIONS
from explorer.gradients.watching.parts import Part, parts_of, single
from explorer.sequences.half_life import half_lives


@dataclass(frozen=True)
class Flow:
    """What one layer got back in one direction, at every step t of a sequence.

    Norms are over units, means over the sequences that have a step t (`samples` of them): `hidden`
    of dL/dh_t and `cell` of dL/dc_t, every path counted; `direct` of the part of dL/dh_t that does
    not come through a later step. L is what was sent back: a mean over a batch makes every norm as
    many times smaller, and a scaled loss is scaled here. `gates` are means over units and
    sequences; `half_life` is, for each unit, in how many steps its keeping gate halves the memory,
    by the geometric mean over all that was read. t stands in the order of the input, whatever the
    direction. `name` is what a sentence calls layer and direction; `seen_first` says whether the
    loss looks at the step that was read first.
    """

    name: str
    layer: str
    number: int
    direction: str
    sequence: int
    cell_name: str
    samples: Int[np.ndarray, " T"]
    hidden: Float[np.ndarray, " T"]
    direct: Float[np.ndarray, " T"]
    cell: Float[np.ndarray, " T"] | None
    gates: dict[str, Float[np.ndarray, " T"]]
    half_life: Float[np.ndarray, " H"] | None
    seen_first: bool

    @property
    def memory(self) -> Float[np.ndarray, " T"]:
        """Of the state that is meant to remember: c where there is one, else h."""
        return self.hidden if self.cell is None else self.cell

    @property
    def read(self) -> Float[np.ndarray, " T"]:
        """The norms of `memory` in the order in which the layer read, the first step first."""
        return self.memory[::-1] if self.direction == DIRECTIONS[1] else self.memory


def flows_of(calls: Sequence[Call], sequence: int, audits: Audits | None = None) -> list[Flow]:
    """The flows of the calls of one sequence of a layer, in the order of layers and directions.

    What comes back to weights is added up in ``audits``. Raises `RuntimeError` where what was
    recorded does not fit together.
    """
    layer = calls[0].layer
    if layer.is_single:
        return [joined([single(calls, sequence, audits)])]
    parts: dict[tuple[int, int], list[Part]] = {}
    for call in calls:
        dropped = masks(call)
        below = outputs(call, call.weights, dropped, layer.depth - 1, call.y.dtype)
        for part in parts_of(call, [*below, call.laid.padded(call.y)], dropped, sequence, audits):
            parts.setdefault((part.number, part.way), []).append(part)
    return [joined(parts[place]) for place in sorted(parts)]


def joined(parts: Sequence[Part]) -> Flow:
    """The flow of the calls of one sequence, one after the other."""
    one = parts[0]
    active = torch.cat([part.active for part in parts])

    def mean(name: str) -> np.ndarray:
        return _mean(torch.cat([getattr(part, name) for part in parts]), active)

    gates = {
        name: _mean(torch.cat([part.gates[name] for part in parts]), active) for name in one.gates
    }
    return Flow(
        name=one.call.layer.spoken(one.number, one.way),
        layer=one.call.layer.name,
        number=one.number,
        direction=DIRECTIONS[one.way],
        sequence=one.sequence,
        cell_name=one.call.layer.cell_name,
        samples=active.sum(1).numpy(),
        hidden=mean("hidden"),
        direct=mean("direct"),
        cell=None if one.cell is None else mean("cell"),
        gates=gates,
        half_life=_half_life(parts),
        seen_first=one.seen_first,
    )


def _mean(values: Float[Tensor, "T B"], active: Bool[Tensor, "T B"]) -> np.ndarray:
    found: np.ndarray = (torch.where(active, values.double(), 0.0).sum(1) / active.sum(1)).numpy()
    return found


def _half_life(parts: Sequence[Part]) -> np.ndarray | None:
    """By the laboratory's own half-lives, of the steps that were read."""
    trace = parts[0].trace
    if parts[0].call.layer.cell.keeping_gate is None:
        return None
    if len(parts) > 1 or not bool(parts[0].active.all()):
        names = [field.name for field in fields(trace.steps)]  # type: ignore[arg-type]
        read = [
            torch.cat([getattr(part.trace.steps, name)[part.active] for part in parts])
            for name in names
        ]
        trace = replace(trace, steps=type(trace.steps)(*read))
    found: np.ndarray = half_lives(trace).half_life.numpy()
    return found
