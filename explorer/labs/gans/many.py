"""Many seeds of every chosen game at once, and what they have in common.

One run is one run: a claim about an objective is a claim about its seeds. Each game is a population
of 8 to 32 members that differ in nothing but the seed, which is the first seed and those after it.

**Frames**, one every 10 steps. For each side s and each member k = 0, 1, ...: ``s/k/fake`` (n, 2),
n = 128 points for up to 16 seeds and 64 for more. Scalars ``step``; for each side and each m of
``held captured good reverse_kl spread`` (data with modes) and ``w1 energy density coverage``, every
100 steps: ``s/m/mean s/m/error s/m/least s/m/most`` (mean ± standard error over the seeds that
stayed finite), ``s/diverged``, and for each member ``s/k/held s/k/w1``. Sentences ``s/says``,
``verdict``, ``look``. **Still**: ``real`` (n, 2), scalars ``w1/floor_low w1/floor w1/floor_high``,
``held/ceiling``, ``seeds``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import torch

from explorer.dials import dial
from explorer.gans.bands import Band, Better, compare
from explorer.gans.conditional import asked_labels
from explorer.gans.game import Game
from explorer.gans.seeds import Summary, population_report, summary
from explorer.labs.gans.games import Games
from explorer.labs.gans.side import on_the_plane
from explorer.labs.gans.standards import FEWER, OF_A_SEED, reference, standard
from explorer.labs.gans.turning import SIDES
from explorer.labs.prose import listing, number_word
from explorer.runs.frames import Frame

STEPS_PER_FRAME = 10
STEPS_PER_REPORT = 100
FRAMES_PER_STATE = 20
COUNTED = 1_000  # samples a seed behind modes and shares
FAR = FEWER  # points a side in the distances of each seed
FARTHEST = 100.0  # a point beyond it is drawn there: it belongs to a seed that diverges
MOST_SEEDS = 32
UNMEASURED = f"**Not measured yet.** The seeds are counted every {STEPS_PER_REPORT} ticks."


@dataclass(frozen=True, kw_only=True)
class Many(Games):
    """A population of every game. Raises ValueError with one line that names what is wrong."""

    points: str = ""  # of an uploaded table
    seeds: int = dial(
        8, "Seeds", "So many games of each kind, trained at once.", low=8, high=MOST_SEEDS
    )
    steps: int = dial(
        1_200,
        "Ticks",
        "Where it ends.",
        low=10,
        high=20_000,
        offered=(400, 800, 1_200, 2_400, 4_800),
    )

    precision: ClassVar[Mapping[str, str]] = {
        "real": "uint16",
        **{f"{side}/{k}/fake": "uint16" for side in SIDES for k in range(MOST_SEEDS)},
    }

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.changes:
            raise ValueError("a population's dials do not turn while it trains")
        if self.distribution().kind == "image":
            raise ValueError("many seeds are compared on points, not on images")

    def _points(self) -> str:
        return self.points

    @property
    def frame_count(self) -> int:
        """The number of frames of a whole run."""
        return self.steps // STEPS_PER_FRAME + 1

    @property
    def shown(self) -> int:
        """How many points of each seed are drawn."""
        return 128 if self.seeds <= 16 else 64

    def shared_steps(self, other: object) -> int:
        """Up to which step two populations are equal; -1 where they start apart."""
        if not isinstance(other, Many) or replace(self, steps=10) != replace(other, steps=10):
            return -1
        return min(self.steps, other.steps)

    def still(self) -> Frame:
        """The data, and what two samples of it have between them."""
        data = self.distribution()
        floor = standard(data, OF_A_SEED)
        scalars = {
            "seeds": float(self.seeds),
            "w1/floor": floor.mean,
            "w1/floor_low": max(0.0, floor.low),
            "w1/floor_high": floor.high,
        }
        if data.modes is not None:
            scalars["held/ceiling"] = len(data.modes)
        return Frame(0, {"real": on_the_plane(reference(data, self.shown))}, scalars)

    def stream(self, state: Mapping[str, np.ndarray] | None = None) -> Iterator[Frame]:
        """Yield the frames of the run, or those after the frame whose ``state`` is given."""
        seeds = range(self.seed, self.seed + self.seeds)
        games = {
            s: Game(self.settings(s), self.sampler(), seeds, given=self.standing())
            for s, _, _ in self.sides()
        }
        found: dict[str, np.ndarray] = {}
        step = 0
        if state is None:
            yield self._frame(0, games, found)
        else:
            step = int(state["step"])
            for side, game in games.items():
                begin = f"{side}/game/"
                game.restore({k.removeprefix(begin): v for k, v in state.items() if begin in k})
            found = {k.removeprefix("found/"): v for k, v in state.items() if "found/" in k}
        while step + STEPS_PER_FRAME <= self.steps:
            for _ in range(STEPS_PER_FRAME):
                for game in games.values():
                    game.step()
            step += STEPS_PER_FRAME
            yield self._frame(step, games, found)

    def _frame(self, step: int, games: Mapping[str, Game], found: dict[str, np.ndarray]) -> Frame:
        data = self.distribution()
        arrays: dict[str, np.ndarray] = {}
        for side, game in games.items():
            noise = game.evaluation_noise(self.shown)
            classes = game.settings.classes
            labels = asked_labels(self.shown, data.shares) if classes else None
            for k, cloud in enumerate(game.generate(noise, labels)):
                near = cloud.nan_to_num(FARTHEST, FARTHEST, -FARTHEST).clamp(-FARTHEST, FARTHEST)
                arrays[f"{side}/{k}/fake"] = on_the_plane(near)
            if step % STEPS_PER_REPORT == 0:
                report = population_report(game, data, COUNTED, FAR)
                for name, values in report.values.items():
                    found[f"{side}/{name}"] = values.numpy()
                found[f"{side}/diverged"] = np.array(len(report.diverged))
        scalars = self._scalars(step, found)
        if step < STEPS_PER_REPORT:  # what was found is that of generators that learned nothing
            sentences = {f"{s}/says": UNMEASURED for s in games}
            sentences["verdict"] = (
                "Nothing of the training is measured yet. The cards show the untrained generators."
            )
        else:
            sentences = {f"{s}/says": self._says(s, scalars) for s in games}
            sentences["verdict"] = self._verdict(found, "held" if data.modes is not None else "w1")
        sentences["look"] = (
            f"{self.seeds} seeds of each game, {self.seed} to {self.seed + self.seeds - 1}, all "
            "with the same settings. Each small picture is one seed: how different are they?"
            if step == 0
            else sentences["verdict"]
        )
        state = None
        last = step + STEPS_PER_FRAME > self.steps
        if step // STEPS_PER_FRAME % FRAMES_PER_STATE == 0 or last:
            state = {"step": np.asarray(step)}
            state |= {f"found/{name}": values for name, values in found.items()}
            for side, game in games.items():
                state |= {f"{side}/game/{name}": v for name, v in game.state().items()}
        return Frame(step, arrays, scalars, sentences, state=state)

    def _scalars(self, step: int, found: Mapping[str, np.ndarray]) -> dict[str, float]:
        scalars: dict[str, float] = {"step": step}
        for full, values in found.items():
            side, _, name = full.partition("/")
            if name == "diverged":
                scalars[full] = float(values)
                continue
            one = summary(torch.from_numpy(values))
            for what, number in _told(one).items():
                if np.isfinite(number):
                    scalars[f"{full}/{what}"] = number
            if name in ("held", "w1"):
                for k, value in enumerate(values.tolist()):
                    if np.isfinite(value):
                        scalars[f"{side}/{k}/{name}"] = value
        return scalars

    def _says(self, side: str, scalars: Mapping[str, float]) -> str:
        gone = int(scalars[f"{side}/diverged"])
        lost = f" {gone} diverged." if gone else ""
        modes = self.distribution().modes
        name = "w1" if modes is None else "held"
        if gone == self.seeds:
            return f"**All {self.seeds} seeds diverged.** Lower the learning rates."
        mean, error = scalars[f"{side}/{name}/mean"], scalars.get(f"{side}/{name}/error", 0.0)
        if modes is None:
            return f"**Exact W₁ {mean:.2f} ± {error:.2f}** over {self.seeds} seeds.{lost}"
        held = [scalars.get(f"{side}/{k}/held", 0.0) for k in range(self.seeds)]
        whole = sum(each == len(modes) for each in held)
        return (
            f"**{mean:.1f} ± {error:.1f} of {len(modes)} modes held.** "
            f"{whole} of {self.seeds} seeds hold them all.{lost}"
        )

    def _verdict(self, found: Mapping[str, np.ndarray], name: str) -> str:
        """Who is ahead in the mean of the seeds; one that diverged is counted as such.

        A seed that diverged holds no mode. It has no distance: a game that has lost seeds is not
        called ahead by the distance of those that are left, nor level by it.
        """
        data = self.distribution()
        titles = {side: title for side, title, _ in self.sides()}
        values = {side: found[f"{side}/{name}"].tolist() for side in titles}
        gone = {side: int(found.get(f"{side}/diverged", 0)) for side in titles}
        told = _diverged(gone, titles, self.seeds)
        what = "by modes held" if name == "held" else "by exact W₁"
        # Eight seeds of which none lost a mode have no spread of their own: one mode is the least
        # difference that can be.
        exact = Band(torch.zeros(1, dtype=torch.float64), 0.0, 0.0, np.inf, high=np.inf)
        floor = exact if name == "held" else standard(data, OF_A_SEED)
        better: Better = "high" if name == "held" else "low"
        kept = {side: [v for v in each if np.isfinite(v)] for side, each in values.items()}
        whole = {side: each for side, each in kept.items() if each}
        if name == "w1" and told:
            best = min(gone, key=gone.__getitem__)
            if not gone[best] and all(gone[s] for s in titles if s != best):
                return f"Only {titles[best]} kept all its seeds.{told}"
            return f"No winner {what}: seeds that diverged have no distance.{told}"
        mean = {side: float(np.mean(each)) for side, each in whole.items()}
        order = sorted(mean, key=lambda s: -mean[s] if better == "high" else mean[s])
        best, *others = order
        looks = max(1, self.steps // STEPS_PER_REPORT) * len(others)
        found_out = [compare(values[best], values[o], floor, better, looks=looks) for o in others]
        wins = [each.winner == "a" for each in found_out]
        if all(wins):
            return (
                f"{titles[best]} is ahead {what}, {mean[best]:.2f} in the mean of {self.seeds} "
                f"seeds; the next has {mean[others[0]]:.2f}.{told}"
            )
        unsure = wins.index(False)
        return (
            f"No winner {what}: the difference between {titles[best]} and "
            f"{titles[others[unsure]]} is within {found_out[unsure].lead:.1f} of its standard "
            f"errors, as {looks} looks at nothing can show.{told}"
        )


def _diverged(gone: Mapping[str, int], titles: Mapping[str, str], seeds: int) -> str:
    """How many seeds of which game diverged, as a sentence after another; empty where none did."""
    lost = [f"{number_word(n)} of {seeds} seeds of {titles[s]}" for s, n in gone.items() if n]
    text = listing(lost)
    return f" {text[:1].upper()}{text[1:]} diverged." if text else ""


def _told(one: Summary) -> dict[str, float]:
    return {
        "mean": one.mean,
        "error": one.standard_error,
        "least": one.least,
        "most": one.most,
    }
