"""One pile slides over its like: what each distance says, and which way it would have one go.

**Still**: ``source/x source/y target/x target/y``, both outlines at θ; ``theta``, where the curves
are sampled, and ``<name>`` and ``<name>/slope`` of every distance there; scalars ``<name>/value
<name>/slope theta log2 overlap``; sentences ``says`` and ``look``. One empty frame.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch

from explorer.dials import check, dial
from explorer.labs.prose import listing, spoken
from explorer.labs.transport.line import doubled, steps_of
from explorer.runs.frames import Frame
from explorer.transport.distances import DISTANCES
from explorer.transport.piles import Pile, pile

REACH = 5.0  # of θ, either way
PLACES = 41  # of the curves from θ = 0 on; all that slides is its own mirror image
FLAT = 1e-3  # a slope that nobody could follow


@dataclass(frozen=True)
class Sliding:
    """What slides, by its name in a menu."""

    label: str
    heights: tuple[float, ...]
    width: float  # of all bins

    def at(self, shift: float) -> Pile:
        """The pile, its middle at ``shift``."""
        half = self.width / 2
        return pile("pile", torch.tensor(self.heights, dtype=torch.float64), -half, half, shift)


_BELL = tuple(math.exp(-(((k + 0.5) / 10 - 2.0) ** 2) / 2 / 0.6**2) for k in range(40))
SLIDERS: Mapping[str, Sliding] = {
    "block": Sliding("A block", (1.0,) * 20, 1.0),
    "bell": Sliding("A bell", _BELL, 4.0),
    "two": Sliding("Two blocks", (*(1.0,) * 5, *(0.0,) * 15, *(1.0,) * 5), 2.5),
    "line": Sliding("Parallel lines", (1.0,), 1e-6),
}
"""What slides over its like. A line across the way has no width: that is Arjovsky's example 1."""


@dataclass(frozen=True, kw_only=True)
class Slide:
    """A pile at θ, and its like at 0. Raises ValueError with one line."""

    shape: str = dial("block", "What slides", "Over another one of its kind.", choices=SLIDERS)
    theta: float = dial(2.0, "θ", "How far it is from its like.", low=-REACH, high=REACH, step=0.05)

    def __post_init__(self) -> None:
        check(self)

    def still(self) -> Frame:
        """Both piles, all distances at θ, and their curves."""
        kind = SLIDERS[self.shape]
        source, target = kind.at(self.theta), kind.at(0.0)
        arrays = dict(_curves(self.shape))
        for role, made in (("source", source), ("target", target)):
            arrays[f"{role}/x"] = doubled(made.edges.numpy())
            arrays[f"{role}/y"] = steps_of(np.array(kind.heights))
        scalars = {"theta": self.theta, "log2": math.log(2)}
        for name, one in DISTANCES.items():
            scalars[f"{name}/value"] = one.value(source, target)
            scalars[f"{name}/slope"] = one.slope(source, target)
        scalars["overlap"] = 1 - scalars["tv/value"]
        sentences = {"says": _says(scalars), "look": _look(scalars)}
        return Frame(0, arrays, scalars, sentences)


@lru_cache(maxsize=8)
def _curves(shape: str) -> dict[str, np.ndarray]:
    kind = SLIDERS[shape]
    target = kind.at(0.0)
    thetas = np.round(np.linspace(0.0, REACH, PLACES), 12)
    sources = [kind.at(theta) for theta in thetas]
    found = {"theta": _mirrored(thetas, -1)}
    for name, one in DISTANCES.items():
        values = np.array([one.value(source, target) for source in sources])
        slopes = np.array([one.slope(source, target) for source in sources])
        found[name] = _mirrored(np.where(np.isfinite(values), values, np.nan), 1)
        found[f"{name}/slope"] = _mirrored(slopes, -1)
    return found


def _mirrored(right: np.ndarray, sign: int) -> np.ndarray:
    """Values from θ = 0 on, and at the left of it their mirror image, or its negative."""
    return np.concatenate([sign * right[:0:-1], right])


def _says(scalars: Mapping[str, float]) -> str:
    theta = scalars["theta"]
    w1 = f"W₁ is {spoken(scalars['w1/value'])}"
    if theta == 0:
        return f"**θ = 0:** both lie on each other; every distance is 0, and {w1}."
    if scalars["overlap"] > 1e-9:
        share = spoken(100 * scalars["overlap"], 2)
        kl = scalars["kl/value"]
        told = "infinite" if math.isinf(kl) else spoken(kl)
        return f"**θ = {spoken(theta)}:** {share} % overlaps. {w1}, which is |θ|; KL is {told}."
    return (
        f"**θ = {spoken(theta)}: nothing overlaps.** JS is log 2, TV is 1 and KL infinite, and a "
        f"little nearer they are the same. {w1}, which is |θ|."
    )


def _look(scalars: Mapping[str, float]) -> str:
    """Say which distances tell a generator to come nearer, and which say nothing."""
    theta = scalars["theta"]
    if theta == 0:
        return "Drag θ away from 0: which of the curves still has a slope when the piles part?"
    toward: list[str] = []
    away: list[str] = []
    silent: list[str] = []
    for name, one in DISTANCES.items():
        slope = scalars[f"{name}/slope"]
        if math.isnan(slope) or abs(slope) < FLAT:
            silent.append(one.label)
        else:
            (toward if slope * theta > 0 else away).append(one.label)
    told = f"Downhill is toward the other pile for {listing(toward)}."
    if away:
        told += f" It is away from it for {listing(away)}."
    if silent:
        verb = "has" if len(silent) == 1 else "have"
        told += f" {listing(silent)} {verb} no slope to follow here."
    return told
