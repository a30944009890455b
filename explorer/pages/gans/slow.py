"""One iteration in slow motion, part by part."""

from dataclasses import replace
from functools import lru_cache

import streamlit as st

from explorer.figures import gans as figures
from explorer.labs.gans.settings import SIDES, GanLab
from explorer.labs.gans.slow import Slow
from explorer.pages import surroundings
from explorer.pages.dials import Dials
from explorer.pages.gans import material
from explorer.runs.experiments import digest
from explorer.runs.frames import Frame
from explorer.runs.hub import the_hub
from explorer.stage.component import show as show_stage

MOST_MOVES = 200
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


def show(dials: Dials[GanLab]) -> str:
    """Show the view; returns the sentence under its question."""
    with st.container(key="lab"):
        narrow, wide = st.columns([0.19, 0.81], gap="medium")
    with narrow, st.container(key="dials"):
        _which(dials)
        material.match_dials(dials, brief=True)
    lab = material.turned(dials)
    dials.finish(lab)
    try:
        slow = lab.slow()
    except ValueError as why:
        text = str(why).rstrip(".")
        wide.warning(f"{text[:1].upper()}{text[1:]}.", icon=":material/error:")
        return "One iteration is shown for points in the plane."
    game = next(g for g in material.playing(lab) if g.letter == slow.side)
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
    before = slow.at_step
    moved = f" and {len(slow.moves)} single moves" if slow.moves else ""
    return f"{game.title}, {game.note}: one iteration after {before:,} others{moved}, part by part."


def _which(dials: Dials[GanLab]) -> None:
    playing = material.playing(dials.last)
    letters = [game.letter for game in playing]
    if dials.value("slow_side") not in letters:
        dials.set(slow_side=letters[0])
    names = {game.letter: game.short for game in playing}
    dials.choice(
        "slow_side",
        "Game",
        [side for side in SIDES if side in letters],
        names.__getitem__,
        "Whose iteration is taken apart.",
        labelled=False,
    )
    dials.steps("slow_step", "After", (0, 20, 50, 100, 300, 1_000), "So many iterations before it.")
    with st.container(horizontal=True):
        for label, move in (("Judge", "j"), ("Generator", "g"), ("Both", "b")):
            st.button(
                label,
                key=f"gans.move.{move}",
                help="Learns once before the iteration.",
                disabled=len(dials.value("slow_moves")) >= MOST_MOVES,
                on_click=lambda move=move: dials.set(slow_moves=dials.value("slow_moves") + move),
            )
    if dials.value("slow_moves"):
        st.button(
            f"Take back {len(dials.value('slow_moves'))} moves",
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
