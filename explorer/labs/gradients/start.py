"""One measurement of untrained networks, with the theory on it, as a frame."""

import math
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from explorer.gradients import (
    MEASURED,
    THEORIES,
    FlowSettings,
    Spectrum,
    norms_through_time,
    recurrent_matrices,
    residual,
    spectrum,
    theories_of,
    theory_line,
)
from explorer.labs.gradients import words
from explorer.labs.gradients.settings import Flow
from explorer.runs.frames import Frame

LOWEST = 1e-12  # of the axis of norms: 36 decades in full would flatten everything of interest
REMEMBERED = 256  # measurements of one cell
ROOM = 4 * 100 * 64  # sequences, steps and units of one seed while a hand moves
PLAIN = "rnn_tanh"  # whose recurrent matrix is looked into


Cell = tuple[dict[str, np.ndarray], dict[str, float]]
"""What was measured of one cell: arrays over the lags, and numbers at one of them, by name."""

_known: OrderedDict[tuple[FlowSettings, int], Cell] = OrderedDict()


def marked_lag(flow: Flow) -> int:
    """Return the lag that the number cards read: half of the way back."""
    return flow.length // 2


def highest(frame: Frame) -> float:
    """Return the upper end of the axis of norms: the next power of ten, at least 10."""
    top = max(float(np.nanmax(frame.arrays[f"{cell}/high"])) for cell in MEASURED)
    return 10.0 ** max(1, math.ceil(math.log10(top))) if math.isfinite(top) and top > 0 else 10.0


@dataclass(frozen=True)
class Claim:
    """Up to which lag a theory says something of a cell, and what its line is computed from."""

    valid_to: int
    rests_on: str


def claims(flow: Flow, frame: Frame) -> dict[str, Claim]:
    """Return what is claimed of the cells of a measurement: of those that there is a theory of."""
    closest = {cell: theories_of(flow.settings(cell))[:1] for cell in MEASURED}
    return {
        cell: Claim(int(frame.scalars[f"{cell}/valid_to"]), THEORIES[name].rests_on)
        for cell, names in closest.items()
        for name in names
    }


def measure(flow: Flow) -> Frame:
    """Return one measurement of all cells with the theory on it, as a frame."""
    return _frame(
        flow, {cell: _measured(flow.settings(cell), marked_lag(flow)) for cell in MEASURED}
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
    for cell in MEASURED:
        whole = flow.settings(cell)
        if (whole, at) in _known or coarse == flow:
            found[cell] = _measured(whole, at)
        else:
            found[cell] = _measured(coarse.settings(cell), at)
            cut.append(cell)
    if not cut:
        return _frame(flow, found), ""
    fewer = f"{coarse.batch} of {flow.batch} sequences, " if coarse.batch < flow.batch else ""
    return _frame(flow, found), f"while it moves: {fewer}1 of {flow.seeds} seeds"


def _frame(flow: Flow, found: Mapping[str, Cell]) -> Frame:
    arrays: dict[str, np.ndarray] = {"lag": np.arange(flow.length + 1, dtype=np.float32)}
    scalars: dict[str, float] = {}
    for named_arrays, numbers in found.values():
        arrays |= named_arrays
        scalars |= numbers
    # The initial state is nobody's work: it is left out of the picture.
    arrays = {name: values[: flow.length].astype(np.float32) for name, values in arrays.items()}
    at = marked_lag(flow)
    sentences = {
        "says": words.what_is_left(at, scalars),
        "look": words.forget_bias(flow.forget_bias, at, scalars),
    }
    return Frame(0, arrays, scalars, sentences)


def _measured(settings: FlowSettings, at: int) -> Cell:
    """Return what was measured of one cell: a dial computes again what it touches, and no more."""
    key = settings, at
    if key in _known:
        _known.move_to_end(key)
        return _known[key]
    found = _measurement(settings, at)
    _known[key] = found
    while len(_known) > REMEMBERED:
        _known.popitem(last=False)
    return found


def _measurement(settings: FlowSettings, at: int) -> Cell:
    """Return the arrays of one cell over the lags, and its numbers at one of them.

    With the theory that lies closest, where there is one of the cell.
    """
    cell = settings.cell
    norms = norms_through_time(settings).memory
    spread = 10.0**norms.spread
    arrays = {
        f"{cell}/norm": norms.typical,
        f"{cell}/low": norms.typical / spread,
        f"{cell}/high": norms.typical * spread,
    }
    scalars = {f"{cell}/at": float(norms.typical[at])}
    if theories_of(settings):
        theory = theory_line(settings)
        claimed = np.arange(settings.length + 1) <= theory.valid_to
        arrays[f"{cell}/theory"] = np.where(claimed, theory.values, np.nan)
        scalars[f"{cell}/residual"] = 10.0 ** residual(norms.typical, theory).largest
        scalars[f"{cell}/valid_to"] = theory.valid_to
        if at <= theory.valid_to:
            scalars[f"{cell}/predicted"] = float(theory.values[at])
    arrays[f"{cell}/factor"] = np.concatenate(([np.nan], norms.per_step))
    return arrays, scalars


def matrix_spectrum(flow: Flow) -> Spectrum:
    """Return the spectrum of the plain RNN's recurrent matrix, that of the first seed."""
    drawn = recurrent_matrices(PLAIN, flow.size, [flow.seed], flow.init, flow.gain)
    return spectrum(drawn[0], powers=flow.length)
