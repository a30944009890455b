"""How many points a distance needs: two samples of one distribution, and what lies between them.

**Still**: ``n``, the sizes, and for each distance ``<name>``, the mean over the seeds, with
``<name>/low <name>/high``, two standard errors around it; ``rate``, the line n^(-1/d) through the
last W1, and ``half``, n^(-1/2) through the last sliced one; scalars ``<name>/last <name>/rate``
(the exponent that fits best), ``theory`` and ``d``; sentences ``says look``. One empty frame.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch

from explorer.dials import check, dial
from explorer.labs.prose import spoken
from explorer.runs.frames import Frame
from explorer.transport.distances import DISTANCES
from explorer.transport.floors import floors

SIZES = (8, 16, 32, 64, 128, 256)
FEW = SIZES[:4]  # while a hand moves
NAMES = {
    "w1": DISTANCES["w1"].label,
    "w2": DISTANCES["w2"].label,
    "sliced": f"sliced {DISTANCES['w2'].label}",
    "energy": DISTANCES["energy"].label,
}
"""What each distance is called."""


@dataclass(frozen=True, kw_only=True)
class Samples:
    """Pairs of samples, even in a cube. Raises ValueError with one line."""

    d: int = dial(5, "Dimension d", "Of the cube that the points are drawn in.", low=1, high=20)
    seeds: int = dial(
        5, "Seeds", "Pairs of samples of each size.", low=2, high=20, offered=(3, 5, 10)
    )
    seed: int = dial(0, "Seed", "Draws the points.", low=0, high=2**31 - 1)

    def __post_init__(self) -> None:
        check(self)

    @property
    def theory(self) -> float:
        """The exponent of W1 and W2 in theory: -1/d from d = 3 on, -1/2 for W1 below."""
        return -1 / max(self.d, 2)

    def still(self, sizes: tuple[int, ...] = SIZES) -> Frame:
        """All distances over the sizes, with their noise and the rate that fits them."""
        found = _measured(self.d, self.seeds, self.seed, sizes)
        n = np.array(sizes, float)
        arrays: dict[str, np.ndarray] = {"n": n}
        scalars: dict[str, float] = {"d": self.d, "theory": self.theory}
        for name, values in found.items():
            mean = values.mean(axis=1)
            noise = 2 * values.std(axis=1, ddof=1) / math.sqrt(self.seeds)
            arrays |= {
                name: mean,
                f"{name}/low": np.maximum(mean - noise, mean / 10),
                f"{name}/high": mean + noise,
            }
            scalars[f"{name}/last"] = float(mean[-1])
            scalars[f"{name}/rate"] = float(np.polyfit(np.log(n), np.log(mean), 1)[0])
        arrays["rate"] = arrays["w1"][-1] * (n / n[-1]) ** self.theory
        arrays["half"] = arrays["sliced"][-1] * (n / n[-1]) ** -0.5
        says, look = _says(self, scalars, sizes[-1]), _look(self, scalars)
        return Frame(0, arrays, scalars, {"says": says, "look": look})


@lru_cache(maxsize=64)
def _measured(d: int, seeds: int, seed: int, sizes: tuple[int, ...]) -> Mapping[str, np.ndarray]:
    rows: dict[str, list[list[float]]] = {name: [] for name in NAMES}
    for n in sizes:
        drawn = [
            floors(n, d, torch.Generator().manual_seed(1_000 * seed + k)) for k in range(seeds)
        ]
        for name, row in rows.items():
            row.append([one[name] for one in drawn])
    return {name: np.array(row) for name, row in rows.items()}


def _says(samples: Samples, scalars: Mapping[str, float], n: int) -> str:
    return (
        f"**Two samples of {n} points are W₁ = {spoken(scalars['w1/last'])} apart** in the mean, "
        f"though both come from one cube of {samples.d} dimension{'s' if samples.d > 1 else ''}: "
        "that is what a perfect generator scores."
    )


def _look(samples: Samples, scalars: Mapping[str, float]) -> str:
    theory = f"{spoken(samples.theory, 2)}"
    w1, sliced = spoken(scalars["w1/rate"], 2), spoken(scalars["sliced/rate"], 2)
    law = "n^(−1/d)" if samples.d > 2 else "n^(−1/2)"
    told = f"W₁ falls as n to the {w1} here; theory says {law}, {theory}"
    told += ", up to a logarithm." if samples.d == 2 else ", for large n."
    return f"{told} The sliced distance falls as n to the {sliced}; its theory is −0.5 in every d."
