"""The same games as a tutorial writes them, to measure `game.Game` against.

Modules, optimizers and automatic differentiation, and nothing of the fast path but the formula of
the penalty: an oracle for the mathematics and the other side of every claim about speed.

Letters: B points in a batch, D coordinates of a point, Z of the noise.
"""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

from explorer.gans.networks import LEAK, Network
from explorer.gans.penalty import gradient_penalty
from explorer.gans.settings import GameSettings

ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "relu": nn.ReLU,
    "leaky_relu": lambda: nn.LeakyReLU(LEAK),
    "tanh": nn.Tanh,
}


class TextbookGame:
    """One game of one seed, in plain PyTorch.

    Draws its own weights and points from one generator, in the order in which it needs them: a
    run equals one of `Game` only after `copy_weights`, and with the same draws given to
    `update_judge` and `update_generator`.
    """

    def __init__(
        self,
        settings: GameSettings,
        sampler: Callable[[int, torch.Generator], Tensor],
        dtype: torch.dtype = torch.float32,
    ) -> None:
        self.settings = settings
        self.sampler = sampler
        self.dtype = dtype
        self.rng = torch.Generator().manual_seed(settings.seed)
        dimensions = sampler(1, torch.Generator()).shape[1]
        self.generator = self._perceptron(settings.noise_dim, dimensions)
        self.judge = self._perceptron(dimensions, 1)
        betas = settings.betas
        self.generator_adam = torch.optim.Adam(
            self.generator.parameters(), lr=settings.generator_rate, betas=betas
        )
        self.judge_adam = torch.optim.Adam(
            self.judge.parameters(), lr=settings.critic_rate, betas=betas
        )

    def _perceptron(self, inputs: int, outputs: int) -> nn.Sequential:
        layers: list[nn.Module] = []
        for _ in range(self.settings.depth):
            layers += [self._linear(inputs, self.settings.width)]
            layers += [ACTIVATIONS[self.settings.activation]()]
            inputs = self.settings.width
        return nn.Sequential(*layers, self._linear(inputs, outputs))

    def _linear(self, inputs: int, outputs: int) -> nn.Linear:
        linear = nn.utils.skip_init(nn.Linear, inputs, outputs, dtype=self.dtype)
        for parameter in linear.parameters():
            nn.init.uniform_(parameter, -(inputs**-0.5), inputs**-0.5, generator=self.rng)
        return linear

    def copy_weights(self, networks: dict[str, Network]) -> None:
        """Start from the weights of a game alone, by the name of the player."""
        for name, network in networks.items():
            linears = [m for m in getattr(self, name) if isinstance(m, nn.Linear)]
            with torch.no_grad():
                for linear, weight, bias in zip(
                    linears, network.weights, network.biases, strict=True
                ):
                    linear.weight.copy_(weight)
                    linear.bias.copy_(bias.squeeze(0))

    def step(self) -> None:
        """``critic_steps`` updates of the judge, then one of the generator."""
        batch, rng = self.settings.batch, self.rng
        for _ in range(self.settings.critic_steps):
            real = self.sampler(batch, rng)
            mixing = torch.rand(batch, 1, generator=rng)
            self.update_judge(real, self._noise(), mixing)
        self.update_generator(self._noise())

    def _noise(self) -> Tensor:
        return torch.randn(self.settings.batch, self.settings.noise_dim, generator=self.rng)

    def update_judge(
        self, real: Float[Tensor, "B D"], noise: Float[Tensor, "B Z"], mixing: Float[Tensor, "B 1"]
    ) -> None:
        """One update of the discriminator or critic."""
        fake = self.generator(noise).detach()
        loss = self.judge_loss(real, fake, mixing)
        self.judge_adam.zero_grad()
        loss.backward()
        self.judge_adam.step()

    def update_generator(self, noise: Float[Tensor, "B Z"]) -> None:
        """One update of the generator."""
        loss = self.generator_loss(self.judge(self.generator(noise)))
        self.generator_adam.zero_grad()
        loss.backward()
        self.generator_adam.step()

    def judge_loss(
        self, real: Float[Tensor, "B D"], fake: Float[Tensor, "B D"], mixing: Float[Tensor, "B 1"]
    ) -> Float[Tensor, ""]:
        """Of the objective in the settings, with its penalty."""
        on_real, on_fake = self.judge(real), self.judge(fake)
        if self.settings.objective == "wasserstein_gp":
            penalty = gradient_penalty(self.judge, real, fake, mixing)
            return on_fake.mean() - on_real.mean() + self.settings.penalty_weight * penalty
        return binary_cross_entropy_with_logits(
            on_real, torch.ones_like(on_real)
        ) + binary_cross_entropy_with_logits(on_fake, torch.zeros_like(on_fake))

    def generator_loss(self, on_fake: Float[Tensor, "B 1"]) -> Float[Tensor, ""]:
        """Of the objective in the settings."""
        if self.settings.objective == "wasserstein_gp":
            return -on_fake.mean()
        if self.settings.objective == "minimax":
            return -binary_cross_entropy_with_logits(on_fake, torch.zeros_like(on_fake))
        return binary_cross_entropy_with_logits(on_fake, torch.ones_like(on_fake))
