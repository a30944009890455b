"""What can be measured of a cell that reads."""

import math
from dataclasses import replace
from typing import Any

from explorer.cells import CELLS
from explorer.labs.cells.made import made
from explorer.labs.cells.operated import operate
from explorer.labs.cells.reading import looked_at, read
from explorer.labs.cells.remembered import remembered
from explorer.labs.cells.settings import CellLab
from explorer.lessons.measures.measure import Measure

CLOSING = ")]}"
PERCENT = {"unit": "%", "high": 100.0}


def chance(settings: CellLab, letter: str) -> float:
    """Return how likely a letter is held to be next, in percent, after all that is read."""
    seen = read(settings)
    probabilities = seen.outcome.probabilities
    if probabilities is None or letter not in seen.vocabulary:
        return math.nan
    return 100 * float(probabilities[-1, seen.vocabulary.index(letter)])


def closed(text: str) -> int:
    """Return with how many closing brackets a text begins."""
    return len(text) - len(text.lstrip(CLOSING))


def _texts(settings: CellLab) -> tuple[str, str]:
    texts = operate(settings, looked_at(settings, read(settings))).texts
    return texts if texts is not None else ("", "")


def half_life(settings: CellLab) -> float:
    """Return after how many steps half of a memory is left, in the unit that is looked at."""
    seen = read(settings)
    unit = looked_at(settings, seen)
    return float(remembered(seen, unit).lives.half_life[unit])


def oldest(settings: CellLab) -> float:
    """Return how many steps ago the largest part of a memory was written, where it is fullest."""
    seen = read(settings)
    found = remembered(seen, looked_at(settings, seen))
    return float(found.fullest - found.largest(found.fullest)[0])


def gate(settings: CellLab, name: str) -> float:
    """Return a gate of the unit that is looked at, at the moment of the link."""
    seen = read(settings)
    steps = getattr(seen.trace.steps, name)
    return float(steps[min(settings.step, len(steps) - 1), looked_at(settings, seen)])


def counts_to(settings: CellLab) -> float:
    """Return the longest word on which a cell that a person made is right; inf for any length."""
    entry = made(settings).entry
    return math.inf if entry.holds_until is None else float(entry.holds_until)


def share_of_an_lstm(settings: CellLab) -> float:
    """Return how many weights and biases a cell has, in percent of an LSTM of its own size."""
    weights = read(settings).trace.weights
    units, inputs = weights.units, weights.inputs
    own = sum(
        each.numel()
        for each in (weights.weight_ih, weights.weight_hh, weights.bias_ih, weights.bias_hh)
    )
    return 100 * own / (len(CELLS["lstm"].gates) * units * (inputs + units + 2))


def held_out_lead(settings: CellLab) -> float:
    """Return by how many standard errors a network pays less than the LSTM on held-out data.

    The error is that of the difference of two means.
    """
    own = read(settings).reader.card
    other = read(replace(settings, cell="lstm")).reader.card
    if own is None or other is None:
        return math.nan
    return (other.loss - own.loss) / math.hypot(own.loss_error, other.loss_error)


def _measure(of: Any, says: str, **rest: Any) -> Measure:
    return Measure(page="cells", of=of, says=says, **rest)


MEASURES: dict[str, Measure] = {
    "chance_square": _measure(
        lambda lab: chance(lab, "]"), "the chance that it gives to ] as the next letter", **PERCENT
    ),
    "chance_round": _measure(
        lambda lab: chance(lab, ")"), "the chance that it gives to ) as the next letter", **PERCENT
    ),
    "closes_untouched": _measure(
        lambda lab: closed(_texts(lab)[0]),
        "the closing brackets that it writes next, untouched",
        whole=True,
    ),
    "closes_operated": _measure(
        lambda lab: closed(_texts(lab)[1]),
        "the closing brackets that it writes next, after the operation",
        whole=True,
    ),
    "half_life": _measure(half_life, "the half-life of the unit's memory", unit="steps"),
    "oldest": _measure(
        oldest, "the age of the largest part of the fullest memory", unit="steps", whole=True
    ),
    "forget_gate": _measure(
        lambda lab: gate(lab, "forget_gate"), "the forget gate at this letter", high=1.0
    ),
    "input_gate": _measure(
        lambda lab: gate(lab, "input_gate"), "the input gate at this letter", high=1.0
    ),
    "output_gate": _measure(
        lambda lab: gate(lab, "output_gate"), "the output gate at this letter", high=1.0
    ),
    "update_gate": _measure(
        lambda lab: gate(lab, "update_gate"), "the update gate at this letter", high=1.0
    ),
    "counts_to": _measure(
        counts_to, "the longest word on which it is right", unit="symbols", whole=True
    ),
    "held_out_lead": _measure(
        held_out_lead,
        "its lead over the LSTM on text that neither of them saw",
        unit="standard errors",
        low=-math.inf,
    ),
    "share_of_an_lstm": _measure(
        share_of_an_lstm, "its weights and biases, against an LSTM of its size", unit="%"
    ),
}
