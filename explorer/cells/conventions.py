"""How PyTorch, Keras, ONNX and TensorFlow 1 pack the same cell, and the way from one to another.

Every format stacks the gates of a cell as blocks of one matrix, each in an order of its own. Keras
multiplies from the other side, so its blocks are columns. PyTorch and ONNX keep two biases for
each gate, Keras and TensorFlow 1 one, but Keras keeps two in the GRU that resets after the product,
where their sum would not do.

Letters in the shapes: I inputs, H units, G rows of all gates together, B = 2G, P = 3H peepholes.
"""

from collections.abc import Iterable, Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from explorer.cells import CELLS
from explorer.cells.cell import Cell
from explorer.cells.gates import Packing
from explorer.cells.weights import Weights

PEEPHOLES = ("input_gate", "forget_gate", "output_gate")
"""The order in which `Weights.peepholes` holds its three rows."""
ONNX_PEEPHOLES = ("input_gate", "output_gate", "forget_gate")


def own_packing(cell: Cell) -> Packing:
    """The order of this laboratory, which is PyTorch's where torch has the cell."""
    letters = tuple(cell.kind(gate).papers.letter for gate in cell.gates)
    return Packing(cell.gates, letters, 2)


PACKINGS: dict[str, dict[str, Packing]] = {
    "pytorch": {name: own_packing(cell) for name, cell in CELLS.items()},
    **{
        convention: {
            name: cell.packings[convention]
            for name, cell in CELLS.items()
            if convention in cell.packings
        }
        for convention in ("keras", "onnx", "tensorflow1")
    },
}
"""Format, then cell: how its gates are packed. "pytorch" is also the order of this laboratory."""


def packing(convention: str, cell_name: str) -> Packing:
    """How a format packs a cell, whatever its activations.

    Raises `ValueError` with the formats or cells there are.
    """
    if convention not in PACKINGS:
        raise ValueError(f"unknown convention {convention!r}; choose from {_listed(PACKINGS)}")
    known = PACKINGS[convention]
    family = CELLS[cell_name].family if cell_name in CELLS else cell_name
    if family not in known:
        raise ValueError(f"{convention} has no cell {cell_name!r}; choose from {_listed(known)}")
    return known[family]


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
    keras = packing("keras", cell_name)
    ours, theirs = packing("pytorch", cell_name).gates, keras.gates
    biases = [reordered(bias, ours, theirs) for bias in (weights.bias_ih, weights.bias_hh)]
    return (
        reordered(weights.weight_ih, ours, theirs).T.contiguous(),
        reordered(weights.weight_hh, ours, theirs).T.contiguous(),
        torch.stack(biases) if keras.biases == 2 else biases[0] + biases[1],
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
    keras = packing("keras", cell_name)
    theirs, ours = keras.gates, packing("pytorch", cell_name).gates
    both = keras.biases == 2
    if bias is None:
        bias = kernel.new_zeros((2, kernel.shape[1]) if both else kernel.shape[1:])
    if bias.dim() != 1 + both or (both and len(bias) != 2):
        raise ValueError(f"{cell_name} has {'two biases' if both else 'one bias'} in Keras")
    first, second = bias if both else (bias, torch.zeros_like(bias))
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

    Raises `ValueError` for a cell that ONNX does not have, and for peepholes of a cell without.
    """
    theirs, ours = packing("onnx", cell_name).gates, packing("pytorch", cell_name).gates
    if (P is not None) != CELLS[cell_name].peepholes:
        raise ValueError(f"{cell_name} has {'no' if P is not None else 'three'} peepholes a unit")
    first, second = W.new_zeros(2, len(W)) if B is None else B.view(2, len(W))
    return Weights(
        reordered(W, theirs, ours),
        reordered(R, theirs, ours),
        reordered(first, theirs, ours),
        reordered(second, theirs, ours),
        peepholes=None if P is None else reordered(P.view(3, -1), ONNX_PEEPHOLES, PEEPHOLES),
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
