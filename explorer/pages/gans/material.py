"""What the views of the GAN lab share: the dials of a match, its games, and the way to its run."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar

import streamlit as st

from explorer import dials as rows
from explorer.figures.gans import LAYERS, Contestant, contestants
from explorer.gans.data import Need
from explorer.gans.objectives import OBJECTIVES
from explorer.gans.optimizers import PRESETS as PUBLISHED
from explorer.gans.predictions import PRESETS
from explorer.labs.gans.data import DATA
from explorer.labs.gans.settings import GanLab
from explorer.labs.gans.turning import FIELD_OF_SIDE
from explorer.pages import surroundings
from explorer.pages.dials import Dials
from explorer.pages.gans import drawing
from explorer.pages.gans.presets import PLAYABLE, preset_of, turned_to
from explorer.runs.hub import Ticket, the_hub
from explorer.runs.run import Run

GAMES = tuple(FIELD_OF_SIDE.values())
TOKEN = "gans:token"
LAYER = "gans.layer"

Found = TypeVar("Found")


def playing(lab: GanLab) -> tuple[Contestant, ...]:
    """Return the games of the lab as they are shown: as they stand once all dials are turned."""
    now = lab.turned()
    objectives = [getattr(now, name) for name in GAMES if getattr(now, name)]
    since = {
        letter: tick
        for tick, values in lab.turns()
        for letter, field in FIELD_OF_SIDE.items()
        if {field, f"{letter}.objective"} & set(values)
    }
    return tuple(
        replace(game, note=f"{game.note}, from tick {since[game.letter]:,}")
        if game.letter in since
        else game
        for game in contestants(objectives, now.one_sided, now.spectral)
    )


def in_the_plane(lab: GanLab) -> bool:
    """Return whether the points of the lab lie in the plane."""
    return DATA[lab.data].kind == "plane"


def layer() -> str:
    """Return what lies over the judge's surface."""
    return st.session_state.get(LAYER) or next(iter(LAYERS))


def stands(dials: Dials[GanLab]) -> GanLab:
    """Return the lab that the dials ask for: turned where its run stands, or else anew."""
    return dials.last.turn(head(), dials.wanted())


def asked(dials: Dials[GanLab], ask: Callable[[GanLab], Found]) -> tuple[GanLab, Found]:
    """Return the lab that the dials ask for, and what a view asks of it, and keep it.

    Where the view cannot show it (no table yet, images where points are wanted) one sentence says
    why, and the dials go to what is shown instead.
    """
    lab = stands(dials)
    try:
        found = ask(lab)
    except ValueError as why:
        if lab.missing:
            drawing.want_table()
        dials.refuse(why, _instead(dials.last, lab))
    dials.finish(lab)
    return lab, found


def _instead(last: GanLab, lab: GanLab) -> GanLab:
    """What was shown before; by link, the same game on data that every view can show."""
    if last != lab:
        return last
    default = GanLab()
    some = rows.turned(lab, {"data": default.data, "upload": "", "slow_side": default.slow.side})
    return some if some != lab else replace(default, view=lab.view)


def run() -> Run | None:
    """Return the run of the match, if it is open."""
    return the_hub().run(st.session_state.get(TOKEN, ""))


def head() -> int:
    """Return the tick that the match has reached."""
    opened_run = run()
    return 0 if opened_run is None else max(0, opened_run.recording.head)


def opened(lab: GanLab) -> Ticket:
    """Return the ticket to the match of the lab, which is the same for every view of it."""
    match = lab.match()
    ticket = surroundings.admitted(lambda viewer: the_hub().open(viewer, match))
    st.session_state[TOKEN] = ticket.token
    return ticket


# ------------------------------------------------------------------------------- the dials


def match_dials(dials: Dials[GanLab], brief: bool = False) -> None:
    """Show the dials of a match: presets, data, games, what is equal for all, and the rest.

    ``brief`` leaves out the presets, where the view has dials of its own.
    """
    if not brief:
        _presets(dials)
    _data(dials)
    st.markdown("#### Games, left to right")
    _games(dials)
    st.markdown("#### All games")
    dials.show("critic_steps")
    dials.show("generator_rate")
    dials.show("critic_rate")
    dials.show("width")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        dials.show("seed", as_="field")
        st.button(
            "New", key="gans.new_seed", help="Another seed.", on_click=lambda: _new_seed(dials)
        )
    if not brief:
        _of_objectives(dials)
    with st.expander("More"):
        if brief:
            _of_objectives(dials)
        _more(dials)


def _new_seed(dials: Dials[GanLab]) -> None:
    least, most = dials.row("seed").ends
    after = dials.value("seed") + 1
    dials.set(seed=after if after <= most else least)


def _presets(dials: Dials[GanLab]) -> None:
    """Offer the games with a predicted outcome; shows the one at which the dials stand."""
    key = "gans.preset"
    st.session_state[key] = preset_of(dials.wanted())
    st.selectbox(
        "Prediction",
        ("", *PLAYABLE),
        key=key,
        format_func=lambda name: PRESETS[name].label if name else "Choose a prediction",
        label_visibility="collapsed",
        on_change=lambda: _play(dials, st.session_state[key]),
    )


def _play(dials: Dials[GanLab], name: str) -> None:
    if name:
        dials.set(**turned_to(name))


def predicted(lab: GanLab) -> str:
    """Return the prediction about the first game, if the dials stand at a preset."""
    name = preset_of(lab)
    if not name:
        return ""
    measured = PRESETS[name].measured
    return (
        f"Predicted of the first game: {_lower(PRESETS[name].claim)} "
        f"That came true for {measured.hits} of {measured.seeds} seeds."
    )


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _data(dials: Dials[GanLab]) -> None:
    dials.show("data", as_="menu", labelled=False, then=lambda: drawing.want_table(False))
    needed = DATA[dials.value("data")].needs
    for need in needed:
        NEEDED[need](dials)
    if "points" not in needed and drawing.table_wanted():
        drawing.table(dials)


NEEDED: Mapping[Need, Callable[[Dials[GanLab]], None]] = {
    "theta": lambda dials: dials.show("theta"),
    "drawing": drawing.pad,
    "points": drawing.table,
}
"""What is shown for each thing that a data set needs."""


def _games(dials: Dials[GanLab]) -> None:
    for name in GAMES:
        if name != "fourth" or dials.value("third"):
            dials.show(name, as_="menu", labelled=False, then=lambda: _leave(dials))


def _leave(dials: Dials[GanLab]) -> None:
    """Let what is about a game that was taken away go with it."""
    if not dials.value("third"):
        dials.set(fourth="")
    gone = {side for side, name in FIELD_OF_SIDE.items() if not dials.value(name)}
    if dials.value("slow_side") in gone:
        dials.set(slow_side=GanLab().slow.side)


def _of_objectives(dials: Dials[GanLab]) -> None:
    """Show the dials that only some objectives read, where one of them plays."""
    playing = {dials.value(name) for name in GAMES} - {""}
    read = {dial for objective in playing for dial in OBJECTIVES[objective].dials}
    shown = [name for name in rows.dials(GanLab) if name in read - set(PENALTY)]
    if shown:
        st.markdown("#### Some games")
    for name in shown:
        dials.show(name)


PENALTY = ("one_sided", "pairs")
"""dials of one objective that stand further below"""


def _more(dials: Dials[GanLab]) -> None:
    st.segmented_control(
        "Over the surface",
        tuple(LAYERS),
        default=next(iter(LAYERS)),
        key=LAYER,
        format_func=LAYERS.__getitem__,
        required=True,
        help="Samples with the pull on each, the generator as a bent grid of noise, or points.",
    )
    dials.show("depth")
    dials.show("activation")
    dials.show("normalisation")
    dials.show("noise")
    dials.show("noise_dim")
    dials.show("batch")
    dials.show("optimizer")
    dials.show("critic_optimizer")
    _sources(dials)
    dials.show("beta1")
    dials.show("beta2")
    for name in PENALTY:
        dials.show(name)
    dials.show("spectral")
    dials.show("conditional")
    dials.show("clock")
    dials.show("audit")
    dials.show("steps")


def _sources(dials: Dials[GanLab]) -> None:
    """Offer the constants of three sources; shows the one at whose the dials stand."""
    key = "gans.betas"
    st.session_state[key] = next((name for name in PUBLISHED if _stands_at(dials, name)), None)
    st.pills(
        "Settings of",
        tuple(PUBLISHED),
        key=key,
        format_func=lambda name: PUBLISHED[name].label,
        help="Adam's betas and λ: the paper has 0, 0.9 and 10, its toy code 0.5, 0.9 and 0.1, "
        "DCGAN 0.5 and 0.999.",
        on_change=lambda: _settle(dials, st.session_state[key]),
    )


def _stands_at(dials: Dials[GanLab], name: str) -> bool:
    return all(dials.value(dial) == value for dial, value in PUBLISHED[name].dials.items())


def _settle(dials: Dials[GanLab], name: str | None) -> None:
    if name:
        dials.set(**PUBLISHED[name].dials)
