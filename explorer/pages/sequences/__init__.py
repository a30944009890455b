"""The sequence lab: kinds of network on tasks for which their structure matters."""

from explorer.labs.sequences import VIEWS as ROWS
from explorer.labs.sequences import SequenceLab
from explorer.pages import views
from explorer.pages.dials import Dials

VIEWS = views.views_of("sequences", ROWS)
SOURCES = views.sources_of(VIEWS)


def page() -> None:
    """Show the page."""
    views.show(Dials("sequences", SequenceLab), VIEWS)
