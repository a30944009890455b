"""What each direction of a network that reads both ways knew at each step of the example.

How to read it: the full line is the way there, which has read from the first step up to this one;
the dashed line is the way back, which has read from the last step down to it. Where one of them is
high and the other low, the answer lies on that side.
"""

from collections.abc import Mapping, Sequence

from explorer.figures.scene import Axis, Curve, Plot, Sentence
from explorer.labs.sequences import SideBySide
from explorer.labs.sequences.directions import both_ways
from explorer.sequences.kinds import KINDS, Network


def knew(training: SideBySide, networks: Mapping[str, Network]) -> tuple[Plot | Sentence, ...]:
    """Return the curves, where answers have names, and the sentence; nothing without such one."""
    both = both_ways(networks)
    if not both:
        return ()
    said = Sentence("directions", "directions", lines=3)
    if not training.problem.names:
        return (said,)
    labels = {side: KINDS[training.sides[side]].label for side in both}
    curves = tuple(
        Curve(
            f"{side}/{name}",
            f"network_{side}",
            label=f"{label} {arrow}",
            dashed=name == "back",
        )
        for side, label in labels.items()
        for name, arrow in (("there", "→"), ("back", "←"))
    )
    which = "the first held-out one: " if isinstance(training.what.example(), str) else ""
    plot = Plot(
        area="knew",
        title="What each direction knew",
        note=f"{which}probability of the right answer, by one direction alone",
        marks=curves,
        x=Axis(0, None, label=f"{training.unit}, from 0", whole=True),
        y=Axis(0, 1),
        alt="The probability of the right answer after each step of the example, by the way there "
        "alone and by the way back alone.",
    )
    return (plot, said)


def row(panels: Sequence[Plot | Sentence], columns: int) -> tuple[str, ...]:
    """Return the row of the grid in which they stand, if there are any."""
    if not panels:
        return ()
    if len(panels) == 1:
        return (" ".join([panels[0].area] * columns),)
    plot, said = (panel.area for panel in panels)
    return (" ".join([plot] * (2 * columns // 3) + [said] * (columns // 3)),)
