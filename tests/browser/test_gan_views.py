"""The GAN lab by hand: its views, a third game, divergence, hostile links and tables."""

import csv
import re
from dataclasses import replace
from urllib.parse import parse_qsl

import numpy as np
import pytest
from playwright.sync_api import expect

from explorer.dials.files import LARGEST_FILE, LARGEST_MB
from explorer.labs.gans.dirac import EDGE
from explorer.labs.gans.settings import GanLab
from explorer.labs.gans.views import VIEWS
from explorer.runs.links import decode
from tests.browser.shown import at_rest

QUICK = "width=8&depth=1&batch=16&critic_steps=1&steps=1000"
CHART = ".stPlotlyChart .main-svg"  # the records are charts and tables, without a stage
ABSURD = "generator_rate=10&critic_rate=10"
ACROSS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SIZES = ((1440, 900), (390, 844))


def complaints(page) -> list[str]:
    """Return the sentences in which the page says what is wrong."""
    return page.locator(".stMain .stAlert").all_inner_texts()


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_opens_and_nothing_scrolls_sideways(visit, view):
    link = f"/gans?view={view}&{QUICK}&deep_steps=10&seeds_steps=100"
    visitor = visit(link, SIZES[0], awaited=CHART) if view == "records" else visit(link, SIZES[0])

    for width, height in SIZES:
        visitor.page.set_viewport_size({"width": width, "height": height})
        if view != "records":
            visitor.until("d.frames > 0")
        visitor.page.wait_for_function(f"{ACROSS} <= 0", timeout=60_000)
    assert complaints(visitor.page) == []


def test_a_third_game_chosen_by_its_dial_appears_beside_the_others(visit):
    visitor = visit(f"/gans?{QUICK}")
    page = visitor.page
    visitor.until("d.frames > 0")
    assert page.locator('.stage [data-area="c"]').count() == 0

    page.get_by_role("combobox", name="Third game").select_option("GAN with R1")

    page.locator('.stage [data-area="c"]').wait_for(timeout=60_000)
    page.wait_for_url(re.compile("third=r1"), timeout=60_000)
    visitor.until("d.frames > 0")


def test_hostile_settings_get_a_sentence_each_on_a_page_that_works(visit):
    visitor = visit(
        "/gans?first=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E&generator_rate=inf&depth=-7"
        "&changes=5%3Ad.objective%3Dr1&drawing=..%2F..%2Fetc%2Fpasswd&upload=%00&nobody=1"
    )
    visitor.until("d.frames > 0")

    said = " ".join(complaints(visitor.page))
    for what in (
        *("unknown first", "generator_rate must be", "depth must be between 1 and 12"),
        *("no game comes or goes", "a drawing must read", "upload must be", "unknown setting"),
    ):
        assert what in said, what
    assert "Traceback" not in visitor.page.locator(".stMain").inner_text()
    visitor.page.get_by_role("button", name="Train").click()
    visitor.until("d.step > 2")


@pytest.mark.parametrize("rule", ["adam", "sgd"])
def test_absurd_rates_train_or_are_shown_as_diverged_with_the_step(visit, rule):
    rules = f"optimizer={rule}&critic_optimizer={rule}"
    visitor = visit(f"/gans?{QUICK}&{ABSURD}&{rules}&first=least_squares")
    page = visitor.page

    page.get_by_role("button", name="Train").click()
    visitor.until("d.state === 'diverged' || d.step > 30")

    if visitor.stage("state") == "diverged":
        trouble = page.locator(".stage .trouble").inner_text()
        assert re.search(r"diverged (by|at) step \d+", trouble), trouble
    else:
        assert rule == "adam"  # whose steps are of the size of the rate, however steep the loss
    assert page.get_by_role("slider", name="Judge's updates").is_visible()
    assert complaints(page) == []


UPLOAD = '[data-testid="stFileUploader"] input[type="file"]'


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"to be, or not\nto be, that\n", "no column of the table holds numbers"),
        (b"PK\x03\x04 xl/workbook.xml", "an Excel workbook"),
    ],
    ids=["text", "workbook"],
)
def test_a_file_that_is_no_table_gets_one_sentence(visit, content, says):
    visitor = visit(f"/gans?{QUICK}&data=csv")
    page = visitor.page
    page.locator(UPLOAD).set_input_files(
        {"name": "<b>..%2F</b>.csv", "mimeType": "text/csv", "buffer": content}
    )

    alert = page.locator('[data-testid="stVerticalBlock"] .stAlert').filter(has_text=says)
    alert.first.wait_for(timeout=60_000)
    assert alert.count() == 1
    visitor.until("d.frames > 0")


@pytest.mark.parametrize(
    ("scheme", "width"), [("light", 1440), ("dark", 390)], ids=["light", "dark phone"]
)
def test_a_german_table_is_seen_as_it_was_understood_and_then_learned(visit, scheme, width):
    rows = "".join(
        f"{(2000 + 7 * k) // 1000}.{(2000 + 7 * k) % 1000:03d};{20 + k % 60}\n" for k in range(300)
    )
    visitor = visit(f"/gans?{QUICK}&data=csv", scheme=scheme, size=(width, 900))
    page = visitor.page
    page.locator(UPLOAD).set_input_files(
        {
            "name": "Umsätze.csv",
            "mimeType": "text/csv",
            "buffer": f"Umsatz;Größe\n{rows}".encode("cp1252"),
        }
    )
    table = page.locator(".small-table")
    table.wait_for(timeout=60_000)

    assert table.locator("th").all_inner_texts() == ["Umsatz\nacross", "Größe\nup"]
    assert table.locator("tbody tr").first.locator("td").all_inner_texts() == ["2000", "20"]
    assert table.locator("tfoot td").all_inner_texts() == ["2000 to 4093", "20 to 79"]
    page.get_by_text("every number is like 2.000, and nothing in the file decides").wait_for()
    page.get_by_role("button", name="Learn these rows").click()
    page.wait_for_url("**data=csv&upload=**", timeout=60_000)

    place = page.locator('[data-testid="stExpander"]', has_text="Your table: 300 rows of Umsatz")
    place.wait_for(timeout=60_000)
    expect(page.locator(".stMain .stAlert:visible")).to_have_count(0, timeout=60_000)
    again = visit(page.url.removeprefix(visitor.address), scheme=scheme, size=(width, 900))
    again.until("d.frames > 0", 120)
    again.page.get_by_text("Your table: 300 rows of Umsatz").wait_for(timeout=60_000)
    place.locator("summary").click()  # how it was read can be looked up, and changed
    page.get_by_text("every number is like 2.000, and nothing in the file decides").wait_for()


def test_a_file_above_the_limit_is_refused_in_sight_and_one_at_the_limit_is_read(visit, tmp_path):
    visitor = visit(f"/gans?{QUICK}&data=csv")
    page = visitor.page
    head, line = b"x,y\n", b"1.23456789,2.3\n3.45678912,5.6\n"
    whole = head + line * (LARGEST_FILE // len(line))
    whole += b"\n" * (LARGEST_FILE - len(whole))
    assert len(whole) == LARGEST_FILE
    for name, content in (("over.csv", whole + b"\n"), ("at.csv", whole)):
        (tmp_path / name).write_bytes(content)

    page.locator(UPLOAD).set_input_files(tmp_path / "over.csv")
    alert = page.locator('[data-testid="stFileChip"] [role="alert"]')
    alert.wait_for(timeout=60_000)
    assert f"must be {LARGEST_MB:.1f}MB or smaller" in alert.inner_text()
    says = alert.evaluate("e => getComputedStyle(e, '::after').content")
    assert "Save fewer rows, or the columns that you need." in says
    assert alert.evaluate("e => e.getBoundingClientRect().width") > 200

    page.locator(UPLOAD).set_input_files(tmp_path / "at.csv")
    page.get_by_text("rows of x and y, drawn with a fixed seed").wait_for(timeout=120_000)


def test_samples_downloaded_after_scrubbing_back_are_those_of_the_tick_on_the_screen(visit):
    visitor = visit(f"/gans?{QUICK}")
    page = visitor.page
    page.get_by_role("button", name="Train").click()
    visitor.until("d.step > 60", 120)
    page.get_by_role("button", name="Pause").click()
    visitor.until("d.state === 'paused'")
    page.get_by_text("Samples, weights, and a plain PyTorch script").click()
    page.get_by_role("slider", name="Time").fill("37")
    visitor.until("d.step === 37")
    page.get_by_text("All games as they stood at tick 37,").wait_for(timeout=60_000)

    with page.expect_download(timeout=60_000) as samples:
        page.get_by_role("button", name="Samples (.csv)").click()
    with page.expect_download(timeout=60_000) as script:
        page.get_by_role("button", name="Download games.py").click()

    assert samples.value.suggested_filename == "samples-37.csv"
    match = decode(GanLab, dict(parse_qsl(QUICK))).settings.match()
    there = list(replace(match, steps=37).stream())[-1]
    rows = list(csv.DictReader(samples.value.path().read_text(encoding="utf-8").splitlines()))
    for side in "ab":
        found = [[float(row["x"]), float(row["y"])] for row in rows if row["game"] == side]
        assert np.allclose(found[:512], there.arrays[f"{side}/fake"], atol=1e-5)
    assert "TICKS = 37\n" in script.value.path().read_text(encoding="utf-8")
    assert complaints(page) == []


# --------------------------------------------------------------------------------- under the hand


def whole(visitor) -> None:
    """Wait until what is shown is the whole answer to the newest question."""
    visitor.until("d.answered === d.asked && d.whole === 'true'")


def picture(visitor) -> tuple:
    """Return what is painted, and what is written beside it."""
    whole(visitor)
    visitor.page.mouse.move(5, 5)
    canvases = visitor.page.locator(".stage canvas")
    return at_rest(
        visitor.page,
        lambda: (
            tuple(canvases.evaluate_all("all => all.map((one) => one.toDataURL())")),
            visitor.page.locator(".stage").inner_text(),
        ),
    )


def dragged(visitor, start, end, steps: int = 12) -> None:
    """Take hold at one place of the window, move to another, and let go."""
    mouse = visitor.page.mouse
    mouse.move(*start)
    mouse.down()
    for k in range(1, steps + 1):
        mouse.move(*(a + (b - a) * k / steps for a, b in zip(start, end, strict=True)))
        visitor.page.wait_for_timeout(25)
    mouse.up()


def test_the_start_is_dragged_on_the_phase_portrait_and_its_dials_follow(visit):
    visitor = visit("/gans?view=dirac&dirac_game=r1")
    page = visitor.page
    whole(visitor)
    before = int(visitor.stage("answered"))
    portrait = page.locator('.stage [data-area="portrait"] canvas').first
    plot = at_rest(page, portrait.bounding_box)
    unit = plot["width"] / (2 * (EDGE + 0.15))
    middle = plot["x"] + plot["width"] / 2, plot["y"] + plot["height"] / 2

    def place(theta, psi):
        return middle[0] + theta * unit, middle[1] - psi * unit

    dragged(visitor, place(1, 1), place(-1.5, 0.5))

    page.wait_for_url(re.compile(r"dirac_x=-1\.5\d*&dirac_y=0\.(5|45|55)"), timeout=60_000)
    visitor.settled()
    visitor.until(f"d.answered > {before}")
    shown = page.locator('.dials [data-dial="dirac_x"] output')
    expect(shown).to_have_text(re.compile("^−1.5"))
    here = picture(visitor)[0]  # the handle in the hand writes its value beside it
    there = visit(page.url.replace(visitor.address, ""))
    assert picture(there)[0] == here
    for area in ("says", "numbers", "look"):
        said = [each.page.locator(f'[data-area="{area}"]') for each in (visitor, there)]
        expect(said[0]).to_have_text(said[1].inner_text(), use_inner_text=True)


@pytest.mark.parametrize("dial", ["dirac_gamma", "dirac_x", "dirac_h"])
def test_a_dial_of_two_numbers_is_answered_in_a_drag_and_ends_on_the_picture_of_its_link(
    visit, dial
):
    visitor = visit("/gans?view=dirac&dirac_game=r1&dirac_judge_steps=5")
    whole(visitor)
    place = visitor.page.locator(f'.dials [data-dial="{dial}"] input')
    box = at_rest(visitor.page, place.bounding_box)
    before = int(visitor.stage("answered"))
    y = box["y"] + box["height"] / 2
    link = visitor.page.url
    mouse = visitor.page.mouse
    mouse.move(box["x"] + 0.3 * box["width"], y)
    mouse.down()
    for k in range(20):
        mouse.move(box["x"] + (0.3 + 0.55 * k / 20) * box["width"], y)  # and past its default
        visitor.page.wait_for_timeout(25)
    visitor.until(f"d.answered > {before + 1}")  # before it is let go
    mouse.up()

    visitor.page.wait_for_url(lambda url: url != link, timeout=60_000)
    visitor.settled()
    here = picture(visitor)
    there = visit(visitor.page.url.replace(visitor.address, ""))
    assert picture(there) == here


def test_a_single_move_is_seen_at_once_and_taken_back(visit):
    visitor = visit(f"/gans?view=slow&{QUICK}")
    page = visitor.page
    whole(visitor)
    before = picture(visitor)[0]

    page.get_by_role("button", name="Judge", exact=True).click()
    page.get_by_role("button", name="Both", exact=True).click()
    page.wait_for_url(re.compile("slow_moves=jb"), timeout=60_000)
    assert picture(visitor)[0] != before

    page.get_by_role("button", name="Take back 2").click()
    page.wait_for_url(lambda url: "slow_moves" not in url, timeout=60_000)
    assert picture(visitor)[0] == before


def test_a_stroke_on_the_pad_becomes_the_data(visit):
    visitor = visit(f"/gans?{QUICK}&data=drawn&drawing=-50,-50 50,-50")
    page = visitor.page
    visitor.until("d.frames > 0")
    box = at_rest(page, page.locator('.dials [data-dial="drawing"] canvas').bounding_box)

    def place(x, y):
        return (
            box["x"] + box["width"] * (1 + x / 1.6) / 2,
            box["y"] + box["height"] * (1 - y / 1.6) / 2,
        )

    dragged(visitor, place(-0.8, 0.8), place(0.8, 0.8), steps=4)

    page.wait_for_url(re.compile("drawing="), timeout=60_000)
    page.wait_for_url(lambda url: "50%2C-50%3B-" in url or "50,-50;-" in url, timeout=60_000)
    visitor.until("d.frames > 0")
    assert complaints(page) == []


def test_a_dial_that_is_turned_in_the_past_forks_at_the_tick_on_the_screen(visit):
    visitor = visit(f"/gans?{QUICK}&seed=44")
    page = visitor.page
    page.get_by_role("button", name="Train").click()
    visitor.until("d.step > 20", 120)
    page.get_by_role("button", name="Pause").click()
    visitor.until("d.state === 'paused'")
    head = int(visitor.stage("step"))
    page.locator(".stage").first.focus()
    for _ in range(7):
        page.keyboard.press("ArrowLeft")
    visitor.until(f"d.step <= {head - 7}")
    tick = int(visitor.stage("step"))

    page.get_by_role("slider", name="Judge's updates").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile(rf"changes={tick}%3Acritic_steps%3D2"), timeout=60_000)
    assert complaints(page) == []


def test_back_and_forward_lead_over_a_fork_to_what_each_address_says(visit):
    visitor = visit(f"/gans?{QUICK}&seed=45")
    page = visitor.page
    updates = page.get_by_role("slider", name="Judge's updates")
    page.get_by_role("button", name="Train").click()
    visitor.until("d.step > 20", 120)
    page.get_by_role("button", name="Pause").click()
    visitor.until("d.state === 'paused'")

    updates.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile(r"changes=\d+%3Acritic_steps%3D2"), timeout=60_000)
    forked = page.url
    page.get_by_role("button", name="New seed").click()
    page.wait_for_url(re.compile("seed=46"), timeout=60_000)

    page.go_back()
    page.wait_for_url(forked, timeout=60_000)
    expect(updates).to_have_attribute("aria-valuetext", "2")
    page.wait_for_timeout(1_500)  # the script runs, and must not undo it
    assert page.url == forked
    assert updates.get_attribute("aria-valuetext") == "2"
    expect(page.get_by_role("spinbutton", name="Seed")).to_have_value("45")
    visitor.until("d.frames > 10")

    page.go_back()
    page.wait_for_url(lambda url: "changes" not in url, timeout=60_000)
    expect(updates).to_have_attribute("aria-valuetext", "1")
    page.go_forward()
    page.wait_for_url(forked, timeout=60_000)
    expect(updates).to_have_attribute("aria-valuetext", "2")
    page.wait_for_timeout(1_500)
    assert page.url == forked
    assert updates.get_attribute("aria-valuetext") == "2"
    assert complaints(page) == []
