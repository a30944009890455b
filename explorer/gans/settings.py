"""One game's whole configuration, validated at the door."""

import math
from collections.abc import Collection
from dataclasses import dataclass

from explorer.gans.networks import ACTIVATIONS
from explorer.gans.normalisation import NORMALISATIONS
from explorer.gans.objectives import OBJECTIVES
from explorer.gans.optimizers import OPTIMIZERS
from explorer.gans.pairs import PAIRS

NOISES = ("gaussian", "uniform")

NAMES: dict[str, Collection[str]] = {
    "objective": OBJECTIVES,
    "activation": ACTIVATIONS,
    "normalisation": NORMALISATIONS,
    "noise": NOISES,
    "generator_optimizer": OPTIMIZERS,
    "critic_optimizer": OPTIMIZERS,
    "pairs": PAIRS,
}

WHOLE: dict[str, tuple[int, int]] = {
    "width": (4, 512),
    "depth": (1, 12),
    "noise_dim": (1, 64),
    "batch": (2, 4096),
    "critic_steps": (1, 100),
    "classes": (0, 100),
    "seed": (0, 2**63 - 1),
}
REAL: dict[str, tuple[float, float]] = {
    "generator_rate": (0.0, 10.0),
    "critic_rate": (0.0, 10.0),
    "penalty_weight": (0.0, 1000.0),
    "r1_weight": (0.0, 1000.0),
    "clip": (1e-6, 100.0),
}
FLAGS = ("one_sided", "spectral")


@dataclass(frozen=True)
class GameSettings:
    """Everything that, with the data, determines a game bit for bit.

    Raises ValueError with one line that names what is wrong, what is allowed and what was given.
    """

    objective: str = "wasserstein_gp"
    width: int = 64  # units of each hidden layer; Gulrajani's toy code has 512
    depth: int = 3  # hidden layers of each network
    activation: str = "relu"
    noise_dim: int = 2
    batch: int = 256
    critic_steps: int = 5  # updates of the judge for each of the generator, in every objective
    generator_rate: float = 1e-3  # Gulrajani's toy code has 1e-4
    critic_rate: float = 1e-3
    betas: tuple[float, float] = (0.5, 0.9)  # his toy code; his paper 0, .9; DCGAN .5, .999
    penalty_weight: float = 0.1  # λ: his toy code; the paper uses 10 on images
    seed: int = 0
    normalisation: str = "none"  # of the generator's hidden layers
    noise: str = "gaussian"  # N(0, I), or uniform on [−1, 1] (Radford et al. 2016)
    generator_optimizer: str = "adam"
    critic_optimizer: str = "adam"
    critic_betas: tuple[float, float] | None = None  # None: those of the generator
    one_sided: bool = False  # only slopes above 1 cost (WGAN-LP)
    pairs: str = "random"  # between which points the penalty of WGAN-GP looks
    r1_weight: float = 1.0  # γ; critical for the Dirac-GAN, Mescheder et al. use 10 on images
    clip: float = 0.01  # Arjovsky et al. 2017
    spectral: bool = False  # the judge's matrices divided by their largest singular value
    classes: int = 0  # labels into both networks; 0: none

    def __post_init__(self) -> None:
        for name, choices in NAMES.items():
            _check_choice(name, getattr(self, name), choices)
        for name, (least, most) in WHOLE.items():
            _check_whole(name, getattr(self, name), least, most)
        for name, (low, high) in REAL.items():
            _check_real(name, getattr(self, name), low, high)
        for name in FLAGS:
            if not isinstance(getattr(self, name), bool):
                raise ValueError(f"{name} must be true or false, not {getattr(self, name)!r}")
        if self.classes == 1:
            raise ValueError("classes must be 0 for none, or at least 2, not 1")
        _check_betas("betas", self.betas)
        if self.critic_betas is not None:
            _check_betas("critic_betas", self.critic_betas)


def _check_betas(name: str, given: object) -> None:
    if not (isinstance(given, tuple) and len(given) == 2):
        raise ValueError(f"{name} must be two numbers, not {given!r}")
    for beta in given:
        _check_real(f"each of {name}", beta, 0.0, 0.9999)


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
