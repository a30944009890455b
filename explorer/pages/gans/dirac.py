"""The game of two numbers: who arrives, who circles, and what the eigenvalues say."""

import streamlit as st

from explorer.figures.gans import dirac as pictures
from explorer.gans.dirac import (
    DIRAC_GAMES,
    DiracGame,
    eigenvalues,
    radius,
    small_circle,
    step_jacobian,
    trajectory,
    verdict,
    weights_that_draw_in,
)
from explorer.labs.gans.dirac import OUTCOMES, Portrait, games
from explorer.labs.gans.settings import GanLab
from explorer.labs.prose import fixed, spoken
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

**The eigenvalues** of the Jacobian of $v$ at the equilibrium decide nearby, for moves that are
short enough: negative real parts draw in, positive ones push away. Purely imaginary ones decide
nothing. There the length and the order of the moves count, and the higher terms of the field: the
minimax and the non-saturating GAN have the same eigenvalues, and with equal moves the one circles
or runs away while the other comes nearer. R1 has $-\gamma/2 \pm \sqrt{\gamma^2/4 - 1/4}$, without
turning from $\gamma = 1$ on. With R2 as well the relativistic games have $-\gamma \pm
\sqrt{\gamma^2 - 1/4}$ for pairs and $-\gamma \pm \sqrt{\gamma^2 - 1}$ for the average.

**One whole iteration** is what the game really makes, and its moves have a length. It draws in
nearby where both of *its* eigenvalues lie inside the unit circle. For R1 with both players at once
that is $h/4 < \gamma < 2/h + h/8$: less leaves the turning to the length of a move ($\gamma = 0.1$
circles at $h = 0.5$), and with more the judge overshoots ($\gamma = 3$ runs away at $h = 1$). In
turn it is $0 < \gamma < 2/h - h/8$. Nearby is not everywhere: at $h = 1$, $\gamma = 2$ lies between
its bounds, and from (1, 1) it runs away all the same.

**WGAN-GP circles.** Its penalty asks for a slope of 1 also where the judge should be flat, so
that its field jumps at the equilibrium: there is no Jacobian, and small circles grow. R1 asks for a
flat judge at the data, and arrives with a weight between its bounds. Both are statements about this
game of two numbers; in the match a WGAN-GP can be the better teacher all the same.

**As in the paper's notebook** $h = 0.2$, 500 moves from (1, 1), penalty 0.7, noise 0.7. The noise
is replaced by its expectation here.
"""


SOURCES = (
    *(trajectory, eigenvalues, step_jacobian, weights_that_draw_in, small_circle),
    verdict,
)


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
        values, scale = eigenvalues(game), radius(game, portrait.judge_steps, portrait.h)
        rows.append(
            {
                "game": game.label,
                "from this start it": OUTCOMES[portrait.verdict(game)].label,
                "distance at the end": spoken(float(portrait.path(game)[-1].norm()), 2),
                "eigenvalues of the field": "none: it jumps there"
                if values is None
                else ", ".join(map(_complex, values.tolist())),
                "largest modulus, one iteration": f"{scale:.4f}" if game.smooth else "none",
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
