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

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from explorer.gradients.averages import Fresh
from explorer.gradients.settings import FlowSettings
from explorer.gradients.unrolled import UNROLLED

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
    steps: Steps, powers: Float[np.ndarray, " L"]
) -> tuple[Float[np.ndarray, " L"], Float[np.ndarray, " L"]]:
    """The norm at every lag, and the mean number of hops of what arrives there.

    `powers` holds ‖W^j v‖/‖v‖ for j = 0 … T.
    """
    amplitudes = np.zeros(len(powers))
    amplitudes[0] = 1
    norms, hops = np.ones(len(powers)), np.zeros(len(powers))
    numbers = np.arange(len(powers))
    for lag, (keep, hop) in enumerate(zip(steps.keep[::-1], steps.hop[::-1], strict=True), 1):
        hopped = hop * amplitudes[:-1]
        amplitudes *= keep
        amplitudes[1:] += hopped
        parts = amplitudes * powers
        peak = max(parts.max(), TINY)  # squares would underflow at 1e-154
        shares = (parts / peak) ** 2
        norms[lag] = peak * np.sqrt(shares.sum())
        hops[lag] = (numbers * shares).sum() / max(shares.sum(), TINY)
    return norms, hops


def average_steps(settings: FlowSettings) -> Steps:
    """The average step of the cell at every time, from the zero state on.

    Raises `ValueError` for a cell that there is no theory of.
    """
    steps = UNROLLED[settings.cell].on_average(fresh(settings))
    return Steps(*np.array(list(steps)).T)


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
        input=third,
        kept_by=settings.forget_bias or 0.0,
        forget=2 * bias if settings.forget_bias is None else 0.0,
    )
