"""Two clouds in the plane: a plan between them, the way from the one to the other, what it costs.

**Frames**, one for each moment of the way: ``moving`` (n, 2), where the sand is; scalar ``share``.
**Still**: ``source target`` (n, 2), and ``unmoved``, the source before all of it is moved; ``tails
ways`` (k, 2), the plan as arrows; ``angle along``, the distance between both projections for every
direction in degrees; scalars ``n cost exact plan moved left sliced worst worst_angle debiased``;
sentences ``says look``.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

import numpy as np
import torch

from explorer.dials import check, dial
from explorer.gans.distributions import Distribution
from explorer.labs.gans import tables
from explorer.labs.gans.data import DATA, DEFAULT_DRAWING, LONGEST_DRAWING, cloud_text, data_of
from explorer.labs.gans.tables import Reading
from explorer.labs.prose import spoken
from explorer.labs.transport.columns import edge_of, rows_of
from explorer.runs.frames import Frame
from explorer.transport.couplings import (
    GROUNDS,
    Coupling,
    blurred,
    carried,
    debiased,
    exact,
    unbalanced,
    widths_along,
)
from explorer.transport.measures import Measure, measure

LONGEST_MOVED = 1_900  # characters: a link carries some ninety points
MOVED = re.compile(r"(\d{1,4})([xy]):(-?\d{1,2}(?:\.\d{1,6})?)")
FARTHEST = 10.0  # of a point that is moved
EDGE = 2.4  # of the picture, each way, unless a table reaches farther
MOMENTS = 30
ANGLES = 60  # directions in half a turn
FEW = 100  # points while a hand moves a slow solver
ARROWS = 400  # at most, the heaviest ones

CLOUDS: Mapping[str, Distribution] = {
    name: data for name, data in DATA.items() if data.dimensions == 2 and "cloud" not in data.needs
}
"""Where points of the plane come from: every distribution of the GAN lab that lies there."""
TABLE = tables.NAME  # the cloud that an uploaded table is

METHODS = {
    "exact": "exact",
    "sinkhorn": "Sinkhorn",
    "unbalanced": "unbalanced",
}


@dataclass(frozen=True, kw_only=True)
class Plane:
    """Two clouds and a way to couple them. Raises ValueError with one line."""

    source: str = dial("swiss_roll", "Source", "Where the sand lies.", choices=CLOUDS)
    target: str = dial("ring", "Target", "Where it has to go.", choices=CLOUDS)
    drawing: str = dial(
        DEFAULT_DRAWING,
        "Your drawing",
        "For a cloud that is drawn.",
        longest=LONGEST_DRAWING,
    )
    upload: str = dial("", "Uploaded table", longest=tables.MARK)  # its mark
    table: Reading = field(default=Reading())
    moved: str = dial(
        "",
        "Moved points",
        "Points of the source that stand elsewhere: '3x:0.5;3y:-1' is the fourth one.",
        longest=LONGEST_MOVED,
    )
    count: int = dial(
        200, "Points each", low=1, high=2_000, offered=(20, 50, 100, 200, 300, 500, 1_000)
    )
    right: float = dial(0.0, "Source to the right", low=-2.0, high=2.0, step=0.05)
    up: float = dial(0.0, "Source upwards", low=-2.0, high=2.0, step=0.05)
    ground: str = dial(
        "l2",
        "Cost of a grain",
        "Straight |x − y|, along axes |x₁ − y₁| + |x₂ − y₂|, or |x − y|².",
        choices=GROUNDS,
    )
    method: str = dial("exact", "Plan", "How sand is coupled.", choices=METHODS)
    blur: float = dial(
        0.3,
        "Blur",
        "Of Sinkhorn's plan, as a length: the entropy weighs blur, or its square.",
        low=0.05,
        high=10.0,
        offered=(0.1, 0.2, 0.3, 0.5, 1.0, 2.0),
    )
    price: float = dial(
        1.0,
        "Price of what stays",
        "Of sand that is not moved, or comes from nowhere.",
        low=0.01,
        high=100.0,
        offered=(0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0),
    )
    seed: int = dial(0, "Seed", "Draws the points.", low=0, high=2**31 - 1)
    most: int = 0  # of the points that were drawn the first ones, for a hand that moves; 0: all

    def __post_init__(self) -> None:
        check(self)
        self.clouds  # noqa: B018  # what a drawing must be

    @cached_property
    def clouds(self) -> tuple[Measure, Measure]:
        """Source and target, so many points of each."""
        here, there = self.unmoved
        shift = torch.tensor([self.right, self.up], dtype=torch.float64)
        return measure("source", here + shift), measure("target", there)

    @cached_property
    def unmoved(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Both clouds before the whole source is moved, but single points of it."""
        here, there = self._drawn
        return with_moved(here, self.moved)[: self.shown], there[: self.shown]

    @cached_property
    def _drawn(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Both clouds where they were drawn."""
        points = self._points()
        here = _drawn(self.source, self.drawing, points, self.count, 2 * self.seed)
        there = _drawn(self.target, self.drawing, points, self.count, 2 * self.seed + 1)
        return here, there

    @property
    def shown(self) -> int:
        """How many points there are of each."""
        return min(self.count, self.most or self.count)

    def _points(self) -> str:
        """The points of the uploaded table where one is wanted. ValueError, one sentence."""
        if TABLE not in (self.source, self.target):
            return ""
        if not self.upload:
            raise ValueError("there is no table yet: upload one under the stage")
        if why := tables.why_not(self.upload, self.table):
            raise ValueError(why)
        return tables.points(self.upload, self.table)

    @property
    def edge(self) -> float:
        """How far the picture reaches each way; the same while the source is moved."""
        return edge_of(self._drawn, EDGE) if self.upload else EDGE

    @property
    def epsilon(self) -> float:
        """The weight of the entropy, in units of the cost."""
        return self.blur ** GROUNDS[self.ground].root

    @cached_property
    def _costs(self) -> torch.Tensor:
        source, target = self.clouds
        return GROUNDS[self.ground].costs(source.points, target.points)

    @cached_property
    def coupling(self) -> Coupling:
        """The plan that is asked for."""
        source, target = self.clouds
        costs = self._costs
        if self.method == "exact":
            return exact(source, target, costs)
        if self.method == "sinkhorn":
            return blurred(source, target, costs, self.epsilon)
        if self.method == "unbalanced":
            return unbalanced(source, target, costs, self.price)
        raise ValueError(f"unknown method {self.method!r}")

    def critics(self) -> dict[str, str]:
        """The settings of the GAN lab for critics of these very clouds; the generator stands still.

        ValueError, one sentence, for clouds that a link does not hold.
        """
        source, target = (cloud_text(cloud.points) for cloud in self.clouds)
        return {
            "view": "truth",
            "data": "cloud",
            "cloud": target,
            "given": source,
            "generator_rate": "0",
            "first": "wasserstein_gp",
            "second": "wasserstein_clip",
            "penalty_weight": "10",  # as in the paper: its best critic has a slope of nearly 1
            "clip": "0.1",
            "seed": str(self.seed),
        }

    def few(self) -> "Plane":
        """The same with the first of its points, where a solver is slow for a hand that moves."""
        most = {"exact": 300, "sinkhorn": FEW, "unbalanced": FEW}[self.method]
        return self if self.count <= most else replace(self, most=most)

    def frames(self, every: int = 1) -> list[Frame]:
        """The way from the source to where the plan takes each point, in the mean.

        Of its moments each so-manieth.
        """
        source, target = self.clouds
        start = source.points.numpy()
        end = carried(self.coupling, target).numpy()
        found = []
        for moment in range(0, MOMENTS + 1, every):
            share = moment / MOMENTS
            places = (1 - share) * start + share * end
            found.append(Frame(moment, {"moving": places}, {"share": share}))
        return found

    def still(self) -> Frame:
        """Both clouds, the plan, what it costs, and the projections."""
        source, target = self.clouds
        ground = GROUNDS[self.ground]
        costs = self._costs
        coupling = self.coupling
        best = coupling if self.method == "exact" else exact(source, target, costs)
        angles = torch.arange(ANGLES, dtype=torch.float64) * (math.pi / ANGLES)
        along = widths_along(source, target, angles, ground.root)
        worst = int(along.argmax())
        scalars = {
            "n": self.shown,
            "cost": coupling.cost,
            "exact": best.cost ** (1 / ground.root),
            "plan": coupling.cost ** (1 / ground.root),
            "moved": float(coupling.plan.sum()),
            "left": coupling.left,
            "sliced": float((along**ground.root).mean() ** (1 / ground.root)),
            "worst": float(along[worst]),
            "worst_angle": 180.0 * worst / ANGLES,
            "debiased": math.nan,
        }
        if self.method == "sinkhorn":
            free = debiased(source, target, ground.costs, self.epsilon)
            scalars["debiased"] = free ** (1 / ground.root)
        arrays = {
            "source": source.points.numpy(),
            "unmoved": self.unmoved[0].numpy(),
            "target": target.points.numpy(),
            "angle": np.arange(ANGLES) * (180.0 / ANGLES),
            "along": along.numpy(),
            **_arrows(source, target, coupling, self.method),
        }
        sentences = {"says": _says(self, scalars), "look": _look(self, scalars)}
        return Frame(0, arrays, scalars, sentences)


def with_moved(points: torch.Tensor, text: str) -> torch.Tensor:
    """Points, some of which stand where a text says: "3x:0.5;3y:-1" is the fourth one.

    What it says of a point that is not there is left alone. ValueError, one sentence, for a text
    that is none such, and for places beyond the picture.
    """
    found = points.clone()
    for word in text.replace(";", " ").split():
        entry = MOVED.fullmatch(word)
        if not entry:
            raise ValueError(f"moved points must read '3x:0.5;3y:-1', not {word[:20]!r}")
        value = float(entry[3])
        if abs(value) > FARTHEST:
            raise ValueError(
                f"a moved point must be within {FARTHEST:g} of the middle, not at {value:g}"
            )
        if int(entry[1]) < len(points):
            found[int(entry[1]), "xy".index(entry[2])] = value
    return found


@lru_cache(maxsize=32)
def _drawn(name: str, drawing: str, points: str, count: int, seed: int) -> torch.Tensor:
    if name == TABLE:
        return rows_of(points, count, seed)
    data = data_of(name, 0.0, drawing, "") if "drawing" in DATA[name].needs else DATA[name]
    found: torch.Tensor = data.sample(count, torch.Generator().manual_seed(seed)).double()
    return found


def _arrows(
    source: Measure, target: Measure, coupling: Coupling, method: str
) -> dict[str, np.ndarray]:
    """The plan as arrows: pair by pair where few are used, else where each point goes."""
    plan = coupling.plan
    if method == "sinkhorn":
        ends = carried(coupling, target)
        return {"tails": source.points.numpy(), "ways": (ends - source.points).numpy()}
    i, j = (plan > 1e-3 / len(plan)).nonzero(as_tuple=True)
    if len(i) > ARROWS:
        heaviest = plan[i, j].topk(ARROWS).indices
        i, j = i[heaviest], j[heaviest]
    tails = source.points[i]
    return {"tails": tails.numpy(), "ways": (target.points[j] - tails).numpy()}


def _says(plane: Plane, scalars: Mapping[str, float]) -> str:
    name = "W₂" if plane.ground == "squared" else "W₁"
    if plane.method == "exact":
        root = f", the root of {spoken(scalars['cost'])}" if plane.ground == "squared" else ""
        return (
            f"**{name} = {spoken(scalars['plan'])}**{root}: no other plan between these "
            f"{plane.shown:,} points and those is cheaper."
        )
    if plane.method == "sinkhorn":
        return (
            f"**Sinkhorn's plan costs {spoken(scalars['plan'])}**, the cheapest "
            f"{spoken(scalars['exact'])}. Debiased it is {spoken(scalars['debiased'])}."
        )
    return (
        f"**{spoken(100 * scalars['moved'], 3)} % of the sand is moved**; at this price the rest "
        f"stays. To move all would be {name} = {spoken(scalars['exact'])}."
    )


def _look(plane: Plane, scalars: Mapping[str, float]) -> str:
    if plane.method == "sinkhorn":
        off = f" Its marginals are off by {spoken(scalars['left'], 1)}." * (scalars["left"] > 1e-4)
        return (
            "Turn the blur up: each point goes to the mean of ever more of the target, and the "
            f"cloud that arrives shrinks.{off}"
        )
    if plane.method == "unbalanced":
        return "Lower the price: what lies far from the other cloud stays where it is."
    if plane.ground == "l1":
        return "Along axes many plans cost the same: compare its arrows with the straight cost."
    if plane.ground == "squared":
        return "No two arrows cross at the middle of their way: squares punish long ways."
    return "Two arrows of a cheapest plan never cross: exchanging their ends would be shorter."
