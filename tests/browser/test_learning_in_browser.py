"""Networks learn in the browser: a problem is trained, and its verdict is read off the cards."""

import re


def test_a_problem_is_trained_and_the_verdict_is_read(visit):
    visitor = visit(
        "/gradients?view=live&problem=order&task_length=6&learners=gated&task_seeds=2"
        "&task_width=16&rate=0.03&steps=150"
    )
    page = visitor.page
    page.get_by_role("button", name="Train").click()
    visitor.until("d.step >= 150", 240)

    solved = page.locator('[data-scalar="gru/counted"] .value').inner_text()
    assert solved.replace(" ", "") == "2/2"
    said = page.locator('[data-area="says"]').inner_text()
    assert re.search(r"GRU 2 of 2 seeds, the middle one at \d+", said)
    look = page.locator('[data-area="look"]').inner_text()
    assert "95\u00a0% intervals of all these shares meet" in look  # two seeds cannot tell


def test_another_length_is_another_training_over_the_same_record(visit):
    visitor = visit("/gradients?view=horizon&horizon_seeds=1")
    page = visitor.page
    visitor.until("d.frames > 0")
    assert (
        "Of 10 recorded seeds at least half learn it"
        in page.locator('[data-area="look"]').inner_text()
    )

    page.locator('.dials [data-dial="horizon_length"] input').focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile(r"horizon_length=2[1-9]"), timeout=60_000)
    visitor.until("d.frames > 0")
    assert page.locator('[data-area="horizon"]').count() == 1


def test_a_remedy_is_switched_on_and_what_it_keeps_is_shown(visit):
    visitor = visit("/gradients?view=overfit&few_seeds=2&few_width=8&few_steps=60&few_examples=8")
    page = visitor.page
    visitor.until("d.frames > 0")

    page.locator(
        '.dials [data-dial="few_early"] input, .dials [data-dial="few_early"] button'
    ).first.click()
    page.wait_for_url(re.compile(r"few_early="), timeout=60_000)
    page.get_by_role("button", name="Train").click()
    visitor.until("d.step >= 60", 240)

    assert "where it was stopped early" in page.locator('[data-area="says"]').inner_text()
