"""Keep: what stands on the page is put on the shelf, under a name and with a note."""

import time
from typing import Any

import streamlit as st

from explorer.dials import values
from explorer.pages import seen
from explorer.pages.dials import Dials
from explorer.pages.places import place
from explorer.pages.shelf.whose import lasts, reader
from explorer.runs import links
from explorer.runs.shelf import Known, Parcel, ShelfError, the_shelf
from explorer.runs.shelf.parcel import LONGEST
from explorer.stage.component import standing

KEEP, SAID, LAST = "shelf.keep", "shelf:said", "shelf:last"
TWICE = 2.0  # seconds in which a second press of the button keeps nothing more
NAME, NOTE = "shelf.keep.name", "shelf.keep.note"
NOT_FOR_LONG = (
    "This browser keeps no cookie, so what you keep here is yours for as long as this tab is open; "
    "export it to have it for good."
)


def offered(dials: Dials[Any], heading: str, label: str) -> None:
    """Offer to keep what stands on the page; nothing where no stage stands."""
    if standing() is None:
        return
    spot = st.popover("Keep", key=KEEP, on_change="rerun")
    if not spot.open:
        st.session_state.pop(SAID, None)
        return
    with spot:
        st.caption(
            "Puts the run on your shelf as it is now: its settings, frames and states. From there "
            "it is played, compared and gone on from, also when the server was started anew."
        )
        called = _called(dials, label)
        with st.form("shelf.keeping", border=False):  # what is typed comes along with the press
            st.text_input("Name", called, max_chars=LONGEST["name"], key=NAME)
            st.text_area("Note", "", max_chars=LONGEST["note"], key=NOTE)
            st.form_submit_button(
                "Keep it", key="shelf.keep.it", on_click=_keep, args=(dials, heading, called)
            )
        good, text = st.session_state.get(SAID, (True, ""))
        if text and good:
            st.success(text, icon=":material/check:")
            st.page_link(place("shelf"), label="Open the shelf", icon=":material/shelves:")
        elif text:
            st.warning(text, icon=":material/error:")
        if not lasts():
            st.caption(NOT_FOR_LONG)


def _called(dials: Dials[Any], label: str) -> str:
    """Return what a run is called unless somebody says more: its view, and what was turned."""
    shown, default = values(dials.last), dials.defaults
    turned = [name for name, value in shown.items() if name != "view" and value != default[name]]
    told = ", ".join(
        f"{dials.row(name).label} {dials.row(name).written(shown[name])}".strip() for name in turned
    )
    return f"{label}: {told}"[: LONGEST["name"]] if told else label


def _keep(dials: Dials[Any], heading: str, called: str) -> None:
    stands, typed = standing(), st.session_state
    same = (links.query(dials.last), typed.get(NAME), typed.get(NOTE), stands)
    before, at = typed.get(LAST, (None, 0.0))
    if stands is None or (same == before and time.monotonic() - at < TWICE):
        return  # pressed twice
    typed[LAST] = same, time.monotonic()
    try:
        found = seen.seen(stands)
        experiment = None if found.experiment is None else Known.of(found.experiment)
        parcel = Parcel(
            name=typed.get(NAME) or called,
            note=typed.get(NOTE, "").strip(),
            page=dials.page,
            link=links.query(dials.last),
            title=heading,
            clock=found.scene.get("clock", "step"),
            settings=values(dials.last),
            scene=found.scene,
            past=found.past,
            experiment=experiment,
            select=found.select,
            start=found.start,
        )
        row = the_shelf().keep(reader(), parcel)
    except (ValueError, ShelfError) as why:
        st.session_state[SAID] = (False, str(why))
        return
    st.session_state[SAID] = (True, f"Kept: “{row.name}”, {row.bytes / 1e6:,.1f} MB.")
