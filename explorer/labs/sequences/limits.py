"""What is said here of limits that another lab measures."""

from explorer.gradients import LEARNERS
from explorer.labs.gradients import horizon
from explorer.labs.prose import listing

REACHES = "/gradients?view=horizon&horizon_of=delays"


def reaches() -> str:
    """Return how far back networks learned to reach in the shipped record, as a sentence."""
    names = list(dict.fromkeys(each.learner for each in horizon.recorded()))
    if not names:
        return "How far back a network learns to reach is measured in the gradient lab."
    told = [f"{LEARNERS[name].label} {horizon.reach(name)}" for name in names]
    return (
        "How far back a network learns to reach, recorded on the adding problem: the longest "
        f"sequences up to which half of {horizon.SETTINGS.seeds} seeds solved it have "
        f"{listing(told)} steps."
    )
