"""The circuit of a cell on paper: wires and boxes stretch with the panel, letters keep a size."""

import itertools
import math
from collections.abc import Callable, Mapping, Sequence

from explorer.figures.scene import Diagram, Node, Stage, Wire
from explorer.stage.paper.colour import ink_on
from explorer.stage.paper.moment import Moment
from explorer.stage.paper.phrases import fixed
from explorer.stage.paper.registry import registered
from explorer.stage.paper.sheet import Box, Paper, Point

FAINT = 0.35  # what is not in the stage that is shown
ANCHORS = {"start": "l", "middle": "m", "end": "r"}  # Pillow's words
BEND = 8  # pieces of a round corner


class Circuit:
    """Places and colours of one circuit in its box, at a moment, with what a stage lights."""

    def __init__(
        self, paper: Paper, panel: Diagram, box: Box, moment: Moment, stage: Stage | None
    ) -> None:
        self.paper, self.panel, self.moment = paper, panel, moment
        self.left, self.top, right, bottom = box
        width, height = right - self.left, bottom - self.top
        self.across, self.down = width / panel.width, height / panel.height
        self.k = min(2.4, max(0.86, min(self.across, self.down)))
        gates = sorted(node.x * self.across for node in panel.nodes if node.shape == "gate")
        room = min((b - a for a, b in itertools.pairwise(gates)), default=width)
        edge = min(gates[0], width - gates[-1]) if gates else width
        self.wide = min(118 * self.k, room - 8, 2 * edge - 2)
        self.high = max(62.0, 70 * self.k)
        self.small, self.large = max(14.0, 13.5 * self.k), max(15.0, 17 * self.k)
        self.parts = None if stage is None else set(stage.parts)

    def draw(self) -> None:
        """Draw wires below, gates above them, and the numbers on top."""
        for wire in self.panel.wires:
            self._wire(wire)
        for node in self.panel.nodes:
            self._node(node)
        for wire in self.panel.wires:
            self._label(wire)

    def _at(self, point: Sequence[float]) -> Point:
        """Return the pixels of a place: x, y and a shift sideways in widths of a gate."""
        shift = point[2] * self.wide if len(point) > 2 else 0.0
        return self.left + point[0] * self.across + shift, self.top + point[1] * self.down

    def _is_lit(self, name: str) -> bool:
        return self.parts is None or name in self.parts

    def _filled(self, text: str) -> str:
        return self.moment.filled_at(text, self.panel.select, self.panel.tokens)

    # --------------------------------------------------------------------------------------- wires

    def _wire(self, wire: Wire) -> None:
        """Draw a wire as thick as its value is large, dashed where that is negative."""
        value = self.moment.value(wire.value) if wire.value else None
        share = 0.06 if value is None else min(1.0, abs(value) / wire.full)
        width = (2 + (5 if is_entry(wire) else 9) * share) * min(self.k, 1.6)
        sign = "negative" if value is not None and value < 0 else "positive"
        role = sign if wire.signed else wire.role
        opacity = 1.0 if self._is_lit(wire.name) else FAINT
        points = [self._at(point) for point in wire.points]
        dash = (max(7, width * 1.4), max(4, width * 0.5)) if sign == "negative" else ()
        if wire.value and not wire.end:
            tip, points[-1] = points[-1], _short(points[-2], points[-1], 11 * self.k)
            head = _arrow(points[-1], tip, width / 2 + 5 * self.k)
            self.paper.polygon(head, role, opacity)
        self.paper.line(_outline(points, 12 * self.k), role, width, dash, opacity)

    def _label(self, wire: Wire) -> None:
        """Write a wire's number and its caption beside it."""
        if wire.label_at is None:
            return
        x, y = self._at(wire.label_at)
        number = fixed(self.moment.value(wire.value), wire.value.digits) if wire.value else ""
        x, caption, at, anchor = self._beside(wire, x, y)
        is_on = self._is_lit(wire.name)
        role, face = ("ink", "bold") if is_on else ("mute", "plain")
        size = self.large if wire.label else self.small
        self.paper.text(x, caption, wire.label, self.small, "mute", f"{anchor}s", halo="card")
        self.paper.text(x, at, number, size, role, f"{anchor}s", face, halo="card")

    def _beside(self, wire: Wire, x: float, y: float) -> tuple[float, float, float, str]:
        """Return x, the lower edges of caption and number, and which end of them lies at x."""
        k, small, large = self.k, self.small, self.large
        anchor = registered(ANCHORS, wire.anchor, "anchor of a wire")
        above, below = y - 12 * k, y + 8 * k + small
        number = y - 1 if wire.label else y + large * 0.35
        sides = {
            "across": (x, y - 13 * k, y + 10 * k + large, anchor),
            "above": (x, above - large - 1, above if wire.label else y - 7 * k, anchor),
            "below": (x, below, below + large + 2, anchor),
            "left": (x - 11 * k, y + small, number, "r"),
            "right": (x + 11 * k, y + small, number, "l"),
        }
        x, caption, number, anchor = registered(sides, wire.side, "side of a wire")
        if is_entry(wire):
            x, number = self._between(wire, y)
        return x, caption, number, anchor

    def _between(self, wire: Wire, y: float) -> Point:
        """Return where the number of one of several lines into a gate stands.

        They stand between the lines, where there is room on one height, else the first above the
        second.
        """
        gate = next(node for node in self.panel.nodes if node.name == wire.end)
        under = self._at((gate.x, gate.y))[1] + self.high / 2
        is_first = wire.side == "right"
        apart = 0.55 * self.small if self.wide < 9.2 * self.small else 0.0
        number = (under + y) / 2 + 0.36 * self.small + (-apart if is_first else apart)
        x = self._at(wire.label_at or (0.0, 0.0))[0]
        return x + (6 if is_first else -6) * self.k, number

    # --------------------------------------------------------------------------------------- nodes

    def _node(self, node: Node) -> None:
        shapes: Mapping[str, Callable[[Node, float, float], None]] = {
            "gate": self._gate,
            "operation": self._operation,
            "label": self._source,
        }
        registered(shapes, node.shape, "shape of a node")(node, *self._at((node.x, node.y)))

    def _gate(self, node: Node, x: float, y: float) -> None:
        role, wide, high = node.role, self.wide / 2, self.high / 2
        is_filled = self.parts is not None and node.name in self.parts
        fill = self.paper.colour(role) if is_filled else self.paper.colour("card")
        self.paper.box(x - wide, y - high, x + wide, y + high, fill, 12 * self.k, role, 2.5)
        ink = ink_on(fill) if is_filled else "ink"
        value = fixed(self.moment.value(node.value), node.value.digits) if node.value else ""
        title, huge = max(self.small, 15 * self.k), max(18.0, 20 * self.k)
        lines = (
            (self._filled(node.text), 0.29 - 0.5, title, ink if is_filled else role, "bold"),
            (value, 0.17, huge, ink, "bold"),
            (self._filled(node.note), 0.42, self.small, ink if is_filled else "mute", "plain"),
        )
        for words, down, size, colour, face in lines:
            self.paper.text(x, y + down * self.high, words, size, colour, "ms", face)

    def _operation(self, node: Node, x: float, y: float) -> None:
        words = self._filled(node.text)
        is_word, is_on = len(node.text) > 1, self._is_lit(node.name)
        high = max(28.0, 34 * self.k) / 2
        wide = high + (4.5 * self.k * len(node.text) if is_word else 0)
        outline = "ink" if is_on else "line"
        self.paper.box(x - wide, y - high, x + wide, y + high, "card", high, outline, 2)
        size = self.small if is_word else max(20.0, 22 * self.k)
        self.paper.text(x, y, words, size, "ink" if is_on else "mute", "mm")

    def _source(self, node: Node, x: float, y: float) -> None:
        number = fixed(self.moment.value(node.value), node.value.digits) if node.value else ""
        words = f"{self._filled(node.text)} {number}".rstrip()
        anchor = registered(ANCHORS, node.anchor, "anchor of a node")
        self.paper.text(x, y + 5, words, self.small, "mute", f"{anchor}s", halo="card")


def is_entry(wire: Wire) -> bool:
    """Return whether a wire is one of several lines side by side into a box."""
    return wire.label_at is not None and len(wire.label_at) > 2 and wire.label_at[2] != 0


def _short(start: Point, end: Point, distance: float) -> Point:
    """Return the point that lies so far before the end of a straight piece."""
    share = distance / (math.dist(start, end) or 1.0)
    return end[0] + (start[0] - end[0]) * share, end[1] + (start[1] - end[1]) * share


def _arrow(end: Point, tip: Point, half: float) -> list[Point]:
    """Return the corners of an arrow head, from the end of its line."""
    length = math.dist(end, tip) or 1.0
    dx, dy = (tip[0] - end[0]) / length * half, (tip[1] - end[1]) / length * half
    return [tip, (end[0] - dy, end[1] + dx), (end[0] + dy, end[1] - dx)]


def _outline(points: Sequence[Point], radius: float) -> list[Point]:
    """Return a line through points with round corners."""
    found = [points[0]]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        ends = [
            _short(other, corner, min(radius, math.dist(other, corner) / 2))
            for other in (before, after)
        ]
        for i in range(BEND + 1):
            t = i / BEND
            weights = ((1 - t) ** 2, 2 * t * (1 - t), t**2)
            nodes = (ends[0], corner, ends[1])
            x, y = (
                sum(w * node[c] for w, node in zip(weights, nodes, strict=True)) for c in (0, 1)
            )
            found.append((x, y))
    return [*found, points[-1]]
