"""How far two clouds of points are apart, each by one number with its floor.

Letters: n real points, m generated points, D coordinates, A directions, W bandwidths.

Every distance of a perfect generator is above zero in a finite sample (but for the unbiased MMD²,
which is as often below): `bands.band` measures where. All in float64; ValueError for points that
are NaN or infinite.
"""

import math
from collections.abc import Sequence
from functools import cache

import torch
from jaxtyping import Float, Float64
from torch import Tensor

from explorer.gans.learned import finite
from explorer.gans.objectives import OBJECTIVES
from explorer.transport import (
    directions,
    energy,
    pairwise_distances,
    sliced_wasserstein,
    wasserstein,
)

DIRECTIONS = 128
BANDWIDTHS = (0.05, 0.1, 0.2, 0.5, 1.0)  # of a plane of unit std; wide ones miss a mode's shape


def w1(real: Float[Tensor, "n D"], fake: Float[Tensor, "m D"]) -> float:
    """Exact W1 of the two samples: min over plans of Σ plan_ij |x_i − y_j| (`transport`)."""
    return wasserstein(finite(real), finite(fake), 1)


def w2(real: Float[Tensor, "n D"], fake: Float[Tensor, "m D"]) -> float:
    """Exact W2 of the two samples: the root of min over plans of Σ plan_ij |x_i − y_j|²."""
    return wasserstein(finite(real), finite(fake), 2)


def sliced_w2(real: Float[Tensor, "n D"], fake: Float[Tensor, "m D"]) -> float:
    """Sliced W2 along 128 directions that are the same at every call (Bonneel et al. 2015)."""
    real, fake = finite(real), finite(fake)
    return sliced_wasserstein(real, fake, fixed_directions(real.shape[1]))


@cache
def fixed_directions(dimensions: int) -> Float64[Tensor, "A D"]:
    """The directions of `sliced_w2`: new ones at each call would be noise of their own."""
    return directions(DIRECTIONS, dimensions, torch.Generator().manual_seed(0))


def energy_distance(real: Float[Tensor, "n D"], fake: Float[Tensor, "m D"]) -> float:
    """The energy between two samples (`transport.energy`): without a parameter to choose."""
    return energy(finite(real), finite(fake))


def mmd_squared(
    real: Float[Tensor, "n D"],
    fake: Float[Tensor, "m D"],
    bandwidths: Sequence[float] = BANDWIDTHS,
) -> float:
    """MMD² = E k(x, x') + E k(y, y') − 2 E k(x, y), unbiased (Gretton et al. 2012, eq. 3).

    k is the mean of Gaussian kernels exp(−|x − y|² / 2 b²) over the bandwidths. Zero in the mean
    for a perfect generator, so at times negative, which is correct. ValueError below two points.
    """
    real, fake = finite(real), finite(fake)
    if min(len(real), len(fake)) < 2:
        raise ValueError("MMD² needs at least two points on either side")
    within = [
        (_kernel(pairwise_distances(each, each), bandwidths).sum() - len(each))
        / (len(each) * (len(each) - 1))
        for each in (real, fake)
    ]
    across = _kernel(pairwise_distances(real, fake), bandwidths).mean()
    return float(within[0] + within[1] - 2 * across)


def _kernel(apart: Float64[Tensor, "n m"], bandwidths: Sequence[float]) -> Float64[Tensor, "n m"]:
    squares = apart.square_().div_(-2)
    total = torch.zeros_like(squares)
    for bandwidth in bandwidths:
        total += (squares / bandwidth**2).exp_()
    return total.div_(len(bandwidths))


def nearest_neighbour_accuracy(real: Float[Tensor, "n D"], fake: Float[Tensor, "m D"]) -> float:
    """How often a point's nearest other point is of its own kind (Lopez-Paz & Oquab 2017).

    When the clouds have one distribution, each of the other n + m − 1 points is equally likely the
    nearest: [n (n − 1) + m (m − 1)] / [(n + m)(n + m − 1)] in the mean, just below one half for
    n = m. 1 when they are far apart, and less than 0.5 when generated points sit on real ones, as
    in memorisation. A tie between the kinds counts one half. ValueError below two points a side.
    """
    real, fake = finite(real), finite(fake)
    if min(len(real), len(fake)) < 2:
        raise ValueError("a neighbour needs at least two points on either side")
    across = pairwise_distances(real, fake)
    right = 0.0
    for own, other in (
        (pairwise_distances(real, real), across.amin(dim=1)),
        (pairwise_distances(fake, fake), across.amin(dim=0)),
    ):
        nearest = own.fill_diagonal_(math.inf).amin(dim=1)
        right += float((nearest < other).sum() + 0.5 * (nearest == other).sum())
    return right / (len(real) + len(fake))


def discriminator_accuracy(
    objective: str, on_real: Float[Tensor, " n"], on_fake: Float[Tensor, " m"]
) -> tuple[float, float]:
    """P(D(x) > ½) and P(D(G(z)) < ½): ½ and ½ at equilibrium, 1 and 1 when D has won.

    Of the logits t, D = sigmoid(t). ValueError for an objective whose judge gives no probability:
    a critic has no threshold, and only the gap of its means says anything.
    """
    if not OBJECTIVES[objective].gives_probability:
        raise ValueError(f"the judge of {objective!r} gives no probability to be right about")
    return float((on_real > 0).double().mean()), float((on_fake < 0).double().mean())


def js_by_discriminator(on_real: Float[Tensor, " n"], on_fake: Float[Tensor, " m"]) -> float:
    """log 2 + ½ (E log D(x) + E log(1 − D(G(z)))) of the logits, in nats.

    A lower bound of the Jensen-Shannon divergence in the mean, reached by the optimal
    discriminator alone (Goodfellow et al. 2014, theorem 1); at most log 2.
    """
    log_sigmoid = torch.nn.functional.logsigmoid
    real, fake = log_sigmoid(on_real.double()).mean(), log_sigmoid(-on_fake.double()).mean()
    return math.log(2) + float(real + fake) / 2
