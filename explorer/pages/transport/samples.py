"""Sample size: how far two samples of one distribution are from each other."""

from explorer.figures.transport import samples as pictures
from explorer.labs.transport import Sand
from explorer.pages import surroundings
from explorer.pages.column import Column
from explorer.pages.dials import Dials
from explorer.runs.answers import Asking
from explorer.stage.component import ask
from explorer.transport.clouds import energy
from explorer.transport.floors import even_points, floors

HOW = r"""
**The floor.** Two samples of one distribution are not at distance 0: that is what a perfect
generator scores. A distance means something only above its floor, at the same n.

**The rate.** In $d > 2$ dimensions $E\,W_1$ between samples of a density falls as $n^{-1/d}$
(Dudley 1969; Fournier & Guillin 2015); at $d = 2$ as $\sqrt{\log n / n}$ (Ajtai, Komlós & Tusnády
1984), at $d = 1$ as $n^{-1/2}$. So ten times as many points in ten dimensions lower the floor by a
fifth. These are rates for large n: on these few sizes the fitted exponent is somewhat off.

**Sliced and energy distance** see one direction, or pairs, at a time; both fall as $n^{-1/2}$ in
every dimension (Nadjahi et al. 2020; Sejdinovic et al. 2013). They pay with what they can tell
apart.
"""

SOURCES = (floors, even_points, energy)


def show(dials: Dials[Sand]) -> str:
    """Show the view; returns the sentence under its question."""
    column = Column(dials)
    column.group("The samples")
    column.show("samples_d")
    column.show("samples_seeds")
    column.show("samples_seed", as_="field", next=True)
    dials.finish(dials.wanted())
    ask(
        Asking.about(pictures.answer, Sand),
        surroundings.attend(),
        key="transport.samples",
        dials=column.told,
        on_settled=column.settle,
        title="The floor of distances between samples.",
    )
    surroundings.unfolded("What the floor is, and how fast it falls", HOW)
    return "Two samples of the very same distribution: no generator can score better than that."
