"""Circuit, heat maps, characters, ranking and tiles, as they stand on a real screen."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from explorer.figures.cells import scene
from explorer.figures.scene import Diagram, Flow, FlowNode, Grid, Scene, Tiles, Timeline, worded
from explorer.figures.theme import DARK, LIGHT
from explorer.runs.frames import Frame
from explorer.stage.standalone import standalone
from tests.stage import recordings
from tests.stage.chromium import chromium  # noqa: F401
from tests.stage.studio import in_page

LETTERS = sorted(set(recordings.TEXT))
UNITS, UNIT, STEP = 12, 5, 9
LSTM = recordings.lstm_frames(units=UNITS)
GRU = recordings.gru_frames(units=UNITS)
GRADIENTS = recordings.gradient_frames(1000, 40)
SIZES = {"wide": (1440, 900), "small": (1280, 720), "low": (1280, 620), "phone": (390, 844)}
MINUS = "\N{MINUS SIGN}"


def gradients() -> Scene:
    norms = Timeline(
        "map", "norm", "norms", scale="sequential", log=True, row_name="lag", y_label="lag"
    )
    grid = Grid(("1fr", "1fr"), ("400px",), ("map tiles",))
    return Scene((norms, Tiles("tiles", "digits", "digits", 5)), grid, grid)


FLOW = Flow(
    "flow",
    "The game",
    (
        FlowNode("noise", 0, 0, "noise z", "accent"),
        FlowNode("generator", 1, 0, "generator G", "fake", "moved {moved}"),
        FlowNode("update", 2, 0, "generator's update", "fake"),
        FlowNode("judge", 1, 1, "discriminator D", "critic"),
        FlowNode("real", 0, 1, "real data", "real"),
    ),
    (("noise", "generator"), ("generator", "judge"), ("real", "judge"), ("update", "generator")),
    "lit",
    alt="The game.",
)
LIT = [set(), {"noise"}, {"noise", "generator"}, {"judge", "real"}, {"update"}]


def flowing() -> list[Frame]:
    """Return ten frames: the boxes of `LIT` one after the other, then none, but all at `STEP`."""
    names = [node.name for node in FLOW.nodes]
    lit = [*LIT, *[set()] * (STEP - len(LIT)), set(names)]
    return [
        Frame(i, {"lit": np.array([float(n in on) for n in names])}, {"moved": 0.25 + i})
        for i, on in enumerate(lit)
    ]


def flow_scene() -> Scene:
    grid = Grid(("1fr",), ("1fr",), ("flow",))
    return Scene((FLOW,), grid, Grid(("1fr",), (), ("flow",)))


PAGES = {
    "flow": (flow_scene(), flowing(), Frame(0)),
    "lstm": (
        worded(scene("lstm", list(recordings.TEXT), UNITS, LETTERS, unit=UNIT)),
        LSTM,
        recordings.lstm_weights(UNITS).still(),
    ),
    "gru": (
        worded(scene("gru", list(recordings.TEXT), UNITS, LETTERS, unit=UNIT)),
        GRU,
        recordings.gru_weights(UNITS).still(),
    ),
    "gradients": (gradients(), GRADIENTS, Frame(0)),
}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    for name, (picture, frames, still) in PAGES.items():
        page = standalone(picture, still, frames, name)
        (folder / f"{name}.html").write_text(page, "utf-8")
    return {name: folder / f"{name}.html" for name in PAGES}


class Theatre:
    """Pages of one module, opened once for each name, size and theme; what they log is an error."""

    def __init__(self, browser: Browser, written: dict[str, Path]) -> None:
        self._browser, self._written = browser, written
        self._pages: dict[tuple[str, str, str], Page] = {}
        self.errors: list[str] = []

    def open(
        self, name: str, size: str = "wide", theme: str = "light", motion: str = "reduce"
    ) -> Page:
        key = (name, size, theme + motion)
        if key not in self._pages:
            width, height = SIZES[size]
            page = self._browser.new_page(
                bypass_csp=True,
                viewport={"width": width, "height": height},
                color_scheme=theme,
                reduced_motion=motion,
            )
            page.on("console", lambda m: m.type == "error" and self.errors.append(m.text))
            page.on("pageerror", lambda error: self.errors.append(str(error)))
            page.goto(self._written[name].as_uri())
            page.wait_for_selector(".stage[data-frame]")
            self._pages[key] = page
        page = self._pages[key]
        if page.locator(".microscope").count():
            page.keyboard.press("Escape")
        go(page, STEP)
        return page


@pytest.fixture(scope="module")
def theatre(chromium: Browser, written: dict[str, Path]) -> Iterator[Theatre]:  # noqa: F811
    theatre = Theatre(chromium, written)
    yield theatre
    assert theatre.errors == []


def diagram(cell: str) -> Diagram:
    return next(panel for panel in PAGES[cell][0].panels if isinstance(panel, Diagram))


def go(page: Page, index: int) -> None:
    page.evaluate(
        """(index) => {
          const slider = document.querySelector('.time input');
          slider.value = index;
          slider.dispatchEvent(new Event('input'));
        }""",
        index,
    )
    page.wait_for_function("(i) => document.querySelector('.stage').dataset.frame == i", arg=index)


def stage(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name, exact=True).click()
    page.wait_for_selector(f"[role=tab][aria-selected=true]:text-is('{name}')")


def written_as(value: float) -> str:
    """Return a number as circuits write it: two decimals, one from 10 on."""
    text = f"{abs(value):.2f}" if abs(value) < 9.995 else f"{abs(value):.1f}"
    return MINUS + text if value < 0 and float(text) else text


def number(text: str) -> float:
    return float(text.replace(MINUS, "-").strip("()"))


def rgb(colour: str) -> np.ndarray:
    if colour.startswith("#"):
        return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], float)
    return np.array([float(part) for part in re.findall(r"[\d.]+", colour)[:3]])


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colours (WCAG 2.1)."""
    lights = []
    for colour in (first, second):
        c = rgb(colour) / 255
        linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
        lights.append(float(linear @ [0.2126, 0.7152, 0.0722]) + 0.05)
    return max(lights) / min(lights)


def pixel(page: Page, area: str, row: float, column: float) -> np.ndarray:
    """Return the colour of a heat map at shares of its height and width."""
    found = page.evaluate(
        """([area, row, column]) => {
          const canvas = document.querySelector(`[data-area=${area}] .map > canvas`);
          const at = [column * canvas.width, row * canvas.height].map(Math.floor);
          return [...canvas.getContext('2d').getImageData(at[0], at[1], 1, 1).data];
        }""",
        [area, row, column],
    )
    return np.array(found[:3], float)


# ------------------------------------------------------------------------------------ the circuit


@pytest.mark.parametrize(("cell", "frames"), [("lstm", LSTM), ("gru", GRU)])
def test_every_wire_carries_the_number_of_the_selected_unit(theatre, cell, frames):
    page = theatre.open(cell)

    for wire in diagram(cell).wires:
        if wire.value is None:
            continue
        value = float(frames[STEP].arrays[wire.value.name][UNIT])
        expected = 1 - value if wire.value.one_minus else value
        name = wire.name.removeprefix("wire/")
        shown = page.locator(f"[data-wire='{name}']").get_attribute("data-value")
        assert shown == written_as(expected), name


def test_a_wire_is_as_thick_as_its_value_is_large(theatre):
    page = theatre.open("lstm")
    widths = {
        gate: float(page.locator(f"[data-wire='{gate}'] path.line").get_attribute("stroke-width"))
        for gate in ("input", "forget", "candidate", "output")
    }
    sizes = {gate: abs(float(LSTM[STEP].arrays[gate][UNIT])) for gate in widths}

    assert sorted(widths, key=widths.__getitem__) == sorted(sizes, key=sizes.__getitem__)


def test_a_wire_is_dashed_where_its_value_is_negative_and_only_there(theatre):
    page = theatre.open("lstm")
    seen = set()
    for step in (3, 9, 17):
        go(page, step)
        for wire in filter(lambda w: w.value, diagram("lstm").wires):
            name = wire.name.removeprefix("wire/")
            dash = page.locator(f"[data-wire='{name}'] path.line").get_attribute("stroke-dasharray")
            negative = bool(LSTM[step].arrays[wire.value.name][UNIT] < 0)
            assert (dash != "none") == negative, (step, name)
            seen.add(negative)

    assert seen == {True, False}


@pytest.mark.parametrize("gate", ["forget", "input", "candidate", "output"])
def test_the_equation_of_a_gate_adds_its_parts_up_and_squashes_the_sum(theatre, gate):
    page = theatre.open("lstm")
    squash = np.tanh if gate == "candidate" else recordings.logistic
    stage(page, gate)

    written = page.locator(".equation .numbers").evaluate(
        "(e) => [...e.querySelectorAll('.main')].map((m) => m.textContent).join('')"
    )
    first, sign, second, total, result = re.fullmatch(
        rf"\w = (?:σ|tanh)\(({MINUS}?[\d.]+) ([+{MINUS}]) ([\d.]+)\) "
        rf"= (?:σ|tanh)\(({MINUS}?[\d.]+)\) = ({MINUS}?[\d.]+)",
        written,
    ).groups()

    summed = number(first) + (1 if sign == "+" else -1) * number(second)
    assert summed == pytest.approx(number(total), abs=0.0151)
    assert squash(number(total)) == pytest.approx(number(result), abs=0.0101)


def test_the_written_memory_is_the_sum_on_screen(theatre):
    page = theatre.open("lstm")
    stage(page, "write")

    terms = page.locator(".equation .value .main").all_text_contents()
    f, before, i, g, kept, written, cell = map(number, terms)

    assert f * before + i * g == pytest.approx(cell, abs=0.04)
    signs = page.locator(".equation .numbers").inner_text()
    assert kept + (written if "+" in signs.split("=")[2] else -written) == pytest.approx(
        cell, abs=0.0151
    )


@pytest.mark.parametrize("step", range(0, 30, 3))
def test_the_sentence_says_how_much_is_kept_and_which_push_is_larger(theatre, step):
    page = theatre.open("lstm")
    stage(page, "forget")
    go(page, step)
    arrays = LSTM[step].arrays

    said = page.locator(".says").inner_text()
    share = 100 * float(arrays["forget"][UNIT])
    told = re.search(r"keeps (more than |less than )?(\d+)\s% of what was there", said)

    bounds = {
        "more than ": (99, 100),
        "less than ": (0, 1),
        None: (int(told[2]) - 0.5, int(told[2]) + 0.5),
    }
    low, high = bounds[told[1]]
    assert low <= share <= high
    mine, past = (abs(arrays[f"forget/from_{part}"][UNIT]) for part in ("input", "hidden"))
    assert ("comes from the past" in said) == (past > mine)


def test_a_stage_lights_its_own_parts_and_fills_its_own_gate(theatre):
    page = theatre.open("lstm")
    for step in diagram("lstm").stages:
        stage(page, step.name)
        lit = page.locator(".circuit .node.on, .circuit .wire.on").evaluate_all(
            "(all) => all.map((e) => e.dataset.node ?? `wire/${e.dataset.wire}`)"
        )
        assert sorted(lit) == sorted(step.parts)


def test_the_arrow_keys_walk_through_the_gates_and_then_to_the_next_moment(theatre):
    page = theatre.open("gru")
    first, *_, last_but_one, last = [step.name for step in diagram("gru").stages]
    stage(page, last_but_one)
    page.locator(".stage").focus()
    page.keyboard.press("ArrowDown")
    page.wait_for_selector(f"[role=tab][aria-selected=true]:text-is('{last}')")
    page.keyboard.press("ArrowDown")
    page.wait_for_selector(f"[role=tab][aria-selected=true]:text-is('{first}')")

    assert page.locator(".stage").get_attribute("data-frame") == str(STEP + 1)


def test_a_gate_explains_itself_to_the_keyboard_and_opens_its_stage(theatre):
    page = theatre.open("lstm")
    stage(page, "read")
    page.locator("[role=tab]").last.focus()
    page.keyboard.press("Shift+Tab")
    gate = page.locator("[data-node=forget]")
    gate.focus()
    told = page.locator(".explanation").inner_text()

    assert f"{LSTM[STEP].arrays['forget'][UNIT]:.3g}" in told
    assert "1 keeps all of it" in told
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=tab][aria-selected=true]:text-is('forget')")


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_every_number_of_a_circuit_opens_and_all_products_add_up(theatre, cell):
    page = theatre.open(cell)
    doors = page.locator(".circuit [data-opens]").evaluate_all(
        "(all) => [...new Set(all.map((e) => e.dataset.opens))]"
    )
    summed = []
    for door in doors:
        page.evaluate(
            """(name) => document.querySelector(`.circuit [data-opens="${name}"]`)
              .dispatchEvent(new MouseEvent('click', { bubbles: true }))""",
            door,
        )
        page.wait_for_selector(f".microscope[data-opened='{door}']")
        if page.locator(".check").is_visible():
            check = page.locator(".check")
            shown, gap = (float(check.get_attribute(f"data-{n}")) for n in ("shown", "difference"))
            assert gap < 1e-5, door
            source = f"{door}/preactivation"
            arrays = PAGES[cell][1][STEP].arrays
            expected = arrays.get(source, arrays[door])[UNIT]
            assert shown == pytest.approx(float(expected), abs=1e-6), door
            summed.append(door)

    gates = {node.name for node in diagram(cell).nodes if node.shape == "gate"}
    assert gates <= set(summed)
    assert len(doors) > 12
    page.keyboard.press("Escape")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_every_text_of_a_gate_can_be_read_on_its_colour(theatre, cell, theme):
    page = theatre.open(cell, theme=theme)
    for step in diagram(cell).stages:
        stage(page, step.name)
        pairs = page.locator(".node.box").evaluate_all(
            """(gates) => gates.flatMap((gate) => [...gate.querySelectorAll('text')].map((text) =>
              [gate.querySelector('rect').getAttribute('fill'), getComputedStyle(text).fill]))"""
        )
        assert len(pairs) >= 9
        for fill, colour in pairs:
            assert contrast(fill, colour) >= 4.5, (step.name, fill, colour)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_character_can_be_read_on_its_tint(theatre, theme):
    pairs = (
        theatre.open("lstm", theme=theme)
        .locator(".chip")
        .evaluate_all("(all) => all.map(getComputedStyle).map((e) => [e.backgroundColor, e.color])")
    )

    assert min(contrast(*pair) for pair in pairs) >= 4.5


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_no_two_texts_of_a_circuit_touch_and_all_can_be_read(theatre, cell, size):
    page = theatre.open(cell, size=size)
    least = 12 if size == "phone" else 14
    for step in range(0, 30, 6):
        go(page, step)
        for name in ("write", "forget") if cell == "lstm" else ("blend", "new"):
            stage(page, name)
            texts, frame = page.locator(".circuit").evaluate(
                """(svg) => [[...svg.querySelectorAll('text')].filter((t) => t.textContent)
                .map((t) => {
                  const {left, right, top, bottom} = t.getBoundingClientRect();
                  const size = parseFloat(getComputedStyle(t).fontSize);
                  const baseline = bottom - 0.24 * size;  // letters without their line's leading
                  return [t.textContent, left, right, baseline - 0.7 * size, baseline, size];
                }), Object.values(svg.getBoundingClientRect().toJSON())]"""
            )
            x, y, width, height = frame[:4]
            for text, left, right, top, bottom, px in texts:
                assert px >= least, text
                assert x <= left <= right <= x + width, text
                assert y <= top <= bottom <= y + height, text
            for k, (one, left, right, top, bottom, _) in enumerate(texts):
                for other, left2, right2, top2, bottom2, _ in texts[k + 1 :]:
                    apart = right <= left2 or right2 <= left or bottom <= top2 or bottom2 <= top
                    assert apart, (step, name, one, other)


@pytest.mark.parametrize("size", SIZES)
def test_nothing_jumps_while_gates_and_moments_pass_and_nothing_scrolls_sideways(theatre, size):
    page = theatre.open("lstm", size=size)
    heights = set()
    for step in range(0, 30, 5):
        go(page, step)
        for name in ("forget", "candidate", "write", "squash", "read"):
            stage(page, name)
            heights.add(page.locator(".diagram .picture").evaluate("(e) => e.clientHeight"))
            heights.add(page.locator(".diagram .desk").evaluate("(e) => e.clientHeight + 1e4"))

    assert len(heights) == 2
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


WATCH = """() => {
  const svg = document.querySelector('.circuit');
  Object.assign(window, {moves: [], born: 0});
  new MutationObserver((changes) => {
    for (const {type, addedNodes} of changes) {
      if (type === 'attributes') window.moves.push([performance.now(), svg.dataset.moving ?? '']);
      for (const node of addedNodes) window.born += node.matches?.('.bead') ? 1 : 0;
    }
  }).observe(svg, {
    attributes: true, attributeFilter: ['data-moving'], childList: true, subtree: true,
  });
}"""


def test_values_move_along_the_wires_of_a_stage_that_is_entered_and_come_to_rest(theatre):
    page = theatre.open("lstm", motion="no-preference")
    stage(page, "read")
    page.wait_for_timeout(600)  # it has come to rest there
    page.evaluate(WATCH)
    stage(page, "write")
    page.wait_for_function("window.moves.length >= 2")
    (began, moving), (ended, resting) = page.evaluate("window.moves")[:2]
    write = next(s for s in diagram("lstm").stages if s.name == "write")

    assert (moving, resting) == ("true", "")
    assert ended - began >= 150
    assert page.evaluate("window.born") == sum(part.startswith("wire/") for part in write.parts)
    assert page.locator(".bead").count() == 0


def test_a_value_moves_on_when_those_it_is_made_of_have_arrived(page):
    order = in_page(
        page,
        """const {waves} = await from('circuit/circuit');
          const wires = [['', 'keep'], ['keep', 'add'], ['write', 'add'], ['input', 'write'],
            ['add', ''], ['loop', 'loop']].map(([start, end]) => ({start, end}));
          const found = waves(wires);
          return wires.map((wire) => found.get(wire));""",
    )

    assert order == [0, 1, 1, 0, 2, 0]


def test_nothing_moves_for_those_who_asked_for_less_motion(theatre):
    page = theatre.open("lstm", motion="reduce")
    page.evaluate(WATCH)
    stage(page, "write")
    stage(page, "read")

    assert page.evaluate("window.born") == 0


# ---------------------------------------------------------------------------------- the heat maps


@pytest.mark.parametrize(("theme", "palette"), [("light", LIGHT), ("dark", DARK)])
def test_a_heat_map_shows_each_value_as_a_share_of_its_colour(theatre, theme, palette):
    page = theatre.open("lstm", theme=theme)
    areas = {p.array: p.area for p in PAGES["lstm"][0].panels if p.kind == "timeline"}
    steps = len(LSTM)
    for array in ("forget", "candidate"):
        for row, step in ((0, 0), (3, 11), (UNITS - 1, steps - 1)):
            value = float(LSTM[step].arrays[array][row])
            role = "forget" if array == "forget" else "positive" if value > 0 else "negative"
            card, full = rgb(palette["card"]), rgb(palette[role])
            found = pixel(page, areas[array], (row + 0.5) / UNITS, (step + 0.5) / steps)
            np.testing.assert_allclose(found, card + abs(value) * (full - card), atol=3)


def test_by_row_each_value_is_a_share_of_the_largest_of_its_row(theatre):
    page = theatre.open("lstm")
    maps = [p for p in PAGES["lstm"][0].panels if p.kind == "timeline"]
    area = next(p.area for p in maps if p.array == "cell")
    cells = np.array([frame.arrays["cell"] for frame in LSTM])
    largest = np.abs(cells).max(0)
    assert largest.max() > 2 * largest.min() > 2
    for row in (int(largest.argmin()), int(largest.argmax())):
        for step in (int(np.abs(cells[:, row]).argmax()), 4, 20):
            role = "positive" if cells[step, row] > 0 else "negative"
            share = abs(cells[step, row]) / largest[row]
            expected = rgb(LIGHT["card"]) + share * (rgb(LIGHT[role]) - rgb(LIGHT["card"]))
            found = pixel(page, area, (row + 0.5) / UNITS, (step + 0.5) / len(LSTM))
            np.testing.assert_allclose(found, expected, atol=3)


def test_a_click_on_a_heat_map_chooses_the_unit_and_the_moment(theatre):
    page = theatre.open("lstm")
    box = page.locator("[data-area=map0] .map").bounding_box()
    page.mouse.click(
        box["x"] + box["width"] * (20 + 0.5) / len(LSTM),
        box["y"] + box["height"] * (7 + 0.5) / UNITS,
    )
    page.wait_for_function("document.querySelector('.stage').dataset.frame == 20")

    assert page.get_by_label("unit", exact=True).input_value() == "7"
    shown = page.locator("[data-wire=hidden]").get_attribute("data-value")
    assert shown == written_as(float(LSTM[20].arrays["hidden"][7]))
    choose(page, UNIT)


def choose(page: Page, unit: int) -> None:
    field = page.get_by_label("unit", exact=True)
    field.fill(str(unit))
    field.press("Enter")


def test_a_heat_map_is_worked_from_the_keyboard(theatre):
    page = theatre.open("lstm")
    stage(page, "write")
    slider = page.locator("[data-area=map1] .map")
    slider.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "(i) => document.querySelector('.stage').dataset.frame == i", arg=STEP + 1
    )

    assert slider.get_attribute("aria-valuenow") == str(UNIT + 1)
    told = slider.get_attribute("aria-valuetext")
    assert told.startswith(f"unit {UNIT + 1} at step {STEP + 1}: ")
    assert f"{LSTM[STEP + 1].arrays['forget'][UNIT + 1]:#.3g}" in told
    assert page.locator("[role=tab][aria-selected=true]").inner_text() == "write"
    choose(page, UNIT)


VIRIDIS = [  # Smith and van der Walt (2015), ten equally spaced samples
    "#440154", "#482878", "#3e4a89", "#31688e", "#26828e",
    "#1f9e89", "#35b779", "#6ece58", "#b5de2b", "#fde725",
]  # fmt: skip


def ends_of_log_scale(page: Page) -> tuple[float, float]:
    """Return the ends of the key: "1", "10" or a power such as "10⁻⁸"."""
    digits = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
    low, high = (
        10.0 ** int(found[1].translate(digits))
        if (found := re.match("10([⁻⁰¹²³⁴-⁹]+)$", text))
        else float(text)
        for text in page.locator("[data-area=map] .key span").all_text_contents()
    )
    return low, high


def test_on_a_log_scale_equal_ratios_are_equal_strides_through_the_colours(theatre):
    page = theatre.open("gradients")
    low, high = ends_of_log_scale(page)
    anchors = np.array([rgb(colour) for colour in VIRIDIS])
    for step, lag in ((50, 5), (50, 20), (700, 8), (700, 30)):
        norm = GRADIENTS[step].arrays["norms"][lag]
        at = 9 * np.log(norm / low) / np.log(high / low)
        expected = [np.interp(at, range(10), anchors[:, channel]) for channel in range(3)]
        found = pixel(page, "map", (lag + 0.5) / 40, (step + 0.5) / len(GRADIENTS))
        np.testing.assert_allclose(found, expected, atol=6)


def test_on_a_log_scale_zero_stays_blank(theatre):
    blank = pixel(theatre.open("gradients"), "map", 39.5 / 40, 0.5 / len(GRADIENTS))

    assert GRADIENTS[0].arrays["norms"][39] == 0
    np.testing.assert_allclose(blank, rgb(LIGHT["card"]), atol=1)


def test_the_ends_of_a_log_scale_are_powers_of_ten_around_all_values(theatre):
    low, high = ends_of_log_scale(theatre.open("gradients"))
    positive = np.concatenate([f.arrays["norms"][f.arrays["norms"] > 0] for f in GRADIENTS])

    assert low <= positive.min() < 10 * low
    assert high / 10 < positive.max() <= high


# ------------------------------------------------------------------------------ boxes and arrows


@pytest.mark.parametrize("size", SIZES)
def test_the_lit_boxes_follow_the_frame(theatre, size):
    page = theatre.open("flow", size=size)
    for step, names in enumerate(LIT):
        go(page, step)
        page.wait_for_function(
            """(wanted) => [...document.querySelectorAll('[data-node][data-lit="1"]')]
              .map((e) => e.dataset.node).sort().join() == wanted""",
            arg=",".join(sorted(names)),
        )
        joined = page.locator("[data-link][data-lit='1']").evaluate_all(
            "(all) => all.map((e) => e.dataset.link.split(' '))"
        )
        assert sorted(joined) == sorted(list(link) for link in FLOW.links if set(link) <= names)
        told = page.locator(".flow svg").get_attribute("aria-label")
        texts = {node.text for node in FLOW.nodes if node.name in names}
        assert {node.text for node in FLOW.nodes if node.text in told} == texts
        moved = page.locator("[data-node=generator] text").last.text_content()
        assert moved == f"moved {0.25 + step:#.3g}"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("theme", "palette"), [("light", LIGHT), ("dark", DARK)])
def test_a_lit_box_has_its_colour_and_every_text_can_be_read(theatre, size, theme, palette):
    page = theatre.open("flow", size=size, theme=theme)
    for step, on in ((0, False), (STEP, True)):
        go(page, step)
        page.wait_for_selector(f"[data-node=judge][data-lit='{int(on)}']")
        for node in FLOW.nodes:
            box = page.locator(f"[data-node={node.name}]")
            fill = box.locator("rect").get_attribute("fill")
            assert fill == palette[node.role if on else "card"]
            assert box.locator("rect").get_attribute("stroke") == palette[node.role]
            outer = box.locator("rect").bounding_box()
            for text in box.locator("text").all():
                assert contrast(fill, text.get_attribute("fill")) >= 4.5
                assert float(text.get_attribute("font-size")) >= 14
                inner = text.bounding_box()
                assert outer["x"] <= inner["x"]
                assert inner["x"] + inner["width"] <= outer["x"] + outer["width"]
                assert outer["y"] <= inner["y"] + 1
                assert inner["y"] + inner["height"] <= outer["y"] + outer["height"] + 1


# ------------------------------------------------------------------- characters, ranking and tiles


def test_a_click_on_a_character_goes_to_it(theatre):
    page = theatre.open("lstm")
    page.locator(".chip").nth(12).click()
    page.wait_for_function("document.querySelector('.stage').dataset.frame == 12")

    assert page.locator(".chip[aria-selected]").all_text_contents() == [recordings.TEXT[12]]


def test_on_a_phone_the_row_of_characters_follows_the_playhead(theatre):
    page = theatre.open("lstm", size="phone")
    go(page, len(LSTM) - 2)
    chip = page.locator(".chip[aria-selected]").bounding_box()

    assert 0 <= chip["x"] <= 390 - chip["width"]
    assert min(chip["height"], chip["width"]) >= 40


def test_the_ranking_names_the_likeliest_characters_with_their_chances(theatre):
    page = theatre.open("lstm")
    arrays = LSTM[STEP].arrays
    names = page.locator(".ranking li b").all_text_contents()
    shares = page.locator(".ranking .share").all_text_contents()

    shown = {" ": "␣", "\n": "↵"}
    assert names == [shown.get(LETTERS[int(i)], LETTERS[int(i)]) for i in arrays["next/index"]]
    for text, chance in zip(shares, arrays["next/probability"], strict=True):
        if text != "< 0.1 %":
            assert number(text.removesuffix(" %")) == pytest.approx(100 * chance, abs=0.51)
        else:
            assert chance < 0.001


def test_tiles_run_from_paper_to_ink(theatre):
    page = theatre.open("gradients")
    tiles = GRADIENTS[STEP].arrays["digits"]
    found = page.locator(".tiles canvas").evaluate(
        """(canvas) => [canvas.width, canvas.height,
          ...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data]"""
    )
    width, height, *data = found
    image = np.array(data, float).reshape(height, width, 4)
    paper, ink = rgb(LIGHT["card"]), rgb(LIGHT["ink"])
    for n, (row, column) in {0: (0, 0), 6: (1, 1), 9: (1, 4)}.items():
        top, left = row * 9, column * 9  # tiles of 8 × 8 and one cell between them
        expected = paper + tiles[n][:, :, None] * (ink - paper)
        np.testing.assert_allclose(image[top : top + 8, left : left + 8, :3], expected, atol=1)
