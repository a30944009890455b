"""One measurement of untrained networks, with the theory on it, as a frame."""

import math
from functools import lru_cache

import numpy as np

from explorer.gradients import (
    MEASURED,
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
PLAIN = "rnn_tanh"  # whose recurrent matrix is looked into


def marked_lag(flow: Flow) -> int:
    """Return the lag that the number cards read: half of the way back."""
    return flow.length // 2


def highest(frame: Frame) -> float:
    """Return the upper end of the axis of norms: the next power of ten, at least 10."""
    top = max(float(np.nanmax(frame.arrays[f"{cell}/high"])) for cell in MEASURED)
    return 10.0 ** max(1, math.ceil(math.log10(top))) if math.isfinite(top) and top > 0 else 10.0


@lru_cache(maxsize=64)
def measure(flow: Flow) -> Frame:
    """Return one measurement of all cells with the theory on it, as a frame."""
    arrays: dict[str, np.ndarray] = {"lag": np.arange(flow.length + 1, dtype=np.float32)}
    scalars: dict[str, float] = {}
    at = marked_lag(flow)
    for cell in MEASURED:
        found, numbers = _measured(cell, flow.settings(cell), at)
        arrays |= found
        scalars |= numbers
    # The initial state is nobody's work: it is left out of the picture.
    arrays = {name: values[: flow.length].astype(np.float32) for name, values in arrays.items()}
    sentences = {
        "says": words.what_is_left(at, scalars),
        "look": words.forget_bias(flow.forget_bias, at, scalars),
    }
    return Frame(0, arrays, scalars, sentences)


def _measured(
    cell: str, settings: FlowSettings, at: int
) -> tuple[dict[str, np.ndarray], dict[str, float]]:
    """Return the arrays of one cell over the lags, and its numbers at one of them.

    With the theory that lies closest, where there is one of the cell.
    """
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
    arrays[f"{cell}/factor"] = np.concatenate(([np.nan], norms.per_step))
    return arrays, scalars


def matrix_spectrum(flow: Flow) -> Spectrum:
    """Return the spectrum of the plain RNN's recurrent matrix, that of the first seed."""
    drawn = recurrent_matrices(PLAIN, flow.size, [flow.seed], flow.init, flow.gain)
    return spectrum(drawn[0], powers=flow.length)
