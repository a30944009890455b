"""Gradient penalties: once as their formulas, once with their double backward written out.

Letters: P members of a population (no such axis for one network), B pairs in a batch, D
coordinates of a point.
"""

from collections.abc import Callable
from typing import Literal, assert_never

import torch
from jaxtyping import Float
from torch import Tensor

from explorer.gans.networks import Trace

Where = Literal["none", "between", "real", "real and fake"]
"""Where a judge pays for its slope: nowhere, at interpolates, at real points (R1), or at real and
at generated points (R1 + R2)."""

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
    one_sided: bool = False,
) -> Float[Tensor, "*P"]:
    """E[(‖∇judge(x̂)‖ − 1)²] at the interpolates, before its weight λ.

    Gulrajani et al. 2017, eq. 3: the norm is taken over the coordinates of one point, never over
    the batch. One-sided it is E[max(0, ‖∇judge(x̂)‖ − 1)²] (Petzka et al. 2018, eq. 8). The result
    can be differentiated again, by the parameters of the judge.
    """
    excess = _slopes(judge, interpolates(real, fake, mixing)).norm(dim=-1) - 1
    return (excess.clamp_min(0) if one_sided else excess).square().mean(-1)


def real_penalty(
    judge: Callable[[Tensor], Tensor], real: Float[Tensor, "*P B D"]
) -> Float[Tensor, "*P"]:
    """½ E‖∇judge(x)‖² at the real points, before its weight γ: Mescheder et al. 2018, eq. 9."""
    return _slopes(judge, real).square().sum(-1).mean(-1) / 2


def penalty(
    where: Where,
    judge: Callable[[Tensor], Tensor],
    real: Float[Tensor, "*P B D"],
    fake: Float[Tensor, "*P B D"],
    mixing: Float[Tensor, "*P B 1"],
    one_sided: bool = False,
) -> Float[Tensor, "*P"]:
    """What a judge pays for its slope, before the weight of the penalty; it can be differentiated.

    "real and fake": ½ E‖∇judge‖² at the real points, R1, and as much at the generated ones, R2
    (Mescheder et al. 2018, eq. 9 and 10; both at once in Huang et al. 2024).
    """
    match where:
        case "none":
            return real.new_zeros(real.shape[:-2])
        case "between":
            return gradient_penalty(judge, real, fake, mixing, one_sided)
        case "real":
            return real_penalty(judge, real)
        case "real and fake":
            return real_penalty(judge, real) + real_penalty(judge, fake)
        case _:
            assert_never(where)


def penalty_of_norms(
    where: Where, norms: Float[Tensor, "*P B"], one_sided: bool = False
) -> Float[Tensor, "*P"]:
    """The same from ‖∇judge‖ at all the points where it pays, B of one kind or 2B of both."""
    match where:
        case "none":
            return norms.new_zeros(norms.shape[:-1])
        case "between":
            excess = norms - 1
            return (excess.clamp_min(0) if one_sided else excess).square().mean(-1)
        case "real":
            return norms.square().mean(-1) / 2
        case "real and fake":
            return norms.square().mean(-1)  # the sum of two means over B is twice that over 2B
        case _:
            assert_never(where)


def _slopes(judge: Callable[[Tensor], Tensor], points: Tensor) -> Tensor:
    points = points.detach().requires_grad_()
    (slopes,) = torch.autograd.grad(judge(points).sum(), points, create_graph=True)
    return slopes


class DoubleBackward:
    """A penalty's gradient by every parameter of the judge, without automatic differentiation.

    The slope at a point is s = W₁ᵀ g₁ with g_l = f'_l ∘ (W_{l+1}ᵀ g_{l+1}), which is what
    `Trace.backward` computes for a pull of 1 on the output. The penalty's gradient by s is v:

        two-sided    λ E[(‖s‖ − 1)²]          v = 2λ/B · (1 − 1/‖s‖) · s
        one-sided    λ E[max(0, ‖s‖ − 1)²]    the same where ‖s‖ > 1, and 0 elsewhere
        R1, R2       γ/2 E‖s‖²                v = γ/B · s

    and the chain rule leads it *up* through the same matrices:

        t_0 = v,   u_l = W_l t_{l−1},   t_l = f'_l ∘ u_l,   ∂/∂W_l = g_l t_{l−1}ᵀ

    For a piecewise linear f this is all, because f'_l is constant almost everywhere. As t enters
    ∂/∂W_l where ordinary backpropagation has the activations, `lead_up` writes t over the
    activations of the interpolates, and `Trace.differentiate` sums both terms of the loss in one
    product. No bias enters s, nor does a label, which is no coordinate of the point.

    R1 and R2 together are γ/2 E‖s‖² twice, over the real points and over the generated ones.

    At such points both terms of the loss share the rows. As each row's pulls are its slope σ of
    the loss by t times g_l, `lead_up_beside` writes σ · activation + t, and one product of g_l
    with it is the sum of both once more.

    Where f bends, f'_l depends on what enters layer l, which adds f''_l ∘ u_l ∘ (W_{l+1}ᵀ g_{l+1})
    to the gradient there; `add_bend` carries that down as ordinary backpropagation does.
    """

    def __init__(
        self,
        trace: Trace,
        first_row: int,
        rows: int,
        weight: float,
        coordinates: int | None = None,
        one_sided: bool = False,
    ) -> None:
        self._network = network = trace.network
        coordinates = network.sizes[0] if coordinates is None else coordinates
        self._coordinates, self._one_sided = coordinates, one_sided
        # numbers would be wrapped into tensors at every step
        self._share = torch.tensor(weight / rows, dtype=network.parameters.dtype)
        self._twice = 2 * self._share
        self._activations = [a.narrow(-2, first_row, rows) for a in trace.activations[:-1]]
        self._pulls = [pull.narrow(-2, first_row, rows) for pull in trace.pulls[:-1]]
        self._rising = [network.buffer(rows, width) for width in network.sizes[1:-1]]
        self._carried = [network.buffer(rows, width) for width in network.sizes[1:-1]]
        self._sees = network.weights[0].narrow(-1, 0, coordinates)
        self._slopes = network.buffer(rows, coordinates)
        self._factors = network.buffer(rows, 1)
        self._start = network.buffer(rows, network.sizes[0]).zero_()
        self._layers: list[Tensor] = []
        self.norms = network.buffer(rows, 1)

    def lead_up(self, points: Tensor) -> None:
        """Write v over the interpolates and t over their activations; ‖s‖ stays in ``norms``.

        Labels among the interpolates' columns become zero.
        """
        network, slopes, norms = self._network, self._slopes, self.norms
        self._remember(points)
        self._measure()
        norms.clamp_min_(TINY)
        factors = torch.addcdiv(self._twice, self._twice, norms, value=-1, out=self._factors)
        if self._one_sided:
            factors.clamp_min_(0)
        coordinates = points
        if points.shape[-1] > self._coordinates:
            coordinates = points.narrow(-1, 0, self._coordinates)
            points.narrow(-1, self._coordinates, points.shape[-1] - self._coordinates).zero_()
        torch.mul(slopes, factors, out=coordinates)
        layer = points
        for index, activation in enumerate(self._activations):
            rising = network.matmul(layer, network.transposed[index], out=self._rising[index])
            layer = network.activation.pull(rising, activation, activation)

    def lead_up_beside(self, points: Tensor, own: Tensor) -> None:
        """Add t to the activations of points times their ``own`` slopes; as `lead_up`.

        The weight is that of ½ E‖s‖² over all these rows: 2γ where they are of both kinds.
        """
        network = self._network
        self._remember(points)
        self._measure()
        start = self._start.narrow(-1, 0, self._coordinates)
        torch.mul(self._slopes, self._share, out=start)
        layer = self._start
        points.mul_(own).add_(layer)
        for index, activation in enumerate(self._activations):
            rising = network.matmul(layer, network.transposed[index], out=self._rising[index])
            layer = network.activation.pull(rising, activation, self._carried[index])
            activation.mul_(own).add_(layer)

    def _remember(self, points: Tensor) -> None:
        if self._network.activation.bend:
            self._layers = [layer.clone() for layer in (points, *self._activations)]

    def _measure(self) -> None:
        self._network.matmul(self._pulls[0], self._sees, out=self._slopes)
        torch.linalg.vector_norm(self._slopes, dim=-1, keepdim=True, out=self.norms)

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
