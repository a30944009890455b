"""The truth beside what one judge learned, as a match shows it."""

import torch
from torch import Tensor

from explorer.gans.distributions import Distribution
from explorer.gans.game import Game
from explorer.gans.objectives import OBJECTIVES
from explorer.gans.truth import agreement, critic_truth, discriminator_truth, predicted_slope
from explorer.labs.gans.looks import judged
from explorer.labs.gans.standards import FEWER, reference

OF_THE_TRUTH = ("truth_correlation", "truth_rmse", "gap_ratio", "predicted_slope")


def truth_beside(
    game: Game, data: Distribution, samples: Tensor, at: Tensor
) -> tuple[Tensor, dict[str, float]]:
    """What the judge should say at the points of a picture, and how far it is from that.

    For a critic the exact Kantorovich potential, for all others D*. Correlation and error are of
    the values for a critic, of the logits for a discriminator, and of D* itself where the judge's
    number is neither (least squares and hinge).
    """
    rules = OBJECTIVES[game.settings.objective]
    real = reference(data, FEWER)

    def judge(points: Tensor) -> Tensor:
        return judged(game, points)

    numbers: dict[str, float] = {}
    if rules.critic:
        exact = critic_truth(judge, real, samples, at)
        found, fit = exact.potential, exact.agreement
        numbers["gap_ratio"] = exact.ratio
        if rules.penalty == "between":
            numbers["predicted_slope"] = predicted_slope(exact.w1, game.settings.penalty_weight)
    else:
        best = discriminator_truth(judge, data, real, samples, at)
        found, fit = best.probability, best.agreement
        if not rules.gives_probability:
            clouds = torch.cat([real, samples])
            there = discriminator_truth(judge, data, real, samples, clouds)
            fit = agreement(judge(clouds), there.probability)
    return found, numbers | {"truth_correlation": fit.correlation, "truth_rmse": fit.rmse}
