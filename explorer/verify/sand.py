"""Known answers about piles of sand on a line, and the distances between them."""

import itertools
import math
from functools import partial

import torch

from explorer.transport import (
    Measure,
    measure,
    optimal_transport,
    transport_on_line,
    wasserstein,
)
from explorer.transport.barycentres import barycentre
from explorer.transport.colours import colour_map
from explorer.transport.couplings import GROUNDS, blurred, debiased, exact
from explorer.transport.distances import DISTANCES
from explorer.transport.piles import Pile, pile
from explorer.verify.draws import normal
from explorer.verify.known import Known

FAR = 50.0


def drawn(seed: int) -> Pile:
    """A pile of 60 bins with random heights."""
    return pile("pile", normal(60, seed=seed).square(), 0.0, 10.0, shift=0.1 * seed)


def block(shift: float) -> Pile:
    """An even pile, one wide."""
    return pile("block", torch.ones(20), 0.0, 1.0, shift)


def off_the_program(order: int) -> float:
    """Cost of the staircase, less that of the linear program."""
    source, target = drawn(1).measure, drawn(2).measure
    program = optimal_transport(source.points, target.points, order, source.mass, target.mass)
    return transport_on_line(source, target, order).cost - program.cost


def staircase_gap(order: int) -> float:
    """What the potentials of the staircase are worth, less what it costs; or where they fail."""
    source, target = drawn(3).measure, drawn(4).measure
    found = transport_on_line(source, target, order)
    costs = (source.points - target.points.T).abs() ** order
    broken = (found.source_potential[:, None] + found.target_potential - costs).clamp_min(0).max()
    dual = source.mass @ found.source_potential + target.mass @ found.target_potential
    return abs(float(dual) - found.cost) + float(broken)


def off_brute_force() -> float:
    """W1 of six points against six in the plane, less the least over all 720 ways to pair them."""
    here, there = normal(6, 2, seed=5), normal(6, 2, seed=6) + 1
    ways = torch.cdist(here, there)
    rows = torch.arange(6)
    least = min(float(ways[rows, list(pairs)].mean()) for pairs in itertools.permutations(range(6)))
    return wasserstein(here, there) - least


def scaled() -> float:
    """W1 of two piles drawn three times as wide, over W1 of the piles."""
    wide = [Measure(3 * one.measure.points, one.measure.mass) for one in (drawn(7), drawn(8))]
    once = transport_on_line(drawn(7).measure, drawn(8).measure).cost
    return transport_on_line(wide[0], wide[1]).cost / once


def apart(name: str, shift: float) -> float:
    """One of the distances between two blocks of width one, so far apart."""
    return DISTANCES[name].value(block(shift), block(0.0))


def slope(name: str, shift: float) -> float:
    """Its derivative there."""
    return DISTANCES[name].slope(block(shift), block(0.0))


def gaussian_clouds() -> float:
    """W2 of two Gaussian clouds of 900 points, spreads (1, 0.5) and (2, 0.25), (3, 0) apart.

    The clouds are even quantiles both ways, so that nothing is drawn.
    """
    quantiles = torch.special.ndtri((torch.arange(30, dtype=torch.float64) + 0.5) / 30)
    lattice = torch.cartesian_prod(quantiles, quantiles)
    spread = float(quantiles.square().mean().sqrt())  # a little below 1
    here = lattice * torch.tensor([1.0, 0.5], dtype=torch.float64) / spread
    there = lattice * torch.tensor([2.0, 0.25], dtype=torch.float64) / spread
    return wasserstein(here, there + torch.tensor([3.0, 0.0], dtype=torch.float64), 2)


def clouds() -> tuple[Measure, Measure]:
    """Two clouds of 40 points."""
    return measure("here", normal(40, 2, seed=9)), measure("there", normal(40, 2, seed=10) + 1)


def small_blur() -> float:
    """Cost of Sinkhorn's plan at a small blur, over that of the exact plan."""
    source, target = clouds()
    costs = GROUNDS["l2"].costs(source.points, target.points)
    return blurred(source, target, costs, 0.01).cost / exact(source, target, costs).cost


def from_itself() -> float:
    """Sinkhorn's divergence of a cloud from itself."""
    source, _ = clouds()
    return debiased(source, source, GROUNDS["l2"].costs, 0.5)


def recoloured() -> float:
    """Largest error of a picture of 200 colours that takes those of itself, moved by a constant."""
    pixels = normal(200, 3, seed=11)
    move = torch.tensor([0.3, -0.1, 0.05], dtype=torch.float64)
    order = torch.randperm(200, generator=torch.Generator().manual_seed(12))
    found = colour_map(pixels, (pixels + move)[order]).carried(pixels)
    return float((found - pixels - move).abs().max())


def middle_of_translates() -> float:
    """Largest error of the barycentre of a cloud and two translates, weights 0.5, 0.3, 0.2."""
    cloud = normal(40, 2, seed=13)
    moves = torch.tensor([[0.0, 0.0], [3.0, 0.0], [0.0, -5.0]], dtype=torch.float64)
    weights = torch.tensor([0.5, 0.3, 0.2], dtype=torch.float64)
    found = barycentre([measure("cloud", cloud + move) for move in moves], weights)
    return float((found.points - cloud - weights @ moves).abs().max())


def middle_of_gaussians() -> float:
    """Spread across of the barycentre of Gaussian clouds of spreads 1, 2 and 4, weighted alike.

    Even quantiles both ways; upwards the spreads are 2, 1 and 0.5.
    """
    quantiles = torch.special.ndtri((torch.arange(10, dtype=torch.float64) + 0.5) / 10)
    lattice = torch.cartesian_prod(quantiles, quantiles) / quantiles.square().mean().sqrt()
    spreads = torch.tensor([[1.0, 2.0], [2.0, 1.0], [4.0, 0.5]], dtype=torch.float64)
    weights = torch.ones(3, dtype=torch.float64)
    found = barycentre([measure("cloud", lattice * spread) for spread in spreads], weights)
    return float(found.points[:, 0].square().mean().sqrt())


SAND = (
    Known(
        "W2 of Gaussians in the plane",
        math.sqrt(3**2 + 1**2 + 0.25**2),
        gaussian_clouds,
        "Bures: √(|m|² + Σ (σ − σ′)²), Dowson & Landau 1982",
        tolerance=1e-9,
        kind="rel",
    ),
    Known("colours of itself, moved", 0, recoloured, "a translation is optimal", 1e-9),
    Known("barycentre of translates", 0, middle_of_translates, "Agueh & Carlier 2011", 1e-9),
    Known(
        "spread of the barycentre of Gaussians",
        7 / 3,
        middle_of_gaussians,
        "Bures: Σ w σ, Agueh & Carlier 2011",
        tolerance=1e-9,
    ),
    Known("Sinkhorn at blur 0.01 over exact", 1, small_blur, "Cuturi 2013", 0.01, kind="rel"),
    Known("debiased: a cloud from itself", 0, from_itself, "Feydy et al. 2019", tolerance=1e-6),
    *(
        Known(
            f"staircase against linear program, |x − y|^{order}",
            0,
            partial(off_the_program, order),
            "POT's network simplex",
            tolerance=1e-9,
        )
        for order in (1, 2)
    ),
    *(
        Known(
            f"staircase: dual less primal, |x − y|^{order}",
            0,
            partial(staircase_gap, order),
            "Kantorovich duality",
            tolerance=1e-9,
        )
        for order in (1, 2)
    ),
    Known("W1 of 6 points, less brute force", 0, off_brute_force, "720 pairings", tolerance=1e-9),
    Known("W1 of piles three times as wide", 3, scaled, "scaling", tolerance=1e-9, kind="rel"),
    Known("JS of blocks 0.3 apart", 0.3 * math.log(2), partial(apart, "js", 0.3), "θ log 2", 1e-9),
    Known("JS of blocks far apart", math.log(2), partial(apart, "js", FAR), "log 2", 1e-12),
    Known("TV of blocks 0.3 apart", 0.3, partial(apart, "tv", 0.3), "θ", tolerance=1e-9),
    Known("W1 of blocks far apart", FAR, partial(apart, "w1", FAR), "|θ|", tolerance=1e-9),
    Known("slope of W1 far apart", 1, partial(slope, "w1", FAR), "sign θ", tolerance=1e-9),
    Known("slope of JS far apart", 0, partial(slope, "js", FAR), "log 2 is flat", 1e-12),
    Known(
        "energy distance of points 2 apart",
        2.0,
        lambda: DISTANCES["energy"].value(
            pile("a", torch.ones(1), 0, 1), pile("b", torch.ones(1), 2, 3)
        ),
        "√(2|θ|), Székely & Rizzo 2013",
        tolerance=1e-9,
    ),
)
