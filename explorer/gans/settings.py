"""One game's whole configuration, validated at the door."""

import math
from collections.abc import Collection
from dataclasses import dataclass

from explorer.gans.networks import ACTIVATIONS
from explorer.gans.objectives import OBJECTIVES

WHOLE: dict[str, tuple[int, int]] = {
    "width": (4, 512),
    "depth": (1, 12),
    "noise_dim": (1, 64),
    "batch": (2, 4096),
    "critic_steps": (1, 100),
    "seed": (0, 2**63 - 1),
}
REAL: dict[str, tuple[float, float]] = {
    "generator_rate": (0.0, 10.0),
    "critic_rate": (0.0, 10.0),
    "penalty_weight": (0.0, 1000.0),
}


@dataclass(frozen=True)
class GameSettings:
    """Everything that, with the data, determines a game bit for bit.

    Raises ValueError with one line that names what is wrong, what is allowed and what was given.
    """

    objective: str = "wasserstein_gp"
    width: int = 64  # units of each hidden layer; Gulrajani's toy code has 512
    depth: int = 3  # hidden layers of each network
    activation: str = "relu"
    noise_dim: int = 2  # of N(0, I)
    batch: int = 256
    critic_steps: int = 5  # updates of the judge for each of the generator, in every objective
    generator_rate: float = 1e-3  # Gulrajani's toy code has 1e-4
    critic_rate: float = 1e-3
    betas: tuple[float, float] = (0.5, 0.9)  # his toy code; his paper 0, .9; DCGAN .5, .999
    penalty_weight: float = 0.1  # his toy code; the paper uses 10 on images
    seed: int = 0

    def __post_init__(self) -> None:
        _check_choice("objective", self.objective, OBJECTIVES)
        _check_choice("activation", self.activation, ACTIVATIONS)
        for name, (least, most) in WHOLE.items():
            _check_whole(name, getattr(self, name), least, most)
        for name, (low, high) in REAL.items():
            _check_real(name, getattr(self, name), low, high)
        if not (isinstance(self.betas, tuple) and len(self.betas) == 2):
            raise ValueError(f"betas must be two numbers, not {self.betas!r}")
        for beta in self.betas:
            _check_real("each of betas", beta, 0.0, 0.9999)


def _check_choice(name: str, given: str, allowed: Collection[str]) -> None:
    if given not in allowed:
        raise ValueError(f"unknown {name} {given!r}; choose from {', '.join(map(repr, allowed))}")


def _check_whole(name: str, given: object, low: int, high: int) -> None:
    if not isinstance(given, int) or isinstance(given, bool):
        raise ValueError(f"{name} must be a whole number, not {given!r}")
    if not low <= given <= high:
        raise ValueError(f"{name} must be between {low} and {high}, not {given}")


def _check_real(name: str, given: object, low: float, high: float) -> None:
    if not isinstance(given, int | float) or isinstance(given, bool) or not math.isfinite(given):
        raise ValueError(f"{name} must be a number, not {given!r}")
    if not low <= given <= high:
        raise ValueError(f"{name} must be between {low:g} and {high:g}, not {given:g}")
