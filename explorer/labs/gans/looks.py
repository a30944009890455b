"""What a picture of one game is made of: the judge's ground, the warped grid, the slopes.

Letters: C cells each way, L lines of the grid each way, Z dimensions of the noise.
"""

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor

from explorer.gans.distributions import Extent
from explorer.gans.game import Game
from explorer.gans.noise import NOISES
from explorer.gans.objectives import OBJECTIVES, Objective
from explorer.gans.penalty import Where

LAYERS: Mapping[str, str] = {"pull": "pull", "grid": "noise grid", "points": "points"}
"""What lies over the judge's surface, and what a menu calls it: samples and their pull, the
generator as a warped grid of noise, or the points alone."""

LINES = 17  # of the warped grid, each way
PROFILE = 128  # points of a judge over a line
BINS = 64  # of the histogram of points on a line
PASSES: Mapping[Where, int] = {"none": 0, "between": 5, "real": 4, "real and fake": 8}
"""Through the judge, for what its slope costs, in each of its updates."""
FLAT = 1e-6  # of a judge's number over a whole picture, and of its slope
SLOPE_EDGES = np.logspace(-3, 3, 25)  # of the histogram of slopes


def cell_centres(extent: Extent, count: int) -> Tensor:
    """The centres of count × count cells of a picture, (count², 2), rows from low y up."""
    x0, x1, y0, y1 = extent
    x = x0 + (x1 - x0) * (torch.arange(count) + 0.5) / count
    y = y0 + (y1 - y0) * (torch.arange(count) + 0.5) / count
    return torch.cartesian_prod(y, x).flip(1).contiguous()


def along(extent: Extent, count: int) -> Tensor:
    """The centres of ``count`` intervals of a line, (count, 1)."""
    x0, x1 = extent[:2]
    return (x0 + (x1 - x0) * (torch.arange(count) + 0.5) / count)[:, None]


def noise_lattice(noise: str, dimensions: int) -> tuple[Tensor, Tensor]:
    """L × L points of noise, (L, L, Z), and the density of its first two numbers there, (L, L).

    At even quantiles from 1 % to 99 %; the numbers after the second are zero. Of noise with one
    number every row is the same.
    """
    steps, share = NOISES[noise].levels(LINES)
    rows, columns = torch.meshgrid(steps, steps, indexing="ij")
    lattice = torch.zeros(LINES, LINES, dimensions)
    lattice[..., 0] = columns
    if dimensions > 1:
        lattice[..., 1] = rows
        return lattice, share[:, None] * share[None, :]
    return lattice, share.expand(LINES, LINES).contiguous()


def lattice_density(grid: Tensor, lattice: Tensor, density: Tensor, extent: Extent) -> Tensor:
    """How thick generated points lie at the nodes of the warped grid, from 0 to 1: d / (d + e).

    d = p(z) / |det dG/dz| by central differences on the grid, and e is an even spread over the
    picture, at which the value is one half. Of noise with one number d is the density along the
    curve, and e an even spread along the picture's edge.
    """
    x0, x1, y0, y1 = extent
    across = _slope(grid, lattice[0, :, 0], 1)
    if lattice.shape[-1] == 1:
        thick, even = density / across.norm(dim=-1).clamp_min(1e-12), 1 / (x1 - x0)
    else:
        up = _slope(grid, lattice[:, 0, 1], 0)
        area = (across[..., 0] * up[..., 1] - across[..., 1] * up[..., 0]).abs()
        thick, even = density / area.clamp_min(1e-12), 1 / ((x1 - x0) * (y1 - y0))
    return thick / (thick + even)


def _slope(grid: Tensor, steps: Tensor, dim: int) -> Tensor:
    return torch.gradient(grid, spacing=(steps,), dim=dim)[0]


def judged(game: Game, points: Tensor) -> Tensor:
    """The judge's number at points without labels: in a conditional game, the mean over labels."""
    classes = game.settings.classes
    if not classes:
        return game.judge(points)
    each = [game.judge(points, torch.full((len(points),), label)) for label in range(classes)]
    return torch.stack(each).mean(dim=0)


def as_shown(game: Game, values: Tensor) -> Tensor:
    """A probability where the judge gives one; otherwise its number, less the mean of the picture.

    A critic and a relativistic judge are known up to a constant only. Differences below `FLAT` are
    no ground: a picture that spreads its colours over them would show steep hills.
    """
    if game.objective.gives_probability:
        return values.sigmoid()
    shown = values - values.mean()
    return torch.zeros_like(shown) if float(shown.abs().max()) < FLAT else shown


def outside(points: Tensor, extent: Extent) -> float:
    """Which share of points lies outside a picture."""
    edges = torch.tensor(extent).view(2, 2)[: points.shape[1]]
    inside = (points >= edges[:, 0]) & (points <= edges[:, 1])
    return float((~inside.all(dim=1)).double().mean())


SURE = 0.95  # what a discriminator says, for either side, from which it is called certain


def certain_share(probabilities: np.ndarray) -> float:
    """Which share of a discriminator's answers is above 95 % or below 5 %."""
    return float((np.abs(probabilities - 0.5) > SURE - 0.5).mean())


def slope_shares(slopes: Tensor) -> np.ndarray:
    """Which share of the slopes lies in each bin of `SLOPE_EDGES`; the outer bins take the rest."""
    inside = slopes.double().clamp(SLOPE_EDGES[0], SLOPE_EDGES[-1] * 0.999).numpy()
    return np.histogram(inside, SLOPE_EDGES)[0] / max(1, len(inside))


def work_of_a_step(game: Game) -> float:
    """Multiply-adds of one step of a game, in units of 10⁹, counted from the shapes.

    A pass of a batch forward is one unit for each weight, and one back two; the penalty at
    interpolates passes five times more, R1 and R2 four each, and what a relativistic generator is
    compared with once. Updates of parameters are left out.
    """
    sizes = {name: network.sizes for name, network in game.networks.items()}
    weights = {
        name: sum(below * above for below, above in pairwise(each)) for name, each in sizes.items()
    }
    settings = game.settings
    judge, generator = passes(game.objective, settings.critic_steps)
    return settings.batch * (judge * weights["judge"] + generator * weights["generator"]) / 1e9


def passes(objective: Objective, updates: int) -> tuple[int, int]:
    """How often a batch passes the judge and the generator in a step of so many judge's updates."""
    judge = updates * (6 + PASSES[objective.penalty]) + (3 if objective.relativistic else 2)
    return judge, updates + 3


def dearer(updates: int) -> tuple[float, float]:
    """What a step with so many updates of its judge costs, over a step with one.

    By `passes`, with networks of one size: the least and the most of all objectives.
    """
    found = [sum(passes(each, updates)) / sum(passes(each, 1)) for each in OBJECTIVES.values()]
    return min(found), max(found)


def dearer_in_words(updates: int) -> str:
    """`dearer` as a sentence has it: 3.3 to 3.9 times."""
    least, most = dearer(updates)
    return f"{least:.1f} to {most:.1f} times"
