"""What a hand-made cell is, and whether its weights still solve its task.

Letters in the shapes: T steps, B sequences side by side, S symbols, I inputs, H units.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor
from torch.nn.functional import linear

from explorer.cells import CELLS, Cell, Weights

LENGTHS = (100, 1_000)
"""Lengths of the random sequences of a verdict: far beyond what anybody trains on."""
MANY = 8
"""Random sequences of each length."""

Codes = Int64[Tensor, "T B"]
Answers = Bool[Tensor, "T B"]


@dataclass(frozen=True)
class Handmade:
    """A cell with readable weights and the task that it solves.

    `name` is what links call it, `label` what menus do, and `example` what it reads until somebody
    types something. It reads symbol s as the vector `vectors[s]` and answers yes, after every step,
    where `readout · h + readout_bias` is above zero. `right` gives the right answers to sequences,
    `draw(length, many, generator)` random sequences; `always` are those that every verdict tries:
    all the short ones, and what is hard by construction. `units` says what each unit does.
    `holds_until` is the longest sequence on which the answers are right: None where nothing ever
    wears out, a number where gates leak or a state saturates. It is that of exact arithmetic: in
    float64 a gate of strength 40 is 1 to the last bit, and holds longer.
    """

    name: str
    label: str
    sentence: str
    cell_name: str
    symbols: str
    example: str
    vectors: Float[Tensor, "S I"]
    weights: Weights
    readout: Float[Tensor, " H"]
    readout_bias: float
    units: tuple[str, ...]
    right: Callable[[Codes], Answers]
    draw: Callable[[int, int, torch.Generator], Codes]
    always: tuple[Int64[Tensor, "..."], ...]
    holds_until: int | None = None

    @property
    def cell(self) -> Cell:
        """The kind of cell."""
        return CELLS[self.cell_name]

    @property
    def solves(self) -> bool:
        """Whether the weights as made answer right on every sequence of a verdict."""
        return self.holds_until is None or self.holds_until >= max(LENGTHS)

    def encode(self, text: str) -> Int64[Tensor, " T"]:
        """The symbols of a text as numbers. Raises `ValueError` naming one that is not known."""
        strange = [symbol for symbol in text if symbol not in self.symbols]
        if strange:
            known = ", ".join(map(repr, self.symbols))
            raise ValueError(f"unknown symbol {strange[0]!r}; choose from {known}")
        return torch.tensor([self.symbols.index(symbol) for symbol in text], dtype=torch.int64)

    def x(self, codes: Int64[Tensor, "*any"]) -> Float[Tensor, "*any I"]:
        """What the cell is fed."""
        return self.vectors[codes]

    def reading(self, weights: Weights, codes: Codes) -> Float[Tensor, "T B"]:
        """`readout · h + readout_bias` after every step, by PyTorch's own fused layer."""
        with torch.no_grad():
            hidden, _ = self.cell.layer(weights.to(torch.float64))(self.x(codes))
            return linear(hidden, self.readout[None])[..., 0] + self.readout_bias


@dataclass(frozen=True)
class Failure:
    """The earliest wrong answer: after symbol `step` (from 0), the last of `sequence`.

    `reading` may be NaN when weights have grown beyond all bounds; then no answer was given.
    """

    sequence: str
    step: int
    expected: bool
    given: bool | None
    reading: float


@dataclass(frozen=True)
class Verdict:
    """Whether weights solve a task, on how many sequences, and where they fail first.

    `margin` is the smallest distance of a right reading from the threshold; below zero it says how
    far on the wrong side the worst one was.
    """

    solved: bool
    checked: int
    longest: int
    first_failure: Failure | None
    margin: float


def verdict(handmade: Handmade, weights: Weights, generator: torch.Generator) -> Verdict:
    """Try weights on every short sequence and on random long ones, the answer after every symbol.

    Any finite weights get a verdict. Raises `ValueError` for weights of another shape and for
    weights that are not finite.
    """
    _check(handmade, weights)
    many = MANY if len(handmade.symbols) > 1 else 1
    drawn = (handmade.draw(length, many, generator) for length in LENGTHS)
    tried = (*handmade.always, *drawn)
    failure, margin = None, float("inf")
    for codes in tried:
        reading, right = handmade.reading(weights, codes), handmade.right(codes)
        distance = torch.where(right, reading, -reading).nan_to_num(nan=-torch.inf)
        margin = min(margin, distance.min().item())
        # A yes needs a reading above zero; zero itself is a no, with a margin of zero.
        wrong = torch.where(right, distance <= 0, distance < 0)
        if wrong.any():
            first = _first(handmade, codes, reading, right, wrong)
            failure = first if failure is None or first.step < failure.step else failure
    return Verdict(
        solved=failure is None,
        checked=sum(codes.shape[1] for codes in tried),
        longest=max(len(codes) for codes in tried),
        first_failure=failure,
        margin=margin,
    )


def every_sequence(symbols: int, length: int) -> Codes:
    """All sequences of a length; their beginnings are all the shorter ones."""
    numbers = torch.arange(symbols**length)
    return torch.stack([numbers // symbols**place % symbols for place in reversed(range(length))])


def any_sequence(symbols: int) -> Callable[[int, int, torch.Generator], Codes]:
    """Draws sequences whose symbols are independent, each as likely as the others."""

    def draw(length: int, many: int, generator: torch.Generator) -> Codes:
        return torch.randint(symbols, (length, many), generator=generator)

    return draw


def double(numbers: object) -> Float[Tensor, "..."]:
    """Numbers in float64."""
    return torch.tensor(numbers, dtype=torch.float64)


def _first(
    handmade: Handmade,
    codes: Codes,
    reading: Float[Tensor, "T B"],
    right: Answers,
    wrong: Answers,
) -> Failure:
    step = int(wrong.any(dim=1).nonzero()[0])
    which = int(wrong[step].nonzero()[0])
    given = reading[step, which].item()
    return Failure(
        sequence="".join(handmade.symbols[code] for code in codes[: step + 1, which].tolist()),
        step=step,
        expected=bool(right[step, which]),
        given=None if given != given else given > 0,
        reading=given,
    )


def _check(handmade: Handmade, weights: Weights) -> None:
    for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
        made, given = getattr(handmade.weights, name), getattr(weights, name)
        if given.shape != made.shape:
            shape = "×".join(map(str, made.shape))
            raise ValueError(f"{name} of {handmade.name} must be {shape} numbers")
        if not given.isfinite().all():
            raise ValueError(f"{name} must be finite numbers")
