"""How fast the games are: against a textbook loop, against JAX, and until the data is learned."""

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from importlib.util import find_spec
from typing import Any

from explorer.bench import quality
from explorer.bench.rows import Effort, Row, side_by_side, to_target
from explorer.gans.distributions import RING, distribution
from explorer.gans.game import Game
from explorer.gans.images import CLASSES, DIGIT_IMAGES
from explorer.gans.learned import ModeReport, mode_report
from explorer.gans.objectives import OBJECTIVES
from explorer.gans.settings import GameSettings
from explorer.gans.textbook import TextbookGame

SEEDS_AT_ONCE = 32
VARIANTS: dict[str, dict[str, Any]] = {
    "hinge, spectral norm": {"objective": "hinge", "spectral": True},
    "wgan-gp, one-sided": {"one_sided": True},
    "wgan-gp, optimal pairs": {"pairs": "optimal"},
    "wgan-gp, tanh": {"activation": "tanh"},
    "wgan-gp, batch norm": {"normalisation": "batch"},
    "wgan-gp, layer norm": {"normalisation": "layer"},
}
LOOKED_AT = 20  # steps between two looks at the modes, as on the page
MEASURED = 2_500  # samples behind each look


def against_textbook(name: str, settings: GameSettings, effort: Effort) -> Row:
    """Steps a second, one step being five updates of the judge and one of the generator."""
    ours, other = Game(settings, RING.sample), TextbookGame(settings, RING.sample)
    return side_by_side(name, ours.step, other.step, "textbook", effort)


def wgan_gp(width: int, effort: Effort) -> Iterable[Row]:
    """WGAN-GP of a width against the textbook loop, and against JAX where it is installed."""
    settings = GameSettings(width=width)
    yield against_textbook(f"wgan-gp/width={width}", settings, effort)
    if find_spec("jax") is not None:
        from explorer.bench.jax_game import JaxGame

        ours, other = Game(settings, RING.sample), JaxGame(settings, RING)
        yield side_by_side(
            f"wgan-gp/width={width}",
            ours.step,
            other.many_steps,
            "jax",
            effort,
            other_work=other.steps_at_once,
        )


def many_seeds(effort: Effort) -> Iterable[Row]:
    """Models trained at once: their updates a second, all together, against one textbook model."""
    settings = GameSettings(width=16)
    ours = Game(settings, RING.sample, seeds=range(SEEDS_AT_ONCE))
    other = TextbookGame(settings, RING.sample)
    yield side_by_side(
        f"wgan-gp/width=16/seeds={SEEDS_AT_ONCE}",
        ours.step,
        other.step,
        "textbook",
        effort,
        unit="model steps/s",
        work=SEEDS_AT_ONCE,
    )


def objective(name: str, width: int, effort: Effort) -> Iterable[Row]:
    """An objective with as many updates of its judge as any other."""
    yield against_textbook(
        f"{name}/width={width}", GameSettings(objective=name, width=width), effort
    )


def variant(name: str, changes: dict[str, Any], effort: Effort) -> Iterable[Row]:
    """Another judge or generator, at width 64."""
    yield against_textbook(name, GameSettings(**changes), effort)


def digit_images(name: str, classes: int, width: int, effort: Effort) -> Iterable[Row]:
    """WGAN-GP on the 8 × 8 digits, 64 pixels from 64 numbers of noise, conditional with classes."""
    settings = GameSettings(
        width=width, noise_dim=64, classes=classes, beta1=0.0, beta2=0.9, penalty_weight=10.0
    )
    sampler = DIGIT_IMAGES.sample_labelled if classes else DIGIT_IMAGES.sample
    ours, other = Game(settings, sampler), TextbookGame(settings, sampler)
    yield side_by_side(f"{name}/width={width}", ours.step, other.step, "textbook", effort)


def time_to(
    name: str, data: str, reached: Callable[[ModeReport], bool], target: float, effort: Effort
) -> Iterable[Row]:
    """Seconds of one core until a WGAN-GP with the default settings has all modes.

    The median of five seeds (three when quick), looks at the modes included.
    """
    seeds = range(5 if effort.turns > 3 else 3)
    yield to_target(name, [seconds_to(data, reached, 3 * target, s) for s in seeds], target, "s")


def seconds_to(data: str, reached: Callable[[ModeReport], bool], limit: float, seed: int) -> float:
    """Seconds until a seed's generator has what is asked of it, but for the limit at most."""
    known = distribution(data)
    game = Game(replace(GameSettings(), seed=seed), known.sample)
    noise = game.evaluation_noise(MEASURED)
    start = time.process_time()
    while (seconds := time.process_time() - start) < limit:
        for _ in range(LOOKED_AT):
            game.step()
        if reached(mode_report(game.generate(noise), known)):
            return time.process_time() - start
    return seconds


def all_captured(report: ModeReport) -> bool:
    """Whether there is a good sample of each mode."""
    return bool(report.captured.all())


def all_held(report: ModeReport) -> bool:
    """Whether each mode has its share of the samples."""
    return bool(report.held.all())


ROWS: dict[str, Callable[[Effort], Iterable[Row]]] = {
    **{f"wgan-gp/width={width}": partial(wgan_gp, width) for width in (16, 32, 64, 128)},
    f"wgan-gp/width=16/seeds={SEEDS_AT_ONCE}": many_seeds,
    **{
        f"{name}/width={width}": partial(objective, name, width)
        for name in OBJECTIVES
        if name != "wasserstein_gp"
        for width in (16, 64)
    },
    **{name: partial(variant, name, changes) for name, changes in VARIANTS.items()},
    **{
        f"{name}/width={width}": partial(digit_images, name, classes, width)
        for name, classes in (("digit images", 0), ("digit images, conditional", CLASSES))
        for width in (128, 256)
    },
    "time-to/ring-captured": partial(time_to, "time-to/ring-captured", "ring", all_captured, 2.0),
    "time-to/ring-held": partial(time_to, "time-to/ring-held", "ring", all_held, 2.0),
    "time-to/grid-captured": partial(time_to, "time-to/grid-captured", "grid", all_captured, 10.0),
    **quality.ROWS,
}
