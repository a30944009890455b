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


def identity(blocks: int, units: int, generator: torch.Generator) -> Float[Tensor, "blocks H H"]:
    """Every unit remembers itself, nothing is drawn: the IRNN's start (Le, Jaitly, Hinton 2015)."""
    return torch.eye(units, dtype=torch.float64).repeat(blocks, 1, 1)


def glorot(blocks: int, units: int, generator: torch.Generator) -> Float[Tensor, "blocks H H"]:
    """Uniform in ±√(6 / (H + H)), of variance 1/H (Glorot and Bengio 2010, eq. 16)."""
    bound = (6 / (units + units)) ** 0.5
    drawn = torch.empty(blocks, units, units, dtype=torch.float64)
    return drawn.uniform_(-bound, bound, generator=generator)


RECURRENT_INITS: dict[str, RecurrentInit] = {
    "default": RecurrentInit("torch", uniform, biases=True),
    "orthogonal": RecurrentInit("rotation", orthogonal),
    "gaussian": RecurrentInit("normal", gaussian),
    "identity": RecurrentInit("identity", identity),
    "glorot": RecurrentInit("Glorot", glorot),
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
    chrono: int | None = None,
) -> Float[Tensor, "G K"]:
    """All weights of a fresh layer, as `Unrolled` wants them.

    Input weights are uniform in ±1/√H, and a layer that is drawn in one way only has no other
    (`Unrolled.drawn_as`, `input_spread`). Where PyTorch adds two biases, uniform each, their sum is
    drawn; a given forget bias is the whole sum, as if one slice were set and the other zeroed. With
    `chrono` steps it is log u instead, u uniform in 1 to chrono − 1 for each unit, and a gate that
    writes beside it has the opposite bias: the time constants 1 / (1 − σ(log u)) = 1 + u are spread
    evenly (Tallec and Ollivier 2018, eq. 16). A cell without a gate that keeps has none.
    """
    kind = UNROLLED[cell]
    blocks = len(kind.rows)
    if kind.drawn_as:
        recurrent_init, gain = kind.drawn_as, 1.0
    init = RECURRENT_INITS[recurrent_init]
    bound = units**-0.5
    columns = units + inputs + 1
    matrix = torch.zeros(blocks, units, columns, dtype=torch.float64)
    matrix[..., :units] = gain * init.draw(blocks, units, generator)
    reading = matrix[..., units:-1]
    if kind.input_spread is None:
        reading.uniform_(-bound, bound, generator=generator)
    else:
        reading.normal_(std=kind.input_spread, generator=generator)
    two = None
    if init.biases:
        two = torch.empty(2, blocks, units, dtype=torch.float64)
        two.uniform_(-bound, bound, generator=generator)
        matrix[..., -1] = two.sum(0)
    matrix = kind.settled(matrix, two)
    if kind.is_gated() and (chrono is not None or forget_bias is not None):
        block, sign = kind.keeping_block()
        kept = torch.full((units,), forget_bias or 0.0, dtype=torch.float64)
        if chrono is not None:
            kept.uniform_(1, max(1, chrono - 1), generator=generator).log_()
            if "input_gate" in kind.rows and kind.rows.index("input_gate") != block:
                matrix[kind.rows.index("input_gate"), :, -1] = -kept
        matrix[block, :, -1] = sign * kept
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
