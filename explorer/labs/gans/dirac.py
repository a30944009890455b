"""The game of two numbers: every objective from one start, and its phase portrait.

**Frames**, one a step: scalars ``g/distance`` from the equilibrium, ``g/theta g/psi`` and the
sentence ``look`` of the chosen game g.
**Still**, for every game g of `games(gamma)`: ``g/path`` (steps + 1, 2), and ``g/arrows`` (225, 2),
the field at ``tails`` (225, 2), 15 × 15 points; ``equilibrium`` (1, 2); scalars ``gamma``,
``start/theta start/psi``, ``g/end``, the distance after the last step, ``g/real1 g/imag1 g/real2
g/imag2`` (eigenvalues of the Jacobian, left out where there is none), ``g/radius`` (the largest
modulus of a whole step, linearised), ``g/arrives`` (1 where it converges); sentences ``g/says``, of
the chosen game also what one whole iteration does nearby.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import torch

from explorer.dials import check, dial
from explorer.gans.dirac import (
    DIRAC_GAMES,
    ON_CIRCLE,
    SMALL,
    DiracGame,
    Verdict,
    eigenvalues,
    radius,
    small_circle,
    trajectory,
    velocities,
    verdict,
    weights_that_draw_in,
)
from explorer.labs.prose import fixed, spoken
from explorer.runs.frames import Frame

EDGE = 3.0  # of the portrait: θ and ψ from −3 to 3, wherever they may start
ARROWS = 15  # each way


@dataclass(frozen=True)
class Outcome:
    """What a verdict is called after the name of a game, and alone."""

    label: str
    sentence: str


OUTCOMES: Mapping[Verdict, Outcome] = {
    "converges": Outcome("arrives", "It arrives"),
    "slow": Outcome("comes nearer, slowly", "It comes nearer, slowly"),
    "circles": Outcome("circles", "It circles and has not arrived"),
    "diverges": Outcome("runs away", "It runs away"),
}


def games(gamma: float) -> dict[str, DiracGame]:
    """Every game by name; those that are weighed, with this γ."""
    return dict(_weighed(gamma))


@lru_cache(maxsize=64)
def _weighed(gamma: float) -> tuple[tuple[str, DiracGame], ...]:
    return tuple(
        (name, game.weighed(gamma) if game.weighed else game) for name, game in DIRAC_GAMES.items()
    )


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

    def __post_init__(self) -> None:
        check(self)

    def path(self, game: DiracGame) -> torch.Tensor:
        """(θ, ψ) of one game before the first step and after each, (steps + 1, 2)."""
        return _path(game, (self.x, self.y), self.judge_steps, self.steps, self.h)

    def paths(self) -> dict[str, torch.Tensor]:
        """The path of every game."""
        return {name: self.path(game) for name, game in games(self.gamma).items()}

    def verdict(self, game: DiracGame) -> Verdict:
        """What becomes of one game from this start."""
        return verdict(game, self.path(game), self.judge_steps, self.h)

    def still(self, moves: int | None = None) -> Frame:
        """The fields, the whole paths, the eigenvalues, and what becomes of every game.

        With fewer ``moves`` than there are the other games make so many, and nothing is said of
        how they end.
        """
        few = self if moves is None else replace(self, steps=min(moves, self.steps))
        arrays = {"equilibrium": np.zeros((1, 2)), "tails": _places().numpy()}
        scalars = {"gamma": self.gamma, "start/theta": self.x, "start/psi": self.y}
        sentences: dict[str, str] = {}
        for name, game in games(self.gamma).items():
            portrait = self if name == self.game else few
            path = portrait.path(game)
            arrays |= {f"{name}/path": _drawn(path), f"{name}/arrows": _arrows(game)}
            if portrait.steps == self.steps:
                found = self.verdict(game)
                scalars[f"{name}/end"] = float(path[-1].norm())
                scalars[f"{name}/arrives"] = float(found == "converges")
                told = f"**{OUTCOMES[found].sentence}.** {_spectrum(game)}"
                nearer = f" {nearby(game, self)}" if name == self.game else ""
                sentences[f"{name}/says"] = told + nearer
            scalars |= _eigenvalues(name, game, self)
        return Frame(0, arrays, scalars, sentences)

    def frames(self) -> list[Frame]:
        """How the chosen game moves, a frame for the start and one for each move."""
        game, name = games(self.gamma)[self.game], self.game
        path = self.path(game)
        places, away = path.tolist(), path.norm(dim=1).tolist()
        begin = spoken(away[0], 2)
        return [
            Frame(
                step,
                scalars={
                    "step": step,
                    f"{name}/distance": distance,
                    f"{name}/theta": theta,
                    f"{name}/psi": psi,
                },
                sentences={"look": _look(game.label, step, distance, begin)},
            )
            for step, ((theta, psi), distance) in enumerate(zip(places, away, strict=True))
        ]


def _eigenvalues(name: str, game: DiracGame, portrait: Portrait) -> dict[str, float]:
    """What is known of a game near its equilibrium, by the names of the scalars."""
    found: dict[str, float] = {}
    values = eigenvalues(game)
    for index, value in enumerate([] if values is None else values.tolist(), 1):
        found |= {f"{name}/real{index}": value.real, f"{name}/imag{index}": value.imag}
    if game.smooth:
        found[f"{name}/radius"] = radius(game, portrait.judge_steps, portrait.h)
    return found


def nearby(game: DiracGame, portrait: Portrait) -> str:
    """Say what becomes of a small distance, with the moves of this run: by its whole iteration.

    Of a game that is weighed also with which weights it is drawn in. Where there is no Jacobian a
    run from nearby tells.
    """
    if not game.smooth:
        begin = math.hypot(*SMALL)
        end = small_circle(game, portrait.judge_steps, portrait.steps, portrait.h)
        grows = "grow" if end > begin else "shrink"
        return (
            f"A start {begin:g} from it is {spoken(end)} from it after {portrait.steps:,} "
            f"iterations: small circles {grows}."
        )
    scale = radius(game, portrait.judge_steps, portrait.h)
    if abs(scale - 1) <= ON_CIRCLE:
        told = (
            "Nearby one iteration, as far as it is linear, keeps distances in the long run: the "
            "field's higher terms decide."
        )
    else:
        written = f"{scale:.4f}"
        if written == "1.0000":
            written = "a little more than 1" if scale > 1 else "a little less than 1"
        does = "pushes away" if scale > 1 else "draws in"
        told = f"Nearby one iteration {does}: distances times {written} in the long run."
    return f"{told} {_weights(game, portrait)}".strip()


def _weights(game: DiracGame, portrait: Portrait) -> str:
    """Say between which weights the game is drawn in with moves like these."""
    if not game.weighed:
        return ""
    found = weights_that_draw_in(game.name, portrait.judge_steps, portrait.h)
    if found is None:
        return "With moves like these no γ draws in."
    low, high = found
    return f"With moves like these γ draws in from {spoken(low)} to {spoken(high)}."


def _look(label: str, step: int, away: float, start: str) -> str:
    """What to look for; ``start`` is the distance at the start as it is written."""
    goal = "The data sits at 0, and so should θ."
    if start == "0":
        return f"{goal} {label} started there, at the equilibrium: choose another start."
    if step == 0:
        return (
            f"{goal} {label} starts at a distance of {start} from the equilibrium "
            "and has not moved yet. Play: does it come nearer, circle, or run away?"
        )
    moves = "1 step" if step == 1 else f"{step} steps"
    return (
        f"{goal} {label} is {spoken(away, 2)} from the equilibrium after {moves}; it started "
        f"at {start}."
    )


@lru_cache(maxsize=512)
def _path(
    game: DiracGame, start: tuple[float, float], judge_steps: int, steps: int, h: float
) -> torch.Tensor:
    return trajectory(game, start, judge_steps, steps, h)


def _places() -> torch.Tensor:
    """Where the field is drawn, (225, 2)."""
    axis = torch.linspace(-EDGE, EDGE, ARROWS, dtype=torch.float64)
    return torch.cartesian_prod(axis, axis)


@lru_cache(maxsize=64)
def _arrows(game: DiracGame) -> np.ndarray:
    return velocities(game, _places()).numpy()


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
