"""The ranges of a plot's axes: as the scene says, or fitted to the data of the run."""

import itertools
import math
from collections.abc import Mapping

import numpy as np

from explorer.figures.scene import Axis, Plot
from explorer.stage.paper.moment import Moment
from explorer.stage.paper.plot.axes import Range, rounded, unit
from explorer.stage.paper.plot.handles import reach
from explorer.stage.paper.plot.marks import kind_of

NOTHING = (math.inf, -math.inf)


def both(plot: Plot, run: Moment) -> tuple[Range, Range]:
    """Return the ranges of x and y, which are the same at all moments of a run."""
    seen = _seen(plot, run)
    return _time(plot, run) or _range(plot, "x", seen), _range(plot, "y", seen)


def _seen(plot: Plot, run: Moment) -> Mapping[str, Range]:
    """Return the smallest and largest value along each axis, in axis units."""
    found = {"x": NOTHING, "y": NOTHING}
    if _is_fixed(plot.x) and _is_fixed(plot.y):
        return found
    for moment in run.all():
        shown = [kind_of(mark).reach(mark, moment) for mark in plot.marks]
        shown += [reach(handle, moment) for handle in plot.handles]
        for name, values in itertools.chain.from_iterable(shown):
            axis = plot.x if name == "x" else plot.y
            units = unit(np.asarray(values, float), axis.log)
            units = units[np.isfinite(units)]
            if units.size:
                low, high = found[name]
                found[name] = (min(low, float(units.min())), max(high, float(units.max())))
    return found


def _time(plot: Plot, run: Moment) -> Range | None:
    """Return the steps that a history runs over, to the end of the run; None for other plots."""
    if plot.x.high is not None or not any(kind_of(mark).over_time for mark in plot.marks):
        return None
    first, newest = run.frames[0].step, run.frames[-1].step
    end = newest if newest > first else first + 1
    if not plot.x.log:
        return (first if plot.x.low is None else plot.x.low), end
    low = max(1, first) if plot.x.low is None else plot.x.low
    return math.log10(low), math.log10(max(10, end))


def _range(plot: Plot, name: str, seen: Mapping[str, Range]) -> Range:
    axis = plot.x if name == "x" else plot.y
    least, most = seen[name] if seen[name] != NOTHING else (0.0, 1.0)
    low, high = (None if v is None else float(unit(v, axis.log)) for v in (axis.low, axis.high))
    fitted = (
        min(least, math.inf if high is None else high) if low is None else low,
        max(most, -math.inf if low is None else low) if high is None else high,
    )
    exact = name == "x" and not any(kind_of(mark).rounds_x for mark in plot.marks)
    if _is_fixed(axis) or plot.square or exact:
        return fitted if fitted[1] > fitted[0] else (fitted[0], fitted[0] + 1)
    return rounded(fitted, axis)


def room(plot: Plot, x: Range, y: Range) -> tuple[float, float]:
    """Return how many times wider and higher than a square the picture may be.

    It is no further than what is known reaches.
    """
    extents = [extent for mark in plot.marks if (extent := kind_of(mark).extent(mark))]
    if not extents:
        return 1.35, 1.35

    def over(start: int, bounds: Range) -> float:
        middle, span = (bounds[0] + bounds[1]) / 2, bounds[1] - bounds[0]
        reaches = [2 * min(e[start + 1] - middle, middle - e[start]) / span for e in extents]
        return max(1.0, min(reaches))

    return over(0, x), over(2, y)


def _is_fixed(axis: Axis) -> bool:
    return axis.low is not None and axis.high is not None
