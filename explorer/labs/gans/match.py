"""Two to four games trained side by side, as an experiment: equal seed, data and networks.

All games start from the same weights and meet the same data and noise in the same order; only the
objective differs. Every number is measured on noise that no training step uses, so that a sample
can be followed from frame to frame. Frame k is tick k of the common clock, k = 0, 1, 2, ...

**Frames.** For each side s of "a", "b", "c", "d" that plays (`Match.sides`). Arrays of plane data:

- ``s/fake`` (512, 2) generated points; ``s/tails`` (128, 2) the first of them, ``s/arrows``
  (128, 2) minus the gradient of the generator's own loss there, in true magnitude
- ``s/surface`` (C, C), row 0 at low y, C = 48 for two games and 32 for more: a probability where
  the objective gives one (`OBJECTIVES[...].gives_probability`), else the judge's number less its
  mean over the picture
- ``s/truth`` (C/2, C/2) over the same extent, every 100 ticks: the exact Kantorovich potential,
  mean zero, for critics; D*, a probability, for all others
- ``s/grid`` (17, 17, 2) where the generator sends a lattice of noise, ``s/grid_density`` (17, 17)
  from 0 to 1, one half where points lie as thick as an even spread over the picture
- ``s/slopes`` (24,) shares of ‖∇judge‖ at 128 interpolates, in the bins of the still array
  ``slope_edges``, every 10 ticks
- ``s/shares`` (K,) of all points, those within reach of each mode (data with modes), every 10 ticks

On a line (`LINE_MIXTURES`) points have height 0, and instead of surface, truth and grid there are
``s/profile`` (128,), ``s/truth_profile`` (128,), ``s/histogram`` (64,) a density, ``s/cdf`` (64,),
and for WGAN-GP with random pairs ``s/best_profile`` (128,), what it says at its best.
Of images there are only ``s/tiles`` (40, 8, 8) from −1 to 1, ``s/class_shares`` (10,) and
``s/class_coverage`` (10,).

Scalars: ``step`` (the tick); for each side
``s/step s/updates s/work`` (generator steps, updates of both players, 10⁹ multiply-adds so far),
``s/judge_loss s/generator_loss`` (NaN at tick 0), ``s/gap`` (critics: without the penalty),
``s/slope s/penalty`` (games with a penalty, where it looks), ``s/slope_between`` (any game, at
interpolates), ``s/pull``, ``s/outside`` (share of the samples outside the picture),
``s/certain s/accuracy s/accuracy_real s/accuracy_fake`` (probabilities; accuracies not in
conditional games); with modes, every 10 ticks,
``s/held s/captured s/good s/reverse_kl s/total_variation s/spread``; every 50 ticks
``s/w1 s/density s/coverage``; every 100 ticks ``s/w2 s/sliced s/energy s/mmd s/nn`` (256 points a
side) and ``s/truth_correlation s/truth_rmse``; for judges that are no critics ``s/truth_blunt``
(the correlation with D* through a kernel of 0.1) and ``s/kernel`` (the width that the samples'
likelihood chose); for critics ``s/gap_ratio`` (gap over exact W1 on four pairs of fresh clouds),
``s/gap_noise`` (half of its 95 % interval), ``s/exact_ratio`` (that of the exact critic of 256
other points) and with the penalty of WGAN-GP ``s/gap_least`` (what its best critic has at least)
and, on a line with random pairs, ``s/gap_best`` (what it has); while ``audit`` is on,
every 200 ticks ``s/duality_gap s/judge_gain s/generator_gain``. Of images:
``s/held s/captured s/good s/reverse_kl s/coverage s/density`` and, conditional, ``s/agreement``,
every 50 ticks. A number stands until it is measured anew; one that does not exist is left out.

Sentences: ``s/says``, ``look``, ``verdict``. Event: what happened, and dials that were turned.

**Still.** Arrays ``real`` (512, 2), ``modes`` (K, 2), ``slope_edges`` (25,), ``noise_grid``
(17, 17, 2); on a line ``axis density cdf`` (64,) and ``profile_axis`` (128,); of images ``tiles``
(40, 8, 8). Scalars, for m of ``w1 density coverage w2 sliced energy mmd nn`` and, with modes,
``held captured good reverse_kl spread``: ``m/floor`` (mean of real against real), ``m/noise`` (its
standard deviation), ``m/floor_low`` and ``m/floor_high`` (95 % of them lie between); ``held/ceiling
captured/ceiling good/ceiling coverage/ceiling density/ceiling``, ``spread/ideal nn/ideal``,
``reverse_kl/bias``; of images ``good/ceiling classifier/accuracy``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import torch

from explorer.dials import dial, dials
from explorer.gans.images import held_out_images
from explorer.gans.settings import GameSettings
from explorer.labs.gans import looks, words
from explorer.labs.gans.clocks import CLOCKS
from explorer.labs.gans.data import DATA
from explorer.labs.gans.games import Games
from explorer.labs.gans.side import STEPS_PER_DISTANCE, TILES, Side, pictured
from explorer.labs.gans.standards import standards
from explorer.labs.gans.turning import SIDES
from explorer.runs.frames import Frame

STEPS_PER_FRAME = 1
FRAMES_PER_STATE = 25
MANY = 5  # updates of a judge, whose price a help tells
CELLS = {2: 48, 3: 32, 4: 32}
"""Of the judge's surface, each way, by the number of games."""

POSITIONS = ("fake", "tails", "grid")
GROUNDS = ("surface", "truth", "grid_density", "tiles")


@dataclass(frozen=True, kw_only=True)
class Match(Games):
    """Two to four games; ``changes`` lists the dials that were turned while they trained.

    ``clock`` says what a tick is: one step of every generator ("generator"), equally many updates
    of both players together ("updates"), or equal arithmetic ("time": counted multiply-adds, which
    a stopwatch follows but for the start of each operation, so that equal matches stay equal).
    The dearest game makes one step a tick, and the others as many as that pays for.
    Raises ValueError with one line that names what is wrong.
    """

    points: str = ""  # of an uploaded table, as `data.points_text` writes them
    steps: int = dial(
        4_000, "Ticks", low=10, high=100_000, offered=(1_000, 2_000, 4_000, 10_000, 20_000)
    )
    clock: str = dial(
        "generator",
        "Equal",
        "What is equal at every tick: updates of the generators, of both players together, or "
        f"arithmetic. A step with {MANY} updates of its judge costs {looks.dearer_in_words(MANY)} "
        "the arithmetic of a step with one, by objective.",
        choices=CLOCKS,
    )
    audit: bool = dial(
        False, "Duality gap", "Measures every 200 ticks what each player could gain.", live=True
    )

    precision: ClassVar[Mapping[str, str]] = {
        "real": "uint16",
        "tiles": "uint8",
        **{f"{side}/{what}": "uint16" for side in SIDES for what in POSITIONS},
        **{f"{side}/{what}": "uint8" for side in SIDES for what in GROUNDS},
    }

    def _points(self) -> str:
        return self.points

    @property
    def frame_count(self) -> int:
        """The number of frames of a whole run."""
        return self.steps // STEPS_PER_FRAME + 1

    def shared_steps(self, other: object) -> int:
        """Up to which tick two matches are equal; -1 where they start apart."""
        if not isinstance(other, Match):
            return -1
        if replace(self, changes="", steps=10) != replace(other, changes="", steps=10):
            return -1
        ours, theirs = self.turns(), other.turns()
        same = 0
        while same < min(len(ours), len(theirs)) and ours[same] == theirs[same]:
            same += 1
        ends = [turns[same][0] for turns in (ours, theirs) if same < len(turns)]
        return min([*ends, self.steps, other.steps])

    def still(self, hurried: bool = False) -> Frame:
        """The data, and what two samples of it have between them.

        A ``hurried`` one leaves that out where it is not shipped, for it takes seconds.
        """
        data = self.distribution()
        between = {} if hurried and DATA.get(data.name) is not data else standards(data)
        arrays: dict[str, np.ndarray] = {"slope_edges": looks.SLOPE_EDGES}
        if data.kind == "image":
            arrays["tiles"] = held_out_images().pixels[:TILES].view(-1, 8, 8).numpy()
            return Frame(0, arrays, between)
        real = pictured(self)
        if data.kind == "line":
            assert data.log_density is not None
            assert data.cdf is not None
            axis = looks.along(data.extent, looks.BINS)
            half = (data.extent[1] - data.extent[0]) / looks.BINS / 2
            arrays |= {
                "axis": axis[:, 0].numpy(),
                "density": data.log_density(axis, 0.0).exp().numpy(),
                "cdf": data.cdf(axis + half).numpy(),
                "profile_axis": looks.along(data.extent, looks.PROFILE)[:, 0].numpy(),
            }
            real = torch.cat([real, torch.zeros_like(real)], dim=1)
        arrays["real"] = real.numpy()
        if data.modes is not None and data.kind == "plane":
            arrays["modes"] = data.modes.numpy()
        lattice, _ = looks.noise_lattice(self.noise, self.noise_dim)
        arrays["noise_grid"] = lattice[..., [0, min(1, self.noise_dim - 1)]].numpy()
        return Frame(0, arrays, between)

    def players(self) -> list[Side]:
        """All games at their start."""
        playing = self.sides()
        return [Side(self, s, title, CELLS[len(playing)]) for s, title, _ in playing]

    def stream(self, state: Mapping[str, np.ndarray] | None = None) -> Iterator[Frame]:
        """Yield the frames of the run, or those after the frame whose ``state`` is given."""
        turns = dict(self.turns())
        step = 0 if state is None else int(state["step"])
        sides = self.players() if state is None else self._restored(state)
        if state is None:
            yield self._frame(0, sides, turns)
        while step < self.steps:
            self._play(sides, turns.get(step, {}))
            step += 1
            frame = self._frame(step, sides, turns)
            yield frame
            if frame.trouble:
                return

    def players_at(self, tick: int, state: Mapping[str, np.ndarray]) -> list[Side]:
        """All games as they stood at a tick, played on from an earlier ``state``, not measured.

        ValueError for a tick before the state or after the end, and where a game had diverged.
        """
        step, turns = int(state["step"]), dict(self.turns())
        if not step <= tick <= self.steps:
            raise ValueError(f"the tick must be between {step:,} and {self.steps:,}, not {tick:,}")
        sides = self._restored(state)
        for at in range(step, tick):
            self._play(sides, turns.get(at, {}))
        for trouble in (side.trouble(tick) for side in sides):
            if trouble:
                raise ValueError(trouble)
        return sides

    def _restored(self, state: Mapping[str, np.ndarray]) -> list[Side]:
        """All games as they stood when this state was kept."""
        sides, step = self.players(), int(state["step"])
        for side in sides:
            for at, values in self.turns():  # what was turned before it, so that its shapes fit
                if at < step:
                    side.turn(values)
            side.restore({k: v for k, v in state.items() if k.startswith(f"{side.name}/")})
        return sides

    def _play(self, sides: list[Side], turned: Mapping[str, Any]) -> None:
        """One tick of all games, with what is turned at its beginning."""
        for side in sides:
            side.turn(turned)
        budget = max(side.cost(self.clock) for side in sides)
        for side in sides:
            side.play(budget, self.clock)

    @property
    def _looks(self) -> int:
        """How often the distances of a whole run are looked at."""
        return self.steps // STEPS_PER_DISTANCE + 1

    def opening(self) -> Frame:
        """The first frame of the run, as far as it is known at once: without exact distances."""
        return self._frame(0, self.players(), {}, hurried=True)

    def _frame(
        self,
        step: int,
        sides: list[Side],
        turns: Mapping[int, dict[str, Any]],
        hurried: bool = False,
    ) -> Frame:
        trouble = next((side.trouble(step) for side in sides if side.trouble(step)), "")
        if trouble:
            return Frame(step, trouble=trouble)
        arrays: dict[str, np.ndarray] = {}
        scalars: dict[str, float] = {"step": step}
        events = []
        audit = self.audit
        for at in sorted(turns):
            audit = turns[at].get("audit", audit) if at < step else audit
        for side in sides:
            try:
                event = side.measure(step, arrays, scalars, audit, hurried)
            except ValueError as error:
                return Frame(step, trouble=f"{side.title} diverged at step {step:,}: {error}.")
            if event:
                events.append(f"{side.title} {event}")
        events += [_told(name, value) for name, value in turns.get(step - 1, {}).items()]
        told = [(side.name, side.title, side.game.settings.objective) for side in sides]
        sentences = {f"{side.name}/says": side.says(scalars) for side in sides}
        verdict = "" if hurried else words.verdict(self.distribution(), told, scalars, self._looks)
        sentences["verdict"] = verdict
        rules = [side.game.settings for side in sides]
        sentences["look"] = words.look(
            step,
            [each.critic_steps for each in rules],
            self.clock,
            sides[0].count,
            told,
            scalars,
            sentences["verdict"],
            obstacles=[side.obstacle(_own(scalars, side.name)) for side in sides],
            presets=[words.preset_of(self.data, each) for each in rules],
        )
        if self.distribution().kind == "image":
            sentences["look"] = sentences["look"].replace(" modes", " digits")
        due = step // STEPS_PER_FRAME % FRAMES_PER_STATE == 0 or step == self.steps
        return Frame(
            step,
            arrays,
            scalars,
            sentences,
            event="; ".join(events),
            state=_state(step, sides) if due else None,
        )


def _state(step: int, sides: list[Side]) -> dict[str, np.ndarray]:
    found: dict[str, np.ndarray] = {"step": np.asarray(step)}
    for side in sides:
        found |= side.state()
    return found


def _own(scalars: Mapping[str, float], letter: str) -> dict[str, float]:
    """The numbers of one side, by their names without it."""
    begin = f"{letter}/"
    return {k.removeprefix(begin): v for k, v in scalars.items() if k.startswith(begin)}


def _told(name: str, value: Any) -> str:
    owner, _, turned = name.rpartition(".")
    row = (dials(GameSettings) | dials(Match))[turned]
    told = f"{row.name} {row.written(value)}"
    return f"{owner.upper()}: {told}" if owner else told


def warm_up() -> None:
    """Load the solver of transport, which takes seconds, and measure the floors of the default."""
    standards(Match().distribution())
