"""A generator that returns points that were given: it stands still, and its judge alone learns.

Letters: N points that were given, each of D coordinates; R rows of noise of Z numbers.
"""

import torch
from jaxtyping import Float, Float32
from torch import Tensor

from explorer.gans.noise import NOISES


def given_points(
    points: Float32[Tensor, "N D"], noise: Float[Tensor, "*P R Z"], kind: str
) -> Float[Tensor, "*P R D"]:
    """Of each row of noise one of the points, all of them equally likely.

    G(z) = x_k with k the integer part of N F(z_1), F the distribution function of the noise: the
    push-forward of the noise is the given points, each with mass 1 / N.
    """
    which = (NOISES[kind].below(noise[..., 0]) * len(points)).long()
    return points[which.clamp_(0, len(points) - 1)].to(noise.dtype)


def noise_of_each(count: int, size: int, kind: str) -> Float32[Tensor, "N Z"]:
    """Noise that `given_points` turns into each of so many points once, in their order."""
    noise = torch.zeros(count, size)
    shares = (torch.arange(count, dtype=torch.float64) + 0.5) / count
    noise[:, 0] = NOISES[kind].number(shares).float()
    return noise
