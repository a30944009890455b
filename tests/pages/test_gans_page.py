"""The GAN lab as Streamlit runs it: views, data, presets and moves, without a browser."""

import json
from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from explorer.dials import Dial, dials, turned, values
from explorer.gans.objectives import OBJECTIVES
from explorer.gans.predictions import PRESETS
from explorer.gans.settings import GameSettings, Hyperparameters
from explorer.labs.gans import tables
from explorer.labs.gans.data import DATA
from explorer.labs.gans.settings import GanLab
from explorer.pages.gans import VIEWS
from explorer.pages.gans.drawing import _strokes
from explorer.pages.gans.material import playing
from explorer.pages.gans.presets import PLAYABLE, preset_of, turned_to
from explorer.runs import links

SMALL = {"width": "8", "depth": "1", "batch": "16", "steps": "1000", "critic_steps": "1"}
OF_THE_STAGE = ("step", "train", "pause", "reset", "time")


def opened(**parameters: str) -> AppTest:
    """Return the page after its first run, opened with these link parameters."""

    def script() -> None:
        from explorer.pages import gans, surroundings

        surroundings.attend()
        gans.page()

    app = AppTest.from_function(script, default_timeout=120)
    for name, value in parameters.items():
        app.query_params[name] = value
    return app.run()


def settings(app: AppTest) -> GanLab:
    return app.session_state["gans:settings"]


def complaints(app: AppTest) -> list[str]:
    return [message.value for message in (*app.exception, *app.error, *app.warning)]


def scene(app: AppTest) -> dict[str, Any]:
    """Return what the page hands to the stage: the last component on it."""
    found = json.loads(app.get("bidi_component")[-1].proto.json)
    return found["scene"] if "scene" in found else found["data"]["scene"]


def headings(app: AppTest) -> str:
    return " ".join(element.proto.body for element in app.get("html"))


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_opens_without_a_complaint_on_the_question_it_answers(view: str):
    app = opened(view=view, **SMALL)

    assert complaints(app) == []
    assert settings(app).view == view
    assert VIEWS[view].question in headings(app)
    assert app.get("bidi_component") or view == "records"


@pytest.mark.parametrize("data", [name for name in DATA if "points" not in DATA[name].needs])
def test_a_match_opens_on_the_data_of_the_link_and_the_truth_on_all_of_the_plane(data: str):
    app, entry = opened(data=data, **SMALL), DATA[data]

    assert complaints(app) == []
    assert settings(app).match().distribution().name == data
    assert app.selectbox(key="gans.data").value == data
    picture = next(panel for panel in scene(app)["panels"] if panel["area"] == "a")
    if entry.kind == "plane":
        x, y = picture["x"], picture["y"]
        assert (x["low"], x["high"], y["low"], y["high"]) == entry.extent
    else:
        assert picture["kind"] == ("tiles" if entry.kind == "image" else "plot")
    truth = opened(data=data, view="truth", **SMALL)

    assert complaints(truth) == []
    assert bool(truth.info) == (entry.kind != "plane")


def test_the_menus_offer_every_data_set_and_every_objective_by_its_own_label():
    app = opened(**SMALL)

    assert app.selectbox(key="gans.data").options == [data.label for data in DATA.values()]
    labels = [rules.label for rules in OBJECTIVES.values()]
    assert app.selectbox(key="gans.first").options == labels
    assert app.selectbox(key="gans.third").options == ["no further game", *labels]


# ------------------------------------------------- a menu never shows something else than plays


def assert_dials_and_link_show(app: AppTest, shown: GanLab) -> None:
    """Assert that the page stands at a configuration: its memory, its address and every dial."""
    assert not app.exception
    assert settings(app) == shown
    address = {n: v if isinstance(v, str) else v[0] for n, v in app.query_params.items()}
    assert address == links.encode(shown)
    for name, value in values(shown.turned()).items():
        if f"gans.{name}" in app.session_state:  # those that this view has
            assert app.session_state[f"gans.{name}"] == value, name


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
    app.selectbox(key="gans.data").set_value(data).run()

    assert len(complaints(app)) == 1
    assert_dials_and_link_show(app, lab(view=view, data="grid"))


def test_a_view_that_cannot_show_the_data_is_not_entered():
    app = opened(data="images", **SMALL)
    app.segmented_control(key="gans.view").set_value("seeds").run()

    assert complaints(app) == ["Many seeds are compared on points, not on images."]
    assert_dials_and_link_show(app, lab(data="images"))


def test_a_table_that_is_put_where_the_page_asks_for_one_becomes_the_data():
    app = opened(**SMALL)
    assert not app.file_uploader
    app.selectbox(key="gans.data").set_value("csv").run()
    assert ["no table yet" in complaint for complaint in complaints(app)] == [True]
    content = b"x,y\n1,2\n3,5\n2,2\n0,1\n"
    app.file_uploader(key="gans.file").set_value(("two.csv", content, "text/csv")).run()

    assert complaints(app) == []
    assert settings(app).data == "csv"
    assert_dials_and_link_show(app, lab(data="csv", upload=settings(app).upload))
    assert any("4 rows" in caption.value for caption in app.caption)


def test_the_place_for_a_table_goes_when_other_data_is_chosen():
    app = opened(data="csv", **SMALL)
    app.selectbox(key="gans.data").set_value("moons").run()

    assert complaints(app) == []
    assert not app.file_uploader


def test_a_game_that_is_taken_away_is_not_looked_at_any_more():
    app = opened(view="slow", third="r1", slow_side="c", **SMALL)
    assert complaints(app) == []
    app.selectbox(key="gans.third").set_value("").run()

    assert complaints(app) == []
    assert_dials_and_link_show(app, lab(view="slow"))


def test_a_value_that_only_the_link_knows_widens_the_scale_that_the_page_offers():
    app = opened(**{**SMALL, "critic_steps": "50", "seed": "5000000", "clip": "0.3"})

    assert complaints(app) == []
    assert (
        app.slider(key="gans.critic_steps").max,
        opened().slider(key="gans.critic_steps").max,
    ) == (
        50,
        20,
    )
    assert app.number_input(key="gans.seed").value == 5_000_000


def test_what_was_turned_on_the_way_outlasts_a_look_at_another_view():
    changes = "5:critic_steps=2"
    app = opened(**SMALL, changes=changes)
    for view in ("dirac", "depth", "records", "match"):
        app.segmented_control(key="gans.view").set_value(view).run()

        assert complaints(app) == []
        assert settings(app).changes == changes


def test_every_dial_is_placed_by_its_name_and_says_what_its_row_says():
    """All controls of a match are read off the page and held against the rows."""
    app = opened(first="minimax", second="wasserstein_gp", third="r1", fourth="wasserstein_clip")
    kinds = (app.slider, app.select_slider, app.toggle, app.number_input, app.segmented_control)
    found = {each.key: each for kind in (*kinds, app.selectbox) for each in kind}
    rows = dials(GanLab)
    placed = [name for name in rows if f"gans.{name}" in found]

    assert len(placed) >= 27
    for name in placed:
        assert found[f"gans.{name}"].label == rows[name].label
        assert (found[f"gans.{name}"].help or "") in ("", rows[name].help)


def test_a_table_on_the_shelf_is_learned():
    mark = tables.keep(tables.table_of(b"x,y\n1,2\n3,5\n2,2\n0,1\n"))
    app = opened(data="csv", upload=mark, **SMALL)

    assert complaints(app) == []
    assert any("4 rows" in caption.value for caption in app.caption)


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
    app.selectbox(key="gans.third").set_value("").run()

    assert complaints(app) == []
    assert (settings(app).third, settings(app).fourth) == ("", "")


@pytest.mark.parametrize("view", VIEWS)
def test_no_control_of_the_page_is_called_like_one_of_the_stage(view: str):
    app = opened(view=view, **SMALL)
    controls = [
        *(app.button, app.slider, app.select_slider, app.selectbox, app.toggle),
        *(app.number_input, app.expander, app.segmented_control, app.pills),
    ]
    names = [str(control.label).lower() for kind in controls for control in kind]
    shown = [str(box.value).lower() for box in app.selectbox]

    assert names
    for name in (*names, *shown):
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
    app.selectbox(key="gans.preset").set_value(name).run()

    assert complaints(app) == []
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


# -------------------------------------------------------------------- dials, forks, drawings


def test_a_dial_that_only_some_objectives_read_is_shown_with_those_alone():
    app = opened(**SMALL, first="minimax", second="r1")
    labels = [slider.label for slider in app.select_slider]

    assert "R1: γ" in labels
    assert "WGAN-GP: λ" not in labels


def test_the_three_circulating_settings_turn_both_betas_and_the_penalty():
    app = opened(**SMALL)
    app.session_state["gans.beta1"] = 0.0
    app.session_state["gans.penalty_weight"] = 10.0
    app.run()

    assert app.session_state["gans.betas"] == "paper"


def test_the_two_numbers_say_that_wgan_gp_circles_and_r1_arrives():
    assert "WGAN-GP circles" in headings(opened(view="dirac", dirac_game="wasserstein_gp"))
    assert "R1, γ = 0.3 arrives" in headings(opened(view="dirac", dirac_game="r1"))


def test_single_moves_come_before_the_iteration_and_can_be_taken_back():
    app = opened(view="slow", **SMALL)
    app.button(key="gans.move.j").click().run()
    app.button(key="gans.move.g").click().run()
    assert settings(app).slow.moves == "jg"

    app.button(key="gans.move.back").click().run()
    assert settings(app).slow.moves == ""
    assert complaints(app) == []


def test_a_forked_game_says_from_which_tick_on_it_is_another():
    forked = GanLab().fork(200, "a", objective="r1")
    notes = {game.letter: game.note for game in playing(forked)}

    assert notes["a"] == "non-saturating"
    assert notes["c"].endswith("from tick 200")
    app = opened(**{**SMALL, "third": forked.third, "changes": forked.changes})
    assert complaints(app) == []
    assert settings(app).changes == forked.changes
    assert any(panel.get("note") == notes["c"] for panel in scene(app)["panels"])


@pytest.mark.parametrize("said", [None, 3, [["x"]], [[[1]]], {"a": 1}])
def test_what_is_no_drawing_is_refused_in_a_sentence(said: object):
    with pytest.raises(ValueError, match="the drawing could not be read"):
        _strokes(said)


def test_a_drawing_stays_near_the_pad():
    assert _strokes([[[0.5, -0.25], [1e9, -1e9]]]) == [[(0.5, -0.25), (9.0, -9.0)]]
