"""Translating: dates, number words and sums to digits, words from behind; and what is shown of it.

Letters in the shapes: T steps that are written, N sequences, C signs, S signs of a source.
"""

from collections.abc import Mapping
from functools import cache

import numpy as np
import torch
from torch import Tensor

from explorer.gradients.shares import wilson
from explorer.labs.sequences.tasks.task import Seen, Task
from explorer.sequences.kinds import EncoderDecoder, Network
from explorer.sequences.languages import LANGUAGES
from explorer.sequences.problems import Problem, Translation

BLANK, ENDS = "␣", "■"
"""How a blank, and the end of a translation, are drawn."""


@cache
def translation(name: str) -> Translation:
    """The problem of one way to translate."""
    return Translation(LANGUAGES[name])


@cache
def shown(name: str) -> int:
    """Which held-out pair is shown: the first of the longest sources."""
    lengths = [len(pair.source) for pair in translation(name).pairs]
    return lengths.index(max(lengths))


def visible(text: str) -> str:
    """A text with its blanks in sight."""
    return text.replace(" ", BLANK)


def still(problem: Problem, name: str) -> Seen:
    """The right translation of the pair that is shown."""
    assert isinstance(problem, Translation)
    return Seen(line=problem.pairs[shown(name)].target)


def seen(problem: Problem, network: Network, answers: Tensor, name: str) -> Seen:
    """What a network writes of it, where it looks, and how many signs of all pairs are right."""
    assert isinstance(problem, Translation)
    assert isinstance(network, EncoderDecoder)
    place = shown(name)
    right, known = (int(each.sum()) for each in problem.right(answers, problem.held_out))
    low, high = wilson(right, known)
    exact = int(problem.scores(answers, problem.held_out).sum())
    least, most = wilson(exact, len(problem.pairs))
    scalars = {"signs": right / known, "signs_low": low, "signs_high": high}
    scalars |= {"least": least, "most": most}
    line = problem.text(answers[:, place].argmax(-1).tolist())
    if not network.attends:
        return Seen({}, line, scalars=scalars)
    pair = problem.pairs[place]
    with torch.no_grad():
        source = network.read(problem.encode(pair.source)[:, None])
        attention = network.greedy(source, problem.shape.writes).attention[:, 0]
    picture = np.zeros((len(pair.source), problem.shape.writes), dtype=np.float32)
    picture[:, : len(attention)] = attention.T.numpy()[::-1]
    return Seen({"attention": picture}, line, scalars=scalars)


def _task(
    name: str,
    label: str,
    asks: str,
    purpose: str,
    source: str,
    updates: int,
    line_up: tuple[str, ...] = ("translator", "attending", "reversed"),
) -> Task:
    return Task(
        label=label,
        asks=asks,
        purpose=purpose,
        source=source,
        family="translation",
        problem=lambda typed: translation(name),
        line_up=line_up,
        updates=updates,
        rate=5e-3,
        floors=("nearest",),
        look="Under the source stands what each network writes by itself, sign by sign, until it "
        "writes an end; wrong signs are marked. The map shows how much it looks at each sign of "
        "the source before it writes one.",
        still=lambda problem: still(problem, name),
        seen=lambda problem, network, answers: seen(problem, network, answers, name),
        text=lambda: visible(translation(name).pairs[shown(name)].source),
        example=lambda: shown(name),
        units=64,
        embedding=32,
    )


DRAWN = "drawn by a formula; no {} of the held-out pairs is among those to learn from"
TASKS: Mapping[str, Task] = {
    "dates": _task(
        "dates",
        "Dates",
        "which day a date names, as ISO 8601 writes it",
        "The same signs in another order and another spelling: what is written first is read last. "
        "A program of rules does it without an error; here it is learned from pairs.",
        f"Days from 1950 to 2049 in six spellings, {DRAWN.format('day')}",
        200,
    ),
    "sums": _task(
        "sums",
        "Sums as text",
        "what the sum of two numbers is, digit by digit",
        "Nothing tells that digits are numbers. The first digit of a sum may hang on a carry that "
        "comes from its last one (Zaremba and Sutskever 2014).",
        "Two numbers up to 99, " + DRAWN.format("sum, whichever of its parts comes first,"),
        450,
    ),
    "words": _task(
        "words",
        "Number words",
        "which number words name, in digits",
        "Words of unequal length become one digit each, and some become none: the places of the "
        "digits hang on “hundred” and “thousand”.",
        f"Numbers below 10,000 in English, {DRAWN.format('number')}",
        150,
    ),
    "reversal": _task(
        "reversal",
        "Reversal",
        "a word from behind",
        "Ten letters have to pass through the last state of an encoder without attention. Read "
        "from behind, the letter that is written first is the one that was read first.",
        f"Four to ten letters, {DRAWN.format('word')}",
        250,
    ),
}
