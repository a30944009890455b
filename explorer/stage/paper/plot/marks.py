"""The marks of a plot on paper: how each is drawn, and what else the plot asks of it.

A mark only draws: its numbers were computed elsewhere.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import numpy as np

from explorer.figures import theme
from explorer.figures.scene import (
    Arrows,
    Band,
    Bars,
    Curve,
    History,
    Mark,
    Mesh,
    Points,
    Ribbons,
    Rule,
    Surface,
)
from explorer.stage.paper.moment import Moment
from explorer.stage.paper.plot.axes import Label, Map
from explorer.stage.paper.plot.mesh import draw_mesh
from explorer.stage.paper.plot.surface import draw_surface
from explorer.stage.paper.registry import registered
from explorer.stage.paper.sheet import TEXT, Paper

ABOVE = 9  # the layer of what lies over the others, as given
FAR = 1e4  # px; a line that leaves the plot is drawn no further

M = TypeVar("M")
Extent = tuple[float, float, float, float]


@dataclass(frozen=True)
class Chart:
    """A plot while it is drawn: where it is, how wide and high in px, and what is to be named."""

    paper: Paper
    map: Map
    moment: Moment
    size: tuple[float, float]
    labels: list[Label] = field(default_factory=list)

    @property
    def side(self) -> float:
        """Return the shorter side, by which the sizes of marks go, in px."""
        return min(self.size)

    def label(self, mark: Curve | History, x: float, y: float) -> None:
        """Name a line at its end."""
        self.labels.append(Label(mark.label, mark.role, x + 8, y))

    def note(self, mark: Rule | Band, y: float) -> None:
        """Name a known value at the right: above its line, or below where there is no room."""
        x, away = self.map.box[2] - self.paper.measure(mark.label), TEXT * 0.72
        fits = y - 2 * away >= self.map.box[1] - 2
        self.labels.append(Label(mark.label, mark.role, x, y - away if fits else y + away))


Reach = Iterable[tuple[str, Sequence[float] | np.ndarray]]  # the axis, and the values along it


@dataclass(frozen=True)
class Kind(Generic[M]):
    """What a plot asks of a mark.

    Marks of a lower ``layer`` are drawn first. ``reach`` gives the values of a moment that fitted
    axes must show, by axis, and ``extent`` that beyond which a square plot does not grow, as
    x0, x1, y0, y1. With ``over_time`` x runs over the time of the run, and with ``rounds_x`` a
    fitted x axis ends at round numbers, not at the outermost values. With ``named_at_end`` its
    label stands at the right of the plot; ``names`` stand under 0, 1, 2, … of the x axis. ``key``
    draws it around a place, small, beside its label in the corner of a square plot: a picture has
    nobody beside it who could say what is what.
    """

    layer: int
    draw: Callable[[Chart, M], None]
    reach: Callable[[M, Moment], Reach] = lambda mark, moment: ()
    extent: Callable[[M], Extent | None] = lambda mark: None
    over_time: bool = False
    rounds_x: bool = False
    named_at_end: bool = False
    names: Callable[[M], Sequence[str]] = lambda mark: ()
    key: Callable[[Paper, M, float, float], None] | None = None


def kind_of(mark: Mark) -> Kind[Any]:
    """Return what a plot asks of this mark; raises ValueError for one that is not drawn here."""
    return registered(MARKS, mark.mark, "mark")


def layered(marks: Sequence[Mark]) -> list[Mark]:
    """Return the marks in the order in which they are drawn."""
    return sorted(marks, key=lambda mark: kind_of(mark).layer)


# ------------------------------------------------------------------------------------------ clouds


def _points(chart: Chart, mark: Points) -> None:
    cloud = chart.moment.array(mark.array)
    if cloud is None:
        return
    if mark.window is not None:
        end = chart.moment.index + 1
        cloud = cloud[max(0, end - mark.window) : end]
    left, top, right, bottom = chart.map.box
    radius = max(1.3, mark.size * chart.side / 400)
    for x, y in zip(chart.map.x(cloud[:, 0]), chart.map.y(cloud[:, 1]), strict=True):
        if left - 9 < x < right + 9 and top - 9 < y < bottom + 9:
            chart.paper.dot(x, y, radius, mark.role, mark.opacity, mark.shape)


def _points_key(paper: Paper, mark: Points, x: float, y: float) -> None:
    paper.dot(x, y, 5, mark.role, 1.0, mark.shape)


def _pairs(mark: Points | Mesh, moment: Moment) -> Reach:
    places = moment.array(mark.array)
    if places is not None:
        yield "x", places[..., 0]
        yield "y", places[..., 1]


def _arrows(chart: Chart, mark: Arrows) -> None:
    tails, vectors = chart.moment.array(mark.tails), chart.moment.array(mark.vectors)
    if tails is None or vectors is None:
        return
    pulls = vectors * mark.scale
    lengths = np.linalg.norm(pulls, axis=1)
    cut = np.minimum(1.0, mark.longest / np.maximum(lengths, 1e-300))
    tips = tails + pulls * cut[:, None]
    starts, ends = (
        zip(chart.map.x(at[:, 0]).tolist(), chart.map.y(at[:, 1]).tolist(), strict=True)
        for at in (tails, tips)
    )
    for start, end, share in zip(starts, ends, cut.tolist(), strict=True):
        if math.dist(start, end) >= 0.7:
            _arrow(chart, mark.role, start, end, is_cut=share < 1)


def _arrow(
    chart: Chart, role: str, start: tuple[float, float], end: tuple[float, float], is_cut: bool
) -> None:
    """Draw an arrow with a filled head; with an open one where it is longer than what is drawn."""
    paper, head = chart.paper, max(3.0, chart.side / 95)
    width = max(1.0, chart.side / 330)
    (x0, y0), (x1, y1) = start, end
    shown = math.dist(start, end)
    ux, uy = (x1 - x0) / shown, (y1 - y0) / shown
    size = 1.35 * head if is_cut else head
    wide = size * (0.7 if is_cut else 0.45)
    back = (x1 - ux * size, y1 - uy * size)
    left = (back[0] - uy * wide, back[1] + ux * wide)
    right = (back[0] + uy * wide, back[1] - ux * wide)
    paper.line([(x0, y0), (x1, y1)], role, width, opacity=0.62)
    if is_cut:
        paper.line([left, (x1, y1), right], role, width)
    elif shown > 1.6 * head:
        paper.polygon([left, (x1, y1), right], role, 0.62)


BEND = 0.45  # of the way between both levels, before a ribbon turns aside


def _ribbons(chart: Chart, mark: Ribbons) -> None:
    ends = chart.moment.array(mark.array)
    if ends is None:
        return
    top, bottom = (float(chart.map.y(at)) for at in (mark.top, mark.bottom))
    t = np.linspace(0, 1, 13)
    # The cubic of Bézier whose control points lie straight below and above its ends.
    aside = 3 * t**2 - 2 * t**3
    along = 3 * BEND * t * (1 - t) ** 2 + 3 * (1 - BEND) * t**2 * (1 - t) + t**3
    ys = top + (bottom - top) * along
    for a, b, c, d in chart.map.x(ends.reshape(-1, 4)).tolist():
        more = max(0.0, 0.8 - (b - a)) / 2
        left, right = a + (c - a) * aside - more, b + (d - b) * aside + more
        there, back = zip(left, ys, strict=True), zip(right[::-1], ys[::-1], strict=True)
        chart.paper.polygon(
            [(float(x), float(y)) for x, y in (*there, *back)], mark.role, mark.opacity
        )


def _ribbons_reach(mark: Ribbons, moment: Moment) -> Reach:
    yield "x", _or_none(moment, mark.array).ravel()
    yield "y", [mark.top, mark.bottom]


# ------------------------------------------------------------------------------------------- lines


def _dash(role: str, dashed: bool | None) -> Sequence[float]:
    known = theme.DASH.get(role, ())
    if dashed is None:
        return known
    return (known or (8, 5)) if dashed else ()


def _curve(chart: Chart, mark: Curve) -> None:
    values = chart.moment.array(mark.y)
    if values is None:
        return
    found = chart.moment.array(mark.x) if mark.x else None
    xs = chart.map.x(np.arange(len(values)) if found is None else found)
    low, high = (chart.moment.array(name) if name else None for name in (mark.low, mark.high))
    if low is not None and high is not None:
        _band_around(chart, mark, xs, low, high)
    ys = chart.map.y(values)
    _trace(chart, mark, xs, ys, _dash(mark.role, mark.dashed))
    if mark.label and (end := _end(chart, xs, ys)):
        chart.label(mark, *end)


def _curve_reach(mark: Curve, moment: Moment) -> Reach:
    for name in filter(None, (mark.y, mark.low, mark.high)):
        yield "y", _or_none(moment, name)
    yield "x", _or_none(moment, mark.x) if mark.x else [0, len(_or_none(moment, mark.y)) - 1]


def _or_none(moment: Moment, name: str) -> np.ndarray:
    """Return an array; one without entries where there is none."""
    found = moment.array(name)
    return np.empty(0) if found is None else found


def _band_around(
    chart: Chart, mark: Curve, xs: np.ndarray, low: np.ndarray, high: np.ndarray
) -> None:
    _, top, _, bottom = chart.map.box
    upper, lower = (
        np.clip(np.nan_to_num(chart.map.y(side), nan=bottom), top, bottom) for side in (high, low)
    )
    there, back = zip(xs, upper, strict=True), zip(xs[::-1], lower[::-1], strict=True)
    chart.paper.polygon([(float(x), float(y)) for x, y in (*there, *back)], mark.role, 0.18)


def _history(chart: Chart, mark: History) -> None:
    """Draw the line up to the playhead, as while it plays."""
    frames = chart.moment.frames[: chart.moment.at + 1]
    steps = np.array([frame.step for frame in frames], float)
    values = np.array([_scalar(frame.scalars.get(mark.scalar)) for frame in frames])
    xs, ys = chart.map.x(steps), chart.map.y(values)
    _trace(chart, mark, xs, ys, _dash(mark.role, None))
    if math.isfinite(ys[-1]):
        chart.paper.dot(float(xs[-1]), float(ys[-1]), 4.4, "background")
        chart.paper.dot(float(xs[-1]), float(ys[-1]), 2.8, mark.role)
    if mark.label and (end := _end(chart, xs, ys)):
        chart.label(mark, min(end[0], chart.map.box[2]), end[1])


def _scalar(value: float | None) -> float:
    return math.nan if value is None else float(value)


def _end(chart: Chart, xs: np.ndarray, ys: np.ndarray) -> tuple[float, float] | None:
    """Return the last point of a line that is in view, where it is named; else its first."""
    drawable = np.isfinite(xs) & np.isfinite(ys)
    _, top, _, bottom = chart.map.box
    seen = np.flatnonzero(drawable & (ys >= top) & (ys <= bottom))
    at = seen[-1] if seen.size else next(iter(np.flatnonzero(drawable)), None)
    return None if at is None else (float(xs[at]), float(ys[at]))


def _trace(
    chart: Chart,
    mark: Curve | History,
    xs: np.ndarray,
    ys: np.ndarray,
    dash: Sequence[float],
) -> None:
    """Draw a line with gaps where there is no number."""
    path: list[tuple[float, float]] = []
    for x, y in zip(np.clip(xs, -FAR, FAR), np.clip(ys, -FAR, FAR), strict=True):
        if math.isfinite(x) and math.isfinite(y):
            path.append((float(x), float(y)))
        else:
            chart.paper.line(path, mark.role, mark.width, dash)
            path = []
    chart.paper.line(path, mark.role, mark.width, dash)


# ------------------------------------------------------------------------------------ known values


def _rule(chart: Chart, mark: Rule) -> None:
    y = float(chart.map.y(chart.moment.known(mark.y)))
    left, _, right, _ = chart.map.box
    if not math.isfinite(y):
        return
    chart.paper.line([(left, y), (right, y)], mark.role, 2, _dash(mark.role, True))
    if mark.label:
        chart.note(mark, y)


def _band(chart: Chart, mark: Band) -> None:
    edges = (chart.moment.known(mark.low), chart.moment.known(mark.high))
    low, high = (float(chart.map.y(edge)) for edge in edges)
    left, _, right, bottom = chart.map.box
    if not all(map(math.isfinite, edges)) or not math.isfinite(high):
        return
    low = low if math.isfinite(low) else bottom
    opacity = 0.3 if chart.paper.dark else 0.22
    chart.paper.box(left, high, right, max(low, high + 2), mark.role, opacity=opacity)
    if mark.label:
        chart.note(mark, high)


def _bars(chart: Chart, mark: Bars) -> None:
    heights = chart.moment.array(mark.array)
    if heights is None:
        return
    zero = chart.map.box[3] if chart.map.log_y else float(chart.map.y(0.0))
    for i, height in enumerate(heights):
        y = float(chart.map.y(height))
        if math.isfinite(y):
            left, right = float(chart.map.x(i - 0.38)), float(chart.map.x(i + 0.38))
            right = max(right, left + 1)
            chart.paper.box(left, min(y, zero), right, max(y, zero), mark.role)


def _bars_reach(mark: Bars, moment: Moment) -> Reach:
    heights = _or_none(moment, mark.array)
    yield "x", [-0.5, len(heights) - 0.5]
    yield "y", [0.0, *heights]


MARKS: Mapping[str, Kind[Any]] = {
    "surface": Kind[Surface](
        layer=0,
        draw=lambda chart, mark: draw_surface(chart.paper, mark, chart.map, chart.moment),
        reach=lambda mark, moment: (("x", mark.extent[:2]), ("y", mark.extent[2:])),
        extent=lambda mark: mark.extent,
    ),
    "points": Kind[Points](layer=ABOVE, draw=_points, reach=_pairs, rounds_x=True, key=_points_key),
    "mesh": Kind[Mesh](
        layer=3,
        draw=lambda chart, mark: draw_mesh(chart.paper, mark, chart.map, chart.moment),
        reach=_pairs,
    ),
    "arrows": Kind[Arrows](layer=ABOVE, draw=_arrows),
    "ribbons": Kind[Ribbons](layer=4, draw=_ribbons, reach=_ribbons_reach),
    "curve": Kind[Curve](layer=ABOVE, draw=_curve, reach=_curve_reach, named_at_end=True),
    "history": Kind[History](
        layer=ABOVE,
        draw=_history,
        reach=lambda mark, moment: (("y", [_scalar(moment.frame.scalars.get(mark.scalar))]),),
        over_time=True,
        named_at_end=True,
    ),
    "rule": Kind[Rule](
        layer=2, draw=_rule, reach=lambda mark, moment: (("y", [moment.known(mark.y)]),)
    ),
    "band": Kind[Band](
        layer=1,
        draw=_band,
        reach=lambda mark, moment: (("y", [moment.known(mark.low), moment.known(mark.high)]),),
    ),
    "bars": Kind[Bars](layer=ABOVE, draw=_bars, reach=_bars_reach, names=lambda mark: mark.labels),
}
