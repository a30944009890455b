"""The circuits as a browser draws them: no number lies on another, none leaves its picture."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from explorer.figures.cells import CIRCUITS
from explorer.stage.standalone import standalone
from tests.figures.cells.shows import step
from tests.stage.chromium import TWO_FRAMES, chromium

__all__ = ["chromium"]

SIZES = {"projector": (1440, 900), "laptop": (1280, 720), "phone": (390, 844)}
COLLISIONS = """() => {
  const svg = document.querySelector(".diagram svg.circuit");
  const box = (element) => element.getBoundingClientRect();
  const common = (a, b) => Math.min(
    Math.min(a.right, b.right) - Math.max(a.left, b.left) - 1,
    Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) - 6,
  );
  const texts = [...svg.querySelectorAll("text")].filter((text) => text.textContent.trim());
  const edges = box(svg);
  const found = [];
  texts.forEach((text, i) => {
    const a = box(text);
    const own = text.closest(".node")?.querySelector("rect");
    if (a.left < edges.left - 1 || a.right > edges.right + 1 || a.top < edges.top - 3)
      found.push(`${text.textContent} leaves the picture`);
    if (own && a.width > box(own).width) found.push(`${text.textContent} leaves its box`);
    for (const other of texts.slice(i + 1))
      if (common(a, box(other)) > 0) found.push(`${text.textContent} on ${other.textContent}`);
    for (const rect of svg.querySelectorAll(".node rect"))
      if (rect !== own && common(a, box(rect)) > 2)
        found.push(`${text.textContent} on ${rect.parentNode.dataset.node}`);
  });
  return found;
}"""
SUMS = """() => {
  const { sum, shown, difference } = document.querySelector(".microscope .check").dataset;
  return [sum, shown, difference].map(Number);
}"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every cell's microscope as a page of its own."""
    folder = tmp_path_factory.mktemp("circuits")
    found = {}
    for cell in CIRCUITS:
        show = step(cell)
        found[cell] = folder / f"{cell}.html"
        found[cell].write_text(standalone(show.scene, show.still, show.frames, "A cell"), "utf-8")
    return found


@pytest.fixture(params=list(CIRCUITS))
def page(
    request: pytest.FixtureRequest, chromium: Browser, pages: dict[str, Path]
) -> Iterator[Page]:
    """The microscope of one cell after the other, on a laptop."""
    width, height = SIZES["laptop"]
    page = chromium.new_page(bypass_csp=True, viewport={"width": width, "height": height})
    page.goto(pages[request.param].as_uri())
    page.wait_for_selector(".stage[data-frame] svg.circuit")
    yield page
    page.close()


def move_to(page: Page, index: int) -> None:
    page.evaluate(
        """(index) => {
          const slider = document.querySelector('.time input');
          slider.value = index;
          slider.dispatchEvent(new Event('input'));
        }""",
        index,
    )
    page.wait_for_function("(i) => document.querySelector('.stage').dataset.frame == i", arg=index)


def test_no_number_lies_on_another_whatever_things_are_called(page):
    names = page.locator("[data-select=names] button")
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate(TWO_FRAMES)
        for i in range(names.count()):
            names.nth(i).click()
            move_to(page, 4 + 5 * i)
            page.evaluate(TWO_FRAMES)
            assert page.evaluate(COLLISIONS) == [], (size, names.nth(i).inner_text())


FOCUS = """() => {
  const at = document.activeElement;
  const called = [at.getAttribute("aria-label"), at.textContent].map((text) => (text ?? "").trim());
  return { name: called.find(Boolean) ?? "", tag: at.tagName, role: at.getAttribute("role"),
    labels: at.labels?.length ?? 0, node: at.dataset.node ?? "",
    checked: at.getAttribute("aria-checked"), selected: at.getAttribute("aria-selected") };
}"""


def test_every_stop_of_the_tab_key_has_a_name_and_no_bare_path_is_one(page):
    page.locator(".stage").focus()
    stops = []
    for _ in range(80):
        page.keyboard.press("Tab")
        stops.append(page.evaluate(FOCUS))
        if stops[-1]["tag"] == "BODY":
            break

    inside = [stop for stop in stops if stop["tag"] != "BODY"]
    assert len(inside) > 10
    assert all(stop["name"] or stop["labels"] for stop in inside)
    assert not {"path", "svg"} & {stop["tag"] for stop in inside}
    assert sum(stop["role"] == "radio" and bool(stop["node"]) for stop in inside) == 1
    assert sum(stop["role"] == "tab" for stop in inside) == 1


def test_the_focus_goes_where_the_arrows_take_the_stage(page):
    gates = page.locator('.diagram .node[role="radio"]')
    first = gates.first.get_attribute("data-node")
    page.locator(".stage").focus()
    while page.evaluate(FOCUS)["node"] != first:
        page.keyboard.press("Tab")
    page.wait_for_function(
        "(name) => document.querySelector(`[data-node=${name}]`).ariaChecked === 'true'", arg=first
    )

    for _ in range(6):
        page.keyboard.press("ArrowDown")
        page.evaluate(TWO_FRAMES)
        now = page.evaluate(FOCUS)
        assert "true" in (now["checked"], now["selected"])


def test_what_stands_beside_a_number_follows_it_through_time(page):
    move_to(page, 3)
    gate = page.locator('.diagram .node[role="radio"]').first
    gate.focus()
    said = page.locator(".stage > .explanation, .stage .explanation").first
    for index in (4, 5, 6):
        page.keyboard.press("ArrowRight")
        page.wait_for_function(
            "(i) => document.querySelector('.stage').dataset.frame == i", arg=index
        )
        page.evaluate(TWO_FRAMES)
        shown = float(gate.locator(".number").text_content().replace("−", "-"))
        told = said.text_content().split(": ")[1].split(". ")[0]
        power = told.replace("−", "-").partition("×10")
        value = float(power[0]) if not power[1] else 0.0  # a tiny one
        assert value == pytest.approx(shown, abs=0.006)


def test_an_opened_gate_adds_up_to_what_is_shown(page):
    move_to(page, 7)
    box = page.locator("[data-node].box").last
    box.locator(".number").click()
    page.wait_for_selector(f".microscope[data-opened='{box.get_attribute('data-node')}']")
    total, shown, difference = page.evaluate(SUMS)

    assert difference < 1e-5  # frames are packed as float32
    assert total == pytest.approx(shown, abs=1e-5)
