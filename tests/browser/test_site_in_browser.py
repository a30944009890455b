"""The lessons without a server, from a disk: by keyboard, on a phone, under a strict policy."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from explorer.lessons.measures import MEASURES
from explorer.lessons.reading import lessons

PATIENCE = 60_000  # ms
WATCH = """() => {
  window.verdicts = [];
  window.states = [];
  const note = (all, one) => { if (one && all.at(-1) !== one) all.push(one); };
  new MutationObserver(() => {
    note(window.verdicts, document.querySelector("section:not([hidden]) [data-verdict]").innerText);
    note(window.states, document.querySelector(".stage")?.dataset.state);
  }).observe(document.body, { subtree: true, childList: true, attributes: true });
}"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Yield a tab whose console stays silent and which asks for nothing but pages of the site."""
    tab = browser.new_page(viewport={"width": 1440, "height": 900})
    tab.set_default_timeout(PATIENCE)
    complaints: list[str] = []
    asked: list[str] = []
    tab.on("console", lambda message: complaints.append(message.text))
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.on("request", lambda request: asked.append(request.url))
    yield tab
    tab.close()
    assert complaints == []
    assert all(re.fullmatch(r"file://[^?#]+\.html(#.*)?", url) for url in asked), asked


def test_the_first_lesson_is_gone_through_by_the_keyboard_from_the_list(page: Page, site: Path):
    page.goto((site / "index.html").as_uri())
    page.get_by_role("link", name=re.compile("Why a network needs a memory")).click()
    page.locator(".stage[data-step='4'] .panel.lit").first.wait_for()

    page.keyboard.press("PageDown")
    page.get_by_role("heading", name="The last letter alone").wait_for()
    assert page.locator(".stage").count() == 0  # nothing of the result before the answer
    page.keyboard.press("b")
    verdict = page.locator("section:not([hidden]) .verdict", has_text="That is what you expected.")
    verdict.wait_for()
    step = lessons()["memory"].steps[1]
    measure = MEASURES[step.question.measure]
    found = measure.value(step.settings)
    assert f"Measured: {measure.says}: {measure.written(found)}." in verdict.inner_text()
    shown = page.locator('[data-area="next"]', has_text="%")
    assert f"]\n{found:.2g} %" in shown.inner_text().replace("\u00a0", " ")

    page.keyboard.press("3")
    page.keyboard.press("a")
    page.get_by_role("button", name="f(x[0", exact=True).click()
    page.locator("[data-now]", has_text="With the dials as they stand now").last.wait_for()
    assert page.url.endswith("#step=3&answers=ba&text=f%28x%5B0")
    page.reload()
    page.locator('.recorded [aria-pressed="true"]', has_text="f(x[0").wait_for()
    page.locator(".stage[data-frames='5']").wait_for()
    page.keyboard.press("PageUp")
    page.get_by_role("heading", name="The last letter alone").wait_for()
    page.go_back()
    page.get_by_role("heading", name="The same letters, another order").wait_for()


def test_on_a_phone_the_picture_stands_over_the_text_and_a_term_explains_itself(
    page: Page, site: Path
):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{(site / 'memory.html').as_uri()}#step=6&answers=bba")
    page.locator(".stage[data-step='18']").wait_for()

    stage, text = page.locator(".stage").bounding_box(), page.locator(".text").bounding_box()
    assert stage["y"] + stage["height"] <= text["y"] + 1
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    term = page.locator("section:not([hidden]) .term").first
    term.focus()
    assert term.locator(".meaning").is_visible()
    small = page.locator(".ways button:visible").evaluate_all(
        "all => all.filter((e) => e.getBoundingClientRect().height < 40).length"
    )
    assert small == 0


def test_a_recorded_training_plays_to_its_end_and_then_decides(page: Page, site: Path):
    page.goto(f"{(site / 'short.html').as_uri()}#step=1")
    page.evaluate(WATCH)  # on a busy machine the run may be over before one can look
    page.get_by_role("heading", level=1).click()  # a tab that was not touched may lose a key
    page.keyboard.press("a")
    verdict = page.locator("section:not([hidden]) [data-verdict]")
    verdict.get_by_text("Measured:").wait_for()
    first, *_, last = page.evaluate("window.verdicts")
    assert "The run decides" in first
    assert "Measured:" in last
    assert "playing" in page.evaluate("window.states")
    assert page.locator(".stage").get_attribute("data-step") == "40"
