"""The circuit of a cell on paper: its wires, its gates and the equation of one stage."""

import itertools

from explorer.figures.scene import Diagram, Node, Stage, Wire
from explorer.stage.paper.moment import Moment
from explorer.stage.paper.sheet import Paper, ink_on
from explorer.stage.paper.writing import MINUS, fixed

TEXT = 14.0
ROW = 26.0  # px between two lines of the equation
FAINT = 0.35  # what is not in the stage that is shown

Box = tuple[float, float, float, float]
Point = tuple[float, float]


def draw_diagram(paper: Paper, panel: Diagram, box: Box, moment: Moment) -> None:
    """Draw a circuit with the numbers of the selected unit; with a stage, what it lights.

    The equation of the stage, and its sentence, stand below.
    """
    left, top, right, bottom = box
    stage = None if moment.stage is None else panel.stages[moment.stage]
    desk = 3.3 * ROW if stage else 0.0
    paper.box(left, top, right, bottom - desk, "card", 10, "line")
    circuit = _Circuit(paper, panel, (left, top, right, bottom - desk), moment, stage)
    for wire in panel.wires:
        circuit.wire(wire)
    for node in panel.nodes:
        circuit.node(node)
    for wire in panel.wires:
        circuit.label(wire)
    if stage:
        _equation(paper, panel, stage, (left, bottom - desk + 8, right, bottom), moment)


class _Circuit:
    """Places and colours of one circuit in its box."""

    def __init__(
        self, paper: Paper, panel: Diagram, box: Box, moment: Moment, stage: Stage | None
    ) -> None:
        self.paper, self.panel, self.moment = paper, panel, moment
        self.left, self.top, right, bottom = box
        self.across, self.down = (
            (right - self.left) / panel.width,
            (bottom - self.top) / panel.height,
        )
        self.k = min(2.4, max(0.86, min(self.across, self.down)))
        gates = sorted(self.at((n.x, n.y))[0] for n in panel.nodes if n.shape == "gate")
        room = min((b - a for a, b in itertools.pairwise(gates)), default=200.0)
        edge = min(gates[0] - self.left, right - gates[-1]) if gates else 100.0
        self.wide = min(118 * self.k, room - 8, 2 * edge - 2)
        self.high = max(62.0, 70 * self.k)
        self.parts = None if stage is None else set(stage.parts)

    def at(self, point: tuple[float, ...]) -> Point:
        """Return the pixels of a place: x, y and a shift sideways in widths of a gate."""
        shift = point[2] * self.wide if len(point) > 2 else 0.0
        return self.left + point[0] * self.across + shift, self.top + point[1] * self.down

    def lit(self, name: str) -> bool:
        return self.parts is None or name in self.parts

    def wire(self, wire: Wire) -> None:
        value = self.moment.value(wire.value) if wire.value else None
        share = 0.06 if value is None else min(1.0, abs(value) / wire.full)
        side_by_side = wire.label_at is not None and len(wire.label_at) > 2
        width = (2 + (5 if side_by_side else 9) * share) * min(self.k, 1.6)
        sign = "negative" if value is not None and value < 0 else "positive"
        role = sign if wire.signed else wire.role
        opacity = 1.0 if self.lit(wire.name) else FAINT
        points = [self.at(point) for point in wire.points]
        dash = (max(7, width * 1.4), max(4, width * 0.5)) if sign == "negative" else ()
        if wire.value and not wire.end:
            x, y = points[-1]
            half, back = width / 2 + 5 * self.k, x - 11 * self.k
            self.paper.polygon([(x, y), (back, y - half), (back, y + half)], role, opacity)
            points[-1] = (back, y)
        self.paper.line(points, role, width, dash, opacity)

    def node(self, node: Node) -> None:
        x, y = self.at((node.x, node.y))
        words = self.moment.filled_at(node.text, self.panel.select, self.panel.tokens)
        if node.shape == "gate":
            self.gate(node, x, y)
        elif node.shape == "operation":
            high = max(28.0, 34 * self.k) / 2
            wide = high + (4.5 * self.k * len(words) if len(words) > 1 else 0)
            outline = "ink" if self.lit(node.name) else "line"
            self.paper.box(x - wide, y - high, x + wide, y + high, "card", high, outline, 2)
            size = TEXT if len(words) > 1 else 20 * self.k
            self.paper.text(x, y, words, size, outline if outline == "ink" else "mute", "mm")
        else:
            value = f" {fixed(self.moment.value(node.value))}" if node.value else ""
            anchor = {"start": "lm", "middle": "mm", "end": "rm"}[node.anchor]
            self.paper.text(x, y, words + value, TEXT, "mute", anchor)

    def gate(self, node: Node, x: float, y: float) -> None:
        role, wide, high = node.role, self.wide / 2, self.high / 2
        filled = self.parts is not None and node.name in self.parts
        fill = self.paper.colour(role) if filled else self.paper.colour("card")
        self.paper.box(x - wide, y - high, x + wide, y + high, fill, 12 * self.k, role, 2.5)
        ink = ink_on(fill) if filled else "ink"
        note = self.moment.filled_at(node.note, self.panel.select, self.panel.tokens)
        value = fixed(self.moment.value(node.value)) if node.value else ""
        self.paper.text(
            x, y - 0.6 * high, node.text, 15 * self.k, ink if filled else role, "mm", "bold"
        )
        self.paper.text(x, y + 0.06 * high, value, 19 * self.k, ink, "mm", "bold")
        self.paper.text(x, y + 0.68 * high, note, TEXT, ink if filled else "mute", "mm")

    def label(self, wire: Wire) -> None:
        if wire.label_at is None:
            return
        x, y = self.at(wire.label_at)
        number = fixed(self.moment.value(wire.value)) if wire.value else ""
        on = self.lit(wire.name)
        size, face, role = 16 * self.k, "bold" if on else "plain", "ink" if on else "mute"
        anchor = {"start": "l", "middle": "m", "end": "r"}[wire.anchor]
        if len(wire.label_at) > 2:
            gate = next(node for node in self.panel.nodes if node.name == wire.end)
            under = self.at((gate.x, gate.y))[1] + self.high / 2
            first = wire.side == "right"
            y = (under + y) / 2 + (-8 if first else 9)
            x += 6 * self.k if first else -6 * self.k
            self.paper.text(x, y, number, TEXT, role, "lm" if first else "rm", face)
        elif wire.side == "across":
            self.paper.text(x, y - 13 * self.k, wire.label, TEXT, "mute", f"{anchor}s")
            self.paper.text(x, y + 10 * self.k + size, number, size, role, f"{anchor}s", face)
        elif wire.side in ("left", "right"):
            ahead, anchor = (1, "l") if wire.side == "right" else (-1, "r")
            x += ahead * 11 * self.k
            small = size if wire.label else TEXT
            self.paper.text(
                x, y - 1 if wire.label else y + 5, number, small, role, f"{anchor}s", face
            )
            self.paper.text(x, y + TEXT, wire.label, TEXT, "mute", f"{anchor}s")
        else:
            self.paper.text(x, y - 7 * self.k, number, TEXT, role, f"{anchor}s", face)


def _equation(paper: Paper, panel: Diagram, stage: Stage, box: Box, moment: Moment) -> None:
    """Write the equation of a stage with its numbers, and its sentence."""
    left, top, right, _ = box
    x, y = left + 4, top + 18
    before = ""
    for term in stage.equation:
        if term.value is None:
            paper.text(x, y, term.text, 18)
            x, before = x + paper.measure(term.text, 18), term.text.strip()[-1:]
            continue
        words = fixed(moment.value(term.value), term.value.digits)
        if words.startswith(MINUS) and before in "+·":
            words = f"({words})"
        face = "bold" if term.strong else "plain"
        caption = moment.filled_at(term.caption, panel.select, panel.tokens)
        wide = max(paper.measure(words, 18, face), paper.measure(caption, TEXT))
        paper.text(x + wide / 2, y, words, 18, term.role, "ms", face)
        paper.text(x + wide / 2, y + 17, caption, TEXT, "mute", "ms")
        x, before = x + wide, ""
    said = moment.filled_at(stage.says, panel.select, panel.tokens)
    if stage.weighs:
        first, second = (abs(moment.value(v)) for v in (stage.weighs.first, stage.weighs.second))
        larger = stage.weighs.if_first if first >= second else stage.weighs.if_second
        said = f"{said} {moment.filled_at(larger, panel.select, panel.tokens)}"
    for i, line in enumerate(paper.wrapped(said, right - left - 8, 15)[:2]):
        paper.text(left + 4, y + 39 + 20 * i, line, 15)
