"""Labelling where the answer lies in the future: Python source, a label for every character.

Letters in the shapes: T steps, N windows, C labels.
"""

from collections.abc import Mapping
from functools import cache

from jaxtyping import Float, Int64
from torch import Tensor

from explorer.labs.sequences.tasks.task import Seen, Task
from explorer.networks.tasks.python import python_excerpt
from explorer.sequences.ahead import AHEAD
from explorer.sequences.problems import Labelling, Problem
from explorer.sequences.problems.problem import UNKNOWN
from explorer.sequences.vocabulary import Vocabulary

LEARNED, HELD_OUT = 500_000, 60_000  # characters
WINDOW = 64  # characters read at once
SOURCE = (
    "500,000 characters of the source of the Python standard library that runs this page, and "
    "60,000 of other files of it held out"
)


@cache
def texts() -> tuple[str, str]:
    """What is learned from, and what is held out."""
    return python_excerpt(LEARNED, HELD_OUT)


@cache
def vocabulary() -> Vocabulary:
    """The characters that are told apart."""
    return Vocabulary.of(texts()[0])


@cache
def labelling(name: str) -> Labelling:
    """The problem of one way to label."""
    learned, held_out = texts()
    known, ahead = vocabulary(), AHEAD[name]
    codes = known.encode(learned).numpy(), known.encode(held_out).numpy()
    labels = ahead.of(learned), ahead.of(held_out)
    return Labelling(
        codes,
        labels,
        len(known),
        len(ahead.classes),
        length=WINDOW,
        signs=tuple(known[code] for code in range(len(known))),
        names=ahead.classes,
    )


@cache
def shown(name: str) -> int:
    """Which held-out window is shown: the one with the most steps at which the label changes."""
    targets = labelling(name).held_out.targets
    changes = (targets[1:] != targets[:-1]) & (targets[1:] != UNKNOWN)
    return int(changes.sum(0).argmax())


def text(name: str) -> str:
    """The characters of the window that is shown, a line break as ↵."""
    codes = labelling(name).held_out.inputs[:, shown(name)].tolist()
    return "".join(vocabulary()[code] for code in codes).replace("\n", "↵")


def still(problem: Problem, name: str) -> Seen:
    """The right labels of the window that is shown."""
    return Seen(line=line(problem.held_out.targets[:, shown(name)], AHEAD[name].signs))


def seen(problem: Problem, answers: Float[Tensor, "T N C"], name: str) -> Seen:
    """What a network says of every character of that window that has a label."""
    place = shown(name)
    targets = problem.held_out.targets[:, place]
    said = answers[:, place].argmax(-1)
    return Seen(line=line(said.masked_fill(targets == UNKNOWN, UNKNOWN), AHEAD[name].signs))


def line(labels: Int64[Tensor, " T"], signs: str) -> str:
    """Labels as signs, and a blank where there is none."""
    return "".join(" " if label == UNKNOWN else signs[label] for label in labels.tolist())


def _task(name: str, purpose: str, look: str) -> Task:
    ahead = AHEAD[name]
    return Task(
        label=ahead.label,
        asks=f"of every character {ahead.says}",
        purpose=purpose,
        source=SOURCE,
        family="labels",
        problem=lambda numbers: labelling(name),
        line_up=("vanilla", "both", "window"),
        updates=400,
        rate=1e-2,
        floors=("chance", "three"),
        look=look,
        still=lambda problem: still(problem, name),
        seen=lambda problem, network, answers: seen(problem, answers, name),
        text=lambda: text(name),
        example=lambda: shown(name),
    )


TASKS: Mapping[str, Task] = {
    "vowel": _task(
        "vowel",
        "The answer has not been read yet when it is asked for: whoever reads forward can only "
        "guess from what is usual.",
        "Under each character of the text stands the vowel that a network expects next; wrong "
        "ones are marked. At the end of the window the vowel lies beyond it.",
    ),
    "line": _task(
        "line",
        "Code before a colon looks different from code before a comma, so the past says something "
        "here; the end itself says all.",
        "Under each character stands what its line ends with (a: a letter or digit, a full stop: "
        "any other sign); wrong ones are marked. The last line ends beyond the window.",
    ),
    "bracket": _task(
        "bracket",
        "An open bracket tells that one will close, and not where. Only who has read on can count.",
        "Under each character inside brackets stands how far away the closing one is, in five "
        "classes: up to 3, 8, 16, 32 characters, and more. Wrong ones are marked.",
    ),
}
