"""One batch on its way through a normalised network and back.

Letters as in `networks`, and G batches of equal size below each other in the rows.
"""

import torch
from torch import Tensor

from explorer.gans.networks import Network, Trace


class NormalisedTrace(Trace):
    """A `Trace` whose hidden layers are normalised, for several batches in one pass.

    Each of the ``batches`` has statistics of its own, as if it had come alone. The derivatives of
    scales and biases of hidden layers are written by `backward`, those of the weights and of the
    last bias by `differentiate`.
    """

    def __init__(self, network: Network, rows: int, batches: int = 1) -> None:
        assert network.normalisation is not None
        super().__init__(network, rows)
        self._normalisation, self._batches = network.normalisation, batches
        self._normal = [network.buffer(rows, width) for width in network.sizes[1:-1]]
        self._inverses = [
            self._normalisation.inverse(self._each(normal)) for normal in self._normal
        ]

    def forward(self, points: Tensor) -> Tensor:
        """The outputs at these points; the running averages of the network move."""
        network, layer = self.network, points
        for index, normal in enumerate(self._normal):
            above = self.activations[index]
            network.matmul(layer, network.transposed[index], out=above)
            entering, leaving = self._each(above), self._each(normal)
            self._normalisation.learn(index, entering, leaving, self._inverses[index])
            torch.addcmul(network.biases[index], normal, network.scales[index], out=above)
            layer = network.activation.apply_(above)
        return network.affine(
            network.biases[-1], layer, network.transposed[-1], out=self.activations[-1]
        )

    def _each(self, rows: Tensor) -> Tensor:
        """The batches, each a matrix of its own."""
        return rows.unflatten(-2, (self._batches, -1))

    def only(self, batch: int) -> "NormalisedTrace":
        """A trace of one of the batches: what `forward` of either writes, the other reads."""
        rows = self.activations[0].shape[-2] // self._batches
        one = NormalisedTrace(self.network, rows)
        one.activations = [each.narrow(-2, batch * rows, rows) for each in self.activations]
        one._normal = [each.narrow(-2, batch * rows, rows) for each in self._normal]
        one._inverses = [each.narrow(-3, batch, 1) for each in self._inverses]
        return one

    def backward(self) -> None:
        """Carry ``pulls[-1]`` down to what the first layer's weights give; of one batch only."""
        network = self.network
        for index in range(len(self.pulls) - 2, -1, -1):
            below, normal = self.pulls[index], self._normal[index]
            network.matmul(self.pulls[index + 1], network.weights[index + 1], out=below)
            network.activation.pull(below, self.activations[index], below)
            torch.sum(below, dim=-2, keepdim=True, out=network.bias_gradients[index])
            torch.sum(below * normal, dim=-2, keepdim=True, out=network.scale_gradients[index])
            below.mul_(network.scales[index])
            self._normalisation.pull(below, normal, self._inverses[index].squeeze(-3))

    def differentiate(
        self, points: Tensor, biased: list[Tensor] | None = None, shares: Tensor | None = None
    ) -> None:
        """Write the gradient by every weight and by the last bias."""
        self.differentiate_weights(points)
        torch.sum(self.pulls[-1], dim=-2, keepdim=True, out=self.network.bias_gradients[-1])
