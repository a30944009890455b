"""Every way to look at the games: a row for each, in the order of the tabs."""

from dataclasses import dataclass

from explorer.labs import views


@dataclass(frozen=True)
class View(views.View):
    """One way to look, and the run that it is about.

    ``run`` is the method of `settings.GanLab` that makes that run, empty where the picture is
    computed from the dials without one; ``length`` is the setting that says how long it is.
    """

    run: str = "match"
    length: str = "steps"


VIEWS: dict[str, View] = {
    "match": View("Match", "What did each one really learn?"),
    "truth": View("Truth", "Is the judge right?"),
    "slow": View("Slow motion", "What happens in one iteration?", run=""),
    "seeds": View("Seeds", "Was it luck?", run="many", length="seeds_steps"),
    "dirac": View("Two numbers", "Does it ever arrive?", run=""),
    "depth": View(
        "Depth", "What does clipping do to a deep critic?", run="critics", length="deep_steps"
    ),
    "records": View("Records", "What do others report?", run=""),
}
