"""Five ways to call the parts of a cell: one switch renames everything that a picture says.

The first is that of textbooks. The second is the one of Udacity's courses, whose learn gate is the
candidate times the ignore factor, whose forget gate is the memory times the forget factor, and
whose remember gate is the sum of both. The last three are the letters of PyTorch, Keras and ONNX,
with the places of every gate in their packed matrices. Keras stores its matrices transposed, so a
gate is a block of columns there.
"""

from collections.abc import Mapping

from explorer.cells.conventions import PACKINGS
from explorer.figures.scene import Lexicon

NAMES = ("gates", "learn, remember, use", "PyTorch", "Keras", "ONNX")

# key: the word in each of the five.
WORDS: Mapping[str, tuple[str, str, str, str, str]] = {
    "x": ("x", "E", "x", "x", "X"),
    "h": ("h", "STM", "h", "h", "H"),
    "c": ("c", "LTM", "c", "c", "C"),
    "i": ("i", "i", "i", "i", "i"),
    "f": ("f", "f", "f", "f", "f"),
    "g": ("g", "N", "g", "c̃", "c"),
    "o": ("o", "V", "o", "o", "o"),
    "r": ("r", "r", "r", "r", "r"),
    "z": ("z", "z", "z", "z", "z"),
    "n": ("n", "N", "n", "h̃", "h"),
    "input": ("input", "ignore", "i", "i", "i"),
    "forget": ("forget", "forget", "f", "f", "f"),
    "candidate": ("candidate", "learn", "g", "c̃", "c"),
    "output": ("output", "use", "o", "o", "o"),
    "reset": ("reset", "reset", "r", "r", "r"),
    "update": ("update", "remember", "z", "z", "z"),
    "new": ("new", "learn", "n", "h̃", "h"),
    "input gate": ("input gate", "ignore factor", "input gate i", "input gate i", "input gate i"),
    "forget gate": (
        "forget gate",
        "forget factor",
        "forget gate f",
        "forget gate f",
        "forget gate f",
    ),
    "candidate gate": (
        "candidate",
        "learn gate’s tanh",
        "cell gate g",
        "candidate c̃",
        "cell gate c",
    ),
    "output gate": ("output gate", "use gate", "output gate o", "output gate o", "output gate o"),
    "reset gate": ("reset gate", "reset factor", "reset gate r", "reset gate r", "reset gate r"),
    "update gate": (
        "update gate",
        "remember factor",
        "update gate z",
        "update gate z",
        "update gate z",
    ),
    "new gate": ("new value", "learn gate’s tanh", "new gate n", "candidate h̃", "hidden gate h"),
    "hidden gate": ("hidden value", "short-term memory", "hidden state h", "output h", "hidden H"),
    "cell": ("memory", "long-term", "c", "c", "C"),
    "cell state": ("memory", "long-term memory", "cell state c", "carry c", "cell C"),
    "hidden": ("hidden", "short-term", "h", "h", "H"),
    "hidden state": (
        "hidden value",
        "short-term memory",
        "hidden state h",
        "output h",
        "hidden H",
    ),
    "shown": ("hidden", "STM", "h", "h", "H"),
    "state": ("state", "memory", "h", "h", "H"),
    "written": ("written", "learned", "written", "written", "written"),
    "write": ("write", "remember", "write", "write", "write"),
    "input map": ("input i", "ignore factor i", "i · input", "i · input", "i · input"),
    "forget map": ("forget f", "forget factor f", "f · forget", "f · forget", "f · forget"),
    "candidate map": ("candidate g", "learn N", "g · cell", "c̃ · candidate", "c · cell"),
    "output map": ("output o", "use V", "o · output", "o · output", "o · output"),
    "reset map": ("reset r", "reset r", "r · reset", "r · reset", "r · reset"),
    "update map": ("update z", "remember z", "z · update", "z · update", "z · update"),
    "new map": ("new n", "learn N", "n · new", "h̃ · candidate", "h · hidden"),
    "cell map": ("memory c", "long-term", "c · cell state", "c · carry", "C · cell"),
    "hidden map": ("hidden h", "short-term", "h · hidden state", "h · output", "H · hidden"),
    "state map": ("state h", "memory", "h · hidden state", "h · output", "H · hidden"),
}
ABSENT = "nowhere: Keras has no layer of this cell"
# The letter of each gate in each of the five, as it stands under a matrix.
LETTERS = {"input": "i", "forget": "f", "candidate": "g", "output": "o"}
LETTERS |= {"reset": "r", "update": "z", "new": "n", "hidden": "h"}


def lexicons(
    cell: str, gates: tuple[str, ...], units: int, suffix: str = "l0"
) -> tuple[Lexicon, ...]:
    """Return the five ways to call the parts of a cell with these gates.

    ``suffix`` names the layer as PyTorch does: "l0", "l1_reverse".
    """
    words: list[dict[str, str]] = [
        {key: options[i] for key, options in WORDS.items()} for i in range(len(NAMES))
    ]
    for gate in gates:
        symbols = _symbols(gate, WORDS[LETTERS[gate]])
        places = _places(cell, gate, units, suffix)
        for found, letters, place in zip(words, symbols, places, strict=True):
            found |= {**letters, f"place {gate}": place}
    return tuple(
        Lexicon(name, tuple(found.items())) for name, found in zip(NAMES, words, strict=True)
    )


def _symbols(gate: str, letters: tuple[str, ...]) -> list[dict[str, str]]:
    """Return the matrices, biases and peepholes of a gate in letters, in each of the five."""
    a, b, t, k, o = letters
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
    return [{f"{key} {gate}": row[i] for key, row in rows.items()} for i in range(len(NAMES))]


def _places(cell: str, gate: str, units: int, suffix: str) -> list[str]:
    """Return where the weights of a gate stand in the packed matrices, in each of the five."""
    torch = f"of weight_ih_{suffix} and weight_hh_{suffix}"
    ours = f"{_block('pytorch', cell, gate, 'row', units)} {torch}"
    keras = f"{_block('keras', cell, gate, 'column', units)} of kernel and recurrent_kernel"
    onnx = f"{_block('onnx', cell, gate, 'row', units)} of W and R"
    return [ours, ours, ours, keras if cell in PACKINGS["keras"] else ABSENT, onnx]


def _block(convention: str, cell: str, gate: str, line: str, units: int) -> str:
    """Return the rows or columns of one gate: "rows 64–127"."""
    if cell not in PACKINGS[convention]:
        return ""
    field = f"{gate}_gate" if gate in ("input", "forget", "output", "reset", "update") else gate
    first = PACKINGS[convention][cell].gates.index(field) * units
    return f"{line} {first}" if units == 1 else f"{line}s {first}–{first + units - 1}"
