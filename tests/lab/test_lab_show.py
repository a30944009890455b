"""A picture in a notebook: it carries all it plays, and a wrong request gets one sentence."""

import html
import json
import re
import sys
import types
from pathlib import Path

import pytest

from explorer import lab
from explorer.__main__ import main
from explorer.lab import played as pictures
from explorer.runs.reel import reel
from explorer.stage.standalone import in_script

LINK = "/gans?width=8&batch=16&seed=3"
ASSETS = Path(__file__).parents[2] / "assets"


def page_in(output: str) -> str:
    """Return the page that the HTML of an output holds."""
    (held,) = re.findall(r'<iframe srcdoc="([^"]*)"', output)
    return html.unescape(held)


def test_the_saved_output_holds_the_whole_page_with_its_frames_and_asks_nobody(tmp_path):
    picture = lab.show(LINK, steps=12)
    assert picture is not None
    cell = {"cell_type": "code", "outputs": [{"data": {"text/html": picture._repr_html_()}}]}
    (tmp_path / "saved.ipynb").write_text(json.dumps({"cells": [cell]}))
    saved = json.loads((tmp_path / "saved.ipynb").read_text())
    page = page_in(saved["cells"][0]["outputs"][0]["data"]["text/html"])

    assert [frame.step for frame in picture.frames] == list(range(13))
    assert page == picture.page()
    assert in_script(picture.scene)[:200] in page
    assert "default-src 'none'" in page
    assert not re.findall(r'(?:src|href)="', page)


def test_in_a_notebook_it_is_shown_at_once(monkeypatch: pytest.MonkeyPatch):
    shown = []
    ipython, display = types.ModuleType("IPython"), types.ModuleType("IPython.display")
    ipython.get_ipython = lambda: "a kernel"
    display.display = shown.append
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setitem(sys.modules, "IPython.display", display)

    assert lab.show("/gans?view=dirac") is None
    assert [len(each.frames) for each in shown] == [501]


def test_what_train_wrote_plays_again_as_it_was_trained(tmp_path):
    assert main(["train", f"{LINK}&steps=10", "--out", str(tmp_path / "run.frames")]) == 0
    played, trained = lab.picture(tmp_path / "run.frames"), lab.picture(LINK, steps=10)

    assert played.scene == trained.scene
    for one, other in zip(played.frames, trained.frames, strict=True):
        assert one.scalars == pytest.approx(other.scalars, nan_ok=True)


@pytest.mark.parametrize("name", ["watched-lstm", "home-gans", "home-cells", "home-gradients"])
def test_every_shipped_recording_plays(name: str):
    assert 'id="frames"' in lab.picture(ASSETS / f"{name}.frames").page()


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("gans", r"^'gans' is neither a link such as '/gans\?data=grid' nor a \.frames file$"),
        ("/nowhere", r"^there is no page '/nowhere'"),
        ("/gans?data=rings", r"unknown data 'rings'; choose from"),
        ("/gans?colour=3", r"unknown setting, 'colour'$"),
        ("/gans?view=records", r"^the view 'records' of /gans has no picture"),
    ],
)
def test_a_wrong_link_gets_one_sentence(what: str, said: str):
    with pytest.raises(ValueError, match=said) as refusal:
        lab.show(what)

    assert "\n" not in str(refusal.value)


def test_a_wrong_file_and_a_length_that_cannot_be_given_get_a_sentence(tmp_path):
    (tmp_path / "a.frames").write_bytes(b"nothing of ours")
    with pytest.raises(ValueError, match=r"^a\.frames holds no recording: "):
        lab.show(tmp_path / "a.frames")
    with pytest.raises(FileNotFoundError):
        lab.show(tmp_path / "b.frames")
    with pytest.raises(ValueError, match=r"it has no steps$"):
        lab.show("/gans?view=dirac", steps=5)
    with pytest.raises(ValueError, match=r"^a page is written to a \.html file"):
        lab.picture("/gans?view=dirac").save(tmp_path / "a.pdf")


def test_what_is_too_large_for_a_notebook_says_so_or_says_what_was_left_out(monkeypatch):
    picture = lab.picture(LINK, steps=60)
    still = len(reel([picture.still], picture.precision).data)
    film = len(reel(picture.frames, picture.precision).data)
    monkeypatch.setattr(pictures, "FOR_THE_REST", 0)
    monkeypatch.setattr(pictures, "LARGEST", (still + film // 3) * 4 // 3)
    assert re.search(r"<p>\d+ of 61 frames\.</p>", picture.page())
    monkeypatch.setattr(pictures, "LARGEST", (still + 100) * 4 // 3)
    with pytest.raises(ValueError, match=r"^this is too large for a page of .*; ask for fewer"):
        picture.page()
