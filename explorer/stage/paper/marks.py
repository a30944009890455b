"""Every mark of a plot, on paper. A mark only draws: its numbers were computed elsewhere."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from explorer.figures import theme
from explorer.figures.scene import (
    Arrows,
    Band,
    Bars,
    Curve,
    History,
    Mesh,
    Points,
    Rule,
    Surface,
)
from explorer.stage.paper.moment import Moment
from explorer.stage.paper.sheet import VIRIDIS, Paper, ramp

TEXT = 14.0

Box = tuple[float, float, float, float]  # left, top, right, bottom
Range = tuple[float, float]


@dataclass(frozen=True)
class Map:
    """From data to pixels; ranges are exponents of ten on a log axis."""

    box: Box
    x_range: Range
    y_range: Range
    log_x: bool = False
    log_y: bool = False

    def x(self, values: np.ndarray | float) -> np.ndarray:
        """Return pixels from the left."""
        left, _, right, _ = self.box
        low, high = self.x_range
        return np.asarray(left + (unit(values, self.log_x) - low) * (right - left) / (high - low))

    def y(self, values: np.ndarray | float) -> np.ndarray:
        """Return pixels from the top."""
        _, top, _, bottom = self.box
        low, high = self.y_range
        return np.asarray(bottom - (unit(values, self.log_y) - low) * (bottom - top) / (high - low))


def unit(values: np.ndarray | float, log: bool) -> np.ndarray:
    """Return values as they lie along an axis: exponents of ten on a log one."""
    found = np.asarray(values, float)
    if not log:
        return found
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(found > 0, np.log10(found), np.nan)


Labels = list[tuple[float, float, str, str]]  # x, y, text, role: what stands at the ends of lines


def _points(paper: Paper, mark: Points, chart: Map, moment: Moment, labels: Labels) -> None:
    cloud = moment.array(mark.array)
    if cloud is None:
        return
    left, top, right, bottom = chart.box
    radius = max(1.3, mark.size * min(right - left, bottom - top) / 400)
    for x, y in zip(chart.x(cloud[:, 0]), chart.y(cloud[:, 1]), strict=True):
        if left <= x <= right and top <= y <= bottom:
            paper.dot(x, y, radius, mark.role, mark.opacity, mark.shape)


def _surface(paper: Paper, mark: Surface, chart: Map, moment: Moment, labels: Labels) -> None:
    values = moment.array(mark.array)
    if values is None:
        return
    low = float(values.min()) if mark.low is None else mark.low
    high = float(values.max()) if mark.high is None else mark.high
    if mark.middle is None:
        shares = (values - low) / (high - low or 1.0)
    else:
        span = np.where(values < mark.middle, mark.middle - low or 1.0, high - mark.middle or 1.0)
        shares = 0.5 + 0.5 * (values - mark.middle) / span
    stops = {
        "diverging": [paper.colour(role) for role in ("low", "card", "high")],
        "sequential": list(VIRIDIS),
        "role": [paper.colour("card"), paper.colour(mark.role)],
    }[mark.scale]
    picture = ramp(stops)[np.rint(255 * np.clip(np.nan_to_num(shares), 0, 1)).astype(int)]
    x0, x1, y0, y1 = mark.extent
    left, top = float(chart.x(x0)), float(chart.y(y1))
    right, bottom = float(chart.x(x1)), float(chart.y(y0))
    paper.heat(picture[::-1], left, top, right, bottom, smooth=True)
    rows, columns = values.shape
    xs = chart.x(x0 + (x1 - x0) * (np.arange(columns) + 0.5) / columns)
    ys = chart.y(y0 + (y1 - y0) * (np.arange(rows) + 0.5) / rows)
    for i in range(1, mark.contours + 1):
        level = low + (high - low) * i / (mark.contours + 1)
        for piece in contour(values, level, xs, ys):
            paper.line(piece, "ink", 1, opacity=0.15)


def contour(
    values: np.ndarray, level: float, xs: np.ndarray, ys: np.ndarray
) -> list[list[tuple[float, float]]]:
    """Return the short lines along which a surface crosses a level: marching squares.

    Each square between four neighbours is cut where its sides cross the level; a saddle is cut
    into two.
    """
    above = values > level
    corners = np.stack([above[:-1, :-1], above[:-1, 1:], above[1:, 1:], above[1:, :-1]])
    crossed = ~(corners.all(0) | ~corners.any(0))
    pieces = []
    for row, column in np.argwhere(crossed):
        square = [(row, column), (row, column + 1), (row + 1, column + 1), (row + 1, column)]
        cuts = []
        for one, other in zip(square, [*square[1:], square[0]], strict=True):
            if above[one] == above[other]:
                continue
            share = (level - values[one]) / (values[other] - values[one])
            x = xs[one[1]] + share * (xs[other[1]] - xs[one[1]])
            y = ys[one[0]] + share * (ys[other[0]] - ys[one[0]])
            cuts.append((float(x), float(y)))
        pieces += [cuts[i : i + 2] for i in range(0, len(cuts), 2)]
    return pieces


def _mesh(paper: Paper, mark: Mesh, chart: Map, moment: Moment, labels: Labels) -> None:
    grid = moment.array(mark.array)
    if grid is None:
        return
    xs, ys = chart.x(grid[..., 0]), chart.y(grid[..., 1])
    density = moment.array(mark.density) if mark.density else None
    if density is not None:
        _cells(paper, mark, xs, ys, density)
    for lines in ((xs, ys), (xs.T, ys.T)):
        for line in zip(*lines, strict=True):
            path = list(zip(*map(np.ndarray.tolist, line), strict=True))
            paper.line(path, mark.role, 1.2, opacity=mark.opacity)


def _cells(paper: Paper, mark: Mesh, xs: np.ndarray, ys: np.ndarray, density: np.ndarray) -> None:
    """Fill each cell of a mesh at the mean density of its four corners."""
    nodes = np.stack([xs, ys], -1)
    corners = np.stack([nodes[:-1, :-1], nodes[:-1, 1:], nodes[1:, 1:], nodes[1:, :-1]], 2)
    shares = (density[:-1, :-1] + density[:-1, 1:] + density[1:, 1:] + density[1:, :-1]) / 4
    for cell, share in zip(corners.reshape(-1, 4, 2), shares.ravel(), strict=True):
        if share > 0 and np.isfinite(cell).all():
            paper.polygon(map(tuple, cell.tolist()), mark.role, mark.opacity * min(1.0, share))


def _arrows(paper: Paper, mark: Arrows, chart: Map, moment: Moment, labels: Labels) -> None:
    tails, vectors = moment.array(mark.tails), moment.array(mark.vectors)
    if tails is None or vectors is None:
        return
    pulls = vectors * mark.scale
    lengths = np.linalg.norm(pulls, axis=1)
    cut = np.minimum(1.0, mark.longest / np.maximum(lengths, 1e-300))
    tips = tails + pulls * cut[:, None]
    size = max(3.0, (chart.box[2] - chart.box[0]) / 95)
    for tail, tip, share in zip(tails, tips, cut, strict=True):
        start = (float(chart.x(tail[0])), float(chart.y(tail[1])))
        end = (float(chart.x(tip[0])), float(chart.y(tip[1])))
        shown = math.dist(start, end)
        if not shown > 0.7:
            continue
        paper.line([start, end], mark.role, 1.2, opacity=0.62)
        ux, uy = (end[0] - start[0]) / shown, (end[1] - start[1]) / shown
        wide = size * (0.45 if share == 1 else 0.7)
        back = (end[0] - ux * size, end[1] - uy * size)
        sides = [
            (back[0] - uy * wide, back[1] + ux * wide),
            (back[0] + uy * wide, back[1] - ux * wide),
        ]
        if share < 1:
            paper.line([sides[0], end, sides[1]], mark.role, 1.2)
        elif shown > 1.6 * size:
            paper.polygon([sides[0], end, sides[1]], mark.role, 0.62)


def _dash(role: str, dashed: bool | None) -> Sequence[float]:
    known = theme.DASH.get(role, ())
    if dashed is None:
        return known
    return (known or (8, 5)) if dashed else ()


def _curve(paper: Paper, mark: Curve, chart: Map, moment: Moment, labels: Labels) -> None:
    values = moment.array(mark.y)
    if values is None:
        return
    found = moment.array(mark.x) if mark.x else None
    xs = chart.x(np.arange(len(values)) if found is None else found)
    low, high = (moment.array(name) if name else None for name in (mark.low, mark.high))
    if low is not None and high is not None:
        bottom = chart.box[3]
        edges = [np.nan_to_num(chart.y(side), nan=bottom) for side in (high, low)]
        around = [*zip(xs, edges[0], strict=True), *reversed(list(zip(xs, edges[1], strict=True)))]
        paper.polygon([(float(x), float(y)) for x, y in around], mark.role, 0.18)
    _trace(paper, xs, chart.y(values), mark, _dash(mark.role, mark.dashed), chart.box, labels)


def _history(paper: Paper, mark: History, chart: Map, moment: Moment, labels: Labels) -> None:
    steps = np.array([frame.step for frame in moment.frames], float)
    values = np.array([frame.scalars.get(mark.scalar, math.nan) for frame in moment.frames], float)
    xs, ys = chart.x(steps), chart.y(values)
    dash = _dash(mark.role, None)
    until = moment.at + 1
    _trace(paper, xs[:until], ys[:until], mark, dash, chart.box, labels)
    if math.isfinite(ys[moment.at]):
        paper.dot(float(xs[moment.at]), float(ys[moment.at]), 3.6, mark.role)


def _trace(
    paper: Paper,
    xs: np.ndarray,
    ys: np.ndarray,
    mark: Curve | History,
    dash: Sequence[float],
    box: Box,
    labels: Labels,
) -> None:
    """Draw a line with gaps where there is no number, and its label at its end."""
    path: list[tuple[float, float]] = []
    end = None
    for x, y in zip(xs, np.clip(ys, box[1] - 4, box[3] + 4), strict=True):
        if math.isfinite(x) and math.isfinite(y):
            end = (float(x), float(y))
            path.append(end)
        else:
            paper.line(path, mark.role, mark.width, dash)
            path = []
    paper.line(path, mark.role, mark.width, dash)
    if end and mark.label:
        labels.append((min(end[0], box[2]), end[1], mark.label, mark.role))


def _rule(paper: Paper, mark: Rule, chart: Map, moment: Moment, labels: Labels) -> None:
    y = float(chart.y(moment.known(mark.y)))
    left, _, right, _ = chart.box
    if math.isfinite(y):
        paper.line([(left, y), (right, y)], mark.role, 2, theme.DASH.get(mark.role) or (8, 5))
        paper.text(right - 4, y - 5, mark.label, TEXT, "mute", "rs")


def _band(paper: Paper, mark: Band, chart: Map, moment: Moment, labels: Labels) -> None:
    low, high = (float(chart.y(moment.known(edge))) for edge in (mark.low, mark.high))
    left, _, right, bottom = chart.box
    if not math.isfinite(high):
        return
    low = low if math.isfinite(low) else bottom
    paper.box(left, high, right, max(low, high + 2), mark.role, opacity=0.22)
    paper.text(right - 4, high - 5, mark.label, TEXT, "mute", "rs")


def _bars(paper: Paper, mark: Bars, chart: Map, moment: Moment, labels: Labels) -> None:
    heights = moment.array(mark.array)
    if heights is None:
        return
    zero = chart.box[3] if chart.log_y else float(chart.y(0.0))
    for i, height in enumerate(heights):
        y = float(chart.y(height))
        if math.isfinite(y):
            left, right = float(chart.x(i - 0.38)), float(chart.x(i + 0.38))
            paper.box(left, min(y, zero), right, max(y, zero), mark.role)


DRAW: Mapping[type, Callable[..., None]] = {
    Points: _points,
    Surface: _surface,
    Mesh: _mesh,
    Arrows: _arrows,
    Curve: _curve,
    History: _history,
    Rule: _rule,
    Band: _band,
    Bars: _bars,
}
