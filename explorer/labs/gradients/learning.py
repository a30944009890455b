"""Populations of networks that learn a problem side by side, as frames.

**Frames**, one every 10 updates. For each network c of the set: array ``c/profile`` (L,), the
gradient of the last answer's loss by lag, in units of lag 0, geometric mean over the seeds; and
``c/point`` (1, 2), length and share of seeds that solved it. Scalars ``step``; ``c/solved`` (how
many seeds have, by now), ``c/counted`` (the same) and ``c/share c/low c/high`` (with its 95 %
interval, Wilson 1927; none of these before the first update), ``c/loss`` and ``c/training`` (middle
of the seeds: on unseen sequences, and on the last batch), ``c/error``, ``c/kept`` (with early
stopping), and for each seed k ``c/k/loss``. Sentences ``says``, ``look``.
**Still**: scalar ``baseline``; for `Horizon` the recorded courses.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from explorer.dials import again, dial
from explorer.gradients import LearningSettings, SideBySide, Standing, wilson
from explorer.labs.gradients import horizon, learning_words
from explorer.runs.frames import Frame

LOWEST = 1e-6  # of the scale of gradients by lag
ITERATIONS_PER_FRAME = 10
FRAMES_PER_STATE = 25
PROFILED = 8  # sequences behind the gradients of each seed


@dataclass(frozen=True)
class Learning(LearningSettings):
    """A training of populations, so many steps of it, as an experiment."""

    steps: int = dial(
        1_000,
        "Iterations",
        "Where it ends.",
        low=10,
        high=20_000,
        offered=(500, 1_000, 2_000, 4_000),
    )
    early: bool = dial(
        False,
        "Early stopping",
        "Keep each network as it was where its loss on half of the unseen sequences was least, and "
        "judge it by the other half.",
    )

    precision: ClassVar[Mapping[str, str]] = {}

    @property
    def frame_count(self) -> int:
        """The number of frames of a whole run."""
        return self.steps // ITERATIONS_PER_FRAME + 1

    def shared_steps(self, other: object) -> int:
        """Return the step up to which two trainings are equal; -1 where they start apart."""
        if type(other) is not type(self) or replace(self, steps=10) != replace(other, steps=10):
            return -1
        return min(self.steps, other.steps)

    def still(self) -> Frame:
        """Return what never moves: the baseline."""
        return Frame(0, scalars={"baseline": self.baseline, "seeds": float(self.seeds)})

    def stream(self, state: Mapping[str, np.ndarray] | None = None) -> Iterator[Frame]:
        """Yield the frames of the training, or those after the frame whose ``state`` is given."""
        race = SideBySide(self)
        seen = Seen(race)
        step = 0
        if state is None:
            yield self._frame(0, race, seen)
        else:
            step = int(state["step"])
            race.restore({k[3:]: v for k, v in state.items() if k.startswith("in/")})
            seen.restore(state)
        while step + ITERATIONS_PER_FRAME <= self.steps:
            for _ in range(ITERATIONS_PER_FRAME):
                race.step()
            step += ITERATIONS_PER_FRAME
            frame = self._frame(step, race, seen)
            yield frame
            if frame.trouble:
                return

    def _frame(self, step: int, race: SideBySide, seen: "Seen") -> Frame:
        lost = {cell: int(gone.sum()) for cell, gone in race.diverged().items()}
        if min(lost.values()) == self.seeds:
            return Frame(step, trouble=learning_words.divergence(self, step))
        standings = race.standings()
        events = seen.look(step, standings)
        arrays, scalars = self._seeds(race, standings, seen, begun=step > 0)
        scalars["step"] = float(step)
        last = step + ITERATIONS_PER_FRAME > self.steps
        keep = (step // ITERATIONS_PER_FRAME) % FRAMES_PER_STATE == 0 or last
        return Frame(
            step,
            arrays,
            scalars,
            self._sentences(Moment(step, seen, standings, lost, scalars)),
            event="; ".join(events),
            state=_state(step, race, seen) if keep else None,
        )

    def _sentences(self, now: "Moment") -> dict[str, str]:
        """Return what is said of a frame, and what to look for in it."""
        solved_at, ends = now.seen.solved_at, now.step + ITERATIONS_PER_FRAME > self.steps
        return {
            "says": learning_words.progress(self, now.step, solved_at, now.standings, now.lost),
            "look": learning_words.what_to_look_for(self, now.step, solved_at, ends),
        }

    def _seeds(
        self, race: SideBySide, standings: Mapping[str, Standing], seen: "Seen", begun: bool
    ) -> tuple[dict[str, np.ndarray], dict[str, float]]:
        """Return what a frame shows of every network and seed; no counts before it has begun."""
        arrays: dict[str, np.ndarray] = {}
        scalars: dict[str, float] = {}
        training = race.training_losses()
        profiles = race.gradient_profiles(PROFILED)
        for cell, now in standings.items():
            arrays[f"{cell}/profile"] = typical(profiles[cell])
            done = int((seen.solved_at[cell] >= 0).sum())
            low, high = wilson(done, self.seeds) if begun else (np.nan, np.nan)
            share = done / self.seeds if begun else np.nan
            arrays[f"{cell}/point"] = np.array([[self.length, share]], dtype=np.float32)
            scalars |= {
                f"{cell}/solved": float(done),
                f"{cell}/counted": float(done) if begun else np.nan,
                f"{cell}/share": share,
                f"{cell}/low": low,
                f"{cell}/high": high,
                f"{cell}/loss": middle(now.loss),
                f"{cell}/error": middle(now.error),
                f"{cell}/training": middle(training[cell]),
            }
            if self.early:
                scalars[f"{cell}/kept"] = middle(seen.kept[cell])
            took = seen.solved_at[cell][seen.solved_at[cell] >= 0]
            if len(took):
                scalars |= {
                    f"{cell}/first": float(took.min()),
                    f"{cell}/middle": float(np.median(took)),
                    f"{cell}/last": float(took.max()),
                }
            scalars |= {
                f"{cell}/{k}/loss": loss
                for k, loss in enumerate(now.loss.tolist())
                if np.isfinite(loss)
            }
        finite = {name: value for name, value in scalars.items() if np.isfinite(value)}
        return arrays, finite


@dataclass(frozen=True)
class Horizon(Learning):
    """A training at one length, held against the recorded ones: the settings are theirs."""

    learners: str = again(LearningSettings, "learners", default="all")
    batch: int = again(LearningSettings, "batch", default=horizon.SETTINGS.batch)
    steps: int = again(Learning, "steps", default=horizon.LIMIT)

    def still(self) -> Frame:
        """Return the recorded courses beside the baseline."""
        plain = super().still()
        courses = {
            f"{cell}/recorded_{name}": values
            for cell in self.cells
            for name, values in horizon.course(cell).items()
        }
        return Frame(0, courses, plain.scalars)

    def _sentences(self, now: "Moment") -> dict[str, str]:
        found = super()._sentences(now)
        reach = {cell: horizon.reach(cell) for cell in self.cells}
        return found | {"look": learning_words.reach(reach, horizon.SETTINGS.seeds)}


@dataclass(frozen=True)
class Overfitting(Learning):
    """A training on few sequences, over and over, with its remedies."""

    problem: str = again(LearningSettings, "problem", default="sine")
    length: int = again(LearningSettings, "length", default=12)
    learners: str = again(LearningSettings, "learners", default="usual")
    width: int = again(LearningSettings, "width", default=64)
    batch: int = again(LearningSettings, "batch", default=24)
    rate: float = again(LearningSettings, "rate", default=3e-3)
    examples: int = again(LearningSettings, "examples", default=48)

    def _sentences(self, now: "Moment") -> dict[str, str]:
        return {
            "says": learning_words.overfitted(
                self, now.step, now.standings, now.seen.first_best, now.scalars
            ),
            "look": learning_words.REMEDIES,
        }


@dataclass(frozen=True)
class Moment:
    """What sentences are about: a step, what was seen up to it, and what stands now."""

    step: int
    seen: "Seen"
    standings: Mapping[str, Standing]
    lost: Mapping[str, int]
    scalars: Mapping[str, float]


class Seen:
    """What was seen of a training so far: when each seed solved it, and its best moment.

    The best moment is that of the least loss on every other unseen sequence; `kept` is the loss on
    the others then, `first_best` the step.
    """

    def __init__(self, race: SideBySide) -> None:
        seeds = len(race.seeds)
        self.solved_at = {cell: np.full(seeds, -1) for cell in race.learners}
        self.best = {cell: np.full(seeds, np.inf) for cell in race.learners}
        self.kept = {cell: np.full(seeds, np.nan) for cell in race.learners}
        self.first_best = {cell: np.zeros(seeds, dtype=int) for cell in race.learners}

    def look(self, step: int, standings: Mapping[str, Standing]) -> list[str]:
        """Take a look, and return what has happened."""
        events = []
        for cell, now in standings.items():
            new = (self.solved_at[cell] < 0) & now.solved
            self.solved_at[cell][new] = step
            if new.any():
                events.append(learning_words.solved(cell, int(new.sum()), len(new)))
            better = now.halves[0] < self.best[cell]
            self.best[cell][better] = now.halves[0][better]
            self.kept[cell][better] = now.halves[1][better]
            self.first_best[cell][better] = step
        return events

    def state(self) -> dict[str, np.ndarray]:
        """Return all that was seen."""
        return {
            f"{name}/{cell}": values.copy()
            for name in ("solved_at", "best", "kept", "first_best")
            for cell, values in getattr(self, name).items()
        }

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Go on from what was seen."""
        for name in ("solved_at", "best", "kept", "first_best"):
            known = getattr(self, name)
            for cell in known:
                known[cell] = np.array(state[f"{name}/{cell}"])


def typical(profiles: np.ndarray) -> np.ndarray:
    """Return the geometric mean over seeds of gradients by lag, each in units of its own lag 0.

    A seed without a gradient, or with one that is no number, is left out; NaN where all are.
    """
    fit = np.isfinite(profiles).all(1) & (profiles[:, 0] > 0)
    if not fit.any():
        return np.full(profiles.shape[1], np.nan, dtype=np.float32)
    with np.errstate(divide="ignore"):
        logs = np.log(profiles[fit] / profiles[fit, :1])
    return np.exp(logs.mean(0)).astype(np.float32)


def middle(values: np.ndarray) -> float:
    """Return the median; a seed that diverged counts as worse than all others."""
    ordered = np.sort(np.where(np.isfinite(values), values, np.inf))
    at = (len(ordered) - 1) / 2
    low, high = ordered[int(np.floor(at))], ordered[int(np.ceil(at))]
    return float(low if low == high else (low + high) / 2)


def _state(step: int, race: SideBySide, seen: Seen) -> dict[str, np.ndarray]:
    return {
        "step": np.asarray(step),
        **seen.state(),
        **{f"in/{name}": value for name, value in race.state().items()},
    }
