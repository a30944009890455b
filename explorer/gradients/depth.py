"""Stacks of layers before any training: what each layer holds, and what of the loss reaches it.

Layer l of L computes, without biases,

    z_l = norm(W_l h_{l−1}),   h_l = φ(z_l),   with residual connections h_l = h_{l−1} + φ(z_l),

from the input h_0 on; the first layer has no residual connection, for h_0 may be of another width.
The norm, where there is one, has scale 1 and shift 0, as torch's fresh layers have. The loss is the
mean cross-entropy of ten classes read from h_L. All gradients are its total derivatives, by
automatic differentiation in float64, and all sizes are root mean squares of an entry: the matrix of
the first layer has other columns than the rest, and norms would count them.

Letters in the shapes: S networks (one a seed), L layers, B samples, N units, I inputs, C classes,
Q quantiles.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional

from explorer.dials import check, dial
from explorer.gradients.initial import INPUTS, READOUT, WEIGHTS, stream

CLASSES = 10
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
EPSILON = 1e-5  # added to variances, as torch's norms do


@dataclass(frozen=True)
class Activation:
    """What a layer does to its pre-activations z, and φ'(z), given z and φ(z)."""

    label: str
    apply: Callable[[Tensor], Tensor]
    slope: Callable[[Tensor, Tensor], Tensor]


def gelu_slope(z: Tensor, passed: Tensor) -> Tensor:
    """(z Φ(z))' = Φ(z) + z Φ'(z), with the normal distribution Φ (Hendrycks & Gimpel 2016)."""
    density = torch.exp(-z.square() / 2) / math.sqrt(2 * math.pi)
    return torch.special.ndtr(z) + z * density


LEAK = 0.01  # torch's default
ACTIVATIONS: dict[str, Activation] = {
    "sigmoid": Activation("sigmoid", torch.sigmoid, lambda z, passed: passed * (1 - passed)),
    "tanh": Activation("tanh", torch.tanh, lambda z, passed: 1 - passed.square()),
    "relu": Activation("ReLU", torch.relu, lambda z, passed: (z > 0).to(z.dtype)),
    "leaky": Activation(
        "leaky ReLU",
        lambda z: functional.leaky_relu(z, LEAK),
        lambda z, passed: LEAK + (1 - LEAK) * (z > 0).to(z.dtype),
    ),
    "gelu": Activation("GELU", functional.gelu, gelu_slope),
    "linear": Activation("linear", lambda z: z, lambda z, passed: torch.ones_like(z)),
}


def uniform(matrix: Tensor, variance: float, generator: torch.Generator) -> None:
    """Fill a matrix with numbers uniform in ±√(3 variance)."""
    bound = (3 * variance) ** 0.5
    matrix.uniform_(-bound, bound, generator=generator)


def normal(matrix: Tensor, variance: float, generator: torch.Generator) -> None:
    """Fill a matrix with normal numbers."""
    matrix.normal_(0, variance**0.5, generator=generator)


def orthogonal(matrix: Tensor, variance: float, generator: torch.Generator) -> None:
    """Make the shorter of rows and columns orthonormal, uniformly (Saxe et al. 2013)."""
    torch.nn.init.orthogonal_(matrix, generator=generator)


@dataclass(frozen=True)
class DepthInit:
    """How the weights of a layer are drawn: with which variance of an entry, of which shape.

    With ``scaled`` a matrix is divided by what the standard deviation of its product with the
    batch turns out to be.
    """

    label: str
    variance: Callable[[int, int], float]  # of I inputs and N units
    draw: Callable[[Tensor, float, torch.Generator], None]
    scaled: bool = False


DEPTH_INITS: dict[str, DepthInit] = {
    "standard": DepthInit("standard ±1/√n", lambda i, n: 1 / (3 * i), uniform),
    "xavier": DepthInit("Xavier", lambda i, n: 2 / (i + n), uniform),
    "he": DepthInit("He", lambda i, n: 2 / i, normal),
    "orthogonal": DepthInit("orthogonal", lambda i, n: 1 / max(i, n), orthogonal),
    "lsuv": DepthInit("LSUV", lambda i, n: 1 / max(i, n), orthogonal, scaled=True),
}
"""Glorot & Bengio 2010 (standard, and normalised), He et al. 2015, Saxe et al. 2013, and Mishkin &
Matas 2016, which for layers without biases takes one division and no iteration."""


def no_norm(z: Float[Tensor, "B N"]) -> Float[Tensor, "B N"]:
    """Leave them as they are."""
    return z


def batch_norm(z: Float[Tensor, "B N"]) -> Float[Tensor, "B N"]:
    """Bring every unit to mean 0 and variance 1 over the batch (Ioffe & Szegedy 2015)."""
    return (z - z.mean(0)) / (z.var(0, correction=0) + EPSILON).sqrt()


def layer_norm(z: Float[Tensor, "B N"]) -> Float[Tensor, "B N"]:
    """Bring every sample to mean 0 and variance 1 over its units (Ba et al. 2016)."""
    return (z - z.mean(1, keepdim=True)) / (z.var(1, correction=0, keepdim=True) + EPSILON).sqrt()


@dataclass(frozen=True)
class Norm:
    """What is done to pre-activations before the activation; ``over`` is the axis it averages."""

    label: str
    apply: Callable[[Tensor], Tensor]
    over: int | None = None


NORMS: dict[str, Norm] = {
    "none": Norm("none", no_norm),
    "batch": Norm("batch", batch_norm, over=-2),
    "layer": Norm("layer", layer_norm, over=-1),
}


@dataclass(frozen=True)
class Inputs:
    """What is read, and to which of ten classes each sample belongs."""

    x: Float[Tensor, "B I"]
    classes: Int[Tensor, " B"]


@cache
def all_digits() -> Inputs:
    """The 8×8 digits of scikit-learn, each pixel standardised over all of them.

    Pixels that are the same in all digits are 0.
    """
    from sklearn.datasets import load_digits

    bunch = load_digits()
    pixels = torch.tensor(bunch.data, dtype=torch.float64)
    spread = pixels.std(0, correction=0)
    x = (pixels - pixels.mean(0)) / torch.where(spread > 0, spread, 1)
    return Inputs(x, torch.tensor(bunch.target, dtype=torch.long))


def some_digits(samples: int, width: int, generator: torch.Generator) -> Inputs:
    """So many different digits, of 64 pixels whatever the width."""
    every = all_digits()
    chosen = torch.randperm(len(every.x), generator=generator)[:samples]
    return Inputs(every.x[chosen], every.classes[chosen])


def gaussian(samples: int, width: int, generator: torch.Generator) -> Inputs:
    """Normal numbers, as many as there are units, of classes drawn by chance."""
    x = torch.empty(samples, width, dtype=torch.float64).normal_(generator=generator)
    return Inputs(x, torch.randint(CLASSES, (samples,), generator=generator))


@dataclass(frozen=True)
class Source:
    """What the first layer reads."""

    label: str
    draw: Callable[[int, int, torch.Generator], Inputs]


DEPTH_DATA: dict[str, Source] = {
    "digits": Source("digits", some_digits),
    "gaussian": Source("Gaussian", gaussian),
}


@dataclass(frozen=True, kw_only=True)
class Depth:
    """One stack at initialisation, drawn `seeds` times from `seed` on. ValueError with one line."""

    layers: int = dial(20, "Layers", low=2, high=100)
    activation: str = dial("tanh", "Activation", choices=ACTIVATIONS)
    init: str = dial("standard", "Weights", "How they are drawn.", choices=DEPTH_INITS)
    norm: str = dial(
        "none", "Normalisation", "Of the pre-activations, before the activation.", choices=NORMS
    )
    residual: bool = dial(
        False, "Residual connections", "Every layer but the first adds to what it reads."
    )
    data: str = dial("digits", "Input", "What the first layer reads.", choices=DEPTH_DATA)
    width: int = dial(
        128, "Units", "Of each layer.", low=4, high=512, offered=(16, 32, 64, 128, 256)
    )
    samples: int = dial(
        128, "Samples", "In the batch of each seed.", low=4, high=512, offered=(16, 64, 128, 256)
    )
    seeds: int = dial(3, "Seeds", "Stacks drawn side by side, to see their spread.", low=1, high=12)
    seed: int = dial(
        0, "First seed", "Decides weights and inputs.", low=0, high=2**31 - 1, offered=(0, 999_999)
    )

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True)
class Passes:
    """One stack, forward and back, layer by layer from the first."""

    weights: tuple[Float[Tensor, "N _"], ...]  # the columns of the first are the inputs
    preactivations: tuple[Float[Tensor, "B N"], ...]  # what enters the activation
    activations: tuple[Float[Tensor, "B N"], ...]
    by_preactivation: tuple[Float[Tensor, "B N"], ...]  # dL/dz
    by_weights: tuple[Float[Tensor, "N _"], ...]  # dL/dW
    input_power: float  # mean square of an input
    inputs: int


def passes(settings: Depth, seed: int) -> Passes:
    """One stack of that seed on its batch: every layer, and every gradient."""
    s = settings
    init, norm, activation = DEPTH_INITS[s.init], NORMS[s.norm], ACTIVATIONS[s.activation]
    read = DEPTH_DATA[s.data].draw(s.samples, s.width, stream(seed, INPUTS))
    weights, before, after = [], [], []
    h = read.x
    for number, matrix in enumerate(matrices(s, seed, read.x.shape[1])):
        if init.scaled:
            deviation = (h.detach() @ matrix.T).std(correction=0)
            matrix = matrix / torch.where(deviation > 0, deviation, 1)
        weights.append(matrix.requires_grad_())
        z = norm.apply(h @ matrix.T)
        passed = activation.apply(z)
        h = h + passed if s.residual and number else passed
        before.append(z)
        after.append(h)
    loss = functional.cross_entropy(h @ first_readout(s, seed).T, read.classes)
    slopes = torch.autograd.grad(loss, [*before, *weights])
    return Passes(
        weights=tuple(each.detach() for each in weights),
        preactivations=tuple(each.detach() for each in before),
        activations=tuple(each.detach() for each in after),
        by_preactivation=slopes[: s.layers],
        by_weights=slopes[s.layers :],
        input_power=float(read.x.square().mean()),
        inputs=read.x.shape[1],
    )


def first_readout(settings: Depth, seed: int) -> Float[Tensor, "C N"]:
    """What reads ten classes from the last layer, as it is drawn."""
    readout = torch.empty(CLASSES, settings.width, dtype=torch.float64)
    uniform(readout, 1 / (3 * settings.width), stream(seed, READOUT))
    return readout


def matrices(settings: Depth, seed: int, inputs: int) -> Iterator[Float[Tensor, "N I"]]:
    """The weights as they are drawn, one layer after the other: depth changes none of them."""
    init, generator = DEPTH_INITS[settings.init], stream(seed, WEIGHTS)
    for _ in range(settings.layers):
        matrix = torch.empty(settings.width, inputs, dtype=torch.float64)
        init.draw(matrix, init.variance(inputs, settings.width), generator)
        yield matrix
        inputs = settings.width


@dataclass(frozen=True)
class ThroughDepth:
    """The size of everything in every layer, for every network; and the first network whole."""

    preactivations: Float[np.ndarray, "S L"]  # standard deviation over samples and units
    activations: Float[np.ndarray, "S L"]
    by_preactivation: Float[np.ndarray, "S L"]  # root mean square of dL/dz
    by_weights: Float[np.ndarray, "S L"]  # root mean square of dL/dW
    input_power: float  # mean square of an input
    first: Passes


def through_depth(settings: Depth) -> ThroughDepth:
    """All stacks of these settings, measured layer by layer."""
    first = passes(settings, settings.seed)
    rows, powers = [_sizes(first)], [first.input_power]
    for seed in range(settings.seed + 1, settings.seed + settings.seeds):
        stack = passes(settings, seed)
        rows.append(_sizes(stack))
        powers.append(stack.input_power)
    before, after, by_z, by_w = np.stack(rows, axis=1)
    return ThroughDepth(before, after, by_z, by_w, float(np.mean(powers)), first=first)


def _sizes(stack: Passes) -> Float[np.ndarray, "4 L"]:
    """How large everything is: deviations of z and h, root mean squares of dL/dz and dL/dW."""
    deviations = (stack.preactivations, stack.activations)
    slopes = (stack.by_preactivation, stack.by_weights)
    return np.array(
        [[float(each.std(correction=0)) for each in layers] for layers in deviations]
        + [[float(each.square().mean().sqrt()) for each in layers] for layers in slopes]
    )


def quantiles(layers: Sequence[Float[Tensor, "B N"]], every: int = 1) -> Float[np.ndarray, "L Q"]:
    """The `QUANTILES` of every layer, over its samples and units, or every so many-th of them."""
    values = np.stack([each.numpy().ravel()[::every] for each in layers])
    return np.asarray(np.quantile(values, QUANTILES, axis=1).T)


def relative(sizes: Float[np.ndarray, "S L"]) -> Float[np.ndarray, "S L"]:
    """Each network's sizes against its last layer's; NaN where that one's is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(sizes / sizes[:, -1:])


def typical(values: Float[np.ndarray, "S L"]) -> Float[np.ndarray, " L"]:
    """The geometric mean over networks."""
    with np.errstate(divide="ignore"):
        return np.asarray(np.exp(np.log(values).mean(0)))


def factor(ratio: float, layers: int) -> float:
    """What one layer multiplies with, where all but the last together make this ratio."""
    return float(ratio ** (1 / (layers - 1)))
