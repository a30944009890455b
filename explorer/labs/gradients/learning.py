"""Networks that learn the adding problem side by side, as frames."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from explorer.dials import dial
from explorer.gradients import LEARNERS, SOLVED, AddingSettings, SideBySide
from explorer.labs.gradients import words
from explorer.runs.frames import Frame
from explorer.sequences.tasks import ADDING_BASELINE

LOWEST = 1e-6  # of the scale of gradients by lag
ITERATIONS_PER_FRAME = 4
FRAMES_PER_STATE = 25


@dataclass(frozen=True)
class Adding(AddingSettings):
    """A training on the adding problem, so many steps of it, as an experiment."""

    steps: int = dial(
        1_000,
        "Iterations",
        "Where it ends.",
        low=10,
        high=20_000,
        offered=(500, 1_000, 2_000, 4_000),
    )

    precision: ClassVar[Mapping[str, str]] = {}

    @property
    def frame_count(self) -> int:
        """The number of frames of a whole run."""
        return self.steps // ITERATIONS_PER_FRAME + 1

    def shared_steps(self, other: object) -> int:
        """Return the step up to which two trainings are equal; -1 where they start apart."""
        if not isinstance(other, Adding) or replace(self, steps=10) != replace(other, steps=10):
            return -1
        return min(self.steps, other.steps)

    def still(self) -> Frame:
        """Return what never moves: the baseline."""
        return Frame(0, scalars={"baseline": ADDING_BASELINE})

    def stream(self, state: Mapping[str, np.ndarray] | None = None) -> Iterator[Frame]:
        """Yield the frames of the training, or those after the frame whose ``state`` is given."""
        learners = SideBySide(self)
        solved = dict.fromkeys(LEARNERS, -1)
        step = 0
        if state is None:
            yield self._frame(0, learners, solved)
        else:
            step = int(state["step"])
            learners.restore({k[3:]: v for k, v in state.items() if k.startswith("in/")})
            solved = {cell: int(state[f"solved/{cell}"]) for cell in LEARNERS}
        while step + ITERATIONS_PER_FRAME <= self.steps:
            for _ in range(ITERATIONS_PER_FRAME):
                learners.step()
            step += ITERATIONS_PER_FRAME
            frame = self._frame(step, learners, solved)
            yield frame
            if frame.trouble:
                return

    def _frame(self, step: int, learners: SideBySide, solved: dict[str, int]) -> Frame:
        if lost := learners.diverged():
            return Frame(step, trouble=words.divergence(lost, step))
        arrays, scalars, events = {}, {"step": float(step)}, []
        standings = learners.standings()
        profiles = learners.gradient_profiles()
        training = learners.training_losses()
        for cell in LEARNERS:
            profile = profiles[cell]
            arrays[f"{cell}/profile"] = (profile / profile[0]).astype(np.float32)
            now = standings[cell]
            scalars[f"{cell}/validation"] = now.error
            scalars[f"{cell}/ahead"], scalars[f"{cell}/noise"] = now.ahead, now.noise
            if step:
                scalars[f"{cell}/loss"] = training[cell]
            if solved[cell] < 0 and now.error < SOLVED:
                solved[cell] = step
                events.append(f"{words.named([cell])} solved it")
        last = step + ITERATIONS_PER_FRAME > self.steps
        keep = (step // ITERATIONS_PER_FRAME) % FRAMES_PER_STATE == 0 or last
        return Frame(
            step,
            arrays,
            scalars,
            {
                "says": words.progress(step, solved, scalars),
                "look": words.what_to_look_for(step, solved),
            },
            event="; ".join(events),
            state=_state(step, learners, solved) if keep else None,
        )


def _state(step: int, learners: SideBySide, solved: Mapping[str, int]) -> dict[str, np.ndarray]:
    return {
        "step": np.asarray(step),
        **{f"solved/{cell}": np.asarray(at) for cell, at in solved.items()},
        **{f"in/{name}": value for name, value in learners.state().items()},
    }
