"""Spectral normalisation of the judge: every matrix divided by its largest singular value.

Letters: P members of a population (no such axis for one network), O numbers out of a layer, I
into it.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from explorer.gans.networks import Network

FIRST = 15  # iterations before the first update, as in PyTorch
TINY = 1e-12  # below it a vector is not stretched to length 1


class SpectralNormalisation:
    """W̄ = W / σ(W) for every layer, with σ by power iteration (Miyato et al. 2018, alg. 1).

    The judge that plays is ``network``, with W̄ for weights; what learns is ``learned``, with W.
    One iteration u ← W v / ‖W v‖, v ← Wᵀ u / ‖Wᵀ u‖ follows each update, and σ = uᵀ W v. Everything
    until the next update, pictures included, sees the same W̄. u and v count as constants in the
    gradient, σ does not (eq. 12):

        ∂L/∂W = (G − ⟨G, W̄⟩ u vᵀ) / σ   with   G = ∂L/∂W̄

    Biases stay as they are. Deviation: the paper iterates before an update and not after it, so
    its generator meets σ of the step before.
    """

    def __init__(self, network: Network, learned: Network) -> None:
        self._network, self.learned = network, learned
        self.left = [network.buffer(weight.shape[-2], 1).zero_() for weight in network.weights]
        self.right = [network.buffer(weight.shape[-1], 1).zero_() for weight in network.weights]
        self._sigmas: list[Tensor] = []

    def draw(self, rngs: Sequence[torch.Generator]) -> None:
        """Start from vectors drawn by each member's own generator, then iterate."""
        for right in self.right:
            for member, rng in zip(right.view(len(rngs), -1, 1), rngs, strict=True):
                member.normal_(generator=rng)
        self._settle()

    def _settle(self) -> None:
        for _ in range(FIRST):
            self._iterate()
        self.normalise()

    @property
    def vectors(self) -> dict[str, Tensor]:
        """u and v of every layer, by name: what it remembers between two updates."""
        return {
            f"{name}.{layer}": vector
            for name, vectors in (("left", self.left), ("right", self.right))
            for layer, vector in enumerate(vectors)
        }

    def resume(self) -> None:
        """The judge of restored weights and vectors; vectors of zero start anew, from ones."""
        if all(float(right.abs().max()) == 0 for right in self.right):
            for right in self.right:
                right.fill_(1)
            self._settle()
        self.normalise()

    def follow(self) -> None:
        """One iteration, and the judge that results."""
        self._iterate()
        self.normalise()

    def _iterate(self) -> None:
        matmul = self.learned.matmul
        for weight, transposed, left, right in zip(
            self.learned.weights, self.learned.transposed, self.left, self.right, strict=True
        ):
            _unit(matmul(weight, right, out=left))
            _unit(matmul(transposed, left, out=right))

    def normalise(self) -> None:
        """Write W̄ from W, u and v."""
        network, learned = self._network, self.learned
        self._sigmas = []
        for index, weight in enumerate(learned.weights):
            sigma = learned.matmul(self.left[index].mT, learned.matmul(weight, self.right[index]))
            torch.div(weight, sigma, out=network.weights[index])
            self._sigmas.append(sigma)
            network.biases[index].copy_(learned.biases[index])

    def translate(self) -> None:
        """Write the gradient by W from that by W̄."""
        network, learned = self._network, self.learned
        for index, gradient in enumerate(network.weight_gradients):
            along = (gradient * network.weights[index]).sum(dim=(-2, -1), keepdim=True)
            found = learned.weight_gradients[index]
            learned.matmul(self.left[index] * along, self.right[index].mT, out=found)
            torch.sub(gradient, found, out=found).div_(self._sigmas[index])
            learned.bias_gradients[index].copy_(network.bias_gradients[index])


def _unit(vector: Tensor) -> None:
    vector.div_(torch.linalg.vector_norm(vector, dim=-2, keepdim=True).clamp_min_(TINY))
