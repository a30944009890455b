"""The cliff: one unit that feeds on itself, and the wall in its error surface.

Pascanu, Mikolov & Bengio 2013 (figures 3 and 6, algorithm 1):

    x_t = w σ(x_{t−1}) + b,   x_0 = 0.5,   E(w, b) = (σ(x_50) − 0.7)²,   σ the logistic function

For w > 4 there are biases with two attractors, and which of them the unit falls to depends on the
side of the unstable fixed point between them that x_0 lies on. Where x_0 *is* that point a hair
decides, and E has a wall. Solved for b that is ``b*(w) = x_0 − σ(x_0) w``, for w > 1/σ'(x_0), where
the fixed point is unstable. The wall is about (w σ'(x_0))^−50 wide: 3e-4 at w = 5, 3e-8 at w = 6,
so that a grid misses it. Here it is known in closed form, and whatever is sampled is sampled finely
around it.

All in float64; w is positive. Letters: T = 51 states, n points of any shape.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from jaxtyping import Float64

STEPS = 50
START = 0.5
TARGET = 0.7
AT_START = 1 / (1 + math.exp(-START))  # σ(x_0) = 0.6224593
WALL_FROM = 1 / (AT_START * (1 - AT_START))  # 4.2552519; below it x_0 is no unstable fixed point
BISTABLE_FROM = 4.0  # 1/γ with γ = 1/4, the steepest slope of σ
BEYOND = 1e6  # a descent that leaves it stays where it left
FLAT = -700.0  # below it σ is 0 in all digits of E

Values = Float64[np.ndarray, "*n"]


def logistic(x: Values) -> Values:
    """σ(x) = 1 / (1 + e^−x), without a warning where e^−x overflows."""
    with np.errstate(over="ignore"):
        return np.asarray(1 / (1 + np.exp(-x)))


@dataclass(frozen=True)
class Course:
    """Where the unit goes, and how its last state and its error answer to what they rest on."""

    states: Float64[np.ndarray, "T ..."]
    by_start: Values  # dx_50/dx_0: the product of the 50 slopes w σ'(x_t)
    by_w: Values  # dx_50/dw
    by_b: Values
    error: Values
    slope_w: Values  # dE/dw
    slope_b: Values

    @property
    def norm(self) -> Values:
        """‖∇E‖."""
        return np.asarray(np.hypot(self.slope_w, self.slope_b))


def course(w: Values | float, b: Values | float, steps: int = STEPS) -> Course:
    """Follow the unit from x_0, its derivatives along with it.

    Forwards, ``dx_t/dw = σ(x_{t−1}) + w σ'(x_{t−1}) dx_{t−1}/dw``, and for b with 1 in place of the
    first term.
    """
    (weight, bias), shape = _in_a_row(w, b)
    x = np.full(weight.shape, START)
    states = [x]
    by_start, by_w, by_b = np.ones_like(x), np.zeros_like(x), np.zeros_like(x)
    for _ in range(steps):
        passed = logistic(x)
        slope = weight * passed * logistic(-x)
        by_start, by_w, by_b = slope * by_start, passed + slope * by_w, 1 + slope * by_b
        x = weight * passed + bias
        states.append(x)
    passed = logistic(x)
    off = passed - TARGET
    down = 2 * off * passed * logistic(-x)
    return Course(
        np.stack(states).reshape(steps + 1, *shape),
        by_start.reshape(shape),
        by_w.reshape(shape),
        by_b.reshape(shape),
        error=(off**2).reshape(shape),
        slope_w=(down * by_w).reshape(shape),
        slope_b=(down * by_b).reshape(shape),
    )


def error(w: Values | float, b: Values | float) -> Values:
    """E alone, at many points at once."""
    (weight, bias), shape = _in_a_row(w, b)
    x = np.full(weight.shape, START)
    for _ in range(STEPS):
        x = weight * logistic(x) + bias
    return np.asarray((logistic(x) - TARGET) ** 2).reshape(shape)


def _in_a_row(
    w: Values | float, b: Values | float
) -> tuple[tuple[np.ndarray, np.ndarray], tuple[int, ...]]:
    """Weights and biases as two rows of numbers, and the shape that they come from."""
    weight, bias = np.broadcast_arrays(np.asarray(w, np.float64), np.asarray(b, np.float64))
    return (weight.ravel(), bias.ravel()), weight.shape


def slopes(w: float, b: float) -> tuple[float, float, float]:
    """E, dE/dw and dE/db at one point: as `course`, in Python's own numbers, which is faster."""
    x, by_w, by_b = START, 0.0, 0.0
    exp = math.exp
    for _ in range(STEPS):
        passed = 1 / (1 + exp(-x)) if x > FLAT else 0.0
        slope = w * passed * (1 - passed)
        by_w = passed + slope * by_w
        by_b = 1 + slope * by_b
        x = w * passed + b
    passed = 1 / (1 + exp(-x)) if x > FLAT else 0.0
    off = passed - TARGET
    down = 2 * off * passed * (1 - passed)
    return off * off, down * by_w, down * by_b


# ---------------------------------------------------------------------------------- the wall


def wall(w: float) -> float:
    """b*(w) = 0.5 − 0.6224593 w, where x_0 is the unstable fixed point; NaN up to `WALL_FROM`."""
    return START - AT_START * w if w > WALL_FROM else math.nan


def wall_width(w: float) -> float:
    """About how wide the wall is in b: what x_50 / b answers with 1, (w σ'(x_0))^−50."""
    return (w / WALL_FROM) ** -STEPS


def bistable(w: float) -> tuple[float, float] | None:
    """Between which biases there are two attractors; None up to w = 4.

    At both ends an attractor meets the unstable point: w σ'(x) = 1, σ(x) = (1 ± √(1 − 4/w)) / 2.
    """
    fold = _fold(w)
    return (fold - w * _sigma(fold), -fold - w * _sigma(-fold)) if fold > 0 else None


def _fold(w: float) -> float:
    """The x > 0 at which w σ'(x) = 1; 0 where there is none."""
    if w <= BISTABLE_FROM:
        return 0.0
    root = math.sqrt(1 - BISTABLE_FROM / w)
    return math.log((1 + root) / (1 - root))


def _sigma(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x > FLAT else 0.0


@dataclass(frozen=True)
class Branch:
    """Fixed points over the bias, and whether they attract: places (b, x) along the branch."""

    stable: bool
    b: Float64[np.ndarray, " m"]
    x: Float64[np.ndarray, " m"]


def branches(w: float, lowest: float, highest: float, points: int = 161) -> tuple[Branch, ...]:
    """Return the fixed points with x between two ends: x = w σ(x) + b, whence b = x − w σ(x).

    Lower attractor, unstable points, upper attractor; one attractor up to w = 4.
    """
    fold = _fold(w)
    ends = (lowest, -fold, fold, highest) if fold else (lowest, highest)
    found = []
    for number, (low, high) in enumerate(pairwise(ends)):
        x = np.linspace(low, high, points)
        found.append(Branch(number != 1, x - w * logistic(x), x))
    return tuple(found)


def fixed_points(w: float, b: float) -> tuple[float, ...]:
    """Every x = w σ(x) + b, from below: one, or the unstable one between two attractors."""
    fold, reach = _fold(w), abs(w) + abs(b) + 1

    def rise(x: float) -> float:
        return w * _sigma(x) + b - x

    if not fold:
        return (_root(rise, -reach, reach),)
    found = []
    if rise(-fold) <= 0:
        found.append(_root(rise, -reach, -fold))
    if rise(-fold) < 0 < rise(fold):
        found.append(_root(rise, fold, -fold))
    if rise(fold) >= 0:
        found.append(_root(rise, fold, reach))
    return tuple(found)


def _root(rise: Callable[[float], float], above: float, below: float) -> float:
    """Where a function that is not negative at ``above`` and not positive at ``below`` is 0."""
    for _ in range(200):
        middle = (above + below) / 2
        if middle in (above, below):
            break
        if rise(middle) > 0:
            above = middle
        else:
            below = middle
    return (above + below) / 2


def attractor(w: float, b: float) -> float:
    """Where the unit ends up in the long run: its steps never turn round, for σ rises.

    On the wall itself it stays at x_0, and nothing but rounding moves it from there.
    """
    points = fixed_points(w, b)
    first = w * AT_START + b - START
    stable = (points[0], points[-1])
    ahead = [x for x in stable if (x > START if first > 0 else x < START)]
    if first == 0 or not ahead:
        return START
    return min(ahead, key=lambda x: abs(x - START))


# ----------------------------------------------------------------------- sampled around the wall


def around_the_wall(w: float, edges: Values) -> Float64[np.ndarray, " m"]:
    """Biases between the ends of ``edges``: those, and ever denser ones to both sides of the wall.

    Distances from it halve until they are a 64th of its width, or of what float64 can tell.
    """
    at = wall(w)
    if math.isnan(at):
        return np.asarray(edges, np.float64)
    least = max(wall_width(w) / 64, 1e-15)
    halvings = math.ceil(math.log2((edges[-1] - edges[0]) / least))
    apart = (edges[-1] - edges[0]) * 0.5 ** np.arange(0, halvings + 0.25, 0.25)
    found = np.unique(np.concatenate([edges, at - apart, [at], at + apart]))
    inside = (found >= edges[0]) & (found <= edges[-1])
    return np.asarray(found[inside])


def mean_errors(
    w: Float64[np.ndarray, " r"], b: Float64[np.ndarray, " c"]
) -> Float64[np.ndarray, "r-1 c-1"]:
    """Mean of E over every cell of a grid with these edges: the surface as a picture of pixels.

    Each cell is cut at the wall and graded towards it (`around_the_wall`), by Gauss's rule of two
    points on each piece, at three weights a row: so a cell that the wall crosses is as much of both
    sides as they have of it, wherever the grid lies.
    """
    nodes = np.polynomial.legendre.leggauss(2)
    across = np.polynomial.legendre.leggauss(3)
    found = np.zeros((len(w) - 1, len(b) - 1))
    for row, (low, high) in enumerate(pairwise(w)):
        weights, places, cells, shares = [], [], [], []
        for at, share in zip(*across, strict=True):
            weight = (low + high) / 2 + at * (high - low) / 2
            ends = around_the_wall(float(weight), b)
            wide = np.diff(ends)
            middles = (ends[1:] + ends[:-1]) / 2
            inside = np.clip(np.searchsorted(b, middles) - 1, 0, len(b) - 2)
            for node, part in zip(*nodes, strict=True):
                places.append(middles + node * wide / 2)
                shares.append(share / 2 * part / 2 * wide / np.diff(b)[inside])
                cells.append(inside)
                weights.append(np.full(len(wide), weight))
        errors = error(np.concatenate(weights), np.concatenate(places))
        into = np.concatenate(cells)
        found[row] = np.bincount(into, np.concatenate(shares) * errors, len(b) - 1)
    return found


# -------------------------------------------------------------------------------- the way down


@dataclass(frozen=True)
class Descent:
    """Gradient descent from one point, before the first of K steps and after each."""

    places: Float64[np.ndarray, "K1 2"]  # w, b
    errors: Float64[np.ndarray, " K1"]
    norms: Float64[np.ndarray, " K1"]  # ‖∇E‖ as it is, before any clipping
    clip: float | None

    @property
    def lengths(self) -> Float64[np.ndarray, " K"]:
        """How far each step goes in the plane of w and b."""
        return np.asarray(np.hypot(*np.diff(self.places, axis=0).T))

    @property
    def bites(self) -> int:
        """How many steps were shortened."""
        return 0 if self.clip is None else int((self.norms[:-1] >= self.clip).sum())


def descend(
    w: float, b: float, rate: float, clip: float | None = None, steps: int = 300
) -> Descent:
    """Go down the error surface: (w, b) − rate · g, with the gradient g rescaled where it is long.

    Algorithm 1: where ‖g‖ ≥ clip, g becomes g · clip/‖g‖. Without a ``clip`` it stays as it is. A
    run that leaves 1e6, or stands where the gradient is exactly 0, stays there.
    """
    places, errors, norms = [(w, b)], [], []
    value, down_w, down_b = slopes(w, b)
    for _ in range(steps):
        norm = math.hypot(down_w, down_b)
        errors.append(value)
        norms.append(norm)
        if norm != 0 and max(abs(w), abs(b)) <= BEYOND:
            length = rate * (clip / norm if clip is not None and norm >= clip else 1.0)
            w, b = w - length * down_w, b - length * down_b
            value, down_w, down_b = slopes(w, b)
        places.append((w, b))
    errors.append(value)
    norms.append(math.hypot(down_w, down_b))
    return Descent(np.array(places), np.array(errors), np.array(norms), clip)
