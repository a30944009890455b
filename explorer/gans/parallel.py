"""Two parallel lines: the example for which the Wasserstein distance was put into GANs.

Z ~ U[0, 1]; the real points are (0, Z), the generated ones (θ, Z) (Arjovsky et al. 2017,
example 1). The only thing to learn is θ.

Letters: n points of a sample.
"""

import math
from dataclasses import dataclass, replace

import torch
from jaxtyping import Float32
from torch import Tensor

from explorer.gans.distances import js_by_discriminator
from explorer.gans.objectives import OBJECTIVES
from explorer.gans.penalty import penalty

WIDTH = 32
BATCH = 256
RATE = 1e-2
HELD_OUT = 1_024  # points a side that the numbers are measured on


@dataclass(frozen=True)
class LineDistances:
    """What lies between the lines, exactly."""

    w1: float  # |θ|
    js: float  # nats: log 2, or 0 where the lines are one
    kl: float  # +infinity either way
    total_variation: float  # 1


def line_distances(theta: float) -> LineDistances:
    """|θ|, log 2, infinity and 1; all zero at θ = 0. W1 alone has a slope: sign θ."""
    apart = theta != 0
    return LineDistances(
        w1=abs(theta),
        js=math.log(2) if apart else 0.0,
        kl=math.inf if apart else 0.0,
        total_variation=float(apart),
    )


def line_points(theta: float, n: int, rng: torch.Generator) -> Float32[Tensor, "n 2"]:
    """n points (θ, Z)."""
    points = torch.rand(n, 2, generator=rng)
    points[:, 0] = theta
    return points


@dataclass(frozen=True)
class TrainedJudge:
    """A judge that was trained between the two lines, and what it tells the generator."""

    objective: str
    theta: float
    gap: float  # E judge(real) − E judge(generated), held out, without penalty
    accuracy: tuple[float, float] | None  # of a discriminator; None for a critic
    js: float | None  # nats, by the discriminator: at most log 2
    generator_loss: float
    pull: float  # −dL_G/dθ: where the generator's own loss drives θ
    slope: float  # ‖∇judge‖ in the mean over the generated points


def trained_judge(
    objective: str,
    theta: float,
    steps: int = 200,
    seed: int = 0,
    penalty_weight: float = 0.1,
    clip: float = 0.01,
) -> TrainedJudge:
    """Train a judge of 2-32-32-1 leaky ReLU between the lines, and ask for its pull on θ.

    By automatic differentiation, with Adam at 1e-2 and the betas .5 and .9, fresh batches of 256
    a side. With a well trained judge the pull of minimax vanishes while that of the
    non-saturating loss does not, because the discriminator of finite training is steep between
    the lines (Fedus et al. 2018); a penalised critic's pull stays. The penalty weight is that of
    whatever penalty there is: λ of WGAN-GP, γ of R1 and R2.
    ValueError for an unknown objective, a θ beyond ±10, or less than one step.
    """
    if objective not in OBJECTIVES:
        raise ValueError(
            f"unknown objective {objective!r}; choose from {', '.join(map(repr, OBJECTIVES))}"
        )
    if not -10 <= theta <= 10:
        raise ValueError(f"theta must be between -10 and 10, not {theta:g}")
    if steps < 1:
        raise ValueError(f"steps must be at least 1, not {steps}")
    rules, rng = OBJECTIVES[objective], torch.Generator().manual_seed(seed)
    judge = _judge(rng)

    def said(points: Tensor) -> Tensor:
        return judge(points)[..., 0]

    adam = torch.optim.Adam(judge.parameters(), lr=RATE, betas=(0.5, 0.9))
    for _ in range(steps):
        real, fake = line_points(0.0, BATCH, rng), line_points(theta, BATCH, rng)
        mixing = torch.rand(BATCH, 1, generator=rng)
        loss = rules.judge_loss(said(real), said(fake))
        if rules.pays:
            loss = loss + penalty_weight * penalty(rules.penalty, said, real, fake, mixing)
        adam.zero_grad()
        loss.backward()
        adam.step()
        if rules.clips:
            with torch.no_grad():
                for parameter in judge.parameters():
                    parameter.clamp_(-clip, clip)
    return _asked(judge, objective, theta, rng)


def _judge(rng: torch.Generator) -> torch.nn.Sequential:
    layers: list[torch.nn.Module] = []
    for inputs, outputs in ((2, WIDTH), (WIDTH, WIDTH), (WIDTH, 1)):
        linear = torch.nn.utils.skip_init(torch.nn.Linear, inputs, outputs)
        for parameter in linear.parameters():
            torch.nn.init.uniform_(parameter, -(inputs**-0.5), inputs**-0.5, generator=rng)
        layers += [linear, torch.nn.LeakyReLU(0.2)]
    return torch.nn.Sequential(*layers[:-1])


def _asked(
    judge: torch.nn.Sequential, objective: str, theta: float, rng: torch.Generator
) -> TrainedJudge:
    rules = OBJECTIVES[objective]
    real, fake = line_points(0.0, HELD_OUT, rng), line_points(theta, HELD_OUT, rng)
    fake.requires_grad_()
    on_real, on_fake = judge(real)[:, 0], judge(fake)[:, 0]
    (slopes,) = torch.autograd.grad(on_fake.sum(), fake, retain_graph=True)
    loss = rules.generator_loss(on_real, on_fake)
    (pull,) = torch.autograd.grad(loss, fake)
    on_real, on_fake = on_real.detach(), on_fake.detach()
    found = TrainedJudge(
        objective=objective,
        theta=theta,
        gap=float(on_real.mean() - on_fake.mean()),
        accuracy=None,
        js=None,
        generator_loss=float(loss.detach()),
        pull=-float(pull[:, 0].sum()),
        slope=float(slopes.norm(dim=1).mean()),
    )
    if not rules.gives_probability:
        return found
    right = float((on_real > 0).float().mean()), float((on_fake < 0).float().mean())
    return replace(found, accuracy=right, js=js_by_discriminator(on_real, on_fake))
