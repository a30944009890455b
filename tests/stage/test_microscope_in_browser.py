"""The microscope: every number opens into what made it, and everything adds up."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page

from explorer.figures.scene import (
    Choice,
    Diagram,
    Dot,
    Grid,
    Lexicon,
    Node,
    Opening,
    Scene,
    Stage,
    Term,
    Timeline,
    Tokens,
    Unfolding,
    Value,
    Wire,
)
from explorer.runs.frames import Frame
from explorer.stage.standalone import standalone
from tests.stage import recordings
from tests.stage.chromium import TWO_FRAMES, chromium  # noqa: F401

UNITS, UNIT, STEP = 12, 5, 9
TOKENS = tuple(recordings.TEXT.replace(" ", "␣").replace("\n", "↵"))
FRAMES = recordings.lstm_frames(units=UNITS)
STILL = recordings.lstm_weights(UNITS).still()
MINUS = "\N{MINUS SIGN}"
ORDERS = (("as packed", ""), ("clustered", "order/clusters"))
WORDS = (
    Lexicon("gates", (("forget", "forget gate"), ("f", "f"), ("memory", "memory"))),
    Lexicon("learn", (("forget", "forget factor"), ("f", "k"), ("memory", "long-term memory"))),
)


def value(name: str) -> Value:
    return Value(name, "unit")


def numbers(line: str) -> tuple[Term, ...]:
    """Return an equation from "c = <forget> · <cell_before>"."""
    pieces = re.split("<([^>]+)>", line)
    return tuple(
        Term(value=value(piece)) if i % 2 else Term(piece)
        for i, piece in enumerate(pieces)
        if piece
    )


FORGET = Opening(
    "forget",
    "⟦forget⟧",
    "⟦f⟧ = σ(W_{x⟦f⟧} x + W_{h⟦f⟧} h_{−1} + b_{⟦f⟧})",
    numbers("⟦f⟧ = σ(<forget/preactivation>) = <forget>"),
    "It keeps {forget:percent}.",
    (
        Dot("what is read", "weight_ih", "x", 1, "bias_ih", cause="token"),
        Dot("the past", "weight_hh", "hidden_before", 1, cause="before", leads_to="hidden"),
    ),
    "forget",
)
MEMORY = Opening(
    "cell",
    "⟦memory⟧ c",
    "c = ⟦f⟧ · c_{−1} + i · g",
    numbers("c = <forget> · <cell_before> + <input> · <candidate> = <cell>"),
)
SHOWN = Opening("hidden", "hidden h", "h = o · tanh(c)", numbers("h = <output> · <squashed>"))
DIAGRAM = Diagram(
    "diagram",
    400,
    300,
    (
        Node("forget", 120, 220, "gate", "⟦forget⟧", value("forget"), "forget"),
        Node("output", 290, 220, "gate", "output", value("output"), "output"),
    ),
    (
        Wire(
            "wire/cell", ((20, 60), (380, 60)), value("cell"), "cell", (380, 60), "⟦memory⟧",
            side="across", anchor="end",
        ),
    ),
    (
        Stage("write", ("wire/cell",), "c = ⟦f⟧ · c_{−1} + i · g", MEMORY.equation),
        Stage("forget", ("forget",), "⟦f⟧ = σ(…)", FORGET.equation, "It keeps {forget}."),
    ),
    tokens=TOKENS,
    select="unit",
    openings=(FORGET, MEMORY, SHOWN),
)  # fmt: skip
PANELS = (
    Tokens("tokens", TOKENS, "cell", "unit", span="span", marks="marked"),
    Tokens("felt", TOKENS, "felt", of="frame", hover=True),
    DIAGRAM,
    Timeline("map", "⟦memory⟧ c", "cell", by_row=True, select="unit", orders=ORDERS),
    Timeline("second", "⟦forget⟧", "forget", low=0, high=1, select="unit", orders=ORDERS),
    Choice("names", "names", ("gates", "learn"), "words"),
    Choice("order", "order", ("as packed", "clustered"), "rows"),
    Unfolding(
        "unfolded", "unfolded", "forget", "written", "cell", "cell_before", "unit", TOKENS
    ),
)  # fmt: skip
WIDE = Grid(
    ("minmax(0, 2fr)", "minmax(0, 1fr)"),
    ("auto", "auto", "auto", "minmax(0, 1fr)", "minmax(0, 1fr)", "220px"),
    ("tokens tokens", "felt felt", "names order", "diagram map", "diagram second",
     "unfolded unfolded"),
    fold=5,
)  # fmt: skip
NARROW = Grid(
    ("minmax(0, 1fr)",),
    ("auto", "auto", "auto", "auto", "auto", "110px", "110px", "auto"),
    ("tokens", "felt", "diagram", "names", "order", "map", "second", "unfolded"),
)
SCENE = Scene(
    PANELS, WIDE, NARROW, "character", (("unit", UNIT), ("names", 0), ("order", 0)),
    lexicons=WORDS,
)  # fmt: skip


def recorded() -> list[Frame]:
    """Return the frames, each with what it feels of every character."""
    felt = np.random.default_rng(0).normal(size=(len(FRAMES), len(FRAMES)))
    return [replace(f, arrays={**f.arrays, "felt": felt[i]}) for i, f in enumerate(FRAMES)]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    marked = np.zeros(len(TOKENS))
    marked[[2, 7]] = 1
    still = Frame(0, {**STILL.arrays, "marked": marked})
    path = tmp_path_factory.mktemp("microscope") / "page.html"
    path.write_text(standalone(SCENE, still, recorded(), "Microscope"), "utf-8")
    return path


class Opened:
    """Fresh pages of the recording; what they log is an error."""

    def __init__(self, browser: Browser, path: Path) -> None:
        self._browser, self._path = browser, path
        self.errors: list[str] = []

    def __call__(self, width: int = 1440, height: int = 900) -> Page:
        page = self._browser.new_page(
            bypass_csp=True, viewport={"width": width, "height": height}, reduced_motion="reduce"
        )
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda m: m.type == "error" and self.errors.append(m.text))
        page.goto(self._path.as_uri())
        page.wait_for_selector(".stage[data-frame] .chip[aria-selected]")
        go(page, STEP)
        return page


@pytest.fixture(scope="module")
def opened(chromium: Browser, written: Path) -> Iterator[Opened]:  # noqa: F811
    found = Opened(chromium, written)
    yield found
    assert found.errors == []


@pytest.fixture
def page(opened: Opened) -> Iterator[Page]:
    page = opened()
    yield page
    page.close()


def go(page: Page, index: int) -> None:
    page.evaluate(
        """(index) => {
          const slider = document.querySelector('.time input');
          slider.value = index;
          slider.dispatchEvent(new Event('input'));
        }""",
        index,
    )
    at(page, index)


def at(page: Page, index: int) -> None:
    page.wait_for_function("(i) => document.querySelector('.stage').dataset.frame == i", arg=index)


def card(page: Page, name: str) -> Locator:
    page.wait_for_selector(f".microscope[data-opened='{name}']")
    return page.locator(".microscope")


def is_closed(page: Page) -> bool:
    page.wait_for_selector(".microscope", state="detached")
    return page.locator(".microscope").count() == 0


def products(page: Page) -> list[tuple[str, int, float]]:
    """Return array, index and product of every row of the open card."""
    return page.locator(".microscope .dot .factor").evaluate_all(
        """(rows) => rows.map((row) => [row.closest('.dot').dataset.inputs, Number(row.dataset.k),
          Number(row.dataset.product)])"""
    )


def pre(step: int, unit: int, gate: str = "forget") -> float:
    return float(FRAMES[step].arrays[f"{gate}/preactivation"][unit])


# --------------------------------------------------------------------------------------- products


def test_a_gate_opens_into_products_that_add_up_to_what_it_squashes(page):
    page.locator("[data-node=forget]").click()
    shown = card(page, "forget")
    for more in shown.locator(".more").all():
        if more.is_visible():
            more.click()
    page.wait_for_function(
        "(n) => document.querySelectorAll('.microscope .dot .factor').length === n",
        arg=recordings.INPUTS + UNITS,
    )
    rows = products(page)
    arrays, weights = FRAMES[STEP].arrays, STILL.arrays
    row = UNITS + UNIT  # the second block: input, forget, candidate, output

    for name, k, product in rows:
        matrix = weights["weight_ih" if name == "x" else "weight_hh"]
        assert product == pytest.approx(matrix[row, k] * arrays[name][k], rel=1e-5)
    bias = float(weights["bias_ih"][row])
    total = sum(product for *_, product in rows) + bias
    assert total == pytest.approx(pre(STEP, UNIT), abs=1e-5)
    check = shown.locator(".check")
    assert float(check.get_attribute("data-sum")) == pytest.approx(total, abs=1e-6)
    assert float(check.get_attribute("data-difference")) < 1e-5
    assert f"{pre(STEP, UNIT):.3f}".replace("-", MINUS) in check.inner_text()


def test_the_largest_product_comes_first_and_what_is_folded_away_is_summed(page):
    page.locator("[data-node=forget]").click()
    card(page, "forget")
    rows = [abs(product) for name, _, product in products(page) if name == "hidden_before"]
    past = page.locator(".dot[data-inputs=hidden_before]")
    shown = sum(product for name, _, product in products(page) if name == "hidden_before")
    weights = STILL.arrays["weight_hh"][UNITS + UNIT]

    assert rows == sorted(rows, reverse=True)
    assert len(rows) < UNITS
    whole = float(weights @ FRAMES[STEP].arrays["hidden_before"])
    assert shown + float(past.get_attribute("data-rest")) == pytest.approx(whole, abs=1e-5)
    assert past.locator(".more").inner_text().startswith(f"{UNITS - len(rows)} more: sum ")


def test_an_open_number_follows_the_playhead_and_the_unit(page):
    page.locator("[data-node=forget]").click()
    shown = card(page, "forget")
    for step, unit in ((STEP + 1, UNIT), (STEP + 1, 8), (3, 8)):
        go(page, step)
        page.get_by_label("unit", exact=True).fill(str(unit))
        page.get_by_label("unit", exact=True).press("Enter")
        page.wait_for_selector(f".microscope[data-unit='{unit}']")
        told = float(shown.locator(".check").get_attribute("data-sum"))
        assert told == pytest.approx(pre(step, unit), abs=1e-5)
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    at(page, 4)
    told = float(shown.locator(".check").get_attribute("data-sum"))
    assert told == pytest.approx(pre(4, 8), abs=1e-5)


def test_a_product_of_the_past_leads_one_step_back_to_the_unit_that_caused_it(page):
    page.locator("[data-node=forget]").click()
    card(page, "forget")
    row = page.locator(".dot[data-inputs=hidden_before] .factor").first
    unit = int(row.get_attribute("data-k"))
    row.click()
    shown = card(page, "hidden")
    at(page, STEP - 1)

    assert shown.get_attribute("data-unit") == str(unit)
    told = shown.locator("output").inner_text().replace(MINUS, "-")
    before = float(FRAMES[STEP].arrays["hidden_before"][unit])
    assert float(told) == pytest.approx(before, rel=6e-3)
    trail = shown.locator(".trail").inner_text()
    assert trail.startswith("forget gate")
    assert f"of unit {unit}, character {STEP}" in trail
    assert "the past" in trail

    page.locator(".trail button").first.click()
    card(page, "forget")
    at(page, STEP)
    assert page.locator(".microscope").get_attribute("data-unit") == str(UNIT)


def test_at_the_first_step_the_past_leads_nowhere(page):
    page.locator("[data-node=forget]").click()
    card(page, "forget")
    go(page, 0)

    assert page.locator(".dot[data-inputs=hidden_before] .factor[data-opens]").count() == 0
    assert page.locator(".dot[data-inputs=x] .factor[data-opens]").count() > 0


def test_a_product_of_what_is_read_points_out_its_character(page):
    page.locator("[data-node=forget]").click()
    shown = card(page, "forget")
    assert shown.locator(".heard").inner_text() == TOKENS[STEP]
    assert f"of “{TOKENS[STEP]}”" in shown.locator(".dot[data-inputs=x] .factor").first.inner_text()
    page.locator(".dot[data-inputs=x] .factor").first.click()
    page.wait_for_selector("[data-area=tokens] .chip.pointed")

    assert page.locator("[data-area=tokens] .chip.pointed").get_attribute("data-at") == str(STEP)


# ------------------------------------------------------------------------------ opening, closing


def test_the_numbers_of_an_equation_open_in_the_strip_and_in_the_card(page):
    page.get_by_role("tab", name="write", exact=True).click()
    page.locator(".desk [data-opens=cell]").click()
    shown = card(page, "cell")
    shown.locator(".numbers [data-opens=forget]").click()
    card(page, "forget")

    assert page.locator(".trail").inner_text().replace("\n", "") == "memory c›forget gate"


def test_a_gate_goes_to_its_stage_and_opens_at_one_click(page):
    page.locator("[data-node=forget]").click()

    assert card(page, "forget").is_visible()
    assert page.locator("[role=tab][aria-selected=true]").inner_text() == "forget"


def test_escape_closes_and_the_focus_returns_to_what_was_opened(page):
    number = page.locator(".desk [data-opens=cell]").first
    number.focus()
    page.keyboard.press("Enter")
    card(page, "cell")
    page.keyboard.press("ArrowLeft")
    at(page, STEP - 1)
    page.keyboard.press("Escape")

    assert is_closed(page)
    assert page.evaluate("document.activeElement.dataset.opens") == "cell"


def test_the_card_covers_neither_the_circuit_nor_the_time_bar(opened):
    for size in ((1440, 900), (1280, 720)):
        page = opened(*size)
        page.locator("[data-node=forget]").click()
        box = card(page, "forget").bounding_box()
        circuit = page.locator(".picture").bounding_box()
        bar = page.locator(".bar").bounding_box()
        assert box["x"] >= circuit["x"] + circuit["width"] - 1
        assert box["y"] + box["height"] <= bar["y"]
        page.close()


def test_on_a_phone_the_card_is_a_sheet_above_the_time_bar(opened):
    page = opened(390, 844)
    page.locator("[data-node=forget]").tap() if False else page.locator(
        "[data-node=forget]"
    ).click()
    card(page, "forget")
    page.evaluate(TWO_FRAMES)
    box, bar = (page.locator(f"{name}").bounding_box() for name in (".microscope", ".bar"))
    gate = page.locator("[data-node=forget]").bounding_box()

    assert box["y"] + box["height"] <= bar["y"] + 0.5
    assert gate["y"] + gate["height"] / 2 < box["y"]  # what was opened stays in view
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.close()


def test_no_control_of_the_card_takes_a_name_of_the_time_bar(page):
    page.locator("[data-node=forget]").click()
    card(page, "forget")
    names = (
        page.locator(".microscope")
        .get_by_role("button")
        .evaluate_all("(all) => all.map((e) => e.getAttribute('aria-label') ?? e.textContent)")
    )

    assert len(names) > 8
    assert not [name for name in names if re.search("step|train|pause|reset|time", name, re.I)]
    for name in ("Step", "Play", "Reset"):
        assert page.get_by_role("button", name=name).count() == 1


def test_the_latex_of_a_card_holds_the_symbols_and_the_numbers_on_screen(page):
    page.locator(".desk [data-opens=cell]").first.click()
    found = card(page, "cell").get_attribute("data-latex")
    arrays = FRAMES[STEP].arrays
    f, before, i, g, c = (
        f"{arrays[name][UNIT]:.2f}"
        for name in ("forget", "cell_before", "input", "candidate", "cell")
    )
    wrapped = [f"({x})" if x.startswith("-") else x for x in (before, g)]
    c = "0.00" if float(c) == 0 else c

    assert found == (
        rf"c = f \cdot c_{{-1}} + i \cdot g = {f} \cdot {wrapped[0]} + {i} \cdot {wrapped[1]} = {c}"
    )


def test_the_equation_is_copied_as_latex(page):
    page.evaluate(
        "() => Object.defineProperty(navigator, 'clipboard', "
        "{value: {writeText: async (text) => (window.copied = text)}})"
    )
    page.locator(".desk [data-opens=cell]").first.click()
    shown = card(page, "cell")
    page.get_by_role("button", name="Copy LaTeX").click()
    page.wait_for_selector("text=Copied")

    assert page.evaluate("window.copied") == shown.get_attribute("data-latex")


# ------------------------------------------------------------------------------------------ words


def test_one_switch_renames_everything_and_back_and_leaves_the_rest_as_it_is(page):
    page.locator("[data-node=forget]").click()
    card(page, "forget")
    before = page.locator(".stage").inner_text()
    names = page.locator("[data-area=names]")
    names.get_by_role("radio", name="learn").click()
    page.wait_for_selector(".microscope h2:text-is('forget factor')")
    renamed = page.locator(".stage").inner_text()

    assert "forget gate" not in renamed
    assert renamed.count("long-term memory") >= 2
    assert "⟦" not in renamed
    assert page.locator("[role=tab][aria-selected=true]").inner_text() == "forget"
    assert page.locator(".stage").get_attribute("data-frame") == str(STEP)
    assert page.locator(".microscope .symbols").inner_text().startswith("k = σ(")
    assert names.get_by_role("radio", name="learn").evaluate("(e) => e === document.activeElement")

    page.keyboard.press("ArrowLeft")
    page.wait_for_selector(".microscope h2:text-is('forget gate')")
    assert page.locator(".stage").inner_text() == before
    assert page.locator(".stage").get_attribute("data-frame") == str(STEP)


# ------------------------------------------------------------------------------------ characters


def test_dragging_over_characters_chooses_a_span(page):
    chips = page.locator("[data-area=tokens] .chip")
    first, last = (chips.nth(i).bounding_box() for i in (11, 4))
    page.mouse.move(first["x"] + 9, first["y"] + 20)
    page.mouse.down()
    page.mouse.move(last["x"] + 9, last["y"] + 20, steps=6)
    page.mouse.up()
    within = page.locator("[data-area=tokens] .chip.within")
    page.wait_for_function("document.querySelectorAll('.chip.within').length === 8")

    assert within.first.get_attribute("data-at") == "4"
    assert within.last.get_attribute("data-at") == "11"
    at(page, STEP)  # a drag leaves the playhead where it was


def test_a_click_on_a_character_with_a_span_still_goes_to_it(page):
    page.locator("[data-area=tokens] .chip").nth(12).click()
    at(page, 12)

    assert page.locator(".chip.within").count() == 0


def test_shift_and_arrow_stretch_a_span_from_the_keyboard(page):
    page.locator("[data-area=tokens] .chip[aria-selected]").focus()
    for step in (1, 2):
        page.keyboard.press("Shift+ArrowRight")
        at(page, STEP + step)

    strip = page.locator("[data-area=tokens] .strip")
    page.wait_for_function("document.querySelectorAll('.chip.within').length === 3")
    assert strip.get_attribute("data-first") == str(STEP)
    assert strip.get_attribute("data-last") == str(STEP + 2)


def test_pointing_at_a_character_moves_the_playhead_where_the_scene_says_so(page):
    page.locator("[data-area=felt] .chip").nth(17).hover()
    at(page, 17)
    page.locator("[data-area=tokens] .chip").nth(3).hover()
    page.wait_for_timeout(80)

    at(page, 17)


def test_marked_characters_are_underlined(page):
    marked = page.locator("[data-area=tokens] .chip.marked")

    assert [chip.get_attribute("data-at") for chip in marked.all()] == ["2", "7"]


def test_chips_take_their_tint_from_the_array_of_the_present_frame(page):
    felt = recorded()[STEP].arrays["felt"]
    strongest = int(np.argmax(np.abs(felt)))
    tints = page.locator("[data-area=felt] .chip").evaluate_all(
        "(all) => all.map((e) => getComputedStyle(e).backgroundColor.match(/\\d+/g).map(Number))"
    )
    strength = [255 - min(tint) for tint in tints]

    assert int(np.argmax(strength)) == strongest
    warm = [tint[0] > tint[2] for tint in tints]
    assert all(w == (x > 0) for w, x in zip(warm, felt, strict=True) if abs(x) > 0.1)


# ----------------------------------------------------------------------------------------- orders


def test_in_another_order_a_click_still_selects_the_true_unit(page):
    order = STILL.arrays["order/clusters"]
    page.locator("[data-area=order]").get_by_role("radio", name="clustered").click()
    heat = page.locator("[data-area=map] .map")
    box = heat.bounding_box()
    for row in (0, 7):
        x = box["width"] * (STEP + 0.5) / len(FRAMES)
        heat.click(position={"x": x, "y": box["height"] * (row + 0.5) / UNITS})
        unit = int(order[row])
        page.wait_for_function(
            "(u) => document.querySelector('[data-area=map] .map').ariaValueNow == u", arg=str(unit)
        )
        marker = page.locator("[data-area=map] .row").bounding_box()
        middle = marker["y"] + marker["height"] / 2 - box["y"]
        assert middle == pytest.approx(box["height"] * (row + 0.5) / UNITS, abs=2)


def test_a_row_of_a_reordered_heat_map_shows_the_unit_that_the_order_names(page):
    def column(row: int) -> list[int]:
        return page.evaluate(
            """([row, rows, step, steps]) => {
              const canvas = document.querySelector('[data-area=second] .map > canvas');
              const x = Math.floor(((step + 0.5) / steps) * canvas.width);
              const y = Math.floor(((row + 0.5) / rows) * canvas.height);
              return [...canvas.getContext('2d').getImageData(x, y, 1, 1).data];
            }""",
            [row, UNITS, STEP, len(FRAMES)],
        )

    packed = [column(row) for row in range(UNITS)]
    page.locator("[data-area=order]").get_by_role("radio", name="clustered").click()
    page.get_by_role("radio", name="clustered", checked=True).wait_for()
    page.evaluate(TWO_FRAMES)
    clustered = [column(row) for row in range(UNITS)]

    assert packed != clustered
    assert clustered == [packed[int(unit)] for unit in STILL.arrays["order/clusters"]]


# ------------------------------------------------------------------------------------- unfolding


def test_the_parts_of_an_unfolded_memory_sum_to_the_memory_at_every_step(page):
    root = page.locator(".unfolding")
    for step in (0, 1, STEP, len(FRAMES) - 1):
        go(page, step)
        page.wait_for_function(
            """(c) => Math.abs(
              Number(document.querySelector('.unfolding').dataset.total) - c) < 1e-6""",
            arg=float(FRAMES[step].arrays["cell"][UNIT]),
        )
        found = float(root.get_attribute("data-sum"))
        assert found == pytest.approx(float(root.get_attribute("data-total")), abs=1e-5)


def test_what_is_left_of_a_step_is_what_every_later_forget_gate_kept_of_it(page):
    forget = np.array([frame.arrays["forget"][UNIT] for frame in FRAMES])
    written = np.array([frame.arrays["written"][UNIT] for frame in FRAMES])
    rows = page.locator(".unfolding .source[data-source]").evaluate_all(
        "(all) => all.map(({dataset: d}) => [d.source, d.written, d.left].map(Number))"
    )

    assert len(rows) >= 2
    for source, wrote, left in rows:
        s = int(source)
        assert wrote == pytest.approx(written[s], abs=1e-6)
        assert left == pytest.approx(written[s] * np.prod(forget[s + 1 : STEP + 1]), abs=1e-6)
    sizes = [abs(left) for *_, left in rows]
    assert sizes == sorted(sizes, reverse=True)
