"""How far two samples of one distribution are from each other: the floor of every distance.

Shapes: n points of d coordinates.
"""

from collections.abc import Mapping

import torch
from jaxtyping import Float64
from torch import Tensor

from explorer.transport.clouds import energy
from explorer.transport.couplings import GROUNDS, exact
from explorer.transport.line import directions, sliced_wasserstein, wasserstein_by_quantiles
from explorer.transport.measures import measure

ALONG = 50  # directions of the sliced distance


def even_points(n: int, d: int, rng: torch.Generator) -> Float64[Tensor, "n d"]:
    """n independent points, even in the unit cube of d dimensions."""
    return torch.rand(n, d, generator=rng, dtype=torch.float64)


def floors(n: int, d: int, rng: torch.Generator) -> Mapping[str, float]:
    """Distances between two samples of n points, both even in the cube: 0 for the distributions.

    "w1" and "w2" exact, "sliced" W2 over `ALONG` directions, "energy" the root of that number. In
    d > 2 dimensions W1 and W2 fall as n^(-1/d) (Dudley 1969; Fournier & Guillin 2015), sliced and
    energy distance as n^(-1/2) whatever d is (Sejdinovic et al. 2013; Nadjahi et al. 2020).
    """
    here, there = even_points(n, d, rng), even_points(n, d, rng)
    along = directions(ALONG, d, rng)
    if d == 1:
        line = (here[:, 0], there[:, 0])
        w1, w2 = (wasserstein_by_quantiles(*line, order=order) for order in (1, 2))
    else:
        both = measure("first sample", here), measure("second sample", there)
        w1 = exact(*both, GROUNDS["l2"].costs(here, there)).cost
        w2 = exact(*both, GROUNDS["squared"].costs(here, there)).cost ** 0.5
    return {
        "w1": w1,
        "w2": w2,
        "sliced": sliced_wasserstein(here, there, along),
        "energy": max(0.0, energy(here, there)) ** 0.5,
    }
