"""Adam on one flat tensor."""

import torch

from explorer.gans.networks import Network

EPSILON = 1e-8


class Adam:
    """Adam (Kingma & Ba 2015, alg. 1) for all parameters of a network in one fused call.

    The arithmetic is PyTorch's own kernel, the one behind `torch.optim.Adam(fused=True)`, without
    the bookkeeping of parameter groups, which costs more than the update of a small network.
    """

    def __init__(self, network: Network, rate: float, betas: tuple[float, float]) -> None:
        self.mean = torch.zeros_like(network.parameters)
        self.square = torch.zeros_like(network.parameters)
        self.steps = torch.zeros((), dtype=torch.float32)
        self._one = torch.ones(())  # a number would be wrapped into a tensor at every step
        self._network, self._rate, self._betas = network, rate, betas

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
