"""Distances between two piles, and how each answers when the source is moved.

All of them are functions of a source and a target; a slope is the derivative of the distance by a
shift θ of the whole source. Those that move sand see the middles of the bins, those that compare
densities see each bin as even (`piles`).

Shapes: n bins of the source, m of the target, e pieces between the edges of either.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import torch
from jaxtyping import Float64
from torch import Tensor

from explorer.transport.piles import Pile, density_at, overlap
from explorer.transport.stairs import staircase

BANDWIDTH = 1.0  # of the kernel of MMD, in units of the line
Integrand = Callable[[Float64[Tensor, " e"], Float64[Tensor, " e"]], Float64[Tensor, " e"]]


@dataclass(frozen=True)
class Distance:
    """One way to say how far two piles are apart, and its derivative by a shift of the source.

    ``wall`` is the largest value that it can have, where there is one.
    """

    label: str
    formula: str
    source: str
    value: Callable[[Pile, Pile], float]
    slope: Callable[[Pile, Pile], float]
    wall: float = math.inf


# ----------------------------------------------------------------------------------- moving sand


def wasserstein_1(source: Pile, target: Pile) -> float:
    """W1: the sum over the plan of mass times way."""
    moved, mass = _ways(source, target)
    return float(mass @ moved.abs())


def slope_of_wasserstein_1(source: Pile, target: Pile) -> float:
    """The mass that goes left less the mass that goes right: farther away costs, nearer saves."""
    moved, mass = _ways(source, target)
    return -float(mass @ moved.sign())


def wasserstein_2(source: Pile, target: Pile) -> float:
    """W2: the root of the sum over the plan of mass times squared way."""
    moved, mass = _ways(source, target)
    return math.sqrt(float(mass @ moved.square()))


def slope_of_wasserstein_2(source: Pile, target: Pile) -> float:
    """(mean of the source - mean of the target) / W2; 0 where both are one pile."""
    distance = wasserstein_2(source, target)
    return (source.mean - target.mean) / distance if distance > 0 else 0.0


@lru_cache(maxsize=8)  # by which piles they are: each answer asks twice and more
def _ways(source: Pile, target: Pile) -> tuple[Float64[Tensor, " s"], Float64[Tensor, " s"]]:
    """How far each step of the staircase goes, to the right, and with how much mass."""
    before, after = source.measure, target.measure
    steps = staircase(before.mass, after.mass)
    ways = after.points[steps.target, 0] - before.points[steps.source, 0]
    # A shift by a bin leaves 1e-16 where nothing moves, which has a sign.
    return torch.where(ways.abs() < 1e-12 * source.width, 0.0, ways), steps.mass


# ----------------------------------------------------------------------------- comparing densities


def total_variation(source: Pile, target: Pile) -> float:
    """TV = 1/2 integral of |p - q|: 1 as soon as nothing overlaps."""
    return _integral(_of_total_variation, source, target)


def jensen_shannon(source: Pile, target: Pile) -> float:
    """JS = 1/2 KL(p | m) + 1/2 KL(q | m) with m = (p + q) / 2, in nats: log 2 without overlap.

    What a perfect discriminator's loss is, up to a constant (Goodfellow et al. 2014, theorem 1).
    """
    return _integral(_of_jensen_shannon, source, target)


def kullback_leibler(source: Pile, target: Pile) -> float:
    """KL(p | q) = integral of p log(p / q), infinite where p has sand and q has none."""
    pieces = _pieces(source, target)
    if bool(((pieces.source > 0) & (pieces.target <= 0)).any()):
        return math.inf
    return _integral(_of_kullback_leibler, source, target)


def slope_of_total_variation(source: Pile, target: Pile) -> float:
    """Of TV, between two places where edges meet."""
    return _slope_at_edges(_of_total_variation, source, target)


def slope_of_jensen_shannon(source: Pile, target: Pile) -> float:
    """Of JS, between two places where edges meet; 0 without overlap."""
    return _slope_at_edges(_of_jensen_shannon, source, target)


def slope_of_kullback_leibler(source: Pile, target: Pile) -> float:
    """Of KL, between two places where edges meet; NaN where it is infinite, or becomes so."""
    aside = 1e-9 * min(source.width, target.width)
    if any(math.isinf(kullback_leibler(source.moved(s), target)) for s in (-aside, aside)):
        return math.nan
    return _slope_at_edges(_of_kullback_leibler, source, target)


def _of_total_variation(
    p: Float64[Tensor, " e"], q: Float64[Tensor, " e"]
) -> Float64[Tensor, " e"]:
    return (p - q).abs() / 2


def _of_jensen_shannon(p: Float64[Tensor, " e"], q: Float64[Tensor, " e"]) -> Float64[Tensor, " e"]:
    middle = ((p + q) / 2).clamp_min(1e-300)
    return (torch.xlogy(p, p / middle) + torch.xlogy(q, q / middle)) / 2


def _of_kullback_leibler(
    p: Float64[Tensor, " e"], q: Float64[Tensor, " e"]
) -> Float64[Tensor, " e"]:
    return torch.xlogy(p, p / q.clamp_min(1e-300))


_pieces = lru_cache(maxsize=8)(overlap)


def _integral(of: Integrand, source: Pile, target: Pile) -> float:
    pieces = _pieces(source, target)
    return max(0.0, float(pieces.width @ of(pieces.source, pieces.target)))


def _slope_at_edges(of: Integrand, source: Pile, target: Pile) -> float:
    """d/dθ of the integral of h(p(x - θ), q(x)): each edge of p that moves on by dθ puts what lies
    to its left in the place of what lies to its right.

    Where an edge of p meets one of q the derivative jumps; there it is the mean of both sides.
    """
    edges = source.edges
    none = source.density.new_zeros(1)
    left = torch.cat([none, source.density])
    right = torch.cat([source.density, none])
    aside = 1e-9 * min(source.width, target.width)
    slopes = []
    for at in (edges - aside, edges + aside):
        under = density_at(target, at)
        slopes.append(of(left, under) - of(right, under))
    return float((slopes[0] + slopes[1]).sum() / 2)


# ---------------------------------------------------------------------------- comparing by kernels


def energy(source: Pile, target: Pile) -> float:
    """E = sqrt(2 E|X - Y| - E|X - X'| - E|Y - Y'|) (Székely & Rizzo 2013; Bellemare et al. 2017).

    On a line its square is twice the integral of (F - G)^2.
    """
    return math.sqrt(max(0.0, _of_kernel(lambda way: -way.abs(), source, target)))


def slope_of_energy(source: Pile, target: Pile) -> float:
    """(E sign(X - Y)) / E; 0 where both are one pile."""
    ways = source.middles[:, None] - target.middles
    square = 2 * float(source.mass @ ways.sign() @ target.mass)
    distance = energy(source, target)
    return square / (2 * distance) if distance > 1e-9 else 0.0


def mean_discrepancy(source: Pile, target: Pile) -> float:
    """MMD with the kernel exp(-(x - y)^2 / 2 h^2), h = `BANDWIDTH` (Gretton et al. 2012)."""
    return math.sqrt(max(0.0, _of_kernel(_gaussian, source, target)))


def slope_of_mean_discrepancy(source: Pile, target: Pile) -> float:
    """It fades with the distance: a kernel of width h feels nothing many h away."""
    ways = source.middles[:, None] - target.middles
    square = 2 * float(source.mass @ (ways / BANDWIDTH**2 * _gaussian(ways)) @ target.mass)
    distance = mean_discrepancy(source, target)
    return square / (2 * distance) if distance > 1e-9 else 0.0


def _gaussian(way: Float64[Tensor, "n m"]) -> Float64[Tensor, "n m"]:
    return torch.exp(-way.square() / (2 * BANDWIDTH**2))


def _of_kernel(
    kernel: Callable[[Float64[Tensor, "n m"]], Float64[Tensor, "n m"]], source: Pile, target: Pile
) -> float:
    """E k(X, X') + E k(Y, Y') - 2 E k(X, Y)."""
    pairs = ((source, source, 1), (target, target, 1), (source, target, -2))
    return sum(
        times * float(a.mass @ kernel(a.middles[:, None] - b.middles) @ b.mass)
        for a, b, times in pairs
    )


DISTANCES: Mapping[str, Distance] = {
    "w1": Distance(
        "W₁",
        "min over plans of Σ π |x − y|",
        "Villani 2003",
        wasserstein_1,
        slope_of_wasserstein_1,
    ),
    "w2": Distance(
        "W₂",
        "√ min over plans of Σ π |x − y|²",
        "Villani 2003",
        wasserstein_2,
        slope_of_wasserstein_2,
    ),
    "js": Distance(
        "JS",
        "½ KL(p | m) + ½ KL(q | m), m = (p + q)/2",
        "Lin 1991; Goodfellow et al. 2014",
        jensen_shannon,
        slope_of_jensen_shannon,
        wall=math.log(2),
    ),
    "kl": Distance(
        "KL",
        "∫ p log(p / q)",
        "Kullback & Leibler 1951",
        kullback_leibler,
        slope_of_kullback_leibler,
    ),
    "tv": Distance("TV", "½ ∫ |p − q|", "", total_variation, slope_of_total_variation, wall=1.0),
    "energy": Distance(
        "√ energy",
        "√(2 E|X − Y| − E|X − X′| − E|Y − Y′|)",
        "Székely & Rizzo 2013",
        energy,
        slope_of_energy,
    ),
    "mmd": Distance(
        "MMD",
        "√(E k(X, X′) + E k(Y, Y′) − 2 E k(X, Y)), k Gaussian",
        "Gretton et al. 2012",
        mean_discrepancy,
        slope_of_mean_discrepancy,
        wall=math.sqrt(2),
    ),
}
"""Every distance between piles by the name that links have, in the order of the pictures."""
