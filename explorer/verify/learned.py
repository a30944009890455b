"""Known answers about what was learned: floors and ceilings, truths beside judges, two lines."""

import math
from functools import partial

import torch

from explorer.gans.distances import mmd_squared, nearest_neighbour_accuracy
from explorer.gans.distributions import DISTRIBUTIONS, MOONS, RING
from explorer.gans.learned import mode_report, total_variation, total_variation_bias
from explorer.gans.line_mixtures import LINE_MIXTURES
from explorer.gans.parallel import trained_judge
from explorer.gans.truth import critic_truth
from explorer.transport import optimal_transport
from explorer.verify.draws import normal, rng
from explorer.verify.known import Known


def ring_spread() -> float:
    """The mean spread of the modes of a perfect generator: the ring itself, 200,000 points."""
    return float(mode_report(RING.sample(200_000, rng()), RING).spread.mean())


def mean_total_variation() -> float:
    """Of 1,000 points that are really uniform over 25 modes, mean of 4,000 draws."""
    draws = torch.randint(25, (4_000, 1_000), generator=rng())
    return sum(total_variation(row.bincount(minlength=25)) for row in draws) / 4_000


def neighbours() -> float:
    """1-NN accuracy of moons against moons, 400 points each, mean of eight pairs."""
    draws = rng()
    pairs = ((MOONS.sample(400, draws), MOONS.sample(400, draws)) for _ in range(8))
    return sum(nearest_neighbour_accuracy(real, fake) for real, fake in pairs) / 8


def mean_mmd() -> float:
    """Unbiased MMD² of moons against moons, 100 points each, mean of 200 pairs."""
    draws = rng()
    pairs = ((MOONS.sample(100, draws), MOONS.sample(100, draws)) for _ in range(200))
    return sum(mmd_squared(real, fake) for real, fake in pairs) / 200


BLUR = 0.1  # round noise on a data set, so that no edge and no mode falls between two cells


def mass(name: str) -> float:
    """The density of blurred data, summed over 100 × 100 cells."""
    data = DISTRIBUTIONS[name]
    edge = data.extent[1] + 0.5
    steps = (torch.arange(100, dtype=torch.float64) + 0.5) / 100 * 2 * edge - edge
    assert data.log_density is not None
    cells = torch.cartesian_prod(steps, steps)
    return float(data.log_density(cells, BLUR).exp().sum()) * (2 * edge / 100) ** 2


def farthest_from_cdf(name: str) -> float:
    """Largest difference of the shares of 200,000 points of a mixture from its CDF, on a line."""
    data = LINE_MIXTURES[name]
    points = data.sample(200_000, rng()).double().sort(dim=0).values
    assert data.cdf is not None
    share = (torch.arange(200_000, dtype=torch.float64) + 0.5) / 200_000
    return float((data.cdf(points) - share).abs().max())


def critic_against_itself() -> float:
    """The correlation of the exact critic, tilted and moved, with the exact critic."""
    real, fake = RING.sample(200, rng()).double(), normal(200, 2)
    exact = optimal_transport(real, fake).kantorovich_potential
    return critic_truth(lambda x: 3.5 * exact(x) + 2, real, fake, real).agreement.correlation


def js_between_lines() -> float:
    """Of two parallel lines at distance 1, by a trained discriminator, in nats."""
    js = trained_judge("minimax", 1.0).js
    assert js is not None
    return js


LEARNED = (
    Known(
        "spread of good samples of a perfect generator",
        math.sqrt(1 - 4.5 * math.exp(-4.5) / (1 - math.exp(-4.5))),
        ring_spread,
        "Rayleigh, cut off at 3 σ: 0.974",
        tolerance=2e-3,
    ),
    Known(
        "total variation of perfect samples, K = 25, m = 1,000",
        total_variation_bias(25, 1_000),
        mean_total_variation,
        "binomial mean deviation, De Moivre",
        tolerance=0.01,
        kind="rel",
    ),
    Known(
        "1-NN accuracy of moons by moons",
        399 / 799,
        neighbours,
        "any other is nearest",
        tolerance=0.02,
    ),
    Known(
        "unbiased MMD² of moons by moons, mean", 0, mean_mmd, "Gretton et al. 2012", tolerance=1e-3
    ),
    *(
        Known(f"density, {data.spoken}: mass", 1, partial(mass, name), "definition", tolerance=2e-3)
        for name, data in DISTRIBUTIONS.items()
        if data.log_density is not None
    ),
    *(
        Known(
            f"mixture on a line, {data.spoken}: samples against CDF",
            (0.0, 1.95 / math.sqrt(200_000)),
            partial(farthest_from_cdf, name),
            "Kolmogorov, 99.9 %",
            kind="range",
        )
        for name, data in LINE_MIXTURES.items()
    ),
    Known(
        "exact critic against itself: correlation",
        1,
        critic_against_itself,
        "identity",
        tolerance=1e-9,
    ),
    Known(
        "JS of parallel lines, by a judge", math.log(2), js_between_lines, "log 2", tolerance=1e-3
    ),
    Known(
        "parallel lines: minimax's pull on θ",
        0,
        lambda: trained_judge("minimax", 1.0).pull,
        "JS has no slope: Arjovsky et al. 2017, ex. 1",
        tolerance=1e-3,
    ),
    Known(
        "parallel lines: pull of the critic, λ = 0.1",
        -(1 + 1 / 0.2),
        lambda: trained_judge("wasserstein_gp", 1.0).pull,
        "−(1 + W/2λ) sign θ",
        tolerance=0.1,
        kind="rel",
    ),
)
