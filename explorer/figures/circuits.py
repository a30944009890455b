"""The pieces that the circuits of all gated cells are made of: gates, their inputs, their stages.

Every number is an array of shape (H,) in the frame of one time step; a circuit shows the entry of
the selected unit. A gate named ``forget`` reads the arrays ``forget``, ``forget/preactivation``,
``forget/from_input`` (weights on what is read, and their bias) and ``forget/from_hidden`` (weights
on the last hidden values of all units, and their bias); the two sum to the preactivation.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from explorer.figures.scene import Layout, Node, Stage, Term, Value, Weighing, Wire

UNIT = "unit"  # the selection that every picture of a cell goes by

Point = tuple[float, float]
Shifted = tuple[float, ...]  # x, y, and a shift sideways in widths of a gate
SIDE = 0.42  # where the two lines enter a box, in its widths from its middle

# The magnitude at which a line is thickest.
MEMORY_FULL = 3.0
PART_FULL = 4.0


@dataclass(frozen=True)
class Places:
    """Where the parts of a circuit lie: the gates, the rows above them, the lines below them."""

    width: float
    height: float
    gates: Mapping[str, float]  # x of each gate
    gate_row: float
    belt: float  # y of the line along the top
    middle: float  # y of the products between belt and gates
    add: float  # x of the sum on the belt
    buses: Point  # y of the lines that carry what is read, and the last hidden values
    narrow: bool = False

    @property
    def left(self) -> float:
        """Return where the lines begin."""
        return 8.0

    @property
    def right(self) -> float:
        """Return where the lines end."""
        return self.width - 8.0


def value(array: str, one_minus: bool = False) -> Value:
    """Return the number of the selected unit."""
    return Value(array, UNIT, one_minus=one_minus)


def gate(name: str, at: Point, squash: str, explanation: str) -> Node:
    """Return the box of a gate: its name, its value, and the squashing that made it."""
    note = f"{squash}({{{name}/preactivation}})"
    return Node(name, *at, "gate", name, value(name), name, note, explanation)


def operation(name: str, at: Point, sign: str, explanation: str) -> Node:
    """Return a circle with a sign."""
    return Node(name, *at, "operation", sign, help=explanation)


def belt(
    name: str, begin: Point, finish: Point, label: str, places: Places, **more: object
) -> Wire:
    """Return a stretch of the line along the top, with its label and number beside it."""
    middle = ((begin[0] + finish[0]) / 2, begin[1])
    wire = Wire(f"wire/{name}", (begin, finish), value(name), "cell", middle, label, MEMORY_FULL)
    wire = replace(wire, signed=True, side="above" if places.narrow else "across")
    return replace(wire, **more)  # type: ignore[arg-type]


def sources(places: Places, quoted: bool) -> tuple[Node, ...]:
    """Return the labels of the two lines below the gates: what is read, and the past."""
    if places.narrow:
        read_at, last_at = (places.left, places.height - 10), (places.right, places.height - 10)
    else:
        read_at, last_at = (places.left, places.buses[0]), (places.left, places.buses[1])
    reads = Node("reads", *read_at, "label", "reads “{token}”" if quoted else "reads {token}")
    last = Node("remembers", *last_at, "label", "last hidden", value("hidden_before"))
    return (
        replace(reads, anchor="start", help="What the cell reads in this step."),
        replace(
            last,
            anchor="end" if places.narrow else "start",
            help="The hidden value of this unit one step ago; each gate hears those of all units.",
        ),
    )


def buses(places: Places, token_end: Shifted, past_end: Shifted) -> tuple[Wire, ...]:
    """Return the two lines below the gates; each ends at an x with a shift."""
    first, second = places.buses
    if places.narrow:
        foot = places.height - 20
        begin, end = min(places.gates.values()), places.right - 4
        token: tuple[Shifted, ...] = ((12, foot), (12, first), (token_end[0], first, token_end[1]))
        last: tuple[Shifted, ...] = ((end, foot), (end, second), (begin, second, SIDE))
    else:
        token = ((112, first), (token_end[0], first, token_end[1]))
        last = ((174, second), (past_end[0], second, past_end[1]))
    return (
        Wire("wire/token", token, role="mute", start="reads", help="What is read, to every gate."),
        Wire(
            "wire/last_outputs",
            last,
            role="mute",
            start="remembers",
            help="The last hidden values of all units, to every gate.",
        ),
    )


def entries(name: str, places: Places) -> tuple[Wire, Wire]:
    """Return the two short lines into a gate, each with what it contributes."""
    x, top = places.gates[name], places.gate_row
    return (
        Wire(
            f"wire/{name}/from_input",
            ((x, places.buses[0], -SIDE), (x, top, -SIDE)),
            value(f"{name}/from_input"),
            name,
            label_at=(x, places.buses[0], -SIDE),
            full=PART_FULL,
            start="reads",
            end=name,
            help=f"What the input contributes to {name}: weights times input, plus bias.",
        ),
        Wire(
            f"wire/{name}/from_hidden",
            ((x, places.buses[1], SIDE), (x, top, SIDE)),
            value(f"{name}/from_hidden"),
            name,
            label_at=(x, places.buses[0], SIDE),
            full=PART_FULL,
            start="remembers",
            end=name,
            side="left",
            help=f"What the last hidden values of all units contribute to {name}: weights times "
            "values, plus bias.",
        ),
    )


def layout(places: Places, nodes: Sequence[Node], wires: Sequence[Wire]) -> Layout:
    """Return nodes and wires in their coordinates."""
    return Layout(places.width, places.height, tuple(nodes), tuple(wires))


def gate_stage(name: str, letter: str, squash: str, says: str, reads: str) -> Stage:
    """Return the stage that computes one gate from what is read and from the past."""
    first, second = value(f"{name}/from_input"), value(f"{name}/from_hidden")
    inputs = ("reads", "remembers", "wire/token", "wire/last_outputs")
    return Stage(
        name,
        (*inputs, f"wire/{name}/from_input", f"wire/{name}/from_hidden", name),
        f"{letter} = {squash}(W_{{x{letter}}} x + W_{{h{letter}}} h_{{−1}} + b_{{{letter}}})",
        (
            Term(f"{letter} = {squash}("),
            Term(value=first, caption=reads),
            Term(" + "),
            Term(value=second, caption="the past"),
            Term(f") = {squash}("),
            Term(value=value(f"{name}/preactivation")),
            Term(") = "),
            Term(value=value(name), role=name, strong=True),
        ),
        says,
        Weighing(
            first,
            second,
            f"The larger push comes from {reads}.",
            "The larger push comes from the past.",
        ),
    )
