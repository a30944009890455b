"""Two piles on a line as a scene: the plan between them, and four ways to see that it is cheapest.

How to read it: the source lies on top, the target below, and each ribbon between them is sand that
goes from bin to bin, as wide as there is much of it. At the right the area between both
distribution functions is W₁. The potential is a price list: it falls by the way, and no faster,
wherever sand travels. In the table of all pairs of bins sand lies only where that leaves no slack.
"""

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from explorer.figures.scene import (
    LAPTOP,
    Axis,
    Curve,
    Grid,
    History,
    Number,
    Numbers,
    PenHandle,
    Plot,
    Points,
    Ribbons,
    Rule,
    RuleHandle,
    Scene,
    Sentence,
    Surface,
    as_json,
    grip_of,
)
from explorer.labs.transport import Sand
from explorer.labs.transport.line import AXIS, MOMENTS, TOP
from explorer.labs.transport.shapes import HIGH, HIGHEST, LOW, heights_of
from explorer.runs.answers import Answer
from explorer.transport.distances import BANDWIDTH, DISTANCES

COLUMN = "minmax(0, 1fr)"
EVERY = 8  # moment of the journey, while a hand moves
ALONG = Axis(*AXIS)
SOURCE, TARGET = "fake", "real"  # the colours of what is made, and of what there is


def answer(sand: Sand, moving: bool) -> Answer:
    """Return the piles that the dials stand at, and their journey; the page's `answer`."""
    line = sand.line()
    still = line.still()
    every = EVERY if moving else 1
    overlaps = math.isfinite(still.scalars["kl"])
    precision = {"plan": "uint8", "slack": "uint16", "grains": "uint16"}
    return Answer(
        _written(line.order == 2, (_top(line.source), _top(line.target)), overlaps),
        line.frames(every),
        still,
        precision,
        coarse=f"while it moves: every {every}th moment of the journey" if moving else "",
        every=every,
    )


@lru_cache(maxsize=16)
def _written(square: bool, tops: tuple[float, float], overlaps: bool) -> Mapping[str, Any]:
    return as_json(scene(square, tops, overlaps))


def scene(square: bool, tops: tuple[float, float], overlaps: bool) -> Scene:
    """Return the scene of two piles; frames as in `labs.transport.line`.

    Only the cost, the upper ends of the heights, and whether KL is finite are part of it: it stays
    the same while sand is drawn.
    """
    return Scene(
        panels=(
            _pile("source", tops[0]),
            _plan(),
            _pile("target", tops[1]),
            Numbers("numbers", _cards(overlaps)),
            Sentence("says", "says", lines=2),
            _cdf(),
            _potential(square),
            _table(),
            _slack(),
            Sentence("look", "look", lead="What to look for.", lines=2),
            _spent(square),
        ),
        wide=Grid(
            columns=("minmax(0, 1.35fr)", "minmax(0, 0.6fr)", "minmax(0, 0.6fr)"),
            rows=(COLUMN, "minmax(0, 1.1fr)", COLUMN, "auto", "auto", "200px"),
            areas=(
                "source cdf cdf",
                "plan potential potential",
                "target table slack",
                "numbers numbers numbers",
                "says look look",
                "spent spent spent",
            ),
            fold=5,
        ),
        narrow=Grid(
            (COLUMN,),
            (),
            (
                *("source", "plan", "target", "numbers", "says", "look"),
                *("cdf", "potential", "table", "slack", "spent"),
            ),
        ),
        clock="moment",
        wide_from=LAPTOP,
        alt="Two piles of sand, the cheapest plan between them, and the proof that it is.",
    )


def _top(text: str) -> float:
    """Return the upper end of the axis of heights: room above what was typed."""
    return max(float(HIGHEST), float(heights_of("pile", text).max()))


def _pile(role: str, top: float) -> Plot:
    colour, frame = (SOURCE, "left") if role == "source" else (TARGET, "arrived")
    shift = "shift" if role == "source" else ""
    grip = grip_of(Sand, f"line_{role}", low=0.0, high=top, step=top / HIGHEST)
    pen = PenHandle(grip, LOW, HIGH, shift=shift, role=colour)
    move = RuleHandle(grip_of(Sand, "shift", at="theta"), role="accent", label="θ")
    note = "draw on it · drag θ to move it" if role == "source" else "draw on it"
    return Plot(
        area=role,
        title="Source" if role == "source" else "Target",
        note=note,
        marks=(
            Curve(f"{role}/y", colour, x=f"{role}/x", width=1.5, dashed=False),
            Curve(
                f"{frame}/y",
                colour,
                x=f"{role}/x",
                width=0.5,
                dashed=False,
                low=f"{role}/none",
                high=f"{frame}/y",
            ),
        ),
        x=ALONG,
        y=Axis(0.0, 1.08 * top),
        handles=(pen, move) if role == "source" else (pen,),
        alt="The source: its sand, moved by {theta}."
        if role == "source"
        else "The target: {there:percent} of its sand has arrived.",
    )


def _plan() -> Plot:
    return Plot(
        area="plan",
        title="The cheapest plan",
        note="play to move the sand",
        marks=(
            Ribbons("right", "positive", top=TOP, opacity=0.35),
            Ribbons("left", "negative", top=TOP, opacity=0.35),
            Ribbons("rest", "mute", top=TOP, opacity=0.3),
            Points("grains", "ink", size=2.6, opacity=0.9),
        ),
        x=ALONG,
        y=Axis(0.0, 1.08 * TOP, bare=True),
        alt="Ribbons from the source down to the target: {moved:percent} of the sand moves, "
        "{there:percent} has arrived, for a cost of {spent}.",
    )


def _cdf() -> Plot:
    return Plot(
        area="cdf",
        title="Cumulated",
        note="the area between is W₁",
        marks=(
            Curve(
                "cdf/source",
                SOURCE,
                x="cdf/x",
                dashed=False,
                label="source",
                low="cdf/source",
                high="cdf/target",
            ),
            Curve("cdf/target", TARGET, x="cdf/x", dashed=True, label="target"),
        ),
        x=ALONG,
        y=Axis(0.0, 1.0),
        alt="Both distribution functions; the area between them is {w1}.",
    )


def _potential(square: bool) -> Plot:
    note = "touch where sand goes" if square else "slope never above 1"
    return Plot(
        area="potential",
        title="Proof: φ and −ψ" if square else "Proof: the critic φ",
        note=note,
        marks=(
            Curve("phi", "critic", x="potential/x", label="φ"),
            Curve("psi", "mute", x="potential/x", label="−ψ", width=1.5, dashed=True),
            Points("touch/source", SOURCE, size=5, opacity=0.9),
            Points("touch/target", TARGET, size=5, opacity=0.9, shape="ring"),
        ),
        x=ALONG,
        y=Axis(None, None),
        alt="Both potentials: what they are worth is {gap}, the plan costs {cost}. The steepest "
        "slope of φ is {steepest}.",
    )


EXTENT = (LOW, HIGH, LOW, HIGH)


def _table() -> Plot:
    return Plot(
        area="table",
        title="As a table",
        note="√ of mass",
        marks=(Surface("plan", EXTENT, scale="role", role="accent", low=0.0),),
        x=Axis(LOW, HIGH, label="target"),
        y=Axis(LOW, HIGH),
        alt="The plan: for each bin of the source, from below upwards, where its sand goes.",
    )


def _slack() -> Plot:
    return Plot(
        area="slack",
        title="Slack",
        note="cost − φ − ψ",
        marks=(
            Surface("slack", EXTENT, scale="role", role="critic", low=0.0),
            Points("used", "ink", size=5, opacity=1.0),
        ),
        x=Axis(LOW, HIGH, label="target"),
        y=Axis(LOW, HIGH),
        alt="The slack of every pair of bins; dots, where sand goes, lie where it is zero.",
    )


def _spent(square: bool) -> Plot:
    return Plot(
        area="spent",
        title="The cost adds up",
        marks=(
            Rule("cost", "baseline", label="W₂²" if square else "W₁"),
            History("spent", SOURCE, label="so far"),
        ),
        x=Axis(0, MOMENTS, label="moment"),
        y=Axis(0.0, None),
        alt="Spent so far: {spent} of {cost}.",
    )


def _cards(overlaps: bool) -> tuple[Number, ...]:
    return (
        Number(
            "w1",
            "W₁",
            bound="the critic's gap",
            help="Mass times way, in the cheapest plan. Its derivative by θ is 1 where all goes "
            "left and −1 where all goes right.",
        ),
        Number("w2", "W₂", bound="√ of the cost", help="The root of what the plan costs then."),
        Number(
            "js",
            "JS",
            bound="wall: {log2}",
            bad_from=math.log(2) - 1e-9,
            help="What a perfect discriminator's loss tells. Without overlap it is log 2.",
        ),
        Number("tv", "TV", bound="wall: 1", bad_from=1 - 1e-9, help="Half of ∫ |p − q|."),
        Number(
            "kl",
            "KL",
            bound="finite here" if overlaps else "infinite",
            help="Of the source from the target. Infinite as soon as the source has sand where the "
            "target has none.",
        ),
        Number("energy", DISTANCES["energy"].label, bound="as √ of the way"),
        Number(
            "mmd",
            DISTANCES["mmd"].label,
            bound="wall: √2",
            help=f"With a Gaussian kernel of width {BANDWIDTH:g}: it hardly changes a few widths "
            "apart.",
        ),
    )
