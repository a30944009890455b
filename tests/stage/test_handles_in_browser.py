"""What can be taken hold of in a picture, moved in a real Chromium by mouse, finger and keys."""

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page

from explorer.figures.scene import (
    Axis,
    BarHandle,
    Bars,
    Curve,
    Grid,
    Grip,
    Handle,
    Mark,
    Plot,
    PointHandle,
    Points,
    RuleHandle,
    Scene,
    SpanHandle,
    as_json,
)
from explorer.runs.answers import Answer
from explorer.runs.frames import Frame
from explorer.stage.messages import PALETTE
from tests.stage.theatre import Oracle, Theatre

WIDE = {"width": 900, "height": 700}
PHONE = {"width": 390, "height": 844}


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
    lists = {"cloud": cloud, "decay": [0.7**i for i in range(24)], "heights": heights}
    arrays = {name: np.array(values) for name, values in lists.items()}
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
        """Wait until what was asked last was answered at rest."""
        self.page.wait_for_function(
            """() => { const { dataset } = document.querySelector('#host').shadowRoot
                .querySelector('.stage');
            return dataset.answered === dataset.asked && dataset.asked; }"""
        )

    def until(self, claim: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Return the settings of the first question at rest of which a claim holds."""
        for _ in range(100):
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


Show = Callable[..., Table]


@pytest.fixture(scope="module")
def theatre() -> Iterator[Theatre]:
    with Theatre() as theatre:
        yield theatre


@pytest.fixture
def show(chromium: Browser, theatre: Theatre) -> Iterator[Show]:
    """Return what opens a scene whose dials are answered."""
    pages: list[Page] = []

    def open_one(
        scene: Scene,
        *,
        size: dict[str, int] = WIDE,
        touch: bool = False,
        answer: Callable[[Mapping[str, Any], bool], Answer] | None = None,
        **settings: Any,
    ) -> Table:
        page = chromium.new_page(viewport=size, has_touch=touch, color_scheme="light")
        pages.append(page)
        oracle = Oracle(answer or (lambda given, moving: Answer(as_json(scene), [shown_of(given)])))
        token = f"answers-{len(theatre.oracles)}"
        theatre.oracles[token] = oracle
        page.goto(theatre.base)
        page.wait_for_function("() => window.show")
        dials = {
            "groups": [],
            "settings": STARTS | settings,
            "defaults": STARTS,
            "editions": {},
        }
        data = {
            "scene": None,
            "token": "",
            "run": "still",
            "notice": "",
            "live": False,
            "select": {},
            "picks": False,
            "resets": False,
            "palette": PALETTE,
            "height": None,
            "start": 0,
            "title": "A plot",
            "dials": dials,
            "answers": token,
        }
        page.evaluate("(data) => window.show(data)", data)
        page.wait_for_selector("[data-handle]:visible")
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
