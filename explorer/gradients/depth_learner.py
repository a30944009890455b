"""Stacks of layers that learn the digits, many seeds in one batch, their gradients written out.

What `depth` draws is trained here: layer l computes z_l = norm(W_l h_{l−1}) and h_l = φ(z_l), or
h_{l−1} + φ(z_l). With δ_l = dL/dz_l the way back is

    δ_l = dL/dh_l · φ'(z_l),   dL/du_l = δ_l through the norm,   u_l = W_l h_{l−1},
    dL/dW_l = (dL/du_l)ᵀ h_{l−1},   dL/dh_{l−1} = dL/du_l W_l  (+ dL/dh_l with a residual),

and a norm with output z and divisor σ hands back (δ − mean δ − z mean(δ z)) / σ, the means over
what it averages (Ioffe & Szegedy 2015; exact with the ε that is added to the variance).

Letters in the shapes: S networks, B samples, M digits, N units, I inputs, C classes, P parameters.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from explorer.dials import dial
from explorer.gradients.depth import (
    ACTIVATIONS,
    DEPTH_INITS,
    EPSILON,
    NORMS,
    Depth,
    Passes,
    all_digits,
    first_readout,
    matrices,
    passes,
)
from explorer.gradients.initial import INPUTS, VALIDATION, stream

TRAINED, VALIDATED = 1_197, 300  # digits; the last 300 of the 1,797 are the test
MOMENTUM = 0.9
LARGEST = 2_500_000  # weights of all networks together: a state of a run has each of them twice
BETAS, TINY = (0.9, 0.999), 1e-8  # Adam's (Kingma & Ba 2015)


@dataclass(frozen=True)
class Optimizer:
    """What makes an update of a gradient."""

    label: str
    adam: bool


OPTIMIZERS: dict[str, Optimizer] = {
    "sgd": Optimizer(f"SGD, momentum {MOMENTUM:g}", adam=False),
    "adam": Optimizer("Adam", adam=True),
}


def _clip(value: float) -> str:
    return "off" if value == 0 else f"{value:g}"


@dataclass(frozen=True, kw_only=True)
class DepthTraining(Depth):
    """Stacks that learn the digits; everything that determines it. ValueError with one line."""

    optimizer: str = dial("sgd", "Optimizer", choices=OPTIMIZERS)
    rate: float = dial(
        0.01,
        "Learning rate",
        low=1e-6,
        high=10.0,
        offered=(1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1),
        shown=str,
    )
    clip: float = dial(
        0.0,
        "Clip at",
        "Largest norm of the gradient of all weights together; off leaves it as it is.",
        low=0.0,
        high=1e3,
        offered=(0.0, 0.1, 0.3, 1.0, 3.0),
        shown=_clip,
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.data != "digits":
            raise ValueError(f"the digits are learned, not {self.data!r}: its classes are chance")
        if (size := self.seeds * self.layers * self.width**2) > LARGEST:
            raise ValueError(
                f"seeds × layers × units² must be at most {LARGEST:,} to learn side by side, not "
                f"{self.seeds} × {self.layers} × {self.width}² = {size:,}"
            )


@dataclass(frozen=True)
class Pass:
    """What one way forward leaves for the way back, layer by layer from the first."""

    read: tuple[Float[Tensor, "S B _"], ...]  # h of the layer before
    preactivations: tuple[Float[Tensor, "S B N"], ...]  # z
    passed: tuple[Float[Tensor, "S B N"], ...]  # φ(z)
    inverse: tuple[Tensor | None, ...]  # 1/σ of the norm
    last: Float[Tensor, "S B N"]  # h_L
    answers: Float[Tensor, "S B C"]  # logits


class DepthLearners:
    """Stacks of equal settings, one for each of these seeds, trained side by side in one batch.

    Network s learns as if it were alone, but for rounding. ``rates`` are the learning rates of
    them where they differ. The weights of all are one matrix, a row for each network.
    """

    def __init__(
        self,
        settings: DepthTraining,
        seeds: Sequence[int],
        rates: Sequence[float] | None = None,
        dtype: torch.dtype = torch.float32,
    ) -> None:
        s = self.settings = settings
        self.updates = 0
        every = all_digits()
        orders = torch.stack(
            [torch.randperm(len(every.x), generator=stream(seed, INPUTS)) for seed in seeds]
        )  # the first of them are those that `depth.passes` reads
        self.digits: Float[Tensor, "S M I"] = every.x[orders].to(dtype)
        self.classes: Int[Tensor, "S M"] = every.classes[orders]
        self._batches = [stream(seed, VALIDATION) for seed in seeds]
        self._places = torch.arange(len(seeds))[:, None]
        drawn = [self._drawn(seed) for seed in seeds]
        layers = [torch.stack(each).to(dtype) for each in zip(*drawn, strict=True)]
        readout = torch.stack([first_readout(s, seed) for seed in seeds]).to(dtype)
        parts = [*layers, readout]
        self.parameters: Float[Tensor, "S P"] = torch.cat([w.flatten(1) for w in parts], 1)
        self.gradient = torch.zeros_like(self.parameters)
        self._shapes = [each.shape[1:] for each in parts]
        *self.weights, self.readout = self._views(self.parameters)
        *self._to_weights, self._to_readout = self._views(self.gradient)
        self.rates = torch.tensor(
            [s.rate] * len(seeds) if rates is None else list(rates), dtype=dtype
        )[:, None]
        self._mean = torch.zeros_like(self.parameters)
        self._square = torch.zeros_like(self.parameters if self._adam else self.parameters[:, :0])

    # ------------------------------------------------------------------------------- learning

    @torch.inference_mode()
    def step(self) -> Float[Tensor, " S"]:
        """One update of every network on a batch of its own; its loss before that."""
        chosen = torch.stack(
            [
                torch.randint(TRAINED, (self.settings.samples,), generator=generator)
                for generator in self._batches
            ]
        )
        x, classes = self.digits[self._places, chosen], self.classes[self._places, chosen]
        losses, _ = self.differentiate(x, classes)
        self._update()
        self.updates += 1
        return losses

    @torch.inference_mode()
    def differentiate(
        self, x: Float[Tensor, "S B I"], classes: Int[Tensor, "S B"]
    ) -> tuple[Float[Tensor, " S"], list[Float[Tensor, "S B N"]]]:
        """Write the gradients of the mean cross-entropies; return these, and dL/dz by layer."""
        found = self.forward(x)
        losses, delta = _cross_entropy(found.answers, classes)
        return losses, self._backward(found, delta)

    def forward(self, x: Float[Tensor, "S B I"], fitted: int | None = None) -> Pass:
        """One way through all layers; batch norm's statistics are those of the first ``fitted``."""
        s = self.settings
        activation, over = ACTIVATIONS[s.activation], NORMS[s.norm].over
        read, before, after, inverses = [], [], [], []
        h = x
        for number, matrix in enumerate(self.weights):
            read.append(h)
            z, inverse = torch.bmm(h, matrix.mT), None
            if over is not None:
                z, inverse = _normed(z, over, fitted if over == -2 else None)
            passed = activation.apply(z)
            h = h + passed if s.residual and number else passed
            before.append(z)
            after.append(passed)
            inverses.append(inverse)
        answers = torch.bmm(h, self.readout.mT)
        return Pass(
            tuple(read), tuple(before), tuple(after), tuple(inverses), last=h, answers=answers
        )

    def _backward(self, found: Pass, delta: Float[Tensor, "S B C"]) -> list[Tensor]:
        s = self.settings
        activation, over = ACTIVATIONS[s.activation], NORMS[s.norm].over
        self._to_readout.copy_(torch.bmm(delta.mT, found.last))
        back = torch.bmm(delta, self.readout)  # dL/dh
        by_preactivation: list[Tensor] = []
        for number in range(len(self.weights) - 1, -1, -1):
            z, inverse = found.preactivations[number], found.inverse[number]
            slope = back * activation.slope(z, found.passed[number])
            by_preactivation.append(slope)
            if over is not None and inverse is not None:
                slope = _through_norm(slope, z, inverse, over)
            self._to_weights[number].copy_(torch.bmm(slope.mT, found.read[number]))
            if number:
                below = torch.bmm(slope, self.weights[number])
                back = back + below if s.residual else below
        return by_preactivation[::-1]

    def _update(self) -> None:
        gradient = self.gradient
        if self.settings.clip > 0:
            norms = torch.linalg.vector_norm(gradient, dim=1, keepdim=True)
            gradient.mul_((self.settings.clip / (norms + 1e-6)).clamp_(max=1))
        if not self._adam:
            self._mean.mul_(MOMENTUM).add_(gradient)
            self.parameters.addcmul_(self.rates, self._mean, value=-1)
            return
        (first, second), t = BETAS, self.updates + 1
        self._mean.mul_(first).add_(gradient, alpha=1 - first)
        self._square.mul_(second).addcmul_(gradient, gradient, value=1 - second)
        size = (self._square / (1 - second**t)).sqrt_().add_(TINY)
        self.parameters.addcdiv_(self._mean * self.rates, size, value=-1 / (1 - first**t))

    def _drawn(self, seed: int) -> Sequence[Tensor]:
        """The first weights of all layers, divided as LSUV wants them where they are to be."""
        s = self.settings
        if DEPTH_INITS[s.init].scaled:
            return passes(s, seed).weights
        return list(matrices(s, seed, self.digits.shape[-1]))

    @property
    def _adam(self) -> bool:
        return OPTIMIZERS[self.settings.optimizer].adam

    # --------------------------------------------------------------------------- measuring

    @torch.inference_mode()
    def tested(self) -> Float[Tensor, " S"]:
        """The share that is named right of 300 digits of which nobody makes any use.

        Batch norm takes its statistics from the digits that are trained on.
        """
        return self._right(TRAINED + VALIDATED, self.digits.shape[1])

    @torch.inference_mode()
    def validated(self) -> Float[Tensor, " S"]:
        """The same of 300 others, by which a learning rate may be chosen."""
        return self._right(TRAINED, TRAINED + VALIDATED)

    def _right(self, first: int, end: int) -> Float[Tensor, " S"]:
        shown, fitted = self.digits[:, first:end], None
        if self.settings.norm == "batch":
            shown, fitted = torch.cat((self.digits[:, :TRAINED], shown), 1), TRAINED
        answers = self.forward(shown, fitted).answers[:, fitted or 0 :]
        return (answers.argmax(-1) == self.classes[:, first:end]).double().mean(1)

    @torch.inference_mode()
    def first_passes(self) -> Passes:
        """The first network on the batch that it began with, forward and back, in float64."""
        alone = DepthLearners.__new__(DepthLearners)
        alone.settings, alone._shapes = self.settings, self._shapes
        alone.parameters = self.parameters[:1].double()
        alone.gradient = torch.zeros_like(alone.parameters)
        *alone.weights, alone.readout = alone._views(alone.parameters)
        *alone._to_weights, alone._to_readout = alone._views(alone.gradient)
        samples = self.settings.samples
        x, classes = self.digits[:1, :samples].double(), self.classes[:1, :samples]
        found = alone.forward(x)
        _, delta = _cross_entropy(found.answers, classes)
        slopes = alone._backward(found, delta)
        return Passes(
            weights=tuple(each[0] for each in alone.weights),
            preactivations=tuple(each[0] for each in found.preactivations),
            activations=tuple(each[0] for each in (*found.read[1:], found.last)),
            by_preactivation=tuple(each[0] for each in slopes),
            by_weights=tuple(each[0] for each in alone._to_weights),
            input_power=float(x.square().mean()),
            inputs=x.shape[-1],
        )

    def finite(self) -> Bool[Tensor, " S"]:
        """Which networks still have numbers for weights."""
        return torch.isfinite(self.parameters).all(1)

    # -------------------------------------------------------------------------- going on later

    def state(self) -> dict[str, np.ndarray]:
        """All that the next update depends on, copied."""
        generators = torch.stack([generator.get_state() for generator in self._batches])
        return {
            "parameters": self.parameters.numpy().copy(),
            "mean": self._mean.numpy().copy(),
            "square": self._square.numpy().copy(),
            "batches": generators.numpy().copy(),
            "updates": np.asarray(self.updates),
        }

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Continue from a state of equal settings as if nothing had come between, bit for bit."""
        for name, held in (
            ("parameters", self.parameters),
            ("mean", self._mean),
            ("square", self._square),
        ):
            held.copy_(torch.from_numpy(np.array(state[name])))
        for generator, at in zip(self._batches, state["batches"], strict=True):
            generator.set_state(torch.from_numpy(np.array(at)))
        self.updates = int(state["updates"])

    def _views(self, flat: Float[Tensor, "S P"]) -> list[Tensor]:
        parts = flat.split([math.prod(shape) for shape in self._shapes], 1)
        return [part.unflatten(1, shape) for part, shape in zip(parts, self._shapes, strict=True)]


def _cross_entropy(
    answers: Float[Tensor, "S B C"], classes: Int[Tensor, "S B"]
) -> tuple[Float[Tensor, " S"], Float[Tensor, "S B C"]]:
    """The mean over the batch, and its gradient (softmax − one) / B."""
    logs = torch.log_softmax(answers, -1)
    chosen = classes[..., None]
    delta = logs.exp()
    delta.scatter_add_(-1, chosen, -torch.ones_like(chosen, dtype=delta.dtype))
    return -logs.gather(-1, chosen).mean((1, 2)), delta / classes.shape[1]


def _normed(
    u: Float[Tensor, "S B N"], over: int, fitted: int | None
) -> tuple[Float[Tensor, "S B N"], Tensor]:
    """(u − mean) / σ over an axis, of its first ``fitted`` alone where that is given; and 1/σ."""
    some = u if fitted is None else u[:, :fitted]
    mean = some.mean(over, keepdim=True)
    # torch.var_mean over a middle axis takes seven times as long as these two passes
    inverse = ((some - mean).square().mean(over, keepdim=True) + EPSILON).rsqrt()
    return (u - mean) * inverse, inverse


def _through_norm(
    slope: Float[Tensor, "S B N"], z: Float[Tensor, "S B N"], inverse: Tensor, over: int
) -> Float[Tensor, "S B N"]:
    """What a norm hands back of dL/dz."""
    along = (slope * z).mean(over, keepdim=True)
    return (slope - slope.mean(over, keepdim=True) - z * along) * inverse
