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

from explorer.cells import CELLS, Cell, Weights
from explorer.sequences.trace import Trace, trace

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
    trace: Trace
    predictions: Float[Tensor, " T"]

    @property
    def errors(self) -> Float[Tensor, " S"]:
        """What came, less what was forecast, for every number but the first."""
        return self.values[1:] - self.predictions[:-1]


@dataclass(frozen=True)
class NumberNetwork:
    """One recurrent cell that reads a number a step, and a read-out to the next one.

    h = cell(x, h₋₁)     forecast of the next x = w·h + b
    """

    cell_name: str
    weights: Weights
    readout: Float[Tensor, "1 H"]
    readout_bias: Float[Tensor, " 1"]
    reach: float  # the largest number in training

    @property
    def cell(self) -> Cell:
        """The recurrent cell."""
        return CELLS[self.cell_name]

    @property
    def parameters(self) -> int:
        """How many numbers were learned."""
        return self.weights.parameters + self.readout.numel() + self.readout_bias.numel()

    def read(self, values: Sequence[float]) -> Reading:
        """Read a series from a blank state, in float64, keeping everything.

        Raises `ValueError` for an empty series.
        """
        series = torch.tensor(tuple(values), dtype=torch.float64)
        double = torch.float64
        with torch.no_grad():
            seen = trace(self.cell, self.weights.to(double), series[:, None])
            readout, bias = self.readout.to(double), self.readout_bias.to(double)
            predictions = linear(seen.steps.hidden, readout, bias)[:, 0]
        beyond = (series.abs() > self.reach).nonzero()[:, 0].tolist()
        return Reading(series, tuple(beyond), seen, predictions)

    def state_dict(self) -> dict[str, Tensor]:
        """Everything learned, under the names of the torch modules that would hold it."""
        recurrent = {f"recurrent.{k}": v for k, v in self.weights.state_dict().items()}
        return {**recurrent, "readout.weight": self.readout, "readout.bias": self.readout_bias}


def parse_numbers(text: str) -> tuple[float, ...]:
    """The numbers of a text as typed by a person, parted by blanks, commas or semicolons.

    Raises `ValueError` with one sentence when something is not a number, not finite, larger than a
    million, when there are none or more than 500, or when commas may be decimal ones. The minus
    sign of typography counts as minus.
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
    return tuple(_number(place, word) for place, word in enumerate(words, start=1))


def _number(place: int, word: str) -> float:
    try:
        value = float(word)
    except ValueError:
        raise ValueError(f"{_shown(word)} in place {place} is not a number") from None
    if not math.isfinite(value):
        raise ValueError(f"{_shown(word)} in place {place} is not a finite number")
    if abs(value) > LARGEST_NUMBER:
        raise ValueError(
            f"{_shown(word)} in place {place} is too large; "
            f"numbers must be between -{LARGEST_NUMBER:,.0f} and {LARGEST_NUMBER:,.0f}"
        )
    return value


def _shown(word: str, most: int = 20) -> str:
    return repr(word if len(word) <= most else word[: most - 1] + "…")
