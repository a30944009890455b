"""Which units switch on over a span, where else they do so together, and orders for heat maps.

Letters in the shapes: T steps, H units.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float
from scipy.cluster.hierarchy import linkage  # type: ignore[import-untyped]
from scipy.spatial.distance import squareform  # type: ignore[import-untyped]

from explorer.sequences.ordering import optimal_order


@dataclass(frozen=True)
class Pattern:
    """The units that are on from step `first` to step `last`, and the sign each of them has."""

    first: int
    last: int
    threshold: float
    units: tuple[int, ...]
    signs: tuple[int, ...]


@dataclass(frozen=True)
class Place:
    """A span over which the named units of a pattern are on together, each with its sign."""

    first: int
    last: int
    units: tuple[int, ...]


def levels(values: Float[np.ndarray, "T H"]) -> Float[np.ndarray, "T H"]:
    """Every unit on its own scale: its value over the largest magnitude it reaches, in [−1, 1].

    Zero is what a state starts from, so it stays zero. A unit that never moves has nothing to tell
    and is zero throughout; so is one that is not finite somewhere.
    """
    sound = np.isfinite(values).all(axis=0) & (values != values[:1]).any(axis=0)
    finite = np.where(sound, values, 0.0)
    most = np.abs(finite).max(axis=0)
    return np.divide(finite, most, out=np.zeros_like(finite), where=most > 0)


def switched_on(
    values: Float[np.ndarray, "T H"],
    first: int,
    last: int,
    threshold: float = 0.5,
    strict: bool = True,
) -> Pattern:
    """The units that are on at every step from `first` to `last`, both counted.

    A unit is on with sign s where s · level ≥ threshold, and level is its value over the largest
    magnitude it reaches. Strict, as the strictest setting of LSTMVis (Strobelt et al. 2018), it
    must also be off, for its sign, one step before and one step after, where there are such steps;
    relaxed, it may be on longer. LSTMVis compares the raw value with one threshold, upwards only;
    here a unit counts that falls below −threshold as well, so that one that swings from −1 to 1 is
    found. Raises `ValueError` for a span outside the steps and a threshold outside (0, 1].
    """
    _check_threshold(threshold)
    if not 0 <= first <= last < len(values):
        raise ValueError(
            f"a span must lie within steps 0 to {len(values) - 1}, not be {first} to {last}"
        )
    level = levels(values)
    signs = np.sign(level[first]).astype(int)
    on = level * signs >= threshold
    chosen = on[first : last + 1].all(axis=0)
    if strict:
        if first > 0:
            chosen &= ~on[first - 1]
        if last + 1 < len(values):
            chosen &= ~on[last + 1]
    units = np.flatnonzero(chosen)
    return Pattern(
        first, last, threshold, tuple(units.tolist()), signs=tuple(signs[units].tolist())
    )


def places(
    values: Float[np.ndarray, "T H"], pattern: Pattern, length: int = 1, most: int = 20
) -> tuple[Place, ...]:
    """Other spans of at least `length` steps where units of the pattern are on together.

    Best first: more units, then a length closer to the pattern's own, then earlier. A place
    reaches as far as all of its units stay on, and no two places overlap each other or the
    pattern. LSTMVis ranks likewise by the number of units, and breaks ties by the number of other
    units that are on. Raises `ValueError` for a length below 1 or fewer than no places.
    """
    if length < 1 or most < 0:
        raise ValueError(f"a length must be at least 1 and most at least 0, not {length}, {most}")
    units = np.array(pattern.units, dtype=int)
    if not len(units) or length > len(values):
        return ()
    on = levels(values)[:, units] * np.array(pattern.signs) >= pattern.threshold
    shifts = np.lib.stride_tricks.sliding_window_view(on, length, axis=0)
    windows: np.ndarray = np.all(shifts, axis=-1)
    free = np.ones(len(on), dtype=bool)
    free[pattern.first : pattern.last + 1] = False
    found = []
    together = windows.sum(axis=1)
    for start in np.argsort(-together, kind="stable"):
        if together[start] == 0 or not free[start : start + length].all():
            continue
        first, last = _reach(np.all(on[:, windows[start]], axis=1), int(start))
        if free[first : last + 1].all():
            found.append(Place(first, last, tuple(units[windows[start]].tolist())))
        free[first : last + 1] = False
    target = pattern.last - pattern.first
    found.sort(key=lambda p: (-len(p.units), abs(p.last - p.first - target), p.first))
    return tuple(found[:most])


def activity_order(values: Float[np.ndarray, "T H"]) -> tuple[int, ...]:
    """The units by their mean magnitude, the most active first, equals as packed."""
    activity = np.nan_to_num(np.abs(values), posinf=0.0).mean(axis=0)
    return tuple(np.argsort(-activity, kind="stable").tolist())


def cluster_order(values: Float[np.ndarray, "T H"]) -> tuple[int, ...]:
    """The units in an order that puts those that move together side by side.

    Hierarchical clustering by average linkage of 1 − Pearson's correlation, the leaves ordered so
    that neighbours are as alike as the tree allows (Bar-Joseph et al. 2001). A unit that never
    moves correlates 0 with every other.
    """
    if values.shape[1] < 3:
        return tuple(range(values.shape[1]))
    centred = levels(values)
    centred = centred - centred.mean(axis=0)
    length = np.linalg.norm(centred, axis=0)
    directions = np.divide(centred, length, out=np.zeros_like(centred), where=length > 1e-12)
    distances = 1 - np.clip(directions.T @ directions, -1, 1)
    np.fill_diagonal(distances, 0.0)
    distances = (distances + distances.T) / 2
    return optimal_order(linkage(squareform(distances), "average"), distances)


def _reach(on: Bool[np.ndarray, " T"], start: int) -> tuple[int, int]:
    """The first and last step of the unbroken run of True that contains `start`."""
    off = np.flatnonzero(~on)
    at = int(np.searchsorted(off, start))
    first = int(off[at - 1]) + 1 if at else 0
    last = int(off[at]) - 1 if at < len(off) else len(on) - 1
    return first, last


def _check_threshold(threshold: float) -> None:
    if not 0 < threshold <= 1:
        raise ValueError(f"a threshold must lie above 0 and be at most 1, not {threshold}")
