"""The gradient lab as Streamlit runs it: its views, its dials, and links with something wrong."""

import json
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.dials import dials, values
from explorer.figures import gradients as figures
from explorer.figures import theme
from explorer.figures.gradients import cliff
from explorer.figures.gradients.depth import answer as through_depth
from explorer.gradients import MEASURED, UNROLLED
from explorer.labs import gradients as lab
from explorer.labs.gradients import Cliff, Flow, Learning
from explorer.labs.gradients.cliff import RUNS
from explorer.labs.gradients.clipping import Clipping
from explorer.labs.gradients.remedies import trials
from explorer.labs.gradients.watched_file import as_file
from explorer.labs.gradients.watched_shelf import keep
from explorer.labs.presets import plan
from explorer.labs.prose import spoken
from explorer.pages.gradients import VIEWS
from explorer.runs import links
from explorer.runs.answers import Answer, Asking, configuration
from explorer.runs.experiments import digest
from tests.a_training import watched
from tests.pages.wording import worded

ROWS = dials(Flow)
SMALL = {"length": "6", "seeds": "1", "size": "4", "task_length": "5", "task_width": "4"}
SMALL |= {"depth_layers": "3", "depth_width": "8"}


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
    return worded(" ".join(element.proto.body for element in app.get("html")))


def handed(app: AppTest) -> dict[str, Any]:
    """Return what the page hands to the stage."""
    found = json.loads(app.get("bidi_component")[-1].proto.json)
    return found if "scene" in found else found["data"]


def knobs(app: AppTest) -> dict[str, Any]:
    """Return all that is turned beside the picture, by name."""
    groups = handed(app)["dials"]["groups"]
    return {knob["name"]: knob for group in groups for knob in group["knobs"]}


def column(app: AppTest) -> dict[str, Any]:
    """Return the dials beside the picture by the name of their setting, not what turns several."""
    return {name: knob for name, knob in knobs(app).items() if not knob["stands"]}


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


@pytest.mark.parametrize(("view", "cells"), [("start", MEASURED), ("live", Learning().cells)])
def test_a_view_shows_these_cells_by_name(view: str, cells: tuple[str, ...]):
    app = opened(view=view, **SMALL)
    scene = picture(app).scene if view == "start" else handed(app)["scene"]
    area = {"start": "norms", "live": "solved"}[view]
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
    assert VIEWS["live"].question in headings(app)
    assert "learn it from the same sequences" in headings(app)

    app.segmented_control(key="gradients.view").set_value("start").run()
    assert "The loss reads the last of 6 states" in headings(app)
    assert "view" not in app.query_params


def test_the_view_of_the_matrix_asks_about_the_matrix_of_the_first_view():
    app = opened(view="matrix", init="orthogonal", gain="1.25", **SMALL)

    assert complaints(app) == []
    assert settings(app).gain == 1.25
    assert "meets the same matrix 6 times" in headings(app)


# ---------------------------------------------------------------------------------- dials


def test_every_dial_of_the_page_has_a_row_and_every_row_its_place():
    several = {"problem": "copy", "clip_problem": "recall"}  # problems with a number of symbols
    placed = [set(column(opened(view=view, **several, **SMALL))) for view in VIEWS]

    brought = {"trained_upload", "trained_part", "watched_first", "watched_second"}  # by files
    brought.add("watched_layer")  # there is a choice where a recording has several layers
    brought |= set(column(opened(view="horizon", horizon_of="delays", **SMALL)))
    assert set().union(*placed) | brought == ROWS.keys() - {"view"}
    by_view = dict(zip(VIEWS, placed, strict=True))
    start, matrix, depth, deep = (
        by_view[n] for n in ("start", "matrix", "depth", "depth_learning")
    )
    live, cliff, myths = (by_view[name] for name in ("live", "cliff", "myths"))
    trained, clipping = by_view["trained"], by_view["clipping"]
    own = {f"depth_{name}" for name in ("optimizer", "rate", "clip", "steps")}
    assert deep == depth - {"depth_data"} | own  # the digits are what is learned
    assert myths == {"myth", "seed"}
    assert start & live == matrix & live == {"seed"}
    assert start & matrix == {"init", "gain", "size", "seed", "length", "input_scale"}
    assert all(name.startswith("trained_") for name in trained)
    assert by_view["watched"] == {"watched_bias", "watched_below"}
    assert all(name.startswith("clip_") for name in clipping - {"seed"})
    assert all(name.startswith("cliff_") for name in cliff)
    assert all(name.startswith("depth_") for name in depth - {"seed"})


@pytest.mark.parametrize(
    ("cells", "there", "missing"),
    [
        ("usual", {"init", "gain", "forget_bias"}, set()),
        ("plain", {"init", "gain"}, {"forget_bias"}),
        ("gated", {"forget_bias", "keeping"}, {"init", "gain"}),
    ],
)
def test_only_dials_that_turn_something_stand_beside_a_set_of_cells(cells, there, missing):
    found = set(column(opened(cells=cells, **SMALL)))

    assert there <= found
    assert not missing & found


def test_a_gated_cell_brings_its_bias_into_the_view_of_the_matrix():
    found = set(column(opened(view="matrix", matrix_cell="lstm", **SMALL)))

    assert {"forget_bias", "keeping", "gain"} <= found


def test_a_recording_that_is_gone_leaves_the_view_at_those_that_ship_and_says_so():
    app = opened(view="watched", watched_first="0" * 16, **SMALL)

    assert settings(app).watched_first == ""
    assert complaints(app) == ["A recording of this link is not here any more: bring its file."]


def test_a_text_of_one_character_has_no_way_back_and_the_link_is_refused():
    app = opened(view="trained", trained_given="a", **SMALL)

    assert settings(app).trained_given == ""
    assert "at least two steps" in " ".join(complaints(app))


def test_a_recording_of_several_layers_offers_them_by_name():
    mark = keep("run.frames", as_file(watched(num_layers=2)))
    app = opened(view="watched", watched_first=mark, watched_layer="1", **SMALL)
    offered = knobs(app)["watched_layer"]

    assert complaints(app) == []
    assert offered["written"] == ["read, layer 0", "read, layer 1"]
    assert shown(app, "watched_layer") == 1


def test_an_uploaded_network_that_is_gone_leaves_the_view_at_a_shipped_one():
    app = opened(view="trained", trained_reads="yours", trained_upload="0" * 16, **SMALL)

    assert not app.exception
    assert settings(app).trained_reads == "python"
    assert settings(app).trained_upload == ""


def test_a_bias_that_is_drawn_for_each_unit_has_no_dial_of_its_own():
    assert "forget_bias" not in column(opened(keeping="chrono", **SMALL))


@pytest.mark.parametrize(
    ("link", "asks"),
    [
        ({}, "The loss reads the last of 6 states. How much of its gradient reaches the earlier"),
        ({"loss_at": "every"}, "The loss reads every one of 6 states. How much"),
        ({"quantity": "input"}, "How much of its gradient reaches the earlier inputs?"),
        ({"quantity": "jacobian"}, "How much does a nudge of an earlier h move the last one?"),
        ({"quantity": "weights"}, "How much do the earlier steps add to the gradient of the"),
    ],
)
def test_the_sentence_under_the_question_says_what_the_loss_reads_and_what_is_followed(link, asks):
    assert asks in headings(opened(**link, **SMALL))


def test_a_choice_is_offered_by_the_names_of_its_registry():
    init = column(opened(**SMALL))["init"]

    assert init["kind"] == "menu"
    assert init["written"] == ["torch", "rotation", "normal", "identity", "Glorot"]
    assert init["values"] == list(ROWS["init"].names)


@pytest.mark.parametrize("view", VIEWS)
def test_a_dial_is_called_and_explained_as_its_row_says(view: str):
    found = column(opened(view=view, **SMALL))
    seeds = {"live": dials(Learning)["seed"], "clipping": dials(Clipping)["seed"]}
    theirs = ROWS | {"seed": seeds.get(view, ROWS["seed"])}

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
        {**ends("high"), "view": "live", "task_batch": "10", "task_seeds": "10"},
        {**ends("low"), "view": "horizon"},
        {**ends("high"), "view": "horizon", "horizon_seeds": "10"},
        {**ends("low"), "view": "overfit"},
        {**ends("high"), "view": "overfit", "few_length": "12", "few_seeds": "10"},
        {**ends("low"), "view": "depth"},
        {**ends("high"), "view": "depth"},
        {**ends("low"), "view": "cliff"},
        {**ends("high"), "view": "cliff"},
    ],
    ids=[
        *("start, low", "start, high", "start, large", "live, low", "live, high"),
        *("horizon, low", "horizon, high", "few, low", "few, high"),
        *("depth, low", "depth, high"),
        *("cliff, low", "cliff, high"),
    ],
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
        elif knob["kind"] == "switch":
            assert value in (True, False)
        else:
            assert value in knob["values"]


@pytest.mark.parametrize(
    ("name", "given", "says"),
    [
        ("length", "1001", "length must be between 2 and 1000, not 1001"),
        ("seeds", "1.5", "seeds must be a whole number, not '1.5'"),
        ("seed", "-1", "seed must be between 0 and 2147483647, not -1"),
        ("gain", "nan", "gain must be a number, not 'nan'"),
        ("init", "ones", "unknown init 'ones'; choose from 'default', "),
        ("view", "dead", "unknown view 'dead'; choose from 'start', 'matrix', 'depth'"),
        ("task_length", "0", "task_length must be between 2 and 200, not 0"),
        ("task_length", "1000000000", "task_length must be between 2 and 200, not 1000000000"),
        ("rate", "nan", "rate must be a number, not 'nan'"),
        ("rate", "1000000", "rate must be between 1e-06 and 1, not 1e+06"),
        ("problem", "sorting", "unknown problem 'sorting'; choose from 'adding'"),
        ("task_seeds", "33", "task_seeds must be between 1 and 32, not 33"),
        ("horizon_length", "4", "horizon_length must be between 5 and 200, not 4"),
        ("few_dropout", "1", "few_dropout must be between 0 and 0.9, not 1"),
        ("depth_layers", "101", "depth_layers must be between 2 and 100, not 101"),
        ("depth_layers", "nan", "depth_layers must be a number, not 'nan'"),
        ("depth_init", "zeros", "unknown depth_init 'zeros'; choose from 'standard', 'xavier'"),
        ("depth_residual", "maybe", "depth_residual must be yes or no, not 'maybe'"),
        ("depth_width", "0", "depth_width must be between 4 and 512, not 0"),
        ("depth_samples", "1", "depth_samples must be between 4 and 512, not 1"),
        ("input_scale", "inf", "input_scale must be a number, not 'inf'"),
        ("clip_norm", "0", "clip_norm must be between 0.001 and 1000, not 0"),
        ("clip_rate", "1e6", "clip_rate must be between 0.0001 and 10, not 1e+06"),
        ("trained_cell", "brain", "unknown trained_cell 'brain'; choose from 'rnn_tanh'"),
        ("matrix_cell", "irnn", "unknown matrix_cell 'irnn'; choose from 'rnn_tanh'"),
        ("cliff_w", "2", "cliff_w must be between 3 and 7, not 2"),
        ("cliff_b", "0", "cliff_b must be between -4.5 and -0.5, not 0"),
        ("cliff_rate", "inf", "cliff_rate must be a number, not 'inf'"),
        ("cliff_clip", "0", "cliff_clip must be between 0.001 and 1000, not 0"),
        ("cliff_steps", "1001", "cliff_steps must be between 10 and 1000, not 1001"),
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


# ------------------------------------------------------------------------------- the cliff


def cliff_answer(app: AppTest, moving: bool = False) -> Answer:
    """Return what the cliff's stage is answered when it asks for what its dials say."""
    asking = Asking.about(cliff.answer, Flow)
    return cliff.answer(configuration(asking, handed(app)["dials"]["settings"]), moving)


@pytest.mark.parametrize("name", RUNS)
def test_a_run_of_the_menu_turns_the_dials_to_its_start_and_steps(name: str):
    menu = knobs(opened(view="cliff"))["cliff_run"]
    at = menu["written"].index(RUNS[name].label)

    assert menu["turns"][at] == menu["stands"][at]
    given = {name: f"{value:g}" for name, value in menu["turns"][at].items()}
    app = opened(view="cliff", **given)
    assert complaints(app) == []
    point = settings(app).cliff()
    assert (point.w, point.b, point.rate) == (RUNS[name].w, RUNS[name].b, RUNS[name].rate)


def test_the_cliff_opens_on_the_first_run_of_the_menu():
    app = opened(view="cliff")

    assert settings(app).cliff() == Cliff()
    assert RUNS["thrown"].turns() == {"w": 5.2, "b": -2.5, "rate": 0.5, "clip": 1.0}
    assert Cliff(**RUNS["thrown"].turns()) == Cliff()
    assert "**Clipping saves this descent.**" in cliff_answer(app).still.sentences["ends"]


def test_the_point_of_the_link_is_the_point_of_the_picture():
    app = opened(view="cliff", cliff_w="5", cliff_b="-2.62")

    assert cliff_answer(app).still.scalars["error"] == pytest.approx(0.34327, abs=1e-5)


def test_the_table_has_every_run_of_the_menu_with_its_outcome():
    table = opened(view="cliff").dataframe[0].value

    assert list(table["run"]) == [run.label for run in RUNS.values()]
    outcome = dict(zip(RUNS, table["arrive, of nine"], strict=True))
    assert outcome["thrown"] == "0 without, 9 with"
    assert outcome["fine"] == "9 without, 9 with"
    assert outcome["small"].startswith("0 without")


def test_the_landscape_of_the_cliff_is_drawn_once_it_is_asked_for():
    app = opened(view="cliff")
    assert not app.get("plotly_chart")

    app.session_state["gradients.relief"] = True
    app.run()

    assert complaints(app) == []
    assert len(app.get("plotly_chart")) == 1


# ------------------------------------------------------------------------------- through depth


def test_the_remedies_are_measured_on_the_stack_of_the_link_once_they_are_asked_for():
    link = {"view": "depth", "depth_layers": "12", "depth_width": "32", "depth_norm": "layer"}
    app = opened(**link)
    assert not app.dataframe

    app.session_state["gradients.remedies"] = True
    app.run()

    assert complaints(app) == []
    here = next(each.value for each in app.dataframe if "dL/dz, first / last" in each.value)
    table = here.set_index("remedy")
    asked = settings(app).depth()
    known = {trial.label: trial for trial in trials(asked)}
    assert list(table.index) == list(known)
    assert table.loc["layer norm", "dL/dz, times as it stands"] == "—"
    assert table.loc["batch norm", "dL/dz, first / last"] == spoken(known["batch norm"].outcome.dz)


def test_the_stack_of_the_link_is_the_stack_of_the_picture():
    app = opened(view="depth", depth_layers="7", depth_init="lsuv", depth_width="16")
    asking = Asking.about(through_depth, Flow)
    given = configuration(asking, handed(app)["dials"]["settings"])

    frame = through_depth(given, False).frames[0]
    assert list(frame.arrays["layer"]) == [1, 2, 3, 4, 5, 6, 7]
    assert frame.arrays["z/typical"] == pytest.approx(1)


def test_every_claim_has_a_button_that_runs_it():
    app = opened(view="myths")

    app.button(key="gradients.myth.clip_turns").click().run()

    assert complaints(app) == []
    assert settings(app).myth == "clip_turns"
