"""Every way to look at gradients through time: a row for each, in the order of the tabs."""

from dataclasses import dataclass

from explorer.labs import views


@dataclass(frozen=True)
class View(views.View):
    """One way to look, and the run behind its link, where it has one.

    ``run`` is the method of `settings.Flow` that makes that run; ``length`` is the setting that
    says how long it is.
    """

    run: str = ""
    length: str = "steps"


VIEWS: dict[str, View] = {
    "start": View("Untrained", "How far back can it feel?"),
    "matrix": View("Matrix", "What do a hundred steps do?"),
    "depth": View("Depth", "How deep can it feel?"),
    "depth_learning": View(
        "Depth, learning",
        "Does a level gradient learn?",
        run="depth_learning",
        length="depth_steps",
    ),
    "live": View("Learning", "Can it learn what lies so far back?", run="learning"),
    "horizon": View(
        "Horizon",
        "How far back does it learn to reach?",
        run="horizon",
        length="horizon_steps",
    ),
    "overfit": View(
        "Over-fitting",
        "The rule, or the examples?",
        run="overfitting",
        length="few_steps",
    ),
    "cliff": View("Cliff", "How can one step undo all?"),
    "trained": View("Trained", "What did training change?"),
    "watched": View("Yours", "How far back does yours feel?"),
    "clipping": View(
        "Clipping",
        "When does a step go too far?",
        run="clipping",
        length="clip_steps",
    ),
    "myths": View("Myths", "Is what they say true?"),
}
