"""Two to four networks over several seeds on one task: every seed, the mean, and who is ahead.

**Frames** are those of `rounds`. Beside them, for each side but the first: arrays
``s/apart_recorded s/apart_here`` (n, 2), how far it is from the first at every seed, and
``s/apart_mean s/apart_low s/apart_high`` (2,), the mean of that with what chance may make of it.
Scalar ``s/size``, how many numbers it learns. Sentences ``says``, ``look``, ``matched``.

**Still.** ``floor``, the best that is reached without a network.
"""

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from explorer.dials import again, check, dial, shared
from explorer.labs.sequences import comparing_words, recorded
from explorer.labs.sequences.learning import TYPED, SideBySide
from explorer.labs.sequences.paired import least_of, paired
from explorer.labs.sequences.rounds import Beginning, Gathered, Rounds, apart
from explorer.labs.sequences.tasks import TASKS
from explorer.runs.frames import Frame
from explorer.sequences.kinds import KINDS, Build, Network
from explorer.sequences.kinds.matched import matched_build, size_of
from explorer.sequences.learning import Learner, Pace
from explorer.sequences.problems import Floor, Problem, ProblemLesson

UPDATES_PER_FRAME = 10
FRAMES_A_SECOND = 8  # of a training whose seconds are matched
WARMING, TIMED = 3, 12  # updates before the clock starts, and by which it is set
MOST_UPDATES = 20_000

MATCHED = {"updates": "units and updates", "parameters": "parameters", "seconds": "seconds"}
"""What is equal for all networks."""


@dataclass(frozen=True, kw_only=True)
class Compared(Rounds):
    """Networks of two to four kinds over several seeds. Raises ValueError with one line."""

    task: str = again(SideBySide, "task")
    first: str = again(SideBySide, "first")
    second: str = again(SideBySide, "second")
    third: str = again(SideBySide, "third")
    fourth: str = again(SideBySide, "fourth")
    cell: str = again(SideBySide, "cell")
    units: int = again(SideBySide, "units")
    layers: int = again(SideBySide, "layers")
    dropout: float = again(SideBySide, "dropout")
    forget_bias: float = again(SideBySide, "forget_bias")
    window: int = again(SideBySide, "window")
    rate: float = again(SideBySide, "rate")
    clip: float = again(SideBySide, "clip")
    forcing: float = again(SideBySide, "forcing")
    steps: int = again(SideBySide, "steps")
    seed: int = again(SideBySide, "seed")
    numbers: str = again(SideBySide, "numbers")
    text: str = again(SideBySide, "text")
    matched: str = dial(
        "updates",
        "Matched",
        "What is equal: the dials (units and updates); the count of learned numbers, for which the "
        "units of each are solved; or the processor time of each training, on this machine.",
        choices=MATCHED,
    )
    budget: float = dial(
        2.0,
        "Budget",
        "Seconds of this machine's processor that each training takes, where seconds are matched.",
        low=0.1,
        high=60.0,
        offered=(0.5, 1.0, 2.0, 5.0, 10.0),
        unit="s",
    )
    seeds: int = dial(
        4,
        "Seeds here",
        "So many more are trained here, after the recorded ones.",
        low=1,
        high=64,
        offered=(2, 4, 8, 16, 32),
    )

    def __post_init__(self) -> None:
        check(self)
        same = [kind for kind in self.sides.values() if list(self.sides.values()).count(kind) > 1]
        if same:
            raise ValueError(
                f"{KINDS[same[0]].label} is there twice: its seeds would be equal, so choose "
                "networks that differ"
            )
        self.side_by_side()  # what task and networks must be together

    def side_by_side(self) -> SideBySide:
        """Return one seed of it, as the page beside this one trains it."""
        return _one_seed(self)

    @property
    def sides(self) -> dict[str, str]:
        """The kind of every side."""
        chosen = (self.first, self.second, self.third, self.fourth)
        return dict(zip("abcd", [kind for kind in chosen if kind], strict=False))

    @property
    def labels(self) -> dict[str, str]:
        """What the network of every side is called."""
        return {side: KINDS[kind].label for side, kind in self.sides.items()}

    @property
    def problem(self) -> Problem:
        """What is learned."""
        return _problem(self.side_by_side())

    @property
    def floor(self) -> Floor:
        """The best that is reached without a network, of what the task draws."""
        sign, names = self.sign, TASKS[self.task].floors
        drawn = [floor for floor in self.problem.floors if floor.name in names]
        return max(drawn, key=lambda floor: sign * floor.value)

    @property
    def sign(self) -> int:
        """1 where more is better, −1 where less is."""
        return 1 if self.problem.metric.better == "high" else -1

    # ------------------------------------------------------------------------ what is equal

    @property
    def reference(self) -> str:
        """The kind whose count the others are matched to: with the units of the dial."""
        return "translator" if TASKS[self.task].family == "translation" else "vanilla"

    def build(self, side: str) -> Build:
        """Return how the network of a side is built."""
        return _build(self, side)

    def width(self, side: str) -> str:
        """Return of how many units a network is made, in words; empty where it has none."""
        sized = KINDS[self.sides[side]].sized
        return f"units: {getattr(self.build(side), sized)}" if sized else ""

    def size(self, side: str) -> int:
        """Return how many numbers the network of a side learns."""
        return _size(self, side)

    def learner(self, side: str, seed: int) -> Learner[Network]:
        """Return the network of a side with what it learns, at the start."""
        pace = Pace(self.steps, self.rate, self.clip, falls=False)
        kind = KINDS[self.sides[side]]
        return Learner(ProblemLesson(self.problem, kind, self.build(side), pace, seed))

    def goals(self) -> dict[str, int]:
        """Return how many updates each network makes.

        Where seconds are matched, as many as fit into the budget at the pace of a few updates that
        are timed before: of processor time, so that a busy machine changes little.
        """
        if self.matched != "seconds":
            return dict.fromkeys(self.sides, self.steps)
        return {side: self._fitting(self.learner(side, self.seed)) for side in self.sides}

    def _fitting(self, trial: Learner[Network]) -> int:
        for _ in range(WARMING):
            trial.update()
        begin = time.thread_time()
        for _ in range(TIMED):
            trial.update()
        each = max((time.thread_time() - begin) / TIMED, 1e-6)
        return min(MOST_UPDATES, max(1, round(self.budget / each)))

    # ------------------------------------------------------------------------ what was recorded

    def lesson(self, side: str) -> dict[str, Any]:
        """Return all that a network learns from, but for the seed: what a record goes by."""
        kind, task = self.sides[side], TASKS[self.task]
        found = {
            "task": self.task,
            "kind": kind,
            "units": self.build(side).units,
            "steps": self.steps,
            "rate": self.rate,
            "clip": self.clip,
            "dropout": self.dropout,
            "forget_bias": self.forget_bias,
        }
        if KINDS[kind].cells:
            found["cell"] = self.cell
        if kind == "stacked":
            found["layers"] = self.layers
        if kind == "window":
            found |= {"window": self.window, "hidden": self.build(side).hidden}
        if task.family == "translation":
            found["forcing"] = self.forcing
        return found

    def shipped(self) -> dict[str, recorded.Recorded]:
        """Return the record of every side, or of none where one has none.

        None where seconds are matched: those of another machine buy other updates.
        """
        return {} if self.matched == "seconds" or self.task in TYPED else super().shipped()

    # ------------------------------------------------------------------------ the run

    @property
    def rounds(self) -> int:
        """How many seeds are trained here."""
        return self.seeds

    @property
    def parts(self) -> int:
        """How many frames a seed has."""
        if self.matched == "seconds":
            return max(1, round(self.budget * FRAMES_A_SECOND))
        return max(1, self.steps // UPDATES_PER_FRAME)

    def begun(self, number: int) -> Iterator[Beginning]:
        """Yield the networks of one more seed."""
        yield {side: self.learner(side, self.seed + number) for side in self.sides}

    def measured(self, side: str, learner: Learner[Any]) -> float:
        """Return the held-out metric."""
        problem = self.problem
        return problem.of_mean(float(problem.measured(learner.lesson.network()).mean()))

    def still(self) -> Frame:
        """Return what never moves: the floor."""
        return Frame(0, scalars={"floor": self.floor.value})

    @property
    def least(self) -> float:
        """The least difference of two metrics that can be: one held-out sequence, of a share."""
        return least_of(self.problem)

    def told(self, gathered: Gathered, frame: Frame, doing: str) -> Frame:
        """Return every seed so far, the means, the differences, and who is ahead."""
        values, many = self.values(gathered), self.known()
        first, *others = self.sides
        pairs = len(self.sides) * (len(self.sides) - 1) // 2
        arrays = dict(frame.arrays)
        for place, side in enumerate(others, 1):
            mean = reach = math.nan
            differences = np.subtract(values[side], values[first]).tolist()
            if differences:
                found = paired(values[side], values[first], self.looks * pairs, self.least)
                mean, reach = found.mean, found.reach
            arrays |= apart(side, differences, many, place, mean, reach)
        sizes = {f"{side}/size": float(self.size(side)) for side in self.sides}
        sentences = {
            "says": comparing_words.says(self, values),
            "look": comparing_words.look(self, many, doing),
            "matched": comparing_words.matched(self, gathered.goals),
        }
        return replace(
            frame, arrays=arrays, scalars={**frame.scalars, **sizes}, sentences=sentences
        )


@lru_cache(maxsize=64)  # what every frame asks for again
def _one_seed(run: Compared) -> SideBySide:
    return SideBySide(**shared(run, SideBySide))


@lru_cache(maxsize=64)
def _problem(one: SideBySide) -> Problem:
    return one.problem


@lru_cache(maxsize=256)
def _build(run: Compared, side: str) -> Build:
    shape, build = run.problem.shape, run.side_by_side().build
    if run.matched != "parameters":
        return build
    wanted = size_of(KINDS[run.reference], shape, build)
    return matched_build(KINDS[run.sides[side]], shape, build, wanted)


@lru_cache(maxsize=256)
def _size(run: Compared, side: str) -> int:
    return size_of(KINDS[run.sides[side]], run.problem.shape, run.build(side))
