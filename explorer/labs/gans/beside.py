"""The truth beside what one judge learned, as a match shows it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import assert_never

import numpy as np
import torch
from torch import Tensor

from explorer.gans.conditional import asked_labels
from explorer.gans.distributions import Distribution
from explorer.gans.game import Game
from explorer.gans.objectives import OBJECTIVES
from explorer.gans.settings import GameSettings
from explorer.gans.truth import (
    BANDWIDTH,
    FRESH,
    CriticTruth,
    Judge,
    agreement,
    critic_truth,
    discriminator_truth,
    fresh_gap,
    penalised_critic,
    predicted_slope,
)
from explorer.labs.gans.looks import judged
from explorer.labs.gans.standards import FEWER, MEASURED
from explorer.transport import wasserstein, wasserstein_by_quantiles

OF_THE_TRUTH = (
    *("truth_correlation", "truth_rmse", "truth_blunt", "kernel"),
    *("gap_ratio", "gap_noise", "exact_ratio", "gap_least", "gap_best"),
)
ON_A_LINE = 1_024  # points of a fresh cloud on a line, where sorting them solves transport
NODES = 400  # of the densities on a line
HELD_OUT = 0x66726573  # the seed of the real points of fresh clouds


@dataclass(frozen=True, eq=False)
class Beside:
    """What a judge should say, as a picture has it, and how far the judge is from that."""

    picture: Tensor  # at the points that were asked for
    numbers: Mapping[str, float]
    best: Tensor | None = None
    """on a line the penalised critic at its best, at the same points"""


def truth_beside(
    game: Game, data: Distribution, real: Tensor, samples: Tensor, at: Tensor
) -> Beside:
    """Return what the judge should say at the points of a picture, and how far it is from that.

    For a critic the exact Kantorovich potential; correlation and error are those of its drops along
    the plan. For all others D*: in the plane the picture sees both densities through a kernel as
    wide as half of a cell, on a line and for the numbers p is exact where it has a formula and q
    estimated as finely as the samples allow. Correlation and error are of the logits for a
    discriminator, up to a constant where it is relativistic, and of D* itself where the judge's
    number is neither (least squares and hinge).
    """
    rules = game.objective

    def judge(points: Tensor) -> Tensor:
        return judged(game, points)

    match rules.answer:
        case "value":
            return _critic(game, data, judge, critic_truth(judge, real, samples, at), at)
        case "probability" | "difference":
            free = rules.answer == "difference"
            fine, coarse = (
                discriminator_truth(judge, data, real, samples, at, width, free_constant=free)
                for width in (None, BANDWIDTH)
            )
            fit, blunt = fine.agreement, coarse.agreement
        case "score":
            fine, coarse = (
                discriminator_truth(judge, data, real, samples, at, width)
                for width in (None, BANDWIDTH)
            )
            answers = judge(torch.cat([real, samples]))
            fit, blunt = (agreement(answers, each.optimal.sigmoid()) for each in (fine, coarse))
        case _:
            assert_never(rules.answer)
    numbers = {
        "truth_correlation": fit.correlation,
        "truth_rmse": fit.rmse,
        "truth_blunt": blunt.correlation,
        "kernel": fine.width,
    }
    return Beside((fine if data.kind == "line" else coarse).probability, numbers)


def _critic(game: Game, data: Distribution, judge: Judge, exact: CriticTruth, at: Tensor) -> Beside:
    """Return how a critic agrees along the plan, and what its gap and an exact one's are afresh.

    A generator of given points has no others: there both gaps are those of the very points.
    """
    if game.given is not None:
        return _of_the_very_points(game, data, exact)
    pairs = _fresh_pairs(game, data)
    apart = [_w1(*pair) for pair in pairs]
    learned = fresh_gap(judge, pairs, apart)
    of_few = fresh_gap(exact.transport.kantorovich_potential, pairs, apart)
    numbers = {
        "truth_correlation": exact.along.correlation,
        "truth_rmse": exact.along.rmse,
        "gap_ratio": learned.ratio,
        "gap_noise": learned.band,
        "exact_ratio": of_few.ratio,
    }
    settings = game.settings
    level = _level(judge, exact, at) if data.kind == "line" else 0.0
    best = None
    known = known_of_the_best(settings, data)
    if known:
        # both distributions are at least as far apart as a critic of slope 1 shows afresh
        least = max(0.0, of_few.gap)
        numbers["gap_least"] = least * predicted_slope(least, settings.penalty_weight) / of_few.w1
        if known == "gap_best":
            made = torch.cat([fake for _, fake in pairs])
            nodes, values, gap = _best_on_a_line(data, made, settings.penalty_weight)
            numbers["gap_best"] = gap / of_few.w1
            shown = np.interp(at[:, 0].double().numpy(), nodes.numpy(), values.numpy())
            best = torch.from_numpy(shown) + level
    return Beside(exact.potential + level, numbers, best)


def _of_the_very_points(game: Game, data: Distribution, exact: CriticTruth) -> Beside:
    """Return how a critic agrees with the exact one of points that are all there is."""
    solved = exact.transport
    best = solved.kantorovich_potential
    gap = best(solved.source.points).mean() - best(solved.target.points).mean()
    numbers = {
        "truth_correlation": exact.along.correlation,
        "truth_rmse": exact.along.rmse,
        "gap_ratio": exact.ratio,
        "exact_ratio": float(gap) / exact.w1 if exact.w1 else math.nan,
    }
    if known_of_the_best(game.settings, data):
        numbers["gap_least"] = predicted_slope(exact.w1, game.settings.penalty_weight)
    return Beside(exact.potential, numbers)


def known_of_the_best(settings: GameSettings, data: Distribution) -> str:
    """Return which number tells how wide the gap of the best penalised critic is; or nothing.

    "gap_best" is its gap, which is known on a line between random pairs; "gap_least" a bound from
    below, elsewhere. Nothing is known of other objectives, nor without the penalty's weight; in a
    conditional game the critic judges pairs of one class, and with normalised weights it cannot be
    so steep.
    """
    penalised = OBJECTIVES[settings.objective].penalty == "between" and settings.penalty_weight
    if not penalised or settings.classes or settings.spectral:
        return ""
    return "gap_best" if data.kind == "line" and settings.pairs == "random" else "gap_least"


def _w1(real: Tensor, fake: Tensor) -> float:
    if real.shape[1] == 1:
        return wasserstein_by_quantiles(real[:, 0], fake[:, 0])
    return wasserstein(real, fake)


def _fresh_pairs(game: Game, data: Distribution) -> list[tuple[Tensor, Tensor]]:
    """Return real and generated clouds that are not those of the truth; the same at every call."""
    count, classes = (ON_A_LINE if data.kind == "line" else FEWER), game.settings.classes
    noise = game.evaluation_noise(MEASURED + FRESH * count)[MEASURED:]
    labels = asked_labels(len(noise), data.shares) if classes else None
    made = game.generate(noise, labels)
    return list(zip(_held_out(data, count), made.split(count), strict=True))


@lru_cache(maxsize=16)
def _held_out(data: Distribution, count: int) -> tuple[Tensor, ...]:
    rng = torch.Generator().manual_seed(HELD_OUT)
    return data.sample(FRESH * count, rng).split(count)


def _best_on_a_line(
    data: Distribution, fake: Tensor, weight: float
) -> tuple[Tensor, Tensor, float]:
    """Return nodes of a line, the penalised critic's values there at its best, and its gap."""
    low, high = data.extent[:2]
    points = fake[:, 0].double()
    edges = torch.linspace(
        min(low, float(points.min())) - 1e-6,
        max(high, float(points.max())) + 1e-6,
        NODES + 1,
        dtype=torch.float64,
    )
    assert data.cdf is not None
    masses = data.cdf(edges[:, None]).double().diff()
    counts = torch.from_numpy(np.histogram(points.numpy(), edges.numpy())[0]).double()
    at = (edges[:-1] + edges[1:]) / 2
    found = penalised_critic(at, masses, counts, weight)
    return at, found.values, found.gap


def _level(judge: Judge, exact: CriticTruth, at: Tensor) -> float:
    """Return what lifts a function of mean zero over both clouds to the judge as a line shows it.

    A critic is known up to a constant: the picture takes off its mean along the line.
    """
    clouds = torch.cat([exact.transport.source.points, exact.transport.target.points])
    return float(judge(clouds.float()).mean() - judge(at).mean())
