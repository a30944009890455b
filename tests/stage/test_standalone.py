"""A run as one file: it opens from a disk, plays there, and asks nobody for anything."""

import itertools
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Browser

from explorer.figures.cells import scene
from explorer.runs.frames import Frame
from explorer.runs.recording import indices_kept
from explorer.stage.standalone import standalone
from tests.stage import recordings
from tests.stage.chromium import chromium  # noqa: F401

HOSTILE = "</script><script>window.hit = 1</script><!--"


def write(folder: Path, title: str = "A cell reads", text: str = recordings.TEXT) -> Path:
    letters = sorted(set(text))
    picture = scene("gru", list(text), 6, [*letters, HOSTILE])
    page = standalone(picture, Frame(0), recordings.gru_frames(text, 6), title, lead=title)
    (folder / "run.html").write_text(page, "utf-8")
    return folder / "run.html"


def test_it_plays_from_a_disk_without_errors_and_without_a_network(chromium: Browser, tmp_path):  # noqa: F811
    page = chromium.new_page()
    logged, asked = [], []
    page.on("console", lambda message: logged.append(message.text))
    page.on("pageerror", lambda error: logged.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(write(tmp_path).as_uri())
    page.wait_for_selector(".stage[data-state=idle]")
    page.get_by_role("button", name="Speed").or_(page.get_by_label("Speed")).select_option("×4")
    page.get_by_role("button", name="Play").click()
    page.wait_for_selector(".stage:not([data-frame='0']):not([data-frame='1'])")
    page.get_by_role("button", name="Pause").click()
    page.wait_for_selector(".stage[data-state=paused]")
    frames = page.locator(".stage").get_attribute("data-frames")
    page.close()

    assert frames == str(len(recordings.TEXT))
    assert logged == []
    assert {re.split("[:;]", url)[0] for url in asked} == {"file"}  # the page itself


def test_words_of_others_stay_words(chromium: Browser, tmp_path):  # noqa: F811
    page = chromium.new_page()
    page.goto(write(tmp_path, HOSTILE, "<b>&</b></script>").as_uri())
    page.wait_for_selector(".stage[data-frame]")
    hit = page.evaluate("window.hit ?? null")
    heading, lead = (page.locator(tag).first.text_content() for tag in ("h1", "p"))
    page.close()

    assert hit is None
    assert heading == lead == HOSTILE


def test_equal_runs_make_equal_files(tmp_path):
    first = write(tmp_path).read_bytes()

    assert write(tmp_path).read_bytes() == first


def test_without_frames_there_is_nothing_to_show():
    with pytest.raises(ValueError, match=r"^a run without frames has nothing to show$"):
        standalone(scene("lstm", "a", 1, "a"), Frame(0), [], "nothing")


@given(st.integers(1, 5000), st.integers(2, 1000))
def test_thinning_keeps_both_ends_and_equal_strides(count, most):
    kept = indices_kept(count, most)
    strides = {b - a for a, b in itertools.pairwise(kept[:-1])}

    assert (kept[0], kept[-1]) == (0, count - 1)
    assert len(kept) <= most + 1
    assert len(strides) <= 1
    assert strides <= {2**k for k in range(14)}
    assert count > most or kept == list(range(count))
