"""What a wide stack does on average, layer by layer: nothing is drawn.

Pre-activations are normal with variance q_l, weights are independent of one another and of the
gradient, σ² = N Var W. With averages over x ~ N(0, 1),

    q_{l+1} = σ² E φ(√q_l x)²,    |dL/dz_l|² / |dL/dz_{l+1}|² = χ_l = σ² E φ'(√q_l x)²

(Poole et al. 2016; Schoenholz et al. 2017). A norm keeps q at 1 and divides the gradient by what it
divides the pre-activations by:

- layer norm, by σ² E φ²:  χ = E φ'² / E φ²;
- batch norm, by σ² Var φ, once the samples of a large batch have lost all likeness:
  χ = E φ'² / Var φ. For ReLU that is π/(π − 1) (Yang et al. 2019, theorem 8), and for a linear
  stack their (B − 2)/(B − 3), which knows the size of the batch.

LSUV makes σ² = 1 / E φ², and q = 1. With residual connections the parts of a layer depend on each
other, and none of this is claimed.
"""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float

from explorer.gradients.depth import ACTIVATIONS, DEPTH_INITS, Depth

NODES = torch.linspace(-8, 8, 4_000, dtype=torch.float64)  # none at 0, where ReLU has a corner
_DENSITY = torch.exp(-(NODES**2) / 2) / torch.exp(-(NODES**2) / 2).sum()


@dataclass(frozen=True)
class Averages:
    """Of an activation at normal pre-activations of one variance."""

    mean: float  # E φ
    second: float  # E φ²
    slope: float  # E φ'²

    @property
    def variance(self) -> float:
        """Var φ."""
        return self.second - self.mean**2


def averages(activation: str, variance: float) -> Averages:
    """The averages of an activation, by summing over 4,000 nodes within eight deviations."""
    z = (variance**0.5 * NODES).requires_grad_()
    passed = ACTIVATIONS[activation].apply(z)
    (slope,) = torch.autograd.grad(passed.sum(), z)
    values = passed.detach()
    return Averages(
        float(values @ _DENSITY), float(values**2 @ _DENSITY), float(slope**2 @ _DENSITY)
    )


@dataclass(frozen=True)
class DepthTheory:
    """What is expected of every layer."""

    preactivations: Float[np.ndarray, " L"]  # standard deviation
    activations: Float[np.ndarray, " L"]
    factors: Float[np.ndarray, " L-1"]  # √χ, from layer l + 1 to layer l

    @property
    def relative(self) -> Float[np.ndarray, " L"]:
        """The size of dL/dz against the last layer's."""
        back = np.cumprod(self.factors[::-1])[::-1]
        return np.append(back, 1.0)


def depth_theory(settings: Depth, inputs: int, input_power: float) -> DepthTheory | None:
    """What theory says of a stack that reads so many inputs of that mean square; or None."""
    s = settings
    if s.residual:
        return None
    init = DEPTH_INITS[s.init]
    gain = s.width * init.variance(s.width, s.width)
    pinned = s.norm != "none" or init.scaled
    q = 1.0 if pinned else inputs * init.variance(inputs, s.width) * input_power
    before, after, factors = [], [], []
    for _ in range(s.layers):
        found = averages(s.activation, q)
        before.append(q**0.5)
        after.append(found.variance**0.5)
        factors.append(_chi(s, found, gain) ** 0.5)
        q = 1.0 if pinned else gain * found.second
    return DepthTheory(np.array(before), np.array(after), np.array(factors[:-1]))


def _chi(settings: Depth, found: Averages, gain: float) -> float:
    if settings.norm == "batch":
        if settings.activation == "linear":
            return (settings.samples - 2) / (settings.samples - 3)
        return found.slope / found.variance
    if settings.norm == "layer" or DEPTH_INITS[settings.init].scaled:
        return found.slope / found.second
    return gain * found.slope
