"""The gradient penalty of WGAN-GP: once as its formula, once with its double backward written out.

Letters: P members of a population (no such axis for one network), B pairs in a batch, D
coordinates of a point.
"""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from explorer.gans.networks import Trace

TINY = 1e-30  # a slope of exactly zero has no direction: its penalty then pulls nowhere


def interpolates(
    real: Float[Tensor, "*P B D"], fake: Float[Tensor, "*P B D"], mixing: Float[Tensor, "*P B 1"]
) -> Float[Tensor, "*P B D"]:
    """One point between each pair: x̂ = a·real + (1 − a)·fake (Gulrajani et al. 2017, alg. 1)."""
    return mixing * real + (1 - mixing) * fake


def gradient_penalty(
    judge: Callable[[Tensor], Tensor],
    real: Float[Tensor, "*P B D"],
    fake: Float[Tensor, "*P B D"],
    mixing: Float[Tensor, "*P B 1"],
) -> Float[Tensor, "*P"]:
    """E[(‖∇judge(x̂)‖ − 1)²] at the interpolates, before its weight λ.

    Gulrajani et al. 2017, eq. 3: the norm is taken over the coordinates of one point, never over
    the batch. The result can be differentiated again, by the parameters of the judge.
    """
    points = interpolates(real, fake, mixing).detach().requires_grad_()
    (slopes,) = torch.autograd.grad(judge(points).sum(), points, create_graph=True)
    return (torch.linalg.vector_norm(slopes, dim=-1) - 1).square().mean(-1)


class DoubleBackward:
    """The penalty's gradient by every parameter of the judge, without automatic differentiation.

    The slope at a point is s = W₁ᵀ g₁ with g_l = f'_l ∘ (W_{l+1}ᵀ g_{l+1}), which is what
    `Trace.backward` computes for a pull of 1 on the output. The penalty's gradient by s is
    v = 2λ/B · (1 − 1/‖s‖) · s, and the chain rule leads it *up* through the same matrices:

        t_0 = v,   u_l = W_l t_{l−1},   t_l = f'_l ∘ u_l,   ∂/∂W_l = g_l t_{l−1}ᵀ

    For a piecewise linear f this is all, because f'_l is constant almost everywhere. As t enters
    ∂/∂W_l where ordinary backpropagation has the activations, `lead_up` writes t over the
    activations of the interpolates, and `Trace.differentiate` sums both terms of the loss in one
    product. No bias enters s.

    Where f bends, f'_l depends on what enters layer l, which adds f''_l ∘ u_l ∘ (W_{l+1}ᵀ g_{l+1})
    to the gradient there; `add_bend` carries that down as ordinary backpropagation does.
    """

    def __init__(self, trace: Trace, first_row: int, rows: int) -> None:
        self._network = network = trace.network
        self._activations = [a.narrow(-2, first_row, rows) for a in trace.activations[:-1]]
        self._pulls = [pull.narrow(-2, first_row, rows) for pull in trace.pulls[:-1]]
        self._rising = [network.buffer(rows, width) for width in network.sizes[1:-1]]
        self._slopes = network.buffer(rows, network.sizes[0])
        self._directions = network.buffer(rows, network.sizes[0])
        self._layers: list[Tensor] = []
        self._share = 2 / rows
        self.norms = network.buffer(rows, 1)

    def lead_up(self, points: Tensor, weight: float) -> None:
        """Write v over the interpolates and t over their activations; ‖s‖ stays in ``norms``."""
        network, slopes, norms = self._network, self._slopes, self.norms
        if network.activation.bend:
            self._layers = [layer.clone() for layer in (points, *self._activations)]
        network.matmul(self._pulls[0], network.weights[0], out=slopes)
        torch.linalg.vector_norm(slopes, dim=-1, keepdim=True, out=norms)
        directions = torch.div(slopes, norms.clamp_min_(TINY), out=self._directions)
        torch.sub(slopes, directions, out=points).mul_(weight * self._share)
        layer = points
        for index, activation in enumerate(self._activations):
            rising = network.matmul(layer, network.transposed[index], out=self._rising[index])
            layer = network.activation.pull(rising, activation, activation)

    def add_bend(self) -> None:
        """Add what a bending f contributes, once `Trace.differentiate` has written the rest."""
        network = self._network
        pull, bend = network.activation.pull, network.activation.bend
        if bend is None:
            return
        entering: Tensor | None = None
        for index in reversed(range(len(self._pulls))):
            output = self._layers[index + 1]
            bent = bend(output) * self._pulls[index] * self._rising[index]
            if entering is not None:
                carried = network.matmul(entering, network.weights[index + 1])
                bent += pull(carried, output, carried)
            entering = bent
            network.weight_gradients[index] += network.matmul(bent.mT, self._layers[index])
            network.bias_gradients[index] += bent.sum(dim=-2, keepdim=True)
