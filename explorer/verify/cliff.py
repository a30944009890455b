"""Known answers of the cliff: Pascanu's single unit, its wall, and descents that meet it."""

from functools import partial
from statistics import median

import numpy as np
import torch

from explorer.gradients.cliff import (
    START,
    STEPS,
    TARGET,
    WALL_FROM,
    bistable,
    branches,
    course,
    descend,
    error,
    slopes,
    wall,
)
from explorer.verify.known import Known

INDEPENDENT = "an independent run of the formula"
ERRORS = {
    -2.61: 0.01049,
    -2.6122: 0.00420,
    -2.6123: 0.00856,
    -2.6124: 0.32241,
    -2.62: 0.34327,
    -2.63: 0.34563,
}
"""E at w = 5 over b."""
STEEPEST = {4.5: 157.0, 5.0: 6758.0}
"""The largest ‖∇E‖ on a grid of 1e-5 over b from −5 to −1, over w; it lies between −3 and −2."""
RUNS = ((5.2, -2.5, 0.5), (5.0, -3.0, 0.05))
"""Starts (w, b) and learning rates that one step throws away."""
FINE = (5.0, -2.4, 0.5)
BESIDE = range(-4, 5)  # starts a billionth apart: what meets the wall rests on its last digits


def at_w_5(b: float) -> float:
    """E at w = 5."""
    return float(error(5.0, b))


def on_a_grid(w: float) -> float:
    """The largest ‖∇E‖ there."""
    return float(course(w, np.arange(-3, -2, 1e-5)).norm.max())


def ends(run: tuple[float, float, float], clip: float | None) -> float:
    """The median of E after 300 steps from nine starts in one place."""
    w, b, rate = run
    found = (descend(w + k * 1e-9, b, rate, clip).errors[-1] for k in BESIDE)
    return float(median(found))


def to_autograd() -> float:
    """Largest relative error of dE/dw and dE/db at 40 points against autograd."""
    worst = 0.0
    for w in np.linspace(3, 7, 8):
        for b in np.linspace(-4.5, -0.5, 5):
            at = torch.tensor([w, b], dtype=torch.float64, requires_grad=True)
            x = torch.tensor(START, dtype=torch.float64)
            for _ in range(STEPS):
                x = at[0] * torch.sigmoid(x) + at[1]
            (known,) = torch.autograd.grad((torch.sigmoid(x) - TARGET) ** 2, at)
            ours = torch.tensor(slopes(float(w), float(b))[1:], dtype=torch.float64)
            worst = max(worst, float((ours - known).norm() / known.norm()))
    return worst


def where_two_attractors_end(upper: bool) -> float:
    """An end of the biases with two attractors at w = 5."""
    found = bistable(5.0)
    assert found is not None
    return found[upper]


def not_a_fixed_point() -> float:
    """Largest |w σ(x) + b − x| on the branches of the bifurcation diagram, at w = 5."""
    found = branches(5.0, -4.5, 4.5)
    return max(float(np.abs(5 / (1 + np.exp(-e.x)) + e.b - e.x).max()) for e in found)


CLIFF = (
    *(
        Known(f"cliff, w = 5, b = {b:g}: E", known, partial(at_w_5, b), INDEPENDENT, tolerance=1e-5)
        for b, known in ERRORS.items()
    ),
    Known("cliff: ∇E at 40 points, relative error", 0, to_autograd, "autograd", tolerance=1e-8),
    Known(
        "cliff, on the wall at w = 5: dx₅₀/dx₀",
        (5 * 0.2350037) ** 50,
        lambda: float(course(5.0, wall(5.0)).by_start),
        "(w σ'(x₀))⁵⁰",
        tolerance=1e-4,
        kind="rel",
    ),
    *(
        Known(
            f"cliff, w = {w:g}: largest gradient on a grid of 1e-5",
            known,
            partial(on_a_grid, w),
            INDEPENDENT,
            tolerance=0.5,
        )
        for w, known in STEEPEST.items()
    ),
    *(
        Known(
            f"cliff, w = {w:g}: where the wall stands",
            0.5 - 0.6224593 * w,
            partial(wall, w),
            "x₀ is a fixed point: b* = x₀ − σ(x₀) w",
            tolerance=1e-6,
        )
        for w in (4.5, 5.0, 7.0)
    ),
    Known(
        "cliff: the weight from which there is a wall",
        4.2552519,
        lambda: WALL_FROM,
        "1/σ'(0.5)",
        tolerance=1e-6,
    ),
    *(
        Known(
            f"cliff, w = 5: {'largest' if upper else 'least'} bias with two attractors",
            known,
            partial(where_two_attractors_end, upper),
            INDEPENDENT,
            tolerance=1e-5,
        )
        for upper, known in ((False, -2.65561), (True, -2.34439))
    ),
    Known(
        "cliff, w = 4: biases with two attractors",
        0,
        lambda: float(bistable(4.0) is not None),
        "1/γ = 4, Pascanu et al. 2013",
    ),
    Known(
        "cliff: fixed points that do not stay",
        0,
        not_a_fixed_point,
        "x = w σ(x) + b",
        tolerance=1e-12,
    ),
    *(
        Known(
            f"cliff, from ({w:g}, {b:g}), rate {rate:g}, unclipped: E at the end",
            0.09,
            partial(ends, (w, b, rate), None),
            "(1 − 0.7)², " + INDEPENDENT,
            tolerance=1e-3,
        )
        for w, b, rate in RUNS
    ),
    *(
        Known(
            f"cliff, from ({w:g}, {b:g}), rate {rate:g}, clipped at 1: E at the end",
            (0.0, 0.01),
            partial(ends, (w, b, rate), 1.0),
            "0.0007 and 0.0012, " + INDEPENDENT,
            kind="range",
        )
        for w, b, rate in RUNS
    ),
    Known(
        "cliff, from (5, -2.4), rate 0.5, unclipped: E at the end",
        (0.0, 0.01),
        partial(ends, FINE, None),
        "not every start needs clipping, " + INDEPENDENT,
        kind="range",
    ),
)
