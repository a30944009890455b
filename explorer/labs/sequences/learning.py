"""Two to four networks that learn one task from the same seed and the same batches, as frames.

**Frames.** For each side s of "a", "b", "c", "d" that learns: scalars ``s/loss`` (mean over the
updates since the last frame; none at step 0), ``s/unseen`` (that loss of the held-out sequences,
where they are asked the same), ``s/metric`` (on these),
``s/updates``, ``s/work`` (10⁹ multiply-adds so far); arrays ``s/…`` of what it makes of the example
(`Task.seen`), and ``s/there``, ``s/back`` of one that reads both ways (`directions.known`).
Sentences ``says``, ``look``, ``cells``, ``directions`` and, where an example is a line of signs,
``s/line``. Event: who passes the floor.

**Still.** ``floor/<name>`` of every floor of the task, and what never moves in its example: with
lines the sentences ``text``, ``right``, and ``s/right``, the right line as ``s/line`` is written.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np
from torch import Tensor

from explorer.dials import check, dial
from explorer.labs.sequences import words
from explorer.labs.sequences.brought import Brought
from explorer.labs.sequences.clocks import CLOCKS
from explorer.labs.sequences.compared import by_cells
from explorer.labs.sequences.directions import known
from explorer.labs.sequences.tasks import TASKS, Task
from explorer.labs.sequences.tasks.own import OwnSeries
from explorer.runs.frames import Frame
from explorer.sequences.kinds import KINDS, Build, Network, Shape
from explorer.sequences.learning import Learner, Pace
from explorer.sequences.problems import Problem, ProblemLesson, Translation
from explorer.sequences.stack import CELLS

TICKS_PER_FRAME = 5
FRAMES_PER_STATE = 20
FRAMES_PER_COMPARISON = 4
SIDES = "abcd"
TYPED = ("own", "like_you")  # tasks whose data a visitor types
BESIDE = {name: cell for name, cell in CELLS.items() if name != "rnn_relu"}


@dataclass(frozen=True)
class SideBySide(Brought):
    """Networks of two to four kinds on one task, an experiment. Raises ValueError with one line."""

    task: str = dial("vowel", "Task", "What is learned, and from what.", choices=TASKS)
    first: str = dial("vanilla", "First", choices=KINDS)
    second: str = dial("both", "Second", choices=KINDS)
    third: str = dial("window", "Third", choices=KINDS, none="none")
    fourth: str = dial("", "Fourth", choices=KINDS, none="none")
    cell: str = dial(
        "lstm",
        "Cell",
        "What the recurrent kinds are made of, where they say no other.",
        choices=BESIDE,
    )
    units: int = dial(
        32,
        "Units",
        "Of each direction of each layer.",
        low=1,
        high=256,
        offered=(4, 8, 16, 32, 64, 128),
    )
    layers: int = dial(2, "Layers", "Of the stacked network.", low=1, high=4, offered=(1, 2, 3, 4))
    dropout: float = dial(
        0.0,
        "Dropout",
        "The share left out between the layers and before the readout, in training.",
        low=0.0,
        high=0.9,
        offered=(0.0, 0.1, 0.2, 0.5),
    )
    forget_bias: float = dial(
        1.0,
        "Forget bias",
        "Of the gate that keeps, at the start.",
        low=-20.0,
        high=20.0,
        offered=(-1.0, 0.0, 1.0, 2.0, 3.0, 5.0),
    )
    window: int = dial(
        8,
        "Window",
        "Steps that the MLP sees.",
        low=1,
        high=64,
        offered=(1, 2, 4, 8, 16, 32),
    )
    rate: float = dial(
        1e-2,
        "Learning rate",
        "Of Adam.",
        low=1e-6,
        high=1.0,
        powers=True,
        offered=(1e-3, 2e-3, 5e-3, 1e-2, 2e-2, 5e-2),
    )
    clip: float = dial(
        1.0,
        "Clip",
        "The longest that the gradient may be (Pascanu et al. 2013).",
        low=1e-3,
        high=1e6,
        offered=(0.1, 0.5, 1.0, 5.0, 100.0),
    )
    clock: str = dial(
        "updates",
        "Equal",
        "What every network gets as much of in a step: updates, or arithmetic "
        "(counted multiply-adds, which a stopwatch follows).",
        choices=CLOCKS,
    )
    forcing: float = dial(
        1.0,
        "Teacher forcing",
        "How often an encoder-decoder reads the right sign before the next one while it learns, "
        "and not its own likeliest (scheduled sampling, Bengio et al. 2015).",
        low=0.0,
        high=1.0,
        offered=(0.0, 0.25, 0.5, 0.75, 0.9, 1.0),
    )
    steps: int = dial(
        400,
        "Steps",
        "Where it ends.",
        low=10,
        high=20_000,
        offered=(200, 360, 400, 1_000, 2_000),
    )
    seed: int = dial(
        0, "Seed", "Of first weights, of the data's order and of dropout.", low=0, high=10**9
    )

    precision: ClassVar[Mapping[str, str]] = {}

    def __post_init__(self) -> None:
        check(self)
        blind = [kind for kind in self.sides.values() if KINDS[kind].pictures]
        if blind and self.what.family != "film":
            raise ValueError(
                f"{KINDS[blind[0]].label} needs a picture at every step, which the task "
                f"{self.what.label!r} does not have"
            )
        if self.what.family == "translation":
            deaf = [kind for kind in self.sides.values() if not KINDS[kind].writes]
            if deaf:
                raise ValueError(
                    f"{KINDS[deaf[0]].label} says one thing a step, and the task "
                    f"{self.what.label!r} asks for a sequence of its own: take an encoder-decoder"
                )
        else:
            writing = [kind for kind in self.sides.values() if KINDS[kind].writes]
            if writing:
                raise ValueError(
                    f"{KINDS[writing[0]].label} writes a sequence of its own, which the task "
                    f"{self.what.label!r} does not ask for"
                )
        if self.task in TYPED or (self.sentence and self.what.family == "review"):
            _ = self.problem  # which says what is wrong with what was typed

    @property
    def problem(self) -> Problem:
        """The problem that the task is about."""
        found = self.what.problem(self.typed(self.what.family))
        return found.forced(self.forcing) if isinstance(found, Translation) else found

    @property
    def what(self) -> Task:
        """The task."""
        return TASKS[self.task]

    @property
    def unit(self) -> str:
        """What a step of its sequences is."""
        problem = self.problem
        return problem.times.shown().unit if isinstance(problem, OwnSeries) else self.what.unit

    @property
    def sides(self) -> dict[str, str]:
        """The kind of every side that learns."""
        chosen = (self.first, self.second, self.third, self.fourth)
        return dict(zip(SIDES, [kind for kind in chosen if kind], strict=False))

    @property
    def labels(self) -> dict[str, str]:
        """What the network of every side is called."""
        return {side: KINDS[kind].label for side, kind in self.sides.items()}

    @property
    def build(self) -> Build:
        """The sizes that all networks share."""
        return Build(
            self.cell,
            self.units,
            layers=self.layers,
            dropout=self.dropout,
            forget_bias=self.forget_bias,
            window=self.window,
            embedding=self.what.embedding,
        )

    @property
    def frame_count(self) -> int:
        """The number of frames of a whole run."""
        return self.steps // TICKS_PER_FRAME + 1

    def shared_steps(self, other: object) -> int:
        """Return the tick up to which two trainings are equal; -1 where they start apart."""
        if not isinstance(other, SideBySide) or replace(self, steps=10) != replace(other, steps=10):
            return -1
        return min(self.steps, other.steps)

    def drawn(self) -> dict[str, Network]:
        """Every network before it has learned anything."""
        return {side: one.lesson.network() for side, one in self.learners().items()}

    def still(self) -> Frame:
        """Return what never moves: the floors, and the example."""
        problem = self.problem
        floors = {f"floor/{floor.name}": floor.value for floor in problem.floors}
        built = sum(len(network.parts()) for network in self.drawn().values())
        example = self.what.still(problem)
        arrays = {"built": np.zeros(built, dtype=np.float32), **example.arrays}
        said = {}
        if example.line:
            labels = self.labels
            said = {
                name: words.row(label, line, labels.values())
                for name, label, line in (
                    ("text", "Text", self.what.text()),
                    ("right", "Right", example.line),
                    *((f"{side}/right", label, example.line) for side, label in labels.items()),
                )
            }
        return Frame(0, arrays, floors, said)

    def stream(self, state: Mapping[str, np.ndarray] | None = None) -> Iterator[Frame]:
        """Yield the frames of the training, or those after the frame whose ``state`` is given."""
        running = Running(self, self.learners())
        if state is None:
            yield running.frame()
        else:
            running.restore(state)
        while running.tick + TICKS_PER_FRAME <= self.steps:
            for _ in range(TICKS_PER_FRAME):
                running.step()
            frame = running.frame()
            yield frame
            if frame.trouble:
                return

    def learners(self) -> dict[str, Learner[Network]]:
        """Return every network with what it learns, at the start."""
        problem, pace = self.problem, Pace(self.steps, self.rate, self.clip, falls=False)
        return {
            side: Learner(ProblemLesson(problem, KINDS[kind], self.build, pace, self.seed))
            for side, kind in self.sides.items()
        }


@dataclass
class Running:
    """A training that is going on: its learners, and how far each of them is."""

    settings: SideBySide
    learners: dict[str, Learner[Network]]
    tick: int = 0
    passed: dict[str, int] = field(default_factory=dict)
    _losses: dict[str, list[float]] = field(default_factory=dict)
    _by_cells: float | None = None

    def __post_init__(self) -> None:
        shape: Shape = self.settings.problem.shape
        batch = self.settings.problem.batch
        self.costs = {
            side: one.lesson.network().work(shape.length) * batch
            for side, one in self.learners.items()
        }
        self.sides = {side: self.settings.sides[side] for side in self.learners}
        clock = CLOCKS[self.settings.clock]
        paid = max(clock.cost(work) for work in self.costs.values())
        self.worth = {side: paid / clock.cost(work) for side, work in self.costs.items()}

    def step(self) -> None:
        """One tick: the dearest network makes an update, the others as many as that pays for."""
        self.tick += 1
        for side in self.learners:
            self.learned_to(side, self.tick)

    def learned_to(self, side: str, tick: int) -> Learner[Network]:
        """One network, learned on to a tick; it learns no less, where it is beyond."""
        one = self.learners[side]
        while one.updates + 1 <= tick * self.worth[side] + 1e-9:
            self._losses.setdefault(side, []).append(one.update())
        return one

    def frame(self) -> Frame:
        """What there is to see now."""
        lost = [side for side, one in self.learners.items() if not one.finite()]
        if lost:
            diverged = [KINDS[self.sides[side]].label for side in lost]
            return Frame(self.tick, trouble=words.divergence(diverged, self.tick))
        task, problem = self.settings.what, self.settings.problem
        arrays: dict[str, np.ndarray] = {}
        scalars: dict[str, float] = {"step": float(self.tick)}
        scores: dict[str, Tensor] = {}
        lines: dict[str, str] = {}
        copying: list[str] = []
        labels = self.settings.labels
        for side, one in self.learners.items():
            network = one.lesson.network()
            answers = problem.answers(network)
            scores[side] = problem.scores(answers, problem.held_out)
            scalars[f"{side}/metric"] = problem.of_mean(float(scores[side].mean()))
            scalars[f"{side}/updates"] = float(one.updates)
            scalars[f"{side}/work"] = one.updates * self.costs[side]
            unseen = problem.loss_held_out(answers)
            if unseen is not None:
                scalars[f"{side}/unseen"] = unseen
            if losses := self._losses.get(side):
                scalars[f"{side}/loss"] = float(np.mean(losses))
            made = task.seen(problem, network, answers)
            arrays |= {f"{side}/{name}": values for name, values in made.arrays.items()}
            scalars |= {f"{side}/{name}": value for name, value in made.scalars.items()}
            if made.copies:
                copying.append(side)
            if made.line:
                lines[f"{side}/line"] = words.row(labels[side], made.line, labels.values())
        self._losses.clear()
        said = words.Standing(task, problem, self.sides, scores, self.tick)
        last = self.tick + TICKS_PER_FRAME > self.settings.steps
        number = self.tick // TICKS_PER_FRAME
        keep = number % FRAMES_PER_STATE == 0 or last
        if number % FRAMES_PER_COMPARISON == 0:  # a longer run of the same says the same here
            self._by_cells = self._difference()
        networks = {side: one.lesson.network() for side, one in self.learners.items()}
        knew, directions = known(task, problem, networks, self.sides)
        events = []
        for side in self.learners:
            if side not in self.passed and self.tick and said.above(side):
                self.passed[side] = self.tick
                events.append(f"{said.label(side)} passes the {said.floor.label}")
        return Frame(
            self.tick,
            arrays | knew,
            scalars,
            {
                "says": said.says(),
                "look": f"{said.look(copying)}{self._remark()}",
                "cells": words.by_cells(self._by_cells),
                "directions": directions,
                **lines,
            },
            event="; ".join(events),
            state=self.state() if keep else None,
        )

    def _remark(self) -> str:
        task, sides = self.settings.what, self.settings.sides
        if task.remark is None or not self.tick:
            return ""
        networks = {KINDS[sides[s]].label: one.lesson.network() for s, one in self.learners.items()}
        remark = task.remark(self.settings.problem, networks)
        return f" {remark}" if remark else ""

    def _difference(self) -> float | None:
        """The largest difference of h between the layers that learned and the cells of ours."""
        problem = self.settings.problem
        networks = (one.lesson.network() for one in self.learners.values())
        found = (by_cells(self.settings.what, problem, network) for network in networks)
        return max((each for each in found if each is not None), default=None)

    def state(self) -> dict[str, np.ndarray]:
        """All that the next tick depends on."""
        found: dict[str, np.ndarray] = {"tick": np.asarray(self.tick)}
        for side, one in self.learners.items():
            found |= {f"in/{side}/{name}": value for name, value in one.state().items()}
        if self._by_cells is not None:
            found["by_cells"] = np.asarray(self._by_cells)
        return found | {f"passed/{side}": np.asarray(at) for side, at in self.passed.items()}

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Go on from a state as if nothing had come between."""
        self.tick = int(state["tick"])
        self._by_cells = float(state["by_cells"]) if "by_cells" in state else None
        self.passed = {k[7:]: int(v) for k, v in state.items() if k.startswith("passed/")}
        for side, one in self.learners.items():
            start = f"in/{side}/"
            one.restore({k[len(start) :]: v for k, v in state.items() if k.startswith(start)})
