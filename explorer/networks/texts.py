"""Texts to learn from, and what every task of expecting their next character has in common."""

import hashlib
import math
import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from explorer.dials import Dial
from explorer.networks.cards import Examination, Tells, told
from explorer.networks.kinds import CHARACTERS
from explorer.networks.material import Material, characters
from explorer.networks.measured import Measured
from explorer.networks.recipes import Goal, Task
from explorer.sequences import CharacterNetwork, CharacterTraining, Vocabulary, held_out
from explorer.sequences.generation import generate
from explorer.sequences.heldout import Excerpts, excerpts, placed, remembered
from explorer.sequences.syntax import Annotate
from explorer.sequences.training import CharacterLesson
from explorer.sequences.units import telling_unit

EXCERPTS, LENGTH = 24, 300  # of held-out text: less than a card takes, for speed
SAMPLE = 160  # characters
TEMPERATURE = 0.8
TELLS = 0.75  # from which score on a unit is said to tell something
LONGEST_TEXT = 1_000  # characters that a visitor types
NATS = "nats a character"


@dataclass(frozen=True)
class Text:
    """A text in three parts by whole files: to learn from, to choose on, to score on."""

    name: str
    learned: str
    choosing: str
    scoring: str
    files: int
    python: str
    sha256: str
    annotate: Annotate  # what can be asked of its places
    whole: str = "files"  # what was held out whole


def parted(name: str, parts: Mapping[str, list[str]], whole: str, annotate: Annotate) -> Text:
    """A text of three lists of files, "learned", "choosing" and "scoring"."""
    joined = {part: "".join(texts) for part, texts in parts.items()}
    everything = "\0".join(joined.values()).encode()
    return Text(
        name=name,
        files=sum(map(len, parts.values())),
        python=platform.python_version(),
        sha256=hashlib.sha256(everything).hexdigest(),
        whole=whole,
        annotate=annotate,
        **joined,
    )


def typed(setting: str, example: str) -> Material:
    """A text that a visitor types, under this name in links."""
    row = Dial(
        label="Text",
        help="Type anything; Shift and Enter, or ↵, break a line.",
        longest=LONGEST_TEXT,
    )
    return Material(setting=setting, row=row, example=example, given=characters)


def text_task(
    name: str,
    label: str,
    text: Callable[[], Text],
    *,
    place: int,
    prompt: str,
    material: Material,
    tells: Tells,
    reads: str = "",
) -> Task:
    """Expecting the next character of a text; `tells` has the words for each question about it.

    The first question is the one that is followed while a network learns.
    """
    question, (one, other) = next(iter(tells.items()))

    @cache
    def held_back(vocabulary: Vocabulary) -> tuple[Excerpts, Excerpts]:
        """Excerpts to choose units on, and others to score them on."""
        read = text()
        choosing, scoring = (
            excerpts(vocabulary, part, EXCERPTS, LENGTH, read.annotate)
            for part in (read.choosing, read.scoring)
        )
        return choosing, scoring

    def lesson(settings: CharacterTraining) -> CharacterLesson:
        read = text()
        return CharacterLesson(read.learned, settings, read.annotate)

    def measure(network: CharacterNetwork, before: Measured | None) -> Measured:
        first, second = held_back(network.vocabulary)
        return measured(network, first, second, question, tells, prompt, before)

    def examine(network: CharacterNetwork, settings: CharacterTraining) -> Examination:
        return examined(network, text())

    return Task(
        name=name,
        label=label,
        reads=reads or label,
        place=place,
        kind=CHARACTERS,
        goal=Goal(
            loss=NATS,
            held_out="held-out text",
            unit=f"best unit: {one} or {other}",
            baselines=(("blind", "blind guessing"),),
            prompt=prompt,
        ),
        material=material,
        tells=tells,
        lesson=lesson,
        measure=measure,
        examine=examine,
    )


def measured(
    network: CharacterNetwork,
    choosing: Excerpts,
    scoring: Excerpts,
    question: str,
    tells: Tells,
    prompt: str,
    before: Measured | None,
) -> Measured:
    """Loss, the unit that answers a question best, and what the network writes after a prompt."""
    chosen_on, _ = remembered(network, choosing.codes)
    scored_on, losses = remembered(network, scoring.codes)
    found = placed(
        telling_unit(
            question,
            (chosen_on.reshape(-1, chosen_on.shape[-1]), choosing.inside[question][:-1].ravel()),
            (scored_on.swapaxes(0, 1), scoring.inside[question][:-1].T),
        ),
        network.units,
    )
    loss, blind = losses.mean().item(), math.log(len(network.vocabulary))
    sample = prompt + generate(network, prompt, SAMPLE, TEMPERATURE).text
    newly = found.score >= TELLS and (before is None or before.scalars["score"] < TELLS)
    return Measured(
        {"held_out": loss, "blind": blind, "score": found.score, "unit": float(found.unit)},
        sentences={
            "sample": sample,
            "unit": f"**Unit {found.unit}** tells {told(found, tells)}.",
        },
        begins=f"Nothing is learned yet: guessing blindly costs {blind:.2f} nats a character, and "
        "what it writes is noise.",
        says=f"A held-out character costs {loss:.2f} nats, down from {blind:.2f} for blind "
        f"guessing: as if it chose among {math.exp(loss):.1f} equally likely ones.",
        event=f"unit {found.unit} tells {question}" if newly else "",
    )


def examined(network: CharacterNetwork, text: Text) -> Examination:
    """Loss and named units of a network on what was held out of its text."""
    found = held_out(network, text.choosing, text.scoring, text.annotate)
    guess = math.log(len(network.vocabulary))
    return Examination(
        data=f"{text.name}, Python {text.python}, {text.files} {text.whole}, "
        f"{len(text.learned):,} characters learned from",
        sha256=text.sha256,
        loss=found.loss,
        loss_error=found.loss_error,
        loss_unit=NATS,
        compared=f"guessing blindly would cost {guess:.2f}",
        telling=found.telling,
        following=found.following,
        held_out=text.whole,
    )
