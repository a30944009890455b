"""One network on few real examples: loss in training against loss held out, and two remedies."""

from explorer.figures import sequences as figures
from explorer.labs.sequences import SequenceLab
from explorer.labs.sequences.limits import REACHES, reaches
from explorer.labs.sequences.overfit import FEW, Course, FewExamples, losses
from explorer.labs.sequences.paired import paired
from explorer.pages import surroundings
from explorer.pages.column import Column
from explorer.pages.dials import Dials
from explorer.pages.training import shown
from explorer.runs.answers import Asking
from explorer.sequences.kinds.kind import thinned

HOW = """
**What is shown.** So many examples of each class are drawn once and read over and over. The loss in
training is measured on all of them, without dropout; that held out on a half of the sequences that
are never learned from. Every seed draws other examples and other first weights, equal without and
with dropout, so both are compared seed by seed.

**Early stopping.** Every ten updates the loss on the other half is looked at; where it is least, a
network would have been kept. That half chooses and has no say in what the choice is worth: a choice
judged by what it was made on flatters itself.

**What is told, and how.** At the end, and only then: whether going on cost anything, whether
dropout did any good, by Student's test of the differences seed by seed, its level divided by four
claims. Neither remedy is bound to help: the numbers say whether it did. Loss and right answers need
not agree: a network may grow too sure without being wrong more often.

**On made problems** the same is in [the gradient lab](/gradients?view=overfit), with the best that
can be reached known.

**Another limit.** """

SOURCES = (FewExamples, Course, losses, thinned, paired)
FILM = "python -m explorer train '{link}' --seconds 20 --out overfitting.gif"


def show(dials: Dials[SequenceLab]) -> str:
    """Show the view; returns the sentence under its question."""
    column = Column(dials)
    column.group("The examples")
    turns = {name: {"few_rate": task.rate} for name, task in FEW.items()}
    column.show("few_task", turns=turns, as_="menu")
    column.show("few_each")
    column.group("Remedy")
    column.show("few_dropout")
    column.group("Network")
    column.show("few_kind", as_="menu")
    column.show("few_seeds")
    column.group("More", folded=True)
    column.show("few_units")
    column.show("few_rate")
    column.show("few_steps")
    column.show("seed", as_="field", next=True)
    lab = dials.wanted()
    dials.finish(lab)
    run = lab.overfitting()
    shown(
        column,
        run,
        figures.scene_of(run),
        Asking.about(figures.opening, SequenceLab),
        key="sequences.overfit",
    )
    surroundings.unfolded(
        "What is shown, early stopping, and what is told",
        f"{HOW}{reaches()} [See it learned with a delay that grows]({REACHES}).",
    )
    return (
        f"{run.each} examples of each class, over and over: does it learn "
        f"{FEW[run.task].asks}, or only these?"
    )
