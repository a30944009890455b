"""Which units switch on over a span of what is read, and where else they do so together."""

from dataclasses import dataclass, replace

import numpy as np

from explorer.labs.cells import frames
from explorer.labs.cells.reading import Seen
from explorer.labs.cells.remembered import seen_token
from explorer.labs.cells.settings import CellLab
from explorer.runs.frames import Frame
from explorer.sequences.patterns import Pattern, Place, levels, places, switched_on

MOST_PLACES = 5
MOST_UNITS = 8  # shown by how clearly they are on
LEAST_THRESHOLD = 0.01


@dataclass(frozen=True)
class Search:
    """The units that are on over a span, the other places where they are, and the picture of it."""

    pattern: Pattern
    places: tuple[Place, ...]
    frames: tuple[Frame, ...]
    still: Frame


def search(seen: Seen, settings: CellLab, unit: int) -> Search:
    """Return what is on over the settings' span, as far as the text reaches."""
    last_step = len(seen.trace) - 1
    first, last = sorted(min(step, last_step) for step in (settings.first, settings.last))
    values = frames.memory(seen.trace).numpy()
    threshold = max(settings.threshold, LEAST_THRESHOLD)
    pattern = switched_on(values, first, last, threshold, settings.strict)
    found = places(values, pattern, most=MOST_PLACES)
    says = {"says": _says(seen, pattern, found)}
    shown = tuple(
        replace(
            frame,
            scalars={**frame.scalars, "memory": float(values[step, unit])},
            sentences={**frame.sentences, **says},
        )
        for step, frame in enumerate(seen.frames)
    )
    limit = threshold * float(np.abs(values[:, unit]).max())
    units, scores = clearest(values, pattern)
    still = Frame(
        0,
        {
            **seen.still.arrays,
            "matches": marks(found, len(values)),
            "found/unit": units,
            "found/score": scores,
        },
        {"threshold/high": limit, "threshold/low": -limit},
    )
    return Search(pattern, found, shown, still)


def marks(found: tuple[Place, ...], steps: int) -> np.ndarray:
    """Return 1 at every step of a place that was found, (T,)."""
    marked = np.zeros(steps, dtype=np.float32)
    for place in found:
        marked[place.first : place.last + 1] = 1
    return marked


def clearest(values: np.ndarray, pattern: Pattern) -> tuple[np.ndarray, np.ndarray]:
    """Return the units that are furthest on throughout a pattern's span, and how far.

    How far a unit is on is its least level over the span, a share of its largest magnitude.
    """
    least = np.abs(levels(values))[pattern.first : pattern.last + 1].min(axis=0)
    units = sorted(pattern.units, key=lambda unit: -least[unit])[:MOST_UNITS]
    return np.array(units, np.float32), least[units].astype(np.float32)


def _says(seen: Seen, pattern: Pattern, found: tuple[Place, ...]) -> str:
    clock, first, last = seen.reader.clock, pattern.first, pattern.last
    lead = f"{clock.capitalize()} {first + 1} to {last + 1}, “{_span(seen, first, last)}”: "
    if not pattern.units:
        return (
            f"{lead}no unit is on throughout it. Lower the threshold, choose another span, or "
            "allow units that are on around it too."
        )
    count = len(pattern.units)
    number = "one unit is on" if count == 1 else f"{count} units are on"
    if not found:
        return f"{lead}{number} throughout it, and nowhere else in this text together."
    best = found[0]
    together = "it is on" if count == 1 else f"{len(best.units)} of them are on together"
    return (
        f"{lead}{number} throughout it; {together} again from {clock} {best.first + 1} to "
        f"{best.last + 1}, “{_span(seen, best.first, best.last)}”. The best places are underlined."
    )


def _span(seen: Seen, first: int, last: int) -> str:
    tokens = [seen_token(token) for token in seen.reader.tokens[first : last + 1]]
    return ("" if seen.reader.text else " ").join(tokens)
