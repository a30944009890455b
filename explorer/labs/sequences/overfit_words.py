"""What is said of a network on few examples: what early stopping and dropout were worth."""

from typing import TYPE_CHECKING

import numpy as np

from explorer.labs.prose import spoken
from explorer.labs.sequences.paired import Paired, paired

if TYPE_CHECKING:
    from explorer.labs.sequences.overfit import Course, FewExamples

CLAIMS = 4  # that the end makes
LOOK = (
    "The lower line is the loss on what is learned from, the upper one that on what is not, with "
    "± one standard error over the seeds. Where they part, examples are learned and no rule. Each "
    "cross is where one seed would have been stopped, by a half of the held-out sequences; its "
    "height is the loss on the other half."
)


def says(run: "FewExamples", course: "Course", last: bool) -> str:
    """Return the losses of now; at the end what early stopping and dropout did, beyond chance."""
    step, labels = course.at[-1], run.labels
    if not step:
        return "Nothing is learned yet."
    if not last:
        now = "; ".join(
            f"{label} {spoken(float(course.now(s, 'training').mean()))} in training, "
            f"{spoken(float(course.now(s, 'second').mean()))} held out"
            for s, label in labels.items()
        )
        return f"Losses after {step} updates, mean of {run.seeds} seeds: {now}."
    stopping = " ".join(
        f"**{label[:1].upper()}{label[1:]}:** {_verdict(_stopping(course, side), WAITED)}"
        for side, label in labels.items()
    )
    ends = paired(course.now("b", "second"), course.now("a", "second"), CLAIMS)
    stopped = paired(course.stopped("b", "second"), course.stopped("a", "second"), CLAIMS)
    return (
        f"{stopping} **Dropout:** at the end {_verdict(ends, DROPPED)} Both stopped early, "
        f"{_verdict(stopped, DROPPED)}"
    )


WAITED = {
    1: "going on to the end costs more than chance explains",
    0: "whether stopping early helps cannot be told",
    -1: "stopping early costs more than chance explains",
}
DROPPED = {
    1: "it makes the held-out loss larger",
    0: "whether it helps cannot be told",
    -1: "it makes the held-out loss smaller",
}


def _stopping(course: "Course", side: str) -> Paired:
    """Return how far the loss at the end is above that of early stopping, on the judging half."""
    return paired(np.asarray(course.now(side, "second")), course.stopped(side, "second"), CLAIMS)


def _verdict(found: Paired, told: dict[int, str]) -> str:
    sign = "−" if found.mean < 0 else "+"
    return f"{told[found.sign]} ({sign}{spoken(abs(found.mean))} ± {spoken(found.error)})."
