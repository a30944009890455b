"""Keep a beat without any input.

Letters in the shapes: T steps, B sequences.
"""

import torch

from explorer.cells import Weights
from explorer.sequences.handmade.entry import (
    Answers,
    Codes,
    Handmade,
    double,
    every_sequence,
)


def oscillator(half: int = 3) -> Handmade:
    """A plain tanh network of `half` units with a period of twice as many steps.

    A ring in which every unit copies its neighbour and the first one copies the last with the sign
    changed (Johnson's twisted-ring counter). Only the bias of the first unit breaks the symmetry
    of the blank state.
    """
    ring = torch.zeros(half, half, dtype=torch.float64)
    ring[0, -1] = -6
    for unit in range(1, half):
        ring[unit, unit - 1] = 6

    def up(codes: Codes) -> Answers:
        return (torch.arange(len(codes)) % (2 * half) < half)[:, None].expand(codes.shape)

    def draw(length: int, many: int, generator: torch.Generator) -> Codes:
        return torch.zeros(length, many, dtype=torch.int64)

    return Handmade(
        name="oscillator",
        label="Oscillator",
        sentence=f"Says yes for {half} steps and no for {half}, for ever, with nothing to read.",
        cell_name="rnn_tanh",
        symbols=".",
        example="............",
        vectors=double([[0]]),
        weights=Weights(
            weight_ih=double([[0]] * half),
            weight_hh=ring,
            bias_ih=double([3] + [0] * (half - 1)),
            bias_hh=double([0] * half),
        ),
        readout=double([1] + [0] * (half - 1)),
        readout_bias=0.0,
        units=(
            "The opposite of what the last unit was a step ago; its bias of 3 starts the beat.",
            *(f"What unit {unit} was a step ago." for unit in range(half - 1)),
        ),
        right=up,
        draw=draw,
        always=(every_sequence(1, 12),),
    )
