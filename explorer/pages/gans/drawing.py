"""Data of one's own: how far a pad reaches, and a table of two columns."""

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from explorer.gans.drawn import Table
from explorer.labs.gans import tables
from explorer.labs.gans.data import in_play
from explorer.labs.gans.settings import GanLab
from explorer.pages.dials import Dials, sentence
from explorer.runs.desk import Brought, the_desk

FILE = "gans.file"
REACH = 1.6  # the pad shows [-1.6, 1.6] both ways


def want_table(wanted: bool = True) -> None:
    """Let the place for a table stand open until there is one, or other data is chosen."""
    st.session_state["gans.file.wanted"] = wanted


def table_wanted() -> bool:
    """Return whether somebody asked for a table that is not here."""
    return bool(st.session_state.get("gans.file.wanted"))


def table(dials: Dials[GanLab]) -> None:
    """Take a table of two columns; what is wrong with it is said in one sentence."""
    st.file_uploader(
        "Two columns of numbers (.csv)",
        key=FILE,
        max_upload_size=tables.LARGEST // 2**20,
        on_change=lambda: _keep(dials, st.session_state[FILE]),
    )
    if problem := st.session_state.get("gans.file.problem"):
        st.warning(problem, icon=":material/error:")
    found = tables.kept(dials.value("upload")) if dials.value("upload") else None
    if found is not None:
        st.caption(_caption(found, dials.value("data") == tables.NAME))


def _caption(found: Table, learned: bool) -> str:
    """Return what is learned of the table that was uploaded, or that other data is."""
    played = in_play(found)
    rows = f"{found.rows:,} rows"
    if played < found.rows:
        rows = f"{played:,} of its {found.rows:,} rows, evenly spaced"
    if not learned:
        return f"Your table is kept ({found.rows:,} rows), and not learned: other data is chosen."
    return f"{rows}; both columns are standardised."


def _keep(dials: Dials[GanLab], file: UploadedFile | None) -> None:
    st.session_state["gans.file.problem"] = ""
    if file is None:  # taken off the page: the table itself stays
        return
    try:
        found = tables.table_of(file.getvalue())
    except ValueError as why:
        st.session_state["gans.file.problem"] = sentence(why)
        return
    mark = tables.keep(found)
    points = tables.points(mark).encode("ascii")
    to = f"{tables.bring.__module__}:{tables.bring.__qualname__}"
    the_desk().bring(Brought(to, mark, points), most=tables.MOST_TABLES)
    dials.set(data=tables.NAME, upload=mark)
