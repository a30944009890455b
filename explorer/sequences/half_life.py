"""How long each unit of a network remembers, by its gate while it reads.

Letters in the shapes: T steps, H units; `*batch` any axes between.
"""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from explorer.cells import CELLS, Activation, Remembrance, remembrance
from explorer.cells.activations import SIGMOID
from explorer.cells.unfolding import keeping_share
from explorer.sequences.trace import Trace

BIASES = (0.0, 1.0, 2.0, 3.0, 4.0, 5.0)


@dataclass(frozen=True)
class HalfLives:
    """What every unit's gate kept of its memory a step, and after how many steps half is left.

    `table` is what a bias alone would do, for the biases 0 to 5, by the `activation` of the gate.
    """

    gate: Float[Tensor, " H"]
    half_life: Float[Tensor, " H"]
    table: Remembrance
    activation: Activation = SIGMOID


def half_lives(trace: Trace) -> HalfLives:
    """The half-life of every unit's memory over a reading, from its forget or update gate.

    The mean is the geometric one, f̄ = exp(mean ln |f|): over the whole reading exactly f̄ᵀ of the
    first memory is left. The half-life is ln ½ / ln f̄, zero where the gate once was shut (f = 0)
    and infinite where it never let go (f̄ ≥ 1). Gates above 1 or below 0 come from surgery. Raises
    `ValueError` for a plain RNN, which has no such gate.
    """
    cell = CELLS[trace.cell]
    share = keeping_share(cell, trace.steps).detach()
    rate = share.abs().log().flatten(0, -2).mean(dim=0)
    lives = torch.where(rate < 0, -math.log(2.0) / rate, torch.inf)
    biases = torch.tensor(BIASES, dtype=torch.float64)
    by = cell.kind(cell.keeping_gate or "").squash
    return HalfLives(rate.exp(), lives, table=remembrance(biases, by), activation=by)
