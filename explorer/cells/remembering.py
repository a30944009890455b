"""How long a gate that keeps a share f of its memory at every step remembers.

The bias of the forget gate sets f before anything is learned: f = σ(b). In the GRU the update gate
z has the same part, so everything here holds for its bias too.

Letters in the shapes: B biases, H units.
"""

import math
from dataclasses import dataclass, replace

import torch
from jaxtyping import Float
from torch import Tensor

from explorer.cells.activations import SIGMOID, Activation
from explorer.cells.cell import Cell, block_of, rows
from explorer.cells.weights import Weights


@dataclass(frozen=True)
class Remembrance:
    """What a forget bias alone implies, for each of several biases."""

    bias: Float[Tensor, " B"]
    gate: Float[Tensor, " B"]
    half_life: Float[Tensor, " B"]
    time_constant: Float[Tensor, " B"]

    def after(self, steps: int) -> Float[Tensor, " B"]:
        """The share fᵏ that is left after k steps."""
        return self.gate**steps


def remembrance(bias: Float[Tensor, " B"], by: Activation = SIGMOID) -> Remembrance:
    """Gate, half-life ln ½ / ln f and time constant 1/(1 − f), both in steps, of f = σ(b).

    Of another activation than σ too: a hard sigmoid that is 1 never lets go, and one that is 0
    lets go at once.

    The two differ by about ln 2: after 1/(1 − f) steps 1/e is left, after a half-life one half.
    ln f and 1 − f are taken from b directly, so that large biases lose no digits. Jozefowicz,
    Zaremba and Sutskever (2015) recommend b = 1.
    """
    if by != SIGMOID:
        gate = by.of(bias)
        return Remembrance(bias, gate, math.log(2.0) / gate.log().abs(), 1 / (1 - gate))
    return Remembrance(
        bias=bias,
        gate=torch.sigmoid(bias),
        half_life=-math.log(2.0) / torch.nn.functional.logsigmoid(bias),
        time_constant=1 / torch.sigmoid(-bias),
    )


def chrono_biases(
    units: int, longest: int, generator: torch.Generator, dtype: torch.dtype = torch.float32
) -> Float[Tensor, " H"]:
    """Forget biases whose time constants spread evenly over the expected range of lags.

    b = log u, u ~ U[1, T − 1] (Tallec and Ollivier 2018, section 3), so that the time constant
    1/(1 − σ(b)) is 1 + u. The paper sets the input gate's bias to −b.
    Raises `ValueError` for a longest lag below 2.
    """
    if longest < 2:
        raise ValueError(f"longest lag must be at least 2 steps, not {longest}")
    drawn = torch.empty(units, dtype=dtype).uniform_(1, longest - 1, generator=generator)
    return drawn.log()


def with_gate_bias(
    cell: Cell, weights: Weights, gate: str, bias: float | Float[Tensor, " H"]
) -> Weights:
    """The same weights with the bias of one gate set: all of it in `bias_ih`, none in `bias_hh`.

    PyTorch adds two biases, so setting both to 1 would make 2.
    """
    cell.check(weights)
    block = block_of(cell.gates, gate)
    bias_ih, bias_hh = weights.bias_ih.clone(), weights.bias_hh.clone()
    rows(bias_ih, block, weights.units)[:] = bias
    rows(bias_hh, block, weights.units)[:] = 0.0
    return replace(weights, bias_ih=bias_ih, bias_hh=bias_hh)


def with_forget_bias(cell: Cell, weights: Weights, bias: float | Float[Tensor, " H"]) -> Weights:
    """The same weights with the bias of the gate that keeps: f in the LSTM, z in the GRU.

    A coupled LSTM has no rows for f = 1 − i = 1 − σ(b_i) = σ(−b_i): its input gate gets −bias.
    Raises `ValueError` for a cell that has no gate to keep with.
    """
    gate, sign = cell.forget_bias
    return with_gate_bias(cell, weights, gate, sign * bias)


def with_chrono(cell: Cell, weights: Weights, longest: int, generator: torch.Generator) -> Weights:
    """Chrono initialisation: keeping gate log u, u ~ U[1, T − 1]; an input gate gets the opposite.

    Tallec and Ollivier (2018, section 3). The GRU has no input gate: (1 − z) is it already. Raises
    `ValueError` for gates by anything but σ, whose time constant is another one.
    """
    if cell.varied and cell.activations[0] != SIGMOID:
        raise ValueError(f"chrono biases are those of gates by σ, and {cell.name} has others")
    biases = chrono_biases(weights.units, longest, generator, weights.bias_ih.dtype)
    weights = with_forget_bias(cell, weights, biases)
    if "input_gate" in cell.gates:
        weights = with_gate_bias(cell, weights, "input_gate", -biases)
    return weights
