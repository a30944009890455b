"""A critic of many layers: how large its gradient is at each, clipped and penalised."""

from explorer.figures.scene import (
    Axis,
    Bars,
    Curve,
    Grid,
    History,
    Mark,
    Number,
    Numbers,
    Panel,
    Plot,
    Rule,
    Scene,
    Sentence,
)
from explorer.labs.gans.deep import PAPER

COLUMN = "minmax(0, 1fr)"


def depth_scene(clip: float, depth: int) -> Scene:
    """Return the gradient of a deep critic at every layer: with the dial's clip, the paper's, GP.

    Frames and still are those of the recording of deep critics.
    """
    panels: tuple[Panel, ...] = (
        _layers(clip, depth),
        _factors(),
        _weights("clip", "gan", f"Weights, clipped at {clip:g}", "from −3 c to 3 c"),
        _weights("gp", "wgan", "Weights with the penalty", "from −3 to 3 standard deviations"),
        Sentence("clip_says", "clip/says", lead="Clipped.", lines=1),
        Sentence("gp_says", "gp/says", lead="Penalty.", lines=1),
        Numbers("numbers", _cards()),
        Sentence("look", "look", lead="What to look for.", lines=4),
    )
    return Scene(
        panels=panels,
        wide=Grid(
            columns=("minmax(0, 1.5fr)", COLUMN),
            rows=(COLUMN, COLUMN, COLUMN, "auto", "auto"),
            areas=(
                "layers factors",
                "layers clip_weights",
                "layers gp_weights",
                "clip_says numbers",
                "gp_says look",
            ),
            fold=5,
        ),
        narrow=Grid(
            columns=(COLUMN,),
            rows=(),
            areas=(
                *("layers", "clip_says", "gp_says", "numbers", "factors"),
                *("clip_weights", "gp_weights", "look"),
            ),
        ),
        clock="step",
        alt=f"A critic of {depth} layers: its gradients with clipped weights and with a penalty.",
    )


def _layers(clip: float, depth: int) -> Plot:
    paper: tuple[Mark, ...] = tuple(
        Curve(f"{name}/logs", "baseline", x="layers", width=2) for name in PAPER
    )
    constants = ", ".join(f"{c:g}" for c in PAPER.values())
    return Plot(
        "layers",
        "Size of the gradient at each layer",
        (
            *paper,
            Curve("gp/logs", "wgan", x="layers", label="penalty", width=3),
            Curve("clip/logs", "gan", x="layers", label=f"clip {clip:g}", width=3),
        ),
        note=f"power of ten; dotted, from the top: c = {constants}",
        x=Axis(1, depth, label="layer of the critic"),
        y=Axis(None, None),
        alt="The gradient is multiplied by {clip/factor} a layer with clipped weights and by "
        "{gp/factor} with the penalty.",
    )


def _factors() -> Plot:
    return Plot(
        "factors",
        "Factor a layer, on the way down",
        (
            Rule(1.0, label="neither grows nor fades"),
            History("gp/factor", "wgan", label="penalty"),
            History("clip/factor", "gan", label="clip"),
        ),
        x=Axis(0, None, label="step"),
        y=Axis(0, None),
        alt="Factor a layer: clip {clip/factor}, penalty {gp/factor}.",
    )


def _cards() -> tuple[Number, ...]:
    return (
        Number("clip/factor", "a layer, clipped", help="First over last, by layers."),
        Number("gp/factor", "a layer, penalty", help="First over last, by layers."),
        Number(
            "clip/edge",
            "weights at ± c",
            "percent",
            help="The share of the clipped critic's weights that the clip holds.",
        ),
    )


def _weights(name: str, role: str, title: str, note: str) -> Plot:
    return Plot(
        f"{name}_weights",
        title,
        (Bars(f"{name}/weights", role),),
        note=note,
        y=Axis(0, None),
        alt=f"A histogram of the critic's weights, {note}.",
    )
