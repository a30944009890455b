"""Problems that measure how far back a network can learn to reach: a row each.

All are drawn as columns, ready to be read: letters in the shapes are T steps, I inputs, N
sequences, A answers (the network answers at the last A steps).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from explorer.sequences.tasks import ADDING_BASELINE, adding_problem, stratified_adding_problem

SYMBOLS = 8
"""How many symbols there are to copy or to recall (Arjovsky et al. 2016)."""
BLANK, MARKER = SYMBOLS, SYMBOLS + 1
NOISE = 0.3
"""Standard deviation of what is added to the noisy sine."""


@dataclass(frozen=True)
class Questions:
    """Sequences and what is to be answered: numbers, or the places of the right classes."""

    inputs: Float[Tensor, "T I N"]
    targets: Float[Tensor, "A N"] | Int[Tensor, "A N"]


Draw = Callable[[int, int, int, torch.Generator], Questions]
OfLength = Callable[[int, int], float]


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One problem: how it is drawn, and what somebody without any memory reaches.

    `draw`, `baseline` and the counts take its length and its number of symbols. The error that a
    network is judged by is the mean square where a number is answered, else the share of wrong
    answers among the last `asked` ones; below `solved` it counts as solved. `answered` are the
    last so many steps, at which the loss reads the network.
    """

    label: str
    what: str
    """What is asked, in one sentence."""
    source: str
    inputs: int
    classes: int
    """Of what is answered; 0 is one number."""
    draw: Draw
    baseline: OfLength
    """The loss of the best answer without memory: mean square, or nats for each answer."""
    formula: str
    """The baseline as it is written."""
    solved: float
    criterion: str
    """What `solved` is, in words."""
    guessing: float
    """The error of guessing."""
    mean: float = 0.0
    """The best number to answer without memory."""
    steps: Callable[[int, int], int] = lambda length, symbols: length
    answered: Callable[[int, int], int] = lambda length, symbols: 1
    asked: Callable[[int, int], int] = lambda length, symbols: 1
    test: Draw | None = None
    """How a fixed set is drawn, where it may be spread more evenly than the draws."""
    shortest: int = 2
    repeats: bool = False
    """Whether it has a number of symbols."""

    def admit(self, length: int) -> None:
        """Raise `ValueError` with one line for a length that is too short for it."""
        if length < self.shortest:
            raise ValueError(
                f"length must be at least {self.shortest} for {self.label}, not {length}"
            )


def adding(sequences: int, length: int, symbols: int, rng: torch.Generator) -> Questions:
    """Numbers in [0, 1], one of each half marked: their sum (Arjovsky et al. 2016)."""
    drawn = adding_problem(sequences, length, rng)
    return Questions(drawn.inputs.permute(1, 2, 0), drawn.targets[None])


def spread_adding(sequences: int, length: int, symbols: int, rng: torch.Generator) -> Questions:
    """The same with the two marked numbers spread evenly; `sequences` is a multiple of 25."""
    drawn = stratified_adding_problem(sequences // 25, 25, length, rng)
    return Questions(drawn.inputs.permute(1, 2, 0), drawn.targets[None])


def adding_1997(sequences: int, length: int, symbols: int, rng: torch.Generator) -> Questions:
    """The first form: numbers in [-1, 1], both marks early, 0.5 + (X₁ + X₂) / 4.

    Hochreiter and Schmidhuber (1997, section 5.4): marks are 1, the two ends are marked -1, all
    others 0; one mark falls into the first ten steps, the other into the first half, and a marked
    number at the very first step counts as 0. Their sequences are up to a tenth longer at random;
    these all have the same length.
    """
    inputs = torch.zeros(length, 2, sequences)
    inputs[:, 0].uniform_(-1, 1, generator=rng)
    half = length // 2
    first = torch.randint(0, min(10, half), (1, sequences), generator=rng)
    second = torch.randint(0, half - 1, (1, sequences), generator=rng)
    second = second + (second >= first)  # any other step of the half
    inputs[0, 1] = inputs[-1, 1] = -1
    total = torch.zeros(1, sequences)
    for marked in (first, second):
        inputs[:, 1].scatter_(0, marked, 1)
        total += torch.where(marked > 0, inputs[:, 0].gather(0, marked), 0)
    return Questions(inputs, 0.5 + total / 4)


def copying(sequences: int, length: int, symbols: int, rng: torch.Generator) -> Questions:
    """Symbols, blanks, a marker: then the symbols again, and blank until then.

    K symbols, T − 1 blanks, one marker and K more blanks (Arjovsky et al. 2016, section 5.1).
    """
    codes = torch.full((length + 2 * symbols, sequences), BLANK)
    shown = torch.randint(0, SYMBOLS, (symbols, sequences), generator=rng)
    codes[:symbols] = shown
    codes[length + symbols - 1] = MARKER
    targets = torch.full_like(codes, BLANK)
    targets[-symbols:] = shown
    return Questions(one_hot(codes, SYMBOLS + 2), targets)


def recall(sequences: int, length: int, symbols: int, rng: torch.Generator) -> Questions:
    """The same sequences, of which only the recalled symbols are asked for."""
    drawn = copying(sequences, length, symbols, rng)
    return Questions(drawn.inputs, drawn.targets[-symbols:])


def temporal_order(sequences: int, length: int, symbols: int, rng: torch.Generator) -> Questions:
    """Two of the symbols X and Y among distractors: which came first, and which then?

    Hochreiter and Schmidhuber (1997, section 5.6, task 6a): between E and B, distractors a to d;
    X or Y at two places, of 100 to 110 steps from 10 to 20 and from 50 to 60, and here at the same
    shares of any length. Four classes.
    """
    E, B, X, Y = 4, 5, 6, 7
    codes = torch.randint(0, 4, (length, sequences), generator=rng)
    codes[0], codes[-1] = E, B
    pair = torch.randint(0, 2, (2, sequences), generator=rng)
    for which, at in enumerate((length // 10, length // 2)):
        low, high = max(1, at), max(max(1, at) + 1, min(at + length // 10, length - 1))
        places = torch.randint(low, high, (1, sequences), generator=rng)
        codes.scatter_(0, places, torch.where(pair[which : which + 1] == 0, X, Y))
    return Questions(one_hot(codes, 8), (2 * pair[0] + pair[1])[None])


def parity(sequences: int, length: int, symbols: int, rng: torch.Generator) -> Questions:
    """Random bits: is the number of ones odd? (Hochreiter and Schmidhuber 1997, section 6.)"""
    bits = torch.randint(0, 2, (length, 1, sequences), generator=rng)
    return Questions(2.0 * bits - 1, bits.sum(0) % 2)


def noisy_sine(sequences: int, length: int, symbols: int, rng: torch.Generator) -> Questions:
    """A sine of 12 steps a turn at any phase, with noise in it: the next value, with its noise."""
    phase = 2 * math.pi * torch.rand(1, sequences, generator=rng)
    steps = torch.arange(length + 1)[:, None]
    noise = NOISE * torch.randn(length + 1, sequences, generator=rng)
    values = torch.sin(phase + 2 * math.pi * steps / 12) + noise
    return Questions(values[:-1, None], values[-1:])


def one_hot(codes: Int[Tensor, "T N"], kinds: int) -> Float[Tensor, "T kinds N"]:
    """A 1 in the row of each code."""
    found = torch.zeros(len(codes), kinds, codes.shape[1])
    return found.scatter_(1, codes[:, None], 1)


PROBLEMS: dict[str, Problem] = {
    "adding": Problem(
        label="adding",
        what="Two of the numbers are marked, one in each half; the answer is their sum.",
        source="Arjovsky, Shah and Bengio 2016",
        inputs=2,
        classes=0,
        draw=adding,
        test=spread_adding,
        baseline=lambda length, symbols: ADDING_BASELINE,
        formula="1/6",
        guessing=ADDING_BASELINE,
        mean=1.0,
        solved=0.01,
        criterion="a mean squared error below 0.01",
    ),
    "adding_1997": Problem(
        label="adding, 1997",
        what="Two numbers of the first half, between −1 and 1, are marked; the answer is 0.5 plus "
        "a quarter of their sum.",
        source="Hochreiter and Schmidhuber 1997, section 5.4",
        inputs=2,
        classes=0,
        draw=adding_1997,
        # Var U[-1, 1] = 1/3, twice, over 16; less where the first step is marked, which counts as 0
        baseline=lambda length, symbols: _baseline_1997(length),
        formula="about 1/24",
        guessing=1 / 24,
        mean=0.5,
        solved=0.01 / 4,
        criterion="a mean squared error below 0.0025, as far below guessing as in the other form",
        shortest=6,
    ),
    "copy": Problem(
        label="copy",
        what="Some symbols, then blanks; after a marker the symbols again, in their order.",
        source="Arjovsky, Shah and Bengio 2016",
        inputs=SYMBOLS + 2,
        classes=SYMBOLS + 1,
        draw=copying,
        baseline=lambda length, symbols: symbols * math.log(SYMBOLS) / (length + 2 * symbols),
        formula="K ln 8 / (T + 2K)",
        guessing=1 - 1 / SYMBOLS,
        solved=0.05,
        criterion="95 % of the symbols right",
        steps=lambda length, symbols: length + 2 * symbols,
        answered=lambda length, symbols: length + 2 * symbols,
        asked=lambda length, symbols: symbols,
        repeats=True,
    ),
    "recall": Problem(
        label="delayed recall",
        what="Some symbols, then blanks; after a marker the symbols again, and only they count.",
        source="the copy problem, its blanks not asked for",
        inputs=SYMBOLS + 2,
        classes=SYMBOLS + 1,
        draw=recall,
        baseline=lambda length, symbols: math.log(SYMBOLS),
        formula="ln 8",
        guessing=1 - 1 / SYMBOLS,
        solved=0.05,
        criterion="95 % of the symbols right",
        steps=lambda length, symbols: length + 2 * symbols,
        answered=lambda length, symbols: symbols,
        asked=lambda length, symbols: symbols,
        repeats=True,
    ),
    "order": Problem(
        label="temporal order",
        what="X or Y appears twice among other symbols; the answer is which came first and which "
        "then.",
        source="Hochreiter and Schmidhuber 1997, task 6a",
        inputs=8,
        classes=4,
        draw=temporal_order,
        baseline=lambda length, symbols: math.log(4),
        formula="ln 4",
        guessing=3 / 4,
        solved=0.01,
        criterion="99 % right",
        shortest=5,
    ),
    "parity": Problem(
        label="parity",
        what="The answer is whether the number of ones is odd.",
        source="Hochreiter and Schmidhuber 1997, section 6",
        inputs=1,
        classes=2,
        draw=parity,
        baseline=lambda length, symbols: math.log(2),
        formula="ln 2",
        guessing=1 / 2,
        solved=0.01,
        criterion="99 % right",
    ),
    "sine": Problem(
        label="noisy sine",
        what="The next value of a sine of 12 steps a turn, with noise of deviation 0.3 in it.",
        source="its noise is known: no answer does better than 0.09 in the mean",
        inputs=1,
        classes=0,
        draw=noisy_sine,
        baseline=lambda length, symbols: 1 / 2 + NOISE**2,
        formula="1/2 + 0.09",
        guessing=1 / 2 + NOISE**2,
        solved=1.25 * NOISE**2,
        criterion="a mean squared error within a quarter of the noise's 0.09",
    ),
}
"""Every problem by its name."""


def _baseline_1997(length: int) -> float:
    """The variance of the target: a mark on the first step leaves one number fewer."""
    half = length // 2
    first = 1 / min(10, half)  # the first mark falls on the first step
    second = (1 - first) / (half - 1)  # the other one does
    return (2 - first - second) / 3 / 16
