"""The smallest game that tells objectives apart: two numbers, one equilibrium, a phase portrait.

The data is a single point at 0, the generator a single point at θ, the judge the line
D(x) = ψ x, and both players move along the vector field v(θ, ψ) with step h (Mescheder, Geiger &
Nowozin 2018, section 2 and their notebook DiracGAN). As there, D is larger on generated points:
the generator lowers f(ψ θ), the judge raises f(ψ θ) + f(0), with f(t) = −log(1 + e^−t) for a GAN.
The equilibrium is θ = ψ = 0, and whether a method reaches it is read off here: WGAN-GP circles
around it and R1 arrives. The game of an objective follows from its own losses (`of_objective`).

Letters: n points of the plane (θ, ψ), T steps.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, assert_never

import numpy as np
import torch
from jaxtyping import Complex128, Float64
from torch import Tensor

from explorer.gans.arithmetic import Field, Numbers, on_numbers
from explorer.gans.objectives import OBJECTIVES
from explorer.gans.penalty import Where

STEP = 0.2
STEPS = 500
START = (1.0, 1.0)
NOISE = 0.7  # standard deviation of the instance noise in the notebook
PENALTY = 0.7  # of WGAN-GP in the notebook, whose target slope is 1
CLIP = 1.0
CONSENSUS = 1.0
GAMMA = 0.3  # of R1, and of R1 + R2, where nothing else is said

Verdict = Literal["converges", "slow", "circles", "diverges"]


@dataclass(frozen=True)
class DiracGame:
    """One objective on two numbers."""

    name: str
    label: str
    field: Field
    clip: float | None = None  # |ψ| after each of the judge's steps
    smooth: bool = True  # whether the field has a derivative at the equilibrium
    weighed: "Callable[[float], DiracGame] | None" = None
    """γ -> the same game with that weight of R1 or R1 + R2; None where there is neither"""

    @property
    def title(self) -> str:
        """What it is called whatever its weight."""
        return self.label.partition(", γ")[0] if self.weighed else self.label


def of_objective(name: str, label: str = "", gamma: float = GAMMA) -> DiracGame:
    """The game of two numbers that an objective plays, from the slopes of its own losses.

    With t = −D the real point has t = 0 and the generated one t = −ψ θ, whence θ' = ψ ∂L_G/∂t and
    ψ' = θ ∂L_D/∂t, less the slope of the penalty by ψ: γ ψ for R1, 2γ ψ for R1 + R2, and for
    WGAN-GP 0.7 (|ψ| − 1) sign ψ as in the notebook, which jumps at ψ = 0. Clipped weights are kept
    within ±1. The label is that of the objective unless told otherwise. ValueError for an unknown
    name.
    """
    if name not in OBJECTIVES:
        known = ", ".join(map(repr, OBJECTIVES))
        raise ValueError(f"unknown objective {name[:40]!r}; choose from {known}")
    rules = OBJECTIVES[name]

    def field(theta: Tensor, psi: Tensor) -> tuple[Tensor, Tensor]:
        fake = -(psi * theta)[..., None]  # a batch of one point
        real = torch.zeros_like(fake)
        down, up = rules.generator_slopes(real, fake)[1], rules.judge_slopes(real, fake)[1]
        return psi * down[..., 0], theta * up[..., 0] - _penalty_slope(rules.penalty, gamma, psi)

    called = label or rules.spoken
    by_gamma = rules.penalty in ("real", "real and fake")
    return DiracGame(
        name=name,
        label=f"{called}, γ = {gamma:g}" if by_gamma else called,
        field=field,
        clip=CLIP if rules.clips else None,
        smooth=rules.penalty != "between",
        weighed=(lambda weight: of_objective(name, label, weight)) if by_gamma else None,
    )


def _penalty_slope(where: Where, gamma: float, psi: Tensor) -> Tensor:
    match where:
        case "none":
            return torch.zeros_like(psi)
        case "between":
            return PENALTY * (psi.abs() - 1) * psi.sign()
        case "real":
            return gamma * psi
        case "real and fake":
            return 2 * gamma * psi
        case _:
            assert_never(where)


def _rise(t: Tensor) -> Tensor:
    """f'(t) = 1 / (1 + e^t) of a GAN."""
    return torch.sigmoid(-t)


def _least_squares(theta: Tensor, psi: Tensor) -> tuple[Tensor, Tensor]:
    return -psi * (1 + psi * theta), theta * (1 - psi * theta)


def _instance_noise(theta: Tensor, psi: Tensor) -> tuple[Tensor, Tensor]:
    at, weights = np.polynomial.hermite_e.hermegauss(32)
    noise = NOISE * torch.from_numpy(at)
    share = torch.from_numpy(weights / weights.sum())
    theta, psi = theta[..., None], psi[..., None]
    rise = _rise(psi * (theta + noise))
    toward = (theta + noise) * rise - noise * _rise(-psi * noise)
    return (-psi * rise) @ share, toward @ share


def r1(gamma: float) -> DiracGame:
    """The GAN with R1: ψ' = θ f'(ψθ) − γ ψ. Its eigenvalues are −γ/2 ± sqrt(γ²/4 − 1/4).

    Mescheder et al. 2018, lemma 4.1 and after: no oscillation from γ = 1 on. The penalty
    γ/2 ‖∇D‖² has the slope γ ψ. Their generator has the loss of minimax, where the match has the
    one that does not saturate: at the equilibrium both are the same.
    """
    gan = of_objective("minimax").field

    def field(theta: Tensor, psi: Tensor) -> tuple[Tensor, Tensor]:
        down, up = gan(theta, psi)
        return down, up - gamma * psi

    return DiracGame("r1", f"R1, γ = {gamma:g}", field, weighed=r1)


def consensus(strength: float = CONSENSUS, bend: float = 1.0) -> DiracGame:
    """v − strength · ∇½‖v‖² of the GAN (Mescheder et al. 2017).

    ∇½‖v‖² = f'² (θ, ψ) + bend · f' f'' ‖(θ, ψ)‖² (ψ, θ) with bend = 1. The notebook has 1/2,
    which is the same at the equilibrium and not away from it: from (1, 1) with five steps of the
    judge and h = 0.2 its game arrives, and the exact one does not.
    """

    def field(theta: Tensor, psi: Tensor) -> tuple[Tensor, Tensor]:
        rise = _rise(psi * theta)
        curve = -rise * (1 - rise)  # f''
        mixed = bend * rise * curve * (theta.square() + psi.square())
        return (
            -psi * rise - strength * (rise.square() * theta + mixed * psi),
            theta * rise - strength * (rise.square() * psi + mixed * theta),
        )

    return DiracGame("consensus", "consensus", field)


def _games() -> dict[str, DiracGame]:
    """The games of the notebook in its order, and of every other objective behind them."""
    wasserstein = of_objective("wasserstein_clip").field
    known = (
        of_objective("minimax", "GAN"),
        of_objective("non_saturating", "non-saturating GAN"),
        # labels −1 and 1, for with 0 and 1 the line D(x) = ψx has no equilibrium of its own
        DiracGame("least_squares", "least squares", _least_squares),
        of_objective("hinge", "hinge"),
        DiracGame("wasserstein", "WGAN", wasserstein),
        of_objective("wasserstein_clip", "WGAN, clipped at 1"),
        of_objective("wasserstein_gp"),
        # the notebook draws 1,000 values a step; here their expectation
        DiracGame("instance_noise", "GAN, instance noise 0.7", _instance_noise),
        r1(GAMMA),
        replace(r1(1.0), name="r1_critical", weighed=None),
        consensus(),
    )
    found = {game.name: game for game in known}
    return found | {name: of_objective(name) for name in OBJECTIVES if name not in found}


DIRAC_GAMES = _games()


def velocities(game: DiracGame, points: Float64[Tensor, "n 2"]) -> Float64[Tensor, "n 2"]:
    """The field at points (θ, ψ): the arrows of the phase portrait."""
    return torch.stack(game.field(points[:, 0], points[:, 1]), dim=1)


def trajectory(
    game: DiracGame,
    start: tuple[float, float] = START,
    judge_steps: int = 0,
    steps: int = STEPS,
    h: float = STEP,
) -> Float64[Tensor, "T 2"]:
    """(θ, ψ) before the first step and after each: `steps` + 1 rows.

    ``judge_steps`` 0 moves both players at once; n lets the generator move first and then the
    judge n times, each answering what it sees (the notebook's order). A run that leaves 1e6 stays
    where it left. ValueError for a start or a step that is not a number.
    """
    if not all(map(math.isfinite, (*start, h))) or h <= 0:
        raise ValueError(f"start and step must be finite numbers and the step positive, not {h:g}")
    if not 0 <= judge_steps <= 100:
        raise ValueError(f"judge_steps must be between 0 and 100, not {judge_steps}")
    move = _arithmetic(game.field)
    theta, psi = float(start[0]), float(start[1])
    found = [(theta, psi)]
    for _ in range(steps):
        if max(abs(theta), abs(psi)) > 1e6:
            found.append((theta, psi))
            continue
        down, up = move(theta, psi)
        theta = theta + h * down
        for _ in range(judge_steps or 1):
            if judge_steps:
                up = move(theta, psi)[1]
            psi = psi + h * up
            if game.clip is not None:
                psi = min(max(psi, -game.clip), game.clip)
        found.append((theta, psi))
    return torch.tensor(found, dtype=torch.float64)


@lru_cache(maxsize=256)
def _arithmetic(field: Field) -> Numbers:
    return on_numbers(field)


@lru_cache(maxsize=256)
def jacobian(game: DiracGame) -> Float64[Tensor, "2 2"]:
    """dv/d(θ, ψ) at the equilibrium, by automatic differentiation.

    ValueError for WGAN-GP, whose field jumps there: sign ψ has no derivative at ψ = 0.
    """
    if not game.smooth:
        raise ValueError(f"the field of {game.name!r} has no derivative at the equilibrium")
    found = torch.func.jacrev(lambda at: torch.stack(game.field(at[0], at[1])))
    return found(torch.zeros(2, dtype=torch.float64))


@lru_cache(maxsize=512)
def step_jacobian(game: DiracGame, judge_steps: int = 0, h: float = STEP) -> Float64[Tensor, "2 2"]:
    """d(θ, ψ after one whole iteration)/d(θ, ψ before it) at the equilibrium.

    ValueError for WGAN-GP, as in `jacobian`.
    """
    return _iterated(jacobian(game), judge_steps, h)


def _iterated(
    field: Float64[Tensor, "*n 2 2"], judge_steps: int, h: float
) -> Float64[Tensor, "*n 2 2"]:
    """At once: I + hJ. In turn: the generator's row first, then n times the judge's.

    For in turn each answers what it sees.
    """
    one, rows = torch.eye(2, dtype=torch.float64).expand_as(field), h * field
    if judge_steps == 0:
        return one + rows
    down, up = one.clone(), one.clone()
    down[..., 0, :] += rows[..., 0, :]
    up[..., 1, :] += rows[..., 1, :]
    return torch.linalg.matrix_power(up, judge_steps) @ down


@lru_cache(maxsize=256)
def eigenvalues(game: DiracGame) -> Complex128[Tensor, " 2"] | None:
    """Of the Jacobian, the larger real part first; None where there is no Jacobian.

    Negative real parts attract where the moves are short enough; purely imaginary ones say nothing:
    there the length and the order of the moves decide, and the higher terms of the field.
    """
    if not game.smooth:
        return None
    found = torch.linalg.eigvals(jacobian(game))
    return torch.stack(sorted(found, key=lambda value: (-value.real.item(), value.imag.item())))


@lru_cache(maxsize=512)
def step_eigenvalues(
    game: DiracGame, judge_steps: int = 0, h: float = STEP
) -> Complex128[Tensor, " 2"] | None:
    """Of `step_jacobian`: it draws in nearby where both are inside the unit circle.

    On the circle the linearisation says nothing. None where there is no Jacobian.
    """
    return torch.linalg.eigvals(step_jacobian(game, judge_steps, h)) if game.smooth else None


ON_CIRCLE = 1e-9  # how far from 1 a modulus must be before rounding cannot have put it there
ROUNDING = 1e-13  # of one eigenvalue where no root is double


def radius(game: DiracGame, judge_steps: int = 0, h: float = STEP) -> float:
    """The larger modulus of `step_eigenvalues`; NaN where there is no Jacobian."""
    found = step_eigenvalues(game, judge_steps, h)
    return math.nan if found is None else float(found.abs().max())


@lru_cache(maxsize=256)
def weights_that_draw_in(
    name: str, judge_steps: int = 0, h: float = STEP
) -> tuple[float, float] | None:
    """Between which γ one whole iteration of a weighed game draws in nearby; None where nowhere.

    Found by its spectral radius, from the least such γ on. For R1 with both players at once this is
    h/4 < γ < 2/h + h/8, and in turn 0 < γ < 2/h − h/8: too little leaves the turning to the length
    of a move, and too much makes the judge overshoot. ValueError for a game without a weight.
    """
    weighed = DIRAC_GAMES[name].weighed
    if weighed is None:
        raise ValueError(f"the game {name!r} has no weight")
    free = jacobian(weighed(0.0))
    paid = jacobian(weighed(1.0)) - free  # a penalty's slope is its weight times another

    def draws_in(gammas: Tensor) -> Tensor:
        steps = _iterated(free + gammas[:, None, None] * paid, judge_steps, h)
        return torch.linalg.eigvals(steps).abs().amax(dim=1) < 1 - ROUNDING

    gammas = torch.linspace(0, 2 / h + h, 257, dtype=torch.float64)
    inside = draws_in(gammas).nonzero().flatten().tolist()
    if not inside:
        return None
    last = next(k for k in inside if k + 1 not in inside)
    low = _end(draws_in, gammas[inside[0]], gammas[inside[0] - 1])
    return low, _end(draws_in, gammas[last], gammas[last + 1])


def _end(holds: Callable[[Tensor], Tensor], inside: Tensor, outside: Tensor) -> float:
    """Where what holds at one number and not at another ends, by halving."""
    for _ in range(26):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if holds(middle[None]) else (inside, middle)
    return round(float(outside), 5)


SMALL = (0.0, 0.01)
"""Where the run of `small_circle` starts."""


def small_circle(
    game: DiracGame, judge_steps: int = 0, steps: int = STEPS, h: float = STEP
) -> float:
    """How far a game is from the equilibrium in the end, when it starts 0.01 from it."""
    return float(trajectory(game, SMALL, judge_steps, steps, h)[-1].norm())


def r1_eigenvalues(gamma: float) -> tuple[complex, complex]:
    """−γ/2 ± sqrt(γ²/4 − f'(0)²) with f'(0) = 1/2 (Mescheder et al. 2018, eq. 12 with f'(0))."""
    root = complex(gamma**2 / 4 - 0.25) ** 0.5
    return -gamma / 2 + root, -gamma / 2 - root


def relativistic_eigenvalues(gamma: float, average: bool = False) -> tuple[complex, complex]:
    """−γ ± sqrt(γ² − a²) with R1 + R2: a = 1/2 for pairs, a = 1 for the average.

    θ' = −2a ψ σ(ψθ) and ψ' = 2a θ σ(−ψθ) − 2γ ψ have the Jacobian (0, −a; a, −2γ) at the
    equilibrium: every γ > 0 draws in, and without turning from γ = a on.
    """
    root = complex(gamma**2 - (1.0 if average else 0.25)) ** 0.5
    return -gamma + root, -gamma - root


ARRIVED = 0.05  # of the distance between start and equilibrium
TREND = 0.03  # of the farthest distance, between the middle and the last fifth of the run


def verdict(
    game: DiracGame, path: Float64[Tensor, "T 2"], judge_steps: int = 0, h: float = STEP
) -> Verdict:
    """What the run and the linearisation of its own iteration say together.

    "converges": the last fifth stays as near to the equilibrium as 5 % of the start's distance from
    it, and no eigenvalue of the iteration, with the order and the length h of the run's moves, lies
    outside the unit circle. Otherwise the farthest distance of the last fifth against that of the
    middle fifth: more than 3 % less is "slow", more than 3 % more "diverges", and in between it
    "circles".
    """
    distance = path.norm(dim=1)
    if not distance.isfinite().all() or float(distance[-1]) > 1e3 * max(1.0, float(distance[0])):
        return "diverges"
    fifth = max(1, len(path) // 5)
    last, middle = float(distance[-fifth:].max()), float(distance[2 * fifth : 3 * fifth].max())
    repelled = radius(game, judge_steps, h) > 1 + ON_CIRCLE  # never where there is no Jacobian: NaN
    if last <= ARRIVED * float(distance[0]) and not repelled:
        return "converges"
    if last < (1 - TREND) * middle:
        return "slow"
    return "diverges" if last > (1 + TREND) * middle else "circles"
