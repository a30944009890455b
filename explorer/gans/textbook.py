"""The same games as a tutorial writes them, to measure `game.Game` against.

Modules, optimizers and automatic differentiation, and nothing of the fast path but what is written
once for both: the losses of the objectives and the formulas of the penalties. So it is an oracle
for every slope and every double backward, and the other side of every claim about speed.

Letters: B points in a batch, D coordinates of a point, Z of the noise.
"""

from collections.abc import Callable, Mapping

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn
from torch.nn.functional import one_hot
from torch.nn.utils.parametrizations import spectral_norm

from explorer.gans.networks import LEAK, Network
from explorer.gans.objectives import OBJECTIVES
from explorer.gans.penalty import penalty
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
        sampler: Callable[[int, torch.Generator], Tensor | tuple[Tensor, Tensor]],
        dtype: torch.dtype = torch.float32,
    ) -> None:
        self.settings = s = settings
        self.objective = OBJECTIVES[s.objective]
        self.sampler = sampler
        self.dtype = dtype
        self.rng = torch.Generator().manual_seed(s.seed)
        dimensions = self._real(1)[0].shape[1]
        self.generator = self._perceptron(s.noise_dim + s.classes, dimensions, s.normalisation)
        self.judge = self._perceptron(dimensions + s.classes, 1)
        if s.spectral:
            for linear in filter(_is_linear, self.judge):
                spectral_norm(linear)
            self.judge.eval()  # an evaluating module reads its vectors and does not iterate
        self.generator_optimizer = _optimizer(
            s.optimizer, self.generator, s.generator_rate, s.betas
        )
        self.judge_optimizer = _optimizer(
            s.critic_optimizer, self.judge, s.critic_rate, s.critic_betas
        )

    def _perceptron(self, inputs: int, outputs: int, normalisation: str = "none") -> nn.Sequential:
        width = self.settings.width
        layers: list[nn.Module] = []
        normal = {"none": None, "batch": nn.BatchNorm1d, "layer": nn.LayerNorm}[normalisation]
        for _ in range(self.settings.depth):
            layers += [self._linear(inputs, width, bias=normal is None)]
            layers += [normal(width, dtype=self.dtype)] if normal else []
            layers += [ACTIVATIONS[self.settings.activation]()]
            inputs = width
        return nn.Sequential(*layers, self._linear(inputs, outputs))

    def _linear(self, inputs: int, outputs: int, bias: bool = True) -> nn.Linear:
        linear = nn.utils.skip_init(nn.Linear, inputs, outputs, bias=bias, dtype=self.dtype)
        for parameter in linear.parameters():
            nn.init.uniform_(parameter, -(inputs**-0.5), inputs**-0.5, generator=self.rng)
        return linear

    @torch.no_grad()
    def copy_weights(
        self, networks: Mapping[str, Network], vectors: Mapping[str, Tensor] | None = None
    ) -> None:
        """Start from the weights of a game alone, by the name of the player.

        ``vectors`` are those of a spectral normalisation, whose judge is the one that learns.
        """
        for name, network in networks.items():
            layers = getattr(self, name)
            linears = [layer for layer in layers if _is_linear(layer)]
            for index, linear in enumerate(linears):
                if linear.bias is not None:
                    linear.bias.copy_(network.biases[index].squeeze(0))
                if name == "judge" and vectors:
                    parts = linear.parametrizations.weight
                    parts.original.copy_(network.weights[index])
                    parts[0]._u.copy_(vectors[f"left.{index}"].squeeze(1))
                    parts[0]._v.copy_(vectors[f"right.{index}"].squeeze(1))
                else:
                    linear.weight.copy_(network.weights[index])

    def step(self) -> None:
        """``critic_steps`` updates of the judge, then one of the generator."""
        batch, rng = self.settings.batch, self.rng
        for _ in range(self.settings.critic_steps):
            real, labels = self._real(batch)
            mixing = torch.rand(batch, 1, generator=rng)
            self.update_judge(real, self._noise(), mixing, labels)
        self.update_generator(self._noise(), labels, real)

    def _real(self, count: int) -> tuple[Tensor, Tensor | None]:
        drawn = self.sampler(count, self.rng)
        return drawn if isinstance(drawn, tuple) else (drawn, None)

    def _noise(self) -> Tensor:
        shape = self.settings.batch, self.settings.noise_dim
        if self.settings.noise == "uniform":
            return 2 * torch.rand(*shape, generator=self.rng) - 1
        return torch.randn(*shape, generator=self.rng)

    def _beside(self, rows: Tensor, labels: Tensor | None) -> Tensor:
        if labels is None:
            return rows
        return torch.cat([rows, one_hot(labels, self.settings.classes).to(rows.dtype)], dim=1)

    def update_judge(
        self,
        real: Float[Tensor, "B D"],
        noise: Float[Tensor, "B Z"],
        mixing: Float[Tensor, "B 1"],
        labels: Int64[Tensor, " B"] | None = None,
    ) -> None:
        """One update of the discriminator or critic."""
        fake = self.generator(self._beside(noise, labels)).detach()
        loss = self.judge_loss(real, fake, mixing, labels)
        self.judge_optimizer.zero_grad()
        loss.backward()
        self.judge_optimizer.step()
        if self.objective.clips:
            with torch.no_grad():
                for parameter in self.judge.parameters():
                    parameter.clamp_(-self.settings.clip, self.settings.clip)
        if self.settings.spectral:
            self.judge.train()
            for linear in filter(_is_linear, self.judge):
                _ = linear.weight  # reading it in training iterates once
            self.judge.eval()

    def update_generator(
        self,
        noise: Float[Tensor, "B Z"],
        labels: Int64[Tensor, " B"] | None = None,
        real: Float[Tensor, "B D"] | None = None,
    ) -> None:
        """One update of the generator, which a relativistic one makes beside ``real`` points."""
        loss = self.generator_loss(self.generator(self._beside(noise, labels)), labels, real)
        self.generator_optimizer.zero_grad()
        loss.backward()
        self.generator_optimizer.step()

    def judge_loss(
        self,
        real: Float[Tensor, "B D"],
        fake: Float[Tensor, "B D"],
        mixing: Float[Tensor, "B 1"],
        labels: Int64[Tensor, " B"] | None = None,
    ) -> Float[Tensor, ""]:
        """Of the objective in the settings, with its penalty."""
        s, rules = self.settings, self.objective

        def judge(points: Tensor) -> Tensor:
            return self.judge(self._beside(points, labels)).squeeze(-1)

        loss = rules.judge_loss(judge(real), judge(fake))
        if not rules.pays:
            return loss
        matched = rules.penalty == "between" and s.pairs == "optimal"
        pair = _assigned(real, fake, labels) if matched else fake
        paid = penalty(rules.penalty, judge, real, pair, mixing, s.one_sided)
        return loss + getattr(s, rules.weighed_by) * paid

    def generator_loss(
        self,
        fake: Float[Tensor, "B D"],
        labels: Int64[Tensor, " B"] | None = None,
        real: Float[Tensor, "B D"] | None = None,
    ) -> Float[Tensor, ""]:
        """Of the objective in the settings; ValueError for a relativistic one without real points.

        Any other reads nothing of real points.
        """
        on_fake = self.judge(self._beside(fake, labels)).squeeze(-1)
        if not self.objective.relativistic:
            return self.objective.generator_loss(torch.full_like(on_fake, torch.nan), on_fake)
        if real is None:
            raise ValueError(f"the loss of {self.objective.name!r} needs real points as well")
        on_real = self.judge(self._beside(real, labels)).squeeze(-1)
        return self.objective.generator_loss(on_real, on_fake)


def _is_linear(layer: nn.Module) -> bool:
    return isinstance(layer, nn.Linear)


def _optimizer(
    name: str, module: nn.Module, rate: float, betas: tuple[float, float]
) -> torch.optim.Optimizer:
    if name == "adam":
        return torch.optim.Adam(module.parameters(), lr=rate, betas=betas)
    if name == "rmsprop":
        return torch.optim.RMSprop(module.parameters(), lr=rate, alpha=betas[1])
    if name == "sgd":
        return torch.optim.SGD(module.parameters(), lr=rate, momentum=betas[0])
    raise ValueError(f"the textbook has no optimizer {name!r}")


def _assigned(real: Tensor, fake: Tensor, labels: Tensor | None) -> Tensor:
    """The generated points in the order of the real ones that they are cheapest assigned to."""
    from scipy.optimize import linear_sum_assignment  # type: ignore[import-untyped]

    costs = torch.cdist(real.double(), fake.double())
    if labels is not None:
        costs = costs + 1e6 * (labels[:, None] != labels[None, :])
    return fake[torch.from_numpy(linear_sum_assignment(costs.numpy())[1])]
