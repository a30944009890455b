"""How well the picture follows the hand: what is painted in a drag, alone and in a room of thirty.

A hand is a script in the page that turns a dial at every animation frame; the other 29 are
connections without a browser (`crowd`) that ask for another picture as often. Each row stands
beside what the computation alone would allow, measured in the same run.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from statistics import median

from explorer.bench.crowd import Crowd
from explorer.bench.rows import Effort, Row, spread, to_floor, to_target
from explorer.bench.server import Server
from explorer.bench.tab import READ, Tab
from explorer.dials import dials, turned, typed
from explorer.runs.answers import named, packed
from explorer.runs.links import decode, split

OTHERS = 29
PILE = "+".join(str(k % 17 + 1) for k in range(200))  # of 200 bins
CLICKS = 20
TURN = """
([dial, seconds, least, most]) => new Promise((done) => {
  %s
  const stage = find(document);
  const input = stage.getRootNode().querySelector(`.dials [data-dial="${dial}"] input`);
  const [low, high] = [Number(input.min), Number(input.max)];
  const [from, to] = [low + (high - low) * least, low + (high - low) * most];
  const start = performance.now();
  let [painted, last] = [0, stage.dataset.answered];
  const look = () => {
    const age = (performance.now() - start) / 1000;
    if (stage.dataset.answered !== last) painted += 1;
    last = stage.dataset.answered;
    if (age > seconds) return done(painted / age);
    const at = from + (to - from) * (0.5 - 0.5 * Math.cos((2 * Math.PI * age) / seconds));
    input.value = String(at);
    input.dispatchEvent(new Event('input', { bubbles: true }));
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})
"""
WAY = """
([dial, values]) => new Promise((done) => {
  %s
  const stage = find(document);
  const input = stage.getRootNode().querySelector(`.dials [data-dial="${dial}"] input`);
  const found = [];
  const turn = () => {
    if (found.length === values.length) return done(found);
    const before = Number(stage.dataset.answered);
    input.value = String(values[found.length]);
    const start = performance.now();
    input.dispatchEvent(new Event('input', { bubbles: true }));
    const look = () => {
      if (Number(stage.dataset.answered) === before) return requestAnimationFrame(look);
      found.push(performance.now() - start);
      setTimeout(turn, 40 + 17 * Math.random());
    };
    requestAnimationFrame(look);
  };
  turn();
})
"""

NEW = """
(name) => new Promise((done) => {
  %s
  const stage = find(document);
  const dials = [...stage.getRootNode().querySelectorAll('.dials button')];
  const before = stage.dataset.foreseen;
  const start = performance.now();
  dials.find((one) => one.getAttribute('aria-label') === name).click();
  const look = () => {
    const age = performance.now() - start;
    if (stage.dataset.foreseen === before && age < 10_000) return requestAnimationFrame(look);
    requestAnimationFrame(() => done(performance.now() - start)); // it is painted
  };
  requestAnimationFrame(look);
})
"""


@dataclass(frozen=True)
class Drag:
    """A dial that is turned to and fro: on which page, over which share of its length.

    ``answer`` and ``settings`` are what answers on that page, and about what (`Asking`).
    """

    path: str
    dial: str
    answer: str
    settings: str
    least: float = 0.0
    most: float = 1.0


DRAGS: dict[str, Drag] = {
    "gradients": Drag(
        "/gradients",
        "length",
        answer="explorer.figures.gradients.start:answer",
        settings="explorer.labs.gradients.settings:Flow",
        least=0.08,  # 89 to 129 steps
        most=0.12,
    ),
    "matrix": Drag(
        "/gradients?view=matrix",
        "gain",
        answer="explorer.figures.gradients.matrix:answer",
        settings="explorer.labs.gradients.settings:Flow",
    ),
    "depth": Drag(
        "/gradients?view=depth",
        "depth_layers",
        answer="explorer.figures.gradients.depth:answer",
        settings="explorer.labs.gradients.settings:Flow",
        most=0.4,
    ),
    "surgery": Drag(
        "/cells?view=surgery&hold=forget_gate&text=" + "for+(a,+b)+in+x:+" * 12,
        "value",
        answer="explorer.figures.cells.answers:surgery",
        settings="explorer.labs.cells.settings:CellLab",
    ),
    "cliff": Drag(
        "/gradients?view=cliff",
        "cliff_b",
        answer="explorer.figures.gradients.cliff:answer",
        settings="explorer.labs.gradients.settings:Flow",
        least=0.4,
        most=0.6,
    ),
    "dirac": Drag(
        "/gans?view=dirac",
        "dirac_x",
        answer="explorer.figures.gans.dirac:answer",
        settings="explorer.labs.gans.settings:GanLab",
    ),
    "sand": Drag(
        "/transport?line_source=" + PILE + "&line_target=" + PILE,
        "shift",
        answer="explorer.figures.transport.line:answer",
        settings="explorer.labs.transport.settings:Sand",
    ),
    "clouds": Drag(
        "/transport?view=plane&plane_count=300",
        "plane_right",
        answer="explorer.figures.transport.plane:answer",
        settings="explorer.labs.transport.settings:Sand",
    ),
    "thousand": Drag(
        "/transport?view=plane&plane_count=1000",
        "plane_right",
        answer="explorer.figures.transport.plane:answer",
        settings="explorer.labs.transport.settings:Sand",
    ),
    "colours": Drag(
        "/transport?view=colours",
        "colours_count",
        answer="explorer.figures.transport.colours:answer",
        settings="explorer.labs.transport.settings:Sand",
    ),
}
"""Every page whose drag is measured; nothing that was asked for before is asked for again soon."""

PACES = {"clouds": 30.0, "thousand": 6.0, "colours": 10.0}
"""Pictures a second that are asked for of one drag; 25 of all others."""
FRAME = 1000 / 60  # ms from one animation frame to the next

TARGETS: dict[str, tuple[float, str]] = {
    "hand/way": (20.0, "ms"),
    "hand/bin": (20.0 + FRAME, "ms"),
    **{f"hand/answers/{name}": (PACES.get(name, 25.0), "answers/s") for name in DRAGS},
    "hand/new": (100.0, "ms"),
    "hand/clicks/120ms": (CLICKS, f"of {CLICKS}"),
    "hand/clicks/30ms": (CLICKS, f"of {CLICKS}"),
    "hand/way/viewers=30": (60.0, "ms"),
    "hand/answers/viewers=30": (4.0, "answers/s"),
    "hand/answers/strangers=30": (4.0, "answers/s"),
    "hand/server/viewers=30": (20.0, "% of a core"),
    "hand/training/viewers=30": (0.5, "of its speed alone"),
}
"""What is asked for, and its unit. Of thirty, the one who gets least counts: "viewers" turn one
dial of one link, as a class does, "strangers" each one of a seed of their own."""

Open = Callable[[str], Tab]


def alone(open_tab: Open, wanted: set[str], effort: Effort) -> Iterator[Row]:
    """Measure what one viewer sees who is alone."""
    if "hand/way" in wanted:
        yield _row("hand/way", _way(open_tab, effort))
    if "hand/bin" in wanted:
        yield from _bin(open_tab, effort)
    for name, drag in DRAGS.items():
        if f"hand/answers/{name}" in wanted:
            yield from _answers(open_tab, name, drag, effort)
    if "hand/new" in wanted:
        tab = open_tab("/gans").at_rest()
        found = []
        for _ in range(effort.turns + 1):
            found.append(tab.page.evaluate(NEW % READ, "New seed"))
            tab.at_rest()
        yield _row("hand/new", found[1:])
    for apart in (120, 30):
        if (name := f"hand/clicks/{apart}ms") in wanted:
            yield _row(name, [_clicks(open_tab, apart)])


def crowded(
    open_tab: Open, server: Server, wanted: set[str], effort: Effort, training: Callable[[], Tab]
) -> Iterator[Row]:
    """Measure thirty hands at once, and what becomes of a training meanwhile."""
    names = {name for name in TARGETS if name.endswith("=30")} & wanted
    if not names:
        return
    trained = training()
    lonely = _speed(trained, effort)
    for who in ("viewers", "strangers"):
        found = _room(open_tab, server, effort, who, trained, lonely)
        for name in [name for name in names if name in found]:
            yield _row(name, found[name])


def _room(
    open_tab: Open, server: Server, effort: Effort, who: str, trained: Tab, lonely: float
) -> dict[str, list[float]]:
    own = open_tab("/gradients").at_rest()
    with Crowd("ask") as crowd:
        for number in range(OTHERS):
            seed = number + 1 if who == "strangers" else 0
            other = open_tab(f"/gradients?seed={seed}")
            crowd.join(other.sockets[-1], seed=seed)
            other.page.goto("about:blank")
        time.sleep(2)
        before, start = server.processor_seconds(), time.monotonic()
        way = own.page.evaluate(WAY % READ, ["forget_bias", _values(effort)])
        mine = own.page.evaluate(TURN % READ, ["forget_bias", 4.0, 0.0, 1.0])
        busy = _speed(trained, effort)
        after, seconds = server.processor_seconds(), time.monotonic() - start
        theirs = [count / age for count, age in crowd.leave_with_ages()]
    found = {f"hand/answers/{who}=30": [min([mine, *theirs])]}
    if who == "viewers":
        found["hand/way/viewers=30"] = way
        found["hand/training/viewers=30"] = [busy / lonely]
        if before is not None and after is not None:
            found["hand/server/viewers=30"] = [100 * (after - before) / seconds]
    return found


def _row(name: str, values: list[float]) -> Row:
    return to_target(name, values, *TARGETS[name])


def _values(effort: Effort) -> list[float]:
    """Two values of the forget bias in turns: after the first round both are known already."""
    return [3.25 if k % 2 else 2.75 for k in range(8 * effort.turns)]


def _way(open_tab: Open, effort: Effort) -> list[float]:
    """From a turn of the dial until the answer is painted, where there is nothing to compute."""
    tab = open_tab("/gradients").at_rest()
    found: list[float] = tab.page.evaluate(WAY % READ, ["forget_bias", _values(effort)])
    return found[4:]


def _bin(open_tab: Open, effort: Effort) -> Iterator[Row]:
    """From a move of piles of 200 bins until all is painted: a frame more than what is empty."""
    empty, drag = median(_way(open_tab, effort)), DRAGS["sand"]
    tab = open_tab(drag.path).at_rest()
    values = [round(-2 + 0.05 * k, 2) for k in range(8 * effort.turns)]
    found: list[float] = tab.page.evaluate(WAY % READ, [drag.dial, values])
    yield to_target("hand/bin", found[4:], empty + FRAME, "ms")
    yield to_floor("hand/bin/floor", found[4:], 1000 * _computed(drag), "computing alone", "ms")


def _answers(open_tab: Open, name: str, drag: Drag, effort: Effort) -> Iterator[Row]:
    """Pictures painted a second in a steady drag, and how many the computation would allow."""
    tab = open_tab(drag.path).at_rest()
    seconds = max(2.0, 4 * effort.seconds)
    found = []
    for _ in range(min(effort.turns, 5)):
        found.append(tab.page.evaluate(TURN % READ, [drag.dial, seconds, drag.least, drag.most]))
        tab.at_rest()
    row = _row(f"hand/answers/{name}", found)
    yield row
    allowed = 1.0 / _computed(drag)
    yield replace(
        row,
        name=f"{row.name}/floor",
        other=allowed,
        against="computing alone",
        ratio=median(found) / allowed,
        spread=spread(found),
    )


def _computed(drag: Drag) -> float:
    """Seconds that one answer takes in this process, over values that it has not seen."""
    answer, kind = named(drag.answer), named(drag.settings)
    settings = decode(kind, split(drag.path)[1]).settings
    row = dials(kind)[drag.dial]
    low, high = row.ends
    times = []
    for number in range(24):
        share = drag.least + (drag.most - drag.least) * number / 23
        given = typed(settings, {drag.dial: round(low + (high - low) * share, 6)})
        if row.step is None and isinstance(low, int):
            given = {drag.dial: round(low + (high - low) * share)}
        asked = turned(settings, given)
        start = time.perf_counter()
        packed(answer(asked, True))
        times.append(time.perf_counter() - start)
    return median(times[4:])


def _speed(tab: Tab, effort: Effort) -> float:
    """Steps a second that a run trains."""
    before, start = tab.stage("step"), time.monotonic()
    tab.page.wait_for_timeout(max(3_000, 6_000 * effort.seconds))
    after: int = tab.stage("step")
    return float(after - before) / (time.monotonic() - start)


def _clicks(open_tab: Open, apart: int) -> float:
    """How many of 20 quick clicks on the button for another seed count."""
    tab = open_tab("/gradients?length=20&seeds=1&seed=500").at_rest()
    box = tab.page.get_by_role("button", name="New first seed").bounding_box()
    for _ in range(CLICKS):
        tab.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        tab.page.wait_for_timeout(apart)
    counted = 0
    for _ in range(20):  # as long as the last of them need to arrive
        counted = _seed(tab.page.url) - 500
        if counted >= CLICKS:
            break
        tab.page.wait_for_timeout(500)
    return float(counted)


def _seed(address: str) -> int:
    return int(split(address)[1].get("seed", "500"))
