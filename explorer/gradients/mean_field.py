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

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from explorer.gradients.settings import FlowSettings

Step = tuple[float, float, float]

_Z = np.linspace(-8, 8, 401)
_DENSITY = np.exp(-(_Z**2) / 2) / np.exp(-(_Z**2) / 2).sum()


@dataclass(frozen=True)
class Steps:
    """The average step, for every time: what a gradient does in it, and how large the state is.

    `hop` is for a matrix of gain 1, and `second` is E state² after the step, of c for the LSTM,
    else of h.
    """

    keep: Float[np.ndarray, " T"]
    hop: Float[np.ndarray, " T"]
    second: Float[np.ndarray, " T"]


@dataclass(frozen=True)
class Scales:
    """Variances of what is drawn once (bias) or anew (input), and the gain of the matrix."""

    gain: float
    bias: float
    both_biases: float
    forget: float  # of the keeping gate's own bias
    input: float


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
        peak = max(parts.max(), np.finfo(float).tiny)  # squares would underflow at 1e-154
        shares = (parts / peak) ** 2
        norms[lag] = peak * np.sqrt(shares.sum())
        hops[lag] = (numbers * shares).sum() / max(shares.sum(), np.finfo(float).tiny)
    return norms, hops


def average_steps(settings: FlowSettings) -> Steps:
    """The average step of the cell at every time, from the zero state on."""
    return Steps(*np.array(list(CELLS[settings.cell](settings, scales(settings)))).T)


def scales(settings: FlowSettings) -> Scales:
    """The variances and the gain that the settings stand for.

    A `gaussian` matrix is taken at its spectral radius, which is close to its gain if H is large.
    """
    third = 1 / (3 * settings.units)  # variance of a number uniform in ±1/√H
    drawn = settings.recurrent_init == "default"
    gain = settings.gain * (3**-0.5 if drawn else 1.0)
    bias = third if drawn else 0.0
    forget = 2 * bias if settings.forget_bias is None else 0.0
    return Scales(gain, bias, 2 * bias, forget, third)


def _tanh(settings: FlowSettings, scales: Scales) -> Iterator[Step]:
    second = 0.0  # E h²
    for _ in range(settings.length):
        values = np.tanh(_spread(scales.gain**2 * second + scales.both_biases + scales.input))
        second = _mean(values**2)
        yield 0.0, _typical(1 - values**2, settings.units), second


def _relu(settings: FlowSettings, scales: Scales) -> Iterator[Step]:
    on = np.heaviside(_Z, 0.5) ** 0.5  # half the units are, whatever the variance
    half, second = _typical(on, settings.units), 0.0
    for _ in range(settings.length):
        second = (scales.gain**2 * second + scales.both_biases + scales.input) / 2
        yield 0.0, half, second


def _linear(settings: FlowSettings, scales: Scales) -> Iterator[Step]:
    second = 0.0
    for _ in range(settings.length):
        second = scales.gain**2 * second + scales.both_biases + scales.input
        yield 0.0, 1.0, second


def _lstm(settings: FlowSettings, scales: Scales) -> Iterator[Step]:
    """keep = f; a hop leaves c through h = o tanh(c), and returns through i, f or g.

    c is the sum of a part that returns at every step (from biases and the slow h) and adds up in
    amplitude, and a part from the inputs that adds up in variance. To take all that h feeds back
    as steady is right with biases; without, and with a rotation, c is overstated up to twofold.
    """
    bias = settings.forget_bias or 0.0
    steady, noise, second = 0.0, 0.0, 0.0
    squashed = np.zeros_like(_Z)  # tanh(c)
    for step in range(settings.length):
        recurrent = scales.gain**2 * second
        variance = recurrent + scales.both_biases + scales.input
        gate, candidate = _sigmoid(_spread(variance)), np.tanh(_spread(variance))
        forget = _sigmoid(bias + _spread(recurrent + scales.forget + scales.input))
        keep, passed, new = _mean(forget), _mean(gate**2), _mean(candidate**2)
        written = (
            passed * _mean((1 - candidate**2) ** 2)
            + new * _mean((gate * (1 - gate)) ** 2)
            + (steady + noise) * _mean((forget * (1 - forget)) ** 2)
        )
        read = passed**0.5 * _typical(1 - squashed**2, settings.units)
        hop = read * written**0.5 if step else 0.0  # the initial h knows nothing of c
        steady_new = new * (1 - scales.input / variance)
        steady = (keep * steady**0.5 + (passed * steady_new) ** 0.5) ** 2
        noise = keep**2 * noise + passed * (new - steady_new)
        squashed = np.tanh(_spread(steady + noise))
        second = passed * _mean(squashed**2)
        yield keep, hop, steady + noise


def _gru(settings: FlowSettings, scales: Scales) -> Iterator[Step]:
    """keep = z; a hop goes through the matrix behind r, or through that of z.

    The way through r itself is left out: it is as small as the preactivations are.
    """
    bias = settings.forget_bias or 0.0
    steady, noise = 0.0, 0.0
    for _ in range(settings.length):
        second = steady + noise
        product = scales.gain**2 * second + scales.bias
        recurrent = scales.gain**2 * second + scales.input
        reset = _sigmoid(_spread(recurrent + scales.both_biases))
        update = _sigmoid(bias + _spread(recurrent + scales.forget))
        keep, passed, taken = _mean(update), _mean(reset**2), _mean((1 - update) ** 2)
        variance = passed * product + scales.bias + scales.input
        values = np.tanh(_spread(variance))
        new = _mean(values**2)
        through_new = passed * _mean((1 - values**2) ** 2)
        through_update = (second + new) * _mean((update * (1 - update)) ** 2)
        hop = (taken * through_new + through_update) ** 0.5
        steady_new = new * (1 - scales.input / variance)
        steady = (keep * steady**0.5 + (1 - keep) * steady_new**0.5) ** 2
        noise = keep**2 * noise + taken * (new - steady_new)
        yield keep, hop, steady + noise


CELLS: dict[str, Callable[[FlowSettings, Scales], Iterator[Step]]] = {
    "rnn_tanh": _tanh,
    "rnn_relu": _relu,
    "linear": _linear,
    "lstm": _lstm,
    "gru": _gru,
}


def _spread(variance: float) -> np.ndarray:
    return variance**0.5 * _Z


def _mean(values: np.ndarray) -> float:
    """Average over the normal distribution of a function tabulated at its nodes."""
    return float(values @ _DENSITY)


def _typical(slopes: np.ndarray, units: int) -> float:
    """The root mean square of slopes over units, less what chance costs a finite layer.

    Σ (slope v)² over H units fluctuates, and the mean of its logarithm, which a long product
    needs, is lower than the logarithm of its mean: by 3 (κ − 1) / 2H with the slope's kurtosis
    κ = E slope⁴ / (E slope²)² (second order in 1/H).
    """
    squares = slopes**2
    mean = _mean(squares)
    kurtosis = _mean(squares**2) / mean**2
    return mean**0.5 * math.exp(-0.75 * (kurtosis - 1) / units)


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))
