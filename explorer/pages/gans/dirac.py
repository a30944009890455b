"""The game of two numbers: who arrives, who circles, and what the eigenvalues say."""

import streamlit as st

from explorer.figures.gans import dirac as pictures
from explorer.gans.dirac import (
    DIRAC_GAMES,
    DiracGame,
    eigenvalues,
    step_eigenvalues,
    trajectory,
    verdict,
)
from explorer.labs.gans.dirac import OUTCOMES, Portrait, games
from explorer.labs.gans.settings import GanLab
from explorer.labs.gans.words import fixed, spoken
from explorer.pages import surroundings
from explorer.pages.column import Column
from explorer.pages.dials import Dials
from explorer.pages.gans import material
from explorer.runs.answers import Asking
from explorer.stage.component import ask

HOW = r"""
**The game.** The data is one point at 0, the generator one point at $\theta$, the judge a line
$D(x) = \psi x$ (Mescheder, Geiger & Nowozin 2018). Both should end at $\theta = \psi = 0$: the
generator on the data, the judge flat. The arrows are the field $v(\theta, \psi)$ along which both
move; each move is $h$ times the arrow.

**The eigenvalues** of the Jacobian of $v$ at the equilibrium decide nearby: negative real parts
draw in, positive ones push away, and purely imaginary ones turn around it and leave the rest to
the length of a move. R1 has $-\gamma/2 \pm \sqrt{\gamma^2/4 - 1/4}$: it arrives for every $\gamma
> 0$, and from $\gamma = 1$ on without turning. With R2 as well the relativistic games have $-\gamma
\pm \sqrt{\gamma^2 - 1/4}$ for pairs and $-\gamma \pm \sqrt{\gamma^2 - 1}$ for the average.

**WGAN-GP circles.** Its penalty asks for a slope of 1 also where the judge should be flat, so
that its field jumps at the equilibrium: there is no Jacobian, and no small circle ends. R1 asks
for a flat judge at the data, and arrives. Both are statements about this game of two numbers; in
the match a WGAN-GP can be the better teacher all the same.

**As in the paper's notebook** $h = 0.2$, 500 moves from (1, 1), penalty 0.7, noise 0.7. The noise
is replaced by its expectation here.
"""


SOURCES = (trajectory, eigenvalues, verdict)


def show(dials: Dials[GanLab]) -> str:
    """Show the view; returns the sentence under its question."""
    column = _dials(dials)
    _, portrait = material.asked(dials, lambda lab: lab.dirac)
    ask(
        Asking.about(pictures.answer, GanLab),
        surroundings.attend(),
        key="gans.dirac",
        dials=column.told,
        on_settled=column.settle,
        title="Two numbers: a generator and its judge.",
    )
    known = games(portrait.gamma)
    _verdicts(portrait, known)
    surroundings.unfolded("The game, its eigenvalues, and why WGAN-GP circles", HOW)
    game = known[portrait.game]
    return (
        f"One number generates, one judges, and the data is 0. From ({spoken(portrait.x)}, "
        f"{spoken(portrait.y)}), {game.label} {OUTCOMES[portrait.verdict(game)].label}."
    )


def _dials(dials: Dials[GanLab]) -> Column:
    column = Column(dials)
    # without its weight, which has a dial of its own: a menu stays as it is while that is dragged
    column.show("dirac_game", labelled=False, written=lambda name: DIRAC_GAMES[name].title)
    column.group("Start")
    column.show("dirac_x")
    column.show("dirac_y")
    column.group("How they move")
    column.show("dirac_judge_steps")
    column.show("dirac_h")
    column.show("dirac_gamma")
    return column


def _verdicts(portrait: Portrait, known: dict[str, DiracGame]) -> None:
    """List what becomes of every game from this start, with its eigenvalues."""
    rows = []
    for game in known.values():
        values, moved = eigenvalues(game), step_eigenvalues(game, portrait.judge_steps, portrait.h)
        rows.append(
            {
                "game": game.label,
                "from this start it": OUTCOMES[portrait.verdict(game)].label,
                "distance at the end": spoken(float(portrait.path(game)[-1].norm()), 2),
                "eigenvalues of the field": "none: it jumps there"
                if values is None
                else ", ".join(map(_complex, values.tolist())),
                "largest modulus, one iteration": "none"
                if moved is None
                else f"{float(moved.abs().max()):.4f}",
            }
        )
    st.dataframe(rows, key="gans.verdicts", hide_index=True, width="stretch", height="content")


def _complex(value: complex) -> str:
    real = fixed(value.real)
    return (
        real
        if abs(value.imag) < 1e-12
        else f"{real} {'+' if value.imag > 0 else '−'} {abs(value.imag):.2f}i"
    )
