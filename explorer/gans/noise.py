"""The noise that a generator turns into points."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Noise:
    """Numbers drawn independently of each other."""

    label: str

    draw_: Callable[[Tensor, torch.Generator], Tensor]
    """fills a tensor in place"""

    levels: Callable[[int], tuple[Tensor, Tensor]]
    """n -> n numbers between which lies equally much of it, and its density at each, (n,) both"""

    below: Callable[[Tensor], Tensor]
    """how much of it lies below a number"""

    number: Callable[[Tensor], Tensor]
    """the number below which so much of it lies"""


def _quantiles(count: int) -> tuple[Tensor, Tensor]:
    """From 1 % to 99 % of N(0, 1)."""
    exact = torch.special.ndtri(torch.linspace(0.01, 0.99, count, dtype=torch.float64))
    density = torch.exp(-exact.square() / 2) / math.sqrt(2 * math.pi)
    return exact.float(), density.float()


def _even(count: int) -> tuple[Tensor, Tensor]:
    """From 1 % to 99 % of [−1, 1]."""
    return torch.linspace(-0.98, 0.98, count), torch.full((count,), 0.5)


NOISES: dict[str, Noise] = {
    "gaussian": Noise(
        "gaussian",
        lambda into, rng: into.normal_(generator=rng),
        _quantiles,
        torch.special.ndtr,
        torch.special.ndtri,
    ),
    "uniform": Noise(  # Radford et al. 2016
        "uniform",
        lambda into, rng: into.uniform_(-1, 1, generator=rng),
        _even,
        lambda numbers: (numbers + 1) / 2,
        lambda shares: 2 * shares - 1,
    ),
}
