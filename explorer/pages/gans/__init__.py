"""The GAN lab: one page, many ways to look at games between a generator and its judge."""

from explorer.labs.gans.settings import GanLab
from explorer.labs.gans.views import VIEWS as ROWS
from explorer.pages import views
from explorer.pages.dials import Dials

VIEWS = views.views_of("gans", ROWS)
SOURCES = views.sources_of(VIEWS)


def page() -> None:
    """Show the page."""
    views.show(Dials("gans", GanLab, standing=GanLab.turned), VIEWS)
