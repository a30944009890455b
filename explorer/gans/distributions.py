"""Data to learn: where the real points come from.

Shapes: n points of D coordinates, K modes, N stored digits.

Every distribution is scaled to a standard deviation of about one, as in the toy code of Gulrajani
et al. 2017 (`gan_toy.py`). Sampling is a handful of vectorised operations, for a training loop
draws five batches an iteration; points are independent, whereas that code stores 100,000 points
of its grid and walks through them.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial

import torch
from jaxtyping import Float, Float32, Float64, Int64
from torch import Tensor

from explorer.gans import shapes
from explorer.gans.shapes import LogDensity

Extent = tuple[float, float, float, float]  # x0, x1, y0, y1 of a picture that shows it all


@dataclass(frozen=True, eq=False)
class Distribution:
    """A distribution, and what is known about its modes, labels and density, if it has them.

    A distribution with modes is an equal mixture of round Gaussians around `modes` with standard
    deviation `sigma`. A point within `reach` of a centre belongs to that mode, and a mode counts
    as held when at least `held_fraction` of its fair share 1/K of the points belong to it.
    """

    name: str
    label: str
    sample: Callable[[int, torch.Generator], Tensor]  # n points: Float32[Tensor, "n D"]
    modes: Float32[Tensor, "K D"] | None
    sigma: float | None
    extent: Extent
    reach: float | None = None
    held_fraction: float | None = None
    log_density: LogDensity | None = None  # None where no formula gives it
    sample_labelled: Callable[[int, torch.Generator], tuple[Tensor, Tensor]] | None = None
    """n points as `sample` draws them from an equal generator, and the label of each, Int64 n"""
    classes: int = 0  # labels go from 0 up to this
    dimensions: int = 2
    cdf: Callable[[Tensor], Tensor] | None = None  # on a line only

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
        if (self.sample_labelled is None) != (self.classes == 0):
            raise ValueError(f"distribution {self.name!r} needs labels and classes together")


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
    return sample_labelled_digits(n, rng)[0]


def sample_labelled_digits(
    n: int, rng: torch.Generator
) -> tuple[Float32[Tensor, "n 2"], Int64[Tensor, " n"]]:
    """The same points with the digit that each one is."""
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


def mixture(
    name: str,
    label: str,
    modes: Float32[Tensor, "K D"],
    sigma: float,
    extent: Extent,
    reach: float,
    held_fraction: float,
) -> Distribution:
    """The equal mixture of round Gaussians around `modes`; its labels are the modes."""
    count, dimensions = modes.shape

    def sample_labelled(
        n: int, rng: torch.Generator
    ) -> tuple[Float32[Tensor, "n D"], Int64[Tensor, " n"]]:
        which = torch.randint(count, (n,), generator=rng)
        return _around(modes, which, sigma, rng), which

    def log_density(points: Float[Tensor, "n D"], blur: float = 0.0) -> Float64[Tensor, " n"]:
        return shapes.mixture_log_density(points, modes, sigma, blur=blur)

    return Distribution(
        name,
        label,
        lambda n, rng: sample_labelled(n, rng)[0],
        modes,
        sigma,
        extent,
        reach,
        held_fraction,
        log_density,
        sample_labelled,
        count,
        dimensions,
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


def _figure(
    name: str,
    label: str,
    sample: Callable[[int, torch.Generator], Tensor],
    log_density: LogDensity,
    edge: float,
) -> Distribution:
    extent = (-edge, edge, -edge, edge)
    return Distribution(name, label, sample, None, None, extent, log_density=log_density)


MOONS = _figure("moons", "two moons", shapes.sample_moons, shapes.moons_log_density, 2.2)
SWISS_ROLL = _figure(
    "swiss_roll", "Swiss roll", shapes.sample_swiss_roll, shapes.swiss_roll_log_density, 2.2
)
CIRCLES = _figure("circles", "two circles", shapes.sample_circles, shapes.circles_log_density, 2.4)
PINWHEEL = _figure("pinwheel", "pinwheel", shapes.sample_pinwheel, shapes.pinwheel_log_density, 3.2)
CHECKERBOARD = _figure(
    "checkerboard",
    "checkerboard",
    shapes.sample_checkerboard,
    shapes.checkerboard_log_density,
    2.0,
)
SPIRAL = _figure("spiral", "two spirals", shapes.sample_spiral, shapes.spiral_log_density, 2.4)
DIGITS = Distribution(
    "digits",
    "handwritten digits",
    sample_digits,
    None,
    None,
    (-2.7, 2.7, -2.7, 2.7),
    sample_labelled=sample_labelled_digits,
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
    labelled = partial(_sample_labelled_lines, theta)
    return Distribution(
        "lines",
        "two lines",
        lambda n, rng: labelled(n, rng)[0],
        None,
        None,
        (-edge, edge, -edge, edge),
        sample_labelled=labelled,
        classes=2,
    )


def _sample_labelled_lines(
    theta: float, n: int, rng: torch.Generator
) -> tuple[Float32[Tensor, "n 2"], Int64[Tensor, " n"]]:
    which = torch.randint(2, (n,), generator=rng)
    height = torch.rand(n, generator=rng) * 2 - 1
    return torch.stack([(which - 0.5) * theta, height], dim=1), which


PLANE = (RING, GRID, SWISS_ROLL, MOONS, CIRCLES, PINWHEEL, CHECKERBOARD, SPIRAL, lines(), DIGITS)

DISTRIBUTIONS = {each.name: each for each in PLANE}


def distribution(name: str, among: Mapping[str, Distribution] = DISTRIBUTIONS) -> Distribution:
    """The distribution of this name; ValueError that lists the names when there is none."""
    if name not in among:
        names = ", ".join(map(repr, among))
        raise ValueError(f"unknown distribution {name[:40]!r}; choose from {names}")
    return among[name]
