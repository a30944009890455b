"""The browser's own way back: noted when it is asked for, told until a page stands there."""

from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.runtime.app_session import AppSession

from explorer.pages import history


class Tab(AppSession):
    """A session of which nothing is there but its name."""

    def __init__(self) -> None:
        self.id = "a tab"

    def __del__(self) -> None:
        """End nothing, for nothing was begun."""


@pytest.fixture(autouse=True)
def notes(monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, str]]:
    """Keep no note of another test."""
    found: dict[str, dict[str, str]] = {}
    monkeypatch.setattr(history, "_notes", found)
    return found


def test_where_a_viewer_went_is_told_until_a_page_stands_there():
    history.note("", "view=memory&text=a%20b")

    assert history.waits() == history.waits() == {"view": "memory", "text": "a b"}
    assert history.went() == {"view": "memory", "text": "a b"}
    assert history.went() is None


def test_the_newest_way_counts_and_each_session_has_its_own():
    history.note("", "view=memory")
    history.note("another", "view=step")
    history.note("", "view=patterns")

    assert history.went() == {"view": "patterns"}
    assert history.went() is None


def test_notes_of_who_never_came_back_are_bounded(notes):
    for number in range(history.MOST + 20):
        history.note(str(number), "view=memory")

    assert len(notes) == history.MOST
    assert str(history.MOST + 19) in notes


def test_only_runs_that_the_way_back_asks_for_are_noted(monkeypatch, notes):
    asked: list[Any] = []

    def request_rerun(self: Any, data: Any) -> None:
        asked.append(data)

    monkeypatch.setattr(AppSession, "request_rerun", request_rerun)
    history.hear()
    history.hear()  # once is enough, and twice is once
    session = Tab()
    turned = SimpleNamespace(is_history_navigation=False, query_string="view=step")
    went = SimpleNamespace(is_history_navigation=True, query_string="view=memory")

    for data in (None, turned):
        AppSession.request_rerun(session, data)
    assert notes == {}
    AppSession.request_rerun(session, went)

    assert notes == {"a tab": {"view": "memory"}}
    assert asked == [None, turned, went]
