"""Networks that learn a problem, many seeds at once, and how far back each feels meanwhile."""

from explorer.dials import dials as rows_of
from explorer.figures import gradients as figures
from explorer.gradients import Learner, LearningSettings, SideBySide, wilson
from explorer.labs.gradients import Flow, Learning
from explorer.labs.gradients.words import counted
from explorer.pages import surroundings
from explorer.pages.column import Column
from explorer.pages.dials import Dials
from explorer.pages.training import shown
from explorer.runs.answers import Asking
from explorer.sequences.long_lags import PROBLEMS

HOW = """
**The problems.** {problems}

**What is counted.** Every network of every seed is judged by 250 sequences that nobody trains on. A
seed has solved it once its error is small enough at one of the looks, every ten iterations. The
share of seeds that did is given with the interval that holds 95 % of all shares that could have
given it (Wilson 1927): 5 of 5 leave anything from 57 % on.

**What is equal.** All networks of a seed read the same sequences in the same order, with the same
learning rate and clipping; that rate is not the best of each. A seed decides weights and sequences;
*More* lets it decide the weights alone.

**What the maps show.** The gradient of the last answer's loss by every earlier state, in float64,
on the first eight unseen sequences: the geometric mean over the seeds, in units of lag 0.

**What is left out.** Other readouts, other optimisers, other batches than one size. The IRNN starts
as its paper says; the baseline is the best that an answer without memory can do, in closed form.
""".format(
    problems=" ".join(
        f"*{p.label[:1].upper()}{p.label[1:]}* ({p.source}): {p.what} Without memory {p.formula}; "
        f"solved: {p.criterion}."
        for p in PROBLEMS.values()
    )
)

SOURCES = (LearningSettings, SideBySide, Learner, wilson)
FILM = "python -m explorer train '{link}' --seconds 20 --out learning.gif"


def show(dials: Dials[Flow]) -> str:
    """Show the view; returns the sentence under its question."""
    column = _dials(dials)
    flow = dials.wanted()
    dials.finish(flow)
    learning = flow.learning()
    shown(
        column,
        learning,
        figures.scene_of(learning),
        Asking.about(figures.opening, Flow),
        key="gradients.learning",
    )
    surroundings.unfolded("The problems, what is counted, and what is left out", HOW)
    seeds = f", {learning.seeds} seeds each" if learning.seeds > 1 else ""
    networks = f"{counted(learning.cells).capitalize()} networks{seeds} learn it"
    return f"{learning.asked.what} {networks} from the same sequences."


def _dials(dials: Dials[Flow]) -> Column:
    seed = rows_of(Learning)["seed"]  # the one seed of the page, as a training sees it
    column = Column(dials)
    column.group("The problem")
    column.show("problem", as_="menu")
    column.show("task_length")
    if PROBLEMS[dials.value("problem")].repeats:
        column.show("symbols")
    column.group("Networks")
    column.show("learners", as_="menu")
    column.show("task_seeds")
    column.show("task_width")
    column.show("task_bias")
    column.show("rate")
    column.group("More", folded=True)
    column.show("seed", label=seed.label, help=seed.help, offered=seed.offered)
    column.show("differ", as_="menu")
    column.show("task_batch")
    column.show("clip")
    column.show("steps")
    return column
