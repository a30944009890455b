"""Axes: ticks, the mapping to pixels, and labels that keep out of each other's way."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from explorer.figures.scene import Axis
from explorer.stage.paper.format import decade, tick
from explorer.stage.paper.sheet import TEXT, Box, Paper

Range = tuple[float, float]  # in axis units: exponents of ten on a log axis
Tick = tuple[float, str]  # where, in axis units, and what stands there


def nice_pitch(span: float, count: float) -> float:
    """Return the pitch of about ``count`` ticks over a span: 1, 2 or 5 times a power of ten."""
    rough = span / max(1.0, count)
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * f for f in (1, 2, 5, 10) if power * f >= rough * 0.999)


def _even_pitch(low: float, high: float, count: float, whole: bool) -> float | None:
    """Return the pitch that divides a span into at most ``count`` even parts and reads well.

    With ``whole`` it must be a whole number.
    """
    for parts in range(math.floor(count), 0, -1):
        pitch = (high - low) / parts
        digits = float(f"{pitch / 10.0 ** math.floor(math.log10(pitch) + 1e-9):.6g}")
        starts = abs(low / pitch - round(low / pitch)) < 1e-6
        fits = not whole or float(f"{pitch:.6g}").is_integer()
        if starts and fits and digits in (1, 2, 2.5, 4, 5):
            return pitch
    return None


def ticks_of(low: float, high: float, count: float, log: bool, whole: bool = False) -> list[Tick]:
    """Return the ticks of a range, about ``count`` of them; at least two where that can be.

    With ``whole`` they stand at whole numbers alone.
    """
    if not high > low:
        return []
    if log:
        pitch = max(1.0, math.ceil((high - low) / max(1.0, count)))
    else:
        least = 1.0 if whole else 0.0
        even = _even_pitch(low, high, count, whole)
        pitch = even or max(least, nice_pitch(high - low, count))
    found = []
    i = math.ceil(low / pitch - 1e-9)
    while i * pitch <= high + 1e-9 * pitch:
        at = i * pitch
        found.append((at, decade(round(at)) if log else tick(float(f"{at:.12g}"), pitch)))
        i += 1
    if len(found) > 1 or count > 20:
        return found
    if not log:
        return ticks_of(low, high, max(1.0, count) * 1.5, False, whole)
    between = ticks_of(low, high, count, False)
    return [(at, tick(float(f"{10.0**at:.2g}"), 10.0 ** math.floor(at - 1))) for at, _ in between]


def rounded(fitted: Range, axis: Axis) -> Range:
    """Return a range that was fitted to data, rounded outwards where the axis leaves it free."""
    low, high = fitted
    if not high > low:
        spread = 1.0 if axis.log else abs(low) or 1.0
        low, high = low - spread / 2, high + spread / 2
    pitch = 1.0 if axis.log else nice_pitch(high - low, 4)
    if axis.low is None:
        low = math.floor(low / pitch + 1e-9) * pitch
    if axis.high is None:
        high = math.ceil(high / pitch - 1e-9) * pitch
    return low, high


def unit(values: np.ndarray | float, log: bool) -> np.ndarray:
    """Return values in axis units; what a log axis cannot show becomes NaN."""
    found = np.asarray(values, float)
    if not log:
        return found
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(found > 0, np.log10(found), np.nan)


@dataclass(frozen=True)
class Map:
    """From data to pixels of a box."""

    box: Box
    x_range: Range
    y_range: Range
    log_x: bool = False
    log_y: bool = False

    def x(self, values: np.ndarray | float) -> np.ndarray:
        """Return pixels from the left."""
        return self.column(unit(values, self.log_x))

    def y(self, values: np.ndarray | float) -> np.ndarray:
        """Return pixels from the top."""
        return self.row(unit(values, self.log_y))

    def column(self, at: np.ndarray | float) -> np.ndarray:
        """Return pixels from the left of what is given in axis units."""
        left, _, right, _ = self.box
        low, high = self.x_range
        return np.asarray(left + (at - low) * (right - left) / (high - low))

    def row(self, at: np.ndarray | float) -> np.ndarray:
        """Return pixels from the top of what is given in axis units."""
        _, top, _, bottom = self.box
        low, high = self.y_range
        return np.asarray(bottom - (at - low) * (bottom - top) / (high - low))


@dataclass(frozen=True)
class Side:
    """What stands along one axis: its ticks and its name."""

    ticks: Sequence[Tick]
    name: str


def draw_axes(paper: Paper, chart: Map, across: Side, down: Side, cell: Box) -> None:
    """Draw the ticks, the grid and the names of the axes of a plot that fills a cell."""
    left, _, right, _ = chart.box
    for at, text in down.ticks:
        y = round(float(chart.row(at))) + 0.5
        paper.line([(left, y), (right, y)], "line", 1)
        paper.text(left - 7, max(cell[1] + TEXT * 0.55, y), text, TEXT, "mute", "rm")
    _draw_ticks_below(paper, chart, across, cell)
    if down.name:
        paper.text(cell[0], cell[1], down.name, TEXT, "mute", "la")


def _draw_ticks_below(paper: Paper, chart: Map, across: Side, cell: Box) -> None:
    """Write the ticks under a plot, and the axis' name in the last gap that has room for it."""
    y = chart.box[3] + TEXT * 0.5 + 6
    named = paper.measure(across.name) if across.name else 0.0
    places: list[tuple[float, float]] = []  # from right to left
    for at, text in reversed(across.ticks):
        width = paper.measure(text)
        left = max(cell[0], min(float(chart.column(at)) - width / 2, cell[2] - width))
        if places and left + width > places[-1][0] - 12:
            continue
        places.append((left, left + width))
        paper.text(left, y, text, TEXT, "mute", "lm")
    if not across.name:
        return
    starts = [cell[0] - 12, *(right for _, right in reversed(places))]
    ends = [*(left for left, _ in reversed(places)), chart.box[2] + 12]
    for i in range(len(starts) - 1, -1, -1):
        start, end = starts[i] + 12, ends[i] - 12
        if end - start >= named:
            last = i == len(starts) - 1
            at = end - named if last else (start + end - named) / 2
            paper.text(at, y, across.name, TEXT, "mute", "lm")
            return


@dataclass(frozen=True)
class Label:
    """A text in the colour of a role, and where its left end and its middle should stand."""

    text: str
    role: str
    x: float
    y: float


def draw_labels(paper: Paper, labels: Sequence[Label], chart: Map, cell: Box, ground: str) -> None:
    """Write labels near their places, each moved up or down until it covers no other."""
    height = TEXT * 1.15
    low, high = chart.box[1] - 2, chart.box[3] + 2 - height
    taken: list[Box] = []
    for label in sorted(labels, key=lambda label: label.y):
        width = paper.measure(label.text)
        x = max(cell[0], min(label.x, cell[2] - width - 1))
        y = _nearest(label.y - height / 2, (low, high), (x, width, height), taken)
        taken.append((x, y, x + width, y + height))
        paper.text(x, y + height / 2, label.text, TEXT, label.role, "lm", halo=ground)


def _nearest(
    wanted: float, bounds: Range, size: tuple[float, float, float], taken: Sequence[Box]
) -> float:
    """Return the free place nearest to the wanted one, in steps of a pixel.

    ``size`` is where a label begins, how wide it is and how high.
    """
    low, high = bounds
    x, width, height = size

    def free(y: float) -> bool:
        return all(
            y + height <= top or y >= bottom or x + width + 4 <= left or x >= right + 4
            for left, top, right, bottom in taken
        )

    start = max(low, min(wanted, high))
    for off in range(math.floor(high - low) + 1):
        for y in (start + off, start - off):
            if low <= y <= high and free(y):
                return y
    return start
