"""Known answers about the truths beside judges: critics on lines and along plans, and D*.

Shapes: n points of D coordinates.
"""

import math
from functools import partial

import numpy as np
import torch
from torch import Tensor

from explorer.gans.data import Distribution
from explorer.gans.distances import energy_distance, w1, w2
from explorer.gans.distributions import RING
from explorer.gans.learned import neighbour_coverage
from explorer.gans.line_mixtures import line_mixture
from explorer.gans.truth import (
    BANDWIDTH,
    critic_truth,
    discriminator_truth,
    likeliest_width,
    penalised_critic,
    predicted_slope,
)
from explorer.verify.draws import normal, rng
from explorer.verify.known import Known

WEIGHT = 0.1  # λ of the toy code
SHIFTS = (0.02, 0.3)


def bumps(share: float) -> Distribution:
    """Two bumps at ±1 with σ = 0.2, the left one with this share."""
    return line_mixture("bumps", "bumps", ((share, -1.0, 0.2), (1 - share, 1.0, 0.2)))


def translated(shift: float, along_the_plan: bool) -> float:
    """Of the critic −x between the ring and the ring moved: fall along the plan, or gap / W1."""
    cloud = RING.sample(256, rng()).double()
    there = cloud + torch.tensor([shift, 0.0])
    found = critic_truth(lambda x: -x[:, 0], cloud, there, cloud)
    return found.along.correlation if along_the_plan else found.ratio


def best_gap(bound: bool) -> float:
    """Gap over W1 of the best penalised critic between unequal bumps, or its bound from below."""
    edges = torch.linspace(-2.2, 2.2, 1_201, dtype=torch.float64)
    masses = []
    for share in (0.5, 0.25):
        cdf = bumps(share).cdf
        assert cdf is not None
        masses.append(cdf(edges[:, None]).diff())
    found = penalised_critic((edges[:-1] + edges[1:]) / 2, masses[0], masses[1], WEIGHT)
    return predicted_slope(found.w1, WEIGHT) if bound else found.ratio


def ring_of(width: float, count: int, seed: int) -> Tensor:
    """Points of a ring whose modes are so wide."""
    modes, draws = RING.modes, rng(100 + seed)
    assert modes is not None
    which = torch.randint(8, (count,), generator=draws)
    spread = torch.randn(count, 2, generator=draws, dtype=torch.float64)
    return modes.double()[which] + width * spread


def both_rings(width: float, seed: int = 0) -> tuple[Tensor, Tensor]:
    """512 points of the ring, and as many of a ring whose modes are so wide."""
    return RING.sample(512, rng(seed)).double(), ring_of(width, 512, seed)


def _log_q(width: float, points: Tensor) -> Tensor:
    assert RING.modes is not None
    far = torch.cdist(points.double(), RING.modes.double()).square() / (-2 * width**2)
    return torch.logsumexp(far, dim=1) - math.log(8 * 2 * math.pi * width**2)


def scores(sigmas: float, how: str) -> float:
    """The correlation of exact D* with what it is held against, mean of some pairs of clouds.

    For modes of so many sigma. "densities" exact on both sides, "likelihood" as the likeliest
    kernel sees q, "blunt" through a kernel of 0.1, which varies from pair to pair.
    """
    assert RING.sigma is not None
    log_q = partial(_log_q, sigmas * RING.sigma)

    def judge(x: Tensor) -> Tensor:
        assert RING.log_density is not None
        return RING.log_density(x.double(), 0.0) - log_q(x)

    exact = log_q if how == "densities" else None
    width = BANDWIDTH if how == "blunt" else None
    found = []
    for seed in range(8 if how == "blunt" else 2):
        real, fake = both_rings(sigmas * RING.sigma, seed)
        one = discriminator_truth(judge, RING, real, fake, real[:2], width, exact)
        found.append(one.agreement.correlation)
    return sum(found) / len(found)


def undecided() -> float:
    """How far exact D* is from one half when the modes have the right width, at worst."""
    assert RING.sigma is not None
    real, fake = both_rings(RING.sigma)
    log_q = partial(_log_q, RING.sigma)
    found = discriminator_truth(
        lambda x: 0 * x[:, 0], RING, real, fake, torch.cat([real, fake]), fake_log_density=log_q
    )
    return float((found.probability - 0.5).abs().max())


def kernel_of_a_normal() -> float:
    """The likeliest width for 1,000 points of a normal law in the plane."""
    return likeliest_width(normal(1_000, 2))


def transport_error(order: int, dimensions: int) -> float:
    """Largest difference of W1 or W2 from an assignment of equally many points, of five pairs."""
    from scipy.optimize import linear_sum_assignment  # type: ignore[import-untyped]

    worst = 0.0
    for seed in range(5):
        one, other = normal(60, dimensions, seed=seed), 0.5 + normal(60, dimensions, seed=seed + 50)
        apart = torch.cdist(one, other).numpy() ** order
        rows, columns = linear_sum_assignment(apart)
        known = float(apart[rows, columns].mean() ** (1 / order))
        worst = max(worst, abs((w1 if order == 1 else w2)(one, other) - known))
    return worst


def energy_error() -> float:
    """Largest difference of the energy distance on a line from the square of SciPy's, five pairs.

    SciPy's is the root of it: √2 times the L2 distance of the distribution functions.
    """
    from scipy.stats import energy_distance as energy_of_scipy  # type: ignore[import-untyped]

    worst = 0.0
    for seed in range(5):
        one, other = normal(40, 1, seed=seed), 0.3 + normal(70, 1, seed=seed + 50)
        known = energy_of_scipy(one[:, 0].numpy(), other[:, 0].numpy()) ** 2
        worst = max(worst, abs(energy_distance(one, other) - known))
    return worst


def naeem(real: np.ndarray, fake: np.ndarray, k: int, closed: bool) -> tuple[float, float]:
    """Density and coverage of Naeem et al. 2020, section 3, written out point by point.

    The k-th nearest neighbour leaves out the point itself. Their `prdc` counts y inside a ball of
    radius r where d < r; the laboratory's balls are closed, d <= r, which differs where points tie.
    """
    inside = []
    for index, x in enumerate(real):
        others = np.delete(real, index, axis=0)
        radius = np.sort(np.sqrt(((others - x) ** 2).sum(axis=1)))[k - 1]
        apart = np.sqrt(((fake - x) ** 2).sum(axis=1))
        inside.append(apart <= radius if closed else apart < radius)
    balls = np.array(inside)
    return float(balls.sum() / (k * len(fake))), float(balls.any(axis=1).mean())


def coverage_error(k: int, ties: bool) -> float:
    """Largest error of density and coverage; with ``ties`` on a lattice, against closed balls."""
    draws = rng(5)
    if ties:
        real, fake = (torch.randint(5, (60, 2), generator=draws).double() for _ in range(2))
    else:
        real, fake = normal(60, 2, seed=1), 0.4 + normal(45, 2, seed=2)
    density, coverage = naeem(real.numpy(), fake.numpy(), k, closed=ties)
    found = neighbour_coverage(real, fake, k)
    return max(abs(found.density - density), abs(found.coverage - coverage))


TRUTH = (
    *(
        Known(
            f"translate by {shift:g}, critic −x: {what}",
            1,
            partial(translated, shift, along),
            "E f(x) − E f(x + δ) = δ = W₁",
            tolerance=1e-4,  # the judge is asked in float32
        )
        for shift in SHIFTS
        for along, what in ((False, "gap / W₁"), (True, "fall along the plan"))
    ),
    Known(
        "best WGAN-GP critic, random pairs, bumps ½ against ¼: gap / W₁",
        4.83,
        partial(best_gap, bound=False),
        "1 + ∫ h²/m / (2λ W₁), an independent quadrature",
        tolerance=0.005,
    ),
    Known(
        "the same: 1 + W₁/2λ, its bound from below",
        3.5,
        partial(best_gap, bound=True),
        "W₁ = ¼ · 2, λ = 0.1",
        tolerance=1e-4,
    ),
    Known("exact D* at modes of 1 σ: from one half", 0, undecided, "p = q", tolerance=1e-12),
    *(
        Known(
            f"exact D* at modes of {sigmas:.3g} σ, both densities known: correlation",
            1,
            partial(scores, sigmas, "densities"),
            "identity",
            tolerance=1e-6,
        )
        for sigmas in (3.0, 0.1 * 1.414 / 0.02)
    ),
    *(
        Known(
            f"exact D* at modes of {sigmas:.3g} σ against the likeliest kernel: correlation",
            (0.99, 1.0),
            partial(scores, sigmas, "likelihood"),
            "it resolves the modes",
            kind="range",
        )
        for sigmas in (3.0, 0.1 * 1.414 / 0.02)
    ),
    Known(
        "exact D* at modes of 3 σ through a kernel of 0.1: correlation",
        0.148,
        partial(scores, 3.0, "blunt"),
        "an independent run; 0.04 is one standard deviation of one pair of clouds",
        tolerance=0.04,
    ),
    Known(
        "likeliest kernel for 1,000 points of N(0, I)",
        (1_000 ** (-1 / 6) / math.sqrt(2), 1_000 ** (-1 / 6) * math.sqrt(2)),
        kernel_of_a_normal,
        "n^(−1/6): Silverman 1986, to a factor of √2",
        kind="range",
    ),
    *(
        Known(
            f"W{order} in {dimensions} dimensions against an assignment: worst of 5",
            0,
            partial(transport_error, order, dimensions),
            "scipy.optimize.linear_sum_assignment",
            tolerance=1e-9,
        )
        for order in (1, 2)
        for dimensions in (1, 2, 8)
    ),
    Known(
        "energy distance on a line: worst of 5",
        0,
        energy_error,
        "the square of scipy.stats.energy_distance",
        tolerance=1e-9,
    ),
    *(
        Known(
            f"density and coverage, k = {k}{', with ties' if ties else ''}: worst error",
            0,
            partial(coverage_error, k, ties),
            "Naeem et al. 2020, point by point" + (", balls closed" if ties else ""),
            tolerance=1e-12,
        )
        for k in (1, 3, 9)
        for ties in (False, True)
    ),
)
