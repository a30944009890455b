"""Every way to look at networks that learn sequences: a row for each, in the order of the tabs."""

from dataclasses import dataclass

from explorer.labs import views


@dataclass(frozen=True)
class View(views.View):
    """One way to look, and the run behind its link.

    ``run`` is the method of `settings.SequenceLab` that makes that run; ``length`` is the setting
    that says how long it is.
    """

    run: str = "side_by_side"
    length: str = "steps"


VIEWS: dict[str, View] = {
    "learning": View("Learning", "Which network does this task need?"),
    "comparing": View(
        "Comparison", "Is it better, or was it the seed?", run="compared", length="seeds"
    ),
    "starts": View("Starts", "How much is luck?", run="started", length="starts"),
    "overfit": View(
        "Over-fitting", "The rule, or the examples?", run="overfitting", length="few_steps"
    ),
    "augmenting": View(
        "Augmentation", "Can it learn from what it made?", run="augmenting", length="made_trials"
    ),
    "translating": View("Translation", "Which sign does it look at?"),
    "writing": View("Writing", "What does it write, and how is it drawn?"),
}
