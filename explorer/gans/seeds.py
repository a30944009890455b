"""Many seeds of one game: what each learned, as mean ± standard error over the seeds.

Letters: P seeds.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float64
from torch import Tensor

from explorer.gans.conditional import asked_labels
from explorer.gans.distances import energy_distance, w1
from explorer.gans.distributions import Distribution, stratified
from explorer.gans.game import Game
from explorer.gans.learned import mode_report, neighbour_coverage

MEASURED = 2_500  # samples behind modes and shares, as in Srivastava et al. 2017
SHOWN = 512  # points a side in the distances


@dataclass(frozen=True)
class Summary:
    """Mean ± standard error over the seeds that stayed finite."""

    mean: float
    standard_error: float  # std / sqrt(count); NaN for a single seed
    count: int
    least: float
    most: float


def summary(values: Sequence[float] | Float64[Tensor, " P"]) -> Summary:
    """Of one number a seed, NaN left out (Lin et al. 2018 give mean ± standard error of 10)."""
    given = torch.as_tensor(values, dtype=torch.float64)
    kept = given[given.isfinite()]
    if len(kept) == 0:
        return Summary(math.nan, math.nan, 0, math.nan, most=math.nan)
    error = float(kept.std()) / math.sqrt(len(kept)) if len(kept) > 1 else math.nan
    return Summary(float(kept.mean()), error, len(kept), float(kept.min()), most=float(kept.max()))


@dataclass(frozen=True, eq=False)
class PopulationReport:
    """What each seed of a population learned, one value a seed under the name of its metric.

    A seed that diverged holds and captures no mode and has no distance (NaN).
    """

    seeds: tuple[int, ...]
    values: dict[str, Float64[Tensor, " P"]]
    diverged: tuple[int, ...]  # seeds


def population_report(
    game: Game, distribution: Distribution, measured: int = MEASURED, shown: int = SHOWN
) -> PopulationReport:
    """Modes, shares and distances of every seed, from the same fixed noise and reference.

    held, captured, good, reverse_kl and spread where the data has modes; w1, energy, density and
    coverage anywhere. The reference has equally many points of each mode.
    """
    rng = torch.Generator().manual_seed(0)
    if distribution.modes is None:
        reference = distribution.sample(shown, rng)
    else:
        reference = stratified(distribution, shown, rng)
    noise = game.evaluation_noise(max(measured, shown))
    labels = None
    if game.settings.classes:
        labels = asked_labels(len(noise), distribution.shares)
    clouds = game.generate(noise, labels)
    clouds = clouds[None] if clouds.dim() == 2 else clouds
    rows = [_one(cloud.float(), distribution, reference, measured, shown) for cloud in clouds]
    values = {
        name: torch.tensor([row[name] for row in rows], dtype=torch.float64) for name in rows[0]
    }
    finite = [bool(cloud.isfinite().all()) for cloud in clouds]
    gone = tuple(seed for seed, fine in zip(game.seeds, finite, strict=True) if not fine)
    return PopulationReport(tuple(game.seeds), values, gone)


def _one(
    cloud: Tensor, distribution: Distribution, reference: Tensor, measured: int, shown: int
) -> dict[str, float]:
    fine = bool(cloud.isfinite().all())
    found: dict[str, float] = {}
    if distribution.modes is not None:
        found = {"held": 0.0, "captured": 0.0, "good": 0.0}
        found |= {"reverse_kl": math.nan, "spread": math.nan}
        if fine:
            report = mode_report(cloud[:measured], distribution)
            found = {
                "held": report.modes_held,
                "captured": report.modes_captured,
                "good": report.good_share,
                "reverse_kl": report.reverse_kl,
                "spread": float(report.spread.nanmean()),
            }
    if not fine:
        return found | dict.fromkeys(("w1", "energy", "density", "coverage"), math.nan)
    near = neighbour_coverage(reference, cloud[:shown])
    return found | {
        "w1": w1(reference, cloud[:shown]),
        "energy": energy_distance(reference, cloud[:shown]),
        "density": near.density,
        "coverage": near.coverage,
    }
