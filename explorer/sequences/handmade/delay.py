"""Say what came k steps ago.

Letters in the shapes: T steps, B sequences.
"""

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


def delay_line(steps: int = 4) -> Handmade:
    """A plain tanh network of k + 1 units, one for each symbol on its way, the newest included.

    Unit j holds what came j steps ago, as ±0.96: tanh(2h) has attractors there, so that a symbol
    does not fade on its way. Before the k-th step nothing has arrived and the answer is no.
    """
    line = torch.zeros(steps + 1, steps + 1, dtype=torch.float64)
    for unit in range(steps):
        line[unit + 1, unit] = 2

    def arrived(codes: Codes) -> Answers:
        before = torch.zeros(min(steps, len(codes)), codes.shape[1], dtype=torch.int64)
        return torch.cat((before, codes[: max(len(codes) - steps, 0)])) == 1

    return Handmade(
        name="delay_line",
        label="Delay line",
        sentence=f"Says what came {steps} steps ago.",
        cell_name="rnn_tanh",
        symbols="01",
        example="1011000010",
        vectors=double([[-1], [1]]),
        weights=Weights(
            weight_ih=double([[2]] + [[0]] * steps),
            weight_hh=line,
            bias_ih=double([0] * (steps + 1)),
            bias_hh=double([0] * (steps + 1)),
        ),
        readout=double([0] * steps + [2]),
        readout_bias=-1.0,
        units=(
            "The symbol of this step, 1 as 0.96 and 0 as −0.96.",
            *(f"What unit {unit} was a step ago." for unit in range(steps)),
        ),
        right=arrived,
        draw=any_sequence(2),
        always=(every_sequence(2, 8),),
    )
