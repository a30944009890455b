"""Whose shelf a page shows: that of the browser, or all where the server's owner looks."""

import streamlit as st

from explorer.pages import surroundings
from explorer.runs.shelf import Reader
from explorer.stage.whose import at_the_server, badge


def reader() -> Reader:
    """Return who looks at the shelf here."""
    found = st.session_state.get("shelf:reader")
    if found is None:  # the same for as long as the tab lives, as its cookies are
        owner = badge() or f"tab {surroundings.attend()}"
        found = st.session_state["shelf:reader"] = Reader(owner, at_the_server())
    return found


def lasts() -> bool:
    """Return whether the browser keeps whose shelf it is, so that it is found again."""
    return not reader().owner.startswith("tab ")
