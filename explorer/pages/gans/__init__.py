"""The GAN lab: one page, many ways to look at games between a generator and its judge."""

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
from explorer.labs.gans.views import VIEWS as ROWS
from explorer.pages import views
from explorer.pages.dials import Dials
from explorer.pages.gans import depth, dirac, match, records, seeds, slow, truth
from explorer.pages.views import View
from explorer.transport import optimal_transport, wasserstein

FILM = "python -m explorer train '{link}' --seconds 20 --out match.gif"
SHOWN = {
    "match": (
        match.show,
        (
            *(objectives.NonSaturating, objectives.Minimax, objectives.WassersteinPenalty),
            *(objectives.R1, penalty.gradient_penalty, game.Game, networks.Network),
            *(mode_report, wasserstein, band, compare),
        ),
        FILM,
    ),
    "truth": (
        truth.show,
        (critic_truth, discriminator_truth, predicted_slope, optimal_transport),
        FILM,
    ),
    "slow": (slow.show, (taken_apart,), ""),
    "seeds": (seeds.show, (population_report, game.Game), FILM),
    "dirac": (dirac.show, (trajectory, eigenvalues, verdict), ""),
    "depth": (
        depth.show,
        (game.Game.layer_gradients, objectives.WassersteinClip, objectives.WassersteinPenalty),
        FILM,
    ),
    "records": (records.show, (Published, rate), ""),
}
"""What draws each of the lab's views, the code behind it, and the command that films it."""

VIEWS = {name: View(row.label, row.question, *SHOWN[name]) for name, row in ROWS.items()}
"""Every way to look, by its name in the link."""

SOURCES = views.sources_of(VIEWS)


def page() -> None:
    """Show the page."""
    dials = Dials("gans", GanLab, standing=GanLab.turned)
    views.show(dials, VIEWS, dials.row("view").help)
