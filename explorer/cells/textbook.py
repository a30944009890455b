"""A second opinion on the cells that torch does not have: published equations in plain NumPy.

Nothing here is shared with the cells themselves, not even where a gate's rows begin: the packing
is spelled out once more. Every gate has its own matrices W (input) and R (recurrent), as in the
papers, and one bias, the sum of PyTorch's two, which in these cells are always added.

Letters in the shapes: T steps, I inputs, H units; `*batch` any axes between time and numbers.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor

from explorer.cells.weights import Weights

Array = NDArray[np.float64]
Opinion = tuple[Array, Array | None]
Function = Callable[[Array], Array]


def _logistic(a: Array) -> Array:
    return 0.5 + 0.5 * np.tanh(0.5 * a)  # never overflows, unlike 1 / (1 + exp(-a))


@dataclass(frozen=True)
class By:
    """The activations: of the gates, of the candidate, and of the memory on its way out."""

    gates: Function = _logistic
    new: Function = np.tanh
    shown: Function = np.tanh


Computed = Callable[[Weights, By, Array, Array, Array | None], Opinion]


def second_opinion(
    cell_name: str,
    weights: Weights,
    x: Float[Tensor, "T *batch I"],
    hidden: Float[Tensor, "*batch H"],
    cell: Float[Tensor, "*batch H"] | None = None,
) -> tuple[Float[Tensor, "T *batch H"], Float[Tensor, "*batch H"] | None]:
    """The hidden state at every step and the last memory, in float64, from a given state.

    The memory is `None` for the GRU. Raises `ValueError` for a cell that is not in `TEXTBOOK`,
    since torch itself is the better judge of those it has. With activations in its name a cell is
    none of torch's, and those in `VARIED` are answered too.
    """
    family, _, names = cell_name.partition("(")
    known = TEXTBOOK | VARIED if names else TEXTBOOK
    if family not in known:
        choices = ", ".join(map(repr, TEXTBOOK))
        raise ValueError(f"no second opinion on {cell_name!r}; choose from {choices}")
    by = By(*map(_function, names.removesuffix(")").split(", "))) if names else By()
    memory = None if cell is None else _array(cell)
    states, last = known[family](weights, by, _array(x), _array(hidden), memory)
    return torch.from_numpy(states), None if last is None else torch.from_numpy(last)


def _peephole(weights: Weights, by: By, x: Array, y: Array, c: Array | None) -> Opinion:
    """Greff et al. (2017, section 2): the equations of their vanilla LSTM, letter by letter."""
    assert c is not None, "an LSTM starts from a memory"
    assert weights.peepholes is not None, "checked by the cell"
    (W_i, W_f, W_z, W_o), (R_i, R_f, R_z, R_o), (b_i, b_f, b_z, b_o) = _blocks(weights, 4)
    p_i, p_f, p_o = _array(weights.peepholes)
    outputs = np.empty((*x.shape[:-1], y.shape[-1]))
    for t, x_t in enumerate(x):
        z = by.new(x_t @ W_z.T + y @ R_z.T + b_z)
        i = by.gates(x_t @ W_i.T + y @ R_i.T + p_i * c + b_i)
        f = by.gates(x_t @ W_f.T + y @ R_f.T + p_f * c + b_f)
        c = z * i + c * f
        o = by.gates(x_t @ W_o.T + y @ R_o.T + p_o * c + b_o)
        outputs[t] = y = by.shown(c) * o
    return outputs, c


def _coupled(weights: Weights, by: By, x: Array, y: Array, c: Array | None) -> Opinion:
    """Greff et al. (2017, section 3, CIFG), without peepholes: f = 1 − i."""
    assert c is not None, "an LSTM starts from a memory"
    (W_i, W_z, W_o), (R_i, R_z, R_o), (b_i, b_z, b_o) = _blocks(weights, 3)
    outputs = np.empty((*x.shape[:-1], y.shape[-1]))
    for t, x_t in enumerate(x):
        z = by.new(x_t @ W_z.T + y @ R_z.T + b_z)
        i = by.gates(x_t @ W_i.T + y @ R_i.T + b_i)
        c = c + i * (z - c)
        o = by.gates(x_t @ W_o.T + y @ R_o.T + b_o)
        outputs[t] = y = by.shown(c) * o
    return outputs, c


def _plain(weights: Weights, by: By, x: Array, y: Array, c: Array | None) -> Opinion:
    """Hochreiter and Schmidhuber (1997) with the forget gate of Gers et al. (2000)."""
    assert c is not None, "an LSTM starts from a memory"
    (W_i, W_f, W_z, W_o), (R_i, R_f, R_z, R_o), (b_i, b_f, b_z, b_o) = _blocks(weights, 4)
    outputs = np.empty((*x.shape[:-1], y.shape[-1]))
    for t, x_t in enumerate(x):
        z = by.new(x_t @ W_z.T + y @ R_z.T + b_z)
        i = by.gates(x_t @ W_i.T + y @ R_i.T + b_i)
        f = by.gates(x_t @ W_f.T + y @ R_f.T + b_f)
        o = by.gates(x_t @ W_o.T + y @ R_o.T + b_o)
        c = z * i + c * f
        outputs[t] = y = by.shown(c) * o
    return outputs, c


def _reset_after(weights: Weights, by: By, x: Array, h: Array, c: Array | None) -> Opinion:
    """Cho et al. (2014, first version), both biases kept apart: r ⊙ (U h + b')."""
    (W_r, W_z, W), (U_r, U_z, U), (b_r, b_z, _) = _blocks(weights, 3)
    b, b_back = _array(weights.bias_ih)[-len(W) :], _array(weights.bias_hh)[-len(W) :]
    outputs = np.empty((*x.shape[:-1], h.shape[-1]))
    for t, x_t in enumerate(x):
        r = by.gates(x_t @ W_r.T + h @ U_r.T + b_r)
        z = by.gates(x_t @ W_z.T + h @ U_z.T + b_z)
        proposed = by.new(x_t @ W.T + b + r * (h @ U.T + b_back))
        outputs[t] = h = z * h + (1 - z) * proposed
    return outputs, None


def _reset_before(weights: Weights, by: By, x: Array, h: Array, c: Array | None) -> Opinion:
    """Cho et al. (2014, third version, eqs. 5 to 8): [U (r ⊙ h)], biases added."""
    (W_r, W_z, W), (U_r, U_z, U), (b_r, b_z, b) = _blocks(weights, 3)
    outputs = np.empty((*x.shape[:-1], h.shape[-1]))
    for t, x_t in enumerate(x):
        r = by.gates(x_t @ W_r.T + h @ U_r.T + b_r)
        z = by.gates(x_t @ W_z.T + h @ U_z.T + b_z)
        proposed = by.new(x_t @ W.T + (r * h) @ U.T + b)
        outputs[t] = h = z * h + (1 - z) * proposed
    return outputs, None


TEXTBOOK: dict[str, Computed] = {
    "lstm_peephole": _peephole,
    "lstm_coupled": _coupled,
    "gru_before": _reset_before,
}
"""Published equations of the cells that torch does not have, by their names."""
VARIED: dict[str, Computed] = {"lstm": _plain, "gru": _reset_after}
"""Cells that torch has with σ and tanh only."""


def _function(name: str) -> Function:
    """An activation by its name, in NumPy."""
    known: dict[str, Function] = {
        "sigmoid": _logistic,
        "tanh": np.tanh,
        "relu": lambda a: np.where(a > 0, a, 0.0),
    }
    if name in known:
        return known[name]
    slope, shift = map(float, name.removeprefix("hard_sigmoid_").split("_"))
    return lambda a: np.clip(slope * a + shift, 0.0, 1.0)


def _blocks(weights: Weights, gates: int) -> tuple[list[Array], list[Array], list[Array]]:
    bias = _array(weights.bias_ih) + _array(weights.bias_hh)
    stacked = _array(weights.weight_ih), _array(weights.weight_hh), bias
    W, R, b = (np.split(part, gates) for part in stacked)
    return W, R, b


def _array(tensor: Tensor) -> Array:
    return tensor.detach().to(torch.float64).numpy()
