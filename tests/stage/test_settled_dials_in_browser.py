"""What a page is told of dials that came to rest, whatever it turns itself meanwhile."""

from typing import Any

from playwright.sync_api import Page

HAND = """
const told = [];
const hand = new m.hand.Hand({
  ask() {}, show() {}, refuse() {}, settle: ({ settings }) => told.push(settings),
});
const page = (settings, editions) =>
  hand.adopt({ settings, editions, defaults: { a: 1, b: 0 }, refused: {} });
page({ a: 1, b: 0 }, {});
"""


def after(page: Page, script: str) -> Any:
    end = "return { told, now: hand.settings, past: hand.past };"
    return page.evaluate(f"() => {{ const m = window.modules; {HAND} {script} {end} }}")


def test_a_dial_turned_while_the_page_hears_of_another_is_told_too(page: Page):
    found = after(
        page,
        "hand.turn({ a: 2 }); hand.settle(); hand.turn({ a: 3 }); page({ a: 2, b: 0 }, {});"
        "hand.settle();",
    )

    assert found["told"] == [{"a": 2, "b": 0}, {"a": 3, "b": 0}]


def test_what_the_page_turns_with_a_dial_is_undone_with_it_and_settles_nothing_else(page: Page):
    found = after(
        page,
        "hand.turn({ a: 2 }); hand.settle(); hand.turn({ a: 3 }); page({ a: 2, b: 7 }, { b: 1 });"
        "hand.settle();",
    )
    assert found["told"][-1] == found["now"] == {"a": 3, "b": 7}
    assert found["past"] == [{"a": 1, "b": 0}, {"a": 2, "b": 7}]


def test_what_the_page_turns_by_itself_can_be_undone_and_takes_no_turn_of_the_hand(page: Page):
    found = after(page, "hand.turn({ a: 2 }); page({ a: 1, b: 7 }, { b: 1 }); hand.settle();")

    assert found["told"] == [{"a": 2, "b": 7}]
    assert found["past"] == [{"a": 1, "b": 0}, {"a": 1, "b": 7}]
