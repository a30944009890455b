"""A trained encoder-decoder translates a text of the visitor: its beam, and where it looks.

**Frames**, one for each sign of the translation that the beam found, its end included: arrays
``attention`` (signs of the source), how much the decoder looks at each before it writes this one
(zeros without attention), ``codes expected`` (`SHOWN`,), the likeliest signs and what is expected
of them, and ``lit``, 1 for every branch of the tree on the way here; scalars ``chance`` of this
sign and ``so_far``, of all up to it.

**Still**: scalars ``best`` and ``greedy``, the chances of what the beam and the greedy choice
wrote; sentences ``says look cells`` and, for every kind of network, ``line/<kind>``.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int64
from torch import Tensor

from explorer.dials import check, dial
from explorer.labs.prose import spoken
from explorer.labs.sequences import shelf, words
from explorer.labs.sequences.learned import Learned
from explorer.labs.sequences.tasks.translations import TASKS, translation, visible
from explorer.labs.sequences.translators import SHIPPED, shipped
from explorer.runs.frames import Frame
from explorer.sequences.beam import Branch, Tree, beam_search
from explorer.sequences.kinds import KINDS, EncoderDecoder
from explorer.sequences.kinds.translating import END, chosen, taught_from
from explorer.sequences.languages import LANGUAGES
from explorer.sequences.learning import Carried
from explorer.sequences.problems import Translation

SHOWN = 6  # likeliest signs
LONGEST = 80  # signs of a text in a link
LEARNED = "learned"
"""The translator that learned here, or came in a file; all others are shipped."""
EXAMPLES: Mapping[str, str] = {
    "dates": "march 5, 1987",
    "sums": "58+67",
    "words": "three thousand two hundred five",
    "reversal": "network",
}


@dataclass(frozen=True)
class Translating:
    """What is translated by whom, and how it is searched for. Raises ValueError with one line."""

    language: str = dial("dates", "Task", "What is translated into what.", choices=TASKS)
    asked: str = dial(
        EXAMPLES["dates"],
        "Your text",
        "What is to be translated; capitals are read as small letters.",
        longest=LONGEST,
    )
    translator: str = dial(
        "attending",
        "Network",
        "Whose beam is drawn; the others translate too.",
        choices={**{kind: KINDS[kind].label for kind in SHIPPED}, LEARNED: "Yours"},
    )
    learned: str = dial("", "Network that learned here")  # its mark
    beam: int = dial(
        3,
        "Beam",
        "How many beginnings are kept at each step; 1 is the greedy choice.",
        low=1,
        high=8,
        offered=(1, 2, 3, 4, 5, 6, 7, 8),
    )

    def __post_init__(self) -> None:
        check(self)
        if self.learned and not (len(self.learned) == 16 and self.learned.isalnum()):
            raise ValueError("learned must be the mark of a network that learned here")
        known = LANGUAGES[self.language]
        if not self.text:
            raise ValueError("there must be at least one sign to translate")
        unknown = "".join(dict.fromkeys(sign for sign in self.text if sign not in known.reads))
        if unknown:
            raise ValueError(
                f"the task {TASKS[self.language].label!r} knows no {unknown[:8]!r}; it reads "
                f"{visible(known.reads)}"
            )
        if len(self.text) > known.longest:
            raise ValueError(
                f"the longest text of the task {TASKS[self.language].label!r} has "
                f"{known.longest} signs, not {len(self.text)}"
            )

    @property
    def text(self) -> str:
        """What is read: without capitals, and without blanks around it."""
        return self.asked.strip().lower()

    @property
    def problem(self) -> Translation:
        """The problem that the networks learned."""
        return translation(self.language)

    def network(self, kind: str = "") -> EncoderDecoder:
        """The network of a kind; that whose beam is drawn, where none is named.

        Raises `ValueError` where yours is not here, or translates something else.
        """
        kind = kind or self.translator
        if kind != LEARNED:
            return shipped(self.language, kind)
        found = self.own
        if found is None:
            raise ValueError(words.GONE if self.learned else words.NONE_LEARNED)
        if not isinstance(found.network, EncoderDecoder) or found.training.task != self.language:
            raise ValueError(
                f"your network learned the task {found.task.label!r}, not "
                f"{TASKS[self.language].label!r}"
            )
        return found.network

    @property
    def own(self) -> Learned | None:
        """What learned here, where it still is."""
        return shelf.kept(self.learned) if self.learned else None

    @property
    def translators(self) -> tuple[str, ...]:
        """All that translate this text: the shipped ones, and yours where it can."""
        found = self.own
        fits = found is not None and found.training.task == self.language
        return (*SHIPPED, LEARNED) if fits else SHIPPED

    def label(self, kind: str = "") -> str:
        """What a translator is called."""
        kind = kind or self.translator
        if kind != LEARNED or self.own is None:
            return KINDS[kind].label if kind != LEARNED else "Yours"
        return f"Yours, {self.own.updates:,} updates"


def searched(problem: Translation, network: EncoderDecoder, text: str, width: int) -> Tree:
    """The beam of a network over all translations of a text."""
    with torch.no_grad():
        source = network.read(problem.encode(text)[:, None])

        def expect(
            codes: Int64[Tensor, " W"], state: Carried
        ) -> tuple[Float[Tensor, "W C"], Carried]:
            said, after = network.write(source.repeated(len(codes)), codes[None], state)
            return said.answers[0].log_softmax(-1), after

        return beam_search(expect, chosen, source.last, width, problem.shape.writes, END)


def branches(tree: Tree) -> list[tuple[Branch, int]]:
    """Every branch that the beam ever kept, once, and its place in the row where it first stood."""
    found: dict[int, tuple[Branch, int]] = {}
    for row in tree.rows:
        for place, branch in enumerate(row):
            found.setdefault(id(branch), (branch, place))
    return list(found.values())


def picture(asked: Translating) -> tuple[Frame, list[Frame], Tree]:
    """Return what never moves, a frame for every sign of the translation, and the tree."""
    problem, network, text = asked.problem, asked.network(), asked.text
    tree = searched(problem, network, text, asked.beam)
    greedy = searched(problem, network, text, 1).best
    best, all_branches = tree.best, [branch for branch, _ in branches(tree)]
    codes = torch.tensor(best.codes)[:, None]
    read = problem.encode(text)[:, None]
    given = taught_from(codes)
    with torch.no_grad():
        source = network.read(read)
        said = network.write(source, given, source.last)[0]
    shares = said.answers[:, 0].softmax(-1).numpy()
    frames = []
    for step, branch in enumerate(best.line):
        likeliest = np.argsort(-shares[step], kind="stable")[:SHOWN]
        on_the_way = {id(each) for each in branch.line}
        lit = [1.0, *(float(id(each) in on_the_way) for each in all_branches)]
        frames.append(
            Frame(
                step + 1,
                {
                    "attention": said.attention[step, 0].numpy().copy(),
                    "codes": likeliest.astype(np.float32),
                    "expected": shares[step][likeliest].astype(np.float32),
                    "lit": np.asarray(lit, dtype=np.float32),
                },
                {
                    "chance": float(shares[step][branch.code]),
                    "so_far": math.exp(branch.log_probability),
                },
            )
        )
    lines = {kind: alone(asked, kind) for kind in asked.translators}
    labels = [asked.label(kind) for kind in asked.translators]
    right = problem.language.known(text)
    sentences = {
        "text": words.row("Text", visible(text), labels),
        "right": words.row("Right", right or "(no rule knows it)", labels),
        "says": says(asked, tree, greedy, right),
        "look": look(asked),
        "cells": words.by_cells(network.by_cells(read, given)),
    }
    for kind, line in lines.items():
        sentences[f"line/{kind}"] = words.row(asked.label(kind), line, labels)
        sentences[f"right/{kind}"] = words.row(asked.label(kind), right or line, labels)
    scalars = {
        "best": math.exp(best.log_probability),
        "greedy": math.exp(greedy.log_probability),
        "kept": float(len(all_branches)),
    }
    return Frame(0, {}, scalars, sentences), frames, tree


def alone(asked: Translating, kind: str) -> str:
    """What a network of a kind writes greedily."""
    branch = searched(asked.problem, asked.network(kind), asked.text, 1).best
    return asked.problem.text(list(branch.codes))


def says(asked: Translating, tree: Tree, greedy: Branch, right: str | None) -> str:
    """What the beam found, whether the greedy choice missed it, and whether it is right."""
    text = asked.problem.text
    found, first = text(list(tree.best.codes)), text(list(greedy.codes))
    label = asked.label()
    chance = spoken(math.exp(tree.best.log_probability), 2)
    ended = "" if tree.best.ended else ", which it does not end"
    verb = ", writes" if asked.translator == LEARNED else " writes"
    head = f"{label}{verb} “{found}”{ended}, with probability {chance}"
    if asked.beam == 1:
        middle = ": one beginning is kept, which is the greedy choice."
    elif tree.best.codes == greedy.codes:
        middle = f": a beam of {asked.beam} finds what the greedy choice finds."
    elif tree.best.log_probability > greedy.log_probability:
        other = spoken(math.exp(greedy.log_probability), 2)
        middle = f"; the greedy choice ends at “{first}”, with {other}."
    else:
        other = spoken(math.exp(greedy.log_probability), 2)
        middle = f"; it dropped what the greedy choice finds, “{first}”, with {other}."
    if right is None:
        return f"{head}{middle} No rule of this task covers the text, so nothing is right or wrong."
    if found == right:
        return f"{head}{middle} That is right."
    likelier = " The likeliest of all need not be right." if asked.beam > 1 else ""
    return f"{head}{middle} Right is “{right}”.{likelier}"


def look(asked: Translating) -> str:
    """What there is to see."""
    tree = (
        "Each box of the tree is a beginning that was kept; without a way on, and without the end "
        "■, it was dropped."
    )
    if not asked.network().attends:
        return f"This network looks at nothing but the last state of its encoder. {tree}"
    return (
        "Point at a sign of the translation, or use the arrow keys: above it stands how much each "
        f"sign of the text was looked at. {tree}"
    )
