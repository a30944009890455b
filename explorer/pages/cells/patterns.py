"""Which units switch on over a span of the text, and where else the same pattern occurs."""

from explorer.figures.cells import answers
from explorer.labs.cells.patterns import search
from explorer.labs.cells.reading import looked_at
from explorer.labs.cells.settings import CellLab
from explorer.pages import surroundings
from explorer.pages.cells.material import (
    about_the_reading,
    answered,
    material,
    reading_column,
    span_dials,
    unit_dial,
)
from explorer.pages.dials import Dials
from explorer.sequences.patterns import cluster_order, places, switched_on

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


READING = True
SOURCES = (switched_on, places, cluster_order)


def show(dials: Dials[CellLab]) -> str:
    """Show the view; returns the sentence under its question."""
    settings, seen = material(dials)
    column = reading_column(dials, seen)
    column.group("The pattern")
    column.show("threshold")
    column.show("strict")
    span_dials(column, seen)
    on = search(seen, settings, looked_at(settings, seen)).pattern.units
    unit_dial(column, seen, on)
    answered(answers.patterns, dials, column, "A text in the colours of a unit.")
    about_the_reading(settings, seen)
    surroundings.unfolded("How the search works", HOW)
    return seen.reader.title
