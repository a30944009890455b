"""A pile that slides over its like, as a scene: seven distances over θ, and their slopes.

How to read it: all curves begin at 0, where both piles lie on each other. Those at the left grow
as far as one goes; those at the right stop at a wall as soon as nothing overlaps. Below are the
slopes: what a generator that moves the pile would have to follow. Where a curve is flat there is
nothing.
"""

from explorer.figures.scene import (
    LAPTOP,
    Axis,
    Curve,
    Grid,
    Number,
    Numbers,
    Plot,
    Rule,
    RuleHandle,
    Scene,
    Sentence,
    as_json,
    grip_of,
)
from explorer.labs.transport import Sand
from explorer.labs.transport.sliding import REACH, SLIDERS
from explorer.runs.answers import Answer
from explorer.runs.frames import Frame
from explorer.transport.distances import DISTANCES

COLUMN = "minmax(0, 1fr)"
LOOKS = {
    "w1": "wgan",
    "w2": "fourth_game",
    "energy": "other_game",
    "mmd": "rnn_relu",
    "js": "gan",
    "tv": "other_cell",
    "kl": "rnn_tanh",
}
"""The role of each distance's curve."""
MOVING = ("w1", "w2", "energy", "mmd")
OVERLAPPING = ("js", "tv", "kl")
THETA = Axis(-REACH, REACH, label="θ")


def answer(sand: Sand, moving: bool) -> Answer:
    """Return what slides at the θ of the dials; the page's `answer`."""
    still = sand.slide().still()
    top = max(SLIDERS[sand.slide_shape].heights)
    return Answer(as_json(scene(top)), [Frame(0)], still)


def scene(top: float) -> Scene:
    """Return the scene of a pile that slides; frames as in `labs.transport.sliding`."""
    return Scene(
        panels=(
            _piles(top),
            Sentence("says", "says", lines=2),
            Sentence("look", "look", lead="What to look for.", lines=2),
            Numbers("numbers", tuple(_card(name) for name in DISTANCES)),
            _values("far", "They see beyond the overlap", MOVING),
            _values("near", "They see overlap alone", OVERLAPPING),
            _slopes("far_slopes", MOVING),
            _slopes("near_slopes", OVERLAPPING),
        ),
        wide=Grid(
            columns=(COLUMN, COLUMN),
            rows=("130px", "auto", COLUMN, COLUMN, "auto"),
            areas=(
                "piles piles",
                "numbers numbers",
                "far near",
                "far_slopes near_slopes",
                "says look",
            ),
        ),
        narrow=Grid(
            (COLUMN,),
            (),
            ("piles", "says", "far", "near", "numbers", "look", "far_slopes", "near_slopes"),
        ),
        wide_from=LAPTOP,
        alt="One pile slides over another one: seven distances, and their slopes.",
    )


def _handle(label: str = "") -> RuleHandle:
    return RuleHandle(grip_of(Sand, "slide_theta", at="theta"), role="accent", label=label)


def _piles(top: float) -> Plot:
    return Plot(
        area="piles",
        title="Two piles",
        note="drag θ",
        marks=(
            Curve("target/y", "real", x="target/x", label="its like", dashed=True),
            Curve("source/y", "fake", x="source/x", label="at θ", dashed=False),
        ),
        x=THETA,
        y=Axis(0.0, 1.15 * top, bare=True),
        handles=(_handle("θ"),),
        alt="A pile at {theta}, and its like at 0; {overlap:percent} overlaps.",
    )


def _values(area: str, title: str, names: tuple[str, ...]) -> Plot:
    marks = [Curve(name, LOOKS[name], x="theta", label=DISTANCES[name].label) for name in names]
    walls = (Rule("log2", "baseline", label="log 2"),) if "js" in names else ()
    return Plot(
        area=area,
        title=title,
        marks=(*walls, *marks),
        x=THETA,
        y=Axis(0.0, REACH if area == "far" else 2.0),
        handles=(_handle(),),
        alt=", ".join(f"{DISTANCES[n].label} {{{n}/value}}" for n in names) + " at {theta}.",
    )


def _slopes(area: str, names: tuple[str, ...]) -> Plot:
    marks = [
        Curve(f"{name}/slope", LOOKS[name], x="theta", label=DISTANCES[name].label)
        for name in names
    ]
    return Plot(
        area=area,
        title="Their slope by θ",
        note="what a generator would follow",
        marks=(Rule(0.0), *marks),
        x=THETA,
        y=Axis(-1.5, 1.5),
        handles=(_handle(),),
        alt=", ".join(f"{DISTANCES[n].label} {{{n}/slope}}" for n in names) + " at {theta}.",
    )


def _card(name: str) -> Number:
    one = DISTANCES[name]
    return Number(
        f"{name}/value",
        one.label,
        bound=f"slope {{{name}/slope}}",
        help=f"{one.formula}{f' ({one.source})' if one.source else ''}.",
    )
