"""Which unit of a trained network tells two kinds of places apart, and how well.

Letters in the shapes: N places, H units.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float


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


def separation(
    values: Float[np.ndarray, "N H"], inside: Bool[np.ndarray, " N"]
) -> Float[np.ndarray, " H"]:
    """The area under the ROC curve of every unit: how often inside is above outside.

    Counted over all pairs by ranks (Mann and Whitney 1947), ties half. Raises `ValueError` unless
    there are places of both kinds.
    """
    many, few = int(inside.sum()), int((~inside).sum())
    if not many or not few:
        raise ValueError("both kinds of places are needed, inside and outside")
    rank_sums = np.array([_ranks(column)[inside].sum() for column in values.T])
    return (rank_sums - many * (many + 1) / 2) / (many * few)


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
    parts = min(parts, len(values))
    groups = np.arange(len(values)) % parts

    def score(chosen: Bool[np.ndarray, " E"]) -> float:
        told = separation(values[chosen, :, unit].reshape(-1, 1), inside[chosen].ravel())[0]
        return float(told if high_inside else 1 - told)

    without_one = np.array([score(groups != group) for group in range(parts)])
    spread = ((without_one - without_one.mean()) ** 2).sum()
    return TellingUnit(
        question=question,
        unit=unit,
        score=score(groups >= 0),
        error=float(np.sqrt((parts - 1) / parts * spread)),
        high_inside=high_inside,
        places=inside.size,
    )


def _ranks(column: Float[np.ndarray, " N"]) -> Float[np.ndarray, " N"]:
    """The place of each value in order, from 1; equal values share the mean of their places."""
    _, group, size = np.unique(column, return_inverse=True, return_counts=True)
    last = np.cumsum(size)
    return (last - (size - 1) / 2)[group]
