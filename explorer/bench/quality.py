"""How long each objective takes to learn the ring and the grid, if it does."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from statistics import median
from typing import Any

import torch

from explorer.bench.rows import Effort, Row, spread
from explorer.gans.distances import w1
from explorer.gans.distributions import distribution, stratified
from explorer.gans.game import Game
from explorer.gans.learned import mode_report, w1_floor
from explorer.gans.objectives import OBJECTIVES
from explorer.gans.optimizers import PRESETS
from explorer.gans.settings import GameSettings

LOOKED_AT = 40  # steps between two looks
MEASURED = 2_500  # samples behind the modes
COMPARED = 512  # points a side of exact W1
REPEATS = 10  # real samples behind the floor

LIMITS = {"ring": 8.0, "grid": 20.0}
QUICK_LIMIT = 3.0

LIKE_DCGAN: dict[str, Any] = {"critic_steps": 1, **PRESETS["dcgan"].dials}
LIKE_WGAN: dict[str, Any] = {
    "critic_optimizer": "rmsprop",
    "optimizer": "rmsprop",
    "beta1": 0.0,
    "beta2": 0.99,
    "clip": 0.1,
}
FAIR: Mapping[str, dict[str, Any]] = {
    "minimax": LIKE_DCGAN,
    "non_saturating": LIKE_DCGAN,
    "least_squares": LIKE_DCGAN,
    "hinge": {"spectral": True},
    "wasserstein_clip": LIKE_WGAN,
    "r1": LIKE_DCGAN,
    "relativistic_paired": LIKE_DCGAN,
    "relativistic_average": LIKE_DCGAN,
}
"""What differs from the default settings, so that no objective is measured where it must fail"""


@dataclass(frozen=True)
class Arrival:
    """Seconds of one core until a run is there, looks included; None where it never was."""

    captured: float | None
    """a good sample of every mode among `MEASURED`"""

    close: float | None
    """exact W1 of `COMPARED` points to the real ones at most twice its floor"""


def arrival(settings: GameSettings, data: str, limit: float) -> Arrival:
    """Train until both are reached, but for ``limit`` seconds at most."""
    known = distribution(data)
    reference, near = target(data)
    game = Game(settings, known.sample)
    noise = game.evaluation_noise(MEASURED)
    captured = close = None
    start = time.process_time()
    while time.process_time() - start < limit and game.finite():
        for _ in range(LOOKED_AT):
            game.step()
        samples = game.generate(noise)
        if not samples.isfinite().all():
            break
        if captured is None and mode_report(samples, known).captured.all():
            captured = time.process_time() - start
        if close is None and w1(reference, samples[:COMPARED]) <= near:
            close = time.process_time() - start
        if captured is not None and close is not None:
            break
    return Arrival(captured, close)


@cache
def target(data: str) -> tuple[torch.Tensor, float]:
    """Real points, equally many of each mode, and twice the W1 of as many others to them."""
    known, rng = distribution(data), torch.Generator().manual_seed(0)
    reference = stratified(known, COMPARED, rng)
    return reference, 2 * w1_floor(known, COMPARED, REPEATS, rng, reference).mean


def quality(name: str, data: str, effort: Effort) -> Iterable[Row]:
    """Two rows: seconds to all modes, and to W1 within twice its floor; medians of five seeds.

    Three seeds when quick. A run that never gets there counts as the limit, and the unit says how
    many runs did; where the median run did not, ``ours`` is the limit itself.
    """
    full = effort.turns > 3
    limit = LIMITS[data] if full else QUICK_LIMIT
    settings = GameSettings(objective=name, **FAIR.get(name, {}))
    runs = [arrival(replace(settings, seed=seed), data, limit) for seed in range(5 if full else 3)]
    for what in ("captured", "close"):
        yield _row(f"time-to/{data}-{what}/{name}", [getattr(run, what) for run in runs], limit)


def _row(name: str, seconds: list[float | None], limit: float) -> Row:
    there = sum(each is not None for each in seconds)
    values = [limit if each is None else min(each, limit) for each in seconds]
    ours = median(values)
    unit = f"s, {there} of {len(values)}"
    return Row(
        name=name,
        ours=ours,
        other=limit,
        against="limit",
        unit=unit,
        ratio=limit / ours,
        spread=spread(values),
    )


ROWS: dict[str, Callable[[Effort], Iterable[Row]]] = {
    f"time-to/{data}/{name}": partial(quality, name, data) for data in LIMITS for name in OBJECTIVES
}
