"""The cliff as a scene: an error surface with a wall, and what stands behind it.

How to read it: the deeper its tint, the larger the error; the line is the wall, where a hair
decides. Below it lies the map of fixed points over the same biases: solid lines attract, the dashed
one repels, and the wall stands where the dashed one passes the start x_0. The ring is one network;
its 50 states are the dots below and the course beside. Two descents leave the ring: dashed as long
as the gradient says, solid with the gradient clipped.
"""

from explorer.figures.scene import (
    LAPTOP,
    Axis,
    Curve,
    Grid,
    History,
    Mark,
    Number,
    Numbers,
    Plot,
    PointHandle,
    Points,
    Rule,
    RuleHandle,
    Scene,
    Sentence,
    Surface,
    as_json,
    grip_of,
)
from explorer.labs.gradients import Flow
from explorer.labs.gradients.cliff import B, W, X
from explorer.runs.answers import Answer

COLUMN = "minmax(0, 1fr)"
TRAIL = 40  # steps
GLIMPSED = 100  # steps of both descents while a hand moves
BIASES = Axis(*B, label="bias b")
RUNS = {"plain": ("unclipped", "unclipped"), "clipped": ("clipped", "clipped")}
"""The role of each descent, and what it is called."""


def answer(flow: Flow, moving: bool) -> Answer:
    """Return the point that the dials stand at, and both ways down; the page's `answer`.

    While a hand moves the descents may make fewer steps, and it says so.
    """
    cliff = flow.cliff()
    few = GLIMPSED if moving and cliff.steps > GLIMPSED else None
    return Answer(
        as_json(scene(cliff.steps)),
        cliff.frames(few),
        cliff.still(few),
        {"surface": "uint16"},
        coarse=f"while it moves: {few} of {cliff.steps:,} steps down" if few else "",
    )


def scene(steps: int) -> Scene:
    """Return the scene of the cliff with so many steps down; frames as in `labs.gradients.cliff`.

    No number of the point is part of it: it stays the same while the point moves.
    """
    return Scene(
        panels=(
            _surface(),
            _fixed_points(),
            Sentence("says", "says", lines=3),
            Numbers("numbers", _cards()),
            _orbit(),
            _descent(steps),
            Sentence("look", "look", lead="What to look for.", lines=4),
            _cut(),
            _slope(),
            Sentence("ends", "ends", lines=4),
            _norms(steps),
        ),
        wide=Grid(
            columns=(COLUMN, COLUMN),
            rows=("auto", "auto", COLUMN, COLUMN, "auto", "240px", "240px"),
            areas=(
                *("surface says", "surface numbers", "surface orbit"),
                *("fixed descent", "ends look", "cut slope", "norms norms"),
            ),
            fold=5,
        ),
        narrow=Grid(
            (COLUMN,),
            (),
            (
                *("surface", "says", "numbers", "fixed", "orbit", "descent", "look", "ends"),
                *("cut", "slope", "norms"),
            ),
        ),
        clock="step",
        wide_from=LAPTOP,
        alt="The error surface of one unit that feeds on itself, its wall, and two descents.",
    )


def _surface() -> Plot:
    marks: list[Mark] = [
        Surface("surface", (*B, *W), scale="role", role="error", low=0.0, high=0.6, contours=8),
        Curve("wall/w", "ink", x="wall/b", width=3.0, dashed=False),
    ]
    for name, (role, _) in RUNS.items():
        marks += [
            Curve(f"{name}/w", role, x=f"{name}/b", width=1.5),
            Points(f"{name}/path", role, size=2.6, opacity=0.9, window=TRAIL),
            Points(f"{name}/path", role, size=7, opacity=1.0, window=1),
        ]
    return Plot(
        area="surface",
        title="Error surface",
        note="the deeper the tint, the larger E · line: the wall",
        marks=tuple(marks),
        x=BIASES,
        y=Axis(*W, label="weight w"),
        handles=(
            PointHandle(
                grip_of(Flow, "cliff_b", at="b"),
                grip_of(Flow, "cliff_w", at="w"),
                role="accent",
                label="start",
            ),
        ),
        alt="Error over bias and weight: at w {w}, b {b} it is {error}. A descent from there ends "
        "at {plain/error} unclipped and at {clipped/error} clipped.",
    )


def _bias() -> RuleHandle:
    """Return the bias of the point, to be taken hold of wherever it is an axis."""
    return RuleHandle(grip_of(Flow, "cliff_b", at="b"), role="accent")


def _fixed_points() -> Plot:
    return Plot(
        area="fixed",
        title="Where x stays",
        note="solid: attracts · dashed: repels · shaded: two attractors",
        marks=(
            Curve(
                "bistable/low",
                "forget",
                x="bistable/b",
                width=2.0,
                low="bistable/low",
                high="bistable/high",
            ),
            Rule("start", "baseline", label="x₀ = 0.5"),
            Curve("stable/x", "ink", x="stable/b", dashed=False),
            Curve("unstable/x", "ink", x="unstable/b", width=2.0, dashed=True),
            Points("orbit/at", "accent", size=5, opacity=0.5),
            Points("orbit/end", "accent", size=10, opacity=1.0),
        ),
        x=BIASES,
        y=Axis(*X),
        handles=(_bias(),),
        alt="Fixed points over the bias, and the 50 states of the unit at b {b}.",
    )


def _orbit() -> Plot:
    return Plot(
        area="orbit",
        title="x over 50 steps",
        note="thin: b less and more by 0.01",
        marks=(
            Rule("start", "baseline"),
            Curve("orbit/beside_low", "mute", width=1.5, dashed=True),
            Curve("orbit/beside_high", "mute", width=1.5, dashed=True),
            Curve("orbit/x", "accent", width=3.0),
        ),
        x=Axis(0, None, label="t", whole=True),
        y=Axis(*X),
        alt="The state over 50 steps; the last one answers the first by {by_start}.",
    )


def _descent(steps: int) -> Plot:
    return Plot(
        area="descent",
        title="E on the way down",
        marks=tuple(
            History(f"{name}/error", role, label=label) for name, (role, label) in RUNS.items()
        ),
        x=Axis(0, steps, label="step", whole=True),
        y=Axis(1e-5, 1.0, log=True),
        alt="Error: {plain/error} unclipped, {clipped/error} clipped.",
    )


def _norms(steps: int) -> Plot:
    return Plot(
        area="norms",
        title="Length of the gradient on the way down",
        note="dashed line: where the clip bites",
        marks=(
            Rule("clip", "baseline", label="clip"),
            History("plain/norm", "unclipped", label="unclipped"),
            History("clipped/norm", "mute", width=1.5, label="raw"),
            History("clipped/taken", "clipped", label="clipped"),
        ),
        x=Axis(0, steps, label="step", whole=True),
        y=Axis(1e-3, 1e3, log=True),
        alt="Gradient norms: {plain/norm} unclipped; {clipped/norm} raw, {clipped/taken} clipped.",
    )


def _cut() -> Plot:
    return Plot(
        area="cut",
        title="E along the bias, at this w",
        note="sampled ever finer towards the wall",
        marks=(Curve("cut/error", "error", x="cut/b"),),
        x=BIASES,
        y=Axis(0.0, 0.5),
        handles=(_bias(),),
        alt="Error over the bias at w {w}.",
    )


def _slope() -> Plot:
    return Plot(
        area="slope",
        title="Length of the gradient along the bias, at this w",
        marks=(
            Rule("clip", "baseline", label="clip"),
            Curve("cut/norm", "error", x="cut/b"),
        ),
        x=BIASES,
        y=Axis(1e-3, None, log=True),
        handles=(_bias(),),
        alt="Gradient norm over the bias at w {w}: {norm} at b {b}.",
    )


def _cards() -> tuple[Number, ...]:
    return (
        Number(
            "error",
            "error E",
            bound="(σ(x₅₀) − 0.7)²",
            help="Of the last of 50 states, as it leaves the unit, against 0.7.",
        ),
        Number(
            "norm",
            "gradient ‖∇E‖",
            bound="clip: {clip}",
            bad_from="clip",
            help="By w and b together, exact: the derivatives are followed along all 50 steps.",
        ),
        Number(
            "by_start",
            "dx₅₀ / dx₀",
            bound="> 1: it grows",
            bad_from=1.0,
            help="The product of the 50 slopes w σ′(x): how much the last state answers to the "
            "first.",
        ),
        Number(
            "above",
            "b above the wall",
            bound="0.5 − 0.622 w",
            help="Distance along b; negative below. On the wall x₀ is the unstable fixed point. "
            "There is a wall from w = 4.2553 on.",
        ),
    )
