"""Five ways to call the parts of a cell: one switch renames everything that a picture says.

What a gate is called stands beside the gate (`explorer.cells.gates`). The last three ways are
those of PyTorch, Keras and ONNX, with the places of every gate in their packed matrices, where the
format knows the cell. Keras stores its matrices transposed, so a gate is a block of columns there.
"""

from collections.abc import Mapping

from explorer.cells import CONVENTIONS, STATES, Called, Cell, GateKind
from explorer.cells.conventions import packing
from explorer.figures.scene import Lexicon

# key: the word in each of the five; gates and states are called by their own entries.
WORDS: Mapping[str, tuple[str, str, str, str, str]] = {
    "x": ("x", "E", "x", "x", "X"),
    "shown": ("hidden", "STM", "h", "h", "H"),
    "state": ("state", "memory", "h", "h", "H"),
    "written": ("written", "learned", "written", "written", "written"),
    "write": ("write", "remember", "write", "write", "write"),
    "state map": ("state h", "memory", "h · hidden state", "h · output", "H · hidden"),
}


def lexicons(cell: Cell, units: int, suffix: str = "l0") -> tuple[Lexicon, ...]:
    """Return the five ways to call the parts of a cell.

    ``suffix`` names the layer as PyTorch does: "l0", "l1_reverse".
    """
    words: list[dict[str, str]] = [
        {key: options[i] for key, options in WORDS.items()} for i in range(len(CONVENTIONS))
    ]
    for i, found in enumerate(words):
        for name, state in STATES.items():
            found |= _called(name, state[i]) | {f"{name} state": state[i].name}
        for kind in cell.kinds:
            found |= _called(kind.name, kind.called[i])
    for kind in cell.kinds:
        if not kind.packed:
            continue
        symbols, places = _symbols(kind), _places(cell, kind.field, units, suffix)
        for found, letters, place in zip(words, symbols, places, strict=True):
            found |= {**letters, f"place {kind.name}": place}
    return tuple(
        Lexicon(convention, tuple(found.items()))
        for convention, found in zip(CONVENTIONS, words, strict=True)
    )


def _called(name: str, called: Called) -> dict[str, str]:
    """Return the words of one gate or state by the keys of texts; its letter is keyed apart."""
    return {
        f"letter {name}": called.letter,
        name: called.short,
        f"{name} gate": called.name,
        f"{name} map": called.title,
    }


def _symbols(kind: GateKind) -> list[dict[str, str]]:
    """Return the matrices, biases and peepholes of a gate in letters, in each of the five."""
    a, b, t, k, o = (called.letter for called in kind.called)
    rows = {
        "W": (f"W_{{x{a}}}", f"W_{{E{b}}}", f"W_{{i{t}}}", f"kernel_{{{k}}}", f"W_{{{o}}}"),
        "U": (
            f"W_{{h{a}}}",
            f"W_{{STM {b}}}",
            f"W_{{h{t}}}",
            f"recurrent_{{{k}}}",
            f"R_{{{o}}}",
        ),
        "b": (
            f"b_{{{a}}}",
            f"b_{{{b}}}",
            f"b_{{i{t}}} + b_{{h{t}}}",
            f"bias_{{{k}}}",
            f"Wb_{{{o}}} + Rb_{{{o}}}",
        ),
        "bx": (f"b_{{x{a}}}", f"b_{{E{b}}}", f"b_{{i{t}}}", f"bias_{{{k}}}", f"Wb_{{{o}}}"),
        "bh": (
            f"b_{{h{a}}}",
            f"b_{{STM {b}}}",
            f"b_{{h{t}}}",
            f"recurrent bias_{{{k}}}",
            f"Rb_{{{o}}}",
        ),
        "p": (f"p_{{{a}}}", f"p_{{{b}}}", f"p_{{{t}}}", f"p_{{{k}}}", f"P_{{{o}}}"),
    }
    return [
        {f"{key} {kind.name}": row[i] for key, row in rows.items()} for i in range(len(CONVENTIONS))
    ]


def _places(cell: Cell, gate: str, units: int, suffix: str) -> list[str]:
    """Return where the weights of a gate stand in the packed matrices, in each of the five."""
    torch = f"of weight_ih_{suffix} and weight_hh_{suffix}"
    ours = f"{_block('pytorch', cell, gate, 'row', units)} {torch}"
    keras, onnx = (
        f"{_block(convention, cell, gate, line, units)} of {matrices}"
        if convention in cell.packings
        else f"nowhere: {absent} of this cell"
        for convention, line, matrices, absent in (
            ("keras", "column", "kernel and recurrent_kernel", "Keras has no layer"),
            ("onnx", "row", "W and R", "ONNX has no node"),
        )
    )
    return [ours, ours, ours, keras, onnx]


def _block(convention: str, cell: Cell, gate: str, line: str, units: int) -> str:
    """Return the rows or columns of one gate: "rows 64–127"."""
    first = packing(convention, cell.name).gates.index(gate) * units
    return f"{line} {first}" if units == 1 else f"{line}s {first}–{first + units - 1}"
