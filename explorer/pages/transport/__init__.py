"""The transport lab: one page, several ways to look at sand that is moved."""

from explorer.labs.transport import VIEWS as ROWS
from explorer.labs.transport import Sand
from explorer.pages import views
from explorer.pages.dials import Dials

VIEWS = views.views_of("transport", ROWS)
SOURCES = views.sources_of(VIEWS)


def page() -> None:
    """Show the page."""
    views.show(Dials("transport", Sand), VIEWS)
