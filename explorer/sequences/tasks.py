"""Problems made to measure how far back a network can reach.

Letters in the shapes: N sequences, T steps.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

ADDING_BASELINE = 1 / 6
"""Mean squared error of always answering 1: the variance of a sum of two uniform numbers.

Le, Jaitly and Hinton (2015) print 0.1767.
"""


@dataclass(frozen=True)
class AddingProblem:
    """Sequences of numbers, two of them marked, and the sum of the two.

    `inputs` holds at each step the number and the mark (1 or 0).
    """

    inputs: Float[Tensor, "N T 2"]
    targets: Float[Tensor, " N"]


def adding_problem(
    sequences: int, length: int, generator: torch.Generator, dtype: torch.dtype = torch.float32
) -> AddingProblem:
    """Fresh sequences of the adding problem: numbers uniform in [0, 1], one mark in each half.

    The form of Arjovsky, Shah and Bengio (2016). Hochreiter and Schmidhuber (1997) draw from
    [-1, 1], put both marks into the first half, mark the ends with -1 and scale the target. Of an
    odd length the second half is the longer one. Raises `ValueError` below two steps.
    """
    inputs, marked = _marked(sequences, length, generator, dtype)
    return AddingProblem(inputs, inputs[..., 0].gather(1, marked).sum(1))


def stratified_adding_problem(
    rows: int, columns: int, length: int, generator: torch.Generator
) -> AddingProblem:
    """The adding problem with the two marked numbers spread evenly, for a test set.

    The unit square of the two numbers is cut into rows × columns cells, and each cell has one
    sequence. Every sequence alone is distributed as before, but the error of a network over all
    of them varies far less: of 500, that of always answering 1 is within 0.003 of 1/6, where
    independent ones give anything from 0.14 to 0.19.
    """
    inputs, marked = _marked(rows * columns, length, generator, torch.float32)
    cells = torch.cartesian_prod(torch.arange(rows), torch.arange(columns))
    offsets = torch.rand(rows * columns, 2, generator=generator)
    numbers = (cells + offsets) / torch.tensor([rows, columns])
    inputs[..., 0].scatter_(1, marked, numbers)
    return AddingProblem(inputs, numbers.sum(1))


def _marked(
    sequences: int, length: int, generator: torch.Generator, dtype: torch.dtype
) -> tuple[Tensor, Tensor]:
    """Inputs with numbers and marks, and where the marks are, (N, 2)."""
    if length < 2:
        raise ValueError(f"length must be at least 2, not {length}")
    half = length // 2
    inputs = torch.zeros(sequences, length, 2, dtype=dtype)
    inputs[..., 0].uniform_(generator=generator)
    first = torch.randint(0, half, (sequences, 1), generator=generator)
    second = torch.randint(half, length, (sequences, 1), generator=generator)
    marked = torch.cat((first, second), dim=1)
    inputs[..., 1].scatter_(1, marked, 1)
    return inputs, marked
