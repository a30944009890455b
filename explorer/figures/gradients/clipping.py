"""One network that learns three ways at once, as a scene: how long its gradients are, and where
that leads.

How to read it: the axis of norms is logarithmic. A line that jumps over the threshold was a wall of
the error surface; beside it stands what was left after clipping. A line that ends was thrown off.
"""

from explorer.figures.scene import (
    LAPTOP,
    Axis,
    Bars,
    Grid,
    History,
    Number,
    Numbers,
    Plot,
    Rule,
    Scene,
    Sentence,
    as_json,
)
from explorer.gradients import UNROLLED
from explorer.gradients.clipping import CLIPS
from explorer.labs.gradients.clipping import BARS, SIZES, Clipping
from explorer.labs.gradients.settings import Flow
from explorer.runs.answers import Answer

ONE = "minmax(0, 1fr)"
ROLES = {"unclipped": "unclipped", "by_norm": "clipped", "by_value": "weights"}
NORMS = Axis(1e-3, 1e4, log=True)


def opening(flow: Flow, moving: bool) -> Answer:
    """Return how the trainings begin, seen before their run is there."""
    training = flow.clipping()
    still, first = training.still(), next(training.stream())
    return Answer(as_json(clipping_scene(training)), [first], still, training.precision)


def clipping_scene(settings: Clipping) -> Scene:
    """Return the scene of three trainings. Frames are those of `labs.gradients.clipping`."""
    cell = UNROLLED[settings.cell].label
    return Scene(
        (
            _norms("raw", "raw", "Raw norm of the gradient", "the longest of each frame"),
            _norms("taken", "taken", "What is left of it", "after clipping"),
            _sizes(),
            _errors(settings),
            _numbers(),
            Sentence("says", "says", lines=3),
            Sentence("look", "look", lead="What to look for.", lines=4),
        ),
        wide=Grid(
            (ONE, ONE),
            (ONE, ONE, "auto", "auto"),
            ("raw taken", "errors sizes", "says look", "numbers numbers"),
        ),
        narrow=Grid((ONE,), (), ("raw", "says", "numbers", "errors", "taken", "sizes", "look")),
        clock="iteration",
        wide_from=LAPTOP,
        alt=f"One {cell} learns the {settings.asked.label} problem unclipped, clipped by norm and "
        "by value.",
    )


def _norms(area: str, scalar: str, title: str, note: str) -> Plot:
    lines = tuple(
        History(f"{clip}/{scalar}", ROLES[clip], label=each.short) for clip, each in CLIPS.items()
    )
    return Plot(
        area=area,
        title=title,
        note=f"{note} · dotted: largest norm",
        marks=(Rule("norm"), *lines),
        x=Axis(0, None, label="iteration", whole=True),
        y=NORMS,
        alt=f"{title}, of each way to clip, over the iterations.",
    )


def _sizes() -> Plot:
    """How often each size of the raw norm came; the outermost bars hold all beyond."""
    apart = len(CLIPS) + 1
    bars = []
    for place, clip in enumerate(CLIPS):
        names = [""] * (BARS * apart - 1)
        for bar in range(1, BARS, 4):
            names[bar * apart + place] = _power(SIZES[bar - 1]) if place == 0 else ""
        bars.append(Bars(f"{clip}/share", ROLES[clip], tuple(names), label=CLIPS[clip].short))
    return Plot(
        area="sizes",
        title="How long gradients were",
        note="raw norm, % of the iterations",
        marks=(Rule(0.0), *bars),
        y=Axis(0, 100),
        alt="How often each size of the raw norm came, of each way to clip.",
    )


def _power(exponent: float) -> str:
    digits = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"10{digits}"


def _errors(settings: Clipping) -> Plot:
    lines = tuple(
        History(f"{clip}/error", ROLES[clip], label=each.short) for clip, each in CLIPS.items()
    )
    return Plot(
        area="errors",
        title="Loss on each batch",
        note=f"dotted: no memory, {settings.asked.formula}",
        marks=(Rule("baseline"), *lines),
        x=Axis(0, None, label="iteration", whole=True),
        y=Axis(1e-3, 10.0, log=True),
        alt="Loss on each batch, of each way to clip.",
    )


def _numbers() -> Numbers:
    return Numbers(
        "numbers",
        (
            Number(
                "mean",
                "average raw norm",
                bound="threshold: {norm}",
                help="Of the network that is clipped by norm, before clipping, over all iterations "
                "so far.",
            ),
            Number(
                "by_norm/bites",
                "clipped by norm, %",
                bound="of the iterations",
                before="not trained yet",
                help="How often the gradient was at least as long as the threshold.",
            ),
            Number(
                "by_value/bites",
                "clipped by value, %",
                bound="of the iterations",
                before="not trained yet",
                help="How often at least one entry was beyond the threshold.",
            ),
            Number(
                "turned",
                "turned by value, °",
                bound="by norm: 0",
                before="nothing clipped yet",
                help="The angle between the raw gradient and what clipping by value leaves of it, "
                "mean over the iterations in which it bit.",
            ),
        ),
    )
