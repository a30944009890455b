"""What a myth is: a claim, a measurement of it for one seed, and the verdict that numbers give.

Letters in the shapes: S seeds, P places along the axis of the picture.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float, Shaped

Outcome = Literal["holds", "does not hold", "depends"]
Found = Mapping[str, Float[np.ndarray, " S"]]
"""What was measured, by name, a number for each seed."""


@dataclass(frozen=True)
class OfOneSeed:
    """The numbers of one seed, and the lines of its picture by name, each over `places`."""

    numbers: Mapping[str, float]
    places: Shaped[np.ndarray, " P"]
    lines: Mapping[str, Float[np.ndarray, " P"]]


@dataclass(frozen=True)
class Verdict:
    """Whether the claim holds, and one sentence with the numbers that say so."""

    outcome: Outcome
    sentence: str


@dataclass(frozen=True)
class Quantity:
    """A number that is measured, and how it is called."""

    name: str
    label: str
    help: str


@dataclass(frozen=True)
class Myth:
    """A common claim that can be run.

    `verdict` sees nothing but the numbers. `expected` are the values of the lines if the claim
    were right, as a level of the picture; None where it names none.
    """

    name: str
    label: str
    claim: str
    source: str
    how: str
    quantities: tuple[Quantity, ...]
    measure: Callable[[int], OfOneSeed]
    verdict: Callable[[Found], Verdict]
    lines: Mapping[str, str]
    x_label: str
    y_label: str
    expected: tuple[float, str] | None = None
    log: bool = True


@dataclass(frozen=True)
class Trial:
    """A myth measured with several seeds in a row."""

    myth: Myth
    found: Found
    places: Shaped[np.ndarray, " P"]
    lines: Mapping[str, Float[np.ndarray, "S P"]]

    @property
    def verdict(self) -> Verdict:
        """What the numbers say of the claim."""
        return self.myth.verdict(self.found)


def tried(myth: Myth, seed: int, seeds: int = 5) -> Trial:
    """Run a myth with so many seeds, from ``seed`` on. ValueError for no seed."""
    if seeds < 1:
        raise ValueError("a myth needs at least one seed to be run")
    runs = [myth.measure(seed + k) for k in range(seeds)]
    return Trial(
        myth,
        {q.name: np.array([run.numbers[q.name] for run in runs]) for q in myth.quantities},
        runs[0].places,
        {name: np.stack([run.lines[name] for run in runs]) for name in myth.lines},
    )


def judged(said: np.ndarray, against: np.ndarray) -> Outcome:
    """Return "holds" where every seed says so, "does not hold" where every one is against it.

    Both are truth values, one a seed; anything else depends.
    """
    if bool(said.all()):
        return "holds"
    return "does not hold" if bool(against.all()) else "depends"


RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def told(values: np.ndarray) -> str:
    """Write values of several seeds as their median, and from where to where they lie."""
    if np.ptp(values) <= 1e-9 * np.abs(values).max():
        return _written(float(values[0]))
    low, high = _written(float(values.min())), _written(float(values.max()))
    return f"{_written(float(np.median(values)))} (seeds: {low} to {high})"


def _written(value: float) -> str:
    """Write three digits, with a power of ten where there would be many zeros."""
    mantissa, _, power = f"{value:.3g}".partition("e")
    return f"{mantissa}×10{str(int(power)).translate(RAISED)}" if power else mantissa
