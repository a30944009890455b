"""The circuit of the GRU as data.

Cho et al. (2014), with the reset after the matrix product, as in their first version, in cuDNN and
in PyTorch (their third version resets before it); z keeps, as in Cho et al. and in PyTorch, while
in Chung et al. (2014) it takes the new. σ is the logistic function, · works entry by entry, and
the names are those of the arrays::

    r = σ(W_xr x + W_hr h₋₁ + b_r)                      reset
    z = σ(W_xz x + W_hz h₋₁ + b_z)                      update
    n = tanh(W_xn x + b_xn + r · (W_hn h₋₁ + b_hn))     new; new/gated_hidden = r · (…)
    h = (1 − z) · n + z · h₋₁                           hidden = written + kept
"""

from collections.abc import Sequence
from dataclasses import replace

from explorer.figures.circuits import (
    PART_FULL,
    SIDE,
    UNIT,
    Places,
    belt,
    buses,
    entries,
    gate,
    gate_stage,
    layout,
    operation,
    sources,
    value,
)
from explorer.figures.scene import Diagram, Layout, Stage, Term, Weighing, Wire

SQUASH = {"update": "σ", "reset": "σ", "new": "tanh"}
HELP = {
    "reset": "How much of the past the new value hears: 1 all of it, 0 nothing.",
    "update": "How much of the old state stays: 1 keeps all of it, 0 takes the new value.",
    "new": "What the cell would like to be now, between −1 and 1.",
}
WIDE = Places(
    680,
    400,
    {"update": 205, "reset": 366, "new": 604},
    gate_row=262,
    belt=48,
    middle=153,
    add=490,
    buses=(366, 390),
)
NARROW = Places(
    366,
    420,
    {"update": 46, "reset": 146, "new": 312},
    gate_row=276,
    belt=54,
    middle=166,
    add=232,
    buses=(356, 374),
    narrow=True,
)


def gru_diagram(area: str = "diagram", tokens: Sequence[str] = (), quoted: bool = True) -> Diagram:
    """Return the circuit of a GRU: its state runs along the top and is its memory and its output.

    Read it from left to right: the update gate keeps a share of the old state, and what it does
    not keep is filled with the new value; the reset gate decides how much of the past the new
    value hears.
    """
    wide, narrow = _layout(WIDE, quoted), _layout(NARROW, quoted)
    return Diagram(
        area,
        wide.width,
        wide.height,
        wide.nodes,
        wide.wires,
        _stages("“{token}”" if quoted else "{token}"),
        title="Inside one step",
        alt="A GRU cell at one step. The state of the selected unit was {hidden_before}; the "
        "update gate of {update} keeps {kept} of it, {written} is written, and the state becomes "
        "{hidden}.",
        narrow=narrow,
        tokens=tuple(tokens),
        select=UNIT,
    )


def _layout(places: Places, quoted: bool) -> Layout:
    top, middle, row, add = places.belt, places.middle, places.gate_row, places.add
    update, new = places.gates["update"], places.gates["new"]
    rest = (update + add) / 2
    nodes = [
        *sources(places, quoted),
        operation("keep", (update, top), "×", "kept = update · state before"),
        operation("add", (add, top), "+", "state after = kept + written"),
        operation("rest", (rest, middle), "1 −", "What the update gate leaves free: 1 − update."),
        operation("write", (add, middle), "×", "written = (1 − update) · new"),
        operation("past", (add, row), "×", "What is heard of the past: reset · past."),
    ]
    nodes += [gate(n, (x, row), SQUASH[n], HELP[n]) for n, x in places.gates.items()]
    wires = [
        *_state(places),
        *_gated(places, rest),
        *_past(places),
        *buses(places, (new, -SIDE), (add, 0.0)),
    ]
    wires += [*entries("update", places), *entries("reset", places), entries("new", places)[0]]
    return layout(places, nodes, wires)


def _state(places: Places) -> list[Wire]:
    """Return the line of the state along the top."""
    top, add, keep, narrow = places.belt, places.add, places.gates["update"], places.narrow
    left, right = places.left, places.right
    return [
        belt(
            "hidden_before",
            (left, top),
            (keep, top),
            "before" if narrow else "state before",
            places,
            full=1.0,
            label_at=(left, top),
            anchor="start",
            end="keep",
            help="The state of the unit after the step before, which was also its output.",
        ),
        belt(
            "kept",
            (keep, top),
            (add, top),
            "kept",
            places,
            full=1.0,
            start="keep",
            end="add",
            help="What is left of the state: update · state before.",
        ),
        belt(
            "hidden",
            (add, top),
            (right, top),
            "after" if narrow else "state after",
            places,
            full=1.0,
            label_at=(right, top),
            anchor="end",
            start="add",
            help="The state now, which is also the output: kept + written.",
        ),
    ]


def _gated(places: Places, rest: float) -> list[Wire]:
    """Return what the update gate and the new value send up, and what is written."""
    top, middle, row, add = places.belt, places.middle, places.gate_row, places.add
    update, new = places.gates["update"], places.gates["new"]
    free = Wire("wire/free", ((rest, middle), (add, middle)), value("update", one_minus=True))
    branch = Wire("wire/branch", ((update, middle), (rest, middle)), value("update"), "update")
    written = Wire("wire/written", ((add, middle), (add, top)), value("written"), "cell")
    return [
        Wire(
            "wire/update",
            ((update, row), (update, top)),
            value("update"),
            "update",
            start="update",
            end="keep",
            help=HELP["update"],
        ),
        replace(branch, start="update", end="rest", help=HELP["update"]),
        replace(
            free,
            role="update",
            label_at=((rest + add) / 2, middle),
            label="" if places.narrow else "free",
            start="rest",
            end="write",
            side="across",
            help="The share that the update gate leaves for the new value: 1 − update.",
        ),
        Wire(
            "wire/new",
            ((new, row), (new, middle), (add, middle)),
            value("new"),
            "new",
            start="new",
            end="write",
            help=HELP["new"],
        ),
        replace(
            written,
            label_at=(add, (middle + top) / 2),
            label="written",
            start="write",
            end="add",
            signed=True,
            help="What is added to the state: (1 − update) · new.",
        ),
    ]


def _past(places: Places) -> list[Wire]:
    """Return the past on its way to the new value, through the reset gate."""
    row, add, second = places.gate_row, places.add, places.buses[1]
    reset, new = places.gates["reset"], places.gates["new"]
    return [
        Wire(
            "wire/reset",
            ((reset, row), (add, row)),
            value("reset"),
            "reset",
            start="reset",
            end="past",
            help=HELP["reset"],
        ),
        Wire(
            "wire/new/from_hidden",
            ((add, second), (add, row)),
            value("new/from_hidden"),
            "new",
            (add, (row + 3 * places.buses[0]) / 4),
            full=PART_FULL,
            start="remembers",
            end="past",
            side="left",
            help="What the last state of all units says about the new value, before the reset.",
        ),
        Wire(
            "wire/new/gated_hidden",
            ((add, row), (new, row)),
            value("new/gated_hidden"),
            "new",
            (add, row - 16),
            full=PART_FULL,
            start="past",
            end="new",
            side="above",
            help="What the reset gate lets through of the past: reset · past.",
        ),
    ]


def _stages(reads: str) -> tuple[Stage, ...]:
    reset = "The reset gate lets the new value hear {reset:percent} of the past."
    update = "The update gate keeps {update:percent} of the old state."
    return (
        gate_stage("reset", "r", "σ", reset, reads),
        gate_stage("update", "z", "σ", update, reads),
        _hear(),
        _new(reads),
        _blend(),
    )


def _hear() -> Stage:
    wires = ("last_outputs", "new/from_hidden", "reset", "new/gated_hidden")
    return Stage(
        "hear",
        ("remembers", *(f"wire/{wire}" for wire in wires), "past"),
        "r · (W_{hn} h_{−1} + b_{hn})",
        (
            Term("heard = "),
            Term(value=value("reset"), role="reset", strong=True, caption="reset"),
            Term(" · "),
            Term(value=value("new/from_hidden"), caption="the past"),
            Term(" = "),
            Term(value=value("new/gated_hidden"), strong=True),
        ),
        "Of the {new/from_hidden} that the past says, {new/gated_hidden} is heard.",
    )


def _new(reads: str) -> Stage:
    first, second = value("new/from_input"), value("new/gated_hidden")
    wires = ("token", "new/from_input", "new/gated_hidden")
    return Stage(
        "new",
        ("reads", *(f"wire/{wire}" for wire in wires), "new"),
        "n = tanh(W_{xn} x + b_{xn} + r · (W_{hn} h_{−1} + b_{hn}))",
        (
            Term("n = tanh("),
            Term(value=first, caption=reads),
            Term(" + "),
            Term(value=second, caption="heard"),
            Term(") = tanh("),
            Term(value=value("new/preactivation")),
            Term(") = "),
            Term(value=value("new"), role="new", strong=True),
        ),
        "The new value would be {new}.",
        Weighing(
            first,
            second,
            f"The larger push comes from {reads}.",
            "The larger push comes from the past.",
        ),
    )


def _blend() -> Stage:
    wires = ("hidden_before", "update", "branch", "free", "new", "written", "kept", "hidden")
    return Stage(
        "blend",
        (*(f"wire/{wire}" for wire in wires), "rest", "keep", "write", "add"),
        "h = (1 − z) · n + z · h_{−1}",
        (
            Term("h = (1 − "),
            Term(value=value("update"), role="update", strong=True, caption="update"),
            Term(") · "),
            Term(value=value("new"), role="new", strong=True, caption="new"),
            Term(" + "),
            Term(value=value("update"), role="update", strong=True, caption="update"),
            Term(" · "),
            Term(value=value("hidden_before"), caption="before"),
            Term(" = "),
            Term(value=value("written"), caption="written"),
            Term(" + "),
            Term(value=value("kept"), caption="kept"),
            Term(" = "),
            Term(value=value("hidden"), strong=True),
        ),
        "The state goes from {hidden_before} to {hidden}.",
        Weighing(
            value("kept"),
            value("written"),
            "The larger part is what was kept.",
            "The larger part is what was written just now.",
        ),
    )
