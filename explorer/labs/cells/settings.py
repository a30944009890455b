"""All settings of the cell lab: what is read, by which cell, and what is asked of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from explorer.cells import CELLS as KINDS
from explorer.labs.cells.operations import LONGEST_OPERATIONS, parse_operations
from explorer.sequences.handmade import HANDMADE
from explorer.sequences.numbers import parse_numbers

VIEWS = ("step", "memory", "patterns", "surgery", "hand", "writing", "networks")
CELLS = tuple(KINDS)
TRAINED: Mapping[str, Mapping[str, str]] = {
    "python": {cell: f"characters-{cell}" for cell in CELLS if cell != "rnn_relu"},
    "english": {"lstm": "english-lstm"},
    "waves": {"lstm": "numbers-lstm", "gru": "numbers-gru"},
    "sunspots": {"lstm": "sunspots-lstm"},
    "digits": {"lstm": "digits-lstm"},
}
"""What is read, and which shipped network reads it with which cell."""
READS = (*TRAINED, "noise", "yours")
SPEAKERS = ("rnn_tanh", "lstm", "gru")  # the three that write side by side

DEFAULT_TEXT = 'print("gate", f(x[0]))  # done'
DEFAULT_PROSE = 'The "print" function writes its arguments to a file, and returns None.'
DEFAULT_NUMBERS = "0.2 0.5 0.8 0.9 0.7 0.4 0.1 -0.2 -0.4 -0.3 0 0.4 0.8 1 0.9"
DEFAULT_PROMPT = "def "
LONGEST_TEXT = 1_000
LINE_BREAK, TAB = "↵", "⇥"  # how they are typed into one line


@dataclass(frozen=True)
class CellLab:
    """One state of the cell lab, its link. Raises ValueError with one line."""

    view: str = "step"
    reads: str = "python"
    cell: str = "lstm"
    text: str = DEFAULT_TEXT
    prose: str = DEFAULT_PROSE
    numbers: str = DEFAULT_NUMBERS
    first_year: int = 1900  # of the sunspots that are read
    digit: int = 0  # which of the 1,797 digits
    upload: str = ""  # the mark of an uploaded network
    part: int = 0  # which recurrent part of an uploaded file
    # networks that nobody trained, and inputs that mean nothing
    units: int = 16
    layers: int = 1
    both_ways: bool = False
    inputs: int = 3
    steps: int = 40
    seed: int = 0
    # where one looks
    place: int = -1  # layer times directions, plus direction; -1: where the named unit is
    unit: int = -1  # -1: the unit that follows something we can name
    step: int = 16  # where the playhead starts, counted from 0: inside the brackets
    # patterns
    first: int = 15  # an open bracket in an open bracket
    last: int = 18
    threshold: float = 0.3
    strict: bool = True
    # surgery: the hand that is laid on now, and what was done before it
    hold: str = "forget_gate"  # the part it holds; "nothing" takes it away
    value: float = 0.0
    everyone: bool = False  # every unit, not the chosen one alone
    operations: str = ""
    # by hand
    hand: str = "counter"
    word: str = ""  # what the hand-made cell reads; empty: its own example
    changed: str = ""  # weights that were edited, as operations
    # writing
    prompt: str = DEFAULT_PROMPT
    length: int = 120
    temperature: float = 0.5
    top_k: int = 0

    def __post_init__(self) -> None:
        _one_of("view", self.view, VIEWS)
        _one_of("reads", self.reads, READS)
        _one_of("cell", self.cell, readers_of(self.reads))
        _one_of("hand", self.hand, tuple(HANDMADE))
        for name in ("text", "prose", "prompt"):
            text = getattr(self, name)
            if not text and name != "prompt":
                raise ValueError(f"{name} must have at least one character")
            if len(text) > LONGEST_TEXT:
                raise ValueError(
                    f"{name} must have at most {LONGEST_TEXT:,} characters, not {len(text):,}"
                )
        parse_numbers(self.numbers)
        _one_of("hold", self.hold, HOLDS)
        for name in ("operations", "changed"):
            _short(name, getattr(self, name), LONGEST_OPERATIONS)
            parse_operations(getattr(self, name))
        _short("word", self.word, 200)
        if self.upload and not (len(self.upload) == 16 and self.upload.isalnum()):
            raise ValueError("upload must be the mark of an uploaded network")
        for name, (low, high) in RANGES.items():
            if not low <= getattr(self, name) <= high:
                raise ValueError(
                    f"{name} must be between {low} and {high}, not {getattr(self, name)}"
                )

    @property
    def network_name(self) -> str | None:
        """The shipped network that reads; None where none was trained."""
        return TRAINED.get(self.reads, {}).get(self.cell)

    @property
    def typed(self) -> str:
        """The text that is read, its line breaks and tabs as they are meant."""
        return as_meant(self.prose if self.reads == "english" else self.text)

    @property
    def without_gaze(self) -> "CellLab":
        """The same without where one looks: equal for all who see the same numbers."""
        return replace(self, unit=-1, step=0)


HOLDS = (
    "nothing",
    *dict.fromkeys(gate for cell in KINDS.values() for gate in cell.gates if gate != "hidden"),
    *("cell", "hidden"),
)
"""What surgery can hold at a value: every gate, and the states."""

RANGES: Mapping[str, tuple[float, float]] = {
    "first_year": (1700, 1989),
    "digit": (0, 1796),
    "part": (0, 63),
    "units": (1, 256),
    "layers": (1, 4),
    "inputs": (1, 64),
    "steps": (1, 1_000),
    "seed": (0, 999_999),
    "place": (-1, 15),
    "unit": (-1, 1023),
    "step": (0, 1_999),
    "first": (0, 1_999),
    "last": (0, 1_999),
    "threshold": (0.0, 1.0),
    "value": (-100.0, 100.0),
    "length": (1, 400),
    "temperature": (0.0, 5.0),
    "top_k": (0, 500),
}


def readers_of(reads: str) -> tuple[str, ...]:
    """Return the cells that can read this: those that were trained on it, or all."""
    return tuple(TRAINED.get(reads, dict.fromkeys(CELLS, "")))


def as_meant(text: str) -> str:
    """Return a typed line with ↵ and ⇥ as the line breaks and tabs they stand for."""
    return text.replace(LINE_BREAK, "\n").replace(TAB, "\t")


def _one_of(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise ValueError(
            f"unknown {name} {value[:40]!r}; choose from {', '.join(map(repr, choices))}"
        )


def _short(name: str, text: str, longest: int) -> None:
    if len(text) > longest:
        raise ValueError(f"{name} must have at most {longest:,} characters, not {len(text):,}")
