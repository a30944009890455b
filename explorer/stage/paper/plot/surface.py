"""Surfaces: a heat map with its level lines."""

import numpy as np

from explorer.figures.scene import Surface
from explorer.stage.paper.colour import ramp_of
from explorer.stage.paper.moment import Moment
from explorer.stage.paper.plot.axes import Map
from explorer.stage.paper.sheet import Paper

FINER = 2  # times denser before the colours are spread over pixels, in values and not in colours

# Which sides of a cell a level joins: 0 south, 1 east, 2 north, 3 west, by the corners above it
# (1 south-west, 2 south-east, 4 north-east, 8 north-west); opposite corners go by the middle.
SIDES = {
    1: [(3, 0)], 14: [(3, 0)], 2: [(0, 1)], 13: [(0, 1)], 4: [(1, 2)], 11: [(1, 2)],
    7: [(2, 3)], 8: [(2, 3)], 3: [(3, 1)], 12: [(3, 1)], 6: [(0, 2)], 9: [(0, 2)],
}  # fmt: skip
NORTH_WEST, SOUTH_WEST = [(3, 2), (0, 1)], [(3, 0), (1, 2)]


def draw_surface(paper: Paper, mark: Surface, chart: Map, moment: Moment) -> None:
    """Draw a surface and its contours."""
    values = moment.array(mark.array)
    if values is None:
        return
    low = float(np.nanmin(values)) if mark.low is None else mark.low
    high = float(np.nanmax(values)) if mark.high is None else mark.high
    shares = np.nan_to_num(_shares(finer(values, FINER), low, high, mark.middle))
    colours = ramp_of(paper.palette, mark.scale, mark.role)
    picture = colours[np.floor(255 * np.clip(shares, 0, 1) + 0.5).astype(int)]
    x0, x1, y0, y1 = mark.extent
    left, top = float(chart.x(x0)), float(chart.y(y1))
    right, bottom = float(chart.x(x1)), float(chart.y(y0))
    paper.heat(picture[::-1], left, top, right, bottom, smooth=True)
    rows, columns = values.shape
    xs, ys = _centres(columns, left, right), _centres(rows, bottom, top)
    for i in range(1, mark.contours + 1):
        level = low + (high - low) * i / (mark.contours + 1)
        for piece in contour(values, level, xs, ys):
            paper.line(piece, "ink", 1, opacity=0.16 if paper.dark else 0.13)


def _centres(count: int, start: float, end: float) -> np.ndarray:
    """Return the middles of equal cells; the outermost lie on the edges, or lines end short."""
    places = start + (end - start) * (np.arange(count) + 0.5) / count
    places[0], places[-1] = start, end
    return places


def _shares(values: np.ndarray, low: float, high: float, middle: float | None) -> np.ndarray:
    """Return where on the scale values lie, 0 to 1; ``middle`` lies at one half."""
    if middle is None:
        return (values - low) / (high - low or 1.0)
    span = np.where(values < middle, middle - low or 1.0, high - middle or 1.0)
    return 0.5 + 0.5 * (values - middle) / span


def finer(values: np.ndarray, times: int) -> np.ndarray:
    """Return values ``times`` as dense both ways, by cubics (Catmull and Rom, 1974)."""
    return _spread(_spread(values.T, times).T, times)


def _spread(values: np.ndarray, times: int) -> np.ndarray:
    """Return the rows of an array interpolated, ``times`` as many."""
    padded = np.pad(values, ((2, 2), (0, 0)), mode="edge")
    dense = np.empty((times * len(values), values.shape[1]))
    for part in range(times):
        place = (part + 0.5) / times - 0.5
        start = 1 if place < 0 else 2  # of the row at the left, in the padded array
        t = place + 1 if place < 0 else place
        weights = (
            0.5 * t * (-1 + t * (2 - t)),
            1 + 0.5 * t * t * (3 * t - 5),
            0.5 * t * (1 + t * (4 - 3 * t)),
            0.5 * t * t * (t - 1),
        )
        dense[part::times] = sum(
            weight * padded[start + k - 1 : start + k - 1 + len(values)]
            for k, weight in enumerate(weights)
        )
    return dense


def contour(
    values: np.ndarray, level: float, xs: np.ndarray, ys: np.ndarray
) -> list[list[tuple[float, float]]]:
    """Return the short lines along which a surface crosses a level: marching squares.

    Row 0 of the values lies at ``ys[0]``, column 0 at ``xs[0]``.
    """
    square = (values[:-1, :-1], values[:-1, 1:], values[1:, 1:], values[1:, :-1])
    south_west, south_east, north_east, north_west = (corner > level for corner in square)
    every = south_west + 2 * south_east + 4 * north_east + 8 * north_west
    rows, columns = np.nonzero((every > 0) & (every < 15))
    a, b, c, d = (corner[rows, columns] - level for corner in square)
    west, east, south, north = xs[columns], xs[columns + 1], ys[rows], ys[rows + 1]
    with np.errstate(divide="ignore", invalid="ignore"):  # on the sides that are not crossed
        crossed = (
            (west + (east - west) * a / (a - b), south),
            (east, south + (north - south) * b / (b - c)),
            (west + (east - west) * d / (d - c), north),
            (west, south + (north - south) * a / (a - d)),
        )
    places = [list(zip(x.tolist(), y.tolist(), strict=True)) for x, y in crossed]
    pieces = []
    for n, code in enumerate(every[rows, columns].tolist()):
        high = a[n] + b[n] + c[n] + d[n] > 0
        saddle = NORTH_WEST if (code == 5) == high else SOUTH_WEST
        for one, other in SIDES.get(code, saddle):
            pieces.append([places[one][n], places[other][n]])
    return pieces
