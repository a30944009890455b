"""A trained network writes on after a prime text: every sign with what it was drawn from.

A sign is a character, or a move of a pen. **Frames**, one for each that was written, which is its
step: arrays ``codes chosen expected`` (`SHOWN`,), the likeliest signs, what they were drawn with,
and what the network itself expected, and of a pen ``pen_x pen_y``, where it was so far; scalars
``surprise`` in nats by the network's own expectation, ``choices``, how many equally likely signs
would be as open (e to the entropy of what was drawn from), and ``mean``, the surprise a sign so
far. Sentence ``text``, up to that character.

**Still**: of a pen ``prime_x prime_y greedy_x greedy_y``; scalar ``blind``, the surprise of
guessing blindly; sentences ``greedy``, what comes of always taking the likeliest, ``says`` and
``look``.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from explorer.dials import check, dial
from explorer.labs.sequences.scribes import scribe
from explorer.labs.sequences.tasks.pen import path
from explorer.networks.material import as_meant
from explorer.networks.shipped import load_network
from explorer.runs.frames import Frame
from explorer.sequences import CharacterNetwork
from explorer.sequences.generation import Generation, generate
from explorer.sequences.strokes import LETTERS, moves

LONGEST_PRIME = 200  # characters
SHOWN = 7  # likeliest characters
GLIMPSED = 60  # characters that are written while a hand moves
MOST_KEPT = 60  # of the likeliest: fewer than any of these networks knows
REPEATED = 12  # characters; what comes again as long as that is a loop
BLANKS = {" ": "character, the blank", "\n": "character, the line break"}  # which nobody sees


def of_characters(name: str) -> CharacterNetwork:
    """A network of the shelf that reads characters."""
    found = load_network(name)
    assert isinstance(found, CharacterNetwork)
    return found


@dataclass(frozen=True)
class Author:
    """A trained network that writes: its label in menus, what it goes on from, where it is.

    One that ``draws`` reads and writes moves of a pen; its prime text is traced before them.
    """

    label: str
    prime: str
    load: Callable[[str], CharacterNetwork] = of_characters
    draws: bool = False

    @property
    def unit(self) -> str:
        """What it writes one after the other."""
        return "move" if self.draws else "character"


PYTHON, ENGLISH = "def ", "The "
AUTHORS: Mapping[str, Author] = {
    "characters-lstm": Author("Python, LSTM", PYTHON),
    "characters-gru": Author("Python, GRU", PYTHON),
    "characters-rnn_tanh": Author("Python, plain RNN", PYTHON),
    "english-lstm": Author("English, two layers of LSTM", ENGLISH),
    "strokes-lstm": Author("Strokes of a pen, LSTM", "nine", scribe, draws=True),
}
"""Networks that ship with the laboratory, by their names there."""


@dataclass(frozen=True)
class Writing:
    """What is written by whom, and how it is drawn. Raises ValueError with one line."""

    author: str = dial("characters-lstm", "Network", "Who writes.", choices=AUTHORS)
    prime: str = dial(
        PYTHON,
        "Prime text",
        "What is read before the first character is written; ↵ is a line break. For the pen it is "
        f"made of the letters {''.join(LETTERS)}.",
        longest=LONGEST_PRIME,
    )
    temperature: float = dial(
        0.6,
        "Temperature",
        "The logarithms of all probabilities are divided by it: 0 takes the likeliest, 1 draws as "
        "the network expects.",
        low=0.0,
        high=5.0,
        step=0.05,
        offered=(0.0, 2.0),
    )
    top_k: int = dial(
        0,
        "Top k",
        "Only the likeliest characters are drawn from; 0 is all of them (Fan et al. 2018).",
        low=0,
        high=MOST_KEPT,
        offered=(0, 1, 2, 3, 5, 10, 20, 40),
        shown=lambda count: str(count) if count else "all",
    )
    letters: int = dial(
        160, "Characters", "How many are written.", low=1, high=600, offered=(40, 80, 160, 320)
    )
    drawing: int = dial(0, "Draw", "Seed of the draws.", low=0, high=10**9)

    def __post_init__(self) -> None:
        check(self)
        if not self.prime:
            raise ValueError("there must be at least one character to write on from")
        if self.who.draws:
            moves(self.prime)  # which says which letters it does not know

    @property
    def who(self) -> Author:
        """Who writes."""
        return AUTHORS[self.author]

    @property
    def network(self) -> CharacterNetwork:
        """The network that writes."""
        return self.who.load(self.author)

    @property
    def primed(self) -> str:
        """What is read before anything is written."""
        return moves(self.prime) if self.who.draws else as_meant(self.prime)

    def written(self, moving: bool = False, greedy: bool = False) -> Generation:
        """What is written; less of it while a hand moves."""
        network = self.network
        kept = min(self.top_k, len(network.vocabulary))  # as many as there are is all of them
        return generate(
            network,
            self.primed,
            min(self.letters, GLIMPSED) if moving else self.letters,
            0.0 if greedy else self.temperature,
            0 if greedy else kept,
            self.drawing,
        )


def picture(writing: Writing, moving: bool = False) -> tuple[Frame, list[Frame]]:
    """Return what never moves, and a frame for every character written."""
    network, made = writing.network, writing.written(moving)
    greedy = writing.written(moving, greedy=True)
    expected = _expected(network, made)
    frames = []
    for step in range(len(made.text)):
        chosen = made.probabilities[step].numpy()
        likeliest = np.argsort(-expected[step], kind="stable")[:SHOWN]
        kept = chosen[chosen > 0]
        frames.append(
            Frame(
                step + 1,
                {
                    "codes": likeliest.astype(np.float32),
                    "chosen": chosen[likeliest].astype(np.float32),
                    "expected": expected[step][likeliest].astype(np.float32),
                    **(_course(made, step + 1) if writing.who.draws else {}),
                },
                {
                    "surprise": float(made.surprise[step]),
                    "choices": float(np.exp(-(kept * np.log(kept)).sum())),
                    "mean": float(made.surprise[: step + 1].mean()),
                },
                {} if writing.who.draws else {"text": made.prompt + made.text[: step + 1]},
            )
        )
    still = Frame(
        0,
        _traced(made, greedy) if writing.who.draws else {},
        {"blind": math.log(len(network.vocabulary))},
        {
            **({} if writing.who.draws else {"greedy": greedy.prompt + greedy.text}),
            "says": says(writing, made, greedy),
            "look": look(writing),
        },
    )
    return still, frames


def _course(made: Generation, many: int) -> dict[str, np.ndarray]:
    """Where the pen was after so many moves of its own, NaN where none has been yet."""
    begins = len(made.prompt)
    found = path(made.prompt + made.text[:many], begins + len(made.text) + 1, "pen")
    return {name: row[begins:] for name, row in found.items()}


def _traced(made: Generation, greedy: Generation) -> dict[str, np.ndarray]:
    """The strokes of the prime text, and those of the likeliest moves behind them."""
    begins = len(made.prompt)
    likeliest = path(greedy.prompt + greedy.text, begins + len(greedy.text) + 1, "greedy")
    return path(made.prompt, begins + 1, "prime") | {k: v[begins:] for k, v in likeliest.items()}


def _expected(network: CharacterNetwork, made: Generation) -> np.ndarray:
    """What the network itself expected at every character that was written."""
    reading = network.read(made.prompt + made.text)
    first = len(made.prompt) - 1
    shares: np.ndarray = reading.probabilities[first : first + len(made.text)].numpy()
    return shares


def says(writing: Writing, made: Generation, greedy: Generation) -> str:
    """How surprising the text is to its own author, and whether the likeliest turns in a circle."""
    mean, unit = float(made.surprise.mean()), writing.who.unit
    said = (
        f"What it writes surprises the network itself by {mean:.2f} nats a {unit} at temperature "
        f"{writing.temperature:g}."
    )
    length = circle(greedy.text)
    if length:
        said += (
            f" Always taking the likeliest ends in a circle of {length} "
            f"{f'{unit}s' if length > 1 else BLANKS.get(greedy.text[-1], unit)}."
        )
    unknown = writing.network.vocabulary.unknown(made.prompt)
    if unknown:
        said += f" It never saw {', '.join(unknown[:5])} and reads � instead."
    return said


def look(writing: Writing) -> str:
    """What there is to see at this temperature."""
    unit = writing.who.unit
    kept = f"the {writing.top_k} likeliest" if writing.top_k else f"all {unit}s"
    if writing.temperature == 0:
        both = "drawings" if writing.who.draws else "texts"
        return f"At temperature 0 nothing is left to chance: both {both} are the same."
    return (
        f"Each {unit} is drawn from {kept}, sharpened where the temperature is below 1 and "
        "flattened above it. One seed draws the same chances at every temperature, so two "
        "part only where the sharpening decides."
    )


def circle(text: str) -> int:
    """How long what a text repeats at its end is: 0 where it has no two copies there.

    At least `REPEATED` characters must be the same as those a period earlier.
    """
    for period in range(1, len(text) // 2 + 1):
        stretch = max(period, REPEATED)
        if len(text) < period + stretch:
            break
        if text[-stretch:] == text[-stretch - period : -period]:
            return period
    return 0
