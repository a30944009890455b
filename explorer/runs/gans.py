"""A GAN and a WGAN-GP trained side by side, as an experiment: equal seed, data and networks.

Both games start from the same weights of both networks and see the same data and the same noise in
the same order; only the objective differs. Every number of a frame is measured on fixed noise that
no training step uses, so that a sample can be followed from frame to frame.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Any, ClassVar

import numpy as np
import torch

from explorer.gans.distributions import distribution, stratified
from explorer.gans.game import Game
from explorer.gans.learned import (
    Floor,
    expected_coverage,
    mode_report,
    neighbour_coverage,
    w1_floor,
)
from explorer.gans.settings import GameSettings
from explorer.runs.frames import Frame
from explorer.runs.narration import Story, mode_names, what_to_look_for
from explorer.transport import wasserstein

STEPS_PER_FRAME = 1
STEPS_PER_REPORT = 2  # the modes of 2,500 samples cost 2 ms
STEPS_PER_DISTANCE = 20  # exact W1 and coverage cost 20 ms
FRAMES_PER_STATE = 100
SHOWN = 512  # points of each game in the picture, and in exact W1
MEASURED = 2_500  # samples behind modes and shares, as in Srivastava et al. 2017
ARROWS = 128
NEIGHBOURS = 5  # of coverage, as in Naeem et al. 2020
CELLS = 48  # of the judge's surface, each way

OBJECTIVES = ("non_saturating", "minimax")
LIVE = ("critic_steps", "generator_rate", "critic_rate", "penalty_weight")


@dataclass(frozen=True)
class Duel:
    """A GAN against a WGAN-GP. ``changes`` lists the dials that were turned while it trained.

    ``changes`` reads ``"400:critic_steps=1;900:penalty_weight=10"``: from step 400 on one
    discriminator step, from step 900 on another penalty weight. Raises ValueError with one line
    that names what is wrong.
    """

    data: str = "ring"
    objective: str = "non_saturating"  # of the GAN; the other game is always WGAN-GP
    seed: int = 5
    critic_steps: int = 5  # equal for both: the better the judge, the worse the GAN
    generator_rate: float = 1e-3
    critic_rate: float = 1e-3
    penalty_weight: float = 0.1  # Gulrajani's toy code; the paper uses 10 on images
    width: int = 64
    depth: int = 3
    activation: str = "relu"
    batch: int = 256
    noise_dim: int = 2
    beta1: float = 0.5
    beta2: float = 0.9
    steps: int = 4_000
    changes: str = ""

    precision: ClassVar[Mapping[str, str]] = {
        "real": "uint16",
        "gan/fake": "uint16",
        "wgan/fake": "uint16",
        "gan/surface": "uint8",
        "wgan/surface": "uint8",
        "gan/tails": "uint16",
        "wgan/tails": "uint16",
    }

    def __post_init__(self) -> None:
        distribution(self.data)
        if self.objective not in OBJECTIVES:
            raise ValueError(
                f"unknown objective {self.objective!r}; choose from "
                + ", ".join(map(repr, OBJECTIVES))
            )
        if not 10 <= self.steps <= 100_000:
            raise ValueError(f"steps must be between 10 and 100000, not {self.steps}")
        if self.batch > 1024:
            raise ValueError(f"batch must be at most 1024 here, not {self.batch}")
        if self.width > 256:
            raise ValueError(f"width must be at most 256 here, not {self.width}")
        if self.critic_steps > 20:
            raise ValueError(f"critic_steps must be at most 20 here, not {self.critic_steps}")
        self.settings("gan")
        step = 0
        for step_after, turned in self.turns():
            if step_after <= step:
                raise ValueError(f"changes must come at rising steps, not at {step_after} again")
            step = step_after
            replace(self, changes="", **turned)

    @property
    def frame_count(self) -> int:
        """The number of frames of a whole run."""
        return self.steps // STEPS_PER_FRAME + 1

    def settings(self, side: str) -> GameSettings:
        """Return the settings of one game before any dial was turned; side is "gan" or "wgan"."""
        return GameSettings(
            objective=self.objective if side == "gan" else "wasserstein_gp",
            width=self.width,
            depth=self.depth,
            activation=self.activation,
            noise_dim=self.noise_dim,
            batch=self.batch,
            critic_steps=self.critic_steps,
            generator_rate=self.generator_rate,
            critic_rate=self.critic_rate,
            betas=(self.beta1, self.beta2),
            penalty_weight=self.penalty_weight,
            seed=self.seed,
        )

    def turns(self) -> list[tuple[int, dict[str, Any]]]:
        """Return what was turned when: (step, new values), in the order of ``changes``."""
        found = []
        for piece in filter(None, self.changes.split(";")):
            step, _, values = piece.partition(":")
            try:
                pairs = dict(pair.split("=", 1) for pair in values.split(","))
                turned = {name: type(getattr(self, name))(pairs[name]) for name in pairs}
                found.append((int(step), turned))
            except (ValueError, AttributeError, TypeError):
                raise ValueError(
                    f"a change must read '400:critic_steps=1', not {piece[:40]!r}"
                ) from None
            if wrong := set(turned) - set(LIVE):
                raise ValueError(
                    f"{min(wrong)} cannot change while it trains; choose from "
                    + ", ".join(map(repr, LIVE))
                )
        if len(found) > 50:
            raise ValueError(f"at most 50 changes fit into one run, not {len(found)}")
        return found

    def turned(self) -> "Duel":
        """Return the duel whose dials stand where this one's stand at its end."""
        end: dict[str, Any] = {}
        for _, values in self.turns():
            end |= values
        return replace(self, changes="", **end)

    def turn(self, step: int, wanted: "Duel") -> "Duel":
        """Return this duel with its dials turned to ``wanted`` after ``step``.

        Where more than a live dial differs, or nothing was trained yet, that is a new duel.
        """
        now = self.turned()
        different = [
            f.name for f in fields(self) if getattr(now, f.name) != getattr(wanted, f.name)
        ]
        if not different:
            return self
        before = [(at, values) for at, values in self.turns() if at < step]
        if step <= 0 or not set(different) <= set(LIVE) or len(before) >= 50:
            return replace(wanted, changes="")
        base = replace(self, changes=_written(before))
        stood = base.turned()
        news = {
            name: getattr(wanted, name)
            for name in LIVE
            if getattr(wanted, name) != getattr(stood, name)
        }
        return replace(base, changes=_written([*before, (step, news)] if news else before))

    def shared_steps(self, other: object) -> int:
        """Return the step up to which two duels are equal; -1 where they start apart."""
        if not isinstance(other, Duel):
            return -1
        if replace(self, changes="", steps=10) != replace(other, changes="", steps=10):
            return -1
        ours, theirs = self.turns(), other.turns()
        same = 0
        while same < min(len(ours), len(theirs)) and ours[same] == theirs[same]:
            same += 1
        ends = [turns[same][0] for turns in (ours, theirs) if same < len(turns)]
        return min([*ends, self.steps, other.steps])

    def still(self) -> Frame:
        """Return the data, and what two samples of it have between them."""
        reference = reference_points(self.data)
        floor = reference_floor(self.data)
        scalars = {
            "w1_floor": floor.mean,
            "w1_noise": floor.std,
            "w1_floor_low": max(0.0, floor.mean - 2 * floor.std),
            "w1_floor_high": floor.mean + 2 * floor.std,
            "coverage_ceiling": expected_coverage(SHOWN, SHOWN, NEIGHBOURS),
        }
        return Frame(0, {"real": reference.numpy()}, scalars)

    def stream(self, state: Mapping[str, np.ndarray] | None = None) -> Iterator[Frame]:
        """Yield the frames of the run, or those after the frame whose ``state`` is given."""
        sides = [Side(self, "gan"), Side(self, "wgan")]
        floor = self.still().scalars
        step = 0
        if state is None:
            yield self._frame(0, sides, floor)
        else:
            step = int(state["step"])
            for side in sides:
                side.restore({k: v for k, v in state.items() if k.startswith(side.name)})
        turns = dict(self.turns())
        settled: dict[str, Any] = {}
        for at in sorted(turns):
            if at < step:
                settled |= turns[at]
        for side in sides:
            side.turn(settled)
        while step + STEPS_PER_FRAME <= self.steps:
            for _ in range(STEPS_PER_FRAME):
                if step in turns:
                    for side in sides:
                        side.turn(turns[step])
                for side in sides:
                    side.game.step()
                step += 1
            frame = self._frame(step, sides, floor)
            yield frame
            if frame.trouble:
                return

    def _frame(self, step: int, sides: "list[Side]", floor: Mapping[str, float]) -> Frame:
        trouble = next((side.trouble(step) for side in sides if side.trouble(step)), "")
        if trouble:
            return Frame(step, trouble=trouble)
        arrays: dict[str, np.ndarray] = {}
        scalars: dict[str, float] = {"step": step}
        events = []
        for side in sides:
            try:
                event = side.measure(step, arrays, scalars)
            except ValueError as error:
                return Frame(step, trouble=f"{side.title} diverged at step {step:,}: {error}.")
            if event:
                events.append(f"{side.title} {event}")
        turns = dict(self.turns())
        for at in range(step - STEPS_PER_FRAME, step):
            for name, value in turns.get(at, {}).items():
                events.append(f"{DIAL_NAMES[name]} {value:g}")
        sentences = {f"{side.name}/says": side.says(scalars) for side in sides}
        now = sides[0].game.settings
        known = {**scalars, **floor}
        sentences["look"] = what_to_look_for(step, now.critic_steps, sides[0].count, known)
        index = step // STEPS_PER_FRAME
        return Frame(
            step,
            arrays,
            scalars,
            sentences,
            event="; ".join(events),
            state=_state(step, sides) if index % FRAMES_PER_STATE == 0 else None,
        )


@cache
def reference_points(name: str) -> torch.Tensor:
    """Return the data points of every picture, equally many of each mode where there are any."""
    data, rng = distribution(name), torch.Generator().manual_seed(0)
    return data.sample(SHOWN, rng) if data.modes is None else stratified(data, SHOWN, rng)


@cache
def reference_floor(name: str) -> Floor:
    """Return what other samples of the data have between them and the points of the picture."""
    rng = torch.Generator().manual_seed(1)
    return w1_floor(distribution(name), SHOWN, 8, rng, reference_points(name))


DIAL_NAMES = {
    "critic_steps": "discriminator steps",
    "generator_rate": "generator's rate",
    "critic_rate": "judge's rate",
    "penalty_weight": "penalty",
}


class Side:
    """One of the two games, with what is measured on it and what it did so far."""

    def __init__(self, duel: Duel, name: str) -> None:
        self.name = name
        self.title = "WGAN-GP" if name == "wgan" else "GAN"
        self.data = distribution(duel.data)
        self.game = Game(duel.settings(name), self.data.sample)
        self.noise = self.game.evaluation_noise(MEASURED)
        self.reference = reference_points(duel.data)
        self.cells = cell_centres(self.data.extent, CELLS)
        centres = self.data.modes
        self.count = 0 if centres is None else len(centres)
        self.story = Story(() if centres is None else mode_names(centres.numpy()))
        self.modes: dict[str, float] = {}
        self.distances: dict[str, float] = {}

    def turn(self, values: Mapping[str, Any]) -> None:
        """Turn dials of the game where it stands; weights and optimizer stay as they are."""
        if values:
            state = self.game.state()
            self.game = Game(replace(self.game.settings, **values), self.data.sample)
            self.game.restore(state)

    def trouble(self, step: int) -> str:
        """Return why the game cannot go on; empty while it can."""
        if self.game.finite():
            return ""
        return (
            f"{self.title} diverged by step {step:,}: its weights left the range of floating "
            "point. Lower its learning rate and train again."
        )

    def measure(self, step: int, arrays: dict[str, np.ndarray], scalars: dict[str, float]) -> str:
        """Add the game's arrays and numbers to a frame; return what happened, if anything did.

        Raises ValueError when the samples are not finite.
        """
        name = self.name
        report_due = step % STEPS_PER_REPORT == 0
        samples = self.game.generate(self.noise if report_due else self.noise[:SHOWN])
        pull = self.game.generator_pull(self.noise[:ARROWS])
        surface = self.game.judge(self.cells).view(CELLS, CELLS)
        if name == "gan":
            surface = surface.sigmoid()
            scalars[f"{name}/certain"] = float(((surface - 0.5).abs() > 0.45).float().mean())
        else:
            surface = surface - surface.mean()  # a critic is known up to a constant
        arrays |= {
            f"{name}/fake": samples[:SHOWN].numpy(),
            f"{name}/surface": surface.numpy(),
            f"{name}/tails": samples[:ARROWS].numpy(),
            f"{name}/arrows": pull.numpy(),
        }
        scalars |= {f"{name}/{what}": value for what, value in self._losses().items()}
        scalars[f"{name}/pull"] = float(pull.norm(dim=1).mean())
        if step % STEPS_PER_DISTANCE == 0:
            self.distances = self._far(samples[:SHOWN])
        scalars |= {f"{name}/{what}": value for what, value in self.distances.items()}
        event = self._report(step, samples) if self.count and report_due else ""
        scalars |= {f"{name}/{what}": value for what, value in self.modes.items()}
        return event

    def _report(self, step: int, samples: torch.Tensor) -> str:
        report = mode_report(samples, self.data)
        self.modes = {
            "held": report.modes_held,
            "captured": report.modes_captured,
            "good": report.good_share,
        }
        return self.story.watch(step, STEPS_PER_REPORT, report.held.numpy())

    def says(self, scalars: Mapping[str, float]) -> str:
        """Return what the game is doing, in words."""
        if self.count:
            now = int(scalars[f"{self.name}/held"])
            return f"**{now} of {self.count} modes held.** {self.story.sentence(now)}"
        coverage = scalars[f"{self.name}/coverage"]
        return f"**It covers {coverage:.0%} of the data.** {self._distance_in_words(scalars)}"

    def state(self) -> dict[str, np.ndarray]:
        """Return everything the side needs to go on, its names under the side's own."""
        parts: dict[str, Mapping[str, np.ndarray]] = {
            "game": self.game.state(),
            "story": self.story.state(),
            "modes": {what: np.asarray(value) for what, value in self.modes.items()},
            "far": {what: np.asarray(value) for what, value in self.distances.items()},
        }
        return {
            f"{self.name}/{part}/{key}": np.asarray(value)
            for part, values in parts.items()
            for key, value in values.items()
        }

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Go on from a state."""
        parts: dict[str, dict[str, np.ndarray]] = {"game": {}, "story": {}, "modes": {}, "far": {}}
        for full, value in state.items():
            side, _, rest = full.partition("/")
            part, _, key = rest.partition("/")
            if side == self.name:
                parts[part][key] = value
        self.game.restore(parts["game"])
        self.story.restore(parts["story"])
        self.modes = {what: float(value) for what, value in parts["modes"].items()}
        self.distances = {what: float(value) for what, value in parts["far"].items()}

    def _far(self, samples: torch.Tensor) -> dict[str, float]:
        found = {"w1": wasserstein(samples, self.reference)}
        if not self.count:
            near = neighbour_coverage(self.reference, samples, NEIGHBOURS)
            found |= {"coverage": near.coverage, "density": near.density}
        return found

    def _losses(self) -> dict[str, float]:
        losses = self.game.losses()
        found = {"judge_loss": float(losses.judge), "generator_loss": float(losses.generator)}
        if self.name == "wgan":
            found |= {"gap": float(losses.gap), "slope": float(losses.slope)}
        return found

    def _distance_in_words(self, scalars: Mapping[str, float]) -> str:
        return f"Its exact W₁ to the data is {scalars[f'{self.name}/w1']:.2f}."


def cell_centres(extent: tuple[float, float, float, float], count: int) -> torch.Tensor:
    """Return the centres of count × count cells of a picture, (count², 2), rows from low y up."""
    x0, x1, y0, y1 = extent
    x = x0 + (x1 - x0) * (torch.arange(count) + 0.5) / count
    y = y0 + (y1 - y0) * (torch.arange(count) + 0.5) / count
    return torch.cartesian_prod(y, x).flip(1).contiguous()


def warm_up() -> None:
    """Load the solver of transport, which takes seconds, and measure the floor of the default."""
    reference_floor(Duel().data)


def _state(step: int, sides: "list[Side]") -> dict[str, np.ndarray]:
    found: dict[str, np.ndarray] = {"step": np.asarray(step)}
    for side in sides:
        found |= side.state()
    return found


def _written(turns: list[tuple[int, dict[str, Any]]]) -> str:
    return ";".join(
        f"{step}:" + ",".join(f"{name}={value!r}" for name, value in sorted(values.items()))
        for step, values in turns
    )
