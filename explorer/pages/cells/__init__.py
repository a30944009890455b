"""The cell lab: one page, seven ways to look at a recurrent cell that reads."""

from explorer import cells as cell_room
from explorer.cells.surgery import Ablation, Clamp, Surgery
from explorer.cells.unfolding import unfolded
from explorer.labs.cells.retraining import retrained
from explorer.labs.cells.settings import CellLab
from explorer.networks.uploads import opened
from explorer.pages import views
from explorer.pages.cells import hand, memory, networks, patterns, step, surgery, writing
from explorer.pages.cells.material import admit_what_is_here
from explorer.pages.dials import Dials
from explorer.pages.views import View
from explorer.sequences import handmade
from explorer.sequences.characters import CharacterNetwork
from explorer.sequences.generation import generate
from explorer.sequences.half_life import half_lives
from explorer.sequences.patterns import cluster_order, places, switched_on
from explorer.sequences.probe import forgetting_curve
from explorer.sequences.saliency import saliency
from explorer.sequences.trace import agreement, trace

VIEWS = {
    "step": View(
        "Step",
        "What does it remember, and who let it in?",
        step.show,
        (
            *(cell_room.LSTM, cell_room.LSTMStep, cell_room.GRU, cell_room.GRUStep),
            *(cell_room.RNN, trace, agreement, CharacterNetwork),
        ),
    ),
    "memory": View(
        "Memory",
        "How much of each step is left?",
        memory.show,
        (unfolded, half_lives, cell_room.remembrance, forgetting_curve),
    ),
    "patterns": View(
        "Patterns",
        "Which unit knows where it is?",
        patterns.show,
        (switched_on, places, cluster_order),
    ),
    "surgery": View(
        "Surgery", "What if this gate had stayed shut?", surgery.show, (Surgery, Clamp, Ablation)
    ),
    "hand": View(
        "By hand",
        "Can you build one that counts?",
        hand.show,
        (handmade.verdict, handmade.Handmade),
    ),
    "writing": View(
        "Writing", "Which letters made it write the next?", writing.show, (generate, saliency)
    ),
    "networks": View(
        "Networks", "What is inside your own network?", networks.show, (opened, retrained)
    ),
}
SOURCES = views.sources_of(VIEWS)


def page() -> None:
    """Show the page."""
    dials = Dials("cells", CellLab)
    admit_what_is_here(dials)
    views.show(dials, VIEWS, "Ways to look at a cell that reads.")
