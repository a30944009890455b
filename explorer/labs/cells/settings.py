"""All settings of the cell lab: what is read, by which cell, and what is asked of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from explorer.cells import CELLS
from explorer.dials import ROW, check, dial
from explorer.labs.cells.operations import LONGEST_OPERATIONS, parse_operations
from explorer.networks.material import CHOSEN, LONGEST_LINE, TYPED, Material
from explorer.networks.tasks import RECIPES, TASKS
from explorer.sequences.handmade import HANDMADE

VIEW_NAMES = ("step", "memory", "patterns", "surgery", "hand", "writing", "networks")
TRAINED: Mapping[str, Mapping[str, str]] = {
    name: {
        cell: recipe.name
        for cell in CELLS
        for recipe in RECIPES.values()
        if recipe.task is task and recipe.settings.cell == cell
    }
    for name, task in TASKS.items()
}
"""What is read, and which shipped network reads it with which cell."""
READS: Mapping[str, str] = {
    **{name: task.label for name, task in TASKS.items()},
    "noise": "noise, untrained",
    "yours": "your network",
}
"""What can be read, and what menus call it."""
WRITES = TASKS["python"]
SPEAKERS = ("rnn_tanh", "lstm", "gru")  # the three of it that write side by side
LONGEST_TEXT = 1_000  # characters of a prompt


def _read_by(setting: str) -> Any:
    """A field of what is read, with the row and the example of the task that it belongs to."""
    for task in TASKS.values():
        if task.material.setting == setting:
            return field(default=task.material.example, metadata={ROW: task.material.row})
    raise ValueError(f"no task has a dial {setting!r}")


@dataclass(frozen=True)
class CellLab:
    """One state of the cell lab, its link. Raises ValueError with one line."""

    view: str = "step"
    reads: str = dial("python", "Reads", choices=READS)
    cell: str = "lstm"
    text: str = _read_by("text")
    prose: str = _read_by("prose")
    numbers: str = _read_by("numbers")
    first_year: int = _read_by("first_year")
    digit: int = _read_by("digit")
    # what is read of a task without a dial of its own; an empty line is its example
    given: str = dial("", "What it reads", longest=LONGEST_LINE)
    which: int = dial(0, "Which of them", low=0, high=1_000_000)
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
    prompt: str = WRITES.goal.prompt
    length: int = 120
    temperature: float = 0.5
    top_k: int = 0

    def __post_init__(self) -> None:
        _one_of("view", self.view, VIEW_NAMES)
        check(self)
        _one_of("cell", self.cell, tuple(CELLS))
        if self.cell not in (able := readers_of(self.reads)):
            raise ValueError(
                f"no network of the cell {self.cell!r} was trained to read "
                f"{READS[self.reads]}; choose from {', '.join(map(repr, able))}"
            )
        _one_of("hand", self.hand, tuple(HANDMADE))
        for task in TASKS.values():
            if task.name == self.reads or task.material.setting not in (TYPED, CHOSEN):
                task.material.check(self.said(task.material))
        _short("prompt", self.prompt, LONGEST_TEXT)
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

    def said(self, material: Material) -> Any:
        """What the dial of a material says; its example, where nothing is typed into the line."""
        value = getattr(self, material.setting)
        return material.example if material.setting == TYPED and not value else value

    @property
    def without_gaze(self) -> "CellLab":
        """The same without where one looks: equal for all who see the same numbers."""
        return replace(self, unit=-1, step=0)


HOLDS = (
    "nothing",
    *dict.fromkeys(
        kind.field for cell in CELLS.values() for kind in cell.kinds if kind.field != "hidden"
    ),
    *("cell", "hidden"),
)
"""What surgery can hold at a value: every gate, and the states."""

RANGES: Mapping[str, tuple[float, float]] = {
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


def _one_of(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise ValueError(
            f"unknown {name} {value[:40]!r}; choose from {', '.join(map(repr, choices))}"
        )


def _short(name: str, text: str, longest: int) -> None:
    if len(text) > longest:
        raise ValueError(f"{name} must have at most {longest:,} characters, not {len(text):,}")
