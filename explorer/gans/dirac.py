"""The smallest game that tells objectives apart: two numbers, one equilibrium, a phase portrait.

The data is a single point at 0, the generator a single point at θ, the judge the line
D(x) = ψ x, and both players move along the vector field v(θ, ψ) with step h (Mescheder, Geiger &
Nowozin 2018, section 2 and their notebook DiracGAN). As there, D is larger on generated points:
the generator lowers f(ψ θ), the judge raises f(ψ θ) + f(0), with f(t) = −log(1 + e^−t) for a GAN.
The equilibrium is θ = ψ = 0, and whether a method reaches it is read off here: WGAN-GP circles
around it and R1 arrives.

Letters: n points of the plane (θ, ψ), T steps.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from jaxtyping import Complex128, Float64
from torch import Tensor

STEP = 0.2
STEPS = 500
START = (1.0, 1.0)
NOISE = 0.7  # standard deviation of the instance noise in the notebook
PENALTY = 0.7  # of WGAN-GP in the notebook, whose target slope is 1
CLIP = 1.0
CONSENSUS = 1.0

Verdict = Literal["converges", "slow", "circles", "diverges"]
Field = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]
"""(θ, ψ) -> (dθ/dt, dψ/dt), elementwise and in float64"""


@dataclass(frozen=True)
class DiracGame:
    """One objective on two numbers."""

    name: str
    label: str
    formula: str  # of the field, in LaTeX
    field: Field
    clip: float | None = None  # |ψ| after each of the judge's steps
    smooth: bool = True  # whether the field has a derivative at the equilibrium


def _rise(t: Tensor) -> Tensor:
    """f'(t) = 1 / (1 + e^t) of a GAN."""
    return torch.sigmoid(-t)


def _gan(theta: Tensor, psi: Tensor) -> tuple[Tensor, Tensor]:
    rise = _rise(psi * theta)
    return -psi * rise, theta * rise


def _non_saturating(theta: Tensor, psi: Tensor) -> tuple[Tensor, Tensor]:
    return -psi * _rise(-psi * theta), theta * _rise(psi * theta)


def _least_squares(theta: Tensor, psi: Tensor) -> tuple[Tensor, Tensor]:
    return -psi * (1 + psi * theta), theta * (1 - psi * theta)


def _hinge(theta: Tensor, psi: Tensor) -> tuple[Tensor, Tensor]:
    return -psi, theta * (psi * theta < 1)


def _wasserstein(theta: Tensor, psi: Tensor) -> tuple[Tensor, Tensor]:
    return -psi, theta.clone()


def _wasserstein_gp(theta: Tensor, psi: Tensor) -> tuple[Tensor, Tensor]:
    return -psi, theta - PENALTY * (psi.abs() - 1) * psi.sign()


def _instance_noise(theta: Tensor, psi: Tensor) -> tuple[Tensor, Tensor]:
    at, weights = np.polynomial.hermite_e.hermegauss(32)
    noise = NOISE * torch.from_numpy(at)
    share = torch.from_numpy(weights / weights.sum())
    theta, psi = theta[..., None], psi[..., None]
    rise = _rise(psi * (theta + noise))
    toward = (theta + noise) * rise - noise * _rise(-psi * noise)
    return (-psi * rise) @ share, toward @ share


def r1(gamma: float, name: str = "r1") -> DiracGame:
    """The GAN with R1: ψ' = θ f'(ψθ) − γ ψ. Its eigenvalues are −γ/2 ± sqrt(γ²/4 − 1/4).

    Mescheder et al. 2018, lemma 4.1 and after: no oscillation from γ = 1 on. The penalty
    γ/2 ‖∇D‖² has the slope γ ψ.
    """

    def field(theta: Tensor, psi: Tensor) -> tuple[Tensor, Tensor]:
        down, up = _gan(theta, psi)
        return down, up - gamma * psi

    return DiracGame(
        name,
        f"R1, γ = {gamma:g}",
        rf"(-\psi f'(\psi\theta),\ \theta f'(\psi\theta) - {gamma:g}\,\psi)",
        field,
    )


def consensus(strength: float = CONSENSUS, bend: float = 1.0, name: str = "consensus") -> DiracGame:
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

    return DiracGame(name, "consensus", rf"v - {strength:g}\,\nabla\tfrac12\lVert v\rVert^2", field)


DIRAC_GAMES = {
    game.name: game
    for game in (
        DiracGame("minimax", "GAN", r"(-\psi f'(\psi\theta),\ \theta f'(\psi\theta))", _gan),
        DiracGame(
            "non_saturating",
            "non-saturating GAN",
            r"(-\psi f'(-\psi\theta),\ \theta f'(\psi\theta))",
            _non_saturating,
        ),
        DiracGame(
            "least_squares",  # labels −1 and 1: D(x) = ψx has no other equilibrium
            "least squares",
            r"(-\psi(1+\psi\theta),\ \theta(1-\psi\theta))",
            _least_squares,
        ),
        DiracGame("hinge", "hinge", r"(-\psi,\ \theta\,[\psi\theta<1])", _hinge),
        DiracGame("wasserstein", "WGAN", r"(-\psi,\ \theta)", _wasserstein),
        DiracGame(
            "wasserstein_clip",
            "WGAN, clipped at 1",
            r"(-\psi,\ \theta),\ |\psi|\le 1",
            _wasserstein,
            clip=CLIP,
        ),
        DiracGame(
            "wasserstein_gp",
            "WGAN-GP",
            r"(-\psi,\ \theta - 0.7\,(|\psi|-1)\,\mathrm{sign}\,\psi)",
            _wasserstein_gp,
            smooth=False,
        ),
        DiracGame(
            "instance_noise",  # the notebook draws 1,000 values a step; here their expectation
            "GAN, instance noise 0.7",
            r"\mathbb{E}_\varepsilon\,v(\theta+\varepsilon,\ \psi)",
            _instance_noise,
        ),
        r1(0.3),
        r1(1.0, "r1_critical"),
        consensus(),
    )
}


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
    theta, psi = (torch.tensor(each, dtype=torch.float64) for each in start)
    found = [torch.stack([theta, psi])]
    for _ in range(steps):
        if float(found[-1].abs().max()) > 1e6:
            found.append(found[-1])
            continue
        down, up = game.field(theta, psi)
        theta = theta + h * down
        for turn in range(judge_steps or 1):
            if judge_steps:
                up = game.field(theta, psi)[1]
            elif turn:
                break
            psi = psi + h * up
            if game.clip is not None:
                psi = psi.clamp(-game.clip, game.clip)
        found.append(torch.stack([theta, psi]))
    return torch.stack(found)


def jacobian(game: DiracGame) -> Float64[Tensor, "2 2"]:
    """dv/d(θ, ψ) at the equilibrium, by automatic differentiation.

    ValueError for WGAN-GP, whose field jumps there: sign ψ has no derivative at ψ = 0.
    """
    if not game.smooth:
        raise ValueError(f"the field of {game.name!r} has no derivative at the equilibrium")
    found = torch.func.jacrev(lambda at: torch.stack(game.field(at[0], at[1])))
    return found(torch.zeros(2, dtype=torch.float64))


def eigenvalues(game: DiracGame) -> Complex128[Tensor, " 2"] | None:
    """Of the Jacobian, the larger real part first; None where there is no Jacobian.

    Negative real parts attract a small step; purely imaginary ones say nothing, and are where the
    higher terms and the step decide.
    """
    if not game.smooth:
        return None
    found = torch.linalg.eigvals(jacobian(game))
    return torch.stack(sorted(found, key=lambda value: (-value.real.item(), value.imag.item())))


def step_eigenvalues(
    game: DiracGame, judge_steps: int = 0, h: float = STEP
) -> Complex128[Tensor, " 2"] | None:
    """Of one whole iteration, linearised: it converges where both are inside the unit circle.

    At once: I + hJ. In turn: the generator's row first, then n times the judge's.
    """
    if not game.smooth:
        return None
    one, rows = torch.eye(2, dtype=torch.float64), h * jacobian(game)
    if judge_steps == 0:
        return torch.linalg.eigvals(one + rows)
    down, up = one.clone(), one.clone()
    down[0] += rows[0]
    up[1] += rows[1]
    return torch.linalg.eigvals(torch.linalg.matrix_power(up, judge_steps) @ down)


def r1_eigenvalues(gamma: float) -> tuple[complex, complex]:
    """−γ/2 ± sqrt(γ²/4 − f'(0)²) with f'(0) = 1/2 (Mescheder et al. 2018, eq. 12 with f'(0))."""
    root = complex(gamma**2 / 4 - 0.25) ** 0.5
    return -gamma / 2 + root, -gamma / 2 - root


ARRIVED = 0.05  # of the start's distance
TREND = 0.03  # of the farthest distance, between the middle and the last fifth of the run


def verdict(game: DiracGame, path: Float64[Tensor, "T 2"], judge_steps: int = 0) -> Verdict:
    """What the run and its linearisation say together.

    "converges": the last fifth stays within 5 % of the start's distance, and no eigenvalue of the
    iteration lies outside the unit circle. Otherwise the farthest distance of the last fifth
    against that of the middle fifth: more than 3 % less is "slow", more than 3 % more "diverges",
    and in between it "circles".
    """
    distance = path.norm(dim=1)
    if not distance.isfinite().all() or float(distance[-1]) > 1e3 * max(1.0, float(distance[0])):
        return "diverges"
    fifth = max(1, len(path) // 5)
    last, middle = float(distance[-fifth:].max()), float(distance[2 * fifth : 3 * fifth].max())
    spectrum = step_eigenvalues(game, judge_steps)
    repelled = spectrum is not None and float(spectrum.abs().max()) > 1 + 1e-9
    if last <= ARRIVED * float(distance[0]) and not repelled:
        return "converges"
    if last < (1 - TREND) * middle:
        return "slow"
    return "diverges" if last > (1 + TREND) * middle else "circles"
