"""What determines a measurement of the gradient flow at initialisation."""

import math
from dataclasses import dataclass

from explorer.gradients.initial import RECURRENT_INITS
from explorer.gradients.unrolled import UNROLLED

WHOLE = {
    "length": (2, 400),
    "units": (2, 128),
    "seeds": (1, 20),
    "batch": (1, 64),
    "seed": (0, 2**31 - 1),
}
REAL = {"gain": (0.05, 4.0), "forget_bias": (-10.0, 10.0)}


@dataclass(frozen=True)
class FlowSettings:
    """One cell at initialisation, drawn `seeds` times from `seed` on."""

    cell: str = "lstm"
    length: int = 100  # steps
    units: int = 64
    recurrent_init: str = "default"
    gain: float = 1.0  # factor of W_hh; for `gaussian` its spectral radius
    forget_bias: float | None = None  # b_f, for the GRU b_z; None leaves it as it was drawn
    seeds: int = 5
    batch: int = 4  # samples for each network; they add less noise than five networks do
    seed: int = 0

    def __post_init__(self) -> None:
        check_choice("cell", self.cell, UNROLLED)
        check_choice("recurrent_init", self.recurrent_init, RECURRENT_INITS)
        for name, (low, high) in WHOLE.items():
            check_whole(name, getattr(self, name), low, high)
        check_real("gain", self.gain, *REAL["gain"])
        if self.forget_bias is not None:
            check_real("forget_bias", self.forget_bias, *REAL["forget_bias"])


def check_choice(name: str, given: object, registry: dict) -> None:
    """Raise `ValueError` unless the registry has the name."""
    if given not in registry:
        raise ValueError(f"unknown {name} {given!r}; choose from {', '.join(map(repr, registry))}")


def check_whole(name: str, given: object, low: int, high: int) -> None:
    """Raise `ValueError` unless given a whole number in the range."""
    if not isinstance(given, int) or isinstance(given, bool) or not low <= given <= high:
        raise ValueError(f"{name} must be a whole number between {low} and {high}, not {given!r}")


def check_real(name: str, given: object, low: float, high: float) -> None:
    """Raise `ValueError` unless given a finite number in the range."""
    number = given if isinstance(given, (int, float)) and not isinstance(given, bool) else math.nan
    if not low <= number <= high:
        raise ValueError(f"{name} must be between {low:g} and {high:g}, not {given!r}")
