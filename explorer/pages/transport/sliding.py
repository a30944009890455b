"""Distances compared: one pile slides over its like, and seven distances answer."""

from explorer.figures.transport import sliding as pictures
from explorer.labs.transport import Sand
from explorer.pages import surroundings
from explorer.pages.column import Column
from explorer.pages.dials import Dials
from explorer.runs.answers import Asking
from explorer.stage.component import ask
from explorer.transport.distances import BANDWIDTH, DISTANCES
from explorer.transport.piles import overlap

HOW = rf"""
**What slides.** A pile of one unit of sand, θ away from another one of its kind. Then $W_1 = W_2 =
|\theta|$: each grain goes θ far, and no plan is cheaper. Its derivative is ±1 wherever one is.

**What sees overlap alone.** JS, TV and KL compare densities place by place. Once nothing overlaps,
$\mathrm{{JS}} = \log 2$, $\mathrm{{TV}} = 1$ and $\mathrm{{KL}} = \infty$ whatever θ is: a
generator that follows their derivative has nothing to follow (Arjovsky, Chintala & Bottou 2017,
example 1: parallel lines, where that holds for every $\theta \ne 0$). A perfect discriminator's
loss is JS up to a constant. That the non-saturating loss of a GAN still has a gradient there is
another story, and so is noise on the data: the GAN lab has both.

**By kernels.** The energy distance has the kernel $-|x - y|$; far away it grows as
$\sqrt{{2|\theta|}}$. MMD has a Gaussian kernel here, of width {BANDWIDTH:g}: a few widths away it
is as flat as JS, in all but theory.

**Slopes** are exact: of W by the plan, of JS, TV and KL by what lies at the edges of the bins, of
the last two by the derivative of their kernel. At corners the mean of both sides is drawn.
"""

SOURCES = (
    *(source for one in DISTANCES.values() for source in (one.value, one.slope)),
    overlap,
)


def show(dials: Dials[Sand]) -> str:
    """Show the view; returns the sentence under its question."""
    column = Column(dials)
    column.group("The pile")
    column.show("slide_shape", as_="menu")
    column.show("slide_theta")
    dials.finish(dials.wanted())
    ask(
        Asking.about(pictures.answer, Sand),
        surroundings.attend(),
        key="transport.sliding",
        dials=column.told,
        on_settled=column.settle,
        title="Seven distances between a pile and its like.",
    )
    surroundings.unfolded("What each distance sees, and where its slope comes from", HOW)
    return (
        "A pile slides over its like. Some distances grow with the way; others see overlap, and "
        "then nothing more."
    )
