"""Training a network that forecasts numbers, and how good its forecasts are.

Letters in the shapes: T steps, B waves side by side.
"""

from dataclasses import dataclass, field

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
from explorer.sequences.stack import Stack, read_stack
from explorer.sequences.units import TellingUnit, telling_unit
from explorer.sequences.waves import Waves


@dataclass(frozen=True)
class NumberTraining:
    """How a forecaster is trained; equal settings give equal networks."""

    cell: str = "lstm"
    units: int = 32
    updates: int = 4_000
    batch: int = 64
    length: int = 100  # steps of a wave
    learning_rate: float = 5e-3  # Adam, falling to zero along half a cosine
    forget_bias: float = 1.0  # Jozefowicz et al. 2015
    clip: float = 1.0  # largest norm of the gradient
    seed: int = 0
    waves: Waves = field(default_factory=Waves)

    def __post_init__(self) -> None:
        check_cell(self.cell)
        check_range("units", self.units, 1, 256)
        check_range("updates", self.updates, 0, 1_000_000)
        check_range("batch", self.batch, 1, 4096)
        check_range("length", self.length, 2, 1000)


@dataclass(frozen=True)
class Forecasts:
    """Mean squared errors on waves never seen: the network's, the floor's and the last value's.

    `persistence` is the error of expecting the last number once more. `telling` is the unit that
    tells best whether the next number will be higher.
    """

    error: float
    error_error: float  # standard error of the mean over waves
    floor: float
    persistence: float
    telling: TellingUnit


class WaveLesson(Lesson[NumberNetwork]):
    """Forecasting the next value of endless fresh waves, by mean squared error.

    Every wave is read from a blank state.
    """

    def __init__(self, settings: NumberTraining) -> None:
        self.pace = Pace(settings.updates, settings.learning_rate, settings.clip)
        self.rng = torch.Generator().manual_seed(settings.seed)
        self._settings = settings
        stack = Stack.draw(settings.cell, 1, settings.units, generator=self.rng)
        self._layers = Layers(stack.with_forget_bias(settings.forget_bias))
        self._readout, self._bias = fresh_readout(1, settings.units, self.rng)
        self.parameters = {
            **{f"recurrent.{name}": part for name, part in self._layers.parameters.items()},
            "readout.weight": self._readout,
            "readout.bias": self._bias,
        }

    def loss(self) -> Float[Tensor, ""]:
        """Mean squared error of the next value over fresh waves."""
        settings = self._settings
        waves = settings.waves.draw(settings.length + 1, settings.batch, self.rng)[..., None]
        hidden, _ = self._layers(waves[:-1])
        return mse_loss(linear(hidden, self._readout, self._bias), waves[1:])

    def network(self) -> NumberNetwork:
        """The network as it is now, its numbers copied."""
        readout, bias = self._readout.detach().clone(), self._bias.detach().clone()
        return NumberNetwork(self._layers.stack(), readout, bias, self._settings.waves.reach)


def forecasts(
    network: NumberNetwork, waves: Waves, rng: torch.Generator, many: int = 400, length: int = 100
) -> Forecasts:
    """How well a network forecasts fresh waves, and its unit that tells rising from falling.

    Half of the waves choose the unit; all figures are of the other half.
    """
    values = waves.draw(length + 1, 2 * many, rng)
    with torch.no_grad():
        seen = read_stack(network.stack, values[:-1, :, None])
        predictions = network.forecast(seen.hidden)
    squares = (predictions - values[1:]).square()[:, many:].mean(0)
    rising = (values[1:] > values[:-1]).numpy()
    kept = seen.traces[0][0].memory.numpy()
    return Forecasts(
        error=squares.mean().item(),
        error_error=(squares.std() / many**0.5).item(),
        floor=waves.floor,
        persistence=(values[1:] - values[:-1])[:, many:].square().mean().item(),
        telling=telling_unit(
            "rising",
            (kept[:, :many].reshape(-1, kept.shape[-1]), rising[:, :many].ravel()),
            (np.swapaxes(kept[:, many:], 0, 1), rising[:, many:].T),
        ),
    )
