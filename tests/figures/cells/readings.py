"""Frames of real cells with drawn weights, under the names that the scenes of the cell lab read."""

from dataclasses import dataclass

import numpy as np
import torch

from explorer.cells import CELLS, Weights
from explorer.runs.frames import Frame
from explorer.sequences.trace import trace

EXPECTED = 5


@dataclass(frozen=True)
class Reading:
    """What a cell with drawn weights did, as frames, with the still frame of its weights."""

    cell: str
    weights: Weights
    still: Frame
    frames: tuple[Frame, ...]


def reading(
    cell: str, text: str = "abcab", units: int = 6, seed: int = 3, scale: float = 2.0
) -> Reading:
    """Return what a cell of drawn weights does with one-hot letters."""
    kind = CELLS[cell]
    letters = sorted(set(text))
    rng = torch.Generator().manual_seed(seed)
    drawn = kind.draw(len(letters), units, rng, torch.float64)
    weights = Weights(*(None if p is None else scale * p for p in parts_of(drawn)))
    x = torch.eye(len(letters), dtype=torch.float64)[[letters.index(c) for c in text]]
    seen = trace(kind, weights, x)
    arrays = {kind.pictured(name): values for name, values in seen.states.items()}
    arrays |= {"x": x, "hidden_before": seen.before.hidden}
    if seen.before.cell is not None:
        arrays["cell_before"] = seen.before.cell
    for gate in kind.gates:
        parts, short = seen.gate(gate), kind.pictured(gate)
        for part in ("from_input", "from_hidden", "preactivation", "from_memory"):
            if getattr(parts, part, None) is not None:
                arrays[f"{short}/{part}"] = getattr(parts, part)
    if kind.candidate.reset == "after":
        heard, through = kind.pictured("gated_hidden"), kind.pictured(kind.candidate.hears)
        arrays[kind.pictured("past")] = arrays[heard] / arrays[through]
    readout = torch.randn(len(letters), units, generator=rng, dtype=torch.float64)
    chances = torch.softmax(2 * seen.states["hidden"] @ readout.T, -1)
    best = chances.topk(min(EXPECTED, len(letters)))
    arrays |= {"next/probability": best.values, "next/index": best.indices.double()}
    frames = tuple(
        Frame(t, {n: v[t].numpy() for n, v in arrays.items()}, {"surprise": 1.0})
        for t in range(len(text))
    )
    return Reading(cell, weights, Frame(0, still_arrays(weights, arrays)), frames)


def parts_of(weights: Weights) -> tuple[torch.Tensor | None, ...]:
    names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh", "peepholes")
    return tuple(getattr(weights, name) for name in names)


def still_arrays(weights: Weights, arrays: dict[str, torch.Tensor]) -> dict[str, np.ndarray]:
    """Return the weights, and two orders of the units."""
    names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh", "peepholes")
    parts = dict(zip(names, parts_of(weights), strict=True))
    found = {name: part.numpy() for name, part in parts.items() if part is not None}
    activity = arrays["hidden"].abs().mean(0).argsort(descending=True).double().numpy()
    found |= {"order/activity": activity, "order/clusters": activity[::-1].copy()}
    return found | {"one": np.ones((1, weights.units))}
