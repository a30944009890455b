"""All settings of the cell lab: what is read, by which cell, and what is asked of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from explorer.cells import CELLS
from explorer.dials import ROW, check, dial
from explorer.labs.cells.operations import LONGEST_OPERATIONS, parse_operations
from explorer.labs.cells.views import VIEWS
from explorer.networks.material import CHOSEN, LONGEST_LINE, TYPED, Material
from explorer.networks.tasks import RECIPES, TASKS
from explorer.sequences.handmade import HANDMADE

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
LAST_MOMENT = 1_999  # of what is read, counted from 0


SQUASHES = tuple(name.removeprefix("rnn_") for name in CELLS if name.startswith("rnn_"))
"""The activations of a plain RNN."""
HOLDS = (
    "nothing",
    *dict.fromkeys(
        kind.field for cell in CELLS.values() for kind in cell.kinds if kind.field != "hidden"
    ),
    *("cell", "hidden"),
)
"""What surgery can hold at a value: every gate, and the states."""


def _short_label(cell: str) -> str:
    return CELLS[cell].short


def _read_by(setting: str) -> Any:
    """A field of what is read, with the row and the example of the task that it belongs to."""
    for task in TASKS.values():
        if task.material.setting == setting:
            return field(default=task.material.example, metadata={ROW: task.material.row})
    raise ValueError(f"no task has a dial {setting!r}")


@dataclass(frozen=True)
class CellLab:
    """One state of the cell lab, its link. Raises ValueError with one line."""

    view: str = dial("step", "View", "Ways to look at a cell that reads.", choices=VIEWS)
    reads: str = dial("python", "Reads", choices=READS)
    cell: str = dial("lstm", "Cell", "Which cell reads.", choices=CELLS, shown=_short_label)
    text: str = _read_by("text")
    prose: str = _read_by("prose")
    numbers: str = _read_by("numbers")
    first_year: int = _read_by("first_year")
    digit: int = _read_by("digit")
    # what is read of a task without a dial of its own; an empty line is its example
    given: str = dial("", "What it reads", longest=LONGEST_LINE)
    which: int = dial(0, "Which of them", low=0, high=1_000_000)
    upload: str = dial("", "Uploaded network")  # its mark
    part: int = dial(0, "Recurrent part", "Of an uploaded file.", low=0, high=63)
    squash: str = dial(
        "tanh",
        "Activation",
        "Of a plain RNN whose file does not say which it was trained with.",
        choices=SQUASHES,
    )
    alphabet: str = dial(
        "",
        "Its alphabet",
        "One letter for each code, in the order of the codes; ↵ is a line break, ⇥ a tab, <unk> "
        "and <pad> count as one. Empty: what the file says.",
        longest=LONGEST_LINE,
    )
    wiring: int = dial(  # among the matrices that fit; -1: the likeliest
        -1, "Embedding and readout", "Which matrices of the file are these.", low=-1, high=15
    )
    # networks that nobody trained, and inputs that mean nothing
    units: int = dial(16, "Units", low=1, high=256)
    layers: int = dial(1, "Layers", low=1, high=4)
    both_ways: bool = dial(False, "Read both ways")
    inputs: int = dial(3, "Inputs", low=1, high=64)
    steps: int = dial(40, "Length", low=1, high=1_000)
    seed: int = dial(0, "Seed", "Decides weights and inputs.", low=0, high=999_999)
    # where one looks
    place: int = dial(  # layer times directions, plus direction; -1: where the named unit is
        -1, "Layer and direction", low=-1, high=15
    )
    unit: int = dial(-1, "Unit", low=-1, high=1023)  # -1: the unit that follows what we can name
    showing: int = dial(  # the first of them; -1: the most active
        -1, "Units shown", "Of a cell with more than a picture holds.", low=-1, high=1023
    )
    step: int = dial(  # where the playhead starts, counted from 0; -1: at what there is to see
        -1, "Moment", low=-1, high=LAST_MOMENT
    )
    # patterns
    first: int = dial(15, "First of the span", low=0, high=LAST_MOMENT)  # brackets in brackets
    last: int = dial(18, "Last of the span", low=0, high=LAST_MOMENT)
    threshold: float = dial(
        0.3,
        "On from",
        "Share of a unit's own largest memory from which it counts as on.",
        low=0.0,
        high=1.0,
        offered=(0.05, 1.0),
        step=0.05,
    )
    strict: bool = dial(True, "Strict", "Off just before and just after the span.")
    # surgery: the hand that is laid on now, and what was done before it
    hold: str = dial("forget_gate", "Hold", choices=HOLDS)  # "nothing" takes the hand away
    value: float = dial(0.0, "Value", "Its value.", low=-100.0, high=100.0, step=0.05)
    everyone: bool = dial(False, "All units", "Hold it in every unit, not in one alone.")
    operations: str = dial("", "Done before", longest=LONGEST_OPERATIONS)
    # by hand
    hand: str = dial("counter", "Cell", "Which cell.", choices=HANDMADE)
    word: str = dial("", "Word", longest=200)  # empty: the hand-made cell's own example
    changed: str = dial("", "Edited weights", longest=LONGEST_OPERATIONS)  # as operations
    # writing
    prompt: str = dial(
        WRITES.goal.prompt,
        "Prompt",
        "How the text begins; Shift and Enter, or ↵, break a line.",
        longest=1_000,
    )
    length: int = dial(
        120, "Letters", "To write.", low=1, high=400, offered=(40, 80, 120, 160, 200, 300, 400)
    )
    temperature: float = dial(
        0.5,
        "Temperature",
        "0: always the likeliest.",
        low=0.0,
        high=5.0,
        offered=(0.0, 2.0),
        step=0.05,
    )
    top_k: int = dial(
        0,
        "Top",
        "How many of the likeliest characters there are to draw from.",
        low=0,
        high=500,
        offered=(0, 1, 2, 3, 5, 10, 20),
        shown=lambda count: str(count) if count else "all",
    )

    def __post_init__(self) -> None:
        check(self)
        for task in TASKS.values():
            if task.name == self.reads or task.material.setting not in (TYPED, CHOSEN):
                task.material.check(self.said(task.material))
        parse_operations(self.operations)
        parse_operations(self.changed)
        if self.upload and not (len(self.upload) == 16 and self.upload.isalnum()):
            raise ValueError("upload must be the mark of an uploaded network")

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
        return replace(self, unit=-1, step=-1)


def readers_of(reads: str) -> tuple[str, ...]:
    """Return the cells that can read this: those that were trained on it, or all."""
    return tuple(TRAINED.get(reads, dict.fromkeys(CELLS, "")))
