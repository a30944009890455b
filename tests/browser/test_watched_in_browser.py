"""Watched trainings under the hand: the twin's bias is dragged, and a recording is brought."""

import re

from tests.a_training import watched
from tests.browser.shown import card, said
from tests.browser.test_depth_in_browser import whole


def test_the_bias_of_the_twin_is_dragged_and_a_recording_of_ones_own_is_brought(visit, tmp_path):
    visitor = visit("/gradients?view=watched")
    page = visitor.page
    whole(visitor)
    assert said(visitor, "says_a").startswith("First. At step 0 the gradient of read vanishes")
    before = float(card(visitor, "twin/ratio"))

    page.locator('.dials [data-dial="watched_bias"] input').focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_url(re.compile(r"watched_bias=2\.5"), timeout=60_000)
    whole(visitor)
    assert float(card(visitor, "twin/ratio")) < before  # it forgets sooner

    watched(num_layers=2).save(str(tmp_path / "mine.frames"))
    (tmp_path / "broken.frames").write_bytes((tmp_path / "mine.frames").read_bytes()[:-9])
    page.get_by_text("Recordings of yours").click()
    page.locator('input[type="file"]').first.set_input_files(tmp_path / "broken.frames")
    page.get_by_text("no whole file of watching.save").wait_for(timeout=60_000)
    page.locator('input[type="file"]').first.set_input_files(tmp_path / "mine.frames")
    page.wait_for_url(re.compile(r"watched_first="), timeout=60_000)
    whole(visitor)
    page.locator('[data-area="through"]', has_text="mine.frames").wait_for(timeout=60_000)
    assert "read, layer" in said(visitor, "below_a")
