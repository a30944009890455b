"""A hand-made cell at work: what it reads, its numbers and answers, and its verdict."""

import math
from collections import OrderedDict
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
    give none. `verdict` is None where nobody has waited for it yet.
    """

    entry: Handmade
    weights: Weights
    word: str
    trace: Trace
    right: tuple[bool, ...]
    given: tuple[bool | None, ...]
    verdict: Verdict | None
    frames: tuple[Frame, ...]
    still: Frame


def made(settings: CellLab) -> Made:
    """Return the hand-made cell that the settings name, at work, with its verdict.

    Raises ValueError with one sentence for a word in other symbols and edits that do not fit.
    """
    asked = _asked(settings)
    return _made(asked, _verdict(asked.hand, asked.changed))


def glimpse(settings: CellLab) -> tuple[Made, str]:
    """Return the same while a hand moves, and a line that says what was left out.

    Thousands of sequences are not tried anew at every movement; a verdict that is known stands.
    Raises as `made` does.
    """
    asked = _asked(settings)
    known = _verdicts.get((asked.hand, asked.changed))
    return _made(asked, known), "" if known else "while it moves: no verdict"


def _asked(settings: CellLab) -> CellLab:
    return CellLab(**{name: getattr(settings, name) for name in MADE})


def operated_weights(settings: CellLab) -> Weights:
    """Return the weights of the settings' hand-made cell after all edits.

    Raises ValueError with one sentence for edits that do not fit.
    """
    entry = HANDMADE[settings.hand]
    surgery = Surgery(edits=parse_operations(settings.changed).edits)
    surgery.check(CELLS[entry.cell_name], entry.weights, 1)
    return surgery.weights(entry.weights)


REMEMBERED = 64  # verdicts
_verdicts: OrderedDict[tuple[str, str], Verdict] = OrderedDict()


def _verdict(hand: str, changed: str) -> Verdict:
    if (hand, changed) not in _verdicts:
        weights = operated_weights(CellLab(hand=hand, changed=changed))
        rng = torch.Generator().manual_seed(0)
        _verdicts[hand, changed] = verdict(HANDMADE[hand], weights, rng)
        while len(_verdicts) > REMEMBERED:
            _verdicts.popitem(last=False)
    return _verdicts[hand, changed]


@lru_cache(maxsize=32)
def _made(settings: CellLab, checked: Verdict | None) -> Made:
    entry, weights = HANDMADE[settings.hand], operated_weights(settings)
    word = settings.word or entry.example
    codes = entry.encode(word)
    with torch.no_grad():
        seen = trace(entry.cell, weights, entry.x(codes))
    readings = (seen.steps.hidden @ entry.readout + entry.readout_bias).numpy()
    given = tuple(None if np.isnan(value) else bool(value > 0) for value in readings)
    arrays = frames.states(seen)
    right = tuple(entry.right(codes[:, None])[:, 0].tolist())
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


def reach(entry: Handmade) -> float:
    """Return how far its weights are worth turning: twice the largest, 1, 2 or 5 times a power of
    ten; those beyond 250 stand for infinity, and nothing is learned of a larger one.
    """
    weights = torch.cat([entry.weights.weight_ih.flatten(), entry.weights.weight_hh.flatten()])
    largest = 2 * float(weights.abs().clamp(max=125).max())
    power = 10.0 ** math.floor(math.log10(largest))
    return next(times * power for times in (1, 2, 5, 10) if times * power >= largest)


def inputs(entry: Handmade) -> tuple[str, ...]:
    """Return what the numbers are that a hand-made cell reads."""
    count = entry.vectors.shape[1]
    if count == len(entry.symbols):
        return tuple(f"it is {symbol}" for symbol in entry.symbols)
    return tuple(f"x {k + 1}" for k in range(count)) if count > 1 else ("x",)


def answered(answer: bool | None) -> str:
    """Return an answer as a word."""
    return {True: "yes", False: "no", None: "none"}[answer]


def _says(found: Verdict | None) -> str:
    if found is None:
        return "The verdict follows as soon as the hand rests."
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
