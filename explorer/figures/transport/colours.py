"""The colours of one picture carried to another, as a scene: the picture, and its cloud of colours.

How to read it: each dot of the cloud is the colour of one sampled pixel, as red and blue. Press
play, and every dot goes where the plan takes it; the picture takes its colours along.
"""

from explorer.figures.scene import (
    LAPTOP,
    Axis,
    Grid,
    Number,
    Numbers,
    Plot,
    Points,
    Scene,
    Sentence,
    Tiles,
    as_json,
)
from explorer.labs.transport import Sand
from explorer.labs.transport.colours import MOMENTS
from explorer.runs.answers import Answer

COLUMN = "minmax(0, 1fr)"


def warm_up() -> None:
    """Load the solvers, which takes seconds, before somebody waits for them."""
    import ot  # noqa: F401


def answer(sand: Sand, moving: bool) -> Answer:
    """Return the pictures of the dials, and the way between their colours; the page's `answer`."""
    colours = sand.colours()
    shown = colours.few() if moving else colours
    coarse = (
        f"while it moves: {shown.count} of {colours.count:,} pixels" if shown != colours else ""
    )
    kinds = dict.fromkeys(("picture", "source", "target"), "uint8")
    kinds |= dict.fromkeys(("moving", "here", "there"), "uint16")
    return Answer(
        as_json(scene()), shown.frames(), shown.still(), kinds, start=MOMENTS, coarse=coarse
    )


def scene() -> Scene:
    """Return the scene of two pictures; frames as in `labs.transport.colours`."""
    return Scene(
        panels=(
            _picture("picture", "On the way", "play", "The picture, {share:percent} of the way."),
            _picture("source", "Picture", "", "The picture with its own colours."),
            _picture("target", "Colours of", "", "The picture whose colours are taken."),
            _cloud(),
            Numbers("numbers", _cards()),
            Sentence("says", "says", lines=3),
            Sentence("look", "look", lead="What to look for.", lines=3),
        ),
        wide=Grid(
            columns=("minmax(0, 1.2fr)", "minmax(0, 1.2fr)", COLUMN, COLUMN),
            rows=(COLUMN, COLUMN, "auto", "auto"),
            areas=(
                "picture picture source target",
                "picture picture cloud cloud",
                "numbers numbers numbers numbers",
                "says says look look",
            ),
        ),
        narrow=Grid(
            (COLUMN, COLUMN),
            (),
            (
                "picture picture",
                "says says",
                "source target",
                "numbers numbers",
                "cloud cloud",
                "look look",
            ),
        ),
        clock="moment",
        wide_from=LAPTOP,
        alt="A picture that takes the colours of another one.",
    )


def _picture(name: str, title: str, note: str, alt: str) -> Tiles:
    return Tiles(name, title, name, 1, note=note, alt=alt)


def _cloud() -> Plot:
    return Plot(
        area="cloud",
        title="Sampled colours",
        note="each dot a pixel",
        marks=(
            Points("there", "real", size=3.6, opacity=0.5, label="colours of"),
            Points("here", "fake", size=2.0, opacity=0.3, label="picture"),
            Points("moving", "fake", size=1.8, opacity=1.0),
        ),
        x=Axis(0.0, 1.0, label="red"),
        y=Axis(0.0, 1.0, label="blue"),
        alt="{n} colours of each picture as red and blue, {share:percent} of the way.",
    )


def _cards() -> tuple[Number, ...]:
    return (
        Number(
            "before",
            "before",
            bound="W₂ in levels of 255",
            help="Between fresh pixels of both: mean of four draws.",
        ),
        Number(
            "after",
            "after",
            bound="floor {floor}",
            help="Of the result; the floor is between two samples of the target's own pixels.",
        ),
        Number(
            "other",
            "another sample",
            bound="levels, r.m.s.",
            help="How far the result is from that of other sampled pixels.",
        ),
        Number("clipped", "cut", form="percent", bound="of the pixels"),
    )
