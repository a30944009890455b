"""A network that reads numbers one by one and forecasts the next.

Letters in the shapes: T numbers, H units.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import linear

from explorer.cells import Cell, Weights
from explorer.sequences.series import Series
from explorer.sequences.stack import Stack, StackTrace, read_stack
from explorer.sequences.trace import Surgery

MOST_NUMBERS = 500
LARGEST_NUMBER = 1e6
LONGEST_TYPED = 20_000  # characters, room for 500 numbers written in full


@dataclass(frozen=True)
class Reading:
    """What a network did with a series, in the order it did it.

    `predictions[t]` is its forecast of number t + 1, made after number t. `beyond` are the places
    of numbers larger than any it was trained on, where it can only be wrong.
    """

    values: Float[Tensor, " T"]
    beyond: tuple[int, ...]
    trace: StackTrace
    predictions: Float[Tensor, " T"]

    @property
    def errors(self) -> Float[Tensor, " S"]:
        """What came, less what was forecast, for every number but the first."""
        return self.values[1:] - self.predictions[:-1]


@dataclass(frozen=True)
class NumberNetwork:
    """Recurrent layers that read a number a step, and a read-out to the next one.

    u = (x − offset)/scale     h = layers(u, h₋₁)     next x = offset + scale · (w·h + b)

    `example` is a real series that the network was made for, empty where the data is a formula.
    Raises `ValueError` for layers that are read both ways: they would see the answer.
    """

    stack: Stack
    readout: Float[Tensor, "1 H"]
    readout_bias: Float[Tensor, " 1"]
    reach: float  # the largest number in training
    offset: float = 0.0
    scale: float = 1.0
    example: Series | None = None

    def __post_init__(self) -> None:
        if self.stack.both_ways:
            raise ValueError("a network that forecasts the next number cannot read backward")
        if not self.scale > 0:
            raise ValueError(f"scale must be above 0, not {self.scale}")

    @property
    def cell_name(self) -> str:
        """The recurrent cell's name."""
        return self.stack.cell_name

    @property
    def cell(self) -> Cell:
        """The recurrent cell."""
        return self.stack.cell

    @property
    def weights(self) -> Weights:
        """Those of the first layer."""
        return self.stack.weights

    @property
    def units(self) -> int:
        """H: units of each layer."""
        return self.stack.units

    @property
    def parameters(self) -> int:
        """How many numbers were learned."""
        return self.stack.parameters + self.readout.numel() + self.readout_bias.numel()

    def read(
        self,
        values: Sequence[float],
        surgery: Surgery | None = None,
        at: tuple[int, int] = (0, 0),
    ) -> Reading:
        """Read a series from a blank state, in float64, keeping everything.

        A surgery is done at one layer and direction, in the units of u. Raises `ValueError` for
        an empty series and for a surgery that does not fit.
        """
        series = torch.tensor(tuple(values), dtype=torch.float64)
        with torch.no_grad():
            scaled = (series[:, None] - self.offset) / self.scale
            seen = read_stack(self.stack.to(torch.float64), scaled, surgery, at)
            predictions = self.forecast(seen.hidden)
        beyond = (series.abs() > self.reach).nonzero()[:, 0].tolist()
        return Reading(series, tuple(beyond), seen, predictions)

    def forecast(self, hidden: Float[Tensor, "*any H"]) -> Float[Tensor, "*any"]:
        """What the read-out makes of h of the top layer, in the units of the series."""
        readout, bias = (part.to(hidden.dtype) for part in (self.readout, self.readout_bias))
        return self.offset + self.scale * linear(hidden, readout, bias)[..., 0]

    def state_dict(self) -> dict[str, Tensor]:
        """Everything learned, under the names of the torch modules that would hold it."""
        recurrent = {f"recurrent.{k}": v for k, v in self.stack.state_dict().items()}
        return {**recurrent, "readout.weight": self.readout, "readout.bias": self.readout_bias}


def parse_numbers(text: str, largest: float = LARGEST_NUMBER, gap: str = "") -> tuple[float, ...]:
    """The numbers of a text as typed by a person, parted by blanks, commas or semicolons.

    A ``gap`` stands for a number that is missing, and is NaN.

    Raises `ValueError` with one sentence when something is not a number, not finite, larger than
    the ``largest``, when there are none or more than 500, or when commas may be decimal ones. The
    minus sign of typography counts as minus.
    """
    if len(text) > LONGEST_TYPED:
        raise ValueError(
            f"numbers must fit into {LONGEST_TYPED:,} characters, not take {len(text):,}"
        )
    groups = text.replace("−", "-").split()
    if len(groups) > 1 and all(g.strip(",;").count(",") == 1 and ";" not in g for g in groups):
        raise ValueError(
            f"{_shown(groups[0])} may be one number or two; write decimals with a point"
        )
    words = [word for group in groups for word in group.replace(";", ",").split(",") if word]
    if not 1 <= len(words) <= MOST_NUMBERS:
        raise ValueError(
            f"there must be between 1 and {MOST_NUMBERS} numbers, not {len(words) or 'none'}"
        )
    hint = f"; write {gap} for a gap" if gap else ""
    return tuple(
        math.nan if gap and word == gap else _number(place, word, largest, hint)
        for place, word in enumerate(words, start=1)
    )


def _number(place: int, word: str, largest: float, hint: str) -> float:
    try:
        value = float(word)
    except ValueError:
        raise ValueError(f"{_shown(word)} in place {place} is not a number{hint}") from None
    if not math.isfinite(value):
        raise ValueError(f"{_shown(word)} in place {place} is not a finite number{hint}")
    if abs(value) > largest:
        raise ValueError(
            f"{_shown(word)} in place {place} is too large; "
            f"numbers must be between -{largest:,.0f} and {largest:,.0f}"
        )
    return value


def _shown(word: str, most: int = 20) -> str:
    return repr(word if len(word) <= most else word[: most - 1] + "…")
