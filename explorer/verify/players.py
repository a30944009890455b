"""Known answers about what is written out in place of automatic differentiation."""

from functools import partial
from typing import Any

import torch
from torch import Tensor

from explorer.gans.distributions import RING
from explorer.gans.game import Game
from explorer.gans.networks import Network
from explorer.gans.objectives import OBJECTIVES
from explorer.gans.settings import GameSettings
from explorer.gans.textbook import TextbookGame
from explorer.verify.known import Known


def precise_ring(n: int, draws: torch.Generator) -> Tensor:
    """Points of the ring in float64."""
    return RING.sample(n, draws).double()


def gradient_errors(settings: GameSettings, steeper: float = 1.0) -> dict[str, float]:
    """Largest error of each player's gradient in one step, over its largest entry, float64.

    What is written out, against autograd on the losses of `TextbookGame` and the same draws. The
    judge's first weights are multiplied by ``steeper``.
    """
    game = Game(settings, precise_ring, dtype=torch.float64)
    game.networks["judge"].parameters.mul_(steeper)
    textbook = TextbookGame(settings, precise_ring, torch.float64)
    textbook.copy_weights(game.networks)
    draws = game.next_draws()
    noise = draws.generator_noise
    game.step()
    textbook.update_judge(draws.real[0], draws.judge_noise[0], draws.mixing[0])
    of_judge = [p.grad.clone() for p in textbook.judge.parameters() if p.grad is not None]
    textbook.update_generator(noise, real=draws.real[-1])
    of_generator = [p.grad for p in textbook.generator.parameters() if p.grad is not None]
    return {
        "judge": _largest_error(game.networks["judge"], of_judge),
        "generator": _largest_error(game.networks["generator"], of_generator),
    }


def _largest_error(network: Network, derived: list[Tensor]) -> float:
    pairs = zip(network.weight_gradients, network.bias_gradients, strict=True)
    written = torch.cat([t.flatten() for pair in pairs for t in pair])
    other = torch.cat([t.flatten() for t in derived])
    return float((written - other).abs().max() / other.abs().max())


def objective_error(objective: str, activation: str) -> float:
    """The larger of both players' errors, of one objective."""
    settings = GameSettings(
        objective=objective,
        width=16,
        activation=activation,
        batch=32,
        critic_steps=1,
        penalty_weight=1.0,
    )
    return max(gradient_errors(settings).values())


def penalty_error(objective: str, **dials: Any) -> float:
    """Error of the judge's gradient where next to nothing but the penalty is in it.

    The judge starts with slopes on both sides of 1, so that either side of each penalty counts.
    """
    settings = GameSettings(
        objective=objective, width=16, activation="tanh", batch=32, critic_steps=1, **dials
    )
    return gradient_errors(settings, steeper=2.0)["judge"]


def penalties() -> list[tuple[str, str, dict[str, Any]]]:
    """By name, what pays for its slope, with a weight that drowns the rest of the loss."""
    found: list[tuple[str, str, dict[str, Any]]] = []
    for name, rules in OBJECTIVES.items():
        if rules.pays:
            weight = {rules.weighed_by: 1e3}
            found.append((f"{rules.title}, {rules.note}", name, weight))
        if rules.one_sided_note:
            note = f"{rules.title}, {rules.one_sided_note}"
            found.append((note, name, {**weight, "one_sided": True}))
    return found


def undecided_loss(objective: str) -> float:
    """L_D, without its penalty, of a judge that says the same of every point."""
    same = torch.zeros(64, dtype=torch.float64)
    return float(OBJECTIVES[objective].judge_loss(same, same))


PLAYERS = (
    *(
        Known(
            f"{OBJECTIVES[objective].label}: both players' gradients, {activation}, relative error",
            0,
            partial(objective_error, objective, activation),
            "autograd, float64",
            tolerance=1e-12,
        )
        for objective in OBJECTIVES
        for activation in ("leaky_relu", "tanh")
    ),
    *(
        Known(
            f"double backward of {name}, relative error",
            0,
            partial(penalty_error, objective, **dials),
            "autograd twice, float64",
            tolerance=1e-12,
        )
        for name, objective, dials in penalties()
    ),
    *(
        Known(
            f"{rules.label}: loss of a judge that guesses",
            rules.undecided[0],
            partial(undecided_loss, name),
            rules.undecided[1],
            tolerance=1e-12,
        )
        for name, rules in OBJECTIVES.items()
        if rules.undecided is not None
    ),
)
