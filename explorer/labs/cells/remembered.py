"""What is left of each step in the memory: its exact parts, and how long each unit keeps."""

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from explorer.cells import CELLS
from explorer.cells.unfolding import keeping_share, unfolded, written_share
from explorer.labs.cells import frames
from explorer.labs.cells.reading import Seen
from explorer.labs.prose import percent
from explorer.runs.frames import Frame
from explorer.sequences.half_life import HalfLives, half_lives

MOST_PARTS = 4_000_000  # 32 MB


@dataclass(frozen=True)
class Remembered:
    """The memory of a reading taken apart.

    Row t of `parts` is what is left after step t of what each step wrote into the chosen unit's
    memory; its sum and the rest of the initial state are the memory. `residual` is the largest
    difference between any unit's memory at any step and the sum of its parts, in float64.
    """

    parts: Tensor  # (T, T)
    residual: float
    lives: HalfLives
    frames: tuple[Frame, ...]

    def largest(self, moment: int) -> tuple[int, float]:
        """Return the step that wrote the largest part of the memory at a moment, and that part."""
        step = int(self.parts[moment].abs().argmax())
        return step, float(self.parts[moment, step])

    @property
    def fullest(self) -> int:
        """Return the moment at which most is remembered: the memory is furthest from nothing.

        Of those moments whose largest part was written before; the last one, where there is none.
        """
        steps = len(self.parts)
        sources = self.parts.abs().argmax(dim=1)
        memory = self.parts.sum(dim=1).abs().where(sources != torch.arange(steps), -torch.inf)
        return int(memory.argmax()) if memory.isfinite().any() else steps - 1


def has_memory(cell: str) -> bool:
    """Return whether a cell has a memory that gates keep, which can be taken apart exactly."""
    return CELLS[cell].keeping_gate is not None


def remembered(seen: Seen, unit: int) -> Remembered:
    """Return the memory of a unit taken apart. Raises ValueError for a plain RNN."""
    trace, kind = seen.trace, CELLS[seen.trace.cell]
    memory = frames.memory(trace)
    start = trace.before.cell if trace.before.cell is not None else trace.before.hidden
    shares, written = keeping_share(kind, trace.steps), written_share(kind, trace.steps)
    initial = start[-1 if seen.backward else 0]
    if seen.backward:  # the parts follow the order in which the cell reads
        shares, written, memory = shares.flip(0), written.flip(0), memory.flip(0)
    residual = 0.0
    for some in torch.arange(seen.units).split(_at_once(len(trace))):
        parts = unfolded(initial[some], shares[:, some], written[:, some])
        residual = max(residual, float((parts.sum(dim=1) - memory[:, some]).abs().max()))
    only = slice(unit, unit + 1)
    own = unfolded(initial[only], shares[:, only], written[:, only])[:, 1:, 0]
    if seen.backward:
        own = own.flip(0, 1)
    return Remembered(own, residual, half_lives(trace), _frames(seen, own, unit))


def telling_moment(seen: Seen, unit: int) -> int:
    """Return the moment at which a unit forgets most: its memory times what its gate lets go of.

    Where no gate keeps anything, the one at which its state changes most.
    """
    kind, values = CELLS[seen.cell], frames.memory(seen.trace)[:, unit]
    if seen.backward:
        before = torch.cat([values[1:], values.new_zeros(1)])
    else:
        before = torch.cat([values.new_zeros(1), values[:-1]])
    if has_memory(seen.cell):
        lost = before * (1 - keeping_share(kind, seen.trace.steps)[:, unit])
    else:
        lost = values - before
    return int(lost.abs().argmax())


def _at_once(steps: int) -> int:
    """How many units are taken apart at once: all parts of all units would fill the memory."""
    return max(1, MOST_PARTS // steps**2)


def _frames(seen: Seen, parts: Tensor, unit: int) -> tuple[Frame, ...]:
    left = parts.numpy()
    return tuple(
        replace(
            frame,
            arrays={**frame.arrays, "left": left[step].astype(np.float32)},
            sentences={**frame.sentences, "says": _says(seen, left[step], step, unit)},
        )
        for step, frame in enumerate(seen.frames)
    )


def _says(seen: Seen, left: np.ndarray, step: int, unit: int) -> str:
    """What the memory is made of after a step, in words."""
    memory = float(frames.memory(seen.trace)[step, unit])
    source = int(np.abs(left).argmax())
    tokens, clock = seen.reader.tokens, seen.reader.clock
    share = abs(left[source]) / max(np.abs(left).sum(), 1e-300)
    where = "just now" if source == step else f"at {clock} {source + 1}"
    return (
        f"The memory of unit {unit} is {signed(memory)}. Its largest part, {signed(left[source])}, "
        f"was written {where}, “{seen_token(tokens[source])}”: {percent(share)} of what all "
        "parts add up to without their signs."
    )


def signed(value: float) -> str:
    """Return a number with two decimals and a true minus sign."""
    return f"{value:.2f}".replace("-", "−")


def seen_token(token: str) -> str:
    """Return a token so that it can be seen."""
    return {" ": "␣", "\n": "↵", "\t": "⇥"}.get(token, token)
