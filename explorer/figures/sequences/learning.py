"""Networks that learn one task side by side, as a scene: a metric, a loss, an example.

How to read it: all curves are of the same updates and batches; the dotted lines are what is reached
without a recurrent network. A curve that stays on a line has learned no more than the line knows.
"""

from collections.abc import Sequence

from explorer.figures.scene import (
    LAPTOP,
    Axis,
    Grid,
    History,
    Number,
    Numbers,
    Plot,
    Rule,
    Scene,
    Sentence,
)
from explorer.figures.sequences import directions
from explorer.figures.sequences.architecture import architecture
from explorer.figures.sequences.samples import SAMPLES
from explorer.labs.sequences import SideBySide
from explorer.sequences.kinds import KINDS

ONE = "minmax(0, 1fr)"
LOWER = "minmax(0, 0.8fr)"  # than the metric and the boxes beside it
MANY = 12  # columns of the grid, so that two, three and four pictures share a row
FILTERED = (3, 5, 2, 2)  # of them, of a film, a plot with names at its ends, filters, maps
LINES = ("labels", "writing", "translation")  # families whose example is lines of signs


def learning(training: SideBySide, shift: bool = False) -> Scene:
    """Return the scene of networks that learn side by side; ``shift`` draws forecasts too early."""
    task, sides, problem = training.what, training.sides, training.problem
    networks = training.drawn()
    samples = tuple(SAMPLES[task.family](training, shift))
    names = [panel.area for panel in samples]
    maps = [name for name in names if name.startswith("sample_attention")]
    knew = directions.knew(training, networks)
    below = directions.row(knew, MANY)
    rows = _sample_rows(task.family, [name for name in names if name not in maps])
    return Scene(
        (
            _metric(training),
            _loss(training),
            architecture(sides, networks),
            *samples,
            Numbers(
                "numbers",
                tuple(
                    Number(
                        f"{side}/metric",
                        f"{KINDS[kind].label}: {problem.metric.label}",
                        form=problem.metric.form,
                        bound=_bound(task.family, side, networks[side].size),
                        help=f"It {KINDS[kind].says}. Of {problem.held_out.inputs.shape[1]} "
                        "held-out sequences, never learned from."
                        f"{_also(task.family, networks[side].size)}",
                    )
                    for side, kind in sides.items()
                ),
            ),
            Sentence("says", "says", lines=3),
            Sentence("cells", "cells", lines=2),
            *knew,
            Sentence("look", "look", lead="What to look for.", lines=3),
        ),
        wide=Grid(
            (ONE,) * MANY,
            (
                ONE,
                *("auto" if task.family in LINES else LOWER for _ in rows),
                "auto",
                "auto",
                "minmax(220px, 1fr)",
                *("minmax(220px, 1fr)" for _ in knew[:1]),
            ),
            (
                _top(maps),
                *rows,
                " ".join(["numbers"] * MANY),
                " ".join(["says"] * (MANY // 3) + ["look"] * (2 * MANY // 3)),
                " ".join(["loss"] * (2 * MANY // 3) + ["cells"] * (MANY // 3)),
                *below,
            ),
            fold=3 + len(rows),
        ),
        narrow=Grid(
            (ONE,),
            (),
            (
                *("metric", "says", *names, "numbers", "loss", "networks", "cells"),
                *(panel.area for panel in knew),
                "look",
            ),
        ),
        clock="step",
        wide_from=LAPTOP,
        alt=f"{len(sides)} networks learn the task “{task.label}” side by side.",
    )


def _bound(family: str, side: str, size: int) -> str:
    if family == "translation":
        signs = f"{{{side}/signs_low:percent}} to {{{side}/signs_high:percent}}"
        return f"{{{side}/least:percent}} to {{{side}/most:percent}}; sign by sign {signs}"
    return f"{size:,} numbers, {{{side}/updates:integer}} updates"


def _also(family: str, size: int) -> str:
    """Return what else there is to say of a network's number, on hover."""
    if family != "translation":
        return ""
    return (
        f" It has {size:,} numbers. Between the bounds lies the share that is right, of whole "
        "translations and of signs at their own place, with 95 % certainty (Wilson 1927; the signs "
        "of one translation are taken as independent)."
    )


def _top(maps: Sequence[str]) -> str:
    """Return the first row: the curves, where networks look, and what they are built of."""
    if not maps:
        return _shared(["metric", "networks"])
    looked = [name for name in maps for _ in range(4 // len(maps))]
    return " ".join(["metric"] * 3 + looked + ["networks"] * 5)


def _shared(names: Sequence[str]) -> str:
    """Return one row of the grid that some panels share evenly."""
    return " ".join(name for name in names for _ in range(MANY // len(names)))


def _sample_rows(family: str, names: Sequence[str]) -> list[str]:
    if family in LINES:
        return [" ".join([name] * MANY) for name in names]
    if len(names) != len(FILTERED):
        return [_shared(names)]
    return [
        " ".join(name for name, share in zip(names, FILTERED, strict=True) for _ in range(share))
    ]


def _metric(training: SideBySide) -> Plot:
    problem = training.problem
    metric = problem.metric
    shown = [floor for floor in problem.floors if floor.name in training.what.floors]
    curves = tuple(
        History(f"{side}/metric", f"network_{side}", label=KINDS[kind].label)
        for side, kind in training.sides.items()
    )
    now = ", ".join(
        f"{KINDS[kind].label} {{{side}/metric}}" for side, kind in training.sides.items()
    )
    return Plot(
        area="metric",
        title=f"Held out: {metric.label}",
        note=training.what.label,
        marks=(*(Rule(f"floor/{floor.name}", label=floor.label) for floor in shown), *curves),
        x=Axis(0, None, label="step"),
        y=Axis(0, 1) if metric.form == "percent" else Axis(None, None, log=True),
        alt=f"Held-out {metric.label}: {now}",
    )


def _loss(training: SideBySide) -> Plot:
    curves = tuple(
        History(f"{side}/loss", f"network_{side}", label=KINDS[kind].label)
        for side, kind in training.sides.items()
    )
    asked = training.what.family != "translation"  # whose held-out ones are not asked the same
    unseen = tuple(
        History(f"{side}/unseen", f"network_{side}", width=1.2)
        for side in (training.sides if asked else ())
    )
    return Plot(
        area="loss",
        title="Loss",
        note="thick: what is learned from; thin: held out" if asked else "of what is learned from",
        marks=(*curves, *unseen),
        x=Axis(0, None, label="step"),
        y=Axis(None, None, log=True),
        alt="The loss on the batches that are learned from, and on the held-out sequences.",
    )
