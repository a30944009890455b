"""The cliff under the hand: the ring is dragged over the wall, and everything follows."""

import re

import pytest

from tests.browser.shown import at_rest, said

PATH = "/gradients?view=cliff"


def whole(visitor) -> None:
    """Wait until what is shown is the whole answer to the newest question."""
    visitor.until("d.answered === d.asked && d.whole === 'true'")


def number(visitor, name: str) -> float:
    """Return what a card says, as a number."""
    text = visitor.page.locator(f'[data-scalar="{name}"] .value').inner_text()
    mantissa, _, power = text.replace("−", "-").replace(",", "").partition("×10")
    plain = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
    return float(mantissa) * 10.0 ** int(power.translate(plain) or 0)


def middle(visitor, handle: str) -> tuple[float, float]:
    box = at_rest(visitor.page, visitor.page.locator(f'[data-handle="{handle}"]').bounding_box)
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def dial(visitor, name: str) -> float:
    text = visitor.page.locator(f'.dials [data-dial="{name}"] output').inner_text()
    return float(text.replace("−", "-"))


def pixels_a_unit(visitor) -> float:
    """Return how many pixels of the surface one unit of b takes: the ring moves by one."""
    x, _ = middle(visitor, "surface/0")
    there, _ = middle(visitor, "cut/0")
    assert x == pytest.approx(there, abs=30)  # both stand at the same bias
    width = visitor.page.locator('[data-area="surface"] canvas').first.bounding_box()["width"]
    return width / 4


def test_the_ring_is_dragged_over_the_wall_and_the_numbers_follow(visit):
    visitor = visit(PATH)
    page = visitor.page
    whole(visitor)
    before = {name: number(visitor, name) for name in ("error", "norm", "above")}
    assert said(visitor, "says").startswith("Above the wall by 0.237.")
    assert said(visitor, "ends").startswith("Clipping saves this descent.")
    answers = int(visitor.stage("answered"))
    x, y = middle(visitor, "surface/0")
    unit = pixels_a_unit(visitor)

    page.mouse.move(x, y)
    page.mouse.down()
    for k in range(1, 16):
        page.mouse.move(x - 0.6 * unit * k / 15, y + 0.1 * unit * k / 15)
        page.wait_for_timeout(25)
    visitor.until(f"d.answered > {answers} && d.whole === 'false'")  # before it is let go
    assert "100 of 300 steps down" in page.locator(".dials .coarse").inner_text()
    page.mouse.up()

    page.wait_for_url(re.compile(r"cliff_w=[\d.]+&cliff_b=-[\d.]+"), timeout=60_000)
    visitor.settled()
    whole(visitor)
    w, b = dial(visitor, "cliff_w"), dial(visitor, "cliff_b")
    assert w < 5.2
    assert b < -2.9
    above = b - (0.5 - 0.6224593 * w)
    assert number(visitor, "above") == pytest.approx(above, rel=0.01)
    assert above < 0 < before["above"]
    assert number(visitor, "error") > 0.3 > before["error"]
    assert number(visitor, "norm") != before["norm"]
    assert said(visitor, "says").startswith("Below the wall by")
    there = visit(page.url.replace(visitor.address, ""))
    whole(there)
    for area in ("says", "numbers", "ends", "look"):
        assert said(there, area) == said(visitor, area)


def test_the_ring_moves_by_the_arrow_keys_both_ways(visit):
    visitor = visit(f"{PATH}&cliff_w=5&cliff_b=-2.5")
    page = visitor.page
    whole(visitor)
    page.locator('[data-handle="surface/0"]').focus()

    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowUp")

    page.wait_for_url(re.compile(r"cliff_w=5\.1&cliff_b=-2\.499"), timeout=60_000)
    whole(visitor)
    assert said(visitor, "says").startswith("Above the wall by 0.176.")  # b* = −2.67454


def test_the_bias_is_dragged_in_the_map_of_fixed_points_and_the_weight_stays(visit):
    visitor = visit(PATH)
    page = visitor.page
    whole(visitor)
    x, y = middle(visitor, "fixed/0")

    page.mouse.move(x, y)
    page.mouse.down()
    for k in range(1, 11):
        page.mouse.move(x - 12 * k, y)
        page.wait_for_timeout(25)
    page.mouse.up()

    page.wait_for_url(re.compile(r"cliff_b=-3\.\d+"), timeout=60_000)
    whole(visitor)
    assert dial(visitor, "cliff_w") == 5.2
    assert "the only attractor" in said(visitor, "says")


def test_a_run_of_the_menu_turns_all_its_dials_and_its_verdict_is_another(visit):
    visitor = visit(PATH)
    page = visitor.page
    whole(visitor)

    page.locator('.dials [data-dial="cliff_run"] select').select_option(
        label="Fine without clipping"
    )

    page.wait_for_url(re.compile(r"cliff_w=5&cliff_b=-2\.4"), timeout=60_000)
    whole(visitor)
    assert said(visitor, "ends").startswith("This start does not need clipping.")
