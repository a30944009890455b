"""Keras' recurrent layers in plain NumPy, with its own arrays in its own layout.

Written from the equations of the Keras documentation, and apart from the laboratory's own cells:
this is what a converted layer is held against, as Keras itself is not installed.

Letters in the shapes: T steps, I inputs, H units, G columns of all gates together, two rows of
biases or none.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

Array = Float[np.ndarray, "..."]
Function = Callable[[Array], Array]


def _sigmoid(a: Array) -> Array:
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-a))


def _relu(a: Array) -> Array:
    return np.maximum(a, 0)


@dataclass(frozen=True)
class By:
    """What the gates go through, and what candidate and memory do."""

    gates: Function = _sigmoid
    new: Function = np.tanh


Step = Callable[[By, Array, Array, Array, Array, Array, Array], tuple[Array, Array]]


def keras_hidden(
    cell_name: str,
    x: Float[np.ndarray, "T batch I"],
    kernel: Float[np.ndarray, "I G"],
    recurrent: Float[np.ndarray, "H G"],
    bias: Float[np.ndarray, "*two G"] | None,
) -> Float[np.ndarray, "T batch H"]:
    """The hidden states of one layer reading forward from zeros."""
    family, by = _asked(cell_name)
    step = STEPS[family]
    h = c = np.zeros((x.shape[1], recurrent.shape[0]))
    if bias is None:
        bias = np.zeros((2, kernel.shape[1]) if family == "gru" else kernel.shape[1])
    hidden = []
    for each in x:
        h, c = step(by, each, h, c, kernel, recurrent, bias)
        hidden.append(h)
    return np.stack(hidden)


def keras_1_hidden(
    cell_name: str, x: Float[np.ndarray, "T batch I"], arrays: Mapping[str, Array]
) -> Float[np.ndarray, "T batch H"]:
    """The same with arrays of Keras 1, W, U and b of each gate by its letter: "W_i" (I, H)."""
    family, by = _asked(cell_name)

    def total(letter: str, x: Array, h: Array) -> Array:
        return x @ arrays[f"W{letter}"] + h @ arrays[f"U{letter}"] + arrays[f"b{letter}"]

    def step(x: Array, h: Array, c: Array) -> tuple[Array, Array]:
        if family == "lstm":
            written = by.gates(total("_i", x, h)) * by.new(total("_c", x, h))
            c = by.gates(total("_f", x, h)) * c + written
            return by.gates(total("_o", x, h)) * by.new(c), c
        z, r = by.gates(total("_z", x, h)), by.gates(total("_r", x, h))
        return z * h + (1 - z) * by.new(total("_h", x, r * h)), c

    h = c = np.zeros((x.shape[1], len(arrays["U_h" if family == "gru_before" else "U_i"])))
    hidden = []
    for each in x:
        h, c = step(each, h, c)
        hidden.append(h)
    return np.stack(hidden)


def cudnn_hidden(
    cell_name: str,
    x: Float[np.ndarray, "T batch I"],
    kernel: Float[np.ndarray, "I G"],
    recurrent: Float[np.ndarray, "H G"],
    bias: Float[np.ndarray, " B"] | None,
) -> Float[np.ndarray, "T batch H"]:
    """The same with arrays of cuDNN as Keras 2 kept them, B = 2G.

    The columns of each gate hold, in the order in which they lie, the matrix (H, I) or (H, H) that
    cuDNN multiplies from the left; so Keras 2.2.4 reads them in `preprocess_weights_for_loading`.
    """
    units, gates = len(recurrent), recurrent.shape[1] // len(recurrent)
    W = [part.reshape(units, len(kernel)) for part in np.split(kernel, gates, axis=1)]
    R = [part.reshape(units, units) for part in np.split(recurrent, gates, axis=1)]
    if bias is None:
        bias = np.zeros(2 * gates * units)
    b, back = bias.reshape(2, gates, units)
    h = c = np.zeros((x.shape[1], units))
    hidden = []
    for each in x:
        read = [each @ w.T + one for w, one in zip(W, b, strict=True)]
        heard = [h @ r.T + one for r, one in zip(R, back, strict=True)]
        if gates == 4:
            i, f, new, o = (a + b for a, b in zip(read, heard, strict=True))
            c = _sigmoid(f) * c + _sigmoid(i) * np.tanh(new)
            h = _sigmoid(o) * np.tanh(c)
        else:
            z, r = _sigmoid(read[0] + heard[0]), _sigmoid(read[1] + heard[1])
            h = z * h + (1 - z) * np.tanh(read[2] + r * heard[2])
        hidden.append(h)
    return np.stack(hidden)


def _lstm(
    by: By, x: Array, h: Array, c: Array, W: Array, U: Array, b: Array
) -> tuple[Array, Array]:
    """Columns i, f, c, o."""
    i, f, candidate, o = np.split(x @ W + h @ U + b, 4, axis=-1)
    c = by.gates(f) * c + by.gates(i) * by.new(candidate)
    return by.gates(o) * by.new(c), c


def _gru(by: By, x: Array, h: Array, c: Array, W: Array, U: Array, b: Array) -> tuple[Array, Array]:
    """Columns z, r, h; `reset_after=True`: the second bias is multiplied by r as well."""
    from_input, from_hidden = x @ W + b[0], h @ U + b[1]
    (x_z, x_r, x_h), (h_z, h_r, h_h) = (np.split(s, 3, axis=-1) for s in (from_input, from_hidden))
    z, r = by.gates(x_z + h_z), by.gates(x_r + h_r)
    return z * h + (1 - z) * by.new(x_h + r * h_h), c


def _gru_before(
    by: By, x: Array, h: Array, c: Array, W: Array, U: Array, b: Array
) -> tuple[Array, Array]:
    """Columns z, r, h; `reset_after=False`: r · h goes into the matrix product."""
    x_z, x_r, x_h = np.split(x @ W + b, 3, axis=-1)
    U_z, U_r, U_h = np.split(U, 3, axis=-1)
    z, r = by.gates(x_z + h @ U_z), by.gates(x_r + h @ U_r)
    return z * h + (1 - z) * by.new(x_h + (r * h) @ U_h), c


def _plain(
    by: By, x: Array, h: Array, c: Array, W: Array, U: Array, b: Array
) -> tuple[Array, Array]:
    return by.new(x @ W + h @ U + b), c


STEPS: dict[str, Step] = {
    "lstm": _lstm,
    "gru": _gru,
    "gru_before": _gru_before,
    "rnn_tanh": _plain,
    "rnn_relu": _plain,
}


def _asked(cell_name: str) -> tuple[str, By]:
    """The equations of a cell, and its activations, which are in its name where not the usual."""
    family, _, names = cell_name.partition("(")
    if family == "rnn_relu":
        return family, By(new=_relu)
    if not names:
        return family, By()
    gates, new, *shown = names.removesuffix(")").split(", ")
    if any(each != new for each in shown):
        raise ValueError(f"Keras puts candidate and memory through one activation: {cell_name}")
    return family, By(_hard(gates), _relu if new == "relu" else np.tanh)


def _hard(name: str) -> Function:
    """Keras 2 computes clip(0.2 x + 0.5) to 0 and 1, Keras 3 relu6(x + 3) / 6."""
    if name == "sigmoid":
        return _sigmoid
    return {
        "hard_sigmoid_0.2_0.5": lambda a: np.clip(0.2 * a + 0.5, 0, 1),
        f"hard_sigmoid_{1 / 6!r}_0.5": lambda a: np.clip(a + 3, 0, 6) / 6,
    }[name]
