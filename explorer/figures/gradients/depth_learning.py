"""Stacks of layers that learn the digits, as a scene: accuracy, and every layer meanwhile.

How to read it: the loss sits behind the last layer, at the right of a line and at the bottom of
the map, whose columns are moments of the training; where a column goes dark, no gradient arrives.
The lower pictures are the first seed's layers at this moment: half of all values lie in the dark
strip, nine tenths in the light one, and outlines are violins of some layers.
"""

import numpy as np

from explorer.figures.gradients.depth import COLUMN, distribution, sizes_over
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
    Rule,
    Scene,
    Sentence,
    Timeline,
    as_json,
)
from explorer.gradients.depth_theory import depth_theory
from explorer.labs.gradients.depth_learning import GUESSING, DepthLearning
from explorer.labs.gradients.settings import Flow
from explorer.runs.answers import Answer

ROOM = 1e2  # beyond what theory has for the start: a training moves the lines
WIDEST = 1e-12, 1e12  # of the axes of gradients


def opening(flow: Flow, moving: bool) -> Answer:
    """Return how a training begins, seen before its run is there."""
    training = flow.depth_learning()
    still, first = training.still(), next(training.stream())
    return Answer(as_json(scene(training)), [first], still, training.precision)


def scene(training: DepthLearning) -> Scene:
    """Return the scene of a training; its frames are those of `labs.gradients.depth_learning`."""
    low, high = ends(training)
    theory = not training.residual
    return Scene(
        (
            _accuracy(training.seeds),
            _gradients(low, high, theory),
            _map(low, high, training.layers),
            distribution("z", note=""),  # four in a row: the sentence says what strips are
            distribution("h", note=""),
            sizes_over("dz", (None, None), note=""),
            sizes_over("dw", (None, None), note=""),
            Sentence("says", "says", lines=3),
            Sentence("look", "look", lead="The way back.", lines=3),
            Numbers("numbers", _cards(theory)),
        ),
        wide=Grid(
            (COLUMN,) * 12,
            (COLUMN, COLUMN, "auto", "auto"),
            (
                " ".join(["accuracy"] * 4 + ["gradients"] * 4 + ["map"] * 4),
                " ".join(["of_z"] * 3 + ["of_h"] * 3 + ["of_dz"] * 3 + ["of_dw"] * 3),
                " ".join(["says"] * 6 + ["look"] * 6),
                " ".join(["numbers"] * 12),
            ),
        ),
        narrow=Grid(
            (COLUMN,),
            (),
            (
                *("accuracy", "says", "numbers", "gradients", "look", "map"),
                *("of_dz", "of_dw", "of_z", "of_h"),
            ),
        ),
        clock="update",
        wide_from=LAPTOP,
        alt=f"{training.layers} layers learn the digits, and what every layer holds meanwhile.",
    )


def ends(training: DepthLearning) -> tuple[float, float]:
    """Return the ends of the axis of gradients: what theory has for the start, with room."""
    theory = depth_theory(training, training.width, 1.0)
    start = np.ones(1) if theory is None else theory.relative
    low = max(float(start.min()) / ROOM, WIDEST[0])
    high = min(float(start.max()) * ROOM, WIDEST[1])
    return 10.0 ** np.floor(np.log10(low)), 10.0 ** np.ceil(np.log10(high))


def _accuracy(seeds: int) -> Plot:
    lines: list[Mark] = [Rule(GUESSING, label="guessing")]
    if seeds > 1:
        lines += [
            History("highest", "baseline", width=1.2, label="best and worst seed"),
            History("lowest", "baseline", width=1.2),
        ]
    lines.append(History("accuracy", "lstm", label="mean" if seeds > 1 else "accuracy"))
    return Plot(
        area="accuracy",
        title="Unseen digits named right, %",
        marks=tuple(lines),
        x=Axis(0, None, label="update", whole=True),
        y=Axis(0, 100),
        alt="After update {step} {accuracy} % of unseen digits are named right; guessing has 10 %.",
    )


def _gradients(low: float, high: float, theory: bool) -> Plot:
    lines: list[Mark] = [Rule(1.0)]
    if theory:
        lines.append(Curve("dz/theory", "theory", x="layer", width=1.5, dashed=True))
    lines += [
        Curve("dz/typical", "preactivation", x="layer", label="dL/dz"),
        Curve("dw/typical", "weights", x="layer", label="dL/dW"),
    ]
    return Plot(
        area="gradients",
        title="Gradients against the last layer's",
        note="dashed: theory, before training" if theory else "",
        marks=tuple(lines),
        x=Axis(1, None, label="layer", whole=True),
        y=Axis(low, high, log=True),
        alt="Root mean squares of dL/dz and dL/dW over the layers; the first layer's dL/dz is "
        "{dz} of the last one's, its dL/dW {dw}.",
    )


def _map(low: float, high: float, layers: int) -> Timeline:
    return Timeline(
        area="map",
        title="dL/dz by layer",
        array="map",
        scale="sequential",
        low=low,
        high=high,
        log=True,
        row_name="layer",
        first_row=1,
        y_label=f"layer 1 to {layers}",
        alt="Size of dL/dz of every layer against the last one's, a column for each moment.",
    )


def _cards(theory: bool) -> tuple[Number, ...]:
    return (
        Number(
            "accuracy",
            "unseen digits right, %",
            bound="± {noise}; guessing: 10",
            help="Mean over the seeds, each on 300 digits that nobody trains on; the noise is the "
            "standard error of that mean.",
        ),
        Number(
            "loss",
            "loss",
            bound="guessing: 2.3 = log 10",
            before="not begun; guessing: 2.3",
            help="Mean cross-entropy over the seeds, of the last batch, before its update.",
        ),
        Number(
            "dz",
            "dL/dz, first / last",
            bound="{factor} a layer",
            help="Root mean square of the gradient by the first layer's pre-activations, against "
            "the last layer's: of the first seed, on the batch that it began with.",
        ),
        Number(
            "dw",
            "dL/dW, first / last",
            help="Root mean square of an entry of the gradient by the weights, of the first seed.",
        ),
    )
