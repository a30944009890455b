"""Reber's grammar and the embedded one: what may come next is known exactly."""

from collections.abc import Mapping
from functools import cache

from jaxtyping import Float
from torch import Tensor

from explorer.labs.sequences.tasks.task import Seen, Task
from explorer.sequences.grammars import SYMBOLS
from explorer.sequences.problems import Problem
from explorer.sequences.problems.grammar import Grammar

FITS = "."
"""Stands under a symbol after which all that is expected may come."""


@cache
def grammar(embedded: bool) -> Grammar:
    """The problem."""
    return Grammar(embedded)


@cache
def shown(embedded: bool) -> int:
    """Which held-out string is shown: the first of the longest below 40 symbols."""
    lengths = [len(text) if len(text) < 40 else 0 for text in grammar(embedded).strings]
    return lengths.index(max(lengths))


def still(problem: Problem, embedded: bool) -> Seen:
    """What stands under each symbol where all is right."""
    assert isinstance(problem, Grammar)
    return Seen(line=FITS * (len(problem.strings[shown(embedded)]) - 1))


def seen(problem: Problem, answers: Float[Tensor, "T N C"], embedded: bool) -> Seen:
    """A symbol that is expected after each one and may not come, or a dot where there is none."""
    assert isinstance(problem, Grammar)
    place = shown(embedded)
    wrong = problem.wrong(answers)[: len(problem.strings[place]) - 1, place]
    line = [SYMBOLS[int(row.int().argmax())] if bool(row.any()) else FITS for row in wrong]
    return Seen(line="".join(line))


def _task(
    embedded: bool,
    label: str,
    purpose: str,
    floors: tuple[str, ...],
    updates: int = 300,
    rate: float = 1e-2,
) -> Task:
    return Task(
        label=label,
        asks="which symbols may come next",
        purpose=purpose,
        source="3,000 strings drawn from the grammar, each of two ways with the same chance; 200 "
        "other ones held out",
        family="labels",
        problem=lambda typed: grammar(embedded),
        line_up=("vanilla", "rnn", "window"),
        updates=updates,
        rate=rate,
        window=4,
        floors=floors,
        look="Under each symbol of a string stands a dot where all that a network expects next may "
        "come, and else what may not.",
        still=lambda problem: still(problem, embedded),
        seen=lambda problem, network, answers: seen(problem, answers, embedded),
        example=lambda: shown(embedded),
        text=lambda: grammar(embedded).strings[shown(embedded)][:-1],
    )


TASKS: Mapping[str, Task] = {
    "reber": _task(
        False,
        "Reber grammar",
        "The last two symbols tell the state of the grammar, so a table of two makes no mistake: "
        "nothing has to be remembered for long.",
        ("one", "two"),
    ),
    "embedded": _task(
        True,
        "Embedded Reber grammar",
        "The second symbol comes again as the last but one: it has to be held over all that stands "
        "between (Hochreiter and Schmidhuber 1997).",
        ("two", "forgotten"),
        800,
        5e-3,
    ),
}
