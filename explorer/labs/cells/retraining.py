"""A shipped network made once more before one's eyes, as frames: losses, samples, units that tell.

The learning is that of `python -m explorer train`, update for update, so that the last frame of
`Retraining(name, updates, seed)` holds the network which that command writes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from explorer.networks.measured import Measured
from explorer.networks.recipes import Recipe
from explorer.networks.tasks import recipe_of
from explorer.networks.trained import Trained
from explorer.runs.frames import Frame
from explorer.sequences.learning import Learner

UPDATES_PER_FRAME = 5
FRAMES_PER_STATE = 20  # and between two measurements on held-out data
SMOOTHING = 0.98  # of the running mean of the losses, an update


@dataclass(frozen=True)
class Retraining:
    """Which network is trained for how many updates from which seed. ValueError with one line."""

    network: str = "characters-lstm"
    updates: int = 1_000
    seed: int = 0

    precision: ClassVar[Mapping[str, str]] = {}

    def __post_init__(self) -> None:
        recipe_of(self.network)
        if not 10 <= self.updates <= 20_000:
            raise ValueError(f"updates must be between 10 and 20000, not {self.updates}")
        if not 0 <= self.seed < 2**31:
            raise ValueError(f"seed must be between 0 and {2**31 - 1}, not {self.seed}")

    @property
    def recipe(self) -> Recipe:
        """How the network is made."""
        return recipe_of(self.network)

    @property
    def frame_count(self) -> int:
        """The number of frames of a whole run; the last one may cover fewer updates."""
        return -(-self.updates // UPDATES_PER_FRAME) + 1

    @property
    def command(self) -> str:
        """What makes the same network without a browser."""
        return self.recipe.command(self.updates, self.seed, f"{self.network}.safetensors")

    def shared_steps(self, other: object) -> int:
        """Return the step up to which two runs are equal: all or none.

        The learning rate falls towards the last update, so another number of updates is another
        run from its first one.
        """
        return self.updates if self == other else -1

    def still(self) -> Frame:
        """Return what never moves: what the task shows a network in training against."""
        return Frame(0, dict(self.recipe.task.still()), {"updates": float(self.updates)})

    def stream(self, state: Mapping[str, np.ndarray] | None = None) -> Iterator[Frame]:
        """Yield the frames of the training, or those after the frame whose ``state`` is given."""
        learner = Learner(self.recipe.lesson(self.updates, self.seed))
        smoothed, told = float("nan"), None
        if state is None:
            told = self._measured(learner, None)
            yield self._frame(learner, smoothed, told)
        else:
            learner.restore(_within(state, "in/"))
            smoothed = float(state["smoothed"])
            told = Measured.restored(_within(state, "told/"))
        while learner.updates < self.updates:
            for _ in range(min(UPDATES_PER_FRAME, self.updates - learner.updates)):
                loss = learner.update()
                smoothed = running(smoothed, loss, learner.updates)
            if not (np.isfinite(loss) and learner.finite()):
                yield Frame(
                    learner.updates,
                    trouble=f"The network diverged by update {learner.updates:,}: its weights "
                    "left the range of floating point. Take another seed.",
                )
                return
            if self._pauses(learner.updates):
                told = self._measured(learner, told)
            yield self._frame(learner, smoothed, told, loss)

    def _pauses(self, updates: int) -> bool:
        """Whether the network is measured, and its state kept, after so many updates."""
        return updates % (UPDATES_PER_FRAME * FRAMES_PER_STATE) == 0 or updates == self.updates

    def _measured(self, learner: Learner[Any], before: Measured | None) -> Measured:
        return self.recipe.task.measure(learner.lesson.network(), before)

    def _frame(
        self, learner: Learner[Any], smoothed: float, told: Measured, loss: float | None = None
    ) -> Frame:
        step = learner.updates
        scalars = {"step": float(step), **told.scalars}
        if loss is not None:
            scalars |= {"loss": loss, "smoothed": smoothed}
        paused = self._pauses(step)
        return Frame(
            step,
            dict(told.arrays),
            scalars,
            {**told.sentences, "says": told.says if step else told.begins},
            event=told.event if paused else "",
            state=_state(learner, smoothed, told) if paused else None,
        )


def running(before: float, loss: float, updates: int) -> float:
    """The running mean of the losses after one more, the first ones weighed as they come in.

    Before 1/(1 − SMOOTHING) updates it is the plain mean.
    """
    share = max(1 - SMOOTHING, 1 / updates)
    return loss if updates == 1 else before + share * (loss - before)


def retrained(
    experiment: Retraining, state: Mapping[str, np.ndarray], updates: int | None = None
) -> Trained:
    """Return the network that a frame's state holds, with its card, measured as shipped ones are.

    It learns on until it has had as many ``updates``, where they are more than the state's.
    Packed into a file, that of the last state is what the experiment's `command` writes, byte for
    byte.
    The card of a state from before the end counts the updates up to there and says so.
    """
    learner = Learner(experiment.recipe.lesson(experiment.updates, experiment.seed))
    learner.restore(_within(state, "in/"))
    while updates is not None and learner.updates < min(updates, experiment.updates):
        learner.update()
    network = learner.lesson.network()
    card = experiment.recipe.card(network, experiment.updates, experiment.seed)
    if learner.updates < experiment.updates:
        stopped = f"{card.command}, stopped after {learner.updates:,} updates"
        card = replace(card, updates=learner.updates, command=stopped)
    return Trained(network, experiment.recipe.task.kind, card)


def _state(learner: Learner[Any], smoothed: float, told: Measured) -> dict[str, np.ndarray]:
    return {
        "step": np.asarray(learner.updates),
        "smoothed": np.asarray(smoothed),
        **{f"in/{name}": value for name, value in learner.state().items()},
        **{f"told/{name}": value for name, value in told.state().items()},
    }


def _within(state: Mapping[str, np.ndarray], prefix: str) -> dict[str, np.ndarray]:
    return {k.removeprefix(prefix): v for k, v in state.items() if k.startswith(prefix)}
