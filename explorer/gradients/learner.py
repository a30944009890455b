"""A network that learns, its gradients written out.

Letters in the shapes: T steps, I inputs, H units, B samples, N sequences, G rows of all gates
together, K = H + I + 1 columns, L = T + 1 lags.
"""

from collections.abc import Mapping

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from explorer.gradients.through_time import mean_norms
from explorer.gradients.unrolled import UNROLLED

BETAS, EPSILON = (0.9, 0.999), 1e-8


class Learner:
    """A recurrent layer with a linear readout of its last hidden state, trained by Adam.

    The error is squared; its gradient is rescaled to norm `clip` where it is longer (Pascanu et
    al. 2013, algorithm 1, over all parameters together as in `torch.nn.utils.clip_grad_norm_`).
    All parameters are one flat vector, so that the update is one fused call of PyTorch's own
    Adam kernel. The weights are those of `Unrolled`: one bias where PyTorch has two, which halves
    the effective step of that bias.
    """

    def __init__(
        self,
        cell: str,
        matrix: Float[Tensor, "G K"],
        readout: Float[Tensor, " R"],
        length: int,
        batch: int,
        rate: float,
        clip: float,
    ) -> None:
        """Start from these weights; the readout is H weights and a bias."""
        self.cell, self.rate, self.clip = cell, rate, clip
        self.parameters = torch.cat((matrix.flatten(), readout))
        self.gradient = torch.zeros_like(self.parameters)
        self.loss = torch.full((), torch.nan)
        self.matrix, self.readout, self.bias = self._parts(self.parameters, matrix.shape)
        self._to_matrix, self._to_readout, self._to_bias = self._parts(self.gradient, matrix.shape)
        self.network = UNROLLED[cell](self.matrix, length, batch)
        self._mean = torch.zeros_like(self.parameters)
        self._square = torch.zeros_like(self.parameters)
        self._updates = torch.zeros((), dtype=torch.float32)

    @torch.inference_mode()
    def learn(self, inputs: Float[Tensor, "T I B"], targets: Float[Tensor, " B"]) -> None:
        """One update on one batch."""
        self.differentiate(inputs, targets)
        length = torch.linalg.vector_norm(self.gradient)
        self.gradient.mul_((self.clip / (length + 1e-6)).clamp_(max=1))
        self._update()

    @torch.inference_mode()
    def differentiate(self, inputs: Float[Tensor, "T I B"], targets: Float[Tensor, " B"]) -> None:
        """Write the gradient of the mean squared error, and the error itself, unclipped."""
        self.network.read(inputs)
        hidden = self.network.forward()
        error = torch.addmm(self.bias, self.readout, hidden).sub_(targets)
        self.loss = error.square().mean()
        error.mul_(2 / len(targets))
        torch.mm(error, hidden.T, out=self._to_readout)
        torch.sum(error, 1, out=self._to_bias)
        self.network.backward(torch.mm(self.readout.T, error))
        self.network.differentiate(self._to_matrix)

    @torch.inference_mode()
    def answers(self, inputs: Float[Tensor, "T I N"]) -> Float[Tensor, " N"]:
        """What the network says to any number of sequences, a batch at a time."""
        found = []
        for part in inputs.split(self.network.batch, dim=-1):
            missing = self.network.batch - part.shape[-1]
            self.network.read(torch.nn.functional.pad(part, (0, missing)))
            answers = torch.addmm(self.bias, self.readout, self.network.forward())
            found.append(answers[0, : part.shape[-1]])
        return torch.cat(found)

    @torch.inference_mode()
    def gradient_profile(
        self, inputs: Float[Tensor, "T I N"], targets: Float[Tensor, " N"]
    ) -> Float[np.ndarray, " L"]:
        """‖∂(answer − target)² / ∂state‖ at every lag, mean over the sequences.

        The state is the LSTM's c, the others' h. Everything is done again in float64, forward
        and back: in float32 the norm of a vanishing gradient would be exactly 0.
        """
        matrix, readout, bias = (part.double() for part in (self.matrix, self.readout, self.bias))
        network = UNROLLED[self.cell](matrix, self.network.steps, len(targets))
        network.read(inputs.double())
        error = torch.addmm(bias, readout, network.forward()) - targets
        network.backward(torch.mm(readout.T, 2 * error))
        memory = network.hidden_gradients
        if network.cell_gradients is not None:
            memory = network.cell_gradients
        return mean_norms(memory)[::-1].copy()

    def finite(self) -> bool:
        """Whether every parameter is a number, so that training can go on."""
        return bool(torch.isfinite(self.parameters).all())

    def state(self) -> dict[str, np.ndarray]:
        """All that the next update depends on, copied."""
        return {name: part.numpy().copy() for name, part in self._remembered().items()}

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Continue from a state as if nothing had come between, bit for bit."""
        self.loss = torch.empty(())
        for name, part in self._remembered().items():
            part.copy_(torch.from_numpy(np.array(state[name])))

    def _remembered(self) -> dict[str, Tensor]:
        return {
            "parameters": self.parameters,
            "mean": self._mean,
            "square": self._square,
            "updates": self._updates,
            "loss": self.loss,
        }

    def _parts(self, flat: Tensor, shape: torch.Size) -> tuple[Tensor, Tensor, Tensor]:
        matrix, readout, bias = flat.split((shape.numel(), len(flat) - shape.numel() - 1, 1))
        return matrix.view(shape), readout.view(1, -1), bias

    def _update(self) -> None:
        self._updates.add_(1)
        torch._fused_adam_(
            [self.parameters],
            [self.gradient],
            [self._mean],
            [self._square],
            [],
            [self._updates],
            lr=self.rate,
            beta1=BETAS[0],
            beta2=BETAS[1],
            weight_decay=0.0,
            eps=EPSILON,
            amsgrad=False,
            maximize=False,
        )
