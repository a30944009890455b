"""Weak duality as a game: fill in a plan from above, draw a critic from below."""

from explorer.figures.transport import guess as pictures
from explorer.labs.transport import Sand
from explorer.pages import surroundings
from explorer.pages.column import Column
from explorer.pages.dials import Dials
from explorer.runs.answers import Asking
from explorer.stage.component import ask
from explorer.transport.duality import c_transform, gap_of, made_lipschitz, surplus

HOW = r"""
**From above.** A plan sends the ten grains of the source to the target: each row adds up to what
its bin holds, each column to what its bin needs. Its cost is grains × bins moved; none costs less
than $W_1$.

**From below.** A function $f$ of slope 1 at most has the gap $E f(\text{source}) - E
f(\text{target})$. For any plan $\pi$ it is $\sum \pi_{ij} (f(x_i) - f(y_j)) \le \sum \pi_{ij} |x_i
- y_j|$: no gap is above any cost (weak duality). The best ones meet at $W_1$ (Kantorovich &
Rubinstein 1958).

**Made 1-Lipschitz.** What is drawn too steep is replaced by the largest function of slope 1 that is
nowhere above it, $\min_y f(y) + |x - y|$ (McShane 1934): a c-transform. The critic of a Wasserstein
GAN is kept in bounds by clipping or a penalty instead.
"""

SOURCES = (made_lipschitz, c_transform, gap_of, surplus)


def show(dials: Dials[Sand]) -> str:
    """Show the view; returns the sentence under its question."""
    column = Column(dials)
    column.group("As text")
    column.show("guess_plan", as_="lines")
    column.show("guess_critic")
    dials.finish(dials.wanted())
    ask(
        Asking.about(pictures.answer, Sand),
        surroundings.attend(),
        key="transport.guess",
        dials=column.told,
        on_settled=column.settle,
        title="A plan from above, and a critic from below.",
    )
    surroundings.unfolded("Why a gap is never above a cost", HOW)
    return (
        "Ten grains, five bins. Make your plan cheaper and your critic's gap wider until they meet."
    )
