"""The picture on the screen as files: made on the page, of what it shows, and downloaded."""

import csv
import io
import json
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Page, expect

GAMES = "/gans?width=8&batch=16&critic_steps=1&steps=400"


def unfolded(page: Page) -> Page:
    page.get_by_role("button", name="Files", exact=True).click()
    page.get_by_label("What to make").wait_for()
    return page


def ordered(page: Page, kind: str) -> None:
    """Choose a kind of file and have it made."""
    page.get_by_label("What to make").click()
    page.get_by_role("option", name=kind).click()
    page.wait_for_timeout(1_500)  # the page hears of it before the button is pressed
    page.get_by_role("button", name="Make it").click()


def made(page: Page, kind: str, folder: Path, ending: str) -> Path:
    """Return a file that the page made and handed over."""
    ordered(page, kind)
    button = page.get_by_role("button", name=ending)
    button.wait_for(timeout=90_000)
    with page.expect_download() as download:
        button.click()
    out = folder / download.value.suggested_filename
    download.value.save_as(out)
    return out


def test_a_match_is_offered_as_picture_film_page_and_tables_of_the_tick_on_the_screen(
    visit, tmp_path
):
    visitor = visit(GAMES)
    page = visitor.page
    page.get_by_role("button", name="Train").click()
    visitor.until("d.step > 12")
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Back", exact=True).click()
    visitor.until("d.state === 'paused'")
    unfolded(page)
    page.get_by_text("where the picture stands still").wait_for()
    tick = int(visitor.stage("step"))
    newest = int(page.locator(".bar input[type=range]").get_attribute("max") or 0)

    told = json.loads(made(page, "Settings, numbers", tmp_path, f"match-{tick}.json").read_text())
    assert told["shown"] == tick
    assert told["settings"]["width"] == 8
    rows = list(
        csv.DictReader(
            io.StringIO(made(page, "Numbers of every", tmp_path, "numbers.csv").read_text())
        )
    )
    assert [int(row["step"]) for row in rows][: tick + 1] == list(range(tick + 1))
    assert [float(row["b/w1"]) for row in rows] == told["scalars"]["b/w1"]
    with Image.open(made(page, "Picture of this", tmp_path, f"match-{tick}.png")) as picture:
        assert picture.size == (1440, 810)
    with Image.open(made(page, "Film up to", tmp_path, f"match-{tick}.gif")) as film:
        assert film.n_frames == tick + 1
    html = made(page, "Page that plays", tmp_path, "match.html")
    page.goto(html.as_uri())
    page.locator(f".stage[data-step='{tick}']").wait_for(timeout=60_000)
    assert newest >= tick


def test_a_film_says_how_far_it_is_and_can_be_given_up(visit):
    visitor = visit("/gans?view=dirac")
    page = visitor.page
    visitor.until("d.frames === 501")
    page.wait_for_timeout(1_000)
    page.get_by_label("Time", exact=True).fill("500")  # a film of all moves
    visitor.until("d.step === 500")
    unfolded(page)
    page.get_by_text("where the picture stands still").wait_for()
    ordered(page, "Film up to")
    page.get_by_text("Being made:").wait_for()
    page.get_by_role("progressbar").first.wait_for()

    page.get_by_role("button", name="Cancel").click()

    page.get_by_text("Being made:").wait_for(state="detached", timeout=60_000)
    expect(page.get_by_role("button", name="Download gans")).to_have_count(0)


def test_a_reading_hands_over_its_gates_and_states(visit, tmp_path):
    page = unfolded(visit("/cells").page)
    found = np.load(made(page, "steps (.npz)", tmp_path, "states.npz"))
    rows = list(
        csv.DictReader(io.StringIO(made(page, "steps (.csv)", tmp_path, "states.csv").read_text()))
    )

    assert found["forget"].shape == found["hidden"].shape == (30, 64)
    kept = found["forget"] * found["cell_before"] + found["input"] * found["candidate"]
    assert np.allclose(found["cell"], kept, atol=1e-6)
    assert len(rows) == found["cell"].size
    assert [float(row["cell"]) for row in rows] == found["cell"].astype(float).ravel().tolist()


def test_a_picture_without_curves_says_so(visit):
    page = unfolded(visit("/cells").page)
    ordered(page, "Curves of this")

    page.get_by_text("draws no curves of one moment").wait_for(timeout=60_000)
