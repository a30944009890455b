"""A real series, and how well a straight line through its past forecasts it.

Letters in the shapes: N values, P of them looked back on.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float
from torch import Tensor


@dataclass(frozen=True)
class Series:
    """One measured number a step: what it is, when it begins, and how much of it is learned from.

    The values from number `learned` on are never trained on. Raises `ValueError` unless there are
    values on both sides.
    """

    name: str
    values: Float[Tensor, " N"]
    first: int  # the year of the first value, one year a step
    learned: int

    def __post_init__(self) -> None:
        if not 1 <= self.learned < len(self.values):
            raise ValueError(
                f"learned must be between 1 and {len(self.values) - 1}, not {self.learned}"
            )


@dataclass(frozen=True)
class Autoregression:
    """x_t = constant + Σ_k coefficients[k] · x_{t−1−k}, the forecast of Yule (1927)."""

    constant: float
    coefficients: Float[np.ndarray, " P"]

    def forecasts(self, values: Float[np.ndarray, " N"], start: int) -> Float[np.ndarray, " M"]:
        """One step ahead, of every value from number `start` on, each from the values before."""
        order = len(self.coefficients)
        if start < order:
            raise ValueError(f"start must be at least {order}, not {start}")
        return self.constant + _past(values, order, start) @ self.coefficients


def autoregression(
    values: Float[np.ndarray, " N"], order: int, known: Bool[np.ndarray, " N"] | None = None
) -> Autoregression:
    """The linear autoregression of this order, by least squares over all values.

    Or over those that are ``known``: the others are looked back on, and not fitted. Raises
    `ValueError` for too few values.
    """
    if len(values) < 2 * order + 1:
        raise ValueError(f"order {order} needs at least {2 * order + 1} values, not {len(values)}")
    past = _past(values, order, order)
    design = np.column_stack([np.ones(len(past)), past])
    fitted = slice(None) if known is None else known[order:]
    solved = np.linalg.lstsq(design[fitted], values[order:][fitted], rcond=None)[0]
    return Autoregression(float(solved[0]), solved[1:])


def _past(values: Float[np.ndarray, " N"], order: int, start: int) -> Float[np.ndarray, "M P"]:
    """Row t holds the `order` values before number start + t, the nearest first."""
    return np.stack([values[start - lag : len(values) - lag] for lag in range(1, order + 1)], 1)
