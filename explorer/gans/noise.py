"""The noise that a generator turns into points."""

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


NOISES: dict[str, Noise] = {
    "gaussian": Noise("gaussian", lambda into, rng: into.normal_(generator=rng)),  # N(0, I)
    "uniform": Noise(  # on [−1, 1] (Radford et al. 2016)
        "uniform", lambda into, rng: into.uniform_(-1, 1, generator=rng)
    ),
}
