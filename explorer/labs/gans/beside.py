"""The truth beside what one judge learned, as a match shows it."""

from typing import assert_never

import torch
from torch import Tensor

from explorer.gans.distributions import Distribution
from explorer.gans.game import Game
from explorer.gans.truth import agreement, critic_truth, discriminator_truth, predicted_slope
from explorer.labs.gans.looks import judged
from explorer.labs.gans.standards import FEWER, reference

OF_THE_TRUTH = ("truth_correlation", "truth_rmse", "gap_ratio", "predicted_slope")


def truth_beside(
    game: Game, data: Distribution, samples: Tensor, at: Tensor
) -> tuple[Tensor, dict[str, float]]:
    """What the judge should say at the points of a picture, and how far it is from that.

    For a critic the exact Kantorovich potential, for all others D*. Correlation and error are of
    the values for a critic, of the logits for a discriminator, up to a constant where it is
    relativistic, and of D* itself where the judge's number is neither (least squares and hinge).
    """
    rules, real = game.objective, reference(data, FEWER)

    def judge(points: Tensor) -> Tensor:
        return judged(game, points)

    numbers: dict[str, float] = {}
    match rules.answer:
        case "value":
            exact = critic_truth(judge, real, samples, at)
            found, fit = exact.potential, exact.agreement
            numbers["gap_ratio"] = exact.ratio
            if rules.penalty == "between":
                numbers["predicted_slope"] = predicted_slope(exact.w1, game.settings.penalty_weight)
        case "probability" | "difference":
            free = rules.answer == "difference"
            best = discriminator_truth(judge, data, real, samples, at, free_constant=free)
            found, fit = best.probability, best.agreement
        case "score":
            clouds = torch.cat([real, samples])
            found = discriminator_truth(judge, data, real, samples, at).probability
            there = discriminator_truth(judge, data, real, samples, clouds)
            fit = agreement(judge(clouds), there.probability)
        case _:
            assert_never(rules.answer)
    return found, numbers | {"truth_correlation": fit.correlation, "truth_rmse": fit.rmse}
