"""Networks as they are before any training.

Letters in the shapes: I inputs, H units, G rows of all gates together, K = H + I + 1 columns.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from explorer.gradients.unrolled import UNROLLED

Draw = Callable[[int, int, torch.Generator], Tensor]
WEIGHTS, INPUTS, READOUT, VALIDATION = range(4)
"""The streams of randomness of one network."""


@dataclass(frozen=True)
class RecurrentInit:
    """How W_hh is drawn, block by block at gain 1, and whether the biases are drawn or zero."""

    label: str
    draw: Draw
    biases: bool = False


def uniform(blocks: int, units: int, generator: torch.Generator) -> Float[Tensor, "blocks H H"]:
    """Uniform in ±1/√H as `torch.nn` does it: spectral radius about 1/√3, not 1."""
    bound = units**-0.5
    drawn = torch.empty(blocks, units, units, dtype=torch.float64)
    return drawn.uniform_(-bound, bound, generator=generator)


def orthogonal(blocks: int, units: int, generator: torch.Generator) -> Float[Tensor, "blocks H H"]:
    """Random rotations (and reflections), uniform over the group (Saxe et al. 2013).

    The signs of R's diagonal are taken into Q, without which QR is not uniform (Mezzadri 2007).
    """
    normal = torch.randn(blocks, units, units, generator=generator, dtype=torch.float64)
    q, r = torch.linalg.qr(normal)
    return q * r.diagonal(dim1=-2, dim2=-1).sign().unsqueeze(-2)


def gaussian(blocks: int, units: int, generator: torch.Generator) -> Float[Tensor, "blocks H H"]:
    """Independent normal entries, each block rescaled to spectral radius exactly 1."""
    normal = torch.randn(blocks, units, units, generator=generator, dtype=torch.float64)
    radius = torch.linalg.eigvals(normal).abs().amax(-1)
    return normal / radius[:, None, None]


RECURRENT_INITS: dict[str, RecurrentInit] = {
    "default": RecurrentInit("torch", uniform, biases=True),
    "orthogonal": RecurrentInit("rotation", orthogonal),
    "gaussian": RecurrentInit("normal", gaussian),
}


def stream(seed: int, purpose: int) -> torch.Generator:
    """A generator of its own for each network and purpose."""
    words = np.random.SeedSequence((seed, purpose)).generate_state(1, np.uint64)
    return torch.Generator().manual_seed(int(words[0]))


def initial_matrix(
    cell: str,
    inputs: int,
    units: int,
    generator: torch.Generator,
    recurrent_init: str = "default",
    gain: float = 1.0,
    forget_bias: float | None = None,
) -> Float[Tensor, "G K"]:
    """All weights of a fresh layer, as `Unrolled` wants them.

    Input weights are uniform in ±1/√H. Where PyTorch adds two biases, uniform each, their sum is
    drawn; a given forget bias is the whole sum, as if one slice were set and the other zeroed. A
    cell without a gate that keeps has none.
    """
    kind = UNROLLED[cell]
    blocks = len(kind.rows)
    init = RECURRENT_INITS[recurrent_init]
    bound = units**-0.5
    matrix = torch.zeros(blocks, units, units + inputs + 1, dtype=torch.float64)
    matrix[..., :units] = gain * init.draw(blocks, units, generator)
    matrix[..., units:-1].uniform_(-bound, bound, generator=generator)
    two = None
    if init.biases:
        two = torch.empty(2, blocks, units, dtype=torch.float64)
        two.uniform_(-bound, bound, generator=generator)
        matrix[..., -1] = two.sum(0)
    matrix = kind.settled(matrix, two)
    if forget_bias is not None and kind.is_gated():
        block, sign = kind.keeping_block()
        matrix[block, :, -1] = sign * forget_bias
    return matrix.flatten(0, 1)


def recurrent_matrices(
    cell: str, units: int, seeds: Iterable[int], recurrent_init: str = "default", gain: float = 1.0
) -> Float[Tensor, "S H H"]:
    """W_hh of the networks that these seeds draw; of a gated cell the block of its candidate."""
    block = UNROLLED[cell].rows.index(UNROLLED[cell].candidate)
    rows = slice(block * units, (block + 1) * units)
    return torch.stack(
        [
            initial_matrix(cell, 1, units, stream(seed, WEIGHTS), recurrent_init, gain)[
                rows, :units
            ]
            for seed in seeds
        ]
    )
