"""Every way to look at networks that learn sequences: a row for each, in the order of the tabs."""

from explorer.labs.views import View

VIEWS: dict[str, View] = {
    "learning": View("Learning", "Which network does this task need?"),
    "translating": View("Translation", "Which sign does it look at?"),
    "writing": View("Writing", "What does it write, and how is it drawn?"),
}
