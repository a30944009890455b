"""What a generator learned: its points held against the distribution they should come from.

Shapes: n real points, m generated points, D coordinates, K modes, C classes, r repeats.

No number stands without its floor or ceiling, the value that a perfect generator reaches with so
many points. Every function here raises ValueError when points are NaN or infinite, which is how a
game that diverged looks.
"""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Float64, Int64
from torch import Tensor

from explorer.gans.distributions import Distribution
from explorer.transport import pairwise_distances, wasserstein

GOOD_SIGMAS = 3.0


def good_ceiling(dimensions: int) -> float:
    """The share of a round Gaussian within 3 sigma: P(chi² with D degrees of freedom <= 9).

    98.89 % in the plane, 99.73 % on a line.
    """
    return _chi_squared_below(GOOD_SIGMAS**2, dimensions)


def good_spread(dimensions: int) -> float:
    """What `ModeReport.spread` is for a perfect generator: below 1, as good points end at 3 sigma.

    E[r² | r <= 3] = D P(chi²_{D+2} <= 9) / P(chi²_D <= 9), and the spread is sqrt(E[r²] / D):
    0.974 in the plane, 0.987 on a line.
    """
    square = GOOD_SIGMAS**2
    return math.sqrt(
        _chi_squared_below(square, dimensions + 2) / _chi_squared_below(square, dimensions)
    )


def _chi_squared_below(square: float, degrees: int) -> float:
    half = torch.tensor([degrees / 2, square / 2], dtype=torch.float64)
    return float(torch.special.gammainc(half[0], half[1]))


@dataclass(frozen=True, eq=False)
class ModeReport:
    """Which modes the generator has, by two rules, and how even and how sharp they are.

    A mode is *captured* when one good point suffices (Srivastava et al. 2017, VEEGAN), and *held*
    when a stated part of its fair share of all points lies around it: the stricter rule, which
    one stray point of 2,500 does not satisfy.
    """

    nearest: Int64[Tensor, " K"]  # points whose nearest centre this is; they sum to m
    shares: Float64[Tensor, " K"]  # of all points, those within reach of this centre
    held: Bool[Tensor, " K"]
    good: Int64[Tensor, " K"]  # points within 3 sigma of this centre
    captured: Bool[Tensor, " K"]
    good_share: float  # a perfect generator reaches `good_ceiling`; above it modes are too thin
    spread: Float64[Tensor, " K"]  # std of good points / sigma; NaN below two of them
    reverse_kl: float  # nats, of the histogram `nearest`
    reverse_kl_bias: float  # nats, what a perfect generator shows with so many points
    total_variation: float  # of the histogram `nearest` to the even one
    total_variation_bias: float  # what a perfect generator shows with so many points

    @property
    def modes_held(self) -> int:
        """How many modes are held."""
        return int(self.held.sum())

    @property
    def modes_captured(self) -> int:
        """How many modes are captured."""
        return int(self.captured.sum())


def mode_report(samples: Float[Tensor, "m D"], distribution: Distribution) -> ModeReport:
    """The modes of `distribution` counted in generated points.

    Good points lie within 3 sigma of a centre, in a disc; some codes take a box, whose ceiling is
    99.46 %. ValueError for a distribution without modes.
    """
    modes, sigma = distribution.modes, distribution.sigma
    reach, held_fraction = distribution.reach, distribution.held_fraction
    if modes is None or sigma is None or reach is None or held_fraction is None:
        raise ValueError(f"distribution {distribution.name!r} has no modes to count")
    points = finite(samples)
    total, count = len(points), len(modes)
    distance, mode = pairwise_distances(points, modes.double()).min(dim=1)

    nearest = mode.bincount(minlength=count)
    within = mode[distance <= reach].bincount(minlength=count)
    is_good = distance <= GOOD_SIGMAS * sigma
    good = mode[is_good].bincount(minlength=count)
    return ModeReport(
        nearest=nearest,
        shares=within.double() / total,
        held=within * count >= held_fraction * total,
        good=good,
        captured=good > 0,
        good_share=int(good.sum()) / total,
        spread=_spreads(points[is_good], mode[is_good], good) / sigma,
        reverse_kl=reverse_kl(nearest),
        reverse_kl_bias=reverse_kl_bias(count, total),
        total_variation=total_variation(nearest),
        total_variation_bias=total_variation_bias(count, total),
    )


def _spreads(
    points: Float64[Tensor, "m D"], mode: Int64[Tensor, " m"], counts: Int64[Tensor, " K"]
) -> Float64[Tensor, " K"]:
    """The standard deviation of a coordinate in each mode, around the mode's own mean."""
    sums = points.new_zeros(len(counts), points.shape[1]).index_add_(0, mode, points)
    means = sums / counts[:, None]
    squares = (points - means[mode]).square().mean(dim=1)
    summed = points.new_zeros(len(counts)).index_add_(0, mode, squares)
    return torch.where(counts > 1, summed / (counts - 1), math.nan).sqrt()


def reverse_kl(counts: Int64[Tensor, " K"]) -> float:
    """KL(q || uniform) = sum_k q_k log(K q_k), in nats, of the histogram q of `counts`.

    One lost mode of K gives log(K / (K - 1)), a single mode log K. Over all points by their
    nearest centre, as Liu et al. 2020 count them; Lin et al. 2018 (PacGAN) count good points
    only, which leaves nothing to divide by while there are none.
    """
    q = counts.double() / counts.sum()
    return float(torch.special.xlogy(q, len(q) * q).sum())


def reverse_kl_bias(modes: int, points: int) -> float:
    """(K - 1) / 2m, the mean reverse KL of m points that are really uniform over K modes.

    First order in 1/m (Miller 1955); the next term is (K^2 - 1) / 12 m^2.
    """
    return (modes - 1) / (2 * points)


def total_variation(counts: Int64[Tensor, " K"]) -> float:
    """½ Σ_k |q_k − 1/K| of the histogram q of `counts`: the mass that is in the wrong mode."""
    q = counts.double() / counts.sum()
    return float((q - 1 / len(q)).abs().sum() / 2)


def total_variation_bias(modes: int, points: int) -> float:
    """The mean total variation of m points that are really uniform over K modes, exactly.

    ½ K E|B/m − 1/K| with B binomial (m, 1/K), whose mean deviation De Moivre gave in closed form:
    E|B − m p| = 2 (1 − p) k P(B = k), k = floor(m p) + 1. About sqrt((K − 1) / 2 pi m).
    """
    p = 1 / modes
    if modes == 1:
        return 0.0
    k = points // modes + 1
    ways = math.lgamma(points + 1) - math.lgamma(k + 1) - math.lgamma(points - k + 1)
    probability = math.exp(ways + k * math.log(p) + (points - k) * math.log1p(-p))
    return modes * (1 - p) * k * probability / points


@dataclass(frozen=True, eq=False)
class Coverage:
    """How much of the real data has generated points in its neighbourhood (Naeem et al. 2020).

    Needs no modes. Density rewards points where real ones are dense, and may exceed 1; coverage
    counts the real points that are met at all, and falls when a part of the data is missing.
    """

    radii: Float64[Tensor, " n"]  # from each real point to its k-th nearest real neighbour
    covered: Bool[Tensor, " n"]  # real points with a generated one that near
    density: float  # 1 in the mean for a perfect generator
    coverage: float
    ceiling: float  # what coverage is in the mean for a perfect generator; 0.969 at k = 5


def neighbour_coverage(
    real: Float[Tensor, "n D"], fake: Float[Tensor, "m D"], k: int = 5
) -> Coverage:
    """Density and coverage of `fake` in the balls around `real` that hold k real neighbours.

    density = sum_ij [y_j in ball i] / (k m), coverage = the share of balls with any y_j in them.
    Deviation: balls are closed, where the paper's code `prdc` has them open (d < r). Without ties
    both are the same; where points repeat (the digits, a table of integers) an open ball may be
    empty, and a perfect copy of the data would cover nothing. Ties lift density and coverage, on a
    coarse lattice far above the ceiling. ValueError unless 1 <= k < n.
    """
    real, fake = finite(real), finite(fake)
    ceiling = expected_coverage(len(real), len(fake), k)
    # One more than k, for the nearest neighbour of a point in its own cloud is the point.
    radii = pairwise_distances(real, real).topk(k + 1, dim=1, largest=False).values[:, k]
    inside = pairwise_distances(real, fake) <= radii[:, None]
    covered = inside.any(dim=1)
    return Coverage(
        radii=radii,
        covered=covered,
        density=int(inside.sum()) / (k * len(fake)),
        coverage=int(covered.sum()) / len(real),
        ceiling=ceiling,
    )


def expected_coverage(real: int, fake: int, k: int) -> float:
    """1 - prod_{i=1..k} (n - i) / (n + m - i): coverage when both clouds have one distribution.

    A real point is missed when its k nearest of all other n + m - 1 points are all real, and all
    orders are equally likely (Naeem et al. 2020, lemma 2). About 1 - 2^-k for n = m.
    """
    if not 1 <= k < real:
        raise ValueError(f"k must be between 1 and {real - 1} for {real} real points, not {k}")
    return 1 - math.prod((real - i) / (real + fake - i) for i in range(1, k + 1))


@dataclass(frozen=True, eq=False)
class Floor:
    """A distance between real points and real points: nothing below it can be told apart."""

    distances: Float64[Tensor, " r"]
    mean: float
    std: float  # of one such distance, not of the mean


def w1_floor(
    distribution: Distribution,
    n: int,
    repeats: int,
    rng: torch.Generator,
    reference: Float[Tensor, "m D"] | None = None,
) -> Floor:
    """Exact W1 of n real points to the reference that generated points are measured against.

    Without a reference the other side is n fresh points each time. One with equally many points
    of each mode (`stratified`) has a floor about a third lower. ValueError below two repeats.
    """
    if repeats < 2:
        raise ValueError(f"repeats must be at least 2 for a spread, not {repeats}")
    measured = torch.tensor(
        [
            wasserstein(
                distribution.sample(n, rng),
                distribution.sample(n, rng) if reference is None else reference,
            )
            for _ in range(repeats)
        ],
        dtype=torch.float64,
    )
    return Floor(measured, mean=float(measured.mean()), std=float(measured.std()))


def finite(points: Float[Tensor, "n D"]) -> Float64[Tensor, "n D"]:
    """The points in float64; ValueError when there are none, or some are NaN or infinite."""
    if len(points) == 0:
        raise ValueError("there are no points to measure")
    astray = int((~points.isfinite()).any(dim=1).sum())
    if astray:
        raise ValueError(f"{astray} of {len(points)} points are NaN or infinite")
    return points.detach().double()  # squares of large float32 would overflow
