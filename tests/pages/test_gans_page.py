"""The GAN lab as Streamlit runs it: views, data, predictions and moves, without a browser."""

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl

import numpy as np
import pytest
import streamlit as st
import torch
from safetensors.numpy import load, save
from streamlit.testing.v1 import AppTest

from explorer.dials import Dial, dials, turned, values
from explorer.figures.gans import dirac, openings, playing, slow
from explorer.gans.objectives import OBJECTIVES
from explorer.gans.optimizers import PRESETS as PUBLISHED
from explorer.gans.predictions import PRESETS
from explorer.gans.settings import GameSettings, Hyperparameters
from explorer.labs.gans import tables
from explorer.labs.gans.data import DATA, cloud_text
from explorer.labs.gans.deep import Deep
from explorer.labs.gans.files import samples, weights
from explorer.labs.gans.match import Match
from explorer.labs.gans.settings import GanLab
from explorer.labs.gans.tables import shelf
from explorer.pages import history
from explorer.pages.column import Column
from explorer.pages.gans import VIEWS, depth, material, truth
from explorer.pages.gans.presets import PLAYABLE, preset_of, turned_to
from explorer.runs import links
from explorer.runs.answers import (
    Answer,
    Asking,
    RefusedError,
    answered,
    configuration,
    packed,
)
from explorer.runs.experiments import digest
from explorer.runs.frames import pack
from explorer.runs.limits import Limits
from explorer.runs.run import Run
from tests.pages.wording import worded

SMALL = {"width": "8", "depth": "1", "batch": "16", "steps": "1000", "critic_steps": "1"}
OF_THE_STAGE = ("step", "train", "pause", "reset", "time")


@pytest.fixture(autouse=True)
def _columns_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The column that a page told the stage of last is what hears of its dials next."""
    told: Any = Column.__dict__["told"].fget

    def remembered(column: Column) -> Any:
        st.session_state["column"] = column
        return told(column)

    monkeypatch.setattr(Column, "told", property(remembered))


def opened(**parameters: str) -> AppTest:
    """Return the page after its first run, opened with these link parameters."""

    def script() -> None:
        import streamlit

        from explorer.labs.gans.settings import GanLab
        from explorer.pages import gans, surroundings
        from explorer.pages.dials import Dials
        from explorer.pages.gans import material

        said = streamlit.session_state.get("said")
        if said is not None:  # before the script, as Streamlit calls what hears of a component
            streamlit.session_state["said"] = None
            material.settles(streamlit.session_state["column"])(said)
        if streamlit.session_state.pop("taken back", False):
            Dials("gans", GanLab, standing=GanLab.turned).start_over()
        surroundings.attend()
        gans.page()

    app = AppTest.from_function(script, default_timeout=120)
    for name, value in parameters.items():
        app.query_params[name] = value
    return app.run()


def said(app: AppTest, stood: tuple[str, int] | None = None, **turned: Any) -> AppTest:
    """Return the page after the browser said that its dials have come to rest, some turned.

    ``stood``: the run and the tick that its picture showed meanwhile, if it stood still.
    """
    dials = handed(app)["dials"]
    app.session_state["said"] = {
        "settings": dials["settings"] | turned,
        "editions": dials["editions"],
    }
    if stood is not None:
        app.session_state["said"]["stood"] = {"run": stood[0], "step": stood[1]}
    return app.run()


def chosen(app: AppTest, name: str, value: Any) -> AppTest:
    """Return the page after the viewer chose a value, with all that turns in the same moment."""
    knob = column(app)[name]
    at = knob["written"].index(value) if knob["stands"] else knob["values"].index(value)
    with_it = knob["turns"][at] if knob["turns"] else {}
    return said(app, **({} if knob["stands"] else {name: value}), **with_it)


def gone_back(app: AppTest, link: str) -> AppTest:
    """Return the page after the viewer went back to an address with this query."""
    history.note("test session id", link)  # as Streamlit calls the session of a test
    for name in list(app.query_params):
        del app.query_params[name]
    for name, value in parse_qsl(link.removeprefix("?")):
        app.query_params[name] = value
    return app.run()


def handed(app: AppTest) -> dict[str, Any]:
    """Return what the page hands to the stage: the last component on it."""
    found = json.loads(app.get("bidi_component")[-1].proto.json)
    return found if "scene" in found else found["data"]


def column(app: AppTest) -> dict[str, Any]:
    """Return the dials beside the picture by their names."""
    groups = handed(app)["dials"]["groups"]
    return {knob["name"]: knob for group in groups for knob in group["knobs"]}


def shown(app: AppTest, name: str) -> Any:
    """Return what a dial stands at; of one that has no value of its own, what is written there."""
    dials, knob = handed(app)["dials"]["settings"], column(app).get(name)
    if knob is None or not knob["stands"]:
        return dials[name]
    for text, stands in zip(knob["written"], knob["stands"], strict=True):
        if stands and stands.items() <= dials.items():
            return text
    return next((t for t, s in zip(knob["written"], knob["stands"], strict=True) if not s), None)


def settings(app: AppTest) -> GanLab:
    return app.session_state["gans:settings"]


def complaints(app: AppTest) -> list[str]:
    """Return what is said above the page, and beside the dials that were put back."""
    above = [message.value for message in (*app.exception, *app.error, *app.warning)]
    beside = handed(app)["dials"]["refused"].values() if app.get("bidi_component") else ()
    return [*above, *beside]


def scene(app: AppTest) -> dict[str, Any]:
    """Return what the stage shows: the page's own scene, or that of the answer it gets."""
    given = handed(app)
    return given["scene"] or answer(app).scene


def answer(app: AppTest) -> Answer:
    """Return what the stage is answered when it asks for what its dials say."""
    function = {"dirac": dirac.answer, "slow": slow.answer}[settings(app).view]
    asking = Asking.about(function, GanLab)
    return function(configuration(asking, handed(app)["dials"]["settings"]), False)


def headings(app: AppTest) -> str:
    return worded(" ".join(element.proto.body for element in app.get("html")))


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_opens_without_a_complaint_on_the_question_it_answers(view: str):
    app = opened(view=view, **SMALL)

    assert complaints(app) == []
    assert settings(app).view == view
    assert VIEWS[view].question in headings(app)
    assert app.get("bidi_component") or view == "records"


@pytest.mark.parametrize("data", [name for name in DATA if "points" not in DATA[name].needs])
def test_a_match_opens_on_the_data_of_the_link_and_the_truth_on_all_points(data: str):
    app, entry = opened(data=data, **SMALL), DATA[data]

    assert complaints(app) == []
    assert settings(app).match().distribution().name == data
    assert shown(app, "data") == data
    picture = next(panel for panel in scene(app)["panels"] if panel["area"] == "a")
    if entry.kind == "plane":
        x, y = picture["x"], picture["y"]
        assert (x["low"], x["high"], y["low"], y["high"]) == entry.extent
    else:
        assert picture["kind"] == ("tiles" if entry.kind == "image" else "plot")
    truth = opened(data=data, view="truth", **SMALL)

    assert complaints(truth) == []
    assert bool(truth.info) == (entry.kind == "image")


def test_the_menus_offer_every_data_set_and_every_objective_by_its_own_label():
    app = opened(**SMALL)

    menus = column(app)
    assert menus["data"]["written"] == [data.label for data in DATA.values()]
    labels = [rules.label for rules in OBJECTIVES.values()]
    assert menus["first"]["written"] == labels
    assert menus["third"]["written"] == ["no further game", *labels]
    assert {menus[name]["kind"] for name in ("data", "first", "third")} == {"menu"}


# ------------------------------------------------- a menu never shows something else than plays


def assert_dials_and_link_show(app: AppTest, wanted: GanLab) -> None:
    """Assert that the page stands at a configuration: its memory, its address and every dial."""
    assert not app.exception
    assert settings(app) == wanted
    address = {n: v if isinstance(v, str) else v[0] for n, v in app.query_params.items()}
    assert address == links.encode(wanted)
    assert handed(app)["dials"]["settings"] == values(wanted.turned())


def lab(**parameters: str) -> GanLab:
    found = links.decode(GanLab, {**SMALL, **parameters})
    assert found.problems == ()
    return found.settings


@pytest.mark.parametrize("view", ["match", "truth", "slow", "seeds"])
def test_a_link_to_a_table_that_is_not_here_says_so_and_shows_the_default_data(view: str):
    for upload, says in (("", "no table yet"), ("0123456789abcdef", "not here any more")):
        app = opened(data="csv", upload=upload, view=view, **SMALL)

        assert [says in complaint for complaint in complaints(app)] == [True]
        assert_dials_and_link_show(app, lab(view=view))
        assert app.file_uploader, "there is no place to put one"


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        ({"view": "seeds", "data": "images"}, "Many seeds are compared on points, not on images."),
        ({"view": "slow", "data": "images"}, "Slow motion shows points in the plane"),
        ({"view": "slow", "data": "comb"}, "Slow motion shows points in the plane"),
        ({"view": "slow", "slow_side": "d"}, "There is no game 'd' to look at."),
        ({"view": "slow", "slow_side": "d", "data": "comb"}, "There is no game 'd' to look at."),
    ],
)
def test_what_a_view_cannot_show_gets_a_sentence_and_the_dials_go_to_what_is_shown(
    parameters: dict[str, str], says: str
):
    app = opened(**SMALL, **parameters)

    assert [says in complaint for complaint in complaints(app)] == [True]
    assert_dials_and_link_show(app, lab(view=parameters["view"]))
    assert app.get("bidi_component")
    assert complaints(app.run()) == []


@pytest.mark.parametrize(
    ("view", "data"), [("seeds", "images"), ("slow", "images"), ("slow", "comb"), ("truth", "csv")]
)
def test_a_dial_turned_to_what_a_view_cannot_show_is_put_back_with_a_sentence(view, data):
    app = opened(view=view, data="grid", **SMALL)
    chosen(app, "data", data)

    assert len(complaints(app)) == 1
    assert_dials_and_link_show(app, lab(view=view, data="grid"))


def test_a_view_that_cannot_show_the_data_is_not_entered():
    app = opened(data="images", **SMALL)
    app.segmented_control(key="gans.view").set_value("seeds").run()

    assert complaints(app) == ["Many seeds are compared on points, not on images."]
    assert_dials_and_link_show(app, lab(data="images"))


def uploaded(app: AppTest, content: bytes) -> AppTest:
    """Put a file where the page asks for one, after it was asked to."""
    chosen(app, "data", "csv")
    return app.file_uploader(key="gans.file").set_value(("t.csv", content, "text/csv")).run()


def told(app: AppTest) -> str:
    """Everything that is said of a table."""
    parts = [*app.caption, *app.warning, *app.markdown, *app.expander]
    return " ".join(
        str(getattr(part, "value", None) or getattr(part, "label", "")) for part in parts
    )


def test_a_table_is_shown_first_and_learned_once_somebody_says_so():
    assert not opened(**SMALL).file_uploader
    app = opened(data="csv", **SMALL)
    assert ["no table yet" in complaint for complaint in complaints(app)] == [True]
    content = b"x,y\n1,2\n3,5\n2,2\n0,1\n"
    app.file_uploader(key="gans.file").set_value(("t.csv", content, "text/csv")).run()

    assert complaints(app) == []
    assert settings(app).data == "ring"
    assert "4 rows of x and y" in told(app)
    (table,) = [each.proto.body for each in app.get("html") if "small-table" in each.proto.body]
    assert "0 to 3" in table
    assert "1 to 5" in table
    app.button(key="gans.table.learn").click().run()

    assert complaints(app) == []
    assert settings(app).data == "csv"
    assert_dials_and_link_show(app, lab(data="csv", upload=settings(app).upload))
    assert "Your table: 4 rows of x and y" in [each.label for each in app.expander]


def test_what_is_chosen_of_a_table_is_shown_then_learned_and_in_the_link():
    app = uploaded(opened(**SMALL), b"a,b,kind\n" + b"1,5,u\n2,3,v\n4,4,u\n7,1,v\n" * 3)
    app.selectbox(key="gans.table.x").set_value(2).run()
    app.selectbox(key="gans.table.labels").set_value(3).run()
    assert "12 rows of b and a" in told(app)
    app.run()
    assert "12 rows of b and a" in told(app), "a choice is lost in a rerun"
    app.button(key="gans.table.learn").click().run()

    assert complaints(app) == []
    upload = settings(app).upload
    wanted = lab(data="csv", upload=upload, table_x="2", table_labels="3", conditional="yes")
    assert_dials_and_link_show(app, wanted)
    assert settings(app).distribution().classes == 2
    app.selectbox(key="gans.table.y").set_value(-1).run()
    app.selectbox(key="gans.table.labels").set_value(0).run()
    assert settings(app).table.y == 0, "it is learned before somebody says so"
    app.button(key="gans.table.learn").click().run()
    assert complaints(app) == []
    assert settings(app).distribution().kind == "line"
    assert not settings(app).conditional


def test_where_nothing_tells_how_numbers_are_written_the_viewer_does():
    body = b"".join(b"%d,%d\t%d\n" % (k + 3, 100 + k, k % 7) for k in range(20))
    app = uploaded(opened(**SMALL), b"x\ty\n" + body)
    assert "3,100, which is 3100 or 3.100" in told(app)
    assert app.button(key="gans.table.learn").disabled
    app.selectbox(key="gans.table.numbers").set_value("comma").run()
    app.button(key="gans.table.learn").click().run()

    assert settings(app).table.numbers == "comma"
    assert complaints(app) == []


def far_row(rows: int) -> bytes:
    """A table of so many rows, one of them so far out that no picture shows the others."""
    lines = [f"{k % 7},{k % 11}" for k in range(rows - 1)]
    return "\n".join(["x,y", *lines, "1e9,0"]).encode()


def test_a_row_that_hides_the_others_is_left_out_before_the_table_can_be_learned():
    app = uploaded(opened(data="moons", **SMALL), far_row(20_000))

    assert "standard deviations from its mean" in told(app)
    assert app.button(key="gans.table.learn").disabled
    assert settings(app).data == "moons"
    app.toggle(key="gans.table.leave-out").set_value(True).run()
    assert "1 row is skipped: far out (1)." in told(app).replace("\\", "")
    app.button(key="gans.table.learn").click().run()
    assert settings(app).table.leave_out
    assert complaints(app) == []


def test_a_file_that_is_no_table_is_named_and_nothing_else_plays():
    app = uploaded(opened(data="moons", **SMALL), b"%PDF-1.7")

    assert "The file is a PDF" in told(app)
    assert_dials_and_link_show(app, lab(data="moons"))


def test_the_rows_that_are_said_to_be_learned_are_those_that_are():
    content = "\n".join(f"{k % 7},{k % 11}" for k in range(5_000)).encode()
    app = opened(data="csv", upload=tables.keep(content), **SMALL)

    learned = settings(app).distribution().draw.keywords["points"]
    (label,) = [each.label for each in app.expander if "Your table" in each.label]
    assert len(learned) == 4_096
    assert "4,096 of 5,000 rows" in label
    assert "drawn with a fixed seed" in label


def test_a_link_to_a_table_that_is_gone_keeps_its_other_settings():
    other = {"seed": "9", "critic_steps": "3", "third": "r1", "penalty_weight": "2"}
    app = opened(data="csv", upload="0123456789abcdef", **SMALL | other)

    assert ["not here any more" in complaint for complaint in complaints(app)] == [True]
    assert_dials_and_link_show(app, lab(**other))


def test_the_place_for_a_table_goes_when_other_data_is_chosen():
    app = opened(data="csv", **SMALL)
    chosen(app, "data", "moons")

    assert complaints(app) == []
    assert not app.file_uploader


def test_a_game_that_is_taken_away_is_not_looked_at_any_more():
    app = opened(view="slow", third="r1", slow_side="c", **SMALL)
    assert complaints(app) == []
    chosen(app, "third", "")

    assert complaints(app) == []
    assert_dials_and_link_show(app, lab(view="slow"))


def test_a_value_that_only_the_link_knows_widens_the_scale_that_the_page_offers():
    app = opened(**{**SMALL, "critic_steps": "50", "seed": "5000000", "clip": "0.3"})

    assert complaints(app) == []
    assert (column(app)["critic_steps"]["high"], column(opened())["critic_steps"]["high"]) == (
        50,
        20,
    )
    assert 0.3 in column(opened(clip="0.3", second="wasserstein_clip"))["clip"]["values"]
    assert shown(app, "seed") == column(app)["seed"]["high"] == 5_000_000


def test_what_was_turned_on_the_way_outlasts_a_look_at_another_view():
    changes = "5:critic_steps=2"
    app = opened(**SMALL, changes=changes)
    for view in ("dirac", "depth", "records", "match"):
        app.segmented_control(key="gans.view").set_value(view).run()

        assert complaints(app) == []
        assert settings(app).changes == changes


BY_LINK = {
    *("cloud", "given", "view", "changes", "upload", "dirac_steps", "critic_beta1", "critic_beta2"),
    *("first_steps", "second_steps", "third_steps", "fourth_steps"),
    *(f"table_{name}" for name in values(tables.Reading())),
}
"""Settings without a dial of their own: a tab chooses the view, the choices of a table stand beside
it, and a link says the others."""


def test_every_dial_of_every_view_has_its_place_and_says_what_its_row_says():
    """All dials of all views are read off the page and held against the rows."""
    rows = dials(GanLab)
    second = {"second": "wasserstein_gp", "fourth": "wasserstein_clip"}
    games = {"first": "minimax", "third": "r1", **second}
    placed: set[str] = set()
    for link in (
        {"view": "match", **games},
        {"view": "truth", **games},
        {"view": "match", "data": "lines"},
        {"view": "match", "data": "drawn"},
        *({"view": view} for view in ("slow", "seeds", "dirac", "depth")),
    ):
        for name, knob in column(opened(**link)).items():
            if knob["stands"]:
                assert name in ("preset", "betas")
                continue
            placed.add(name)
            assert knob["label"] == rows[name].label
            assert knob["help"] == rows[name].help
            assert knob["unit"] == rows[name].unit

    assert placed == rows.keys() - BY_LINK


@pytest.mark.parametrize("view", [name for name in VIEWS if name != "records"])
def test_a_dial_turned_as_far_as_it_goes_is_what_the_page_shows(view: str):
    """Both ends of every number, and every choice that its view can show."""
    app = opened(view=view, **SMALL)
    for name, knob in column(app).items():
        if knob["stands"] or knob["kind"] in ("letters", "pad", "line"):
            continue
        some = [v for v in (knob["low"], knob["high"], *knob["values"]) if v is not None]
        for value in {*some[:1], *some[-1:]} if name not in ("data", "view") else ():
            before = settings(app)
            chosen(app, name, value) if knob["values"] else said(app, **{name: value})
            assert not app.exception
            assert shown(app, name) == getattr_of(settings(app), name)
            assert shown(app, name) == value or complaints(app), (name, value)
            app.session_state["gans:settings"] = before
            said(app, **values(before.turned()))


def getattr_of(lab: GanLab, name: str) -> Any:
    """Return a setting of the lab as its dials stand, by the name of its dial."""
    return values(lab.turned())[name]


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("critic_steps", 0, "Critic_steps must be between 1 and"),
        ("critic_steps", 1.5, "Critic_steps must be a whole number"),
        ("seed", "five", "Seed must be a"),
        ("first", "gan", "Unknown first 'gan'"),
        ("drawing", "here", "A drawing must read"),
        ("width", 10**9, "Width must be between 4 and 512"),
        ("generator_rate", None, "Generator_rate must be a number"),
        ("dirac_x", 9, "Dirac_x must be between -3 and 3"),
    ],
)
def test_a_dial_that_is_said_to_stand_where_it_cannot_is_put_back_with_a_sentence(
    name: str, value: Any, says: str
):
    app = opened(**SMALL, seed="7")
    before = settings(app)

    said(app, **{name: value})

    ((dial, complaint),) = handed(app)["dials"]["refused"].items()
    assert dial == name
    assert complaint.startswith(says)
    assert complaint.endswith("Nothing was changed.")
    assert complaints(app) == [complaint]
    assert_dials_and_link_show(app, before)


def test_labels_where_the_data_has_none_are_refused_at_their_dial_and_the_link_goes_on_moving():
    app = opened(data="spiral", **SMALL)
    before = settings(app)

    said(app, conditional=True)

    assert handed(app)["dials"]["refused"] == {
        "conditional": "Two spirals: this data has no labels to condition on. Nothing was changed."
    }
    assert_dials_and_link_show(app, before)

    said(app, seed=9)

    assert complaints(app) == []
    assert_dials_and_link_show(app, lab(data="spiral", seed="9"))


def test_a_refusal_comes_again_with_a_run_that_follows_before_the_browser_could_read_it():
    app = opened(data="spiral", **SMALL)
    said(app, conditional=True)

    app.run()

    assert list(handed(app)["dials"]["refused"]) == ["conditional"]


def test_what_was_turned_beside_a_refused_dial_before_its_sentence_came_is_taken():
    app = opened(data="spiral", **SMALL)
    knew = dict(handed(app)["dials"]["editions"])
    said(app, conditional=True)

    dials = handed(app)["dials"]
    app.session_state["said"] = {
        "settings": dials["settings"] | {"conditional": True, "seed": 9},
        "editions": knew,
    }
    app.run()

    assert_dials_and_link_show(app, lab(data="spiral", seed="9"))


@pytest.mark.parametrize(
    ("view", "given", "name"),
    [
        ("dirac", {"dirac_gamma": 11}, "dirac_gamma"),
        ("dirac", {"dirac_h": 0}, "dirac_h"),
        ("dirac", {"dirac_game": "chess"}, "dirac_game"),
        ("slow", {"slow_moves": "xyz"}, "slow_moves"),
        ("slow", {"slow_step": 2_001}, "slow_step"),
        ("slow", {"data": "comb"}, ""),
    ],
)
def test_an_absurd_value_on_the_way_of_an_answer_is_refused_at_its_dial(
    view: str, given: Mapping[str, Any], name: str
):
    function = {"dirac": dirac.answer, "slow": slow.answer}[view]

    with pytest.raises(RefusedError) as refused:
        answered(Asking.about(function, GanLab), given, moving=True)
    assert refused.value.name == name
    assert str(refused.value)


def test_a_table_on_the_shelf_is_learned():
    mark = tables.keep(b"x,y\n1,2\n3,5\n2,2\n0,1\n")
    app = opened(data="csv", upload=mark, **SMALL)

    assert complaints(app) == []
    assert any("4 rows" in each.label for each in app.expander)


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        ({"first": "gan"}, "unknown first 'gan'"),
        ({"width": "100000"}, "width must be between 4 and 512"),
        ({"drawing": "here"}, "a drawing must read"),
        ({"dirac_x": "9"}, "dirac_x must be between -3 and 3"),
        ({"changes": "5:d.objective=r1"}, "no game comes or goes while others train"),
    ],
)
def test_a_link_with_something_wrong_in_it_opens_with_a_sentence(
    parameters: dict[str, str], says: str
):
    app = opened(**parameters)

    assert not app.exception
    assert says.lower() in " ".join(complaints(app)).lower()


def test_every_objective_plays_beside_three_others():
    names = list(OBJECTIVES)
    seen: set[str] = set()
    for i in range(0, len(names), 3):
        playing = [*names, *names][i : i + 4]
        four = dict(zip(("first", "second", "third", "fourth"), playing, strict=True))
        app = opened(**SMALL, **four)
        assert complaints(app) == []
        pictures = {panel["area"]: panel for panel in scene(app)["panels"]}
        match = settings(app).match()
        for letter, name in zip("abcd", playing, strict=True):
            rules = OBJECTIVES[name]
            assert match.settings(letter).objective == name
            assert pictures[letter]["title"] == rules.title
            assert pictures[letter]["note"] == rules.note
            seen.add(name)
    assert seen == set(OBJECTIVES)


def test_taking_the_third_game_away_takes_the_fourth_with_it():
    app = opened(**SMALL, third="r1", fourth="hinge")
    chosen(app, "third", "")

    assert complaints(app) == []
    assert (settings(app).third, settings(app).fourth) == ("", "")


@pytest.mark.parametrize("view", VIEWS)
def test_no_control_of_the_page_is_called_like_one_of_the_stage(view: str):
    app = opened(view=view, **SMALL)
    controls = [app.button, app.selectbox, app.expander, app.segmented_control]
    names = [str(control.label).lower() for kind in controls for control in kind]
    if view != "records":
        for knob in column(app).values():
            chosen_here = [str(text) for text in knob["written"]] if knob["values"] else []
            names += [knob["label"].lower(), *map(str.lower, chosen_here)]

    assert names
    for name in names:
        assert not any(word in name for word in OF_THE_STAGE), name


# ---------------------------------------------------------------------------------- presets


@pytest.mark.parametrize("name", PLAYABLE)
def test_a_preset_plays_the_very_game_whose_rate_was_measured(name: str):
    lab = turned(GanLab(), turned_to(name))
    wanted = GameSettings(**PRESETS[name].settings, seed=lab.seed)

    assert lab.match().settings("a") == wanted
    assert (lab.data, lab.steps) == (PRESETS[name].data, PRESETS[name].steps)


@pytest.mark.parametrize("name", PLAYABLE)
def test_choosing_a_preset_turns_the_dials_and_says_its_prediction_with_its_rate(name: str):
    app = opened(**SMALL)
    chosen(app, "preset", PRESETS[name].label)

    assert complaints(app) == []
    assert shown(app, "preset") == PRESETS[name].label
    assert preset_of(settings(app)) == name
    measured = PRESETS[name].measured
    hits = f"{measured.hits} of {measured.seeds} seeds"
    assert PRESETS[name].claim[1:] in headings(app)
    assert hits in headings(app)


def test_a_prediction_is_said_only_of_the_game_that_it_is_about():
    lab = turned(GanLab(), turned_to("collapse"))

    assert preset_of(replace(lab, seed=7, second="r1", theta=0.3, r1_weight=0.5)) == "collapse"
    assert preset_of(replace(lab, steps=4_000)) == ""
    assert preset_of(GanLab()) == ""
    for name, row in dials(Hyperparameters).items():
        if name != "seed" and name not in OF_OTHER_OBJECTIVES:
            other = replace(lab, **{name: _another(row, getattr(lab, name))})
            assert preset_of(other) != "collapse", name


OF_OTHER_OBJECTIVES = ("penalty_weight", "one_sided", "pairs", "r1_weight", "clip")


def _another(row: Dial, before: object) -> object:
    if isinstance(before, bool):
        return not before
    return next(value for value in row.names or (row.low, row.high) if value != before)


def test_a_prediction_of_the_records_plays_in_the_match():
    app = opened(view="records")
    app.button(key="gans.play.bridges").click().run()

    assert complaints(app) == []
    assert settings(app).view == "match"
    assert preset_of(settings(app)) == "bridges"
    assert shown(app, "preset") == PRESETS["bridges"].label


def test_no_prediction_is_said_of_dials_that_play_none():
    assert shown(opened(), "preset") == "Choose a prediction"


# -------------------------------------------------------------------- dials, forks, drawings


def test_a_dial_that_only_some_objectives_read_is_shown_with_those_alone():
    app = opened(**SMALL, first="minimax", second="r1")
    labels = [knob["label"] for knob in column(app).values()]

    assert "R1: γ" in labels
    assert "WGAN-GP: λ" not in labels


def test_the_three_circulating_settings_turn_both_betas_and_the_penalty():
    app = opened(**SMALL)
    said(app, beta1=0.0, penalty_weight=10.0)

    assert shown(app, "betas") == PUBLISHED["paper"].label
    for name, source in PUBLISHED.items():
        chosen(app, "betas", source.label)
        assert complaints(app) == []
        assert shown(app, "betas") == PUBLISHED[name].label
        assert source.dials.items() <= values(settings(app)).items()


def test_a_dial_that_turns_while_it_trains_forks_the_run_at_the_step_it_was_turned_at(monkeypatch):
    app = opened(**SMALL, seed="3")
    monkeypatch.setattr(material, "head", lambda: 400)

    said(app, critic_steps=4)

    assert complaints(app) == []
    assert settings(app).changes == "400:critic_steps=4"
    assert_dials_and_link_show(app, lab(seed="3", changes="400:critic_steps=4"))
    assert shown(app, "critic_steps") == 4
    assert handed(app)["run"] == digest(settings(app).match())
    monkeypatch.setattr(material, "head", lambda: 700)
    said(app, generator_rate=0.01)
    assert settings(app).changes == "400:critic_steps=4;700:generator_rate=0.01"

    said(app, seed=4)  # which cannot turn while it trains: a run of its own
    assert_dials_and_link_show(app, lab(seed="4", critic_steps="4", generator_rate="0.01"))


def test_going_back_over_a_fork_shows_what_the_address_says_and_nothing_else(monkeypatch):
    app = opened(**SMALL, seed="3")
    monkeypatch.setattr(material, "head", lambda: 400)
    said(app, critic_steps=4)
    forked = settings(app)
    said(app, seed=9)
    monkeypatch.setattr(material, "head", lambda: 0)

    gone_back(app, f"?{links.query(forked)}")
    assert complaints(app) == []
    assert_dials_and_link_show(app, forked)
    assert handed(app)["run"] == digest(forked.match())

    gone_back(app, f"?{links.query(lab(seed='3'))}")
    assert_dials_and_link_show(app, lab(seed="3"))
    assert shown(app, "critic_steps") == 1


def test_going_back_leads_to_another_view_too():
    app = opened(**SMALL)
    app.segmented_control(key="gans.view").set_value("depth").run()
    gone_back(app, f"?{links.query(lab())}")

    assert complaints(app) == []
    assert settings(app).view == app.segmented_control(key="gans.view").value == "match"


def test_back_to_the_start_forgets_what_was_turned_on_the_way():
    app = opened(**SMALL, changes="5:critic_steps=2")
    assert handed(app)["resets"]

    app.session_state["taken back"] = True
    app.run()

    assert complaints(app) == []
    assert_dials_and_link_show(app, lab(critic_steps="2"))
    assert not handed(app)["resets"]


@pytest.mark.parametrize(
    ("settings", "written"),
    [
        ({}, {"best: at least"}),
        ({"data": "two_bumps"}, {"best critic"}),
        ({"data": "two_bumps", "pairs": "optimal"}, {"best: at least"}),
        ({"data": "two_bumps", "conditional": "yes"}, set()),
        ({"spectral": "yes"}, set()),
        ({"penalty_weight": "0"}, set()),
    ],
)
def test_the_best_critic_is_drawn_where_it_is_known_and_elsewhere_called_a_bound(
    settings: dict[str, str], written: set[str]
):
    app = opened(view="truth", **SMALL, **settings)

    assert complaints(app) == []
    (ratio,) = (panel for panel in scene(app)["panels"] if panel["area"] == "ratio")
    labels = {mark["label"] for mark in ratio["marks"]}
    assert {label for label in labels if "best" in label} == written
    assert "mistake of the training, nor is one" in " ".join(truth.HOW.split())


def test_the_depth_view_tells_the_rate_its_critics_learn_with():
    settings = Deep().settings("gp")

    assert settings.critic_rate == settings.generator_rate == 1e-3
    assert "Adam at 10⁻³;" in depth.HOW
    assert f"\n{settings.width} units in the default" in depth.HOW


def test_the_two_numbers_say_that_wgan_gp_circles_and_r1_arrives():
    assert "WGAN-GP circles" in headings(opened(view="dirac", dirac_game="wasserstein_gp"))
    assert "R1, γ = 0.3 arrives" in headings(opened(view="dirac", dirac_game="r1"))


def test_the_picture_that_a_drag_ends_on_is_that_of_its_link_bit_for_bit():
    app = opened(view="dirac", dirac_game="r1", dirac_gamma="0.7", dirac_x="-1.35")
    there = packed(answer(app))
    asking = Asking.about(dirac.answer, GanLab)
    given = handed(opened(view="dirac", dirac_game="r1"))["dials"]["settings"]
    for gamma, x in ((0.1, 1), (0.4, 0), (0.6, -1.3)):  # what was asked on the way
        answered(asking, given | {"dirac_gamma": gamma, "dirac_x": x}, moving=True)

    last = answered(asking, given | {"dirac_gamma": 0.7, "dirac_x": -1.35}, moving=False)

    assert (last.scene, last.frames, last.shown) == (there.scene, there.frames, there.shown)


@pytest.mark.parametrize("judge_steps", [0, 10])
def test_the_game_that_is_looked_at_is_whole_while_a_hand_moves(judge_steps: int):
    lab = turned(GanLab(), {"view": "dirac", "dirac_judge_steps": judge_steps})
    moving, whole = dirac.answer(lab, True), dirac.answer(lab, False)

    assert whole.coarse == ""
    assert moving.coarse == f"Meanwhile the small ones make {15 if judge_steps else 150} moves."
    assert [pack(f, 0, {}) for f in moving.frames] == [pack(f, 0, {}) for f in whole.frames]
    name = lab.dirac.game
    assert np.array_equal(moving.still.arrays[f"{name}/path"], whole.still.arrays[f"{name}/path"])
    for other, path in whole.still.arrays.items():
        if other.endswith("/path"):  # the others are the beginning of what they will be
            few = moving.still.arrays[other]
            assert np.array_equal(few, path[: len(few)])
    assert moving.scene == whole.scene


def test_single_moves_come_before_the_iteration_and_can_be_taken_back():
    app = opened(view="slow", **SMALL)
    knob = column(app)["slow_moves"]
    assert (knob["kind"], knob["values"]) == ("letters", ["j", "g", "b"])
    assert knob["written"] == ["Judge", "Generator", "Both"]
    before = answer(app).frames[0].arrays

    said(app, slow_moves="jg")
    assert settings(app).slow.moves == "jg"
    assert "2 single moves" in headings(app)
    assert not np.array_equal(answer(app).frames[0].arrays["surface"], before["surface"])

    said(app, slow_moves="")
    assert settings(app).slow.moves == ""
    assert complaints(app) == []


def test_slow_motion_of_an_uploaded_table_is_answered_by_a_process_that_was_brought_it():
    mark = tables.keep(b"x,y\n1,2\n3,5\n2,2\n0,1\n")
    app = opened(view="slow", data="csv", upload=mark, **SMALL)
    here = answer(app)
    name, points = tables.parcel(mark, tables.Reading())
    shelf._shelf.pop(mark)
    with pytest.raises(ValueError, match="not here any more"):
        answer(app)
    tables.bring(name, points)

    assert packed(answer(app)) == packed(here)


def test_a_forked_game_says_from_which_tick_on_it_is_another():
    forked = GanLab().fork(200, "a", objective="r1")
    notes = {game.letter: game.note for game in playing(forked)}

    assert notes["a"] == "non-saturating"
    assert notes["c"].endswith("from tick 200")
    app = opened(**{**SMALL, "third": forked.third, "changes": forked.changes})
    assert complaints(app) == []
    assert settings(app).changes == forked.changes
    assert any(panel.get("note") == notes["c"] for panel in scene(app)["panels"])


# ------------------------------------------------------------------------ the tick on the screen


def trained(match: Match, ticks: int) -> Run:
    """Return the run of a match as the server has it after so many ticks."""
    run = Run(1, digest(match), match, match.steps, Limits(), threading.RLock(), time.monotonic)
    for index, frame in enumerate(islice(match.stream(), ticks + 1)):
        run.receive([pack(frame, index, match.precision)], index, frame.step)
        if frame.state is not None:
            run.keep(index, frame.step, save(dict(frame.state)))
    return run


@pytest.fixture(scope="module")
def tick_60() -> Run:
    return trained(lab().match(), 60)


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch, tick_60: Run) -> Run:
    """The run of the page's match, at tick 60; no page changes it."""
    monkeypatch.setattr(material, "run", lambda: tick_60)
    return tick_60


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the page offers for download, by the name of the file."""
    found: dict[str, Any] = {}

    def download_button(label: str, data: Any, file_name: str, *rest: Any, **more: Any) -> bool:
        found[file_name] = data
        return False

    monkeypatch.setattr(st, "download_button", download_button)
    return found


def test_files_are_those_of_the_tick_at_which_the_picture_stands_still(played: Run, offered):
    app = opened(**SMALL)
    assert not handed(app)["rests"], "a page that offers no files need not hear of every pause"
    app.session_state["gans.files"] = True
    app.session_state[material.RESTED] = (played.name, 37)
    app.run()

    assert complaints(app) == []
    assert handed(app)["rests"]
    (said,) = [each.value for each in app.caption if "as they stood" in each.value]
    assert "at tick 37, where the picture last stood still" in said
    assert "from tick 25 on" in said
    there = list(replace(lab().match(), steps=37).stream())[-1].state
    assert there is not None
    assert offered["samples-37.csv"]() == samples(lab().match(), there)
    stored = load(offered["games-37.safetensors"]())
    assert all((stored[k] == v).all() for k, v in load(weights(lab().match(), there)).items())
    assert "TICKS = 37\n" in offered["games.py"]


@pytest.mark.parametrize("rested", [None, ("another run", 37)])
def test_files_of_a_picture_that_has_never_stood_still_are_the_newest(played, offered, rested):
    app = opened(**SMALL)
    app.session_state["gans.files"] = True
    if rested:
        app.session_state[material.RESTED] = rested
    app.run()

    assert any("at tick 60, the newest" in each.value for each in app.caption)
    assert {"samples-60.csv", "games-60.safetensors"} <= set(offered)


def test_a_tick_that_no_run_has_reached_is_not_believed(played: Run, offered):
    app = opened(**SMALL)
    app.session_state["gans.files"] = True
    app.session_state[material.RESTED] = (played.name, 10**9)
    app.run()

    assert complaints(app) == []
    assert "samples-60.csv" in offered


def test_a_game_is_forked_at_the_tick_on_the_screen(played: Run):
    app = opened(**SMALL)
    app.session_state["gans.fork"] = True
    app.session_state[material.RESTED] = (played.name, 37)
    app.run()
    assert handed(app)["rests"]
    assert app.number_input[0].value == 37
    app.selectbox[1].set_value("r1").run()
    button = app.button(key="gans.fork.here")
    assert button.label == "Fork here"
    button.click().run()

    assert complaints(app) == []
    assert settings(app).changes == "37:c.objective=r1"


def test_a_game_is_forked_as_the_fields_say_when_the_button_is_pressed(played: Run):
    app = opened(**SMALL)
    app.session_state["gans.fork"] = True
    app.session_state[material.RESTED] = (played.name, 37)
    app.run()
    app.selectbox[1].set_value("r1").run()

    app.number_input[0].set_value(12)  # and at once, without a run between:
    app.number_input[1].set_value(3)
    app.button(key="gans.fork.here").click().run()

    assert complaints(app) == []
    assert settings(app).changes == "12:c.critic_steps=3,c.objective=r1"


def test_a_dial_that_is_turned_in_the_past_forks_at_the_tick_on_the_screen(played: Run):
    app = opened(**SMALL)
    said(app, stood=(played.name, 37), critic_steps=4)

    assert complaints(app) == []
    assert settings(app).changes == "37:critic_steps=4"


def test_a_dial_that_is_turned_while_it_plays_forks_where_the_training_is(played: Run):
    app = opened(**SMALL)
    said(app, stood=(played.name, 37))
    said(app, critic_steps=4)

    assert settings(app).changes == "60:critic_steps=4"


@pytest.mark.parametrize("stood", [("another run", 37), ("", -1)])
def test_a_tick_of_another_run_forks_nothing(played: Run, stood: tuple[str, int]):
    app = opened(**SMALL)
    said(app, stood=stood, critic_steps=4)

    assert settings(app).changes == "60:critic_steps=4"


def test_a_fork_elsewhere_does_not_say_that_it_is_here(played: Run):
    app = opened(**SMALL)
    app.session_state["gans.fork"] = True
    app.session_state[material.RESTED] = (played.name, 37)
    app.run()
    app.number_input[0].set_value(12).run()

    assert app.button(key="gans.fork.here").label == "Fork at tick 12"


# --------------------------------------------------------------------------- how a run begins


@pytest.mark.parametrize("view", ["match", "truth", "seeds", "depth"])
def test_a_training_view_says_who_answers_how_another_run_begins(view: str):
    handed_over = handed(opened(view=view))
    begins, scene = handed_over["begins"], handed_over["scene"]
    assert begins["token"]
    answer = getattr(openings, view)(turned(GanLab(), {"view": view}), False)
    assert json.loads(json.dumps(answer.scene)) == {**scene, "selects": answer.scene["selects"]}


def test_a_match_goes_on_with_live_dials_and_with_those_of_its_look():
    forks = handed(opened(view="match"))["begins"]["forks"]
    assert {"generator_rate", "critic_steps", "layer"} <= set(forks)
    assert not {"seed", "data", "width", "theta", "steps"} & set(forks)


def test_seeds_and_deep_critics_always_begin_anew():
    for view in ("seeds", "depth"):
        assert handed(opened(view=view))["begins"]["forks"] == []


def test_other_data_lets_a_generator_of_given_points_learn_again():
    points = torch.randn(10, 2, generator=torch.Generator().manual_seed(0))
    clouds = {"data": "cloud", "cloud": cloud_text(points), "given": cloud_text(points + 1)}
    app = opened(view="truth", generator_rate="0", **clouds, **SMALL)

    assert complaints(app) == []
    knob = column(app)["data"]
    assert knob["turns"][knob["values"].index("ring")] == {"given": "", "generator_rate": 1e-3}
    assert column(opened(view="truth"))["data"]["turns"] == []
