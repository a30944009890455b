"""Networks over several seeds, as a scene: every seed, the means, and the differences.

How to read it: above, each column is a network, each mark a seed; the line is the mean, its band
one standard error to both sides. Below, the differences from the first network seed by seed, and a
band that leaves out zero only where more than chance is at work.
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
    Points,
    Rule,
    Scene,
    Sentence,
)
from explorer.labs.sequences.comparing import Compared

ONE = "minmax(0, 1fr)"
EDGE = 0.6  # of a column, beside the outer ones


def comparing(run: Compared) -> Scene:
    """Return every seed, the differences from the first network, a card each, and the words."""
    metric = run.problem.metric
    return Scene(
        (
            _seeds(run),
            _differences(run),
            _losses(run),
            Numbers("numbers", tuple(_card(run, side) for side in run.sides)),
            Sentence("says", "says", lead="Who is ahead?", lines=4),
            Sentence("matched", "matched", lines=3),
            Sentence("look", "look", lead="What to look for.", lines=3),
        ),
        wide=Grid(
            (ONE,) * 6,
            ("minmax(0, 1.3fr)", ONE, "auto", "auto", "auto"),
            (
                "seeds seeds seeds seeds seeds seeds",
                "apart apart apart apart loss loss",
                "numbers numbers numbers numbers numbers numbers",
                "says says says matched matched matched",
                "look look look look look look",
            ),
        ),
        narrow=Grid((ONE,), (), ("seeds", "says", "numbers", "apart", "matched", "look", "loss")),
        clock="step",
        wide_from=LAPTOP,
        alt=f"{metric.label} of {len(run.sides)} networks over several seeds.",
    )


def marks_of(side: str, name: str, label: str) -> tuple[Mark, ...]:
    """Return the seeds of one side as dots and rings, and their mean as a line with its band."""
    role, start = f"network_{side}", f"{side}/{name}_" if name else f"{side}/"
    return (
        Points(f"{start}recorded", role, size=5.5, opacity=0.55),
        Points(f"{start}here", role, size=8.0, opacity=1.0, shape="ring"),
        Curve(
            f"{start}mean",
            role,
            x=f"{side}/ends",
            label=label,
            dashed=False,
            low=f"{start}low",
            high=f"{start}high",
        ),
    )


def _seeds(run: Compared) -> Plot:
    metric = run.problem.metric
    marks: list[Mark] = [Rule("floor", label=run.floor.label)]
    for side, label in run.labels.items():
        marks += marks_of(side, "", label)
    now = ", ".join(f"{label} {{{side}/mean}}" for side, label in run.labels.items())
    return Plot(
        area="seeds",
        title=f"Held out: {metric.label}, every seed",
        note="dots recorded, rings trained here; ± standard error",
        marks=tuple(marks),
        x=Axis(-EDGE, len(run.sides) - 1 + EDGE, bare=True),
        y=Axis(log=metric.form != "percent"),
        alt=f"Mean {metric.label} over the seeds: {now}.",
    )


def _differences(run: Compared) -> Plot:
    marks: list[Mark] = [Rule(0.0)]
    for side, label in list(run.labels.items())[1:]:
        marks += marks_of(side, "apart", label)
    return Plot(
        area="apart",
        title=f"Difference from {run.labels['a']}",
        note="seed by seed; band: what chance may make of it",
        marks=tuple(marks),
        x=Axis(1 - EDGE, len(run.sides) - 1 + EDGE, bare=True),
        alt=f"Differences from {run.labels['a']} at every seed, with their mean.",
    )


def _losses(run: Compared) -> Plot:
    return Plot(
        area="loss",
        title="Training loss here",
        note="seed after seed",
        marks=tuple(History(f"{side}/loss", f"network_{side}", width=1.8) for side in run.sides),
        x=Axis(0, None, bare=True),
        y=Axis(log=True),
        alt="The loss on the batches, from one seed to the next.",
    )


def _card(run: Compared, side: str) -> Number:
    metric = run.problem.metric
    error = f"{{{side}/error{':percent' if metric.form == 'percent' else ''}}}"
    return Number(
        f"{side}/mean",
        run.labels[side],
        form=metric.form,
        bound=f"± {error}, seeds: {{{side}/seeds:integer}} · {{{side}/size:integer}} numbers · "
        f"{{{side}/updates:integer}} updates · {{{side}/seconds}} s",
        before="not measured yet",
        help=f"{metric.label}: mean ± standard error over the seeds; {run.width(side)}. Seconds "
        "are processor time of one training, mean of those here, or of the recorded ones before "
        "there are any.",
    )
