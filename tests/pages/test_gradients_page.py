"""The gradient lab as Streamlit runs it: its views, its dials, and links with something wrong."""

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from explorer.dials import dials, values
from explorer.figures import theme
from explorer.gradients import LEARNERS, MEASURED, UNROLLED
from explorer.labs import gradients as lab
from explorer.labs.gradients import Adding, Flow
from explorer.labs.presets import plan
from explorer.pages.gradients import VIEWS
from explorer.runs import links
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


def controls(app: AppTest) -> dict[str, Any]:
    """Return the dials on the page by the name of their setting."""
    kinds = (app.slider, app.select_slider, app.number_input, app.segmented_control, app.selectbox)
    return {
        control.key.removeprefix("gradients."): control
        for kind in kinds
        for control in kind
        if control.key.startswith("gradients.")
    }


# ---------------------------------------------------------------------------------- views


def test_the_page_has_a_row_for_every_view_that_a_link_may_name():
    assert tuple(VIEWS) == tuple(lab.VIEWS)


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_opens_without_a_complaint_on_the_question_it_answers(view: str):
    app = opened(view=view, **SMALL)

    assert complaints(app) == []
    assert settings(app).view == view
    assert VIEWS[view].question in headings(app)
    assert controls(app)["view"].options == [each.name for each in VIEWS.values()]


@pytest.mark.parametrize(("view", "cells"), [("start", MEASURED), ("live", LEARNERS)])
def test_a_view_shows_these_cells_by_name(view: str, cells: tuple[str, ...]):
    scene = handed(opened(view=view, **SMALL))["scene"]
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
    placed = [set(controls(opened(view=view, **SMALL))) for view in VIEWS]

    assert set().union(*placed) == ROWS.keys()
    assert placed[0] & placed[1] == {"view", "seed"}


def test_a_choice_is_offered_by_the_names_of_its_registry():
    init = controls(opened(**SMALL))["init"]

    assert init.options == ["torch", "rotation", "normal"]


@pytest.mark.parametrize("view", VIEWS)
def test_a_dial_is_called_and_explained_as_its_row_says(view: str):
    found = controls(opened(view=view, **SMALL))
    theirs = ROWS | {"seed": dials(Adding)["seed"]} if view == "live" else ROWS

    for name in found.keys() - {"view"}:
        assert (found[name].label, found[name].help) == (theirs[name].label, theirs[name].help)


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
    for name, control in controls(app).items():
        assert control.value == getattr(settings(app), name)


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
    assert controls(app)[name].value == getattr(settings(app), name) == values(Flow())[name]
    assert settings(app).batch == 8
    assert name not in app.query_params


def test_a_setting_that_only_the_training_can_refuse_is_refused_by_name():
    app = opened(view="live", **{**SMALL, "steps": "9"})

    (said,) = complaints(app)
    assert said.startswith("In the link: steps must be between 10 and 20000, not 9")
    assert app.select_slider(key="gradients.steps").value == 1_000


def test_turning_a_dial_writes_the_link_and_the_picture_follows():
    app = opened(**SMALL)
    before = handed(app)["run"]

    app.slider(key="gradients.forget_bias").set_value(1.0).run()

    assert complaints(app) == []
    assert app.query_params["forget_bias"] in ("1", ["1"])
    assert handed(app)["run"] != before
