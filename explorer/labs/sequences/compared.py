"""How far the laboratory's own cells are from the fused layers that learned, on the example shown.

Letters in the shapes: T steps, I inputs.
"""

import torch
from torch import Tensor

from explorer.labs.sequences.tasks import Task
from explorer.sequences.kinds import EncoderDecoder, Frames, Network, Recurrent
from explorer.sequences.kinds.translating import taught_from
from explorer.sequences.problems import Problem
from explorer.sequences.stack import read_stack


def example(task: Task, problem: Problem) -> int:
    """Which of the held-out examples is shown; the first, where the task shows one of its own."""
    found = task.example()
    return found if isinstance(found, int) else 0


def inputs_of(problem: Problem, number: int) -> Tensor:
    """One held-out example as a network reads it, (T, 1) or (T, 1, I), without its padding."""
    held_out = problem.held_out
    length = None if held_out.lengths is None else int(held_out.lengths[number])
    return held_out.inputs[:length, number : number + 1]


def by_cells(task: Task, problem: Problem, network: Network) -> float | None:
    """The largest difference of h, over all steps; None for a network without recurrent layers."""
    number = example(task, problem)
    inputs = inputs_of(problem, number)
    if isinstance(network, EncoderDecoder):
        targets = problem.held_out.targets[:, number : number + 1]
        return network.by_cells(inputs, taught_from(targets))
    if not isinstance(network, Recurrent | Frames) or not network.recurs:
        return None
    with torch.no_grad():
        ours = read_stack(network.stack(), network.arriving(inputs)).hidden
        theirs = torch.cat(network.hidden(inputs), -1)
    return float((ours - theirs).abs().max())
