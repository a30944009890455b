"""The GAN lab: one page, seven ways to look at games between a generator and its judge."""

from explorer.gans import game, networks, objectives, penalty
from explorer.gans.anatomy import taken_apart
from explorer.gans.bands import band, compare
from explorer.gans.dirac import eigenvalues, trajectory, verdict
from explorer.gans.learned import mode_report
from explorer.gans.predictions import rate
from explorer.gans.published import Published
from explorer.gans.seeds import population_report
from explorer.gans.truth import critic_truth, discriminator_truth, predicted_slope
from explorer.labs.gans.settings import GanLab
from explorer.pages import views
from explorer.pages.dials import Dials
from explorer.pages.gans import depth, dirac, match, records, seeds, slow, truth
from explorer.pages.views import View
from explorer.transport import optimal_transport, wasserstein

FILM = "python -m explorer train '{link}' --seconds 20 --out match.gif"
VIEWS = {
    "match": View(
        "Match",
        "What did each one really learn?",
        match.show,
        (
            *map(type, objectives.OBJECTIVES.values()),
            *(penalty.gradient_penalty, game.Game, networks.Network),
            *(mode_report, wasserstein, band, compare),
        ),
        FILM,
    ),
    "truth": View(
        "Truth",
        "Is the judge right?",
        truth.show,
        (critic_truth, discriminator_truth, predicted_slope, optimal_transport),
        FILM,
    ),
    "slow": View("Slow motion", "What happens in one iteration?", slow.show, (taken_apart,)),
    "seeds": View("Seeds", "Was it luck?", seeds.show, (population_report, game.Game), FILM),
    "dirac": View(
        "Two numbers", "Does it ever arrive?", dirac.show, (trajectory, eigenvalues, verdict)
    ),
    "depth": View(
        "Depth",
        "What does clipping do to a deep critic?",
        depth.show,
        (game.Game.layer_gradients, objectives.WassersteinClip, objectives.WassersteinPenalty),
        FILM,
    ),
    "records": View("Records", "What do others report?", records.show, (Published, rate)),
}
"""Every way to look, by its name in the link."""


SOURCES = views.sources_of(VIEWS)


def page() -> None:
    """Show the page."""
    dials = Dials("gans", GanLab, shown=GanLab.turned)
    views.show(dials, VIEWS, "Ways to look at a generator and its judge.")
