"""The two players: each a network with its optimizer and the buffers of its own update.

Letters: P members of a population (no such axis for one game), S steps of the judge for each of
the generator, B points in a batch, D coordinates of a point, Z of the noise, C classes, whose
labels stand beside both as further columns.
"""

from collections.abc import Sequence
from typing import assert_never

import torch
from torch import Tensor

from explorer.gans.given import given_points
from explorer.gans.networks import Network, Trace
from explorer.gans.normalised import NormalisedTrace
from explorer.gans.objectives import Objective
from explorer.gans.optimizers import OPTIMIZERS
from explorer.gans.pairs import optimal_pairs
from explorer.gans.penalty import DoubleBackward
from explorer.gans.settings import GameSettings
from explorer.gans.spectral import SpectralNormalisation


class Generator:
    """Turns noise into points. Until its next update all its batches come from one pass.

    With ``given`` points it returns these and nothing that its network says.
    """

    def __init__(
        self,
        settings: GameSettings,
        dimensions: int,
        population: int | None,
        dtype: torch.dtype,
        given: Tensor | None = None,
    ) -> None:
        self.given, self._kind = given, settings.noise
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
        imagined = self._all.activations[-1].narrow(-2, 0, steps * batch)
        self.for_judge = imagined.unflatten(-2, (steps, batch)).movedim(-3, 0)
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
        if self.given is not None:
            self._all.activations[-1].copy_(given_points(self.given, self.noise, self._kind))

    def imagine_batch(self, step: int) -> None:
        """Turn the noise of one batch into points; the last one is the generator's own."""
        self._enter()
        self._batches[step].forward(self._entering_batches[step])
        if self.given is not None:
            noise = self.noise.split(self._batch, dim=-2)[step]
            made = given_points(self.given, noise, self._kind)
            self._batches[step].activations[-1].copy_(made)

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

    What a relativistic generator is compared with is ``beside``: the real points of the judge's
    last update, with their labels, and ``on_beside`` is what the judge says of them after it.
    """

    def __init__(
        self,
        settings: GameSettings,
        dimensions: int,
        population: int | None,
        dtype: torch.dtype,
        objective: Objective,
    ) -> None:
        steps, batch, classes = settings.critic_steps, settings.batch, settings.classes
        self._settings, self._batch, self._objective = settings, batch, objective
        sizes = [dimensions + classes, *[settings.width] * settings.depth, 1]
        self.network = self.learned = Network(sizes, settings.activation, population, dtype)
        self.spectral: SpectralNormalisation | None = None
        if settings.spectral:
            self.learned = Network(sizes, settings.activation, population, dtype)
            self.spectral = SpectralNormalisation(self.network, self.learned)
        optimizer = OPTIMIZERS[settings.critic_optimizer]
        self.optimizer = optimizer(self.learned, settings.critic_rate, settings.critic_betas)

        parts = 3 if objective.penalty == "between" else 2
        lead = self.network.lead
        self._points = torch.empty(steps, *lead, parts * batch, sizes[0], dtype=dtype)
        coordinates, labels = self._points.split([dimensions, classes], -1)
        self.real, self.fake, *mixed = coordinates.split(batch, dim=-2)
        self.labels = labels.unflatten(-2, (parts, batch))
        self.mixing = torch.empty(steps, *lead, batch, 1, dtype=dtype)
        self._by_step = self._points.unbind()  # each made once and not in every update
        self._trace = Trace(self.network, parts * batch)
        self.on_real, self.on_fake, *_ = self._trace.activations[-1].split(batch, dim=-2)
        # One number a point, without its column.
        self._outputs = self.on_real.squeeze(-1), self.on_fake.squeeze(-1)
        pulls = self._trace.pulls[-1].split(batch, dim=-2)
        self._slope_real, self._slope_fake = pulls[0].squeeze(-1), pulls[1].squeeze(-1)
        self._slopes_written = False

        self._double: DoubleBackward | None = None
        self._mixed = mixed[0] if mixed else None
        match objective.penalty:
            case "none":
                pass
            case "between":
                self._pay_between(dimensions)
            case "real":
                self._pay_at(dimensions, clouds=1)
            case "real and fake":
                self._pay_at(dimensions, clouds=2)
            case _:
                assert_never(objective.penalty)
        self._prepare_generator(dimensions)

    def _pay_between(self, dimensions: int) -> None:
        """Prepare a penalty at the interpolates, the third part of the rows."""
        batch, one_sided = self._batch, self._settings.one_sided
        weight = getattr(self._settings, self._objective.weighed_by)
        self._charged = self._points.narrow(-2, 2 * batch, batch).unbind()
        self._biased = [pull.narrow(-2, 0, 2 * batch) for pull in self._trace.pulls]
        self._trace.pulls[-1].narrow(-2, 2 * batch, batch).fill_(1)
        self._double = DoubleBackward(self._trace, 2 * batch, batch, weight, dimensions, one_sided)

    def _pay_at(self, dimensions: int, clouds: int) -> None:
        """Prepare a penalty at the real points, or with two ``clouds`` at the generated ones too.

        The slopes of those rows are kept apart, for their pulls are those of the output itself.
        """
        batch = self._batch
        rows = clouds * batch
        weight = clouds * getattr(self._settings, self._objective.weighed_by)
        self._charged = self._points.narrow(-2, 0, rows).unbind()
        self._own = self.network.buffer(2 * batch, 1).fill_(1)
        self._own_charged = self._own.narrow(-2, 0, rows)
        self._trace.pulls[-1].narrow(-2, 0, rows).fill_(1)
        own = self._own.split(batch, dim=-2)
        self._slope_real = own[0].squeeze(-1)
        if clouds == 2:
            self._slope_fake = own[1].squeeze(-1)
        self._double = DoubleBackward(self._trace, 0, rows, weight, dimensions)

    def _prepare_generator(self, dimensions: int) -> None:
        batch, network = self._batch, self.network
        self._generated = Trace(network, batch)
        self.on_generated = self._generated.activations[-1]
        self._own_outputs = self.on_generated.squeeze(-1)
        self._slope_generated = self._generated.pulls[-1].squeeze(-1)
        self._asked = network.buffer(batch, network.sizes[0])
        self._sees = network.weights[0].narrow(-1, 0, dimensions)
        self._generator_slopes_written = False
        self.beside: Tensor | None = None
        self.on_beside: Tensor | None = None
        if self._objective.relativistic:
            self.beside = network.buffer(batch, network.sizes[0])
            self._compared = Trace(network, batch)
            self.on_beside = self._compared.activations[-1]
            self._outputs_beside = self.on_beside.squeeze(-1)

    def draw(self, rngs: Sequence[torch.Generator]) -> None:
        """First weights; a normalised judge draws the vectors of its iteration behind them."""
        self.learned.draw(rngs)
        if self.spectral:
            self.spectral.draw(rngs)

    @property
    def norms(self) -> Tensor | None:
        """‖∇judge‖ where the last update paid for it; None without a penalty."""
        return None if self._double is None else self._double.norms

    def charged(self, step: int) -> Tensor | None:
        """Where a step pays, until its update overwrites it; None where it does not pay."""
        if self._double is None:
            return None
        return self._charged[step].narrow(-1, 0, self.real.shape[-1])

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
        points = self._by_step[step]
        if self.beside is not None:  # here, because a penalty overwrites them
            self.beside.copy_(points.narrow(-2, 0, self._batch))
        self._trace.forward(points)

    def differentiate(self, step: int) -> None:
        """Write the gradient by every parameter, overwriting what the penalty looked at."""
        points = self._by_step[step]
        if not self._slopes_written:
            real, fake = self._objective.judge_slopes(*self._outputs)
            torch.div(real, self._batch, out=self._slope_real)
            torch.div(fake, self._batch, out=self._slope_fake)
            self._slopes_written = self._objective.constant_slopes
        self._trace.backward()
        if self._double is None:
            self._trace.differentiate(points)
        elif self._mixed is not None:
            self._double.lead_up(self._charged[step])
            self._trace.differentiate(points, self._biased)
            self._double.add_bend()
        else:
            self._double.lead_up_beside(self._charged[step], self._own_charged)
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

    def compare(self) -> Tensor:
        """What the generator's loss sees of real points: `on_beside`, one number each.

        An objective that is not relativistic reads nothing of them, and nothing is computed.
        """
        if self.beside is None:
            return self._outputs[0]
        self._compared.forward(self.beside)
        return self._outputs_beside

    def pull_generator(self, points: Tensor, labels: Tensor, wanted: Tensor) -> None:
        """Write the gradient of the generator's mean loss by these generated points."""
        if self._settings.classes:
            points = torch.cat([points, labels], dim=-1, out=self._asked)
        self._generated.forward(points)
        real = self.compare()
        if not self._generator_slopes_written:
            _, slopes = self._objective.generator_slopes(real, self._own_outputs)
            torch.div(slopes, self._batch, out=self._slope_generated)
            self._generator_slopes_written = self._objective.constant_slopes
        self._generated.backward()
        self.network.matmul(self._generated.pulls[0], self._sees, out=wanted)
