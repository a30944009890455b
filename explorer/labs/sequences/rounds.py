"""Trainings of several seeds, one round after another: what all who count over seeds share.

A round is one seed: the networks of every side learn side by side, a part of their updates at a
time, so that a frame is never far away; at its end each is measured. What was recorded beforehand
stands before the first round. Everything is a function of the settings, but for seconds, which are
those of the processor at hand, and what is made to depend on them (`Rounds.goals`).

**Frames** of every such run, for each side s. Arrays ``s/recorded`` and ``s/here`` (n, 2), the
metric of every seed, recorded and trained here, as points around the side's place; ``s/mean``,
``s/low``, ``s/high`` (2,), their mean with its standard error, over ``s/ends`` (2,). Scalars
``s/mean s/error s/seeds s/updates s/seconds`` (of one training, mean), and ``s/loss`` while it
learns.
"""

import math
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import numpy as np

from explorer.labs.prose import percent
from explorer.labs.sequences import recorded, words
from explorer.labs.sequences.paired import mean_and_error
from explorer.runs.frames import Frame
from explorer.sequences.learning import Learner

WIDTH = 0.32  # of a mean, to both sides, where networks stand one apart
BANDED = 3  # seeds
GOLDEN = 0.6180339887  # its multiples, less whole numbers, fill a line evenly
Beginning = Mapping[str, Learner[Any]] | str
"""The learners of a round, or a sentence about how they are being prepared."""


@dataclass
class Gathered:
    """What the rounds so far came to: of every side a metric and the seconds of each training."""

    goals: dict[str, int]
    rounds: int = 0
    metric: dict[str, list[float]] = field(default_factory=dict)
    seconds: dict[str, list[float]] = field(default_factory=dict)

    def state(self) -> dict[str, np.ndarray]:
        """All that the next round depends on."""
        found = {"rounds": np.asarray(self.rounds)}
        for side, goal in self.goals.items():
            found[f"goal/{side}"] = np.asarray(goal)
            found[f"metric/{side}"] = np.asarray(self.metric.get(side, []), dtype=np.float64)
            found[f"seconds/{side}"] = np.asarray(self.seconds.get(side, []), dtype=np.float64)
        return found

    @classmethod
    def of(cls, state: Mapping[str, np.ndarray]) -> "Gathered":
        """Return what was gathered when this state was written."""
        found = cls({k[5:]: int(v) for k, v in state.items() if k.startswith("goal/")})
        found.rounds = int(state["rounds"])
        for side in found.goals:
            found.metric[side] = np.asarray(state[f"metric/{side}"]).tolist()
            found.seconds[side] = np.asarray(state[f"seconds/{side}"]).tolist()
        return found


@dataclass(frozen=True, kw_only=True)
class Rounds(ABC):
    """Trainings of several seeds, as an experiment."""

    precision: ClassVar[Mapping[str, str]] = {}

    @property
    @abstractmethod
    def labels(self) -> Mapping[str, str]:
        """What every side is called."""

    @property
    @abstractmethod
    def rounds(self) -> int:
        """How many seeds are trained here."""

    @property
    @abstractmethod
    def parts(self) -> int:
        """How many frames a round has."""

    @abstractmethod
    def begun(self, number: int) -> Iterator[Beginning]:
        """Yield the learners of a round last, and before them what is said while they are prepared.

        Rounds count from the first recorded one on, so that none is trained twice.
        """

    @abstractmethod
    def goals(self) -> dict[str, int]:
        """Return how many updates every side makes in a round."""

    @abstractmethod
    def lesson(self, side: str) -> dict[str, Any]:
        """Return all that a side learns from, but for the seed: what a record goes by."""

    @abstractmethod
    def measured(self, side: str, learner: Learner[Any]) -> float:
        """Return the held-out metric of a network that has learned."""

    @abstractmethod
    def told(self, gathered: Gathered, frame: Frame, doing: str) -> Frame:
        """Return the frame with what there is to say and see; ``doing`` says what goes on."""

    @property
    def frame_count(self) -> int:
        """The number of frames of a whole run."""
        return self.rounds * self.parts + 1

    @property
    def looks(self) -> int:
        """How often what is said is looked at in the whole run."""
        return self.rounds + (1 if self.known() else 0)

    def shared_steps(self, other: object) -> int:
        """Return the frame up to which two runs are equal.

        What is said of chance depends on how many rounds there will be, so only equal runs are.
        """
        return self.frame_count - 1 if self == other else -1

    def shipped(self) -> dict[str, recorded.Recorded]:
        """Return the record of every side, or of none where one has none."""
        shelf = recorded.shelf()
        found = {side: shelf.found(self.lesson(side)) for side in self.labels}
        kept = {side: row for side, row in found.items() if row is not None}
        return kept if len(kept) == len(found) else {}

    def known(self) -> int:
        """Return how many seeds are recorded of all sides."""
        return min((len(row.metric) for row in self.shipped().values()), default=0)

    def record(self) -> str:
        """Return which seeds were recorded with these settings, and by what command."""
        many, shelf = self.known(), recorded.shelf()
        if not many:
            return (
                "Nothing with these settings: all is trained here. What is shipped was written by "
                f"`{recorded.COMMAND}`."
            )
        return f"{many} seeds of each, by `{recorded.COMMAND}`, on one thread of {shelf.processor}."

    def values(self, gathered: Gathered) -> dict[str, list[float]]:
        """Return the metric of every side at every seed, the recorded ones first."""
        shipped, many = self.shipped(), self.known()
        return {
            side: [
                *(shipped[side].metric[:many] if side in shipped else ()),
                *gathered.metric.get(side, []),
            ]
            for side in self.labels
        }

    def stream(self, state: Mapping[str, np.ndarray] | None = None) -> Iterator[Frame]:
        """Yield the frames of the run, or those after the frame whose ``state`` is given."""
        if state is None:
            gathered = Gathered(self.goals())
            yield replace(self._frame(gathered, 0, "", {}), state=gathered.state())
        else:
            gathered = Gathered.of(state)
        while gathered.rounds < self.rounds:
            for frame in self._round(gathered):
                yield frame
                if frame.trouble:
                    return

    def measure(self, number: int, goals: Mapping[str, int]) -> dict[str, tuple[float, float]]:
        """Return metric and seconds of every side in one round, which nobody watches."""
        *_, learners = self.begun(number)
        assert not isinstance(learners, str)
        found = {}
        for side, one in learners.items():
            seconds = _learned(one, goals[side], [])
            found[side] = (self.measured(side, one), seconds)
        return found

    def _round(self, gathered: Gathered) -> Iterator[Frame]:
        number, step = gathered.rounds, gathered.rounds * self.parts
        learners: Mapping[str, Learner[Any]] = {}
        for found in self.begun(self.known() + number):
            if isinstance(found, str):
                step += 1
                yield self._frame(gathered, step, found, {})
            else:
                learners = found
        spent = dict.fromkeys(learners, 0.0)
        left = (number + 1) * self.parts - step
        for done in range(1, left + 1):
            losses: dict[str, list[float]] = {side: [] for side in learners}
            for side, one in learners.items():
                goal = round(gathered.goals[side] * done / left)
                spent[side] += _learned(one, goal, losses[side])
            lost = [self.labels[side] for side, one in learners.items() if not one.finite()]
            if lost:
                at = max(one.updates for one in learners.values())
                yield Frame(step + done, trouble=words.divergence(lost, at))
                return
            if done < left:
                doing = (
                    f"Seed {number + 1} of {self.rounds} here is {percent(done / left)} learned."
                )
                yield self._frame(gathered, step + done, doing, losses)
        for side, one in learners.items():
            gathered.metric.setdefault(side, []).append(self.measured(side, one))
            gathered.seconds.setdefault(side, []).append(spent[side])
        gathered.rounds += 1
        frame = self._frame(gathered, gathered.rounds * self.parts, "", losses)
        yield replace(frame, state=gathered.state())

    def _frame(
        self,
        gathered: Gathered,
        step: int,
        doing: str,
        losses: Mapping[str, Sequence[float]],
    ) -> Frame:
        shipped, many = self.shipped(), self.known()
        arrays: dict[str, np.ndarray] = {}
        scalars = {f"{s}/loss": float(np.mean(each)) for s, each in losses.items() if each}
        for place, (side, values) in enumerate(self.values(gathered).items()):
            spread = scattered(values, place)
            arrays |= {f"{side}/recorded": spread[:many], f"{side}/here": spread[many:]}
            mean, error = mean_and_error(values)
            arrays |= level(side, "", place, mean, error)
            spent = gathered.seconds.get(side) or (
                list(shipped[side].seconds) if side in shipped else []
            )
            told = {
                "mean": mean,
                "error": error,
                "seeds": float(len(values)),
                "updates": float(gathered.goals[side]),
                "seconds": float(np.mean(spent)) if spent else math.nan,
            }
            scalars |= {f"{side}/{k}": v for k, v in told.items() if math.isfinite(v)}
        return self.told(gathered, Frame(step, arrays, scalars), doing)


def _learned(one: Learner[Any], goal: int, losses: list[float]) -> float:
    """Take a learner on to so many updates; the seconds of this processor that it took."""
    begin = time.thread_time()
    while one.updates < goal:
        losses.append(one.update())
    return time.thread_time() - begin


def scattered(values: Sequence[float], place: float) -> np.ndarray:
    """Return values as points (n, 2) beside each other around a place of the x axis."""
    places = place + 1.4 * WIDTH * ((np.arange(1, len(values) + 1) * GOLDEN) % 1 - 0.5)
    return np.stack([places, np.asarray(values, np.float64)], 1).astype(np.float32)


def level(side: str, name: str, place: float, mean: float, reach: float) -> dict[str, np.ndarray]:
    """Return a mean as a short level line around a place, with a band of ± ``reach``."""
    start = f"{side}/{name}_" if name else f"{side}/"
    half = reach if math.isfinite(reach) else math.nan
    return {
        f"{side}/ends": np.array([place - WIDTH, place + WIDTH], np.float32),
        f"{start}mean": np.full(2, mean, np.float32),
        f"{start}low": np.full(2, mean - half, np.float32),
        f"{start}high": np.full(2, mean + half, np.float32),
    }


def apart(
    side: str, differences: Sequence[float], known: int, place: float, mean: float, reach: float
) -> dict[str, np.ndarray]:
    """Return differences seed by seed as points, their mean, and a band of ± ``reach``.

    Under ``s/apart_recorded s/apart_here`` and ``s/apart_mean s/apart_low s/apart_high``. There is
    no band for fewer than `BANDED` seeds: it would leave the picture.
    """
    spread = scattered(differences, place)
    return {
        f"{side}/apart_recorded": spread[:known],
        f"{side}/apart_here": spread[known:],
        **level(side, "apart", place, mean, reach if len(differences) >= BANDED else math.nan),
    }
