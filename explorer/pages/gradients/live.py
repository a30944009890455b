"""Networks that learn the adding problem, and how far back each of them feels meanwhile."""

from explorer.dials import dials as rows_of
from explorer.figures import gradients as figures
from explorer.gradients import LEARNERS, AddingSettings, SideBySide
from explorer.labs.gradients import Adding, Flow
from explorer.labs.gradients.learning import LOWEST
from explorer.labs.gradients.words import counted
from explorer.pages import surroundings
from explorer.pages.column import Column
from explorer.pages.dials import Dials
from explorer.pages.gradients.reading import explained
from explorer.runs.answers import Asking
from explorer.runs.hub import the_hub
from explorer.stage.component import Beginning
from explorer.stage.component import show as show_stage

SOURCES = (AddingSettings, SideBySide)
FILM = "python -m explorer train '{link}' --seconds 20 --out adding.gif"


def show(dials: Dials[Flow]) -> str:
    """Show the view; returns the sentence under its question."""
    column = _dials(dials)
    flow = dials.wanted()
    dials.finish(flow)
    adding = flow.adding()
    ticket = surroundings.admitted(lambda viewer: the_hub().open(viewer, adding))
    scene = figures.adding(LEARNERS, LOWEST, adding.length)
    show_stage(
        scene,
        ticket,
        key="gradients.learning",
        live=True,
        dials=column.told,
        on_settled=column.settle,
        begins=Beginning(Asking.about(figures.opening, Flow), surroundings.attend()),
    )
    explained()
    return (
        f"Two of {adding.length} numbers are marked; add them up. "
        f"{counted(LEARNERS).capitalize()} networks learn it from the same sequences."
    )


def _dials(dials: Dials[Flow]) -> Column:
    seed = rows_of(Adding)["seed"]  # the one seed of the page, as a training sees it
    column = Column(dials)
    column.group("The adding problem")
    column.show("task_length")
    column.show("seed", label=seed.label, help=seed.help, offered=seed.offered)
    column.group("Networks")
    column.show("task_width")
    column.show("task_bias")
    column.show("rate")
    column.group("More", folded=True)
    column.show("clip")
    column.show("steps")
    return column
