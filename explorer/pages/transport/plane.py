"""Two clouds in the plane: the exact plan, a blurred one, and one that may leave sand behind."""

import streamlit as st

from explorer.figures.transport import plane as pictures
from explorer.labs.transport import Sand
from explorer.labs.transport.plane import CLOUDS, Plane
from explorer.pages import led, surroundings
from explorer.pages.column import Column
from explorer.pages.dials import Dials, sentence
from explorer.pages.transport import tables
from explorer.runs.answers import Asking
from explorer.stage.component import ask
from explorer.transport.couplings import blurred, carried, debiased, exact, unbalanced, widths_along

REACH = 1.6  # the pad of a drawing shows [-1.6, 1.6] both ways

HOW = r"""
**The exact plan** minimises $\sum_{ij} \pi_{ij} c(x_i, y_j)$ over all tables with the right rows
and columns, by POT's network simplex (Bonneel et al. 2011; Flamary et al. 2021). A distance is the
root of that cost: $W_2 = \sqrt{\cdot}$ for $c = |x - y|^2$.

**Sinkhorn's plan** minimises cost $+\ \varepsilon\,\mathrm{KL}(\pi \,\|\, a \otimes b)$ (Cuturi
2013), with $\varepsilon$ = blur, or blur² for squared costs. It costs more than the exact one: that
is its bias, and a cloud is at no zero distance from itself. Debiased,
$\mathrm{OT}(a, b) - \frac12 \mathrm{OT}(a, a) - \frac12 \mathrm{OT}(b, b)$, it is 0 there (Feydy et
al. 2019). A point that goes to many places is drawn at their mean.

**Unbalanced**: rows and columns need not be right, and each unit that is not, costs: price ×
(KL of the rows + KL of the columns) (Chizat et al. 2018).

**Sliced**: on a line sorting solves all, so both clouds are projected on 60 directions (Rabin et
al. 2011; the worst one: Deshpande et al. 2019). For straight and squared costs none of them is
above the distance in the plane.
"""

SOURCES = (exact, blurred, debiased, unbalanced, carried, widths_along)


def show(dials: Dials[Sand]) -> str:
    """Show the view; returns the sentence under its question."""
    column = _dials(dials)
    dials.finish(dials.wanted())
    ask(
        Asking.about(pictures.answer, Sand),
        surroundings.attend(),
        key="transport.plane",
        dials=column.told,
        on_settled=column.settle,
        title="Two clouds of points, and a plan between them.",
    )
    _critic(dials.last.plane())
    with st.expander("Two columns of a table of yours", key="transport.table.place"):
        tables.cloud(dials)
    surroundings.unfolded("The exact plan, the blurred one, and what is seen from the side", HOW)
    return "Every point of the source is taken to the target, as cheaply as can be."


def _critic(plane: Plane) -> None:
    """Lead to critics of both clouds, whose generator stands still where the source lies."""
    try:
        games = plane.critics()
    except ValueError as why:
        st.caption(f"A critic can be trained on clouds that fit into a link. {sentence(why)}")
        return
    led.out(
        "Train a critic on these two clouds, beside their exact potential",
        "gans",
        games,
        key="transport.critic",
    )


def _dials(dials: Dials[Sand]) -> Column:
    column = Column(dials)
    column.group("The clouds")
    unmoved = {name: {"plane_moved": ""} for name in CLOUDS}
    column.show("plane_source", as_="menu", turns=unmoved)
    column.show("plane_target", as_="menu")
    if "drawn" in (dials.value("plane_source"), dials.value("plane_target")):
        column.show("plane_drawing", as_="pad", offered=(-REACH, REACH))
    column.show("plane_count")
    column.group("The plan")
    column.show("plane_ground", as_="menu")
    column.show("plane_method")
    if dials.value("plane_method") == "sinkhorn":
        column.show("plane_blur")
    if dials.value("plane_method") == "unbalanced":
        column.show("plane_price")
    column.group("More", folded=True)
    column.show("plane_right")
    column.show("plane_up")
    column.show("plane_moved", as_="lines")
    column.show("plane_seed", as_="field", next=True)
    return column
