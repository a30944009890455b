"""Where a viewer is led: by the presenter of a room, or by a button that takes the dials along."""

from collections.abc import Mapping

import streamlit as st

from explorer.pages.places import TITLES, place
from explorer.pages.whole import uninterrupted
from explorer.runs import links

TO, COUNTS = "led:to", "led:counts"
LONGEST_LINK = 4 * links.LONGEST_VALUE


def ask(link: str) -> None:
    """Take note of the link, "gans?seed=3", to which the viewer is led; others lead nowhere."""
    path, _, query = link.partition("?")
    if path in TITLES and len(link) <= LONGEST_LINK:
        st.session_state[TO] = (
            path,
            dict(list(links.parameters(query).items())[: links.MOST_VALUES]),
        )


def go(here: str) -> None:
    """Lead the viewer there from the page at the path ``here``, where somebody does.

    Until they are there: what the browser says of the old page meanwhile, a dial that came to rest,
    has Streamlit run that one once more and forget the way.
    """
    path, parameters = st.session_state.get(TO, (None, {}))
    if path is None:
        return
    with uninterrupted():
        _as_one_who_has_just_come()
        if path != here:
            st.switch_page(place(path), query_params=parameters)
            return
        del st.session_state[TO]
        if dict(st.query_params) != parameters:
            st.query_params.from_dict(parameters)


def out(label: str, path: str, parameters: Mapping[str, str], *, key: str, icon: str = "") -> None:
    """Offer the way to the page at a path, with what the dials stand at when it is pressed.

    A link would have what they stood at when it was written: a run of the script behind a dial that
    has just been turned. The press is kept until a run of the script has come here, for a later one
    may begin meanwhile.
    """
    pressed = f"{key}:pressed"

    def press() -> None:
        st.session_state[pressed] = True

    st.button(label, key=key, icon=icon or None, type="tertiary", on_click=press)
    with uninterrupted():
        if st.session_state.pop(pressed, False):
            st.session_state[TO] = path, dict(parameters)
            _as_one_who_has_just_come()
            st.switch_page(place(path), query_params=dict(parameters))


def _as_one_who_has_just_come() -> None:
    st.session_state["here"] = None
    st.session_state[COUNTS] = True  # the address says all


def counts() -> bool:
    """Return, once, whether the address counts, also where it says nothing: the defaults."""
    return bool(st.session_state.pop(COUNTS, False))
