"""The gradient lab as Streamlit runs it: its views, its dials, and links with something wrong."""

import json
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.dials import dials, values
from explorer.figures import gradients as figures
from explorer.figures import theme
from explorer.gradients import LEARNERS, MEASURED, UNROLLED
from explorer.labs import gradients as lab
from explorer.labs.gradients import Adding, Flow
from explorer.labs.presets import plan
from explorer.pages.gradients import VIEWS
from explorer.runs import links
from explorer.runs.answers import Answer, Asking, configuration
from explorer.runs.experiments import digest

ROWS = dials(Flow)
SMALL = {"length": "6", "seeds": "1", "size": "4", "task_length": "5", "task_width": "4"}


def opened(**parameters: str) -> AppTest:
    """Return the page after its first run, opened with these link parameters."""

    def script() -> None:
        from explorer.pages import gradients, surroundings

        surroundings.attend()
        gradients.page()

    app = AppTest.from_function(script, default_timeout=120)
    for name, value in parameters.items():
        app.query_params[name] = value
    return app.run()


def settings(app: AppTest) -> Flow:
    return app.session_state["gradients:settings"]


def complaints(app: AppTest) -> list[str]:
    return [message.value for message in (*app.exception, *app.error, *app.warning)]


def headings(app: AppTest) -> str:
    return " ".join(element.proto.body for element in app.get("html"))


def handed(app: AppTest) -> dict[str, Any]:
    """Return what the page hands to the stage."""
    found = json.loads(app.get("bidi_component")[-1].proto.json)
    return found if "scene" in found else found["data"]


def column(app: AppTest) -> dict[str, Any]:
    """Return the dials beside the picture by the name of their setting."""
    groups = handed(app)["dials"]["groups"]
    return {knob["name"]: knob for group in groups for knob in group["knobs"]}


def tabs(app: AppTest) -> Any:
    return app.segmented_control(key="gradients.view")


def shown(app: AppTest, name: str) -> Any:
    """Return what a dial, or the row of tabs, stands at."""
    return tabs(app).value if name == "view" else handed(app)["dials"]["settings"][name]


def picture(app: AppTest) -> Answer:
    """Return what the stage is answered when it asks for what its dials say."""
    asking = Asking.about(figures.answer, Flow)
    return figures.answer(configuration(asking, handed(app)["dials"]["settings"]), False)


# ---------------------------------------------------------------------------------- views


def test_the_page_has_a_row_for_every_view_that_a_link_may_name():
    assert tuple(VIEWS) == tuple(lab.VIEWS)


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_opens_without_a_complaint_on_the_question_it_answers(view: str):
    app = opened(view=view, **SMALL)

    assert complaints(app) == []
    assert settings(app).view == view
    assert VIEWS[view].question in headings(app)
    assert tabs(app).options == [each.name for each in VIEWS.values()]


@pytest.mark.parametrize(("view", "cells"), [("start", MEASURED), ("live", LEARNERS)])
def test_a_view_shows_these_cells_by_name(view: str, cells: tuple[str, ...]):
    app = opened(view=view, **SMALL)
    scene = picture(app).scene if view == "start" else handed(app)["scene"]
    area = {"start": "norms", "live": "losses"}[view]
    plot = next(panel for panel in scene["panels"] if panel["area"] == area)

    roles = theme.of_cells(cells).values()
    shown = [mark["label"] for mark in plot["marks"] if mark.get("role") in roles]
    assert shown == [UNROLLED[cell].label for cell in cells]


@pytest.mark.parametrize("view", [name for name, view in VIEWS.items() if view.film])
def test_the_film_of_a_view_is_of_the_run_that_the_view_shows(view: str):
    shown = handed(opened(view=view, **SMALL))["run"]
    link = f"/gradients?view={view}&" + "&".join(f"{name}={SMALL[name]}" for name in SMALL)

    assert shown == digest(plan(link).experiment)


def test_the_tab_leads_from_one_view_to_the_other_and_back():
    app = opened(**SMALL)
    app.segmented_control(key="gradients.view").set_value("live").run()

    assert complaints(app) == []
    assert settings(app).view == "live"
    assert app.query_params["view"] in ("live", ["live"])
    assert "Two of 5 numbers are marked" in headings(app)

    app.segmented_control(key="gradients.view").set_value("start").run()
    assert "The loss reads the last of 6 states" in headings(app)
    assert "view" not in app.query_params


def test_the_spectrum_is_that_of_the_matrix_on_the_page():
    app = opened(init="orthogonal", gain="1.25", **SMALL)
    assert not app.get("plotly_chart")

    app.session_state["gradients.spectra"] = True
    app.run()

    charts = app.get("plotly_chart")
    assert len(charts) == 2
    assert "singular value, 1.25" in app.caption[-1].value


# ---------------------------------------------------------------------------------- dials


def test_every_dial_of_the_page_has_a_row_and_every_row_its_place():
    placed = [set(column(opened(view=view, **SMALL))) for view in VIEWS]

    assert set().union(*placed) == ROWS.keys() - {"view"}
    assert placed[0] & placed[1] == {"seed"}


def test_a_choice_is_offered_by_the_names_of_its_registry():
    init = column(opened(**SMALL))["init"]

    assert init["kind"] == "row"
    assert init["written"] == ["torch", "rotation", "normal"]
    assert init["values"] == list(ROWS["init"].names)


@pytest.mark.parametrize("view", VIEWS)
def test_a_dial_is_called_and_explained_as_its_row_says(view: str):
    found = column(opened(view=view, **SMALL))
    theirs = ROWS | {"seed": dials(Adding)["seed"]} if view == "live" else ROWS

    for name, knob in found.items():
        assert (knob["label"], knob["help"]) == (theirs[name].label, theirs[name].help)
        assert knob["unit"] == theirs[name].unit


def ends(end: str) -> dict[str, str]:
    """Return a link with every number at the least or the largest value of its row."""
    found = {name: getattr(row, end) for name, row in ROWS.items()}
    return {name: f"{value:.12g}" for name, value in found.items() if value is not None}


@pytest.mark.parametrize(
    "link",
    [
        {**ends("low"), "view": "start"},
        {**ends("high"), "view": "start", "size": "4", "batch": "4"},
        {**SMALL, "view": "start", "size": "128", "batch": "64"},
        {**ends("low"), "view": "live"},
        {**ends("high"), "view": "live"},
    ],
    ids=["start, low", "start, high", "start, large", "live, low", "live, high"],
)
def test_what_the_rows_allow_can_be_opened_by_a_link_and_stands_on_the_dials(link: dict[str, str]):
    app = opened(**link)

    assert complaints(app) == []
    assert links.decode(Flow, link) == links.Opened(settings(app))
    for name, knob in column(app).items():
        value = shown(app, name)
        assert value == getattr(settings(app), name)
        if knob["kind"] in ("slider", "field"):
            assert knob["low"] <= value <= knob["high"]
        else:
            assert value in knob["values"]


@pytest.mark.parametrize(
    ("name", "given", "says"),
    [
        ("length", "401", "length must be between 2 and 400, not 401"),
        ("seeds", "1.5", "seeds must be a whole number, not '1.5'"),
        ("seed", "-1", "seed must be between 0 and 2147483647, not -1"),
        ("gain", "nan", "gain must be a number, not 'nan'"),
        ("init", "identity", "unknown init 'identity'; choose from 'default', "),
        ("view", "dead", "unknown view 'dead'; choose from 'start', 'live'"),
    ],
)
def test_a_wrong_value_gets_its_sentence_at_once_and_the_dial_shows_what_plays(
    name: str, given: str, says: str
):
    app = opened(**{**SMALL, "batch": "8", name: given})

    assert not app.exception
    (said,) = complaints(app)
    assert said.startswith(f"In the link: {says}")
    assert shown(app, name) == getattr(settings(app), name) == values(Flow())[name]
    assert settings(app).batch == 8
    assert name not in app.query_params


def test_a_setting_that_only_the_training_can_refuse_is_refused_by_name():
    app = opened(view="live", **{**SMALL, "steps": "9"})

    (said,) = complaints(app)
    assert said.startswith("In the link: steps must be between 10 and 20000, not 9")
    assert shown(app, "steps") == 1_000


def test_settled_dials_write_the_link_and_the_picture_is_theirs():
    app = opened(**SMALL)
    before = picture(app).frames[0].arrays

    app.session_state["gradients.forget_bias"] = 1.0
    app.run()

    assert complaints(app) == []
    assert app.query_params["forget_bias"] in ("1", ["1"])
    after = picture(app).frames[0].arrays
    assert not np.array_equal(after["lstm/norm"], before["lstm/norm"])
    assert np.array_equal(after["rnn_tanh/norm"], before["rnn_tanh/norm"])
