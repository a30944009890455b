"""Stacks of layers that learn the digits: what every layer holds and gets back meanwhile."""

from explorer.figures.gradients import depth_learning as figures
from explorer.gradients.depth_learner import DepthLearners, DepthTraining
from explorer.labs.gradients import Flow
from explorer.pages import surroundings
from explorer.pages.column import Column
from explorer.pages.dials import Dials
from explorer.pages.gradients.depth import stack
from explorer.pages.training import shown
from explorer.runs.answers import Asking

SOURCES = (DepthTraining, DepthLearners)
FILM = "python -m explorer train '{link}' --seconds 20 --out depth.gif"

HOW = r"""
**The stack** is that of *Depth*: its dials stay where they are, and the first moment is
what is measured there, for the first seed's batch. There are no biases, and a norm has scale 1 and
shift 0 still.

**The training.** Every seed has its own weights and its own order of the 1,797 digits of
scikit-learn: 1,197 to train on, drawn with replacement, 300 to choose by, and 300 that are only
tested on. All seeds learn in one batch of matrix products, in float32, with the gradients written
out; automatic differentiation is asked in the tests. SGD has momentum 0.9. Clipping rescales the
gradient of all weights of a stack together (Pascanu et al. 2013). When digits are tested, batch
norm takes its statistics from the 1,197.

**What is drawn of the layers** belongs to the first seed, on the batch that it began with, in
float64: gradients against the last layer's, and the spread of every fifth value of z, h, dL/dz and
dL/dW. The theory is that of the start: it is about weights that are independent of the data, and
training is what makes them depend on it.

**What is left out.** One rate for all settings is not fair to any of them: what vanishes wants a
larger one, what explodes a smaller one. The table under *Depth* gives each remedy the best
of several.
"""


def show(dials: Dials[Flow]) -> str:
    """Show the view; returns the sentence under its question."""
    column = _dials(dials)
    flow = dials.wanted()
    dials.finish(flow)
    training = flow.depth_learning()
    shown(
        column,
        training,
        figures.scene(training),
        Asking.about(figures.opening, Flow),
        key="gradients.depth_learning",
    )
    surroundings.unfolded("The training, and what is drawn of it", HOW)
    return (
        f"{training.layers} layers learn 8×8 digits. Before training their gradient vanishes, "
        "stays or explodes: what does it do while they learn, and what do they learn?"
    )


def _dials(dials: Dials[Flow]) -> Column:
    column = stack(dials)
    column.show("depth_clip")
    column.group("Training")
    column.show("depth_optimizer", as_="menu")
    column.show("depth_rate")
    column.group("More", folded=True)
    column.show("depth_width")
    column.show("depth_samples")
    column.show("depth_seeds")
    column.show("seed", as_="field", next=True)
    column.show("depth_steps")
    return column
