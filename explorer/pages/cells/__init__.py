"""The cell lab: one page, seven ways to look at a recurrent cell that reads."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from explorer import cells as cell_room
from explorer.cells.surgery import Ablation, Clamp, Surgery
from explorer.cells.unfolding import unfolded
from explorer.pages import surroundings
from explorer.pages.cells import hand, memory, networks, patterns, step, surgery, writing
from explorer.pages.cells.material import admit_only_what_exists
from explorer.pages.dials import Dials
from explorer.runs.cells.settings import CellLab
from explorer.sequences import handmade
from explorer.sequences.characters import CharacterNetwork
from explorer.sequences.generation import generate
from explorer.sequences.half_life import half_lives
from explorer.sequences.patterns import cluster_order, places, switched_on
from explorer.sequences.probe import forgetting_curve
from explorer.sequences.saliency import saliency
from explorer.sequences.trace import agreement, trace

Source = surroundings.Source


@dataclass(frozen=True)
class View:
    """One way to look: its name on the tab, the question it answers, its page, its code."""

    name: str
    question: str
    show: Callable[[Dials[CellLab]], str]
    sources: tuple[Source, ...]


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
    "networks": View("Networks", "What is inside your own network?", networks.show, ()),
}
SOURCES = tuple(dict.fromkeys(source for view in VIEWS.values() for source in view.sources))


def page() -> None:
    """Show the page."""
    dials = Dials("cells", CellLab)
    with st.container(key="title", horizontal=True, vertical_alignment="center"):
        question = st.container(width="stretch")
        with st.container(width="content"):
            dials.choice(
                "view",
                "View",
                tuple(VIEWS),
                lambda name: VIEWS[name].name,
                "Ways to look at a cell that reads.",
                labelled=False,
                width="content",
            )
        actions = st.container(width="content")
    sentence = st.container(key="sentence")
    dials.problems()
    view = VIEWS[dials.value("view")]
    admit_only_what_exists(dials)
    said = view.show(dials)
    with question:
        surroundings.heading(view.question)
    with sentence:
        surroundings.sentence(said)
    with actions, surroundings.row_of_actions():
        surroundings.link_and_code("cells", dials.last, view.sources or SOURCES)
