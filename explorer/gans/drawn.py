"""Data that somebody made: drawn by hand, or two columns of a table.

Letters: n points of a sample, N points that were given.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

import torch
from jaxtyping import Float, Float32, Float64, Int64
from torch import Tensor

from explorer.gans.data import Distribution
from explorer.gans.shapes import mixture_log_density

BANDWIDTH = 0.03  # standard deviation of the noise around a drawn point
MOST_DRAWN = 20_000  # points of a drawing; and of a table, after thinning
FARTHEST = 100.0  # a drawing beyond it was not made on the page
SPACING = 0.02  # of the points that stand for a stroke
SEPARATORS = (";", "\t", ",", None)  # None: blanks


def drawn(
    points: Float[Tensor, "N 2"] | Sequence[Sequence[float]],
    bandwidth: float = BANDWIDTH,
    name: str = "drawn",
    label: str = "drawn by hand",
    spoken: str = "drawing",
) -> Distribution:
    """The given points, drawn with replacement, each moved by round noise of `bandwidth`.

    That is the kernel density estimate of the points, whose own density is therefore exact:
    p(x) = Σ_j N(x; c_j, bandwidth² I) / N. ValueError with one sentence for no point, a single
    one, equal points, NaN, more than 20,000 points, or points farther out than 100.
    """
    given = torch.as_tensor(points, dtype=torch.float32)
    if given.numel() == 0:
        raise ValueError("the drawing is empty: draw at least two different points")
    if given.dim() != 2 or given.shape[1] != 2:
        raise ValueError(f"a drawing needs two numbers a point, not shape {tuple(given.shape)}")
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

    def log_density(at: Float[Tensor, "n 2"], blur: float = 0.0) -> Float64[Tensor, " n"]:
        return mixture_log_density(at, given, bandwidth, blur=blur)

    edge = max(0.5, math.ceil(10 * (float(given.abs().max()) + 6 * bandwidth)) / 10)
    return Distribution(
        name=name,
        label=label,
        spoken=spoken,
        source="whoever made the points",
        formula=rf"x = c_j + {bandwidth:g}\,\varepsilon, \quad"
        rf" c_j \text{{ one of {len(given):,} points}}",
        draw=partial(sample_cloud, points=given, bandwidth=bandwidth),
        extent=(-edge, edge, -edge, edge),
        log_density=log_density,
    )


def sample_cloud(
    n: int, rng: torch.Generator, points: Float32[Tensor, "N 2"], bandwidth: float
) -> Float32[Tensor, "n 2"]:
    """Points of a cloud drawn with replacement, each moved by a little noise."""
    which = torch.randint(len(points), (n,), generator=rng)
    noise = torch.randn(n, 2, generator=rng)
    return points.index_select(0, which).add_(noise, alpha=bandwidth)


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


@dataclass(frozen=True, eq=False)
class Table:
    """Two columns of numbers, standardised: points = (rows − centre) / scale."""

    rows: int  # in the file, without its header
    header: tuple[str, str] | None
    kept: Int64[Tensor, " N"]  # which rows, from 0: all, or evenly spaced ones of a long file
    centre: Float64[Tensor, " 2"]  # mean of each column
    scale: Float64[Tensor, " 2"]  # standard deviation of each column
    points: Float32[Tensor, "N 2"]

    def original(self, points: Float[Tensor, "n 2"]) -> Float64[Tensor, "n 2"]:
        """Points of the laboratory in the units of the file."""
        return points.double() * self.scale + self.centre


def points_of_csv(text: str) -> Table:
    """Two columns from text, a row a line; separated by comma, semicolon, tab or blanks.

    A first line without numbers is the header. Beside semicolons and tabs a decimal comma is
    read. Of more than 20,000 rows, 20,000 evenly spaced ones are kept and the others not read.
    ValueError with one sentence that names the line for text, NaN, infinity, not two columns, or a
    number that is more than a hundred standard deviations out; and for fewer than two rows, or a
    column that is the same in all of them.
    """
    lines = [(at, line) for at, line in enumerate(text.lstrip("\ufeff").splitlines(), 1)]
    lines = [(at, line.strip()) for at, line in lines if line.strip()]
    if not lines:
        raise ValueError("the table is empty: two columns of numbers are needed")
    separator = _separator("".join(line for _, line in lines[:2]))
    header = _header(lines[0][1], separator)
    if header:
        lines = lines[1:]
    if len(lines) < 2:
        raise ValueError(f"the table needs at least two rows of numbers, not {len(lines)}")
    wanted = min(len(lines), MOST_DRAWN)
    kept = torch.linspace(0, len(lines) - 1, wanted, dtype=torch.float64).round().long()
    rows = torch.tensor(
        [_row(at, line, separator) for at, line in (lines[index] for index in kept.tolist())],
        dtype=torch.float64,
    )
    centre, scale = rows.mean(dim=0), rows.std(dim=0, correction=0)
    if not (centre.isfinite().all() and scale.isfinite().all()):
        raise ValueError("the numbers of the table are too large to take a mean of")
    for column in range(2):
        if (rows[:, column] == rows[0, column]).all():
            raise ValueError(f"column {column + 1} of the table is the same in every row")
    points = (rows - centre) / scale
    farthest = int(points.abs().amax(dim=1).argmax())
    column = int(points[farthest].abs().argmax())
    out = float(points[farthest, column].abs())
    if out > FARTHEST:
        at, _ = lines[int(kept[farthest])]
        raise ValueError(
            f"line {at} of the table holds {float(rows[farthest, column]):g}, {out:,.0f} standard "
            f"deviations from the mean of its column, and all other rows would lie on one spot: "
            f"take it out (at most {FARTHEST:g} are shown)"
        )
    return Table(
        rows=len(lines),
        header=header,
        kept=kept,
        centre=centre,
        scale=scale,
        points=points.float(),
    )


def _separator(beginning: str) -> str | None:
    return next((mark for mark in SEPARATORS if mark and mark in beginning), None)


def _cells(line: str, separator: str | None) -> list[str]:
    return [cell.strip().strip("\"'").strip() for cell in line.split(separator)]


def _header(line: str, separator: str | None) -> tuple[str, str] | None:
    """The two names of a first line in which no cell is a number."""
    cells = _cells(line, separator)
    if any(_is_number(cell, separator) for cell in cells):
        return None
    return (cells[0][:40], cells[1][:40]) if len(cells) == 2 else None


def _is_number(cell: str, separator: str | None) -> bool:
    try:
        _number(cell, separator)
    except ValueError:
        return False
    return True


def _number(cell: str, separator: str | None) -> float:
    return float(cell.replace(",", ".") if separator in (";", "\t") else cell)


def _row(at: int, line: str, separator: str | None) -> tuple[float, float]:
    cells = _cells(line, separator)
    if len(cells) != 2:
        columns = "1 column" if len(cells) == 1 else f"{len(cells)} columns"
        raise ValueError(f"line {at} of the table has {columns}; two are needed")
    numbers = []
    for cell in cells:
        if not _is_number(cell, separator):
            raise ValueError(f"line {at} of the table holds {cell[:20]!r}, which is not a number")
        numbers.append(_number(cell, separator))
    if not all(map(math.isfinite, numbers)):
        raise ValueError(f"line {at} of the table holds NaN or infinity")
    return numbers[0], numbers[1]
