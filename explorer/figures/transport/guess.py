"""Weak duality as a game, as a scene: a table to be filled in, and a function to be drawn.

How to read it: any plan costs W₁ or more, any function of slope 1 has a gap of W₁ or less. Where
your plan's cost meets your critic's gap, both are best, and neither needs another proof.
"""

from explorer.figures.scene import (
    LAPTOP,
    Axis,
    Bars,
    Curve,
    Grid,
    Number,
    NumberHandle,
    Numbers,
    PenHandle,
    Plot,
    Scene,
    Sentence,
    Surface,
    as_json,
    grip_of,
)
from explorer.labs.transport import Sand
from explorer.labs.transport.guess import BINS, GRAINS, REACH
from explorer.runs.answers import Answer
from explorer.runs.frames import Frame

COLUMN = "minmax(0, 1fr)"
NAMES = tuple(str(k + 1) for k in range(BINS))


def answer(sand: Sand, moving: bool) -> Answer:
    """Return what the guesses of the dials are worth; the page's `answer`."""
    return Answer(as_json(scene()), [Frame(0)], sand.guess().still())


def scene() -> Scene:
    """Return the scene of both games; frames as in `labs.transport.guess`."""
    return Scene(
        panels=(
            _pile("source", "The source: where the sand is", "fake"),
            _pile("target", "The target: where it has to go", "real"),
            _table(),
            _critic(),
            Sentence("missing", "missing", lines=3),
            Sentence("says", "says", lines=3),
            Numbers("numbers", _cards()),
        ),
        wide=Grid(
            columns=(COLUMN, COLUMN),
            rows=("minmax(0, 0.5fr)", COLUMN, "auto", "auto"),
            areas=("source target", "table critic", "missing says", "numbers numbers"),
        ),
        narrow=Grid(
            (COLUMN,),
            (),
            ("source", "target", "table", "missing", "critic", "says", "numbers"),
        ),
        wide_from=LAPTOP,
        alt="A plan from above, a critic from below, and W₁ between them.",
    )


def _pile(area: str, title: str, role: str) -> Plot:
    return Plot(
        area=area,
        title=title,
        marks=(Bars(area, role, labels=NAMES),),
        y=Axis(0.0, 6.0),
        alt=f"{title}: ten grains in five bins.",
    )


def _table() -> Plot:
    handles = tuple(
        NumberHandle(
            grip_of(
                Sand,
                "guess_plan",
                entry=f"{i + 1},{j + 1}",
                label=f"from {i + 1} to {j + 1}",
                low=0.0,
                high=float(GRAINS),
                step=1.0,
            ),
            float(j + 1),
            float(i + 1),
            array="plan",
            index=BINS * i + j,
        )
        for i in range(BINS)
        for j in range(BINS)
    )
    edges = (0.5, BINS + 0.5, 0.5, BINS + 0.5)
    return Plot(
        area="table",
        title="Your plan",
        note="row: from · column: to · drag or type",
        marks=(Surface("plan", edges, scale="role", role="accent", low=0.0, high=2.0 * GRAINS),),
        x=Axis(*edges[:2], label="to bin"),
        y=Axis(*edges[2:]),
        handles=handles,
        alt="Your table of grains; it costs {cost} a grain, the cheapest {w1}; {off} are wrong.",
    )


def _critic() -> Plot:
    grip = grip_of(Sand, "guess_critic", low=-REACH, high=REACH, step=0.1)
    return Plot(
        area="critic",
        title="Your critic",
        note="draw it · thick: made 1-Lipschitz",
        marks=(
            Curve("optimal", "theory", x="place", width=1.5, label="a best one"),
            Curve("yours", "mute", x="place", width=2.0, dashed=True, label="drawn"),
            Curve("critic", "critic", x="place", width=3.5, label="slope ≤ 1"),
        ),
        x=Axis(-0.5, BINS - 0.5, bare=True),
        y=Axis(-REACH - 1, REACH + 1),
        handles=(PenHandle(grip, -0.5, BINS - 0.5, each="place", role="critic"),),
        alt="Your critic: its gap is {gap}, {share:percent} of {w1}.",
    )


def _cards() -> tuple[Number, ...]:
    return (
        Number("gap", "your critic's gap", bound="never above W₁", help="After it was cut to 1."),
        Number("w1", "W₁", bound="a grain, in bins"),
        Number("cost", "your plan's cost", bound="never below W₁"),
        Number("share", "gap / W₁", form="percent", bound="best: 100 %", good_from=1 - 1e-9),
        Number("off", "grains wrong", form="integer", bound="rows and columns", bad_from=1e-9),
    )
