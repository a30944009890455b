"""Myths of deep feed-forward stacks at initialisation: gradients layer by layer, 256 wide."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from explorer.gradients.myths.myth import Found, Myth, OfOneSeed, Quantity, Verdict, judged, told

WIDTH = 256  # units of each layer, and samples
LAYERS = 20
BN_FACTOR = math.sqrt(math.pi / (math.pi - 1))  # Yang et al. 2019, theorem 8: ReLU, a layer
ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "relu": torch.relu,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
}


@dataclass(frozen=True)
class LayerNorms:
    """Norms of dL/dz (pre-activations) and dL/dW, the layer next to the input first."""

    of_states: Float[np.ndarray, " layers"]
    of_weights: Float[np.ndarray, " layers"]


def layer_norms(
    activation: str, deviation: float, layers: int, seed: int, normalised: bool = False
) -> LayerNorms:
    """Return the gradients of a fresh stack in float64; weights N(0, ``deviation``² / width).

    Inputs and the direction of the loss at the last layer are normal. Batch normalisation divides
    by the batch's deviation and has no parameters.
    """
    rng = torch.Generator().manual_seed(seed)

    def normal() -> Tensor:
        return torch.randn(WIDTH, WIDTH, generator=rng, dtype=torch.float64)

    state = normal()
    weights, before = [], []
    for _ in range(layers):
        drawn = normal() * deviation * WIDTH**-0.5
        weights.append(drawn.requires_grad_())
        z = state @ weights[-1].T
        before.append(z)
        if normalised:
            z = (z - z.mean(0)) / (z.var(0, unbiased=False) + 1e-12).sqrt()
        state = ACTIVATIONS[activation](z)
    direction = normal()
    found = torch.autograd.grad((state * direction).sum(), [*before, *weights])
    norms = np.array([float(each.norm()) for each in found])
    return LayerNorms(norms[:layers], norms[layers:])


def _per_layer(norms: np.ndarray) -> float:
    """The factor that a layer puts to the gradient on its way back, of the inner layers."""
    return float((norms[1] / norms[-2]) ** (1 / (len(norms) - 3)))


def _depth(norms: np.ndarray) -> np.ndarray:
    return norms[::-1] / norms[-1]


def _norm(seed: int) -> OfOneSeed:
    plain = layer_norms("relu", math.sqrt(2), LAYERS, seed).of_states
    normed = layer_norms("relu", math.sqrt(2), LAYERS, seed, normalised=True).of_states
    back = np.arange(LAYERS)
    return OfOneSeed(
        {
            "factor": _per_layer(normed),
            "ratio": float(normed[0] / normed[-1]),
            "plain": float(plain[0] / plain[-1]),
        },
        back,
        {"plain": _depth(plain), "normed": _depth(normed), "theory": BN_FACTOR**back},
    )


def _norm_verdict(found: Found) -> Verdict:
    kept = np.abs(found["factor"] - 1) < 0.05
    return Verdict(
        judged(kept, np.abs(found["factor"] - 1) > 0.1),
        f"With batch normalisation a ReLU layer multiplies the gradient by "
        f"{told(found['factor'])} (theory: {BN_FACTOR:.4f}), {LAYERS} layers by "
        f"{told(found['ratio'])}; without it they make {told(found['plain'])} of it.",
    )


def _weights(seed: int) -> OfOneSeed:
    # torch's and the standard initialisation: U(±1/√n), a variance of 1/(3n)
    found = layer_norms("tanh", 1 / math.sqrt(3), LAYERS, seed)
    return OfOneSeed(
        {
            "states": float(found.of_states[0] / found.of_states[-1]),
            "weights": float(found.of_weights[0] / found.of_weights[-1]),
        },
        np.arange(LAYERS),
        {"states": _depth(found.of_states), "weights": _depth(found.of_weights)},
    )


def _weights_verdict(found: Found) -> Verdict:
    vanish = found["states"] < 1e-3
    seen = found["weights"] < 0.1
    return Verdict(
        judged(vanish & seen, vanish & (found["weights"] > 0.5)),
        f"From the last to the first of {LAYERS} layers dL/dz goes to {told(found['states'])} of "
        f"its norm, dL/dW to {told(found['weights'])}: activations that shrink forward cancel "
        "gradients that shrink backward where that is near 1 (Glorot & Bengio 2010).",
    )


DEPTHS = (3, 5, 10, 20)


def _fewer(seed: int) -> OfOneSeed:
    found = {n: layer_norms("sigmoid", 1.0, n, seed).of_states for n in DEPTHS}
    kept = {n: float(norms[0] / norms[-1]) for n, norms in found.items()}
    factors = {n: kept[n] ** (1 / (n - 1)) for n in DEPTHS}
    return OfOneSeed(
        {"three": kept[3], "five": kept[5], "twenty": kept[20], "factor": factors[20]},
        np.array(DEPTHS),
        {"kept": np.array([kept[n] for n in DEPTHS]), "bound": 0.25 ** (np.array(DEPTHS) - 1)},
    )


def _fewer_verdict(found: Found) -> Verdict:
    return Verdict(
        judged(found["five"] > 0.1, found["three"] < 1e-3),
        f"The first layer's gradient is {told(found['three'])} of the last one's with 3 sigmoid "
        f"layers, {told(found['five'])} with 5 and {told(found['twenty'])} with 20. A layer still "
        f"multiplies by {told(found['factor'])}: fewer layers multiply less often.",
    )


BACK = "layers back from the last"
DEEP = (
    Myth(
        "batch_norm_cures",
        "Batch norm cures gradients",
        "Batch normalisation cures vanishing and exploding gradients.",
        "summaries of Ioffe & Szegedy (2015)",
        "20 ReLU layers with He weights, batch 256, before any training. It holds if a layer keeps "
        "the gradient within 5 % with every seed, and not if it is off by more than 10 %.",
        (
            Quantity("factor", "factor a layer", "Of the inner layers, on the way back."),
            Quantity("ratio", "first ÷ last, with BN", "Norm of dL/dz."),
            Quantity("plain", "first ÷ last, without", "The same weights."),
        ),
        _norm,
        _norm_verdict,
        {"plain": "without", "normed": "batch norm", "theory": f"theory, {BN_FACTOR:.4f} a layer"},
        BACK,
        "‖dL/dz‖ against the last layer's",
        (1.0, "the claim: kept"),
    ),
    Myth(
        "weights_show_it",
        "Weight gradients show vanishing",
        "Vanishing is seen in the gradients of the weights.",
        "tutorials that plot p.grad.norm()",
        "20 tanh layers, standard initialisation. It holds if dL/dW falls below a tenth where "
        "dL/dz falls below a thousandth; not if dL/dW stays above a half with every seed.",
        (
            Quantity("states", "dL/dz, first ÷ last", "What passes through the layers."),
            Quantity("weights", "dL/dW, first ÷ last", "What p.grad.norm() shows."),
        ),
        _weights,
        _weights_verdict,
        {"states": "dL/dz", "weights": "dL/dW"},
        BACK,
        "norm against the last layer's",
    ),
    Myth(
        "fewer_layers",
        "Fewer hidden layers solve it",
        "Fewer hidden layers solve the vanishing gradient.",
        "lists of remedies",
        "Sigmoid layers with Xavier weights, 3 to 20 of them. It holds if 5 layers leave a tenth "
        "with every seed, and not if even 3 leave less than a thousandth.",
        (
            Quantity("three", "3 layers, first ÷ last", "Norm of dL/dz."),
            Quantity("five", "5 layers, first ÷ last", "Norm of dL/dz."),
            Quantity("twenty", "20 layers, first ÷ last", "Norm of dL/dz."),
            Quantity("factor", "factor a layer", "Geometric mean over the 20 layers."),
        ),
        _fewer,
        _fewer_verdict,
        {"kept": "measured", "bound": "¼ to the layers: slopes at their largest"},
        "layers",
        "‖dL/dz‖, first ÷ last layer",
        (0.1, "a tenth is left"),
    ),
)
