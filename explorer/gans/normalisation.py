"""Batch and layer normalisation between the linear part of a hidden layer and its nonlinearity.

    y = f(scale ∘ (u − mean) / √(variance + ε) + bias),  u = W x

Letters: P members of a population (no such axis for one network), R rows, H units of a layer,
G batches below each other in the rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

EPSILON = 1e-5
MOMENTUM = 0.1  # share of the newest batch in the running statistics, as in PyTorch


@dataclass(frozen=True)
class Rule:
    """Over which rows or units a hidden layer is centred and scaled."""

    label: str
    axis: int = 0  # of (rows, units) from the end; 0: no normalisation
    running: bool = False  # whether a picture uses what batches have taught


NORMALISATIONS = {
    "none": Rule("none"),
    "batch": Rule("batch", axis=-2, running=True),
    "layer": Rule("layer", axis=-1),
}


class Normalisation:
    """How the units of each hidden layer are centred and scaled, and what batches have taught.

    "layer" uses the mean and variance of each row over its units (Ba et al. 2016), in training
    and in a picture alike. "batch" uses, in training, those of each unit over its batch (Ioffe &
    Szegedy 2015), and in a picture the running averages: each training batch enters with the
    share `MOMENTUM`, its variance with n − 1 in the denominator, and they start at 0 and 1; all
    as `torch.nn.BatchNorm1d` does. Every batch that the generator makes counts, for the judge or
    for itself.
    """

    def __init__(
        self, name: str, widths: Sequence[int], lead: tuple[int, ...], dtype: torch.dtype
    ) -> None:
        rule = NORMALISATIONS[name]
        self._axis = rule.axis
        self.running: dict[str, Tensor] = {}
        if rule.running:
            self.running = {
                "mean": torch.zeros(*lead, 1, sum(widths), dtype=dtype),
                "variance": torch.ones(*lead, 1, sum(widths), dtype=dtype),
            }
        self._means, self._variances = (
            (list(each.split(list(widths), dim=-1)) for each in self.running.values())
            if self.running
            else ([], [])
        )

    def settled(self, layer: int, entering: Float[Tensor, "*P R H"]) -> Float[Tensor, "*P R H"]:
        """What a picture uses: by running averages, or row by row."""
        if self.running:
            inverse = (self._variances[layer] + EPSILON).rsqrt()
            return (entering - self._means[layer]).mul_(inverse)
        variance, mean = torch.var_mean(entering, dim=-1, correction=0, keepdim=True)
        return (entering - mean).mul_((variance + EPSILON).rsqrt())

    def inverse(self, entering: Float[Tensor, "*P G R H"]) -> Tensor:
        """An uninitialised tensor for 1/√(variance + ε) of such batches."""
        return torch.empty_like(entering.narrow(self._axis, 0, 1))

    def learn(
        self,
        layer: int,
        entering: Float[Tensor, "*P G R H"],
        out: Float[Tensor, "*P G R H"],
        inverse: Tensor,
    ) -> None:
        """Write what training uses and 1/√(variance + ε); the running averages move."""
        variance, mean = torch.var_mean(entering, dim=self._axis, correction=0, keepdim=True)
        if self.running:
            rows = entering.shape[-2]
            self._follow(self._means[layer], mean)
            self._follow(self._variances[layer], variance * (rows / (rows - 1)))
        torch.rsqrt(variance.add_(EPSILON), out=inverse)
        torch.sub(entering, mean, out=out).mul_(inverse)

    def _follow(self, running: Tensor, seen: Tensor) -> None:
        for each in seen.unbind(-3):
            running.lerp_(each, MOMENTUM)

    def pull(
        self,
        pull: Float[Tensor, "*P R H"],
        normal: Float[Tensor, "*P R H"],
        inverse: Tensor,
    ) -> None:
        """Gradient by the normalised numbers becomes that by the numbers before, in place.

        du = inverse · (dn − mean(dn) − n · mean(dn ∘ n)): the mean and the variance of one batch
        or row move with every number in it (Ioffe & Szegedy 2015, section 3).
        """
        along = (pull * normal).mean(self._axis, keepdim=True)
        pull.sub_(pull.mean(self._axis, keepdim=True))
        pull.addcmul_(normal, along, value=-1).mul_(inverse)
