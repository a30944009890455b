"""The cliff without its page: one point of the error surface, its orbit, and two ways down from it.

**Frames**, one for each step of both descents: scalars ``step``, and for "plain" and "clipped"
``<run>/error``, ``<run>/norm``, the gradient's before any clipping, and ``clipped/taken``, what is
left of it; sentence ``look``.
**Still**: ``surface`` (rows of w, columns of b), the root of the mean E of each pixel; ``wall/b
wall/w``; ``stable/b stable/x unstable/b unstable/x``, the fixed points over b, and ``bistable/b
bistable/low bistable/high``, the strip with two attractors; ``orbit/x``, x_0 to x_50, and
``orbit/beside_low orbit/beside_high``, those of b ∓ 0.01; ``orbit/at`` (51, 2), places (b, x_t),
and ``orbit/end`` (1, 2); ``cut/b cut/error cut/norm``, E and ‖∇E‖ over b at this w; for each run
``<run>/b <run>/w`` and ``<run>/path`` (steps + 1, 2); scalars ``w b start clip error norm by_start
above`` and, of whole descents, ``<run>/end plain/most clipped/bites``; sentences ``says`` and
``ends``.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from explorer.dials import check, dial
from explorer.gradients.cliff import (
    AT_START,
    START,
    STEPS,
    WALL_FROM,
    Course,
    Descent,
    around_the_wall,
    bistable,
    branches,
    course,
    descend,
    error,
    mean_errors,
    wall,
    wall_width,
)
from explorer.labs.gradients import cliff_words as words
from explorer.labs.gradients.cliff_words import APART, ARRIVED, NEIGHBOURS
from explorer.runs.frames import Frame

W, B = (3.0, 7.0), (-4.5, -0.5)  # of the surface
PIXELS = 120  # of the surface, each way
X = (-4.6, 6.6)  # wherever a point of the surface can go
BESIDE = 0.01  # in b, of the two orbits beside the point's


@dataclass(frozen=True)
class Run:
    """Where a descent starts, and with which steps: what choosing it turns."""

    label: str
    w: float
    b: float
    rate: float
    clip: float = 1.0

    def turns(self, prefix: str = "") -> dict[str, float]:
        """Its settings by the names of their dials."""
        return {f"{prefix}{name}": getattr(self, name) for name in ("w", "b", "rate", "clip")}


RUNS: Mapping[str, Run] = {
    "thrown": Run("Thrown off the wall", 5.2, -2.5, rate=0.5),
    "small": Run("Small steps, thrown too", 5.0, -3.0, rate=0.05),
    "fine": Run("Fine without clipping", 5.0, -2.4, rate=0.5),
    "on": Run("On the wall", 5.0, -2.6123, rate=0.5),
}
"""Starts that are worth a look; the first two are known to be thrown, the third is known not to."""


@dataclass(frozen=True, kw_only=True)
class Cliff:
    """One point and two descents from it. Raises ValueError with one line."""

    w: float = dial(
        5.2, "Weight w", "Of the unit's own last state.", low=W[0], high=W[1], step=0.01
    )
    b: float = dial(-2.5, "Bias b", low=B[0], high=B[1], step=0.001)
    rate: float = dial(
        0.5,
        "Learning rate",
        "A step goes so many gradients far.",
        low=1e-4,
        high=10.0,
        offered=(0.01, 0.05, 0.1, 0.2, 0.5, 1.0),
    )
    clip: float = dial(
        1.0,
        "Clip at",
        "A gradient at least so long is shortened to it, its direction kept.",
        low=1e-3,
        high=1e3,
        offered=(0.1, 0.3, 1.0, 3.0, 10.0, 100.0),
    )
    steps: int = dial(300, "Steps down", low=10, high=1_000, offered=(100, 300, 1_000))

    def __post_init__(self) -> None:
        check(self)

    @cached_property
    def course(self) -> Course:
        """The orbit of the point, with its derivatives."""
        return course(self.w, self.b)

    @property
    def above(self) -> float:
        """How far above the wall it lies, in b; NaN where there is no wall."""
        return self.b - wall(self.w)

    def descents(self, steps: int | None = None) -> dict[str, Descent]:
        """Both ways down: as the gradient says, and clipped."""
        many = self.steps if steps is None else min(steps, self.steps)
        clips = {"plain": None, "clipped": self.clip}
        return {
            name: _descent(self.w, self.b, self.rate, clip, many) for name, clip in clips.items()
        }

    def arrivals(self) -> dict[str, int]:
        """How many of nine starts beside this one arrive, itself among them, each way down."""
        beside = [self.w + k * APART for k in range(-NEIGHBOURS, NEIGHBOURS + 1)]
        found = {}
        for name, clip in (("plain", None), ("clipped", self.clip)):
            ends = [_descent(w, self.b, self.rate, clip, self.steps).errors[-1] for w in beside]
            found[name] = sum(bool(end < ARRIVED) for end in ends)
        return found

    def frames(self, steps: int | None = None) -> list[Frame]:
        """How both go down, a frame for the start and one for each step."""
        runs = self.descents(steps)
        shortened = np.cumsum(runs["clipped"].norms >= self.clip)
        leaps = words.longest_so_far(runs["plain"])
        taken = np.minimum(runs["clipped"].norms, self.clip)
        numbers = {
            **{f"{name}/error": run.errors for name, run in runs.items()},
            **{f"{name}/norm": run.norms for name, run in runs.items()},
            "clipped/taken": taken,
        }
        columns = {name: values.tolist() for name, values in numbers.items()}
        found = []
        for step in range(len(taken)):
            scalars = {name: values[step] for name, values in columns.items()} | {"step": step}
            before = int(shortened[step - 1]) if step else 0
            look = words.look(step, self.clip, scalars, leaps[step], shortened=before)
            found.append(Frame(step, scalars=scalars, sentences={"look": look}))
        return found

    def still(self, steps: int | None = None) -> Frame:
        """The surface, the orbit, the fixed points, the cut, and both ways down.

        With fewer ``steps`` than there are nothing is said of how the descents end.
        """
        runs, orbit = self.descents(steps), self.course.states
        arrays = {
            **_ground(),
            **_fixed_points(self.w),
            **_cut(self.w),
            "orbit/x": orbit,
            "orbit/beside_low": course(self.w, self.b - BESIDE).states,
            "orbit/beside_high": course(self.w, self.b + BESIDE).states,
            "orbit/at": np.stack([np.full(STEPS + 1, self.b), orbit], axis=1),
            "orbit/end": np.array([[self.b, orbit[-1]]]),
        }
        for name, run in runs.items():
            drawn = np.clip(run.places[:, ::-1], -1e3, 1e3)  # what is thrown stops far outside
            arrays |= {f"{name}/path": drawn, f"{name}/b": drawn[:, 0], f"{name}/w": drawn[:, 1]}
        scalars = {
            "w": self.w,
            "b": self.b,
            "start": START,
            "clip": self.clip,
            "error": float(self.course.error),
            "norm": float(self.course.norm),
            "by_start": float(self.course.by_start),
            "above": self.above,
        }
        sentences = {"says": words.side(self.w, self.b, float(orbit[-1]))}
        if steps is None or steps >= self.steps:
            scalars |= {f"{name}/end": float(run.errors[-1]) for name, run in runs.items()}
            scalars["plain/most"] = float(runs["plain"].norms.max())
            scalars["clipped/bites"] = runs["clipped"].bites
            sentences["ends"] = words.ends(runs["plain"], runs["clipped"], self.arrivals)
        return Frame(0, arrays, scalars, sentences)


@lru_cache(maxsize=256)
def _descent(w: float, b: float, rate: float, clip: float | None, steps: int) -> Descent:
    return descend(w, b, rate, clip, steps)


# ------------------------------------------------------------------------------- what is drawn


@lru_cache(maxsize=1)
def _ground() -> dict[str, np.ndarray]:
    """What stays where it is, whatever is turned: the surface and its wall."""
    edges = (np.linspace(*ends, PIXELS + 1) for ends in (W, B))
    along = np.array([math.nextafter(WALL_FROM, math.inf), W[1]])
    return {
        "surface": np.sqrt(mean_errors(*edges)),
        "wall/w": along,
        "wall/b": np.array([wall(w) for w in along]),
    }


@dataclass(frozen=True)
class Relief:
    """The surface to be seen from the side: rows of one weight each, biases ever denser in b*."""

    w: np.ndarray  # (rows,)
    b: np.ndarray  # (rows, columns)
    error: np.ndarray  # (rows, columns)


@lru_cache(maxsize=1)
def relief(rows: int = 81, columns: int = 30) -> Relief:
    """Return E at both feet of the wall and away from it, so many columns to each side.

    Each row has its own biases, so that the wall stands upright wherever it runs. Below the weight
    from which there is one they gather around the continuation of its line.
    """
    weights = np.linspace(*W, rows)
    away = np.linspace(0, 1, columns) ** 3
    biases = []
    for w in weights:
        at = START - AT_START * w
        foot = min(20 * wall_width(w), 0.01)  # there x has gone to either side in 50 steps
        left, right = at - foot, at + foot
        lower, upper = left - (left - B[0]) * away[::-1], right + (B[1] - right) * away
        biases.append(np.concatenate([lower, upper]))
    b = np.stack(biases)
    return Relief(weights, b, error(np.broadcast_to(weights[:, None], b.shape), b))


@lru_cache(maxsize=64)
def _fixed_points(w: float) -> dict[str, np.ndarray]:
    found = branches(w, *X)
    gap = np.array([np.nan])
    arrays = {}
    for name, stable in (("stable", True), ("unstable", False)):
        some = [each for each in found if each.stable == stable]
        for axis in ("b", "x"):
            pieces = [part for each in some for part in (getattr(each, axis), gap)]
            arrays[f"{name}/{axis}"] = np.concatenate(pieces or [gap])
    nowhere = (B[0] - 1, B[0] - 1)  # outside of the picture
    return arrays | {
        "bistable/b": np.array(bistable(w) or nowhere),
        "bistable/low": np.full(2, X[0]),
        "bistable/high": np.full(2, X[1]),
    }


@lru_cache(maxsize=64)
def _cut(w: float) -> dict[str, np.ndarray]:
    b = around_the_wall(w, np.linspace(*B, 241))
    found = course(w, b)
    return {"cut/b": b, "cut/error": found.error, "cut/norm": found.norm}
