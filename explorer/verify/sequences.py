"""Known answers about cells along time and the trained networks."""

import math
from functools import partial

import numpy as np
import torch

from explorer.cells import CELLS
from explorer.runs.networks import load_network
from explorer.sequences import (
    CharacterNetwork,
    NumberNetwork,
    agreement,
    separation,
    trace,
)
from explorer.verify.draws import normal, rng
from explorer.verify.known import Known

TEXT = "def gate(x, y=(0, [1])):\n    return f\"{x}\" + 'y'  # done\n"
NUMBERS = (0.2, 0.5, 0.8, 0.9, 0.7, 0.4, 0.1, -0.2, -0.4, -0.3, 0.0, 0.4, 0.8, 1.0, 0.9)


def shipped(name: str) -> float:
    """Largest difference of a shipped network's reading to PyTorch's fused layer, float64."""
    network = load_network(name)
    if isinstance(network, CharacterNetwork):
        return agreement(network.read(TEXT).trace)
    assert isinstance(network, NumberNetwork)
    return agreement(network.read(NUMBERS).trace)


def kept_and_written(name: str) -> float:
    """Largest error of memory = kept + written over a trace of 100 steps."""
    cell = CELLS[name]
    seen = trace(cell, cell.draw(3, 16, rng(), torch.float64), normal(100, 3))
    memory = seen.states["cell" if name == "lstm" else "hidden"]
    return float((memory - seen.states["kept"] - seen.states["written"]).abs().max())


def overlapping_bells() -> float:
    """How often a draw of N(1, 1) exceeds one of N(0, 1), told by `separation`."""
    draws = normal(40_000, 1).numpy()
    inside = np.arange(len(draws)) % 2 == 0
    return float(separation(draws + inside[:, None], inside)[0])


def total_probability() -> float:
    """Largest error of the sum of what a character network expects next."""
    network = load_network("characters-lstm")
    assert isinstance(network, CharacterNetwork)
    return float((network.read(TEXT).probabilities.sum(1) - 1).abs().max())


KNOWN = (
    *(
        Known(
            f"{name} reads: against the fused layer, float64",
            0,
            partial(shipped, name),
            f"torch.nn.{name[-4:].strip('-').upper()}",
            1e-12,
        )
        for name in ("characters-lstm", "characters-gru", "numbers-lstm", "numbers-gru")
    ),
    Known("expected characters: probabilities sum to 1", 0, total_probability, "definition", 1e-12),
    Known(
        "LSTM: c − (f c₋₁ + i g)", 0, partial(kept_and_written, "lstm"), "Gers et al. 2000", 1e-15
    ),
    Known(
        "GRU: h − (z h₋₁ + (1 − z) n)", 0, partial(kept_and_written, "gru"), "torch.nn.GRU", 1e-15
    ),
    Known(
        "separation of N(1, 1) from N(0, 1)",
        0.5 * (1 + math.erf(0.5)),
        overlapping_bells,
        "Φ(1/√2), Mann & Whitney 1947",
        0.01,
    ),
)
