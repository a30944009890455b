"""What a wide network's gradient does on average, from variances alone; nothing is drawn.

One step back through a recurrent cell multiplies dL/dstate by

    J_t = keep_t + hop_t · W ,

in words: part of the gradient stays in its unit (the gate that keeps), part hops to other units
through a recurrent matrix W of entry variance s²/H. Over k steps this is a polynomial in W, and
for a wide random W, rotation or Gaussian, powers of different order are orthogonal to each other:
‖W^j v‖ = s^j ‖v‖ and the rest averages out. So amplitudes add up for each number j of hops, and

    ‖dL/dstate_{T−k}‖² / ‖dL/dstate_T‖² = Σ_j a_kj² s^2j ,

where a_kj sums over all ways to place j hops among k steps. The matrix is the same at every step:
for a constant step this is Σ_j C(k,j)² keep^2(k−j) (hop·s)^2j, more than the (keep² + hop² s²)^k
that independent matrices would give. For keep = 0 both are the mean-field theory of Poole et al.
(2016) and of Chen, Pennington and Schoenholz (2018), whose gated cells have independent matrices;
the counting of hops is what this page adds. Variances follow the sequence from the zero state on.

The averages are over Gaussian preactivations; different gates are taken as independent.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from jaxtyping import Float

from explorer.gradients.averages import AverageStep, Fresh
from explorer.gradients.settings import FlowSettings
from explorer.gradients.unrolled import UNROLLED, Unrolled

TINY = float(np.finfo(float).tiny)


@dataclass(frozen=True)
class Steps:
    """The average step, for every time: what a gradient does in it, and how large the state is.

    `hop` is for a matrix of gain 1, and `second` is E state² after the step, of c for the LSTM,
    else of h.
    """

    keep: Float[np.ndarray, " T"]
    hop: Float[np.ndarray, " T"]
    second: Float[np.ndarray, " T"]


def norms_by_hops(
    steps: Steps, powers: Float[np.ndarray, " L"], every: bool = False
) -> tuple[Float[np.ndarray, " L"], Float[np.ndarray, " L"]]:
    """The norm at every lag, and the mean number of hops of what arrives there.

    `powers` holds ‖W^j v‖/‖v‖ for j = 0 … T. Of a loss that reads `every` step each state but the
    initial one has a direct term as well, of the same v: one more way without a hop.
    """
    count = len(powers)
    amplitudes = np.zeros((count, count))  # by lag and by hops: so many hops fit into so many steps
    amplitudes[0, 0] = 1
    ways = zip(steps.keep[::-1], steps.hop[::-1], strict=True)
    for lag, (keep, hop) in enumerate(ways, 1):
        before, here = amplitudes[lag - 1], amplitudes[lag]
        np.multiply(before, keep, out=here)
        here[1:] += hop * before[:-1]
        if every and lag < count - 1:
            here[0] += 1
    parts = np.zeros_like(amplitudes)  # of powers beyond the range of floats nothing comes where
    np.multiply(amplitudes, powers, out=parts, where=amplitudes != 0)  # no way leads
    peak = np.maximum(parts.max(1, keepdims=True), TINY)  # squares would underflow at 1e-154
    shares = (parts / peak) ** 2
    total = shares.sum(1)
    hops = shares @ np.arange(count) / np.maximum(total, TINY)
    return peak[:, 0] * np.sqrt(total), hops


def average_steps(settings: FlowSettings) -> Steps:
    """The average step of the cell at every time, from the zero state on.

    Raises `ValueError` for a cell that there is no theory of.
    """
    kind = UNROLLED[settings.cell]
    if not kind.has_theory:
        raise ValueError(f"there is no theory of the {kind.label} yet")
    return _steps(kind.on_average.__func__, fresh(settings))  # type: ignore[attr-defined]


@lru_cache(maxsize=64)
def _steps(on_average: Callable[..., Iterator[AverageStep]], fresh: Fresh) -> Steps:
    """Computed once for all that ask: a line, its claim, a cell of which the same is said."""
    return Steps(*np.array(list(on_average(Unrolled, fresh))).T)


def fresh(settings: FlowSettings) -> Fresh:
    """The sizes, the variances and the gain that the settings stand for.

    A `gaussian` matrix is taken at its spectral radius, which is close to its gain if H is large.
    """
    third = 1 / (3 * settings.units)  # variance of a number uniform in ±1/√H
    drawn = settings.recurrent_init == "default"
    bias = third if drawn else 0.0
    return Fresh(
        steps=settings.length,
        units=settings.units,
        gain=settings.gain * (3**-0.5 if drawn else 1.0),
        bias=bias,
        both_biases=2 * bias,
        input=third * settings.input_scale**2,
        kept_by=settings.forget_bias or 0.0,
        forget=2 * bias if settings.forget_bias is None else 0.0,
    )
