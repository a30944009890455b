"""A run of the script that a newer one ends, in the midst of something: that is done to its end."""

from collections.abc import Iterator

import pytest
from streamlit.runtime.state.session_state import SessionState
from streamlit.testing.v1 import AppTest

from explorer.pages import whole


@pytest.fixture
def callbacks() -> Iterator[None]:
    """Have callbacks whole, as in the app, while a test runs."""
    changed = ("_run_callback_and_record_rerun", "_call_callbacks")
    plain = {name: getattr(SessionState, name) for name in changed}
    whole.callbacks()
    whole.callbacks()  # once is enough, and twice is once
    yield
    for name, method in plain.items():
        setattr(SessionState, name, method)


def a_file_is_taken(shielded: bool) -> None:
    """Stand for a page that notes a file, is interrupted by a newer run, and takes the file."""
    import contextlib

    import streamlit as st
    from streamlit.runtime.scriptrunner import RerunData, get_script_run_ctx

    from explorer.pages.whole import uninterrupted

    if not st.session_state.get("seen"):
        with uninterrupted() if shielded else contextlib.nullcontext():
            st.session_state["seen"] = True
            get_script_run_ctx().script_requests.request_rerun(RerunData())
            st.session_state["taken"] = st.session_state.get("taken", 0) + 1
        st.text("the older run went on")
    st.text(f"taken {st.session_state.get('taken', 0)}")


@pytest.mark.parametrize(("shielded", "taken"), [(True, 1), (False, 0)])
def test_what_is_noted_is_done_once_and_then_the_newer_run_has_its_turn(shielded, taken):
    page = AppTest.from_function(a_file_is_taken, kwargs={"shielded": shielded}).run()

    assert [each.value for each in page.text] == [f"taken {taken}"]
    assert not page.exception


def a_button_is_pressed() -> None:
    """Stand for a page with a callback during which a newer run is wanted."""
    import streamlit as st
    from streamlit.runtime.scriptrunner import RerunData, get_script_run_ctx

    def press() -> None:
        get_script_run_ctx().script_requests.request_rerun(RerunData())
        st.session_state["first"] = "done"
        st.session_state["second"] = "done"

    st.button("Press", on_click=press)
    st.text(st.session_state.get("first", "not"))
    st.text(st.session_state.get("second", "not"))


def test_a_callback_is_done_to_its_end(callbacks):
    page = AppTest.from_function(a_button_is_pressed).run()
    page.button[0].click().run()

    assert [each.value for each in page.text] == ["done", "done"]


def asks_itself_for_a_run() -> None:
    """Stand for a page that runs its script anew from within what must be whole."""
    import streamlit as st

    from explorer.pages.whole import uninterrupted

    with uninterrupted():
        if "again" not in st.session_state:
            st.session_state["again"] = True
            st.rerun()
    st.text("the second run")


def test_a_run_that_the_page_itself_asks_for_begins_and_can_be_interrupted():
    page = AppTest.from_function(asks_itself_for_a_run).run()

    assert [each.value for each in page.text] == ["the second run"]


def test_where_no_script_runs_it_changes_nothing():
    with whole.uninterrupted():
        pass
