"""The circuits of the GRU as data, with the reset after the matrix product and before it.

Cho et al. (2014): their first version resets after the product, as cuDNN and PyTorch do; their
third version resets h₋₁ before it. z keeps, as in Cho et al. and in PyTorch, while in Chung et al.
(2014) it takes the new. σ is the logistic function, · works entry by entry, and the names are
those of the arrays::

    r = σ(W_xr x + W_hr h₋₁ + b_r)                      reset
    z = σ(W_xz x + W_hz h₋₁ + b_z)                      update
    n = tanh(W_xn x + b_xn + r · (W_hn h₋₁ + b_hn))     new; new/gated_hidden = r · new/past
    n = tanh(W_xn x + W_hn (r · h₋₁) + b_n)             before: reset_hidden = r · h₋₁
    h = (1 − z) · n + z · h₋₁                           hidden = written + kept
"""

from dataclasses import replace

from explorer.figures.cells.circuits import (
    PART_FULL,
    SIDE,
    Circuit,
    Phase,
    Places,
    box,
    buses,
    entries,
    entry,
    memory_belt,
    operation,
    out_of,
    sources,
    written_wire,
)
from explorer.figures.cells.formulas import Formula, Gate, value
from explorer.figures.scene import Node, Wire

RESET = Gate(
    "reset",
    "r",
    "σ",
    0,
    "How much of the past the ⟦new gate⟧ hears: 1 all of it, 0 nothing.",
    "The ⟦reset gate⟧ lets the ⟦new gate⟧ hear {reset:percent} of the past.",
)
UPDATE = Gate(
    "update",
    "z",
    "σ",
    1,
    "How much of the old ⟦state⟧ stays: 1 keeps all of it, 0 takes the ⟦new gate⟧.",
    "The ⟦update gate⟧ keeps {update:percent} of the old ⟦state⟧.",
)
NEW = Gate(
    "new",
    "n",
    "tanh",
    2,
    "What the cell would like to be now, between −1 and 1.",
    "The ⟦new gate⟧ would be {new}.",
    reset="after",
)
FORMULAS = (
    Formula(
        "kept",
        "⟦z⟧ · ⟦h⟧_{−1}",
        "kept = <update> · <hidden_before> = <kept>",
        "Of the {hidden_before} before, {kept} is left.",
        "what is kept",
    ),
    Formula(
        "written",
        "(1 − ⟦z⟧) · ⟦n⟧",
        "⟦written⟧ = (1 − <update>) · <new> = <written>",
        "What the ⟦update gate⟧ does not keep is filled with the ⟦new gate⟧.",
        "what is ⟦written⟧",
    ),
    Formula(
        "hidden",
        "⟦h⟧ = (1 − ⟦z⟧) · ⟦n⟧ + ⟦z⟧ · ⟦h⟧_{−1}",
        "⟦h⟧ = (1 − <update>) · <new> + <update> · <hidden_before> = <written> + <kept> = <hidden>",
        "The ⟦state⟧ goes from {hidden_before} to {hidden}.",
        "⟦state⟧",
        (
            "kept",
            "written",
            "The larger part is what was kept.",
            "The larger part is what was ⟦written⟧ just now.",
        ),
    ),
)
HEAR_AFTER = Formula(
    "new/gated_hidden",
    "⟦r⟧ · (⟦U new⟧ ⟦h⟧_{−1} + ⟦bh new⟧)",
    "heard = <reset> · <new/past> = <new/gated_hidden>",
    "Of the {new/past} that the past says, {new/gated_hidden} is heard.",
    "what is heard of the past",
)
HEAR_BEFORE = Formula(
    "reset_hidden",
    "⟦r⟧ · ⟦h⟧_{−1}",
    "heard = <reset> · <hidden_before> = <reset_hidden>",
    "Of this unit’s {hidden_before}, the ⟦new gate⟧ of every unit hears {reset_hidden}.",
    "what is heard of this unit",
)
KEEP = Phase("keep", "kept", ("keep",), ("hidden_before", "update", "kept"))
BLEND = Phase(
    "blend",
    "hidden",
    ("rest", "write", "add"),
    ("branch", "free", "new", "written", "kept", "hidden"),
)
AFTER = Phase(
    "hear",
    "new/gated_hidden",
    ("remembers", "past"),
    ("last_outputs", "new/past", "reset", "new/gated_hidden"),
)
BEFORE = Phase(
    "hear",
    "reset_hidden",
    ("remembers", "past"),
    ("last_outputs", "heard", "reset", "reset_hidden"),
)
ALT = (
    "The ⟦state⟧ of the selected unit was {hidden_before}; the ⟦update gate⟧ of {update} keeps "
    "{kept} of it, {written} is ⟦written⟧, and the ⟦state⟧ becomes {hidden}."
)
MAPS = (
    ("reset", "⟦reset map⟧", "share"),
    ("update", "⟦update map⟧", "share"),
    ("new", "⟦new map⟧", "signed"),
    ("hidden", "⟦state map⟧", "signed"),
)
WIDE = Places(
    680,
    400,
    {"update": 205, "reset": 366, "new": 604},
    gate_row=262,
    belt=48,
    middle=153,
    keep=205,
    add=490,
    buses=(366, 390),
    at={"past": (490, 262)},
)
NARROW = Places(
    366,
    420,
    {"update": 46, "reset": 146, "new": 312},
    gate_row=276,
    belt=54,
    middle=166,
    keep=46,
    add=232,
    buses=(356, 374),
    narrow=True,
    at={"past": (232, 276)},
)
BEFORE_WIDE = replace(
    WIDE,
    gates={"update": 190, "reset": 330, "new": 614},
    keep=190,
    at={"past": (428, 262), "matrix": (518, 262)},
)
BEFORE_NARROW = replace(
    NARROW,
    gates={"update": 42, "reset": 134, "new": 322},
    keep=42,
    at={"past": (226, 302), "matrix": (226, 248)},
)


def draw(circuit: Circuit, places: Places, quoted: bool) -> tuple[list[Node], list[Wire]]:
    """Return the circuit of a GRU: its state runs along the top and is its memory and its output.

    Read it from left to right: the update gate keeps a share of the old state, and what it does
    not keep is filled with the new value; the reset gate decides how much of the past the new
    value hears.
    """
    top, middle, row, add = places.belt, places.middle, places.gate_row, places.add
    new, past = places.gates["new"], places.at["past"]
    rest = ((places.keep + add) / 2, middle)
    nodes = [
        *sources(places, quoted),
        operation("keep", (places.keep, top), "×", "kept = ⟦update⟧ · ⟦state⟧ before"),
        operation("add", (add, top), "+", "⟦state⟧ after = kept + ⟦written⟧"),
        operation("rest", rest, "1 −", "What the ⟦update gate⟧ leaves free: 1 − ⟦z⟧."),
        operation("write", (add, middle), "×", "⟦written⟧ = (1 − ⟦update⟧) · ⟦new⟧"),
        operation("past", past, "×", "What is heard of the past."),
    ]
    before = "matrix" in places.at
    if before:
        nodes.append(operation("matrix", places.at["matrix"], "W", "The weights on what is heard."))
    nodes += [box(gate, (places.gates[gate.name], row), places.narrow) for gate in circuit.gates]
    first = min(places.gates.values())
    wires = [
        *memory_belt("hidden", 1.0, places),
        *_gated(circuit, places),
        written_wire(places, "What is added to the ⟦state⟧: (1 − ⟦update⟧) · ⟦new⟧."),
        *(_past_before(circuit, places) if before else _past_after(circuit, places)),
        *buses(places, (new, -SIDE), (first, SIDE), (past[0], 0.0)),
        *entries(("update", "reset"), places),
        entry("new", "from_input", places),
    ]
    return nodes, wires


def _gated(circuit: Circuit, places: Places) -> list[Wire]:
    """Return what the update gate and the new value send up."""
    top, middle, add, keep = places.belt, places.middle, places.add, places.keep
    update, new = circuit.gate("update"), circuit.gate("new")
    rest = (keep + add) / 2
    free = Wire("wire/free", ((rest, middle), (add, middle)), value("update", one_minus=True))
    branch = Wire("wire/branch", ((keep, middle), (rest, middle)), value("update"), "update")
    return [
        out_of(update, places, "keep", (keep, top)),
        replace(branch, start="update", end="rest", help=update.help),
        replace(
            free,
            role="update",
            label_at=((rest + add) / 2, middle),
            label="" if places.narrow else "free",
            start="rest",
            end="write",
            side="across",
            help="The share that the ⟦update gate⟧ leaves for the ⟦new gate⟧: 1 − ⟦z⟧.",
        ),
        out_of(new, places, "write", (places.gates["new"], middle), (add, middle)),
    ]


def _past_after(circuit: Circuit, places: Places) -> list[Wire]:
    """Return the past on its way to the new value, through the reset gate."""
    (x, row), second = places.at["past"], places.buses[1]
    reset, new = circuit.gate("reset"), places.gates["new"]
    return [
        out_of(reset, places, "past", (x, row)),
        Wire(
            "wire/new/past",
            ((x, second), (x, row)),
            value("new/past"),
            "new",
            (x, (row + 3 * places.buses[0]) / 4),
            full=PART_FULL,
            start="remembers",
            end="past",
            side="left",
            help="What the last state of all units says about the ⟦new gate⟧, before the reset.",
        ),
        Wire(
            "wire/new/gated_hidden",
            ((x, row), (new, row)),
            value("new/gated_hidden"),
            "new",
            (x, row - 16),
            full=PART_FULL,
            start="past",
            end="new",
            side="above",
            help="What the ⟦reset gate⟧ lets through of the past.",
        ),
    ]


def _past_before(circuit: Circuit, places: Places) -> list[Wire]:
    """Return the state of before on its way through the reset gate, then through the weights."""
    (x, y), (matrix_x, matrix_y) = places.at["past"], places.at["matrix"]
    row, second, new = places.gate_row, places.buses[1], places.gates["new"]
    reset = circuit.gate("reset")
    turn = (places.gates["reset"] + 53, row), (places.gates["reset"] + 53, y)
    heard = Wire("wire/heard", ((x, second), (x, y)), value("hidden_before"), "hidden")
    let = Wire("wire/reset_hidden", ((x, y), (matrix_x, matrix_y)), value("reset_hidden"), "hidden")
    said = Wire(
        "wire/new/from_hidden",
        ((matrix_x, matrix_y), (new, matrix_y), *(((new, row),) if matrix_y != row else ())),
        value("new/from_hidden"),
        "new",
    )
    narrow = places.narrow
    return [
        out_of(reset, places, "past", *(turn if narrow else ()), (x, y)),
        replace(
            heard,
            label_at=(x, (y + 3 * places.buses[0]) / 4),
            start="remembers",
            end="past",
            signed=True,
            side="left" if narrow else "right",
            help="The ⟦state⟧ of this unit before; those of all units go this way.",
        ),
        replace(
            let,
            label_at=(x, (y + matrix_y) / 2) if narrow else (x, y - 16),
            start="past",
            end="matrix",
            signed=True,
            side="right" if narrow else "above",
            help="What the ⟦reset gate⟧ lets through of this unit’s ⟦state⟧.",
        ),
        replace(
            said,
            label_at=(matrix_x, matrix_y - 16),
            full=PART_FULL,
            start="matrix",
            end="new",
            side="above",
            help="What the states that were let through say about the ⟦new gate⟧: weights times "
            "values, plus bias.",
        ),
    ]


GRU = Circuit(
    "gru",
    "GRU",
    (RESET, UPDATE, NEW),
    (HEAR_AFTER, *FORMULAS),
    ("reset", "update", AFTER, "new", KEEP, BLEND),
    MAPS,
    "hidden",
    "update",
    ALT,
    draw,
    WIDE,
    NARROW,
)
GRU_BEFORE = replace(
    GRU,
    name="gru_before",
    label="GRU, reset before the product",
    gates=(RESET, UPDATE, replace(NEW, reset="before")),
    formulas=(HEAR_BEFORE, *FORMULAS),
    phases=("reset", "update", BEFORE, "new", KEEP, BLEND),
    wide=BEFORE_WIDE,
    narrow=BEFORE_NARROW,
)
