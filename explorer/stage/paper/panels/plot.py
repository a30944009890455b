"""A plot on paper: it fits its axes to the run and draws its marks."""

import math
from dataclasses import replace
from functools import cached_property

from explorer.figures.scene import Plot
from explorer.stage.paper.layout import heading
from explorer.stage.paper.moment import Moment
from explorer.stage.paper.panels import Drawn
from explorer.stage.paper.plot.axes import Map, Range, Side, Tick, draw_axes, draw_labels, ticks_of
from explorer.stage.paper.plot.handles import kind_of as kind_of_handle
from explorer.stage.paper.plot.marks import Chart, kind_of, layered
from explorer.stage.paper.plot.ranges import both, room
from explorer.stage.paper.sheet import TEXT, Box, Paper


def make(panel: Plot, run: Moment) -> Drawn:
    """Return how a plot is drawn, with axes that are the same at all moments of its run."""
    return Drawn(PaperPlot(panel, run).paint)


class PaperPlot:
    """A plot of a run: where its axes lie in a cell, and what it draws of a moment."""

    def __init__(self, panel: Plot, run: Moment) -> None:
        self.panel, self.run = panel, run
        self.marks = layered(panel.marks)

    @cached_property
    def ranges(self) -> tuple[Range, Range]:
        """The ranges of x and y."""
        return both(self.panel, self.run)

    def paint(self, paper: Paper, box: Box, moment: Moment) -> None:
        """Draw the plot with its title into a box."""
        panel = self.panel
        left, top, right, bottom = box
        if panel.title or panel.note:
            top += 24
        cell = self.cell((left, top, right, bottom))
        edges = (cell[0], cell[2]) if panel.square else (left, right)
        heading(paper, panel.title, panel.note, (edges[0], box[1], edges[1], bottom))
        self.draw(paper, cell, moment)

    # ---------------------------------------------------------------------------------------- sizes

    def cell(self, inside: Box) -> Box:
        """Return the part of a box that the plot fills: a square as large as the box allows."""
        if not self.panel.square:
            return inside
        left, top, right, bottom = inside
        side = min(right - left, bottom - top)
        wider, higher = room(self.panel, *self.ranges)
        wide = math.floor(min(right - left, side * wider))
        high = math.floor(min(bottom - top, side * higher))
        start = left + round((right - left - wide) / 2)
        return start, top, start + wide, top + high

    def lay(self, paper: Paper, cell: Box) -> Map:
        """Return the mapping of data to the pixels of a cell."""
        x, y = self.ranges
        panel = self.panel
        left, top, right, bottom = cell
        if panel.square:
            wide, high = right - left, bottom - top
            unit = max((x[1] - x[0]) / wide, (y[1] - y[0]) / high)
            return Map(cell, _around(x, unit * wide), _around(y, unit * high))
        rows = self.sides(cell)[1].ticks
        gutter = math.ceil(max((paper.measure(text) for _, text in rows), default=0.0)) + 8
        named = [m.label for m in panel.marks if kind_of(m).named_at_end and m.label]
        ends = max([8.0, *(paper.measure(label) + 12 for label in named)])
        box = (
            left + gutter,
            top + round(TEXT * 0.55) + (TEXT + 6 if panel.y.label else 0),
            right - math.ceil(min(ends, (right - left) * 0.35)),
            bottom - TEXT - 10 - self.below,
        )
        return Map(box, x, y, log_x=panel.x.log, log_y=panel.y.log)

    @property
    def is_inline(self) -> bool:
        """Whether the x axis' name is short and stands beside its ticks, not on a line below."""
        return len(self.panel.x.label) <= 12

    @property
    def below(self) -> float:
        """The height of the line under the ticks, in px."""
        return 0.0 if self.is_inline else TEXT + 4

    def sides(self, cell: Box) -> tuple[Side, Side]:
        """Return what stands along the x axis and along the y axis."""
        x, y = self.ranges
        panel = self.panel
        left, top, right, bottom = cell
        high = bottom - top - TEXT - self.below
        columns = self.names() or ticks_of(
            *x, (right - left) / (11 * TEXT), panel.x.log, panel.x.whole
        )
        rows = ticks_of(*y, max(2.0, high / (TEXT * 3.4)), panel.y.log, panel.y.whole)
        over_time = any(kind_of(mark).over_time for mark in panel.marks)
        time = f"{self.run.scene.clock}s" if over_time else ""
        return Side(columns, (panel.x.label or time) * self.is_inline), Side(rows, panel.y.label)

    def names(self) -> list[Tick]:
        """Return what stands under the x axis in place of numbers; nothing without it."""
        named = (kind_of(mark).names(mark) for mark in self.panel.marks)
        names = enumerate(next(filter(None, named), ()))
        return [(float(i), text) for i, text in names if text]

    # -------------------------------------------------------------------------------------- drawing

    def draw(self, paper: Paper, cell: Box, moment: Moment) -> None:
        """Draw axes, marks and labels of a moment into a cell."""
        panel, lain = self.panel, self.lay(paper, cell)
        chart = Chart(paper, lain, moment, (cell[2] - cell[0], cell[3] - cell[1]))
        if panel.square:
            paper.box(*cell, "card")
        else:
            self._frame(paper, lain, cell)
        left, top, right, bottom = lain.box
        rim = 0.0 if panel.square else 3.0  # a line along an edge keeps its width, a dot its shape
        with paper.within(left - rim, top - rim, right + rim, bottom + rim):
            for mark in self.marks:
                kind_of(mark).draw(chart, mark)
        for handle in panel.handles:
            kind_of_handle(handle).draw(chart, handle)
        draw_labels(paper, chart.labels, lain, cell, "card" if panel.square else "background")
        if panel.square:
            corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
            paper.line(corners, "line", 1)
            self._legend(paper, cell)

    def _frame(self, paper: Paper, lain: Map, cell: Box) -> None:
        across, down = (
            replace(side, ticks=()) if axis.bare else side
            for side, axis in zip(self.sides(cell), (self.panel.x, self.panel.y), strict=True)
        )
        draw_axes(paper, lain, across, down, cell)
        if not self.is_inline:
            paper.text(lain.box[2], cell[3] - 1, self.panel.x.label, TEXT, "mute", "rd")

    def _legend(self, paper: Paper, cell: Box) -> None:
        """Name what has a key in the corner of a square plot."""
        x, bottom = cell[0] + 10, cell[3]
        for mark in self.panel.marks:
            key = kind_of(mark).key
            if key is None or not mark.label:
                continue
            wide = paper.measure(mark.label)
            paper.box(x - 4, bottom - 26, x + wide + 20, bottom - 6, "card", 5, opacity=0.8)
            key(paper, mark, x + 5, bottom - 16)
            paper.text(x + 15, bottom - 16, mark.label, anchor="lm")
            x += wide + 32


def _around(bounds: Range, size: float) -> Range:
    """Return a range of this size with the same middle."""
    middle = (bounds[0] + bounds[1]) / 2
    return middle - size / 2, middle + size / 2
