"""One network on one problem, trained three ways from the same start: unclipped, by norm, by value.

Plain gradient descent, as in the paper: Adam divides a gradient by its own size, which is a
clipping of its own.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from explorer.dials import again, check, dial
from explorer.gradients.initial import INPUTS, READOUT, WEIGHTS, initial_matrix, stream
from explorer.gradients.learner import Learner
from explorer.gradients.settings import FlowSettings
from explorer.gradients.side_by_side import LearningSettings
from explorer.gradients.unrolled import UNROLLED
from explorer.sequences.long_lags import PROBLEMS, Problem

CLIPPED_CELLS = ("rnn_tanh", "rnn_relu", "lstm", "gru")
ADVISED = (0.5, 10.0)
"""Good thresholds, in average norms (Pascanu et al. 2013, section 3.2)."""


def unclipped(gradient: Float[Tensor, " P"], threshold: float) -> None:
    """Leave the gradient as it is."""


def by_norm(gradient: Float[Tensor, " P"], threshold: float) -> None:
    """Shorten a gradient at least as long as the threshold to it, its direction kept.

    Pascanu et al. 2013, algorithm 1: g ← g · threshold / ‖g‖ if ‖g‖ ≥ threshold. A gradient whose
    norm is not finite stays as it is: it has no direction.
    """
    norm = torch.linalg.vector_norm(gradient)
    if threshold <= norm < torch.inf:
        gradient.mul_(threshold / norm)


def by_value(gradient: Float[Tensor, " P"], threshold: float) -> None:
    """Cut every entry to ± the threshold, which turns the gradient (Mikolov 2012)."""
    gradient.clamp_(-threshold, threshold)


@dataclass(frozen=True)
class Clip:
    """A way to clip: what it is called, and what it does to a gradient in place."""

    label: str
    short: str
    rule: Callable[[Tensor, float], None]


CLIPS: Mapping[str, Clip] = {
    "unclipped": Clip("unclipped", "unclipped", unclipped),
    "by_norm": Clip("clipped by norm", "by norm", by_norm),
    "by_value": Clip("clipped by value", "by value", by_value),
}


@dataclass(frozen=True)
class ClippingSettings:
    """Everything that determines the three trainings. Raises `ValueError` with one line."""

    problem: str = again(LearningSettings, "problem")
    cell: str = dial(
        "rnn_tanh",
        "Network",
        "Which one learns, three times.",
        choices={name: UNROLLED[name] for name in CLIPPED_CELLS},
    )
    length: int = again(LearningSettings, "length", default=20)
    symbols: int = again(LearningSettings, "symbols", default=3)
    width: int = dial(32, "Units", low=4, high=128, offered=(8, 16, 32, 64))
    gain: float = dial(
        1.1,
        "Gain",
        "Of the rotation that the recurrent matrix starts as: above 1 gradients grow on the way.",
        low=0.05,
        high=4.0,
        offered=(0.5, 2.0),
        step=0.05,
    )
    rate: float = dial(
        0.1,
        "Learning rate",
        "A step goes so many gradients far.",
        low=1e-4,
        high=10.0,
        offered=(0.003, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5),
        shown=str,
    )
    norm: float = dial(
        1.0,
        "Largest norm",
        "A gradient at least so long is shortened to it. Good values are 0.5 to 10 times the "
        "average norm (Pascanu et al. 2013), which the cards measure.",
        low=1e-3,
        high=1e3,
        offered=(0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0),
        shown=str,
    )
    value: float = dial(
        0.1,
        "Largest entry",
        "Every entry of the gradient beyond this is cut to it.",
        low=1e-4,
        high=1e3,
        offered=(0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0),
        shown=str,
    )
    batch: int = dial(20, "Sequences", "In each batch.", low=1, high=200)
    seed: int = again(
        FlowSettings, "seed", label="Seed", help="Decides weights and sequences.", offered=(0, 50)
    )

    def __post_init__(self) -> None:
        check(self)
        self.asked.admit(self.length)

    @property
    def asked(self) -> Problem:
        """The problem."""
        return PROBLEMS[self.problem]

    @property
    def baseline(self) -> float:
        """The loss of the best answer without memory."""
        return self.asked.baseline(self.length, self.symbols)

    def threshold(self, clip: str) -> float:
        """The threshold of a way to clip; infinite without one."""
        return {"by_norm": self.norm, "by_value": self.value}.get(clip, float("inf"))


@dataclass(frozen=True)
class ClippedStep:
    """One update: the error before it, the gradient's norm, and what was left of it to go by.

    `error` is the loss: a mean square, or nats. `bit` is whether the clipping changed the gradient,
    `turned` by how many degrees. NaN once the weights have left the range of floating point.
    """

    error: float
    raw: float
    taken: float
    bit: bool
    turned: float


GONE = ClippedStep(float("nan"), float("nan"), float("nan"), False, float("nan"))


class ClippedLearner(Learner):
    """A learner that goes down its clipped gradient."""

    def __init__(self, settings: ClippingSettings, clip: str) -> None:
        """Start from the weights of the settings."""
        s, problem = settings, settings.asked
        matrix = initial_matrix(
            s.cell, problem.inputs, s.width, stream(s.seed, WEIGHTS), "orthogonal", s.gain,
            forget_bias=1.0 if UNROLLED[s.cell].is_gated() else None,
        )  # fmt: skip
        readout = torch.empty(max(1, problem.classes) * (s.width + 1))
        readout.uniform_(-(s.width**-0.5), s.width**-0.5, generator=stream(s.seed, READOUT))
        steps = problem.steps(s.length, s.symbols)
        super().__init__(
            s.cell, matrix.float(), readout, steps, s.batch, s.rate, s.norm,
            answers=problem.answered(s.length, s.symbols), classes=problem.classes,
        )  # fmt: skip
        self.rule, self.threshold = CLIPS[clip].rule, s.threshold(clip)

    @torch.inference_mode()
    def descend(
        self,
        inputs: Float[Tensor, "T I B"],
        targets: Float[Tensor, "A B"] | Int[Tensor, "A B"],
    ) -> ClippedStep:
        """One update on one batch; none where the weights are no numbers any more."""
        if not self.finite():
            return GONE
        self.differentiate(inputs, targets)
        before = self.gradient.double()
        raw = float(torch.linalg.vector_norm(before))
        self.rule(self.gradient, self.threshold)
        after = self.gradient.double()
        taken = float(torch.linalg.vector_norm(after))
        turned = 0.0
        if 0 < raw < float("inf") and taken > 0:
            cosine = float((before / raw) @ (after / taken))
            turned = float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))
        self.parameters.sub_(self.gradient, alpha=self.rate)
        return ClippedStep(float(self.loss), raw, taken, taken < raw * (1 - 1e-6), turned)


class ThreeWays:
    """The same network three times, on the same sequences in the same order."""

    def __init__(self, settings: ClippingSettings) -> None:
        self.settings = settings
        self.learners = {clip: ClippedLearner(settings, clip) for clip in CLIPS}
        self._sequences = stream(settings.seed, INPUTS)

    def step(self) -> dict[str, ClippedStep]:
        """One batch of fresh sequences for all, and one update of each."""
        s = self.settings
        batch = s.asked.draw(s.batch, s.length, s.symbols, self._sequences)
        return {
            clip: each.descend(batch.inputs, batch.targets) for clip, each in self.learners.items()
        }

    def state(self) -> dict[str, np.ndarray]:
        """Everything that the next step depends on, the generator of the data included."""
        found = {
            f"{clip}/{name}": part
            for clip, learner in self.learners.items()
            for name, part in learner.state().items()
        }
        found["sequences"] = self._sequences.get_state().numpy().copy()
        return found

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Continue from a state of equal settings bit for bit."""
        for clip, learner in self.learners.items():
            mark = f"{clip}/"
            learner.restore(
                {k.removeprefix(mark): v for k, v in state.items() if k.startswith(mark)}
            )
        self._sequences.set_state(torch.from_numpy(np.array(state["sequences"])))
