"""Through time under the hand: quantities, gates taken apart, clipping live, claims that run."""

import re

import pytest

from tests.browser.shown import card, said
from tests.browser.test_depth_in_browser import whole

SMALL = "length=20&seeds=2&size=16"


def test_a_quantity_is_chosen_and_a_bias_dragged_and_bars_and_words_follow(visit):
    visitor = visit(f"/gradients?cells=gated&{SMALL}&quantity=weights")
    page = visitor.page
    whole(visitor)
    assert "Half of dL/dW comes from the last" in said(visitor, "says")
    assert "bars of one cell add up to 1" in said(visitor, "factors")
    before = card(visitor, "gru/at")

    page.locator('.dials [data-dial="forget_bias"] input').focus()
    page.keyboard.press("Shift+ArrowRight")
    page.wait_for_url(re.compile(r"forget_bias="), timeout=60_000)
    whole(visitor)
    assert float(card(visitor, "gru/at")) > float(before)  # it keeps for longer

    page.locator('.dials [data-dial="quantity"] select').select_option(label="by input")
    page.wait_for_url(re.compile(r"quantity=input"), timeout=60_000)
    whole(visitor)
    assert "of the gradient by the input" in said(visitor, "says")
    assert "below 1 it fades, above it grows" in said(visitor, "factors")


def test_a_gated_cell_is_taken_apart_and_its_bias_moves_the_eigenvalues(visit):
    visitor = visit(f"/gradients?view=matrix&matrix_cell=gru&forget_bias=0&{SMALL}")
    page = visitor.page
    whole(visitor)
    assert "Of the last step the spectral radius is" in said(visitor, "says")
    assert float(card(visitor, "radius")) < 0.8

    page.locator('.dials [data-dial="forget_bias"] input').focus()
    for _ in range(2):
        page.keyboard.press("Shift+ArrowRight")
    page.wait_for_url(re.compile(r"forget_bias=5"), timeout=60_000)
    whole(visitor)
    assert 0.95 < float(card(visitor, "radius")) < 1.05


def test_a_claim_is_chosen_and_its_own_verdict_follows(visit):
    visitor = visit("/gradients?view=myths&myth=clip_turns")
    whole(visitor)

    assert said(visitor, "verdict").startswith("It depends, by 5 seeds. Clipped to a tenth by norm")

    visitor.page.locator('.dials [data-dial="myth"] select').select_option(index=0)
    visitor.until("d.asked > 1")
    whole(visitor)
    assert "Clipped" not in said(visitor, "verdict")
    assert re.search(r"by \w+ seeds?", said(visitor, "verdict"))


def test_a_network_before_and_after_its_training_follows_the_quantity(visit):
    visitor = visit("/gradients?view=trained&trained_reads=waves")
    page = visitor.page
    whole(visitor)
    assert "steps back" in said(visitor, "says")

    page.locator('.dials [data-dial="trained_follows"] select').select_option(label="by h")
    page.wait_for_url(re.compile(r"trained_follows=hidden"), timeout=60_000)
    whole(visitor)
    assert float(card(visitor, "after/loss")) == pytest.approx(0.006, abs=0.01)
    assert "Gradient by h, against the last step's" in said(visitor, "norms")


def test_clipping_is_trained_and_says_which_way_was_thrown_off(visit):
    visitor = visit(
        "/gradients?view=clipping&clip_steps=100&clip_length=10&clip_width=8&clip_rate=5.0"
    )
    page = visitor.page
    page.get_by_role("button", name="Train").first.click()
    visitor.until("d.step >= 100", timeout=90)
    assert "Unclipped it was thrown off by iteration" in said(visitor, "says")
    assert "Pascanu et al. (2013) advise a threshold" in said(visitor, "look")
