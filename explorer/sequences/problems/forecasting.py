"""Forecasting one step of a series from those before it, never from those behind it.

Letters in the shapes: V values, T steps of a window, N windows, M held-out ones, S steps ahead.
"""

import math

import numpy as np
import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from explorer.sequences.kinds.kind import Network, Shape
from explorer.sequences.problems.problem import Examples, Floor, Metric, Problem
from explorer.sequences.series import autoregression

FEWEST = 30  # values of a series that can be learned from and held out


class Forecast(Problem):
    """The next value of a series, told as its change, from a window of the values before it.

    The first ``learned`` values are learned from. Of every later one a forecast is made from the
    true values before it (walk-forward, one step ahead), by networks that learn no more. Windows
    are standardised with mean and spread of the values that are learned from. A value that was
    never measured but ``filled`` in is read in windows, and is never itself a target: nothing is
    learned from it, and no forecast is scored on it.
    """

    metric = Metric("RMSE", "low", "plain")

    def __init__(
        self,
        values: Float[np.ndarray, " V"],
        learned: int,
        window: int,
        batch: int = 32,
        filled: Bool[np.ndarray, " V"] | None = None,
    ) -> None:
        """Raises `ValueError` for a series that is too short, never changes, or has gaps."""
        measured = np.ones(len(values), dtype=bool) if filled is None else ~filled
        check(values, learned, window, measured)
        self.known = torch.from_numpy(measured)
        self.values, self.learned, self.window = torch.from_numpy(values), learned, window
        self.mean = float(values[:learned].mean())
        self.spread = float(values[:learned].std())
        self._scaled = ((self.values - self.mean) / self.spread).float()
        self.shape = Shape(1, 1, "end", window)
        self._targets = window + self.known[window:learned].nonzero()[:, 0]
        self.batch = min(batch, len(self._targets))
        self.asked = learned + self.known[learned:].nonzero()[:, 0]
        self.held_out = self.windows(self.asked)
        self.floors = self._floors()

    def scale(self) -> dict[str, list[float]]:
        """Of the values that are learned from."""
        return {"mean": [self.mean], "spread": [self.spread]}

    def windows(self, targets: Int64[Tensor, " N"]) -> Examples:
        """What lies before some values, and the change from the last of it to each of them."""
        back = torch.arange(self.window, 0, -1)[:, None]
        inputs = self._scaled[targets - back][..., None]
        return Examples(inputs, self._scaled[targets] - inputs[-1, :, 0])

    def examples(self, rng: torch.Generator) -> Examples:
        """Windows at random places of what is learned from."""
        drawn = torch.randint(len(self._targets), (self.batch,), generator=rng)
        return self.windows(self._targets[drawn])

    def loss(self, answers: Float[Tensor, "N 1"], examples: Examples) -> Float[Tensor, ""]:
        """The mean squared error of the change, in spreads of the series."""
        return (answers[:, 0] - examples.targets).square().mean()

    def scores(self, answers: Float[Tensor, "N 1"], examples: Examples) -> Float[Tensor, " N"]:
        """The squared error of every forecast, in the unit of the series."""
        return ((answers[:, 0] - examples.targets) * self.spread).square()

    def of_mean(self, mean: float) -> float:
        """The root of the mean squared error."""
        return math.sqrt(mean)

    def score_of(self, metric: float) -> float:
        """The mean squared error of its root."""
        return metric**2

    def forecasts(self, answers: Float[Tensor, "M 1"]) -> Float[Tensor, " M"]:
        """The forecast of every held-out value that a network's answers are, in their unit."""
        return self.values[self.asked - 1] + answers[:, 0].double() * self.spread

    def on_its_own(self, network: Network, steps: int) -> Float[Tensor, " S"]:
        """So many values after the last one learned from, each from the forecasts before it."""
        return self.ahead(network, steps, torch.tensor([self.learned]))[0]

    def ahead(
        self, network: Network, steps: int, starts: Int64[Tensor, " N"]
    ) -> Float[Tensor, "N S"]:
        """So many values from each start on: the first from true values, the next from that one."""
        known = self._scaled[starts[:, None] - torch.arange(self.window, 0, -1)]
        with torch.no_grad():
            for _ in range(steps):
                change = network(known[:, -self.window :].T[..., None])
                known = torch.cat([known, known[:, -1:] + change], dim=1)
        return known[:, self.window :].double() * self.spread + self.mean

    def starts(self, steps: int, most: int) -> Int64[Tensor, " N"]:
        """Held-out places, evenly apart, from which so many further values are known."""
        last = len(self.values) - steps
        return torch.linspace(self.learned, last, min(most, last - self.learned + 1)).long()

    def errors_ahead(
        self, forecasts: Float[Tensor, "N S"], starts: Int64[Tensor, " N"]
    ) -> Float[Tensor, " S"]:
        """RMSE so many steps ahead, over all starts; values that were filled in do not count.

        NaN where none is left.
        """
        asked = starts[:, None] + torch.arange(forecasts.shape[1])
        counted = self.known[asked]
        squared = ((forecasts - self.values[asked]).square() * counted).sum(0)
        return (squared / counted.sum(0)).sqrt()

    def persisting(self, steps: int, starts: Int64[Tensor, " N"]) -> Float[Tensor, "N S"]:
        """The last value before each start, so many times."""
        return self.values[starts - 1][:, None].expand(-1, steps)

    def straight(self, steps: int, starts: Int64[Tensor, " N"]) -> Float[Tensor, "N S"]:
        """So many values from each start on by the linear autoregression, from its own."""
        back = torch.from_numpy(self.line.coefficients.copy())
        known = self.values[starts[:, None] - torch.arange(self.window, 0, -1)]
        for _ in range(steps):
            following = self.line.constant + known[:, -self.window :].flip(1) @ back
            known = torch.cat([known, following[:, None]], dim=1)
        return known[:, self.window :]

    def _floors(self) -> tuple[Floor, ...]:
        values, asked = self.values.numpy(), self.asked.numpy()
        known = self.known[: self.learned].numpy()
        self.line = autoregression(values[: self.learned], self.window, known)
        true, before = values[asked], values[asked - 1]
        line = self.line.forecasts(values, self.learned)[asked - self.learned]
        return (
            _floor("persistence", "last value", before - true),
            _floor("line", "linear autoregression", line - true),
        )


def check(
    values: Float[np.ndarray, " V"], learned: int, window: int, measured: Bool[np.ndarray, " V"]
) -> None:
    """Raise `ValueError`, one sentence, for a series that cannot be learned from."""
    if not np.isfinite(values).all():
        raise ValueError("the series must have no gaps: every value must be a number")
    if len(values) < FEWEST:
        raise ValueError(f"the series must have at least {FEWEST} values, not {len(values)}")
    if not 2 * window + 1 <= learned < len(values):
        raise ValueError(
            f"a window of {window} needs at least {2 * window + 1} values to learn from and one "
            f"held out, not {learned} of {len(values)}"
        )
    if not measured[learned:].any() or measured[window:learned].sum() <= window:
        raise ValueError(
            f"too many values are gaps: behind the first window of {window} at least {window + 1} "
            "must be measured to learn from, and one held out"
        )
    if np.ptp(values[:learned]) == 0:
        raise ValueError("the series never changes while it is learned from: nothing to forecast")


def _floor(name: str, label: str, error: Float[np.ndarray, " M"]) -> Floor:
    scores = torch.from_numpy(error**2)
    return Floor(name, label, math.sqrt(float(scores.mean())), scores=scores)


def mackey_glass(
    values: int, apart: int = 6, delay: int = 17, skipped: int = 300
) -> Float[np.ndarray, " V"]:
    """The series of Mackey and Glass (1977), every ``apart`` units of time.

    dx/dt = 0.2 x(t − τ) / (1 + x(t − τ)¹⁰) − 0.1 x, by steps of Runge and Kutta of a tenth of a
    unit, x = 1.2 at all times before, the delayed value between two steps by the mean of both. The
    first ``skipped`` units are left out.
    """
    fine = 10
    lag = delay * fine
    course = np.full(lag + (skipped + apart * values) * fine + 1, 1.2)

    def slope(x: float, delayed: float) -> float:
        return 0.2 * delayed / (1 + delayed**10) - 0.1 * x

    for k in range(lag, len(course) - 1):
        x, old, next_old = course[k], course[k - lag], course[k - lag + 1]
        between = (old + next_old) / 2
        first = slope(x, old)
        second = slope(x + first / (2 * fine), between)
        third = slope(x + second / (2 * fine), between)
        last = slope(x + third / fine, next_old)
        course[k + 1] = x + (first + 2 * second + 2 * third + last) / (6 * fine)
    return course[lag + skipped * fine :: apart * fine][:values]
