"""The cell lab: one page, many ways to look at a recurrent cell that reads."""

from explorer.labs.cells.settings import CellLab
from explorer.labs.cells.views import VIEWS as ROWS
from explorer.pages import views
from explorer.pages.cells.material import stand_at_what_is_here
from explorer.pages.dials import Dials

VIEWS = views.views_of("cells", ROWS)
SOURCES = views.sources_of(VIEWS)


def page() -> None:
    """Show the page."""
    dials = Dials("cells", CellLab)
    stand_at_what_is_here(dials)
    views.show(dials, VIEWS)
