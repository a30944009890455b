"""Remember a bit until it is set anew.

Letters in the shapes: T steps, B sequences.
"""

import math

import torch

from explorer.cells import Weights
from explorer.sequences.handmade.entry import (
    Answers,
    Codes,
    Handmade,
    any_sequence,
    double,
    every_sequence,
)


def remembered(codes: Codes) -> Answers:
    """Whether the last symbol that was not a blank is a 1; no where there is none yet."""
    steps = torch.arange(len(codes))[:, None]
    last = torch.where(codes > 0, steps, -1).cummax(dim=0).values
    return codes.gather(0, last.clamp_min(0)) == 2


def latch(strength: int = 40) -> Handmade:
    """An LSTM of one unit. The gates' preactivations are ± the strength.

    After t blanks a 1 is kept as σ(s)ᵗ⁺¹ and read as long as σ(s) tanh of it is above 3/8.
    """
    s = strength
    gate, leak = 1 / (1 + math.exp(-s)), math.log1p(math.exp(-s))
    return Handmade(
        name="latch",
        label="Latch",
        sentence="Remembers the last bit it was given, however long ago that was.",
        cell_name="lstm",
        symbols=".01",
        example="010.0..1000.",
        vectors=double([[0, 0], [1, 0], [1, 1]]),
        weights=Weights(
            weight_ih=double([[2 * s, 0], [-2 * s, 0], [0, 20], [0, 0]]),
            weight_hh=double([[0]] * 4),
            bias_ih=double([-s, s, 0, s]),
            bias_hh=double([0] * 4),
        ),
        readout=double([8]),
        readout_bias=-3.0,
        units=(
            "Any bit opens the input gate and closes the forget gate: the old bit goes, the new "
            "one comes. A blank does the opposite, and c stays what it was.",
        ),
        right=remembered,
        draw=any_sequence(3),
        always=(every_sequence(3, 6),),
        holds_until=int(-math.log(math.atanh(3 / 8 / gate)) / leak),
    )
