"""What the circuits of all cells are made of: boxes, lines, sources, and the picture they form.

Gates, equations and their order are the cell's own (`explorer.cells`); a circuit adds how they are
drawn.

A circuit shows the numbers of the selected unit. A gate named ``forget`` reads the arrays
``forget``, ``forget/preactivation``, ``forget/from_input`` (weights on what is read, and their
bias), ``forget/from_hidden`` (weights on the last hidden values of all units, and their bias) and,
with a peephole, ``forget/from_memory``; the parts sum to the preactivation.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from explorer.cells import Cell
from explorer.cells.activations import POSITIVE, SHARE, SIGNED
from explorer.figures.cells.formulas import Formula, Gate, gates_of, memory_word, value
from explorer.figures.scene import Layout, Node, Stage, Wire

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
    keep: float  # x of the product on the belt
    add: float  # x of the sum on the belt
    buses: Point  # y of the lines that carry what is read, and the last hidden values
    narrow: bool = False
    at: Mapping[str, Point] = field(default_factory=dict)  # what only this cell has

    @property
    def left(self) -> float:
        """Return where the lines begin."""
        return 8.0

    @property
    def right(self) -> float:
        """Return where the lines end."""
        return self.width - 8.0


@dataclass(frozen=True)
class Phase:
    """A stage that computes one number of a step: its formula, and the parts that light up."""

    name: str
    formula: str
    nodes: tuple[str, ...]
    wires: tuple[str, ...]
    title: str = ""


@dataclass(frozen=True)
class Circuit:
    """A cell as a picture.

    ``phases`` stand in the order of the computation: a gate by its name, or a `Phase`. ``formulas``
    say how all but the gates is made, and ``maps`` are the heat maps: array, title, scale.
    """

    cell: Cell
    formulas: tuple[Formula, ...]
    phases: tuple[str | Phase, ...]
    maps: tuple[tuple[str, str, str], ...]
    alt: str
    draw: Callable[["Circuit", Places, bool], tuple[list[Node], list[Wire]]]
    wide: Places
    narrow: Places

    @property
    def gates(self) -> tuple[Gate, ...]:
        """Return the gates in the order in which their rows are packed."""
        return gates_of(self.cell)

    @property
    def memory(self) -> str:
        """Return the array that remembers."""
        return self.cell.memory

    @property
    def keep(self) -> str:
        """Return the array that says how much of the memory stays; empty: nothing does."""
        field = self.cell.keeping_gate
        return self.cell.pictured(field) if field else ""

    @property
    def opens(self) -> str:
        """Return the stage that is shown first: where what is remembered is made."""
        names = [phase if isinstance(phase, str) else phase.name for phase in self.phases]
        return next((name for name in ("write", "blend") if name in names), names[-1])

    @property
    def memory_word(self) -> str:
        """Return what remembers, as a key of the lexicons."""
        return memory_word(self.cell)

    def gate(self, name: str) -> Gate:
        """Return one of the gates."""
        return next(gate for gate in self.gates if gate.name == name)

    def formula(self, name: str) -> Formula:
        """Return how one number is made."""
        of_gates = tuple(gate.formula for gate in self.gates)
        return next(known for known in (*self.formulas, *of_gates) if known.name == name)

    def map_of(self, array: str) -> tuple[str, str, str]:
        """Return the heat map of an array."""
        return next(found for found in self.maps if found[0] == array)

    def layout(self, narrow: bool, quoted: bool) -> Layout:
        """Return the parts of the circuit in their coordinates."""
        places = self.narrow if narrow else self.wide
        nodes, wires = self.draw(self, places, quoted)
        return Layout(places.width, places.height, tuple(nodes), tuple(wires))

    def stages(self, reads: str) -> tuple[Stage, ...]:
        """Return the stages inside a step, in the order of computation."""
        found = [_concatenate(reads)]
        for phase in self.phases:
            if isinstance(phase, str):
                found.append(_gate_stage(self.gate(phase), reads))
            else:
                wires = (f"wire/{wire}" for wire in phase.wires)
                formula = self.formula(phase.formula)
                found.append(formula.stage(phase.name, phase.title, (*phase.nodes, *wires), reads))
        return tuple(found)


SCALES = {SHARE: "share", SIGNED: "signed", POSITIVE: "largest"}
"""The scale of a heat map, by the ends of what its numbers have been put through."""


def maps_of(cell: Cell) -> tuple[tuple[str, str, str], ...]:
    """Return the heat maps of a cell: array, title as a key of the lexicons, scale."""
    return tuple((array, *_map_of(cell, array)) for array in cell.mapped)


def _map_of(cell: Cell, array: str) -> tuple[str, str]:
    """Return the title and the scale of one heat map; only squashed numbers have known ends."""
    title = "state" if array == cell.memory == "hidden" and cell.keeping_gate else array
    if array == "cell":
        return f"⟦{title} map⟧", "by row"
    for kind in cell.kinds:
        if kind.name == array:
            return f"⟦{title} map⟧", SCALES[kind.squash.ends]
    if array == "hidden":  # what leaves a memory is squashed; a state is between its candidates
        return f"⟦{title} map⟧", SCALES[cell.shows.ends]
    parts = {"from_input": "from the input", "from_hidden": "from the past", "preactivation": "sum"}
    return parts[array.rpartition("/")[2]], "largest"


INPUTS = ("reads", "remembers", "wire/token", "wire/last_outputs")


def _concatenate(reads: str) -> Stage:
    formula = Formula(
        "",
        "[⟦x⟧, ⟦letter hidden⟧_{−1}]",
        "[⟦x⟧, ⟦letter hidden⟧₋₁] = [<x>, …, <hidden_before>, …]",
        f"Everything below reads the same two lists: the numbers of {reads}, and the last "
        "⟦hidden state⟧ of every unit, this one's {hidden_before} among them.",
        title="",
    )
    made = formula.stage("concatenate", "", INPUTS, reads)
    *terms, last, end = made.equation
    captioned = replace(last, strong=False, caption="this unit")
    return replace(made, equation=(*terms, captioned, end))


def _gate_stage(gate: Gate, reads: str) -> Stage:
    heard = ("matrix", "wire/reset_hidden") if gate.kind.reset == "before" else ()
    parts = (*INPUTS, *(f"wire/{part}" for part in gate.parts), *heard, gate.name)
    return gate.formula.stage(gate.name, f"⟦{gate.name}⟧", parts, reads)


# ------------------------------------------------------------------------------------------ parts


def box(gate: Gate, at: Point, narrow: bool) -> Node:
    """Return the box of a gate: its name, its value, and the squashing that made it."""
    name, kind, total = gate.name, gate.kind, f"{{{gate.name}/preactivation}}"
    note = f"{kind.squash.sign} {total}" if narrow else f"{kind.squash.sign}({total})"
    return Node(name, *at, "gate", f"⟦{name}⟧", value(name), kind.role, note, kind.means)


def operation(name: str, at: Point, sign: str, explanation: str) -> Node:
    """Return a circle with a sign."""
    return Node(name, *at, "operation", sign, help=explanation)


def belt(
    name: str,
    begin: Point,
    finish: Point,
    label: str,
    places: Places,
    explanation: str,
    **more: object,
) -> Wire:
    """Return a stretch of the line along the top, with its label and number beside it.

    The first and the last stretch have them at their outer end.
    """
    middle: Point = ((begin[0] + finish[0]) / 2, begin[1])
    wire = Wire(
        name=f"wire/{name}",
        points=(begin, finish),
        value=value(name),
        role="cell",
        label_at=middle,
        label=label,
        full=MEMORY_FULL,
    )
    side = "above" if places.narrow else "across"
    wire = replace(wire, signed=True, side=side, help=explanation)  # type: ignore[arg-type]
    if begin[0] == places.left:
        wire = replace(wire, label_at=begin, anchor="start")
    if finish[0] == places.right:
        wire = replace(wire, label_at=finish, anchor="end")
    return replace(wire, **more)  # type: ignore[arg-type]


def memory_belt(array: str, full: float, places: Places) -> list[Wire]:
    """Return the three stretches of a memory along the top: before, kept, after."""
    top, left, right = places.belt, places.left, places.right
    word, state = ("cell", "⟦cell state⟧") if array == "cell" else ("state", "⟦state⟧")
    before = "before" if places.narrow else f"⟦{word}⟧ before"
    after = "after" if places.narrow else f"⟦{word}⟧ after"
    keep, add = (places.keep, top), (places.add, top)
    return [
        belt(
            f"{array}_before",
            (left, top),
            keep,
            before,
            places,
            f"The {state} of the unit after the step before.",
            full=full,
            end="keep",
        ),
        belt(
            "kept",
            keep,
            add,
            "kept",
            places,
            f"What is left of the {state}.",
            full=full,
            start="keep",
            end="add",
        ),
        belt(
            array,
            add,
            (right, top),
            after,
            places,
            f"The {state} of the unit now: kept + ⟦written⟧.",
            full=full,
            start="add",
        ),
    ]


def written_wire(places: Places, explanation: str) -> Wire:
    """Return the line from the product that writes to the sum on the belt."""
    add, top, middle = places.add, places.belt, places.middle
    return Wire(
        "wire/written",
        ((add, middle), (add, top)),
        value("written"),
        "cell",
        label_at=(add, (middle + top) / 2),
        label="⟦written⟧",
        start="write",
        end="add",
        signed=True,
        help=explanation,
    )


def out_of(gate: Gate, places: Places, end: str, *points: Shifted, name: str = "") -> Wire:
    """Return the line that carries the value of a gate from its box through points to a node.

    ``name`` tells it from another one that leaves the same box.
    """
    start = (places.gates[gate.name], places.gate_row)
    return Wire(
        f"wire/{name or gate.name}",
        (start, *points),
        value(gate.name),
        gate.kind.role,
        start=gate.name,
        end=end,
        help=gate.kind.means,
    )


def sources(places: Places, quoted: bool) -> list[Node]:
    """Return the labels of the two lines below the gates: what is read, and the past."""
    if places.narrow:
        read_at, last_at = (places.left, places.height - 10), (places.right, places.height - 10)
    else:
        read_at, last_at = (places.left, places.buses[0]), (places.left, places.buses[1])
    reads = Node("reads", *read_at, "label", "reads “{token}”" if quoted else "reads {token}")
    last = Node("remembers", *last_at, "label", "last ⟦hidden⟧", value("hidden_before"))
    return [
        replace(reads, anchor="start", help="What the cell reads in this step."),
        replace(
            last,
            anchor="end" if places.narrow else "start",
            help="The ⟦hidden state⟧ of this unit one step ago; every gate hears those of all "
            "units.",
        ),
    ]


def buses(places: Places, token_end: Shifted, past_begin: Shifted, past_end: Shifted) -> list[Wire]:
    """Return the two lines below the gates; each ends at an x with a shift.

    On narrow pictures the past comes from the right, so its line ends at the first gate instead.
    """
    first, second = places.buses
    (token_x, *token_shift), (past_x, *past_shift) = token_end, past_end
    if places.narrow:
        foot, (begin_x, *begin_shift) = places.height - 20, past_begin
        right = places.right - 4
        token: tuple[Shifted, ...] = ((12, foot), (12, first), (token_x, first, *token_shift))
        last: tuple[Shifted, ...] = (
            (right, foot),
            (right, second),
            (begin_x, second, *begin_shift),
        )
    else:
        token = ((112, first), (token_x, first, *token_shift))
        last = ((174, second), (past_x, second, *past_shift))
    return [
        Wire("wire/token", token, role="mute", start="reads", help="What is read, to every gate."),
        Wire(
            "wire/last_outputs",
            last,
            role="mute",
            start="remembers",
            help="The last ⟦hidden state⟧ of every unit, to every gate.",
        ),
    ]


def entry(gate: Gate, part: str, places: Places) -> Wire:
    """Return the short line into a gate with what the input, or the past, contributes."""
    name, top = gate.name, places.gate_row
    x = places.gates[name]
    read = part == "from_input"
    begin, shift = (places.buses[0], -SIDE) if read else (places.buses[1], SIDE)
    what = "input contributes" if read else "last ⟦hidden state⟧ of every unit contributes"
    return Wire(
        f"wire/{name}/{part}",
        ((x, begin, shift), (x, top, shift)),
        value(f"{name}/{part}"),
        gate.kind.role,
        label_at=(x, places.buses[0], shift),
        full=PART_FULL,
        start="reads" if read else "remembers",
        end=name,
        side="right" if read else "left",
        help=f"What the {what} to ⟦{name} gate⟧: weights times values, plus bias.",
    )


def entries(gates: Sequence[Gate], places: Places) -> list[Wire]:
    """Return the short lines into each gate: two, or one where the past comes another way."""
    return [
        entry(gate, part, places)
        for gate in gates
        for part in ("from_input", "from_hidden")
        if part == "from_input" or not gate.kind.hears
    ]
