"""Let a network write, and see which letters made it write the next one: RNN, LSTM and GRU."""

import streamlit as st

from explorer.cells import CELLS
from explorer.figures import cells as figures
from explorer.labs.cells.settings import SPEAKERS, TRAINED, WRITES, CellLab
from explorer.labs.cells.written import Written, speakers, written
from explorer.networks.shipped import trouble
from explorer.pages import surroundings
from explorer.pages.cells.material import published
from explorer.pages.dials import Dials
from explorer.runs.links import query
from explorer.sequences.generation import generate
from explorer.sequences.saliency import saliency
from explorer.stage.component import show as show_stage

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
    notes = [_why(missing)] if missing else []
    if (asked := dials.value("cell")) not in some:
        writer = "lstm" if "lstm" in some else some[0]
        dials.set(cell=writer)
        if asked not in SPEAKERS:
            notes.append(f"{CELLS[asked].short} does not write here; {CELLS[writer].short} does.")
    writer = dials.value("cell")
    with st.container(key="controls", horizontal=True, vertical_alignment="center"):
        dials.show(
            "cell",
            label="Writes",
            help="Which network writes.",
            offered=some,
            as_="row",
            labelled=False,
        )
        with st.container(width="stretch"):
            dials.show("prompt")
        with st.container(width=170):
            dials.show("temperature")
        with st.container(width=150):
            dials.show("top_k")
        with st.container(width=150):
            dials.show("length")
        st.button(
            "New draw",
            help="The same network, other draws.",
            on_click=lambda: dials.set(seed=dials.value("seed") + 1),
        )
    settings = dials.wanted()
    dials.finish(settings)
    for note in notes:
        st.info(note, icon=":material/info:")
    found = written(settings)
    prompt = len(found.text) - len(found.generation.text)
    show_stage(
        figures.writing_scene(some, tuple(found.text), found.vocabulary),
        published(f"writing?{query(settings.without_gaze)}", found.frames[0], found.frames),
        key="cells.writing",
        live=False,
        start=min(prompt + 12, len(found.frames) - 1),
    )
    st.markdown(_what_to_look_for(found))
    surroundings.unfolded("What is drawn, and what it does not show", HOW)
    return (
        f"The {CELLS[writer].short} writes after “{settings.prompt}”; {_listed(some)} read the "
        "result. Point at a letter: what did each expect there, and which letters made it so?"
    )


def _why(missing: list[str]) -> str:
    """Why some of the networks are not here."""
    return " ".join(f"The file {trouble(TRAINED[WRITES.name][cell])}." for cell in missing)


def _listed(cells: tuple[str, ...]) -> str:
    names = [CELLS[cell].short for cell in cells]
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _what_to_look_for(found: Written) -> str:
    costs = ", ".join(f"{CELLS[c].short} {cost:.2f}" for c, cost in found.cost.items())
    return (
        "**What to look for.** Point at a closing bracket or quote: does a network look back to "
        f"the one that opened it? On this text a letter costs, in nats: {costs}."
    )
