"""Let a network write, and see which letters made it write the next one: RNN, LSTM and GRU."""

import streamlit as st

from explorer.cells import CELLS
from explorer.figures.cells import answers
from explorer.labs.cells.settings import SPEAKERS, TRAINED, WRITES, CellLab
from explorer.labs.cells.written import speakers
from explorer.networks.shipped import trouble
from explorer.pages import surroundings
from explorer.pages.cells.material import answered
from explorer.pages.column import Column
from explorer.pages.dials import Dials
from explorer.sequences.generation import generate
from explorer.sequences.saliency import saliency

HOW = """
**Writing.** The network reads what stands there, expects a next character, and one is drawn from
these probabilities; it is read in turn, and so on. A *temperature* below 1 sharpens the
probabilities, 0 takes the likeliest each time, above 1 flattens them. *Top* leaves only so many of
the likeliest to draw from. The seed decides the draws.

**Which letters mattered.** Point at a letter: each letter before it is tinted by the length of the
gradient of the log-probability of the letter under the pointer with respect to the embedding of
that earlier letter. It is the *connectivity* of Madsen (Distill, 2019), taken for the letter that
came instead of for all that could have come. The tint is relative to the strongest letter; a
gradient is the answer to an infinitely small change, so a letter that saturated a gate long ago may
look unimportant although removing it would change everything.

**Three networks, one text.** One of them writes; all three read the result. A text in the words of
one network suits that network best, so its own cost is lowest by construction: compare how they
spread their attention rather than who pays less.
"""


SOURCES = (generate, saliency)


def show(dials: Dials[CellLab]) -> str:
    """Show the view; returns the sentence under its question."""
    some = speakers()
    missing = [cell for cell in SPEAKERS if cell not in some]
    if not some:
        dials.finish(dials.wanted())
        st.warning(_why(missing), icon=":material/error:")
        return "None of the networks that write is here."
    if missing:
        st.info(_why(missing), icon=":material/info:")
    column = Column(dials, above=True)
    column.show("cell", label="Writes", help="Which network writes.", offered=some, as_="row")
    column.show("prompt", as_="lines")
    for name in ("temperature", "top_k", "length"):
        column.show(name)
    column.show("seed", label="Draw", help="Decides what is drawn.", as_="field", next=True)
    answered(answers.writing, dials, column, "Three networks and one text.")
    surroundings.unfolded("What is drawn, and what it does not show", HOW)
    settings = dials.wanted()
    return (
        f"The {CELLS[settings.cell].short} writes after “{settings.prompt}”; {_listed(some)} read "
        "the result. Point at a letter: what did each expect there, and which letters made it so?"
    )


def _why(missing: list[str]) -> str:
    """Why some of the networks are not here."""
    return " ".join(f"The file {trouble(TRAINED[WRITES.name][cell])}." for cell in missing)


def _listed(cells: tuple[str, ...]) -> str:
    names = [CELLS[cell].short for cell in cells]
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
