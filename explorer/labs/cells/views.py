"""Every way to look at a cell that reads: a row for each, in the order of the tabs."""

from explorer.labs.views import View

VIEWS: dict[str, View] = {
    "step": View("Step", "What does it remember, and who let it in?"),
    "memory": View("Memory", "How much of each step is left?"),
    "patterns": View("Patterns", "Which unit knows where it is?"),
    "surgery": View("Surgery", "What if this gate had stayed shut?"),
    "hand": View("By hand", "Can you build one that counts?"),
    "writing": View("Writing", "Which letters made it write the next?"),
    "networks": View("Networks", "What is inside your own network?"),
}
