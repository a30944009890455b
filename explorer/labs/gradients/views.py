"""Every way to look at gradients through time: a row for each, in the order of the tabs."""

from explorer.labs.views import View

VIEWS: dict[str, View] = {
    "start": View("Untrained", "How far back can it feel?"),
    "live": View("Learning", "How far back can it feel?"),
}
