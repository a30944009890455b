"""The game of two numbers: who arrives, who circles, and what the eigenvalues say."""

from functools import lru_cache

import streamlit as st

from explorer.figures import gans as figures
from explorer.gans.dirac import (
    DiracGame,
    Verdict,
    eigenvalues,
    step_eigenvalues,
    trajectory,
    verdict,
)
from explorer.labs.gans.dirac import OUTCOMES, Portrait, games
from explorer.labs.gans.settings import GanLab
from explorer.labs.gans.words import fixed, spoken
from explorer.pages import surroundings
from explorer.pages.dials import Dials
from explorer.pages.gans import material
from explorer.runs.frames import Frame
from explorer.runs.hub import the_hub
from explorer.runs.links import query
from explorer.stage.component import show as show_stage

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
    with st.container(key="lab"):
        narrow, wide = st.columns([0.19, 0.81], gap="medium")
    labels = {name: game.label for name, game in games(dials.value("dirac_gamma")).items()}
    with narrow, st.container(key="dials"):
        _dials(dials, labels)
    _, portrait = material.asked(dials, lambda lab: lab.dirac)
    known = games(portrait.gamma)
    still, frames = _played(portrait)
    ticket = surroundings.admitted(
        lambda viewer: the_hub().publish(
            viewer, f"dirac?{_name(portrait)}", still, frames, {}, kind="gans"
        )
    )
    with wide:
        show_stage(
            figures.dirac_scene(tuple(labels.items()), portrait.game, known[portrait.game].smooth),
            ticket,
            key="gans.dirac",
            live=False,
        )
    _verdicts(portrait, known)
    surroundings.unfolded("The game, its eigenvalues, and why WGAN-GP circles", HOW)
    arrives = _verdict(portrait, portrait.game, known[portrait.game])
    return (
        f"One number generates, one judges, and the data is 0. From ({spoken(portrait.x)}, "
        f"{spoken(portrait.y)}), {labels[portrait.game]} {OUTCOMES[arrives].label}."
    )


def _dials(dials: Dials[GanLab], labels: dict[str, str]) -> None:
    dials.show("dirac_game", labelled=False, written=labels.__getitem__)
    st.markdown("#### Click a start")
    _start(dials)
    st.markdown("#### How they move")
    dials.show("dirac_judge_steps")
    dials.show("dirac_h")
    dials.show("dirac_gamma")


def _start(dials: Dials[GanLab]) -> None:
    dark = st.context.theme.type == "dark"
    st.plotly_chart(
        figures.start_figure(dials.value("dirac_x"), dials.value("dirac_y"), dark),
        theme=None,
        key="gans.start",
        on_select=lambda: _clicked(dials),
        selection_mode="points",
        config={"displayModeBar": False},
        alt=f"The start: θ {spoken(dials.value('dirac_x'))}, ψ {spoken(dials.value('dirac_y'))}.",
    )
    dials.show("dirac_x")
    dials.show("dirac_y")


def _clicked(dials: Dials[GanLab]) -> None:
    points = st.session_state["gans.start"].selection.points
    if points:
        dials.set(dirac_x=round(float(points[0]["x"]), 2), dirac_y=round(float(points[0]["y"]), 2))


@lru_cache(maxsize=8)
def _played(portrait: Portrait) -> tuple[Frame, tuple[Frame, ...]]:
    return portrait.still(), tuple(portrait.stream())


def _name(portrait: Portrait) -> str:
    return query(portrait)


def _verdict(portrait: Portrait, name: str, game: DiracGame) -> Verdict:
    return verdict(game, portrait.paths()[name], portrait.judge_steps)


def _verdicts(portrait: Portrait, known: dict[str, DiracGame]) -> None:
    """List what becomes of every game from this start, with its eigenvalues."""
    rows = []
    for name, game in known.items():
        values, moved = eigenvalues(game), step_eigenvalues(game, portrait.judge_steps, portrait.h)
        rows.append(
            {
                "game": game.label,
                "from this start it": OUTCOMES[_verdict(portrait, name, game)].label,
                "distance at the end": spoken(float(portrait.paths()[name][-1].norm()), 2),
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
