"""The duality gap: how much either player could still gain, measured by letting it try.

Letters: P members of a population (a game alone has no such axis), R held-out points.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from explorer.gans.game import TRAINING_STREAMS, Game
from explorer.gans.objectives import Loss, Objective, Outputs

STEPS = 100
HELD_OUT = 1_024
EVERY = 10  # steps between two looks at the value
SEED = 0x617564  # of everything an audit draws, apart from every stream of a game


class AgainstValue(Objective):
    """L_D as it is,  L_G = −L_D: the generator descends on what the judge maximises."""

    name = "against_value"
    label = "against the judge's own value"
    title = "zero-sum"
    note = "against the judge's own value"
    short = "zero-sum"
    spoken = "zero-sum game"
    formula = r"L_G = -L_D"
    source = "Grnarova et al. 2019, section 4"

    def __init__(self, rules: Objective) -> None:
        self._rules = rules
        self.relativistic = rules.relativistic

    def judge_loss(self, real: Outputs, fake: Outputs) -> Loss:
        return self._rules.judge_loss(real, fake)

    def judge_slopes(self, real: Outputs, fake: Outputs) -> tuple[Outputs, Outputs]:
        return self._rules.judge_slopes(real, fake)

    def generator_loss(self, real: Outputs, fake: Outputs) -> Loss:
        return -self.judge_loss(real, fake)

    def generator_slopes(self, real: Outputs, fake: Outputs) -> tuple[Outputs, Outputs]:
        on_real, on_fake = self.judge_slopes(real, fake)
        return -on_real, -on_fake


@dataclass(frozen=True, eq=False)
class DualityGap:
    """max_v' M(u, v') − min_u' M(u', v), where M is what the judge maximises (−L_D, no penalty).

    Never negative, and zero only where neither player gains by moving alone (Grnarova et al.
    2019, section 4). In the units of the objective's own M: not comparable across objectives.
    """

    value: Float[Tensor, "*P"]  # M(u, v) of the players as they are
    best_judge: Float[Tensor, "*P"]  # the most that a copy of the judge reached
    best_generator: Float[Tensor, "*P"]  # the least that a copy of the generator reached
    judge_gain: Float[Tensor, "*P"]
    generator_gain: Float[Tensor, "*P"]
    gap: Float[Tensor, "*P"]  # the sum of both gains


def duality_gap(game: Game, steps: int = STEPS, held_out: int = HELD_OUT) -> DualityGap:
    """Train copies of judge and generator for `steps` updates each, one against the other as is.

    Both learn from data and noise that no training step of the game draws, and are judged on
    `held_out` fixed points of another stream; the best of the iterates counts, every tenth, the
    start included, so that neither gain is negative. The copies keep optimizers and rates. Equal
    games give equal audits bit for bit, and the game itself is left as it is.

    Deviations: Grnarova et al. take the last iterate, and refine from further starts. The
    generator's copy descends on M itself where its own loss is that, or the objective says
    ``plays_value`` (whatever has a non-saturating loss); least squares and hinge keep their own
    loss, and their gains are then lower bounds. ValueError below one step or two held-out points.
    """
    if steps < 1:
        raise ValueError(f"steps must be at least 1, not {steps}")
    if held_out < 2:
        raise ValueError(f"held_out must be at least 2 points, not {held_out}")
    rules, rng = game.objective, torch.Generator().manual_seed(SEED)
    drawn = game.sampler(held_out, rng)
    real, labels = drawn if isinstance(drawn, tuple) else (drawn, None)
    noise = torch.rand if game.settings.noise == "uniform" else torch.randn
    latent = noise(held_out, game.settings.noise_dim, generator=rng)
    latent = latent * 2 - 1 if game.settings.noise == "uniform" else latent

    def value(players: Game) -> Tensor:
        dtype = players.networks["judge"].parameters.dtype
        fake = players.generate(latent.to(dtype), labels)
        on_real, on_fake = players.judge(real.to(dtype), labels), players.judge(fake, labels)
        return -rules.judge_loss(on_real, on_fake)

    state = _apart(game)
    judging = _copy(game, state, rules)
    playing = _copy(game, state, AgainstValue(rules) if rules.plays_value else rules)
    start = value(game)
    best_judge, best_generator = start.clone(), start.clone()
    for step in range(1, steps + 1):
        judging.step_judge()
        playing.step_generator()
        if step % EVERY == 0 or step == steps:
            best_judge = torch.fmax(best_judge, value(judging))
            best_generator = torch.fmin(best_generator, value(playing))
    return DualityGap(
        value=start,
        best_judge=best_judge,
        best_generator=best_generator,
        judge_gain=best_judge - start,
        generator_gain=start - best_generator,
        gap=best_judge - best_generator,
    )


def _apart(game: Game) -> dict[str, np.ndarray]:
    """The game's state with streams of random numbers that its training never meets."""
    state = game.state()
    for index, name in enumerate(TRAINING_STREAMS):
        seeds = [
            np.random.SeedSequence((SEED, seed, index)).generate_state(1, np.uint64)[0]
            for seed in game.seeds
        ]
        rngs = [torch.Generator().manual_seed(int(seed)) for seed in seeds]
        state[f"rng.{name}"] = np.stack([rng.get_state().numpy() for rng in rngs])
    return state


def _copy(game: Game, state: Mapping[str, np.ndarray], objective: Objective) -> Game:
    alone = game.networks["judge"].lead == ()
    copied = Game(
        game.settings,
        game.sampler,
        None if alone else game.seeds,
        game.networks["judge"].parameters.dtype,
        objective,
        game.given,
    )
    copied.restore(state)
    return copied
