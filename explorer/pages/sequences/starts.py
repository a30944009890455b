"""One network from many starts, and in many orders of its data."""

from explorer.figures import sequences as figures
from explorer.labs.sequences import SequenceLab
from explorer.labs.sequences.limits import REACHES, reaches
from explorer.labs.sequences.starts import WITH_DATA, spread, wider_of
from explorer.pages import surroundings
from explorer.pages.column import Column
from explorer.pages.dials import Dials
from explorer.pages.training import shown
from explorer.runs.answers import Asking
from explorer.sequences.problems import ProblemLesson

HOW = """
**What is drawn anew.** On one side the first weights, while the batches come in one order; on the
other the order of the batches (and dropout), from one start. Nothing else differs, and what is held
out never does. The one start and the one order are those of the seed on the dial, which may itself
be unusual: a mean of one side says as much of that as of the side.

**How far they spread.** The standard deviation of the metric over the trainings. Its interval is
that of χ² and holds where the metric is spread normally. Which side spreads more is told by Brown
and Forsythe's test (1974), the distances from the medians under Student's, which needs no such
thing; at a level divided by the number of looks.

**Another limit.** """

SOURCES = (spread, wider_of, ProblemLesson)
FILM = "python -m explorer train '{link}' --seconds 20 --out starts.gif"


def show(dials: Dials[SequenceLab]) -> str:
    """Show the view; returns the sentence under its question."""
    column = Column(dials)
    column.group("What learns")
    turns = {
        name: {
            "starts_kind": task.line_up[0],
            "starts_steps": task.updates,
            "starts_rate": task.rate,
            "starts_units": task.units,
        }
        for name, task in WITH_DATA.items()
    }
    column.show("starts_task", turns=turns, as_="menu")
    column.show("starts_kind", as_="menu")
    column.show("starts_cell", as_="menu")
    column.show("starts")
    column.group("More", folded=True)
    column.show("starts_units")
    column.show("starts_dropout")
    column.show("starts_rate")
    column.show("starts_steps")
    column.show("seed", as_="field", next=True)
    lab = dials.wanted()
    dials.finish(lab)
    run = lab.started()
    shown(
        column,
        run,
        figures.scene_of(run),
        Asking.about(figures.opening, SequenceLab),
        key="sequences.starts",
    )
    surroundings.unfolded(
        "What is drawn anew, and how it is told",
        f"**What was recorded.** {run.record()}\n{HOW}{reaches()} "
        f"[See it learned with a delay that grows]({REACHES}).",
    )
    return (
        "One network learns one task again and again: with other first weights, and with the same "
        "batches in another order."
    )
