"""Plots on paper: their ranges, their axes and the labels at the ends of their lines."""

import math
from collections.abc import Iterable, Sequence

import numpy as np

from explorer.figures.scene import (
    Axis,
    Band,
    Bars,
    Curve,
    History,
    Mark,
    Mesh,
    Plot,
    Points,
    Rule,
    Surface,
)
from explorer.stage.paper.marks import DRAW, TEXT, Box, Labels, Map, Range, unit
from explorer.stage.paper.moment import Moment
from explorer.stage.paper.sheet import Paper
from explorer.stage.paper.writing import decade, tick

SAMPLED = 40  # frames that fitted axes are taken from
BEHIND = (Surface, Band, Rule, Mesh)  # these are drawn first, in this order

# ------------------------------------------------------------------------------------------ ranges


def ranges(plot: Plot, moments: Sequence[Moment]) -> tuple[Range, Range]:
    """Return the ranges of a plot's axes over a run: as the scene says, or fitted to the data."""
    sample = moments[:: max(1, len(moments) // SAMPLED)]
    found: dict[str, list[float]] = {"x": [], "y": []}
    for mark in plot.marks:
        for axis, values in _reach(mark, sample, moments):
            found[axis] += [float(v) for v in np.ravel(values) if math.isfinite(v)]
    steps = any(isinstance(mark, History) for mark in plot.marks)
    return (
        _range(plot.x, found["x"], plot.square or steps),
        _range(plot.y, found["y"], plot.square),
    )


def _reach(
    mark: Mark, sample: Sequence[Moment], moments: Sequence[Moment]
) -> Iterable[tuple[str, np.ndarray | Sequence[float]]]:
    """Yield the values that a mark has along each axis."""
    if isinstance(mark, History):
        yield "x", [m.frame.step for m in moments]
        yield "y", [m.scalar(mark.scalar) for m in moments]
    elif isinstance(mark, Surface):
        yield "x", mark.extent[:2]
        yield "y", mark.extent[2:]
    for moment in sample:
        if isinstance(mark, Points | Mesh):
            cloud = moment.array(mark.array)
            if cloud is not None:
                yield "x", cloud[..., 0]
                yield "y", cloud[..., 1]
        elif isinstance(mark, Curve):
            for name in filter(None, (mark.y, mark.low, mark.high)):
                yield "y", _or_empty(moment.array(name))
            xs = moment.array(mark.x) if mark.x else None
            yield "x", np.arange(len(_or_empty(moment.array(mark.y)))) if xs is None else xs
        elif isinstance(mark, Bars):
            heights = _or_empty(moment.array(mark.array))
            yield "x", [-0.5, len(heights) - 0.5]
            yield "y", [0.0, *heights]
        elif isinstance(mark, Rule):
            yield "y", [moment.known(mark.y)]
        elif isinstance(mark, Band):
            yield "y", [moment.known(mark.low), moment.known(mark.high)]


def _or_empty(values: np.ndarray | None) -> np.ndarray:
    return np.empty(0) if values is None else values


def _range(axis: Axis, values: Sequence[float], exact: bool) -> Range:
    units = [float(v) for v in unit(np.array(values), axis.log) if math.isfinite(v)]
    bounds = [None if v is None else float(unit(v, axis.log)) for v in (axis.low, axis.high)]
    low = min(units, default=0.0) if bounds[0] is None else bounds[0]
    high = max(units, default=low + 1.0) if bounds[1] is None else bounds[1]
    if not high > low:
        high = low + 1.0
    if exact or None not in bounds:
        return low, high
    pitch = 1.0 if axis.log else _pitch(high - low, 4)
    if bounds[0] is None:
        low = math.floor(low / pitch + 1e-9) * pitch
    if bounds[1] is None:
        high = math.ceil(high / pitch - 1e-9) * pitch
    return low, high


def _pitch(span: float, count: float) -> float:
    """Return the distance of about ``count`` ticks: 1, 2 or 5 times a power of ten."""
    rough = span / max(1.0, count)
    unit = 10 ** math.floor(math.log10(rough))
    return next(unit * f for f in (1, 2, 5, 10) if unit * f >= rough * 0.999)


def _ticks(low: float, high: float, count: float, log: bool) -> list[tuple[float, str]]:
    pitch = max(1.0, math.ceil((high - low) / max(1, count))) if log else _pitch(high - low, count)
    found = []
    for i in range(math.ceil(low / pitch - 1e-9), math.floor(high / pitch + 1e-9) + 1):
        at = i * pitch
        found.append((at, decade(round(at)) if log else tick(float(f"{at:.12g}"), pitch)))
    return found


# --------------------------------------------------------------------------------------- the plot


def draw_plot(
    paper: Paper, plot: Plot, box: Box, moment: Moment, fitted: tuple[Range, Range]
) -> Map:
    """Draw a plot into a box and return its mapping."""
    chart = _squared(box, fitted) if plot.square else _framed(paper, plot, box, fitted)
    if plot.square:
        paper.box(*chart.box, "card")
    else:
        _axes(paper, plot, box, chart)
    order = {kind: i for i, kind in enumerate(BEHIND)}
    labels: Labels = []
    left, top, right, bottom = chart.box
    rim = 0.0 if plot.square else 5.0  # a line along an edge keeps its width, a dot its shape
    with paper.within(left - rim, top - rim, right + rim, bottom + rim):
        for mark in sorted(plot.marks, key=lambda m: order.get(type(m), len(BEHIND))):
            DRAW[type(mark)](paper, mark, chart, moment, labels)
    if plot.square:
        _frame(paper, chart.box)
    _labels(paper, labels, chart.box)
    return chart


def _squared(box: Box, fitted: tuple[Range, Range]) -> Map:
    left, top, right, bottom = box
    (x0, x1), (y0, y1) = fitted
    unit = min((right - left) / (x1 - x0), (bottom - top) / (y1 - y0))
    wide, high = unit * (x1 - x0), unit * (y1 - y0)
    start = left + (right - left - wide) / 2
    return Map((start, top, start + wide, top + high), *fitted)


def _framed(paper: Paper, plot: Plot, box: Box, fitted: tuple[Range, Range]) -> Map:
    left, top, right, bottom = box
    rows = _ticks(*fitted[1], (bottom - top) / 48, plot.y.log)
    gutter = max((paper.measure(text, TEXT) for _, text in rows), default=0.0) + 9
    named = [m.label for m in plot.marks if isinstance(m, History | Curve) and m.label]
    ends = max((paper.measure(label, TEXT) for label in named), default=0.0)
    rim = top + (24 if plot.y.label else 8)
    inner = (left + gutter, rim, right - (ends + 14 if named else 8), bottom - 24)
    return Map(inner, *fitted, plot.x.log, plot.y.log)


def _axes(paper: Paper, plot: Plot, box: Box, chart: Map) -> None:
    left, top, right, bottom = chart.box
    for at, text in _ticks(*chart.y_range, (bottom - top) / 48, plot.y.log):
        low, high = chart.y_range
        y = bottom - (at - low) / (high - low) * (bottom - top)
        paper.line([(left, y), (right, y)], "line", 1)
        paper.text(left - 7, y, text, TEXT, "mute", "rm")
    named = [m.labels for m in plot.marks if isinstance(m, Bars) and m.labels]
    if named:
        columns = [(float(i), text) for i, text in enumerate(named[0])]
    else:
        columns = _ticks(*chart.x_range, (right - left) / 110, plot.x.log)
    free = right + 8
    if plot.x.label:
        paper.text(box[2], bottom + 13, plot.x.label, TEXT, "mute", "rm")
        free = box[2] - paper.measure(plot.x.label, TEXT) - 10
    for at, text in columns:
        low, high = chart.x_range
        x = left + (at - low) / (high - low) * (right - left)
        if x + paper.measure(text, TEXT) / 2 <= free:
            paper.text(x, bottom + 13, text, TEXT, "mute", "mm")
    if plot.y.label:
        paper.text(box[0], top - 10, plot.y.label, TEXT, "mute", "ls")


def _frame(paper: Paper, box: Box) -> None:
    left, top, right, bottom = box
    corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
    paper.line(corners, "line", 1)


def _labels(paper: Paper, labels: Labels, box: Box) -> None:
    """Write labels at the ends of their lines, moved apart where they would cover each other."""
    height, last = TEXT * 1.15, -math.inf
    placed = sorted(labels, key=lambda label: label[1])
    below = box[3] - height * (len(placed) - 1)
    for x, y, text, role in placed:
        y = max(min(y, below), last + height)
        last, below = y, below + height
        paper.text(x + 8, y, text, TEXT, role, "lm", halo="background")
