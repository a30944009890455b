"""The same first step with another forget bias: what would have come back.

Inputs, initial states, dropout and the gradients at the outputs are those of the recorded step;
the bias of every gate that keeps is another, and the states follow from it. What the loss itself
would have said to other outputs is not asked: the same is sent back, and the layers differ.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from explorer.cells import with_forget_bias
from explorer.gradients.watching.between import masks, outputs
from explorer.gradients.watching.biased import UNGATED
from explorer.gradients.watching.calls import Call
from explorer.gradients.watching.flows import Flow, joined
from explorer.gradients.watching.parts import parts_of


@dataclass(frozen=True)
class Twin:
    """The flows of the first recorded step, and those of its twin, in the same order."""

    forget_bias: float
    flows: tuple[Flow, ...]
    recorded: tuple[Flow, ...]


@torch.no_grad()
def twin_of(recorded: Sequence[Flow], sequences: Sequence[Sequence[Call]], bias: float) -> Twin:
    """The twin of recorded sequences.

    Raises `ValueError` for a bias that is no number, without a gate that keeps, and where a layer
    was called step by step: what later calls sent back is then part of the record.
    """
    if not math.isfinite(bias):
        raise ValueError(f"a forget bias must be a number, not {bias}")
    gated = [calls for calls in sequences if calls[0].layer.cell.keeping_gate is not None]
    if not gated:
        raise ValueError(UNGATED)
    flows: list[Flow] = []
    for number, calls in enumerate(sequences):
        call = calls[0]
        if len(calls) > 1 or call.layer.is_single:
            raise ValueError(
                f"{call.layer.name!r} was called several times on one sequence, so what came back "
                "to each call rests on the bias it had: there is no twin of it"
            )
        flows += _with_bias(call, bias, number)
    return Twin(bias, tuple(flows), tuple(recorded))


def _with_bias(call: Call, bias: float, number: int) -> list[Flow]:
    cell = call.layer.cell
    weights = call.weights
    if cell.keeping_gate is not None:
        weights = tuple(
            tuple(with_forget_bias(cell, one, bias) for one in layer) for layer in weights
        )
    dropped = [mask if isinstance(mask, float) else mask.double() for mask in masks(call)]
    hidden = outputs(call, weights, dropped, call.layer.depth, torch.float64)
    parts = parts_of(call, hidden, dropped, number, weights=weights)
    return [joined([part]) for part in sorted(parts, key=lambda part: (part.number, part.way))]
