"""What networks make of a review, word by word, and what they write.

How to read it: the bars are the lexicon's, the marks before them the networks'. A mark far from 0
is a word that the judgement rests on.
"""

from collections.abc import Mapping, Sequence
from typing import Literal

from explorer.figures.scene import Axis, Bars, Plot, Points, Sentence
from explorer.labs.sequences import SideBySide
from explorer.labs.sequences.tasks.opinion import probes
from explorer.sequences.kinds import KINDS
from explorer.sequences.problems import Reviews

SHAPES: tuple[Literal["dot", "ring", "cross"], ...] = ("dot", "ring", "cross", "dot")
"""Of the points of the first network, the second one, and so on."""
Panels = Sequence[Plot | Sentence]


def review(training: SideBySide, shift: bool) -> Panels:
    """Return what each word of a sentence counts for each network, and what "not" does."""
    sides = training.sides
    problem = training.problem
    assert isinstance(problem, Reviews)
    sentence, asked = problem.asked, tuple(map(" ".join, probes()))
    counted = Plot(
        area="sample_words",
        title="What each word counts",
        note="log-odds with it − without it; bars: the lexicon",
        marks=_over_bars("lexicon", "counted", sentence, sides),
        x=Axis(-0.5, len(sentence) - 0.5),
        y=Axis(None, None),
        alt="For each word of a sentence, what leaving it out takes from each network's judgement.",
    )
    negated = Plot(
        area="sample_negation",
        title="What “not” does",
        note="log-odds of being favourable; bars: the lexicon's sum",
        marks=_over_bars("sums", "said", asked, sides),
        x=Axis(-0.5, len(asked) - 0.5),
        y=Axis(None, None),
        alt="How each network judges a word alone and after not.",
    )
    return [counted, negated]


def _over_bars(
    bars: str, points: str, labels: tuple[str, ...], sides: Mapping[str, str]
) -> tuple[Bars | Points, ...]:
    return (
        Bars(bars, "line", labels=labels),
        *(
            Points(
                f"{side}/{points}",
                f"network_{side}",
                size=9,
                opacity=1.0,
                shape=shape,
                label=KINDS[kind].label,
            )
            for shape, (side, kind) in zip(SHAPES, sides.items(), strict=False)
        ),
    )


def lines(training: SideBySide, shift: bool) -> Panels:
    """Return what each network writes at this moment, one under the other."""
    return [
        Sentence(f"sample_{side}", f"{side}/line", lines=1, mono=True) for side in training.sides
    ]
