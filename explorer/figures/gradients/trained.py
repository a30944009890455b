"""A trained network beside itself before training, as a scene.

How to read it: both lines start at 1, the gradient at the last step. Where the line after training
lies higher, training opened a way back; dashed is what the gates that keep let through alone.
"""

from collections.abc import Mapping

import numpy as np

from explorer.figures.gradients.start import NARROW, WIDE
from explorer.figures.scene import (
    LAPTOP,
    Axis,
    Curve,
    Number,
    Numbers,
    Plot,
    Rule,
    Scene,
    Sentence,
    as_json,
)
from explorer.labs.gradients.settings import Flow
from explorer.labs.gradients.start import highest_of, lowest
from explorer.labs.gradients.trained import FOLLOWED, WHENS, measure
from explorer.runs.answers import Answer

ROLES = {"before": "untrained", "after": "trained"}
CALLED = {"memory": "dL/dmemory", "hidden": "dL/dh", "input": "dL/dx"}


def answer(flow: Flow, moving: bool) -> Answer:
    """Return the way back before and after training; the page's `answer`."""
    settings = flow.trained()
    frame = measure(settings)
    norms = np.concatenate([frame.arrays[f"{when}/norm"] for when in WHENS])
    scene = trained_scene(settings.follows, lowest(frame), highest_of(norms), frame.arrays)
    return Answer(as_json(scene), [frame])


def trained_scene(
    follows: str, least: float, most: float, arrays: Mapping[str, np.ndarray]
) -> Scene:
    """Return the scene of both ways back. The frame is that of `labs.gradients.trained.measure`.

    ``least`` and ``most`` bound the axis of norms.
    """
    kept = tuple(
        Curve(f"{when}/kept", ROLES[when], x="lag", width=1.5, dashed=True)
        for when in WHENS
        if f"{when}/kept" in arrays
    )
    norms = Plot(
        area="norms",
        title=f"Gradient {FOLLOWED[follows]}, against the last step's",
        note="dashed: by the gates alone" if kept else "",
        marks=(Rule(1.0), *_lines("norm"), *kept),
        x=Axis(0, None, label="lag: steps back from the loss", whole=True),
        y=Axis(least, most, log=True, label=CALLED[follows]),
        alt="Gradient norm over the lag: {before/at} before training at half of the way back, "
        "{after/at} after it.",
    )
    factors = Plot(
        area="factors",
        title="Factor per step",
        note="below 1 it fades",
        marks=(Rule(1.0), *_lines("factor")),
        x=Axis(0, None, label="lag", whole=True),
        y=Axis(0.0, 2.0),
        alt="How much one more step back multiplies the norm, before and after training.",
    )
    return Scene(
        (
            norms,
            factors,
            Numbers("numbers", _cards()),
            Sentence("says", "says", lines=2),
            Sentence("look", "look", lead="What to look for.", lines=7),
        ),
        wide=WIDE,
        narrow=NARROW,
        clock="measurement",
        wide_from=LAPTOP,
        alt="The way back through a network before and after its training.",
    )


def _lines(what: str) -> tuple[Curve, ...]:
    return tuple(
        Curve(f"{when}/{what}", ROLES[when], x="lag", label=f"{when} training") for when in WHENS
    )


def _cards() -> tuple[Number, ...]:
    norms = tuple(
        Number(
            f"{when}/at",
            f"{when}, half way back",
            help="The gradient's norm at half of the lags of the sequence, against the last one's.",
        )
        for when in WHENS
    )
    losses = tuple(
        Number(f"{when}/loss", f"loss {when}", help="What the gradient is of, on this sequence.")
        for when in WHENS
    )
    return (*norms, *losses)
