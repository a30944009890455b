"""What a stack of layers does to its signals and to its gradients, as a scene.

How to read it: the first layer is at the left, the loss behind the last one at the right; on a log
axis a straight line is a factor for every layer. Dashed is theory, drawn where there is one. The
lower pictures show distributions: half of all values lie in the dark strip, nine tenths in the
light one, and outlines are the whole distribution of some layers. Of gradients it is how large
they are: zeros are left out, and outlines leave out the smallest hundredth too.
"""

import math
from collections.abc import Sequence

import numpy as np

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
from explorer.labs.gradients import Flow
from explorer.labs.gradients.depth import glimpse, measure
from explorer.runs.answers import Answer
from explorer.runs.frames import Frame

COLUMN = "minmax(0, 1fr)"
ENDS = (1e-30, 1e30)  # of every log axis: beyond, the cards say the number
ROLES = {"dz": "preactivation", "dw": "weights", "z": "preactivation", "h": "activation"}
LABELS = {"dz": "dL/dz", "dw": "dL/dW", "z": "z", "h": "h"}
TITLES = {"z": "z before the activation", "h": "h after it"}
STRIPS = "strips: half, nine tenths · outlined: all"


def answer(flow: Flow, moving: bool) -> Answer:
    """Return the stacks that these settings stand for, as a picture; the page's `answer`.

    While a hand moves one seed is drawn, of few samples if need be, and it says so.
    """
    depth = flow.depth()
    frame, coarse = glimpse(depth) if moving else (measure(depth), "")
    return Answer(as_json(depth_scene(frame)), [frame], coarse=coarse)


def depth_scene(frame: Frame) -> Scene:
    """Return the scene of one measurement, a frame of `labs.gradients.depth.measure`."""
    theory = "predicted" in frame.scalars
    return Scene(
        (
            _sizes(frame, ("dz", "dw"), theory),
            _sizes(frame, ("z", "h"), theory),
            Sentence("says", "says", lines=4),
            Sentence("look", "look", lead="What explains it.", lines=4),
            Numbers("numbers", _cards(theory)),
            distribution("z"),
            distribution("h"),
            shares(frame, "dz"),
            shares(frame, "dw"),
        ),
        wide=Grid(
            (COLUMN, COLUMN),
            (COLUMN, "auto", "auto", "260px", "260px"),
            ("gradients spreads", "says look", "numbers numbers", "of_z of_h", "of_dz of_dw"),
            fold=3,
        ),
        narrow=Grid(
            (COLUMN,),
            (),
            (
                *("gradients", "says", "numbers", "spreads", "look", "of_z", "of_h"),
                *("of_dz", "of_dw"),
            ),
        ),
        clock="measurement",
        wide_from=LAPTOP,
        alt="What every layer of a stack holds, and what of the loss reaches it.",
    )


def decades(frame: Frame, names: tuple[str, ...]) -> tuple[float, float]:
    """Return the ends of an axis that holds these lines and bands, whole decades, two at least."""
    read = [f"{name}/{part}" for name in names for part in ("low", "high", "theory")]
    return _decades(frame, read)


def _decades(frame: Frame, read: Sequence[str]) -> tuple[float, float]:
    shown = np.concatenate([frame.arrays[name] for name in read if name in frame.arrays])
    shown = shown[np.isfinite(shown) & (shown > ENDS[0]) & (shown < ENDS[1])]
    if not len(shown):
        return 0.1, 10.0
    low, high = math.floor(math.log10(shown.min())), math.ceil(math.log10(shown.max()))
    return 10.0 ** min(low, -1), 10.0 ** max(high, 1)


def _sizes(frame: Frame, names: tuple[str, ...], theory: bool) -> Plot:
    gradients = names == ("dz", "dw")
    lines: list[Mark] = [Rule(1.0)] if gradients else []
    for name in names:
        lines.append(
            Curve(
                f"{name}/typical",
                ROLES[name],
                x="layer",
                label=LABELS[name],
                low=f"{name}/low",
                high=f"{name}/high",
            )
        )
    if theory:
        told = ("dz",) if gradients else names
        lines += [
            Curve(f"{name}/theory", "theory", x="layer", width=1.5, dashed=True) for name in told
        ]
    dashed = " · dashed: theory" if theory else ""
    return Plot(
        area="gradients" if gradients else "spreads",
        title="Gradients against the last layer's" if gradients else "Spreads of z and h",
        note=f"band: over the seeds{dashed}",
        marks=tuple(lines),
        x=Axis(1, None, label="layer", whole=True),
        y=Axis(*decades(frame, names), log=True),
        alt="Root mean squares of dL/dz and dL/dW over the layers; the first layer's dL/dz is "
        "{dz} of the last one's, its dL/dW {dw}."
        if gradients
        else "Standard deviations of pre-activations and activations over the layers; from first "
        "to last the activations' is multiplied by {h}.",
    )


def _strips(name: str) -> tuple[Mark, ...]:
    """Return nine tenths, half, and the middle of all values."""
    middle, role = f"{name}/50", ROLES[name]
    return (
        Curve(middle, role, x="layer", width=0.0, low=f"{name}/5", high=f"{name}/95"),
        Curve(middle, role, x="layer", width=0.0, low=f"{name}/25", high=f"{name}/75"),
        Curve(middle, role, x="layer", width=2.5, dashed=False),
    )


def shares(frame: Frame, name: str) -> Plot:
    """Return how large the entries of a gradient are, layer by layer."""
    return sizes_over(name, _decades(frame, (f"{name}/outline", f"{name}/5", f"{name}/95")))


def sizes_over(name: str, ends: tuple[float | None, float | None], note: str = STRIPS) -> Plot:
    """Return the same between these ends of its axis; None takes what the moment needs."""
    return Plot(
        area=f"of_{name}",
        title=f"Sizes of {LABELS[name]}",
        note=note,
        marks=(*_strips(name), _outline(name)),
        x=Axis(1, None, label="layer", whole=True),
        y=Axis(*ends, log=True),
        alt=f"Quantiles of how large the entries of {LABELS[name]} are, over the layers.",
    )


def _outline(name: str) -> Curve:
    return Curve(f"{name}/outline", "ink", x=f"{name}/across", width=1.2, dashed=False)


def distribution(name: str, note: str = STRIPS) -> Plot:
    """Return how what layers hold is spread, layer by layer."""
    return Plot(
        area=f"of_{name}",
        title=TITLES[name],
        note=note,
        marks=(*_strips(name), _outline(name)),
        x=Axis(None, None, label="layer", whole=True),
        alt="Quantiles over the layers, with violins of some of them.",
    )


def _cards(theory: bool) -> tuple[Number, ...]:
    return (
        Number(
            "dz",
            "dL/dz, first / last",
            bound="theory: {predicted}" if theory else "no theory is claimed",
            help="Root mean square of the gradient by the first layer's pre-activations, against "
            "the last layer's: geometric mean over the seeds.",
        ),
        Number(
            "factor",
            "dL/dz, per layer",
            bound="theory: {predicted_factor}, off by {off} %" if theory else "below 1 it vanishes",
            help="What one layer back multiplies it with: the root of that ratio, by all layers "
            "but one.",
        ),
        Number(
            "dw",
            "dL/dW, first / last",
            bound="{dw_factor} per layer",
            help="Root mean square of an entry of the gradient by the weights: the norm would "
            "count the columns of the first layer's matrix, which may be others.",
        ),
        Number(
            "h",
            "spread of h, last / first",
            bound="of z: {z}",
            help="Standard deviation of the activations over samples and units.",
        ),
    )
