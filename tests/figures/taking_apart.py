"""What a scene says, taken apart for tests: names it reads, equations it claims, keys it uses."""

import math
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

import numpy as np

from explorer.figures.scene import Dot, Opening, Term, Value
from explorer.runs.frames import Frame

TEMPLATE = re.compile(r"\{([^{}:]+)(?::\w+)?\}")
KEY = re.compile("⟦([^⟦⟧]*)⟧")
# Fields that hold no text for people: names, formulas whose braces lower an index, and what a
# turned weight sets, whose braces are its own row and column.
NOT_TEMPLATES = {"name", "symbols", "words", "entry"}


def parts(thing: object) -> Iterator[object]:
    """Yield everything inside a part of a scene, itself included."""
    yield thing
    if isinstance(thing, tuple):
        for item in thing:
            yield from parts(item)
    elif is_dataclass(thing):
        for field in fields(thing):
            yield from parts(getattr(thing, field.name))


def numbers_in(thing: object) -> set[str]:
    """Return the names of the numbers that a part of a scene shows, and that its sums run over."""
    found = {part.name for part in parts(thing) if isinstance(part, Value)}
    for part in parts(thing):
        if isinstance(part, Dot):
            found |= {part.weights, part.inputs} | {n for n in (part.bias, part.gated_by) if n}
    return found


def templates_in(thing: object) -> set[str]:
    """Return the names in braces anywhere in the texts of a part of a scene."""
    found: set[str] = set()
    for part in parts(thing):
        if is_dataclass(part):
            for field in fields(part):
                text = getattr(part, field.name)
                if field.name not in NOT_TEMPLATES and isinstance(text, str):
                    found |= set(TEMPLATE.findall(text))
    return found


def keys_in(thing: object) -> set[str]:
    """Return the keys that wait for the word of a lexicon."""
    return {key for part in parts(thing) if isinstance(part, str) for key in KEY.findall(part)}


def sides(
    equation: tuple[Term, ...], frame: Frame, unit: int, hard: tuple[float, float] = (0.2, 0.5)
) -> list[float]:
    """Return the value of every side of an equation that has numbers on it.

    ``hard`` are the slope and the shift of a hard sigmoid.
    """
    written = ""
    for term in equation:
        if term.value is None:
            written += term.text
            continue
        number = frame.arrays[term.value.name][unit if term.value.select else 0]
        written += f"({float(number)!r})"
    signs = {"hard σ": "hard_logistic", "·": "*", "−": "-", "σ": "logistic"}
    for sign, python in signs.items():
        written = written.replace(sign, python)
    names = {"logistic": logistic, "tanh": math.tanh, "relu": lambda z: max(z, 0.0)}
    names["hard_logistic"] = lambda z: min(1.0, max(0.0, hard[0] * z + hard[1]))
    return [eval(side, {}, names) for side in written.split(" = ") if re.search(r"\d\.|\de", side)]


def logistic(z: float) -> float:
    return 1 / (1 + math.exp(-z))


def summed(opening: Opening, still: Frame, frame: Frame, unit: int) -> float:
    """Return what the dot products of an opening add up to."""
    return sum(dot_product(dot, still, frame, unit) for dot in opening.dots)


def dot_product(dot: Dot, still: Frame, frame: Frame, unit: int) -> float:
    weights, inputs = still.arrays[dot.weights], frame.arrays[dot.inputs]
    if dot.diagonal:
        return float(weights[dot.block, unit] * inputs[unit])
    row = dot.block * len(frame.arrays["hidden"]) + unit
    found = float(np.dot(weights[row], inputs)) + float(still.arrays[dot.bias][row])
    return found * float(frame.arrays[dot.gated_by][unit]) if dot.gated_by else found
