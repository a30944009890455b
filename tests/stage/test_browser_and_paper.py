"""Two renderers, one picture: all that a scene can show is drawn in the browser and on paper alike.

Marks and panels are found from the classes of the scene, and from what both renderers hold; what is
compared hangs in the gallery.
"""

import base64
import copy
import functools
import io
import itertools
import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from PIL import Image, ImageFilter
from playwright.sync_api import Page

from explorer.figures.scene import (
    Choice,
    Grid,
    Handle,
    Mark,
    Panel,
    Plot,
    Points,
    RuleHandle,
    Scene,
    Tiles,
    as_json,
)
from explorer.figures.theme import LIGHT
from explorer.runs.frames import Frame
from explorer.stage.messages import PALETTE
from explorer.stage.paper import phrases
from explorer.stage.paper.format import moment as told_moment
from explorer.stage.paper.format import number
from explorer.stage.paper.moment import Moment
from explorer.stage.paper.panels import make
from explorer.stage.paper.panels.plot import PaperPlot
from explorer.stage.paper.plot.axes import ticks_of
from explorer.stage.paper.plot.handles import HANDLES
from explorer.stage.paper.plot.marks import MARKS
from explorer.stage.paper.sheet import Paper
from tests.stage import exhibits
from tests.stage.exhibits import EXHIBITS, OTHERS, PLOTS, Exhibit
from tests.stage.studio import PANEL, PLOT, in_page, painted
from tests.stage.theatre import BROWSER, Theatre

PAPER = BROWSER.with_name("paper")
REACH = 2  # px by which the two may differ
BLUR = 2  # px around each pixel that its colour is the mean of
FLAT = 6.0  # levels of 255 by which the two may differ where nothing changes
CHANGING = 0.12  # share of the change around a pixel by which they may differ more
MOST = 0.002  # share of the pixels that may differ by more


# ------------------------------------------------------------------------------- nothing is missing


def names(union: object, key: str) -> set[str]:
    """Return the names by which both renderers know the members of a union."""
    return {f.default for each in get_args(union) for f in fields(each) if f.name == key}


def panels_in(folder: Path, suffix: str) -> set[str]:
    return {file.stem for file in folder.glob(f"panels/*{suffix}")} - {"__init__"}


@dataclass(frozen=True)
class Smoke(Points):
    """A mark that nobody draws."""

    mark: str = "smoke"


@dataclass(frozen=True)
class Gong(Choice):
    """A panel that nobody draws."""

    kind: str = "gong"


@dataclass(frozen=True)
class Lever(RuleHandle):
    """A handle that nobody draws."""

    handle: str = "lever"


LEVER = Lever(exhibits.grip("a"))
SMOKE, GONG = Smoke("cloud", "real"), Gong("panel", "a", ("b",))


def test_every_mark_of_a_scene_is_drawn_in_the_browser_and_on_paper_and_no_other(page):
    in_browser = set(in_page(page, "return Object.keys((await from('plot/marks')).MARKS);"))
    planted = names(Mark | Smoke, "mark")

    assert in_browser == names(Mark, "mark")
    assert set(MARKS) == names(Mark, "mark")
    assert (planted - in_browser, planted - set(MARKS)) == ({"smoke"}, {"smoke"})


def test_every_panel_of_a_scene_is_made_in_the_browser_and_on_paper_and_no_other(page):
    kinds = names(Panel, "kind")
    script = """const made = given[0].map((kind) => from(`panels/${kind}`));
        return (await Promise.all(made)).map(({ make }) => typeof make);"""

    assert panels_in(BROWSER, ".js") == kinds
    assert panels_in(PAPER, ".py") == kinds
    assert set(in_page(page, script, sorted(kinds))) == {"function"}
    assert names(Panel | Gong, "kind") - panels_in(PAPER, ".py") == {"gong"}


def test_every_handle_of_a_scene_is_drawn_in_the_browser_and_on_paper_and_no_other(page):
    in_browser = set(in_page(page, "return Object.keys((await from('plot/handles')).HANDLES);"))

    assert in_browser == names(Handle, "handle")
    assert set(HANDLES) == names(Handle, "handle")
    assert names(Handle | Lever, "handle") - in_browser == {"lever"}


def test_every_mark_handle_and_panel_hangs_in_the_gallery():
    assert exhibits.unshown(Handle, exhibits.handles_shown()) == set()
    assert exhibits.unshown(Handle | Lever, exhibits.handles_shown()) == {"Lever"}
    assert exhibits.unshown(Mark, exhibits.marks_shown()) == set()
    assert exhibits.unshown(Panel, exhibits.panels_shown()) == set()
    assert exhibits.unshown(Mark | Smoke, exhibits.marks_shown()) == {"Smoke"}
    assert exhibits.unshown(Panel | Gong, exhibits.panels_shown()) == {"Gong"}


def test_both_ask_the_same_of_a_mark(page):
    asked = in_page(
        page,
        """const { MARKS } = await from('plot/marks');
        return Object.entries(MARKS).map(([name, kind]) => [
          name, kind.layer, !!kind.overTime, !!kind.roundsX, !!kind.namedAtEnd]);""",
    )

    assert {name: tuple(rest) for name, *rest in asked} == {
        name: (kind.layer, kind.over_time, kind.rounds_x, kind.named_at_end)
        for name, kind in MARKS.items()
    }


# -------------------------------------------------------------------- what is unknown is an error


def opened(page: Page, panel: Panel) -> tuple[str, list[str]]:
    """Return what a stage shows of a scene with one panel and another, and what it reports."""
    other = Tiles("tiles", "digits", "digits", 5)
    grid = Grid(("1fr", "1fr"), ("1fr",), ("panel tiles",))
    told: list[str] = []
    page.on("pageerror", lambda error: told.append(str(error)))
    data = {
        "scene": as_json(Scene((panel, other), grid, grid)),
        "token": "none",
        "live": False,
        "palette": PALETTE,
    }
    page.evaluate("(data) => window.show(data)", data)
    page.wait_for_selector("[data-area=panel] .trouble")
    page.wait_for_selector("[data-area=tiles] canvas")
    return page.inner_text("[data-area=panel]"), told


def forged(thing: Any, **about: object) -> Any:
    """Return a part of a scene that says what no scene may say."""
    other = copy.copy(thing)
    for name, value in about.items():
        object.__setattr__(other, name, value)
    return other


@pytest.mark.parametrize(
    ("panel", "message"),
    [
        (Plot("panel", "", (SMOKE,)), "unknown mark 'smoke'; choose from 'surface', "),
        (Plot("panel", "", (), handles=(LEVER,)), "unknown handle 'lever'; choose from 'point'"),
        (GONG, "unknown panel 'gong'"),
        (
            Plot("panel", "", (Points("cloud", "nobody"),)),
            "unknown role 'nobody'; choose from 'ink'",
        ),
    ],
    ids=["mark", "handle", "panel", "role"],
)
def test_what_is_unknown_says_so_in_its_place_and_to_whoever_looks(chromium, panel, message):
    with Theatre() as theatre:
        page = chromium.new_page()
        page.goto(theatre.base)
        page.wait_for_function("() => window.show")
        shown, told = opened(page, panel)
        page.close()

    assert message in shown
    assert any(message in error for error in told)


STAR = forged(Points("cloud", "real"), shape="star")


@pytest.mark.parametrize(
    ("panel", "message"),
    [
        (Plot("panel", "", (SMOKE,)), r"^unknown mark 'smoke'; choose from 'surface', "),
        (Plot("panel", "", (), handles=(LEVER,)), r"^unknown handle 'lever'; choose from 'point'"),
        (GONG, r"^unknown panel 'gong'"),
        (Plot("panel", "", (Points("cloud", "nobody"),)), r"^unknown role 'nobody'; choose from "),
        (
            Plot("panel", "", (STAR,)),
            r"^unknown shape of a point 'star'; choose from 'dot', 'ring'",
        ),
        (
            forged(OTHERS["tokens"].panel, of="all"),
            r"^unknown source of a tint 'all'; choose from ",
        ),
        (forged(OTHERS["timeline"].panel, scale="loud"), r"^unknown scale 'loud'; choose from "),
    ],
    ids=["mark", "handle", "panel", "role", "shape", "source", "scale"],
)
def test_on_paper_what_is_unknown_is_an_error_that_names_it(panel, message):
    frame = Frame(0, {**exhibits.RUN[-1].arrays, **exhibits.LSTM[0].arrays})
    with pytest.raises(ValueError, match=message):
        panel_on_paper(Exhibit(panel, (frame,)))


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("(await from('format')).number(1, 'loud')", "unknown form of a number 'loud'; choose"),
        ("(await from('colour')).rampOf({}, 'loud')", "unknown scale 'loud'; choose from"),
        ("new (await from('plot/cloud')).Cloud().draw(null, [], {}, "
         "{colour: '#000', radius: 3, shape: 'star', ratio: 1, wide: 9, high: 9})",
         "unknown shape of a point 'star'; choose from 'dot', 'ring', 'cross'"),
        ("(await from('panels/tokens')).make({tokens: [], of: 'all'}, {})",
         "unknown source of a tint 'all'; choose from 'frame', 'frames'"),
    ],
)  # fmt: skip
def test_in_the_browser_what_is_unknown_is_an_error_that_names_it(page, script, message):
    told = in_page(page, f"try {{ {script}; return '' }} catch (error) {{ return error.message }}")

    assert message in told


# ------------------------------------------------------------------------------ they draw the same


@dataclass(frozen=True)
class Painting:
    """What a renderer made of a panel: the texts, and of a plot its axes and the pixels in them."""

    written: tuple[str, ...]
    cell: tuple[float, float] = (0.0, 0.0)
    x: tuple[float, float] = (0.0, 0.0)
    y: tuple[float, float] = (0.0, 0.0)
    pixels: Image.Image | None = None


def moment_of(exhibit: Exhibit, at: int = -1) -> Moment:
    grid = Grid((), (), ())
    return Moment(
        scene=Scene((exhibit.panel,), grid, grid, clock=exhibit.clock),
        still=exhibit.still,
        frames=exhibit.frames,
        indices=range(len(exhibit.frames)),
        at=at % len(exhibit.frames),
        select=exhibit.select,
        stage=exhibit.stage,
    )


class Spied(Paper):
    """A sheet that remembers what is written on it."""

    def __init__(self, width: int, height: int) -> None:
        super().__init__(width, height, LIGHT)
        self.written: list[str] = []

    def text(self, x: float, y: float, words: str, *about: Any, **more: Any) -> None:
        self.written.append(words)
        super().text(x, y, words, *about, **more)

    def upright(self, x: float, y: float, words: str, *about: Any, **more: Any) -> None:
        self.written.append(words)
        super().upright(x, y, words, *about, **more)


class Studio:
    """Exhibits as the browser paints them, each painted once."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.paint = functools.cache(self._paint)

    def _paint(self, name: str, named: bool = True) -> Painting:
        exhibit = EXHIBITS[name] if named else nameless(EXHIBITS[name])
        found = painted(self.page, exhibit)
        written, axes = tuple(sorted(found["written"])), found.get("axes")
        if axes is None:
            return Painting(written)
        data = base64.b64decode(found["picture"].partition(",")[2])
        drawn = Image.open(io.BytesIO(data)).convert("RGBA")
        ground = Image.new("RGBA", drawn.size, LIGHT["background"])
        box = tuple(round(axes[side]) for side in ("left", "top", "right", "bottom"))
        pixels = Image.alpha_composite(ground, drawn).convert("RGB").crop(box)
        cell, x, y = (tuple(axes[name]) for name in ("cell", "x", "y"))
        return Painting(written, cell=cell, x=x, y=y, pixels=pixels)


@pytest.fixture(scope="module")
def studio(page: Page) -> Studio:
    return Studio(page)


def on_paper(exhibit: Exhibit, at: int = -1) -> Painting:
    """Return a plot as it is drawn on paper at one of its moments."""
    assert isinstance(exhibit.panel, Plot)
    moment = moment_of(exhibit, at)
    plot = PaperPlot(exhibit.panel, moment)
    left, top, right, bottom = plot.cell((0.0, 0.0, *map(float, PLOT)))
    cell = (0.0, 0.0, right - left, bottom - top)
    paper = Spied(round(cell[2]), round(cell[3]))
    plot.draw(paper, cell, moment)
    lain = plot.lay(paper, cell)
    pixels = paper.finished().crop(tuple(map(round, lain.box)))
    written = tuple(sorted(paper.written))
    return Painting(written, cell=cell[2:], x=lain.x_range, y=lain.y_range, pixels=pixels)


def unlike(one: Painting, other: Painting) -> float:
    """Return the share of pixels that have no like within `REACH` pixels in the other picture.

    Both are blurred first: what counts is how much of which colour lies where, and not how its edge
    is smoothed. Where the colour changes, half a pixel is a part of the change, and they may differ
    by so much more. A picture of another size is stretched: letters are as wide as the machine's
    fonts, and with them goes the room beside a plot.
    """
    assert one.pixels
    assert other.pixels
    stretched = other.pixels.resize(one.pixels.size, Image.Resampling.BILINEAR)
    return max(_without_like(one.pixels, stretched), _without_like(stretched, one.pixels))


def _without_like(one: Image.Image, other: Image.Image) -> float:
    around = 2 * (REACH + BLUR) + 1
    filters = (ImageFilter.MaxFilter(around), ImageFilter.MinFilter(around))
    most, least = (np.asarray(one.filter(each), float) for each in filters)
    first, second = (
        np.asarray(each.filter(ImageFilter.BoxBlur(BLUR)), float) for each in (one, other)
    )
    allowed = FLAT + CHANGING * (most - least).max(-1)
    edge = REACH + BLUR
    inside = first[edge:-edge, edge:-edge]
    rows, columns = inside.shape[:2]
    nearest = np.full((rows, columns), np.inf)
    for dy, dx in itertools.product(range(BLUR, 2 * REACH + BLUR + 1), repeat=2):
        apart = np.abs(inside - second[dy : dy + rows, dx : dx + columns]).max(-1)
        nearest = np.minimum(nearest, apart)
    return float((nearest > allowed[edge:-edge, edge:-edge]).mean())


def nameless(exhibit: Exhibit) -> Exhibit:
    """Return a plot where nothing has a label: letters look different on every machine."""
    assert isinstance(exhibit.panel, Plot)

    def without(things: Iterable[Any]) -> tuple[Any, ...]:
        return tuple(replace(each, label="") if hasattr(each, "label") else each for each in things)

    panel = exhibit.panel
    bare = replace(panel, marks=without(panel.marks), handles=without(panel.handles))
    return replace(exhibit, panel=bare)


@pytest.mark.parametrize("name", PLOTS)
def test_the_axes_of_a_plot_are_the_same_in_the_browser_and_on_paper(studio, name):
    one, other = studio.paint(name), on_paper(PLOTS[name])

    assert one.cell == other.cell
    assert one.x == pytest.approx(other.x, rel=1e-5, abs=1e-5)  # frames travel as float32
    assert one.y == pytest.approx(other.y, rel=1e-5, abs=1e-5)


@pytest.mark.parametrize("name", PLOTS)
def test_what_is_written_in_and_around_a_plot_is_the_same_in_the_browser_and_on_paper(studio, name):
    panel = PLOTS[name].panel
    keys = [m.label for m in panel.marks if panel.square and MARKS[m.mark].key and m.label]

    assert sorted([*studio.paint(name).written, *keys]) == list(on_paper(PLOTS[name]).written)


@pytest.mark.parametrize("name", PLOTS)
def test_a_mark_has_its_place_and_its_colour_in_the_browser_and_on_paper(studio, name):
    assert unlike(studio.paint(name, False), on_paper(nameless(PLOTS[name]))) <= MOST


@pytest.mark.parametrize("name", PLOTS)
def test_the_picture_of_another_moment_is_seen_to_be_another(studio, name):
    other = on_paper(nameless(PLOTS[name]), 0)

    assert unlike(studio.paint(name, False), other) > 2 * MOST


def letters(written: Iterable[str]) -> Counter[str]:
    """Return how often each letter and digit stands there, however it is cut into pieces."""
    return Counter("".join("".join(piece.split()) for piece in written))


def panel_on_paper(exhibit: Exhibit, at: int = -1) -> Spied:
    """Return a panel as it is drawn on paper at one of its moments."""
    moment = moment_of(exhibit, at)
    paper = Spied(*PANEL)
    make(exhibit.panel, moment).paint(paper, (0.0, 0.0, *map(float, PANEL)), moment)
    return paper


@pytest.mark.parametrize("name", OTHERS)
def test_a_panel_says_the_same_in_the_browser_and_on_paper(studio, name):
    one, other = studio.paint(name).written, panel_on_paper(OTHERS[name]).written

    assert letters(one) == letters(other), (one, other)


@pytest.mark.parametrize("name", ["diagram", "flow", "ranking", "numbers", "sentence", "text"])
def test_a_panel_of_another_moment_is_seen_to_say_something_else(studio, name):
    one, other = studio.paint(name).written, panel_on_paper(OTHERS[name], 0).written

    assert letters(one) != letters(other)


@pytest.mark.parametrize("name", [name for name in OTHERS if name != "choice"])
def test_on_paper_a_panel_looks_different_at_another_moment(name):
    first, last = (panel_on_paper(OTHERS[name], at).finished() for at in (0, -1))

    assert first.tobytes() != last.tobytes()


# --------------------------------------------------------------------------- numbers, on both sides


RANGES = [
    (0.0, 1.0), (0.0, 8.0), (-1.0, 1.0), (-1.35, 1.35), (0.0, 0.3), (-0.5, 4.5), (3.0, 49.0),
    (0.0, 1e-4), (2.0, 2.0), (0.0, 12_500.0), (-2.4e6, 3e6), (0.081, 0.083), (0.0, 2.5), (1.0, 1.2),
]  # fmt: skip
COUNTS = (1.0, 2.0, 2.99, 4.7, 7.3, 21.0)


@pytest.mark.parametrize(("log", "whole"), [(False, False), (False, True), (True, False)])
def test_the_ticks_of_every_range_are_the_same_in_the_browser_and_on_paper(page, log, whole):
    asked = [
        (low, high, count)
        for (low, high), count in itertools.product(RANGES, COUNTS)
        if not log or (abs(low) < 50 and abs(high) < 50)
    ]
    script = """const { ticksOf } = await from('plot/axes');
        return given[0].map((asked) => ticksOf(...asked, given[1], given[2]));"""

    for each, found in zip(asked, in_page(page, script, asked, log, whole), strict=True):
        expected = ticks_of(*each, log, whole)
        assert [tick["text"] for tick in found] == [text for _, text in expected], each
        places = [at for at, _ in expected]
        assert [tick["at"] for tick in found] == pytest.approx(places, rel=1e-12)


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize(("low", "high"), [(0, 5), (0, 1), (1, 4), (0, 25), (1, 20), (-0.5, 4.5)])
def test_an_axis_that_counts_has_whole_ticks(low, high, count):
    ticks = [at for at, _ in ticks_of(low, high, count, False, True)]

    assert all(float(at).is_integer() and low <= at <= high for at in ticks)
    assert len(ticks) > 1
    assert all("." not in text for _, text in ticks_of(low, high, count, False, True))


VALUES = [
    0.0, -0.0, 1.0, 0.1, 0.0849, 0.00234, 9.995e-4, 9.994e-4, 1.2e-7, 12.345, 99.95, 123.4, 999.4,
    999.5, 1234.5, 87_654.3, 999_499.0, 999_500.0, 3.2e9, 0.5, 0.9999, 0.98891, math.inf, math.nan,
    0.125, 1.125, 12.25, 122.5, 0.0625, 9.995, 99.949, 0.015625, 2.5, 0.004, 0.0049, 0.995, 0.996,
]  # fmt: skip
SIGNED = [sign * value for value in VALUES for sign in (1, -1)]
READ = "const read = (text) => Number(text.replace('inf', 'Infinity'));"


def test_numbers_read_the_same_in_the_browser_and_on_paper(page):
    forms = ("plain", "percent", "power", "integer", "of")
    asked = [[repr(value), form] for value in SIGNED for form in forms]
    script = f"""const {{ number }} = await from('format'); {READ}
        return given[0].map(([value, form]) => number(read(value), form, 8));"""
    found = in_page(page, script, asked)

    told = [number(float(value), form, 8) for value, form in asked]
    assert dict(zip(map(tuple, asked), found, strict=True)) == dict(
        zip(map(tuple, asked), told, strict=True)
    )


def test_numbers_of_circuits_read_the_same_in_the_browser_and_on_paper(page):
    asked = [repr(value) for value in SIGNED if not abs(value) > 1e6]  # digits of what is larger
    script = f"""const {{ fixed, percent }} = await from('phrases'); {READ}
        return given[0].map((value) => [fixed(read(value)), percent(read(value))]);"""
    found = in_page(page, script, asked)

    expected = [[phrases.fixed(float(v)), phrases.percent(float(v))] for v in asked]
    assert dict(zip(asked, found, strict=True)) == dict(zip(asked, expected, strict=True))


@pytest.mark.parametrize("clock", ["step", "iteration", "character"])
def test_a_moment_is_counted_the_same_in_the_browser_and_on_paper(page, clock):
    steps = [0, 1, 10, 1234]
    script = """const { moment } = await from('format');
        return given[0].map((step) => moment(given[1], step));"""

    assert in_page(page, script, steps, clock) == [told_moment(clock, step) for step in steps]
