"""Translation on the page: a text of the visitor, attention under the pointer, a new network."""

import re

SLOW = 120_000  # milliseconds: a machine may be ten times slower


def wait_for_words(page, area: str, text: str) -> None:
    page.locator(f'[data-area="{area}"]').filter(has_text=text).first.wait_for(timeout=SLOW)


def painted(page, area: str) -> str:
    return page.locator(f'[data-area="{area}"] canvas').first.evaluate("it => it.toDataURL()")


def wait_for_another_picture(page, area: str, before: str) -> None:
    for _ in range(SLOW // 100):
        if painted(page, area) != before:
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"the picture {area} stayed the same")


def test_a_text_of_the_visitor_is_translated_with_its_beam_and_where_it_looks(visit):
    page = visit("/sequences?view=translating").page
    wait_for_words(page, "says", "1987-03-05")

    line = page.locator('.dials [data-dial="asked"] input')
    line.fill("2 april 1999")
    line.press("Enter")

    wait_for_words(page, "says", "1999-04-02")
    page.wait_for_url(re.compile("asked=2"), timeout=SLOW)
    chips = page.locator('[data-area="written"] .chip')
    assert chips.all_inner_texts()[:4] == ["1", "9", "9", "9"]
    # the root, and each sign of the translation with its end
    assert page.locator('[data-area="beam"] [data-node]').count() >= 1 + len("1999-04-02") + 1
    for place in (0, 8):
        before = painted(page, "source")
        chips.nth(place).hover()
        page.locator(f'[data-area="written"] .chip:nth-child({place + 1})[aria-selected]').wait_for(
            timeout=SLOW
        )
        wait_for_another_picture(page, "source", before)


def test_a_translator_that_learned_here_translates(visit):
    page = visit(
        "/sequences?task=reversal&first=attending&second=translator&third=&units=8&steps=10"
    ).page
    page.get_by_role("button", name="Train").click()
    wait_for_words(page, "says", "At step 10")
    place = page.get_by_text("Open in the cell lab, save, upload")
    place.click()
    page.get_by_role("button", name="Translate with it").click(timeout=SLOW)

    page.wait_for_url(re.compile("translator=learned"), timeout=SLOW)
    wait_for_words(page, "says", "Yours, 10 updates, writes")
