"""Many seeds of every game at once."""

from explorer.figures.gans import openings
from explorer.gans.game import Game
from explorer.gans.seeds import population_report
from explorer.labs.gans.settings import GanLab
from explorer.pages import surroundings
from explorer.pages.column import Column
from explorer.pages.dials import Dials
from explorer.pages.gans import material
from explorer.runs.hub import the_hub
from explorer.stage.component import show as show_stage

HOW = """
**What is counted.** Each small picture is a game of its own, with its own seed; nothing else
differs. Every 100 ticks 1,000 samples of each seed are held against the modes and 256 against 256
data points. The cards give mean ± standard error over the seeds, as in the tables of Lin et al.
(2018); a seed that diverged holds no mode and has no distance.

**What may be concluded.** A game is called ahead only where the difference of the means is so many
of its standard errors that of twenty runs between equal games at most one would name any, however
often it is looked at: 3.4 for eight seeds and twelve looks. That needs a clear difference.

**Why a seed here is not quite the seed of the match.** A population is computed in one batched
product, which adds in another order: after a hundred ticks of an unstable game, rounding has
grown into another course. Each course is as good a sample as the other.
"""


SOURCES = (population_report, Game)
FILM = "python -m explorer train '{link}' --seconds 20 --out match.gif"


def show(dials: Dials[GanLab]) -> str:
    """Show the view; returns the sentence under its question."""
    column = Column(dials)
    column.show("seeds")
    column.show("seeds_steps")
    material.match_dials(dials, column, brief=True)
    lab, many = material.asked(dials, GanLab.many)
    material.table(dials)
    show_stage(
        openings.seeds_of(lab),
        surroundings.admitted(lambda viewer: the_hub().open(viewer, many)),
        key="gans.seeds.stage",
        live=True,
        dials=column.told,
        on_settled=column.settle,
        begins=material.begins(openings.seeds),
    )
    surroundings.unfolded("What is counted, and what may be concluded", HOW)
    return (
        f"{many.seeds} seeds of each game, {many.seed} to {many.seed + many.seeds - 1}, with equal "
        "settings: one run is one run."
    )
