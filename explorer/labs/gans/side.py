"""One game of a match, with what is measured on it and what it did so far."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, assert_never

import numpy as np
import torch
from torch import Tensor

from explorer.gans.audit import duality_gap
from explorer.gans.conditional import asked_labels
from explorer.gans.distances import discriminator_accuracy
from explorer.gans.distributions import Distribution
from explorer.gans.game import Game
from explorer.gans.given import noise_of_each
from explorer.gans.images import CLASSES, class_report
from explorer.gans.learned import mode_report
from explorer.labs.gans import looks, words
from explorer.labs.gans.beside import OF_THE_TRUTH, truth_beside
from explorer.labs.gans.clocks import CLOCKS
from explorer.labs.gans.data import SHOWN, cloud_of
from explorer.labs.gans.narration import Story, mode_names
from explorer.labs.gans.standards import FAR, FEWER, MEASURED, NEAR, reference
from explorer.labs.prose import percent

if TYPE_CHECKING:
    from explorer.labs.gans.games import Games

STEPS_PER_REPORT = 10  # modes, slopes and accuracy cost 2 ms
STEPS_PER_DISTANCE = 50  # exact W1 and coverage cost 40 ms
STEPS_PER_FAR = 100  # the other distances and the truth cost 80 ms
STEPS_PER_AUDIT = 200  # two hundred updates of copies
STEPS_PER_TILES = 10
PATIENCE = 4  # reports until a mode counts as gained or lost
ARROWS = 128
TILES = 40
IMAGES = 449  # as many tiles are classified as there are held-out images
OF_ONE_OBJECTIVE = ("accuracy", "accuracy_real", "accuracy_fake", *OF_THE_TRUTH)


class Side:
    """A game called "a", "b", "c" or "d"; ``held`` and ``kept`` stand until they are measured anew.

    Everything is measured on noise and points that no step of the training uses.
    """

    def __init__(self, match: "Games", name: str, title: str, cells: int) -> None:
        self.match, self.name, self.title = match, name, title
        self.data = match.distribution()
        self.dials: dict[str, Any] = {}
        self.game = Game(match.settings(name), match.sampler(), given=match.standing())
        self.real = pictured(match)
        if match.conditional and self.data.kind != "image":
            self.labels_of_real = _nearest_labels(self.data, self.real)
        self.story = Story(_names(self.data), patience=PATIENCE)
        self.count = len(self.story.names)
        self.credit = 0.0
        self.updates = 0
        self.work = 0.0
        self.held: dict[str, float] = {}
        self.kept: dict[str, np.ndarray] = {}
        self._places(cells)
        self.due = False  # whether the truth is another one since the last frame
        self._look()

    def _places(self, cells: int) -> None:
        """Where the judge is asked, and where the truth is."""
        extent = self.data.extent
        self.shape: tuple[int, ...]
        self.coarse_shape: tuple[int, ...]
        match self.data.kind:
            case "plane":  # the truth changes slowly, and every frame carries it
                half = cells // 2
                self.shape, self.coarse_shape = (cells, cells), (half, half)
                self.cells = looks.cell_centres(extent, cells)
                self.coarse = looks.cell_centres(extent, half)
            case "line":
                self.shape = self.coarse_shape = (looks.PROFILE,)
                self.cells = self.coarse = looks.along(extent, looks.PROFILE)
            case "image":
                pass
            case _:
                assert_never(self.data.kind)

    def _look(self) -> None:
        settings = self.game.settings
        self.rules = self.game.objective
        self.noise = self.game.evaluation_noise(MEASURED)
        if self.game.given is not None:  # all of its points, each of them once
            count = len(self.game.given)
            self.noise = noise_of_each(count, settings.noise_dim, settings.noise)
        asked = settings.classes > 0
        self.labels = asked_labels(MEASURED, self.data.shares) if asked else None
        self.lattice, self.thickness = looks.noise_lattice(settings.noise, settings.noise_dim)
        self.work_of_a_step = looks.work_of_a_step(self.game)

    def turn(self, values: Mapping[str, Any]) -> None:
        """Turn dials of the game where it stands; weights and fitting optimizers stay."""
        if not values:
            return
        self.dials |= values
        settings = self.match.at(self.dials, self.name).settings(self.name)
        if settings != self.game.settings:
            if settings.objective != self.game.settings.objective:
                self.due = True
                for name in OF_ONE_OBJECTIVE:
                    self.held.pop(name, None)
            state = self.game.state()
            self.game = Game(settings, self.match.sampler(), given=self.match.standing())
            self.game.restore(state)
            self._look()

    def cost(self, clock: str) -> float:
        """What one step costs on a clock."""
        return CLOCKS[clock].cost(self.game.settings.critic_steps + 1.0, self.work_of_a_step)

    def play(self, budget: float, clock: str) -> None:
        """As many steps as the budget of one tick pays for, what is left of earlier ones added."""
        self.credit += budget
        cost = self.cost(clock)
        while self.credit >= cost * (1 - 1e-9):
            self.game.step()
            self.credit -= cost
            self.updates += self.game.settings.critic_steps + 1
            self.work += self.work_of_a_step

    def trouble(self, step: int) -> str:
        """Why the game cannot go on; empty while it can."""
        if self.game.finite():
            return ""
        return (
            f"{self.title} diverged by step {step:,}: its weights left the range of floating "
            "point. Lower its learning rate and train again."
        )

    def obstacle(self, numbers: Mapping[str, float]) -> str:
        """Why more training like this would not help, in one sentence; empty where nothing is seen.

        Of the ``numbers`` of a frame, by their names without the side.
        """
        settings = self.game.settings
        told = {"step": self.game.step_count, **numbers}
        return words.obstacle(self.title, settings, told)

    def measure(
        self,
        step: int,
        arrays: dict[str, np.ndarray],
        scalars: dict[str, float],
        audit: bool,
        hurried: bool = False,
    ) -> str:
        """Add the game's arrays and numbers to a frame; return what happened, if anything did.

        A ``hurried`` frame goes without what takes longest: distances, the truth and the audit.
        Raises ValueError when the samples, or what the judge says of them, are not finite.
        """
        found: dict[str, np.ndarray] = {}
        numbers: dict[str, float] = {
            "step": self.game.step_count,
            "updates": self.updates,
            "work": self.work,
        }
        if self.data.kind == "image":
            event = self._tiles(step)
        else:
            report_due = step % STEPS_PER_REPORT == 0
            samples = self._made(MEASURED if report_due else SHOWN)
            self._picture(samples, found, numbers)
            if not all(np.isfinite(array).all() for array in found.values()):
                raise ValueError("its samples or its judge's values are NaN or infinite")
            event = self._report(step, samples) if report_due else ""
            if step % STEPS_PER_DISTANCE == 0 and not hurried:
                self._measure(NEAR, self.real, samples[:SHOWN])
            if step % STEPS_PER_FAR == 0 and not hurried:
                self._measure(FAR, pictured(self.match, FEWER), samples[: self.few])
            if (step % STEPS_PER_FAR == 0 or self.due) and not hurried:
                self._truth(samples[: self.few])
                self.due = False
        self._losses(numbers)
        if audit and step % STEPS_PER_AUDIT == 0 and not hurried:
            gap = duality_gap(self.game)
            self.held |= {
                "duality_gap": float(gap.gap),
                "judge_gain": float(gap.judge_gain),
                "generator_gain": float(gap.generator_gain),
            }
        arrays |= {f"{self.name}/{what}": each for what, each in (found | self.kept).items()}
        numbers |= self.held
        scalars |= {f"{self.name}/{what}": value for what, value in numbers.items()}
        return event

    def _made(self, count: int) -> Tensor:
        labels = None if self.labels is None else self.labels[:count]
        return self.game.generate(self.noise[:count], labels)

    def _picture(
        self, samples: Tensor, found: dict[str, np.ndarray], numbers: dict[str, float]
    ) -> None:
        labels = None if self.labels is None else self.labels[:ARROWS]
        pull = self.game.generator_pull(self.noise[:ARROWS], labels, beside=self._beside(labels))
        ground = looks.judged(self.game, self.cells)
        shown = looks.as_shown(self.game, ground).view(self.shape).numpy()
        numbers["pull"] = float(pull.norm(dim=1).mean())
        numbers["outside"] = looks.outside(samples[:SHOWN], self.data.extent)
        if self.rules.gives_probability:
            numbers["certain"] = looks.certain_share(shown)
        found |= {
            "fake": on_the_plane(samples[:SHOWN]),
            "tails": on_the_plane(samples[:ARROWS]),
            "arrows": on_the_plane(pull),
        }
        if self.data.kind == "line":
            low, high = self.data.extent[:2]
            inside = samples[:SHOWN, 0].clamp(low, high).double().numpy()
            counts = np.histogram(inside, looks.BINS, (low, high))[0]
            width = (high - low) / looks.BINS
            found |= {
                "profile": shown,
                "histogram": counts / (len(inside) * width),
                "cdf": counts.cumsum() / len(inside),
            }
            return
        found["surface"] = shown
        nodes = self.lattice.view(-1, self.lattice.shape[-1])
        grid_labels = None if self.labels is None else torch.zeros(len(nodes), dtype=torch.long)
        grid = self.game.generate(nodes, grid_labels).view(looks.LINES, looks.LINES, 2)
        found["grid"] = grid.numpy()
        thick = looks.lattice_density(grid, self.lattice, self.thickness, self.data.extent)
        found["grid_density"] = thick.numpy()

    def _beside(self, labels: Tensor | None) -> Tensor | None:
        """What the judge says of data, a point for each arrow, where the generator is compared.

        In a conditional game of the same label; None where nothing is compared.
        """
        if not self.rules.relativistic:
            return None
        if labels is None:
            return self.game.judge(self._some_real(ARROWS))
        return self.game.judge(self.real[_alike(self.labels_of_real, labels)], labels)

    @property
    def few(self) -> int:
        """How many points a side what is slow is measured of: all of a generator's given ones."""
        return FEWER if self.game.given is None else len(self.game.given)

    def _some_real(self, count: int) -> Tensor:
        """So many of the data's points, of all parts of it; the first ones of given points."""
        return self.real[:: SHOWN // count] if self.game.given is None else self.real[:count]

    def _report(self, step: int, samples: Tensor) -> str:
        some = slice(0, ARROWS)
        labels = None if self.labels is None else self.labels_of_real[some]
        slopes = self.game.slopes_between(self.real[some], self.noise[some], labels)
        self.held["slope_between"] = float(slopes.mean())
        self.kept["slopes"] = looks.slope_shares(slopes)
        if self.rules.gives_probability and self.labels is None:
            on_real = self.game.judge(self._some_real(FEWER))
            on_fake = self.game.judge(samples[: self.few])
            right = discriminator_accuracy(self.game.settings.objective, on_real, on_fake)
            self.held |= {"accuracy_real": right[0], "accuracy_fake": right[1]}
            self.held["accuracy"] = sum(right) / 2
        if not self.count:
            return ""
        report = mode_report(samples, self.data)
        self.held |= {
            "held": report.modes_held,
            "captured": report.modes_captured,
            "good": report.good_share,
            "reverse_kl": report.reverse_kl,
            "total_variation": report.total_variation,
        }
        spread = float(report.spread.nanmean())
        self._set("spread", spread)
        self.kept["shares"] = report.shares.numpy()
        return self.story.watch(step, STEPS_PER_REPORT, report.held.numpy())

    def _set(self, name: str, value: float) -> None:
        """Keep a number until it is measured anew; one that does not exist now is not shown."""
        if np.isfinite(value):
            self.held[name] = value
        else:
            self.held.pop(name, None)

    def _measure(self, what: Mapping[str, Any], real: Tensor, samples: Tensor) -> None:
        for name, measure in what.items():
            self._set(name, measure(real, samples))

    def _truth(self, samples: Tensor) -> None:
        """The exact critic or the optimal discriminator of these samples, beside the learned."""
        name = "truth_profile" if self.data.kind == "line" else "truth"
        real = pictured(self.match, FEWER)
        found = truth_beside(self.game, self.data, real, samples, self.coarse)
        self.kept[name] = found.picture.view(self.coarse_shape).numpy()
        self.kept.pop("best_profile", None)
        if found.best is not None:
            self.kept["best_profile"] = found.best.numpy()
        for number in OF_THE_TRUTH:
            self._set(number, found.numbers.get(number, math.nan))

    def _tiles(self, step: int) -> str:
        if step % STEPS_PER_TILES == 0:
            tiles = self._made(TILES)
            if not tiles.isfinite().all():
                raise ValueError("its tiles are NaN or infinite")
            self.kept["tiles"] = tiles.view(-1, 8, 8).clamp(-1, 1).numpy()
        if step % STEPS_PER_DISTANCE:
            return ""
        images = self._made(IMAGES)
        report = class_report(images, None if self.labels is None else self.labels[:IMAGES])
        self.held |= {
            "held": int(report.held.sum()),
            "captured": int(report.captured.sum()),
            "good": report.confident_share,
            "reverse_kl": report.reverse_kl,
            "coverage": float(report.coverage.mean()),
            "density": report.density,
        }
        if report.agreement is not None:
            self.held["agreement"] = report.agreement
        self.kept |= {
            "class_shares": report.shares.numpy(),
            "class_coverage": report.coverage.numpy(),
        }
        return self.story.watch(step, STEPS_PER_DISTANCE, report.held.numpy())

    def _losses(self, numbers: dict[str, float]) -> None:
        losses = self.game.losses()
        numbers |= {
            "judge_loss": float(losses.judge),
            "generator_loss": float(losses.generator),
        }
        if self.rules.critic:
            numbers["gap"] = float(losses.gap)
        if self.rules.pays:
            numbers |= {"slope": float(losses.slope), "penalty": float(losses.penalty)}

    def says(self, scalars: Mapping[str, float]) -> str:
        """What the game is doing, in words."""
        what = "digits" if self.data.kind == "image" else "modes"
        if self.count:
            now = int(scalars[f"{self.name}/held"])
            return f"**{now} of {self.count} {what} held.** {self.story.sentence(now)}"
        coverage = scalars.get(f"{self.name}/coverage")
        if coverage is None:
            return "Nothing is trained yet."  # and nothing measured, where it is only beginning
        return (
            f"**It covers {percent(coverage)} of the data.** "
            f"Its exact W₁ to the data is {scalars[f'{self.name}/w1']:.2f}."
        )

    def state(self) -> dict[str, np.ndarray]:
        """Everything the side needs to go on, its names under the side's own."""
        parts: dict[str, Mapping[str, Any]] = {
            "game": self.game.state(),
            "story": self.story.state(),
            "held": self.held,
            "kept": self.kept,
            "clock": {"credit": self.credit, "updates": self.updates, "work": self.work},
        }
        return {
            f"{self.name}/{part}/{key}": np.array(value)
            for part, values in parts.items()
            for key, value in values.items()
        }

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Go on from a state."""
        names = ("game", "story", "held", "kept", "clock")
        parts: dict[str, dict[str, np.ndarray]] = {name: {} for name in names}
        for full, value in state.items():
            side, _, rest = full.partition("/")
            part, _, key = rest.partition("/")
            if side == self.name:
                parts[part][key] = value
        self.game.restore(parts["game"])
        self.story.restore(parts["story"])
        self.held = {what: float(value) for what, value in parts["held"].items()}
        self.kept = {what: np.array(value) for what, value in parts["kept"].items()}
        self.due = False
        self.credit = float(parts["clock"]["credit"])
        self.updates = int(parts["clock"]["updates"])
        self.work = float(parts["clock"]["work"])


def pictured(match: "Games", count: int = SHOWN) -> Tensor:
    """The data points of a picture; beside a generator of given points, all that the data has."""
    return reference(match.distribution(), count) if not match.given else cloud_of(match.cloud)


def _nearest_labels(data: Distribution, points: Tensor) -> Tensor:
    """For points without labels the label of the nearest of 4,096 labelled ones."""
    drawn, labels = data.sample_labelled(4_096, torch.Generator().manual_seed(2))
    return labels[torch.cdist(points, drawn).argmin(dim=1)]


def _alike(labels: Tensor, wanted: Tensor) -> Tensor:
    """For each wanted label the index of a point that has it, in turn; of any where none has."""
    found = torch.zeros_like(wanted)
    for label in wanted.unique():
        places = (wanted == label).nonzero().squeeze(1)
        own = (labels == label).nonzero().squeeze(1)
        own = own if len(own) else torch.arange(len(labels))
        found[places] = own[torch.arange(len(places)) % len(own)]
    return found


def on_the_plane(points: Tensor) -> np.ndarray:
    """Points of a line as points of the plane at height zero; others as they are."""
    if points.shape[1] == 2:
        return points.numpy()
    return torch.cat([points, torch.zeros_like(points)], dim=1).numpy()


def _names(data: Distribution) -> tuple[str, ...]:
    """What to call each mode, or each digit."""
    if data.kind == "image":
        return tuple(f"the {digit}s" for digit in range(CLASSES))
    if data.modes is None:
        return ()
    if data.kind == "line":
        return tuple(f"the peak at {float(centre):.1f}" for centre in data.modes[:, 0])
    return mode_names(data.modes.numpy())
