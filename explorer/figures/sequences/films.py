"""What networks make of films and of pictures read row by row.

How to read it: a curve that stays at chance from the first frame to the last has found nothing that
the frames say one after the other.
"""

from collections.abc import Mapping, Sequence

from explorer.figures.scene import Axis, Curve, Plot, Tiles
from explorer.labs.sequences import SideBySide
from explorer.labs.sequences.tasks.film import SEVERAL
from explorer.sequences.kinds import KINDS
from explorer.sequences.problems.clips import FRAMES

Panels = Sequence[Plot | Tiles]


def film(training: SideBySide, shift: bool) -> Panels:
    """Return a film, how sure each is after so many frames, and one network's filters and maps."""
    sides = training.sides
    filtering = [side for side, kind in sides.items() if KINDS[kind].pictures]
    found: list[Plot | Tiles] = [
        Tiles(
            "sample_film",
            "One film",
            "pictures",
            columns=4,
            note="frame by frame",
            low=-0.2,
            alt="The eight frames of one held-out film.",
        ),
        _sure(sides, FRAMES, "frame"),
    ]
    for side in filtering[:1]:
        label = KINDS[sides[side]].label
        found += [
            Tiles(
                "sample_filters",
                "Filters",
                f"{side}/filters",
                columns=4,
                note=label,
                low=-1.0,
                alt=f"The eight filters of the first convolution of {label}; dark is positive.",
            ),
            Tiles(
                "sample_maps",
                "What they find",
                f"{side}/maps",
                columns=4,
                note="last frame",
                alt="Where in the last frame each filter finds what it looks for.",
            ),
        ]
    return found


def rows(training: SideBySide, shift: bool) -> Panels:
    """Return some pictures, and how sure each network is of the right digit after so many rows."""
    pictures = Tiles(
        "sample_pictures",
        "Held-out digits",
        "pictures",
        columns=6,
        note="read from the top",
        alt="Twelve of the held-out digits.",
    )
    return [pictures, _sure(training.sides, 8, "row")]


def _sure(sides: Mapping[str, str], steps: int, step: str) -> Plot:
    return Plot(
        area="sample_sure",
        title="Sure of the right answer",
        note=f"mean of {SEVERAL}, once so many are read",
        marks=tuple(
            Curve(f"{side}/sure", f"network_{side}", x="steps", label=KINDS[kind].label)
            for side, kind in sides.items()
        ),
        x=Axis(1, steps, label=step),
        y=Axis(0, 1),
        alt=f"The mean probability of the right answer after every {step}, for each network.",
    )
