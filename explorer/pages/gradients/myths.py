"""Common claims about gradients, each of them run where one reads it."""

import streamlit as st

from explorer.figures.gradients import myths as pictures
from explorer.gradients.myths import MYTHS, Myth, Trial, tried
from explorer.labs.gradients import Flow
from explorer.pages import surroundings
from explorer.pages.column import Column
from explorer.pages.dials import Dials
from explorer.runs.answers import Asking
from explorer.stage.component import ask

HOW = """
**How a verdict comes about.** Each claim is measured with five seeds in a row, weights and inputs
of their own, in float64 unless it says otherwise. It *holds* where every seed is for it, it does
*not hold* where every seed is against it, by the thresholds that stand under *What is measured*;
in between, or where one part is right and another wrong, it *depends*. The sentence is written from
the same numbers: other seeds can change it, and *New seed* lets them try.

**What is left out.** Networks before any training, of the sizes named. A gradient that vanishes at
the start says little about what is learned in the end: a default LSTM can learn the adding problem
all the same (see *Learning*).
"""

SOURCES = (Myth, Trial, tried)


def show(dials: Dials[Flow]) -> str:
    """Show the view; returns the sentence under its question."""
    column = Column(dials)
    column.show("myth", as_="menu")
    column.show("seed", as_="field", next=True)
    flow = dials.wanted()
    dials.finish(flow)
    ask(
        Asking.about(pictures.answer, Flow),
        surroundings.attend(),
        key="gradients.myths",
        dials=column.told,
        on_settled=column.settle,
        title="A common claim, run.",
    )
    _cards(dials)
    surroundings.unfolded("How a verdict comes about, and what is left out", HOW)
    return (
        f"{len(MYTHS)} common claims, each run in seconds with five seeds. The verdict is "
        "computed, and it may change with the seeds."
    )


def _cards(dials: Dials[Flow]) -> None:
    """List all claims, each with what runs it."""
    st.markdown("## All claims")
    columns = st.columns(2, gap="large")
    for index, (name, myth) in enumerate(MYTHS.items()):
        with columns[index % 2].container(horizontal=True, vertical_alignment="center"):
            with st.container(width="stretch"):
                st.markdown(f"**{myth.claim}** Met in: {myth.source}.")
            st.button(
                "Run",
                key=f"gradients.myth.{name}",
                on_click=lambda name=name: dials.set(myth=name),
            )
