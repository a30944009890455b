"""In front of a room: the presenter's view, a follower who sees the same, a question asked."""

import re

from tests.browser.shown import at_rest
from tests.browser.test_lessons_in_browser import titled

SMALL = """() => {
  const deep = (at) => [...at.querySelectorAll("*")].flatMap(
    (e) => [e, ...(e.shadowRoot ? deep(e.shadowRoot) : [])]);
  const written = (e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
  return deep(document.body)
    .filter((e) => !(e instanceof SVGElement) && written(e) && e.checkVisibility())
    .filter((e) => !e.closest(".visually-hidden, .st-key-room, script, style, .meaning, noscript"))
    .filter((e) => e.getBoundingClientRect().width > 1)
    .filter((e) => parseFloat(getComputedStyle(e).fontSize) < 18)
    .map((e) => `${e.className} ${getComputedStyle(e).fontSize} ${e.textContent.slice(0, 40)}`);
}"""


def opened(visitor) -> str:
    """Open a room from this tab and return its code."""
    page = visitor.page
    page.get_by_role("button", name="Room", exact=True).click()
    page.get_by_role("button", name="Open a room").click()
    page.locator(".room-sheet .code").wait_for(timeout=60_000)
    page.keyboard.press("Escape")
    return page.locator(".room-sheet .code").text_content().replace(" ", "")


def test_the_presenters_view_is_large_and_without_dials_and_its_keys_stay_out_of_text(visit):
    visitor = visit("/lessons?lesson=cure&step=2&answers=ac")
    page = visitor.page
    visitor.until("d.frames > 0")
    assert page.locator(".dials .knob").count() == 1

    page.keyboard.press("p")
    page.locator(".room-ui .next-title", has_text="Next: ").wait_for()
    page.locator(".stage.presenter").wait_for()
    assert not page.locator(".dials").is_visible()
    assert page.evaluate(SMALL) == []
    page.mouse.move(700, 400)
    assert page.locator(".room-spot").is_visible()
    page.keyboard.press("q")
    page.wait_for_function("document.querySelector('.room-qr img')?.naturalWidth > 0")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.wait_for_function("!document.documentElement.classList.contains('presenting')")
    assert page.locator(".dials").is_visible()
    page.get_by_role("button", name="Room", exact=True).click()
    page.locator(".room-sheet input").press_sequentially("pq")
    assert page.locator(".stage.presenter").count() == 0
    assert page.locator(".room-sheet input").input_value() == "pq"


def test_a_follower_sees_what_is_shown_looks_around_alone_and_comes_back(visit):
    presenter = visit("/cells")
    code = opened(presenter)
    follower = visit(f"/room/{code}", size=(390, 844))
    mine, theirs = presenter.page, follower.page
    presenter.until("d.frames > 0")
    assert re.search(r"/cells$", theirs.url)

    mine.evaluate("document.activeElement.blur()")
    mine.keyboard.press("Home")
    mine.keyboard.press("ArrowRight")
    presenter.until("d.frame === 1")
    follower.until("d.frame === 1")
    mine.get_by_role("radio", name="GRU", exact=True).click()
    theirs.wait_for_url(re.compile(r"cell=gru"), timeout=60_000)
    mine.keyboard.press("p")
    mine.locator(".stage.presenter").wait_for()
    text = mine.locator('[data-area="tokens"]')
    text.wait_for()  # of the other cell, in the place that the larger picture gives it
    box = at_rest(mine, text.bounding_box)
    mine.mouse.move(box["x"] + box["width"] / 4, box["y"] + box["height"] / 2)
    theirs.locator(".room-spot").wait_for()

    theirs.locator(".stage").get_by_role("button", name=re.compile("Play|Replay")).first.click()
    theirs.get_by_role("button", name="Back to the room").wait_for()
    mine.keyboard.press("Escape")
    mine.get_by_role("link", name="Transport").first.click()
    mine.wait_for_url(re.compile("/transport"))
    theirs.wait_for_timeout(400)
    assert "/cells" in theirs.url  # they look around alone
    theirs.get_by_role("button", name="Back to the room").click()
    theirs.wait_for_url(re.compile("/transport"), timeout=60_000)
    theirs.reload()
    theirs.get_by_text("Following", exact=True).wait_for(timeout=60_000)


def test_a_question_is_answered_in_the_room_and_the_run_decides(visit):
    presenter = visit("/lessons?lesson=memory&step=2", awaited=".st-key-lesson-question")
    code = opened(presenter)
    follower = visit(f"/room?code={code}", size=(390, 844), awaited=".st-key-lesson-question")
    mine, theirs = presenter.page, follower.page

    mine.get_by_role("button", name="Ask the room").click()
    answers = theirs.locator(".room-board .choices button")
    answers.nth(0).click()
    mine.locator(".room-board .sum", has_text="1 of 1 have answered").wait_for()
    theirs.keyboard.press("b")  # another answer, by its letter
    theirs.locator(".room-board li.yours", has_text="Much less").wait_for()
    assert [one.inner_text() for one in mine.locator(".room-board .count").all()] == ["0", "1"]
    mine.get_by_role("button", name="Let the run decide").click()
    theirs.locator(".room-board .sum", has_text="You were right.").wait_for(timeout=60_000)
    mine.locator(".room-board .sum", has_text="1 of 1 were right (100 %)").wait_for()
    theirs.wait_for_url(re.compile(r"lesson=memory&step=2&answers=b$"), timeout=60_000)
    assert mine.url.endswith("lesson=memory&step=2&answers=.")
    theirs.locator(".verdict", has_text="That is what you expected.").wait_for(timeout=60_000)
    mine.keyboard.press("PageDown")
    titled(follower, "The same letters, another order")
    theirs.locator(".room-board").wait_for(state="hidden")


def test_a_wrong_code_gets_a_sentence_and_another_can_be_typed(visit):
    visitor = visit("/room/AAAAAA", awaited=".room-door")
    page = visitor.page

    page.locator(".room-door .says", has_text="There is no room with this code").wait_for()
    page.goto(f"{visitor.address}/room?code=%3Cscript%3E")
    page.get_by_text("The link has no code of a room").wait_for(timeout=60_000)
    page.locator(".room-door input").fill("bbb bbb")
    page.keyboard.press("Enter")
    page.locator(".room-door .says", has_text="There is no room with this code").wait_for()
