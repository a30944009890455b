"""The mean of three clouds, pulled about among them."""

from explorer.figures.transport import mean as pictures
from explorer.labs.transport import Sand
from explorer.pages import surroundings
from explorer.pages.column import Column
from explorer.pages.dials import Dials
from explorer.runs.answers import Asking
from explorer.stage.component import ask
from explorer.transport.barycentres import Barycentre, barycentre

HOW = r"""
**A mean of clouds.** The mean of numbers minimises the sum of squared distances; so does the
barycentre, with $W_2$ for the distance: $\min_\mu \sum_i w_i W_2^2(\mu, \nu_i)$ (Agueh & Carlier
2011). Of translates it is the translate by the weighted mean; of Gaussians the Gaussian whose
covariance solves $S = \sum_i w_i (S^{1/2} S_i S^{1/2})^{1/2}$. `verify` holds it against both.

**How it is found.** Points of equal mass, which begin at the cloud at the lower left. A round: the
exact plan to each of the three, and every point goes to the weighted mean of where they take it
(Cuturi & Doucet 2014). It ends where nothing moves. That is not always the best of all clouds: from
another start another one may come out.
"""

SOURCES = (barycentre, Barycentre)


def show(dials: Dials[Sand]) -> str:
    """Show the view; returns the sentence under its question."""
    column = Column(dials)
    column.group("The clouds")
    for name in ("first", "second", "third"):
        column.show(f"mean_{name}", as_="menu")
    column.group("Their weights")
    column.show("mean_across")
    column.show("mean_up")
    column.group("More", folded=True)
    column.show("mean_count")
    column.show("mean_seed", as_="field", next=True)
    dials.finish(dials.wanted())
    ask(
        Asking.about(pictures.answer, Sand),
        surroundings.attend(),
        key="transport.mean",
        dials=column.told,
        on_settled=column.settle,
        title="Three clouds of points, and the one that is nearest to all of them.",
    )
    surroundings.unfolded("What a mean of clouds is, and how it is found", HOW)
    return "The cloud that is nearest to three others, as the weights are pulled about among them."
