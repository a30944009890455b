"""Known answers of the Dirac-GAN: the published notebook's course, and eigenvalues."""

from functools import partial

import torch

from explorer.gans.dirac import (
    DIRAC_GAMES,
    DiracGame,
    consensus,
    eigenvalues,
    of_objective,
    r1,
    r1_eigenvalues,
    relativistic_eigenvalues,
    small_circle,
    step_jacobian,
    trajectory,
    verdict,
    weights_that_draw_in,
)
from explorer.verify.known import Known

GAMES = {**DIRAC_GAMES, "consensus": consensus(bend=0.5)}
"""With the notebook's consensus, which halves one of its terms."""

TABLE: dict[str, tuple[float, float, float]] = {
    "minimax": (3.1, 1.42, 1.85),
    "non_saturating": (0.64, 0.28, 0.14),
    "wasserstein_clip": (1.0, 1.0, 0.92),
    "wasserstein_gp": (1.8, 1.2, 0.72),
    "r1": (2.6e-6, 2.3e-7, 9e-34),
    "r1_critical": (9.5e-22, 7.5e-17, 5e-12),
    "consensus": (2e-10, 1.3e-11, 5e-33),
}
"""Distance from the equilibrium after 500 steps of 0.2 from (1, 1), by its vector fields: both
players at once, in turn, and in turn with five steps of the judge; two digits are known."""

WAYS = {0: "at once", 1: "in turn", 5: "in turn, 5 judge steps"}


def distance(name: str, judge_steps: int) -> float:
    """From the equilibrium, at the end."""
    return float(trajectory(GAMES[name], judge_steps=judge_steps)[-1].norm())


def eigenvalue_error(game: DiracGame, formula: tuple[complex, complex]) -> float:
    """Largest distance of an eigenvalue of a game's Jacobian from the formula."""
    found = eigenvalues(game)
    assert found is not None
    ours = sorted(found.tolist(), key=lambda z: (z.real, z.imag))
    known = sorted(formula, key=lambda z: (z.real, z.imag))
    return max(abs(a - b) for a, b in zip(ours, known, strict=True))


def convergent(name: str) -> float:
    """In how many of the three ways the verdict is that it converges."""
    game = DIRAC_GAMES[name]
    ways = (verdict(game, trajectory(game, judge_steps=way), way) for way in WAYS)
    return sum(each == "converges" for each in ways)


def iteration_error(judge_steps: int, h: float = 0.37, size: float = 1e-5) -> float:
    """Largest error of the Jacobian of a whole iteration, of all games that have one."""
    worst = 0.0
    for game in DIRAC_GAMES.values():
        if game.smooth:
            starts = ((size, 0.0), (-size, 0.0), (0.0, size), (0.0, -size))
            ends = [trajectory(game, start, judge_steps, 1, h)[1] for start in starts]
            found = torch.stack([ends[0] - ends[1], ends[2] - ends[3]], dim=1) / (2 * size)
            off = (step_jacobian(game, judge_steps, h) - found).abs().max()
            worst = max(worst, float(off))
    return worst


def r1_bound(judge_steps: int, h: float, upper: bool) -> float:
    """The least or the largest γ with which R1 draws in with such moves, by spectral radius."""
    found = weights_that_draw_in("r1", judge_steps, h)
    assert found is not None
    return found[upper]


def r1_run(gamma: float, h: float) -> float:
    """1 where a run of R1 from (0.1, 0.1), with both players at once, converges."""
    game = r1(gamma)
    return float(verdict(game, trajectory(game, (0.1, 0.1), h=h), h=h) == "converges")


DIRAC = (
    *(
        Known(
            f"Dirac-GAN, {GAMES[name].label}, {way}: distance",
            ends[column],
            partial(distance, name, judge_steps),
            "notebook of Mescheder et al. 2018",
            tolerance=0.1,  # the least digit of 5e-33
            kind="rel",
        )
        for name, ends in TABLE.items()
        for column, (judge_steps, way) in enumerate(WAYS.items())
    ),
    *(
        Known(
            f"Dirac-GAN, instance noise, {way}: distance",
            (0.0, 0.03),  # the notebook's own noise of 1,000 draws; here it is an expectation
            partial(distance, "instance_noise", judge_steps),
            "notebook of Mescheder et al. 2018",
            kind="range",
        )
        for judge_steps, way in WAYS.items()
    ),
    *(
        Known(
            f"Dirac-GAN, {game.label}: eigenvalues, error",
            0,
            partial(eigenvalue_error, game, formula),
            source,
            tolerance=1e-7,  # at a double root rounding counts by its root
        )
        for gamma in (0.3, 1.0, 2.0)
        for game, formula, source in (
            (r1(gamma), r1_eigenvalues(gamma), "−γ/2 ± √(γ²/4 − 1/4)"),
            (
                of_objective("relativistic_paired", gamma=gamma),
                relativistic_eigenvalues(gamma),
                "−γ ± √(γ² − 1/4)",
            ),
            (
                of_objective("relativistic_average", gamma=gamma),
                relativistic_eigenvalues(gamma, average=True),
                "−γ ± √(γ² − 1)",
            ),
        )
    ),
    *(
        Known(
            f"Dirac-GAN, {way}: Jacobians of a whole iteration, worst error",
            0,
            partial(iteration_error, judge_steps),
            "central differences of one iteration, h = 0.37, every smooth game",
            tolerance=1e-8,
        )
        for judge_steps, way in WAYS.items()
    ),
    *(
        Known(
            f"Dirac-GAN, R1, {WAYS[judge_steps]}, h = {h:g}: {'most' if upper else 'least'} γ",
            bound,
            partial(r1_bound, judge_steps, h, upper),
            source,
            tolerance=1e-4,
        )
        for h in (0.2, 0.5, 1.0)
        for judge_steps, upper, bound, source in (
            (0, False, h / 4, "determinant 1 − hγ + h²/4 < 1"),
            (0, True, 2 / h + h / 8, "4 − 2hγ + h²/4 > 0"),
            (1, False, 0.0, "determinant 1 − hγ < 1"),
            (1, True, 2 / h - h / 8, "4 − 2hγ − h²/4 > 0"),
        )
    ),
    *(
        Known(
            f"Dirac-GAN, R1, at once, γ = {gamma:g}, h = {h:g}: converges",
            converges,
            partial(r1_run, gamma, h),
            "h/4 < γ < 2/h + h/8",
        )
        for gamma, h, converges in ((0.1, 0.5, 0), (0.2, 0.5, 1), (3.0, 1.0, 0), (2.0, 1.0, 1))
    ),
    *(
        Known(
            f"Dirac-GAN, WGAN-GP, {way}: from 0.01, distance",
            end,
            partial(small_circle, DIRAC_GAMES["wasserstein_gp"], judge_steps),
            "an independent run of the notebook's field: small circles grow",
            tolerance=0.006,
        )
        for (judge_steps, way), end in zip(WAYS.items(), (1.97, 1.43, 0.71), strict=True)
    ),
    Known(
        "Dirac-GAN, WGAN-GP: ways that converge",
        0,
        partial(convergent, "wasserstein_gp"),
        "Mescheder et al. 2018",
    ),
    Known(
        "Dirac-GAN, R1: ways that converge", 3, partial(convergent, "r1"), "Mescheder et al. 2018"
    ),
    *(
        Known(
            f"Dirac-GAN, {DIRAC_GAMES[name].label}: ways that converge",
            3,
            partial(convergent, name),
            "R1 + R2: all real parts negative",
        )
        for name in ("relativistic_paired", "relativistic_average")
    ),
)
