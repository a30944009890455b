"""What a cell did with what it read, one frame a step: nothing to train.

The whole reading is computed at once and published as a complete recording; stepping through it
never waits for the server again.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from explorer.cells import CELLS
from explorer.cells.surgery import Surgery
from explorer.labs.cells import frames
from explorer.labs.cells.kept import kept
from explorer.labs.cells.letters import MOST_CELLS_OF_A_TRACE
from explorer.labs.cells.readers import Reader, described, reader
from explorer.labs.cells.settings import CellLab
from explorer.labs.cells.window import Window, window
from explorer.networks.kinds import Response
from explorer.networks.kinds.kind import numbered
from explorer.networks.tasks import TASKS
from explorer.runs.frames import Frame
from explorer.sequences.stack import StackTrace, read_stack, stack_agreement
from explorer.sequences.syntax import syntax
from explorer.sequences.trace import Trace

EXPECTED = 5  # likeliest next characters that a frame shows
MOST_KEPT = 2 * MOST_CELLS_OF_A_TRACE  # units times steps, of all readings that are kept


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
    window: Window  # which of the units the frames show
    layer: int
    backward: bool
    vocabulary: tuple[str, ...]  # what can come next; empty where no characters are read
    classes: tuple[str, ...]  # what it may be; empty where nothing is told apart
    takes: str  # what stands over them
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
        return int(self.window.units[int(self.still.arrays["order/activity"][0])])


def size_of_outcome(outcome: Outcome) -> int:
    """Units times steps, over all layers and directions."""
    trace = outcome.trace
    return len(trace) * trace.weights.units * sum(map(len, outcome.whole.traces))


def _size_of_reading(seen: Seen) -> int:
    return size_of_outcome(seen.outcome)


def read(settings: CellLab) -> Seen:
    """Return what the settings' cell did with what they give it to read, step by step.

    Raises ValueError with one sentence where the settings name something that is not there.
    """
    seen = _read(only_what_is_read(settings), -1)
    if settings.unit < 0 or settings.unit in seen.window.units:
        return seen
    return _read(only_what_is_read(settings), settings.unit)


@kept(most=12, room=MOST_KEPT, size=_size_of_reading)
def _read(settings: CellLab, unit: int) -> Seen:
    """The reading; a `unit` that a picture of a large cell would leave out is shown as well."""
    who = reader(settings)
    at = place(who, settings)
    outcome = _performed(settings)
    shown = window(outcome.trace, settings.showing, unit)
    arrays = frames.states(outcome.trace, shown)
    if outcome.probabilities is not None:
        arrays |= frames.likeliest(outcome.probabilities, EXPECTED)
    trained = who.trained
    return Seen(
        reader=who,
        outcome=outcome,
        frames=frames.in_steps(arrays, outcome.scalars),
        still=frames.still(outcome.trace, shown),
        window=shown,
        layer=at[0],
        backward=bool(at[1]),
        vocabulary=trained.kind.next_ones(trained.network) if trained else (),
        classes=trained.kind.classes if trained else (),
        takes=trained.kind.takes if trained else "",
        inputs=_of_shown(input_names(who, at), shown),
        unknown=trained.kind.unknown(trained.network, who.given) if trained else (),
        difference=stack_agreement(outcome.whole),
        against=against(who.stack.cell_name),
    )


def looked_at(settings: CellLab, seen: Seen) -> int:
    """Return the unit that is looked at: the chosen one, or the one that the card names."""
    return settings.unit if settings.unit >= 0 else seen.unit


@kept(most=4, room=MOST_KEPT, size=size_of_outcome)
def _performed(settings: CellLab) -> Outcome:
    who = reader(settings)
    return perform(who, None, place(who, settings))


def _of_shown(names: tuple[str, ...], shown: Window) -> tuple[str, ...]:
    """The names of the numbers that are shown; none where they have none."""
    return tuple(names[at] for at in shown.inputs) if len(names) == shown.of_inputs else names


def perform(who: Reader, surgery: Surgery | None, at: tuple[int, int]) -> Outcome:
    """Let a reader read, with an operation on the layer and direction ``at`` if there is one."""
    if who.trained is None:
        response = _of_cells(who, surgery, at)
    else:
        response = who.trained.kind.respond(who.trained.network, who.given, surgery, at)
    whole = response.whole
    return Outcome(whole, whole.traces[at[0]][at[1]], response.probabilities, response.scalars)


def _of_cells(who: Reader, surgery: Surgery | None, at: tuple[int, int]) -> Response:
    """What cells do with numbers where no network around them says what that means."""
    if who.given.x is None:
        raise ValueError("without a network there must be numbers to read")
    with torch.no_grad():
        whole = read_stack(who.stack.to(torch.float64), who.given.x, surgery, at)
    return Response(whole, None, {"input/value": who.given.x[:, 0].numpy()})


def place(who: Reader, settings: CellLab) -> tuple[int, int]:
    """Return the layer and the direction that is looked at: 0 is forward, 1 backward.

    Raises ValueError for a place that the reader does not have.
    """
    ways = 2 if who.stack.both_ways else 1
    if settings.place < 0:
        return (who.card.best.layer, who.card.best.way) if who.card else (0, 0)
    if settings.place >= (count := who.stack.depth * ways):
        raise ValueError(
            f"place must be between 0 and {count - 1} for {described(who.stack)}, "
            f"not {settings.place}"
        )
    return divmod(settings.place, ways)


def against(cell: str) -> str:
    """Return what our numbers are compared with: PyTorch's layer, or the formula in NumPy."""
    kind = CELLS[cell]
    if kind.has_layer:
        return f"torch.nn.{type(kind.blank_layer(1, 1, torch.float64)).__name__}"
    return "its published formula in NumPy"


def input_names(who: Reader, at: tuple[int, int]) -> tuple[str, ...]:
    """Return what the numbers are that the cell at a place reads."""
    if at[0]:
        below = who.stack.units
        return tuple(
            f"h of unit {k % below} below" + (", backward" if k >= below else "")
            for k in range(who.stack.layers[at[0]][at[1]].inputs)
        )
    if who.trained is None:
        return numbered(who.stack.inputs)
    return who.trained.kind.inputs(who.trained.network)


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
    *("reads", "cell", *(task.material.setting for task in TASKS.values())),
    *("upload", "part", "squash", "alphabet", "wiring", "given"),
    *("units", "layers", "both_ways", "inputs", "steps", "seed", "place", "showing"),
)
"""The settings that a reading depends on."""


def only_what_is_read(settings: CellLab) -> CellLab:
    """Return the settings of the reading alone: equal for all who see the same numbers."""
    return CellLab(**{name: getattr(settings, name) for name in READING})
