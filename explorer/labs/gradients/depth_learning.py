"""Stacks of layers that learn the digits, as frames: what every layer holds meanwhile.

**Frames**, one every few updates. Arrays over the layers 1 … L, of the first seed on the batch that
it began with, in float64: ``dz/typical dw/typical``, the sizes of dL/dz and dL/dW against the last
layer's, ``map``, the first of these, and the quantiles and violins of ``z h dz dw`` (as in
`labs.gradients.depth`, of every so many-th value). Scalars ``step``, ``dz dw factor`` as there,
``loss`` the mean over the seeds on the last batch, ``accuracy noise`` in percent on digits that no
seed trains on, with the standard error of that mean, ``lowest highest`` of the seeds. Sentences
``says look``. **Still**: ``layer``; with a theory ``dz/theory``, meant for the start; ``guessing``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import torch

from explorer.dials import dial
from explorer.gradients.depth import Passes, factor
from explorer.gradients.depth_learner import DepthLearners, DepthTraining
from explorer.gradients.depth_theory import depth_theory
from explorer.labs.gradients import depth_words as words
from explorer.labs.gradients.depth import distributions
from explorer.runs.frames import Frame

UPDATES_PER_FRAME = 5
FRAMES_PER_STATE = 20
EVERY = 5  # so many-th value goes into quantiles and violins
GUESSING = 10.0  # percent
TESTED = 300  # digits of each seed


@dataclass(frozen=True, kw_only=True)
class DepthLearning(DepthTraining):
    """A training of stacks, so many updates of it, as an experiment."""

    steps: int = dial(
        500,
        "Updates",
        "Where it ends.",
        low=5,
        high=20_000,
        offered=(200, 500, 1_000, 2_000),
    )

    precision: ClassVar[Mapping[str, str]] = {}

    @property
    def frame_count(self) -> int:
        """The number of frames of a whole run."""
        return self.steps // UPDATES_PER_FRAME + 1

    def shared_steps(self, other: object) -> int:
        """Return the step up to which two trainings are equal; -1 where they start apart."""
        if not isinstance(other, DepthLearning) or replace(self, steps=5) != replace(
            other, steps=5
        ):
            return -1
        return min(self.steps, other.steps)

    def still(self) -> Frame:
        """Return what never moves: the layers, and what theory says of the start."""
        layers = np.arange(1, self.layers + 1, dtype=float)
        arrays: dict[str, np.ndarray] = {"layer": layers}
        first = DepthLearners(self, [self.seed]).first_passes()
        theory = depth_theory(self, first.inputs, first.input_power)
        if theory is not None:
            arrays["dz/theory"] = theory.relative
        return Frame(0, arrays, {"guessing": GUESSING})

    def stream(self, state: Mapping[str, np.ndarray] | None = None) -> Iterator[Frame]:
        """Yield the frames of the training, or those after the frame whose ``state`` is given."""
        learners = DepthLearners(self, range(self.seed, self.seed + self.seeds))
        start = float("nan")
        if state is None:
            first = self._frame(learners, float("nan"), start)
            start = first.scalars["dz"]
            yield first
        else:
            learners.restore(state)
            start = float(state["start"])
        while learners.updates + UPDATES_PER_FRAME <= self.steps:
            losses = torch.full((), torch.nan)
            for _ in range(UPDATES_PER_FRAME):
                losses = learners.step()
            frame = self._frame(learners, float(losses.mean()), start)
            yield frame
            if frame.trouble:
                return

    def _frame(self, learners: DepthLearners, loss: float, start: float) -> Frame:
        step = learners.updates
        if lost := int((~learners.finite()).sum()):
            return Frame(step, trouble=words.diverged(lost, self.seeds, step))
        found = learners.first_passes()
        arrays = _sizes(found) | distributions(found, EVERY)
        tested = learners.tested()
        percent = 100 * tested
        scalars = {
            "step": float(step),
            "dz": float(arrays["dz/typical"][0]),
            "dw": float(arrays["dw/typical"][0]),
            "factor": factor(float(arrays["dz/typical"][0]), self.layers),
            "accuracy": float(percent.mean()),
            "noise": standard_error(tested.numpy()),
            "lowest": float(percent.min()),
            "highest": float(percent.max()),
        }
        if step:
            scalars["loss"] = loss
        kept = scalars["dz"] if not step else start
        last = step + UPDATES_PER_FRAME > self.steps
        keep = (step // UPDATES_PER_FRAME) % FRAMES_PER_STATE == 0 or last
        return Frame(
            step,
            {name: _small(array) for name, array in arrays.items()},
            scalars,
            {
                "says": words.learned(self.seeds, step, scalars),
                "look": words.meanwhile(self, step, kept, scalars),
            },
            state={**learners.state(), "start": np.asarray(kept)} if keep else None,
        )


def standard_error(shares: np.ndarray) -> float:
    """Return that of the mean share over seeds, in percent: of the seeds, or of so many digits.

    The larger of the two, for a few seeds may agree by chance.
    """
    seeds, share = len(shares), float(shares.mean())
    counting = np.sqrt(max(share * (1 - share), 1 / TESTED) / (TESTED * seeds))
    between = shares.std(ddof=1) / np.sqrt(seeds) if seeds > 1 else 0.0
    return 100 * float(max(counting, between))


def _sizes(found: Passes) -> dict[str, np.ndarray]:
    """Return the root mean squares of dL/dz and dL/dW against the last layer's."""
    arrays = {}
    for name, layers in (("dz", found.by_preactivation), ("dw", found.by_weights)):
        sizes = np.array([float(each.square().mean().sqrt()) for each in layers])
        with np.errstate(divide="ignore", invalid="ignore"):
            arrays[f"{name}/typical"] = sizes / sizes[-1]
    return arrays | {"map": arrays["dz/typical"]}


def _small(array: np.ndarray) -> Any:
    with np.errstate(over="ignore", under="ignore"):
        return array.astype(np.float32)
