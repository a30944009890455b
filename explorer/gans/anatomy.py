"""One iteration of a game taken apart into its numbered sub-steps, for slow motion.

Letters: P members of a population (a game alone has no such axis).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from torch import Tensor

from explorer.gans.objectives import Objective
from explorer.gans.players import Generator, Judge
from explorer.gans.settings import GameSettings

SUB_STEPS = (
    "draw_real",
    "draw_noise",
    "generate",
    "judge_real",
    "judge_fake",
    "penalty",
    "judge_gradient",
    "judge_update",
    "generator_noise",
    "generator_points",
    "judge_points",
    "generator_gradient",
    "generator_update",
)
"""the first eight once for each step of the judge, "penalty" only where it pays for one"""


@dataclass(frozen=True, eq=False)
class SubStep:
    """One of `SUB_STEPS`, and what it computed."""

    name: str
    judge_step: int | None
    """which of the judge's updates it belongs to, from 0; None in the generator's turn"""
    values: Mapping[str, Tensor]
    """copies, by name: batches as they enter and leave, gradients and changes as flat vectors"""


def taken_apart(
    generator: Generator, judge: Judge, settings: GameSettings, objective: Objective
) -> Iterator[SubStep]:
    """Play on from what was drawn, sub-step by sub-step, to the last bit of an undivided step.

    The arithmetic is done in the passes of the undivided step: all of an iteration's batches leave
    the generator in one of them, real and generated points are judged in one, and the penalty is
    part of the gradient's. What one pass computed is handed out piece by piece. Where the generator
    is relativistic, "judge_points" has the judge's answers at real points too, as ``beside``.
    """
    generator.imagine()
    judge.fake.copy_(generator.for_judge)
    judge.mix()
    noise = generator.noise.split(settings.batch, dim=-2)
    for step in range(settings.critic_steps):

        def done(name: str, step: int = step, **values: Tensor) -> SubStep:
            return SubStep(name, step, {key: value.clone() for key, value in values.items()})

        real, fake = judge.real[step].clone(), judge.fake[step].clone()
        yield done("draw_real", points=real)
        yield done("draw_noise", noise=noise[step])
        yield done("generate", points=fake)
        judge.weigh(step)
        on_real, on_fake = judge.on_real.squeeze(-1), judge.on_fake.squeeze(-1)
        slopes = objective.judge_slopes(on_real, on_fake)
        yield done("judge_real", outputs=on_real, slopes=slopes[0])
        yield done("judge_fake", outputs=on_fake, slopes=slopes[1])
        charged = judge.charged(step)
        where = None if charged is None else charged.clone()
        judge.differentiate(step)
        if where is not None and judge.norms is not None:
            yield done("penalty", points=where, norms=judge.norms.squeeze(-1))
        yield done("judge_gradient", gradient=judge.learned.gradient)
        before = judge.learned.parameters.clone()
        judge.update()
        yield done("judge_update", change=judge.learned.parameters - before)

    def own(name: str, **values: Tensor) -> SubStep:
        return SubStep(name, None, {key: value.clone() for key, value in values.items()})

    yield own("generator_noise", noise=noise[-1])
    yield own("generator_points", points=generator.points)
    judge.pull_generator(generator.points, generator.own_labels, generator.wanted)
    outputs = judge.on_generated.squeeze(-1)
    beside = judge.on_real if judge.on_beside is None else judge.on_beside
    _, on_own = objective.generator_slopes(beside.squeeze(-1), outputs)
    compared = {} if judge.on_beside is None else {"beside": beside.squeeze(-1)}
    yield own("judge_points", outputs=outputs, slopes=on_own, **compared)
    pull = generator.wanted * -settings.batch
    generator.differentiate()
    yield own("generator_gradient", pull=pull, gradient=generator.network.gradient)
    before = generator.network.parameters.clone()
    generator.optimizer.step()
    yield own("generator_update", change=generator.network.parameters - before)
