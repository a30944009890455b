"""Networks side by side on the page: they train, words follow, a task brings its line-up."""

import re

from tests.browser.shown import at_rest, said


def test_networks_train_and_the_one_that_reads_both_ways_leaves_the_others_behind(visit):
    visitor = visit("/sequences?units=8&steps=200")
    page = visitor.page
    page.get_by_role("button", name="Train").click()

    ahead = re.compile(r"Both ways has [6-9]\d\.\d\s% right labels, more than the noise ahead")
    page.locator('[data-area="says"]').filter(has_text=ahead).wait_for(timeout=120_000)

    assert page.locator('[data-area="networks"] [data-node]').count() == 10
    assert "LSTM ←" in said(visitor, "networks")


def test_a_task_brings_its_line_up_and_the_switch_is_where_there_is_a_forecast(visit):
    visitor = visit("/sequences")
    page = visitor.page
    assert not page.locator('.dials [data-dial="shift"]').count()

    page.locator('.dials [data-dial="task"] select').select_option(label="Share price")

    page.wait_for_url(re.compile(r"task=shares"), timeout=60_000)
    page.wait_for_url(re.compile(r"second=gru"), timeout=60_000)
    switch = page.locator('.dials [data-dial="shift"]')
    switch.wait_for(timeout=60_000)
    page.get_by_text("each from the true values before it").wait_for(timeout=60_000)
    switch.get_by_role("switch").or_(switch.locator("input")).first.click(force=True)
    page.get_by_text("shifted back by one").first.wait_for(timeout=60_000)


def test_numbers_that_cannot_be_forecast_get_one_sentence_and_the_page_goes_on(visit):
    visitor = visit("/sequences?task=own&numbers=1+2+3")

    visitor.page.get_by_text("at least 30 values, not 3").wait_for(timeout=60_000)
    assert visitor.page.locator(".stage").count() == 1


def test_a_laptop_at_150_percent_shows_every_chart_as_high_as_it_can_be_read(visit):
    visitor = visit("/sequences?view=comparing", size=(933, 600))
    visitor.until("d.frames > 0")
    high = at_rest(
        visitor.page,
        lambda: visitor.page.locator(".stage .plot .body").evaluate_all(
            "all => all.map((body) => body.clientHeight)"
        ),
    )
    assert len(high) == 3
    assert min(high) >= 85
