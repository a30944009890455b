"""One iteration of one game as a recording: every sub-step a frame, its part of the game named.

**Frames**, one a sub-step of `anatomy.SUB_STEPS`: first a frame of what stands before the
iteration. Arrays, each as it is known by then: ``real fake`` (n, 2) the judge's present batch,
``own`` (n, 2) the generator's, ``between`` (n, 2) where the penalty looks ((2n, 2) where it does
so at real points and then at generated ones), ``noise`` (n, 2) the first two numbers,
``on_real on_fake on_own`` (n,) the judge's answers, ``surface`` (48, 48) its ground (as in a
match), ``tails arrows`` (n, 2) the pull on the generator's points,
``pull_minimax pull_non_saturating pull_wasserstein_gp`` (n, 2) what these losses would make of the
same points and the same, frozen judge (known with the generator's gradient); of the first 24
points ``from`` (24, 2), and for each of these losses l ``drawn_l`` (24, 2), its pull times the one
``pull_scale`` of all three, and ``tip_l`` (24, 2), where that ends,
``lit`` with a one at each of the `parts` of the game that the sub-step is about; n is the batch, at
most 256. Scalars ``step`` (the frame), ``part`` (index into SUB_STEPS, −1 before), ``judge_step``
(from 1; 0 in the generator's turn), ``judge_steps``, ``judge_gradient judge_change
generator_gradient generator_change`` (norms), ``slope`` (mean norm where the penalty looks),
``pull_scale`` and for each l ``pull_l``, the mean length. Sentences ``part``
(its name), ``title``, ``says``, ``pulls`` (the three lengths in words).
**Still**: ``data`` (512, 2).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import ClassVar, Literal

import numpy as np
import torch
from torch import Tensor

from explorer.dials import check, dial
from explorer.gans.anatomy import SUB_STEPS, SubStep
from explorer.gans.game import Game
from explorer.gans.objectives import OBJECTIVES
from explorer.labs.gans import looks
from explorer.labs.gans.games import Games
from explorer.labs.gans.standards import reference
from explorer.labs.gans.turning import SIDES
from explorer.labs.prose import listing, percent, spoken
from explorer.runs.frames import Frame

MOST = 256  # points of a batch that are shown
CELLS = 48
STOPS = (0, 20, 50, 100, 300, 1_000)
"""Iterations before it that a page offers."""


@dataclass(frozen=True)
class Move:
    """A single move of the game: its name on a button, and the method of `Game` that makes it."""

    label: str
    method: str


MOVES = {
    "j": Move("Judge", "step_judge"),
    "g": Move("Generator", "step_generator"),
    "b": Move("Both", "step"),
}
"""The players that learn once, by the letter in the link."""


@dataclass(frozen=True)
class Compared:
    """A loss whose arrows are put beside those of others."""

    objective: str
    sign: str  # at the tip of its arrows
    shape: Literal["ring", "cross", "dot"]  # of that sign
    name: str

    @property
    def label(self) -> str:
        """Its sign and its name, which no line break parts."""
        return f"{self.sign}\N{NO-BREAK SPACE}{self.name}"


COMPARED = (
    Compared("minimax", "○", "ring", "saturating"),
    Compared("non_saturating", "×", "cross", "non-saturating"),
    Compared("wasserstein_gp", "●", "dot", "critic"),
)
"""The saturating loss, the one that is not, and a critic's."""
DRAWN = 24  # points whose three arrows are drawn: more cover each other
REACH = 0.22  # of the picture's width: the longest of these arrows
GONE = 0.05  # of the longest mean: what is shorter is nearly gone


@dataclass(frozen=True)
class Told:
    """A sub-step as it is shown: its title, and the parts of the game that it is about."""

    title: str
    about: tuple[str, ...]


TOLD: Mapping[str, Told] = {
    "draw_real": Told("draw data", ("real",)),
    "draw_noise": Told("draw noise", ("noise",)),
    "generate": Told("generate", ("generator", "fake")),
    "judge_real": Told("judge the data", ("real", "judge")),
    "judge_fake": Told("judge the generated", ("fake", "judge")),
    "penalty": Told("measure the slope", ("judge", "penalty")),
    "judge_gradient": Told("the judge's gradient", ("judge_loss",)),
    "judge_update": Told("the judge learns", ("judge_update", "judge")),
    "generator_noise": Told("draw noise anew", ("noise",)),
    "generator_points": Told("generate", ("generator", "fake")),
    "judge_points": Told("judge them", ("fake", "judge")),
    "generator_gradient": Told("the generator's gradient", ("generator_loss",)),
    "generator_update": Told("the generator learns", ("generator_update", "generator")),
}
"""Every one of `SUB_STEPS`."""


def about(part: SubStep) -> tuple[str, ...]:
    """Return the parts of the game that a sub-step is about, real data where it is judged too."""
    return (*TOLD[part.name].about, *(("real",) if "beside" in part.values else ()))


def parts(pays: bool) -> tuple[str, ...]:
    """Return the parts of a game, in the order of ``lit``: a penalty only where the judge pays."""
    charged = ("penalty",) if pays else ()
    judges = ("real", "judge", *charged, "judge_loss", "judge_update")
    return ("noise", "generator", "fake", *judges, "generator_loss", "generator_update")


@dataclass(frozen=True, kw_only=True)
class Iteration:
    """Which iteration is taken apart: of which game, after how many others and which moves."""

    side: str = dial("a", "Game", "Whose iteration is taken apart.", choices=SIDES)
    step: int = dial(
        0,
        "After",
        "So many iterations before it.",
        low=0,
        high=2_000,
        offered=STOPS,
    )
    moves: str = dial(
        "", "Single moves", "Learns once before the iteration.", longest=200, letters="".join(MOVES)
    )

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, kw_only=True)
class Slow(Games, Iteration):
    """One iteration of a game in slow motion; ``moves`` are letters of `MOVES`, played before.

    Raises ValueError with one line.
    """

    points: str = ""  # of an uploaded table

    precision: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("real", "fake", "own", "between", "noise", "tails", "data"), "uint16"),
        "surface": "uint8",
        "lit": "uint8",
    }

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.side not in [side for side, _, _ in self.sides()]:
            raise ValueError(f"there is no game {self.side[:20]!r} to look at")
        if self.changes:
            raise ValueError("slow motion takes the dials as they stand: it has no changes")
        if self.distribution().kind != "plane":
            raise ValueError("slow motion shows points in the plane: choose such data")

    def _points(self) -> str:
        return self.points

    @property
    def frame_count(self) -> int:
        """The number of frames: the sub-steps of one iteration, and the moment before."""
        settings = self.settings(self.side)
        pays = OBJECTIVES[settings.objective].pays
        return 1 + settings.critic_steps * (8 if pays else 7) + 5

    def shared_steps(self, other: object) -> int:
        """Two different iterations share nothing."""
        return self.frame_count - 1 if self == other else -1

    def still(self) -> Frame:
        """The data."""
        return Frame(0, {"data": reference(self.distribution()).numpy()}, {})

    def game(self) -> Game:
        """The game as it stands before the iteration."""
        game = _played(replace(self, moves=""))
        for move in self.moves:
            getattr(game, MOVES[move].method)()
        return game

    def stream(self, state: Mapping[str, np.ndarray] | None = None) -> Iterator[Frame]:
        """Yield the frames of the iteration, or those after the frame whose ``state`` is given."""
        game = self.game()
        if not game.finite() and game.step_count:
            yield Frame(0, trouble=f"The game diverged within {game.step_count} steps.")
            return
        told = _Known(self, game)
        done = -1 if state is None else int(state["step"])
        frames = [told.frame(0, None)] if done < 0 else []
        yield from frames
        for index, part in enumerate(game.anatomy(), 1):
            frame = told.frame(index, part)
            if index > done:
                yield frame


def _played(slow: Slow) -> Game:
    """The game after the iterations before; those that were played lately are not played again."""
    game = Game(slow.settings(slow.side), slow.sampler(), given=slow.standing())
    if slow.step:
        game.restore(_state(slow))
    return game


@lru_cache(maxsize=24)
def _state(slow: Slow) -> dict[str, np.ndarray]:
    """The state of the game after its iterations, from the last stop on the way there."""
    stop = max(each for each in STOPS if each < slow.step)
    game = _played(replace(slow, step=stop))
    for _ in range(slow.step - stop):
        game.step()
    return game.state()


class _Known:
    """What is known so far within the iteration."""

    def __init__(self, slow: Slow, game: Game) -> None:
        self.slow, self.game = slow, game
        self.cells = looks.cell_centres(slow.distribution().extent, CELLS)
        count = min(MOST, slow.batch)
        # where a judge pays at both kinds, the real points come first and then the generated ones
        self._clouds = 2 if game.objective.penalty == "real and fake" else 1
        self.arrays: dict[str, np.ndarray] = {
            **{name: np.zeros((count, 2)) for name in ("real", "fake", "own")},
            "between": np.zeros((self._clouds * count, 2)),
            "noise": np.zeros((count, 2)),
            **{name: np.zeros(count) for name in ("on_real", "on_fake", "on_own")},
            "tails": np.zeros((count, 2)),
            "arrows": np.zeros((count, 2)),
            **{f"pull_{each.objective}": np.zeros((count, 2)) for each in COMPARED},
            "from": np.zeros((min(DRAWN, count), 2)),
            **{
                f"{what}_{each.objective}": np.zeros((min(DRAWN, count), 2))
                for each in COMPARED
                for what in ("drawn", "tip")
            },
            "surface": self._surface(),
        }
        self.scalars: dict[str, float] = {}
        self.pulls = (
            f"In part {SUB_STEPS.index('generator_gradient') + 1}, "
            f"{listing([each.label for each in COMPARED])} "
            "loss pull on the same points, with one and the same frozen judge."
        )
        self.count = count
        self.outputs = self.slopes = torch.zeros(count, dtype=torch.float64)

    def _surface(self) -> np.ndarray:
        values = looks.judged(self.game, self.cells)
        return looks.as_shown(self.game, values).view(CELLS, CELLS).numpy()

    def frame(self, index: int, part: SubStep | None) -> Frame:
        says = (
            "Before the iteration. Green is where the judge says real; play, or step with the keys."
        )
        if part is not None:
            says = self._take(part)
        which = -1 if part is None else SUB_STEPS.index(part.name)
        at_work = () if part is None else about(part)
        lit = np.array([float(name in at_work) for name in parts(self.game.objective.pays)])
        judge_step = 0 if part is None or part.judge_step is None else part.judge_step + 1
        scalars = {
            "step": float(index),
            "part": float(which),
            "judge_step": float(judge_step),
            "judge_steps": float(self.game.settings.critic_steps),
            **self.scalars,
        }
        title = "before" if part is None else f"{index}. {TOLD[part.name].title}"
        sentences = {"part": "" if part is None else part.name, "title": title, "says": says}
        sentences["pulls"] = self.pulls
        state = {"step": np.asarray(0)} if index == 0 else None
        return Frame(index, {**self.arrays, "lit": lit}, scalars, sentences, state=state)

    def _gradients(self, pull: Tensor) -> Tensor:
        """∇judge at the generator's points, from the pull of its own loss: −slope · ∇judge.

        Where that slope is zero the point does not say, and no loss is shown to pull.
        """
        known = self.slopes.abs() > 1e-30
        return torch.where(known, -1 / self.slopes, 0.0)[:, None] * pull

    def _compare(self) -> None:
        """Put the pulls of the three losses on one scale, and into words."""
        put = self.arrays
        put["from"] = put["own"][:DRAWN]
        names = [each.objective for each in COMPARED]
        lengths = {name: np.linalg.norm(put[f"pull_{name}"], axis=1) for name in names}
        x0, x1, _, _ = self.slow.distribution().extent
        longest = max(float(each[:DRAWN].max()) for each in lengths.values())
        scale = REACH * (x1 - x0) / longest if longest > 0 else 0.0
        for name in names:
            put[f"drawn_{name}"] = scale * put[f"pull_{name}"][:DRAWN]
            put[f"tip_{name}"] = put["from"] + put[f"drawn_{name}"]
        means = {name: float(each.mean()) for name, each in lengths.items()}
        self.scalars |= {f"pull_{name}": mean for name, mean in means.items()}
        self.scalars["pull_scale"] = scale
        self.pulls = compared(means)

    def _take(self, part: SubStep) -> str:
        v = {
            name: value[: self.count].double() for name, value in part.values.items() if value.dim()
        }
        name, put = part.name, self.arrays
        if name in ("draw_noise", "generator_noise"):
            noise = v["noise"]
            put["noise"] = noise[:, [0, min(1, noise.shape[1] - 1)]].numpy()
            return f"{len(part.values['noise'])} times {noise.shape[1]} random numbers."
        if name == "draw_real":
            put["real"] = v["points"].numpy()
            return f"{len(part.values['points'])} points of the data, drawn anew."
        if name in ("generate", "generator_points"):
            put["fake" if name == "generate" else "own"] = v["points"].numpy()
            return "The generator turns the noise into points. It does not change meanwhile."
        if name in ("judge_real", "judge_fake", "judge_points"):
            key = {"judge_real": "on_real", "judge_fake": "on_fake"}.get(name, "on_own")
            put[key] = v["outputs"].numpy()
            self.outputs = v["outputs"]
            self.slopes = v["slopes"]
            return (
                f"The judge's answers: {spoken(float(part.values['outputs'].mean()))} in the mean."
            )
        if name == "penalty":
            clouds = part.values["points"].chunk(self._clouds)
            put["between"] = torch.cat([each[: self.count] for each in clouds]).double().numpy()
            self.scalars["slope"] = slope = float(part.values["norms"].mean())
            return f"Its slope at these points is {spoken(slope)} in the mean."
        if name == "judge_gradient":
            norm = self.scalars["judge_gradient"] = float(part.values["gradient"].norm())
            return (
                f"How each weight of the judge changes its loss: a vector of length {spoken(norm)}."
            )
        if name == "judge_update":
            norm = self.scalars["judge_change"] = float(part.values["change"].norm())
            put["surface"] = self._surface()
            return f"Its weights move by {spoken(norm)}: the ground changes."
        if name == "generator_gradient":
            put["tails"], put["arrows"] = put["own"], v["pull"].numpy()
            unread = torch.full_like(self.outputs, torch.nan)  # none of them is relativistic
            for each in COMPARED:
                rules = OBJECTIVES[each.objective]
                _, slopes = rules.generator_slopes(unread, self.outputs)
                pulls = -slopes[:, None] * self._gradients(v["pull"])
                put[f"pull_{each.objective}"] = pulls.numpy()
            self._compare()
            norm = self.scalars["generator_gradient"] = float(part.values["gradient"].norm())
            pull = float(part.values["pull"].norm(dim=-1).mean())
            return (
                f"Each point is drawn with {spoken(pull)} in the mean; through the generator that "
                f"is a gradient of length {spoken(norm)}."
            )
        norm = self.scalars["generator_change"] = float(part.values["change"].norm())
        return f"The generator's weights move by {spoken(norm)}. The iteration is complete."


def compared(means: Mapping[str, float]) -> str:
    """Say how long the arrows of the three losses are in the mean, and which is nearly gone."""
    longest = max(means.values())
    if longest == 0:
        return "**No loss pulls:** where this judge stands, none of the three has a slope."
    told = listing([f"{each.label} {spoken(means[each.objective])}" for each in COMPARED])
    gone = [each.name for each in COMPARED if means[each.objective] < GONE * longest]
    if gone:
        end = f"The {listing(gone)} pull is nearly gone."
    else:
        least = min(COMPARED, key=lambda each: means[each.objective])
        share = means[least.objective] / longest
        end = f"None is nearly gone: the {least.name} pull has {percent(share)} of the longest."
    return f"**Mean length, one frozen judge:** {told}. {end}"
