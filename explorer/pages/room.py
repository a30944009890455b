"""The door of a room: the code that the presenter shows is typed here, or is in the address."""

import streamlit as st

from explorer.pages import surroundings
from explorer.pages.dials import entered
from explorer.stage.frame import door
from explorer.stage.rooms.codes import tidied


def page() -> None:
    """Show the page."""
    entered("room")
    surroundings.heading("Enter a room", "Type the code that the presenter shows.")
    said = st.query_params.get("code", "")
    if said and not tidied(said):
        st.warning("The link has no code of a room; type it here.", icon=":material/error:")
    door(tidied(said))
