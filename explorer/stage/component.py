"""The stage as a Streamlit component: a scene and a ticket in, what the viewer picked out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import streamlit as st

from explorer.figures.scene import Scene, as_json
from explorer.runs.answers import Asking
from explorer.runs.desk import the_desk
from explorer.runs.hub import Ticket
from explorer.stage.assets import asset_base
from explorer.stage.messages import PALETTE, Column, Showing

# Streamlit runs this text from a module without a base address, so the import names the origin.
# The promise is kept, for the component is called again with each new data.
LOADER = """
const loaded = {};
export default function ({ parentElement, data, setTriggerValue, setStateValue }) {
  const address = location.origin + data.modules + "main.js";
  loaded[address] ??= import(address);
  let close = () => {};
  loaded[address].then(({ mount }) => {
    close = mount(parentElement, data, { setTrigger: setTriggerValue, setState: setStateValue });
  });
  return () => close();
}
"""


@dataclass(frozen=True)
class Beginning:
    """How a run begins that is not there yet: what answers whom, and the dials that begin none.

    ``forks`` are the dials that turn while a run trains; it then goes on.
    """

    asking: Asking
    session: str
    forks: Sequence[str] = ()


@cache
def _component() -> Callable[..., Any]:
    return st.components.v2.component("explorer_stage", html="<div></div>", js=LOADER)


def show(
    scene: Scene | Mapping[str, Any] | None,
    ticket: Ticket,
    *,
    key: str,
    live: bool,
    select: Mapping[str, int] | None = None,
    on_pick: Callable[[dict[str, int]], None] | None = None,
    on_reset: Callable[[], None] | None = None,
    on_rest: Callable[[str, int], None] | None = None,
    height: int | None = None,
    start: int = 0,
    dials: Column | None = None,
    on_settled: Callable[[Mapping[str, Any]], None] | None = None,
    answers: str = "",
    begins: Beginning | None = None,
    title: str = "",
) -> None:
    """Show a scene of the run that the ticket admits to, playing it in the browser.

    The scene may be what `as_json` made of it. ``live``: the run trains; otherwise it is complete.
    ``select`` sets selections, and ``on_pick`` is called with what the viewer selects in the
    picture: a unit, or both ends of a span at once. What a row of names in the picture chooses
    stays in the browser. ``on_reset`` is called when the viewer goes back to the start, where the
    page has something to undo. ``on_rest`` is called with the name of the run and the step of what
    is shown when the picture came to rest, where the page makes something of that: each call is a
    run of the script. ``height`` is in pixels; without it the stage fills the window.
    ``start`` is the frame that is shown first. ``dials`` stand beside the picture, and
    ``on_settled`` is called with a `Settled` when they came to rest;
    with ``answers``, a token of the desk, the stage asks for what they say, scene and frames; with
    ``begins``, for how the run begins that they ask for, until that is there.
    """
    state_key = key

    def picked() -> None:
        pick = getattr(st.session_state.get(state_key), "pick", None)
        if on_pick is not None and (found := _picks(pick)):
            on_pick(found)

    def reset() -> None:
        if on_reset is not None:
            on_reset()

    def settled() -> None:
        said = getattr(st.session_state.get(state_key), "settled", None)
        if on_settled is not None and isinstance(said, Mapping):
            on_settled(said)

    def rested() -> None:
        said = getattr(st.session_state.get(state_key), "rested", None)
        if on_rest is not None and (found := _rest(said)):
            on_rest(*found)

    described = as_json(scene) if isinstance(scene, Scene) else scene
    data: Showing = {
        "scene": described,
        "token": ticket.token,
        "run": ticket.digest,
        "notice": ticket.notice,
        "live": live,
        "select": dict(select or {}),
        "picks": on_pick is not None,
        "resets": on_reset is not None,
        "rests": on_rest is not None,
        "palette": PALETTE,
        "height": height,
        "start": start,
        "modules": asset_base(),
        "title": title or ("" if described is None else described["alt"]),
    }
    if dials is not None:
        data["dials"] = dials
    if answers:
        data["answers"] = answers
    if begins is not None:
        token = the_desk().admit(begins.session, begins.asking)
        data["begins"] = {"token": token, "forks": tuple(begins.forks)}
    _component()(
        key=key,
        data=data,
        on_pick_change=picked,
        on_lost_change=_again,
        on_reset_change=reset,
        on_settled_change=settled,
        on_rested_change=rested,
    )


def ask(
    asking: Asking,
    session: str,
    *,
    key: str,
    dials: Column,
    on_settled: Callable[[Mapping[str, Any]], None],
    name: str = "",
    title: str = "",
) -> None:
    """Show what the dials say, as answers to what the stage itself asks, at once and in a drag.

    What is picked in the picture turns dials. A tab remembers where it stood in the picture of a
    ``name``.
    """
    token = the_desk().admit(session, asking)
    show(
        None,
        Ticket("", f"{key}?{name}"),
        key=key,
        live=False,
        dials=dials,
        on_settled=on_settled,
        answers=token,
        title=title,
    )


def _picks(said: object) -> dict[str, int]:
    """Return what a message of the browser selects, a `Pick` or `Picks` if it can be believed."""
    if not isinstance(said, dict):
        return {}
    values = said.get("values", {said.get("name"): said.get("value")})
    if not isinstance(values, dict):
        return {}
    whole = {str(name): value for name, value in values.items() if type(value) is int}
    return whole if len(whole) == len(values) else {}


def _rest(said: object) -> tuple[str, int] | None:
    """Return the run and the step of a `Rested`, if it can be believed."""
    if not isinstance(said, Mapping):
        return None
    run, step = said.get("run"), said.get("step")
    return (run, step) if isinstance(run, str) and type(step) is int and step >= 0 else None


def _again() -> None:
    """The stage lost its run: the script runs again, which opens the run anew."""
