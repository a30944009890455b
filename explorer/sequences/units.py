"""Which unit of a trained network tells two kinds of places apart, or follows an amount.

Letters in the shapes: N places, H units.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Shaped


@dataclass(frozen=True)
class TellingUnit:
    """The unit that best answers one yes-or-no question about where the network is reading.

    `score` is the share of pairs (one place inside, one outside) that the unit's value puts in the
    right order; 0.5 is guessing. `high_inside` says in which direction. `error` is the standard
    error of the score over excerpts. Chosen on one set of texts, scored on another.
    """

    question: str
    unit: int
    score: float
    error: float
    high_inside: bool
    places: int
    layer: int = 0
    way: int = 0  # 1: read backward


@dataclass(frozen=True)
class FollowingUnit:
    """The unit whose value follows an amount most closely, by its correlation (Pearson) with it.

    Chosen on one set of texts, measured on another; `error` is the standard error over excerpts,
    0 where there was no telling.
    """

    amount: str
    unit: int
    correlation: float
    places: int
    error: float = 0.0
    layer: int = 0
    way: int = 0  # 1: read backward


def separation(
    values: Float[np.ndarray, "N H"], inside: Bool[np.ndarray, " N"]
) -> Float[np.ndarray, " H"]:
    """The area under the ROC curve of every unit: how often inside is above outside.

    Counted over all pairs (Mann and Whitney 1947), ties half. Raises `ValueError` unless
    there are places of both kinds.
    """
    if inside.all() or not inside.any():
        raise ValueError("both kinds of places are needed, inside and outside")
    above = [_share_above(column[inside], column[~inside]) for column in values.T]
    return np.array(above)


def telling_unit(
    question: str,
    choosing: tuple[Float[np.ndarray, "N H"], Bool[np.ndarray, " N"]],
    scoring: tuple[Float[np.ndarray, "E T H"], Bool[np.ndarray, "E T"]],
    parts: int = 20,
) -> TellingUnit:
    """Choose the unit that tells best on one set of places, and score it on another.

    The second set comes in E excerpts of T places. Choosing and scoring on the same places would
    flatter the best of many units. The error is the jackknife over `parts` groups of excerpts, as
    places of one excerpt are not independent.
    """
    found = separation(*choosing)
    unit = int(np.abs(found - 0.5).argmax())
    high_inside = bool(found[unit] > 0.5)
    values, inside = scoring

    def score(chosen: Bool[np.ndarray, " E"]) -> float:
        told = separation(values[chosen, :, unit].reshape(-1, 1), inside[chosen].ravel())[0]
        return float(told if high_inside else 1 - told)

    return TellingUnit(
        question=question,
        unit=unit,
        score=score(np.ones(len(values), dtype=bool)),
        error=_jackknife(score, len(values), parts),
        high_inside=high_inside,
        places=inside.size,
    )


def following_unit(
    amount: str,
    choosing: tuple[Float[np.ndarray, "N H"], Shaped[np.ndarray, " N"]],
    measuring: tuple[Float[np.ndarray, "E T H"], Shaped[np.ndarray, "E T"]],
    parts: int = 20,
) -> FollowingUnit:
    """Choose the unit that correlates best with an amount on one set, measure it on another.

    The second set comes in E excerpts of T places; the error is as for `telling_unit`.
    """
    unit = int(np.abs(_correlations(*choosing)).argmax())
    values, amounts = measuring

    def correlation(chosen: Bool[np.ndarray, " E"]) -> float:
        followed = values[chosen, :, unit].reshape(-1, 1)
        return float(_correlations(followed, amounts[chosen].ravel())[0])

    return FollowingUnit(
        amount=amount,
        unit=unit,
        correlation=correlation(np.ones(len(values), dtype=bool)),
        places=amounts.size,
        error=_jackknife(correlation, len(values), parts),
    )


def _jackknife(
    figure: Callable[[Bool[np.ndarray, " E"]], float], excerpts: int, parts: int
) -> float:
    """Standard error of a figure of excerpts, from leaving out each of `parts` groups of them."""
    parts = min(parts, excerpts)
    groups = np.arange(excerpts) % parts
    without_one = np.array([figure(groups != group) for group in range(parts)])
    spread = ((without_one - without_one.mean()) ** 2).sum()
    return float(np.sqrt((parts - 1) / parts * spread))


def _correlations(
    values: Float[np.ndarray, "N H"], amounts: Shaped[np.ndarray, " N"]
) -> Float[np.ndarray, " H"]:
    """Pearson's correlation of each unit with the amount, 0 for a unit that never moves."""
    v, a = values - values.mean(axis=0), amounts - amounts.mean()
    spread = np.sqrt((v**2).sum(axis=0) * (a**2).sum())
    return np.divide(a @ v, spread, out=np.zeros_like(spread), where=spread > 0)


def _share_above(ones: Float[np.ndarray, " N"], others: Float[np.ndarray, " M"]) -> float:
    """The share of pairs in which the first is larger, ties half."""
    ones, others = np.sort(ones), np.sort(others)
    below = np.searchsorted(others, ones, "left") + np.searchsorted(others, ones, "right")
    return float(below.mean() / (2 * len(others)))
