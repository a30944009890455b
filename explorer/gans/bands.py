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

FEWEST = 8  # values from which the shape of a band is read
SHARE = 0.95  # of the values of a perfect generator that a band holds; 1 - SHARE: of false winners


@dataclass(frozen=True, eq=False)
class Band:
    """Where a metric lies when both samples are real: from low to high in 95 % of all looks."""

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

    ValueError below two repeats.
    """
    if repeats < 2:
        raise ValueError(f"repeats must be at least 2 for a spread, not {repeats}")
    found = []
    for _ in range(repeats):
        fake = distribution.sample(n, generator)
        real = distribution.sample(n, generator) if reference is None else reference
        found.append(measure(real, fake))
    return band_of(torch.tensor(found, dtype=torch.float64))


def band_of(values: Float64[Tensor, " r"]) -> Band:
    """The band that holds the next value with a probability of 95 %, its own noise counted in.

    Of 39 values and more it is free of any assumption: the next of r + 1 values is equally likely
    to have any rank, so it falls between the k-th least and the k-th largest of r with probability
    1 - 2k / (r + 1), and k is the largest that leaves 95 %: 1 of 39, 3 of 119. Of fewer it is
    mean ∓ t std sqrt(1 + 1/r), with the 97.5 % quantile t of Student's distribution with r - 1
    degrees of freedom, which is exact where the values are normal: 2.5 std for eight of them.
    """
    count = len(values)
    mean, std = float(values.mean()), float(values.std())
    outer = math.floor((1 - SHARE) / 2 * (count + 1) + 1e-9)
    if outer >= 1:
        ordered = values.sort().values
        return Band(values, mean, std, float(ordered[outer - 1]), high=float(ordered[-outer]))
    reach = _student(count - 1, (1 + SHARE) / 2) * math.sqrt(1 + 1 / count) * std
    return Band(values, mean, std, mean - reach, high=mean + reach)


def certain_lead(looks: int = 1, degrees: float = math.inf) -> float:
    """How many standard errors a lead must have, so that ``looks`` at nothing name 5 % at most.

    Bonferroni's bound: the quantile of 1 - 0.05 / 2 looks, of the normal distribution, or of
    Student's where the error has so many ``degrees`` of freedom. ValueError below one look.
    """
    if looks < 1:
        raise ValueError(f"looks must be at least 1, not {looks}")
    return _student(degrees, 1 - (1 - SHARE) / 2 / looks)


def _student(degrees: float, probability: float) -> float:
    """A quantile of Student's distribution; of the normal one for infinitely many degrees."""
    # Imported here because it is needed only where something is compared.
    from scipy.special import ndtri, stdtrit  # type: ignore[import-untyped]

    found = ndtri(probability) if math.isinf(degrees) else stdtrit(degrees, probability)
    return float(found)


@dataclass(frozen=True)
class Comparison:
    """Two games by one metric, and whether either may be called better.

    `verdict` is "a" or "b", "floor" when both are as good as real data can show, or "noise" when
    the difference is within ``lead`` of its standard errors (`certain_lead`).
    """

    a: float  # mean
    b: float
    error: float  # standard error of a − b, the noise of the metric included
    difference: float  # a − b, of the distances to the ideal where the middle is best
    lead: float
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
    looks: int = 1,
) -> Comparison:
    """Compare the values of two games, of as many seeds or frames as there are.

    1. When both means are inside the band, or beyond its good end, the verdict is "floor".
    2. The standard error of the difference is sqrt(s_a²/n_a + s_b²/n_b), where s is the standard
       deviation of a game's values but never less than the band's: a single value has the band's.
       Within `certain_lead` of them the verdict is "noise": two games that are equal get a winner
       named in at most 5 % of all times that somebody looks ``looks`` times. A band of distances
       with a long tail asks for more.
    3. Otherwise the better mean wins: the lower, the higher, or the nearer to `ideal`.

    ValueError without values; values that are NaN (a game that diverged) lose to finite ones.
    """
    if not (len(a) and len(b)):
        raise ValueError("a comparison needs at least one value of each game")
    means, errors = [], []
    own = 0  # degrees of freedom, where the games' own spread is what counts
    for values in (a, b):
        tensor = torch.tensor(list(values), dtype=torch.float64)
        spread = float(tensor.std()) if len(tensor) > 1 else 0.0
        means.append(float(tensor.mean()))
        errors.append(max(spread, band.std) / math.sqrt(len(tensor)))
        own += len(tensor) - 1 if spread > band.std else 0
    one, other = means
    error = math.hypot(*errors)
    lead = certain_lead(looks, own or len(band.values) - 1 or math.inf)
    costs = [_cost(mean, better, ideal) for mean in means]
    difference = costs[0] - costs[1] if better == "middle" else one - other
    broken = [not math.isfinite(mean) for mean in means]
    verdict: Literal["a", "b", "floor", "noise"]
    if any(broken):
        verdict = "noise" if all(broken) else "b" if broken[0] else "a"
    elif _good_enough(one, band, better) and _good_enough(other, band, better):
        verdict = "floor"
    elif not abs(difference) > max(lead * error, _skewed(band, better, lead, len(a), len(b))):
        verdict = "noise"
    else:
        verdict = "a" if costs[0] < costs[1] else "b"
    return Comparison(one, other, error, difference, lead, verdict=verdict)


def _skewed(band: Band, better: Better, lead: float, first: int, second: int) -> float:
    """How far apart two means of real values lie, where a long tail of the band says farther.

    A distance is positive and close to log-normal, so that its large values are larger than those
    of a bell of equal spread: on the scale of logarithms ``lead`` deviations up and down, joined as
    independent errors are. Zero where the band has too few values to know, or any that is no
    distance.
    """
    if better != "low" or len(band.values) < FEWEST or not bool((band.values > 0).all()):
        return 0.0
    logs = band.values.log()
    middle, spread = float(logs.mean()), float(logs.std())
    up = math.exp(middle + lead * spread / math.sqrt(first)) - math.exp(middle)
    down = math.exp(middle) - math.exp(middle - lead * spread / math.sqrt(second))
    return math.hypot(up, down)


def _cost(mean: float, better: Better, ideal: float) -> float:
    if better == "middle":
        return abs(mean - ideal)
    return mean if better == "low" else -mean


def _good_enough(mean: float, band: Band, better: Better) -> bool:
    if better == "low":
        return mean <= band.high
    return mean >= band.low if better == "high" else mean in band
