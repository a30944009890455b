"""The GAN lab by hand: its views, a third game, divergence, hostile links and tables."""

import re

import pytest

from explorer.labs.gans.views import VIEWS

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
        visitor.page.wait_for_function(f"{ACROSS} <= 0", timeout=10_000)
    assert complaints(visitor.page) == []


def test_a_third_game_chosen_by_its_dial_appears_beside_the_others(visit):
    visitor = visit(f"/gans?{QUICK}")
    page = visitor.page
    visitor.until("d.frames > 0")
    assert page.locator('.stage [data-area="c"]').count() == 0

    page.get_by_role("combobox", name="Third game").click()
    page.get_by_role("option", name="R1").click()

    page.locator('.stage [data-area="c"]').wait_for(timeout=30_000)
    page.wait_for_url(re.compile("third=r1"), timeout=30_000)
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


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"x,y\n1,2\nthree,4\n5,6\n", "line 3"),
        (b"1\n2\n3\n", "two"),
    ],
    ids=["text", "one column"],
)
def test_a_table_that_cannot_be_read_gets_one_sentence(visit, content, says):
    visitor = visit(f"/gans?{QUICK}&data=csv")
    page = visitor.page
    page.locator('[data-testid="stFileUploader"] input[type="file"]').set_input_files(
        {"name": "<b>..%2F</b>.csv", "mimeType": "text/csv", "buffer": content}
    )

    alert = page.locator('[data-testid="stVerticalBlock"] .stAlert').filter(has_text=says)
    alert.first.wait_for(timeout=30_000)
    assert alert.count() == 1
    visitor.until("d.frames > 0")
