"""Two piles on a line: the plan, its proof, and what each way to compare them says.

**Frames**, one for each moment of a transport from first grain to last: ``grains`` (n, 2), where
each is, from `TOP` at the source down to 0 at the target; ``left/y arrived/y``, the heights that
are left of the source and have arrived in the target; scalars ``spent`` and ``there``, the cost so
far and the share that has arrived; sentence ``look``.
**Still**: ``source/x source/y target/x target/y``, both outlines, and ``…/none``, zeros as many;
``right left`` (r, 4), ribbons of sand that goes either way, and ``rest`` of what stays;
``cdf/x cdf/source cdf/target``; ``potential/x phi psi``, and ``touch/source touch/target`` (n, 2),
the values of the potentials where there is sand; ``plan`` and ``slack`` (bins of the source, bins
of the target), roots of both, and ``used`` (k, 2), the middles of what the plan uses, as they were
drawn; scalars ``cost w1 w2 tv js kl energy mmd gap steepest theta log2 moved``; sentence ``says``.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch

from explorer.dials import check, dial
from explorer.labs.transport import line_words as words
from explorer.labs.transport.shapes import HIGH, LONGEST, LOW, SHAPES, heights_of, pile_of
from explorer.runs.frames import Frame
from explorer.transport.distances import DISTANCES
from explorer.transport.piles import Pile
from explorer.transport.plans import OptimalTransport
from explorer.transport.stairs import staircase, transport_on_line

SHIFT = 4.0  # the farthest that the source is moved, either way
AXIS = (LOW - SHIFT, HIGH + SHIFT)  # of all pictures along the line
MOMENTS = 40  # of the journey, after its start
GRAINS = 240  # some more: every step of the staircase has one at least
TOP = 100.0  # where the source lies in the picture of the plan; the target lies at 0
TRAVELS = 0.4  # of the journey, the time of one grain
BEND = 0.45  # of the way of a grain, as the ribbons are bent
PLACES = 361  # at which the potentials are drawn

COSTS = {"distance": "|x − y|", "square": "|x − y|²"}
"""What it costs to move a grain: the way, or its square."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """Two piles and a cost. Raises ValueError with one line."""

    source: str = dial(
        SHAPES["left"].text(),
        "Source",
        "The sand that is moved: the heights of its bins. Draw on the picture, or type.",
        longest=LONGEST,
        said="the source",
    )
    target: str = dial(
        SHAPES["two"].text(),
        "Target",
        "Where it has to go: the heights of its bins. Draw on the picture, or type.",
        longest=LONGEST,
        said="the target",
    )
    shift: float = dial(
        0.0,
        "Shift θ",
        "Moves the whole source along the line.",
        low=-SHIFT,
        high=SHIFT,
        step=0.05,
    )
    cost: str = dial("distance", "Cost of a grain", "How the price of a way grows.", choices=COSTS)

    def __post_init__(self) -> None:
        check(self)
        self.piles  # noqa: B018  # what the heights must be

    @cached_property
    def piles(self) -> tuple[Pile, Pile]:
        """Source and target. Their masses are one each, whatever their heights add up to."""
        return pile_of("source", self.source, self.shift), pile_of("target", self.target)

    @property
    def order(self) -> int:
        """The power of the way that a grain costs."""
        return 1 if self.cost == "distance" else 2

    @cached_property
    def solved(self) -> OptimalTransport:
        """The cheapest plan and its potentials."""
        source, target = self.piles
        return transport_on_line(source.measure, target.measure, self.order)

    @cached_property
    def _steps(self) -> "_Steps":
        return _staircase(*self.piles)

    def frames(self, every: int = 1) -> list[Frame]:
        """The journey of the sand, from first grain to last; of its moments each so-manieth."""
        source, target = self.piles
        grains = _grains(self._steps, source, target)
        masses = _some(source.mass), _some(target.mass)
        heights = [heights_of(role, text) for role, text in self._texts]
        looks = words.Looks(self.solved.distance, self.solved.cost, self.order)
        price = np.abs(grains.way) ** self.order * grains.mass
        found = []
        for moment in range(0, MOMENTS + 1, every):
            done = grains.done(moment / MOMENTS)
            gone = np.bincount(grains.source, grains.mass * (done > 0), len(source.mass))
            come = np.bincount(grains.target, grains.mass * (done >= 1), len(target.mass))
            arrays = {
                "grains": grains.places(done),
                "left/y": steps_of(heights[0] * _share(1 - gone / masses[0])),
                "arrived/y": steps_of(heights[1] * _share(come / masses[1])),
            }
            spent, there = float(done @ price), float(grains.mass @ (done >= 1))
            scalars = {"spent": spent, "there": there}
            look = looks.at(moment, MOMENTS, spent, there)
            found.append(Frame(moment, arrays, scalars, {"look": look}))
        return found

    @property
    def _texts(self) -> tuple[tuple[str, str], tuple[str, str]]:
        return ("source", self.source), ("target", self.target)

    def still(self) -> Frame:
        """The piles, the plan, its proof, and all distances between them."""
        source, target = self.piles
        arrays: dict[str, np.ndarray] = {}
        for (role, text), made in zip(self._texts, self.piles, strict=True):
            heights = heights_of(role, text)
            arrays |= {
                f"{role}/x": doubled(made.edges.numpy()),
                f"{role}/y": steps_of(heights),
                f"{role}/none": np.zeros(2 * len(heights) + 2),
            }
        ribbons = _ribbons(self._steps, source, target)
        arrays |= ribbons | _distributions(source, target)
        arrays |= _proof(self.solved, source, target)
        scalars = {name: one.value(source, target) for name, one in DISTANCES.items()}
        scalars |= {
            "cost": self.solved.cost,
            "gap": _dual(self.solved),
            "steepest": float(np.abs(np.gradient(arrays["phi"], arrays["potential/x"])).max()),
            "theta": self.shift,
            "log2": float(np.log(2)),
            "moved": float(_moved(self._steps, source, target)),
        }
        says = words.says(scalars, self.order)
        return Frame(0, arrays, scalars, {"says": says})


# --------------------------------------------------------------------------------------- the sand


@dataclass(frozen=True)
class Grains:
    """Grains of a plan: between which bins, with how much mass, along which way, and when."""

    source: np.ndarray  # (n,) bins
    target: np.ndarray
    mass: np.ndarray
    way: np.ndarray  # (n,) to the right
    start: np.ndarray  # (n,) where it lies in its bin
    end: np.ndarray

    def done(self, time: float) -> np.ndarray:
        """How much of its way each grain has behind it at a time from 0 to 1; the left go first."""
        order = (np.cumsum(self.mass) - self.mass / 2) * (1 - TRAVELS)
        return np.clip((time - order) / TRAVELS, 0.0, 1.0)

    def places(self, done: np.ndarray) -> np.ndarray:
        """Where each grain is, (n, 2): along the line, and down from `TOP`, as ribbons bend."""
        t = done
        aside = 3 * t**2 - 2 * t**3
        down = 3 * BEND * t * (1 - t) ** 2 + 3 * (1 - BEND) * t**2 * (1 - t) + t**3
        return np.stack([self.start + (self.end - self.start) * aside, TOP * (1 - down)], axis=1)


@dataclass(frozen=True)
class _Steps:
    """The steps of a staircase that move sand, by the bins of whole piles."""

    source: np.ndarray
    target: np.ndarray
    mass: np.ndarray
    start: np.ndarray  # (s, 2) the part of the source's bin that goes, from left to right
    end: np.ndarray  # (s, 2)


def _staircase(source: Pile, target: Pile) -> _Steps:
    rows, columns = (np.flatnonzero(pile.mass.numpy() > 0) for pile in (source, target))
    stairs = staircase(source.mass[source.mass > 0], target.mass[target.mass > 0])
    moves = stairs.mass.numpy() > 1e-12
    i, j = rows[stairs.source.numpy()[moves]], columns[stairs.target.numpy()[moves]]
    mass = stairs.mass.numpy()[moves]
    parts = [_part(bins, mass, pile) for bins, pile in ((i, source), (j, target))]
    return _Steps(i, j, mass, *parts)


def _part(bins: np.ndarray, mass: np.ndarray, pile: Pile) -> np.ndarray:
    """Which part of its bin each step takes, from left to right."""
    until = np.cumsum(mass)
    of_bin = pile.mass.numpy()[bins]
    before = np.concatenate([[0.0], np.cumsum(pile.mass.numpy())])[bins]
    shares = np.stack([until - mass - before, until - before], axis=1) / of_bin[:, None]
    return pile.edges.numpy()[bins, None] + pile.width * np.clip(shares, 0, 1)


def _grains(steps: _Steps, source: Pile, target: Pile) -> Grains:
    many = np.maximum(1, np.round(GRAINS * steps.mass)).astype(int)
    each = np.repeat(np.arange(len(many)), many)
    among = (np.arange(len(each)) - np.repeat(np.cumsum(many) - many, many) + 0.5) / many[each]
    middles = [pile.middles.numpy() for pile in (source, target)]
    i, j = steps.source[each], steps.target[each]
    ends = [part[each, 0] + (part[each, 1] - part[each, 0]) * among
            for part in (steps.start, steps.end)]  # fmt: skip
    return Grains(i, j, (steps.mass / many)[each], middles[1][j] - middles[0][i], *ends)


def _moved(steps: _Steps, source: Pile, target: Pile) -> float:
    """The share of the sand that does not stay where it is."""
    ways = target.middles.numpy()[steps.target] - source.middles.numpy()[steps.source]
    return float(steps.mass[np.abs(ways) > 1e-9].sum())


def _ribbons(steps: _Steps, source: Pile, target: Pile) -> dict[str, np.ndarray]:
    ends = np.concatenate([steps.start, steps.end], axis=1)
    ways = target.middles.numpy()[steps.target] - source.middles.numpy()[steps.source]
    return {
        "right": ends[ways > 1e-9],
        "left": ends[ways < -1e-9],
        "rest": ends[np.abs(ways) <= 1e-9],
    }


# -------------------------------------------------------------------------------------- the proof


def _distributions(source: Pile, target: Pile) -> dict[str, np.ndarray]:
    """Both distribution functions as steps, over the places where either jumps."""
    at = torch.cat([source.middles, target.middles]).sort().values
    found = {"cdf/x": np.concatenate([[AXIS[0]], np.repeat(at.numpy(), 2), [AXIS[1]]])}
    for name, pile in (("source", source), ("target", target)):
        below = torch.cat([pile.mass.new_zeros(1), pile.mass.cumsum(0)])
        values = below[torch.searchsorted(pile.middles, at, right=True)].numpy()
        found[f"cdf/{name}"] = np.concatenate([[0.0, 0.0], np.repeat(values, 2)])
    return found


def _proof(solved: OptimalTransport, source: Pile, target: Pile) -> dict[str, np.ndarray]:
    """Potentials along the line, and the table of plan and slack over all bins."""
    at = torch.linspace(*AXIS, PLACES, dtype=torch.float64)
    u, v = solved.source_potential, solved.target_potential
    x, y = solved.source.points[:, 0], solved.target.points[:, 0]
    phi = solved.kantorovich_potential(at[:, None])
    middle = float(phi.mean())
    phi = phi - middle
    psi = ((x[:, None] - at).abs() ** solved.order - u[:, None]).amin(0) + middle
    whole = [
        ((p.middles[:, None] - o).abs() ** solved.order - w).amin(1)
        for p, o, w in ((source, y, v), (target, x, u))
    ]
    costs = (source.middles[:, None] - target.middles).abs() ** solved.order
    plan = torch.zeros_like(costs)
    rows, columns = source.mass > 0, target.mass > 0
    assert solved.plan is not None
    plan[rows[:, None] & columns] = solved.plan.flatten()
    used = (plan > 1e-12).nonzero()  # less is rounding
    return {
        "potential/x": at.numpy(),
        "phi": phi.numpy(),
        "psi": -psi.numpy(),
        "touch/source": torch.stack([x, u - middle], 1).numpy(),
        "touch/target": torch.stack([y, -v - middle], 1).numpy(),
        "plan": plan.sqrt().numpy(),
        "slack": (costs - whole[0][:, None] - whole[1]).clamp_min(0).sqrt().numpy(),
        "used": torch.stack(
            [_in_bins(target, used[:, 1]), _in_bins(source, used[:, 0])], 1
        ).numpy(),
    }


def _in_bins(pile: Pile, bins: torch.Tensor) -> torch.Tensor:
    """The middles of bins where the pile was drawn, wherever it was moved."""
    return LOW + pile.width * (bins.double() + 0.5)


def _dual(solved: OptimalTransport) -> float:
    """What the potentials are worth: E φ(source) + E ψ(target)."""
    source = solved.source.mass @ solved.source_potential
    return float(source + solved.target.mass @ solved.target_potential)


# -------------------------------------------------------------------------------------- the lines


def doubled(edges: np.ndarray) -> np.ndarray:
    """Places where an outline goes up and down: each edge twice."""
    return np.repeat(edges, 2)


def steps_of(heights: np.ndarray) -> np.ndarray:
    """Heights as an outline over doubled edges, from the ground to the ground."""
    return np.concatenate([[0.0], np.repeat(heights, 2), [0.0]])


def _some(mass: torch.Tensor) -> np.ndarray:
    """Masses to divide by, none of them zero."""
    found = mass.numpy()
    return np.where(found > 0, found, 1.0)


def _share(part: np.ndarray) -> np.ndarray:
    return np.clip(part, 0.0, 1.0)
