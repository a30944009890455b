"""A game between generator and judge, played step by step; or many games of equal settings at once.

Letters: P members of a population (a game alone has no such axis), S steps of the judge for each
of the generator, B points in a batch, D coordinates of a point, Z of the noise.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int64
from torch import Tensor
from torch.nn.functional import one_hot

from explorer.gans.anatomy import SubStep, taken_apart
from explorer.gans.noise import NOISES
from explorer.gans.objectives import OBJECTIVES, Objective
from explorer.gans.players import Generator, Judge
from explorer.gans.settings import GameSettings
from explorer.gans.watching import STREAMS, Losses, Watched, stream

__all__ = ["Draws", "Game", "Losses", "Sampler"]

Sampler = Callable[[int, torch.Generator], Tensor | tuple[Tensor, Tensor]]
"""(n, rng) -> n real points, one a row; in a conditional game also their labels"""

TRAINING_STREAMS = ("data", "noise", "mixing")
OF_THE_GENERATOR = frozenset({"generated", "beside"})
"""what is kept of the judge's answers in the generator's turn"""


@dataclass(frozen=True, eq=False)
class Draws:
    """Everything random in one step."""

    real: Float[Tensor, "S *P B D"]
    judge_noise: Float[Tensor, "S *P B Z"]
    mixing: Float[Tensor, "S *P B 1"]
    generator_noise: Float[Tensor, "*P B Z"]
    labels: Int64[Tensor, "S *P B"] | None = None
    """of real and generated points alike; None without classes"""


class Game(Watched):
    """One game, or with ``seeds`` a population of games that differ in nothing but the seed.

    Each seed feeds separate streams of random numbers (first weights of either network, data,
    noise, mixing), so that games of equal seed and different objective start from the same
    weights and meet the same points and the same noise in the same order. What is asked of a game
    (`generate`, `judge`, `slopes`, ...) draws nothing from those streams.

    In a conditional game generated points take the labels of the real batch that they are judged
    beside, and the generator's own batch those of the judge's last one: labels follow the data. So
    do the real points that a relativistic generator is compared with: they are the judge's last
    batch, asked anew of the judge that has learned.

    A member of a population has the weights and draws of the game alone with its seed bit for
    bit, on one machine. Its course agrees up to rounding, because a batched matrix product adds
    in another order: at width 16 to about 1e-7 after three steps and 1e-2 after a hundred, which
    amplify it, in float64 to about 1e-14 after a hundred.

    All derivatives are written out; no setting needs automatic differentiation. An ``objective``
    may stand in the place of the one that the settings name. With ``given`` points the generator
    returns these, equally often, and never learns, whatever becomes of its weights.

    Raises ValueError when the sampler does not return one point a row, or no labels for classes.
    """

    def __init__(
        self,
        settings: GameSettings,
        sampler: Sampler,
        seeds: Sequence[int] | None = None,
        dtype: torch.dtype = torch.float32,
        objective: Objective | None = None,
        given: Tensor | None = None,
    ) -> None:
        self.settings = settings
        self.objective = objective or OBJECTIVES[settings.objective]
        self.sampler = sampler
        self.seeds = (settings.seed,) if seeds is None else tuple(seeds)
        self.step_count = 0
        population = None if seeds is None else len(self.seeds)
        one, _ = self._sampled(1, torch.Generator())
        if one.dim() != 2:
            raise ValueError(f"a sampler must return one point a row, not shape {tuple(one.shape)}")

        self._generator = Generator(settings, one.shape[1], population, dtype, given)
        self._judge = Judge(settings, one.shape[1], population, dtype, self.objective)
        self._rngs = {name: [stream(seed, name) for seed in self.seeds] for name in STREAMS}
        self._generator.network.draw(self._rngs["generator"])
        self._judge.draw(self._rngs["judge"])
        generator, judge = self._generator, self._judge
        whole = len(self.seeds), generator.noise.shape[-2]
        self._noise = generator.noise.view(*whole, settings.noise_dim).unbind()
        self._imagined_labels = generator.labels.view(*whole, settings.classes).unbind()
        by_member = (lambda each: (each,)) if population is None else (lambda each: each.unbind(1))
        self._real, self._mixing = by_member(judge.real), by_member(judge.mixing)
        self._judged_labels = by_member(judge.labels)
        self._beside: Sequence[Tensor] = ()
        if judge.beside is not None:
            self._beside = judge.beside.view(len(self.seeds), *judge.beside.shape[-2:]).unbind()
        self._known: frozenset[str] = frozenset()
        self._forget()

    def _sampled(self, count: int, rng: torch.Generator) -> tuple[Tensor, Tensor | None]:
        drawn = self.sampler(count, rng)
        labelled = isinstance(drawn, tuple)
        if labelled != (self.settings.classes > 0):
            raise ValueError(
                "a sampler must return points and labels where there are classes, and points alone "
                f"where there are none: classes is {self.settings.classes}"
            )
        return drawn if isinstance(drawn, tuple) else (drawn, None)

    @torch.inference_mode()
    def step(self) -> None:
        """One step: ``critic_steps`` updates of the judge, then one of the generator.

        The generator does not change while the judge learns, so all its batches, its own
        included, are one pass.
        """
        self._draw()
        generator, judge = self._generator, self._judge
        generator.imagine()
        judge.fake.copy_(generator.for_judge)
        judge.mix()
        for step in range(self.settings.critic_steps):
            judge.learn(step)
        judge.pull_generator(generator.points, generator.own_labels, generator.wanted)
        generator.learn()
        self._finish()

    @torch.no_grad()  # as a decorator it ends at every yield; a with-block would reach the caller
    def anatomy(self) -> Iterator[SubStep]:
        """The same step taken apart; once exhausted, the game is where `step` leads, bit for bit.

        Until then the game stands between two steps and must not be asked for its state.
        """
        self._draw()
        yield from taken_apart(self._generator, self._judge, self.settings, self.objective)
        self._finish()

    def _finish(self) -> None:
        self.step_count += 1
        self._known = frozenset(self._last())

    @torch.inference_mode()
    def step_judge(self) -> None:
        """One update of the judge alone, on points and noise of its own; it counts as no step."""
        batch, generator, judge = self.settings.batch, self._generator, self._judge
        for member in range(len(self.seeds)):
            self._draw_noise(member, self._noise[member][:batch])
            self._draw_real(member, 1)
        generator.imagine_batch(0)
        judge.fake[0].copy_(generator.for_judge[0])
        judge.mix(slice(0, 1))
        judge.learn(0)
        self._known |= set(self._last()) - OF_THE_GENERATOR

    @torch.inference_mode()
    def step_generator(self) -> None:
        """One update of the generator alone, against the judge as it is; it counts as no step.

        Labels, and real points to be compared with, are drawn for it where it needs any.
        """
        batch, generator = self.settings.batch, self._generator
        for member in range(len(self.seeds)):
            self._draw_noise(member, self._noise[member][-batch:])
            if self.settings.classes or self.objective.relativistic:
                self._draw_beside(member)
        generator.imagine_batch(self.settings.critic_steps)
        self._judge.pull_generator(generator.points, generator.own_labels, generator.wanted)
        generator.learn()
        self._known |= OF_THE_GENERATOR & set(self._last())

    def _draw(self) -> None:
        for member in range(len(self.seeds)):
            self._draw_noise(member, self._noise[member])
            self._draw_real(member, self.settings.critic_steps)

    def _draw_noise(self, member: int, into: Tensor) -> None:
        NOISES[self.settings.noise].draw_(into, self._rngs["noise"][member])

    def _draw_real(self, member: int, steps: int) -> None:
        batch = self.settings.batch
        points, labels = self._sampled(steps * batch, self._rngs["data"][member])
        self._real[member][:steps].copy_(points.view(steps, batch, -1))
        if self.objective.penalty == "between":
            self._mixing[member][:steps].uniform_(generator=self._rngs["mixing"][member])
        if labels is not None:
            columns = self._columns(labels)
            self._imagined_labels[member][: steps * batch].copy_(columns)
            self._imagined_labels[member][-batch:].copy_(columns[-batch:])
            self._judged_labels[member][:steps].copy_(columns.view(steps, 1, batch, -1))

    def _draw_beside(self, member: int) -> None:
        """Labels of the generator's own batch, and the real points that it is compared with."""
        points, labels = self._sampled(self.settings.batch, self._rngs["data"][member])
        rows = points
        if labels is not None:
            columns = self._columns(labels)
            self._imagined_labels[member][-self.settings.batch :].copy_(columns)
            rows = torch.cat([points, columns], dim=-1)
        if self._beside:
            self._beside[member].copy_(rows)

    def _columns(self, labels: Tensor | None) -> Tensor:
        assert labels is not None
        return one_hot(labels, self.settings.classes)

    def next_draws(self) -> Draws:
        """What the next step will draw; the step draws it again."""
        rngs = [rng for name in TRAINING_STREAMS for rng in self._rngs[name]]
        before = [rng.get_state() for rng in rngs]
        self._draw()
        for rng, state in zip(rngs, before, strict=True):
            rng.set_state(state)
        noise = self._generator.noise.clone().split(self.settings.batch, dim=-2)
        labels = self._judge.labels[..., 0, :, :].argmax(-1) if self.settings.classes else None
        return Draws(
            real=self._judge.real.clone(),
            judge_noise=torch.stack(noise[:-1]),
            mixing=self._judge.mixing.clone(),
            generator_noise=noise[-1],
            labels=labels,
        )

    def finite(self) -> bool:
        """Whether every parameter and every output of the last step is a number.

        Cheap enough for every frame: one sum a network.
        """
        numbers = [network.parameters for network in self.networks.values()]
        numbers += [outputs for name, outputs in self._last().items() if name in self._known]
        return bool(torch.isfinite(torch.stack([values.sum() for values in numbers])).all())

    def state(self) -> dict[str, np.ndarray]:
        """Everything a game needs to go on, and everything that is shown of its last step."""
        found = {"step": np.asarray(self.step_count)}
        for name, tensor in {**self._weights(), **self._memories()}.items():
            found[name] = tensor.numpy().copy()
        for name, network in self.networks.items():
            found[f"{name}.shape"] = np.asarray((len(self.seeds), *network.sizes))
        for name in TRAINING_STREAMS:
            found[f"rng.{name}"] = np.stack([rng.get_state().numpy() for rng in self._rngs[name]])
        for name, outputs in self._last().items():
            if name in self._known:
                found[f"last.{name}"] = outputs.numpy().copy()
        return found

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Go on from a state, bit for bit.

        The settings may differ from those that the state was made with in everything but the
        shapes of the networks: that is a fork, and how a dial is turned while a game trains. It
        keeps the weights and the streams of random numbers. An optimizer keeps its memory where
        the state has one of its kind, whatever its rate and betas, and starts afresh elsewhere;
        so do the running averages of a batch normalisation. Spectral normalisation divides the
        weights that it finds from now on, and no longer where it was turned off. `losses` is NaN
        until its first step, if the state has none that fit.

        Raises ValueError for networks of another shape, and where only one of the two generators
        is normalised.
        """
        self._check_shapes(state)
        self.step_count = int(state["step"])
        for name, tensor in self._weights().items():
            tensor.copy_(torch.from_numpy(state[name]))
        for name, tensor in self._memories().items():
            if name in state:
                tensor.copy_(torch.from_numpy(state[name]))
            else:
                tensor.fill_(1.0 if name.endswith("running.variance") else 0.0)
        if self._judge.spectral:
            self._judge.spectral.resume()
        for name in TRAINING_STREAMS:
            for rng, bits in zip(self._rngs[name], state[f"rng.{name}"], strict=True):
                rng.set_state(torch.from_numpy(bits.copy()))
        self._forget()
        last = self._last()
        for names in (OF_THE_GENERATOR & set(last), set(last) - OF_THE_GENERATOR):
            seen = {name: state.get(f"last.{name}", np.empty(0)) for name in names}
            if all(value.shape == tuple(last[name].shape) for name, value in seen.items()):
                self._known |= names
                for name, value in seen.items():
                    last[name].copy_(torch.from_numpy(value))

    def _check_shapes(self, state: Mapping[str, np.ndarray]) -> None:
        for name, network in self.networks.items():
            ours, given = (len(self.seeds), *network.sizes), tuple(state[f"{name}.shape"].tolist())
            if ours != given:
                raise ValueError(
                    f"the {name} must have members and sizes {_dashes(ours)}, not {_dashes(given)}"
                )
        if state["generator.parameters"].shape != tuple(
            self.networks["generator"].parameters.shape
        ):
            raise ValueError("a generator cannot gain or lose its normalisation while it trains")

    def _forget(self) -> None:
        self._known = frozenset()
        for last in self._last().values():
            last.fill_(torch.nan)

    def _weights(self) -> dict[str, Tensor]:
        return {f"{name}.parameters": network.parameters for name, network in self.learned.items()}

    def _memories(self) -> dict[str, Tensor]:
        found = {}
        for name, player in (("generator", self._generator), ("judge", self._judge)):
            for what, tensor in player.optimizer.memory.items():
                found[f"{name}.{player.optimizer.name}.{what}"] = tensor
        normalisation = self._generator.network.normalisation
        for what, tensor in normalisation.running.items() if normalisation else ():
            found[f"generator.running.{what}"] = tensor
        spectral = self._judge.spectral
        for what, tensor in spectral.vectors.items() if spectral else ():
            found[f"judge.spectral.{what}"] = tensor
        return found


def _dashes(numbers: Sequence[int]) -> str:
    return "-".join(map(str, numbers))
