"""What each direction of a network that reads both ways knows, without the other.

The other direction is held at its mean over the held-out sequences: what it says is then the same
everywhere, so all that is told apart is told by this one.

Letters in the shapes: T steps, N sequences, H units, C answers.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from explorer.sequences.kinds.recurrent import Recurrent
from explorer.sequences.padded import mask
from explorer.sequences.problems.problem import UNKNOWN, Problem

Means = tuple[Tensor, ...]


@dataclass(frozen=True)
class Directions:
    """The metric of each direction alone and of both, on the same held-out sequences.

    ``means`` are the states that stand in for a direction.
    """

    forward: float
    backward: float
    together: float
    means: Means


def directions(problem: Problem, network: Recurrent) -> Directions:
    """How well each direction does the held-out sequences. Raises `ValueError` for one way."""
    if not network.merge:
        raise ValueError("only a network that reads both ways has two directions")
    held_out = problem.held_out
    with torch.no_grad():
        ways = network.looked_at(
            network.hidden(held_out.inputs, held_out.lengths), held_out.lengths
        )
        means = mean_states(problem, ways)

        def metric(ways: tuple[Tensor, ...]) -> float:
            return problem.of_mean(float(problem.scores(network.said(ways), held_out).mean()))

        return Directions(
            metric((ways[0], means[1].expand_as(ways[1]))),
            metric((means[0].expand_as(ways[0]), ways[1])),
            metric(ways),
            means,
        )


def mean_states(problem: Problem, ways: tuple[Tensor, ...]) -> Means:
    """The mean of h of each direction, over sequences and, where they are looked at, own steps."""
    lengths = problem.held_out.lengths
    if ways[0].ndim == 2:
        return tuple(way.mean(0) for way in ways)
    if lengths is None:
        return tuple(way.mean((0, 1)) for way in ways)
    own = mask(lengths, len(ways[0]))
    return tuple(way[own].mean(0) for way in ways)


def knew(
    problem: Problem, network: Recurrent, number: int, means: Means
) -> tuple[Float[Tensor, " T"], Float[Tensor, " T"]] | None:
    """The probability of the right answer after each step of one held-out sequence, by each alone.

    Forward after the steps up to it, backward after the steps from the end down to it; NaN where
    there is no right answer, None where answers have no names.
    """
    held_out = problem.held_out
    length = None if held_out.lengths is None else int(held_out.lengths[number])
    inputs = held_out.inputs[:length, number : number + 1]
    with torch.no_grad():
        there, back = (way[:, 0] for way in network.hidden(inputs))
        said = (
            network.said((there, means[1].expand_as(back))),
            network.said((means[0].expand_as(there), back)),
        )
        chances = [problem.chances(each) for each in said]
    if chances[0] is None or chances[1] is None:
        return None
    right = problem.right_answer(number)[: len(inputs)].expand(len(inputs))
    known = right != UNKNOWN
    first, second = (
        each.gather(1, right.clamp(min=0)[:, None])[:, 0].masked_fill(~known, torch.nan)
        for each in chances
        if each is not None
    )
    return first, second
