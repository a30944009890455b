"""Data to learn: where the real points come from.

Shapes: n points of 2 coordinates, K modes, N stored digits.

Every distribution is scaled to a standard deviation of about one, as in the toy code of Gulrajani
et al. 2017 (`gan_toy.py`). Sampling is a handful of vectorised operations, for a training loop
draws five batches an iteration; points are independent, whereas that code stores 100,000 points
of its grid and walks through them.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import torch
from jaxtyping import Float32, Int64
from torch import Tensor

Extent = tuple[float, float, float, float]  # x0, x1, y0, y1 of a picture that shows it all


@dataclass(frozen=True, eq=False)
class Distribution:
    """A distribution in the plane, and what is known about its modes, if it has any.

    A distribution with modes is an equal mixture of round Gaussians around `modes` with standard
    deviation `sigma`. A point within `reach` of a centre belongs to that mode, and a mode counts
    as held when at least `held_fraction` of its fair share 1/K of the points belong to it.
    """

    name: str
    label: str
    sample: Callable[[int, torch.Generator], Tensor]  # n points: Float32[Tensor, "n 2"]
    modes: Float32[Tensor, "K 2"] | None
    sigma: float | None
    extent: Extent
    reach: float | None = None
    held_fraction: float | None = None

    def __post_init__(self) -> None:
        known = [self.modes, self.sigma, self.reach, self.held_fraction]
        if any(part is None for part in known) and any(part is not None for part in known):
            raise ValueError(
                f"distribution {self.name!r} needs modes, sigma, reach and held_fraction together"
            )
        if self.modes is not None and self.reach is not None and len(self.modes) > 1:
            nearest = float(torch.pdist(self.modes).min())
            if not self.reach < nearest / 2:
                raise ValueError(
                    f"reach of {self.name!r} must be less than {nearest / 2:.4g}, "
                    f"half of the way between two modes, not {self.reach:g}"
                )


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


def sample_digits(n: int, rng: torch.Generator) -> Float32[Tensor, "n 2"]:
    """Rows of the finite set, drawn with replacement: a perfect generator of it repeats points."""
    points = digits().points
    return points.index_select(0, torch.randint(len(points), (n,), generator=rng))


MOONS_NOISE = 0.05  # before scaling


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


SWISS_ROLL_NOISE = 0.25  # before scaling


def sample_swiss_roll(n: int, rng: torch.Generator) -> Float32[Tensor, "n 2"]:
    """A spiral of one and a half turns, as `gan_toy.py` takes it from `make_swiss_roll`.

    t (cos t, sin t) with t uniform on [3 pi/2, 9 pi/2], plus noise, divided by 7.5. Uniform in t,
    not in arc length: the inner turn is the denser one.
    """
    t = torch.rand(n, generator=rng).add_(0.5).mul_(3 * math.pi)
    points = torch.view_as_real(torch.polar(t, t))
    points.add_(torch.randn(n, 2, generator=rng), alpha=SWISS_ROLL_NOISE)
    return points.div_(7.5)


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


def mixture(
    name: str,
    label: str,
    modes: Float32[Tensor, "K 2"],
    sigma: float,
    extent: Extent,
    reach: float,
    held_fraction: float,
) -> Distribution:
    """The equal mixture of round Gaussians around `modes`."""

    def sample(n: int, rng: torch.Generator) -> Float32[Tensor, "n 2"]:
        return _around(modes, torch.randint(len(modes), (n,), generator=rng), sigma, rng)

    return Distribution(name, label, sample, modes, sigma, extent, reach, held_fraction)


def stratified(distribution: Distribution, n: int, rng: torch.Generator) -> Float32[Tensor, "n 2"]:
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
    modes: Float32[Tensor, "K 2"], which: Int64[Tensor, " n"], sigma: float, rng: torch.Generator
) -> Float32[Tensor, "n 2"]:
    noise = torch.randn(len(which), 2, generator=rng)
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
)
GRID = mixture(
    "grid",
    "grid of 25",
    modes=grid_centres(5, spacing=2 / 2.828),
    sigma=0.05 / 2.828,
    extent=(-2.0, 2.0, -2.0, 2.0),
    reach=0.25,
    held_fraction=0.2,  # 0.8 % of all points
)
MOONS = Distribution("moons", "two moons", sample_moons, None, None, (-2.2, 2.2, -2.2, 2.2))
SWISS_ROLL = Distribution(
    "swiss_roll", "Swiss roll", sample_swiss_roll, None, None, (-2.2, 2.2, -2.2, 2.2)
)
DIGITS = Distribution(
    "digits", "handwritten digits", sample_digits, None, None, (-2.7, 2.7, -2.7, 2.7)
)

DISTRIBUTIONS = {each.name: each for each in (RING, GRID, MOONS, SWISS_ROLL, DIGITS)}


def distribution(name: str) -> Distribution:
    """The distribution of this name; ValueError that lists the names when there is none."""
    if name not in DISTRIBUTIONS:
        names = ", ".join(map(repr, DISTRIBUTIONS))
        raise ValueError(f"unknown distribution {name!r}; choose from {names}")
    return DISTRIBUTIONS[name]
