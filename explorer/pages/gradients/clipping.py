"""One network that learns three ways at once: unclipped, clipped by norm, clipped by value."""

from explorer.dials import dials as rows_of
from explorer.figures.gradients import clipping as pictures
from explorer.gradients.clipping import ClippedLearner, by_norm, by_value
from explorer.labs.gradients import Flow
from explorer.labs.gradients.clipping import Clipping
from explorer.pages import surroundings
from explorer.pages.column import Column
from explorer.pages.dials import Dials
from explorer.pages.training import shown
from explorer.runs.answers import Asking
from explorer.sequences.long_lags import PROBLEMS

HOW = r"""
**By norm.** If $\|g\| \ge \theta$, then $g \leftarrow \theta\, g / \|g\|$ (Pascanu, Mikolov &
Bengio 2013, algorithm 1), all parameters together. The direction stays; a step is never longer
than the learning rate times $\theta$. Their advice for $\theta$ is 0.5 to 10 times the average norm
of the gradient, which the page measures while it trains.

**By value.** Every entry is cut to $\pm\theta$ (Mikolov 2012). The sum of what is left points
elsewhere, and the page says by how many degrees.

**What is trained.** One network on a problem of the view *Learning*, with plain gradient descent
and equal batches; its recurrent matrix starts as a rotation times the gain. Adam divides every
gradient by its own recent size, so with Adam a long gradient does far less harm, and clipping too.
Three copies start from equal weights; where the first gradients are not clipped they go the same
way, bit for bit. A line that ends left the range of floating point.

**What it does not say.** One seed is one story. Take others before you believe that a threshold is
good, and see how the error ends, not only that the norm is tame.
"""

SOURCES = (by_norm, by_value, ClippedLearner)


def show(dials: Dials[Flow]) -> str:
    """Show the view; returns the sentence under its question."""
    column = _dials(dials)
    flow = dials.wanted()
    dials.finish(flow)
    training = flow.clipping()
    shown(
        column,
        training,
        pictures.clipping_scene(training),
        Asking.about(pictures.opening, Flow),
        key="gradients.clipping",
    )
    surroundings.unfolded("What clipping does, and which threshold is good", HOW)
    return (
        f"{training.asked.what} Three copies of one network learn it by plain gradient descent: "
        "unclipped, clipped by norm, clipped by value."
    )


def _dials(dials: Dials[Flow]) -> Column:
    seed = rows_of(Clipping)["seed"]  # the one seed of the page, as a training sees it
    column = Column(dials)
    column.show("clip_cell", as_="menu")
    column.group("Thresholds")
    column.show("clip_norm")
    column.show("clip_value")
    column.group("The problem")
    column.show("clip_problem", as_="menu")
    column.show("clip_length")
    if PROBLEMS[dials.value("clip_problem")].repeats:
        column.show("clip_symbols")
    column.group("The training")
    column.show("clip_rate")
    column.show("clip_gain")
    column.show("seed", label=seed.label, help=seed.help, offered=seed.offered)
    column.group("More", folded=True)
    column.show("clip_width")
    column.show("clip_steps")
    return column
