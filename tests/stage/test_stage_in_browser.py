"""The stage in a real Chromium: what it shows, how it plays, and what it asks of the server."""

import base64
import dataclasses
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from explorer.figures import theme
from explorer.figures.cells import scene as cell_scene
from explorer.figures.scene import Axis, Grid, Plot, Points, Scene, Surface, Tokens, as_json
from explorer.runs.frames import Frame, chunk, pack, unpack
from explorer.stage.messages import PALETTE, Showing
from tests.stage import gallery, recordings
from tests.stage.chromium import TWO_FRAMES, chromium  # noqa: F401
from tests.stage.gallery import PRECISION, Show
from tests.stage.theatre import Run, Theatre

LAPTOP, PROJECTOR, PHONE = (1440, 900), (1280, 720), (390, 844)
SHORT = 60  # frames of a run that ends within a second
COUNT = gallery.count(200)


@pytest.fixture(scope="module")
def theatre() -> Iterator[Theatre]:
    with Theatre() as theatre:
        yield theatre


@pytest.fixture(scope="module")
def duel() -> Show:
    return gallery.duel(240)


@dataclasses.dataclass
class House:
    """Pages with a stage on a scripted run, each in a browser context of its own."""

    browser: Browser
    theatre: Theatre
    names: Iterator[int] = dataclasses.field(default_factory=itertools.count)
    contexts: list[BrowserContext] = dataclasses.field(default_factory=list)
    logged: list[str] = dataclasses.field(default_factory=list)

    def run(self, show: Show, **script: Any) -> tuple[str, Run]:
        token = f"run-{len(self.theatre.runs)}"
        self.theatre.runs[token] = Run(show, **script)
        return token, self.theatre.runs[token]

    def page(self, size: tuple[int, int] = LAPTOP, **options: Any) -> Page:
        width, height = size
        context = self.browser.new_context(viewport={"width": width, "height": height}, **options)
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: self.logged.append(message.text))
        page.on("pageerror", lambda error: self.logged.append(str(error)))
        page.goto(self.theatre.base)
        page.wait_for_function("() => window.show")
        return page

    def open(
        self, show: Show, size: tuple[int, int] = LAPTOP, live: bool = True, **script: Any
    ) -> tuple[Page, Run]:
        token, run = self.run(show, **script)
        page = self.page(size)
        mount(page, show.scene, token, live=live)
        page.wait_for_selector(".stage[data-frame]")
        return page, run


@pytest.fixture
def house(chromium: Browser, theatre: Theatre) -> Iterator[House]:  # noqa: F811
    house = House(chromium, theatre)
    yield house
    for context in house.contexts:
        context.close()
    assert house.logged == []


def mount(page: Page, scene: Scene, token: str, live: bool = True, **more: Any) -> None:
    page.evaluate("(data) => show(data)", showing(scene, token, live=live, **more))


def showing(scene: Scene, token: str, **more: Any) -> dict[str, Any]:
    """Return what a page says that has neither selections nor anything to undo."""
    data: Showing = {
        "scene": as_json(scene),
        "token": token,
        "run": token,
        "notice": "",
        "live": True,
        "select": {},
        "picks": False,
        "resets": False,
        "rests": False,
        "palette": PALETTE,
        "height": None,
        "start": 0,
        "title": scene.alt,
    }
    return {**data, **more}


def stage(page: Page) -> Locator:
    return page.locator(".stage")


def shown(page: Page, what: str) -> int:
    return int(stage(page).get_attribute(f"data-{what}") or -1)


def wait(page: Page, **wanted: object) -> None:
    """Wait until the stage's data attributes read as given."""
    selector = "".join(f"[data-{name}='{value}']" for name, value in wanted.items())
    page.wait_for_selector(f".stage{selector}")


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name)


def until(page: Page, true: Callable[[], bool]) -> None:
    for _ in range(6_000):
        if true():
            return
        page.wait_for_timeout(10)
    raise AssertionError("it never came true")


def in_page(page: Page, script: str, *given: Any) -> Any:
    """Run a function body with the stage's modules and `given` in scope."""
    return page.evaluate(f"(given) => {{ const m = window.modules; {script} }}", list(given))


PIXEL = """(canvas, [x, y]) => {
  const copy = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  copy.drawImage(canvas, -Math.round(x * canvas.width), -Math.round(y * canvas.height));
  return Array.from(copy.getImageData(0, 0, 1, 1).data.slice(0, 3));
}"""


def pixel(canvas: Locator, x: float, y: float) -> list[int]:
    """Return red, green and blue of a canvas at a place given as shares of its sides."""
    return canvas.evaluate(PIXEL, [x, y])


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


BYTES = "const bytes = Uint8Array.from(atob(given[0]), (c) => c.charCodeAt(0)).buffer;"


# ------------------------------------------------------------------------------- the wire


def test_the_browser_reads_a_packet_as_python_does(house: House):
    rng = np.random.default_rng(1)
    arrays = {
        "exact": rng.normal(size=(7, 3)),
        "fine": rng.normal(size=(33, 2)) * 1e3,
        "coarse": rng.normal(size=(5, 9)),
        "flat": np.full(4, 2.5),
        "none": np.zeros((0, 2)),
    }
    kinds = {"fine": "uint16", "coarse": "uint8", "flat": "uint8", "none": "uint16"}
    sent = Frame(12, arrays, {"loss": 0.25, "lost": float("nan")}, {"says": "½ “so”"}, "here", "no")
    packet = pack(sent, 3, kinds)
    index, expected = unpack(packet)

    got = in_page(
        house.page(),
        BYTES
        + """const frame = m.store.decodePacket(bytes);
        const arrays = frame.names.map((name) => {
          const { shape, data } = frame.arrays[name];
          return [name, { shape, bits: Array.from(new Uint32Array(data.slice().buffer)) }];
        });
        return { ...frame, arrays: Object.fromEntries(arrays) };""",
        encoded(packet),
    )

    assert (got["index"], got["step"]) == (index, expected.step)
    assert got["scalars"] == {"loss": 0.25, "lost": None}
    assert got["sentences"] == expected.sentences
    assert (got["event"], got["trouble"]) == (expected.event, expected.trouble)
    for name, values in expected.arrays.items():
        assert got["arrays"][name]["shape"] == list(values.shape)
        bits = values.astype(np.float32).view(np.uint32)
        assert got["arrays"][name]["bits"] == bits.ravel().tolist(), name


def test_a_chunk_is_its_frames_in_order_and_other_bytes_are_refused(house: House, duel: Show):
    page = house.page()
    read = BYTES + "return m.store.decodeChunk(bytes).map((frame) => frame.step);"

    assert in_page(page, read, encoded(chunk(duel.packets[4:9]))) == [20, 25, 30, 35, 40]
    assert in_page(page, read, encoded(chunk([]))) == []
    for wrong in (b"", b"XRF1" + bytes(20), duel.packets[0]):
        with pytest.raises(Exception, match="no frames"):
            in_page(page, read, encoded(wrong))


def test_a_full_store_doubles_its_stride_and_keeps_the_ends_and_the_events(house: House):
    kept = in_page(
        house.page(),
        """const store = new m.store.FrameStore({ most: 200, recent: 30 });
        for (let index = 0; index < 5000; index += 1) {
          const event = index === 777 ? "lost" : "";
          store.add([{ index, step: index, event, bytes: 10, arrays: {}, scalars: {} }]);
        }
        const indices = store.frames.map((frame) => frame.index);
        return { indices, stride: store.stride, bytes: store.bytes, events: store.events };""",
    )

    indices, stride = kept["indices"], kept["stride"]
    assert 75 < len(indices) <= 200  # full, but for what the last doubling made room for
    assert indices == sorted(set(indices))
    assert (indices[0], indices[-1]) == (0, 4999)
    assert stride.bit_count() == 1
    assert set(range(0, 4800, stride)) <= set(indices)
    assert 777 in indices
    assert [index for index in indices if index < 4700 and index % stride] == [777]
    assert kept["events"] == [{"index": 777, "step": 777, "event": "lost"}]
    assert kept["bytes"] == 10 * len(indices)


def test_a_store_is_bounded_in_bytes_too(house_page: Page):
    kept = in_page(
        house_page,
        """const store = new m.store.FrameStore({ mostBytes: 1e6 });
        const bytes = 10_000;
        for (let index = 0; index < 500; index += 1) store.add([{ index, event: "", bytes }]);
        return [store.bytes, store.count, store.newest];""",
    )

    assert kept[0] <= 1e6
    assert 50 <= kept[1] <= 100
    assert kept[2] == 499


def test_arrays_are_the_same_when_they_are_unpacked_again(house_page: Page, duel: Show):
    unequal = in_page(
        house_page,
        BYTES
        + """const sum = ({ arrays }) => arrays["gan/fake"].data.reduce((all, one) => all + one, 0);
        const copies = [1, 2, 3].flatMap(() => m.store.decodeChunk(bytes));
        const first = copies.map(sum);
        return copies.filter((frame, i) => sum(frame) !== first[i]).length + (first[0] === 0);""",
        encoded(chunk(duel.packets[:150])),
    )

    assert unequal == 0


def test_frames_that_come_late_are_put_where_they_belong(house: House):
    got = in_page(
        house.page(),
        """const store = new m.store.FrameStore();
        const frame = (index) => ({ index, step: index, event: "", bytes: 1 });
        store.add([0, 8, 16].map(frame));
        const fresh = store.add([4, 8, 12].map(frame));
        return [store.frames.map((f) => f.index), fresh, store.indexOf(12), store.indexOf(5),
          store.floor(5), store.floor(-1)];""",
    )

    assert got == [[0, 4, 8, 12, 16], 2, 3, -1, 1, -1]


# ---------------------------------------------------------------------------- numbers, axes


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (0, "plain", "0"),
        (1.4159, "plain", "1.42"),
        (-0.07431, "plain", "−0.0743"),
        (312.4, "plain", "312"),
        (1234.5, "plain", "1,230"),
        (0.00284, "plain", "0.00284"),
        (0.000284, "plain", "2.8×10⁻⁴"),
        (-12_345_678, "plain", "−1.2×10⁷"),
        (9.97e-6, "power", "1.0×10⁻⁵"),
        (0.8431, "percent", "84.3 %"),
        (1, "percent", "100 %"),
        (0, "percent", "0 %"),
        (1234567, "integer", "1,234,567"),
        (-0.2, "integer", "0"),
        (None, "plain", "–"),
        (None, "percent", "–"),
        (None, "integer", "–"),
        (None, "power", "–"),
    ],
)
def test_numbers_have_three_digits(house_page: Page, value: float, form: str, text: str):
    written = in_page(house_page, "return m.format.number(given[0], given[1]);", value, form)

    assert written.replace("\N{NO-BREAK SPACE}", " ") == text


@pytest.fixture(scope="module")
def house_page(chromium: Browser, theatre: Theatre) -> Iterator[Page]:  # noqa: F811
    house = House(chromium, theatre)
    yield house.page()
    house.contexts[0].close()


@pytest.mark.parametrize(
    ("low", "high", "count", "log", "texts"),
    [
        (0, 8, 2.2, False, ["0", "4", "8"]),
        (0, 1, 4, False, ["0", "0.25", "0.50", "0.75", "1.00"]),
        (0, 2000, 2, False, ["0", "1,000", "2,000"]),
        (-1, 1, 4, False, ["−1.0", "−0.5", "0", "0.5", "1.0"]),
        (0, 1995, 1.4, False, ["0", "1,000"]),
        (-6, 0, 3, True, ["10⁻⁶", "10⁻⁴", "10⁻²", "1"]),
        (-30, 0, 3, True, ["10⁻³⁰", "10⁻²⁰", "10⁻¹⁰", "1"]),
    ],
)
def test_ticks_are_few_and_round(
    house_page: Page, low: float, high: float, count: float, log: bool, texts: list[str]
):
    ticks = in_page(house_page, "return m.axes.ticksOf(...given);", low, high, count, log)

    assert [tick["text"] for tick in ticks] == texts
    assert all(low <= tick["at"] <= high for tick in ticks)


def test_labels_never_cover_one_another(house_page: Page):
    placed = in_page(
        house_page,
        """const nothing = () => {};
        const measureText = (text) => ({ width: 8 * text.length });
        const g = { measureText, strokeText: nothing, fillText: nothing };
        const look = { font: "", size: 14, width: 300, background: "" };
        const labels = given[0].map(([text, x, y]) => ({ text, x, y, colour: "" }));
        return m.axes.drawLabels(g, labels, { top: 0, bottom: 150 }, look);""",
        [
            ["GAN", 250, 70],
            ["WGAN-GP", 250, 71],
            ["floor", 250, 149],
            ["GP", 250, 148],
            ["a", 20, 70],
        ],
    )

    height = 14 * 1.15
    for one, other in itertools.combinations(placed, 2):
        aside = one["x"] + one["width"] <= other["x"] or other["x"] + other["width"] <= one["x"]
        apart = abs(one["y"] - other["y"]) >= height
        assert aside or apart
    assert all(p["x"] + p["width"] <= 300 and -2 <= p["y"] <= 152 - height for p in placed)


def test_the_level_line_of_a_slope_lies_where_the_slope_has_that_value(house_page: Page):
    points = in_page(
        house_page,
        """const at = [];
        const g = { drawImage: () => {}, beginPath: () => {}, stroke: () => {},
          moveTo: (x, y) => at.push([x, y]), lineTo: (x, y) => at.push([x, y]) };
        const [rows, columns] = [20, 30];
        const data = Float32Array.from({ length: rows * columns }, (_, i) => {
          const x = ((i % columns) + 0.5) / columns, y = (Math.floor(i / columns) + 0.5) / rows;
          return 3 * x + 2 * y;
        });
        const mark = { array: "f", extent: [0, 1, 0, 1], scale: "sequential", contours: 4 };
        const palette = { ink: "#000000", card: "#ffffff", low: "#ff0000", high: "#00ff00" };
        const stage = { array: () => ({ shape: [rows, columns], data }), palette, weight: 1 };
        const map = m.axes.mapping({ left: 0, right: 100, top: 0, bottom: 100 }, [0, 1], [0, 1]);
        m.surface.drawSurface(g, mark, {}, map, stage);
        return at.map(([x, y]) => [map.unitX(x), map.unitY(y)]);""",
    )

    inside = [(x, y) for x, y in points if 0.08 < x < 0.92 and 0.08 < y < 0.92]
    lowest, highest = 3 * 0.5 / 30 + 2 * 0.5 / 20, 5 - 3 * 0.5 / 30 - 2 * 0.5 / 20
    levels = lowest + (highest - lowest) * np.arange(1, 5) / 5
    away = np.abs(np.array([3 * x + 2 * y for x, y in inside])[:, None] - levels)
    assert len(inside) > 80
    assert away.min(axis=1).max() < 1e-5
    assert set(away.argmin(axis=1)) == {0, 1, 2, 3}


# ------------------------------------------------------------------------------- the playhead

CLOCK = """const playback = new m.playback.Playback();
const positions = [];
let newest = 0;
for (let now = 0; now < 6000; now += 1000 / 60) {
  while (newest < given[0] * Math.floor(now / given[1])) {
    newest = given[0] * Math.floor(now / given[1]);
    playback.arrived(now, newest, given[0]);
  }
  positions.push([playback.advance(1000 / 60, newest, 0.03), newest]);
}
return positions;"""


def test_chunks_of_a_quarter_second_are_played_smoothly(house_page: Page):
    positions = np.array(in_page(house_page, CLOCK, 25, 250))[120:]  # after two seconds

    moves = np.diff(positions[:, 0])
    assert moves.min() > 0.6  # 100 frames a second at 60 Hz are 1.67 frames a display frame
    assert moves.max() < 3.0
    assert (positions[:, 1] - positions[:, 0]).max() < 60  # never further behind than two chunks


def test_frames_rarer_than_the_display_are_shown_when_they_come(house_page: Page):
    positions = np.array(in_page(house_page, CLOCK, 1, 100))

    assert (positions[:, 0] == positions[:, 1]).all()


def test_a_playhead_far_behind_catches_up(house_page: Page):
    lags = in_page(
        house_page,
        """const playback = new m.playback.Playback();
        const lags = [];
        for (let i = 0; i < 200; i += 1) {
          if (i % 6 === 0) playback.arrived(100 * i / 6, 10 * i / 6 + (i > 60 ? 300 : 0), 10);
          const newest = 10 * Math.floor(i / 6) + (i > 60 ? 300 : 0);
          lags.push(newest - playback.advance(1000 / 60, newest, 0.03));
        }
        return lags;""",
    )

    assert max(lags[100:]) < 40


def test_a_replay_from_the_past_goes_at_its_own_rate_and_by_its_speed(house_page: Page):
    replay = """const playback = new m.playback.Playback();
    Object.assign(playback, { speed: given[0], following: false });
    for (let i = 0; i < 60; i += 1) playback.advance(1000 / 60, 1000, 0.04);
    return playback.position;"""
    places = {name: in_page(house_page, replay, name) for name in ("×¼", "×1", "×4", "max")}

    assert places == pytest.approx({"×¼": 10, "×1": 40, "×4": 160, "max": 1000}, rel=0.01)


# ---------------------------------------------------------------------------- a run that trains


def test_training_paints_frames_in_order_up_to_the_last(house: House, duel: Show):
    page, run = house.open(duel)
    stage(page).evaluate(
        """(root) => {
          window.seen = [];
          const look = () => window.seen.push([+root.dataset.frame, +root.dataset.painted]);
          new MutationObserver(look).observe(root, { attributes: true });
        }"""
    )

    assert stage(page).get_attribute("data-state") == "idle"
    button(page, "Train").click()
    wait(page, state="ended", step=5 * (len(duel.packets) - 1))

    seen = page.evaluate("window.seen")
    assert {"goal": run.last} in run.said
    assert seen == sorted(seen)
    assert shown(page, "painted") == len({frame for frame, _ in seen if frame > 0})
    assert shown(page, "painted") > 20
    assert shown(page, "frames") == len(duel.packets)
    assert button(page, "Train").is_visible()


def test_pause_stops_the_picture_at_once_and_tells_the_server(house: House, duel: Show):
    page, run = house.open(duel, rate=60)
    button(page, "Train").click()
    until(page, lambda: shown(page, "painted") > 5)

    before, after = page.evaluate(
        """async () => {
          const root = document.getElementById("host").shadowRoot.querySelector(".stage");
          const read = () => [root.dataset.frame, root.dataset.painted];
          const before = read();
          root.querySelector("button.primary").click();
          for (let i = 0; i < 20; i += 1) await new Promise(requestAnimationFrame);
          return [before, read()];
        }"""
    )

    assert after == before
    assert stage(page).get_attribute("data-state") == "paused"
    until(page, lambda: run.said[-1] == {"goal": -1})
    until(page, lambda: run.state == "paused")


def test_a_step_at_the_newest_frame_trains_one_frame_more(house: House):
    page, run = house.open(COUNT)

    for index in (1, 2):
        button(page, "Step").click()
        wait(page, frame=index, state="paused")
        assert {"goal": index} in run.said
        page.wait_for_timeout(50)
        assert run.head == index
    button(page, "Back").click()
    wait(page, frame=1)
    button(page, "Step").click()
    wait(page, frame=2)
    assert run.head == 2  # that one was there already


def test_going_back_while_it_trains_pauses(house: House):
    page, run = house.open(COUNT, rate=60)
    button(page, "Train").click()
    until(page, lambda: shown(page, "frame") > 20)

    page.get_by_role("slider", name="Time").fill("7")

    wait(page, state="paused", frame=7)
    until(page, lambda: run.goal == -1)
    button(page, "Reset").click()
    wait(page, state="idle", frame=0, step=0)


def test_a_run_that_cannot_go_on_says_why_and_its_past_stays(house: House):
    trouble = "The generator's loss is not a number at step 95."
    show = gallery.duel(20)
    last = pack(Frame(95, trouble=trouble), 19, PRECISION)
    page, _ = house.open(
        dataclasses.replace(show, packets=(*show.packets[:-1], last)), trouble=trouble
    )
    button(page, "Train").click()
    wait(page, state="diverged", step=95)

    assert page.locator(".trouble").inner_text() == trouble
    assert page.locator("[aria-live]").inner_text().endswith(trouble)
    assert page.locator("[data-scalar='gan/held'] .value").inner_text() == "2 / 8"  # of frame 18
    page.keyboard.press("ArrowLeft")
    wait(page, state="paused", step=90)


def test_who_comes_late_gets_the_past_coarsely_and_what_is_looked_at_exactly(house: House):
    page, run = house.open(gallery.count(1300), head=1200)

    until(page, lambda: shown(page, "frames") > 200)
    wait(page, state="idle", frame=0)
    page.get_by_role("slider", name="Time").fill("1001")
    wait(page, frame=1001)
    assert [query for query in run.fetched if "stride=4" in query]
    assert [query for query in run.fetched if "stride=1" in query]


def test_a_run_that_the_server_thinned_is_scrubbed_without_asking_again(house: House):
    page, run = house.open(gallery.count(240), head=200, stride=8)

    page.get_by_role("slider", name="Time").fill("81")

    wait(page, frame=80)
    page.wait_for_timeout(250)
    assert run.fetched == []


# --------------------------------------------------------------------------------- the keyboard


def test_the_keyboard_plays_when_nothing_else_has_the_focus(house: House):
    page, _ = house.open(gallery.count(SHORT))

    page.keyboard.press("Space")
    wait(page, state="ended", frame=SHORT - 1)
    for key, frame in [("ArrowLeft", 58), ("Home", 0), ("ArrowRight", 1), ("End", 59)]:
        page.keyboard.press(key)
        wait(page, frame=frame)
    page.locator("#field").focus()
    page.keyboard.type(" a ")
    page.keyboard.press("Home")
    wait(page, frame=59)
    assert page.locator("#field").input_value() == " a "


def test_space_on_a_focused_button_presses_that_button(house: House):
    page, _ = house.open(gallery.count(SHORT))
    button(page, "Step").focus()

    page.keyboard.press("Space")

    wait(page, frame=1, state="paused")


def test_every_control_has_one_name_of_its_own(house: House, duel: Show):
    page, _ = house.open(duel)

    for name in ("Train", "Reset", "Back", "Step", "Full screen"):
        expect(button(page, name)).to_have_count(1)
    expect(page.get_by_role("slider", name="Time")).to_have_count(1)
    expect(page.get_by_role("combobox", name="Speed")).to_have_count(1)
    expect(page.get_by_role("group", name=duel.scene.alt)).to_have_count(1)
    expect(page.get_by_role("img", name="GAN at step 0: 2 of 8 modes held")).to_have_count(1)


# --------------------------------------------------------------------------- what is on screen


def test_the_cards_show_the_numbers_of_the_frame(house: House, duel: Show):
    page, _ = house.open(duel, head=239)
    page.keyboard.press("End")
    wait(page, frame=239)
    numbers = duel.frames[-1].scalars

    def card(name: str) -> str:
        return page.locator(f"[data-scalar='{name}'] .value").inner_text()

    assert card("wgan/held") == f"{numbers['wgan/held']:.0f} / 8"
    assert card("gan/w1") == f"{numbers['gan/w1']:.3g}"
    good = float(card("wgan/good").split()[0])
    assert good == pytest.approx(100 * numbers["wgan/good"], abs=0.05)
    assert page.locator("[data-scalar='gan/w1'] .bound").inner_text() == "floor 0.0810"
    said = page.locator("[data-area='gan-says']").inner_text()
    assert said == duel.frames[-1].sentences["gan/says"].replace("**", "")
    assert page.locator("[data-area='gan-says'] b").inner_text() == "2 of 8 modes held."


def test_events_are_marks_on_the_time_bar_that_lead_there(house: House, duel: Show):
    page, _ = house.open(duel, head=239)
    page.keyboard.press("End")
    wait(page, state="ended")
    marks = page.locator(".mark")

    assert marks.all_inner_texts() == ["WGAN-GP holds 8", "GAN lost 2 modes"]
    marks.nth(1).click()
    wait(page, frame=96, state="paused")


def dots() -> Show:
    """Return a plot of three points whose places are known, over a slope."""
    places = np.array([[-1.0, -0.5], [0.5, 0.75], [0.0, 0.0]])
    x = np.linspace(-1.95, 1.95, 40)
    slope = np.broadcast_to(x, (40, 40))
    grid = Grid(("1fr",), ("1fr",), ("plot",))
    marks = (
        Surface("slope", (-2, 2, -2, 2), "sequential", label="slope"),
        Points("places", "warn", size=6, opacity=1),
    )
    plot = Plot("plot", "places", marks, x=Axis(-2, 2), y=Axis(-2, 2), square=True)
    frames = tuple(Frame(i, {"places": places, "slope": slope}) for i in range(3))
    packets = tuple(pack(frame, i, {}) for i, frame in enumerate(frames))
    return Show(Scene((plot,), grid, grid), pack(Frame(0), 0, {}), packets, frames)


def test_points_are_painted_where_the_data_say(house: House):
    page, _ = house.open(dots())
    warn = [int(theme.LIGHT["warn"][i : i + 2], 16) for i in (1, 3, 5)]

    for x, y in [(-1.0, -0.5), (0.5, 0.75), (0.0, 0.0)]:
        painted = pixel(page.locator("canvas"), (x + 2) / 4, (2 - y) / 4)
        assert painted == pytest.approx(warn, abs=3)


def hover(page: Page, x: float, y: float) -> tuple[list[float], float]:
    """Point at a place of a plot from -2 to 2; return the place and the value that are read out."""
    box = page.locator("canvas").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + (x + 2) / 4 * box["width"], box["y"] + (2 - y) / 4 * box["height"])
    page.wait_for_selector(".readout:visible")
    place, value = page.locator(".readout").inner_text().replace("−", "-").split("\n")
    return [float(part) for part in place.split(",")], float(value.removeprefix("slope "))


def test_the_value_under_the_pointer_is_that_of_the_surface(house: House):
    page, _ = house.open(dots())

    for x, y in [(-1.22, 0.4), (0.97, -1.1)]:
        place, value = hover(page, x, y)
        assert place == pytest.approx([x, y], abs=0.02)
        assert value == pytest.approx(x, abs=0.06)  # cells are 0.1 wide


def test_a_zoom_is_kept_while_frames_arrive(house: House):
    page, _ = house.open(dots())
    before, _ = hover(page, 1.0, 1.0)
    page.mouse.wheel(0, -240)
    page.mouse.wheel(0, -240)
    page.wait_for_selector(".whole:visible")
    page.mouse.move(10, 10)
    zoomed, _ = hover(page, -1.0, -1.0)

    button(page, "Train").click()
    wait(page, state="ended")

    assert before == pytest.approx([1, 1], abs=0.02)
    assert zoomed[0] > -0.5  # what lay at -1 has moved out of sight
    assert hover(page, -1.0, -1.0)[0] == pytest.approx(zoomed, abs=0.02)
    page.locator("canvas").dblclick()
    assert hover(page, -1.0, -1.0)[0] == pytest.approx([-1, -1], abs=0.02)


def test_a_pointer_that_is_there_before_the_first_picture_moves_nothing(house: House):
    token, run = house.run(dots(), silent=True)
    page = house.page()
    mount(page, run.show.scene, token)
    page.wait_for_selector(".plot canvas")
    box = page.locator(".plot .body").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 40, box["y"] + 40)
    page.mouse.wheel(0, -240)
    page.mouse.down()
    page.mouse.move(box["x"] + 90, box["y"] + 90)
    page.mouse.up()

    run.silent = False

    wait(page, frame=0)
    assert not page.locator(".whole").is_visible()
    assert hover(page, 1.0, 1.0)[0] == pytest.approx([1, 1], abs=0.02)


# --------------------------------------------------------------------------- sizes and themes


def test_the_height_may_change_while_the_scripts_of_the_panels_are_on_their_way(house: House):
    token, _ = house.run(COUNT)
    tokens = Tokens("tokens", tuple("abc"))
    grid = Grid(("1fr",), ("1fr",), ("tokens",))
    data = showing(dataclasses.replace(COUNT.scene, panels=(tokens,), wide=grid), token)
    page = house.page()

    page.evaluate("(d) => { show({ ...d, height: 400 }); show({ ...d, height: 600 }); }", data)

    page.wait_for_selector(".panel .tokens")
    beside = page.locator("[data-beside]").evaluate("(dock) => dock.offsetHeight")
    assert 0 <= 600 - beside - page.locator(".panels").first.evaluate("(p) => p.offsetHeight") < 40


@pytest.mark.parametrize("size", [LAPTOP, PROJECTOR])
def test_picture_and_time_bar_are_in_view_without_scrolling(
    house: House, duel: Show, size: tuple[int, int]
):
    page, _ = house.open(duel, size)

    bar = page.locator(".bar").bounding_box()
    squares = [canvas.bounding_box() for canvas in page.locator(".square canvas").all()]
    numbers = page.locator("[data-area='gan-numbers']").bounding_box()
    assert bar is not None
    assert numbers is not None
    assert bar["y"] + bar["height"] <= size[1]
    assert numbers["y"] + numbers["height"] <= bar["y"]
    for square in squares:
        assert square is not None
        assert square["width"] == pytest.approx(square["height"], abs=1)
        assert square["width"] >= 240


def test_a_phone_shows_everything_stacked_and_scrolls_one_way_only(house: House, duel: Show):
    page, _ = house.open(duel, PHONE)

    assert page.evaluate("document.documentElement.scrollWidth") == PHONE[0]
    panels = [panel.bounding_box() for panel in page.locator(".panel").all()]
    assert {round(panel["x"]) for panel in panels if panel} == {12}
    assert {round(panel["width"]) for panel in panels if panel} == {PHONE[0] - 24}
    for name in ("Train", "Reset", "Back", "Step"):
        box = button(page, name).bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 40
        assert box["y"] + box["height"] <= PHONE[1]  # the bar sticks to the window's edge


def test_the_colours_follow_the_theme(house: House, duel: Show):
    page, _ = house.open(duel)
    plot = page.locator("[data-area='wgan'] canvas")
    light = pixel(plot, 0.01, 0.01)

    page.emulate_media(color_scheme="dark")

    until(page, lambda: pixel(plot, 0.01, 0.01) != light)
    assert sum(pixel(plot, 0.01, 0.01)) < sum(light) / 2
    ink = stage(page).evaluate("(root) => getComputedStyle(root).color")
    assert ink == "rgb({}, {}, {})".format(*bytes.fromhex(theme.DARK["ink"][1:]))


def test_full_screen_is_for_the_last_row(house: House, duel: Show):
    page, _ = house.open(duel)
    page.keyboard.press("f")
    page.wait_for_selector(".stage.presenter")

    size = page.locator(".card .label").first.evaluate("(e) => getComputedStyle(e).fontSize")
    assert size == "18px"
    page.keyboard.press("f")
    page.wait_for_selector(".stage:not(.presenter)")


# ---------------------------------------------------------------------- the connection


def test_a_dropped_connection_is_taken_up_again_and_training_goes_on(house: House):
    page, run = house.open(COUNT, rate=30)
    button(page, "Train").click()
    until(page, lambda: shown(page, "frame") > 3)

    run.hang_up = 1011
    notice = page.locator(".notice", has_text="The server is not reachable; trying again.")
    notice.wait_for()
    until(page, lambda: run.viewers == 0)
    held = run.head
    run.said.clear()
    run.hang_up = 0

    until(page, lambda: shown(page, "frame") > held + 3)
    assert {"goal": run.last} in run.said
    expect(notice).to_be_hidden()


def test_before_the_first_picture_nothing_is_drawn_and_what_is_waited_for_is_said(house: House):
    token, run = house.run(COUNT, silent=True)
    page = house.page()
    mount(page, COUNT.scene, token)
    blank = page.locator(".stage .blank")

    expect(blank).to_have_text("Waiting for the first picture.")
    assert page.locator(".panels").first.evaluate("(e) => getComputedStyle(e).opacity") == "0"
    run.waiting = "Waiting for the training process, which is starting."
    expect(blank).to_have_text(run.waiting)
    expect(page.locator(".notice")).to_be_hidden()

    run.waiting = ""
    run.silent = False
    wait(page, frame=0)
    expect(blank).to_be_hidden()
    assert page.locator(".panels").first.evaluate("(e) => getComputedStyle(e).opacity") == "1"


def test_what_a_run_waits_for_stands_as_long_as_it_is_so_and_then_what_happened(house: House):
    page, run = house.open(COUNT)
    notice = page.locator(".notice span")

    run.waiting = "The training process has been silent for some seconds."
    expect(notice).to_have_text(run.waiting)
    assert page.locator("[aria-live]").inner_text() == run.waiting

    run.waiting, run.notice, run.notices = "The next one is starting.", "It was replaced.", 2
    expect(notice).to_have_text("The next one is starting.")
    run.waiting = ""
    expect(notice).to_have_text("It was replaced.")
    expect(page.locator(".notice")).to_be_visible()


def test_what_is_waited_for_no_longer_is_not_read_aloud_either(house: House):
    page, run = house.open(COUNT)
    said = page.locator("[aria-live]")
    run.waiting = "This takes longer than usual."
    expect(said).to_have_text(run.waiting)

    run.waiting = ""

    expect(page.locator(".notice")).to_be_hidden()
    expect(said).to_be_empty()


def test_an_accident_that_happens_again_is_said_again(house: House):
    page, run = house.open(COUNT)
    notice = page.locator(".notice span")
    run.notice, run.notices = "It was replaced.", 2
    expect(notice).to_have_text("It was replaced.")
    button(page, "Dismiss").click()
    expect(notice).to_be_hidden()

    run.notices = 3

    expect(notice).to_have_text("It was replaced.")


def test_a_run_that_was_stopped_is_not_said_to_have_diverged(house: House):
    trouble = "The run ended its trainer process 3 times and was stopped."
    page, _ = house.open(COUNT, rate=400, trouble=trouble, stopped=True)
    button(page, "Train").click()

    wait(page, state="stopped")
    said = page.locator("[aria-live]")
    expect(said).to_contain_text(trouble)
    assert said.inner_text().startswith("stopped, ")


def test_a_run_that_the_server_lost_goes_on_where_the_frames_here_end(house: House):
    page, first = house.open(COUNT, rate=60)
    token = next(name for name, known in house.theatre.runs.items() if known is first)
    button(page, "Train").click()
    until(page, lambda: shown(page, "frame") > 20)
    again, second = house.run(COUNT, rate=15)
    held = shown(page, "frame")

    mount(page, COUNT.scene, again, run=token)

    notice = page.locator(".notice", has_text="The server had lost this run and computes it again")
    notice.wait_for()
    assert shown(page, "frame") >= held
    until(page, lambda: shown(page, "frame") > first.head)
    expect(notice).to_be_hidden()
    asked = [message["after"] for message in second.said if "after" in message]
    assert min(asked) >= held
    frame = shown(page, "frame")
    assert shown(page, "frames") >= frame  # all of them, from the first on


def test_streamlits_own_word_on_the_connection_is_taken_back_while_ours_stands(house: House):
    page, run = house.open(COUNT, rate=30)
    page.evaluate(
        """() => {
          window.dialogue = (title) => {
            const made = document.createElement("section");
            made.setAttribute("role", "dialog");
            made.innerHTML = `<button>x</button><h2>${title}</h2>`;
            made.querySelector("button").onclick = () => made.remove();
            document.body.append(made);
          };
        }"""
    )
    dialogues = page.locator("[role=dialog]")
    page.evaluate("dialogue('Connection error')")
    assert dialogues.count() == 1  # while the server answers it is none of our affair

    run.hang_up = 1011
    expect(dialogues).to_have_count(0)
    page.locator(".notice", has_text="The server is not reachable; trying again.").wait_for()
    page.evaluate("dialogue('Connection error'); dialogue('Something else')")
    expect(dialogues).to_have_count(1)
    expect(dialogues).to_contain_text("Something else")

    run.hang_up = 0
    page.locator(".notice").wait_for(state="hidden")
    page.evaluate("dialogue('Connection error')")
    expect(dialogues).to_have_count(2)


def test_a_run_that_the_server_forgot_is_reported_to_the_page(house: House):
    page, run = house.open(COUNT)
    token = next(name for name, known in house.theatre.runs.items() if known is run)

    run.hang_up = 1008

    until(page, lambda: ["lost", token] in page.evaluate("window.told"))
    run.hang_up = 0


def test_another_run_of_the_same_scene_takes_over_without_a_gap(house: House):
    page, first = house.open(COUNT, rate=60)
    token, second = house.run(COUNT, rate=400, silent=True)
    button(page, "Train").click()
    until(page, lambda: shown(page, "frame") > 10)

    mount(page, COUNT.scene, token)
    until(page, lambda: second.viewers == 1)
    page.wait_for_timeout(100)
    assert shown(page, "frame") > 10  # the old picture stays
    second.silent = False

    until(page, lambda: first.viewers == 0 and {"goal": second.last} in second.said)
    wait(page, state="ended", frame=second.last)


def test_a_refresh_goes_on_where_it_was(house: House):
    token, run = house.run(COUNT, rate=40)
    page = house.page()
    mount(page, COUNT.scene, token)
    wait(page, state="idle")
    button(page, "Train").click()
    until(page, lambda: shown(page, "frame") > 10)

    page.reload()
    page.wait_for_function("() => window.show")
    mount(page, COUNT.scene, token)
    wait(page, state="training")
    button(page, "Pause").click()
    page.get_by_role("slider", name="Time").fill("6")
    wait(page, frame=6, state="paused")
    page.get_by_role("combobox", name="Speed").select_option("×4")
    page.reload()
    page.wait_for_function("() => window.show")
    mount(page, COUNT.scene, token)

    wait(page, frame=6, state="paused")
    assert page.get_by_role("combobox", name="Speed").input_value() == "×4"
    assert run.goal == -1


def test_a_dial_that_changes_the_picture_keeps_the_training_going(house: House):
    page, first = house.open(COUNT, rate=60)
    token, second = house.run(gallery.count(100), rate=400)
    button(page, "Train").click()
    until(page, lambda: shown(page, "frame") > 5)

    mount(page, dataclasses.replace(COUNT.scene, alt="Another count"), token)

    until(page, lambda: first.viewers == 0)
    wait(page, state="ended", frame=99)
    assert {"goal": second.last} in second.said


def test_the_page_hears_of_a_reset_where_it_has_something_to_undo(house: House):
    token, _ = house.run(COUNT)
    page = house.page()
    mount(page, COUNT.scene, token, resets=True)
    button(page, "Step").click()
    wait(page, frame=1)

    button(page, "Reset").click()

    wait(page, frame=0, state="idle")
    assert page.evaluate("window.told") == [["reset", token]]


# ---------------------------------------------------------------------------- recordings


def reading(text: str) -> Show:
    """Return an LSTM that reads a text, with its circuit and the memory over time."""
    frames = tuple(recordings.lstm_frames(text, units=6))
    picture = cell_scene("lstm", list(text), 6, sorted(set(text)), unit=2)
    picture = dataclasses.replace(picture, clock="character")
    packets = tuple(pack(frame, i, {}) for i, frame in enumerate(frames))
    return Show(picture, pack(Frame(0), 0, {}), packets, frames)


def test_the_keyboard_goes_through_the_gates_and_on_to_the_next_character(house: House):
    show = reading("abcab")
    page, _ = house.open(show, live=False, head=4)
    chosen = page.get_by_role("tab", selected=True)
    names = [name.lower() for name in page.get_by_role("tab").all_inner_texts()]
    assert chosen.inner_text().lower() == "write"  # where the memory is made stands first
    page.get_by_role("tab").first.click()
    page.get_by_role("tab", name=names[0], selected=True).wait_for()

    seen = []
    for _ in range(len(names) + 1):
        seen.append((shown(page, "frame"), chosen.inner_text().lower()))
        page.keyboard.press("ArrowDown")
        page.evaluate(TWO_FRAMES)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    page.evaluate(TWO_FRAMES)

    assert seen == [*((0, name) for name in names), (1, names[0])]
    assert (shown(page, "frame"), chosen.inner_text().lower()) == (0, names[-1])
    button(page, "Next gate").click()
    wait(page, frame=1)
    assert page.locator(".count").inner_text() == "character 2 of 5"


def test_a_recording_that_is_computed_anew_keeps_the_place_and_the_unit(house: House):
    show = reading("abcab")
    page, _ = house.open(show, live=False, head=4)
    page.get_by_role("slider", name="Time").fill("3")
    wait(page, frame=3)
    token, _ = house.run(reading("abcba"), head=4)

    mount(page, show.scene, token, live=False)

    page.wait_for_timeout(300)
    wait(page, frame=3, frames=5)


def test_what_the_viewer_picks_reaches_the_page(house: House):
    show = reading("abcab")
    token, _ = house.run(show, head=4)
    page = house.page()
    mount(page, show.scene, token, live=False, picks=True)
    wait(page, frame=0)
    box = page.locator("[data-kind='timeline'] .map").first.bounding_box()
    assert box is not None

    page.mouse.click(box["x"] + 0.5 * box["width"], box["y"] + 0.1 * box["height"])

    until(page, lambda: page.evaluate("window.told") == [["pick", {"name": "unit", "value": 0}]])
    wait(page, frame=2)


def rests(page: Page) -> list[Any]:
    """Return where the page was told that the picture stands still, once it can have been."""
    page.wait_for_timeout(700)
    return [value for name, value in page.evaluate("window.told") if name == "rested"]


def test_a_page_that_asks_hears_where_the_picture_stands_still_and_nothing_while_it_plays(
    house: House, duel: Show
):
    token, _ = house.run(duel, head=239)
    page = house.page()
    mount(page, duel.scene, token, live=False)
    wait(page, frame=0)
    assert rests(page) == [], "it told a page that does not ask"

    mount(page, duel.scene, token, live=False, rests=True)
    told = [{"run": token, "step": 0}]
    assert rests(page) == told
    page.get_by_role("slider", name="Time").evaluate(
        """(slider) => {
          for (const index of [10, 20, 30]) {
            slider.value = index;
            slider.dispatchEvent(new Event("input", { bubbles: true }));
          }
        }"""
    )
    told.append({"run": token, "step": duel.frames[30].step})
    assert rests(page) == told, "a place that was only passed is told"

    button(page, "Play").click()
    wait(page, state="playing")
    assert rests(page) == told
    button(page, "Pause").click()
    wait(page, state="paused")
    at = shown(page, "step")
    assert at > told[-1]["step"]
    assert rests(page) == [*told, {"run": token, "step": at}]


def test_a_picture_that_outlasts_a_divergence_rests_at_its_own_step(house: House):
    show = gallery.duel(20)
    last = pack(Frame(95, trouble="GAN diverged."), 19, PRECISION)
    show = dataclasses.replace(show, packets=(*show.packets[:-1], last))
    token, _ = house.run(show, head=19)
    page = house.page()
    mount(page, show.scene, token, live=False, rests=True)
    wait(page, frame=0)
    page.get_by_role("slider", name="Time").fill("19")
    wait(page, frame=19)

    assert rests(page)[-1] == {"run": token, "step": show.frames[18].step}


def test_one_measurement_needs_no_time_bar_but_a_wall_to_be_shown_on(house: House):
    show = gallery.count(1)
    page, _ = house.open(show, live=False)

    expect(page.locator(".bar input")).to_be_hidden()
    expect(button(page, "Play")).to_be_hidden()
    expect(button(page, "Full screen")).to_be_visible()
    assert page.locator(".card .value").inner_text() == "0"


def test_a_recording_is_played_and_ends(house: House):
    show = gallery.duel(12)
    page, run = house.open(show, live=False, head=11)

    assert run.viewers == 0  # it needs no socket
    assert page.locator(".count").inner_text() == "step 0 of 55"
    page.get_by_role("combobox", name="Speed").select_option("×4")
    button(page, "Play").click()
    wait(page, state="playing")
    wait(page, state="ended", frame=11)


def test_a_loop_has_no_controls_and_goes_round(house: House):
    show = gallery.duel(8)
    looped = dataclasses.replace(show, scene=dataclasses.replace(show.scene, loop=True))
    page, _ = house.open(looped, live=False, head=7)

    expect(page.get_by_role("button")).to_have_count(0)
    wait(page, state="playing")
    until(page, lambda: shown(page, "painted") > 2)


def test_a_loop_stands_still_for_who_asked_for_less_motion(house: House):
    show = gallery.duel(8)
    token, _ = house.run(show, head=7)
    page = house.page(reduced_motion="reduce")
    mount(page, dataclasses.replace(show.scene, loop=True), token, live=False)

    wait(page, frame=7)
    painted = shown(page, "painted")
    page.wait_for_timeout(300)
    assert (shown(page, "frame"), shown(page, "painted")) == (7, painted)
