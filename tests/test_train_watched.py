"""A watched training as files: they hold what was recorded, and are whole or not there."""

import csv

import numpy as np
import pytest
from playwright.sync_api import Browser
from torch import nn

from explorer import gradients
from explorer.labs.gradients.watched import recording
from explorer.runs.recorded import from_chunk
from tests.a_training import watched
from tests.stage.chromium import chromium  # noqa: F401


def test_frames_are_those_of_the_recording(tmp_path):
    watching = watched()
    watching.save(str(tmp_path / "run.frames"), forget_bias=1.0)
    still, frames = from_chunk((tmp_path / "run.frames").read_bytes())
    expected = recording(watching, forget_bias=1.0).frames

    assert "forget bias of 1" in still.sentences["look"]
    assert [frame.step for frame in frames] == [0, 2, 4]
    for mine, theirs in zip(frames, expected, strict=True):
        for name, values in theirs.arrays.items():
            np.testing.assert_array_equal(mine.arrays[name], values)


def test_the_table_is_written_in_full_precision(tmp_path):
    watching = watched()
    watching.save(str(tmp_path / "run.csv"))
    with (tmp_path / "run.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))

    norms = np.concatenate([one.flows[0].cell for one in watching.steps])
    assert [float(row["c"]) for row in rows] == norms.tolist()
    assert rows[0]["layer"] == "read"


def test_the_page_plays_from_a_disk(chromium: Browser, tmp_path):  # noqa: F811
    watching = watched(num_layers=2, name="<i>read")
    watching.save(str(tmp_path / "run.html"), forget_bias=3.0)
    page = chromium.new_page(bypass_csp=True)
    logged = []
    page.on("console", lambda message: logged.append(message.text))
    page.on("pageerror", lambda error: logged.append(str(error)))
    page.goto((tmp_path / "run.html").as_uri())
    page.wait_for_selector(".stage[data-state=idle]")
    page.keyboard.press("End")
    page.wait_for_function("document.querySelector('.stage').dataset.frame === '2'")
    said, lead = page.locator(".stage").inner_text(), page.locator("p").first.text_content()
    page.close()

    assert logged == []
    assert lead == watching.verdict()
    assert "<i>read, layer 1" in said


def test_a_notebook_shows_the_same_page_in_a_frame_of_its_own():
    watching = watched()
    shown = watching._repr_html_()

    assert shown.startswith("<iframe srcdoc=")
    assert shown.endswith("</iframe>")
    assert shown.count("<") == 2  # nothing of the page stands outside of the attribute
    assert "train a step" in gradients.watch(nn.GRU(1, 1))._repr_html_()


def test_what_cannot_be_written_is_refused_and_leaves_nothing(tmp_path):
    watching, empty = watched(), gradients.watch(nn.GRU(1, 1))

    with pytest.raises(ValueError, match=r"unknown suffix '.png' of 'run.png'; choose from .html"):
        watching.save(str(tmp_path / "run.png"))
    with pytest.raises(ValueError, match="a table has no twin"):
        watching.save(str(tmp_path / "run.csv"), forget_bias=1.0)
    for name in ("run.html", "run.csv", "run.frames"):
        with pytest.raises(ValueError, match="nothing was recorded yet"):
            empty.save(str(tmp_path / name))
    with pytest.raises(OSError, match="cannot write to"):
        watching.save(str(tmp_path / "nowhere" / "run.csv"))
    assert list(tmp_path.iterdir()) == []
