"""The cell lab as Streamlit runs it: every view for every cell, every upload, without a browser."""

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer.cells import CELLS
from explorer.labs.cells.settings import HOLDS, TRAINED, CellLab, readers_of
from explorer.pages.cells import VIEWS
from explorer.sequences.handmade import HANDMADE

ASSETS = Path(__file__).resolve().parents[2] / "assets"


def opened(**parameters: str) -> AppTest:
    """Return the page after its first run, opened with these link parameters."""

    def script() -> None:
        from explorer.pages import cells, surroundings

        surroundings.attend()
        cells.page()

    app = AppTest.from_function(script, default_timeout=120)
    for name, value in parameters.items():
        app.query_params[name] = value
    return app.run()


def settings(app: AppTest) -> CellLab:
    return app.session_state["cells:settings"]


def scene(app: AppTest) -> str:
    """Return what the page hands to the stage, as text."""
    return app.get("bidi_component")[0].proto.json


def complaints(app: AppTest) -> list[str]:
    return [message.value for message in (*app.exception, *app.error, *app.warning)]


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_opens_on_a_picture_without_a_complaint(view: str):
    app = opened(view=view)

    assert complaints(app) == []
    assert app.get("bidi_component")
    assert settings(app).view == view


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("view", ["step", "memory", "patterns", "surgery"])
def test_every_view_takes_every_cell(view: str, cell: str):
    app = opened(view=view, cell=cell, reads="noise", units="6", steps="12")

    assert complaints(app) == []
    assert settings(app).cell == cell


@pytest.mark.parametrize("reads", TRAINED)
def test_every_trained_network_says_that_it_agrees_with_an_independent_way(reads: str):
    for cell in readers_of(reads):
        app = opened(reads=reads, cell=cell)

        assert complaints(app) == []
        assert "agrees with" in " ".join(element.value for element in app.markdown)


def test_turning_to_another_text_keeps_the_cell_only_where_one_was_trained():
    app = opened(cell="gru")

    app.selectbox(key="cells.reads").set_value("english").run()

    assert complaints(app) == []
    assert settings(app).cell == "lstm"


def test_the_view_is_in_the_link_and_the_text_is_the_same_in_the_next_view():
    app = opened(text="f(a)")
    app.segmented_control(key="cells.view").set_value("memory").run()

    assert app.query_params["view"] in ("memory", ["memory"])
    assert settings(app).text == "f(a)"


# ------------------------------------------------------------------------------------ surgery


def test_the_hand_can_be_kept_and_what_was_done_is_listed_and_can_be_undone():
    app = opened(view="surgery")
    app.button(key="cells.keep").click().run()

    assert settings(app).operations == "forget_gate:61:15-18:0"
    assert settings(app).hold == "nothing"
    assert app.multiselect(key="cells.done").value == ["forget_gate:61:15-18:0"]

    app.multiselect(key="cells.done").set_value([]).run()
    assert settings(app).operations == ""
    assert "Nothing changed" in _published(app)


def test_holding_the_forget_gate_of_the_bracket_unit_shut_makes_it_forget_the_brackets():
    app = opened(view="surgery")

    said = _published(app)
    assert "differs from its character 1 on" in said


@pytest.mark.parametrize("hold", HOLDS)
def test_a_part_that_the_cell_lacks_is_held_by_nobody(hold: str):
    app = opened(view="surgery", cell="gru", hold=hold)

    assert complaints(app) == []


@pytest.mark.parametrize(
    "operations",
    ["forget_gate:999:0-1:0", "weight_hh:9999,0:1", "x:500,0:1", "nonsense", "cell:0:3-1:nan"],
)
def test_an_impossible_operation_gets_one_sentence_and_the_page_stays(operations: str):
    app = opened(view="surgery", operations=operations)

    assert not app.exception
    assert len(app.warning) == 1
    assert app.get("bidi_component")


def _published(app: AppTest) -> str:
    """Return the sentences of the last frame that the page published."""
    from explorer.runs.hub import the_hub

    run = the_hub().run(json.loads(scene(app))["token"])
    packets = run.frames_after(-1, 2_000, 1, 50_000_000)
    return b"".join(packets).decode("utf-8", "replace")


# ------------------------------------------------------------------------------------- by hand


@pytest.mark.parametrize("hand", HANDMADE)
def test_a_hand_made_cell_shows_its_verdict_and_its_weights(hand: str):
    app = opened(view="hand", hand=hand)

    assert complaints(app) == []
    badges = " ".join(element.value for element in app.markdown)
    assert ("not solved" in badges) != HANDMADE[hand].solves
    assert "solved" in badges


def test_a_broken_weight_is_in_the_link_and_not_solved():
    app = opened(view="hand", hand="counter", changed="bias_ih:0:-40")

    badges = " ".join(element.value for element in app.markdown)
    assert "not solved" in badges


def test_a_word_in_other_letters_gets_one_sentence():
    app = opened(view="hand", hand="counter", word="xyz")

    assert not app.exception
    assert len(app.warning) == 1
    assert app.get("bidi_component")


# ------------------------------------------------------------------------------------- networks


def test_a_shipped_network_that_is_uploaded_opens_with_its_vocabulary():
    app = opened(view="networks")
    path = ASSETS / "characters-gru.safetensors"
    app.file_uploader(key="cells.file").set_value(
        [(path.name, path.read_bytes(), "application/octet-stream")]
    ).run()

    assert complaints(app) == []
    app.button(key="cells.open.0").click().run()
    assert settings(app).reads == "yours"
    assert settings(app).view == "step"
    assert complaints(app) == []
    assert "agrees with torch.nn.GRU" in " ".join(element.value for element in app.markdown)


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.pt", b"nothing"), ("b.onnx", b""), ("../../c.h5", b"\x89HDF\r\n\x1a\n")],
)
def test_a_file_that_is_none_gets_one_sentence(name: str, content: bytes):
    app = opened(view="networks")
    app.file_uploader(key="cells.file").set_value([(name, content, "x/y")]).run()

    assert not app.exception
    assert len(app.warning) == 1
    assert "\n" not in app.warning[0].value


def test_a_link_to_a_network_that_is_gone_says_so():
    app = opened(reads="yours", upload="0123456789abcdef")

    assert not app.exception
    assert "upload the file again" in app.warning[0].value
    assert app.get("bidi_component")
