"""How far the points of two clouds are apart, and the energy between the clouds.

Shapes: n and m points of d coordinates.
"""

import torch
from jaxtyping import Float64
from torch import Tensor


def pairwise_distances(
    here: Float64[Tensor, "n d"], there: Float64[Tensor, "m d"]
) -> Float64[Tensor, "n m"]:
    """From each point of one cloud to each of the other."""
    # The faster route over |x|^2 + |y|^2 - 2xy loses half of the digits of near neighbours.
    return torch.cdist(here, there, compute_mode="donot_use_mm_for_euclid_dist")


def energy(here: Float64[Tensor, "n d"], there: Float64[Tensor, "m d"]) -> float:
    """2 E|x − y| − E|x − x'| − E|y − y'| (Székely & Rizzo 2013), zeros of the diagonals included.

    The V-statistic: never negative, and zero only for equal clouds. Its root is a distance.
    """
    across, within, among = (
        float(pairwise_distances(*two).mean())
        for two in ((here, there), (here, here), (there, there))
    )
    return 2 * across - within - among
