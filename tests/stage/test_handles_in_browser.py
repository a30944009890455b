"""What can be taken hold of in a picture, moved in a real Chromium by mouse, finger and keys."""

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page

from explorer.figures.scene import (
    Axis,
    BarHandle,
    Bars,
    Curve,
    Diagram,
    Dot,
    Grid,
    Grip,
    Handle,
    Mark,
    Node,
    Number,
    NumberHandle,
    Numbers,
    Opening,
    Plot,
    PointHandle,
    Points,
    RuleHandle,
    Scene,
    SpanHandle,
    Stage,
    Surface,
    Term,
    Value,
    Wire,
    as_json,
)
from explorer.labs.cells.operations import parse_operations
from explorer.runs.answers import Answer, RefusedError
from explorer.runs.frames import Frame, pack
from explorer.stage.messages import PALETTE, Column, Knob
from tests.stage import exhibits
from tests.stage.chromium import TWO_FRAMES
from tests.stage.gallery import Show
from tests.stage.studio import in_page, painted
from tests.stage.theatre import Oracle, Run, Theatre

WIDE = {"width": 900, "height": 700}
PHONE = {"width": 390, "height": 844}
SWEEP, NOTCH = 320, 14  # px that a number is dragged: from end to end, and by one step at most


def grip(name: str, low: float, high: float, **about: Any) -> Grip:
    return Grip(setting=name, label=name, low=low, high=high, **about)


def pictured(*marks: Mark, handles: tuple[Handle, ...], **about: Any) -> Scene:
    """Return a scene of one plot."""
    grid = Grid(("minmax(0, 1fr)",), ("minmax(0, 1fr)",), ("plot",))
    plot = Plot("plot", "A plot", marks, handles=handles, **about)
    return Scene((plot,), grid, grid, alt="a plot")


STARTS = {"x": 0.5, "y": -1.0, "rate": 0.1, "from": 4.0, "to": 12.0, "edits": "", "whole": 3}
PORTRAIT = pictured(
    Points("cloud", "real"),
    handles=(
        PointHandle(
            grip("x", -2, 2, step=0.1), grip("y", -2, 2, step=0.1), "critic", "start", "Where it is"
        ),
    ),
    x=Axis(-2.5, 2.5),
    y=Axis(-2.5, 2.5),
    square=True,
)
SPAN = SpanHandle(grip("from", 0, 23, whole=True), grip("to", 0, 23, whole=True), "x", "warn")
RATE = RuleHandle(grip("rate", 1e-4, 10), "x", "critic", label="rate")
DECAY = pictured(
    Curve("decay", "lstm"), handles=(SPAN,), x=Axis(0, 23, label="lag"), y=Axis(1e-6, 1, log=True)
)
RATES = pictured(handles=(RATE,), x=Axis(1e-4, 10, log=True), y=Axis(0, 1))
HEIGHTS = (3.0, 1.0, 4.0)
PILE = pictured(
    Bars("heights", "gru", labels=("one", "two", "three")),
    handles=tuple(
        BarHandle(grip("edits", 0, 10, step=0.5, entry=f"pile:{i}"), "heights", i) for i in range(3)
    ),
    y=Axis(0, 10),
)


def shown_of(given: Mapping[str, Any]) -> Frame:
    """Return what the settings look like."""
    heights = list(HEIGHTS)
    for word in str(given["edits"]).split(";"):
        if word.startswith("pile:"):
            _, at, height = word.split(":")
            heights[int(at)] = float(height)
    cloud = [[0.1 * i - 1, math.sin(i)] for i in range(20)]
    weights = [[0.5 * (3 * row + column) for column in range(3)] for row in range(2)]
    for word in re.findall(r"weight_hh:(\d),(\d):([^;]+)", str(given["edits"])):
        weights[int(word[0])][int(word[1])] = float(word[2])
    sums = [sum(row) for row in weights]
    lists = {"cloud": cloud, "decay": [0.7**i for i in range(24)], "heights": heights}
    lists |= {"weights": weights, "inputs": [1, 1, 1], "bias": [0, 0], "sum": sums}
    arrays = {name: np.array(values, float) for name, values in lists.items()}
    numbers = {name: value for name, value in given.items() if isinstance(value, int | float)}
    return Frame(0, arrays, numbers)


class Table(NamedTuple):
    """A stage with dials that answers, its page, and what it was asked."""

    page: Page
    oracle: Oracle

    @property
    def settings(self) -> dict[str, Any]:
        """What was asked last."""
        return self.oracle.asked[-1]["given"]

    def handle(self, at: int = 0) -> Locator:
        return self.page.locator("[data-handle]").nth(at)

    def middle(self, at: int = 0) -> tuple[float, float]:
        """Return where the target of a handle has its middle."""
        box = self.handle(at).bounding_box()
        assert box
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def rest(self) -> None:
        """Wait until what was turned last was asked for, with the next frame, and answered."""
        self.page.evaluate(TWO_FRAMES)
        self.page.wait_for_function(
            """() => { const { dataset } = document.querySelector('#host').shadowRoot
                .querySelector('.stage');
            return dataset.answered === dataset.asked && dataset.asked; }"""
        )

    def until_asked(self, claim: Callable[[dict[str, Any]], bool]) -> None:
        """Wait until a claim holds of the settings, at rest or not."""
        for _ in range(2_000):
            if claim(self.settings):
                return
            self.page.wait_for_timeout(30)
        raise AssertionError(f"asked last: {self.oracle.asked[-1]}")

    def until(self, claim: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Return the settings at rest, of which a claim holds."""
        for _ in range(1_000):
            self.rest()
            asked = self.oracle.asked[-1]
            if not asked["moving"] and claim(asked["given"]):
                return dict(asked["given"])
            self.page.wait_for_timeout(30)
        raise AssertionError(f"asked last: {self.oracle.asked[-1]}")

    def drag(self, at: int, by: tuple[float, float], steps: int = 8) -> None:
        x, y = self.middle(at)
        mouse = self.page.mouse
        mouse.move(x, y)
        mouse.down()
        mouse.move(x + by[0], y + by[1], steps=steps)
        mouse.up()


def showing(answers: str, dials: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return what a page hands to a stage that is answered."""
    data = {
        "scene": None,
        "token": "",
        "run": "still",
        "notice": "",
        "live": False,
        "select": {},
        "picks": False,
        "resets": False,
        "rests": False,
        "palette": PALETTE,
        "height": None,
        "start": 0,
        "title": "A plot",
    }
    return data | ({"dials": dials, "answers": answers} if dials else {})


ANSWERED = """() => document.querySelector('#host').shadowRoot.querySelector('.stage')
    .dataset.answered"""
Open = Callable[..., Table]


@pytest.fixture(scope="module")
def theatre() -> Iterator[Theatre]:
    with Theatre() as theatre:
        yield theatre


@pytest.fixture
def show(chromium: Browser, theatre: Theatre) -> Iterator[Open]:
    """Return what opens a scene whose dials are answered."""
    pages: list[Page] = []

    def open_one(
        scene: Scene,
        *,
        size: dict[str, int] = WIDE,
        touch: bool = False,
        mobile: bool = False,
        answer: Callable[[Mapping[str, Any], bool], Answer] | None = None,
        knobs: Sequence[Mapping[str, Any]] = (),
        **settings: Any,
    ) -> Table:
        page = chromium.new_page(
            viewport=size, has_touch=touch, is_mobile=mobile, color_scheme="light"
        )
        pages.append(page)
        oracle = Oracle(answer or (lambda given, moving: Answer(as_json(scene), [shown_of(given)])))
        token = f"answers-{len(theatre.oracles)}"
        theatre.oracles[token] = oracle
        page.goto(theatre.base)
        page.wait_for_function("() => window.show")
        groups = [{"title": "", "folded": False, "knobs": list(knobs)}] if knobs else []
        dials: Column = {
            "groups": groups,
            "settings": STARTS | settings,
            "defaults": STARTS,
            "editions": {},
            "refused": {},
        }
        data = showing(token, dials)
        page.evaluate("(data) => window.show(data)", data)
        page.wait_for_selector("[data-handle]:visible[role=slider]")
        return Table(page, oracle)

    yield open_one
    for page in pages:
        page.close()


# ----------------------------------------------------------------------------------------- by mouse


def unit(table: Table, axis: str) -> float:
    """Return how many pixels one unit of the square portrait is long: it shows five each way."""
    box = table.page.locator(".plot canvas").bounding_box()
    assert box
    return min(box["width"], box["height"]) / 5 * (1 if axis == "x" else -1)


def test_a_dragged_point_stands_where_the_pointer_lets_it_go(show):
    table = show(PORTRAIT)
    table.drag(0, (0.7 * unit(table, "x"), 1.4 * unit(table, "y")))

    settings = table.until(lambda given: given["x"] != 0.5)
    assert (settings["x"], settings["y"]) == (1.2, 0.4)  # 0.5 + 0.7 and −1 + 1.4


def test_while_it_is_dragged_the_picture_is_asked_for_and_the_whole_answer_once_it_is_let_go(show):
    table = show(PORTRAIT)
    table.drag(0, (unit(table, "x"), 0), steps=12)
    table.until(lambda given: given["x"] == 1.5)

    moving = [question["moving"] for question in table.oracle.asked]
    assert moving.count(True) >= 3
    assert not moving[-1]
    asked = [question["given"]["x"] for question in table.oracle.asked]
    assert asked == sorted(asked)


def test_what_is_taken_beside_its_middle_does_not_jump_to_the_pointer(show):
    table = show(PORTRAIT)
    x, y = table.middle()
    mouse = table.page.mouse
    mouse.move(x + 9, y - 7)
    mouse.down()
    mouse.move(x + 9 + unit(table, "x"), y - 7, steps=4)
    mouse.up()

    settings = table.until(lambda given: given["x"] != 0.5)
    assert (settings["x"], settings["y"]) == (1.5, -1.0)


def test_a_playhead_comes_back_with_the_whole_answer_when_a_moving_hand_had_fewer_frames(show):
    table = show(PORTRAIT, answer=fewer_while_it_moves)
    for stood in (7, 5, 1):
        stand(table, stood)
        assert frame(hold(table)) == min(stood, 2)
        assert frame(let_go(table)) == stood


def test_a_playhead_put_elsewhere_among_the_fewer_frames_of_a_moving_hand_stays_there(show):
    table = show(PORTRAIT, answer=fewer_while_it_moves)
    stand(table, 7)
    hold(table)
    stand(table, 1)

    assert frame(let_go(table)) == 1


def fewer_while_it_moves(given: Mapping[str, Any], moving: bool) -> Answer:
    frames = [replace(shown_of(given), step=step) for step in range(3 if moving else 8)]
    return Answer(as_json(PORTRAIT), frames)


def stand(table: Table, at: int) -> None:
    """Put the playhead on a frame by its keys, which the stage hears when no handle has them."""
    table.rest()
    table.page.evaluate("() => document.querySelector('#host').shadowRoot.activeElement?.blur()")
    for key in ("Home", *["ArrowRight"] * at):
        table.page.keyboard.press(key)
    assert frame(table) == at


def hold(table: Table) -> Table:
    """Move the handle and keep hold of it, until that is answered."""
    x, y = table.middle()
    table.page.mouse.move(x, y)
    table.page.mouse.down()
    table.page.mouse.move(x - 0.2 * unit(table, "x"), y, steps=3)
    table.until_asked(lambda given: table.oracle.asked[-1]["moving"])
    table.rest()
    return table


def let_go(table: Table) -> Table:
    """Let go of the handle, until the whole answer is there."""
    table.page.mouse.up()
    table.until(lambda given: True)
    return table


def frame(table: Table) -> int:
    """Return the index of the frame that is painted."""
    table.page.evaluate(TWO_FRAMES)
    return int(table.page.locator(".stage").get_attribute("data-frame") or -1)


def test_it_stands_under_the_pointer_while_the_answer_is_on_its_way(show):
    table = show(PORTRAIT)
    table.rest()
    table.oracle.delay = 5
    x, y = table.middle()
    mouse = table.page.mouse
    mouse.move(x, y)
    mouse.down()
    mouse.move(x - unit(table, "x"), y, steps=3)
    before = table.page.evaluate(ANSWERED)
    table.page.evaluate(TWO_FRAMES)

    assert table.middle() == pytest.approx((x - unit(table, "x"), y), abs=1)
    assert table.page.evaluate(ANSWERED) == before
    mouse.up()


def test_a_value_is_on_a_step_and_between_the_ends_of_its_dial(show):
    table = show(PORTRAIT)
    table.drag(0, (0.234 * unit(table, "x"), -40 * unit(table, "y")))

    settings = table.until(lambda given: given["x"] != 0.5)
    assert (settings["x"], settings["y"]) == (0.7, -2.0)


def test_a_rule_on_a_log_axis_is_turned_by_factors(show):
    table = show(RATES)
    table.drag(0, (decade(table), 0))
    assert table.until(lambda given: given["rate"] > 0.5)["rate"] == pytest.approx(1.0, rel=0.02)

    table.drag(0, (-2.5 * decade(table), 0))
    there = table.until(lambda given: given["rate"] < 0.5)["rate"]
    assert there == pytest.approx(10**-2.5, rel=0.03)
    assert there == float(f"{there:.3g}")  # three digits


def decade(table: Table) -> float:
    """Return how many pixels ten times as much is away: the axis shows five decades."""
    strip = table.handle().evaluate("(one) => one.style.getPropertyValue('--wide')")
    return float(strip.removesuffix("px")) / 5


def test_a_line_is_taken_anywhere_along_it(show):
    table = show(RATES)
    x, y = table.middle()
    mouse = table.page.mouse
    mouse.move(x + 3, y + 200)
    mouse.down()
    mouse.move(x + 3 + decade(table), y + 170, steps=5)
    mouse.up()

    assert table.until(lambda given: given["rate"] > 0.5)["rate"] == pytest.approx(1.0, rel=0.02)


def test_the_ends_of_a_span_move_and_never_pass_each_other(show):
    table = show(DECAY)
    lag = (table.middle(1)[0] - table.middle(0)[0]) / 8  # px: from 4 to 12
    table.drag(0, (3 * lag, 0))
    assert table.until(lambda given: given["from"] != 4)["from"] == 7
    table.drag(0, (9 * lag, 0))
    assert table.until(lambda given: given["from"] != 7)["from"] == 12
    table.drag(1, (-6 * lag, 0))
    table.drag(1, (5 * lag, 0))

    settings = table.until(lambda given: given["to"] != 12)
    assert (settings["from"], settings["to"]) == (12, 17)


def test_the_end_of_a_bar_is_dragged_and_a_line_of_text_says_so(show):
    table = show(PILE, edits="no_input_gate; pile:2:6")
    box = table.handle(0).evaluate(
        "(one) => ['--top', '--high'].map((name) => parseFloat(one.style.getPropertyValue(name)))"
    )
    tall = box[1] / 10  # px: the axis shows ten
    top, middle, last = (table.middle(i)[1] for i in range(3))
    assert (middle - top, top - last) == pytest.approx((2 * tall, 3 * tall), abs=1)  # 3, 1 and 6

    table.drag(0, (0, -4 * tall))
    assert table.until(lambda given: "pile:0" in given["edits"])["edits"] == (
        "no_input_gate; pile:2:6;pile:0:7"
    )
    table.drag(2, (0, 2 * tall))
    assert table.until(lambda given: "2:6" not in given["edits"])["edits"] == (
        "no_input_gate; pile:2:4;pile:0:7"
    )


def test_a_double_click_goes_back_to_the_default_and_takes_the_word_out_of_its_line(show):
    table = show(PORTRAIT, x=1.7, y=1.0)
    table.handle().dblclick()
    settings = table.until(lambda given: given["x"] != 1.7)
    assert (settings["x"], settings["y"]) == (0.5, -1.0)

    table = show(PILE, edits="pile:1:8;no_input_gate")
    table.handle(1).dblclick()
    assert table.until(lambda given: "8" not in given["edits"])["edits"] == "no_input_gate"


def test_a_movement_that_is_cut_off_is_taken_back(show):
    table = show(PORTRAIT)
    x, y = table.middle()
    table.page.mouse.move(x, y)
    table.page.mouse.down()
    table.page.mouse.move(x + unit(table, "x"), y, steps=4)
    table.until_asked(lambda given: given["x"] == 1.5)
    table.handle().dispatch_event("pointercancel", {"pointerId": 1, "bubbles": True})

    assert table.until(lambda given: given["x"] == 0.5)["y"] == -1.0
    table.page.mouse.up()


# -------------------------------------------------------------------------------- by finger, by key


def swipe(
    table: Table, start: tuple[float, float], by: tuple[float, float], steps: int = 6
) -> None:
    """Draw a finger over the screen."""
    session = table.page.context.new_cdp_session(table.page)

    def touch(kind: str, share: float) -> None:
        points = [{"x": start[0] + share * by[0], "y": start[1] + share * by[1]}]
        touches = [] if kind == "touchEnd" else points
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

    touch("touchStart", 0)
    for i in range(1, steps + 1):
        touch("touchMove", i / steps)
    touch("touchEnd", 1)
    session.detach()


def test_a_finger_drags_it_and_does_not_scroll_the_page(show):
    table = show(PORTRAIT, size=PHONE, touch=True)
    table.page.evaluate("() => { document.body.style.minHeight = '3000px'; }")
    swipe(table, table.middle(), (-unit(table, "x"), 1.5 * unit(table, "y")))

    settings = table.until(lambda given: given["x"] != 0.5)
    assert (settings["x"], settings["y"]) == (-0.5, 0.5)
    assert table.page.evaluate("scrollY") == 0


def test_a_finger_beside_it_scrolls_the_page(show):
    table = show(RATES, size=PHONE, touch=True)
    table.page.evaluate("() => { document.body.style.minHeight = '3000px'; }")
    x, y = table.middle()
    swipe(table, (x, y + 110), (0, -100))  # on the line that the handle stands on

    table.page.wait_for_function("scrollY > 50")
    assert table.settings["rate"] == 0.1


@pytest.mark.parametrize(
    "scene", [PORTRAIT, DECAY, RATES, PILE], ids=["point", "span", "rule", "bar"]
)
def test_the_target_is_at_least_40_px_large(show, scene):
    for size in (WIDE, PHONE):
        table = show(scene, size=size, touch=size is PHONE)
        for box in [one.bounding_box() for one in table.page.locator("[data-handle]").all()]:
            assert min(box["width"], box["height"]) >= 40 - 0.01  # px are cut into parts


def test_arrow_keys_move_it_by_a_step_and_with_shift_by_ten(show):
    table = show(PORTRAIT)
    table.handle().focus()
    press = table.page.keyboard.press
    for key in ("ArrowRight", "ArrowUp", "ArrowUp"):
        press(key)
    settings = table.until(lambda given: given["y"] == -0.8)
    assert settings["x"] == 0.6

    press("Shift+ArrowLeft")
    press("Shift+ArrowUp")
    settings = table.until(lambda given: given["y"] == 0.2)
    assert settings["x"] == -0.4


def test_home_and_end_go_to_the_ends(show):
    table = show(DECAY)
    table.handle(1).focus()
    table.page.keyboard.press("End")
    assert table.until(lambda given: given["to"] != 12)["to"] == 23
    table.page.keyboard.press("Home")
    assert table.until(lambda given: given["to"] != 23)["to"] == 4  # where the other end stands


def test_keys_turn_what_lies_on_a_log_axis_by_factors(show):
    table = show(RATES)
    table.handle().focus()
    for _ in range(2):
        table.page.keyboard.press("Shift+ArrowRight")  # twenty steps are ten times as much

    assert table.until(lambda given: given["rate"] > 0.5)["rate"] == pytest.approx(1.0, rel=0.01)


def test_it_is_reached_with_tab_and_seen_to_be(show):
    table = show(DECAY)
    table.page.locator("#host .stage").focus()
    ring = "(one) => getComputedStyle(one).outlineStyle"
    for at in range(2):
        for _ in range(5):
            table.page.keyboard.press("Tab")
            if table.handle(at).evaluate("(one) => one.matches(':focus-visible')"):
                break
        assert table.handle(at).evaluate(ring) == "solid"
        assert table.handle(1 - at).evaluate(ring) == "none"


# ------------------------------------------------------------------------------- for screen readers


def test_it_has_a_name_a_value_and_says_its_range(show):
    table = show(DECAY)
    low, high = (table.page.get_by_role("slider", name=name, exact=True) for name in ("from", "to"))
    told = [
        [one.get_attribute(f"aria-{name}") for name in ("valuemin", "valuenow", "valuemax")]
        for one in (low, high)
    ]
    assert told == [["0", "4", "12"], ["4", "12", "23"]]
    assert low.get_attribute("aria-valuetext") == "4"
    assert "From 0 to 12." in (low.get_attribute("aria-description") or "")


def test_a_point_says_both_of_its_values_and_its_help(show):
    table = show(PORTRAIT)
    point = table.page.get_by_role("slider", name="start", exact=True)
    assert point.get_attribute("aria-valuetext") == "x 0.5, y −1.0"
    said = point.get_attribute("aria-description") or ""
    assert said.startswith("x from −2.0 to 2.0, y from −2.0 to 2.0. Where it is")

    table.handle().focus()
    table.page.keyboard.press("ArrowDown")
    table.until(lambda given: given["y"] == -1.1)
    assert point.get_attribute("aria-valuetext") == "x 0.5, y −1.1"
    assert point.locator(".bubble").inner_text().startswith("start: x 0.5, y −1.1")


# ----------------------------------------------------------------------------- with everything else


KNOB: Knob = {
    "name": "x",
    "kind": "slider",
    "label": "A dial",
    "help": "",
    "low": -2,
    "high": 2,
    "step": 0.1,
    "whole": False,
    "powers": False,
    "unit": "",
    "values": [],
    "written": [],
    "longest": None,
    "next": False,
    "labelled": True,
    "turns": [],
    "stands": [],
}


def test_it_follows_its_dial_and_its_dial_follows_it(show):
    table = show(PORTRAIT, knobs=[KNOB])
    dial = table.page.get_by_role("slider", name="A dial")
    x, y = table.middle()
    dial.fill("1.5")
    table.until(lambda given: given["x"] == 1.5)
    assert table.middle() == pytest.approx((x + unit(table, "x"), y), abs=1)

    table.drag(0, (-2 * unit(table, "x"), 0))
    table.until(lambda given: given["x"] == -0.5)
    assert dial.input_value() == "-0.5"


def test_it_is_undone_like_a_dial(show):
    table = show(PORTRAIT)
    table.drag(0, (unit(table, "x"), 0))
    table.until(lambda given: given["x"] == 1.5)
    table.page.wait_for_function("() => window.told.some(([name]) => name === 'settled')")
    table.page.keyboard.press("Control+z")

    assert table.until(lambda given: given["x"] != 1.5)["x"] == 0.5
    told = [value["settings"]["x"] for name, value in table.page.evaluate("window.told")]
    assert told == [1.5, 0.5]


def test_the_plot_neither_zooms_nor_reads_out_while_it_is_dragged(show):
    table = show(PORTRAIT)
    x, y = table.middle()
    mouse = table.page.mouse
    mouse.move(x, y)
    mouse.down()
    mouse.move(x - 150, y - 160, steps=6)
    mouse.wheel(0, -300)
    table.page.evaluate(TWO_FRAMES)
    assert not table.page.locator(".readout").is_visible()
    assert table.middle() == pytest.approx((x - 150, y - 160), abs=6)  # a step is 12 px
    mouse.up()
    table.page.evaluate(TWO_FRAMES)

    assert not table.page.get_by_role("button", name="Whole picture").is_visible()


def test_keys_on_it_do_not_move_the_playhead(show):
    def two(given: Mapping[str, Any], moving: bool) -> Answer:
        first, second = shown_of(given), shown_of(given)
        return Answer(as_json(PORTRAIT), [first, replace(second, step=1)], start=0)

    table = show(PORTRAIT, answer=two)
    table.handle().focus()
    for key in ("ArrowRight", "End", "ArrowLeft"):
        table.page.keyboard.press(key)
    table.until(lambda given: given["x"] == 1.9)

    assert table.page.locator("#host .stage").get_attribute("data-frame") == "0"


def test_it_follows_the_zoom_of_its_plot_and_is_no_obstacle_where_it_is_out_of_sight(show):
    table = show(PORTRAIT, x=0.0, y=0.0)
    x, y = table.middle()
    canvas = table.page.locator(".plot canvas").bounding_box()
    mouse = table.page.mouse
    mouse.move(x - 150, y - 150)
    mouse.down()
    mouse.move(x + 150, y + 150, steps=4)
    mouse.up()
    table.page.get_by_role("button", name="Whole picture").wait_for()
    assert table.middle() == pytest.approx((x, y), abs=2)
    table.handle().focus()
    table.page.keyboard.press("ArrowRight")
    table.until(lambda given: given["x"] == 0.1)
    side = min(canvas["width"], canvas["height"])
    assert table.middle()[0] - x == pytest.approx(0.1 * side / (300 / unit(table, "x")), abs=2)

    table.page.keyboard.press("End")
    table.until(lambda given: given["x"] == 2)
    assert "beyond" in (table.handle().get_attribute("class") or "")
    assert table.handle().evaluate("(one) => getComputedStyle(one).pointerEvents") == "none"


def test_what_is_refused_goes_back(show):
    def picky(given: Mapping[str, Any], moving: bool) -> Answer:
        if given["x"] > 1:
            raise RefusedError("x", "x must stay below 1.")
        return Answer(as_json(PORTRAIT), [shown_of(given)])

    table = show(PORTRAIT, answer=picky)
    x, _ = table.middle()
    table.drag(0, (unit(table, "x"), 0))
    table.page.locator(".notice", has_text="x must stay below 1.").wait_for()
    table.page.wait_for_function(
        "() => document.querySelector('#host').shadowRoot.querySelector('[data-handle]')"
        ".getAttribute('aria-valuenow') <= 1"
    )

    assert float(table.handle().get_attribute("aria-valuenow") or "nan") <= 1
    assert table.middle()[0] <= x + 0.55 * unit(table, "x")


def test_it_stays_in_the_hand_while_the_picture_around_it_becomes_another(show):
    def growing(given: Mapping[str, Any], moving: bool) -> Answer:
        plot = replace(PORTRAIT.panels[0], title=f"At {given['x']}", note="now")
        return Answer(as_json(replace(PORTRAIT, panels=(plot,))), [shown_of(given)])

    table = show(PORTRAIT, answer=growing)
    table.drag(0, (unit(table, "x"), 0), steps=20)
    table.until(lambda given: given["x"] == 1.5)
    table.page.get_by_text("At 1.5").wait_for()
    assert table.handle().evaluate("(one) => one.getRootNode().activeElement === one")

    table.page.keyboard.press("ArrowLeft")
    table.page.get_by_text("At 1.4").wait_for()
    table.page.keyboard.press("ArrowLeft")
    table.page.get_by_text("At 1.3").wait_for()


@pytest.mark.parametrize("titled", [False, True], ids=["the same panel", "another panel"])
def test_the_picture_that_a_movement_ends_on_is_that_of_its_link(show, titled):
    """On the way the ticks were wider than before and after."""

    def grown(given: Mapping[str, Any], moving: bool) -> Answer:
        frame = shown_of(given)
        sizes = 10 ** (2 * given["x"]) * np.linspace(0, 1, 20)
        rule = RuleHandle(grip("x", -2, 2, step=0.1), "x", "critic")
        note = f"at {given['x']}" if titled else ""
        scene = pictured(Curve("sizes", "lstm"), handles=(rule,), x=Axis(-2, 19), note=note)
        return Answer(as_json(scene), [replace(frame, arrays={"sizes": sizes})])

    moved, fresh = show(RATES, answer=grown, x=0.0), show(RATES, answer=grown, x=-0.1)
    moved.handle().focus()
    for key in ("End", "ArrowLeft", *["Shift+ArrowLeft"] * 2):
        moved.page.keyboard.press(key)
        moved.rest()
    moved.until(lambda given: given["x"] == -0.1)
    fresh.rest()
    pictures = []
    for table in (moved, fresh):
        table.page.evaluate(TWO_FRAMES)
        pictures.append(
            table.page.locator(".plot canvas").evaluate("(canvas) => canvas.toDataURL()")
        )

    assert pictures[0] == pictures[1]


def test_an_axis_stands_still_under_the_hand(show):
    """Its range goes by the answer: it would run away from the pointer."""

    def growing(given: Mapping[str, Any], moving: bool) -> Answer:
        axis = Axis(0, 2 * given["rate"])
        return Answer(as_json(pictured(handles=(RATE,), x=axis, y=Axis(0, 1))), [shown_of(given)])

    table = show(RATES, answer=growing, rate=1.0)
    tenth = 0.1 * float(
        table.handle().evaluate("(one) => parseFloat(one.style.getPropertyValue('--wide'))")
    )
    table.drag(0, (tenth, 0), steps=10)  # a tenth of what is shown, from 0 to 2

    assert table.until(lambda given: given["rate"] != 1)["rate"] == pytest.approx(1.2, abs=0.02)


def test_without_dials_it_is_a_mark_that_nobody_can_take(chromium, theatre):
    frames = [shown_of(STARTS)]
    theatre.runs["saved"] = Run(
        Show(PORTRAIT, pack(Frame(0), 0, {}), tuple(pack(f, 0, {}) for f in frames), tuple(frames))
    )
    page = chromium.new_page(viewport=WIDE)
    page.goto(theatre.base)
    page.wait_for_function("() => window.show")
    data = showing("", None) | {"scene": as_json(PORTRAIT), "token": "saved", "live": True}
    page.evaluate("(data) => window.show(data)", data)
    page.wait_for_selector("[data-frame='0'] canvas")
    page.wait_for_timeout(100)

    assert page.locator("[data-handle]").count() == 1
    assert not page.locator("[data-handle]").is_visible()
    page.close()


# ------------------------------------------------------------------------------------ lines of text


def lines(page: Page, *calls: list[Any]) -> list[Any]:
    script = """const grip = await from('dials/grip');
        return given[0].map(([name, ...about]) => grip[name](...about));"""
    return in_page(page, script, list(calls))


def test_an_entry_is_put_into_its_line_and_nothing_else_changes(page):
    line = "forget_gate:61:5-12:0; weight_hh:12,39:0.5 no_input_gate"
    entry = "weight_hh:12,39"

    assert lines(
        page,
        ["entryOf", line, entry],
        ["rewritten", line, entry, -1.25],
        ["rewritten", line, "weight_hh:12,3", 2],
        ["rewritten", "", entry, 1],
        ["rewritten", "a;", entry, 1],
        ["rewritten", line, entry, None],
        ["rewritten", f"{entry}:3", entry, None],
    ) == [
        0.5,
        "forget_gate:61:5-12:0; weight_hh:12,39:-1.25 no_input_gate",
        f"{line};weight_hh:12,3:2",
        f"{entry}:1",
        f"a;{entry}:1",
        "forget_gate:61:5-12:0; no_input_gate",
        "",
    ]


def test_of_two_words_for_one_entry_the_last_counts_as_it_does_on_the_server(page):
    line = "bias_ih:3:1;bias_ih:3:2"
    asked = ["entryOf", line, "bias_ih:3"], ["rewritten", line, "bias_ih:3", 5]
    found, changed = lines(page, *asked)

    assert (found, changed) == (2, "bias_ih:3:1;bias_ih:3:5")
    edits = [(edit.matrix, edit.row, edit.value) for edit in parse_operations(changed).edits]
    assert edits[-1] == ("bias_ih", 3, 5.0)


def test_what_is_written_is_understood_by_the_server_to_the_last_bit(page):
    values = [0.1, -1.25, 1e-7, 123456.5, 0.30000000000000004]
    written = lines(page, *(["rewritten", "", "weight_hh:1,2", value] for value in values))

    assert [parse_operations(line).edits[0].value for line in written] == values


def test_a_name_in_an_entry_is_the_selection(page):
    grip_of_row = as_json(grip("edits", 0, 1, entry="weight_hh:{unit+12},{unit}"))
    (found,) = lines(page, ["selected", grip_of_row, {"unit": 5}])

    assert found["entry"] == "weight_hh:17,5"


# ----------------------------------------------------------------------------- numbers in place

AREA = Grid(("minmax(0, 1fr)",), ("auto",), ("panel",))
CARDS = Scene(
    (
        Numbers(
            "panel",
            (
                Number("whole", "units", "integer", grip=grip("whole", 1, 8, whole=True)),
                Number("rate", "rate", grip=grip("rate", 1e-4, 10, powers=True)),
                Number("y", "fixed"),
            ),
        ),
    ),
    AREA,
    AREA,
    alt="cards",
)
MATRIX = pictured(
    Surface("weights", (0, 3, 0, 2)),
    handles=tuple(
        NumberHandle(
            grip("edits", -5, 5, step=0.25, entry=f"weight_hh:{row},{column}", help="A weight"),
            column + 0.5,
            row + 0.5,
            "weights",
            3 * row + column,
        )
        for row in range(2)
        for column in range(3)
    ),
    x=Axis(0, 3),
    y=Axis(0, 2),
)
WEIGHT = grip("edits", -5, 5, step=0.25, entry="weight_hh:{row},{column}")
STATE = Value("x", grip=grip("x", -2, 2, step=0.1))
SUM = Opening(
    "sum",
    "sum",
    "s = W h",
    (Term("s = "), Term(value=Value("sum", select="unit"))),
    dots=(Dot("From before", "weights", "inputs", bias="bias", leads_to="sum", grip=WEIGHT),),
)
CIRCUIT = Scene(
    (
        Diagram(
            "panel",
            300,
            200,
            (
                Node("state", 60, 60, text="state", value=STATE, note="held"),
                Node("sum", 240, 60, text="sum", value=Value("sum", select="unit")),
            ),
            (Wire("wire", ((60, 60), (240, 60)), value=Value("y", grip=grip("y", -2, 2)),
                  label_at=(150, 60), label="y", side="above"),),
            (Stage("sum", ("state",), "s", (Term("2 · "), Term(value=STATE, caption="state"))),),
            select="unit",
            openings=(SUM,),
        ),
    ),
    Grid(("minmax(0, 1fr)",), ("minmax(0, 1fr)",), ("panel",)),
    AREA,
    selects=(("unit", 1),),
    alt="a circuit",
)  # fmt: skip


def number(table: Table, name: str, at: int = 0) -> Locator:
    return table.page.get_by_role("slider", name=name, exact=True).nth(at)


def pull(table: Table, target: Locator, by: float) -> None:
    """Drag a number sideways."""
    box = target.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    mouse = table.page.mouse
    mouse.move(x, y)
    mouse.down()
    mouse.move(x + by, y + 30, steps=6)
    mouse.up()


def test_a_number_on_a_card_is_dragged_sideways(show):
    table = show(CARDS)
    units, rate = number(table, "whole"), number(table, "rate")
    pull(table, units, 2.2 * NOTCH)
    assert table.until(lambda given: given["whole"] != 3)["whole"] == 5
    assert units.locator(".text").inner_text().strip("‹› ") == "5"

    pull(table, rate, SWEEP / 5)  # five decades
    assert table.until(lambda given: given["rate"] > 0.5)["rate"] == pytest.approx(1.0, rel=0.02)
    assert table.page.locator(".card").nth(2).get_by_role("slider").count() == 0


def test_a_number_is_typed(show):
    table = show(CARDS)
    rate = number(table, "rate")
    rate.focus()
    table.page.keyboard.press("Enter")
    field = table.page.get_by_role("textbox", name="rate")
    assert field.input_value() == "0.1"
    table.page.keyboard.type("2.75")
    table.page.keyboard.press("Enter")

    assert table.until(lambda given: given["rate"] != 0.1)["rate"] == 2.75
    assert not field.is_visible()
    assert rate.evaluate("(one) => one.getRootNode().activeElement === one")


@pytest.mark.parametrize("text", ["", "much", "1e999", "--1", "0x"])
def test_what_is_no_number_is_forgotten(show, text):
    table = show(CARDS)
    table.rest()
    before = len(table.oracle.asked)
    number(table, "rate").click()  # opens it, too
    table.page.get_by_role("textbox", name="rate").fill(text)
    table.page.keyboard.press("Enter")
    table.page.wait_for_timeout(100)

    assert len(table.oracle.asked) == before
    assert table.settings["rate"] == 0.1


def test_escape_leaves_a_number_as_it_is_and_a_true_minus_sign_is_read(show):
    table = show(MATRIX)
    cell = number(table, "edits", 1)
    for key, edits in (("Escape", ""), ("Enter", "weight_hh:0,1:-1.5")):
        cell.click()
        table.page.get_by_role("textbox", name="edits").fill("−1.5")
        table.page.keyboard.press(key)
        table.page.wait_for_timeout(100)
        table.until_asked(lambda given, edits=edits: given["edits"] == edits)


def test_a_number_in_a_heat_map_stands_in_its_cell_and_is_turned_there(show):
    table = show(MATRIX)
    texts = table.page.locator(".turnable .text").all_inner_texts()
    assert [text.strip("‹› ") for text in texts] == ["0", "0.500", "1.00", "1.50", "2.00", "2.50"]
    pull(table, number(table, "edits", 4), -3.2 * SWEEP / 40)
    table.until(lambda given: given["edits"] == "weight_hh:1,1:1.25")  # three steps of a quarter

    number(table, "edits", 0).focus()
    table.page.keyboard.press("Shift+ArrowLeft")
    table.until(lambda given: given["edits"] == "weight_hh:1,1:1.25;weight_hh:0,0:-2.5")


def test_a_number_of_a_circuit_is_turned_where_it_stands_and_in_its_equation(show):
    table = show(CIRCUIT)
    gate, term = number(table, "x", 0), number(table, "x", 1)
    pull(table, gate, 3.2 * (SWEEP / 40))  # forty steps
    table.until(lambda given: given["x"] == 0.8)
    assert gate.locator(".text").inner_text().strip("‹› ") == "0.80"
    term.focus()
    table.page.keyboard.press("ArrowDown")
    table.until(lambda given: given["x"] == 0.7)
    for one in (gate, term):
        assert one.locator(".text").inner_text().strip("‹› ") == "0.70"

    number(table, "y").focus()
    table.page.keyboard.press("End")
    table.until(lambda given: given["y"] == 2)


def test_a_weight_in_a_dot_product_is_turned_and_keeps_its_row_until_it_is_left(show):
    table = show(CIRCUIT)
    table.page.locator("[data-opens=sum]").first.click()
    rows = table.page.locator(".microscope .dot .factor")
    rows.first.wait_for()
    before = rows.evaluate_all("(all) => all.map((one) => one.dataset.k)")
    assert before == ["2", "1", "0"]  # 2.5, 2 and 1.5 times one: the largest first
    weight = rows.nth(0).get_by_role("slider")
    weight.focus()
    for _ in range(2):
        table.page.keyboard.press("Shift+ArrowLeft")

    settings = table.until(lambda given: ":-2.5" in given["edits"])
    assert settings["edits"] == "weight_hh:1,2:-2.5"
    table.page.wait_for_function(
        "() => document.querySelector('#host').shadowRoot.querySelector('.microscope .dot .factor')"
        ".dataset.product === '-2.5'"
    )
    table.page.keyboard.press("Home")
    table.until(lambda given: given["edits"] == "weight_hh:1,2:-5")
    assert rows.evaluate_all("(all) => all.map((one) => one.dataset.k)") == before


@pytest.mark.parametrize("scene", [CARDS, MATRIX], ids=["cards", "heat map"])
def test_by_touch_a_number_takes_a_finger_within_40_px(show, scene):
    table = show(scene, size=PHONE, touch=True, mobile=True)
    apart = """(one) => { const box = one.getBoundingClientRect();
        const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
        return [[-19, 0], [19, 0], [0, -19], [0, 19]].map(([dx, dy]) =>
            one.getRootNode().elementFromPoint(x + dx, y + dy) === one); }"""
    for one in table.page.locator(".turnable").all():
        one.scroll_into_view_if_needed()
        assert one.evaluate(apart) == [True] * 4


def test_a_finger_drags_a_number_sideways(show):
    table = show(CARDS, size=PHONE, touch=True, mobile=True)
    box = number(table, "whole").bounding_box()
    assert box
    swipe(table, (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2), (3.2 * NOTCH, 0))

    table.until(lambda given: given["whole"] == 6)


def test_without_dials_a_number_is_a_number_like_others(page):
    shown = painted(page, exhibits.EXHIBITS["numbers"])
    panel = replace(
        exhibits.EXHIBITS["numbers"].panel,
        numbers=tuple(
            replace(one, grip=grip("held", 0, 9))
            for one in exhibits.EXHIBITS["numbers"].panel.numbers
        ),
    )
    turnable = painted(page, replace(exhibits.EXHIBITS["numbers"], panel=panel))

    assert turnable["written"] == shown["written"]
    assert page.get_by_role("slider").count() == 0
