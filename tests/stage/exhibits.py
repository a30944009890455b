"""Every mark, handle and panel of a scene, hung in a gallery for the tests of both renderers.

Each exhibit is a panel with a short run, whose frames look different, so that a picture of the
wrong one is seen. A mark or panel that hangs here is looked at by all tests that walk the gallery.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, get_args

import numpy as np

from explorer.figures.cells import scene as cell_scene
from explorer.figures.scene import (
    Arrows,
    Axis,
    Band,
    BarHandle,
    Bars,
    Choice,
    CloudHandle,
    Curve,
    Diagram,
    Flow,
    FlowNode,
    Grip,
    History,
    Mark,
    Mesh,
    Number,
    NumberHandle,
    Numbers,
    Panel,
    PenHandle,
    Plot,
    PointHandle,
    Points,
    Ranking,
    Ribbons,
    Rule,
    RuleHandle,
    Sentence,
    SpanHandle,
    Surface,
    Tiles,
    Timeline,
    Tokens,
    Unfolding,
    worded,
)
from explorer.runs.frames import Frame
from tests.stage import recordings

COUNT = 9  # frames of a run
SIDE = np.linspace(-1, 1, 7)
LATTICE = np.stack(np.meshgrid(SIDE, SIDE), -1)
UNIT = (-1.0, 1.0, -1.0, 1.0)
X = np.arange(24.0)


@dataclass(frozen=True)
class Exhibit:
    """A panel and its run; what is selected, and the stage that a circuit shows."""

    panel: Panel
    frames: tuple[Frame, ...]
    still: Frame = Frame(0)  # noqa: RUF009
    select: Mapping[str, int] = field(default_factory=dict)
    stage: int | None = None
    clock: str = "step"


def moving(t: float) -> Frame:
    """Return what the marks show at a time from 0 to 1."""
    rng = np.random.default_rng(1)
    turn = np.array([[math.cos(t), -math.sin(t)], [math.sin(t), math.cos(t)]])
    cloud = 0.8 * rng.uniform(-1, 1, (20, 2)) @ turn
    hill = np.exp(-2 * ((LATTICE[..., 0] - t + 0.5) ** 2 + (LATTICE[..., 1] - t / 2) ** 2))
    decay = (0.55 + 0.35 * t) ** X
    arrays = {
        "cloud": cloud,
        "other cloud": -cloud[:9] @ turn,
        "far cloud": 300 + 170 * cloud + 50 * t,
        "hill": hill - 0.3,
        "grid": (0.6 + 0.3 * t) * LATTICE @ turn,
        "density": hill,
        "tails": 0.8 * cloud,
        "pulls": (0.3 + 0.7 * t) * cloud[::-1] @ turn,
        "decay": decay,
        "upper": 2 * decay,
        "lower": decay / 2,
        "lags": 3 + 2 * X,
        "wave": np.where(abs(X - 15) < 1.5, math.nan, np.sin(X / 3 + 2 * t)),
        "heights": np.array([3.0, 1.0, 0.02, 7.0, 5.0]) * (0.4 + t),
        "flows": np.array([[1, 4, 2, 9], [6, 6.01, 1, 1.01], [8, 20, 14, 23]]) - [0, 0, t, 3 * t],
    }
    scalars = {"floor": 0.2 + 0.5 * t, "ceiling": 0.5 + 0.7 * t, "loss": math.exp(-3 * t)}
    return Frame(round(8 * t) * 25, arrays, {**scalars, "accuracy": t * t})


RUN = tuple(moving(i / (COUNT - 1)) for i in range(COUNT))


def plot(*marks: Mark, **about: object) -> Exhibit:
    return Exhibit(Plot("panel", "", marks, **about), RUN)  # type: ignore[arg-type]


ONE = {"x": Axis(-1, 1), "y": Axis(-1, 1), "square": True}
SURFACE = Surface("hill", UNIT, low=-0.4, high=0.8, middle=0.0, contours=5)
BARS = Bars("heights", "gru", labels=("one", "two", "three", "four", "five"))
LOSSES = (History("loss", "gan", label="loss"), History("accuracy", "lstm", label="right"))

PLOTS: dict[str, Exhibit] = {
    "points": plot(
        Points("cloud", "real", size=5, opacity=1, label="data"),
        Points("other cloud", "fake", size=8, shape="ring"),
        **ONE,
    ),
    "crosses and faint points": plot(
        Points("cloud", "critic", size=7, shape="cross", opacity=1),
        Points("other cloud", "fake", size=10, opacity=0.4),
        **ONE,
    ),
    "points on fitted axes": plot(
        Points("far cloud", "real", size=5, opacity=1), x=Axis(label="θ"), y=Axis(label="ψ")
    ),
    "surface": plot(SURFACE, **ONE),
    "surface of one role": plot(replace(SURFACE, scale="role", low=None, contours=0), **ONE),
    "even surface": plot(replace(SURFACE, scale="sequential", middle=None), x=Axis(-1.5, 1.5)),
    "mesh": plot(Mesh("grid", "fake", 0.8, density="density"), **ONE),
    "mesh on fitted axes": plot(Mesh("grid", "wgan")),
    "arrows": plot(Arrows("tails", "pulls", "fake", longest=0.5), **ONE),
    "curves": plot(
        Curve("decay", "lstm", low="lower", high="upper", label="measured"),
        Curve("lower", "theory"),
        y=Axis(1e-6, 10, log=True),
        x=Axis(label="lag"),
    ),
    "curve over its own x": plot(
        Curve("wave", "rnn_tanh", x="lags", dashed=True, width=3),
        x=Axis(label="a long name: time, s"),
    ),
    "histories": plot(*LOSSES, x=Axis(0, None), y=Axis(label="error")),
    "histories on log axes": plot(
        *LOSSES, x=Axis(1, None, log=True, label="iteration"), y=Axis(log=True)
    ),
    "rule": plot(Rule("floor", "warn", label="always guess the mean"), Rule(0.9), y=Axis(0, 2)),
    "band": plot(Band("floor", "ceiling", "real", label="floor with its noise"), y=Axis(0, None)),
    "bars": plot(BARS),
    "ribbons": plot(
        Ribbons("flows", "positive", top=2.0, bottom=-1.0, opacity=0.5),
        x=Axis(0, 24),
        y=Axis(-1, 2, bare=True),
    ),
    "ribbons on fitted axes": plot(Ribbons("flows", "negative")),
    "bars on a log axis": plot(replace(BARS, labels=()), y=Axis(0.01, 100, log=True)),
    "all at once": plot(
        *(Bars("heights", "gru"), Points("cloud", "fake", size=9, opacity=1)),
        *(Mesh("grid", "wgan"), Rule("floor", "warn"), Band(-0.5, "ceiling", "real"), SURFACE),
        x=Axis(-1, 1),
        y=Axis(-1, 1),
    ),
}


def grip(name: str, low: float = -1.0, high: float = 1.0, **about: Any) -> Grip:
    return Grip(setting=name, label=name, low=low, high=high, **about)


START = PointHandle(grip("θ", at="floor"), grip("ψ", at="loss"), "critic", label="start")
PLOTS |= {
    "point to be moved": plot(Points("cloud", "real", size=5), handles=(START,), **ONE),
    "points to be moved on fitted axes": plot(
        handles=(START, PointHandle(grip("a", at="ceiling"), grip("b", at=-0.5), "fake")),
    ),
    "lines to be moved": plot(
        Curve("decay", "lstm"),
        handles=(
            RuleHandle(grip("lag", 0, 23, at=8), "x", "warn", label="lag"),
            RuleHandle(grip("level", 1e-6, 10, at="floor"), "y", "critic", label="level"),
        ),
        y=Axis(1e-6, 10, log=True),
    ),
    "spans to be moved": plot(
        Curve("decay", "lstm"),
        handles=(
            SpanHandle(grip("from", 0, 23, at=4), grip("to", 0, 23, at=15), "x", "warn"),
            SpanHandle(grip("least", 0, 1, at="floor"), grip("most", 0, 2, at="ceiling"), "y"),
        ),
        y=Axis(0, 2),
    ),
    "numbers to be turned": plot(
        SURFACE,
        handles=(
            NumberHandle(grip("w", at="floor"), -0.5, 0.2),
            NumberHandle(grip("edits", entry="weight:3,2"), 0.5, -0.4, "hill", 23, "critic"),
        ),
        **ONE,
    ),
    "numbers to be drawn": plot(
        BARS, handles=(PenHandle(grip("heights", 0, 10), -0.5, 4.5),), y=Axis(0, 10)
    ),
    "points to be moved": plot(
        Points("cloud", "real", size=5, opacity=1),
        handles=(
            CloudHandle(
                grip("moved", entry="{point}x"), grip("moved", entry="{point}y"), "cloud", "w"
            ),
        ),
        **ONE,
    ),
    "bars to be moved": plot(
        BARS,
        handles=tuple(BarHandle(grip(f"bar {i}", 0, 10), "heights", i, "critic") for i in range(5)),
    ),
}

LETTERS = sorted(set(recordings.TEXT))
CELL = {panel.area: panel for panel in worded(
    cell_scene("lstm", list(recordings.TEXT), 12, LETTERS, unit=5)
).panels}  # fmt: skip
LSTM = tuple(recordings.lstm_frames()[:12])
WEIGHTS = recordings.lstm_weights().still()
READ = tuple(recordings.TEXT[:12])
DIGITS = tuple(recordings.gradient_frames(6, 20))


def of_cell(panel: Panel, stage: int | None = None) -> Exhibit:
    return Exhibit(panel, LSTM, WEIGHTS, {"unit": 5}, stage, clock="character")


def told(panel: Panel) -> Exhibit:
    """Return a panel of words and numbers with a run that it says something about."""
    frames = tuple(
        Frame(
            step=5 * i,
            arrays={"lit": np.eye(3)[i % 3], "norms": 0.5 ** (np.arange(6.0) * (1 + i))},
            scalars={"held": i % 9, "share": i / 10, "w1": 0.7**i, "floor": 0.081},
            sentences={
                "says": f"**{i} modes** are held, and {9 - i} are lost.",
                "now": f"for x in range({i}):\n    pass",
                "before": "for y in range(0):\n    pass",
            },
        )
        for i in range(COUNT)
    )
    return Exhibit(panel, frames)


def diagram() -> Diagram:
    return next(panel for panel in CELL.values() if isinstance(panel, Diagram))


OTHERS: dict[str, Exhibit] = {
    "timeline": of_cell(
        Timeline("panel", "cell", "cell", "of all units", select="unit", scale="diverging")
    ),
    "timeline by row": of_cell(Timeline("panel", "cell", "cell", by_row=True, y_label="unit")),
    "timeline on a log scale": told(
        Timeline("panel", "norm", "norms", scale="sequential", log=True, row_name="lag")
    ),
    "tokens": of_cell(Tokens("panel", READ, "cell", "unit")),
    "tokens of one frame": of_cell(Tokens("panel", READ, "hidden", of="frame", marks="forget")),
    "diagram": of_cell(diagram(), stage=0),
    "diagram of another stage": of_cell(diagram(), stage=3),
    "unfolding": of_cell(
        Unfolding(
            "panel",
            "Memory",
            keep="forget",
            written="written",
            total="cell",
            before="cell_before",
            select="unit",
            tokens=READ,
        )
    ),
    "flow": told(
        Flow(
            "panel",
            "The game",
            (
                FlowNode("noise", 0, 0, text="noise z", role="accent"),
                FlowNode("generator", 1, 0, text="generator G", role="fake", below="moved {w1}"),
                FlowNode(
                    "judge",
                    1,
                    1,
                    text="discriminator D",
                    role="critic",
                    below="{held:integer} held",
                ),
            ),
            (("noise", "generator"), ("generator", "judge")),
            active="lit",
            note="one step",
        )
    ),
    "ranking": of_cell(
        Ranking("panel", "expects next", "next/probability", tuple(LETTERS), indices="next/index")
    ),
    "ranking of sizes": told(Ranking("panel", "sizes", "norms", tuple("abcdef"))),
    "tiles": Exhibit(Tiles("panel", "digits", "digits", 5), DIGITS),
    "numbers": told(
        Numbers(
            "panel",
            (
                Number("held", "modes held", "of", of=8, good_from=8, bound="of all"),
                Number("share", "good", "percent", bound="ceiling 98.9 %"),
                Number("w1", "exact W₁", bound="floor {floor}", good_to="floor"),
                Number("w1", "as a power", "power"),
                Number("held", "whole", "integer"),
            ),
        )
    ),
    "sentence": told(Sentence("panel", "says", lead="At {share:percent}:")),
    "text": told(Sentence("panel", "now", lead="It reads", mono=True, against="before")),
    "choice": told(Choice("panel", "order", ("as packed", "sorted"), "rows")),
}
EXHIBITS = {**PLOTS, **OTHERS}


def marks_shown() -> set[type]:
    """Return the marks that hang in the gallery."""
    return {type(m) for e in PLOTS.values() if isinstance(e.panel, Plot) for m in e.panel.marks}


def handles_shown() -> set[type]:
    """Return the handles that hang in the gallery."""
    return {type(h) for e in PLOTS.values() if isinstance(e.panel, Plot) for h in e.panel.handles}


def panels_shown() -> set[type]:
    """Return the panels that hang in the gallery."""
    return {type(exhibit.panel) for exhibit in EXHIBITS.values()}


def unshown(described: object, shown: set[type]) -> set[str]:
    """Return which members of a union do not hang in the gallery."""
    return {member.__name__ for member in get_args(described)} - {each.__name__ for each in shown}
