"""The circuit of the plain recurrent network as data (Elman 1990), with tanh or with relu.

The names are those of the arrays::

    h = φ(W_xh x + W_hh h₋₁ + b_h)      hidden; the sum is hidden/preactivation
"""

from dataclasses import replace

from explorer.figures.cells.circuits import (
    PART_FULL,
    Circuit,
    Phase,
    Places,
    box,
    buses,
    operation,
    sources,
)
from explorer.figures.cells.formulas import Formula, Gate, value
from explorer.figures.scene import Node, Wire

HIDDEN = Gate(
    "hidden",
    "h",
    "tanh",
    0,
    "All that the cell has: its memory and its output in one number.",
    "The ⟦hidden state⟧ goes from {hidden_before} to {hidden}; nothing keeps the old one.",
)
SUM = Formula(
    "hidden/preactivation",
    HIDDEN.sum_in_letters,
    HIDDEN.preactivation.line,
    "What is read and what the past says add up to {hidden/preactivation}.",
    "the sum",
    (
        "hidden/from_input",
        "hidden/from_hidden",
        "The larger push comes from {0}.",
        "The larger push comes from the past.",
    ),
)
ALT = (
    "The ⟦hidden state⟧ of the selected unit was {hidden_before}; the input contributes "
    "{hidden/from_input}, the past {hidden/from_hidden}, and it becomes {hidden}."
)
WIDE = Places(
    680,
    400,
    {"hidden": 340},
    gate_row=92,
    belt=92,
    middle=226,
    keep=196,
    add=340,
    buses=(350, 384),
    at={"past": (484, 226)},
)
NARROW = Places(
    366,
    420,
    {"hidden": 183},
    gate_row=96,
    belt=96,
    middle=240,
    keep=72,
    add=183,
    buses=(344, 370),
    narrow=True,
    at={"past": (294, 240)},
)


def draw(circuit: Circuit, places: Places, quoted: bool) -> tuple[list[Node], list[Wire]]:
    """Return the circuit of a plain RNN: two parts meet in a sum, which is squashed.

    Read it from the bottom: what is read and the last hidden values of all units go through their
    weights, are added, and the squashed sum is the new hidden value. There is no line of memory
    along the top, which is why it forgets.
    """
    row, middle, x = places.gate_row, places.middle, places.add
    first, second = places.buses
    gate = circuit.gates[0]
    name, past = gate.name, places.at["past"][0]
    nodes = [
        *sources(places, quoted),
        operation("sum", (x, middle), "+", "What is read and what the past says, added up."),
        box(gate, (x, row), places.narrow),
    ]
    read = Wire(
        "wire/hidden/from_input",
        ((places.keep, first), (places.keep, middle), (x, middle)),
        value(f"{name}/from_input"),
        "input",
    )
    heard = Wire(
        "wire/hidden/from_hidden",
        ((past, second), (past, middle), (x, middle)),
        value(f"{name}/from_hidden"),
        "candidate",
    )
    height = (middle + first) / 2
    wires = [
        replace(
            read,
            label_at=(places.keep, height),
            label="reads" if places.narrow else "from the input",
            full=PART_FULL,
            start="reads",
            end="sum",
            side="right" if places.narrow else "left",
            help="What the input contributes: weights times values, plus bias.",
        ),
        replace(
            heard,
            label_at=(past, height),
            label="past" if places.narrow else "from the past",
            full=PART_FULL,
            start="remembers",
            end="sum",
            side="left" if places.narrow else "right",
            help="What the last ⟦hidden state⟧ of every unit contributes: weights times values, "
            "plus bias.",
        ),
        Wire(
            "wire/hidden/preactivation",
            ((x, middle), (x, row)),
            value(f"{name}/preactivation"),
            "ink",
            (x, middle - 46),
            "sum",
            PART_FULL,
            start="sum",
            end=name,
            help="The sum, before it is squashed.",
        ),
        Wire(
            "wire/hidden",
            ((x, row), (places.right, row)),
            value(name),
            "hidden",
            (places.right, row),
            "⟦hidden⟧",
            start=name,
            signed=True,
            side="above" if places.narrow else "across",
            anchor="end",
            help="The ⟦hidden state⟧ now, which the next step hears again.",
        ),
        *buses(places, (places.keep,), (past,), (past,)),
    ]
    return nodes, wires


RNN_TANH = Circuit(
    "rnn_tanh",
    "RNN with tanh",
    (HIDDEN,),
    (SUM,),
    (
        Phase(
            "weigh",
            "hidden/preactivation",
            ("reads", "remembers", "sum"),
            (
                "token",
                "last_outputs",
                "hidden/from_input",
                "hidden/from_hidden",
                "hidden/preactivation",
            ),
        ),
        Phase("hidden", "hidden", ("hidden",), ("hidden/preactivation", "hidden"), "squash"),
    ),
    (
        ("hidden/from_input", "from the input", "largest"),
        ("hidden/from_hidden", "from the past", "largest"),
        ("hidden/preactivation", "sum", "largest"),
        ("hidden", "⟦hidden map⟧", "signed"),
    ),
    "hidden",
    "",
    ALT,
    draw,
    WIDE,
    NARROW,
)
RNN_RELU = replace(
    RNN_TANH,
    name="rnn_relu",
    label="RNN with relu",
    gates=(replace(HIDDEN, squash="relu"),),
    maps=(*RNN_TANH.maps[:3], ("hidden", "⟦hidden map⟧", "largest")),
)
