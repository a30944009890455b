"""Data to learn: where the real points come from.

Shapes: n points of D coordinates, K modes, N stored digits.

Every distribution is scaled to a standard deviation of about one, as in the toy code of Gulrajani
et al. 2017 (`gan_toy.py`). Sampling is a handful of vectorised operations, for a training loop
draws five batches an iteration; points are independent, whereas that code stores 100,000 points
of its grid and walks through them.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial

import torch
from jaxtyping import Float, Float32, Float64, Int64
from torch import Tensor

from explorer.gans import shapes
from explorer.gans.data import Distribution, Extent
from explorer.gans.shapes import CIRCLES, FIGURES, MOONS, PINWHEEL, SPIRAL, SWISS_ROLL

__all__ = [
    "CIRCLES",
    "DISTRIBUTIONS",
    "FIGURES",
    "GRID",
    "MOONS",
    "PINWHEEL",
    "RING",
    "SPIRAL",
    "SWISS_ROLL",
    "Digits",
    "Distribution",
    "Extent",
    "digits",
    "distribution",
    "grid_centres",
    "lines",
    "mixture",
    "ring_centres",
    "stratified",
]


@dataclass(frozen=True, eq=False)
class Digits:
    """Real handwritten digits (Alpaydin & Kaynak 1998) as points in the plane."""

    images: Float32[Tensor, "N 8 8"]  # grey values 0 to 16
    labels: Int64[Tensor, " N"]  # the digit 0 to 9
    points: Float32[Tensor, "N 2"]  # first two principal components, each of unit std


@cache
def digits() -> Digits:
    """The 1,797 digits that ship with scikit-learn, in their first two principal components.

    They hold 28.5 % of the variance. The sign of a component is free; here the largest of its
    loadings in absolute value is positive.
    """
    # Imported here because it takes more than a second, which other data must not wait for.
    from sklearn.datasets import load_digits

    stored = load_digits()
    pixels = torch.from_numpy(stored.data)
    centred = pixels - pixels.mean(dim=0)
    components = torch.linalg.svd(centred, full_matrices=False).Vh[:2]
    largest = components.gather(1, components.abs().argmax(dim=1, keepdim=True))
    scores = centred @ (components * largest.sign()).T
    return Digits(
        images=pixels.reshape(-1, 8, 8).float(),
        labels=torch.from_numpy(stored.target).long(),
        points=(scores / scores.std(dim=0, correction=0)).float(),
    )


def sample_digits(
    n: int, rng: torch.Generator
) -> tuple[Float32[Tensor, "n 2"], Int64[Tensor, " n"]]:
    """Rows of the finite set with the digit that each is, drawn with replacement.

    A perfect generator of it repeats points.
    """
    stored = digits()
    which = torch.randint(len(stored.points), (n,), generator=rng)
    return stored.points.index_select(0, which), stored.labels.index_select(0, which)


def ring_centres(count: int, radius: float) -> Float32[Tensor, "K 2"]:
    """Centres at equal angles, all distinct.

    The angle of a full turn is left out: `linspace(0, 2 pi, 8)` with both ends, as in several
    well-known codes, counts one centre twice and has seven modes.
    """
    angles = torch.arange(count, dtype=torch.float64) * (2 * math.pi / count)
    return (radius * torch.stack([angles.cos(), angles.sin()], dim=1)).float()


def grid_centres(side: int, spacing: float) -> Float32[Tensor, "K 2"]:
    """side x side centres around the origin, x first."""
    steps = (torch.arange(side, dtype=torch.float64) - (side - 1) / 2) * spacing
    return torch.cartesian_prod(steps, steps).float()


def sample_mixture(
    n: int, rng: torch.Generator, modes: Float32[Tensor, "K D"], sigma: float
) -> tuple[Float32[Tensor, "n D"], Int64[Tensor, " n"]]:
    """Points around the modes, and which mode each belongs to."""
    which = torch.randint(len(modes), (n,), generator=rng)
    return _around(modes, which, sigma, rng), which


def mixture(
    name: str,
    label: str,
    modes: Float32[Tensor, "K D"],
    sigma: float,
    *,
    extent: Extent,
    reach: float,
    held_fraction: float,
    source: str,
    formula: str,
) -> Distribution:
    """The equal mixture of round Gaussians around `modes`; its labels are the modes."""
    count, dimensions = modes.shape

    def log_density(points: Float[Tensor, "n D"], blur: float = 0.0) -> Float64[Tensor, " n"]:
        return shapes.mixture_log_density(points, modes, sigma, blur=blur)

    return Distribution(
        name=name,
        label=label,
        source=source,
        formula=formula,
        draw=partial(sample_mixture, modes=modes, sigma=sigma),
        extent=extent,
        modes=modes,
        sigma=sigma,
        reach=reach,
        held_fraction=held_fraction,
        log_density=log_density,
        classes=count,
        dimensions=dimensions,
    )


def stratified(distribution: Distribution, n: int, rng: torch.Generator) -> Float32[Tensor, "n D"]:
    """n points with equally many from each mode: the steadier reference for a distance.

    Most of what a distance between two real samples measures is that the one has a few points
    more in this mode and the other in that one. When K does not divide n, the remaining points
    go to different modes drawn at random. ValueError for a distribution without modes.
    """
    if distribution.modes is None or distribution.sigma is None:
        raise ValueError(f"distribution {distribution.name!r} has no modes to draw equally from")
    count = len(distribution.modes)
    even = torch.arange(count).repeat_interleave(n // count)
    left_over = torch.randperm(count, generator=rng)[: n % count]
    return _around(distribution.modes, torch.cat([even, left_over]), distribution.sigma, rng)


def _around(
    modes: Float32[Tensor, "K D"], which: Int64[Tensor, " n"], sigma: float, rng: torch.Generator
) -> Float32[Tensor, "n D"]:
    noise = torch.randn(len(which), modes.shape[1], generator=rng)
    return modes.index_select(0, which).add_(noise, alpha=sigma)


# The constants of gan_toy.py: it draws at a radius of 2 or a spacing of 2, and divides.
RING = mixture(
    "ring",
    "ring of 8",
    modes=ring_centres(8, radius=2 / 1.414),
    sigma=0.02 / 1.414,
    extent=(-2.0, 2.0, -2.0, 2.0),
    reach=0.25,
    held_fraction=0.16,  # 2 % of all points
    source="gan_toy.py of Gulrajani et al. 2017",
    formula=r"x = \tfrac{1}{1.414}\big[2\,(\cos\tfrac{2\pi k}{8}, \sin\tfrac{2\pi k}{8})"
    r" + 0.02\,\varepsilon\big], \quad k \in \{0, \dots, 7\}",
)
GRID = mixture(
    "grid",
    "grid of 25",
    modes=grid_centres(5, spacing=2 / 2.828),
    sigma=0.05 / 2.828,
    extent=(-2.0, 2.0, -2.0, 2.0),
    reach=0.25,
    held_fraction=0.2,  # 0.8 % of all points
    source="gan_toy.py of Gulrajani et al. 2017",
    formula=r"x = \tfrac{1}{2.828}\big[(2i, 2j) + 0.05\,\varepsilon\big], \quad"
    r" i, j \in \{-2, \dots, 2\}",
)
DIGITS = Distribution(
    name="digits",
    label="digits, two components",
    spoken="handwritten digits",
    source="Alpaydin & Kaynak 1998",
    formula=r"x = \text{the first two principal components of a stored digit, of unit std}",
    draw=sample_digits,
    extent=(-2.7, 2.7, -2.7, 2.7),
    classes=10,
)

LINES_APART = 1.4  # so that the standard deviation of x is near one


def lines(theta: float = LINES_APART) -> Distribution:
    """Two upright segments, theta apart: x = ±theta / 2, y uniform on [-1, 1]; labels 0 and 1.

    Both supports of example 1 of Arjovsky et al. 2017 as one data set; `parallel_lines` holds
    their distances. A segment has no width, and the distribution no density in the plane.
    ValueError for a theta beyond ±4 or not a number.
    """
    if not -4 <= theta <= 4:
        raise ValueError(f"theta must be between -4 and 4, not {theta:g}")
    edge = max(1.6, abs(theta) / 2 + 0.4)
    return Distribution(
        name="lines",
        label="two lines",
        source="Arjovsky et al. 2017, example 1",
        formula=r"x = (\pm\tfrac{\theta}{2},\ y), \quad y \sim U[-1, 1]",
        draw=partial(sample_lines, theta=theta),
        extent=(-edge, edge, -edge, edge),
        classes=2,
        needs=("theta",),
        made_with=lines,
    )


def sample_lines(
    n: int, rng: torch.Generator, theta: float
) -> tuple[Float32[Tensor, "n 2"], Int64[Tensor, " n"]]:
    """Points of two upright segments, and the one that each lies on."""
    which = torch.randint(2, (n,), generator=rng)
    height = torch.rand(n, generator=rng) * 2 - 1
    return torch.stack([(which - 0.5) * theta, height], dim=1), which


DISTRIBUTIONS = {each.name: each for each in (RING, GRID, *FIGURES, lines(), DIGITS)}
"""Every data set in the plane that is built in, in the order of the menus."""


def distribution(name: str, among: Mapping[str, Distribution] = DISTRIBUTIONS) -> Distribution:
    """The distribution of this name; ValueError that lists the names when there is none."""
    if name not in among:
        names = ", ".join(map(repr, among))
        raise ValueError(f"unknown distribution {name[:40]!r}; choose from {names}")
    return among[name]
