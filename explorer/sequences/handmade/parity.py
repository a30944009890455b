"""Tell whether the number of ones so far is odd.

Letters in the shapes: T steps, B sequences.
"""

from explorer.cells import Weights
from explorer.sequences.handmade.entry import (
    Answers,
    Codes,
    Handmade,
    any_sequence,
    double,
    every_sequence,
)


def odd(codes: Codes) -> Answers:
    """Whether the number of ones up to here is odd."""
    return codes.cumsum(dim=0) % 2 == 1


def parity() -> Handmade:
    """A plain tanh network of two units: exclusive or is the first minus the second.

    Both add the symbol and the parity before, p = (h₁ − h₂)/2. Every step pushes both units back
    to where tanh is flat, so no error adds up.
    """
    return Handmade(
        name="parity",
        label="Parity",
        sentence="Says whether the number of ones so far is odd.",
        cell_name="rnn_tanh",
        symbols="01",
        example="0110100111",
        vectors=double([[0], [1]]),
        weights=Weights(
            weight_ih=double([[8], [8]]),
            weight_hh=double([[4, -4], [4, -4]]),
            bias_ih=double([-4, -12]),
            bias_hh=double([0, 0]),
        ),
        readout=double([1, -1]),
        readout_bias=-1.0,
        units=(
            "1 when the symbol or the parity before is one, else −1.",
            "1 when both are one, else −1. First less second: one of them, and not both.",
        ),
        right=odd,
        draw=any_sequence(2),
        always=(every_sequence(2, 8),),
    )
