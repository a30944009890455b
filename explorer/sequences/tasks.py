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
    if length < 2:
        raise ValueError(f"length must be at least 2, not {length}")
    half = length // 2
    inputs = torch.zeros(sequences, length, 2, dtype=dtype)
    numbers, marks = inputs.unbind(-1)
    numbers.uniform_(generator=generator)
    first = torch.randint(0, half, (sequences, 1), generator=generator)
    second = torch.randint(half, length, (sequences, 1), generator=generator)
    marked = torch.cat((first, second), dim=1)
    marks.scatter_(1, marked, 1)
    return AddingProblem(inputs, numbers.gather(1, marked).sum(1))
