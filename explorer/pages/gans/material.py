"""What the views of the GAN lab share: the dials of a match, its games, and the way to its run."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

import streamlit as st

from explorer import dials as rows
from explorer.gans.objectives import OBJECTIVES
from explorer.gans.optimizers import PRESETS as PUBLISHED
from explorer.gans.predictions import PRESETS
from explorer.labs.gans.data import DATA
from explorer.labs.gans.settings import GanLab
from explorer.labs.gans.turning import FIELD_OF_SIDE
from explorer.pages import surroundings
from explorer.pages.column import Column, Offer
from explorer.pages.dials import Dials
from explorer.pages.gans import table as tables
from explorer.pages.gans.presets import PLAYABLE, preset_of, read_of, turned_to
from explorer.runs.answers import Answer, Asking
from explorer.runs.hub import Ticket, the_hub
from explorer.runs.run import Run
from explorer.stage.component import Beginning, rest_of
from explorer.stage.messages import Setting

GAMES = tuple(FIELD_OF_SIDE.values())
TOKEN = "gans:token"
RESTED = "gans:rested"
STOOD = "gans:stood"
REACH = 1.6  # the pad of a drawing shows [-1.6, 1.6] both ways

Found = TypeVar("Found")


def stands(dials: Dials[GanLab]) -> GanLab:
    """Return the lab that the dials ask for: turned at the tick on the screen, or else anew."""
    stood = _in_this_run(STOOD)
    return dials.last.turn(head() if stood is None else stood, dials.wanted())


def settles(column: Column) -> Callable[[Mapping[str, Any]], None]:
    """Return what takes over where the dials came to rest, and where the picture stood still."""

    def settle(said: Mapping[str, Any]) -> None:
        st.session_state[STOOD] = rest_of(said.get("stood"))
        column.settle(said)

    return settle


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
            tables.want_table()
        dials.refuse(why, _instead(dials.last, lab))
    dials.finish(lab)
    return lab, found


def _instead(last: GanLab, lab: GanLab) -> GanLab:
    """What was shown before; by link, the same game on data that every view can show."""
    if last != lab:
        return last
    default = GanLab()
    none = {f"table_{name}": value for name, value in rows.values(default.table).items()}
    start = {"data": default.data, "upload": "", "slow_side": default.slow.side}
    some = rows.turned(lab, none | start)
    return some if some != lab else replace(default, view=lab.view)


def run() -> Run | None:
    """Return the run of the match, if it is open."""
    return the_hub().run(st.session_state.get(TOKEN, ""))


def head() -> int:
    """Return the tick that the match has reached."""
    opened_run = run()
    return 0 if opened_run is None else max(0, opened_run.recording.head)


def came_to_rest(name: str, tick: int) -> None:
    """Take note of where the picture of a run, called by its name, stands still."""
    st.session_state[RESTED] = (name, tick)


def at_rest() -> int | None:
    """Return the tick at which the picture of the match last stood still, if it ever did."""
    return _in_this_run(RESTED)


def _in_this_run(place: str) -> int | None:
    """Return the tick that is noted there, if it is one of the match that is open."""
    opened_run = run()
    name, tick = st.session_state.get(place) or ("", 0)
    return min(tick, head()) if opened_run is not None and opened_run.name == name else None


def opened(lab: GanLab) -> Ticket:
    """Return the ticket to the match of the lab, which is the same for every view of it."""
    match = lab.match()
    ticket = surroundings.admitted(lambda viewer: the_hub().open(viewer, match))
    st.session_state[TOKEN] = ticket.token
    return ticket


def begins(answer: Callable[[GanLab, bool], Answer]) -> Beginning:
    """Return how a stage asks for the first frame of a run that is not there yet."""
    return Beginning(Asking.about(answer, GanLab), surroundings.attend())


def begins_or_goes_on(answer: Callable[[GanLab, bool], Answer]) -> Beginning:
    """Return `begins` of a match, which goes on where a dial is live, or one of its look alone."""
    known = rows.values(GanLab().match())
    looks = [name for name in rows.values(GanLab()) if name not in known]
    return replace(begins(answer), forks=(*rows.live(GanLab()), *looks))


# ------------------------------------------------------------------------------- the dials


def match_dials(
    dials: Dials[GanLab], column: Column, *, brief: bool = False, layers: bool = False
) -> None:
    """Stand the dials of a match in the column: predictions, data, games, what all share, the rest.

    ``brief`` leaves out the predictions, where the view has dials of its own; with ``layers`` the
    picture has a choice of what lies over the judge's surface.
    """
    if not brief:
        _presets(column)
    _data(dials, column)
    column.group("Games, left to right")
    _games(dials, column)
    column.group("All games")
    column.show("critic_steps")
    column.show("generator_rate")
    column.show("critic_rate")
    column.show("width")
    column.show("seed", as_="field", next=True)
    column.group("Some games", folded=brief)
    _of_objectives(dials, column)
    column.group("More", folded=True)
    if layers:
        column.show("layer")
    _more(column)


def _presets(column: Column) -> None:
    """Offer the games with a predicted outcome; it stands at the one that the dials play."""
    offers = [Offer("Choose a prediction", {}, {})]
    offers += [Offer(PRESETS[name].label, turned_to(name), read_of(name)) for name in PLAYABLE]
    column.offer("preset", "Prediction", offers, labelled=False)


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


def _data(dials: Dials[GanLab], column: Column) -> None:
    learns: dict[str, Setting] = {"given": "", "generator_rate": dials.default("generator_rate")}
    column.show(
        "data",
        as_="menu",
        labelled=False,
        turns=dict.fromkeys(DATA, learns) if dials.value("given") else None,
        then=lambda: tables.want_table(False),
    )
    needed = DATA[dials.value("data")].needs
    if "theta" in needed:
        column.show("theta")
    if "drawing" in needed:
        column.show("drawing", as_="pad", offered=(-REACH, REACH), labelled=False)


def table(dials: Dials[GanLab]) -> None:
    """Show the place for a table, above the picture, where the data is one or one is wanted."""
    if "points" in DATA[dials.value("data")].needs or tables.table_wanted():
        tables.table(dials)


def _games(dials: Dials[GanLab], column: Column) -> None:
    for name in GAMES:
        if name != "fourth" or dials.value("third"):
            column.show(name, as_="menu", labelled=False, turns={"": _leaving(dials, name)})


def _leaving(dials: Dials[GanLab], name: str) -> dict[str, str]:
    """Return what goes with a game that is taken away: the one after it, and a look at either."""
    gone = GAMES[GAMES.index(name) :]
    turns = dict.fromkeys(gone[1:], "")
    sides = {side for side, each in FIELD_OF_SIDE.items() if each in gone}
    if dials.value("slow_side") in sides:
        turns["slow_side"] = GanLab().slow.side
    return turns


def _of_objectives(dials: Dials[GanLab], column: Column) -> None:
    """Show the dials that only some objectives read, where one of them plays."""
    playing = {dials.value(name) for name in GAMES} - {""}
    read = {dial for objective in playing for dial in OBJECTIVES[objective].dials}
    for name in rows.dials(GanLab):
        if name in read - set(PENALTY):
            column.show(name)


PENALTY = ("one_sided", "pairs")
"""dials of one objective that stand further below"""


def _more(column: Column) -> None:
    column.show("depth")
    column.show("activation")
    column.show("normalisation")
    column.show("noise")
    column.show("noise_dim")
    column.show("batch")
    column.show("optimizer")
    column.show("critic_optimizer")
    _sources(column)
    column.show("beta1")
    column.show("beta2")
    for name in PENALTY:
        column.show(name)
    column.show("spectral")
    column.show("conditional")
    column.show("clock")
    column.show("audit")
    column.show("steps")


def _sources(column: Column) -> None:
    """Offer the constants of three sources; it stands at the one whose the dials have."""
    column.offer(
        "betas",
        "Settings of",
        [Offer(each.label, each.dials, each.dials) for each in PUBLISHED.values()],
        help="Adam's betas and λ: the paper has 0, 0.9 and 10, its toy code 0.5, 0.9 and 0.1, "
        "DCGAN 0.5 and 0.999.",
        as_="row",
    )
