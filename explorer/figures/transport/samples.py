"""The finite-sample floor of distances, as a scene.

How to read it: both axes are logarithmic, so that a power of n is a straight line, and its exponent
the slope. The higher the dimension, the flatter the floor of W₁ and W₂; sliced and energy distance
fall alike in every dimension.
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
    as_json,
)
from explorer.labs.transport import Sand
from explorer.labs.transport.samples import FEW, NAMES, SIZES
from explorer.runs.answers import Answer
from explorer.runs.frames import Frame

COLUMN = "minmax(0, 1fr)"
LOOKS = {"w1": "wgan", "w2": "fourth_game", "sliced": "other_game", "energy": "gan"}


def answer(sand: Sand, moving: bool) -> Answer:
    """Return the floors for the dials; the page's `answer`. Of small samples while a hand moves."""
    sizes = FEW if moving else SIZES
    still = sand.samples().still(sizes)
    coarse = f"while it moves: up to {sizes[-1]} points" if moving else ""
    return Answer(as_json(scene()), [Frame(0)], still, coarse=coarse)


def scene() -> Scene:
    """Return the scene of the floors; frames as in `labs.transport.samples`."""
    curves = [
        Curve(
            name,
            LOOKS[name],
            x="n",
            label=label,
            width=3.0,
            low=f"{name}/low",
            high=f"{name}/high",
        )
        for name, label in NAMES.items()
    ]
    plot = Plot(
        area="floors",
        title="Between two samples of one distribution",
        note="band: two standard errors",
        marks=(
            Curve("rate", "theory", x="n", width=1.5, dashed=True, label="theory of W₁"),
            Curve("half", "baseline", x="n", width=1.5, dashed=True, label="n^(−1/2)"),
            *curves,
        ),
        x=Axis(SIZES[0], SIZES[-1], label="points n", log=True),
        y=Axis(1e-2, 3.0, log=True),
        alt="Distances between two samples over their size in {d} dimensions: W1 ends at {w1/last} "
        "and falls as n to the {w1/rate}; theory says {theory}.",
    )
    cards = tuple(
        Number(
            f"{name}/rate",
            f"{label}: exponent",
            bound=f"floor {{{name}/last}}",
            help="Of the power of n that fits best, and the mean at the largest n.",
        )
        for name, label in NAMES.items()
    )
    return Scene(
        panels=(
            plot,
            Numbers("numbers", cards),
            Sentence("says", "says", lines=2),
            Sentence("look", "look", lead="What to look for.", lines=2),
        ),
        wide=Grid((COLUMN, COLUMN), (COLUMN, "auto", "auto"),
                  ("floors floors", "numbers numbers", "says look")),
        narrow=Grid((COLUMN,), (), ("floors", "says", "numbers", "look")),
        wide_from=LAPTOP,
        alt="The floor of four distances over the number of points.",
    )  # fmt: skip
