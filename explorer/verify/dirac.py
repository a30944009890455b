"""Known answers of the Dirac-GAN: the published notebook's course, and eigenvalues."""

from functools import partial

from explorer.gans.dirac import (
    DIRAC_GAMES,
    DiracGame,
    consensus,
    eigenvalues,
    of_objective,
    r1,
    r1_eigenvalues,
    relativistic_eigenvalues,
    trajectory,
    verdict,
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
