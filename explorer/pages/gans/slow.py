"""One iteration in slow motion, part by part."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

import streamlit as st

from explorer.figures import gans as figures
from explorer.gans.anatomy import taken_apart
from explorer.labs.gans.settings import GanLab
from explorer.labs.gans.slow import MOVES, Slow
from explorer.pages import surroundings
from explorer.pages.dials import Dials
from explorer.pages.gans import material
from explorer.runs.experiments import digest
from explorer.runs.frames import Frame
from explorer.runs.hub import the_hub
from explorer.stage.component import show as show_stage

HOW = """
**An iteration** is as many updates of the judge as its dial says, then one of the generator.
Parts 1 to 8 come once for each update of the judge, part 6 only where it pays for its slope. The
judge sees fresh data and fresh noise every time; the generator does not change meanwhile.

**Nothing is approximated.** The parts are those of the game itself, handed out one by one; played
to the end they give the weights of an undivided iteration to the last bit.

**One frozen judge.** In part 12 the saturating loss log(1 − D), the non-saturating −log D and a
critic's loss −f are asked what they make of the same points and the same judge. All three follow
the judge's slope and differ in length alone: with o the judge's answer before any sigmoid, by the
factors σ(o), σ(−o) and 1. Where the judge sees through the generator σ(o) is next to nothing. The
three share one scale, which the longest arrow sets; 24 points of the batch are drawn, and the means
are those of the batch, of at most 256 points.

**One player alone.** The buttons let the judge or the generator learn once while the other stands
still. What happens to a generator whose judge stands still for twenty updates?
"""


SOURCES = (taken_apart,)


def show(dials: Dials[GanLab]) -> str:
    """Show the view; returns the sentence under its question."""
    with st.container(key="lab"):
        narrow, wide = st.columns([0.19, 0.81], gap="medium")
    lab, slow = material.asked(dials, GanLab.taken_apart)
    playing = {game.letter: game for game in material.playing(lab)}
    with narrow, st.container(key="dials"):
        _which(dials, playing)
        material.match_dials(dials, brief=True)
    game = playing[slow.side]
    still, frames = _played(slow)
    ticket = surroundings.admitted(
        lambda viewer: the_hub().publish(
            viewer, f"slow?{digest(slow)}", still, frames, {}, kind="gans"
        )
    )
    with wide:
        show_stage(
            figures.slow_scene(game, slow.distribution().extent, slow.noise == "uniform"),
            ticket,
            key="gans.slow",
            live=False,
            start=min(5, len(frames) - 1),
        )
    surroundings.unfolded("What an iteration is", HOW)
    before = slow.step
    moved = f" and {len(slow.moves)} single moves" if slow.moves else ""
    return f"{game.title}, {game.note}: one iteration after {before:,} others{moved}, part by part."


def _which(dials: Dials[GanLab], playing: Mapping[str, figures.Contestant]) -> None:
    dials.show(
        "slow_side",
        offered=tuple(playing),
        written=lambda letter: playing[letter].short,
        as_="row",
        labelled=False,
    )
    dials.show("slow_step")
    moves = dials.value("slow_moves")
    with st.container(horizontal=True):
        for letter, move in MOVES.items():
            st.button(
                move.label,
                key=f"gans.move.{letter}",
                help="Learns once before the iteration.",
                disabled=len(moves) >= (dials.row("slow_moves").longest or 0),
                on_click=lambda letter=letter: dials.set(slow_moves=moves + letter),
            )
    if moves:
        st.button(
            f"Take back {len(moves)} moves",
            key="gans.move.back",
            on_click=lambda: dials.set(slow_moves=""),
        )


@lru_cache(maxsize=8)
def _played(slow: Slow) -> tuple[Frame, tuple[Frame, ...]]:
    return slow.still(), tuple(map(_known, slow.stream()))


def _known(frame: Frame) -> Frame:
    """Return a frame without the batches that were not drawn yet: those are all zero."""
    known = {name: array for name, array in frame.arrays.items() if name == "lit" or array.any()}
    return replace(frame, arrays=known)
