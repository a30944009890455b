"""A game between generator and judge, played step by step; or many games of equal settings at once.

Letters: P members of a population (a game alone has no such axis), S steps of the judge for each
of the generator, B points in a batch, R points of the caller, D coordinates of a point, Z of the
noise.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from explorer.gans.networks import Network, Trace
from explorer.gans.objectives import OBJECTIVES
from explorer.gans.penalty import interpolates
from explorer.gans.players import Generator, Judge
from explorer.gans.settings import GameSettings

Sampler = Callable[[int, torch.Generator], Tensor]
"""(n, rng) -> n real points, one a row"""

STREAMS = ("generator", "judge", "data", "noise", "mixing", "evaluation")
TRAINING_STREAMS = ("data", "noise", "mixing")


@dataclass(frozen=True, eq=False)
class Losses:
    """What the last step was worth, in the objective's own units; NaN before the first step.

    The judge's numbers belong to its last update of the step, measured before that update.
    """

    gap: Float[Tensor, "*P"]
    """E[judge(real)] − E[judge(generated)], without any penalty"""

    slope: Float[Tensor, "*P"]
    """E‖∇judge‖ at the interpolates; NaN in a game that has none"""

    penalty: Float[Tensor, "*P"]
    """λ E[(‖∇judge‖ − 1)²]; zero in a game without"""

    judge: Float[Tensor, "*P"]
    """what the judge minimises, the penalty included"""

    generator: Float[Tensor, "*P"]
    """what the generator minimises"""


@dataclass(frozen=True, eq=False)
class Draws:
    """Everything random in one step."""

    real: Float[Tensor, "S *P B D"]
    judge_noise: Float[Tensor, "S *P B Z"]
    mixing: Float[Tensor, "S *P B 1"]
    generator_noise: Float[Tensor, "*P B Z"]


class Game:
    """One game, or with ``seeds`` a population of games that differ in nothing but the seed.

    Each seed feeds separate streams of random numbers (first weights of either network, data,
    noise, mixing), so that games of equal seed and different objective start from the same
    weights and meet the same points and the same noise in the same order. What is asked of a game
    (`generate`, `judge`, `slopes`, ...) draws nothing from those streams.

    A member of a population has the weights and draws of the game alone with its seed bit for
    bit. Its course agrees up to rounding, because a batched matrix product adds in another order:
    at width 16 to 1e-7 after three steps and 1e-2 after a hundred, which amplify it, in float64
    to 1e-14 after a hundred.

    Raises ValueError when the sampler does not return one point a row.
    """

    def __init__(
        self,
        settings: GameSettings,
        sampler: Sampler,
        seeds: Sequence[int] | None = None,
        dtype: torch.dtype = torch.float32,
    ) -> None:
        self.settings = settings
        self.sampler = sampler
        self.seeds = (settings.seed,) if seeds is None else tuple(seeds)
        self.step_count = 0
        self._step_known = False
        population = None if seeds is None else len(self.seeds)
        one = sampler(1, torch.Generator())
        if one.dim() != 2:
            raise ValueError(f"a sampler must return one point a row, not shape {tuple(one.shape)}")

        self._objective = OBJECTIVES[settings.objective]
        self._generator = Generator(settings, one.shape[1], population, dtype)
        self._judge = Judge(settings, one.shape[1], population, dtype)
        self._rngs = {name: [_stream(seed, name) for seed in self.seeds] for name in STREAMS}
        self._generator.network.draw(self._rngs["generator"])
        self._judge.network.draw(self._rngs["judge"])
        judge = self._judge
        self._real = [judge.real] if population is None else judge.real.unbind(1)
        self._mixing = [judge.mixing] if population is None else judge.mixing.unbind(1)
        for last in self._last().values():
            last.fill_(torch.nan)

    @property
    def networks(self) -> dict[str, Network]:
        """Both networks, by the name of their player."""
        return {"generator": self._generator.network, "judge": self._judge.network}

    @torch.inference_mode()
    def step(self) -> None:
        """One step: ``critic_steps`` updates of the judge, then one of the generator.

        The generator does not change while the judge learns, so all its batches, its own
        included, are one pass.
        """
        self._draw()
        generator, judge = self._generator, self._judge
        generator.imagine()
        for step, points in enumerate(generator.for_judge):
            judge.fake[step].copy_(points)
        judge.mix()
        for step in range(self.settings.critic_steps):
            judge.learn(step)
        judge.pull_generator(generator.points, generator.wanted)
        generator.learn()
        self.step_count += 1
        self._step_known = True

    def _draw(self) -> None:
        steps, batch = self.settings.critic_steps, self.settings.batch
        noise = self._generator.noise.view(len(self.seeds), -1, self.settings.noise_dim)
        for member in range(len(self.seeds)):
            noise[member].normal_(generator=self._rngs["noise"][member])
            real = self.sampler(steps * batch, self._rngs["data"][member])
            self._real[member].copy_(real.view(steps, batch, -1))
            if self._objective.penalised:
                self._mixing[member].uniform_(generator=self._rngs["mixing"][member])

    def next_draws(self) -> Draws:
        """What the next step will draw; the step draws it again."""
        rngs = [rng for name in TRAINING_STREAMS for rng in self._rngs[name]]
        before = [rng.get_state() for rng in rngs]
        self._draw()
        for rng, state in zip(rngs, before, strict=True):
            rng.set_state(state)
        noise = self._generator.noise.clone().split(self.settings.batch, dim=-2)
        return Draws(
            real=self._judge.real.clone(),
            judge_noise=torch.stack(noise[:-1]),
            mixing=self._judge.mixing.clone(),
            generator_noise=noise[-1],
        )

    def evaluation_noise(self, count: int) -> Float[Tensor, "R Z"]:
        """Noise to look at the generator with: the same at every call and in every objective."""
        rng = _stream(self.seeds[0], "evaluation")
        return torch.randn(
            count, self.settings.noise_dim, generator=rng, dtype=self._judge.mixing.dtype
        )

    def generate(self, noise: Float[Tensor, "*Q R Z"]) -> Float[Tensor, "*P R D"]:
        """Points made from this noise, which members of a population may share."""
        return self._generator.network(self._for_all(noise))

    def judge(self, points: Float[Tensor, "*Q R D"]) -> Float[Tensor, "*P R"]:
        """The judge's number at these points: a logit or a critic's value, by objective."""
        return self._judge.network(self._for_all(points)).squeeze(-1)

    @torch.no_grad()
    def generator_pull(self, noise: Float[Tensor, "*Q R Z"]) -> Float[Tensor, "*P R D"]:
        """Where each point of `generate` is drawn: −dL_G/dx of that point's own term of L_G.

        The true magnitude of this game's own generator loss, not divided by the number of points
        and not the gradient of a sigmoid.
        """
        trace = Trace(self._judge.network, noise.shape[-2])
        outputs = trace.forward(self.generate(noise))
        trace.pulls[-1].copy_(self._objective.generator_slope(outputs))
        trace.backward()
        return trace.pull_on_points().neg_()

    @torch.no_grad()
    def slopes(self, points: Float[Tensor, "*Q R D"]) -> Float[Tensor, "*P R"]:
        """‖∇judge‖ at these points: of the logit or the critic's value, before any sigmoid."""
        trace = Trace(self._judge.network, points.shape[-2])
        trace.forward(self._for_all(points))
        trace.pulls[-1].fill_(1)
        trace.backward()
        return torch.linalg.vector_norm(trace.pull_on_points(), dim=-1)

    def slopes_between(
        self, real: Float[Tensor, "R D"], noise: Float[Tensor, "R Z"]
    ) -> Float[Tensor, "*P R"]:
        """‖∇judge‖ at interpolates of these real points and generated ones, mixed alike each time.

        Any game can be asked, whether or not it pays for them.
        """
        rng = _stream(self.seeds[0], "evaluation")
        mixing = torch.rand(len(real), 1, generator=rng, dtype=real.dtype)
        fake = self.generate(noise)
        lead = fake.shape[:-2]
        shared = (real.expand(*lead, *real.shape), fake, mixing.expand(*lead, *mixing.shape))
        return self.slopes(interpolates(*shared))

    def _for_all(self, rows: Tensor) -> Tensor:
        lead = self._judge.network.lead
        return rows.expand(*lead, *rows.shape) if rows.dim() == 2 and lead else rows

    @torch.no_grad()
    def losses(self) -> Losses:
        """What the last step was worth."""
        last = {name: outputs.squeeze(-1) for name, outputs in self._last().items()}
        real, fake = last["real"], last["fake"]
        gap = real.mean(-1) - fake.mean(-1)
        slope, penalty = torch.full_like(gap, torch.nan), torch.zeros_like(gap)
        if "norms" in last:
            slope = last["norms"].mean(-1)
            penalty = self.settings.penalty_weight * (last["norms"] - 1).square().mean(-1)
        return Losses(
            gap=gap,
            slope=slope,
            penalty=penalty,
            judge=self._objective.judge_loss(real, fake) + penalty,
            generator=self._objective.generator_loss(last["generated"]),
        )

    def _last(self) -> dict[str, Tensor]:
        judge = self._judge
        last = {"real": judge.on_real, "fake": judge.on_fake, "generated": judge.on_generated}
        return last if judge.norms is None else {**last, "norms": judge.norms}

    def finite(self) -> bool:
        """Whether every parameter and every output of the last step is a number.

        Cheap enough for every frame: one sum a network.
        """
        numbers = [network.parameters for network in self.networks.values()]
        if self._step_known:
            numbers += self._last().values()
        return bool(torch.isfinite(torch.stack([values.sum() for values in numbers])).all())

    def state(self) -> dict[str, np.ndarray]:
        """Everything a game needs to go on, and everything that is shown of its last step."""
        found = {"step": np.asarray(self.step_count)}
        for name, tensor in self._tensors().items():
            found[name] = tensor.numpy().copy()
        for name, network in self.networks.items():
            found[f"{name}.shape"] = np.asarray((len(self.seeds), *network.sizes))
        for name in TRAINING_STREAMS:
            found[f"rng.{name}"] = np.stack([rng.get_state().numpy() for rng in self._rngs[name]])
        for name, outputs in self._last().items():
            found[f"last.{name}"] = outputs.numpy().copy()
        return found

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Go on from a state, bit for bit.

        The settings may differ from those that the state was made with in everything but the
        shapes of the networks: that is a fork. `losses` is then NaN until its first step, if the
        state has none that fit. Raises ValueError for networks of another shape.
        """
        for name, network in self.networks.items():
            ours, given = (len(self.seeds), *network.sizes), tuple(state[f"{name}.shape"].tolist())
            if ours != given:
                raise ValueError(
                    f"the {name} must have members and sizes {_dashes(ours)}, not {_dashes(given)}"
                )
        self.step_count = int(state["step"])
        for name, tensor in self._tensors().items():
            tensor.copy_(torch.from_numpy(state[name]))
        for name in TRAINING_STREAMS:
            for rng, bits in zip(self._rngs[name], state[f"rng.{name}"], strict=True):
                rng.set_state(torch.from_numpy(bits.copy()))
        last = self._last()
        seen = {name: state.get(f"last.{name}", np.empty(0)) for name in last}
        self._step_known = self.step_count > 0 and all(
            seen[name].shape == tuple(outputs.shape) for name, outputs in last.items()
        )
        for name, outputs in last.items():
            if self._step_known:
                outputs.copy_(torch.from_numpy(seen[name]))
            else:
                outputs.fill_(torch.nan)

    def _tensors(self) -> dict[str, Tensor]:
        found = {}
        for name, player in (("generator", self._generator), ("judge", self._judge)):
            found[f"{name}.parameters"] = player.network.parameters
            found[f"{name}.adam.mean"] = player.adam.mean
            found[f"{name}.adam.square"] = player.adam.square
            found[f"{name}.adam.steps"] = player.adam.steps
        return found


def _stream(seed: int, name: str) -> torch.Generator:
    """A generator of its own for each use of a seed, so that no use shifts another."""
    words = np.random.SeedSequence((seed, STREAMS.index(name))).generate_state(1, np.uint64)
    return torch.Generator().manual_seed(int(words[0]))


def _dashes(numbers: Sequence[int]) -> str:
    return "-".join(map(str, numbers))
