"""Drawing on: the next move of a pen that writes letters, and strokes that are made of it."""

from collections.abc import Mapping
from functools import cache

import numpy as np
from torch import Tensor

from explorer.labs.sequences.tasks.task import Seen, Task
from explorer.labs.sequences.tasks.text import foresight
from explorer.sequences.generation import generate
from explorer.sequences.kinds import Network
from explorer.sequences.problems import Problem, Writing
from explorer.sequences.problems.writing import writer
from explorer.sequences.strokes import DIRECTIONS, LETTERS, MOVES, drawn, lettering, moves
from explorer.sequences.vocabulary import Vocabulary

LEARNED, HELD_OUT = 1_200, 300  # letters
PRIME = "n"
DRAWN = 90  # moves
TEMPERATURE = 0.5


@cache
def strokes() -> Writing:
    """The problem of the next move."""
    learned, held_out = lettering(LEARNED, 0), lettering(HELD_OUT, 1)
    return Writing(learned, held_out, Vocabulary(MOVES), unit="move")


def path(text: str, points: int, name: str) -> dict[str, np.ndarray]:
    """Where a pen was, as two arrays of so many points; those that are not there are NaN."""
    found = {}
    for axis, places in zip("xy", drawn(text), strict=True):
        row = np.full(points, np.nan, dtype=np.float32)
        row[: min(points, len(places))] = places[:points]
        found[f"{name}_{axis}"] = row
    return found


def still(problem: Problem) -> Seen:
    """The strokes that every network goes on from."""
    prime = moves(PRIME)
    return Seen(path(prime, len(prime) + 1, "prime"))


def seen(problem: Problem, network: Network, answers: Tensor) -> Seen:
    """What a network draws after the first letter; nothing where it has no state to carry on."""
    assert isinstance(problem, Writing)
    prime = moves(PRIME)
    found = writer(network, problem.vocabulary)
    made = "" if found is None else generate(found, prime, DRAWN, TEMPERATURE).text
    course = path(prime + made, len(prime) + DRAWN + 1, "pen")
    for row in course.values():  # the first letter is drawn for all of them
        row[: len(prime) if made else None] = np.nan
    return Seen(course)


TASKS: Mapping[str, Task] = {
    "strokes": Task(
        label="Drawing letters",
        asks="which way the pen moves next",
        purpose="Letters as moves of one length in sixteen directions, the pen down or lifted. "
        "What is expected next can be drawn from: then the network draws.",
        source=f"Made by a formula: {LEARNED:,} letters at random, of {len(LETTERS)} that are ours "
        f"({', '.join(LETTERS)}), in {2 * DIRECTIONS} kinds of move, slanted anew for every twelve "
        f"letters; {HELD_OUT} others held out",
        family="strokes",
        problem=lambda typed: strokes(),
        line_up=("vanilla", "gru", "window"),
        updates=300,
        rate=1e-2,
        floors=("chance", "none", "two"),
        look=f"What each network draws after a letter {PRIME}, at temperature {TEMPERATURE:g} with "
        "one seed, from what it expects at this moment.",
        still=still,
        seen=seen,
        remark=foresight,
        units=64,
        unit="move",
    ),
}
