"""A network that learns, live: its loss, a unit that finds its task, and what it writes by then."""

from explorer.figures.cells.layout import FLEXIBLE
from explorer.figures.scene import (
    Axis,
    Grid,
    History,
    Number,
    Numbers,
    Panel,
    Plot,
    Rule,
    Scene,
    Sentence,
)
from explorer.networks.recipes import Goal


def training_scene(network: str, goal: Goal) -> Scene:
    """Return a network that learns: the loss falls, a unit finds its task.

    Scalars: "smoothed" (the running loss of what it trains on), "held_out", "score" and "unit" (the
    unit that tells best so far, and how well), and the baselines of the goal. Sentences: "says",
    "unit", and of a network that writes "sample", what it writes by now.
    """
    learned = (History("smoothed", "lstm", "learned from"),) if goal.prompt else ()
    loss = Plot(
        "loss",
        goal.loss,
        (
            *(Rule(name, label=label) for name, label in goal.baselines),
            *learned,
            History("held_out", "fake", goal.held_out),
        ),
        x=Axis(label="update"),
        y=Axis(low=0.0),
        alt=f"{goal.loss}: {{held_out}} on {goal.held_out}.",
    )
    score = Plot(
        "score",
        goal.unit,
        (Rule(0.5, label="guessing"), History("score", "cell", "share of pairs told right")),
        x=Axis(label="update"),
        y=Axis(0.4, 1.0),
        alt=f"{goal.unit}: unit {{unit:integer}} tells {{score:percent}} of all pairs of one and "
        "the other right.",
    )
    numbers = Numbers(
        "numbers",
        (
            Number("held_out", goal.held_out, help=f"Measured in {goal.loss}."),
            Number("score", "best unit", "percent", bound="guessing 50 %"),
            Number("unit", "which unit", "integer"),
        ),
    )
    panels: list[Panel] = [loss, score, numbers, Sentence("says", "says", lines=2)]
    below = ["numbers numbers", "says says"]
    if goal.prompt:
        panels.append(Sentence("sample", "sample", "It writes:", 4, mono=True))
        below.append("sample sample")
    return Scene(
        tuple(panels),
        wide=Grid(
            (FLEXIBLE, FLEXIBLE),
            (FLEXIBLE, *("auto" for _ in below)),
            ("loss score", *below),
        ),
        narrow=Grid((FLEXIBLE,), (), tuple(panel.area for panel in panels)),
        clock="update",
        alt=f"{network}: a network while it is trained.",
    )
