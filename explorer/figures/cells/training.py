"""A network that learns, live: its loss, a unit that finds its task, and what it writes by then."""

from dataclasses import dataclass

from explorer.figures.cells.panels import FLEXIBLE
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


@dataclass(frozen=True)
class Goal:
    """What a kind of network is measured by: names of scalars, and their words.

    ``baselines`` are scalars that need no training, with their labels.
    """

    loss: str
    held_out: str
    baselines: tuple[tuple[str, str], ...]
    unit: str
    writes: bool = False


GOALS = {
    "characters": Goal(
        "nats a character",
        "held-out text",
        (("blind", "blind guessing"),),
        "best unit: inside brackets or outside",
        writes=True,
    ),
    "english": Goal(
        "nats a character",
        "held-out text",
        (("blind", "blind guessing"),),
        "best unit: inside quotes or outside",
        writes=True,
    ),
    "numbers": Goal(
        "squared error",
        "fresh waves",
        (("persistence", "the last value again"), ("floor", "noise alone")),
        "best unit: rising or falling",
    ),
    "sunspots": Goal(
        "squared error",
        "years never seen",
        (("persistence", "the last year again"), ("line", "autoregression")),
        "best unit: rising or falling",
    ),
    "digits": Goal(
        "share of digits named wrong",
        "held-out digits",
        (),
        "the unit that tells most",
    ),
}
"""By the first word of a network's name."""


def training_scene(network: str) -> Scene:
    """Return a network that learns: the loss falls, a unit finds its task.

    Scalars: "smoothed" (the running loss of what it trains on), "held_out", "score" and "unit" (the
    unit that tells best so far, and how well), and the baselines of the network's `Goal`.
    Sentences: "says", "unit", and for texts "sample", what the network writes by now. Raises
    ValueError for a network of no known kind.
    """
    kind = network.split("-")[0]
    if kind not in GOALS:
        raise ValueError(f"unknown network {network!r}; it begins with one of {', '.join(GOALS)}")
    goal = GOALS[kind]
    learned = (History("smoothed", "lstm", "learned from"),) if goal.writes else ()
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
        alt=f"{goal.unit}: unit {{unit:integer}} tells {{score:percent}} of the pairs right.",
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
    if goal.writes:
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
