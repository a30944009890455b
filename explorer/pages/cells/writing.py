"""Let a network write, and see which letters made it write the next one: RNN, LSTM and GRU."""

from dataclasses import replace

import streamlit as st

from explorer.cells import CELLS
from explorer.figures.cells import answers
from explorer.labs.cells.readers import own_writer
from explorer.labs.cells.settings import SPEAKERS, TRAINED, WRITES, CellLab
from explorer.labs.cells.written import speakers
from explorer.networks.shipped import trouble
from explorer.pages import surroundings
from explorer.pages.cells.material import answered, letters
from explorer.pages.column import Column, Offer
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
spread their attention rather than who pays less. A network of yours has letters of its own, so it
writes and reads alone.
"""


SOURCES = (generate, saliency)
WHO = (
    Offer("ours", {"reads": WRITES.name}, {}),
    Offer("your network", {"reads": "yours"}, {"reads": "yours"}),
)


def show(dials: Dials[CellLab]) -> str:
    """Show the view; returns the sentence under its question."""
    settings = dials.wanted()
    own = own_writer(settings)
    some = speakers() if own is None else (own.cell_name,)
    missing = [cell for cell in SPEAKERS if cell not in some]
    if not some:
        dials.finish(dials.wanted())
        st.warning(_why(missing), icon=":material/error:")
        return "None of the networks that write is here."
    if missing and own is None:
        st.info(_why(missing), icon=":material/info:")
    column = Column(dials, above=True)
    if own is not None or _writes(replace(settings, reads="yours")):
        column.offer("who", "Network", WHO, help="Whose network writes.", as_="row")
    if own is None:
        column.show("cell", label="Writes", help="Which network writes.", offered=some, as_="row")
    column.show("prompt", as_="lines")
    for name in ("temperature", "top_k", "length"):
        column.show(name)
    column.show("seed", label="Draw", help="Decides what is drawn.", as_="field", next=True)
    pictured = "Three networks and one text." if own is None else "Your network and its text."
    answered(answers.writing, dials, column, pictured)
    if own is not None:
        letters(settings)
    surroundings.unfolded("What is drawn, and what it does not show", HOW)
    settings = dials.wanted()
    if own is not None:
        return (
            f"Your {CELLS[own.cell_name].short} writes after “{settings.prompt}”. Point at a "
            "letter: what did it expect there, and which letters made it so?"
        )
    return (
        f"The {CELLS[settings.cell].short} writes after “{settings.prompt}”; {_listed(some)} read "
        "the result. Point at a letter: what did each expect there, and which letters made it so?"
    )


def _writes(settings: CellLab) -> bool:
    """Whether the uploaded network, if there is one, could write."""
    try:
        return own_writer(settings) is not None
    except ValueError:
        return False


def _why(missing: list[str]) -> str:
    """Why some of the networks are not here."""
    return " ".join(f"The file {trouble(TRAINED[WRITES.name][cell])}." for cell in missing)


def _listed(cells: tuple[str, ...]) -> str:
    names = [CELLS[cell].short for cell in cells]
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
