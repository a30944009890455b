"""Presets with a predicted outcome, each checked over several seeds.

A preset says what will happen before it happens, as a condition on what a run measures; `rate`
plays it with as many seeds as wanted and counts how often it came true. The counts recorded in
`Preset.measured` come from ``rate(name)``, by `Preset.command`; they are claims about these
settings and no others.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from explorer.gans.dirac import DIRAC_GAMES, trajectory, verdict
from explorer.gans.distances import w1
from explorer.gans.distributions import DISTRIBUTIONS, Distribution, stratified
from explorer.gans.game import Game
from explorer.gans.learned import mode_report
from explorer.gans.parallel import line_distances, trained_judge
from explorer.gans.settings import GameSettings
from explorer.gans.truth import predicted_slope

Measurements = Mapping[str, float]
"""what one run of one seed measured, by name"""

SEEDS = tuple(range(8))
REPORT_EVERY = 20  # steps
SAMPLES = 2_500
POINTS = 512  # a side in exact W1


@dataclass(frozen=True)
class Recorded:
    """A rate that was measured once: on one thread, with torch 2.13 and the seeds from 0."""

    hits: int
    seeds: int


@dataclass(frozen=True)
class Preset:
    """Settings, and what will come of them.

    ``settings`` are those of `GameSettings` that differ from its defaults; empty for the two
    presets that play no such game, `parallel_lines` and `dirac`.
    """

    name: str
    label: str
    claim: str
    holds: Callable[[Measurements], bool]
    measured: Recorded
    data: str = "ring"
    settings: Mapping[str, Any] = field(default_factory=dict)
    steps: int = 1_200
    play: "Callable[[Preset, Sequence[int]], list[dict[str, float]]] | None" = (
        None  # None: `played`
    )

    @property
    def command(self) -> str:
        """What to type to measure its rate again; minutes for the long ones.

        Another processor may round to another rate.
        """
        return f"python -m explorer sweep predictions --only {self.name} --out {self.name}.csv"


@dataclass(frozen=True)
class Rate:
    """How often a prediction came true."""

    preset: str
    seeds: tuple[int, ...]
    came_true: tuple[bool, ...]

    @property
    def hits(self) -> int:
        """Seeds for which it came true."""
        return sum(self.came_true)


def rate(name: str, seeds: Sequence[int] = SEEDS) -> Rate:
    """Play a preset with each seed and hold its prediction against what happened.

    ValueError for an unknown preset or no seed.
    """
    if name not in PRESETS:
        raise ValueError(f"unknown preset {name!r}; choose from {', '.join(map(repr, PRESETS))}")
    if len(seeds) == 0:
        raise ValueError("a rate needs at least one seed")
    preset = PRESETS[name]
    found = (preset.play or played)(preset, seeds)
    return Rate(name, tuple(seeds), tuple(bool(preset.holds(each)) for each in found))


def played(preset: Preset, seeds: Sequence[int]) -> list[dict[str, float]]:
    """All seeds of a game at once; what each measured along the way and at the end.

    held, captured, good: at the end, of 2,500 samples. least_held: over the last quarter, every 20
    steps. swing: how far the centre of all samples is from its mean, root mean square over the
    last half. w1: to 512 real points. slope: ‖∇judge‖ at interpolates. gap: E judge(real) −
    E judge(generated). saturation: the mean pull of the minimax loss over that of the
    non-saturating one, by the same judge (1 where D = ½, 0 where D is sure). moved: how far the
    points of the same noise went in the last 100 steps, in the mean.
    """
    data = DISTRIBUTIONS[preset.data]
    game = Game(GameSettings(**preset.settings), data.sample, seeds)
    noise = game.evaluation_noise(SAMPLES)
    held, centres = [], []
    before: Tensor | None = None
    for step in range(1, preset.steps + 1):
        game.step()
        if step == max(1, preset.steps - 100):
            before = game.generate(noise)
        if step % REPORT_EVERY == 0 or step == preset.steps:
            clouds = game.generate(noise)
            centres.append(clouds.mean(dim=1))
            held.append([_held(cloud, data) for cloud in clouds])
    assert before is not None
    ends = _ends(game, data, noise, before)
    late = torch.stack(centres[len(centres) // 2 :]).double()
    swings = (late - late.mean(dim=0)).square().sum(dim=2).mean(dim=0).sqrt()
    for seed, end in enumerate(ends):
        end["swing"] = float(swings[seed])
        if data.modes is not None:
            course = [row[seed] for row in held]
            end["held"] = course[-1]
            end["least_held"] = min(course[-max(1, len(course) // 4) :])
    return ends


def _held(cloud: Tensor, data: Distribution) -> int:
    """Modes held; a diverged cloud holds none, nor does one of data without modes."""
    if data.modes is None or not cloud.isfinite().all():
        return 0
    return mode_report(cloud, data).modes_held


def _ends(game: Game, data: Distribution, noise: Tensor, before: Tensor) -> list[dict[str, float]]:
    rng = torch.Generator().manual_seed(0)
    if data.modes is None:
        real = data.sample(POINTS, rng)
    else:
        real = stratified(data, POINTS, rng)
    clouds = game.generate(noise)
    slopes = game.slopes_between(real, noise[:POINTS]).mean(-1)
    gaps = game.judge(real).mean(-1) - game.judge(clouds[:, :POINTS]).mean(-1)
    pulls = [
        game.generator_pull(noise[:POINTS], objective=objective).norm(dim=-1).mean(-1)
        for objective in ("minimax", "non_saturating")
    ]
    found = []
    for index, cloud in enumerate(clouds):
        fine = bool(cloud.isfinite().all())
        end = {
            "w1": w1(real, cloud[:POINTS]) if fine else math.nan,
            "slope": float(slopes[index]),
            "gap": float(gaps[index]),
            "saturation": float(pulls[0][index] / pulls[1][index]),
            "moved": float((cloud - before[index]).norm(dim=1).mean()),
        }
        if data.modes is not None and fine:
            report = mode_report(cloud, data)
            end |= {"good": report.good_share, "captured": report.modes_captured}
        found.append(end)
    return found


def between_lines(preset: Preset, seeds: Sequence[int]) -> list[dict[str, float]]:
    """Three judges trained between lines at distance 1: their pulls on θ, and JS by the first."""
    found = []
    for seed in seeds:
        minimax, saturated, critic = (
            trained_judge(objective, 1.0, preset.steps, seed)
            for objective in ("minimax", "non_saturating", "wasserstein_gp")
        )
        assert minimax.js is not None
        found.append(
            {
                "js": minimax.js,
                "minimax_pull": minimax.pull,
                "non_saturating_pull": saturated.pull,
                "critic_pull": critic.pull,
                "critic_gap": critic.gap,
            }
        )
    return found


def on_two_numbers(preset: Preset, seeds: Sequence[int]) -> list[dict[str, float]]:
    """The Dirac-GAN of R1 (γ = 0.3) and of WGAN-GP, in turn, from a start drawn by the seed."""
    found = []
    for seed in seeds:
        rng = torch.Generator().manual_seed(seed)
        theta, psi = torch.randn(2, generator=rng, dtype=torch.float64).tolist()
        end: dict[str, float] = {}
        for name in ("r1", "wasserstein_gp"):
            game = DIRAC_GAMES[name]
            path = trajectory(game, (theta, psi), 1, preset.steps)
            end[f"{name}_distance"] = float(path[-1].norm())
            end[f"{name}_converges"] = float(verdict(game, path, 1) == "converges")
        found.append(end)
    return found


def _lines_as_predicted(found: Measurements) -> bool:
    distances = line_distances(1.0)
    slope = predicted_slope(distances.w1, 0.1)
    return (
        abs(found["js"] - distances.js) < 0.01
        and abs(found["minimax_pull"]) < 0.01
        and found["non_saturating_pull"] < -1
        and abs(found["critic_pull"] + slope) < 0.1 * slope
    )


PRESETS: dict[str, Preset] = {
    preset.name: preset
    for preset in (
        Preset(
            name="collapse",
            label="Collapse",
            claim="At least two of the eight modes are gone after 1,200 steps.",
            holds=lambda found: found["held"] <= 6,
            measured=Recorded(7, 8),
            settings={"objective": "non_saturating"},
        ),
        Preset(
            name="one_step",
            label="The same, judge updated once",
            claim="Seven or all eight modes are held after 1,200 steps.",
            holds=lambda found: found["held"] >= 7,
            measured=Recorded(7, 8),
            settings={"objective": "non_saturating", "critic_steps": 1},
        ),
        Preset(
            name="oscillation",
            label="Oscillation",
            claim="The whole cloud swings through the ring: its centre moves by 0.5 and more.",
            holds=lambda found: found["swing"] > 0.5,
            measured=Recorded(8, 8),
            settings={
                "objective": "non_saturating",
                "width": 32,
                "critic_steps": 1,
                "beta1": 0.9,
                "beta2": 0.999,
            },
        ),
        Preset(
            name="vanishing",
            label="Minimax gradient vanishes",
            claim="The minimax loss pulls with less than a tenth of what the other loss would.",
            holds=lambda found: found["saturation"] < 0.1,
            measured=Recorded(8, 8),
            settings={
                "objective": "minimax",
                "width": 32,
                "critic_steps": 20,
                "generator_rate": 1e-4,
            },
            steps=100,
        ),
        Preset(
            name="flat_critic",
            label="Clipping: a flat critic",
            claim="The critic's slope between the points is below 0.1, where 1 is right.",
            holds=lambda found: found["slope"] < 0.1,
            measured=Recorded(8, 8),
            settings={"objective": "wasserstein_clip", "width": 32},
            steps=300,
        ),
        Preset(
            name="bridges",
            label="Bridges of WGAN-GP",
            claim="All eight modes are held, and less than 90 % of the samples are good.",
            holds=lambda found: found["held"] == 8 and found["good"] < 0.9,
            measured=Recorded(8, 8),
            settings={"objective": "wasserstein_gp", "width": 32},
        ),
        Preset(
            name="r1",
            label="R1 settles",
            claim="All eight modes are held throughout the last quarter of the run.",
            holds=lambda found: found["least_held"] == 8,
            measured=Recorded(8, 8),
            settings={"objective": "r1", "width": 32, "r1_weight": 0.1},
        ),
        Preset(
            name="dirac",
            label="R1 arrives, WGAN-GP circles",
            claim="On two numbers R1 comes twenty times nearer to the equilibrium than it started, "
            "and WGAN-GP does not.",
            holds=lambda found: (
                found["r1_converges"] == 1 and found["wasserstein_gp_converges"] == 0
            ),
            measured=Recorded(8, 8),
            data="dirac",
            steps=500,
            play=on_two_numbers,
        ),
        Preset(
            name="parallel_lines",
            label="Parallel lines",
            claim="JS is log 2, the minimax pull on θ is gone, the other loss and the critic still "
            "pull.",
            holds=_lines_as_predicted,
            measured=Recorded(8, 8),
            data="parallel_lines",
            steps=200,
            play=between_lines,
        ),
    )
}
