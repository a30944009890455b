"""Networks that learn from few sequences: loss in training against loss held out, and remedies."""

from explorer.figures import gradients as figures
from explorer.gradients import Learner, SideBySide
from explorer.labs.gradients import Flow
from explorer.labs.gradients.learning import Seen
from explorer.pages import surroundings
from explorer.pages.column import Column
from explorer.pages.dials import Dials
from explorer.pages.training import shown
from explorer.runs.answers import Asking

HOW = """
**What is shown.** So many sequences are drawn once and read over and over, in batches drawn from
them with replacement. The loss in training is that of the last batch, before its update; where
dropout is on, it is measured with it. The loss held out is that of 250 other sequences, without
dropout. Both are the middle of the seeds. Of the noisy sine nobody can do better than the variance
of the noise, 0.09, in the mean.

**The remedies.** *Dropout* (Srivastava et al. 2014) leaves out units that the readout reads, drawn
anew for every sequence, and scales the others up. *Early stopping* keeps every network as it was at
the look where its loss on half of the held-out sequences was least, and judges it by the other
half, which had no say. *More examples* is the third. None of them is bound to help: the numbers say
whether it did.

**What is left out.** Weight decay, dropout between steps, smaller networks beyond the dial.
"""

SOURCES = (SideBySide, Learner, Seen)
FILM = "python -m explorer train '{link}' --seconds 20 --out overfitting.gif"


def show(dials: Dials[Flow]) -> str:
    """Show the view; returns the sentence under its question."""
    column = Column(dials)
    column.group("The examples")
    column.show("few_problem", as_="menu")
    column.show("few_examples")
    column.show("few_length")
    column.group("Remedies")
    column.show("few_dropout")
    column.show("few_early")
    column.group("Networks", folded=True)
    column.show("few_learners", as_="menu")
    column.show("few_width")
    column.show("few_seeds")
    column.show("few_steps")
    column.show("seed", as_="field", next=True)
    flow = dials.wanted()
    dials.finish(flow)
    run = flow.overfitting()
    shown(
        column,
        run,
        figures.scene_of(run),
        Asking.about(figures.opening, Flow),
        key="gradients.overfit",
    )
    surroundings.unfolded("What is shown, the remedies, and what is left out", HOW)
    few = f"{run.examples:,} sequences, over and over" if run.examples else "fresh sequences"
    return f"{run.asked.what} Learned from {few}, judged by 250 others."
