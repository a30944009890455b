"""What first weights and the order of the data decide, as a scene: every training, and the spread.

How to read it: left, each mark is one whole training; the two columns differ only in what was drawn
anew for each. Right, how far they spread, the more trainings the surer: where the two bands part,
one of both decides more.
"""

from explorer.figures.scene import (
    LAPTOP,
    Axis,
    Curve,
    Grid,
    Number,
    Numbers,
    Plot,
    Scene,
    Sentence,
)
from explorer.figures.sequences.comparing import EDGE, marks_of
from explorer.labs.sequences.starts import SHORT, Starts

ONE = "minmax(0, 1fr)"


def starts(run: Starts) -> Scene:
    """Return every training, the spread over their number, cards and words."""
    metric = run.problem.metric
    marks = [mark for side in run.labels for mark in marks_of(side, "", SHORT[side])]
    now = ", ".join(
        f"{label} from {{{side}/worst}} to {{{side}/best}}" for side, label in run.labels.items()
    )
    form = ":percent" if metric.form == "percent" else ""
    return Scene(
        (
            Plot(
                area="trainings",
                title=f"Held out: {metric.label}, every training",
                note="dots recorded, rings made here",
                marks=tuple(marks),
                x=Axis(-EDGE, len(run.labels) - 1 + EDGE, bare=True),
                y=Axis(log=metric.form != "percent"),
                alt=f"{metric.label} of every training: {now}.",
            ),
            Plot(
                area="spread",
                title="Standard deviation so far",
                note="95 % interval",
                marks=tuple(
                    Curve(
                        f"{side}/spread",
                        f"network_{side}",
                        x=f"{side}/many",
                        label=label,
                        low=f"{side}/spread_low",
                        high=f"{side}/spread_high",
                    )
                    for side, label in run.labels.items()
                ),
                x=Axis(2, run.known() + run.starts, label="trainings of each", whole=True),
                y=Axis(log=True),
                alt="The spread of the metric over how many trainings there were.",
            ),
            Numbers(
                "numbers",
                tuple(
                    Number(
                        f"{side}/spread",
                        f"spread, {label}",
                        form=metric.form,
                        bound=f"95 %: {{{side}/spread_least{form}}} to {{{side}/spread_most{form}}}"
                        f"; trainings: {{{side}/seeds:integer}}, {{{side}/worst{form}}} to "
                        f"{{{side}/best{form}}}",
                        before="too few yet",
                        help=f"Standard deviation of {metric.label} from one training to the next.",
                    )
                    for side, label in run.labels.items()
                ),
            ),
            Sentence("says", "says", lines=3),
            Sentence("look", "look", lead="What to look for.", lines=3),
        ),
        wide=Grid(
            (ONE,) * 2,
            (ONE, "auto", "auto"),
            ("trainings spread", "numbers numbers", "says look"),
        ),
        narrow=Grid((ONE,), (), ("trainings", "says", "numbers", "spread", "look")),
        clock="step",
        wide_from=LAPTOP,
        alt="One network trained from many starts, and in many orders of its data.",
    )
