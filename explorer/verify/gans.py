"""Known answers about the data, what was learned of it, and single steps of the games."""

import math
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import linear, softplus

from explorer.gans.distributions import DISTRIBUTIONS, RING, stratified
from explorer.gans.game import Draws, Game
from explorer.gans.learned import (
    expected_coverage,
    mode_report,
    neighbour_coverage,
    reverse_kl,
    w1_floor,
)
from explorer.gans.penalty import gradient_penalty
from explorer.gans.settings import GameSettings
from explorer.verify.draws import normal, rng
from explorer.verify.known import Known

GAULT = "Srivastava et al. 2017"


def distinct_centres(name: str) -> int:
    """How many different centres there are."""
    modes = DISTRIBUTIONS[name].modes
    assert modes is not None
    return len({tuple(round(x, 4) for x in centre) for centre in modes.tolist()})


def nearest_centres(name: str) -> float:
    """The smallest distance of two centres."""
    modes = DISTRIBUTIONS[name].modes
    assert modes is not None
    return float(torch.pdist(modes.double()).min())


def good_share() -> float:
    """The share of good samples of a perfect generator: the ring itself, 400,000 points."""
    return mode_report(RING.sample(400_000, rng()), RING).good_share


def real_coverage() -> float:
    """Coverage of moons by moons, 1,000 points each, mean of eight pairs."""
    moons, draws = DISTRIBUTIONS["moons"], rng()
    pairs = ((moons.sample(1_000, draws), moons.sample(1_000, draws)) for _ in range(8))
    return sum(neighbour_coverage(real, fake).coverage for real, fake in pairs) / 8


def mean_reverse_kl() -> float:
    """Reverse KL of 1,000 points that are really uniform over 25 modes, mean of 4,000 draws."""
    draws = torch.randint(25, (4_000, 1_000), generator=rng())
    return sum(reverse_kl(row.bincount(minlength=25)) for row in draws) / 4_000


def lost_mode() -> float:
    """Reverse KL of a generator that has 24 of 25 modes, evenly."""
    return reverse_kl(torch.tensor([40] * 24 + [0]))


def floor(name: str, even: bool) -> float:
    """Mean W1 of 1,000 real points to 1,000 others, equally many from each mode if ``even``."""
    data = DISTRIBUTIONS[name]
    reference = stratified(data, 1_000, rng(1)) if even else None
    return w1_floor(data, 1_000, 6, rng(), reference).mean


def linear_penalty() -> float:
    """The penalty of a critic whose slope is (3, 4) everywhere."""
    weights = torch.tensor([3.0, 4.0], dtype=torch.float64)
    mixing = torch.rand(64, 1, generator=rng(2), dtype=torch.float64)
    return float(gradient_penalty(lambda x: x @ weights, normal(64, 2), normal(64, 2, seed=1), mixing))


class Slow:
    """A game played with automatic differentiation and `torch.optim.Adam`, from a fast one's start.

    Written from the papers' formulas alone; it shares no code with the game that it checks.
    """

    def __init__(self, game: Game) -> None:
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
        generator_losses: dict[str, Callable[[Tensor], Tensor]] = {
            "minimax": lambda t: torch.log(1 - torch.sigmoid(t)),
            "non_saturating": lambda t: -torch.log(torch.sigmoid(t)),
            "wasserstein_gp": lambda t: -t,
        }
        self._learn("generator", generator_losses[self.settings.objective](imagined).mean())

    def _judge_loss(self, real: Tensor, fake: Tensor, mixing: Tensor) -> Tensor:
        if self.settings.objective != "wasserstein_gp":
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


def difference_to_slow(objective: str, activation: str = "relu", steps: int = 5) -> float:
    """Largest difference of the parameters after some steps, fast game against `Slow`, float64."""
    settings = GameSettings(
        objective, width=16, depth=3, activation=activation, batch=32, penalty_weight=1.0
    )
    game = Game(settings, lambda n, draws: RING.sample(n, draws).double(), dtype=torch.float64)
    slow = Slow(game)
    for _ in range(steps):
        slow.step(game.next_draws())
        game.step()
    return max(
        float((theirs - ours).abs().max())
        for name, network in game.networks.items()
        for theirs, ours in zip(
            slow.networks[name],
            (t for pair in zip(network.weights, network.biases, strict=True) for t in pair),
            strict=True,
        )
    )


def judge_gradient_error(activation: str) -> float:
    """Largest relative error of the critic's last gradient, penalty included, float64."""
    settings = GameSettings(
        width=16, depth=3, activation=activation, batch=32, critic_steps=1, penalty_weight=1.0
    )
    game = Game(settings, lambda n, draws: RING.sample(n, draws).double(), dtype=torch.float64)
    slow = Slow(game)
    slow.step(game.next_draws())
    game.step()
    network = game.networks["judge"]
    pairs = zip(network.weight_gradients, network.bias_gradients, strict=True)
    written = torch.cat([t.flatten() for pair in pairs for t in pair])
    derived = torch.cat([p.grad.flatten() for p in slow.networks["judge"] if p.grad is not None])
    return float((written - derived).norm() / derived.norm())


def population_difference() -> float:
    """Largest difference of three games played at once to the same three alone, float64."""
    settings = GameSettings(width=16, batch=32)

    def sampler(n: int, draws: torch.Generator) -> Tensor:
        return RING.sample(n, draws).double()

    def play(**several: tuple[int, ...] | int) -> Game:
        seeds = several.get("seeds")
        alone = GameSettings(width=16, batch=32, seed=several.get("seed", settings.seed))
        game = Game(alone, sampler, seeds=seeds, dtype=torch.float64)
        for _ in range(20):
            game.step()
        return game

    together = play(seeds=(3, 4, 5)).generate(normal(100, 2))
    return max(
        float((play(seed=seed).generate(normal(100, 2)) - points).abs().max())
        for seed, points in zip((3, 4, 5), together, strict=True)
    )


def slope_between_two_points(weight: float, apart: float = 0.5) -> float:
    """The slope that a critic settles at between two points, of which no one moves."""
    settings = GameSettings(width=32, batch=64, generator_rate=0, penalty_weight=weight)
    there = torch.tensor([apart, 0.0], dtype=torch.float64)
    game = Game(settings, lambda n, draws: there.expand(n, 2), dtype=torch.float64)
    game.networks["generator"].parameters.zero_()  # it generates the origin, whatever the noise
    for _ in range(400):
        game.step()
    return float(game.losses().slope)


def modes_held(objective: str, worst: bool) -> int:
    """Modes of the ring held after 1,200 steps, the fewest or the most of three seeds."""
    held = []
    for seed in range(3):
        game = Game(GameSettings(objective, seed=seed), RING.sample)
        for _ in range(1_200):
            game.step()
        held.append(mode_report(game.generate(game.evaluation_noise(2_500)), RING).modes_held)
    return min(held) if worst else max(held)
