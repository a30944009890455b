"""The list of what is kept: a row for each run, with what can be done with it."""

import base64
import html
import re
from datetime import UTC, datetime
from functools import partial

import streamlit as st

from explorer.pages import bringing, surroundings
from explorer.pages.places import TITLES, place
from explorer.pages.shelf import compared, opened, pictures
from explorer.pages.shelf.keep import NOT_FOR_LONG
from explorer.pages.shelf.opened import TROUBLE
from explorer.pages.shelf.whose import lasts, reader
from explorer.runs.shelf import Kept, ShelfError, the_shelf, unpacked
from explorer.runs.shelf.parcel import LONGEST

AT_ONCE = 20  # rows
LOOK = 1.0  # seconds between two looks for pictures that are being painted
SUFFIX = ".kept"
DELETED, SHOWN = "shelf:deleted", "shelf:shown"
BROUGHT, TAKEN = "shelf.file", "shelf:taken"
EMPTY = (
    "Nothing is kept yet. Press Keep beside a picture, in any lab: the run comes here with its "
    "settings, its frames and the states from which it goes on."
)


def rows() -> None:
    """Show the list."""
    surroundings.heading(
        "What was kept", "Runs are played at once, laid side by side, and gone on from."
    )
    troubles()
    try:
        kept = the_shelf().all(reader())
        with st.container(key="shelf-head", horizontal=True, vertical_alignment="center"):
            st.html(f'<p class="kept-sum">{_sum(kept)}</p>')
            _gone()
            _bring()
        _undo()
    except ShelfError as why:
        troubles(str(why))
        return
    if not lasts():
        st.caption(NOT_FOR_LONG)
    if not kept:
        st.info(EMPTY, icon=":material/shelves:")
        return
    shown = st.session_state.setdefault(SHOWN, AT_ONCE)
    missing = False
    with st.container(key="shelf"):
        for row in kept[:shown]:
            missing |= _row(row, kept)
    if len(kept) > shown:
        st.button(
            f"Show {min(AT_ONCE, len(kept) - shown)} more of {len(kept) - shown}",
            key="shelf.more",
            on_click=_more,
        )
    if missing:
        st.fragment(_await, run_every=LOOK)()


def _row(row: Kept, kept: list[Kept]) -> bool:
    """Show one run; returns whether its picture is still to come."""
    try:
        small = pictures.picture(reader(), row, st.context.theme.type == "dark")
    except ShelfError:
        small = b""
    key = f"kept-{row.number}"
    with st.container(
        border=True, key=key, horizontal=True, vertical_alignment="center", gap="medium"
    ):
        with st.container(width=240):
            st.html(_drawn(small, row))
        with st.container(width="stretch"):
            note = f"<p>{escaped(row.note)}</p>" if row.note else ""
            st.html(
                f'<div class="card kept"><h2>{escaped(row.name)}</h2>'
                f"<p><small>{escaped(about(row))}</small></p>{note}</div>"
            )
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.page_link(
                    place("shelf"),
                    label="Open",
                    icon=":material/play_arrow:",
                    query_params={"run": row.number},
                )
                acts(row, kept)
    return small is None


def acts(row: Kept, kept: list[Kept] | None = None) -> None:
    """Offer what can be done with a run."""
    if row.goes_on:
        st.button(
            "Go on in its lab",
            key=f"shelf.on.{row.number}",
            on_click=opened.go_on,
            args=(row,),
            help="All that was kept is there at once; train on from its last state, or turn a dial "
            "to fork it.",
        )
    else:
        st.button(
            "Its dials",
            key=f"shelf.dials.{row.number}",
            on_click=opened.to_its_lab,
            args=(row,),
            help="It was computed at once, and is again in its lab.",
        )
    _compare(row, the_shelf().all(reader()) if kept is None else kept)
    spot = st.popover("More", key=f"shelf.more.{row.number}", on_change="rerun")
    if spot.open:
        with spot:
            _more_of(row)


def _compare(row: Kept, kept: list[Kept]) -> None:
    some = compared.others(row, kept)
    spot = st.popover(
        "Compare",
        key=f"shelf.beside.{row.number}",
        on_change="rerun",
        disabled=not some,
        help="" if some else "There is no other run of its kind on the shelf.",
    )
    if spot.open:
        with spot:
            st.caption("Lay it beside another run of its kind:")
            for other in some[:AT_ONCE]:
                st.page_link(
                    place("shelf"),
                    label=f"{other.name} · {when(other.kept)}",
                    query_params={"run": row.number, "beside": other.number},
                )


def _more_of(row: Kept) -> None:
    name, note = f"shelf.name.{row.number}", f"shelf.note.{row.number}"
    with st.form(f"shelf.calling.{row.number}", border=False):  # what is typed comes along
        st.text_input("Name", row.name, max_chars=LONGEST["name"], key=name)
        st.text_area("Note", row.note, max_chars=LONGEST["note"], key=note)
        st.form_submit_button(
            "Save name and note",
            key=f"shelf.call.{row.number}",
            on_click=_call,
            args=(row, name, note),
        )
    st.download_button(
        "Export as a file",
        partial(opened.exported, reader(), row),
        f"{re.sub(r'[^A-Za-z0-9]+', '-', row.name).strip('-') or 'run'}{SUFFIX}",
        "application/octet-stream",
        key=f"shelf.export.{row.number}",
        on_click="ignore",
        help="One file, which any shelf imports.",
    )
    st.button("Delete", key=f"shelf.delete.{row.number}", on_click=_delete, args=(row,))


def way_back() -> None:
    """Lead to the list."""
    st.page_link(place("shelf"), label="All kept runs", icon=":material/list:")


# --------------------------------------------------------------------------------- what is done


def _try(act: partial[None]) -> bool:
    try:
        act()
    except ShelfError as why:
        st.session_state[TROUBLE] = str(why)
        return False
    return True


def _call(row: Kept, name: str, note: str) -> None:
    """Call a run as stands in the fields of these keys."""
    typed = st.session_state
    _try(partial(the_shelf().call, reader(), row, typed.get(name, ""), typed.get(note, "")))


def _delete(row: Kept) -> None:
    if _try(partial(the_shelf().delete, reader(), row.number)):
        st.session_state[DELETED] = row.number, row.name
        st.query_params.clear()


def _undo() -> None:
    """Offer to put back what was deleted last."""
    number, name = st.session_state.get(DELETED, ("", ""))
    if not number:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.html(f"<p>Deleted: “{escaped(name)}”.</p>")
        st.button("Undo", key="shelf.undo", on_click=_put_back, args=(number,))


def _gone() -> None:
    """Offer to put back what was deleted within the last day."""
    gone = the_shelf().all(reader(), gone=True)
    if not gone:
        return
    spot = st.popover(f"Deleted ({len(gone)})", key="shelf.gone", on_change="rerun")
    if spot.open:
        with spot:
            st.caption("There for a day, while there is room. Press one to put it back:")
            for row in gone[:AT_ONCE]:
                st.button(
                    f"{row.name} · kept {when(row.kept)}",
                    key=f"shelf.back.{row.number}",
                    on_click=_put_back,
                    args=(row.number,),
                )


def _put_back(number: str) -> None:
    _try(partial(the_shelf().restore, reader(), number))
    st.session_state.pop(DELETED, None)


def _more() -> None:
    st.session_state[SHOWN] += AT_ONCE


def _bring() -> None:
    spot = st.popover("Import", key="shelf.import", on_change="rerun")
    if not spot.open:
        return
    with spot:
        smaller = "keep it earlier, or with fewer frames"
        bringing.place(f"A kept run ({SUFFIX})", BROUGHT, smaller, on_change=_import)
        st.caption(
            "It is played as the file says. What goes on from it is yours alone: nobody else who "
            "trains the same is shown its numbers."
        )


def _import() -> None:
    file = st.session_state.get(BROUGHT)
    if file is None or file.file_id == st.session_state.get(TAKEN):
        return  # it is said once more when its place is closed
    st.session_state[TAKEN] = file.file_id
    try:
        parcel = unpacked(file.getvalue(), foreign=True)
        opened.drawable(parcel)
        the_shelf().keep(reader(), parcel, imported=True)
    except (ValueError, ShelfError) as why:
        st.session_state[TROUBLE] = f"{file.name[:60]}: {why}"


# --------------------------------------------------------------------------------- what is said


def troubles(why: str = "") -> None:
    """Show, once, what could not be done."""
    for text in filter(None, (st.session_state.pop(TROUBLE, ""), why)):
        st.warning(text, icon=":material/error:")


def about(row: Kept) -> str:
    """Say where a run is from, how far it is, how large, and since when it is kept."""
    parts = [
        TITLES.get(row.page, row.page),
        row.title,
        f"{row.clock} {row.step:,}",
        f"{row.frames:,} frames" if row.frames > 1 else "one frame",
        f"{row.bytes / 1e6:,.1f} MB",
        f"kept {when(row.kept)}",
    ]
    if row.imported:
        parts.append("from a file")
    if row.owner != reader().owner:
        parts.append("kept in another browser")
    return " · ".join(parts)


def when(moment: float) -> str:
    """Return a time as the viewer's clock has it: "29 Nov 2026, 21:07"."""
    offset = st.context.timezone_offset or 0  # minutes, positive west of Greenwich
    try:
        told = datetime.fromtimestamp(moment - 60 * offset, UTC)
    except (ValueError, OverflowError, OSError):
        return "at an unknown time"
    return f"{told.day} {told:%b %Y, %H:%M}"


def _sum(kept: list[Kept]) -> str:
    most = the_shelf().bounds
    taken, runs = the_shelf().size(reader()), len(kept)
    counted = f"{runs:,} run{'' if runs == 1 else 's'}, {taken / 1e6:,.1f} MB"
    if reader().all:
        return f"{counted}, of all viewers: you are at the server. Room for {most.runs:,} runs."
    return f"{counted}, of at most {most.runs_of_one:,} runs and {most.bytes_of_one / 1e6:,.0f} MB."


def escaped(text: str) -> str:
    """Return what somebody wrote as text of a page."""
    return html.escape(text, quote=False)


def _drawn(small: bytes | None, row: Kept) -> str:
    if not small:
        words = "The picture is being painted." if small is None else "No picture."
        return f'<div class="kept-picture"><p>{words}</p></div>'
    data = base64.b64encode(small).decode()
    alt = html.escape(f"{row.name}, at {row.clock} {row.step:,}")
    return f'<div class="kept-picture"><img src="data:image/webp;base64,{data}" alt="{alt}"></div>'


def _await() -> None:
    """Show the pictures that were painted meanwhile."""
    if pictures.come():
        st.rerun()
