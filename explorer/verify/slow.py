"""The same games written a second time, from the papers' formulas and with autograd."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import linear, softplus

from explorer.gans.game import Draws, Game

GENERATOR_LOSSES: dict[str, Callable[[Tensor], Tensor]] = {
    "minimax": lambda t: torch.log(1 - torch.sigmoid(t)),
    "non_saturating": lambda t: -torch.log(torch.sigmoid(t)),
    "wasserstein_gp": lambda t: -t,
}
"""Of each objective that is written a second time here, its term for one point."""


class Slow:
    """A game played with automatic differentiation and `torch.optim.Adam`, from a fast one's start.

    It shares no code with the game that it checks: Goodfellow et al. 2014, eq. 1 and section 3;
    Gulrajani et al. 2017, eq. 3. ValueError for any other objective.
    """

    def __init__(self, game: Game) -> None:
        if game.settings.objective not in GENERATOR_LOSSES:
            raise ValueError(f"{game.settings.objective!r} is not written a second time")
        self.settings = s = game.settings
        self.networks = {
            name: [
                tensor.clone().requires_grad_()
                for pair in zip(network.weights, network.biases, strict=True)
                for tensor in pair
            ]
            for name, network in game.networks.items()
        }
        self.adams = {
            name: torch.optim.Adam(
                self.networks[name],
                lr=s.generator_rate if name == "generator" else s.critic_rate,
                betas=s.betas,
            )
            for name in self.networks
        }

    def apply(self, name: str, points: Tensor) -> Tensor:
        """The outputs of a network."""
        activation = {"relu": torch.relu, "tanh": torch.tanh}[self.settings.activation]
        parameters = self.networks[name]
        for index in range(0, len(parameters), 2):
            points = linear(points, parameters[index], parameters[index + 1].squeeze(0))
            if index + 2 < len(parameters):
                points = activation(points)
        return points

    def judge(self, points: Tensor) -> Tensor:
        """The judge's number at each point."""
        return self.apply("judge", points).squeeze(-1)

    def step(self, draws: Draws) -> None:
        """One step of the game, on what was drawn."""
        fakes = [self.apply("generator", noise).detach() for noise in draws.judge_noise]
        for real, fake, mixing in zip(draws.real, fakes, draws.mixing, strict=True):
            self._learn("judge", self._judge_loss(real, fake, mixing))
        imagined = self.judge(self.apply("generator", draws.generator_noise))
        self._learn("generator", GENERATOR_LOSSES[self.settings.objective](imagined).mean())

    def _judge_loss(self, real: Tensor, fake: Tensor, mixing: Tensor) -> Tensor:
        if self.settings.objective in ("minimax", "non_saturating"):
            return (softplus(-self.judge(real)) + softplus(self.judge(fake))).mean()
        between = (mixing * real + (1 - mixing) * fake).requires_grad_()
        (slopes,) = torch.autograd.grad(self.judge(between).sum(), between, create_graph=True)
        penalty = (slopes.square().sum(1).sqrt() - 1).square().mean()
        gap = self.judge(real).mean() - self.judge(fake).mean()
        return self.settings.penalty_weight * penalty - gap

    def _learn(self, name: str, loss: Tensor) -> None:
        self.adams[name].zero_grad()
        loss.backward(inputs=self.networks[name])
        self.adams[name].step()
