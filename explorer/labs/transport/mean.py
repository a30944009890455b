"""The mean of three clouds at the corners of a triangle, pulled about among them.

**Still**: ``first second third mean`` (n, 2), the clouds at their corners and their barycentre;
``across up``, the triangle; scalars ``w1 w2 w3``, its weights, ``d1 d2 d3``, how far each cloud is
from it in lengths of the triangle's side, ``cost`` and ``n``; sentences ``says look``. One empty
frame.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import torch

from explorer.dials import check, dial
from explorer.labs.prose import spoken
from explorer.labs.transport.plane import CLOUDS, Plane
from explorer.runs.frames import Frame
from explorer.transport.barycentres import ROUNDS, Barycentre, barycentre
from explorer.transport.measures import Measure, measure

CORNERS = ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0))
SCALE = 0.15  # of a cloud, in sides of the triangle
NAMES = ("first", "second", "third")
FEW, FEW_ROUNDS = 50, 10  # while a hand moves
MADE = {"drawing", "points"}  # what a visitor makes, which stands in another view
SHAPES = {name: data for name, data in CLOUDS.items() if not MADE & set(data.needs)}


@dataclass(frozen=True, kw_only=True)
class Mean:
    """Three clouds and their weights. Raises ValueError with one line."""

    first: str = dial("ring", "Lower left", choices=SHAPES)
    second: str = dial("moons", "Right", choices=SHAPES)
    third: str = dial("swiss_roll", "Above", choices=SHAPES)
    across: float = dial(
        0.3, "Weight of the right one", "What is left is the lower left one's.", low=0.0, high=1.0,
        step=0.01,
    )  # fmt: skip
    up: float = dial(
        0.3, "Weight of the upper one", "What is left is the lower left one's.", low=0.0, high=1.0,
        step=0.01,
    )  # fmt: skip
    count: int = dial(100, "Points each", low=1, high=200, offered=(10, 30, 50, 100, 150))
    seed: int = dial(0, "Seed", "Draws the points.", low=0, high=2**31 - 1)

    def __post_init__(self) -> None:
        check(self)

    @property
    def weights(self) -> torch.Tensor:
        """Of the three; where both that are chosen are above 1 together, the first has none."""
        rest = max(0.0, 1 - self.across - self.up)
        found = torch.tensor([rest, self.across, self.up], dtype=torch.float64)
        return found / found.sum()

    @cached_property
    def clouds(self) -> tuple[Measure, ...]:
        """The clouds, each small and at its corner."""
        found = []
        for place, name in enumerate((self.first, self.second, self.third)):
            drawn = Plane(source=name, count=self.count, seed=3 * self.seed + place).clouds[0]
            corner = torch.tensor(CORNERS[place], dtype=torch.float64)
            found.append(measure("cloud", SCALE * drawn.points + corner))
        return tuple(found)

    def few(self) -> "Mean":
        """The same with fewer points, for a hand that moves."""
        return replace(self, count=min(self.count, FEW))

    def found(self, rounds: int = ROUNDS) -> Barycentre:
        """The barycentre of the clouds."""
        return barycentre(self.clouds, self.weights, rounds)

    def still(self, rounds: int = ROUNDS) -> Frame:
        """The clouds and their barycentre, and how far it is from each."""
        found = self.found(rounds)
        arrays = {
            name: cloud.points.numpy() for name, cloud in zip(NAMES, self.clouds, strict=True)
        }
        arrays |= {"mean": found.points.numpy()}
        arrays |= {"across": np.array([0.0, 1.0, 0.0, 0.0]), "up": np.array([0.0, 0.0, 1.0, 0.0])}
        scalars = {"cost": found.cost, "n": float(self.count)}
        for place in range(3):
            scalars[f"w{place + 1}"] = float(found.weights[place])
            scalars[f"d{place + 1}"] = float(found.distances[place])
        return Frame(0, arrays, scalars, {"says": _says(scalars), "look": _look(scalars)})


def _says(scalars: Mapping[str, float]) -> str:
    parts = " : ".join(spoken(100 * scalars[f"w{place}"], 2) for place in (1, 2, 3))
    return (
        f"**Weights {parts} %**: the barycentre minimises the weighted mean of "
        f"squared distances W₂²; here it is {spoken(scalars['cost'])}."
    )


def _look(scalars: Mapping[str, float]) -> str:
    if max(scalars[f"w{place}"] for place in (1, 2, 3)) > 0.99:
        return "At a corner it is the cloud that stands there."
    return (
        "Drag the ring: its place in the triangle is the weights, and the shape changes with it. "
        "A mean of densities would show three pale clouds instead."
    )
