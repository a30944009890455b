"""The game of two numbers as a recording: every objective from one start, and its phase portrait.

**Frames**, one a step: for every game g of `games(gamma)`, ``g/here`` (1, 2) and ``g/trail``
(60, 2), the last steps (shorter trails repeat their start); scalars ``g/distance`` from the
equilibrium, ``g/theta g/psi``; sentences ``g/says``, and ``look`` for the chosen game.
**Still**: ``g/path`` (steps + 1, 2), ``g/tails g/arrows`` (225, 2) the field on 15 × 15 points,
``equilibrium`` (1, 2); scalars ``g/real1 g/imag1 g/real2 g/imag2`` (eigenvalues of the Jacobian,
left out where there is none), ``g/radius`` (the largest modulus of a whole step, linearised),
``g/arrives`` (1 where it converges).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import ClassVar

import numpy as np
import torch

from explorer.dials import check, dial
from explorer.gans.dirac import (
    DIRAC_GAMES,
    DiracGame,
    Verdict,
    eigenvalues,
    step_eigenvalues,
    trajectory,
    velocities,
    verdict,
)
from explorer.labs.gans.words import fixed, spoken
from explorer.runs.frames import Frame

EDGE = 2.5  # of the portrait: θ and ψ from −2.5 to 2.5
ARROWS = 15  # each way
TRAIL = 60  # steps


@dataclass(frozen=True)
class Outcome:
    """What a verdict is called after the name of a game, and alone."""

    label: str
    sentence: str


OUTCOMES: Mapping[Verdict, Outcome] = {
    "converges": Outcome("arrives", "It arrives"),
    "slow": Outcome("comes nearer, slowly", "It comes nearer, slowly"),
    "circles": Outcome("circles", "It circles and never arrives"),
    "diverges": Outcome("runs away", "It runs away"),
}


def games(gamma: float) -> dict[str, DiracGame]:
    """Every game by name; those that are weighed, with this γ."""
    return {
        name: game.weighed(gamma) if game.weighed else game for name, game in DIRAC_GAMES.items()
    }


def _in_turn(moves: int) -> str:
    return "at once" if moves == 0 else f"{moves}, in turn"


@dataclass(frozen=True, kw_only=True)
class Portrait:
    """All games from one start. Raises ValueError with one line that names what is wrong."""

    game: str = dial("wasserstein_gp", "Game", choices=DIRAC_GAMES)  # the one that is looked at
    x: float = dial(1.0, "θ at the start", "The generator.", low=-3.0, high=3.0, step=0.05)
    y: float = dial(1.0, "ψ at the start", "The judge's slope.", low=-3.0, high=3.0, step=0.05)
    gamma: float = dial(
        0.3,
        "R1: γ",
        "Weight of R1, critical at 1; of R1 and R2 in the relativistic games.",
        low=0.0,
        high=10.0,
        offered=(0.0, 3.0),
        step=0.1,
    )
    judge_steps: int = dial(
        0, "Judge's moves", low=0, high=10, offered=(0, 1, 2, 5, 10), shown=_in_turn
    )
    h: float = dial(
        0.2,
        "Length of a move",
        "h.",
        low=0.001,
        high=1.0,
        offered=(0.01, 0.05, 0.1, 0.2, 0.5, 1.0),
    )
    steps: int = dial(500, "Moves", low=10, high=2_000)

    precision: ClassVar[Mapping[str, str]] = {}

    def __post_init__(self) -> None:
        check(self)

    @property
    def frame_count(self) -> int:
        """The number of frames of a whole run."""
        return self.steps + 1

    def shared_steps(self, other: object) -> int:
        """Up to which step two portraits are equal; -1 where they start apart."""
        if not isinstance(other, Portrait) or replace(self, steps=10) != replace(other, steps=10):
            return -1
        return min(self.steps, other.steps)

    def paths(self) -> dict[str, torch.Tensor]:
        """(θ, ψ) of every game before the first step and after each, (steps + 1, 2)."""
        return _paths(replace(self, game="minimax"))

    def still(self) -> Frame:
        """The fields, the whole paths and the eigenvalues."""
        axis = torch.linspace(-EDGE, EDGE, ARROWS, dtype=torch.float64)
        at = torch.cartesian_prod(axis, axis)
        arrays: dict[str, np.ndarray] = {"equilibrium": np.zeros((1, 2))}
        scalars: dict[str, float] = {}
        paths = self.paths()
        for name, game in games(self.gamma).items():
            arrays |= {
                f"{name}/path": _drawn(paths[name]),
                f"{name}/tails": at.numpy(),
                f"{name}/arrows": velocities(game, at).numpy(),
            }
            values = eigenvalues(game)
            for index, value in enumerate([] if values is None else values.tolist(), 1):
                scalars[f"{name}/real{index}"] = value.real
                scalars[f"{name}/imag{index}"] = value.imag
            step = step_eigenvalues(game, self.judge_steps, self.h)
            if step is not None:
                scalars[f"{name}/radius"] = float(step.abs().max())
            scalars[f"{name}/arrives"] = float(
                verdict(game, paths[name], self.judge_steps) == "converges"
            )
        return Frame(0, arrays, scalars)

    def stream(self, state: Mapping[str, np.ndarray] | None = None) -> Iterator[Frame]:
        """Yield the frames of the run, or those after the frame whose ``state`` is given."""
        paths = self.paths()
        known = games(self.gamma)
        says = {}
        for name, path in paths.items():
            found = OUTCOMES[verdict(known[name], path, self.judge_steps)]
            says[name] = f"**{found.sentence}.** {_spectrum(known[name])}"
        for step in range(0 if state is None else int(state["step"]) + 1, self.steps + 1):
            arrays: dict[str, np.ndarray] = {}
            scalars: dict[str, float] = {"step": step}
            for name, path in paths.items():
                shown = _drawn(path)
                trail = np.arange(step - TRAIL + 1, step + 1).clip(0)
                arrays |= {f"{name}/here": shown[step : step + 1], f"{name}/trail": shown[trail]}
                theta, psi = path[step].tolist()
                scalars |= {
                    f"{name}/distance": float(path[step].norm()),
                    f"{name}/theta": theta,
                    f"{name}/psi": psi,
                }
            sentences = {f"{name}/says": text for name, text in says.items()}
            sentences["look"] = self._look(step, paths[self.game])
            kept = {"step": np.asarray(step)} if step % 50 == 0 else None
            yield Frame(step, arrays, scalars, sentences, state=kept)

    def _look(self, step: int, path: torch.Tensor) -> str:
        label = games(self.gamma)[self.game].label
        away, start = float(path[step].norm()), float(path[0].norm())
        goal = "The data sits at 0, and so should θ."
        if start == 0:
            return f"{goal} {label} started there, at the equilibrium: choose another start."
        if step == 0:
            return (
                f"{goal} {label} starts at a distance of {spoken(start, 2)} from the equilibrium "
                "and has not moved yet. Play: does it come nearer, circle, or run away?"
            )
        moves = "1 step" if step == 1 else f"{step} steps"
        return (
            f"{goal} {label} is {spoken(away, 2)} from the equilibrium after {moves}; it started "
            f"at {spoken(start, 2)}."
        )


@lru_cache(maxsize=16)
def _paths(portrait: Portrait) -> dict[str, torch.Tensor]:
    start = (float(portrait.x), float(portrait.y))
    return {
        name: trajectory(game, start, portrait.judge_steps, portrait.steps, portrait.h)
        for name, game in games(portrait.gamma).items()
    }


def _drawn(path: torch.Tensor) -> np.ndarray:
    """A path as it can be drawn: what runs away stops far outside of the picture."""
    return path.nan_to_num(1e3).clamp(-1e3, 1e3).numpy()


def _spectrum(game: DiracGame) -> str:
    values = eigenvalues(game)
    if values is None:
        return "Its field jumps at the equilibrium: there are no eigenvalues."
    one, two = values.tolist()
    if abs(one.imag) > 1e-12:
        return f"Eigenvalues {fixed(one.real)} ± {fixed(abs(one.imag))}i."
    return f"Eigenvalues {fixed(one.real)} and {fixed(two.real)}."
