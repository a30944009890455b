"""The handles of a plot on paper: plain marks, where the frame says that they stand."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from explorer.figures.scene import (
    BarHandle,
    CloudHandle,
    Grip,
    Handle,
    NumberHandle,
    PenHandle,
    PointHandle,
    RuleHandle,
    SpanHandle,
)
from explorer.stage.paper.format import number
from explorer.stage.paper.moment import Moment
from explorer.stage.paper.plot.axes import Label
from explorer.stage.paper.plot.marks import Chart, Reach
from explorer.stage.paper.registry import registered
from explorer.stage.paper.sheet import TEXT, Box, Point

CIRCLES = (12.0, 10.0, 6.0, 3.0)  # px, of a point from its rim inwards: halo, ring, ground, dot
BESIDE = 22.0  # px from its middle to its name
ACROSS, ALONG = 10.0, 26.0  # px, of the grip on a line
RIM = 2.0  # px of the halo around it
INSET = 8.0  # px between it and the edge of the plot

H = TypeVar("H")


@dataclass(frozen=True)
class Kind(Generic[H]):
    """What a plot asks of a handle: how it is drawn, and which of its grips lie along which axis.

    ``entry`` is the entry of an array that it stands at, where there is one; ``rests`` the place in
    the plot where it stays, while its number changes.
    """

    draw: Callable[[Chart, H], None]
    grips: Callable[[H], Sequence[tuple[str, Grip]]] = lambda handle: ()
    entry: Callable[[H], tuple[str, int] | None] = lambda handle: None
    rests: Callable[[H], tuple[float, float]] | None = None


def kind_of(handle: Handle) -> Kind[Any]:
    """Return what a plot asks of this handle; raises ValueError for one that is not drawn here."""
    return registered(HANDLES, handle.handle, "handle")


def reach(handle: Handle, moment: Moment) -> Reach:
    """Yield where a handle stands, by axis, which fitted axes must show."""
    kind = kind_of(handle)
    if kind.rests is not None:
        x, y = kind.rests(handle)
        yield from (("x", [x]), ("y", [y]))
    for axis, grip in kind.grips(handle):
        yield axis, [_stands(handle, grip, moment)]


def _stands(handle: Handle, grip: Grip, moment: Moment) -> float:
    """Return where a grip stands; NaN where the frame does not say so."""
    entry = kind_of(handle).entry(handle)
    if entry is None:
        return moment.known(grip.stands)
    name, index = entry
    array = moment.array(name)
    return math.nan if array is None or index >= array.size else float(array.flat[index])


def _place(chart: Chart, handle: Handle, grip: Grip, axis: str) -> float:
    value = _stands(handle, grip, chart.moment)
    return float((chart.map.x if axis == "x" else chart.map.y)(value))


def _is_within(place: Point, box: Box) -> bool:
    (x, y), (left, top, right, bottom) = place, box
    return left - 1 <= x <= right + 1 and top - 1 <= y <= bottom + 1


def _grip_of(chart: Chart, axis: str, at: float, second: bool = False) -> Point:
    """Return where the grip of a line lies: at its beginning, the second of two at its end."""
    left, top, right, bottom = chart.map.box
    inwards = INSET + ALONG / 2
    if axis == "x":
        return at, bottom - inwards if second else top + inwards
    return right - inwards if second else left + inwards, at


# ---------------------------------------------------------------------------------------- drawing


def _point(chart: Chart, handle: PointHandle) -> None:
    x, y = (_place(chart, handle, grip, axis) for axis, grip in _both(handle))
    if not _is_within((x, y), chart.map.box):
        return
    for i, radius in enumerate(CIRCLES):
        chart.paper.dot(x, y, radius, handle.role if i % 2 else "card")
    if handle.label:
        chart.labels.append(Label(handle.label, handle.role, x + BESIDE, y))


def _both(handle: PointHandle) -> Sequence[tuple[str, Grip]]:
    return (("x", handle.x), ("y", handle.y))


def _rule(chart: Chart, handle: RuleHandle) -> None:
    place = _grip_of(chart, handle.axis, _place(chart, handle, handle.grip, handle.axis))
    if not _is_within(place, chart.map.box):
        return
    _line(chart, handle.axis, place, handle.role)
    _pill(chart, place, handle.role, upright=handle.axis == "x")
    if handle.label:
        _name(chart, handle.axis, place, handle.label, handle.role)


def _span(chart: Chart, handle: SpanHandle) -> None:
    axis, (left, top, right, bottom) = handle.axis, chart.map.box
    low, high = (_place(chart, handle, grip, axis) for grip in (handle.low, handle.high))
    if not math.isnan(low) and not math.isnan(high):
        first, last = min(low, high), max(low, high)
        if axis == "x":
            left, right = max(left, first), min(right, last)
        else:
            top, bottom = max(top, first), min(bottom, last)
        chart.paper.box(left, top, right, bottom, handle.role, opacity=0.14)
    ends = (_grip_of(chart, axis, low), _grip_of(chart, axis, high, second=True))
    seen = [place for place in ends if _is_within(place, chart.map.box)]
    for place in seen:
        _line(chart, axis, place, handle.role)
    for place in seen:
        _pill(chart, place, handle.role, upright=axis == "x")
    if handle.label and seen:
        _name(chart, axis, seen[0], handle.label, handle.role)


def _bar(chart: Chart, handle: BarHandle) -> None:
    place = float(chart.map.x(handle.index)), _place(chart, handle, handle.grip, "y")
    if not _is_within(place, chart.map.box):
        return
    left, right = (float(chart.map.x(handle.index + side)) for side in (-0.38, 0.38))
    along = min(44.0, max(18.0, right - left))
    _pill(chart, place, handle.role, upright=False, along=along)


def _number(chart: Chart, handle: NumberHandle) -> None:
    x, y = float(chart.map.x(handle.x)), float(chart.map.y(handle.y))
    if not _is_within((x, y), chart.map.box):
        return
    text = number(_stands(handle, handle.grip, chart.moment))
    wide, high = chart.paper.measure(text) / 2 + 6, TEXT / 2 + 5
    chart.paper.box(x - wide, y - high, x + wide, y + high, "card", 7)
    chart.paper.text(x, y, text, TEXT, handle.role, "mm")


def _line(chart: Chart, axis: str, place: Point, role: str) -> None:
    (x, y), (left, top, right, bottom) = place, chart.map.box
    ends = [(x, top), (x, bottom)] if axis == "x" else [(left, y), (right, y)]
    chart.paper.line(ends, role, 2.5)


def _pill(chart: Chart, place: Point, role: str, *, upright: bool, along: float = ALONG) -> None:
    """Draw the grip of a line, or of the end of a bar: it lies along what it moves."""
    (x, y), across = place, ACROSS / 2
    sizes = (
        (across + RIM, along / 2 + RIM, "card"),
        (across, along / 2, role),
        (1.0, along / 2 - 6, "card"),
    )
    for short, long, colour in sizes:
        wide, high = (short, long) if upright else (long, short)
        chart.paper.box(x - wide, y - high, x + wide, y + high, colour, min(wide, high))


def _name(chart: Chart, axis: str, place: Point, text: str, role: str) -> None:
    """Name a line beside its grip, where there is room for it."""
    (x, y), (left, _, right, _) = place, chart.map.box
    wide = chart.paper.measure(text)
    if axis == "y":
        at = x + BESIDE if x < (left + right) / 2 else x - BESIDE - wide
        chart.labels.append(Label(text, role, at, y - TEXT * 0.8))
    else:
        at = x + BESIDE if x + BESIDE + wide < right else x - BESIDE - wide
        chart.labels.append(Label(text, role, at, y))


HANDLES: Mapping[str, Kind[Any]] = {
    "point": Kind[PointHandle](draw=_point, grips=_both),
    "rule": Kind[RuleHandle](draw=_rule, grips=lambda handle: ((handle.axis, handle.grip),)),
    "span": Kind[SpanHandle](
        draw=_span,
        grips=lambda handle: ((handle.axis, handle.low), (handle.axis, handle.high)),
    ),
    "bar": Kind[BarHandle](
        draw=_bar,
        grips=lambda handle: (("y", handle.grip),),
        entry=lambda handle: (handle.array, handle.index),
    ),
    "number": Kind[NumberHandle](
        draw=_number,
        entry=lambda handle: (handle.array, handle.index) if handle.array else None,
        rests=lambda handle: (handle.x, handle.y),
    ),
    "cloud": Kind[CloudHandle](draw=lambda chart, handle: None),  # nor moves a point
    "pen": Kind[PenHandle](draw=lambda chart, handle: None),  # on paper nothing draws
}
