"""The shelf: what was kept, and the ways to play it, lay it beside another, and go on from it."""

import streamlit as st

from explorer.pages import surroundings
from explorer.pages.dials import entered
from explorer.pages.shelf import compared, listed, opened
from explorer.pages.shelf.reader import reader
from explorer.runs.shelf import Kept, ShelfError, the_shelf


def page() -> None:
    """Show the run that the address says, two of them, or the list of all."""
    entered("shelf")
    try:
        number, other = st.query_params.get("run", ""), st.query_params.get("beside", "")
        row = the_shelf().find(reader(), number) if number else None
        second = the_shelf().find(reader(), other) if row is not None and other else None
    except ShelfError as why:
        listed.troubles(str(why))
        row = None
    if row is None:
        listed.rows()
        return
    try:
        _one(row) if second is None else _two(row, second)
    except ShelfError as why:
        listed.troubles(str(why))


def _one(row: Kept) -> None:
    surroundings.heading(listed.escaped(row.name), listed.about(row))
    listed.troubles()
    with surroundings.row_of_actions():
        listed.way_back()
        listed.acts(row)
    if row.note:
        st.text(row.note)
    opened.played(row, "shelf.stage")


def _two(row: Kept, second: Kept) -> None:
    surroundings.heading("Two kept runs, side by side", row.title)
    listed.troubles()
    with surroundings.row_of_actions():
        listed.way_back()
    compared.beside(row, second)
