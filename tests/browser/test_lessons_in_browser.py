"""A newcomer goes from the home page through a lesson by the keyboard, answers, and is answered."""

import re

QUESTION = ".st-key-lesson-question"
VERDICT = ".verdict"


def titled(visitor, title: str) -> None:
    """Wait for a step by its title."""
    visitor.page.locator(".lesson-step h1", has_text=title).wait_for(timeout=30_000)


def test_the_first_lesson_is_gone_through_by_the_keyboard_from_the_home_page(visit):
    visitor = visit("/", awaited=".st-key-begin a")
    page = visitor.page
    page.get_by_role("link", name=re.compile("Begin with lesson 1")).click()
    titled(visitor, "One letter at a time")
    visitor.until("d.step === 4", timeout=120)  # where its link says
    lit = page.locator(".stage .panel.lit").evaluate_all("all => all.map(e => e.dataset.area)")
    assert sorted(lit) == ["next", "tokens"]
    assert page.locator(".stage .panel.dim").count() > 3

    page.keyboard.press("PageDown")
    titled(visitor, "The last letter alone")
    assert page.locator(".stage").count() == 0  # nothing of the result before the answer
    page.keyboard.press("b")
    page.locator(VERDICT, has_text="That is what you expected.").wait_for(timeout=30_000)
    measured = page.locator(f'{VERDICT} [role="status"] b').inner_text()
    visitor.until("d.frames > 0")
    shown = page.locator('[data-area="next"]').inner_text()
    assert measured.endswith("%")
    assert f"]\n{float(measured.split()[0]):.2g} %" in shown.replace("\u00a0", " ")

    page.keyboard.press("6")
    titled(visitor, "Take the memory away")
    page.wait_for_url(re.compile(r"lesson=memory&step=6&answers=b$"), timeout=30_000)
    page.keyboard.press("a")
    page.locator(VERDICT, has_text="You expected something else.").wait_for(timeout=30_000)
    page.reload()
    page.locator(VERDICT, has_text="You expected something else.").wait_for(timeout=60_000)
    assert page.url.endswith("lesson=memory&step=6&answers=b-a")
    page.locator("[data-hears-keys]").wait_for(state="attached", timeout=30_000)

    page.keyboard.press("PageDown")
    titled(visitor, "Two memories")
    page.keyboard.press("PageUp")  # there is nothing before it
    assert "lesson=gates&step=1" in page.url
    assert visitor.complaints == []


def test_a_training_plays_by_itself_once_the_question_is_answered_and_then_decides(visit):
    visitor = visit("/lessons?lesson=players&step=4&answers=c", awaited=QUESTION)
    page = visitor.page

    page.locator(".st-key-lesson-answer-a button").click()
    visitor.until("d.state === 'training'")
    assert page.locator(VERDICT, has_text="under way").is_visible()
    page.locator(VERDICT, has_text="That is what you expected.").wait_for(timeout=180_000)
    visitor.until("d.step === 100 && d.state === 'ended'")
    assert page.locator(".rate").inner_text().startswith("8 of 8 seeds")


def test_on_a_phone_what_is_lit_stands_over_the_text_and_a_term_explains_itself(visit):
    visitor = visit("/lessons?lesson=memory&step=6&answers=--a", size=(390, 844))
    page = visitor.page
    visitor.until("d.step === 18")

    areas = page.locator(".stage .panel").evaluate_all("all => all.map(e => e.dataset.area)")
    assert {"tokens", "curve", "generated"} <= set(areas)
    assert not {"map0", "map5", "next"} & set(areas)
    stage, text = page.locator(".stage").bounding_box(), page.locator(".lesson-step").bounding_box()
    assert stage["y"] + stage["height"] <= text["y"]
    term = page.locator(".term", has_text="forget gate").first
    assert not term.locator(".meaning").is_visible()
    term.focus()
    assert "Gers" in term.locator(".meaning").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_dial_of_a_step_is_in_the_link_and_try_it_yourself_takes_it_along(visit):
    visitor = visit("/lessons?lesson=cure&step=2&answers=ac&forget_bias=1")
    page = visitor.page
    visitor.until("d.answered === d.asked")
    page.locator(VERDICT, has_text="With the dials as they stand now").wait_for(timeout=30_000)
    assert page.locator(".dials .knob").count() == 1

    dial = page.locator('.dials [data-dial="forget_bias"] input')
    dial.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile(r"answers=ac&forget_bias=1\.\d+"), timeout=60_000)
    page.keyboard.press("ArrowRight")
    turned = f"forget_bias={float(dial.input_value()):g}"
    page.get_by_role("button", name="Try it yourself").click()  # before the page has heard of it
    page.wait_for_url(re.compile(rf"/gradients\?.*{re.escape(turned)}(&|$)"), timeout=120_000)
    visitor.until("d.known === 'true'", timeout=120)
    assert "seeds=1" in page.url


def test_in_a_lab_each_term_is_explained_where_it_first_stands(visit):
    visitor = visit("/transport?view=sliding&slide_theta=2")
    page = visitor.page
    page.locator('.stage .sentence [data-term="JS"]').wait_for(timeout=180_000)

    names = page.locator("[data-term]").evaluate_all("all => all.map((one) => one.dataset.term)")
    assert len(names) == len(set(names)) > 2
    page.locator('.stage [data-scalar="kl/value"]').focus()
    said = page.locator(".stage .explanation")
    said.filter(has_text="Kullback & Leibler 1951").wait_for(timeout=60_000)
