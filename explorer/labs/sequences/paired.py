"""Who is ahead over several seeds, told by the differences seed by seed.

Networks of one seed meet the same batches in the same order, and their weights come from one
generator: what a seed is good or bad for both is in neither's favour, and leaves the difference.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from explorer.gans.bands import certain_lead
from explorer.sequences.problems import Problem

Values = Sequence[float] | Float[np.ndarray, " S"]
"""A number for each seed S."""


@dataclass(frozen=True)
class Paired:
    """The mean difference of two networks over their common seeds, and what chance may make of it.

    ``error`` is the standard error of the mean of the differences, and ``reach`` so many of them as
    Student's distribution asks for: of all that is told at once, in so many looks, at most one in
    twenty is wrong (Bonferroni). With fewer than two seeds both are infinite.
    """

    mean: float
    error: float
    reach: float
    seeds: int

    @property
    def sign(self) -> int:
        """1 or −1 where the difference is beyond chance, else 0."""
        if not abs(self.mean) > self.reach:
            return 0
        return 1 if self.mean > 0 else -1


def paired(first: Values, second: Values, looks: int = 1, least: float = 0.0) -> Paired:
    """The differences first − second, seed by seed (Student 1908), looked at so often.

    ``least`` is the least difference that can be, one held-out sequence say: the differences are
    taken to spread by as much at least, for two seeds that agree by chance would seem certain.
    Raises `ValueError` where they are not equally many, and for none.
    """
    if len(first) != len(second) or not len(first):
        raise ValueError(
            f"a pair needs equally many seeds, at least one, not {len(first)} and {len(second)}"
        )
    differences = np.asarray(first, dtype=np.float64) - np.asarray(second, dtype=np.float64)
    mean, many = float(differences.mean()), len(differences)
    if many < 2:
        return Paired(mean, math.inf, math.inf, many)
    error = max(float(differences.std(ddof=1)), least) / math.sqrt(many)
    return Paired(mean, error, certain_lead(looks, many - 1) * error, many)


def mean_and_error(values: Values) -> tuple[float, float]:
    """The mean, and its standard error: not a number for fewer than two values."""
    if not len(values):
        return math.nan, math.nan
    found = np.asarray(values, dtype=np.float64)
    error = float(found.std(ddof=1)) / math.sqrt(len(found)) if len(found) > 1 else math.nan
    return float(found.mean()), error


@dataclass(frozen=True)
class Ranking:
    """Names from the best mean to the worst, and which pairs of them may be told apart."""

    order: tuple[str, ...]
    ahead: Mapping[str, tuple[str, ...]]
    """whom each is ahead of, beyond chance"""

    @property
    def level(self) -> tuple[tuple[str, str], ...]:
        """The pairs that cannot be told apart, the better mean first."""
        return tuple(
            (one, other)
            for at, one in enumerate(self.order)
            for other in self.order[at + 1 :]
            if other not in self.ahead[one]
        )


def ranking(values: Mapping[str, Values], sign: int, looks: int = 1, least: float = 0.0) -> Ranking:
    """Rank networks by their metrics of the same seeds; ``sign`` is −1 where less is better.

    Each pair is told as `paired` tells it, with as many looks more as there are pairs.
    """
    many = len(values) * (len(values) - 1) // 2
    order = sorted(values, key=lambda name: -sign * float(np.mean(values[name])))
    ahead = {
        one: tuple(
            other
            for other in order
            if other != one
            and sign * paired(values[one], values[other], looks * many, least).sign > 0
        )
        for one in order
    }
    return Ranking(tuple(order), ahead)


def least_of(problem: Problem) -> float:
    """The least difference of two metrics that can be: one answer, where a share is counted."""
    if problem.metric.form != "percent":
        return 0.0
    shape, held_out = problem.shape, problem.held_out
    steps = len(held_out.inputs) if shape.reads == "every" and not shape.writes else 1
    return 1 / (steps * held_out.inputs.shape[1])
