"""Boxes and arrows between them on paper, of which those at work in the frame are lit."""

import math
from functools import partial
from typing import NamedTuple

from explorer.figures.scene import Flow, FlowNode
from explorer.stage.paper.colour import ink_on
from explorer.stage.paper.layout import heading
from explorer.stage.paper.moment import Moment
from explorer.stage.paper.panels import Drawn
from explorer.stage.paper.sheet import TEXT, Box, Paper

LINE = 17.5  # px from one line to the next
HEAD = 6.0  # px, half the width of an arrow head
APART, MOST = 34.0, 24.0  # px at most between columns, and between rows


class Place(NamedTuple):
    """Where a box stands: its middle, and half its width and height."""

    x: float
    y: float
    wide: float
    high: float

    def edge(self, other: "Place") -> tuple[float, float]:
        """Return where the line to the middle of another box leaves this one."""
        dx, dy = other.x - self.x, other.y - self.y
        across = self.wide / abs(dx) if dx else math.inf
        share = min(across, self.high / abs(dy) if dy else math.inf)
        return self.x + share * dx, self.y + share * dy


def make(panel: Flow, run: Moment) -> Drawn:
    """Return how boxes and the arrows between them are drawn."""
    return Drawn(partial(_paint, panel))


def _paint(panel: Flow, paper: Paper, box: Box, moment: Moment) -> None:
    """Draw the boxes, filled with the colour of their role where they are lit, and the arrows."""
    inside = heading(paper, panel.title, panel.note, box)
    places = _places(panel.nodes, inside)
    active = moment.array(panel.active)
    shares = [] if active is None else active.tolist()
    lit = {node.name for node, share in zip(panel.nodes, shares, strict=False) if share >= 0.5}
    for start, end in panel.links:
        _arrow(paper, places[start], places[end], {start, end} <= lit)
    for node in panel.nodes:
        _box(paper, node, places[node.name], node.name in lit, moment)


def _places(nodes: tuple[FlowNode, ...], box: Box) -> dict[str, Place]:
    left, top, right, bottom = box
    columns = 1 + max(node.column for node in nodes)
    rows = 1 + max(node.row for node in nodes)
    across = min(APART, (right - left) / (7 * columns))
    down = min(MOST, (bottom - top) / (3 * rows))
    wide = (right - left - across * (columns - 1)) / columns
    high = (bottom - top - down * (rows - 1)) / rows
    return {
        node.name: Place(
            left + node.column * (wide + across) + wide / 2,
            top + node.row * (high + down) + high / 2,
            wide / 2,
            high / 2,
        )
        for node in nodes
    }


def _arrow(paper: Paper, start: Place, end: Place, lit: bool) -> None:
    (x0, y0), (x1, y1) = start.edge(end), end.edge(start)
    far = math.hypot(x1 - x0, y1 - y0) or 1.0
    dx, dy = HEAD * (x1 - x0) / far, HEAD * (y1 - y0) / far
    neck = (x1 - 1.6 * dx, y1 - 1.6 * dy)
    role = "ink" if lit else "mute"
    paper.line([(x0, y0), neck], role, 3 if lit else 1.5)
    sides = [(neck[0] - dy, neck[1] + dx), (neck[0] + dy, neck[1] - dx)]
    paper.polygon([(x1, y1), *sides], role)


def _box(paper: Paper, node: FlowNode, place: Place, lit: bool, moment: Moment) -> None:
    x, y, wide, high = place
    colour = paper.colour(node.role)
    fill = colour if lit else "card"
    paper.box(x - wide, y - high, x + wide, y + high, fill, 8, node.role, 1.5)
    lines = [(words, "bold") for words in paper.wrapped(node.text, 2 * wide - 8)]
    if node.below and len(lines) < int((2 * high - 4) / LINE):
        lines.append((paper.clipped(moment.filled(node.below), 2 * wide - 8), "plain"))
    ink = ink_on(colour) if lit else "ink"
    for i, (words, face) in enumerate(lines):
        paper.text(x, y + (i - (len(lines) - 1) / 2) * LINE, words, TEXT, ink, "mm", face)
