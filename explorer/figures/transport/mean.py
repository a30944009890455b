"""The mean of three clouds as a scene: they stand at the corners, it where its weights are.

How to read it: W2 splits into how far the middles are apart and how the shapes differ. So the
barycentre stands at the weighted mean of the corners, up to what the clouds are off theirs, and its
shape is between the three.
"""

from explorer.figures.scene import (
    LAPTOP,
    Axis,
    Curve,
    Grid,
    Number,
    Numbers,
    Plot,
    PointHandle,
    Points,
    Scene,
    Sentence,
    as_json,
    grip_of,
)
from explorer.labs.transport import Sand
from explorer.labs.transport.mean import FEW_ROUNDS, ROUNDS
from explorer.runs.answers import Answer
from explorer.runs.frames import Frame

COLUMN = "minmax(0, 1fr)"
EDGE = 0.35  # what is shown beyond the triangle


def warm_up() -> None:
    """Load the solvers, which takes seconds, before somebody waits for them."""
    import ot  # noqa: F401


def answer(sand: Sand, moving: bool) -> Answer:
    """Return the clouds of the dials, and their barycentre; the page's `answer`."""
    mean = sand.mean()
    shown = mean.few() if moving else mean
    still = shown.still(FEW_ROUNDS if moving else ROUNDS)
    coarse = f"while it moves: {shown.count} points, {FEW_ROUNDS} rounds" if moving else ""
    return Answer(as_json(scene()), [Frame(0)], still, coarse=coarse)


def scene() -> Scene:
    """Return the scene of three clouds and their mean; frames as in `labs.transport.mean`."""
    return Scene(
        panels=(
            _triangle(),
            Sentence("says", "says", lines=4),
            Numbers("numbers", _cards()),
            Sentence("look", "look", lead="What to look for.", lines=4),
        ),
        wide=Grid(
            columns=("minmax(0, 1.8fr)", COLUMN),
            rows=("auto", "auto", "auto", COLUMN),
            areas=("triangle says", "triangle numbers", "triangle look", "triangle ."),
        ),
        narrow=Grid((COLUMN,), (), ("triangle", "says", "numbers", "look")),
        wide_from=LAPTOP,
        alt="Three clouds at the corners of a triangle, and their barycentre among them.",
    )


def _triangle() -> Plot:
    return Plot(
        area="triangle",
        title="The barycentre of three clouds",
        note="drag the ring",
        marks=(
            Curve("up", "mute", x="across", width=1.5, dashed=True),
            Points("first", "real", size=2.6, opacity=0.9, label="clouds"),
            Points("second", "real", size=2.6, opacity=0.9),
            Points("third", "real", size=2.6, opacity=0.9),
            Points("mean", "fake", size=3.0, opacity=1.0, label="barycentre"),
        ),
        x=Axis(-EDGE, 1 + EDGE),
        y=Axis(-EDGE, 1 + EDGE),
        square=True,
        handles=(
            PointHandle(
                grip_of(Sand, "mean_across", at="w2"),
                grip_of(Sand, "mean_up", at="w3"),
                role="accent",  # without a name, which would lie over the points
            ),
        ),
        alt="Three clouds of {n} points and their barycentre, with the weights {w1:percent}, "
        "{w2:percent} and {w3:percent}.",
    )


def _cards() -> tuple[Number, ...]:
    names = ("lower left", "right", "above")
    return tuple(
        Number(
            f"d{place}",
            f"W₂ to {name}",
            bound=f"weight {{w{place}}}",
            help="In sides of the triangle.",
        )
        for place, name in enumerate(names, 1)
    )
