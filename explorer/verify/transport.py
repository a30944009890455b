"""Known answers about optimal transport."""

import math
from functools import partial

import torch
from torch import Tensor

from explorer.transport import (
    OptimalTransport,
    directions,
    optimal_transport,
    sliced_wasserstein,
    wasserstein,
    wasserstein_by_cdf_area,
    wasserstein_by_quantiles,
)
from explorer.verify.draws import normal, rng
from explorer.verify.known import Known
from explorer.verify.sand import SAND

THETA = 0.7


def shifted(order: int) -> float:
    """Distance of a cloud of 200 points from itself, moved by (3, 4)."""
    cloud = normal(200, 2)
    return wasserstein(cloud, cloud + torch.tensor([3.0, 4.0], dtype=torch.float64), order)


def parallel_lines() -> float:
    """Distance of two vertical segments that lie THETA apart."""
    along = torch.rand(300, 1, generator=rng(), dtype=torch.float64)
    here, there = torch.zeros_like(along), torch.full_like(along, THETA)
    return wasserstein(torch.cat((here, along), 1), torch.cat((there, along), 1))


def line() -> tuple[Tensor, Tensor]:
    """Two clouds of unequal size and shape on a line."""
    return normal(200, seed=1), 0.5 * normal(300, seed=2).square()


def three_routes() -> float:
    """Largest difference between linear program, quantiles and area on a line."""
    source, target = line()
    routes = (
        wasserstein(source[:, None], target[:, None]),
        wasserstein_by_quantiles(source, target),
        wasserstein_by_cdf_area(source, target),
    )
    return max(routes) - min(routes)


def to_scipy() -> float:
    """Difference of the quantile route to SciPy's W1."""
    from scipy.stats import wasserstein_distance  # type: ignore[import-untyped]

    source, target = line()
    return wasserstein_by_quantiles(source, target) - wasserstein_distance(source, target)


def solved() -> OptimalTransport:
    """A problem of 256 against 300 points."""
    return optimal_transport(normal(256, 2, seed=3), normal(300, 2, seed=4) + 1, keep_plan=True)


def duality_gap() -> float:
    """What the potentials are worth, less what the plan costs."""
    found = solved()
    dual = found.source.mass @ found.source_potential + found.target.mass @ found.target_potential
    return abs(float(dual) - found.cost)


def marginal_error() -> float:
    """Largest error of the plan's rows and columns against the masses."""
    found = solved()
    assert found.plan is not None
    rows, columns = found.plan.sum(1) - found.source.mass, found.plan.sum(0) - found.target.mass
    return float(torch.cat((rows, columns)).abs().max())


def potential_gap() -> float:
    """E f(source) − E f(target) of the optimal critic, less W1."""
    found = solved()
    ends = (
        found.kantorovich_potential(each.points).mean() for each in (found.source, found.target)
    )
    source, target = map(float, ends)
    return source - target - found.distance


def steepest() -> float:
    """The steepest slope of the optimal critic between 1,000 pairs of points of the plane."""
    found, here, there = solved(), 3 * normal(1_000, 2, seed=5), 3 * normal(1_000, 2, seed=6)
    rise = found.kantorovich_potential(here) - found.kantorovich_potential(there)
    return float((rise.abs() / (here - there).norm(dim=1)).max())


def gaussians(order: int) -> float:
    """Distance of N(0, 1) and N(2, 1.5²) on a line, by 40,000 even quantiles of each."""
    level = (torch.arange(40_000, dtype=torch.float64) + 0.5) / 40_000
    quantiles = torch.special.ndtri(level)
    return wasserstein_by_quantiles(quantiles, 2 + 1.5 * quantiles, order)


def sliced() -> float:
    """Sliced W2 of a cloud moved by (3, 4), over 4,000 directions."""
    cloud = normal(50, 2)
    moved = cloud + torch.tensor([3.0, 4.0], dtype=torch.float64)
    return sliced_wasserstein(cloud, moved, directions(4_000, 2, rng()))


KNOWN = (
    Known("W1 of a cloud moved by (3, 4)", 5, partial(shifted, 1), "Villani 2003", tolerance=1e-9),
    Known("W2 of a cloud moved by (3, 4)", 5, partial(shifted, 2), "Villani 2003", tolerance=1e-9),
    Known(
        "W1 of parallel lines 0.7 apart",
        THETA,
        parallel_lines,
        "Arjovsky et al. 2017, example 1",
        tolerance=1e-9,
    ),
    Known(
        "linear program, quantiles, area: W1 on a line",
        0,
        three_routes,
        "Vallender 1974",
        tolerance=1e-9,
    ),
    Known("quantiles against SciPy: W1 on a line", 0, to_scipy, "scipy.stats", tolerance=1e-12),
    Known(
        "duality gap, 256 against 300 points", 0, duality_gap, "Kantorovich duality", tolerance=1e-9
    ),
    Known("plan: error of its marginals", 0, marginal_error, "definition", tolerance=1e-9),
    Known(
        "optimal critic: gap less W1", 0, potential_gap, "Kantorovich, Rubinstein", tolerance=1e-9
    ),
    Known(
        "optimal critic: steepest slope",
        (0.9, 1 + 1e-9),
        steepest,
        "it is 1-Lipschitz",
        kind="range",
    ),
    Known(
        "W2 of N(0, 1) and N(2, 1.5²)",
        math.sqrt(2**2 + 0.5**2),
        partial(gaussians, 2),
        "√(|m|² + (σ − σ')²), Dowson & Landau 1982",
        tolerance=1e-4,
        kind="rel",
    ),
    Known(
        "sliced W2 of a cloud moved by (3, 4)",
        5 / math.sqrt(2),
        sliced,
        "|s|/√2, Bonneel et al. 2015",
        tolerance=0.03,
        kind="rel",
    ),
    *SAND,
)
