"""The views of the sequence lab that count over seeds, as Streamlit runs them."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from explorer.labs.presets import plan
from explorer.labs.sequences import VIEWS
from explorer.runs.experiments import digest

SMALL = {
    "comparing": "task=speech&third=&units=4&steps=10&seeds=1",
    "starts": "starts_units=4&starts_steps=20&starts=2",
    "overfit": "few_units=4&few_steps=10&few_seeds=2",
    "augmenting": "made_units=4&made_steps=15&made_taught=10&made_trials=2",
}


def opened(query: str) -> AppTest:
    """Return the page after its first run, opened with this link."""

    def script() -> None:
        from explorer.pages import sequences, surroundings

        surroundings.attend()
        sequences.page()

    app = AppTest.from_function(script, default_timeout=240)
    for pair in query.split("&"):
        name, value = pair.split("=")
        app.query_params[name] = value
    return app.run()


@pytest.mark.parametrize("view", SMALL)
def test_a_view_opens_on_its_question_and_shows_the_run_that_its_link_is(view: str):
    query = f"view={view}&{SMALL[view]}"
    app = opened(query)

    assert [message.value for message in (*app.exception, *app.error, *app.warning)] == []
    assert VIEWS[view].question in " ".join(each.proto.body for each in app.get("html"))
    handed = json.loads(app.get("bidi_component")[-1].proto.json)
    found = handed if "scene" in handed else handed["data"]
    assert found["run"] == digest(plan(f"/sequences?{query}").experiment)


def test_a_network_that_is_there_twice_is_one_sentence_and_the_default():
    app = opened("view=comparing&first=both")

    said = [message.value for message in (*app.error, *app.warning)]
    assert len(said) == 1
    assert "there twice" in said[0]
    assert not app.exception
