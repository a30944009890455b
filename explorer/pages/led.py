"""Where a viewer is led: the page, view, step and dials that the presenter of their room shows."""

from urllib.parse import parse_qsl

import streamlit as st

from explorer.pages.places import TITLES, place
from explorer.runs.links import LONGEST_VALUE, MOST_VALUES

TO, COUNTS = "led:to", "led:counts"
LONGEST_LINK = 4 * LONGEST_VALUE


def ask(link: str) -> None:
    """Take note of the link, "gans?seed=3", to which the viewer is led; others lead nowhere."""
    path, _, query = link.partition("?")
    if path in TITLES and len(link) <= LONGEST_LINK:
        st.session_state[TO] = path, dict(parse_qsl(query)[:MOST_VALUES])


def go(here: str) -> None:
    """Lead the viewer there from the page at the path ``here``, where somebody does."""
    path, parameters = st.session_state.pop(TO, (None, {}))
    if path is None:
        return
    st.session_state["here"] = None  # as one who has just come: the address says all
    st.session_state[COUNTS] = True
    if path == here:
        st.query_params.from_dict(parameters)
    else:
        st.switch_page(place(path), query_params=parameters)


def counts() -> bool:
    """Return, once, whether the address counts, also where it says nothing: the defaults."""
    return bool(st.session_state.pop(COUNTS, False))
