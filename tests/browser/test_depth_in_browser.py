"""Through depth under the hand: layers are dragged, and picture, numbers and words follow."""

import re

import pytest

from tests.browser.shown import card, said

PATH = "/gradients?view=depth&depth_width=32&depth_init=orthogonal&depth_activation=linear"


def whole(visitor) -> None:
    """Wait until what is shown is the whole answer to the newest question."""
    visitor.until("d.answered === d.asked && d.whole === 'true'")


def test_layers_are_dragged_and_a_norm_is_switched_on_and_the_words_follow(visit):
    visitor = visit(PATH)
    page = visitor.page
    whole(visitor)
    assert float(card(visitor, "dz")) == pytest.approx(1, abs=1e-3)  # rotations keep it
    assert said(visitor, "says").startswith("It stays level.")

    page.locator('.dials [data-dial="depth_layers"] input').focus()
    page.keyboard.press("Shift+ArrowRight")
    page.wait_for_url(re.compile(r"depth_layers=30"), timeout=60_000)
    whole(visitor)
    assert float(card(visitor, "dz")) == pytest.approx(1, abs=1e-3)

    page.locator('.dials [data-dial="depth_activation"] select').select_option(label="sigmoid")
    page.wait_for_url(re.compile(r"depth_activation=sigmoid"), timeout=60_000)
    whole(visitor)
    assert said(visitor, "says").startswith("It vanishes.")
    assert 0.2 < float(card(visitor, "factor")) < 0.25  # no slope of it exceeds a quarter
