"""Every way to look at sand that is moved: a row for each, in the order of the tabs."""

from explorer.labs.views import View

VIEWS: dict[str, View] = {
    "line": View("On a line", "What does it cost to move a pile of sand?"),
    "sliding": View("Distances", "Which distance tells which way to go?"),
    "plane": View("In the plane", "Which grain goes where?"),
    "mean": View("Barycentres", "What is the mean of clouds?"),
    "colours": View("Colours", "Which colour becomes which?"),
    "guess": View("Duality", "Can you meet from both sides?"),
    "samples": View("Sample size", "How many points does a distance need?"),
}
