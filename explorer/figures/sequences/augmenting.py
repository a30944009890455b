"""What made utterances do for a classifier, as a scene: every seed, the differences, an example.

How to read it: on top each column is one way to learn, each mark a seed; below, how far each is
from real utterances alone, seed by seed. Beside them the cepstra of a real utterance and a made one
of the same speaker.
"""

from explorer.figures.scene import (
    LAPTOP,
    Axis,
    Grid,
    Mark,
    Number,
    Numbers,
    Plot,
    Rule,
    Scene,
    Sentence,
    Surface,
)
from explorer.figures.sequences.comparing import EDGE, marks_of
from explorer.labs.sequences.augmenting import SHOWN, Augmenting

ONE = "minmax(0, 1fr)"
CHANNELS = 12
STRONGEST = 2.0  # spreads of a channel, where the colours end


def augmenting(run: Augmenting) -> Scene:
    """Return every seed, the differences, what was made, cards and words."""
    return Scene(
        (
            _seeds(run),
            _differences(run),
            _example("real", "A real utterance"),
            _example("made", "A made one, same speaker"),
            Numbers("numbers", tuple(_card(run, side) for side in run.labels)),
            Sentence("says", "says", lines=3),
            Sentence("look", "look", lead="What to look for.", lines=3),
        ),
        wide=Grid(
            (ONE,) * 6,
            (ONE, ONE, "auto", "auto"),
            (
                "seeds seeds seeds seeds real real",
                "apart apart apart apart made made",
                "numbers numbers numbers numbers numbers numbers",
                "says says says look look look",
            ),
        ),
        narrow=Grid((ONE,), (), ("seeds", "says", "numbers", "apart", "real", "made", "look")),
        clock="step",
        wide_from=LAPTOP,
        alt="A classifier that learns from real utterances, from noisy ones and from made ones.",
    )


def _seeds(run: Augmenting) -> Plot:
    marks: list[Mark] = [Rule("floor", label="line, all 30 of each")]
    for side, label in run.labels.items():
        marks += marks_of(side, "", label)
    now = ", ".join(f"{label} {{{side}/mean}}" for side, label in run.labels.items())
    return Plot(
        area="seeds",
        title="Held out: right speakers, every seed",
        note="dots recorded, rings trained here; ± standard error",
        marks=tuple(marks),
        x=Axis(-EDGE, len(run.labels) - 1 + EDGE, bare=True),
        alt=f"Mean share of right speakers: {now}.",
    )


def _differences(run: Augmenting) -> Plot:
    marks: list[Mark] = [Rule(0.0)]
    for side in "bc":
        marks += marks_of(side, "apart", run.labels[side])
    return Plot(
        area="apart",
        title=f"Difference from {run.labels['a']}",
        note="seed by seed; band: what chance may make of it",
        marks=tuple(marks),
        x=Axis(1 - EDGE, 2 + EDGE, bare=True),
        alt="Difference by noise {apart/b}, by made utterances {apart/c}.",
    )


def _example(name: str, title: str) -> Plot:
    return Plot(
        area=name,
        title=title,
        note="cepstra over frames, in spreads",
        marks=(
            Surface(
                name,
                extent=(0, SHOWN, 0, CHANNELS),
                low=-STRONGEST,
                high=STRONGEST,
                middle=0.0,
            ),
        ),
        x=Axis(0, SHOWN, label="frame"),
        y=Axis(0, CHANNELS, label="cepstrum", whole=True),
        alt=f"{title}: {CHANNELS} cepstra over its frames, zeros behind its end.",
    )


def _card(run: Augmenting, side: str) -> Number:
    beside = "" if side == "a" else f" · difference {{apart/{side}:percent}}"
    return Number(
        f"{side}/mean",
        run.labels[side],
        form="percent",
        bound=f"± {{{side}/error:percent}}, seeds: {{{side}/seeds:integer}}{beside}",
        before="not measured yet",
        help="Right speakers of 370 held-out utterances: mean ± standard error over the seeds. "
        f"Each classifier makes {run.steps:,} updates on batches of equal size.",
    )
