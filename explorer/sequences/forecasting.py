"""Training a network that forecasts numbers, and how good its forecasts are.

Letters in the shapes: T steps, B waves side by side.
"""

from dataclasses import dataclass, field

import numpy as np
import torch
from torch import nn
from torch.nn.functional import linear, mse_loss

from explorer.cells import CELLS, Weights, with_forget_bias
from explorer.sequences.numbers import NumberNetwork
from explorer.sequences.trace import trace
from explorer.sequences.training import Watch, check_range, falling
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
        if self.cell not in CELLS:
            raise ValueError(
                f"unknown cell {self.cell!r}; choose from {', '.join(map(repr, CELLS))}"
            )
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


def train_numbers(settings: NumberTraining, watch: Watch | None = None) -> NumberNetwork:
    """A network trained on endless fresh waves to forecast their next value.

    Mean squared error by Adam, every wave read from a blank state. Bit for bit the same for the
    same settings and number of threads.
    """
    rng = torch.Generator().manual_seed(settings.seed)
    cell = CELLS[settings.cell]
    weights = cell.draw(1, settings.units, rng)
    if cell.keeping_gate is not None:
        weights = with_forget_bias(cell, weights, settings.forget_bias)
    layer = cell.layer(weights)
    bound = settings.units**-0.5
    readout = nn.Parameter(torch.empty(1, settings.units).uniform_(-bound, bound, generator=rng))
    bias = nn.Parameter(torch.zeros(1))
    learned = [*layer.parameters(), readout, bias]
    adam = torch.optim.Adam(learned, lr=settings.learning_rate, fused=True)
    for update in range(settings.updates):
        adam.param_groups[0]["lr"] = settings.learning_rate * falling(update / settings.updates)
        waves = settings.waves.draw(settings.length + 1, settings.batch, rng)[..., None]
        hidden, _ = layer(waves[:-1])
        loss = mse_loss(linear(hidden, readout, bias), waves[1:])
        adam.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(learned, settings.clip)
        adam.step()
        if watch is not None:
            watch(update + 1, loss.item())
    return NumberNetwork(
        settings.cell,
        Weights.from_state_dict(layer.state_dict()),
        readout.detach(),
        bias.detach(),
        settings.waves.reach,
    )


def forecasts(
    network: NumberNetwork, waves: Waves, rng: torch.Generator, many: int = 400, length: int = 100
) -> Forecasts:
    """How well a network forecasts fresh waves, and its unit that tells rising from falling.

    Half of the waves choose the unit; all figures are of the other half.
    """
    values = waves.draw(length + 1, 2 * many, rng)
    with torch.no_grad():
        seen = trace(network.cell, network.weights, values[:-1, :, None])
        predictions = linear(seen.steps.hidden, network.readout, network.readout_bias)[..., 0]
    squares = (predictions - values[1:]).square()[:, many:].mean(0)
    rising = (values[1:] > values[:-1]).numpy()
    kept = seen.states.get("cell", seen.steps.hidden).numpy()
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
