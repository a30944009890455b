"""Averages over wide layers of fresh networks: Gaussian preactivations, gates independent.

Functions of a preactivation are tabulated at nodes of the normal distribution, as arrays.
"""

import math
from dataclasses import dataclass

import numpy as np

AverageStep = tuple[float, float, float]
"""Of one step: what stays in its unit, what a hop takes along, E state² after it (`Steps`)."""

NODES = np.linspace(-8, 8, 161)  # of analytic functions such a sum is exact to rounding
_DENSITY = np.exp(-(NODES**2) / 2) / np.exp(-(NODES**2) / 2).sum()


@dataclass(frozen=True)
class Fresh:
    """Networks before training: how long and wide, and the variances that they are drawn with.

    `bias` is the variance of one bias, drawn once, `both_biases` that of PyTorch's two; `input`
    that of what is read, anew at each step. The keeping gate's bias has the mean `kept_by` and the
    variance `forget`.
    """

    steps: int
    units: int
    gain: float
    bias: float
    both_biases: float
    input: float
    kept_by: float
    forget: float


def share_of_input(fresh: Fresh, variance: float) -> float:
    """The part of a preactivation's variance that is new at each step; of none at all it is 0."""
    return fresh.input / variance if variance else 0.0


def spread(variance: float) -> np.ndarray:
    """A normal preactivation of this variance, at the nodes."""
    return variance**0.5 * NODES


def mean(values: np.ndarray) -> float:
    """Average over the normal distribution of a function tabulated at its nodes."""
    return float(values @ _DENSITY)


def typical(slopes: np.ndarray, units: int) -> float:
    """The root mean square of slopes over units, less what chance costs a finite layer.

    Σ (slope v)² over H units fluctuates, and the mean of its logarithm, which a long product
    needs, is lower than the logarithm of its mean: by 3 (κ − 1) / 2H with the slope's kurtosis
    κ = E slope⁴ / (E slope²)² (second order in 1/H).
    """
    squares = slopes**2
    return typical_of(mean(squares), mean(squares**2), units)


def typical_of(square: float, fourth: float, units: int) -> float:
    """The same of slopes whose mean square and mean fourth power are known."""
    kurtosis = fourth / square**2
    return square**0.5 * math.exp(-0.75 * (kurtosis - 1) / units)


def sigmoid(x: np.ndarray) -> np.ndarray:
    """The logistic function."""
    return 1 / (1 + np.exp(-x))
