"""What the measurements draw from, each from a generator of its own."""

import torch
from torch import Tensor


def rng(seed: int = 0) -> torch.Generator:
    """A generator that nobody else uses."""
    return torch.Generator().manual_seed(seed)


def normal(*shape: int, seed: int = 0) -> Tensor:
    """Independent N(0, 1) in float64."""
    return torch.randn(*shape, generator=rng(seed), dtype=torch.float64)
