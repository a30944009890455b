"""What is said of networks over several seeds: who is ahead, by which test, and what was equal."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from explorer.labs.prose import listing, number_word
from explorer.labs.sequences import recorded, words
from explorer.labs.sequences.paired import paired, ranking
from explorer.sequences.kinds import KINDS
from explorer.sequences.kinds.matched import size_of

if TYPE_CHECKING:
    from explorer.labs.sequences.comparing import Compared


def says(run: "Compared", values: Mapping[str, list[float]]) -> str:
    """Return who is ahead of whom beyond chance, and who cannot be told apart."""
    many = len(next(iter(values.values())))
    if not many:
        return "No seed is measured yet: the first one is being trained."
    if many < 2:
        return "One seed is measured: whether another agrees is not known yet."
    labels = run.labels
    found = ranking(values, run.sign, run.looks, run.least)
    ahead = [
        f"**{labels[one]}** is ahead of {listing([labels[other] for other in behind])}"
        for one, behind in found.ahead.items()
        if behind
    ]
    level = [f"{labels[one]} from {labels[other]}" for one, other in found.level]
    if not ahead:
        none = (
            "neither can be told from the other" if len(labels) == 2 else "no two can be told apart"
        )
        said = [f"Over {many} seeds {none}."]
    else:
        said = [f"Over {many} seeds {'; '.join(ahead)}."]
        if level:
            said.append(f"Not to be told apart: {', '.join(level)}.")
    return f"{' '.join(said)} {_floor(run, values)}"


def _floor(run: "Compared", values: Mapping[str, list[float]]) -> str:
    """Return how each stands against the best that is reached without a network."""
    floor, labels = run.floor, run.labels
    groups: dict[int, list[str]] = {1: [], 0: [], -1: []}
    for side, each in values.items():
        level = np.full(len(each), floor.value)
        beside = paired(each, level, run.looks * len(values), run.least)
        groups[run.sign * beside.sign].append(labels[side])
    called = {1: "above it", 0: "not to be told from it", -1: "below it"}
    if run.sign < 0:
        called |= {1: "better, with less", -1: "worse, with more"}
    stood = listing([f"{listing(some)} {called[sign]}" for sign, some in groups.items() if some])
    reached = words.measured(run.problem, floor.value)
    return f"The {floor.label} reaches {reached}: {stood}."


def look(run: "Compared", known: int, doing: str) -> str:
    """Return what the marks are, which test is made, and what goes on."""
    pairs = len(run.sides) * (len(run.sides) - 1) // 2
    marks = (
        f"Dots are {known} recorded seeds, rings those trained here"
        if known
        else "Each ring is a seed trained here; nothing was recorded with these settings"
    )
    looked = "one look" if run.looks == 1 else f"{number_word(run.looks)} looks"
    pair = "one pair" if pairs == 1 else f"{number_word(pairs)} pairs"
    return (
        f"{marks}; a line is their mean, its band ± one standard error. Below, differences from "
        f"{run.labels['a']} seed by seed: where the band leaves out zero it is more than chance "
        f"(paired, Student's t; {pair}, {looked}: at most one claim in twenty runs is false). "
        f"{doing}"
    ).strip()


def matched(run: "Compared", goals: Mapping[str, int]) -> str:
    """Return what is equal, and what it took to make it so."""
    sides, labels = run.sides, run.labels
    if run.matched == "seconds":
        made = listing([f"{labels[side]} {goals[side]:,}" for side in sides])
        return (
            f"**Matched seconds.** Each training takes {run.budget:g} s of this machine's "
            f"processor, measured on a few updates first: {made} updates. On another machine there "
            "are others, so nothing recorded is laid beside them."
        )
    record = recorded.shelf().processor if run.known() else ""
    of = f" Seconds of recorded seeds are those of one thread of {record}." if record else ""
    if run.matched == "updates":
        return (
            f"**Matched updates.** Each makes {run.steps:,} updates with the units of the dial; "
            f"numbers and seconds differ.{of}"
        )
    wanted = size_of(KINDS[run.reference], run.problem.shape, run.side_by_side().build)
    fixed = [labels[side] for side in sides if abs(run.size(side) / wanted - 1) > 0.1]
    widths = {side: f" ({run.width(side)})" if run.width(side) else "" for side in sides}
    made = listing([f"{labels[side]} {run.size(side):,}{widths[side]}" for side in sides])
    cannot = f" {listing(fixed)} cannot come nearer." if fixed else ""
    return (
        f"**Matched parameters.** As nearly as possible the {wanted:,} numbers of "
        f"{KINDS[run.reference].label} with {run.units} units: {made}.{cannot} Each makes "
        f"{run.steps:,} updates.{of}"
    )
