"""The gradient lab: one page, several ways to look at how far back a network can feel."""

from explorer.labs.gradients import VIEWS as ROWS
from explorer.labs.gradients import Flow
from explorer.pages import views
from explorer.pages.dials import Dials

VIEWS = views.views_of("gradients", ROWS)
SOURCES = views.sources_of(VIEWS)


def page() -> None:
    """Show the page."""
    views.show(Dials("gradients", Flow), VIEWS)
