"""What the networks say of one example while they learn: a picture for each family of tasks."""

from collections.abc import Sequence

from explorer.figures.scene import Axis, Curve, Plot, Rule, Sentence, Surface
from explorer.figures.sequences import films, reviews
from explorer.labs.sequences import SideBySide
from explorer.labs.sequences.tasks.forecasts import ahead_from
from explorer.labs.sequences.tasks.speech import PADDED
from explorer.sequences.kinds import KINDS

ACROSS = 8.0  # heights of a small letter that a picture of strokes is wide
MARGIN = 0.25  # of the height of a series, above and below it
Panels = Sequence[Plot | Sentence]


def labels(training: SideBySide, shift: bool) -> Panels:
    """Return the text, and under it what is right and what each network says, sign under sign."""
    own = [
        Sentence(f"sample_{side}", f"{side}/line", lines=1, mono=True, against=f"{side}/right")
        for side in training.sides
    ]
    return [
        Sentence("sample_text", "text", lines=1, mono=True),
        Sentence("sample_right", "right", lines=1, mono=True),
        *own,
    ]


def speech(training: SideBySide, shift: bool) -> Panels:
    """Return an utterance with its padding, how sure each is after a frame, and read too late."""
    heard = Plot(
        area="sample_heard",
        title="One utterance",
        note="12 cepstra; zeros behind its end",
        marks=(
            Surface("utterance", (0, PADDED, 0, 12), scale="sequential", low=-2.5, high=2.5),
            Curve("end_height", "ink", x="end_x", label="end"),
        ),
        x=Axis(0, PADDED, label="frame"),
        y=Axis(0, 12),
        alt="The cepstra of one utterance, frame by frame, and the zeros behind its end.",
    )
    sure = Plot(
        area="sample_sure",
        title="Sure of the right speaker",
        note="once so many frames are read",
        marks=(
            Curve("end_y", "ink", x="end_x", label="end"),
            *(
                Curve(f"{side}/sure", f"network_{side}", x="frames", label=KINDS[kind].label)
                for side, kind in training.sides.items()
            ),
        ),
        x=Axis(0, PADDED, label="frame"),
        y=Axis(0, 1),
        alt="The probability of the right speaker after every frame, for each network.",
    )
    late = Plot(
        area="sample_late",
        title="Read behind the end",
        note="right speakers",
        marks=(
            Rule("floor/largest", label="largest class"),
            *(
                Curve(f"{side}/behind", f"network_{side}", x="behind", label=KINDS[kind].label)
                for side, kind in training.sides.items()
            ),
        ),
        x=Axis(0, 6.1, label="log₂(1 + frames)"),
        y=Axis(0, 1),
        alt="The share of right speakers when the state is read behind the end of each utterance.",
    )
    return [heard, sure, late]


def forecast(training: SideBySide, shift: bool) -> Panels:
    """Return the forecasts beside the truth, one step ahead, and many steps ahead alone.

    The height is that of the series: a network that runs away leaves the picture.
    """
    truth = training.still().arrays["truth"]
    low, high = float(truth.min()), float(truth.max())
    height = Axis(low - MARGIN * (high - low), high + MARGIN * (high - low))
    unit = training.unit
    ahead = Plot(
        area="sample_ahead",
        title="One step ahead",
        note="shifted back by one" if shift else "each from the true values before it",
        marks=(
            Curve("truth", "real", x="time", label="true", width=3),
            *(
                Curve(
                    f"{side}/forecast",
                    f"network_{side}",
                    x="time_before" if shift else "time",
                    label=KINDS[kind].label,
                    width=2,
                )
                for side, kind in training.sides.items()
            ),
        ),
        x=Axis(label=unit),
        y=height,
        alt="The true values and the forecast of each, one step ahead, for each network.",
    )
    alone = Plot(
        area="sample_alone",
        title="Alone",
        note="each from its own forecasts",
        marks=(
            Curve("alone_truth", "real", x="alone_time", label="true", width=3),
            *(
                Curve(f"{side}/alone", f"network_{side}", x="alone_time", label=KINDS[kind].label)
                for side, kind in training.sides.items()
            ),
        ),
        x=Axis(label=unit),
        y=height,
        alt="What each network forecasts when it goes on from its own forecasts.",
    )
    starts = len(ahead_from(training.problem)[1])
    farther = Plot(
        area="sample_farther",
        title="Steps ahead",
        note=f"RMSE, each from {starts} starts" if starts > 1 else "error from one start",
        marks=(
            Curve("last_ahead", "ink", x="steps_ahead", label="last value", dashed=False),
            Curve("line_ahead", "ink", x="steps_ahead", label="line", dashed=True),
            *(
                Curve(f"{side}/ahead", f"network_{side}", x="steps_ahead", label=KINDS[kind].label)
                for side, kind in training.sides.items()
            ),
        ),
        x=Axis(1, None, label="steps ahead", whole=True),
        y=Axis(0, None),
        alt="The error of each network, of the last value and of a line, so many steps ahead.",
    )
    return [ahead, alone, farther]


def strokes(training: SideBySide, shift: bool) -> Panels:
    """Return the way of each network's pen, after the strokes that all go on from."""
    return [
        Plot(
            area=f"sample_{side}",
            title=KINDS[kind].label,
            note="draws on from the first letter",
            marks=(
                Curve("prime_y", "real", x="prime_x", width=3),
                Curve(f"{side}/pen_y", f"network_{side}", x=f"{side}/pen_x", dashed=False),
            ),
            x=Axis(-0.2, ACROSS, label="across"),
            y=Axis(-0.8, 2.2),
            alt=f"The strokes that {KINDS[kind].label} draws after a first letter.",
        )
        for side, kind in training.sides.items()
    ]


def translation(training: SideBySide, shift: bool) -> Panels:
    """Return what each network writes under the source, and where the attending ones look."""
    task, drawn = training.what, training.drawn()
    source, writes = task.text(), training.problem.shape.writes
    looking = [
        Plot(
            area=f"sample_attention_{side}",
            title="Where it looks",
            note=KINDS[kind].label,
            marks=(
                Surface(
                    f"{side}/attention",
                    (0.5, writes + 0.5, 0.5, len(source) + 0.5),
                    scale="sequential",
                    low=0.0,
                    high=1.0,
                ),
            ),
            x=Axis(0.5, writes + 0.5, label="sign written", whole=True),
            y=Axis(0.5, len(source) + 0.5, label="sign read, from the end", whole=True),
            alt=f"How much {KINDS[kind].label} looks at each sign of {source} as it writes.",
        )
        for side, kind in training.sides.items()
        if getattr(drawn[side], "attends", False)
    ]
    return [*labels(training, shift), *looking[:2]]


SAMPLES = {
    "labels": labels,
    "translation": translation,
    "speech": speech,
    "forecast": forecast,
    "film": films.film,
    "rows": films.rows,
    "review": reviews.review,
    "writing": reviews.lines,
    "strokes": strokes,
}
"""The picture of every family of tasks."""
