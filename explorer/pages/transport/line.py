"""Two piles on a line: drawn, moved, and carried over as cheaply as can be."""

import streamlit as st

from explorer.figures.transport import line as pictures
from explorer.labs.transport import Sand
from explorer.labs.transport.shapes import SHAPES
from explorer.pages import surroundings
from explorer.pages.column import Column, Offer
from explorer.pages.dials import Dials
from explorer.pages.transport import tables
from explorer.runs.answers import Asking
from explorer.stage.component import ask
from explorer.transport.distances import DISTANCES
from explorer.transport.piles import overlap, pile
from explorer.transport.stairs import staircase, transport_on_line

HOW = r"""
**What is moved.** Both piles hold one unit of sand, whatever their heights add up to. The sand of a
bin lies in its middle. A plan $\pi$ says how much goes from each bin of the source to each of the
target; it costs $\sum_{ij} \pi_{ij} |x_i - y_j|^p$. The least of that is $W_p^p$ (Kantorovich 1942;
Villani 2003).

**On a line the first grain goes first.** For every $p \ge 1$ the plan that pairs equal quantiles is
the cheapest one (Villani 2003, theorem 2.18). So it is found by sorting, without a linear program;
`verify` holds it against POT's linear program, SciPy and brute force over all permutations. For
$p = 1$ other plans may cost as little: what matters then is only how much crosses each place, and
$W_1$ is the area between the two distribution functions (Vallender 1974).

**The proof.** Prices $\varphi$ at the source and $\psi$ at the target with
$\varphi(x) + \psi(y) \le |x - y|^p$ everywhere can never earn more than a plan costs: weak duality.
Here they earn exactly as much, so both are the best there are. Wherever sand travels,
$\varphi(x_i) + \psi(y_j) = |x_i - y_j|^p$: no slack there (complementary slackness). For $p = 1$
the two are one function, $\psi = -\varphi$ on the sand, with a slope of 1 at most. It is what the
critic of a Wasserstein GAN is trained to be. Where no sand lies, other potentials prove the same.

**What overlaps.** JS, KL and TV compare densities; there the sand of a bin lies evenly over it.
"""

SOURCES = (transport_on_line, staircase, pile, overlap, *(one.value for one in DISTANCES.values()))


def show(dials: Dials[Sand]) -> str:
    """Show the view; returns the sentence under its question."""
    column = _dials(dials)
    dials.finish(dials.wanted())
    ask(
        Asking.about(pictures.answer, Sand),
        surroundings.attend(),
        key="transport.line",
        dials=column.told,
        on_settled=column.settle,
        title="Two piles of sand on a line, and the cheapest plan between them.",
    )
    with st.expander("A column of a table of yours", key="transport.table.place"):
        tables.piles(dials)
    surroundings.unfolded("How the cheapest plan is found, and what proves it", HOW)
    return (
        "Two piles of one unit of sand. Draw them with the pointer: the plan, its proof and all "
        "distances follow."
    )


def _dials(dials: Dials[Sand]) -> Column:
    column = Column(dials)
    for role, title in (("source", "The source"), ("target", "The target")):
        column.group(title)
        offers = [Offer("Your own", {}, {})]
        for shape in SHAPES.values():
            turns = {f"line_{role}": shape.text()}
            offers.append(Offer(shape.label, turns, turns))
        column.offer(f"{role}_shape", "Shape", offers, labelled=False)
        if role == "source":
            column.show("shift")
    column.group("The journey")
    column.show("cost")
    column.group("Heights, typed", folded=True)
    column.show("line_source", as_="lines")
    column.show("line_target", as_="lines")
    return column
