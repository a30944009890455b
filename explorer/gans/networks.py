"""Perceptrons whose parameters lie in one flat tensor, many of them side by side.

Letters: P members of a population (independent networks of one shape; a network alone has no such
axis), R rows (points of a batch), D numbers into a network, O out of it.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import leaky_relu_

from explorer.gans.normalisation import Normalisation

FEW = 8  # columns of a matrix that BLAS multiplies several times faster lying on its side
LEAK = 0.2  # slope of the leaky ReLU below zero, as in DCGAN (Radford et al. 2016)


@dataclass(frozen=True)
class Activation:
    """A nonlinearity y = f(x) whose derivatives are known from its own output y."""

    label: str

    apply_: Callable[[Tensor], Tensor]
    """x becomes y, in place"""

    pull: Callable[[Tensor, Tensor, Tensor], Tensor]
    """(gradient by y, y, out): out becomes the gradient by x; it may be one of the other two"""

    bend: Callable[[Tensor], Tensor] | None = None
    """y -> f''(x) / f'(x); None for a piecewise linear f, whose f'' is zero almost everywhere"""


def _pull_relu(gradient: Tensor, output: Tensor, out: Tensor) -> Tensor:
    return torch.ops.aten.threshold_backward.grad_input(gradient, output, 0, grad_input=out)


def _pull_leaky_relu(gradient: Tensor, output: Tensor, out: Tensor) -> Tensor:
    backward = torch.ops.aten.leaky_relu_backward.grad_input
    return backward(gradient, output, LEAK, True, grad_input=out)


def _pull_tanh(gradient: Tensor, output: Tensor, out: Tensor) -> Tensor:
    return torch.ops.aten.tanh_backward.grad_input(gradient, output, grad_input=out)


ACTIVATIONS: dict[str, Activation] = {
    "relu": Activation("ReLU", torch.relu_, _pull_relu),
    "leaky_relu": Activation("leaky", lambda x: leaky_relu_(x, LEAK), _pull_leaky_relu),
    "tanh": Activation("tanh", torch.tanh_, _pull_tanh, bend=lambda y: -2 * y),
}


class Network:
    """Perceptrons of one shape: ``sizes`` = (in, hidden, ..., hidden, out), the output linear.

    All parameters of all members lie in ``parameters`` and all derivatives in ``gradient``, layer
    after layer and inside a layer member after member, so that one call updates everything.
    ``weights`` and ``biases`` are views of the first, ``weight_gradients`` and
    ``bias_gradients`` of the second. ``population`` None is a network alone: its tensors lack the
    population's axis, because a plain matrix product starts sooner than a batched one.

    With a ``normalisation`` ("batch" or "layer") every hidden layer centres and scales what its
    weights give it, multiplies by its ``scales``, which lie behind all weights and biases, and
    only then adds its bias.
    """

    def __init__(
        self,
        sizes: Sequence[int],
        activation: str,
        population: int | None = None,
        dtype: torch.dtype = torch.float32,
        normalisation: str = "none",
    ) -> None:
        self.sizes = tuple(sizes)
        self.activation = ACTIVATIONS[activation]
        self.lead = () if population is None else (population,)
        self.matmul = torch.mm if population is None else torch.bmm
        self.affine = torch.addmm if population is None else torch.baddbmm

        self.normalisation: Normalisation | None = None
        scaled = 0
        if normalisation != "none":
            self.normalisation = Normalisation(normalisation, self.sizes[1:-1], self.lead, dtype)
            scaled = sum(self.sizes[1:-1])
        count = sum(above * (below + 1) for below, above in self._links()) + scaled
        self.parameters = torch.zeros(count * math.prod(self.lead), dtype=dtype)
        self.gradient = torch.zeros(count * math.prod(self.lead), dtype=dtype)
        self.weights, self.biases, self.scales = self._views(self.parameters)
        self.weight_gradients, self.bias_gradients, self.scale_gradients = self._views(
            self.gradient
        )
        self.transposed = [weight.mT for weight in self.weights]

    def _links(self) -> list[tuple[int, int]]:
        return list(pairwise(self.sizes))

    def _views(self, flat: Tensor) -> tuple[list[Tensor], list[Tensor], list[Tensor]]:
        weights: list[Tensor] = []
        biases: list[Tensor] = []
        scales: list[Tensor] = []
        places = [
            place
            for below, above in self._links()
            for place in ((weights, (above, below)), (biases, (1, above)))
        ]
        if self.normalisation:
            places += [(scales, (1, width)) for width in self.sizes[1:-1]]
        start = 0
        for views, shape in places:
            size = math.prod((*self.lead, *shape))
            views.append(flat[start : start + size].view(*self.lead, *shape))
            start += size
        return weights, biases, scales

    def draw(self, rngs: Sequence[torch.Generator]) -> None:
        """Let each member's own generator draw its weights and biases: U(±1/√in).

        This is what `torch.nn.Linear` does, whose documentation derives it from He et al. 2015.
        A normalised layer starts with the same weights, scales of 1 and biases of 0.
        """
        for weight, bias in zip(self.weights, self.biases, strict=True):
            bound = 1 / math.sqrt(weight.shape[-1])
            for tensor in (weight, bias):
                members = tensor.view(len(rngs), *tensor.shape[-2:])
                for member, rng in zip(members, rngs, strict=True):
                    member.uniform_(-bound, bound, generator=rng)
        for scale, bias in zip(self.scales, self.biases, strict=False):
            scale.fill_(1)
            bias.zero_()

    def buffer(self, rows: int, columns: int) -> Tensor:
        """An uninitialised matrix of rows × columns for every member."""
        return torch.empty(*self.lead, rows, columns, dtype=self.parameters.dtype)

    def product_buffer(self, rows: int, columns: int) -> Tensor:
        """The same for what a product writes: of few columns it is kept column by column."""
        if 1 < columns <= FEW:
            return self.buffer(columns, rows).mT
        return self.buffer(rows, columns)

    @torch.no_grad()
    def __call__(self, points: Float[Tensor, "*P R D"]) -> Float[Tensor, "*P R O"]:
        """The outputs of every member at its own points; what a picture uses of a normalisation."""
        *below, last = zip(self.biases, self.transposed, strict=True)
        layer = points
        for index, (bias, weight) in enumerate(below):
            if self.normalisation is None:
                layer = self.affine(bias, layer, weight)
            else:
                normal = self.normalisation.settled(index, self.matmul(layer, weight))
                layer = torch.addcmul(bias, normal, self.scales[index])
            layer = self.activation.apply_(layer)
        return self.affine(last[0], layer, last[1])


class Trace:
    """One batch on its way through a network and back, in buffers that are used again and again.

    ``activations[l]`` is what layer l puts out, the network's output last. ``pulls[l]`` is the
    gradient, of some sum over the batch, by what enters the nonlinearity of layer l: the caller
    writes ``pulls[-1]``, the gradient by the output, and `backward` fills the others.
    """

    def __init__(
        self, network: Network, rows: int, activations: list[Tensor] | None = None
    ) -> None:
        self.network = network
        widths = network.sizes[1:]
        self.activations = activations or [network.product_buffer(rows, width) for width in widths]
        self.pulls = [network.buffer(rows, width) for width in widths]
        self._turned = [pull.mT for pull in self.pulls]
        self._thin = [
            network.buffer(below, above).mT if below <= FEW else None
            for below, above in pairwise(network.sizes)
        ]

    def forward(self, points: Tensor) -> Tensor:
        """The outputs at these points; what every layer puts out stays in ``activations``."""
        network, layer = self.network, points
        affine, apply_ = network.affine, network.activation.apply_
        last = len(self.activations) - 1
        for index, above in enumerate(self.activations):
            layer = affine(network.biases[index], layer, network.transposed[index], out=above)
            if index < last:
                apply_(layer)
        return layer

    def backward(self) -> None:
        """Carry ``pulls[-1]`` down to the first hidden layer."""
        matmul, pull = self.network.matmul, self.network.activation.pull
        for index in range(len(self.pulls) - 2, -1, -1):
            below = self.pulls[index]
            matmul(self.pulls[index + 1], self.network.weights[index + 1], out=below)
            pull(below, self.activations[index], below)

    def pull_on_points(self, out: Tensor | None = None) -> Tensor:
        """The gradient by the points themselves, after `backward`."""
        return self.network.matmul(self.pulls[0], self.network.weights[0], out=out)

    def differentiate(
        self, points: Tensor, biased: list[Tensor] | None = None, shares: Tensor | None = None
    ) -> None:
        """Write the gradient by every parameter: pullᵀ · layer below, and the sum of the pulls.

        ``biased`` are the pulls that reach the biases; all of them unless told otherwise.
        ``shares`` weights each row of that sum.
        """
        network = self.network
        reaching = self.pulls if biased is None else biased
        self.differentiate_weights(points)
        for index in range(len(self.pulls)):
            if shares is None:
                torch.sum(reaching[index], dim=-2, keepdim=True, out=network.bias_gradients[index])
            else:
                network.matmul(shares.mT, reaching[index], out=network.bias_gradients[index])

    def differentiate_weights(self, points: Tensor) -> None:
        """Write the gradient by every weight: pullᵀ · layer below."""
        network = self.network
        layer = points
        for pull, thin, above, gradient in zip(
            self._turned, self._thin, self.activations, network.weight_gradients, strict=True
        ):
            if thin is None:
                network.matmul(pull, layer, out=gradient)
            else:
                gradient.copy_(network.matmul(pull, layer, out=thin))
            layer = above
