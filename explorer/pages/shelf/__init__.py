"""The shelf: what was kept, and the ways to play it, lay it beside another, and go on from it."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from explorer.pages import surroundings
from explorer.pages.dials import entered
from explorer.pages.shelf import compared, listed, opened
from explorer.pages.shelf.whose import reader
from explorer.pages.whole import uninterrupted
from explorer.runs.shelf import Kept, ShelfError, the_shelf

ADDRESS = "shelf:address"


def page() -> None:
    """Show the run that the address says, two of them, or the list of all."""
    if entered("shelf"):
        st.session_state.pop(ADDRESS, None)
    try:
        number, other = st.query_params.get("run", ""), st.query_params.get("beside", "")
        row = the_shelf().find(reader(), number) if number else None
        second = the_shelf().find(reader(), other) if row is not None and other else None
    except ShelfError as why:
        listed.troubles(str(why))
        row = second = None
    _tell_the_address({"run": row, "beside": second} if row is not None else {})
    if row is None:
        listed.rows()
        return
    try:
        if second is None:
            _one(row)
        else:
            _two(row, second)
    except ShelfError as why:
        listed.troubles(str(why))


def _tell_the_address(shown: dict[str, Kept | None]) -> None:
    """Have the address say what is shown: a link to this page from itself changes it not."""
    address = {name: row.number for name, row in shown.items() if row is not None}
    with uninterrupted():
        if st.session_state.get(ADDRESS) != address:
            st.session_state[ADDRESS] = address
            st.query_params.from_dict(address)


@contextmanager
def _title(heading: str, under: str) -> Iterator[None]:
    """Write a heading; what is shown inside stands at its right."""
    with st.container(key="title", horizontal=True, vertical_alignment="center"):
        with st.container(width="stretch"):
            surroundings.heading(heading, under)
        with st.container(width="content"), surroundings.row_of_actions():
            yield


def _one(row: Kept) -> None:
    with _title(listed.escaped(row.name), listed.about(row)):
        listed.way_back()
        listed.acts(row)
    listed.troubles()
    if row.note:
        st.text(row.note)
    opened.played(row, "shelf.stage")


def _two(row: Kept, second: Kept) -> None:
    with _title("Two kept runs, side by side", row.title):
        listed.way_back()
    listed.troubles()
    compared.beside(row, second)
