"""The two players: each a network with its optimizer and the buffers of its own update.

Letters: P members of a population (no such axis for one game), S steps of the judge for each of
the generator, B points in a batch, D coordinates of a point, Z of the noise, C classes, whose
labels stand beside both as further columns.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from explorer.gans.networks import Network, Trace
from explorer.gans.normalised import NormalisedTrace
from explorer.gans.objectives import OBJECTIVES
from explorer.gans.optimizers import OPTIMIZERS
from explorer.gans.pairs import optimal_pairs
from explorer.gans.penalty import DoubleBackward
from explorer.gans.settings import GameSettings
from explorer.gans.spectral import SpectralNormalisation


class Generator:
    """Turns noise into points. Until its next update all its batches come from one pass."""

    def __init__(
        self, settings: GameSettings, dimensions: int, population: int | None, dtype: torch.dtype
    ) -> None:
        steps, batch = settings.critic_steps, settings.batch
        self._batch, self._steps = batch, steps
        hidden = [settings.width] * settings.depth
        sizes = [settings.noise_dim + settings.classes, *hidden, dimensions]
        self.network = Network(
            sizes, settings.activation, population, dtype, settings.normalisation
        )
        optimizer = OPTIMIZERS[settings.optimizer]
        self.optimizer = optimizer(self.network, settings.generator_rate, settings.betas)
        # Numbers are drawn into a matrix of their own: beside labels it takes ten times as long.
        self.noise = self._entering = self.network.buffer((steps + 1) * batch, settings.noise_dim)
        if settings.classes:
            self._entering = self.network.buffer((steps + 1) * batch, sizes[0]).zero_()
        self._drawn, self.labels = self._entering.split([settings.noise_dim, settings.classes], -1)
        self._entering_batches = self._entering.split(batch, dim=-2)
        self.own_labels = self.labels.narrow(-2, steps * batch, batch)

        self._all: Trace
        self._batches: list[Trace]
        if self.network.normalisation is None:
            self._all = Trace(self.network, (steps + 1) * batch)
            self._batches = [self._part(step) for step in range(steps + 1)]
        else:
            whole = NormalisedTrace(self.network, (steps + 1) * batch, steps + 1)
            self._all, self._batches = whole, [whole.only(step) for step in range(steps + 1)]
        self.for_judge = [trace.activations[-1] for trace in self._batches[:steps]]
        self._own = self._batches[steps]

    def _part(self, step: int) -> Trace:
        rows = slice(step * self._batch, (step + 1) * self._batch)
        return Trace(
            self.network, self._batch, [layer[..., rows, :] for layer in self._all.activations]
        )

    def imagine(self) -> None:
        """Turn all noise of one iteration into points."""
        self._enter()
        self._all.forward(self._entering)

    def imagine_batch(self, step: int) -> None:
        """Turn the noise of one batch into points; the last one is the generator's own."""
        self._enter()
        self._batches[step].forward(self._entering_batches[step])

    def _enter(self) -> None:
        if self._entering is not self.noise:
            self._drawn.copy_(self.noise)

    @property
    def points(self) -> Tensor:
        """The batch that the generator's own update is about."""
        return self._own.activations[-1]

    @property
    def wanted(self) -> Tensor:
        """Where the gradient of the generator's loss by `points` is written."""
        return self._own.pulls[-1]

    def differentiate(self) -> None:
        """Write the gradient by every parameter from `wanted`."""
        self._own.backward()
        self._own.differentiate(self._entering_batches[self._steps])

    def learn(self) -> None:
        """One update from `wanted`."""
        self.differentiate()
        self.optimizer.step()


class Judge:
    """The discriminator or critic: one number for each point.

    Real points, generated points and interpolates of one update lie below each other in one
    matrix, so that one pass serves all three. ``network`` is what judges, ``learned`` what the
    optimizer moves: the same, unless it is normalised.
    """

    def __init__(
        self, settings: GameSettings, dimensions: int, population: int | None, dtype: torch.dtype
    ) -> None:
        steps, batch, classes = settings.critic_steps, settings.batch, settings.classes
        self._settings, self._batch = settings, batch
        self._objective = OBJECTIVES[settings.objective]
        sizes = [dimensions + classes, *[settings.width] * settings.depth, 1]
        self.network = self.learned = Network(sizes, settings.activation, population, dtype)
        self.spectral: SpectralNormalisation | None = None
        if settings.spectral:
            self.learned = Network(sizes, settings.activation, population, dtype)
            self.spectral = SpectralNormalisation(self.network, self.learned)
        optimizer = OPTIMIZERS[settings.critic_optimizer]
        self.optimizer = optimizer(self.learned, settings.critic_rate, settings.critic_betas)

        between = self._objective.penalty == "between"
        parts = 3 if between else 2
        lead = self.network.lead
        self._points = torch.empty(steps, *lead, parts * batch, sizes[0], dtype=dtype)
        coordinates, labels = self._points.split([dimensions, classes], -1)
        self.real, self.fake, *mixed = coordinates.split(batch, dim=-2)
        self.labels = labels.unflatten(-2, (parts, batch))
        self.mixing = torch.empty(steps, *lead, batch, 1, dtype=dtype)
        self._trace = Trace(self.network, parts * batch)
        self.on_real, self.on_fake, *_ = self._trace.activations[-1].split(batch, dim=-2)
        self._pull_real, self._pull_fake, *on_between = self._trace.pulls[-1].split(batch, dim=-2)
        self._biased = [pull.narrow(-2, 0, 2 * batch) for pull in self._trace.pulls]

        self._double: DoubleBackward | None = None
        self._mixed: Tensor | None = None
        if between:
            self._mixed = mixed[0]
            self._rows_between = self._points.narrow(-2, 2 * batch, batch)
            self._double = DoubleBackward(
                self._trace, 2 * batch, batch, dimensions, settings.one_sided
            )
            on_between[0].fill_(1)
        elif self._objective.penalty == "real":
            self._double = DoubleBackward(self._trace, 0, batch, dimensions)
            self._rows_real = self._points.narrow(-2, 0, batch)
            self._own = self.network.buffer(2 * batch, 1).fill_(1)
            self._own_real = self._own.narrow(-2, 0, batch)
            self._pull_real.fill_(1)
        self._generated = Trace(self.network, batch)
        self.on_generated = self._generated.activations[-1]
        self._asked = self.network.buffer(batch, sizes[0])
        self._sees = self.network.weights[0].narrow(-1, 0, dimensions)
        self._slopes_written = self._generator_slopes_written = False

    def draw(self, rngs: Sequence[torch.Generator]) -> None:
        """First weights; a normalised judge draws the vectors of its iteration behind them."""
        self.learned.draw(rngs)
        if self.spectral:
            self.spectral.draw(rngs)

    @property
    def norms(self) -> Tensor | None:
        """‖∇judge‖ where the last update paid for it; None without a penalty."""
        return None if self._double is None else self._double.norms

    def between(self, step: int) -> Tensor | None:
        """The interpolates of a step, until its update overwrites them; None in a game without."""
        return None if self._mixed is None else self._mixed[step]

    def mix(self, steps: slice = slice(None)) -> None:
        """Put a point between each real and each generated one, for these steps."""
        if self._mixed is None:
            return
        real, fake = self.real[steps], self.fake[steps]
        if self._settings.pairs == "optimal":
            fake = self._paired(real, fake, self.labels[steps][..., 0, :, :])
        torch.lerp(fake, real, self.mixing[steps], out=self._mixed[steps])

    def _paired(self, real: Tensor, fake: Tensor, columns: Tensor) -> Tensor:
        batch, dimensions = real.shape[-2:]
        labels = columns.argmax(-1).view(-1, batch) if self._settings.classes else None
        theirs = fake.reshape(-1, batch, dimensions)
        matched = [
            cloud[optimal_pairs(mine, cloud, None if labels is None else labels[index])]
            for index, (mine, cloud) in enumerate(
                zip(real.reshape(-1, batch, dimensions), theirs, strict=True)
            )
        ]
        return torch.stack(matched).view(fake.shape)

    def weigh(self, step: int) -> None:
        """Judge the points of this step: `on_real` and `on_fake`."""
        self._trace.forward(self._points[step])

    def differentiate(self, step: int) -> None:
        """Write the gradient by every parameter, overwriting what the penalty looked at."""
        points, settings = self._points[step], self._settings
        kind = self._objective.penalty
        if not self._slopes_written:
            real, fake = self._objective.judge_slopes(self.on_real, self.on_fake)
            torch.div(real, self._batch, out=self._own_real if kind == "real" else self._pull_real)
            torch.div(fake, self._batch, out=self._pull_fake)
            self._slopes_written = self._objective.constant_slopes
        self._trace.backward()
        if self._double is None:
            self._trace.differentiate(points)
        elif kind == "between":
            self._double.lead_up(self._rows_between[step], settings.penalty_weight)
            self._trace.differentiate(points, self._biased)
            self._double.add_bend()
        else:
            self._double.lead_up_beside(self._rows_real[step], self._own_real, settings.r1_weight)
            self._trace.differentiate(points, shares=self._own)
            self._double.add_bend()
        if self.spectral:
            self.spectral.translate()

    def update(self) -> None:
        """Move the parameters, then clip or normalise them where the game says so."""
        self.optimizer.step()
        if self._objective.clips:
            clip = self._settings.clip
            self.learned.parameters.clamp_(-clip, clip)
        if self.spectral:
            self.spectral.follow()

    def learn(self, step: int) -> None:
        """One update on the points of this step."""
        self.weigh(step)
        self.differentiate(step)
        self.update()

    def pull_generator(self, points: Tensor, labels: Tensor, wanted: Tensor) -> None:
        """Write the gradient of the generator's mean loss by these generated points."""
        if self._settings.classes:
            points = torch.cat([points, labels], dim=-1, out=self._asked)
        outputs = self._generated.forward(points)
        if not self._generator_slopes_written:
            slope = self._objective.generator_slope(outputs)
            torch.div(slope, self._batch, out=self._generated.pulls[-1])
            self._generator_slopes_written = self._objective.constant_slopes
        self._generated.backward()
        self.network.matmul(self._generated.pulls[0], self._sees, out=wanted)
