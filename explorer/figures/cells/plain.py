"""The circuit of the plain recurrent network as data (Elman 1990), with tanh or with relu.

The names are those of the arrays::

    h = φ(W_xh x + W_hh h₋₁ + b_h)      hidden; the sum is hidden/preactivation
"""

from dataclasses import replace

from explorer.cells import Cell
from explorer.figures.cells.circuits import (
    PART_FULL,
    Circuit,
    Phase,
    Places,
    box,
    buses,
    maps_of,
    operation,
    sources,
)
from explorer.figures.cells.formulas import Formula, Gate, gates_of, value
from explorer.figures.scene import Node, Wire

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


def circuit(cell: Cell) -> Circuit:
    """Return the picture of a cell with one gate, which is its state."""
    return Circuit(
        cell=cell,
        formulas=(_sum(gates_of(cell)[0]),),
        phases=(
            Phase(
                "weigh",
                "hidden/preactivation",
                ("reads", "remembers", "sum"),
                (
                    *("token", "last_outputs"),
                    *(f"hidden/{part}" for part in ("from_input", "from_hidden", "preactivation")),
                ),
            ),
            Phase(
                "hidden", "hidden", ("hidden",), ("hidden/preactivation", "hidden"), title="squash"
            ),
        ),
        maps=maps_of(cell),
        alt="The ⟦hidden state⟧ of the selected unit was {hidden_before}; the input contributes "
        "{hidden/from_input}, the past {hidden/from_hidden}, and it becomes {hidden}.",
        draw=draw,
        wide=WIDE,
        narrow=NARROW,
    )


def _sum(gate: Gate) -> Formula:
    """Return how the sum is made, which has a stage of its own here."""
    return replace(
        gate.preactivation,
        says="What is read and what the past says add up to {hidden/preactivation}.",
        title="the sum",
        weighs=gate.formula.weighs,
    )


def draw(circuit: Circuit, places: Places, quoted: bool) -> tuple[list[Node], list[Wire]]:
    """Return the circuit of a plain RNN: two parts meet in a sum, which is squashed.

    Read it from the bottom: what is read and the last hidden values of all units go through their
    weights, are added, and the squashed sum is the new hidden value. There is no line of memory
    along the top, which is why it forgets.
    """
    middle, x, past = places.middle, places.add, places.at["past"][0]
    nodes = [
        *sources(places, quoted),
        operation("sum", (x, middle), "+", "What is read and what the past says, added up."),
        box(circuit.gates[0], (x, places.gate_row), places.narrow),
    ]
    wires = [
        *_weighed(places),
        *_squashed(places),
        *buses(places, (places.keep,), (past,), (past,)),
    ]
    return nodes, wires


def _weighed(places: Places) -> list[Wire]:
    """Return the two parts of the sum on their way to it."""
    middle, x, past = places.middle, places.add, places.at["past"][0]
    (first, second), narrow = places.buses, places.narrow
    height = (middle + first) / 2
    return [
        Wire(
            name="wire/hidden/from_input",
            points=((places.keep, first), (places.keep, middle), (x, middle)),
            value=value("hidden/from_input"),
            role="input",
            label_at=(places.keep, height),
            label="reads" if narrow else "from the input",
            full=PART_FULL,
            start="reads",
            end="sum",
            side="right" if narrow else "left",
            help="What the input contributes: weights times values, plus bias.",
        ),
        Wire(
            name="wire/hidden/from_hidden",
            points=((past, second), (past, middle), (x, middle)),
            value=value("hidden/from_hidden"),
            role="candidate",
            label_at=(past, height),
            label="past" if narrow else "from the past",
            full=PART_FULL,
            start="remembers",
            end="sum",
            side="left" if narrow else "right",
            help="What the last ⟦hidden state⟧ of every unit contributes: weights times values, "
            "plus bias.",
        ),
    ]


def _squashed(places: Places) -> list[Wire]:
    """Return the sum on its way to the box, and what leaves it."""
    row, middle, x = places.gate_row, places.middle, places.add
    return [
        Wire(
            name="wire/hidden/preactivation",
            points=((x, middle), (x, row)),
            value=value("hidden/preactivation"),
            role="ink",
            label_at=(x, middle - 46),
            label="sum",
            full=PART_FULL,
            start="sum",
            end="hidden",
            help="The sum, before it is squashed.",
        ),
        Wire(
            "wire/hidden",
            ((x, row), (places.right, row)),
            value("hidden"),
            "hidden",
            label_at=(places.right, row),
            label="⟦hidden⟧",
            start="hidden",
            signed=True,
            side="above" if places.narrow else "across",
            anchor="end",
            help="The ⟦hidden state⟧ now, which the next step hears again.",
        ),
    ]
