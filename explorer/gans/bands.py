"""What real data has against real data, and who may be called better.

Letters: n points of a sample, r repeats, a and b the values of two games.

A number is worth what it is above its noise: `band` measures a metric between two real samples of
the shown size, and `compare` names nobody whose lead that noise explains.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from jaxtyping import Float, Float64
from torch import Tensor

from explorer.gans.distributions import Distribution

Better = Literal["low", "high", "middle"]
Measure = Callable[[Tensor, Tensor], float]
"""(real, fake) -> the metric"""

WIDTH = 2.0  # standard deviations from the middle of a band to its edge, and of a certain lead


@dataclass(frozen=True, eq=False)
class Band:
    """Where a metric lies when both samples are real: low and high are mean ∓ 2 std."""

    values: Float64[Tensor, " r"]
    mean: float
    std: float  # of one value, not of the mean
    low: float
    high: float

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high


def band(
    measure: Measure,
    distribution: Distribution,
    n: int,
    repeats: int,
    generator: torch.Generator,
    reference: Float[Tensor, "m D"] | None = None,
) -> Band:
    """The measure of n real points against a reference, or against n others each time.

    Mean ∓ 2 standard deviations of one value hold about 95 % of the values of a perfect generator.
    ValueError below two repeats.
    """
    if repeats < 2:
        raise ValueError(f"repeats must be at least 2 for a spread, not {repeats}")
    found = []
    for _ in range(repeats):
        fake = distribution.sample(n, generator)
        real = distribution.sample(n, generator) if reference is None else reference
        found.append(measure(real, fake))
    values = torch.tensor(found, dtype=torch.float64)
    mean, std = float(values.mean()), float(values.std())
    return Band(values, mean, std, mean - WIDTH * std, high=mean + WIDTH * std)


@dataclass(frozen=True)
class Comparison:
    """Two games by one metric, and whether either may be called better.

    `verdict` is "a" or "b", "floor" when both are as good as real data can show, or "noise" when
    the difference is within two of its standard errors.
    """

    a: float  # mean
    b: float
    error: float  # standard error of a − b, the noise of the metric included
    difference: float  # a − b, of the distances to the ideal where the middle is best
    verdict: Literal["a", "b", "floor", "noise"]

    @property
    def winner(self) -> Literal["a", "b"] | None:
        """Who is better; None when nobody may be named."""
        if self.verdict == "a":
            return "a"
        return "b" if self.verdict == "b" else None


def compare(
    a: Sequence[float],
    b: Sequence[float],
    band: Band,
    better: Better = "low",
    ideal: float = 0.0,
) -> Comparison:
    """Compare the values of two games, of as many seeds or frames as there are.

    1. When both means are inside the band, or beyond its good end, the verdict is "floor".
    2. The standard error of the difference is sqrt(s_a²/n_a + s_b²/n_b), where s is the standard
       deviation of a game's values but never less than the band's: a single value has the band's.
       Within two of them the verdict is "noise".
    3. Otherwise the better mean wins: the lower, the higher, or the nearer to `ideal`.

    ValueError without values; values that are NaN (a game that diverged) lose to finite ones.
    """
    if not (len(a) and len(b)):
        raise ValueError("a comparison needs at least one value of each game")
    means, errors = [], []
    for values in (a, b):
        tensor = torch.tensor(list(values), dtype=torch.float64)
        spread = float(tensor.std()) if len(tensor) > 1 else 0.0
        means.append(float(tensor.mean()))
        errors.append(max(spread, band.std) / math.sqrt(len(tensor)))
    one, other = means
    error = math.hypot(*errors)
    costs = [_cost(mean, better, ideal) for mean in means]
    difference = costs[0] - costs[1] if better == "middle" else one - other
    broken = [not math.isfinite(mean) for mean in means]
    verdict: Literal["a", "b", "floor", "noise"]
    if any(broken):
        verdict = "noise" if all(broken) else "b" if broken[0] else "a"
    elif _good_enough(one, band, better) and _good_enough(other, band, better):
        verdict = "floor"
    elif not abs(difference) > WIDTH * error:
        verdict = "noise"
    else:
        verdict = "a" if costs[0] < costs[1] else "b"
    return Comparison(one, other, error, difference, verdict=verdict)


def _cost(mean: float, better: Better, ideal: float) -> float:
    if better == "middle":
        return abs(mean - ideal)
    return mean if better == "low" else -mean


def _good_enough(mean: float, band: Band, better: Better) -> bool:
    if better == "low":
        return mean <= band.high
    return mean >= band.low if better == "high" else mean in band
