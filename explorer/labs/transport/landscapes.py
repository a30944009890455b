"""Pictures that are painted here, each from a palette and a seed: nobody else's, and always there.

A sky that fades to the horizon, a sun, three ridges one before the other, and grain on all of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

ROWS, COLUMNS = 72, 96
RIDGES = (0.45, 0.6, 0.78)  # where they lie, as a share of the height from above
Colour = tuple[float, float, float]


@dataclass(frozen=True)
class Landscape:
    """A palette from 0 to 1, and the seed of hills and grain."""

    label: str
    zenith: Colour
    horizon: Colour
    sun: Colour
    far: Colour
    near: Colour
    seed: int


LANDSCAPES: Mapping[str, Landscape] = {
    "meadow": Landscape(
        "Meadow at noon", (0.25, 0.5, 0.85), (0.75, 0.88, 0.95), (1.0, 0.98, 0.85),
        (0.45, 0.62, 0.6), (0.2, 0.48, 0.14), 5,
    ),
    "dusk": Landscape(
        "Desert at dusk", (0.22, 0.12, 0.36), (0.98, 0.6, 0.3), (1.0, 0.88, 0.5),
        (0.62, 0.3, 0.36), (0.3, 0.12, 0.1), 11,
    ),
}  # fmt: skip
"""The pictures that are always there."""


@lru_cache(maxsize=8)
def painted(name: str) -> np.ndarray:
    """Return a landscape as (rows, columns, 3) from 0 to 1, the same each time."""
    land = LANDSCAPES[name]
    rng = np.random.default_rng(land.seed)
    down = np.linspace(0, 1, ROWS)[:, None]
    across = np.linspace(0, 1, COLUMNS)[None, :]
    sky = np.clip(down / RIDGES[0], 0, 1)[..., None]
    picture = (1 - sky) * np.array(land.zenith) + sky * np.array(land.horizon)
    picture = np.broadcast_to(picture, (ROWS, COLUMNS, 3)).copy()
    away = np.hypot((across - rng.uniform(0.6, 0.8)) * COLUMNS / ROWS, down - 0.2)
    glow = np.clip(1.6 - away / 0.09, 0, 1)[..., None]
    picture = (1 - glow) * picture + glow * np.array(land.sun)
    for place, ridge in enumerate(RIDGES):
        waves = sum(
            rng.normal(0, 0.05 / wave) * np.sin(2 * np.pi * (wave * across + rng.uniform()))
            for wave in (1, 2, 3, 5, 8)
        )
        below = (down > ridge + waves)[..., None]
        share = place / (len(RIDGES) - 1)
        shade = (1 - share) * np.array(land.far) + share * np.array(land.near)
        light = 1 - 0.5 * (down - ridge)[..., None]
        picture = np.where(below, shade * light, picture)
    grain = rng.normal(0, 0.025, (ROWS, COLUMNS, 1)) + rng.normal(0, 0.01, (ROWS, COLUMNS, 3))
    found: np.ndarray = np.clip(picture + grain, 0, 1)
    found.setflags(write=False)
    return found
