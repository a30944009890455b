"""The two players: each a network with its optimizer and the buffers of its own update.

Letters: P members of a population (no such axis for one game), S steps of the judge for each of
the generator, B points in a batch, D coordinates of a point, Z of the noise.
"""

import torch
from torch import Tensor

from explorer.gans.adam import Adam
from explorer.gans.networks import Network, Trace
from explorer.gans.objectives import OBJECTIVES
from explorer.gans.penalty import DoubleBackward
from explorer.gans.settings import GameSettings


class Generator:
    """Turns noise into points. Until its next update all its batches come from one pass."""

    def __init__(
        self, settings: GameSettings, dimensions: int, population: int | None, dtype: torch.dtype
    ) -> None:
        steps, batch = settings.critic_steps, settings.batch
        hidden = [settings.width] * settings.depth
        sizes = [settings.noise_dim, *hidden, dimensions]
        self.network = Network(sizes, settings.activation, population, dtype)
        self.adam = Adam(self.network, settings.generator_rate, settings.betas)
        self.noise = self.network.buffer((steps + 1) * batch, settings.noise_dim)
        self._all = Trace(self.network, (steps + 1) * batch)
        batches = [
            [layer.narrow(-2, step * batch, batch) for layer in self._all.activations]
            for step in range(steps + 1)
        ]
        self.for_judge = [activations[-1] for activations in batches[:steps]]
        self._own = Trace(self.network, batch, batches[steps])
        self._own_noise = self.noise.narrow(-2, steps * batch, batch)

    def imagine(self) -> None:
        """Turn all noise of one iteration into points."""
        self._all.forward(self.noise)

    @property
    def points(self) -> Tensor:
        """The batch that the generator's own update is about."""
        return self._own.activations[-1]

    @property
    def wanted(self) -> Tensor:
        """Where the gradient of the generator's loss by `points` is written."""
        return self._own.pulls[-1]

    def learn(self) -> None:
        """One update from `wanted`."""
        self._own.backward()
        self._own.differentiate(self._own_noise)
        self.adam.step()


class Judge:
    """The discriminator or critic: one number for each point.

    Real points, generated points and interpolates of one update lie below each other in one
    matrix, so that one pass serves all three.
    """

    def __init__(
        self, settings: GameSettings, dimensions: int, population: int | None, dtype: torch.dtype
    ) -> None:
        steps, batch = settings.critic_steps, settings.batch
        self._objective = OBJECTIVES[settings.objective]
        self._weight = settings.penalty_weight
        self._batch = batch
        sizes = [dimensions, *[settings.width] * settings.depth, 1]
        self.network = Network(sizes, settings.activation, population, dtype)
        self.adam = Adam(self.network, settings.critic_rate, settings.betas)

        parts = 3 if self._objective.penalised else 2
        lead = self.network.lead
        self._points = torch.empty(steps, *lead, parts * batch, dimensions, dtype=dtype)
        self.real, self.fake, *between = self._points.split(batch, dim=-2)
        self.mixing = torch.empty(steps, *lead, batch, 1, dtype=dtype)
        self._trace = Trace(self.network, parts * batch)
        self.on_real, self.on_fake, *_ = self._trace.activations[-1].split(batch, dim=-2)
        self._pull_real, self._pull_fake, *on_between = self._trace.pulls[-1].split(batch, dim=-2)
        self._biased = [pull.narrow(-2, 0, 2 * batch) for pull in self._trace.pulls]

        self._double: DoubleBackward | None = None
        if self._objective.penalised:
            self._between = between[0]
            self._double = DoubleBackward(self._trace, 2 * batch, batch)
            on_between[0].fill_(1)
        self._generated = Trace(self.network, batch)
        self.on_generated = self._generated.activations[-1]
        self._slopes_written = False

    @property
    def norms(self) -> Tensor | None:
        """‖∇judge‖ at the interpolates of the last update; None without a penalty."""
        return None if self._double is None else self._double.norms

    def mix(self) -> None:
        """Put a point between each real and each generated one, for all steps of an iteration."""
        if self._double is not None:
            torch.lerp(self.fake, self.real, self.mixing, out=self._between)

    def learn(self, step: int) -> None:
        """One update on the points of this step, whose interpolates it overwrites."""
        points = self._points[step]
        self._trace.forward(points)
        if not self._slopes_written:
            real, fake = self._objective.judge_slopes(self.on_real, self.on_fake)
            torch.div(real, self._batch, out=self._pull_real)
            torch.div(fake, self._batch, out=self._pull_fake)
        self._trace.backward()
        if self._double is None:
            self._trace.differentiate(points)
        else:
            self._double.lead_up(self._between[step], self._weight)
            self._trace.differentiate(points, self._biased)
            self._double.add_bend()
        self.adam.step()

    def pull_generator(self, points: Tensor, wanted: Tensor) -> None:
        """Write the gradient of the generator's mean loss by these generated points."""
        outputs = self._generated.forward(points)
        if not self._slopes_written:
            slope = self._objective.generator_slope(outputs)
            torch.div(slope, self._batch, out=self._generated.pulls[-1])
            self._slopes_written = self._objective.constant_slopes
        self._generated.backward()
        self._generated.pull_on_points(out=wanted)
