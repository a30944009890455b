"""Adam, RMSProp and SGD with momentum on one flat tensor, and the constants in circulation.

The arithmetic is that of `torch.optim`, without the bookkeeping of parameter groups, which costs
more than the update of a small network. Every optimizer takes the same two decays: Adam uses both,
RMSProp the second, SGD the first.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from explorer.gans.networks import Network

EPSILON = 1e-8


class Optimizer(ABC):
    """Moves all parameters of a network against their gradient."""

    name: str
    label: str
    memory: Mapping[str, Tensor]
    """what it remembers between two steps, by name; all zero when fresh"""

    def __init__(self, network: Network, rate: float, betas: tuple[float, float]) -> None:
        self._network, self._rate, self._betas = network, rate, betas

    @abstractmethod
    def step(self) -> None:
        """Move the parameters against the gradient."""


class Adam(Optimizer):
    """m = β₁m + (1−β₁)g,  v = β₂v + (1−β₂)g²,  θ −= rate · m̂ / (√v̂ + 1e-8).

    Kingma & Ba 2015, alg. 1, with m̂ = m/(1−β₁ᵗ) and v̂ = v/(1−β₂ᵗ), by the kernel behind
    `torch.optim.Adam(fused=True)`.
    """

    name = "adam"
    label = "Adam"

    def __init__(self, network: Network, rate: float, betas: tuple[float, float]) -> None:
        super().__init__(network, rate, betas)
        self.mean = torch.zeros_like(network.parameters)
        self.square = torch.zeros_like(network.parameters)
        self.steps = torch.zeros((), dtype=torch.float32)
        self._one = torch.ones(())  # a number would be wrapped into a tensor at every step
        self.memory = {"mean": self.mean, "square": self.square, "steps": self.steps}

    def step(self) -> None:
        """Move the parameters against the gradient."""
        self.steps.add_(self._one)
        torch._fused_adam_(
            [self._network.parameters],
            [self._network.gradient],
            [self.mean],
            [self.square],
            [],
            [self.steps],
            lr=self._rate,
            beta1=self._betas[0],
            beta2=self._betas[1],
            weight_decay=0.0,
            eps=EPSILON,
            amsgrad=False,
            maximize=False,
        )


class RMSProp(Optimizer):
    """v = β₂v + (1−β₂)g²,  θ −= rate · g / (√v + 1e-8).

    Tieleman & Hinton 2012, lecture 6.5; as `torch.optim.RMSprop`, whose own decay is .99. The
    first weights are divided by a v that started from zero: the first steps are the longest.
    """

    name = "rmsprop"
    label = "RMSProp"

    def __init__(self, network: Network, rate: float, betas: tuple[float, float]) -> None:
        super().__init__(network, rate, betas)
        self.square = torch.zeros_like(network.parameters)
        self._root = torch.empty_like(network.parameters)
        self.memory = {"square": self.square}

    def step(self) -> None:
        """Move the parameters against the gradient."""
        gradient, decay = self._network.gradient, self._betas[1]
        self.square.mul_(decay).addcmul_(gradient, gradient, value=1 - decay)
        torch.sqrt(self.square, out=self._root).add_(EPSILON)
        self._network.parameters.addcdiv_(gradient, self._root, value=-self._rate)


class SGD(Optimizer):
    """m = β₁m + g,  θ −= rate · m.

    Polyak 1964, as `torch.optim.SGD` writes it: the gradient enters m whole, not times 1 − β₁.
    """

    name = "sgd"
    label = "SGD"

    def __init__(self, network: Network, rate: float, betas: tuple[float, float]) -> None:
        super().__init__(network, rate, betas)
        self.velocity = torch.zeros_like(network.parameters)
        self.memory = {"velocity": self.velocity}

    def step(self) -> None:
        """Move the parameters against the gradient."""
        self.velocity.mul_(self._betas[0]).add_(self._network.gradient)
        self._network.parameters.add_(self.velocity, alpha=-self._rate)


OPTIMIZERS: dict[str, type[Optimizer]] = {each.name: each for each in (Adam, RMSProp, SGD)}


@dataclass(frozen=True)
class Preset:
    """Adam's betas and the weight of the penalty as one source has them."""

    label: str
    betas: tuple[float, float]
    penalty_weight: float | None
    """λ; None where the source has no penalty, and the dial stays where it stands"""
    source: str


PRESETS: dict[str, Preset] = {
    "paper": Preset("paper", (0.0, 0.9), 10.0, "Gulrajani et al. 2017, algorithm 1"),
    "toy_code": Preset("toy code", (0.5, 0.9), 0.1, "gan_toy.py of Gulrajani et al. 2017"),
    "dcgan": Preset("DCGAN", (0.5, 0.999), None, "Radford et al. 2016, section 4"),
}
