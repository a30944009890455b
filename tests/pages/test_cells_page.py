"""The cell lab as Streamlit runs it: every view for every cell, every upload, without a browser."""

import io
import json
import pickle
import subprocess
import sys
import threading
import time
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.numpy import save
from streamlit.testing.v1 import AppTest

from explorer.cells import CELLS, formulas
from explorer.dials import dials, values
from explorer.figures.cells import answers
from explorer.labs.cells import reading
from explorer.labs.cells.retraining import Retraining
from explorer.labs.cells.settings import HOLDS, TRAINED, CellLab, readers_of
from explorer.labs.cells.standing import standing
from explorer.networks import shelf
from explorer.networks.shelf import keep
from explorer.networks.tasks import RECIPES
from explorer.networks.trained import read_network
from explorer.networks.uploads import opened as opened_file
from explorer.pages.cells import VIEWS
from explorer.runs.answers import Answer, Asking, RefusedError, answered, configuration
from explorer.runs.desk import the_desk
from explorer.runs.frames import pack
from explorer.runs.hub import Hub
from explorer.runs.limits import Limits
from explorer.runs.run import Run
from explorer.sequences.handmade import HANDMADE
from tests.pages.wording import worded

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


def handed(app: AppTest) -> dict[str, Any]:
    """Return what the page hands to the stage."""
    found = json.loads(app.get("bidi_component")[-1].proto.json)
    return found if "scene" in found else found["data"]


def column(app: AppTest) -> dict[str, Any]:
    """Return the dials beside the picture by the name of their setting."""
    groups = handed(app)["dials"]["groups"]
    return {knob["name"]: knob for group in groups for knob in group["knobs"]}


def shown(app: AppTest, name: str) -> Any:
    """Return what a dial shows."""
    told = handed(app).get("dials")
    stands = app.session_state[f"cells.{name}"]
    assert told is None or told["settings"][name] == stands
    return stands


def turned(app: AppTest, **settled: Any) -> AppTest:
    """Return the page after its dials came to rest at these values."""
    for name, value in settled.items():
        app.session_state[f"cells.{name}"] = value
    return app.run()


def asking(view: str) -> Asking:
    """Return how the stage of a view asks."""
    return Asking.about(getattr(answers, view), CellLab)


def picture(app: AppTest, **others: Any) -> Answer:
    """Return what the stage is answered when it asks for what its dials say."""
    told = handed(app)["dials"]["settings"] | others
    settings = configuration(asking(told["view"]), told)
    return getattr(answers, told["view"])(settings, False)


def sentences(app: AppTest) -> str:
    return " ".join(picture(app).frames[-1].sentences.values())


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

    turned(app, reads="english")

    assert complaints(app) == ["No GRU was trained to read English. The LSTM reads it instead."]
    assert settings(app).cell == "lstm"
    assert shown(app, "reads") == linked(app, "reads") == "english"
    assert linked(app, "cell") == ""

    turned(app, reads="waves")
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
    assert "Nothing changed" in sentences(app)


def test_a_number_typed_before_the_press_is_the_one_that_is_set():
    app = opened(view="surgery")
    app.selectbox(key="cells.edit.matrix").set_value("weight_hh").run()
    (value,) = (field for field in app.number_input if field.label == "New value")
    (column,) = (field for field in app.number_input if field.label == "Column")
    column.set_value(3)
    value.set_value(5.0)
    next(button for button in app.button if button.label == "Set this weight").click().run()

    assert settings(app).operations == "weight_hh:61,3:5"

    app.number_input(key="cells.edit.lstm.input.at").set_value(2)
    app.number_input(key="cells.edit.lstm.input.reads").set_value(1.5)
    next(button for button in app.button if button.label == "Set this input").click().run()
    assert settings(app).operations.endswith("x:2,0:1.5")


def test_holding_the_forget_gate_of_the_bracket_unit_shut_makes_it_forget_the_brackets():
    app = opened(view="surgery")

    assert "differs from its character 1 on" in sentences(app)


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
    assert shown(app, "reads") == "python"
    assert "your network" not in column(app)["reads"]["written"]
    assert (linked(app, "reads"), linked(app, "cell")) == ("", "gru")
    assert app.run().session_state["cells:settings"] == CellLab(cell="gru")
    assert complaints(app) == []


def test_a_mark_that_has_expired_says_so_even_where_something_else_is_read():
    app = opened(reads="waves", upload="0123456789abcdef")

    assert complaints(app) == [
        "This server does not hold the uploaded network any more; upload the file again."
    ]
    assert shown(app, "reads") == "waves"
    assert "your network" not in column(app)["reads"]["written"]


def brought() -> str:
    """Return the mark of an uploaded file with one GRU of 6 units that reads 3 numbers a step."""
    with torch.random.fork_rng():
        layer = torch.nn.GRU(3, 6)
    file = io.BytesIO()
    torch.save(layer.state_dict(), file)
    return keep(opened_file("mine.pt", file.getvalue()))


def plain_rnn() -> str:
    """Return the mark of an uploaded file with one plain RNN, tanh or relu."""
    return keep(opened_file("mine.pt", of_plain_rnn()))


def of_plain_rnn() -> bytes:
    with torch.random.fork_rng():
        layer = torch.nn.RNN(3, 6, nonlinearity="relu")
    file = io.BytesIO()
    torch.save(layer.state_dict(), file)
    return file.getvalue()


def written(app: AppTest) -> str:
    """Return all that stands on the page."""
    return " ".join(element.value for element in app.markdown)


def test_of_a_plain_rnn_one_chooses_the_activation_and_the_link_keeps_it():
    app = opened(view="networks")
    app.file_uploader(key="cells.file").set_value([("rnn.ckpt", of_plain_rnn(), "x/y")]).run()
    assert "tanh is assumed" in written(app)

    app.segmented_control(key="cells.squash.0").set_value("relu").run()
    assert "relu is assumed" in written(app)
    assert "as torch.nn.RNN exactly; part is assumed" in written(app)
    assert "agrees" not in written(app)
    app.button(key="cells.open.0").click().run()

    assert complaints(app) == []
    assert linked(app, "squash") == "relu"
    assert (settings(app).view, settings(app).squash) == ("step", "relu")
    assert shown(app, "squash") == "relu"
    assert column(app)["squash"]["values"] == ["tanh", "relu"]
    assert "as torch.nn.RNN exactly; part is assumed" in written(app)
    assert "agrees" not in written(app)


def test_an_uploaded_lstm_that_says_all_agrees():
    app = opened(reads="yours", upload=brought())

    assert "agrees with torch.nn.GRU" in written(app)
    assert "squash" not in column(app)


def talker(units: int = 6, beside: int = 0, **said: object) -> str:
    """Return the mark of an uploaded network of letters, with more matrices that would fit."""
    with torch.random.fork_rng():
        parts = {
            "embedding": torch.nn.Embedding(5, 4),
            "rnn": torch.nn.LSTM(4, units),
            "fc": torch.nn.Linear(units, 5),
        }
        parts |= {f"more{k}": torch.nn.Linear(units, 5) for k in range(beside)}
    file = io.BytesIO()
    known = said or {"chars": "abc \n"}
    torch.save({"model": torch.nn.ModuleDict(parts).state_dict(), **known}, file)
    return keep(opened_file("talker.pt", file.getvalue()))


def texts(app: AppTest) -> str:
    found = (*app.markdown, *app.caption, *app.info)
    return " ".join(element.value for element in found).replace("\\", "")


@pytest.mark.parametrize("view", ["step", "memory", "patterns", "surgery", "writing"])
def test_a_network_of_letters_that_was_brought_is_looked_at_in_every_view(view: str):
    app = opened(view=view, reads="yours", upload=talker())

    assert complaints(app) == []
    assert "5 letters, by chars." in texts(app)
    assert "prompt" in column(app) if view == "writing" else "given" in column(app)


def test_an_alphabet_that_is_typed_in_is_in_the_link_and_what_is_missing_is_said():
    upload = talker(epoch=3)
    bare = opened(reads="yours", upload=upload)
    right = opened(reads="yours", upload=upload, alphabet="abc ↵", given="cab↵a")
    short = opened(reads="yours", upload=upload, alphabet="abc")

    assert "It reads noise: it has what reads and what expects 5 codes" in texts(bare)
    assert complaints(bare) == complaints(right) == complaints(short) == []
    assert linked(right, "alphabet") == "abc ↵"
    assert "5 letters, by the alphabet that was typed in." in texts(right)
    assert "does not fit: 5 rows, 3 letters" in texts(short)
    assert linked(short, "alphabet") == "abc"


def test_letters_outside_the_alphabet_are_named_and_the_example_is_read():
    app = opened(reads="yours", upload=talker(), given="cabX")

    assert complaints(app) == [
        "The alphabet of this network has no “X”, and no code for unknown letters; type without "
        "them."
    ]
    assert (shown(app, "reads"), shown(app, "given")) == ("yours", "")


def test_of_a_large_network_the_page_says_which_units_it_shows():
    app = opened(reads="yours", upload=talker(units=300))

    assert column(app)["showing"]["written"] == [
        "256 of 300 units, the most active",
        "256 of 300 units, 0 to 255",
        "256 of 300 units, 44 to 299",
    ]
    assert "Shown are 256 of 300 units, the most active." in texts(app)


def test_a_forgetting_curve_that_would_take_minutes_is_not_offered_and_why_is_said():
    app = opened(view="memory", reads="yours", upload=talker(units=300))

    assert "A forgetting curve is measured of up to 256 units, and there are 300." in texts(app)
    assert [toggle.key for toggle in app.toggle] == []
    assert [toggle.key for toggle in opened(view="memory").toggle] == ["cells.forgetting"]


def test_a_letter_outside_the_alphabet_is_said_beside_the_line_while_it_is_typed():
    given = {"reads": "yours", "upload": talker(), "given": "abX"}

    with pytest.raises(RefusedError, match="has no “X”") as refused:
        answered(Asking.about(answers.step, CellLab), given, True)

    assert refused.value.name == "given"


def test_a_file_without_an_alphabet_is_given_one_where_it_was_brought():
    app = opened(view="networks", upload=talker(epoch=3))
    field = app.text_input(key="cells.alphabet.0")

    field.set_value("abc ↵").run()

    assert complaints(app) == []
    assert linked(app, "alphabet") == "abc ↵"
    assert "It reads letters." in texts(app)


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
            "No GRU was trained to read English. The LSTM reads it instead.",
            "cell",
            "lstm",
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


SPANS = [
    ({"text": "abc"}, (2, 2), []),
    ({"text": "a"}, (0, 0), []),
    ({"text": "f(a[0])", "first": "5", "last": "900"}, (5, 6), [7]),
    ({"text": "f(a[0])", "first": "1000", "last": "1500"}, (6, 6), [7]),
    ({"text": "f(a[0])", "first": "1", "last": "4"}, (1, 4), []),
    ({"first": "20", "last": "25"}, (20, 25), []),
]


@pytest.mark.parametrize("view", ["patterns", "surgery"])
@pytest.mark.parametrize(("given", "span", "said"), SPANS)
def test_a_span_stands_within_what_is_read_in_dials_link_caption_and_picture(
    view: str, given: dict[str, str], span: tuple[int, int], said: list[int]
):
    app = opened(view=view, **given)

    assert complaints(app) == [
        f"The span ends at character {end}, the last that is read." for end in said
    ]
    assert tuple(shown(app, name) for name in ("first", "last")) == span
    assert tuple(int(linked(app, name)) for name in ("first", "last")) == span
    select = picture(app).select
    assert (select["span_first"], select["span_last"]) == span
    for name, at in zip(("first", "last"), span, strict=True):
        knob = column(app).get(name)
        if knob is None:  # one step alone has no span to choose
            assert given["text"] == "a"
            continue
        assert (knob["low"], knob["high"]) == (0, len(knob["written"]) - 1)
        assert knob["written"][at] == str(at + 1)
    if view == "surgery":
        first, last = (at + 1 for at in span)
        reach = f"at character {first}" if first == last else f"from character {first} to {last}"
        assert f" {reach}." in worded(" ".join(one.proto.body for one in app.get("html")))


def test_a_text_that_becomes_shorter_takes_the_span_along():
    app = opened(view="surgery")
    assert (shown(app, "first"), shown(app, "last")) == (15, 18)

    turned(app, text="abc")

    assert complaints(app) == []
    assert (shown(app, "first"), shown(app, "last")) == (2, 2)
    assert column(app)["last"]["high"] == 2


def test_a_view_without_a_span_leaves_that_of_its_link_alone():
    app = opened(view="step", text="abc", first="20", last="25")

    assert complaints(app) == []
    assert (linked(app, "first"), linked(app, "last")) == ("20", "25")


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

    menu = column(opened())["reads"]
    assert "sunspots" not in menu["values"]
    assert "English" in menu["written"]

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
    assert "gru" not in column(app)["cell"]["values"]


def test_without_any_network_noise_is_read_and_the_page_stands(without):
    without(*RECIPES)

    app = opened()
    assert complaints(app)[0].endswith(" Noise, untrained is read instead, by the LSTM.")
    assert app.get("bidi_component")
    assert column(app)["reads"]["written"] == ["noise, untrained"]

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
    said = worded(" ".join(element.value for element in app.html))
    assert "RNN and GRU read the result" in said


def test_the_home_page_opens_without_the_network_that_it_shows(without):
    without("characters-lstm")

    def script() -> None:
        from explorer.pages import home, surroundings

        surroundings.attend()
        home.page()

    app = AppTest.from_function(script, default_timeout=120).run()

    assert complaints(app) == []
    assert len(app.get("bidi_component")) == 3


# ------------------------------------------------------------------------------------- answers

ROWS = dials(CellLab)
ANSWERED = ("step", "memory", "patterns", "surgery", "hand", "writing")
SMALL = {"reads": "noise", "units": 6, "steps": 12}


def test_every_view_with_a_picture_of_its_own_is_answered():
    assert set(ANSWERED) == VIEWS.keys() - {"networks"}
    for view in ANSWERED:
        told = handed(opened(view=view))
        assert told["answers"]
        assert told["scene"] is None


def test_every_dial_has_its_place_in_a_view_and_stands_nowhere_else():
    placed = {view: set(column(opened(view=view))) for view in ANSWERED}
    readings = {
        name
        for reads in ("waves", "english", "sunspots", "digits", "noise")
        for name in column(opened(reads=reads))
    }
    ways = column(opened(reads="noise", layers="2"))
    squash = column(opened(reads="yours", upload=plain_rnn()))
    own = column(opened(reads="yours", upload=talker(units=300, beside=1)))

    below = {"view", "upload", "part", "operations", "changed"}  # tabs, files, tables
    playhead = {"step"}
    shared = {"given", "which"}  # of tasks without a dial of their own, of which there is none
    found = set().union(*placed.values(), readings, ways, squash, own)
    assert found == ROWS.keys() - below - playhead - (shared - own.keys())
    assert own.keys() == {"reads", "given", "alphabet", "wiring", "showing"}
    assert placed["surgery"] >= {"hold", "value", "first", "last", "everyone", "unit", "reads"}
    assert placed["patterns"] >= {"threshold", "strict", "first", "last", "unit"}
    assert placed["writing"] == {"cell", "prompt", "temperature", "top_k", "length", "seed"}
    assert placed["hand"] == {"hand", "word"}


@pytest.mark.parametrize("view", ANSWERED)
def test_a_dial_shows_a_value_that_it_offers(view: str):
    app = opened(view=view)

    for name, knob in column(app).items():
        if knob["kind"] in ("row", "menu", "scale"):
            assert shown(app, name) in knob["values"]
            assert len(knob["values"]) == len(knob["written"])
        elif knob["kind"] in ("slider", "field"):
            assert knob["low"] <= shown(app, name) <= knob["high"]


def test_what_is_read_takes_along_what_belongs_to_another_network():
    knob = column(opened(view="surgery"))["reads"]

    default = values(CellLab())
    theirs = {name: default[name] for name in ("given", "which", "place", "unit", "showing")}
    assert knob["turns"] == [theirs] * len(knob["values"])


def test_another_hand_made_cell_takes_word_and_weights_along():
    app = opened(view="hand", hand="counter", word="aab", changed="bias_ih:0:-40")

    turned(app, hand="parity", **column(app)["hand"]["turns"][-1])

    assert complaints(app) == []
    assert picture(app).frames
    assert settings(app) == CellLab(view="hand", hand="parity")


@pytest.mark.parametrize("view", ["step", "memory", "patterns", "surgery"])
def test_what_is_picked_in_a_picture_turns_the_dials_that_its_answer_reads(view: str):
    app = opened(view=view)
    picks = handed(app)["dials"]["picks"]

    answer = picture(app, **{picks["unit"]: 7, picks["span_first"]: 2, picks["span_last"]: 9})

    assert answer.select["unit"] == 7
    if view in ("patterns", "surgery"):
        assert (answer.select["span_first"], answer.select["span_last"]) == (2, 9)


@pytest.mark.parametrize("view", ANSWERED)
def test_the_answer_to_a_link_is_the_same_in_another_process_bit_for_bit(view: str):
    given = {"view": view, "text": "f(a[0])", "prompt": "x = ", "length": 12, "word": ""}
    given |= {"last": 4, "first": 2, "threshold": 0.25, "value": 0.4}
    code = (
        "import pickle, sys, torch; torch.set_num_threads(1)\n"
        "from explorer.runs.answers import Asking, answered\n"
        "asking, given = pickle.loads(sys.stdin.buffer.read())\n"
        "sys.stdout.buffer.write(pickle.dumps(answered(asking, given, False)))"
    )

    there = subprocess.run(
        [sys.executable, "-c", code],
        input=pickle.dumps((asking(view), given)),
        capture_output=True,
        check=True,
        timeout=120,
    )
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # as in the processes that answer
    try:
        link = {name: str(value) for name, value in given.items() if value != ""}
        here = answered(asking(view), handed(opened(**link))["dials"]["settings"], False)
    finally:
        torch.set_num_threads(threads)

    assert pickle.loads(there.stdout) == here


@pytest.mark.parametrize("view", ["surgery", "step", "memory", "patterns"])
def test_a_hand_that_moves_is_answered_in_full_where_that_is_quick(view: str):
    given = {"view": view, "text": "f(a[0])"}

    assert answered(asking(view), given, True) == answered(asking(view), given, False)


def test_a_verdict_that_takes_thousands_of_sequences_waits_for_the_hand_and_says_so():
    given = {"view": "hand", "hand": "counter", "changed": "bias_ih:0:39.5"}
    lab = configuration(asking("hand"), given)

    moving = answers.hand(lab, True)
    at_rest = answers.hand(lab, False)
    again = answers.hand(lab, True)

    assert moving.coarse == "while it moves: no verdict"
    assert "as soon as the hand rests" in moving.frames[0].sentences["verdict"]
    assert moving.scene == at_rest.scene
    for one, other in zip(moving.frames, at_rest.frames, strict=True):
        assert all(np.array_equal(one.arrays[name], other.arrays[name]) for name in one.arrays)
    assert at_rest.coarse == again.coarse == ""
    assert "olved: " in again.frames[0].sentences["verdict"]


def test_what_letters_rest_on_waits_for_the_hand_and_nothing_else_does():
    lab = CellLab(view="writing", length=20, temperature=0.85)

    moving, at_rest = (answers.writing(lab, moves) for moves in (True, False))

    assert moving.coarse == "while it moves: not what the letters rest on"
    assert moving.scene == at_rest.scene
    for one, other in zip(moving.frames, at_rest.frames, strict=True):
        for name, given in one.arrays.items():
            same = np.array_equal(given, other.arrays[name])
            assert same != (name.endswith("/saliency") and other.step > 0)


# ------------------------------------------------ settings as the browser says them in between


@pytest.mark.parametrize("view", ["step", "memory", "patterns", "surgery"])
@pytest.mark.parametrize("reads", [*TRAINED, "noise"])
def test_another_text_is_answered_while_the_other_dials_stand_as_they_stood(view: str, reads: str):
    app = opened(view=view, cell="gru_before", text="f(a[0])", hold="hidden", value="-2.5")

    answer = picture(app, reads=reads, unit=63, hold="forget_gate", first=500, last=900)

    assert answer.frames
    assert 0 <= answer.select["unit"] < 64
    assert 0 <= answer.start < len(answer.frames)


@pytest.mark.parametrize(
    ("given", "like"),
    [
        ({"reads": "english", "cell": "gru"}, {"reads": "english", "cell": "lstm"}),
        ({"place": 7, "reads": "digits"}, {"reads": "digits"}),
        ({"unit": 900}, {}),
        ({"view": "surgery", "hold": "input_gate", "value": -2.0}, {"value": 0.0}),
        ({"view": "surgery", "hold": "reset_gate"}, {"hold": "nothing"}),
        (
            {"view": "patterns", "steps": 9, "reads": "noise"},
            {"reads": "noise", "steps": 9, "first": 8, "last": 8},
        ),
        ({"view": "writing", "cell": "lstm_coupled"}, {"cell": "lstm"}),
        ({"reads": "yours"}, {"reads": "python"}),
    ],
)
def test_what_does_not_go_together_is_answered_as_the_page_then_turns_its_dials(given, like):
    lab = configuration(asking("step"), given)
    like = {name: value for name, value in given.items() if name in ("view", "hold")} | like

    assert standing(lab).settings == configuration(asking("step"), like)
    app = opened(**{name: str(value) for name, value in given.items()})
    # Of several places the page names the one that the network's card does.
    assert replace(settings(app), place=-1) == replace(standing(lab).settings, place=-1)


@pytest.mark.parametrize(
    ("view", "given", "name", "says"),
    [
        ("step", {"cell": "transformer"}, "cell", "unknown cell 'transformer'; choose from"),
        (
            "step",
            {"reads": "waves", "numbers": "0.1 zero"},
            "numbers",
            "'zero' in place 2 is not a n",
        ),
        ("step", {"text": ""}, "text", "there must be at least one character to read"),
        ("step", {"units": 0, "reads": "noise"}, "units", "units must be between 1 and 256"),
        ("patterns", {"threshold": 1e300}, "threshold", "threshold must be between 0 and 1"),
        ("surgery", {"value": 200.0}, "value", "value must be between -100 and 100, not 200"),
        ("surgery", {"operations": "rm -rf"}, "operations", "'rm' is no operation"),
        ("surgery", {"operations": "forget_gate:999:0-1:0"}, "operations", "unit of a clamp of"),
        ("hand", {"word": "xyz"}, "word", "unknown symbol 'x'; choose from 'a', 'b'"),
        ("hand", {"changed": "weight_ih:99,0:1"}, "changed", "row of an edit of weight_ih"),
        ("writing", {"temperature": -1}, "temperature", "temperature must be between 0 and 5"),
        ("writing", {"length": 10**9}, "length", "length must be between 1 and 400"),
    ],
)
def test_a_wrong_value_is_refused_at_its_dial(view: str, given: dict, name: str, says: str):
    with pytest.raises(RefusedError) as refused:
        answered(asking(view), {"view": view} | given, True)

    assert refused.value.name == name
    assert str(refused.value).startswith(says)


# ----------------------------------------------------------------------- a network that was brought


def test_an_uploaded_network_is_brought_to_the_processes_that_answer(monkeypatch):
    told = []
    monkeypatch.setattr(the_desk(), "bring", lambda brought, most: told.append((brought, most)))
    app = opened(view="networks")
    path = ASSETS / "characters-gru.safetensors"
    app.file_uploader(key="cells.file").set_value(
        [(path.name, path.read_bytes(), "application/octet-stream")]
    ).run()
    ((brought, most),) = told
    app.button(key="cells.open.0").click().run()
    there = answers.step(settings(app), False)

    monkeypatch.setattr(shelf, "_shelf", type(shelf._shelf)())  # as in a process that just began
    monkeypatch.setattr(reading, "_read", reading._read.__wrapped__)
    with pytest.raises(ValueError, match="does not hold the uploaded network"):
        reading.read(settings(app))
    module, _, take = brought.to.partition(":")
    getattr(sys.modules[module], take)(brought.name, brought.body)
    again = answers.step(settings(app), False)

    assert most == shelf.MOST_UPLOADS
    assert again.scene == there.scene
    for one, other in zip(again.frames, there.frames, strict=True):
        assert one.scalars == other.scalars
        assert all(np.array_equal(one.arrays[name], other.arrays[name]) for name in one.arrays)


@pytest.mark.parametrize(("rested", "updates"), [(("the run", 35), 35), (("another", 35), 100)])
def test_what_was_learned_is_opened_as_the_picture_shows_it(monkeypatch, rested, updates):
    experiment = Retraining("sunspots-lstm", updates=500, seed=1)
    run = Run(1, "the run", experiment, 500, Limits(), threading.RLock(), time.monotonic)
    for index, frame in enumerate(islice(experiment.stream(), 25)):  # to update 120
        run.receive([pack(frame, index, {})], index, frame.step)
        if frame.state is not None:
            run.keep(index, frame.step, save(dict(frame.state)))
    monkeypatch.setattr(Hub, "run", lambda hub, token: run)
    app = opened(view="networks")
    app.selectbox(key="cells.retrain.name").set_value("sunspots-lstm")
    app.select_slider(key="cells.retrain.updates").set_value(500).run()
    app.session_state["cells:rested"] = rested

    app.button(key="cells.retrained").click().run()

    assert settings(app).view == "step"
    name, content = app.session_state["cells.retrained.file"]
    assert name == "sunspots-lstm.safetensors"
    assert read_network("made", content).card.updates == updates
