"""How PyTorch, Keras, ONNX and TensorFlow 1 pack the same cell, and the way from one to another.

Every format stacks the gates of a cell as blocks of one matrix, each in an order of its own. Keras
multiplies from the other side, so its blocks are columns. PyTorch and ONNX keep two biases for
each gate, Keras and TensorFlow 1 one, but Keras keeps two in the GRU that resets after the product,
where their sum would not do.

Letters in the shapes: I inputs, H units, G rows of all gates together, B = 2G, P = 3H peepholes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from explorer.cells.weights import Weights

PEEPHOLES = ("input_gate", "forget_gate", "output_gate")
"""The order in which `Weights.peepholes` holds its three rows."""
ONNX_PEEPHOLES = ("input_gate", "output_gate", "forget_gate")


@dataclass(frozen=True)
class Packing:
    """The gates of a cell in the order of their blocks, and the letters a format has for them."""

    gates: tuple[str, ...]
    letters: tuple[str, ...]


_IFGO = ("input_gate", "forget_gate", "candidate", "output_gate")
_IOFC = ("input_gate", "output_gate", "forget_gate", "candidate")
_IJFO = ("input_gate", "candidate", "forget_gate", "output_gate")
_RZN = ("reset_gate", "update_gate", "new")
_ZRH = ("update_gate", "reset_gate", "new")
_PLAIN = Packing(("hidden",), ("h",))

PACKINGS: dict[str, dict[str, Packing]] = {
    "pytorch": {
        "rnn_tanh": _PLAIN,
        "rnn_relu": _PLAIN,
        "lstm": Packing(_IFGO, ("i", "f", "g", "o")),
        "lstm_peephole": Packing(_IFGO, ("i", "f", "g", "o")),
        "lstm_coupled": Packing(("input_gate", "candidate", "output_gate"), ("i", "g", "o")),
        "gru": Packing(_RZN, ("r", "z", "n")),
        "gru_before": Packing(_RZN, ("r", "z", "n")),
    },
    "keras": {
        "rnn_tanh": _PLAIN,
        "rnn_relu": _PLAIN,
        "lstm": Packing(_IFGO, ("i", "f", "c", "o")),
        "gru": Packing(_ZRH, ("z", "r", "h")),
        "gru_before": Packing(_ZRH, ("z", "r", "h")),
    },
    "onnx": {
        "rnn_tanh": _PLAIN,
        "rnn_relu": _PLAIN,
        "lstm": Packing(_IOFC, ("i", "o", "f", "c")),
        "lstm_peephole": Packing(_IOFC, ("i", "o", "f", "c")),
        "lstm_coupled": Packing(_IOFC, ("i", "o", "f", "c")),  # f is there, and not used
        "gru": Packing(_ZRH, ("z", "r", "h")),
        "gru_before": Packing(_ZRH, ("z", "r", "h")),
    },
    "tensorflow1": {"lstm": Packing(_IJFO, ("i", "j", "f", "o"))},
}
"""Format, then cell: how its gates are packed. "pytorch" is also the order of this laboratory."""


def packing(convention: str, cell_name: str) -> Packing:
    """How a format packs a cell; `ValueError` names the formats or cells there are."""
    if convention not in PACKINGS:
        raise ValueError(f"unknown convention {convention!r}; choose from {_listed(PACKINGS)}")
    known = PACKINGS[convention]
    if cell_name not in known:
        raise ValueError(f"{convention} has no cell {cell_name!r}; choose from {_listed(known)}")
    return known[cell_name]


def reordered(
    packed: Float[Tensor, "G ..."], found: Sequence[str], wanted: Sequence[str]
) -> Float[Tensor, "R ..."]:
    """The blocks of rows in the wanted order; blocks that are not wanted are left out.

    Raises `ValueError` when the rows cannot be cut into the blocks found.
    """
    if len(packed) % len(found):
        raise ValueError(f"{len(packed)} rows cannot be cut into {len(found)} equal blocks")
    blocks = dict(zip(found, packed.chunk(len(found)), strict=True))
    return torch.cat([blocks[gate] for gate in wanted])


def to_keras(
    cell_name: str, weights: Weights
) -> tuple[Float[Tensor, "I G"], Float[Tensor, "H G"], Float[Tensor, "*two G"]]:
    """Kernel, recurrent kernel and bias as Keras keeps them.

    The two biases become their sum; the GRU with reset after the product keeps both, (2, G).
    """
    ours, theirs = packing("pytorch", cell_name).gates, packing("keras", cell_name).gates
    biases = [reordered(bias, ours, theirs) for bias in (weights.bias_ih, weights.bias_hh)]
    return (
        reordered(weights.weight_ih, ours, theirs).T.contiguous(),
        reordered(weights.weight_hh, ours, theirs).T.contiguous(),
        torch.stack(biases) if cell_name == "gru" else biases[0] + biases[1],
    )


def from_keras(
    cell_name: str,
    kernel: Float[Tensor, "I G"],
    recurrent: Float[Tensor, "H G"],
    bias: Float[Tensor, "*two G"] | None = None,
) -> Weights:
    """The weights that Keras' arrays stand for: transposed, reordered, with two biases.

    A single bias becomes the first, next to zeros; none becomes zeros twice. Raises `ValueError`
    for a cell that Keras does not have and for one bias where there must be two, or two for one.
    """
    theirs, ours = packing("keras", cell_name).gates, packing("pytorch", cell_name).gates
    after = cell_name == "gru"
    if bias is None:
        bias = kernel.new_zeros((2, kernel.shape[1]) if after else kernel.shape[1:])
    if bias.dim() != 1 + after or (after and len(bias) != 2):
        raise ValueError(f"{cell_name} has {'two biases' if after else 'one bias'} in Keras")
    first, second = bias if after else (bias, torch.zeros_like(bias))
    return Weights(
        reordered(kernel.T, theirs, ours),
        reordered(recurrent.T, theirs, ours),
        reordered(first, theirs, ours),
        reordered(second, theirs, ours),
    )


def to_onnx(
    cell_name: str, weights: Weights
) -> tuple[
    Float[Tensor, "G I"], Float[Tensor, "G H"], Float[Tensor, " B"], Float[Tensor, " P"] | None
]:
    """W, R, B and P of one direction as ONNX keeps them: B is both biases, P the peepholes.

    The coupled LSTM has a block of zeros where ONNX keeps the forget gate that it does not use.
    """
    ours, theirs = packing("pytorch", cell_name).gates, packing("onnx", cell_name).gates

    def packed(part: Tensor) -> Tensor:
        blocks = dict(zip(ours, part.chunk(len(ours)), strict=True))
        unused = torch.zeros_like(part[: weights.units])
        return torch.cat([blocks.get(gate, unused) for gate in theirs])

    peepholes = weights.peepholes
    return (
        packed(weights.weight_ih),
        packed(weights.weight_hh),
        torch.cat((packed(weights.bias_ih), packed(weights.bias_hh))),
        None if peepholes is None else reordered(peepholes, PEEPHOLES, ONNX_PEEPHOLES).flatten(),
    )


def from_onnx(
    cell_name: str,
    W: Float[Tensor, "G I"],
    R: Float[Tensor, "G H"],
    B: Float[Tensor, " B"] | None = None,
    P: Float[Tensor, " P"] | None = None,
) -> Weights:
    """The weights that one direction of an ONNX node stands for; without B the biases are zero.

    Raises `ValueError` for a cell that ONNX does not have, and for peepholes of another cell than
    `lstm_peephole`.
    """
    theirs, ours = packing("onnx", cell_name).gates, packing("pytorch", cell_name).gates
    if (P is not None) != (cell_name == "lstm_peephole"):
        raise ValueError(f"{cell_name} has {'no' if P is not None else 'three'} peepholes a unit")
    first, second = W.new_zeros(2, len(W)) if B is None else B.view(2, len(W))
    return Weights(
        reordered(W, theirs, ours),
        reordered(R, theirs, ours),
        reordered(first, theirs, ours),
        reordered(second, theirs, ours),
        None if P is None else reordered(P.view(3, -1), ONNX_PEEPHOLES, PEEPHOLES),
    )


def from_tensorflow1(
    kernel: Float[Tensor, "J G"], bias: Float[Tensor, " G"], forget_bias: float = 1.0
) -> Weights:
    """The weights of an `LSTMCell` of TensorFlow 1, packed i, j, f, o (j is the candidate).

    Its one kernel multiplies x and h₋₁ side by side, J = I + H, and its `forget_bias` is added at
    every step and stored nowhere.
    """
    theirs, ours = packing("tensorflow1", "lstm").gates, packing("pytorch", "lstm").gates
    units = kernel.shape[1] // 4
    stored = reordered(bias, theirs, ours)
    stored[units : 2 * units] += forget_bias
    rows = reordered(kernel.T, theirs, ours)
    return Weights(rows[:, :-units], rows[:, -units:], stored, torch.zeros_like(stored))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(repr, names))
