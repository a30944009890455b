"""One network over many seeds: what its first weights decide, and what the order of the data does.

Two sides, one training each in a round: "a" draws other first weights each time and meets the
batches in one order; "b" keeps one start and meets other orders.

**Frames** are those of `rounds`. Beside them arrays ``s/many`` (n,), after how many trainings the
spread was what ``s/spread`` (n,) says, with its 95 % interval, ``s/spread_low s/spread_high``;
scalars ``s/spread``, ``s/spread_least``, ``s/spread_most``, ``s/worst``, ``s/best``. Sentences
``says``, ``look``.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from explorer.dials import again, check, dial
from explorer.gans.bands import certain_lead
from explorer.labs.sequences import words
from explorer.labs.sequences.learning import TYPED, SideBySide
from explorer.labs.sequences.paired import least_of
from explorer.labs.sequences.rounds import Beginning, Gathered, Rounds
from explorer.labs.sequences.tasks import TASKS
from explorer.runs.frames import Frame
from explorer.sequences.kinds import KINDS
from explorer.sequences.learning import Learner, Pace
from explorer.sequences.problems import Problem, ProblemLesson

UPDATES_PER_FRAME = 20
WITH_DATA = {name: task for name, task in TASKS.items() if name not in TYPED}
SIDES = {"a": "other first weights", "b": "other orders of the data"}
SHORT = {"a": "weights", "b": "order"}  # where only a word has room


@dataclass(frozen=True, kw_only=True)
class Starts(Rounds):
    """One network from many starts, and in many orders. Raises ValueError with one line."""

    task: str = dial("speech", "Task", "What is learned.", choices=WITH_DATA)
    kind: str = dial("vanilla", "Network", "Which network learns.", choices=KINDS)
    cell: str = again(SideBySide, "cell")
    units: int = again(SideBySide, "units")
    dropout: float = again(SideBySide, "dropout")
    rate: float = again(SideBySide, "rate")
    steps: int = again(SideBySide, "steps", default=360, label="Updates", help="Of each training.")
    starts: int = dial(
        8,
        "Starts here",
        "So many more are trained here of both, after the recorded ones.",
        low=2,
        high=64,
        offered=(4, 8, 16, 32),
    )
    seed: int = again(SideBySide, "seed")

    def __post_init__(self) -> None:
        check(self)
        self.side_by_side()

    def side_by_side(self) -> SideBySide:
        """Return the training of one seed, as the first view has it."""
        return SideBySide(
            task=self.task,
            first=self.kind,
            second=self.kind,
            third="",
            cell=self.cell,
            units=self.units,
            dropout=self.dropout,
            rate=self.rate,
            steps=self.steps,
        )

    @property
    def problem(self) -> Problem:
        """What is learned."""
        return _problem(self.side_by_side())

    @property
    def labels(self) -> dict[str, str]:
        """What differs on each side."""
        return SIDES

    @property
    def rounds(self) -> int:
        """How many trainings each side has here."""
        return self.starts

    @property
    def parts(self) -> int:
        """How many frames a round has."""
        return max(1, self.steps // UPDATES_PER_FRAME)

    def goals(self) -> dict[str, int]:
        """Return the updates of both sides."""
        return dict.fromkeys(SIDES, self.steps)

    def begun(self, number: int) -> Iterator[Beginning]:
        """Yield the network with other first weights, and the one with another order."""
        fixed, other = self.seed, self.seed + 1 + number
        yield {"a": self.learner(other, order=fixed), "b": self.learner(fixed, order=other)}

    def learner(self, start: int, order: int) -> Learner[Any]:
        """Return the network with these first weights, and what it learns in this order."""
        one = self.side_by_side()
        pace = Pace(self.steps, self.rate, one.clip, falls=False)
        lesson = ProblemLesson(self.problem, KINDS[self.kind], one.build, pace, start, order=order)
        return Learner(lesson)

    def lesson(self, side: str) -> dict[str, Any]:
        """Return what a record goes by."""
        names = ("task", "kind", "cell", "units", "dropout", "rate", "steps", "seed")
        return {"other": SIDES[side]} | {name: getattr(self, name) for name in names}

    def measured(self, side: str, learner: Learner[Any]) -> float:
        """Return the held-out metric."""
        problem = self.problem
        return problem.of_mean(float(problem.measured(learner.lesson.network()).mean()))

    def still(self) -> Frame:
        """Return what never moves: nothing."""
        return Frame(0)

    def told(self, gathered: Gathered, frame: Frame, doing: str) -> Frame:
        """Return how far the metrics spread, by what is drawn anew, and whether one does more."""
        values, arrays, scalars = self.values(gathered), dict(frame.arrays), dict(frame.scalars)
        for side, each in values.items():
            many = np.arange(2, len(each) + 1)
            course = np.array([spread(each[:n]) for n in many]).reshape(-1, 3)
            for name, line in zip(("spread", "spread_low", "spread_high"), course.T, strict=True):
                arrays[f"{side}/{name}"] = line.astype(np.float32)
            arrays[f"{side}/many"] = many.astype(np.float32)
            if len(each) > 1:
                scalars |= {
                    f"{side}/spread": float(course[-1, 0]),
                    f"{side}/spread_least": float(course[-1, 1]),
                    f"{side}/spread_most": float(course[-1, 2]),
                    f"{side}/worst": min(each),
                    f"{side}/best": max(each),
                }
        sentences = {"says": self._says(values), "look": self._look(doing)}
        return replace(frame, arrays=arrays, scalars=scalars, sentences=sentences)

    def _says(self, values: dict[str, list[float]]) -> str:
        starts, orders = values["a"], values["b"]
        if len(starts) < 3:
            return "Too few trainings are measured to say how far they spread."
        said = [
            f"{len(each)} trainings with {SIDES[side]}: {words.measured(self.problem, min(each))} "
            f"to {words.measured(self.problem, max(each))}"
            for side, each in values.items()
        ]
        wider = wider_of(starts, orders, self.looks, least_of(self.problem))
        told = {
            1: "The first weights decide more than the order of the data.",
            -1: "The order of the data decides more than the first weights.",
            0: "Whether first weights or order decide more cannot be told.",
        }
        return f"{'; '.join(said)}. {told[wider]}"

    def _look(self, doing: str) -> str:
        known = self.known()
        marks = f"Dots are {known} recorded trainings of each, rings" if known else "Rings are"
        return (
            f"{marks} those made here; a line is their mean. One seed's number is one of these: "
            "whoever reports the best of many reports its upper end. Right, the spread (standard "
            "deviation) after so many trainings and its 95 % interval, if they are spread "
            f"normally. {doing}"
        ).strip()


@lru_cache(maxsize=16)
def _problem(one: SideBySide) -> Problem:
    return one.problem


def spread(values: Sequence[float]) -> tuple[float, float, float]:
    """The standard deviation of values, and its 95 % interval where they are spread normally.

    (n − 1) s² / σ² is χ² with n − 1 degrees of freedom. Raises `ValueError` for fewer than two.
    """
    from scipy.special import gammaincinv  # type: ignore[import-untyped]  # where it is needed

    many = len(values)
    if many < 2:
        raise ValueError(f"a spread needs at least two values, not {many}")
    found = float(np.std(values, ddof=1))
    half = (many - 1) / 2
    quantiles = [2 * float(gammaincinv(half, share)) for share in (0.975, 0.025)]
    low, high = (found * math.sqrt((many - 1) / q) for q in quantiles)
    return found, low, high


def wider_of(
    first: Sequence[float], second: Sequence[float], looks: int = 1, least: float = 0.0
) -> int:
    """Whose values spread more: 1 the first, −1 the second, 0 where chance may explain it.

    Brown and Forsythe's test (1974): Student's of the distances from each median, which asks for no
    normal distribution. ``least`` is the least distance that can be, as in `paired`.
    """
    away = [np.abs(np.asarray(each) - np.median(each)) for each in (first, second)]
    sizes = [len(each) for each in away]
    degrees = sum(sizes) - 2
    if min(sizes) < 2:
        return 0
    squares = sum(float(((each - each.mean()) ** 2).sum()) for each in away)
    error = max(math.sqrt(squares / degrees), least) * math.sqrt(sum(1 / n for n in sizes))
    difference = float(away[0].mean() - away[1].mean())
    if not abs(difference) > certain_lead(looks, degrees) * error:
        return 0
    return 1 if difference > 0 else -1
