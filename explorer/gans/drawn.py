"""Data that somebody made: drawn by hand, or columns of a table.

Letters: n points of a sample, N points that were given, each of D coordinates.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial

import torch
from jaxtyping import Float, Float32, Float64, Int64
from torch import Tensor

from explorer.gans.data import Distribution, Draw, Extent, LogDensity
from explorer.gans.shapes import mixture_log_density

BANDWIDTH = 0.03  # standard deviation of the noise around a drawn point
LINE_BANDWIDTH = 0.1  # the same on a line: about the width of a bin of its picture
MOST_DRAWN = 20_000  # points of a drawing
FARTHEST = 100.0  # a drawing beyond it was not made on the page
SPACING = 0.02  # of the points that stand for a stroke


def drawn(
    points: Float[Tensor, "N D"] | Sequence[Sequence[float]],
    bandwidth: float = BANDWIDTH,
    name: str = "drawn",
    label: str = "drawn by hand",
    spoken: str = "drawing",
    dimensions: int = 2,
    labels: Int64[Tensor, " N"] | None = None,
    classes: int = 0,
) -> Distribution:
    """The given points, drawn with replacement, each moved by round noise of `bandwidth`.

    That is the kernel density estimate of the points, whose own density is therefore exact:
    p(x) = Σ_j N(x; c_j, bandwidth² I) / N. With ``labels``, from 0 up to ``classes``, a point has
    the label of the one that it was drawn from. With one of ``dimensions`` they lie on a line.
    ValueError with one sentence for no point, a single one, equal points, NaN, more than 20,000
    points, or points farther out than 100.
    """
    given = torch.as_tensor(points, dtype=torch.float32)
    if given.numel() == 0:
        raise ValueError("the drawing is empty: draw at least two different points")
    if given.dim() != 2 or given.shape[1] != dimensions:
        wanted = "one number" if dimensions == 1 else "two numbers"
        raise ValueError(f"a {spoken} needs {wanted} a point, not shape {tuple(given.shape)}")
    if len(given) > MOST_DRAWN:
        raise ValueError(f"a drawing has at most {MOST_DRAWN} points, not {len(given)}")
    astray = int((~given.isfinite()).any(dim=1).sum())
    if astray:
        raise ValueError(f"the {spoken} has NaN or infinity in {astray} of its {len(given)} points")
    if len(given) == 1:
        raise ValueError("the drawing is a single point: draw at least two different points")
    if float(given.abs().max()) > FARTHEST:
        raise ValueError(f"the {spoken} reaches farther out than {FARTHEST:g}")
    if (given == given[0]).all():
        raise ValueError(f"all {len(given)} points of the {spoken} are the same")
    if not 0 < bandwidth <= 1:
        raise ValueError(f"bandwidth must be above 0 and at most 1, not {bandwidth:g}")

    def log_density(at: Float[Tensor, "n D"], blur: float = 0.0) -> Float64[Tensor, " n"]:
        return mixture_log_density(at, given, bandwidth, blur=blur)

    draw: Draw = partial(sample_cloud, points=given, bandwidth=bandwidth)
    shares: tuple[float, ...] = ()
    if labels is not None:
        shares = tuple((labels.bincount(minlength=classes).double() / len(labels)).tolist())
        draw = partial(sample_labelled_cloud, points=given, labels=labels, bandwidth=bandwidth)
    on_a_line = dimensions == 1
    return Distribution(
        name=name,
        label=label,
        spoken=spoken,
        source="whoever made the points",
        formula=rf"x = c_j + {bandwidth:g}\,\varepsilon, \quad"
        rf" c_j \text{{ one of {len(given):,} points}}",
        draw=draw,
        extent=_along(given, bandwidth, log_density) if on_a_line else around(given, bandwidth),
        log_density=log_density,
        dimensions=dimensions,
        classes=len(shares),
        shares=shares,
        cdf=partial(_cdf, points=given, bandwidth=bandwidth) if on_a_line else None,
    )


def atoms(points: Float[Tensor, "N D"]) -> Distribution:
    """The given points themselves, equally likely: no density, and no noise about them.

    ValueError with one sentence for fewer than two different points, NaN, or points farther out
    than 100.
    """
    round_each = drawn(points, name="cloud", label="points of a link", spoken="given points")
    given = torch.as_tensor(points, dtype=torch.float32)
    return replace(
        round_each,
        formula=rf"x = c_j, \quad c_j \text{{ one of {len(given):,} points}}",
        draw=partial(sample_atoms, points=given),
        log_density=None,
    )


def around(points: Float32[Tensor, "N 2"], bandwidth: float) -> Extent:
    """A square about the origin that holds all the points with their noise."""
    edge = max(0.5, math.ceil(10 * (float(points.abs().max()) + 6 * bandwidth)) / 10)
    return (-edge, edge, -edge, edge)


def _along(points: Float32[Tensor, "N 1"], bandwidth: float, log_density: LogDensity) -> Extent:
    """From below the least point to above the largest, and a tenth above the density's peak."""
    low, high = float(points.min()) - 4.5 * bandwidth, float(points.max()) + 4.5 * bandwidth
    steps = torch.linspace(low, high, 1_001, dtype=torch.float64)
    return (low, high, 0.0, 1.1 * float(log_density(steps[:, None], 0.0).exp().max()))


def _cdf(
    at: Float[Tensor, "n 1"], points: Float32[Tensor, "N 1"], bandwidth: float
) -> Float64[Tensor, " n"]:
    """Σ_j Φ((x − c_j) / bandwidth) / N."""
    return torch.special.ndtr((at.double() - points.double().T) / bandwidth).mean(dim=1)


def sample_cloud(
    n: int, rng: torch.Generator, points: Float32[Tensor, "N D"], bandwidth: float
) -> Float32[Tensor, "n D"]:
    """Points of a cloud drawn with replacement, each moved by a little noise."""
    which = torch.randint(len(points), (n,), generator=rng)
    noise = torch.randn(n, points.shape[1], generator=rng)
    return points.index_select(0, which).add_(noise, alpha=bandwidth)


def sample_atoms(
    n: int, rng: torch.Generator, points: Float32[Tensor, "N D"]
) -> Float32[Tensor, "n D"]:
    """Points of a cloud drawn with replacement."""
    return points.index_select(0, torch.randint(len(points), (n,), generator=rng))


def sample_labelled_cloud(
    n: int,
    rng: torch.Generator,
    points: Float32[Tensor, "N D"],
    labels: Int64[Tensor, " N"],
    bandwidth: float,
) -> tuple[Float32[Tensor, "n D"], Int64[Tensor, " n"]]:
    """The same points, with the label of the one that each was drawn from."""
    which = torch.randint(len(points), (n,), generator=rng)
    noise = torch.randn(n, points.shape[1], generator=rng)
    return points.index_select(0, which).add_(noise, alpha=bandwidth), labels[which]


def points_of_strokes(strokes: Iterable[Sequence[Sequence[float]]]) -> Float32[Tensor, "N 2"]:
    """Evenly spaced points along hand-drawn strokes, which a slow hand leaves crowded.

    Each stroke is a polyline of (x, y); its points lie 0.02 apart along it, both ends included. A
    stroke of one point is a dot. ValueError for NaN, or for strokes of more than 20,000 points.
    """
    found: list[Tensor] = []
    count = 0
    for stroke in strokes:
        if len(stroke) == 0:
            continue
        corners = torch.as_tensor(stroke, dtype=torch.float64).reshape(len(stroke), -1)
        if corners.shape[1] != 2 or not corners.isfinite().all():
            raise ValueError("a stroke must be a list of points of two finite numbers")
        along = torch.cat([corners.new_zeros(1), corners.diff(dim=0).norm(dim=1).cumsum(0)])
        length = float(along[-1])
        steps = max(1, round(length / SPACING)) + 1 if length else 1
        count += steps
        if count > MOST_DRAWN:
            raise ValueError(f"the strokes hold more than {MOST_DRAWN} points")
        at = torch.linspace(0, length, steps, dtype=torch.float64)
        after = torch.searchsorted(along, at).clamp(1, max(1, len(along) - 1))
        if len(corners) == 1 or length == 0:
            found.append(corners[:1])
            continue
        before = after - 1
        share = (at - along[before]) / (along[after] - along[before]).clamp_min(1e-300)
        found.append(torch.lerp(corners[before], corners[after], share[:, None]))
    return torch.cat(found).float() if found else torch.empty(0, 2)
