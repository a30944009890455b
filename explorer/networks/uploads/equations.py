"""Keras' recurrent layers in plain NumPy, with its own arrays in its own layout.

Written from the equations of the Keras documentation, and apart from the laboratory's own cells:
this is what a converted layer is held against, as Keras itself is not installed.

Letters in the shapes: T steps, I inputs, H units, G columns of all gates together, two rows of
biases or none.
"""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float

Array = Float[np.ndarray, "..."]


def keras_hidden(
    cell_name: str,
    x: Float[np.ndarray, "T batch I"],
    kernel: Float[np.ndarray, "I G"],
    recurrent: Float[np.ndarray, "H G"],
    bias: Float[np.ndarray, "*two G"] | None,
) -> Float[np.ndarray, "T batch H"]:
    """The hidden states of one layer reading forward from zeros."""
    step = STEPS[cell_name]
    h = c = np.zeros((x.shape[1], recurrent.shape[0]))
    if bias is None:
        bias = np.zeros((2, kernel.shape[1]) if cell_name == "gru" else kernel.shape[1])
    hidden = []
    for each in x:
        h, c = step(each, h, c, kernel, recurrent, bias)
        hidden.append(h)
    return np.stack(hidden)


def _lstm(x: Array, h: Array, c: Array, W: Array, U: Array, b: Array) -> tuple[Array, Array]:
    """Columns i, f, c, o."""
    i, f, candidate, o = np.split(x @ W + h @ U + b, 4, axis=-1)
    c = _sigmoid(f) * c + _sigmoid(i) * np.tanh(candidate)
    return _sigmoid(o) * np.tanh(c), c


def _gru(x: Array, h: Array, c: Array, W: Array, U: Array, b: Array) -> tuple[Array, Array]:
    """Columns z, r, h; `reset_after=True`: the second bias is multiplied by r as well."""
    from_input, from_hidden = x @ W + b[0], h @ U + b[1]
    (x_z, x_r, x_h), (h_z, h_r, h_h) = (np.split(s, 3, axis=-1) for s in (from_input, from_hidden))
    z, r = _sigmoid(x_z + h_z), _sigmoid(x_r + h_r)
    return z * h + (1 - z) * np.tanh(x_h + r * h_h), c


def _gru_before(x: Array, h: Array, c: Array, W: Array, U: Array, b: Array) -> tuple[Array, Array]:
    """Columns z, r, h; `reset_after=False`: r · h goes into the matrix product."""
    x_z, x_r, x_h = np.split(x @ W + b, 3, axis=-1)
    U_z, U_r, U_h = np.split(U, 3, axis=-1)
    z, r = _sigmoid(x_z + h @ U_z), _sigmoid(x_r + h @ U_r)
    return z * h + (1 - z) * np.tanh(x_h + (r * h) @ U_h), c


def _tanh(x: Array, h: Array, c: Array, W: Array, U: Array, b: Array) -> tuple[Array, Array]:
    return np.tanh(x @ W + h @ U + b), c


def _relu(x: Array, h: Array, c: Array, W: Array, U: Array, b: Array) -> tuple[Array, Array]:
    return np.maximum(x @ W + h @ U + b, 0), c


STEPS: dict[str, Callable[..., tuple[Array, Array]]] = {
    "lstm": _lstm,
    "gru": _gru,
    "gru_before": _gru_before,
    "rnn_tanh": _tanh,
    "rnn_relu": _relu,
}


def _sigmoid(a: Array) -> Array:
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-a))
