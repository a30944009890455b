"""What can be measured of gradients through time, through depth, and at the cliff."""

import math
from typing import Any

import numpy as np

from explorer.labs.gradients import Flow
from explorer.labs.gradients import depth as stacks
from explorer.labs.gradients.start import measure as norms
from explorer.lessons.measures.measure import Measure, scalar

LITTLE = 0.01  # of the gradient at the end: what counts as lost


def left(flow: Flow, cell: str) -> float:
    """Return what is left of a gradient half of the way back, against that at the end."""
    return float(norms(flow).scalars.get(f"{cell}/at", math.nan))


def reach(flow: Flow, cell: str) -> float:
    """Return after how many steps back less than a hundredth of a gradient is left."""
    sizes = norms(flow).arrays.get(f"{cell}/norm")
    if sizes is None:
        return math.nan
    lost = np.flatnonzero(sizes < LITTLE)
    return float(lost[0]) if len(lost) else float(flow.length)


def kept_a_step(flow: Flow, cell: str) -> float:
    """Return by what a gradient is multiplied a step, the mean over half of the way back."""
    at = flow.length // 2
    return 100 * float(left(flow, cell) ** (1 / at))


def theory_off(flow: Flow, cell: str) -> float:
    """Return the largest ratio between theory and measurement, as far as the theory is meant."""
    return float(norms(flow).scalars.get(f"{cell}/residual", math.nan))


def through_depth(flow: Flow, what: str) -> float:
    """Return the first layer's gradient against the last one's: by z ("dz") or the weights."""
    return float(stacks.measure(flow.depth()).scalars.get(what, math.nan))


def _end(flow: Flow, name: str) -> float:
    return float(flow.cliff().descents()[name].errors[-1])


def _longest(flow: Flow) -> float:
    return float(np.max(flow.cliff().descents()["plain"].norms))


def _measure(of: Any, says: str, **rest: Any) -> Measure:
    return Measure(page="gradients", of=of, says=says, **rest)


CELLS = {"rnn_tanh": "tanh RNN", "rnn_relu": "ReLU RNN", "lstm": "LSTM", "gru": "GRU"}

MEASURES: dict[str, Measure] = {
    **{
        f"left_{cell}": _measure(
            lambda flow, cell=cell: left(flow, cell),
            f"what is left of the {label}'s gradient half of the way back",
        )
        for cell, label in CELLS.items()
    },
    **{
        f"reach_{cell}": _measure(
            lambda flow, cell=cell: reach(flow, cell),
            f"the steps back after which the {label} has less than a hundredth left",
            unit="steps",
            whole=True,
        )
        for cell, label in CELLS.items()
    },
    **{
        f"a_step_{cell}": _measure(
            lambda flow, cell=cell: kept_a_step(flow, cell),
            f"what the {label} keeps of a gradient a step, in the mean",
            unit="%",
        )
        for cell, label in CELLS.items()
    },
    **{
        f"theory_off_{cell}": _measure(
            lambda flow, cell=cell: theory_off(flow, cell),
            f"the largest ratio between the {label}'s theory and its measurement",
            low=1.0,
        )
        for cell, label in CELLS.items()
    },
    "depth_signal": _measure(
        lambda flow: through_depth(flow, "dz"),
        "dL/dz of the first layer, against the last one's",
    ),
    "depth_weights": _measure(
        lambda flow: through_depth(flow, "dw"),
        "dL/dW of the first layer, against the last one's",
    ),
    "cliff_plain": _measure(
        lambda flow: _end(flow, "plain"), "the error at the end, without clipping"
    ),
    "cliff_clipped": _measure(
        lambda flow: _end(flow, "clipped"), "the error at the end, with clipping"
    ),
    "cliff_longest": _measure(_longest, "the longest gradient on the way, without clipping"),
    "adding_rnn": Measure(
        page="gradients",
        says="the tanh RNN's middle error on unseen sequences at the end",
        run=Flow.learning,
        of_frame=scalar("rnn_tanh/error"),
    ),
    "adding_lstm": Measure(
        page="gradients",
        says="the LSTM's middle error on unseen sequences at the end",
        run=Flow.learning,
        of_frame=scalar("lstm/error"),
    ),
    "adding_gru": Measure(
        page="gradients",
        says="the GRU's middle error on unseen sequences at the end",
        run=Flow.learning,
        of_frame=scalar("gru/error"),
    ),
}
