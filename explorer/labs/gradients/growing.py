"""One symbol remembered, against several: learned with a growing delay, tested beyond it.

**Frames**, one every 20 updates. For "one" and "several": arrays ``<who>/share low high`` (D,), the
share of seeds that recall 95 % of the symbols after each tested delay, with its 95 % interval
(Wilson 1927), and ``<who>/right`` (D,), the mean share of symbols; both as they were at the last
test, every hundredth update. Scalars ``<who>/delay``, the middle delay that the seeds have come
to; ``<who>/arrived``, how many are at the longest; ``<who>/beyond``, how many still recall it after
ten times as long, or the next longer tested delay; sentences ``says look``. **Still**: array
``delay``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from explorer.dials import again
from explorer.gradients import LEARNERS, wilson
from explorer.gradients.growing import HELD, Growing, GrowingSettings
from explorer.labs.gradients.learning import Learning
from explorer.labs.prose import number_word, percent
from explorer.runs.frames import Frame

PER_FRAME, PER_TEST, FRAMES_PER_STATE = 20, 100, 10
AT_FIRST = 100  # blanks: an untrained network is not asked for longer ones
WHO = ("one", "several")


@dataclass(frozen=True, kw_only=True)
class GrowingDelay(GrowingSettings):
    """A training with a growing delay, so many steps of it, as an experiment."""

    steps: int = again(Learning, "steps", default=600)

    precision: ClassVar[Mapping[str, str]] = {}

    @property
    def frame_count(self) -> int:
        """The number of frames of a whole run."""
        return self.steps // PER_FRAME + 1

    @property
    def beyond(self) -> int:
        """The tested delay that says what is held beyond: ten times the longest, or the next."""
        return next((d for d in self.delays if d >= 10 * self.longest), self.delays[-1])

    def shared_steps(self, other: object) -> int:
        """Return the step up to which two trainings are equal; -1 where they start apart."""
        if type(other) is not type(self) or replace(self, steps=10) != replace(other, steps=10):
            return -1
        return min(self.steps, other.steps)

    def still(self) -> Frame:
        """Return the tested delays."""
        return Frame(0, {"delay": np.array(self.delays, np.float32)})

    def stream(self, state: Mapping[str, np.ndarray] | None = None) -> Iterator[Frame]:
        """Yield the frames of the training, or those after the frame whose ``state`` is given."""
        growing, step = Growing(self), 0
        if state is None:
            right = growing.right(AT_FIRST)
            yield self._frame(0, growing, right)
        else:
            step = int(state["step"])
            right = {who: np.array(state[f"right/{who}"]) for who in WHO}
            growing.restore({k[3:]: v for k, v in state.items() if k.startswith("in/")})
        while step + PER_FRAME <= self.steps:
            for _ in range(PER_FRAME):
                growing.step()
            step += PER_FRAME
            if any(not pupil.learner.finite() for who in WHO for pupil in growing.pupils[who]):
                yield Frame(step, trouble=f"It diverged by update {step}: lower the learning rate.")
                return
            if step % PER_TEST == 0 or step + PER_FRAME > self.steps:
                right = growing.right()
            yield self._frame(step, growing, right)

    def _frame(self, step: int, growing: Growing, right: Mapping[str, np.ndarray]) -> Frame:
        arrays: dict[str, np.ndarray] = {}
        scalars: dict[str, float] = {}
        for who, pupils in growing.pupils.items():
            arrays |= {f"{who}/{name}": line for name, line in shares(right[who]).items()}
            came = [pupil.delay for pupil in pupils]
            scalars[f"{who}/delay"] = float(np.median(came))
            scalars[f"{who}/arrived"] = float(sum(delay == self.longest for delay in came))
            held = right[who][:, self.delays.index(self.beyond)]
            if np.isfinite(held).all():
                scalars[f"{who}/beyond"] = float((held >= HELD).sum())
        last = step + PER_FRAME > self.steps
        keep = (step // PER_FRAME) % FRAMES_PER_STATE == 0 or last
        kept = {f"right/{who}": values for who, values in right.items()} if keep else {}
        inside = {f"in/{name}": value for name, value in growing.state().items()} if keep else {}
        return Frame(
            step,
            arrays,
            scalars,
            {"says": says(self, step, scalars), "look": look(self, scalars)},
            state={"step": np.asarray(step), **kept, **inside} if keep else None,
        )


def shares(right: np.ndarray) -> dict[str, np.ndarray]:
    """Return the share of seeds that hold it at each delay, its interval, and the mean right.

    NaN where a delay was not tested.
    """
    untested = np.isnan(right).any(0)
    held = (right >= HELD).sum(0)
    ends = np.array([wilson(int(count), len(right)) for count in held])
    found = {"share": held / len(right), "low": ends[:, 0], "high": ends[:, 1]}
    found["right"] = right.mean(0)
    return {n: np.where(untested, np.nan, v).astype(np.float32) for n, v in found.items()}


def says(run: GrowingDelay, step: int, scalars: Mapping[str, float]) -> str:
    """Return how far the delays have grown, and what is held beyond them."""
    several = number_word(run.several)
    if step == 0:
        return (
            "Both start with one blank to wait through, and wait for longer as soon as "
            f"{percent(HELD)} of unseen symbols are right: one symbol alone, and {several} at once."
        )
    parts = []
    for who, name in zip(WHO, ("One symbol", f"{several.capitalize()} symbols"), strict=True):
        arrived = int(scalars[f"{who}/arrived"])
        said = f"**{name}:** {arrived} of {run.seeds} seeds wait through {run.longest} blanks"
        if (beyond := scalars.get(f"{who}/beyond")) is not None and run.beyond > run.longest:
            said += f", and at the last test {int(beyond)} through {run.beyond:,}"
        parts.append(f"{said}.")
    return " ".join(parts)


def look(run: GrowingDelay, scalars: Mapping[str, float]) -> str:
    """Return what the pictures show; of one against several only where intervals do not meet."""
    told = (
        "A line is the share of seeds that still recall it, its band the 95 % interval (Wilson); "
        f"right of {run.longest} blanks nobody was trained."
    )
    counts = [scalars.get(f"{who}/beyond") for who in WHO]
    everyone = all(scalars.get(f"{who}/arrived") == run.seeds for who in WHO)
    if counts[0] is None or counts[1] is None or not everyone or run.beyond <= run.longest:
        return f"{told} Does what is held outlive the delay it was trained on?"
    one, several = (wilson(int(count), run.seeds) for count in counts if count is not None)
    label = LEARNERS[run.cell].label
    if one[0] > several[1]:
        return (
            f"{told} Here all seeds of both learned their delay, but at {run.beyond:,} blanks the "
            f"{label} keeps one symbol more often than {number_word(run.several)}."
        )
    return f"{told} At {run.beyond:,} blanks these intervals meet: more seeds may tell."
