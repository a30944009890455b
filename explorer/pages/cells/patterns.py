"""Which units switch on over a span of the text, and where else the same pattern occurs."""

import streamlit as st

from explorer.figures import cells as figures
from explorer.labs.cells.patterns import search
from explorer.labs.cells.settings import CellLab
from explorer.pages import surroundings
from explorer.pages.cells.material import (
    looked_at,
    material,
    picked_of,
    place_dials,
    published,
    reading_dials,
    unknown,
)
from explorer.pages.dials import Dials
from explorer.runs.links import query
from explorer.sequences.patterns import cluster_order, places, switched_on
from explorer.stage.component import show as show_stage

HOW = """
**The search** is that of LSTMVis (Strobelt et al. 2018). A unit is *on* where its memory exceeds
the threshold, a share of its own largest magnitude over the text, in either direction. Drag over
the text to choose a span: found are the units that are on throughout it and, with *strict*, off
just before and just after. Every other span of the text is ranked by how many of these units are on
in it together.

**A unit that fires on a bracket is not proof that it means brackets.** The card of a network says
which units tell inside from outside on files it never saw, with the score; a search on one text
only says where to look.
"""


SOURCES = (switched_on, places, cluster_order)


def show(dials: Dials[CellLab]) -> str:
    """Show the view; returns the sentence under its question."""
    with st.container(key="controls", horizontal=True, vertical_alignment="center"):
        reading_dials(dials)
        with st.container(width=170):
            dials.show("threshold")
        dials.show("strict")
        settings, seen = material(dials)
        place_dials(dials, seen)
    unknown(seen)
    unit = looked_at(settings, seen)
    found = search(seen, settings, unit)
    pattern = found.pattern
    asked = f"{unit}&{settings.threshold}&{settings.strict}&{pattern.first}-{pattern.last}"
    show_stage(
        figures.patterns_scene(
            seen.cell,
            seen.reader.tokens,
            seen.units,
            clock=seen.reader.clock,
        ),
        published(f"patterns?{query(settings.without_gaze)}&{asked}", found.still, found.frames),
        key="cells.patterns",
        live=False,
        select={
            "unit": unit,
            "span_first": pattern.first,
            "span_last": pattern.last,
        },
        start=pattern.last,
        on_pick=lambda picked: dials.set(**picked_of(picked)),
    )
    _units_to_choose(dials, pattern.units)
    surroundings.unfolded("How the search works", HOW)
    return seen.reader.title


def _units_to_choose(dials: Dials[CellLab], units: tuple[int, ...]) -> None:
    """Offer the units of the pattern, to look at one of them."""

    def chosen() -> None:
        unit = st.session_state["cells.on"]
        dials.set(unit=-1 if unit is None else unit)

    if units:
        st.pills(
            "Units that are on throughout the span",
            units[:24],
            key="cells.on",
            format_func=lambda unit: f"unit {unit}",
            on_change=chosen,
        )
