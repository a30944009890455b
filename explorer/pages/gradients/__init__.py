"""The gradient lab: one page, two ways to look at how far back a network can feel."""

from explorer import gradients as room
from explorer.labs.gradients import Flow
from explorer.pages import views
from explorer.pages.dials import Dials
from explorer.pages.gradients import learning, start
from explorer.pages.views import View

VIEWS = {
    "start": View(
        "Untrained",
        "How far back can it feel?",
        start.show,
        (room.norms_through_time, room.theory_line, room.residual),
    ),
    "live": View(
        "Learning",
        "How far back can it feel?",
        learning.show,
        (room.AddingSettings, room.SideBySide),
        film="python -m explorer train '{link}' --seconds 20 --out adding.gif",
    ),
}
"""Every way to look, by its name in the link."""

SOURCES = views.sources_of(VIEWS)


def page() -> None:
    """Show the page."""
    help = "Measured before any step, or while they learn the adding problem."
    views.show(Dials("gradients", Flow), VIEWS, help)
