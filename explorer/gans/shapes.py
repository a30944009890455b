"""Curves and figures in the plane: how each is drawn, its density, and its entry as a data set.

Letters: n points, m nodes of a quadrature.

A curve with round noise has the density p(x) = ∫ N(x; c(t), σ² I) w(t) dt, an integral over one
number, which Gauss's quadrature takes to rounding. `blur` adds round noise of that standard
deviation to the figure before its density is taken: a density that is itself an estimate with a
kernel of width h has to be compared with the truth seen through the same kernel.
"""

import math
from collections.abc import Callable
from functools import cache

import numpy as np
import torch
from jaxtyping import Float, Float32, Float64
from torch import Tensor

from explorer.gans.data import Distribution, Draw, LogDensity

ROWS = 4_096  # points of one block: times 1,024 nodes, 32 MB

MOONS_NOISE = 0.05  # before scaling
SWISS_ROLL_NOISE = 0.25  # before scaling
CIRCLES_NOISE = 0.05  # before scaling
CIRCLES_SCALE = math.sqrt(0.3125)  # std of a coordinate of circles of radius 1 and 1/2
SPIRAL_END = 3 * math.pi  # one and a half turns
SPIRAL_SCALE = SPIRAL_END / 2  # std of a coordinate
SPIRAL_NOISE = 0.05
PINWHEEL_ARMS = 5
PINWHEEL_SPREAD = (0.3, 0.1)  # along an arm and across it, before scaling
PINWHEEL_TWIST = 0.25
PINWHEEL_SCALE = math.sqrt((1 + 0.3**2 + 0.1**2) / 2)  # std of a coordinate
CHECKER_SIDE = 0.8  # of one square; the board has 4 × 4


def sample_moons(n: int, rng: torch.Generator) -> Float32[Tensor, "n 2"]:
    """Two interleaved half circles of radius 1, as in scikit-learn's `make_moons`.

    (cos t, sin t) and (1 - cos t, 1/2 - sin t) with t uniform on [0, pi], plus noise; then moved
    to mean zero and divided by sqrt(3)/2, the standard deviation of x. Deviation: t and the moon
    are drawn at random, where `make_moons` takes equal steps and halves.
    """
    t = torch.rand(n, generator=rng) * math.pi
    upper = torch.randint(2, (n,), generator=rng, dtype=torch.float32) * 2 - 1
    # The lower moon is the upper one turned by half a circle about (1/2, 1/4).
    points = torch.stack([t.cos() - 0.5, t.sin() - 0.25], dim=1) * upper[:, None]
    points.add_(torch.randn(n, 2, generator=rng), alpha=MOONS_NOISE)
    return points.mul_(2 / math.sqrt(3))


def moons_log_density(points: Float[Tensor, "n 2"], blur: float = 0.0) -> Float64[Tensor, " n"]:
    """log p of `sample_moons`: 2 × 192 nodes."""
    t, weights = _gauss(0.0, math.pi, 192)
    upper = torch.stack([t.cos() - 0.5, t.sin() - 0.25], dim=1) * (2 / math.sqrt(3))
    nodes, shares = torch.cat([upper, -upper]), torch.cat([weights, weights]) / (2 * math.pi)
    return mixture_log_density(points, nodes, MOONS_NOISE * 2 / math.sqrt(3), shares, blur)


def sample_swiss_roll(n: int, rng: torch.Generator) -> Float32[Tensor, "n 2"]:
    """A spiral of one and a half turns, as `gan_toy.py` takes it from `make_swiss_roll`.

    t (cos t, sin t) with t uniform on [3 pi/2, 9 pi/2], plus noise, divided by 7.5. Uniform in t,
    not in arc length: the inner turn is the denser one.
    """
    t = torch.rand(n, generator=rng).add_(0.5).mul_(3 * math.pi)
    points = torch.view_as_real(torch.polar(t, t))
    points.add_(torch.randn(n, 2, generator=rng), alpha=SWISS_ROLL_NOISE)
    return points.div_(7.5)


def swiss_roll_log_density(
    points: Float[Tensor, "n 2"], blur: float = 0.0
) -> Float64[Tensor, " n"]:
    """log p of `sample_swiss_roll`: 1,024 nodes."""
    t, weights = _gauss(1.5 * math.pi, 4.5 * math.pi, 1_024)
    nodes = torch.view_as_real(torch.polar(t, t)) / 7.5
    return mixture_log_density(points, nodes, SWISS_ROLL_NOISE / 7.5, weights / (3 * math.pi), blur)


def sample_circles(n: int, rng: torch.Generator) -> Float32[Tensor, "n 2"]:
    """Two circles around the origin, radius 1 and 1/2, as in scikit-learn's `make_circles`.

    Half of the points on each, noise 0.05, divided by the standard deviation of a coordinate.
    Deviation: angles and circle are drawn at random, where `make_circles` takes equal steps.
    """
    t = torch.rand(n, generator=rng) * (2 * math.pi)
    radius = torch.randint(1, 3, (n,), generator=rng) / 2
    points = torch.view_as_real(torch.polar(radius, t))
    points.add_(torch.randn(n, 2, generator=rng), alpha=CIRCLES_NOISE)
    return points.div_(CIRCLES_SCALE)


def circles_log_density(points: Float[Tensor, "n 2"], blur: float = 0.0) -> Float64[Tensor, " n"]:
    """log p of `sample_circles`: 256 equal steps a circle, which is exact for a period."""
    t = torch.arange(256, dtype=torch.float64) * (2 * math.pi / 256)
    outer = torch.stack([t.cos(), t.sin()], dim=1) / CIRCLES_SCALE
    nodes = torch.cat([outer, outer / 2])
    shares = torch.full((512,), 1 / 512, dtype=torch.float64)
    return mixture_log_density(points, nodes, CIRCLES_NOISE / CIRCLES_SCALE, shares, blur)


def sample_spiral(n: int, rng: torch.Generator) -> Float32[Tensor, "n 2"]:
    """Two arms from the middle, each the other turned by half a circle: the two spirals.

    ±t (cos t, sin t) with t = 3 pi sqrt(U), so that points are nearly even along an arm, divided
    by 3 pi / 2, plus noise 0.05.
    """
    t = torch.rand(n, generator=rng).sqrt_().mul_(SPIRAL_END)
    arm = torch.randint(2, (n,), generator=rng, dtype=torch.float32) * 2 - 1
    points = torch.view_as_real(torch.polar(t / SPIRAL_SCALE, t)) * arm[:, None]
    return points.add_(torch.randn(n, 2, generator=rng), alpha=SPIRAL_NOISE)


def spiral_log_density(points: Float[Tensor, "n 2"], blur: float = 0.0) -> Float64[Tensor, " n"]:
    """log p of `sample_spiral`: 2 × 512 nodes, of weight 2t / (3 pi)² dt."""
    t, weights = _gauss(0.0, SPIRAL_END, 512)
    arm = torch.view_as_real(torch.polar(t / SPIRAL_SCALE, t))
    shares = weights * t / SPIRAL_END**2
    return mixture_log_density(
        points, torch.cat([arm, -arm]), SPIRAL_NOISE, torch.cat([shares, shares]), blur
    )


def sample_pinwheel(n: int, rng: torch.Generator) -> Float32[Tensor, "n 2"]:
    """Five bent arms around the middle (Johnson et al. 2016).

    Each point is (1, 0) plus noise of 0.3 along x and 0.1 along y, turned by k 2 pi / 5 and by
    exp(r) / 4 more. Deviation: r is the distance from the middle, where the original takes x. A
    turn that depends on r alone keeps every area, and the density has a closed form.
    """
    spread = torch.tensor(PINWHEEL_SPREAD)
    points = torch.randn(n, 2, generator=rng).mul_(spread)
    points[:, 0] += 1
    turn = torch.randint(PINWHEEL_ARMS, (n,), generator=rng) * (2 * math.pi / PINWHEEL_ARMS)
    radius = points.norm(dim=1)
    angle = torch.atan2(points[:, 1], points[:, 0]) + turn + PINWHEEL_TWIST * radius.exp()
    return torch.view_as_real(torch.polar(radius, angle)).div_(PINWHEEL_SCALE)


def pinwheel_log_density(points: Float[Tensor, "n 2"], blur: float = 0.0) -> Float64[Tensor, " n"]:
    """log p of `sample_pinwheel`: every arm turned back; a blur by Gauss and Hermite's rule."""
    if blur:
        return blurred(pinwheel_log_density, points, blur)
    x = points.double() * PINWHEEL_SCALE
    radius = x.norm(dim=1)
    angle = torch.atan2(x[:, 1], x[:, 0]) - PINWHEEL_TWIST * radius.exp()
    arms = torch.arange(PINWHEEL_ARMS, dtype=torch.float64) * (2 * math.pi / PINWHEEL_ARMS)
    back = angle[:, None] - arms
    along, across = PINWHEEL_SPREAD
    u, v = (radius[:, None] * back.cos() - 1) / along, radius[:, None] * back.sin() / across
    area = 2 * math.pi * along * across / PINWHEEL_SCALE**2 * PINWHEEL_ARMS
    return torch.logsumexp(-(u.square() + v.square()) / 2, dim=1) - math.log(area)


def sample_checkerboard(n: int, rng: torch.Generator) -> Float32[Tensor, "n 2"]:
    """Evenly over the eight dark squares of a board of 4 × 4."""
    column = torch.randint(4, (n,), generator=rng)
    row = torch.randint(2, (n,), generator=rng).mul_(2).add_(column % 2)
    corner = torch.stack([column, row], dim=1) - 2
    return (corner + torch.rand(n, 2, generator=rng)).mul_(CHECKER_SIDE)


def checkerboard_log_density(
    points: Float[Tensor, "n 2"], blur: float = 0.0
) -> Float64[Tensor, " n"]:
    """log p of `sample_checkerboard`: 1 / (8 · 0.64) on dark squares and −infinity elsewhere.

    With a blur the edges are error functions, whose products are summed over the squares.
    """
    edges = (torch.arange(5, dtype=torch.float64) - 2) * CHECKER_SIDE
    x = points.double()[..., None] - edges
    if blur:
        below = torch.special.ndtr(x / blur)
    else:
        below = (x >= 0).double()
    inside = (below[..., :-1] - below[..., 1:]) / CHECKER_SIDE
    dark = (torch.arange(4)[:, None] + torch.arange(4)) % 2 == 0
    return (torch.einsum("ni,nj,ij->n", inside[:, 0], inside[:, 1], dark.double()) / 8).log()


def mixture_log_density(
    points: Float[Tensor, "n D"],
    centres: Float[Tensor, "m D"],
    sigma: float,
    shares: Float64[Tensor, " m"] | None = None,
    blur: float = 0.0,
) -> Float64[Tensor, " n"]:
    """log Σ_j share_j N(x; c_j, (σ² + blur²) I); equal shares unless told otherwise."""
    variance = sigma**2 + blur**2
    nodes = centres.double()
    count, dimensions = nodes.shape
    if shares is None:
        shares = torch.full((count,), 1 / count, dtype=torch.float64)
    log_shares = shares.log()
    found = []
    for block in points.double().split(ROWS):
        # The faster route over |x|² + |c|² - 2xc loses half of the digits of near neighbours.
        far = torch.cdist(block, nodes, compute_mode="donot_use_mm_for_euclid_dist")
        found.append(torch.logsumexp(far.square() / (-2 * variance) + log_shares, dim=1))
    return torch.cat(found) - dimensions / 2 * math.log(2 * math.pi * variance)


def blurred(
    log_density: Callable[[Tensor], Tensor], points: Float[Tensor, "n 2"], blur: float
) -> Float64[Tensor, " n"]:
    """log E p(x + blur ε), ε ~ N(0, I), by Gauss and Hermite's rule of 16 × 16 nodes."""
    at, weights = np.polynomial.hermite_e.hermegauss(16)
    steps = torch.cartesian_prod(torch.from_numpy(at), torch.from_numpy(at)) * blur
    shares = torch.from_numpy(np.outer(weights, weights).ravel() / (2 * math.pi))
    moved = (points.double()[:, None] + steps).flatten(0, 1)
    return torch.logsumexp(log_density(moved).view(len(points), -1) + shares.log(), dim=1)


@cache
def _gauss(low: float, high: float, count: int) -> tuple[Tensor, Tensor]:
    at, weights = np.polynomial.legendre.leggauss(count)
    half = (high - low) / 2
    return torch.from_numpy(low + half * (at + 1)), torch.from_numpy(weights * half)


def _figure(
    name: str,
    label: str,
    draw: Draw,
    log_density: LogDensity,
    *,
    edge: float,
    source: str,
    formula: str,
    spoken: str = "",
) -> Distribution:
    """A figure in the square picture from −edge to edge."""
    return Distribution(
        name=name,
        label=label,
        spoken=spoken,
        source=source,
        formula=formula,
        draw=draw,
        extent=(-edge, edge, -edge, edge),
        log_density=log_density,
    )


SWISS_ROLL = _figure(
    "swiss_roll",
    "Swiss roll",
    sample_swiss_roll,
    swiss_roll_log_density,
    edge=2.2,
    source="gan_toy.py of Gulrajani et al. 2017, after scikit-learn's make_swiss_roll",
    formula=r"x = \tfrac{1}{7.5}\big[t\,(\cos t, \sin t) + 0.25\,\varepsilon\big], \quad"
    r" t \sim U[\tfrac32\pi, \tfrac92\pi]",
)
MOONS = _figure(
    "moons",
    "moons",
    sample_moons,
    moons_log_density,
    edge=2.2,
    spoken="two moons",
    source="scikit-learn's make_moons",
    formula=r"x = \tfrac{2}{\sqrt3}\big[\pm(\cos t - \tfrac12, \sin t - \tfrac14)"
    r" + 0.05\,\varepsilon\big], \quad t \sim U[0, \pi]",
)
CIRCLES = _figure(
    "circles",
    "circles",
    sample_circles,
    circles_log_density,
    edge=2.4,
    spoken="two circles",
    source="scikit-learn's make_circles",
    formula=r"x = \tfrac{1}{0.559}\big[r\,(\cos t, \sin t) + 0.05\,\varepsilon\big], \quad"
    r" r \in \{\tfrac12, 1\},\ t \sim U[0, 2\pi]",
)
PINWHEEL = _figure(
    "pinwheel",
    "pinwheel",
    sample_pinwheel,
    pinwheel_log_density,
    edge=3.2,
    source="Johnson et al. 2016",
    formula=r"x \propto R\big(\tfrac{2\pi k}{5} + \tfrac14 e^{\lVert u\rVert}\big)\,u, \quad"
    r" u = (1 + 0.3\,\varepsilon_1,\ 0.1\,\varepsilon_2)",
)
CHECKERBOARD = _figure(
    "checkerboard",
    "checkerboard",
    sample_checkerboard,
    checkerboard_log_density,
    edge=2.0,
    source="Grathwohl et al. 2019",
    formula=r"x \sim U\big(\text{the dark squares of side } 0.8\big)",
)
SPIRAL = _figure(
    "spiral",
    "spirals",
    sample_spiral,
    spiral_log_density,
    edge=2.4,
    spoken="two spirals",
    source="Lang & Witbrock 1988",
    formula=r"x = \pm\tfrac{2}{3\pi}\,t\,(\cos t, \sin t) + 0.05\,\varepsilon, \quad"
    r" t = 3\pi\sqrt{U[0, 1]}",
)

FIGURES = (SWISS_ROLL, MOONS, CIRCLES, PINWHEEL, CHECKERBOARD, SPIRAL)
"""Every figure, in the order of the menus."""
