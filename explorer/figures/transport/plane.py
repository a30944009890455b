"""Two clouds in the plane as a scene: the plan as arrows, and the sand on its way along them.

How to read it: an arrow leads from a point of the source to where the plan takes it. The curve at
the right looks at both clouds from every direction, where sorting solves all: its mean is the
sliced distance, its peak the worst direction, and neither is above the distance in the plane.
"""

from explorer.figures.scene import (
    LAPTOP,
    Arrows,
    Axis,
    CloudHandle,
    Curve,
    Grid,
    Grip,
    Number,
    Numbers,
    Plot,
    PointHandle,
    Points,
    Rule,
    Scene,
    Sentence,
    as_json,
    grip_of,
)
from explorer.labs.transport import Sand
from explorer.runs.answers import Answer

COLUMN = "minmax(0, 1fr)"
RIGHT_AND_UP = ("plane_right", "plane_up")  # what moves all points
EVERY = 6  # moment of the way, while a hand moves


def warm_up() -> None:
    """Load the solvers, which takes seconds, before somebody waits for them."""
    import ot  # noqa: F401


def answer(sand: Sand, moving: bool) -> Answer:
    """Return both clouds of the dials, and the plan between them; the page's `answer`."""
    plane = sand.plane()
    shown = plane.few() if moving else plane
    every = EVERY if moving else 1
    coarse = f"while it moves: {shown.shown} of {plane.count:,} points" * (shown != plane)
    coarse = coarse or f"while it moves: every {every}th moment" * moving
    kinds = dict.fromkeys(("moving", "source", "target"), "uint16")
    return Answer(
        as_json(scene(plane.method, plane.edge)),
        shown.frames(every),
        shown.still(),
        kinds,
        coarse=coarse,
        every=every,
    )


def scene(method: str, edge: float) -> Scene:
    """Return the scene of two clouds in [−edge, edge]²; frames as in `labs.transport.plane`."""
    return Scene(
        panels=(
            _picture(edge),
            Sentence("says", "says", lines=3),
            Numbers("numbers", _cards(method)),
            _along(),
            Sentence("look", "look", lead="What to look for.", lines=3),
        ),
        wide=Grid(
            columns=("minmax(0, 1.5fr)", COLUMN),
            rows=("auto", "auto", COLUMN, "auto"),
            areas=("plane says", "plane numbers", "plane along", "plane look"),
        ),
        narrow=Grid((COLUMN,), (), ("plane", "says", "numbers", "along", "look")),
        clock="moment",
        wide_from=LAPTOP,
        alt="Two clouds of points, and a plan that moves the one into the other.",
    )


def _picture(edge: float) -> Plot:
    return Plot(
        area="plane",
        title="The plan",
        note="source → target · drag a point, or the ring for all",
        marks=(
            Arrows("tails", "ways", "mute", scale=1.0, longest=9.0),
            Points("target", "real", size=3.0, opacity=0.9, label="target"),
            Points("source", "fake", size=2.4, opacity=0.35, label="source"),
            Points("moving", "fake", size=3.2, opacity=1.0),
        ),
        x=Axis(-edge, edge),
        y=Axis(-edge, edge),
        square=True,
        handles=(
            CloudHandle(_coordinate("x", edge), _coordinate("y", edge), "unmoved", *RIGHT_AND_UP),
            PointHandle(
                grip_of(Sand, "plane_right", at=0.0),
                grip_of(Sand, "plane_up", at=0.0),
                role="accent",  # without a name, which would lie over the points
            ),
        ),
        alt="Both clouds of {n} points, {share:percent} of the way from the source to the target.",
    )


def _coordinate(axis: str, edge: float) -> Grip:
    return grip_of(
        Sand,
        "plane_moved",
        entry=f"{{point}}{axis}",
        label=axis,
        low=-edge,
        high=edge,
        step=0.02,
        help="Double-click takes it back.",
    )


def _along() -> Plot:
    return Plot(
        area="along",
        title="Seen from every direction",
        note="mean: sliced · peak: worst",
        marks=(
            Rule("exact", "baseline", label="in the plane"),
            Rule("sliced", "theory", label="sliced"),
            Curve("along", "critic", x="angle"),
        ),
        x=Axis(0.0, 180.0, label="angle °"),
        y=Axis(0.0, None),
        alt="The distance between both projections by direction: {sliced} in the mean, at most "
        "{worst} at {worst_angle} degrees.",
    )


def _cards(method: str) -> tuple[Number, ...]:
    cards = [
        Number("exact", "exact distance", bound="root of the cost", help="By network simplex."),
        Number("sliced", "sliced", bound="never above"),
        Number("worst", "worst direction", bound="at {worst_angle}°"),
    ]
    if method == "sinkhorn":
        cards += [
            Number("plan", "Sinkhorn's plan", bound="rows off by {left}"),
            Number(
                "debiased",
                "debiased",
                bound="0 for equal clouds",
                help="Less half of what each cloud is away from itself (Feydy et al. 2019).",
            ),
        ]
    if method == "unbalanced":
        cards.append(Number("moved", "moved", form="percent", bound="of one unit"))
    return tuple(cards)
