"""The running app in a real browser: how smooth, how prompt, and at what cost with a room of 30.

The server is started on this computer and ended again; nothing leaves it. The other 29 viewers are
connections without a browser (`crowd`), in a process of their own.
"""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from itertools import cycle, islice
from statistics import median
from typing import Any

from explorer.bench import bare, hand
from explorer.bench.crowd import Crowd
from explorer.bench.rows import Effort, Row, to_floor
from explorer.bench.server import Server, find_browser
from explorer.bench.tab import Tab

OTHERS = 29
PICTURE = (1100, 560)  # px of the canvases of a match in a window of 1440 × 900
PAGE, RERUN, CANVAS, CORE = "bare Streamlit", "bare rerun", "bare canvas", "one core"
LATEST = "asked: 200 ms"
FLOORS = (PAGE, RERUN, CANVAS, CORE, LATEST)
"""What a row about the running app is held against, measured in the same run but for the core."""

UNITS: dict[str, tuple[str, str]] = {
    "page/first": ("s", PAGE),
    "page/switch": ("ms", RERUN),
    "dials/cells": ("ms", RERUN),
    "dials/surgery": ("ms", RERUN),
    "trace/opened/units=256/steps=1000": ("ms", RERUN),
    "dials/gradients": ("ms", RERUN),
    "stage/painted": ("frames/s", CANVAS),
    "stage/replayed": ("frames/s", CANVAS),
    "stage/pause": ("ms", RERUN),
    "stage/painted/viewers=30": ("frames/s", CANVAS),
    "server/cpu": ("% of a core", CORE),
    "stage/pause/viewers=30": ("ms", RERUN),
    "room/cpu/followers=30": ("% of a core", CORE),
    "room/lag/followers=30": ("ms", LATEST),
}
"""Every claim about the running app but those of a hand: its unit, and its floor."""
NAMES = (*UNITS, *hand.TARGETS)

Open = Callable[[str], Tab]


def measure(names: Iterable[str], effort: Effort) -> Iterator[Row]:
    """Measure the claims of these names. Says why, and measures nothing, without a browser."""
    wanted = set(names)
    executable = find_browser()
    if executable is None or find_spec("playwright") is None:
        print("no Chromium or Chrome with playwright here: the running app was not measured")
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=executable, args=options)
        try:
            floors = _Floors(browser, effort)
            for name, values in _measured(browser, wanted, effort):
                unit, against = UNITS[name]
                yield to_floor(name, values, floors.of(against), against, unit)
            if wanted & hand.TARGETS.keys():
                yield from _under_the_hand(browser, wanted, effort)
        finally:
            browser.close()


def _measured(browser: Any, wanted: set[str], effort: Effort) -> Iterator[tuple[str, list[float]]]:
    if "page/first" in wanted:
        yield "page/first", [_first_page(browser) for _ in range(min(effort.turns, 3))]
    if not wanted - {"page/first", *hand.TARGETS}:
        return
    with Server() as server:
        for name in [name for name in ALONE if name in wanted]:
            with _told(name), _tabs(browser, server) as open_tab:
                yield name, ALONE[name](open_tab, effort)
        for part in (_shared_room, _busy_room, _followed_room):
            with _told(part.__name__.strip("_")):
                yield from part(browser, server, wanted, effort)


class _Floors:
    """The barest things, each measured when it is first needed."""

    def __init__(self, browser: Any, effort: Effort) -> None:
        self._browser, self._effort = browser, effort
        self._known: dict[str, float] = {CORE: 100.0, LATEST: 200.0}

    def of(self, against: str) -> float:
        """Return what one of `FLOORS` does."""
        if against not in self._known:
            browser, effort = self._browser, self._effort
            if against == PAGE:
                times = [bare.first_page(browser) for _ in range(min(effort.turns, 3))]
                self._known[against] = median(times)
            elif against == RERUN:
                self._known[against] = median(bare.reruns(browser, effort))
            else:
                self._known[against] = bare.canvas_frames(browser, PICTURE, effort)
        return self._known[against]


def _under_the_hand(browser: Any, wanted: set[str], effort: Effort) -> Iterator[Row]:
    """What a hand sees, alone and in a room of thirty."""
    with Server() as server:
        with _told("one hand"), _tabs(browser, server) as open_tab:
            yield from hand.alone(open_tab, wanted, effort)
        with _told("thirty hands"), _tabs(browser, server) as open_tab:
            yield from hand.crowded(
                open_tab, server, wanted, effort, partial(_training, open_tab, 7)
            )


@contextmanager
def _told(name: str) -> Iterator[None]:
    """What goes wrong in one measurement is said in one line, and the others go on."""
    try:
        yield
    except Exception as error:
        print(f"{name} was not measured: {str(error).splitlines()[0]}", file=sys.stderr)


def _first_page(browser: Any) -> float:
    """Seconds from the start of the process until the home page shows its pictures."""
    with Server() as server, _tabs(browser, server) as open_tab:
        open_tab("/")
        return server.age


@contextmanager
def _tabs(browser: Any, server: Server) -> Iterator[Open]:
    """A way to open pages, each a viewer of its own; all are closed in the end."""
    contexts = []

    def open_tab(path: str) -> Tab:
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        contexts.append(context)
        return Tab(context.new_page(), server.address).open(path)

    try:
        yield open_tab
    finally:
        for context in contexts:
            context.close()


Part = Iterator[tuple[str, list[float]]]


def _shared_room(browser: Any, server: Server, wanted: set[str], effort: Effort) -> Part:
    """Thirty viewers of one run, one of them in a browser."""
    painted, cost = "stage/painted/viewers=30", "server/cpu"
    if not wanted & {painted, cost}:
        return
    with _tabs(browser, server) as open_tab, Crowd() as crowd:
        tab = _training(open_tab, 3)
        for _ in range(OTHERS):  # each with a way in of its own: one viewer has few places
            with _tabs(browser, server) as open_other:
                crowd.join(open_other(_match(3)).sockets[-1])
                time.sleep(0.2)
        time.sleep(2)
        before, start = server.processor_seconds(), time.monotonic()
        frames = _painted(tab, effort)
        after, seconds = server.processor_seconds(), time.monotonic() - start
        _all_served(crowd)
        if painted in wanted:
            yield painted, frames
        if cost in wanted and before is not None and after is not None:
            yield cost, [100 * (after - before) / seconds]


def _busy_room(browser: Any, server: Server, wanted: set[str], effort: Effort) -> Part:
    """Thirty viewers who all train something else, one of them in a browser."""
    if "stage/pause/viewers=30" not in wanted:
        return
    with Crowd() as crowd:
        for seed in range(OTHERS):
            with _tabs(browser, server) as open_tab:  # the run outlives the tab: someone joined it
                crowd.join(open_tab(f"/gans?seed={1_000 + seed}").sockets[-1])
                time.sleep(0.2)
        with _tabs(browser, server) as open_tab:
            tab = _training(open_tab, 4)
            yield "stage/pause/viewers=30", _pauses(tab, effort)
        _all_served(crowd)


def _followed_room(browser: Any, server: Server, wanted: set[str], effort: Effort) -> Part:
    """Thirty who follow a presenter, who points all the time, and watch the one training."""
    cost, lag = "room/cpu/followers=30", "room/lag/followers=30"
    if not wanted & {cost, lag}:
        return
    with _tabs(browser, server) as open_tab, Crowd() as crowd, Crowd("room") as room:
        tab = _training(open_tab, 3)
        for _ in range(OTHERS):
            with _tabs(browser, server) as open_other:
                crowd.join(open_other(_match(3)).sockets[-1])
                time.sleep(0.2)
        for _ in range(OTHERS + 2):  # a presenter, and thirty
            room.join(server.address.replace("http", "ws", 1) + "/stage/room")
        time.sleep(3)
        before, start = server.processor_seconds(), time.monotonic()
        tab.page.wait_for_timeout(60_000 * min(1.0, effort.seconds / 0.5))
        after, seconds = server.processor_seconds(), time.monotonic() - start
        _all_served(crowd)
        lags = room.leave_with_lags()
        if len(lags) <= OTHERS:
            raise RuntimeError(f"only {len(lags)} of {OTHERS + 1} followers were told anything")
        if cost in wanted and before is not None and after is not None:
            yield cost, [100 * (after - before) / seconds]
        if lag in wanted:
            yield lag, lags


def _all_served(crowd: Crowd) -> None:
    served = [frames for frames in crowd.leave() if frames]
    if len(served) < OTHERS:
        raise RuntimeError(f"only {len(served)} of {OTHERS} other viewers were served")


def _match(seed: int) -> str:
    return f"/gans?seed={seed}&steps=100000"


def _training(open_tab: Open, seed: int) -> Tab:
    tab = open_tab(_match(seed))
    tab.button("Train").click()
    tab.until("d.state === 'training' && d.step > 10")
    return tab


def _painted(tab: Tab, effort: Effort) -> list[float]:
    """Frames painted a second, over some windows of several seconds."""
    rates = []
    for _ in range(min(effort.turns, 5)):
        before, start = tab.stage("painted"), time.monotonic()
        tab.page.wait_for_timeout(5_000 * min(1.0, effort.seconds / 0.5))
        after, seconds = tab.stage("painted"), time.monotonic() - start
        rates.append((after - before) / seconds)
    return rates


def _replayed(tab: Tab, effort: Effort) -> list[float]:
    """Frames painted a second in the replay of what was trained."""
    tab.until("d.step > 400")
    tab.button("Pause").click()
    tab.page.keyboard.press("Home")
    tab.button("Train").click()
    tab.until("d.step > 1")
    before, start = tab.stage("painted"), time.monotonic()
    tab.page.wait_for_timeout(2_500)
    return [(tab.stage("painted") - before) / (time.monotonic() - start)]


def _pauses(tab: Tab, effort: Effort) -> list[float]:
    """From a click on the stage's own Pause until the stage says that it is paused."""
    found = []
    for _ in range(3 * effort.turns):
        tab.arm("d.state === 'paused'")
        tab.button("Pause").click()
        found.append(tab.effect())
        tab.button("Train").click()
        tab.until(f"d.state === 'training' && d.step > {tab.stage('step')}")
    return found


def _switches(open_tab: Open, effort: Effort) -> list[float]:
    """From a click on another page's name until its stage shows something."""
    tab = open_tab("/cells").at_rest()
    names = cycle(("Gradients", "GANs", "Cells"))
    found = []
    for name in islice(names, 2 * effort.turns):
        tab.arm("d.frames > 0 && d.label !== before.label")
        tab.page.get_by_role("link", name=name).first.click()
        found.append(tab.effect())
    return found[3:] or found  # the first visit loads what only that page needs


LONG_TEXT = "for+(a,+b)+in+zip(c[0],+d):+print(f(a),+b)+++" * 5
"""Two hundred characters, as a link writes them."""


def _cells_dials(open_tab: Open, effort: Effort) -> list[float]:
    """From a choice of the other cell until its diagram shows numbers: 64 units, 200 steps."""
    tab = open_tab(f"/cells?text={LONG_TEXT[:200]}").at_rest()
    found = []
    for name in islice(cycle(("GRU", "LSTM")), 2 * effort.turns):
        tab.arm("d.frames > 0 && d.values > 0 && d.label !== before.label")
        tab.page.get_by_role("radio", name=name, exact=True).click()
        found.append(tab.effect())
        tab.page.wait_for_timeout(300)
    return found


def _surgery_dials(open_tab: Open, effort: Effort) -> list[float]:
    """From a key on the slider of a held gate until the picture is another: 64 units, 200 steps."""
    tab = open_tab(f"/cells?view=surgery&text={LONG_TEXT[:200]}").at_rest()
    found = []
    for key in islice(cycle(("ArrowRight", "ArrowLeft")), 2 * effort.turns):
        tab.page.get_by_role("slider", name="Forget gate is").focus()
        tab.arm("d.frames > 0 && d.text !== before.text")
        tab.page.keyboard.press(key)
        found.append(tab.effect())
        tab.page.wait_for_timeout(300)
    return found


def _large_traces(open_tab: Open, effort: Effort) -> list[float]:
    """From another seed of 256 units and 1,000 steps until its picture is there."""
    tab = open_tab("/cells?reads=noise&units=256&steps=1000").at_rest()
    seed = tab.page.get_by_role("spinbutton", name="Seed")
    found = []
    for turn in range(effort.turns):
        tab.arm("d.frames > 0 && d.text !== before.text")
        seed.fill(str(turn + 1))
        found.append(tab.effect())
        tab.page.wait_for_timeout(500)
    return found


def _gradients_dials(open_tab: Open, effort: Effort) -> list[float]:
    """From a key on the slider of the forget bias until the numbers are others."""
    tab = open_tab("/gradients").at_rest()
    found = []
    for key in islice(cycle(("ArrowRight", "ArrowLeft")), 2 * effort.turns):
        tab.page.get_by_role("slider", name="Forget bias").focus()
        tab.arm("d.frames > 0 && d.cards !== before.cards")
        tab.page.keyboard.press(key)
        found.append(tab.effect())
        tab.page.wait_for_timeout(300)
    return found


ALONE: dict[str, Callable[[Open, Effort], list[float]]] = {
    "page/switch": _switches,
    "dials/cells": _cells_dials,
    "dials/surgery": _surgery_dials,
    "trace/opened/units=256/steps=1000": _large_traces,
    "dials/gradients": _gradients_dials,
    "stage/painted": lambda open_tab, effort: _painted(_training(open_tab, 1), effort),
    "stage/replayed": lambda open_tab, effort: _replayed(_training(open_tab, 5), effort),
    "stage/pause": lambda open_tab, effort: _pauses(_training(open_tab, 2), effort),
}
"""What one viewer sees who is alone, each in a tab of its own."""
