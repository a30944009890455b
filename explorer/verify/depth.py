"""Known answers of stacks of layers at initialisation: 256 units, batches of 256, 3 seeds."""

import math
from functools import lru_cache, partial

import numpy as np
import torch
from torch import nn

from explorer.gradients.depth import (
    ACTIVATIONS,
    CLASSES,
    DEPTH_DATA,
    DEPTH_INITS,
    Depth,
    factor,
    passes,
    relative,
    through_depth,
    typical,
)
from explorer.gradients.depth_theory import depth_theory
from explorer.gradients.initial import INPUTS, READOUT, stream
from explorer.verify.known import Known

INDEPENDENT = "an independent run of the formula"
RELU = {"he": ("He", 1.0, "1"), "xavier": ("Xavier", 0.5**0.5, "1/√2")} | {
    "standard": ("standard", 6**-0.5, "1/√6")
}
"""What a layer of ReLU multiplies dL/dz with, by how its weights are drawn."""
GLOROT = Depth(width=256, samples=256, data="gaussian")


@lru_cache(maxsize=8)
def first_over_last(settings: Depth) -> tuple[float, float]:
    """The first layer's dL/dz and dL/dW over the last layer's."""
    found = through_depth(settings)
    by_z, by_w = found.by_preactivation, found.by_weights
    return float(typical(relative(by_z))[0]), float(typical(relative(by_w))[0])


def a_layer(**turned: object) -> float:
    """What one layer back multiplies dL/dz with."""
    settings = Depth(**{"width": 256, "samples": 256, "data": "gaussian"} | turned)  # type: ignore[arg-type]
    return factor(first_over_last(settings)[0], settings.layers)


def to_torch(settings: Depth) -> float:
    """Largest relative error of any dL/dW against layers of `torch.nn` with the same weights."""
    ours = passes(settings, settings.seed)
    read = DEPTH_DATA[settings.data].draw(
        settings.samples, settings.width, stream(settings.seed, INPUTS)
    )
    bound = settings.width**-0.5
    readout = torch.empty(CLASSES, settings.width, dtype=torch.float64)
    readout.uniform_(-bound, bound, generator=stream(settings.seed, READOUT))
    kinds = {"batch": nn.BatchNorm1d, "layer": nn.LayerNorm}
    h, matrices = read.x, []
    for number, drawn in enumerate(ours.weights):
        linear = nn.Linear(drawn.shape[1], drawn.shape[0], bias=False, dtype=torch.float64)
        linear.weight = nn.Parameter(drawn)
        z = linear(h)
        if settings.norm != "none":
            z = kinds[settings.norm](settings.width, dtype=torch.float64)(z)
        passed = ACTIVATIONS[settings.activation].apply(z)
        h = h + passed if settings.residual and number else passed
        matrices.append(linear.weight)
    nn.CrossEntropyLoss()(h @ readout.T, read.classes).backward()
    return max(
        float((slope - matrix.grad).norm() / slope.norm())
        for slope, matrix in zip(ours.by_weights, matrices, strict=True)
        if matrix.grad is not None
    )


def worst_layer_of_the_theory() -> float:
    """Largest ratio between measurement and theory in any of 20 layers of tanh, standard."""
    found = through_depth(GLOROT)
    theory = depth_theory(GLOROT, found.first.inputs, found.input_power)
    assert theory is not None
    measured = typical(relative(found.by_preactivation))
    return float(np.exp(np.abs(np.log(measured / theory.relative)).max()))


def mean_singular_value(init: str) -> float:
    """Of a square matrix of 1,000 units."""
    drawn = torch.empty(1_000, 1_000, dtype=torch.float64)
    kind = DEPTH_INITS[init]
    kind.draw(drawn, kind.variance(1_000, 1_000), torch.Generator().manual_seed(0))
    return float(torch.linalg.svdvals(drawn).mean())


DEPTH = (
    *(
        Known(
            f"depth, {label}: mean singular value of 1,000 × 1,000",
            8 / (3 * math.pi) * deviation,
            partial(mean_singular_value, init),
            "8/(3π) √n deviations, Glorot & Bengio 2010",
            tolerance=0.01,
            kind="rel",
        )
        for init, label, deviation in (("xavier", "Xavier", 1.0), ("standard", "standard", 3**-0.5))
    ),
    *(
        Known(
            f"depth, 30 layers of ReLU, {label}: dL/dz per layer",
            known,
            partial(a_layer, layers=30, activation="relu", init=init),
            f"{written}, He et al. 2015",
            tolerance=0.02,
            kind="rel",
        )
        for init, (label, known, written) in RELU.items()
    ),
    Known(
        "depth, 20 layers of ReLU with batch norm: dL/dz per layer",
        math.sqrt(math.pi / (math.pi - 1)),
        partial(a_layer, activation="relu", init="he", norm="batch"),
        "√(π/(π − 1)), Yang et al. 2019, theorem 8",
        tolerance=0.01,
        kind="rel",
    ),
    Known(
        "depth, linear layers with batch norm, 8 samples: dL/dz per layer",
        math.sqrt(6 / 5),
        partial(a_layer, activation="linear", init="xavier", norm="batch", samples=8),
        "√((B − 2)/(B − 3)), Yang et al. 2019",
        tolerance=0.02,
        kind="rel",
    ),
    Known(
        "depth, 20 layers of tanh, standard: dL/dz, first over last",
        (0, 1e-4),
        lambda: first_over_last(GLOROT)[0],
        "it vanishes, " + INDEPENDENT,
        kind="range",
    ),
    Known(
        "depth, 20 layers of tanh, standard: dL/dW, first over last",
        (0.8, 1.3),
        lambda: first_over_last(GLOROT)[1],
        "and stays level, Glorot & Bengio 2010; 1.04 of " + INDEPENDENT,
        kind="range",
    ),
    Known(
        "depth, 20 layers of tanh, standard: theory and measurement apart, as a ratio",
        (1.0, 1.1),
        worst_layer_of_the_theory,
        "mean field, Schoenholz et al. 2017",
        kind="range",
    ),
    Known(
        "depth, 20 orthogonal linear layers: dL/dz, first over last",
        1,
        lambda: first_over_last(Depth(activation="linear", init="orthogonal", data="gaussian"))[0],
        "rotations, Saxe et al. 2013",
        tolerance=1e-11,
    ),
    *(
        Known(
            f"depth, norm {norm}, {'with' if residual else 'without'} residual: dL/dW, rel. error",
            0,
            partial(to_torch, Depth(layers=6, norm=norm, residual=residual, activation="gelu")),
            "torch.nn",
            tolerance=1e-10,
        )
        for norm in ("none", "batch", "layer")
        for residual in (False, True)
    ),
)
