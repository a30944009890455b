"""Stacks that learn in the browser: trained, gone back over, forked by a dial, and what is said."""

import re

from playwright.sync_api import expect

PATH = (
    "/gradients?view=depth_learning&depth_layers=6&depth_width=16&depth_samples=16&depth_seeds=2"
    "&depth_init=xavier&depth_rate=0.03&depth_steps=200"
)


def says(visitor, what: str) -> None:
    """Wait until the sentence says that."""
    said = visitor.page.locator('[data-area="says"]')
    expect(said).to_contain_text(re.compile(what), timeout=60_000)


def test_a_stack_is_trained_its_past_is_gone_back_to_and_the_verdict_is_read(visit):
    visitor = visit(PATH)
    page = visitor.page
    visitor.until("d.frames > 0")
    says(visitor, "^Nothing is learned yet")

    page.get_by_role("button", name="Train").click()
    visitor.until("d.state === 'ended' && Number(d.step) === 200", timeout=120)
    says(visitor, r"^It learns\. After 200 updates the two stacks name \d")
    share = float(page.locator('[data-scalar="accuracy"] .value').inner_text())
    assert 50 < share <= 100

    page.keyboard.press("Home")
    visitor.until("Number(d.step) === 0")
    says(visitor, "^Nothing is learned yet")


def test_a_dial_starts_another_training_with_its_own_link(visit):
    visitor = visit(PATH)
    page = visitor.page
    visitor.until("d.frames > 0")

    page.locator(".dials").get_by_role("radio", name="batch").or_(
        page.locator('.dials [data-dial="depth_norm"] button', has_text="batch")
    ).first.click()
    page.wait_for_url(re.compile("depth_norm=batch"), timeout=60_000)
    page.get_by_role("button", name="Train").click()
    visitor.until("Number(d.step) >= 10", timeout=120)
    says(visitor, "updates the two stacks name")


def test_what_is_too_large_to_train_is_refused_in_a_sentence(visit):
    visitor = visit("/gradients?view=depth_learning&depth_layers=100&depth_width=256")
    visitor.until("d.frames > 0")
    told = visitor.page.locator('[data-testid="stAlert"]').all_inner_texts()

    assert any("to learn side by side" in each for each in told)
    assert "Traceback" not in visitor.page.locator(".stMain").inner_text()
