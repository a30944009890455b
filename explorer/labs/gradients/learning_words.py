"""What the gradient lab says of networks that learn, in whole sentences."""

from collections.abc import Mapping

import numpy as np

from explorer.gradients import LEARNERS, LearningSettings, Standing, wilson
from explorer.labs.prose import listing, number_word, spoken

TOLD = 3  # standard errors: a training is looked at some hundred times
RISEN = 1.1  # times its best loss on unseen sequences: from there on it is called over-fitted

REMEDIES = (
    "Where the held-out line turns up while the training line falls, a network learns its examples "
    "by heart. Switch on dropout, early stopping, or more examples: which of them lowers what is "
    "held out, and by more than the seeds differ?"
)
Solved = Mapping[str, np.ndarray]
"""The iterations at which each seed first solved the problem, -1 where it has not."""


def named(cells: list[str]) -> str:
    """Return networks as a sentence lists them."""
    return listing([LEARNERS[cell].label for cell in cells])


def solved(cell: str, new: int, seeds: int) -> str:
    """Return what is marked on the time bar."""
    who = f"{number_word(new)} {LEARNERS[cell].label}" if seeds > 1 else LEARNERS[cell].label
    return f"{who} solved it"


def progress(
    settings: LearningSettings,
    step: int,
    solved_at: Solved,
    standings: Mapping[str, Standing],
    lost: Mapping[str, int],
) -> str:
    """Return how many seeds of whom have solved it, and who cannot be told from guessing.

    Guessing is beaten where the error lies below its error on the same sequences by more than
    `TOLD` standard errors.
    """
    if step == 0:
        return (
            "Nothing is learned yet: each network answers as its first weights have it. Without "
            f"memory the best loss is {settings.asked.formula}. Solved means "
            f"{settings.asked.criterion}."
        )
    parts = [_counted(cell, solved_at[cell]) for cell in standings]
    stuck = [
        cell
        for cell, now in standings.items()
        if (solved_at[cell] < 0).all() and not (now.ahead > TOLD * now.noise).any()
    ]
    said = f"**{'; '.join(parts)}.**"
    if stuck:
        whose = (
            f"No seed of the {_or(stuck)} is" if settings.seeds > 1 else f"The {_or(stuck)} is not"
        )
        said += f" {whose} better than guessing by {number_word(TOLD)} standard errors or more."
    gone = [f"{n} of the {LEARNERS[cell].label}" for cell, n in lost.items() if n]
    if gone:
        said += f" Diverged: {listing(gone)}. Lower the learning rate, or clip sooner."
    return said


def _or(cells: list[str]) -> str:
    return named(cells).replace(" and ", " or ")


def _counted(cell: str, at: np.ndarray) -> str:
    done = at[at >= 0]
    label = LEARNERS[cell].label
    if len(at) == 1:
        return f"{label} solved it at {done[0]:,}" if len(done) else f"{label} not yet"
    if not len(done):
        return f"{label} 0 of {len(at)}"
    return f"{label} {len(done)} of {len(at)} seeds, the middle one at {np.median(done):,.0f}"


def what_to_look_for(
    settings: LearningSettings, step: int, solved_at: Solved, ends: bool = False
) -> str:
    """Return what the pictures show now, and what to try; who is ahead, only where it ends."""
    if step == 0:
        return (
            "Start it below (space bar). A column of a map is one moment of training: how much "
            "gradient reaches each earlier state, dark where it has died. A small picture is one "
            "seed, its dotted line the best loss without memory."
        )
    if ends and settings.seeds > 1:
        return _compared(settings, solved_at)
    missing = [cell for cell, at in solved_at.items() if (at < 0).any()]
    if not missing:
        return f"Every seed solved it at this length. Make it longer than {settings.length}."
    return (
        "Watch where the maps light up before a loss falls below the line. Seeds differ in luck "
        "alone: how far apart are the steps of the staircase?"
    )


def _compared(settings: LearningSettings, solved_at: Solved) -> str:
    """Return who solved it more often than whom, where the 95 % intervals do not meet."""
    counts = {cell: int((at >= 0).sum()) for cell, at in solved_at.items()}
    ends = {cell: wilson(count, settings.seeds) for cell, count in counts.items()}
    apart = [
        (better, worse) for better in counts for worse in counts if ends[better][0] > ends[worse][1]
    ]
    if not apart:
        return (
            f"With {settings.seeds} seeds the 95 % intervals of all these shares meet: at this "
            "length, and within these updates, no network can be called the better one by how "
            "often it learns. More seeds, or a longer sequence, may tell."
        )
    better = [cell for cell in counts if any(cell == a for a, _ in apart)]
    worse = [cell for cell in counts if any(cell == b for _, b in apart)]
    verb = "learns" if len(better) == 1 else "learn"
    said = listing([f"{LEARNERS[c].label} ({counts[c]} of {settings.seeds})" for c in better])
    than = listing([f"{LEARNERS[c].label} ({counts[c]})" for c in worse])
    return (
        f"Over {settings.length} steps and within these updates the {said} {verb} it more often "
        f"than the {than}: their 95 % intervals (Wilson) do not meet."
    )


def divergence(settings: LearningSettings, step: int) -> str:
    """Return why a training ends where no weights are numbers any more."""
    which = "Every seed of every network" if settings.seeds > 1 else "Every network"
    return (
        f"{which} diverged by iteration {step:,}: the weights left the range of floating point. "
        "Lower the learning rate, or clip sooner."
    )


def reach(longest: Mapping[str, int], seeds: int) -> str:
    """Return up to where at least half of the recorded seeds learn it, network by network."""
    if not any(longest.values()):
        return "Nothing was recorded yet: what you see is this training alone."
    far = [f"the {LEARNERS[c].label} up to {n} steps" for c, n in longest.items() if n]
    none = [cell for cell, n in longest.items() if not n]
    rest = f" The {named(none)} at no length that was tried." if none else ""
    return (
        f"Of {seeds} recorded seeds at least half learn it: {listing(far)}.{rest} “Plain RNNs are "
        "good for 8 to 10 steps” is about this initialisation, these updates and this problem: "
        "where does the line of the tanh RNN fall?"
    )


def overfitted(
    settings: LearningSettings,
    step: int,
    standings: Mapping[str, Standing],
    first_best: Mapping[str, np.ndarray],
    scalars: Mapping[str, float],
) -> str:
    """Return whose loss on unseen sequences has risen above its own best, and what is kept."""
    few = f"{settings.examples:,} sequences" if settings.examples else "Fresh sequences"
    if step == 0:
        return f"{few} to learn from, {len(standings)} networks, 250 sequences held out."
    parts = []
    for cell in standings:
        training, held = scalars.get(f"{cell}/training"), scalars.get(f"{cell}/loss")
        if training is None or held is None:
            parts.append(f"the {LEARNERS[cell].label} diverged")
            continue
        best = float(np.median(first_best[cell]))
        kept = scalars.get(f"{cell}/kept")
        also = "" if kept is None else f", {spoken(kept)} where it was stopped early"
        parts.append(
            f"the {LEARNERS[cell].label} {spoken(training)} in training and {spoken(held)} held "
            f"out (best at {best:,.0f}{also})"
        )
    return f"**Loss, middle of {settings.seeds} seeds:** {'; '.join(parts)}."
