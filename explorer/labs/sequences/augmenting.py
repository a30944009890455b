"""Does a classifier gain from series that a network made? Three that differ in what is added.

In every round so many utterances of each speaker are drawn, a maker learns from these alone and
makes others, and three classifiers of equal first weights learn for as many updates on as many
utterances: "a" from the real ones, "b" from half real ones and half of them with noise, "c" from
half real and half made ones.

**Frames** are those of `rounds`, and `rounds.apart` for "b" and "c" from "a". Beside them arrays
``real made`` (12, T), a real utterance and a made one of the same speaker, from the first round
here. Scalars ``apart/b apart/c apart/d`` and ``error/b error/c error/d``, the mean difference from
"a" and its standard error ("d": of "c" from "b"). Sentences ``says``, ``look``.

**Still.** ``floor``, what a line on mean and spread reaches with all 30 utterances of each speaker.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from torch import Tensor

from explorer.dials import again, check, dial
from explorer.labs.sequences.learning import SideBySide
from explorer.labs.sequences.paired import Paired, least_of, paired
from explorer.labs.sequences.rounds import Beginning, Gathered, Rounds, apart
from explorer.labs.sequences.tasks.speech import speakers
from explorer.labs.sequences.tasks.vowels import SPEAKERS, spoken
from explorer.runs.frames import Frame
from explorer.sequences.kinds import KINDS, Build
from explorer.sequences.learning import Learner, Pace
from explorer.sequences.making import Maker, MakerLesson
from explorer.sequences.problems import ProblemLesson
from explorer.sequences.problems.augmented import Augmented, Mixed, few_of_each

UPDATES_PER_FRAME = 15
PREPARING = 10  # frames of a round in which the maker learns
SIDES = {"a": "real alone", "b": "and noise", "c": "and made ones"}
POOL = 30  # series of each speaker that are made
MAKER = 32  # its units
RATE, CLIP = 1e-2, 1.0
LOOSER = 100.0  # the maker's clip: steps that are known well have steep gradients, and endings none
SHOWN = 30  # frames of the utterances that are drawn
DRAWN, WEIGHTS, BATCHES, MADE = range(4)  # what a seed's generators are for
PAIRS = {"b": "ba", "c": "ca", "d": "cb"}


@dataclass(frozen=True, kw_only=True)
class Augmenting(Rounds):
    """Classifiers that learn from few utterances, and more. Raises ValueError with one line."""

    kind: str = dial(
        "vanilla",
        "Classifier",
        "What learns who speaks.",
        choices={
            name: KINDS[name] for name in ("vanilla", "both", "gru", "averaged", "stacked", "rnn")
        },
    )
    each: int = dial(
        5, "Of each speaker", "Real utterances.", low=2, high=30, offered=(2, 3, 5, 10, 30)
    )
    noise: float = dial(
        0.3,
        "Noise",
        "Added to real utterances for the comparison, in spreads of a channel.",
        low=0.0,
        high=3.0,
        offered=(0.1, 0.3, 0.5, 1.0),
    )
    taught: int = dial(
        200,
        "Updates of the maker",
        "Too many, and it makes what it has seen.",
        low=1,
        high=5_000,
        offered=(50, 100, 200, 400, 800),
    )
    temperature: float = dial(
        1.0,
        "Temperature",
        "Of what is made: how far the steps spread around what is expected.",
        low=0.0,
        high=3.0,
        offered=(0.0, 0.5, 1.0, 1.5),
    )
    units: int = again(SideBySide, "units")
    steps: int = again(
        SideBySide, "steps", default=200, label="Updates", help="Of each classifier."
    )
    trials: int = dial(
        8,
        "Seeds here",
        "So many more draws of utterances, weights and made ones, after the recorded ones.",
        low=1,
        high=64,
        offered=(4, 8, 16, 32),
    )
    seed: int = again(SideBySide, "seed")

    def __post_init__(self) -> None:
        check(self)

    @property
    def labels(self) -> dict[str, str]:
        """What each classifier learns from."""
        return SIDES

    @property
    def rounds(self) -> int:
        """How many seeds are trained here."""
        return self.trials

    @property
    def parts(self) -> int:
        """How many frames a round has: while the maker learns, and while the classifiers do."""
        return PREPARING + max(1, self.steps // UPDATES_PER_FRAME)

    def goals(self) -> dict[str, int]:
        """Return the updates of each classifier."""
        return dict.fromkeys(SIDES, self.steps)

    def lesson(self, side: str) -> dict[str, Any]:
        """Return what a record goes by."""
        names = ["kind", "each", "units", "steps"]
        names += {"a": [], "b": ["noise"], "c": ["taught", "temperature"]}[side]
        return {"augmented": SIDES[side]} | {name: getattr(self, name) for name in names}

    def real(self, number: int) -> Augmented:
        """Return the problem of the few real utterances of one seed."""
        data = spoken()
        few = few_of_each(data["learned"], self.each, self.chance(number, DRAWN))
        return Augmented(few, data["held_out"], SPEAKERS, Mixed("nothing"))

    def maker(self, number: int, real: Augmented) -> Learner[Maker]:
        """Return the network that is to make others, with what it learns from."""
        maker = Maker(real.shape.inputs, SPEAKERS, MAKER, self.chance(number, WEIGHTS))
        pace, rng = Pace(self.taught, RATE, LOOSER), self.chance(number, BATCHES)
        return Learner(MakerLesson(*real.standardised, maker, pace, rng))

    def made(self, number: int, real: Augmented, maker: Maker) -> tuple[list[Tensor], Tensor]:
        """Return what it makes, and whose."""
        whose = torch.arange(SPEAKERS).repeat_interleave(POOL)
        lengths = [len(series) for series in real.standardised[0]]
        rng = self.chance(number, MADE)
        made = maker.make(whose, min(lengths), max(lengths), rng, self.temperature)
        return made, whose

    def chance(self, number: int, what: int) -> torch.Generator:
        """Return a generator of one seed and purpose; those of the classifiers are others."""
        return torch.Generator().manual_seed(1_000_003 + len(PAIRS) * 7 * number + what)

    def begun(self, number: int) -> Iterator[Beginning]:
        """Yield the classifiers of one more seed, once its maker has learned."""
        at = self.seed + number
        real = self.real(at)
        learner = self.maker(at, real)
        for part in range(1, PREPARING + 1):
            while learner.updates < round(self.taught * part / PREPARING):
                learner.update()
            yield f"A maker learns from {self.each} utterances of each speaker."
        made = self.made(at, real, learner.lesson.network())
        yield self.classifiers(at, real, made)

    def classifiers(
        self, at: int, real: Augmented, made: tuple[list[Tensor], Tensor]
    ) -> dict[str, Learner[Any]]:
        """Return the three classifiers of a seed: equal weights, other batches."""
        mixed = {
            "a": Mixed("nothing"),
            "b": Mixed("noise", self.noise),
            "c": Mixed("made", made=made),
        }
        pace, build = Pace(self.steps, RATE, CLIP, falls=False), Build(units=self.units)
        return {
            side: Learner(ProblemLesson(real.mixing(how), KINDS[self.kind], build, pace, at))
            for side, how in mixed.items()
        }

    def measured(self, side: str, learner: Learner[Any]) -> float:
        """Return the share of held-out utterances whose speaker is recognised."""
        lesson = learner.lesson
        assert isinstance(lesson, ProblemLesson)
        return float(lesson.problem.measured(lesson.network()).mean())

    def still(self) -> Frame:
        """Return the floor, and what a made utterance looks like beside a real one."""
        floor = next(each for each in speakers().floors if each.name == "spread")
        return Frame(0, _examples(self), {"floor": floor.value})

    def told(self, gathered: Gathered, frame: Frame, doing: str) -> Frame:
        """Return the differences, and whether anything gains."""
        values, arrays, scalars = self.values(gathered), dict(frame.arrays), dict(frame.scalars)
        found: dict[str, Paired] = {}
        if values["a"]:
            looks, least = self.looks * len(PAIRS), least_of(speakers())
            for name, (one, other) in PAIRS.items():
                found[name] = paired(values[one], values[other], looks, least)
                scalars[f"apart/{name}"] = found[name].mean
                if math.isfinite(found[name].error):
                    scalars[f"error/{name}"] = found[name].error
        for place, side in enumerate("bc", 1):
            each = np.subtract(values[side], values["a"]).tolist()
            mean, reach = (found[side].mean, found[side].reach) if found else (math.nan, math.nan)
            arrays |= apart(side, each, self.known(), place, mean, reach)
        sentences = {"says": self._says(found), "look": self._look(doing)}
        return replace(frame, arrays=arrays, scalars=scalars, sentences=sentences)

    def _says(self, found: dict[str, Paired]) -> str:
        if not found:
            return "No seed is measured yet."
        if found["c"].seeds < 2:
            return "One seed is measured: whether another agrees is not known yet."

        def told(name: str) -> str:
            one = found[name]
            sign = "−" if one.mean < 0 else "+"
            return f"{sign}{100 * abs(one.mean):.1f} ± {100 * one.error:.1f} points"

        verdict = {
            1: "The classifier gains from made utterances",
            0: "Whether the classifier gains from made utterances cannot be told",
            -1: "The classifier loses by made utterances",
        }[found["c"].sign]
        noise = {1: "it gains", 0: "whether it gains cannot be told", -1: "it loses"}
        beyond = {
            1: "Made ones do more than noise",
            0: "Made ones and noise cannot be told apart",
            -1: "Made ones do less than noise",
        }
        return (
            f"**{verdict}**: {told('c')} over {found['c'].seeds} seeds. From plain noise "
            f"{noise[found['b'].sign]}: {told('b')}. {beyond[found['d'].sign]}: {told('d')}."
        )

    def _look(self, doing: str) -> str:
        known = self.known()
        marks = f"Dots are {known} recorded seeds, rings those" if known else "Rings are seeds"
        return (
            f"{marks} trained here. Differences are seed by seed (paired, Student's t; three "
            f"pairs, looked at {self.looks} times: at most one claim in twenty runs is false). The "
            "maker knows nothing but the same few utterances: it can show them anew, not what they "
            f"do not hold. {doing}"
        ).strip()


@lru_cache(maxsize=8)
def _examples(run: Augmenting) -> dict[str, np.ndarray]:
    """A real utterance and a made one of the first speaker, channels over frames, zeros behind."""
    at = run.seed
    real = run.real(at)
    learner = run.maker(at, real)
    while learner.updates < run.taught:
        learner.update()
    made, _ = run.made(at, real, learner.lesson.network())
    found = {}
    for name, series in (("real", real.standardised[0][0]), ("made", made[0])):
        shown = torch.zeros(SHOWN, series.shape[1])
        shown[: len(series)] = series[:SHOWN]
        found[name] = shown.T.contiguous().numpy()
    return found
