"""The stage as a Streamlit component: a scene and a ticket in, what the viewer picked out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import streamlit as st

from explorer.figures.scene import Scene, as_json
from explorer.runs.answers import Asking
from explorer.runs.desk import the_desk
from explorer.runs.hub import Ticket, the_hub
from explorer.stage.assets import asset_base, serves
from explorer.stage.messages import PALETTE, Column, Look, Showing

# Streamlit runs this text from a module without a base address, so the scripts are found from the
# page's own (as `run/address.js` finds the rest). The promise is kept, for the component is called
# again with each new data. What does not load is asked for once more, to hear why.
LOADER = """
const loaded = {};
const SLOW = 6000;

export default function ({ parentElement, data, setTriggerValue, setStateValue }) {
  const address = new URL(data.modules + "main.js", document.baseURI).href;
  const say = (text) => {
    let line = parentElement.querySelector("[data-missing]");
    if (!line && text) {
      line = document.createElement("p");
      line.dataset.missing = "";
      line.setAttribute("role", "alert");
      line.style.cssText = "margin: 12px 0; font-size: 15px; overflow-wrap: anywhere;";
      parentElement.append(line);
    }
    if (line && text) line.textContent = text;
    else line?.remove();
  };
  let close = () => {};
  const late = `The picture's program has not come yet from ${address}; the way may block it.`;
  const slow = setTimeout(() => say(late), SLOW);
  loaded[address] ??= import(address);
  loaded[address].then(({ mount }) => {
    clearTimeout(slow);
    say("");
    close = mount(parentElement, data, { setTrigger: setTriggerValue, setState: setStateValue });
  }, async (error) => {
    delete loaded[address];
    const why = await missing(address, error);
    clearTimeout(slow);
    const end = why.endsWith(".") ? "" : ".";
    say(`The picture's program did not load from ${why}${end} Reload the page to try again.`);
  });
  return () => {
    clearTimeout(slow);
    close();
  };
}

async function missing(address, error) {
  const base = address.slice(0, address.lastIndexOf("/") + 1);
  const parts = performance.getEntriesByType("resource").map((part) => part.name);
  for (const part of new Set([address, ...parts.filter((name) => name.startsWith(base))])) {
    try {
      const answer = await fetch(part, { cache: "reload" });
      const type = answer.headers.get("content-type") ?? "no type";
      const reason = type.startsWith("text/plain") ? (await answer.text()).slice(0, 300) : "";
      if (!answer.ok) return `${part}: ${answer.status}${reason && ", "}${reason}`;
      if (!type.includes("javascript")) return `${part}: it comes as ${type} and not as a script`;
    } catch {
      return `${part}: it is blocked on the way, or the server does not answer`;
    }
  }
  return `${address}: ${error.message}`;
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


@dataclass(frozen=True)
class Standing:
    """What a stage shows, for whoever makes files of it.

    ``run`` is what the stage calls it, ``token`` admits to a run or, with ``given``, to the desk
    that answers what the dials say: the values of ``given``.
    """

    key: str
    run: str
    token: str
    scene: Mapping[str, Any] | None
    select: Mapping[str, int]
    given: Mapping[str, Any] | None = None

    @property
    def rested(self) -> int | None:
        """The step at which its picture last stood still; None before it ever did."""
        found = rest_of(getattr(st.session_state.get(self.key), "rested", None))
        return found[1] if found is not None and found[0] == self.run else None


@dataclass(frozen=True)
class Guide:
    """How a page that leads through the views of others has their stage: what it points at.

    ``key`` is the page's own: a stage of it shares no dials and no playhead with that of the view.
    ``start`` is the frame that is shown first, None where the view says so.
    """

    key: str
    panels: Sequence[str] = ()
    start: int | None = None
    plays: bool = False


class _StandsError(Exception):
    """The stage of a guided view stands; what its page would show below is not wanted."""


GUIDE = "stage:guide"
STANDS = "stage:stands"
FILES = "stage.files"
GLOSSARY = "glossary.js"
"""The script of the words that the stage explains, where the pages have made one."""


def standing() -> Standing | None:
    """Return what the stage of this run of the script shows; None where none was shown yet."""
    found: Standing | None = st.session_state.get(STANDS)
    return found


def nothing_stands() -> None:
    """Take note that a page begins, which has shown no stage yet."""
    st.session_state.pop(STANDS, None)


@contextmanager
def guided(guide: Guide) -> Iterator[None]:
    """Show of the view inside no more than what stands above its stage, and the stage."""
    st.session_state[GUIDE] = guide
    try:
        yield
    except _StandsError:
        pass
    finally:
        st.session_state.pop(GUIDE, None)


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
    guide: Guide | None = st.session_state.get(GUIDE)
    # a setting of the page may have the bare name
    place = state_key = f"{key if guide is None else guide.key}:stage"

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
        if on_rest is not None and (found := rest_of(said)):
            on_rest(*found)

    run = the_hub().run(ticket.token)
    if run is not None and start == 0:
        start = run.began  # a run from the shelf stands where it was kept
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
        "rests": on_rest is not None or bool(st.session_state.get(FILES)),
        "palette": PALETTE,
        "height": height,
        "start": start,
        "modules": asset_base(),
        "title": title or ("" if described is None else described["alt"]),
    }
    if guide is not None:
        look: Look = {"panels": tuple(guide.panels), "plays": guide.plays}
        data["look"] = look
        data["start"] = start if guide.start is None else guide.start
    if serves(GLOSSARY):
        data["glossary"] = GLOSSARY
    if dials is not None:
        data["dials"] = dials
    if answers:
        data["answers"] = answers
    st.session_state[STANDS] = Standing(
        place,
        ticket.digest,
        answers or ticket.token,
        described,
        dict(select or (described or {}).get("selects", ())),
        dials["settings"] if answers and dials is not None else None,
    )
    if begins is not None:
        token = the_desk().admit(begins.session, begins.asking)
        data["begins"] = {"token": token, "forks": tuple(begins.forks)}
    _component()(
        key=place,
        data=data,
        on_pick_change=picked,
        on_lost_change=_again,
        on_reset_change=reset,
        on_settled_change=settled,
        on_rested_change=rested,
    )
    if guide is not None:
        raise _StandsError


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
    guide: Guide | None = st.session_state.get(GUIDE)
    show(
        None,
        Ticket("", f"{key if guide is None else guide.key}?{name}"),
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


def rest_of(said: object) -> tuple[str, int] | None:
    """Return the run and the step of a `Rested`, if it can be believed."""
    if not isinstance(said, Mapping):
        return None
    run, step = said.get("run"), said.get("step")
    return (run, step) if isinstance(run, str) and type(step) is int and step >= 0 else None


def _again() -> None:
    """The stage lost its run: the script runs again, which opens the run anew."""
