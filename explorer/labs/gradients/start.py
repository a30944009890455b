"""One measurement of untrained networks, with the theory on it, as a frame."""

import itertools
import math
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from explorer.gradients import (
    CELL_SETS,
    QUANTITIES,
    THEORIES,
    UNROLLED,
    FlowSettings,
    contributions,
    of_quantity,
    quantity_through_time,
    residual,
    says_of,
    theories_of,
    theory_line,
    unexplained,
    zeros,
)
from explorer.labs.gradients import words
from explorer.labs.gradients.settings import Flow
from explorer.runs.frames import Frame

LOWEST = (1e-2, 1e-4, 1e-6, 1e-9, 1e-12)
"""Where the axis of norms may begin; 36 decades in full would flatten everything of interest."""
DIRECTIONS = 8  # of a Jacobian while a hand moves
REMEMBERED = 256  # measurements of one cell
ROOM = 4 * 100 * 64  # sequences, steps and units of one seed while a hand moves


Cell = tuple[dict[str, np.ndarray], dict[str, float], np.ndarray | None]
"""What was measured of one cell: arrays over the lags and numbers at one of them, by name; and of
the gradient of the weights the share of each lag."""

_known: OrderedDict[tuple[FlowSettings, str, int, int], Cell] = OrderedDict()


def marked_lag(flow: Flow) -> int:
    """Return the lag that the number cards read: half of the way back."""
    return flow.length // 2


def cells_of(flow: Flow) -> tuple[str, ...]:
    """Return the cells that share the picture, in the order of its legends."""
    return CELL_SETS[flow.cells].cells


def highest(frame: Frame) -> float:
    """Return the upper end of the axis of norms: the next power of ten, at least 10."""
    bands = [values for name, values in frame.arrays.items() if name.endswith("/high")]
    return highest_of(np.concatenate(bands))


def highest_of(values: np.ndarray) -> float:
    """Return the upper end of an axis of these norms."""
    top = float(np.nanmax(values, initial=0.0))
    return 10.0 ** max(1, math.ceil(math.log10(top))) if math.isfinite(top) and top > 0 else 10.0


def lowest(frame: Frame) -> float:
    """Return the lower end of the axis of norms: the first of `LOWEST` that shows all, or the last.

    Few ends far apart, so that the axis stands still while a line is dragged.
    """
    drawn = [values for name, values in frame.arrays.items() if name.endswith(("/norm", "/theory"))]
    shown = np.concatenate(drawn)
    least = float(np.min(shown[shown > 0], initial=1.0))
    return next((end for end in LOWEST if end <= least), LOWEST[-1])


def groups(length: int) -> list[range]:
    """Return the lags that a bar is for: 0, 1, 2 and 3, 4 to 7, and so on, each twice as many."""
    ends = [0, *(2**k for k in range(length.bit_length()) if 2**k < length), length]
    return [range(first, end) for first, end in itertools.pairwise(ends)]


@dataclass(frozen=True)
class Claim:
    """From which lag to which a theory says something of a cell, and what its line rests on."""

    valid_to: int
    rests_on: str
    valid_from: int = 1


def claims(flow: Flow, frame: Frame) -> dict[str, Claim]:
    """Return what is claimed of the cells of a measurement: of those that there is a theory of."""
    closest = {
        cell: theories_of(asked(flow.settings(cell), flow.quantity))[:1]
        for cell in cells_of(flow)
        if not gap(flow.settings(cell), flow.quantity)
    }
    return {
        cell: Claim(
            int(frame.scalars[f"{cell}/valid_to"]),
            THEORIES[name].rests_on,
            1 if np.isfinite(frame.arrays[f"{cell}/theory"][1]) else 2,
        )
        for cell, names in closest.items()
        for name in names
    }


def gap(settings: FlowSettings, quantity: str) -> str:
    """Return what no theory is about, as a sentence names it; empty where one is."""
    if missing := unexplained(asked(settings, quantity)):
        return missing
    if says_of(asked(settings, quantity), quantity):
        return ""
    every = " of a loss that reads every step" if settings.loss_at == "every" else ""
    return f"{QUANTITIES[quantity].noun}{every}"


def asked(settings: FlowSettings, quantity: str) -> FlowSettings:
    """Return what is measured: a Jacobian is that of the last h, whatever the loss reads."""
    return replace(settings, loss_at="last") if QUANTITIES[quantity].directions else settings


def gaps(flow: Flow) -> dict[str, str]:
    """Return the gap of every cell of a measurement that has one, though it has a theory."""
    found = {
        cell: gap(flow.settings(cell), flow.quantity)
        for cell in cells_of(flow)
        if UNROLLED[cell].has_theory
    }
    return {cell: what for cell, what in found.items() if what}


def measure(flow: Flow) -> Frame:
    """Return one measurement of all cells with the theory on it, as a frame."""
    at = marked_lag(flow)
    return _frame(
        flow,
        {cell: _measured(flow.settings(cell), flow.quantity, at) for cell in cells_of(flow)},
    )


def glimpse(flow: Flow) -> tuple[Frame, str]:
    """Return what can be measured while a hand moves, and a line that says what was left out.

    Cells that nothing was turned of are as they were; of the others one seed is drawn, and no more
    sequences than that a step of the hand stays shorter than a frame of the eye.
    """
    at = marked_lag(flow)
    most = max(1, ROOM // (flow.length * flow.size))
    coarse = replace(flow, seeds=1, batch=min(flow.batch, most))
    found, cut = {}, []
    for cell in cells_of(flow):
        whole = flow.settings(cell)
        if (whole, flow.quantity, at, 0) in _known or coarse == flow:
            found[cell] = _measured(whole, flow.quantity, at)
        else:
            found[cell] = _measured(coarse.settings(cell), flow.quantity, at, DIRECTIONS)
            cut.append(cell)
    if not cut:
        return _frame(flow, found), ""
    if QUANTITIES[flow.quantity].directions:
        return _frame(flow, found), (
            f"while it moves: {min(DIRECTIONS, flow.size)} of {flow.size} directions, "
            f"1 of {flow.seeds} seeds"
        )
    fewer = f"{coarse.batch} of {flow.batch} sequences, " if coarse.batch < flow.batch else ""
    return _frame(flow, found), f"while it moves: {fewer}1 of {flow.seeds} seeds"


def _frame(flow: Flow, found: Mapping[str, Cell]) -> Frame:
    arrays: dict[str, np.ndarray] = {"lag": np.arange(flow.length + 1, dtype=np.float32)}
    scalars: dict[str, float] = {}
    for named_arrays, numbers, _ in found.values():
        arrays |= named_arrays
        scalars |= numbers
    # The initial state is nobody's work: it is left out of the picture.
    arrays = {name: values[: flow.length].astype(np.float32) for name, values in arrays.items()}
    arrays |= _bars(flow, {cell: shares for cell, (_, _, shares) in found.items()})
    at = marked_lag(flow)
    sentences = {"says": _says(flow, at, scalars), "look": _look(flow, at, scalars)}
    return Frame(0, arrays, scalars, sentences)


def _says(flow: Flow, at: int, scalars: Mapping[str, float]) -> str:
    """Return who still feels so far back and, in float32, of how many steps nothing is left."""
    cells = cells_of(flow)
    noun = "" if flow.quantity == "memory" else QUANTITIES[flow.quantity].noun
    said = words.what_is_left(at, scalars, cells, noun)
    if flow.quantity == "weights":
        said += " " + words.half_of_the_weights(flow.length, scalars, cells)
    if flow.precision == "float32":
        said += " " + words.exact_zeros(
            cells, flow.length, flow.seeds, scalars, QUANTITIES[flow.quantity].things
        )
    return said


def _look(flow: Flow, at: int, scalars: Mapping[str, float]) -> str:
    """Return what to look for: of this loss, of this quantity, or of these cells."""
    if flow.loss_at == "every":
        return words.EVERY_STEP
    if flow.quantity != "memory":
        without = flow.quantity == "hidden" and flow.cells == "plain"
        return words.WITHOUT_C if without else words.OF_QUANTITIES[flow.quantity]
    if flow.cells == "plain":
        return words.PLAIN_CELLS
    if flow.keeping == "chrono":
        return words.chrono(flow.length)
    if flow.cells == "gated":
        return words.keeping_alone(flow.forget_bias, at)
    return words.forget_bias(flow.forget_bias, at, scalars)


def _bars(flow: Flow, shares: Mapping[str, np.ndarray | None]) -> dict[str, np.ndarray]:
    """Return "<cell>/share": of each group of lags, at the cell's own place beside the others'."""
    found = {}
    for place, (cell, share) in enumerate(shares.items()):
        if share is None:
            continue
        bars = np.full((len(groups(flow.length)), len(shares) + 1), np.nan, dtype=np.float32)
        bars[:, place] = [share[lags.start : lags.stop].sum() for lags in groups(flow.length)]
        found[f"{cell}/share"] = bars.ravel()[:-1]
    return found


def _measured(settings: FlowSettings, quantity: str, at: int, directions: int = 0) -> Cell:
    """Return what was measured of one cell: a dial computes again what it touches, and no more."""
    key = settings, quantity, at, directions if QUANTITIES[quantity].directions else 0
    if key in _known:
        _known.move_to_end(key)
        return _known[key]
    found = _measurement(*key)
    _known[key] = found
    while len(_known) > REMEMBERED:
        _known.popitem(last=False)
    return found


def _measurement(settings: FlowSettings, quantity: str, at: int, directions: int = 0) -> Cell:
    """Return the arrays of one cell over the lags, and its numbers at one of them.

    With the theory that lies closest, where there is one of the cell that is about the quantity.
    """
    cell = settings.cell
    norms = quantity_through_time(settings, quantity, directions or None)
    spread = 10.0**norms.spread
    arrays = {
        f"{cell}/norm": norms.typical,
        f"{cell}/low": norms.typical / spread,
        f"{cell}/high": norms.typical * spread,
    }
    scalars = {f"{cell}/at": float(norms.typical[at])}
    share = None
    if quantity == "weights":
        found = contributions(settings)
        share, scalars[f"{cell}/half"] = found.share, float(found.half or math.nan)
    if settings.precision == "float32":
        scalars[f"{cell}/zeros"] = zeros(norms, settings.length)
    if not gap(settings, quantity):
        whole = asked(settings, quantity)
        theory = of_quantity(theory_line(whole), whole, quantity)
        claimed = np.arange(len(theory.values)) <= theory.valid_to
        drawn = np.full(settings.length + 1, np.nan)
        drawn[: len(theory.values)] = np.where(claimed, theory.values, np.nan)
        arrays[f"{cell}/theory"] = drawn
        off = residual(norms.typical[: len(theory.values)], theory)
        scalars[f"{cell}/residual"] = 10.0**off.largest
        scalars[f"{cell}/valid_to"] = theory.valid_to
        if math.isfinite(drawn[at]):
            scalars[f"{cell}/predicted"] = float(drawn[at])
    arrays[f"{cell}/factor"] = np.concatenate(([np.nan], norms.per_step))
    return arrays, scalars, share
