"""Waves by formula: sines whose beat changes once, for a network that forecasts numbers.

Letters in the shapes: T steps, B waves side by side.
"""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor


@dataclass(frozen=True)
class Waves:
    """y_t = offset + amplitude · sin(2πt/period + phase) + noise, a new beat from some moment on.

    Periods are log-uniform, everything else is uniform in its range. The noise is Gaussian and
    cannot be forecast, so no forecaster's mean squared error is below noise².
    """

    shortest: float = 4.0  # steps of a period
    longest: float = 32.0
    loudest: float = 1.0
    softest: float = 0.2
    shift: float = 0.5  # largest offset, up or down
    noise: float = 0.02

    @property
    def floor(self) -> float:
        """The mean squared error that nobody can beat."""
        return self.noise**2

    @property
    def reach(self) -> float:
        """The largest value without noise."""
        return self.loudest + self.shift

    def draw(self, length: int, many: int, rng: torch.Generator) -> Float[Tensor, "T B"]:
        """So many waves; in each the beat changes once, between a quarter and three quarters."""
        t = torch.arange(length, dtype=torch.float32)[:, None]
        change = length * (0.25 + 0.5 * torch.rand(many, generator=rng))
        values = torch.where(t < change, self._beat(t, many, rng), self._beat(t, many, rng))
        return values + self.noise * torch.randn(length, many, generator=rng)

    def _beat(self, t: Tensor, many: int, rng: torch.Generator) -> Tensor:
        def uniform(low: float, high: float) -> Tensor:
            return low + (high - low) * torch.rand(many, generator=rng)

        period = uniform(math.log(self.shortest), math.log(self.longest)).exp()
        amplitude, phase = uniform(self.softest, self.loudest), uniform(0, 2 * math.pi)
        offset = uniform(-self.shift, self.shift)
        return offset + amplitude * torch.sin(2 * math.pi * t / period + phase)
