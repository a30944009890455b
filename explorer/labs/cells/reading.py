"""What a cell did with what it read, one frame a step: nothing to train.

The whole reading is computed at once and published as a complete recording; stepping through it
never waits for the server again.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from explorer.cells import CELLS
from explorer.cells.surgery import Surgery
from explorer.labs.cells import frames
from explorer.labs.cells.readers import Reader, reader
from explorer.labs.cells.settings import CellLab
from explorer.runs.frames import Frame
from explorer.sequences.characters import CharacterNetwork
from explorer.sequences.digits import DigitNetwork
from explorer.sequences.numbers import NumberNetwork
from explorer.sequences.stack import StackTrace, read_stack, stack_agreement
from explorer.sequences.syntax import syntax
from explorer.sequences.trace import Trace

EXPECTED = 5  # likeliest next characters that a frame shows


@dataclass(frozen=True)
class Outcome:
    """What a network made of what it read, in the order it did it.

    `probabilities` are those of the next character, or of the classes, after every step;
    `scalars` has one number a step under the names of pictures, NaN where there is none.
    """

    whole: StackTrace
    trace: Trace  # of the layer and direction that is looked at
    probabilities: Tensor | None
    scalars: dict[str, np.ndarray]


@dataclass(frozen=True)
class Seen:
    """A reading as frames, with what the page says about it."""

    reader: Reader
    outcome: Outcome
    frames: tuple[Frame, ...]
    still: Frame
    layer: int
    backward: bool
    vocabulary: tuple[str, ...]  # what can come next; empty where no characters are read
    classes: tuple[str, ...]  # what it may be; empty where nothing is told apart
    inputs: tuple[str, ...]  # the names of the numbers that the cell reads
    unknown: tuple[str, ...]  # characters that the network never saw
    difference: float  # largest absolute difference to `against`, in float64
    against: str  # an independent way to the same numbers

    @property
    def trace(self) -> Trace:
        """Return the trace that is looked at."""
        return self.outcome.trace

    @property
    def cell(self) -> str:
        """Return the kind of the cell."""
        return self.trace.cell

    @property
    def units(self) -> int:
        """Return how many units it has."""
        return self.trace.weights.units

    @property
    def unit(self) -> int:
        """Return the unit that follows something we can name, else the busiest one."""
        card = self.reader.card
        at = (self.layer, int(self.backward))
        if card is not None and at == (card.best.layer, card.best.way):
            return card.unit
        return int(self.still.arrays["order/activity"][0])


def read(settings: CellLab) -> Seen:
    """Return what the settings' cell did with what they give it to read, step by step.

    Raises ValueError with one sentence where the settings name something that is not there.
    """
    return _read(only_what_is_read(settings))


@lru_cache(maxsize=12)
def _read(settings: CellLab) -> Seen:
    who = reader(settings)
    at = place(who, settings)
    outcome = perform(who, None, at)
    arrays = frames.states(outcome.trace)
    if outcome.probabilities is not None:
        arrays |= frames.likeliest(outcome.probabilities, EXPECTED)
    network = who.network
    characters = network.vocabulary if isinstance(network, CharacterNetwork) else None
    return Seen(
        reader=who,
        outcome=outcome,
        frames=frames.in_steps(arrays, outcome.scalars),
        still=frames.still(outcome.trace),
        layer=at[0],
        backward=bool(at[1]),
        vocabulary=tuple(characters.characters) if characters else (),
        classes=tuple("0123456789") if isinstance(network, DigitNetwork) else (),
        inputs=input_names(who, at),
        unknown=characters.unknown(who.text) if characters else (),
        difference=stack_agreement(outcome.whole),
        against=against(who.stack.cell_name),
    )


def perform(who: Reader, surgery: Surgery | None, at: tuple[int, int]) -> Outcome:
    """Let a reader read, with an operation on the layer and direction ``at`` if there is one."""
    network, nothing = who.network, np.full(len(who.tokens), math.nan)
    if isinstance(network, CharacterNetwork):
        text = network.read(who.text, surgery, at)
        surprise = nothing.copy()
        surprise[1:] = text.surprise.numpy()
        whole, probabilities, scalars = text.trace, text.probabilities, {"surprise": surprise}
    elif isinstance(network, NumberNetwork):
        series = network.read(who.values, surgery, at)
        scalars = {
            "input/value": series.values.numpy(),
            "prediction": series.predictions.numpy(),
        }
        whole, probabilities = series.trace, None
    elif isinstance(network, DigitNetwork):
        assert who.x is not None, "a digit is an image"
        digit = network.read(who.x, surgery, at)
        whole, scalars = digit.trace, {}
        # Both ways together know the whole picture, so there is one answer for all rows.
        probabilities = digit.probabilities.expand(len(who.tokens), -1)
    else:
        assert who.x is not None, "without a network there are numbers to read"
        with torch.no_grad():
            whole = read_stack(who.stack.to(torch.float64), who.x, surgery, at)
        probabilities, scalars = None, {"input/value": who.x[:, 0].numpy()}
    return Outcome(whole, whole.traces[at[0]][at[1]], probabilities, scalars)


def place(who: Reader, settings: CellLab) -> tuple[int, int]:
    """Return the layer and the direction that is looked at: 0 is forward, 1 backward."""
    ways = 2 if who.stack.both_ways else 1
    if settings.place < 0:
        return (who.card.best.layer, who.card.best.way) if who.card else (0, 0)
    return divmod(min(settings.place, who.stack.depth * ways - 1), ways)


def against(cell: str) -> str:
    """Return what our numbers are compared with: PyTorch's layer, or the formula in NumPy."""
    if CELLS[cell].has_layer:
        return {"lstm": "torch.nn.LSTM", "gru": "torch.nn.GRU"}.get(cell, "torch.nn.RNN")
    return "its published formula in NumPy"


def input_names(who: Reader, at: tuple[int, int]) -> tuple[str, ...]:
    """Return what the numbers are that the cell at a place reads."""
    if at[0]:
        below = who.stack.units
        return tuple(
            f"h of unit {k % below} below" + (", backward" if k >= below else "")
            for k in range(who.stack.layers[at[0]][at[1]].inputs)
        )
    if isinstance(who.network, CharacterNetwork):
        return ()  # the picture names them by their character
    if isinstance(who.network, DigitNetwork):
        return tuple(f"pixel {k + 1}" for k in range(who.stack.inputs))
    if who.stack.inputs == 1:
        return ("x",)
    return tuple(f"x {k + 1}" for k in range(who.stack.inputs))


def depth_followed(seen: Seen, unit: int) -> float:
    """Return how closely a unit's memory follows the depth of the brackets in the text shown.

    Pearson's correlation over the characters; NaN where the depth or the memory never changes,
    and where no text is read.
    """
    if not seen.reader.text:
        return math.nan
    values = frames.memory(seen.trace)[:, unit].numpy()
    depth = syntax(seen.reader.text).depth
    if depth.std() == 0 or values.std() == 0:
        return math.nan
    return float(np.corrcoef(values, depth)[0, 1])


READING = (
    *("reads", "cell", "text", "prose", "numbers", "first_year", "digit", "upload", "part"),
    *("units", "layers", "both_ways", "inputs", "steps", "seed", "place"),
)
"""The settings that a reading depends on."""


def only_what_is_read(settings: CellLab) -> CellLab:
    """Return the settings of the reading alone: equal for all who see the same numbers."""
    return CellLab(**{name: getattr(settings, name) for name in READING})
