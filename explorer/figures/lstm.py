"""The circuit of the LSTM as data.

Hochreiter and Schmidhuber (1997), with the forget gate of Gers, Schmidhuber and Cummins (2000);
σ is the logistic function, · works entry by entry, and the names are those of the arrays::

    i = σ(W_xi x + W_hi h₋₁ + b_i)        input
    f = σ(W_xf x + W_hf h₋₁ + b_f)        forget
    g = tanh(W_xg x + W_hg h₋₁ + b_g)     candidate
    o = σ(W_xo x + W_ho h₋₁ + b_o)        output
    c = f · c₋₁ + i · g                   cell = kept + written
    h = o · tanh(c)                       hidden = output · squashed
"""

from collections.abc import Sequence

from explorer.figures.circuits import (
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

SQUASH = {"forget": "σ", "input": "σ", "candidate": "tanh", "output": "σ"}
HELP = {
    "forget": "How much of the old memory stays: 1 keeps all of it, 0 forgets it.",
    "input": "How much of the candidate is let into the memory: 1 all of it, 0 nothing.",
    "candidate": "What the cell would write into the memory, between −1 and 1.",
    "output": "How much of the squashed memory is shown: 1 all of it, 0 nothing.",
}
WIDE = Places(
    680,
    400,
    {"forget": 205, "input": 345, "candidate": 475, "output": 606},
    gate_row=262,
    belt=48,
    middle=153,
    add=410,
    buses=(366, 390),
)
NARROW = Places(
    366,
    420,
    {"forget": 45, "input": 132, "candidate": 219, "output": 306},
    gate_row=276,
    belt=54,
    middle=166,
    add=176,
    buses=(356, 374),
    narrow=True,
)


def lstm_diagram(area: str = "diagram", tokens: Sequence[str] = (), quoted: bool = True) -> Diagram:
    """Return the circuit of an LSTM: memory runs along the top, the gates stand below it.

    Read it from left to right: the old memory is multiplied by the forget gate, what the input
    gate lets through of the candidate is added, and the output gate decides what of it is shown.
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
        alt="An LSTM cell at one step. The memory of the selected unit was {cell_before}; the "
        "forget gate of {forget} keeps {kept} of it, {written} is written, the memory becomes "
        "{cell} and the hidden value is {hidden}.",
        narrow=narrow,
        tokens=tuple(tokens),
        select=UNIT,
    )


def _layout(places: Places, quoted: bool) -> Layout:
    top, middle, row = places.belt, places.middle, places.gate_row
    forget, read, add = places.gates["forget"], places.gates["output"], places.add
    tanh = (top + middle) / 2
    nodes = [
        *sources(places, quoted),
        operation("keep", (forget, top), "×", "kept = forget · memory before"),
        operation("add", (add, top), "+", "memory after = kept + written"),
        operation("write", (add, middle), "×", "written = input · candidate"),
        operation("tanh", (read, tanh), "tanh", "Presses the memory between −1 and 1."),
        operation("read", (read, middle), "×", "hidden = output gate · tanh(memory)"),
    ]
    nodes += [gate(n, (x, row), SQUASH[n], HELP[n]) for n, x in places.gates.items()]
    wires = [*_memory(places), *_gated(places), *buses(places, (read, -SIDE), (read, SIDE))]
    for name in places.gates:
        wires += entries(name, places)
    return layout(places, nodes, wires)


def _memory(places: Places) -> list[Wire]:
    """Return the line of the memory, and what leaves it towards the output."""
    top, middle, add, narrow = places.belt, places.middle, places.add, places.narrow
    keep, read = places.gates["forget"], places.gates["output"]
    left, right, tanh = places.left, places.right, (places.belt + places.middle) / 2
    return [
        belt(
            "cell_before",
            (left, top),
            (keep, top),
            "before" if narrow else "memory before",
            places,
            label_at=(left, top),
            anchor="start",
            end="keep",
            help="What the unit remembered after the step before.",
        ),
        belt(
            "kept",
            (keep, top),
            (add, top),
            "kept",
            places,
            start="keep",
            end="add",
            help="What is left of the memory: forget · memory before.",
        ),
        belt(
            "cell",
            (add, top),
            (right, top),
            "after" if narrow else "memory after",
            places,
            label_at=(right, top),
            anchor="end",
            start="add",
            help="What the unit remembers now: kept + written.",
        ),
        Wire(
            "wire/tapped",
            ((read, top), (read, tanh)),
            value("cell"),
            "cell",
            full=3.0,
            end="tanh",
            signed=True,
            help="The memory, on its way to the output.",
        ),
        Wire(
            "wire/squashed",
            ((read, tanh), (read, middle)),
            value("squashed"),
            "hidden",
            (read - 12, (tanh + middle) / 2),
            start="tanh",
            end="read",
            signed=True,
            side="left",
            help="tanh(memory): the memory pressed between −1 and 1.",
        ),
        Wire(
            "wire/hidden",
            ((read, middle), (right, middle)),
            value("hidden"),
            "hidden",
            (right, middle),
            "hidden",
            start="read",
            signed=True,
            side="across",
            anchor="end",
            help="The hidden value now: output gate · tanh(memory).",
        ),
    ]


def _gated(places: Places) -> list[Wire]:
    """Return what the gates send up, and what is written."""
    top, middle, row, add = places.belt, places.middle, places.gate_row, places.add
    ends = {
        "forget": ("keep", ((places.gates["forget"], top),)),
        "input": ("write", ((places.gates["input"], middle), (add, middle))),
        "candidate": ("write", ((places.gates["candidate"], middle), (add, middle))),
        "output": ("read", ((places.gates["output"], middle),)),
    }
    wires = [
        Wire(
            f"wire/{name}",
            ((places.gates[name], row), *points),
            value(name),
            name,
            start=name,
            end=end,
            help=HELP[name],
        )
        for name, (end, points) in ends.items()
    ]
    written = Wire(
        "wire/written",
        ((add, middle), (add, top)),
        value("written"),
        "cell",
        (add, (middle + top) / 2),
        "written",
        start="write",
        end="add",
        signed=True,
        help="What is added to the memory: input · candidate.",
    )
    return [*wires, written]


def _stages(reads: str) -> tuple[Stage, ...]:
    forget = "The forget gate keeps {forget:percent} of what was there."
    into = "The input gate lets in {input:percent} of the candidate."
    candidate = "The candidate offers {candidate} to be written."
    output = "The output gate shows {output:percent} of the squashed memory."
    return (
        gate_stage("forget", "f", "σ", forget, reads),
        gate_stage("input", "i", "σ", into, reads),
        gate_stage("candidate", "g", "tanh", candidate, reads),
        _write(),
        _squash(),
        gate_stage("output", "o", "σ", output, reads),
        _read(),
    )


def _write() -> Stage:
    parts = ("cell_before", "forget", "kept", "input", "candidate", "written", "cell")
    return Stage(
        "write",
        (*(f"wire/{part}" for part in parts), "keep", "write", "add"),
        "c = f · c_{−1} + i · g",
        (
            Term("c = "),
            Term(value=value("forget"), role="forget", strong=True, caption="forget"),
            Term(" · "),
            Term(value=value("cell_before"), caption="before"),
            Term(" + "),
            Term(value=value("input"), role="input", strong=True, caption="input"),
            Term(" · "),
            Term(value=value("candidate"), role="candidate", strong=True, caption="candidate"),
            Term(" = "),
            Term(value=value("kept"), caption="kept"),
            Term(" + "),
            Term(value=value("written"), caption="written"),
            Term(" = "),
            Term(value=value("cell"), strong=True),
        ),
        "The memory goes from {cell_before} to {cell}.",
        Weighing(
            value("kept"),
            value("written"),
            "The larger part is what was kept.",
            "The larger part is what was written just now.",
        ),
    )


def _squash() -> Stage:
    return Stage(
        "squash",
        ("wire/cell", "wire/tapped", "tanh", "wire/squashed"),
        "tanh(c)",
        (
            Term("tanh("),
            Term(value=value("cell"), caption="memory"),
            Term(") = "),
            Term(value=value("squashed"), strong=True),
        ),
        "The memory of {cell} is pressed to {squashed} on its way out; the memory stays as it is.",
    )


def _read() -> Stage:
    return Stage(
        "read",
        ("wire/squashed", "wire/output", "read", "wire/hidden"),
        "h = o · tanh(c)",
        (
            Term("h = "),
            Term(value=value("output"), role="output", strong=True, caption="output"),
            Term(" · "),
            Term(value=value("squashed"), caption="tanh of memory"),
            Term(" = "),
            Term(value=value("hidden"), strong=True),
        ),
        "The hidden value is {hidden}. The next step and the layer above hear it, not the memory.",
    )
