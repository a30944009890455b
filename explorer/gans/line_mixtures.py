"""Mixtures of Gaussians on a line, where density and distribution function are formulas.

Letters: n points, J parts of a mixture.
"""

import math
from collections.abc import Callable
from functools import partial

import torch
from jaxtyping import Float, Float32, Float64, Int64
from torch import Tensor

from explorer.gans.data import Distribution

Part = tuple[float, float, float]
"""share, centre, standard deviation"""


def sample_parts(
    n: int,
    rng: torch.Generator,
    filled: Float32[Tensor, " J"],
    centres: Float32[Tensor, " J"],
    sigmas: Float32[Tensor, " J"],
) -> tuple[Float32[Tensor, "n 1"], Int64[Tensor, " n"]]:
    """Points of a mixture on a line and the part that each belongs to; ``filled`` sums shares."""
    level = torch.rand(n, generator=rng)
    which = torch.searchsorted(filled, level, right=True).clamp_max(len(filled) - 1)
    points = torch.randn(n, generator=rng) * sigmas[which] + centres[which]
    return points[:, None], which


def line_mixture(
    name: str,
    label: str,
    parts: tuple[Part, ...],
    *,
    spoken: str = "",
    source: str = "made for this laboratory",
) -> Distribution:
    """Σ_j share_j N(centre_j, σ_j²) as n points of one coordinate; labels are the parts.

    Only parts of equal share and equal width are modes that can be counted. The picture's extent
    is that of the points, and in height from zero to a tenth above the peak of the density.
    ValueError when shares are negative or do not add to one, or a σ is not positive.
    """
    shares, centres, sigmas = torch.tensor(parts, dtype=torch.float64).T
    if not ((shares >= 0).all() and abs(float(shares.sum()) - 1) < 1e-9 and (sigmas > 0).all()):
        raise ValueError(f"shares of {name!r} must add to one, and every width must be positive")
    filled, centre, sigma = shares.cumsum(0).float(), centres.float(), sigmas.float()

    def log_density(points: Float[Tensor, "n 1"], blur: float = 0.0) -> Float64[Tensor, " n"]:
        widths = (sigmas.square() + blur**2).sqrt()
        z = (points.double() - centres) / widths
        return torch.logsumexp(
            shares.log() - z.square() / 2 - (widths * math.sqrt(2 * math.pi)).log(), dim=1
        )

    low, high = float((centres - 4.5 * sigmas).min()), float((centres + 4.5 * sigmas).max())
    steps = torch.linspace(low, high, 2_001, dtype=torch.float64)
    peak = float(log_density(steps[:, None]).exp().max())
    modes: tuple[Tensor | None, float | None, float | None, float | None] = (None,) * 4
    if len(parts) > 1 and len(set(shares.tolist())) == len(set(sigmas.tolist())) == 1:
        apart = float(centres.sort().values.diff().min())
        modes = (centre[:, None], parts[0][2], 0.45 * apart, 0.2)
    return Distribution(
        name=name,
        label=label,
        spoken=spoken,
        source=source,
        formula=" + ".join(rf"{w:g}\,\mathcal{{N}}({c:g}, {s:g}^2)" for w, c, s in parts),
        draw=partial(sample_parts, filled=filled, centres=centre, sigmas=sigma),
        modes=modes[0],
        sigma=modes[1],
        extent=(low, high, 0.0, 1.1 * peak),
        reach=modes[2],
        held_fraction=modes[3],
        log_density=log_density,
        classes=len(parts),
        shares=tuple(share for share, _, _ in parts),
        dimensions=1,
        cdf=_mixed(shares, centres, sigmas),
    )


def _mixed(shares: Tensor, centres: Tensor, sigmas: Tensor) -> Callable[[Tensor], Tensor]:
    def cdf(points: Float[Tensor, "n 1"]) -> Float64[Tensor, " n"]:
        return torch.special.ndtr((points.double() - centres) / sigmas) @ shares

    return cdf


LINE_MIXTURES = {
    each.name: each
    for each in (
        line_mixture(
            "two_bumps",
            "1-D: two bumps",
            ((0.5, -1.0, 0.2), (0.5, 1.0, 0.2)),
            spoken="two bumps",
        ),
        line_mixture(
            "comb",
            "1-D: five teeth",
            tuple((0.2, k * 0.7, 0.05) for k in range(-2, 3)),
            spoken="five teeth",
        ),
        line_mixture(
            "uneven",
            "1-D: uneven bumps",
            ((0.7, -0.8, 0.25), (0.25, 0.8, 0.15), (0.05, 2.2, 0.1)),
            spoken="three uneven bumps",
        ),
        line_mixture(
            "needle",
            "1-D: needle on a hill",
            ((0.75, 0.0, 1.0), (0.25, 0.6, 0.03)),
            spoken="a needle on a hill",
        ),
    )
}
"""Every data set on a line, in the order of the menus."""
