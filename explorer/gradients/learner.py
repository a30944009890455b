"""Networks that learn, their gradients written out: one, or a population of them in one unroll.

Letters in the shapes: T steps, I inputs, H units, B samples, N sequences, A answers (at the last A
steps), O numbers or classes of an answer, G rows of all gates together, L = T + 1 lags; K is the
columns of the matrix, H + I + 1 but for peepholes. `*S` is one axis of networks, or none.
"""

from collections.abc import Mapping

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from explorer.gradients.through_time import mean_norms
from explorer.gradients.unrolled import UNROLLED

BETAS, EPSILON = (0.9, 0.999), 1e-8
TOGETHER = 250  # sequences that all networks together are asked at once, or a batch of each


class Learner:
    """A recurrent layer with a linear readout of its last hidden states, trained by Adam.

    Answers that are numbers are judged by their squared error, classes by their cross-entropy,
    both as means over answers and samples. Of each network the gradient is rescaled to norm `clip`
    where it is longer (Pascanu et al. 2013, algorithm 1, over all its parameters together as in
    `torch.nn.utils.clip_grad_norm_`). All parameters of all networks are one flat tensor, so that
    the update is one fused call of PyTorch's own Adam kernel; no number of one network ever meets
    one of another. The weights are those of `Unrolled`: one bias where PyTorch has two, which
    halves the effective step of that bias.
    """

    def __init__(
        self,
        cell: str,
        matrix: Float[Tensor, "*S G K"],
        readout: Float[Tensor, "*S R"],
        length: int,
        batch: int,
        rate: float,
        clip: float,
        answers: int = 1,
        classes: int = 0,
    ) -> None:
        """Start from these weights; the readout is the weights of each output, then the biases.

        The last `answers` steps are answered, with one number or with so many `classes`.
        """
        self.cell, self.rate, self.clip = cell, rate, clip
        self.answered, self.classes = answers, classes
        self._shape, self._batch = matrix.shape[-2:], batch
        parameters = torch.cat((matrix.flatten(-2), readout), dim=-1)
        self._mean, self._square = torch.zeros_like(parameters), torch.zeros_like(parameters)
        self._updates = torch.zeros((), dtype=torch.float32)
        self._take(parameters, length)

    def _take(self, parameters: Float[Tensor, "*S P"], length: int) -> None:
        """Go on with these parameters."""
        self.parameters, self.lead = parameters, parameters.shape[:-1]
        self.gradient = torch.zeros_like(parameters)
        self.loss = torch.full(self.lead, torch.nan)
        self.matrix, self.readout, self.bias = self._parts(parameters)
        self._to_matrix, self._to_readout, self._to_bias = self._parts(self.gradient)
        self.lengthen(length)

    def leave(self, stays: Bool[np.ndarray, " S"]) -> None:
        """Let all networks go but these, which learn on as if nothing had happened."""
        kept = torch.from_numpy(stays)
        self._mean, self._square = self._mean[kept], self._square[kept]
        self._take(self.parameters[kept], self.network.steps)

    def lengthen(self, length: int) -> None:
        """Read sequences of another length from now on, with the same weights."""
        unrolled, together = UNROLLED[self.cell], TOGETHER // self.lead.numel()
        self.network = unrolled(self.matrix, length, self._batch)
        more = together > self._batch
        self._reader = unrolled(self.matrix, length, together) if more else self.network

    @torch.inference_mode()
    def learn(
        self,
        inputs: Float[Tensor, "T ... I B"],
        targets: Float[Tensor, "..."] | Int[Tensor, "..."],
        kept: Float[Tensor, "A *S H B"] | None = None,
    ) -> None:
        """One update on one batch; `kept` is what dropout leaves of the states that are read.

        It is 0 where a unit is dropped and 1 / (1 − its rate) elsewhere (Srivastava et al. 2014).
        """
        self.differentiate(inputs, targets, kept)
        length = torch.linalg.vector_norm(self.gradient, dim=-1, keepdim=True)
        self.gradient.mul_((self.clip / (length + 1e-6)).clamp_(max=1))
        self._update()

    @torch.inference_mode()
    def differentiate(
        self,
        inputs: Float[Tensor, "T ... I B"],
        targets: Float[Tensor, "..."] | Int[Tensor, "..."],
        kept: Float[Tensor, "A *S H B"] | None = None,
    ) -> None:
        """Write the gradient of the mean loss, and the loss itself, unclipped."""
        self.network.read(inputs)
        self.network.forward()
        read = self.network.hidden[-self.answered :]
        hidden = read if kept is None else read * kept
        answers = self.readout @ hidden + self.bias.unsqueeze(-1)
        targets = targets.view(self.answered, *self.lead, -1)
        losses, slopes = self._judged(answers, targets)
        self.loss = losses.mean((0, -1))
        slopes.div_(self.answered * targets.shape[-1])
        torch.sum(slopes @ hidden.mT, 0, out=self._to_readout)
        torch.sum(slopes.sum(-1), 0, out=self._to_bias)
        direct = self.readout.mT @ slopes
        if kept is not None:
            direct.mul_(kept)
        self.network.backward(direct if self.answered > 1 else direct[0])
        self.network.differentiate(self._to_matrix)

    @torch.inference_mode()
    def answers(self, inputs: Float[Tensor, "T ... I N"]) -> Float[Tensor, "A *S O N"]:
        """What the networks say to any number of sequences, at most `TOGETHER` at a time."""
        found = []
        for part in inputs.split(self._reader.batch, dim=-1):
            missing = self._reader.batch - part.shape[-1]
            self._reader.read(torch.nn.functional.pad(part, (0, missing)))
            self._reader.forward()
            said = self.readout @ self._reader.hidden[-self.answered :] + self.bias.unsqueeze(-1)
            found.append(said[..., : part.shape[-1]])
        return torch.cat(found, dim=-1)

    def losses(
        self,
        answers: Float[Tensor, "A *S O N"],
        targets: Float[Tensor, "A N"] | Int[Tensor, "A N"],
    ) -> Float[Tensor, "A *S N"]:
        """The loss of every single answer."""
        return self._judged(answers, self._for_each(targets))[0]

    def wrong(
        self,
        answers: Float[Tensor, "A *S O N"],
        targets: Float[Tensor, "A N"] | Int[Tensor, "A N"],
    ) -> Float[Tensor, "A *S N"] | Bool[Tensor, "A *S N"]:
        """The error that counts: squares of numbers, and whether a class is another one."""
        targets = self._for_each(targets)
        if not self.classes:
            return (answers[..., 0, :] - targets).square()
        finite = answers.isfinite().all(-2)  # what is no number is no answer
        return (answers.argmax(-2) != targets) | ~finite

    @torch.inference_mode()
    def gradient_profile(
        self,
        inputs: Float[Tensor, "T ... I N"],
        targets: Float[Tensor, " N"] | Int[Tensor, " N"],
    ) -> Float[np.ndarray, "*S L"]:
        """‖∂ loss of the last answer / ∂ state‖ at every lag, mean over the sequences.

        The state is the LSTM's c, the others' h. Everything is done again in float64, forward
        and back: in float32 the norm of a vanishing gradient would be exactly 0.
        """
        matrix, readout, bias = (part.double() for part in (self.matrix, self.readout, self.bias))
        network = UNROLLED[self.cell](matrix, self.network.steps, targets.shape[-1])
        network.read(inputs.double())
        answers = readout @ network.forward() + bias.unsqueeze(-1)
        targets = targets.double() if not self.classes else targets
        _, slopes = self._judged(answers, targets.expand(*self.lead, -1))
        network.backward(readout.mT @ slopes)
        memory = network.hidden_gradients
        if network.cell_gradients is not None:
            memory = network.cell_gradients
        return np.moveaxis(mean_norms(memory)[::-1], 0, -1).copy()

    def finite(self) -> Bool[np.ndarray, "*S"]:
        """Of which networks every parameter is a number, so that their training can go on."""
        return torch.isfinite(self.parameters).all(-1).numpy()

    def state(self) -> dict[str, np.ndarray]:
        """All that the next update depends on, copied."""
        return {name: part.numpy().copy() for name, part in self._remembered().items()}

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Continue from a state as if nothing had come between, bit for bit."""
        self.loss = torch.empty(self.lead)
        for name, part in self._remembered().items():
            part.copy_(torch.from_numpy(np.array(state[name])))

    def _judged(
        self,
        answers: Float[Tensor, "... O B"],
        targets: Float[Tensor, "... B"] | Int[Tensor, "... B"],
    ) -> tuple[Float[Tensor, "... B"], Float[Tensor, "... O B"]]:
        """Every answer's loss, and its slope by the answer.

        (y − target)² has 2 (y − target); −ln softmax(y)[target] has softmax(y) less the one-hot
        target.
        """
        if not self.classes:
            error = answers - targets.unsqueeze(-2)
            return error.square()[..., 0, :], error.mul_(2)
        chosen = targets.unsqueeze(-2)
        logs = torch.log_softmax(answers, -2)
        losses = -logs.gather(-2, chosen)[..., 0, :]
        return losses, logs.exp_().scatter_add_(-2, chosen, -torch.ones_like(logs))

    def _for_each(self, targets: Tensor) -> Tensor:
        """The same targets for every network."""
        if not self.lead:
            return targets
        return targets.unsqueeze(1).expand(-1, *self.lead, -1)

    def _remembered(self) -> dict[str, Tensor]:
        return {
            "parameters": self.parameters,
            "mean": self._mean,
            "square": self._square,
            "updates": self._updates,
            "loss": self.loss,
        }

    def _parts(self, flat: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The matrix, the readout and its biases, as views."""
        weights, outputs = self._shape.numel(), max(1, self.classes)
        left = flat.shape[-1] - weights - outputs
        matrix, readout, bias = flat.split((weights, left, outputs), -1)
        return matrix.unflatten(-1, self._shape), readout.unflatten(-1, (outputs, -1)), bias

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
