"""The circuits of the LSTM and two of its relatives as data.

Hochreiter and Schmidhuber (1997), with the forget gate of Gers, Schmidhuber and Cummins (2000);
σ is the logistic function, · works entry by entry, and the names are those of the arrays::

    i = σ(W_xi x + W_hi h₋₁ + b_i)        input
    f = σ(W_xf x + W_hf h₋₁ + b_f)        forget
    g = tanh(W_xg x + W_hg h₋₁ + b_g)     candidate
    o = σ(W_xo x + W_ho h₋₁ + b_o)        output
    c = f · c₋₁ + i · g                   cell = kept + written
    h = o · tanh(c)                       hidden = output · squashed

With peepholes (Gers and Schmidhuber 2000) i and f see c₋₁ and o sees c, each unit its own; in the
coupled cell (Greff et al. 2017) f is 1 − i.
"""

from dataclasses import replace

from explorer.figures.cells.circuits import (
    MEMORY_FULL,
    PART_FULL,
    SIDE,
    Circuit,
    Phase,
    Places,
    Shifted,
    box,
    buses,
    entries,
    memory_belt,
    operation,
    out_of,
    sources,
    written_wire,
)
from explorer.figures.cells.formulas import Formula, Gate, value
from explorer.figures.scene import Node, Wire

INPUT = Gate(
    "input",
    "i",
    "σ",
    0,
    "How much of the ⟦candidate gate⟧ is let into the ⟦cell state⟧: 1 all of it, 0 nothing.",
    "The ⟦input gate⟧ lets in {input:percent} of what the ⟦candidate gate⟧ offers.",
)
FORGET = Gate(
    "forget",
    "f",
    "σ",
    1,
    "How much of the old ⟦cell state⟧ stays: 1 keeps all of it, 0 forgets it.",
    "The ⟦forget gate⟧ keeps {forget:percent} of what was there.",
)
CANDIDATE = Gate(
    "candidate",
    "g",
    "tanh",
    2,
    "What the cell would write into the ⟦cell state⟧, between −1 and 1.",
    "The ⟦candidate gate⟧ offers {candidate} to be written.",
)
OUTPUT = Gate(
    "output",
    "o",
    "σ",
    3,
    "How much of the squashed ⟦cell state⟧ is shown: 1 all of it, 0 nothing.",
    "The ⟦output gate⟧ shows {output:percent} of the squashed ⟦cell state⟧.",
)
FORMULAS = (
    Formula(
        "kept",
        "⟦f⟧ · ⟦c⟧_{−1}",
        "kept = <forget> · <cell_before> = <kept>",
        "Of the {cell_before} that was remembered, {kept} is left.",
        "what is kept",
    ),
    Formula(
        "written",
        "⟦i⟧ · ⟦g⟧",
        "⟦written⟧ = <input> · <candidate> = <written>",
        "The ⟦input gate⟧ lets {input:percent} of {candidate} into the ⟦cell state⟧.",
        "what is ⟦written⟧",
    ),
    Formula(
        "cell",
        "⟦c⟧ = ⟦f⟧ · ⟦c⟧_{−1} + ⟦i⟧ · ⟦g⟧",
        "⟦c⟧ = <forget> · <cell_before> + <input> · <candidate> = <kept> + <written> = <cell>",
        "The ⟦cell state⟧ goes from {cell_before} to {cell}.",
        "⟦cell state⟧",
        (
            "kept",
            "written",
            "The larger part is what was kept.",
            "The larger part is what was ⟦written⟧ just now.",
        ),
    ),
    Formula(
        "squashed",
        "tanh(⟦c⟧)",
        "tanh(<cell>) = <squashed>",
        "The ⟦cell state⟧ of {cell} is pressed to {squashed} on its way out; inside, it stays as "
        "it is.",
        "⟦cell state⟧, squashed",
    ),
    Formula(
        "hidden",
        "⟦h⟧ = ⟦o⟧ · tanh(⟦c⟧)",
        "⟦h⟧ = <output> · <squashed> = <hidden>",
        "The ⟦hidden state⟧ is {hidden}. The next step and the layer above hear it, not the "
        "⟦cell state⟧.",
        "⟦hidden state⟧",
    ),
)
COUPLING = Formula(
    "forget",
    "⟦f⟧ = 1 − ⟦i⟧",
    "⟦f⟧ = 1 − <input> = <forget>",
    "What the ⟦input gate⟧ does not let in stays: {forget:percent} of the old ⟦cell state⟧.",
    "⟦forget gate⟧",
)
KEEP = Phase("keep", "kept", ("keep",), ("cell_before", "forget", "kept"))
WRITE = Phase(
    "write",
    "cell",
    ("write", "add"),
    ("input", "candidate", "written", "kept", "cell"),
    "⟦write⟧",
)
SQUASH = Phase("squash", "squashed", ("tanh",), ("cell", "tapped", "squashed"))
READ = Phase("read", "hidden", ("read",), ("squashed", "output", "hidden"))
COUPLE = Phase("forget", "forget", ("rest",), ("coupled", "forget"), "⟦forget⟧")
ALT = (
    "The ⟦cell state⟧ of the selected unit was {cell_before}; the ⟦forget gate⟧ of {forget} keeps "
    "{kept} of it, {written} is ⟦written⟧, the ⟦cell state⟧ becomes {cell} and the ⟦hidden state⟧ "
    "is {hidden}."
)
MAPS = (
    ("input", "⟦input map⟧", "share"),
    ("forget", "⟦forget map⟧", "share"),
    ("candidate", "⟦candidate map⟧", "signed"),
    ("output", "⟦output map⟧", "share"),
    ("cell", "⟦cell map⟧", "by row"),
    ("hidden", "⟦hidden map⟧", "signed"),
)
WIDE = Places(
    680,
    400,
    {"forget": 205, "input": 345, "candidate": 475, "output": 602},
    gate_row=262,
    belt=48,
    middle=153,
    keep=205,
    add=410,
    buses=(366, 390),
    at={"before": (128, 212), "after": (521, 212)},
)
NARROW = Places(
    366,
    420,
    {"forget": 45, "input": 132, "candidate": 219, "output": 306},
    gate_row=276,
    belt=54,
    middle=166,
    keep=45,
    add=176,
    buses=(356, 374),
    narrow=True,
)
SEEING_NARROW = replace(
    NARROW,
    gates={"forget": 58, "input": 142, "candidate": 226, "output": 310},
    keep=58,
    at={"before": (13, 228), "after": (260, 228)},
)
COUPLED_WIDE = replace(
    WIDE,
    gates={"input": 300, "candidate": 456, "output": 602},
    keep=140,
    add=384,
    at={"rest": (218, 205)},
)
COUPLED_NARROW = replace(
    NARROW,
    gates={"input": 116, "candidate": 212, "output": 308},
    keep=34,
    add=170,
    at={"rest": (74, 214)},
)


def draw(circuit: Circuit, places: Places, quoted: bool) -> tuple[list[Node], list[Wire]]:
    """Return the circuit of an LSTM: memory runs along the top, the gates stand below it.

    Read it from left to right: the old memory is multiplied by the forget gate, what the input
    gate lets through of the candidate is added, and the output gate decides what of it is shown.
    """
    top, middle, row = places.belt, places.middle, places.gate_row
    read, add = places.gates["output"], places.add
    forget = "1 − ⟦input⟧" if "rest" in places.at else "⟦forget⟧"
    nodes = [
        *sources(places, quoted),
        operation("keep", (places.keep, top), "×", f"kept = {forget} · ⟦cell⟧ before"),
        operation("add", (add, top), "+", "⟦cell⟧ after = kept + ⟦written⟧"),
        operation("write", (add, middle), "×", "⟦written⟧ = ⟦input⟧ · ⟦candidate⟧"),
        operation(
            "tanh",
            (read, (top + middle) / 2),
            "tanh",
            "Presses the ⟦cell state⟧ between −1 and 1.",
        ),
        operation("read", (read, middle), "×", "⟦hidden⟧ = ⟦output⟧ · tanh of ⟦cell⟧"),
    ]
    if "rest" in places.at:
        nodes.append(
            operation("rest", places.at["rest"], "1 −", "What the ⟦input gate⟧ leaves: 1 − ⟦i⟧.")
        )
    nodes += [box(gate, (places.gates[gate.name], row), places.narrow) for gate in circuit.gates]
    wires = [
        *memory_belt("cell", MEMORY_FULL, places),
        *_shown(places),
        *_gated(circuit, places),
        written_wire(places, "What is added to the ⟦cell state⟧: ⟦input⟧ · ⟦candidate⟧."),
        *buses(places, (read, -SIDE), (min(places.gates.values()), SIDE), (read, SIDE)),
        *entries([gate.name for gate in circuit.gates], places),
        *_peepholes(circuit, places),
    ]
    return nodes, wires


def _shown(places: Places) -> list[Wire]:
    """Return what leaves the memory towards the output."""
    top, middle, read, right = places.belt, places.middle, places.gates["output"], places.right
    tanh = (top + middle) / 2
    return [
        Wire(
            "wire/tapped",
            ((read, top), (read, tanh)),
            value("cell"),
            "cell",
            full=MEMORY_FULL,
            end="tanh",
            signed=True,
            help="The ⟦cell state⟧, on its way to the output.",
        ),
        Wire(
            "wire/squashed",
            ((read, tanh), (read, middle)),
            value("squashed"),
            "hidden",
            (read, (tanh + middle) / 2 + 2) if places.narrow else (read - 27, (tanh + middle) / 2),
            start="tanh",
            end="read",
            signed=True,
            side="right" if places.narrow else "left",
            help="The ⟦cell state⟧ pressed between −1 and 1.",
        ),
        Wire(
            "wire/hidden",
            ((read, middle), (right, middle)),
            value("hidden"),
            "hidden",
            (right, middle + 10 if places.narrow else middle),
            "⟦shown⟧",
            start="read",
            signed=True,
            side="below" if places.narrow else "across",
            anchor="end",
            help="The ⟦hidden state⟧ now: ⟦output⟧ · tanh of ⟦cell⟧.",
        ),
    ]


def _gated(circuit: Circuit, places: Places) -> list[Wire]:
    """Return what the gates send up."""
    top, middle, add = places.belt, places.middle, places.add
    into = places.gates["input"]
    ends: dict[str, tuple[str, tuple[Shifted, ...]]] = {
        "forget": ("keep", ((places.keep, top),)),
        "input": ("write", ((into, middle), (add, middle))),
        "candidate": ("write", ((places.gates["candidate"], middle), (add, middle))),
        "output": ("read", ((places.gates["output"], middle),)),
    }
    wires = [out_of(g, places, ends[g.name][0], *ends[g.name][1]) for g in circuit.gates]
    if "rest" not in places.at:
        return wires
    x, y = places.at["rest"]
    coupled = Wire("wire/coupled", ((into, y), (x, y)), value("input"), "input")
    left = ((x, y), (places.keep, y), (places.keep, top))
    forget = Wire("wire/forget", left, value("forget"), "forget")
    return [
        *wires,
        replace(coupled, start="input", end="rest", help=INPUT.help),
        replace(
            forget,
            label_at=(places.keep, (top + y) / 2),
            label="⟦forget⟧",
            start="rest",
            end="keep",
            side="right" if places.narrow else "left",
            help="How much of the old ⟦cell state⟧ stays: 1 − ⟦input⟧.",
        ),
    ]


def _peepholes(circuit: Circuit, places: Places) -> list[Wire]:
    """Return the lines by which gates see the memory, from above: before it changes, and after."""
    wires: list[Wire] = []
    for gate in circuit.gates:
        if not gate.peephole:
            continue
        name = gate.name
        before = gate.peephole == "cell_before"
        tap, rail = places.at["before" if before else "after"]
        x = places.gates[name]
        # The second gate that sees the memory of before is reached from the first.
        first = (tap, places.belt) if name != "input" else (places.gates["forget"], rail, -0.36)
        turn = () if name == "input" else ((tap, rail),)
        on_rail = ((places.gates["forget"] + x) / 2, rail)
        down = 32 if before else (62 if places.narrow else -54)  # where no other line is near
        beside = (tap, (places.belt + rail) / 2 + down)
        wires.append(
            Wire(
                f"wire/{name}/from_memory",
                (first, *turn, (x, rail, -0.36), (x, places.gate_row, -0.36)),
                value(f"{name}/from_memory"),
                name,
                on_rail if name == "input" else beside,
                "peephole" if name == "forget" and not places.narrow else "",
                PART_FULL,
                end=name,
                side="above" if name == "input" else ("right" if places.narrow else "left"),
                help=f"What ⟦{name} gate⟧ sees of the ⟦cell state⟧ "
                f"{'before' if before else 'after'} this step: a weight of its own times the "
                "number.",
            )
        )
    return wires


LSTM = Circuit(
    "lstm",
    "LSTM",
    (INPUT, FORGET, CANDIDATE, OUTPUT),
    FORMULAS,
    ("input", "forget", "candidate", "output", KEEP, WRITE, SQUASH, READ),
    MAPS,
    "cell",
    "forget",
    ALT,
    draw,
    WIDE,
    NARROW,
)
PEEPHOLE = replace(
    LSTM,
    name="lstm_peephole",
    label="LSTM with peepholes",
    gates=(
        replace(INPUT, peephole="cell_before", peephole_row=0),
        replace(FORGET, peephole="cell_before", peephole_row=1),
        CANDIDATE,
        replace(OUTPUT, peephole="cell", peephole_row=2),
    ),
    phases=("input", "forget", "candidate", KEEP, WRITE, "output", SQUASH, READ),
    narrow=SEEING_NARROW,
)
COUPLED = replace(
    LSTM,
    name="lstm_coupled",
    label="LSTM with coupled gates",
    gates=(INPUT, replace(CANDIDATE, block=1), replace(OUTPUT, block=2)),
    formulas=(COUPLING, *FORMULAS),
    phases=("input", COUPLE, "candidate", "output", KEEP, WRITE, SQUASH, READ),
    wide=COUPLED_WIDE,
    narrow=COUPLED_NARROW,
)
