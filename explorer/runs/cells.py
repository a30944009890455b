"""What a trained cell did with a text or with numbers, one frame a step: nothing to train.

The whole reading is computed at once and published as a complete recording; stepping through it
never waits for the server again.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from explorer.cells import CELLS as CELL_KINDS
from explorer.runs.frames import Frame
from explorer.runs.networks import load_network
from explorer.sequences import agreement
from explorer.sequences.characters import CharacterNetwork
from explorer.sequences.characters import Reading as TextReading
from explorer.sequences.numbers import NumberNetwork, parse_numbers
from explorer.sequences.numbers import Reading as NumberReading
from explorer.sequences.syntax import syntax
from explorer.sequences.trace import Trace

EXPECTED = 5  # likeliest next characters that a frame shows
READS = ("text", "numbers")
CELLS = ("lstm", "gru")
DEFAULT_TEXT = 'print("gate", f(x[0]))  # done'
LONGEST_TEXT = 300
DEFAULT_NUMBERS = "0.2 0.5 0.8 0.9 0.7 0.4 0.1 -0.2 -0.4 -0.3 0 0.4 0.8 1 0.9"


@dataclass(frozen=True)
class CellReading:
    """What is read by what: all settings of the cell lab. Raises ValueError with one line."""

    cell: str = "lstm"
    reads: str = "text"
    text: str = DEFAULT_TEXT
    numbers: str = DEFAULT_NUMBERS
    unit: int = -1  # -1: the unit that follows something we can name
    step: int = 16  # where the playhead starts, counted from 0: inside the brackets

    precision: ClassVar[Mapping[str, str]] = {}

    def __post_init__(self) -> None:
        for name, value, choices in (("cell", self.cell, CELLS), ("reads", self.reads, READS)):
            if value not in choices:
                names = ", ".join(map(repr, choices))
                raise ValueError(f"unknown {name} {value!r}; choose from {names}")
        if not self.text:
            raise ValueError("text must have at least one character")
        if len(self.text) > LONGEST_TEXT:
            raise ValueError(
                f"text must have at most {LONGEST_TEXT} characters, not {len(self.text)}"
            )
        parse_numbers(self.numbers)
        if not -1 <= self.unit < 1024:
            raise ValueError(f"unit must be between -1 and 1023, not {self.unit}")
        if not 0 <= self.step < 1024:
            raise ValueError(f"step must be between 0 and 1023, not {self.step}")

    @property
    def network_name(self) -> str:
        """The trained network that reads."""
        return f"{'characters' if self.reads == 'text' else 'numbers'}-{self.cell}"


@dataclass(frozen=True)
class ReadFrames:
    """A reading as frames, with what the page says about it."""

    frames: tuple[Frame, ...]
    tokens: tuple[str, ...]
    units: int
    vocabulary: tuple[str, ...]  # empty for numbers
    unknown: tuple[str, ...]  # characters that the network never saw
    difference: float  # largest absolute difference to the fused layer of PyTorch, in float64


def read(settings: CellReading) -> ReadFrames:
    """Return what the trained network did with the text or the numbers, step by step."""
    network = load_network(settings.network_name)
    if isinstance(network, CharacterNetwork):
        reading = network.read(settings.text)
        return ReadFrames(
            frames=text_frames(reading),
            tokens=tuple(settings.text),
            units=reading.trace.weights.units,
            vocabulary=tuple(network.vocabulary.characters),
            unknown=reading.unknown,
            difference=agreement(reading.trace),
        )
    assert isinstance(network, NumberNetwork)
    numbers = parse_numbers(settings.numbers)
    series = network.read(numbers)
    return ReadFrames(
        frames=number_frames(series),
        tokens=tuple(f"{value:.3g}".replace("-", "−") for value in numbers),
        units=series.trace.weights.units,
        vocabulary=(),
        unknown=(),
        difference=agreement(series.trace),
    )


def depth_followed(settings: CellReading, seen: ReadFrames, unit: int) -> float:
    """Return how closely a unit's memory follows the depth of the brackets in the text shown.

    Pearson's correlation over the characters; NaN where the depth or the memory never changes,
    and for numbers.
    """
    if settings.reads != "text":
        return math.nan
    memory = "cell" if settings.cell == "lstm" else "hidden"
    values = np.array([frame.arrays[memory][unit] for frame in seen.frames])
    depth = syntax(settings.text).depth
    if depth.std() == 0 or values.std() == 0:
        return math.nan
    return float(np.corrcoef(values, depth)[0, 1])


def text_frames(reading: TextReading) -> tuple[Frame, ...]:
    """Return a text's reading as frames: every state of the cell, and what it expects next."""
    arrays = states(reading.trace)
    likeliest = reading.probabilities.topk(min(EXPECTED, reading.probabilities.shape[1]))
    arrays["next/probability"] = likeliest.values.numpy()
    arrays["next/index"] = likeliest.indices.numpy().astype(np.float32)
    surprise = reading.surprise.numpy()
    return tuple(
        Frame(
            step,
            {name: values[step] for name, values in arrays.items()},
            {"surprise": float(surprise[step - 1])} if step else {},
        )
        for step in range(len(reading.trace))
    )


def number_frames(reading: NumberReading) -> tuple[Frame, ...]:
    """Return a series' reading as frames: every state, the number read and the one expected."""
    arrays = states(reading.trace)
    return tuple(
        Frame(
            step,
            {name: values[step] for name, values in arrays.items()},
            {
                "input/value": float(reading.values[step]),
                "prediction": float(reading.predictions[step]),
            },
        )
        for step in range(len(reading.trace))
    )


def states(trace: Trace) -> dict[str, np.ndarray]:
    """Return every gate with its parts and every state over time, (T, H) each, by short name."""
    names = {"input_gate": "input", "forget_gate": "forget", "output_gate": "output"}
    names |= {"reset_gate": "reset", "update_gate": "update", "gated_hidden": "new/gated_hidden"}
    found = {names.get(name, name): values for name, values in trace.states.items()}
    found["hidden_before"] = trace.before.hidden
    if trace.before.cell is not None:
        found["cell_before"] = trace.before.cell
    for gate in CELL_KINDS[trace.cell].gates:
        parts = trace.gate(gate)
        short = names.get(gate, gate)
        found[f"{short}/from_input"] = parts.from_input
        found[f"{short}/from_hidden"] = parts.from_hidden
        found[f"{short}/preactivation"] = parts.preactivation
    return {name: values.numpy().astype(np.float32) for name, values in found.items()}
