"""What a generator learned: its points held against the distribution they should come from.

Shapes: n real points, m generated points, K modes, r repeats.

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
from explorer.transport import wasserstein

GOOD_SIGMAS = 3.0
GOOD_CEILING = 1 - math.exp(-(GOOD_SIGMAS**2) / 2)  # 98.89 %: a plane Gaussian within 3 sigma


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
    good_share: float  # a perfect generator reaches GOOD_CEILING; above it the modes are too thin
    reverse_kl: float  # nats, of the histogram `nearest`
    reverse_kl_bias: float  # nats, what a perfect generator shows with so many points

    @property
    def modes_held(self) -> int:
        """How many modes are held."""
        return int(self.held.sum())

    @property
    def modes_captured(self) -> int:
        """How many modes are captured."""
        return int(self.captured.sum())

    @property
    def reverse_kl_excess(self) -> float:
        """Reverse KL less its bias: zero in the mean for a perfect generator, so at times below."""
        return self.reverse_kl - self.reverse_kl_bias


def mode_report(samples: Float[Tensor, "m 2"], distribution: Distribution) -> ModeReport:
    """The modes of `distribution` counted in generated points.

    Good points lie within 3 sigma of a centre, in a disc; some codes take a box, whose ceiling is
    99.46 %. ValueError for a distribution without modes.
    """
    modes, sigma = distribution.modes, distribution.sigma
    reach, held_fraction = distribution.reach, distribution.held_fraction
    if modes is None or sigma is None or reach is None or held_fraction is None:
        raise ValueError(f"distribution {distribution.name!r} has no modes to count")
    points = _finite(samples)
    total, count = len(points), len(modes)
    distance, mode = _distances(points, modes.double()).min(dim=1)

    nearest = mode.bincount(minlength=count)
    within = mode[distance <= reach].bincount(minlength=count)
    good = mode[distance <= GOOD_SIGMAS * sigma].bincount(minlength=count)
    return ModeReport(
        nearest=nearest,
        shares=within.double() / total,
        held=within * count >= held_fraction * total,
        good=good,
        captured=good > 0,
        good_share=int(good.sum()) / total,
        reverse_kl=reverse_kl(nearest),
        reverse_kl_bias=reverse_kl_bias(count, total),
    )


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


@dataclass(frozen=True, eq=False)
class Coverage:
    """How much of the real data has generated points in its neighbourhood (Naeem et al. 2020).

    Needs no modes. Density rewards points where real ones are dense, and may exceed 1; coverage
    counts the real points that are met at all, and falls when a part of the data is missing.
    """

    radii: Float64[Tensor, " n"]  # from each real point to its k-th nearest real neighbour
    density: float  # 1 in the mean for a perfect generator
    coverage: float
    ceiling: float  # what coverage is in the mean for a perfect generator; 0.969 at k = 5


def neighbour_coverage(
    real: Float[Tensor, "n 2"], fake: Float[Tensor, "m 2"], k: int = 5
) -> Coverage:
    """Density and coverage of `fake` in the balls around `real` that hold k real neighbours.

    density = sum_ij [y_j in ball i] / (k m), coverage = the share of balls with any y_j in them.
    Balls are closed, so that points which repeat (the digits) meet themselves; they lift coverage
    slightly above the ceiling. ValueError unless 1 <= k < n.
    """
    real, fake = _finite(real), _finite(fake)
    ceiling = expected_coverage(len(real), len(fake), k)
    # One more than k, for the nearest neighbour of a point in its own cloud is the point.
    radii = _distances(real, real).topk(k + 1, dim=1, largest=False).values[:, k]
    inside = _distances(real, fake) <= radii[:, None]
    return Coverage(
        radii=radii,
        density=int(inside.sum()) / (k * len(fake)),
        coverage=int(inside.any(dim=1).sum()) / len(real),
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
    reference: Float[Tensor, "m 2"] | None = None,
) -> Floor:
    """Exact W1 of n real points to the reference that generated points are measured against.

    Without a reference the other side is n fresh points each time. One with equally many points
    of each mode (`stratified`) has a floor about a third lower. ValueError below two repeats.
    """
    if repeats < 2:
        raise ValueError(f"repeats must be at least 2 for a spread, not {repeats}")
    distances = torch.tensor(
        [
            wasserstein(
                distribution.sample(n, rng),
                distribution.sample(n, rng) if reference is None else reference,
            )
            for _ in range(repeats)
        ],
        dtype=torch.float64,
    )
    return Floor(distances, mean=float(distances.mean()), std=float(distances.std()))


def _finite(points: Float[Tensor, "n 2"]) -> Float64[Tensor, "n 2"]:
    if len(points) == 0:
        raise ValueError("there are no points to measure")
    astray = int((~points.isfinite()).any(dim=1).sum())
    if astray:
        raise ValueError(f"{astray} of {len(points)} points are NaN or infinite")
    return points.detach().double()  # squares of large float32 would overflow


def _distances(
    one: Float64[Tensor, "n 2"], other: Float64[Tensor, "m 2"]
) -> Float64[Tensor, "n m"]:
    # The faster route over |x|^2 + |y|^2 - 2xy loses half of the digits of near neighbours.
    return torch.cdist(one, other, compute_mode="donot_use_mm_for_euclid_dist")
