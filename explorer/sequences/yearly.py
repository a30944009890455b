"""Training a network on one real series, and whether it forecasts better than a straight line.

Letters in the shapes: T steps, B windows side by side, N values.
"""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import linear, mse_loss

from explorer.sequences.learning import (
    Layers,
    Lesson,
    Pace,
    check_cell,
    check_range,
    fresh_readout,
)
from explorer.sequences.numbers import NumberNetwork
from explorer.sequences.series import Series, autoregression
from explorer.sequences.stack import Stack
from explorer.sequences.units import TellingUnit, telling_unit


@dataclass(frozen=True)
class SeriesTraining:
    """How a forecaster of one series is trained; equal settings give equal networks."""

    cell: str = "lstm"
    units: int = 8
    updates: int = 800
    batch: int = 16
    length: int = 60  # steps of a window
    learning_rate: float = 5e-3  # Adam, falling to zero along half a cosine
    forget_bias: float = 1.0  # Jozefowicz et al. 2015
    clip: float = 1.0  # largest norm of the gradient
    noise: float = 0.1  # added to what is read, in standard deviations: so few values are learnt
    seed: int = 0

    def __post_init__(self) -> None:
        check_cell(self.cell)
        check_range("units", self.units, 1, 256)
        check_range("updates", self.updates, 0, 1_000_000)
        check_range("batch", self.batch, 1, 4096)
        check_range("length", self.length, 2, 1000)
        check_range("noise", self.noise, 0, 10)


class SeriesLesson(Lesson[NumberNetwork]):
    """Forecasting the next value in windows of the past, by mean squared error.

    Values are read in standard deviations from the mean of those learned from. Windows begin
    anywhere, each from a blank state.
    """

    def __init__(self, series: Series, settings: SeriesTraining) -> None:
        """Raises `ValueError` when less is learned from than one window."""
        self.pace = Pace(settings.updates, settings.learning_rate, settings.clip)
        self.rng = torch.Generator().manual_seed(settings.seed)
        self._series, self._settings = series, settings
        past = series.values[: series.learned]
        if len(past) <= settings.length:
            raise ValueError(f"length must be below {len(past)} values, not {settings.length}")
        self._offset, self._scale = past.mean().item(), past.std().item()
        self._past = ((past - self._offset) / self._scale).float()
        stack = Stack.draw(settings.cell, 1, settings.units, generator=self.rng)
        self._layers = Layers(stack.with_forget_bias(settings.forget_bias))
        self._readout, self._bias = fresh_readout(1, settings.units, self.rng)
        self.parameters = {
            **{f"recurrent.{name}": part for name, part in self._layers.parameters.items()},
            "readout.weight": self._readout,
            "readout.bias": self._bias,
        }

    def loss(self) -> Float[Tensor, ""]:
        """Mean squared error of the next value, as a share of the variance learned from."""
        settings = self._settings
        rooms = len(self._past) - settings.length
        starts = torch.randint(rooms, (settings.batch,), generator=self.rng)
        windows = self._past[starts + torch.arange(settings.length + 1)[:, None]][..., None]
        noise = torch.randn(settings.length, settings.batch, 1, generator=self.rng)
        hidden, _ = self._layers(windows[:-1] + settings.noise * noise)
        return mse_loss(linear(hidden, self._readout, self._bias), windows[1:])

    def network(self) -> NumberNetwork:
        """The network as it is now, its numbers copied."""
        series, past = self._series, self._series.values[: self._series.learned]
        return NumberNetwork(
            self._layers.stack(),
            self._readout.detach().clone(),
            self._bias.detach().clone(),
            reach=past.abs().max().item(),
            offset=self._offset,
            scale=self._scale,
            example=series,
        )


@dataclass(frozen=True)
class Outlook:
    """Mean squared errors one step ahead on the values never learned from, and standard errors.

    `line` is the linear autoregression fitted by least squares to the values learned from,
    `persistence` expects the last value once more. `lead` is by how much the line's squared error
    exceeds the network's in the mean, with its own standard error, as both face the same values.
    """

    error: float
    error_error: float
    persistence: float
    line: float
    line_error: float
    lead: float
    lead_error: float
    many: int
    telling: TellingUnit


def outlook(network: NumberNetwork, series: Series, order: int = 9) -> Outlook:
    """How well a network forecasts what it never saw of a series, reading on from the beginning.

    `telling` is the unit that tells rising from falling, chosen on the values learned from.
    """
    values = series.values.double().numpy()
    past = series.learned
    reading = network.read(values.tolist())
    mine = reading.errors.numpy()[past - 1 :] ** 2
    straight = autoregression(values[:past], order).forecasts(values, past)
    line = (values[past:] - straight) ** 2
    kept = torch.cat([layer[0].memory for layer in reading.trace.traces], dim=-1).numpy()
    rising = np.diff(values) > 0
    parts = np.array_split(np.arange(past - 1, len(rising)), 8)  # years, some dropped at the ends
    shortest = min(map(len, parts))
    blocks = np.stack([part[:shortest] for part in parts])
    return Outlook(
        error=float(mine.mean()),
        error_error=_standard_error(mine),
        persistence=float((np.diff(values)[past - 1 :] ** 2).mean()),
        line=float(line.mean()),
        line_error=_standard_error(line),
        lead=float((line - mine).mean()),
        lead_error=_standard_error(line - mine),
        many=len(mine),
        telling=telling_unit(
            "rising", (kept[: past - 1], rising[: past - 1]), (kept[:-1][blocks], rising[blocks])
        ),
    )


def _standard_error(values: Float[np.ndarray, " N"]) -> float:
    return float(values.std(ddof=1) / len(values) ** 0.5)
