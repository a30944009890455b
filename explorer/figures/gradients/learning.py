"""Networks that learn the adding problem, as a scene: errors, and gradients by lag.

How to read it: each column of a map is one moment of training, each row a lag; where a column goes
dark, no gradient arrives. An error that leaves the line at 1/6 does better than the mean.
"""

from collections.abc import Sequence

from explorer.figures import theme
from explorer.figures.scene import (
    Axis,
    Grid,
    History,
    Number,
    Numbers,
    Plot,
    Rule,
    Scene,
    Sentence,
    Timeline,
    as_json,
)
from explorer.gradients import LEARNERS, SOLVED, UNROLLED
from explorer.labs.gradients.learning import LOWEST
from explorer.labs.gradients.settings import Flow
from explorer.labs.gradients.words import named
from explorer.runs.answers import Answer

ONE = "minmax(0, 1fr)"


def opening(flow: Flow, moving: bool) -> Answer:
    """Return how a training begins, seen before its run is there."""
    training = flow.adding()
    scene = adding(LEARNERS, LOWEST, training.length)
    still, first = training.still(), next(training.stream())
    return Answer(as_json(scene), [first], still, training.precision)


def adding(cells: Sequence[str], lowest: float, lags: int) -> Scene:
    """Return the scene of networks that learn the adding problem: losses, and gradients by lag.

    Arrays: "<cell>/profile" (norm of the gradient by lag, against lag 0); scalars "<cell>/loss",
    "<cell>/validation".
    """
    maps = tuple(profile(cell, lowest, lags) for cell in cells)
    names = tuple(panel.area for panel in maps)
    return Scene(
        (
            *maps,
            losses(cells),
            numbers(cells),
            Sentence("says", "says", lines=2),
            Sentence("look", "look", lead="What to look for.", lines=4),
        ),
        wide=Grid(
            (ONE,) * len(cells),
            (ONE, ONE, "auto", "auto"),
            (
                " ".join(names),
                " ".join(("losses",) * (len(cells) - 1) + ("look",)),
                " ".join(("numbers",) * len(cells)),
                " ".join(("says",) * len(cells)),
            ),
        ),
        narrow=Grid((ONE,), (), ("losses", "says", "numbers", *names, "look")),
        clock="iteration",
        alt=f"{named(cells)} learn the adding problem side by side.",
    )


def profile(cell: str, lowest: float, lags: int) -> Timeline:
    """Return the gradient of one cell by lag, a column for each moment of training."""
    return Timeline(
        area=f"{cell}_map",
        title=UNROLLED[cell].label,
        note="gradient by lag",
        array=f"{cell}/profile",
        scale="sequential",
        low=lowest,
        high=1.0,
        log=True,
        row_name="lag",
        y_label=f"lag 0 to {lags}",
        alt=f"{UNROLLED[cell].label}: gradient norm by lag, while it trains.",
    )


def losses(cells: Sequence[str]) -> Plot:
    """Return the errors on unseen sequences so far, above what guessing the mean gives."""
    errors = tuple(
        History(f"{cell}/validation", role, label=UNROLLED[cell].label)
        for cell, role in theme.of_cells(cells).items()
    )
    now = ", ".join(f"{UNROLLED[cell].label} {{{cell}/validation}}" for cell in cells)
    return Plot(
        area="losses",
        title="Error on unseen sequences",
        note="mean squared error",
        marks=(Rule(1 / 6, label="1/6: always guess the mean"), *errors),
        x=Axis(0, None, label="iteration"),
        y=Axis(1e-4, 1.0, log=True),
        alt=f"Validation error: {now}",
    )


def numbers(cells: Sequence[str]) -> Numbers:
    """Return each cell's error on unseen sequences."""
    return Numbers(
        "numbers",
        tuple(
            Number(
                f"{cell}/validation",
                f"{UNROLLED[cell].label}: error",
                good_to=SOLVED,
                bound=f"solved below {SOLVED:g}",
                help="Mean squared error on 500 sequences that are never trained on.",
            )
            for cell in cells
        ),
    )
