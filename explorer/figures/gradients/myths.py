"""A claim that is run, as a scene: the measurement, what the claim would have, and the verdict.

How to read it: a line is the middle of the seeds, its band goes from the least to the largest. The
straight rule is where the claim says that the line should be. The verdict is computed from the
numbers beside it.
"""

from explorer.figures.scene import (
    LAPTOP,
    Axis,
    Curve,
    Grid,
    Mark,
    Number,
    Numbers,
    Plot,
    Rule,
    Scene,
    Sentence,
    as_json,
)
from explorer.figures.theme import OF_CELLS
from explorer.gradients.myths import Myth
from explorer.labs.gradients.myths import GLIMPSED, SEEDS, ends, frame, trial
from explorer.labs.gradients.settings import Flow
from explorer.runs.answers import Answer

LOOKS = tuple(OF_CELLS)  # of the lines of one picture, whatever they are
PREDICTED = ("theory", "bound", "radius", "smallest", "parameters")  # not measured
ONE = "minmax(0, 1fr)"


def answer(flow: Flow, moving: bool) -> Answer:
    """Return the claim that is chosen, run; the page's `answer`.

    While a hand moves it is run with one seed, and says so.
    """
    run = trial(flow.myth, flow.seed, GLIMPSED if moving else SEEDS)
    shown = frame(run)
    return Answer(
        as_json(scene(run.myth, *ends(shown, run))),
        [shown],
        coarse="while it moves: one seed" if moving else "",
    )


def scene(myth: Myth, low: float, high: float) -> Scene:
    """Return the scene of one claim, its measure from ``low`` to ``high``."""
    return Scene(
        (
            Sentence("claim", "claim", lead="The claim.", lines=2),
            Sentence("verdict", "verdict", lines=4),
            _measured(myth, low, high),
            _numbers(myth),
            Sentence("how", "how", lead="What is measured.", lines=3),
        ),
        wide=Grid(
            ("minmax(0, 1.5fr)", ONE),
            ("auto", "auto", "auto", ONE),
            ("claim claim", "measured verdict", "measured numbers", "measured how"),
        ),
        narrow=Grid((ONE,), (), ("claim", "verdict", "measured", "numbers", "how")),
        clock="run",
        wide_from=LAPTOP,
        alt=f"The claim “{myth.claim}”, run.",
    )


def _measured(myth: Myth, low: float, high: float) -> Plot:
    marks: list[Mark] = [
        Curve(name, role, x="x", label=label, low=f"{name}/low", high=f"{name}/high")
        for (name, label), role in zip(myth.lines.items(), _looks(myth), strict=True)
    ]
    if myth.expected is not None:
        marks.append(Rule("expected", label=myth.expected[1]))
    read = ", ".join(f"{each.label} {{{each.name}}}" for each in myth.quantities)
    return Plot(
        area="measured",
        title=myth.y_label[:1].upper() + myth.y_label[1:],
        note="band: from the least to the largest seed",
        marks=tuple(marks),
        x=Axis(None, None, label=myth.x_label),
        y=Axis(low, high, log=myth.log),
        alt=f"{myth.label}: {read}.",
    )


def _looks(myth: Myth) -> list[str]:
    """Return the look of each line: a cell has its own, theory that of theory."""
    free = (look for look in LOOKS if look not in myth.lines)
    return [
        name if name in OF_CELLS else "theory" if name in PREDICTED else next(free)
        for name in myth.lines
    ]


def _numbers(myth: Myth) -> Numbers:
    return Numbers(
        "numbers",
        tuple(
            Number(
                each.name,
                each.label,
                bound=f"{{{each.name}/low}} to {{{each.name}/high}}",
                help=f"{each.help} The middle of the seeds; below it the least and the largest.",
            )
            for each in myth.quantities
        ),
    )
