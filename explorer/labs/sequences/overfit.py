"""One network on few real examples, without dropout and with it: the loss in training, held out.

Every seed draws its examples and first weights; without dropout ("a") and with it ("b") they are
the same. The held-out sequences are parted in two: the loss on one half says when early stopping
would have stopped, the other judges what that is worth.

**Frames**, one every 10 updates. For s of "a", "b": arrays ``s/training s/held s/held_low
s/held_high`` (F,), mean over the seeds and, held out, ± one standard error, over ``at`` (F,), the
updates so far; ``s/stops`` (seeds, 2), where early stopping would have stopped each seed, and its
loss there. Scalars ``s/training s/held s/right s/stopped s/stopped_right s/stop``: now, and as
stopped early (``stop``: the middle update). Sentences ``says look``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor

from explorer.dials import again, check, dial
from explorer.labs.sequences import overfit_words, words
from explorer.labs.sequences.learning import SideBySide
from explorer.labs.sequences.tasks import TASKS, opinion
from explorer.labs.sequences.tasks.snippets import snippets
from explorer.labs.sequences.tasks.vowels import SPEAKERS, spoken
from explorer.runs.frames import Frame
from explorer.sequences.kinds import KINDS, Build, Network
from explorer.sequences.learning import Learner, Pace
from explorer.sequences.problems import Examples, Problem, ProblemLesson, Reviews, Utterances
from explorer.sequences.problems.augmented import few_of_each, places_of_each
from explorer.sequences.problems.reviews import Rated

UPDATES_PER_FRAME = 10
FRAMES_PER_STATE = 10
SIDES = ("a", "b")
CLIP = 1.0
FEW = {name: TASKS[name] for name in ("speech", "films", "products")}
"""The tasks of real examples that can be made few."""
ABOUT = {"films": "film", "products": "product"}


@dataclass(frozen=True, kw_only=True)
class FewExamples:
    """One network on few examples, an experiment. Raises ValueError with one line."""

    task: str = dial("speech", "Task", "What is learned, from few examples.", choices=FEW)
    kind: str = dial(
        "vanilla",
        "Network",
        "Which network learns.",
        choices={k: KINDS[k] for k in ("vanilla", "both", "stacked", "averaged", "gru", "rnn")},
    )
    each: int = dial(
        5, "Of each class", "Examples to learn from.", low=2, high=1_000, offered=(5, 10, 30, 100)
    )
    dropout: float = dial(
        0.5,
        "Dropout",
        "Of the second one: the share left out before the readout, in training.",
        low=0.05,
        high=0.9,
        offered=(0.2, 0.5, 0.8),
    )
    units: int = again(SideBySide, "units")
    rate: float = again(SideBySide, "rate")
    steps: int = again(SideBySide, "steps", default=400, label="Updates", help="Of each training.")
    seeds: int = dial(
        6,
        "Seeds",
        "Of examples and first weights.",
        low=2,
        high=16,
        offered=(2, 4, 6, 8, 16),
    )
    seed: int = again(SideBySide, "seed")

    precision: ClassVar[Mapping[str, str]] = {}

    def __post_init__(self) -> None:
        check(self)

    @property
    def labels(self) -> dict[str, str]:
        """What the two are called."""
        return {"a": "no dropout", "b": f"dropout {self.dropout:g}"}

    @property
    def frame_count(self) -> int:
        """The number of frames of a whole run."""
        return self.steps // UPDATES_PER_FRAME + 1

    def shared_steps(self, other: object) -> int:
        """Return the update up to which two runs are equal, their last frames left out."""
        if type(other) is not type(self) or replace(self, steps=10) != replace(other, steps=10):
            return -1
        least = min(self.steps, other.steps)
        return least if self == other else max(0, least - UPDATES_PER_FRAME)

    def problem(self, number: int) -> Problem:
        """Return what one seed learns from."""
        return _few(self.task, self.each, self.seed + number)

    def learner(self, side: str, number: int) -> Learner[Network]:
        """Return the network of one seed, without or with dropout."""
        task = TASKS[self.task]
        share = self.dropout if side == "b" else 0.0
        build = Build(units=self.units, dropout=share, embedding=task.embedding)
        pace = Pace(self.steps, self.rate, CLIP, falls=False)
        seed = self.seed + number
        lesson = ProblemLesson(self.problem(number), KINDS[self.kind], build, pace, seed)
        return Learner(lesson)

    def still(self) -> Frame:
        """Return what never moves: nothing."""
        return Frame(0)

    def stream(self, state: Mapping[str, np.ndarray] | None = None) -> Iterator[Frame]:
        """Yield the frames of the training, or those after the frame whose ``state`` is given."""
        learners = {(s, k): self.learner(s, k) for s in SIDES for k in range(self.seeds)}
        course, step = Course(self), 0
        if state is None:
            course.look(0, learners)
            yield self._frame(0, course, learners)
        else:
            step = int(state["step"])
            course.restore(state)
            for (side, k), one in learners.items():
                start = f"in/{side}/{k}/"
                one.restore({n[len(start) :]: v for n, v in state.items() if n.startswith(start)})
        while step + UPDATES_PER_FRAME <= self.steps:
            step += UPDATES_PER_FRAME
            for one in learners.values():
                while one.updates < step:
                    one.update()
            lost = {self.labels[s] for (s, _), one in learners.items() if not one.finite()}
            if lost:
                yield Frame(step, trouble=words.divergence(sorted(lost), step))
                return
            course.look(step, learners)
            yield self._frame(step, course, learners)

    def _frame(
        self, step: int, course: "Course", learners: Mapping[tuple[str, int], Learner[Network]]
    ) -> Frame:
        last = step + UPDATES_PER_FRAME > self.steps
        state = None
        if last or step // UPDATES_PER_FRAME % FRAMES_PER_STATE == 0:
            state = {"step": np.asarray(step), **course.state()}
            for (side, k), one in learners.items():
                state |= {f"in/{side}/{k}/{name}": v for name, v in one.state().items()}
        sentences = {
            "says": overfit_words.says(self, course, last),
            "look": overfit_words.LOOK,
        }
        arrays, scalars = course.shown()
        return Frame(step, arrays, {"step": float(step), **scalars}, sentences, state=state)


NAMES = ("training", "first", "second", "right")


@dataclass
class Course:
    """What was seen so far: at each look, of every side and seed, the loss in training, held out
    on the ``first`` half and on the ``second``, and the share of the second that is ``right``.
    """

    run: FewExamples
    at: list[int] = field(default_factory=list)
    seen: dict[str, np.ndarray] = field(default_factory=dict)

    def look(self, step: int, learners: Mapping[tuple[str, int], Learner[Network]]) -> None:
        """Take a look at all networks."""
        self.at.append(step)
        for side in SIDES:
            now = np.array([losses(learners[side, k]) for k in range(self.run.seeds)])
            for name, column in zip(NAMES, now.T, strict=True):
                key = f"{side}/{name}"
                before = self.seen.get(key, np.zeros((self.run.seeds, 0)))
                self.seen[key] = np.concatenate([before, column[:, None]], 1)

    def stops(self, side: str) -> np.ndarray:
        """Return at which look each seed's loss on the first half was least."""
        return self.seen[f"{side}/first"].argmin(1)

    def stopped(self, side: str, name: str) -> np.ndarray:
        """Return what each seed had when early stopping would have stopped it."""
        found: np.ndarray = self.seen[f"{side}/{name}"][np.arange(self.run.seeds), self.stops(side)]
        return found

    def now(self, side: str, name: str) -> np.ndarray:
        """Return what each seed has at the last look."""
        found: np.ndarray = self.seen[f"{side}/{name}"][:, -1]
        return found

    def shown(self) -> tuple[dict[str, np.ndarray], dict[str, float]]:
        """Return the curves, and the numbers of now and of early stopping."""
        at = np.array(self.at, np.float32)
        arrays, scalars = {"at": at}, {}
        for side in SIDES:
            held = self.seen[f"{side}/second"]
            mean, error = held.mean(0), held.std(0, ddof=1) / np.sqrt(len(held))
            stops = np.stack([at[self.stops(side)], self.stopped(side, "second")], 1)
            arrays |= {
                f"{side}/training": self.seen[f"{side}/training"].mean(0).astype(np.float32),
                f"{side}/held": mean.astype(np.float32),
                f"{side}/held_low": (mean - error).astype(np.float32),
                f"{side}/held_high": (mean + error).astype(np.float32),
                f"{side}/stops": stops.astype(np.float32),
            }
            scalars |= {
                f"{side}/training": float(self.now(side, "training").mean()),
                f"{side}/held": float(self.now(side, "second").mean()),
                f"{side}/right": float(self.now(side, "right").mean()),
                f"{side}/stopped": float(self.stopped(side, "second").mean()),
                f"{side}/stopped_right": float(self.stopped(side, "right").mean()),
                f"{side}/stop": float(np.median(at[self.stops(side)])),
            }
        return arrays, scalars

    def state(self) -> dict[str, np.ndarray]:
        """Return all that was seen."""
        return {"at": np.array(self.at), **{f"seen/{k}": v.copy() for k, v in self.seen.items()}}

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Go on from what was seen."""
        self.at = np.asarray(state["at"]).tolist()
        self.seen = {k[5:]: np.array(v) for k, v in state.items() if k.startswith("seen/")}


def losses(learner: Learner[Network]) -> tuple[float, float, float, float]:
    """The loss on what is learned from, on both halves of the held-out ones, and the share right.

    All without dropout. The halves are every other sequence, and those between.
    """
    lesson = learner.lesson
    assert isinstance(lesson, ProblemLesson)
    problem, network = lesson.problem, lesson.network()
    held_out, answers = problem.held_out, problem.answers(network)
    learned = _learned(problem)
    with torch.no_grad():
        training = problem.loss(network(learned.inputs, learned.lengths), learned)
    first, second = (_loss(problem, answers, held_out, half) for half in (0, 1))
    right = problem.scores(answers, held_out)[1::2].mean()
    return float(training), first, second, float(right)


def _loss(problem: Problem, answers: Tensor, examples: Examples, half: int) -> float:
    return float(
        problem.loss(answers[half::2], Examples(examples.inputs, examples.targets[half::2]))
    )


def _learned(problem: Problem) -> Examples:
    """Return all that a problem of few examples is learned from."""
    assert isinstance(problem, Utterances | Reviews)
    return problem.all_learned()


@lru_cache(maxsize=64)
def _few(task: str, each: int, seed: int) -> Problem:
    """The problem of so many examples of each class, drawn by a seed."""
    rng = torch.Generator().manual_seed(seed)
    if task == "speech":
        data = spoken()
        return Utterances(few_of_each(data["learned"], each, rng), data["held_out"], SPEAKERS)
    learned, held_out = _rated(ABOUT[task])
    places = places_of_each(learned.favourable, each, rng)
    sentences = tuple(learned.sentences[k] for k in places.tolist())
    some = Rated(sentences, learned.favourable[places])
    return Reviews(some, held_out, snippets().lexicon)


@lru_cache(maxsize=2)
def _rated(about: str) -> tuple[Rated, Rated]:
    return opinion.rated(about)
