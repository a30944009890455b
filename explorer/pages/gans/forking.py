"""What can be made of a match: another future from one of its ticks, and files."""

from typing import NamedTuple

import streamlit as st
from safetensors.numpy import load

from explorer.dials import values
from explorer.figures import gans as figures
from explorer.gans.objectives import OBJECTIVES
from explorer.gans.table import Table
from explorer.labs.gans import tables
from explorer.labs.gans.data import DATA
from explorer.labs.gans.files import samples, weights
from explorer.labs.gans.script import as_script
from explorer.labs.gans.settings import GanLab
from explorer.labs.gans.tables import words
from explorer.pages.dials import Dials, sentence
from explorer.pages.gans import material
from explorer.runs.links import query

MOST = 4  # games that fit side by side
FORK, FILES, SIDE = "gans.fork", "gans.files", "gans.fork.side"


class Keys(NamedTuple):
    """Where the fields of a fork keep what they say."""

    tick: str
    objective: str
    updates: str


def is_open() -> bool:
    """Return whether the viewer sees something of the tick on the screen."""
    return any(st.session_state.get(place) for place in (FORK, FILES))


def fork(dials: Dials[GanLab], lab: GanLab) -> None:
    """Offer one more game that is equal to one of these up to a tick and goes another way."""
    place = st.popover("Fork a game", key=FORK, on_change="rerun")
    if not place.open:
        return
    head = material.head()
    games = figures.playing(lab)
    with place:
        if head < 1 or len(games) >= MOST:
            st.caption(
                "Let the games train first: a fork begins at a tick that was reached."
                if head < 1
                else "Four games play already: take one away first."
            )
            return
        names = {game.letter: f"{game.title}, {game.note}" for game in games}
        side = st.selectbox("Which game", list(names), format_func=names.__getitem__, key=SIDE)
        rested = material.at_rest()
        here = head if rested is None else rested
        standing, row = lab.turned().critic_steps, dials.row("critic_steps")
        keys = Keys(
            f"gans.fork.tick.{here}", f"gans.fork.as.{side}", f"gans.fork.updates.{standing}"
        )
        tick = int(st.number_input("From tick", 1, head, max(1, here), key=keys.tick))
        objectives = dials.row("first").names
        now = next(game.objective for game in games if game.letter == side)
        st.selectbox(
            "Goes on as",
            objectives,
            objectives.index(now),
            format_func=lambda name: OBJECTIVES[name].label,
            key=keys.objective,
        )
        least, most = row.ends
        st.number_input(
            f"{row.label} from there", least, max(most, standing), standing, key=keys.updates
        )
        st.button(
            "Fork here" if tick == here else f"Fork at tick {tick:,}",
            key="gans.fork.here",
            disabled=not _own(lab, side, keys),
            help="Both futures are then seen side by side; they are equal up to that tick, which "
            "is the one on the screen unless you say another.",
            on_click=_forked,
            args=(dials, lab, keys),
        )


def _own(lab: GanLab, side: str, keys: Keys) -> dict[str, str | int]:
    """Return what a fork of a game does otherwise, as the fields say now."""
    typed = st.session_state
    objective, updates = typed[keys.objective], int(typed[keys.updates])
    now = next(game.objective for game in figures.playing(lab) if game.letter == side)
    own: dict[str, str | int] = {"objective": objective} if objective != now else {}
    if updates != lab.turned().critic_steps:
        own["critic_steps"] = updates
    return own


def _forked(dials: Dials[GanLab], lab: GanLab, keys: Keys) -> None:
    """Fork as the fields say when the button is pressed, not when it was drawn."""
    side = st.session_state[SIDE]
    if own := _own(lab, side, keys):
        forked = lab.fork(int(st.session_state[keys.tick]), side, **own)
        dials.finish(forked)
        dials.set(**values(forked.turned()))


def files(lab: GanLab) -> None:
    """Offer the match as files: samples, weights, and a plain PyTorch script.

    All of the tick on the screen, which the stage says while this place is open.
    """
    place = st.expander(
        "Samples, weights, and a plain PyTorch script", key=FILES, on_change="rerun"
    )
    if not place.open:
        return
    with place:
        tick = _left_behind(lab)
        try:
            text = as_script(
                lab.match(), f"/gans?{query(lab)}", ticks=tick or None, read=_how_read(lab)
            )
        except ValueError as why:
            st.warning(sentence(why), icon=":material/error:")
            return
        end = f"up to tick {tick:,}" if tick else "to the end of the match"
        st.caption(
            f"The script runs on its own with PyTorch, {end}, and its first numbers are those of "
            "this page."
        )
        st.download_button("Download games.py", text, "games.py", "text/x-python")
        st.code(text, language="python", height=320)


def _table(lab: GanLab) -> Table | None:
    """Return the uploaded table that the games learn, if it is one."""
    return tables.kept(lab.upload, lab.table) if "points" in DATA[lab.data].needs else None


def _how_read(lab: GanLab) -> str:
    """Return how the table was read that the games learn, if they learn one."""
    found = tables.read(lab.upload, lab.table) if _table(lab) is not None else None
    return "" if found is None else words.told(found, tables.encoding(lab.upload))


def _left_behind(lab: GanLab) -> int:
    """Offer what the games are at a tick, and return which: where the picture last stood still.

    Before it ever did, the newest.
    """
    run, rested = material.run(), material.at_rest()
    tick = material.head() if rested is None else rested
    kept = run.state_before(tick) if run is not None else None
    if kept is None:
        st.caption("Samples and weights are here once the games have begun.")
        return 0
    where = "the newest" if rested is None else "where the picture last stood still"
    way = "" if kept.step == tick else f" They are played there from tick {kept.step:,} on."
    st.caption(
        f"All games as they stood at tick {tick:,}, {where}.{way} Pause at another for its files."
    )
    state, match, link, table = load(kept.state), lab.match(), f"/gans?{query(lab)}", _table(lab)
    with st.container(horizontal=True):
        st.download_button(
            "Samples (.csv)",
            lambda: samples(match, state, table=table, tick=tick),
            f"samples-{tick}.csv",
            "text/csv",
            key="gans.files.samples",
            on_click="ignore",
        )
        st.download_button(
            "Weights (.safetensors)",
            lambda: weights(match, state, link, tick),
            f"games-{tick}.safetensors",
            key="gans.files.weights",
            on_click="ignore",
        )
    return tick
