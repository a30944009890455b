"""The cell lab as Streamlit runs it: every view for every cell, every upload, without a browser."""

import io
import json
from pathlib import Path

import pytest
import torch
from streamlit.testing.v1 import AppTest

from explorer.cells import CELLS, formulas
from explorer.labs.cells.settings import HOLDS, TRAINED, CellLab, readers_of
from explorer.networks.shelf import keep
from explorer.networks.tasks import RECIPES
from explorer.networks.uploads import opened as opened_file
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


def shown(app: AppTest, name: str) -> object:
    """Return what a dial shows."""
    return app.session_state[f"cells.{name}"]


def linked(app: AppTest, name: str) -> str:
    """Return what the link says of a setting; empty where it is the default."""
    value = app.query_params.get(name, "")
    return value[0] if isinstance(value, list) else value


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


@pytest.mark.parametrize("cell", CELLS)
def test_the_help_of_a_step_shows_the_formulas_of_the_cell_that_reads_and_their_source(cell: str):
    app = opened(cell=cell, reads="noise", units="6", steps="12")

    app.session_state["unfolded.How to read this"] = True
    told = "\n".join(element.value for element in app.run().markdown)

    for line in formulas(CELLS[cell]):
        assert line.replace(" = ", " &= ", 1) in told
    assert f"**One step of the {CELLS[cell].label}** ({CELLS[cell].source})." in told


@pytest.mark.parametrize("reads", TRAINED)
def test_every_trained_network_says_that_it_agrees_with_an_independent_way(reads: str):
    for cell in readers_of(reads):
        app = opened(reads=reads, cell=cell)

        assert complaints(app) == []
        assert "agrees with" in " ".join(element.value for element in app.markdown)


def test_turning_to_another_text_keeps_the_cell_only_where_one_was_trained():
    app = opened(cell="gru")

    app.selectbox(key="cells.reads").set_value("english").run()

    assert complaints(app) == ["No GRU was trained to read English. The LSTM reads it instead."]
    assert settings(app).cell == "lstm"
    assert shown(app, "reads") == linked(app, "reads") == "english"
    assert linked(app, "cell") == ""

    app.selectbox(key="cells.reads").set_value("waves").run()
    assert complaints(app) == []


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


# ------------------------------------------------------------- a menu shows what plays


@pytest.mark.parametrize("view", ["step", "memory", "patterns", "surgery", "networks"])
def test_a_link_to_a_network_that_is_gone_says_so_and_the_dial_goes_to_what_is_read(view: str):
    app = opened(view=view, reads="yours", upload="0123456789abcdef")

    assert complaints(app) == [
        "This server does not hold the uploaded network any more; upload the file again. "
        "Python source is read instead, by the LSTM."
    ]
    assert app.get("bidi_component")
    assert shown(app, "reads") == settings(app).reads == "python"
    assert linked(app, "reads") == linked(app, "upload") == settings(app).upload == ""


def test_a_link_to_an_uploaded_network_without_one_says_so_and_shows_what_is_read():
    app = opened(reads="yours", cell="gru")

    assert complaints(app) == [
        "There is no uploaded network here; bring one in the view Networks. "
        "Python source is read instead, by the GRU."
    ]
    menu = app.selectbox(key="cells.reads")
    assert menu.value == "python"
    assert "your network" not in menu.options
    assert (linked(app, "reads"), linked(app, "cell")) == ("", "gru")
    assert app.run().session_state["cells:settings"] == CellLab(cell="gru")
    assert complaints(app) == []


def test_a_mark_that_has_expired_says_so_even_where_something_else_is_read():
    app = opened(reads="waves", upload="0123456789abcdef")

    assert complaints(app) == [
        "This server does not hold the uploaded network any more; upload the file again."
    ]
    assert shown(app, "reads") == "waves"
    assert "your network" not in app.selectbox(key="cells.reads").options


def brought() -> str:
    """Return the mark of an uploaded file with one GRU of 6 units that reads 3 numbers a step."""
    with torch.random.fork_rng():
        layer = torch.nn.GRU(3, 6)
    file = io.BytesIO()
    torch.save(layer.state_dict(), file)
    return keep(opened_file("mine.pt", file.getvalue()))


def test_a_part_that_an_uploaded_file_does_not_have_gets_a_sentence():
    app = opened(reads="yours", upload=brought(), part="5")

    assert complaints(app) == ["The uploaded file has no part 5: they are counted from 0 to 0."]
    assert (shown(app, "reads"), settings(app).part) == ("yours", 0)
    assert "agrees with torch.nn.GRU" in " ".join(element.value for element in app.markdown)


@pytest.mark.parametrize(
    ("link", "said", "name", "now"),
    [
        ({"unit": "64"}, "Unit must be between 0 and 63 here, not 64.", "unit", -1),
        ({"place": "2", "reads": "digits"}, "Place must be between 0 and 1 for lst", "place", 0),
        ({"place": "9"}, "Place must be between 0 and 0 for lstm of 64 units,", "place", -1),
        (
            {"reads": "english", "cell": "gru"},
            "The link's settings do not go together: no network of the cell 'gru' was trained to "
            "read English; choose from 'lstm'.",
            "reads",
            "python",
        ),
        ({"view": "surgery", "value": "7"}, "The forget gate is held between 0 and 1", "value", 1),
    ],
)
def test_what_the_network_does_not_have_gets_a_sentence_and_the_dial_turns(link, said, name, now):
    app = opened(**link)

    assert len(complaints(app)) == 1
    assert complaints(app)[0].startswith(said)
    assert shown(app, name) == now
    assert linked(app, name) in ("", str(now), f"{now}.0")
    assert app.get("bidi_component")


def test_a_hand_is_laid_on_what_the_cell_that_reads_has_not_on_what_the_dial_of_another_says():
    app = opened(view="surgery", reads="yours", upload=brought(), hold="forget_gate")

    assert complaints(app) == []
    assert [note.value for note in app.info] == [
        "This cell has no forget gate to hold, so nothing is held."
    ]
    assert shown(app, "hold") == settings(app).hold == "nothing"


def test_an_operation_that_is_refused_leaves_what_is_read_alone():
    app = opened(view="surgery", reads="noise", operations="reset_gate:0:0-0:1")

    assert len(complaints(app)) == 1
    assert complaints(app)[0].endswith("; nothing was done.")
    assert shown(app, "reads") == settings(app).reads == "noise"
    assert shown(app, "operations") == linked(app, "operations") == ""


def test_in_writing_a_cell_that_does_not_write_is_named():
    app = opened(view="writing", cell="lstm_peephole")

    assert complaints(app) == []
    assert [note.value for note in app.info] == ["Peephole does not write here; LSTM does."]
    assert shown(app, "cell") == settings(app).cell == "lstm"


# ------------------------------------------------------------------------- a missing network


@pytest.fixture
def without(tmp_path, monkeypatch):
    """Return a way to leave networks out of the folder they ship in, or to damage them."""

    def leave_out(*names: str, damage: bool = False) -> None:
        for path in ASSETS.glob("*.safetensors"):
            if path.stem not in names:
                (tmp_path / path.name).symlink_to(path)
            elif damage:
                (tmp_path / path.name).write_bytes(path.read_bytes()[:-1])
        monkeypatch.setattr("explorer.networks.shipped.ASSETS", tmp_path)

    return leave_out


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("damage", [False, True])
def test_a_view_opens_without_a_network_that_it_does_not_need(view, damage, without):
    without("sunspots-lstm", damage=damage)

    app = opened(view=view)

    assert complaints(app) == []
    assert app.get("bidi_component")


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (
            False,
            "sunspots-lstm.safetensors is missing; make it with python -m explorer train "
            "sunspots-lstm --out assets/sunspots-lstm.safetensors",
        ),
        (True, "sunspots-lstm.safetensors is not a trained network: "),
    ],
)
def test_a_network_that_is_not_here_is_a_sentence_in_the_table_and_not_in_the_menu(
    damage, said, without
):
    without("sunspots-lstm", damage=damage)

    app = opened(view="networks")
    table = app.dataframe[0].value.set_index("network")
    assert table.loc["sunspots-lstm", "held out"].startswith(said)
    assert table.loc["sunspots-lstm", "reads"] == "yearly sunspot numbers"
    assert list(table.index) == list(RECIPES)
    assert "nats a character" in table.loc["english-lstm", "held out"]
    app.selectbox(key="cells.retrain.name").set_value("sunspots-lstm").run()
    assert complaints(app) == []
    assert not app.get("download_button")

    menu = opened().selectbox(key="cells.reads")
    assert "sunspots" not in menu.options
    assert "English" in menu.options

    app = opened(reads="sunspots", first_year="1950")
    assert len(complaints(app)) == 1
    assert complaints(app)[0].startswith(f"The file {said}")
    assert complaints(app)[0].endswith(" Python source is read instead, by the LSTM.")
    assert shown(app, "reads") == settings(app).reads == "python"
    assert linked(app, "reads") == ""


def test_a_cell_whose_network_is_not_here_is_not_offered_and_a_link_to_it_says_why(without):
    without("characters-gru")

    app = opened(cell="gru")

    assert len(complaints(app)) == 1
    assert complaints(app)[0].startswith("The file characters-gru.safetensors is missing; make it")
    assert complaints(app)[0].endswith(" The LSTM reads it instead.")
    assert shown(app, "cell") == settings(app).cell == "lstm"
    assert "GRU" not in app.get("button_group")[1].options


def test_without_any_network_noise_is_read_and_the_page_stands(without):
    without(*RECIPES)

    app = opened()
    assert complaints(app)[0].endswith(" Noise, untrained is read instead, by the LSTM.")
    assert app.get("bidi_component")
    assert app.selectbox(key="cells.reads").options == ["noise, untrained"]

    writing = opened(view="writing")
    assert writing.exception == []
    assert "characters-rnn_tanh.safetensors is missing" in writing.warning[-1].value
    networks = opened(view="networks")
    assert networks.exception == []
    assert networks.dataframe[0].value["held out"].str.contains("is missing").all()


def test_the_networks_that_write_are_those_that_are_here(without):
    without("characters-lstm")

    app = opened(view="writing", cell="gru")

    assert complaints(app) == []
    assert "characters-lstm.safetensors is missing" in app.info[0].value
    assert settings(app).cell == "gru"
    assert "RNN and GRU read the result" in " ".join(element.value for element in app.html)


def test_the_home_page_opens_without_the_network_that_it_shows(without):
    without("characters-lstm")

    def script() -> None:
        from explorer.pages import home, surroundings

        surroundings.attend()
        home.page()

    app = AppTest.from_function(script, default_timeout=120).run()

    assert complaints(app) == []
    assert len(app.get("bidi_component")) == 3
