"""The circuits of the cells that keep their memory by a gate: the LSTM, the GRU, their relatives.

σ is the logistic function, or what a cell has in its place, · works entry by entry, and the names
are those of the arrays::

    memory = kept + written      kept = gate · memory before      written = gate · candidate

What keeps may be the rest of a gate (1 − input in the coupled LSTM), and so may what writes
(1 − update in the GRU). An LSTM shows its memory through tanh, or another activation, and an output
gate; the memory of a GRU is its output. A candidate may hear the past through a reset gate, before
the matrix product or after it. Who does what is read off the cell's equations.
"""

from dataclasses import dataclass, fields, replace
from re import Match

from explorer.cells import Cell
from explorer.cells.equations import NAME, rest_of
from explorer.figures.cells.circuits import (
    MEMORY_FULL,
    PART_FULL,
    SIDE,
    Circuit,
    Phase,
    Places,
    Point,
    box,
    buses,
    entries,
    maps_of,
    memory_belt,
    operation,
    out_of,
    sources,
    written_wire,
)
from explorer.figures.cells.formulas import ROLES, Gate, formulas_of, memory_word, value
from explorer.figures.cells.places import BY_HAND, spread
from explorer.figures.scene import Node, Wire


@dataclass(frozen=True)
class Parts:
    """Who does what in a gated cell, by the names of pictures; empty: nobody does.

    ``rest_of`` is the gate whose rest keeps, and ``free`` says that what writes is the rest of the
    gate that keeps.
    """

    memory: str
    keeper: str
    rest_of: str
    writer: str
    free: bool
    candidate: str
    reset: str
    reader: str


def parts_of(cell: Cell) -> Parts:
    """Return who does what. Raises ValueError for equations that are not those of a gated cell."""
    keeper, writer = _factor(cell, "kept"), _factor(cell, "written")
    keeping = cell.pictured(cell.keeping_gate or "")
    rest = (
        "" if cell.keeping_gate in cell.gates else cell.equation(cell.keeping_gate or "").reads[0]
    )
    free = rest_of(writer)
    if keeper != f"{{{cell.keeping_gate}}}" or free not in ("", cell.keeping_gate):
        raise ValueError(f"{cell.name} keeps or writes in a way that no picture knows")
    hears = cell.candidate.hears
    reader = _factor(cell, "hidden") if cell.memory == "cell" else ""
    return Parts(
        memory=cell.memory,
        keeper=keeping,
        rest_of=cell.pictured(rest),
        writer=cell.pictured(free or writer.strip("{}")),
        free=bool(free),
        candidate=cell.candidate.name,
        reset=cell.pictured(hears),
        reader=cell.pictured(reader.strip("{}")),
    )


def _factor(cell: Cell, name: str) -> str:
    """Return the gate, or the rest of one, in an equation that is one product of two."""
    gates = {kind.field for kind in cell.kinds if kind.is_share}
    for factor in cell.equation(name).terms[0]:
        if set(NAME.findall(factor)) & gates:
            return factor
    raise ValueError(f"no gate decides on {name} in {cell.name}")


def circuit(cell: Cell) -> Circuit:
    """Return the picture of a gated cell. Raises ValueError as `parts_of` does."""
    parts = parts_of(cell)
    if cell.family in BY_HAND:
        wide, narrow = BY_HAND[cell.family]
    elif cell.peepholes:
        raise ValueError(f"the places of the peepholes of {cell.name} have to be set by hand")
    else:
        row = _row(cell, parts)
        wide, narrow = (spread(row, bool(parts.rest_of), is_narrow) for is_narrow in (False, True))
    return Circuit(
        cell=cell,
        formulas=formulas_of(cell),
        phases=_phases(cell, parts),
        maps=maps_of(cell),
        alt=_alt(cell, parts),
        draw=draw,
        wide=wide,
        narrow=narrow,
    )


def _row(cell: Cell, parts: Parts) -> tuple[str, ...]:
    """Return what stands in the row of the gates, from left to right."""
    heard = {"": (), "after": ("past",), "before": ("past", "matrix")}[cell.candidate.reset]
    gates = (parts.rest_of or parts.keeper, parts.writer, parts.reset)
    return tuple(dict.fromkeys(filter(None, (*gates, *heard, parts.candidate, parts.reader))))


def _alt(cell: Cell, parts: Parts) -> str:
    memory, word = parts.memory, memory_word(cell)
    last = f"the {word} becomes {{{memory}}}"
    last = f"{last} and the ⟦hidden state⟧ is {{hidden}}" if memory == "cell" else f"and {last}"
    return (
        f"The {word} of the selected unit was {{{memory}_before}}; the ⟦{parts.keeper} gate⟧ of "
        f"{{{parts.keeper}}} keeps {{kept}} of it, {{written}} is ⟦written⟧, {last}."
    )


# ----------------------------------------------------------------------------------------- stages


def _phases(cell: Cell, parts: Parts) -> tuple[str | Phase, ...]:
    """Return the stages of a step after the first, in the order in which they are computed."""
    found: list[str | Phase] = []
    for name in (field.name for field in fields(cell.made)):  # type: ignore[arg-type]
        if name in cell.gates:
            found.append(cell.pictured(name))
        elif phase := _phase(cell, parts, name):
            found.append(phase)
    return tuple(found)


def _phase(cell: Cell, parts: Parts, name: str) -> Phase | None:
    """Return the stage that computes one number; None where another stage does."""
    memory, array = parts.memory, cell.pictured(name)
    if array == parts.keeper:
        return Phase(array, array, ("rest",), ("coupled", array), title=f"⟦{array}⟧")
    if name in ("gated_hidden", "reset_hidden"):
        past = f"{parts.candidate}/past" if name == "gated_hidden" else "heard"
        wires = ("last_outputs", past, _to_past(parts), array)
        return Phase("hear", array, ("remembers", "past"), wires)
    if name == "kept":
        return Phase("keep", name, ("keep",), (f"{memory}_before", parts.keeper, name))
    if name == memory:
        write = ("branch", "free") if parts.free else (parts.writer,)
        nodes = (*(("rest",) if parts.free else ()), "write", "add")
        wires = (*write, parts.candidate, "written", "kept", memory)
        stage, title = ("write", "⟦write⟧") if memory == "cell" else ("blend", "")
        return Phase(stage, memory, nodes, wires, title=title)
    if name == "squashed":
        return Phase("squash", name, ("squash",), ("cell", "tapped", name))
    if name == "hidden":
        return Phase("read", name, ("read",), ("squashed", parts.reader, name))
    return None


def _to_past(parts: Parts) -> str:
    """Return the line from the gate that resets, by its name: it may have others."""
    alone = parts.reset not in (parts.keeper, parts.rest_of, parts.writer)
    return parts.reset if alone else f"{parts.reset}/heard"


# ---------------------------------------------------------------------------------------- drawing


def draw(circuit: Circuit, places: Places, quoted: bool) -> tuple[list[Node], list[Wire]]:
    """Return the circuit of a gated cell: memory runs along the top, the gates stand below it.

    Read it from left to right: the old memory is multiplied by what keeps, and what is let through
    of the candidate is added. In an LSTM the output gate decides what of it is shown; in a GRU the
    reset gate decides how much of the past the candidate hears.
    """
    cell, parts = circuit.cell, parts_of(circuit.cell)
    first, last = min(places.gates.values()), max(places.gates.values())
    heard = (places.at["past"][0], 0.0) if parts.reset else (last, SIDE)
    boxes = (box(g, (places.gates[g.name], places.gate_row), places.narrow) for g in circuit.gates)
    nodes = [*sources(places, quoted), *_operations(cell, parts, places), *boxes]
    written = f"What is added to the {circuit.memory_word}: {_in_words(cell, 'written')}."
    wires = [
        *memory_belt(parts.memory, MEMORY_FULL if parts.memory == "cell" else 1.0, places),
        *(_shown(cell, parts, places) if parts.reader else ()),
        *_gated(circuit, parts, places),
        written_wire(places, written),
        *(_past(circuit, parts, places) if parts.reset else ()),
        *buses(places, (last, -SIDE), (first, SIDE), heard),
        *entries(circuit.gates, places),
        *_peepholes(circuit, places),
    ]
    return nodes, wires


def _in_words(cell: Cell, name: str) -> str:
    """Return how a number is made, in the words of boxes."""
    word = "⟦cell⟧" if cell.memory == "cell" else "⟦state⟧"

    def worded(found: Match[str]) -> str:
        before = found[1] == f"{cell.memory}_before"
        return f"{word} before" if before else f"⟦{cell.pictured(found[1])}⟧"

    return NAME.sub(worded, cell.equation(name).of)


def _operations(cell: Cell, parts: Parts, places: Places) -> list[Node]:
    """Return the circles between the lines."""
    top, middle, add = places.belt, places.middle, places.add
    after = "⟦cell⟧ after" if parts.memory == "cell" else "⟦state⟧ after"
    nodes = [
        operation("keep", (places.keep, top), "×", f"kept = {_in_words(cell, 'kept')}"),
        operation("add", (add, top), "+", f"{after} = kept + ⟦written⟧"),
    ]
    if parts.free:
        free = f"What the ⟦{parts.keeper} gate⟧ leaves free: 1 − ⟦letter {parts.keeper}⟧."
        nodes.append(operation("rest", _free_at(places), "1 −", free))
    written = f"⟦written⟧ = {_in_words(cell, 'written')}"
    nodes.append(operation("write", (add, middle), "×", written))
    if parts.reset:
        nodes.append(operation("past", places.at["past"], "×", "What is heard of the past."))
    if "matrix" in places.at:
        weights = "The weights on what is heard."
        nodes.append(operation("matrix", places.at["matrix"], "W", weights))
    if parts.reader:
        read = places.gates[parts.reader]
        sign, squashes = cell.shows.sign, f"{cell.shows.does.format('the ⟦cell state⟧')}."
        shows = f"⟦hidden⟧ = ⟦{parts.reader}⟧ · {sign} of ⟦cell⟧"
        nodes.append(operation("squash", (read, (top + middle) / 2), sign, squashes))
        nodes.append(operation("read", (read, middle), "×", shows))
    if parts.rest_of:
        rest = f"What the ⟦{parts.rest_of} gate⟧ leaves: 1 − ⟦letter {parts.rest_of}⟧."
        nodes.append(operation("rest", places.at["rest"], "1 −", rest))
    return nodes


def _free_at(places: Places) -> Point:
    return (places.keep + places.add) / 2, places.middle


def _shown(cell: Cell, parts: Parts, places: Places) -> list[Wire]:
    """Return what leaves the memory towards the output."""
    top, middle, read, right = places.belt, places.middle, places.gates[parts.reader], places.right
    squash = (top + middle) / 2
    return [
        Wire(
            "wire/tapped",
            ((read, top), (read, squash)),
            value("cell"),
            "cell",
            full=MEMORY_FULL,
            end="squash",
            signed=True,
            help="The ⟦cell state⟧, on its way to the output.",
        ),
        Wire(
            "wire/squashed",
            ((read, squash), (read, middle)),
            value("squashed"),
            "hidden",
            label_at=(read, (squash + middle) / 2 + 2)
            if places.narrow
            else (read - 27, (squash + middle) / 2),
            start="squash",
            end="read",
            signed=True,
            side="right" if places.narrow else "left",
            help=f"{cell.shows.sign} of the ⟦cell state⟧, {cell.shows.between}.",
        ),
        Wire(
            "wire/hidden",
            ((read, middle), (right, middle)),
            value("hidden"),
            "hidden",
            label_at=(right, middle + 10 if places.narrow else middle),
            label="⟦shown⟧",
            start="read",
            signed=True,
            side="below" if places.narrow else "across",
            anchor="end",
            help=f"The ⟦hidden state⟧ now: ⟦{parts.reader}⟧ · {cell.shows.sign} of ⟦cell⟧.",
        ),
    ]


def _gated(circuit: Circuit, parts: Parts, places: Places) -> list[Wire]:
    """Return what the gates send up."""
    wires: list[Wire] = []
    for gate in circuit.gates:
        up = (places.gates[gate.name], places.middle)
        if gate.name == parts.keeper:
            wires.append(out_of(gate, places, "keep", (places.keep, places.belt)))
            wires += _freed(gate, parts, places) if parts.free else ()
        elif gate.name in (parts.writer, parts.candidate):
            wires.append(out_of(gate, places, "write", up, (places.add, places.middle)))
        elif gate.name == parts.reader:
            wires.append(out_of(gate, places, "read", up))
    return [*wires, *(_coupled(circuit, parts, places) if parts.rest_of else ())]


def _freed(gate: Gate, parts: Parts, places: Places) -> list[Wire]:
    """Return the way from a gate that keeps to what writes: the rest of it."""
    (rest, middle), add, keep = _free_at(places), places.add, places.keep
    free = Wire("wire/free", ((rest, middle), (add, middle)), value(gate.name, one_minus=True))
    branch = Wire("wire/branch", ((keep, middle), (rest, middle)), value(gate.name), gate.kind.role)
    return [
        replace(branch, start=gate.name, end="rest", help=gate.kind.means),
        replace(
            free,
            role=gate.kind.role,
            label_at=((rest + add) / 2, middle),
            label="" if places.narrow else "free",
            start="rest",
            end="write",
            side="across",
            help=f"The share that the ⟦{gate.name} gate⟧ leaves for the ⟦{parts.candidate} gate⟧: "
            f"1 − ⟦letter {gate.name}⟧.",
        ),
    ]


def _coupled(circuit: Circuit, parts: Parts, places: Places) -> list[Wire]:
    """Return the way from a gate to what keeps: the rest of it."""
    (x, y), top, keep = places.at["rest"], places.belt, places.keep
    gate = circuit.gate(parts.rest_of)
    into = places.gates[gate.name]
    coupled = Wire("wire/coupled", ((into, y), (x, y)), value(gate.name), gate.kind.role)
    way = ((x, y), (keep, y), (keep, top))
    kept = Wire(f"wire/{parts.keeper}", way, value(parts.keeper), ROLES[parts.keeper])
    return [
        replace(coupled, start=gate.name, end="rest", help=gate.kind.means),
        replace(
            kept,
            label_at=(keep, (top + y) / 2),
            label=f"⟦{parts.keeper}⟧",
            start="rest",
            end="keep",
            side="right" if places.narrow else "left",
            help=f"How much of the old {circuit.memory_word} stays: 1 − ⟦{gate.name}⟧.",
        ),
    ]


def _past(circuit: Circuit, parts: Parts, places: Places) -> list[Wire]:
    """Return the past on its way to the candidate, through the gate that resets."""
    reset, row, past = circuit.gate(parts.reset), places.gate_row, places.at["past"]
    beside = places.gates[reset.name] + 53  # where the box ends
    turn = ((beside, row), (beside, past[1])) if past[1] != row else ()
    to_past = out_of(reset, places, "past", *turn, past, name=_to_past(parts))
    heard = _heard_before if "matrix" in places.at else _heard_after
    return [to_past, *heard(circuit.gate(parts.candidate), places)]


def _heard_after(candidate: Gate, places: Places) -> list[Wire]:
    """Return what the weights say of the past, and how much of it is let through."""
    (x, row), second, name = places.at["past"], places.buses[1], candidate.name
    return [
        Wire(
            f"wire/{name}/past",
            ((x, second), (x, row)),
            value(f"{name}/past"),
            candidate.kind.role,
            label_at=(x, (row + 3 * places.buses[0]) / 4),
            full=PART_FULL,
            start="remembers",
            end="past",
            side="left",
            help=f"What the last state of all units says about the ⟦{name} gate⟧, before the "
            "reset.",
        ),
        Wire(
            f"wire/{name}/gated_hidden",
            ((x, row), (places.gates[name], row)),
            value(f"{name}/gated_hidden"),
            candidate.kind.role,
            label_at=(x, row - 16),
            full=PART_FULL,
            start="past",
            end=name,
            side="above",
            help=f"What the ⟦{candidate.through} gate⟧ lets through of the past.",
        ),
    ]


def _heard_before(candidate: Gate, places: Places) -> list[Wire]:
    """Return the state of before, how much of it is let through, and what the weights say of it."""
    (x, y), (matrix_x, matrix_y) = places.at["past"], places.at["matrix"]
    row, second, name = places.gate_row, places.buses[1], candidate.name
    end = places.gates[name]
    turn = ((end, row),) if matrix_y != row else ()
    narrow = places.narrow
    return [
        Wire(
            "wire/heard",
            ((x, second), (x, y)),
            value("hidden_before"),
            "hidden",
            label_at=(x, (y + 3 * places.buses[0]) / 4),
            start="remembers",
            end="past",
            signed=True,
            side="left" if narrow else "right",
            help="The ⟦state⟧ of this unit before; those of all units go this way.",
        ),
        Wire(
            "wire/reset_hidden",
            ((x, y), (matrix_x, matrix_y)),
            value("reset_hidden"),
            "hidden",
            label_at=(x, (y + matrix_y) / 2) if narrow else (x, y - 16),
            start="past",
            end="matrix",
            signed=True,
            side="right" if narrow else "above",
            help=f"What the ⟦{candidate.through} gate⟧ lets through of this unit’s ⟦state⟧.",
        ),
        Wire(
            f"wire/{name}/from_hidden",
            ((matrix_x, matrix_y), (end, matrix_y), *turn),
            value(f"{name}/from_hidden"),
            candidate.kind.role,
            label_at=(matrix_x, matrix_y - 16),
            full=PART_FULL,
            start="matrix",
            end=name,
            side="above",
            help=f"What the states that were let through say about the ⟦{name} gate⟧: weights "
            "times values, plus bias.",
        ),
    ]


def _peepholes(circuit: Circuit, places: Places) -> list[Wire]:
    """Return the lines by which gates see the memory, from above: before it changes, and after."""
    first = min(places.gates, key=places.gates.__getitem__)
    return [
        _peephole(gate, gate.name == first or gate.kind.sees == "cell", first, places)
        for gate in circuit.gates
        if gate.kind.sees
    ]


def _peephole(gate: Gate, taps: bool, first: str, places: Places) -> Wire:
    """Return the line to one gate; one that does not tap the memory goes on from the first gate."""
    name, before = gate.name, gate.kind.sees == "cell_before"
    tap, rail = places.at["before" if before else "after"]
    x, start = places.gates[name], places.gates[first]
    begin = ((tap, places.belt), (tap, rail)) if taps else ((start, rail, -0.36),)
    down = 32 if before else (62 if places.narrow else -54)  # where no other line is near
    beside = (tap, (places.belt + rail) / 2 + down)
    return Wire(
        name=f"wire/{name}/from_memory",
        points=(*begin, (x, rail, -0.36), (x, places.gate_row, -0.36)),
        value=value(f"{name}/from_memory"),
        role=name,
        label_at=beside if taps else ((start + x) / 2, rail),
        label="peephole" if name == first and not places.narrow else "",
        full=PART_FULL,
        end=name,
        side="above" if not taps else ("right" if places.narrow else "left"),
        help=f"What ⟦{name} gate⟧ sees of the ⟦cell state⟧ {'before' if before else 'after'} this "
        "step: a weight of its own times the number.",
    )
