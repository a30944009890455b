"""A hand-made cell at work: what it reads, its numbers and answers, and its verdict."""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import torch

from explorer.cells import CELLS, Weights
from explorer.cells.surgery import Surgery
from explorer.labs.cells import frames
from explorer.labs.cells.operations import edit, joined, parse_operations
from explorer.labs.cells.settings import CellLab
from explorer.runs.frames import Frame
from explorer.sequences.handmade import HANDMADE, Handmade, Verdict, verdict
from explorer.sequences.trace import Trace, trace

MADE = ("hand", "word", "changed")


@dataclass(frozen=True)
class Made:
    """A hand-made cell that reads a word.

    `right` and `given` are the answers after every symbol; None where weights beyond all bounds
    give none.
    """

    entry: Handmade
    weights: Weights
    word: str
    trace: Trace
    right: tuple[bool, ...]
    given: tuple[bool | None, ...]
    verdict: Verdict
    frames: tuple[Frame, ...]
    still: Frame


def made(settings: CellLab) -> Made:
    """Return the hand-made cell that the settings name, at work, with its verdict.

    Raises ValueError with one sentence for a word in other symbols and edits that do not fit.
    """
    return _made(CellLab(**{name: getattr(settings, name) for name in MADE}))


@lru_cache(maxsize=32)
def _made(settings: CellLab) -> Made:
    entry = HANDMADE[settings.hand]
    edits = parse_operations(settings.changed).edits
    surgery = Surgery(edits=edits)
    surgery.check(CELLS[entry.cell_name], entry.weights, 1)
    weights = surgery.weights(entry.weights)
    word = settings.word or entry.example
    codes = entry.encode(word)
    with torch.no_grad():
        seen = trace(entry.cell, weights, entry.x(codes))
    readings = (seen.steps.hidden @ entry.readout + entry.readout_bias).numpy()
    given = tuple(None if np.isnan(value) else bool(value > 0) for value in readings)
    arrays = frames.states(seen)
    right = tuple(entry.right(codes[:, None])[:, 0].tolist())
    checked = verdict(entry, weights, torch.Generator().manual_seed(0))
    fixed = frames.still(seen)
    wrong = np.array([a != b for a, b in zip(right, given, strict=True)], np.float32)
    return Made(
        entry=entry,
        weights=weights,
        word=word,
        trace=seen,
        right=right,
        given=given,
        verdict=checked,
        frames=frames.in_steps(arrays, {"reading": readings}, {"verdict": _says(checked)}),
        still=replace(fixed, arrays={**fixed.arrays, "wrong": wrong}),
    )


def answered(answer: bool | None) -> str:
    """Return an answer as a word."""
    return {True: "yes", False: "no", None: "none"}[answer]


def _says(found: Verdict) -> str:
    failure = found.first_failure
    if failure is None:
        return (
            f"Solved: right after every symbol of {found.checked:,} sequences, the longest of "
            f"{found.longest:,}; no reading comes closer to the threshold than {found.margin:.2g}."
        )
    text = failure.sequence if len(failure.sequence) <= 40 else f"…{failure.sequence[-40:]}"
    return (
        f"Not solved: after {text} the right answer is {answered(failure.expected)}, its answer "
        f"{answered(failure.given)} (reading {failure.reading:.3g})."
    )


def changes(entry: Handmade, weights: Weights) -> str:
    """Return the edits that lead from the cell as made to these weights, as one line."""
    words = []
    for name, now in frames.weights_of(weights).items():
        old = getattr(entry.weights, name)
        for place in (now != old).nonzero().tolist():
            row, column = place[0], place[1] if len(place) > 1 else 0
            words.append(edit(name, row, column, float(now[tuple(place)])))
    return joined(words)


def with_value(weights: Weights, name: str, row: int, column: int, value: float) -> Weights:
    """Return the weights with one number changed."""
    part = getattr(weights, name).clone()
    if part.dim() == 1:
        part[row] = value
    else:
        part[row, column] = value
    return replace(weights, **{name: part})
