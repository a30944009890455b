"""Sand under the hand: piles are drawn and moved, and plan, proof and distances follow."""

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from explorer.labs.transport import VIEWS
from tests.browser.shown import at_rest

PATH = "/transport"


def whole(visitor) -> None:
    """Wait until what is shown is the whole answer to the newest question."""
    visitor.until("d.answered === d.asked && d.whole === 'true'")


def number(visitor, name: str) -> float:
    """Return what a card says, as a number, once it says one: it is written with the picture."""
    card = visitor.page.locator(f'[data-scalar="{name}"] .value').filter(has_text=re.compile(r"\d"))
    card.wait_for(timeout=60_000)
    text = card.inner_text()
    return float(text.replace("−", "-").replace(",", ""))


def box(visitor, handle: str) -> tuple[float, float, float, float]:
    found = at_rest(visitor.page, visitor.page.locator(f'[data-handle="{handle}"]').bounding_box)
    return found["x"], found["y"], found["width"], found["height"]


def test_a_pile_is_drawn_with_the_pointer_and_the_distances_follow_before_it_is_let_go(visit):
    visitor = visit(PATH)
    page = visitor.page
    whole(visitor)
    before = number(visitor, "w1")
    answers = int(visitor.stage("answered"))
    x, y, wide, high = box(visitor, "target/0")

    page.mouse.move(x + 0.3 * wide, y + high - 2)
    page.mouse.down()
    for k in range(1, 16):
        page.mouse.move(x + (0.3 + 0.02 * k) * wide, y + 0.3 * high)
        page.wait_for_timeout(25)
    visitor.until(f"d.answered > {answers} + 1")  # before it is let go
    assert number(visitor, "w1") != before
    page.mouse.up()

    page.wait_for_url(re.compile(r"line_target="), timeout=60_000)
    visitor.settled()
    whole(visitor)
    heights = [int(h) for h in re.search(r"line_target=([\d+]+)", page.url)[1].split("+")]
    assert len(heights) == 40
    drawn = [height for height in heights if 60 < height < 80]  # where the pen went along
    assert len(drawn) > 12
    there = visit(page.url.replace(visitor.address, ""))
    whole(there)
    assert number(there, "w1") == number(visitor, "w1")


def test_the_whole_source_is_dragged_and_w1_falls_by_as_much(visit):
    visitor = visit(PATH)
    page = visitor.page
    whole(visitor)
    before = number(visitor, "w1")
    x, y, wide, high = box(visitor, "source/1")
    page.mouse.move(x + wide / 2, y + high / 2)
    page.mouse.down()
    page.mouse.move(x + wide / 2 + 40, y + high / 2, steps=8)
    page.mouse.up()

    page.wait_for_url(re.compile(r"shift=[\d.]+"), timeout=60_000)
    visitor.settled()
    whole(visitor)
    shift = float(re.search(r"shift=([\d.]+)", page.url)[1])
    assert shift > 0.5
    assert number(visitor, "w1") == pytest.approx(before - shift, abs=0.011)


def test_a_bin_is_chosen_and_changed_by_the_keys(visit):
    visitor = visit(f"{PATH}?line_source=1+2+3+4&line_target=1+1")
    page = visitor.page
    whole(visitor)
    pen = page.locator('[data-handle="source/0"]')
    pen.focus()

    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert pen.get_attribute("aria-label") == "Source, bin 3 of 4"
    page.keyboard.press("Shift+ArrowUp")

    page.wait_for_url(re.compile(r"line_source=1\+2\+13\+4"), timeout=60_000)
    assert pen.get_attribute("aria-valuetext") == "13"


def test_one_point_of_a_cloud_is_moved_by_keys_and_dragged_while_the_others_stay(visit):
    visitor = visit(f"{PATH}?view=plane&plane_count=10&plane_right=0.5")
    page = visitor.page
    whole(visitor)
    point = page.locator('[data-handle="plane/0"]')
    point.focus()
    page.keyboard.press("PageUp")
    assert point.get_attribute("aria-label") == "point 2 of 10"
    page.keyboard.press("Shift+ArrowUp")
    page.wait_for_url(re.compile(r"plane_moved=1y%3A-?[\d.]+&"), timeout=60_000)
    whole(visitor)

    x, y, wide, high = box(visitor, "plane/0")
    page.mouse.move(x + wide / 2 + 30, y + high / 2 - 60)
    page.mouse.move(x + wide / 2, y + high / 2)
    page.mouse.down()
    page.mouse.move(x + wide / 2 + 60, y + high / 2 - 40, steps=6)
    page.mouse.up()

    page.wait_for_url(re.compile(r"1x%3A"), timeout=60_000)
    moved = box(visitor, "plane/0")
    assert moved[:2] == pytest.approx((x + 60, y - 40), abs=4)  # it is where the pointer let it go
    assert "plane_right=0.5" in page.url
    page.keyboard.press("Escape")
    page.wait_for_url(lambda address: "plane_moved" not in address, timeout=60_000)


def test_the_sand_goes_its_way_and_the_cost_adds_up_to_w1(visit):
    visitor = visit(PATH)
    page = visitor.page
    whole(visitor)

    page.keyboard.press("End")

    page.wait_for_function(
        """() => [...document.querySelectorAll('*')].some((e) =>
        e.shadowRoot?.textContent.includes('That is W₁'))"""
    )
    said = page.locator('[data-area="look"]').inner_text()
    assert "100\u00a0% has arrived" in said
    assert f"for {number(visitor, 'w1'):g} (mass × way)" in said


def test_a_picture_is_brought_and_takes_other_colours_and_a_file_that_is_none_gets_a_sentence(
    visit,
):
    visitor = visit(f"{PATH}?view=colours")
    page = visitor.page
    whole(visitor)
    place = page.locator('input[type="file"]')
    nothing = {"name": "a.png", "mimeType": "image/png", "buffer": b"no picture"}
    place.set_input_files([nothing])
    page.locator(".stAlert").filter(has_text="No picture could be read").wait_for(timeout=60_000)

    held = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").save(held, "PNG")
    place.set_input_files([nothing | {"buffer": held.getvalue()}])

    page.wait_for_url(re.compile(r"colours_source=yours"), timeout=60_000)
    page.get_by_text("Your picture:").wait_for(timeout=60_000)
    whole(visitor)
    page.wait_for_function(
        """() => [...document.querySelectorAll('*')].some((e) => {
          const canvas = e.shadowRoot?.querySelector('[data-area="source"] canvas');
          if (!canvas || canvas.width !== canvas.height) return false;
          const copy = new OffscreenCanvas(canvas.width, canvas.height)
            .getContext('2d', { willReadFrequently: true });
          copy.drawImage(canvas, 0, 0);
          const at = (y) => [...copy.getImageData(9, y, 1, 1).data].slice(0, 3);
          const [top, low] = [at(1), at(canvas.height - 2)];
          return Math.max(...top) < 9 && Math.min(...low) > 246;
        })"""
    )
    assert number(visitor, "after") < number(visitor, "before")


def test_going_back_over_several_views_quickly_comes_to_the_one_that_the_address_says(visit):
    visitor = visit(PATH)
    page = visitor.page
    tabs = page.get_by_role("radiogroup").first

    def stands_at(view: str) -> None:
        for wait in (0, 1_500):  # what still runs must not undo it
            page.wait_for_timeout(wait)
            expect(tabs.get_by_role("radio", name=VIEWS[view].label, exact=True)).to_be_checked()
            expect(page.get_by_role("heading", name=VIEWS[view].question)).to_be_visible()
            assert page.url.endswith(f"{PATH}?view={view}")

    for view in ("sliding", "plane", "mean", "colours", "guess", "samples", "line", "colours"):
        tabs.get_by_text(VIEWS[view].label, exact=True).click()
        page.wait_for_url(re.compile(r"transport$" if view == "line" else rf"\?view={view}$"))
    stands_at("colours")

    for _ in range(4):
        page.evaluate("history.back()")
        page.wait_for_timeout(60)
    stands_at("colours")

    for _ in range(2):
        page.evaluate("history.forward()")
        page.wait_for_timeout(60)
    stands_at("samples")
