"""Two to four networks over several seeds: recorded ones, and more that are trained here."""

from explorer.figures import sequences as figures
from explorer.labs.prose import number_word
from explorer.labs.sequences import TASKS, SequenceLab
from explorer.labs.sequences.defaults import SLOTS, line_up
from explorer.labs.sequences.paired import paired, ranking
from explorer.labs.sequences.recorded import shelf
from explorer.labs.sequences.rounds import Rounds
from explorer.pages import surroundings
from explorer.pages.column import Column
from explorer.pages.dials import Dials
from explorer.pages.training import shown
from explorer.runs.answers import Asking
from explorer.sequences.kinds.matched import matched_build
from explorer.sequences.problems import ProblemLesson

HOW = """
**What a seed is.** It draws first weights, the order of the data and what dropout leaves out. The
networks of one seed meet the same batches in the same order, so what counts is the difference seed
by seed: what a seed is good or bad for both is in neither's favour.

**Which test.** Student's, of the mean of these differences (one-sample, two-sided), at a level
divided by the number of pairs and of looks (Bonferroni): of twenty runs between equal networks at
most one names anybody ahead, however often it is looked at while seeds arrive. It takes differences
to be spread roughly normally. Shares move in steps of one held-out answer, so the spread is taken
to be one step at least. What a network needs to be above the dotted line is told the same way.

**What is not in it.** The noise of the held-out sequences: other recordings of other people may
rank otherwise. Other learning rates: each network has that of the dial, not its own best.

**What is matched.** *Units and updates*: the dials, for all. *Parameters*: the units of each are
solved, by halving, so that its count is as near as possible to that of the forward network
(of translations: encoder and decoder) with the units of the dial; a network without units keeps its
own count. *Seconds*: each makes as many updates as fit into the budget of processor time, at the
pace of a few that are timed first. That depends on the machine, and is the one thing here that a
link does not fix.
"""

SOURCES = (paired, ranking, matched_build, Rounds, ProblemLesson)
FILM = "python -m explorer train '{link}' --seconds 20 --out comparison.gif"


def show(dials: Dials[SequenceLab]) -> str:
    """Show the view; returns the sentence under its question."""
    column = Column(dials)
    column.group("Task")
    column.show("task", turns={name: dict(line_up(name)) for name in TASKS}, as_="menu")
    column.group("Networks")
    for slot in SLOTS:
        column.show(slot, as_="menu")
    column.group("What is equal")
    column.show("matched", as_="menu")
    if dials.value("matched") == "seconds":
        column.show("budget")
    column.show("seeds")
    column.group("More", folded=True)
    column.show("cell", as_="menu")
    column.show("units")
    column.show("rate")
    column.show("steps")
    column.show("dropout")
    column.show("layers")
    column.show("window")
    column.show("forget_bias")
    column.show("clip")
    column.show("seed", as_="field", next=True)
    lab = dials.wanted()
    dials.finish(lab)
    run = lab.compared()
    shown(
        column,
        run,
        figures.scene_of(run),
        Asking.about(figures.opening, SequenceLab),
        key="sequences.comparing",
    )
    surroundings.unfolded(
        "Which test, what is matched, what was recorded",
        f"{HOW}\n**What was recorded.** {run.record()} Whatever dial leaves the settings of the "
        "record leaves its seeds behind.",
    )
    known = run.known()
    many = number_word(len(run.sides))
    before = f"{known} recorded seeds ({shelf().processor}), and " if known else ""
    more = "one seed" if run.seeds == 1 else f"{number_word(run.seeds)} seeds"
    return (
        f"{many.capitalize()} networks say {run.side_by_side().what.asks}: {before}{more} "
        f"{'more ' if known else ''}trained here."
    )
