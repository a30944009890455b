"""The arrays of one recurrent cell as a file of Keras keeps them, and the weights they stand for.

Keras 2 and 3 have a kernel, a recurrent kernel and perhaps a bias, Keras 1 could have arrays for
each gate, and the layers for cuDNN keep every gate's matrices the other way round.

Letters in the shapes: I inputs, H units, G columns of all gates together.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from explorer.cells import CELLS, Weights
from explorer.cells.conventions import from_keras
from explorer.networks.uploads.described import Described, usual, with_activations
from explorer.networks.uploads.equations import cudnn_hidden, keras_1_hidden, keras_hidden
from explorer.networks.uploads.limits import RefusedError, check_finite, check_sizes

ARRAYS = ("kernel", "recurrent_kernel", "bias")
ARRAY = re.compile(
    r"(?P<group>.*?)/(?:vars/(?P<number>\d+)|"
    r"(?P<word>kernel|recurrent_kernel|bias)(?P<again>_\d+)?(?::\d+)?)"
)
OF_KERAS_1 = re.compile(
    r"(?P<group>.*)/(?P<layer>[^/]+?)_(?P<word>[WUb])(?P<gate>_[ifcozrh])?(?::\d+)?"
)
FAMILIES = {4: "lstm", 3: "gru", 1: "rnn"}
"""The cell, by the blocks of columns in a recurrent kernel."""
DAMAGED = "its description and its weights disagree; save and upload it again"


@dataclass(frozen=True)
class Kernels:
    """The arrays of one cell by their words; `place` is where they lie in the file."""

    place: str
    arrays: Mapping[str, Tensor]

    @property
    def by_gate(self) -> bool:
        """Whether each gate has arrays of its own, as in Keras 1."""
        return "W_i" in self.arrays or "W_h" in self.arrays


@dataclass(frozen=True)
class Way:
    """One direction of one layer: the cell, its weights, and what its file's arrays compute.

    `hidden` makes the hidden states, (T, batch, H), of x, with the arrays of the file in its order.
    """

    cell_name: str
    weights: Weights
    hidden: Callable[[np.ndarray], np.ndarray]
    shape: tuple[int, ...]  # of the recurrent kernel
    bias: tuple[int, ...]  # its shape; empty without one
    biases: int  # for each gate
    cudnn: bool
    by_gate: bool


def kernels(tensors: Mapping[str, Tensor]) -> list[Kernels]:
    """All that may be a recurrent cell, in natural order: a matrix of inputs and one of units."""
    groups: dict[str, dict[str, Tensor]] = {}
    numbered = set()
    for path, tensor in tensors.items():
        if match := ARRAY.fullmatch(path):
            number = match["number"]
            word = match["word"] or (ARRAYS[int(number)] if number in ("0", "1", "2") else number)
            place = match["group"] + (match["again"] or "")
            numbered |= {place} if number else set()
        elif match := OF_KERAS_1.fullmatch(path):
            word, place = (
                match["word"] + (match["gate"] or ""),
                f"{match['group']}/{match['layer']}",
            )
        else:
            continue
        groups.setdefault(place, {})[word] = tensor
    found = [Kernels(place, _of_keras_2(arrays)) for place, arrays in groups.items()]
    some = [each for each in found if _may_be_recurrent(each, each.place in numbered)]
    return sorted(some, key=lambda each: natural(each.place))


def way(found: Kernels, told: Described | None, version: str) -> Way:
    """The cell that some arrays stand for, by the description if there is one.

    Raises `RefusedError` for arrays that make none, and for those that are not the described ones.
    """
    family, units = _family(found)
    check_sizes(units, 1)
    check_finite(*found.arrays.values())
    cudnn = told.cudnn if told is not None else _is_cudnn(found, family, units)
    if found.by_gate or (family == "gru" and not cudnn and len(_shape(found, "bias")) == 1):
        family = {"gru": "gru_before"}.get(family, family)
    if told is not None:
        family = _as_described(found, told, family, units)
    cell_name = told.cell_name if told is not None else family
    if told is None and not cudnn:
        cell_name = with_activations(family, usual(family, _of_keras_1(found, version)))
    if found.by_gate:
        return _by_gate(cell_name, found, units)
    if cudnn:
        return _cudnn(cell_name, found, units)
    return _plain(cell_name, found)


def _of_keras_2(arrays: dict[str, Tensor]) -> dict[str, Tensor]:
    """Stacked arrays of Keras 1 under the words of Keras 2."""
    words = dict(zip("WUb", ARRAYS, strict=True))
    return {words.get(word, word): array for word, array in arrays.items()}


def _may_be_recurrent(found: Kernels, numbered: bool) -> bool:
    """Whether arrays can be those of a cell; where they have numbers for names, by their shapes."""
    if found.by_gate:
        return True
    kernel, recurrent = (found.arrays.get(word) for word in ARRAYS[:2])
    if kernel is None or recurrent is None or kernel.dim() != 2 or recurrent.dim() != 2:
        return False  # a convolution, or a layer with a scale and a shift
    if not numbered or re.search(r"(^|/)cell(/cells/[^/]+)?$", found.place):
        return True
    columns = kernel.shape[1] == recurrent.shape[1]
    return columns and recurrent.shape[1] in (3 * len(recurrent), 4 * len(recurrent))


def _family(found: Kernels) -> tuple[str, int]:
    """Cell and units by the shapes of the arrays."""
    arrays = found.arrays
    if found.by_gate:
        family, letters = ("lstm", "ifco") if "W_i" in arrays else ("gru", "zrh")
        first = arrays.get(f"U_{letters[0]}")
        units = 0 if first is None or first.dim() != 2 else len(first)
        shapes = {"W": (len(arrays[f"W_{letters[-1]}"]), units), "U": (units, units), "b": (units,)}
        wanted = {f"{w}_{gate}": shape for w, shape in shapes.items() for gate in letters}
        given = {word: tuple(array.shape) for word, array in arrays.items()}
        if given != wanted or 0 in shapes["W"]:
            raise RefusedError("the arrays of its gates do not fit each other; save it again")
        return family, units
    kernel, recurrent, bias = (_shape(found, word) for word in ARRAYS)
    if len(arrays) > len(ARRAYS):
        raise RefusedError(
            f"its cell keeps {len(arrays)} arrays, and an LSTM, GRU or plain RNN of Keras three"
        )
    blocks, left = divmod(recurrent[1], max(1, recurrent[0]))
    if left or blocks not in FAMILIES or kernel[1] != recurrent[1] or 0 in kernel:
        raise RefusedError(
            f"its kernels of {_times(kernel)} and {_times(recurrent)} are those of no LSTM, GRU or "
            f"plain RNN"
        )
    family, columns = FAMILIES[blocks], recurrent[1]
    allowed = [(), (columns,), *([(2 * columns,)] if blocks > 1 else [])]
    if bias not in (*allowed, *([(2, columns)] if family == "gru" else [])):
        raise RefusedError(f"its bias of {_times(bias)} does not fit its kernels")
    return family, recurrent[0]


def _as_described(found: Kernels, told: Described, family: str, units: int) -> str:
    """The family of a described cell; `RefusedError` where its arrays are of another one."""
    asked = CELLS[told.cell_name].family
    by_blocks = {"gru_before": "gru", "rnn_tanh": "rnn", "rnn_relu": "rnn"}
    if by_blocks.get(asked, asked) != by_blocks.get(family, family):
        raise RefusedError(DAMAGED)
    if asked != family and asked.startswith("gru") and _shape(found, "bias"):
        raise RefusedError(DAMAGED)
    columns = _shape(found, "recurrent_kernel")[1:]
    doubled = bool(columns) and _shape(found, "bias") == (2 * columns[0],)
    if doubled != (told.cudnn and bool(_shape(found, "bias"))):
        raise RefusedError(DAMAGED)
    if told.units is not None and told.units != units:
        raise RefusedError(DAMAGED)
    return asked


def _is_cudnn(found: Kernels, family: str, units: int) -> bool:
    """Whether arrays without a description are cuDNN's, as Keras tells them: by a double bias."""
    gates = {"lstm": 4, "gru": 3}.get(family, 0)
    return bool(gates) and _shape(found, "bias") == (2 * gates * units,)


def _of_keras_1(found: Kernels, version: str) -> str:
    return version or ("1.2" if found.by_gate else "")


def _plain(cell_name: str, found: Kernels) -> Way:
    kernel, recurrent, bias = (found.arrays.get(word) for word in ARRAYS)
    assert kernel is not None and recurrent is not None  # noqa: PT018  # or it is no cell
    weights = from_keras(cell_name, kernel, recurrent, bias)
    own = [None if part is None else part.double().numpy() for part in (kernel, recurrent, bias)]

    def hidden(x: np.ndarray) -> np.ndarray:
        return keras_hidden(cell_name, x, *own)  # type: ignore[arg-type]

    biases = 0 if bias is None else bias.dim()
    return _made(cell_name, weights, hidden, found, biases)


def _by_gate(cell_name: str, found: Kernels, units: int) -> Way:
    letters = "ifco" if "W_i" in found.arrays else "zrh"
    parts = {w: [found.arrays[f"{w}_{letter}"] for letter in letters] for w in "WUb"}
    kernel, recurrent, bias = (torch.cat(parts[w], dim=-1) for w in "WUb")
    weights = from_keras(cell_name, kernel, recurrent, bias)
    own = {word: array.double().numpy() for word, array in found.arrays.items()}

    def hidden(x: np.ndarray) -> np.ndarray:
        return keras_1_hidden(cell_name, x, own)

    return _made(cell_name, weights, hidden, found, 1)


def _cudnn(cell_name: str, found: Kernels, units: int) -> Way:
    kernel, recurrent, bias = (found.arrays.get(word) for word in ARRAYS)
    assert kernel is not None and recurrent is not None  # noqa: PT018  # or it is no cell
    gates, inputs = recurrent.shape[1] // units, len(kernel)
    turned, turned_back = (
        torch.cat([part.reshape(units, width).T for part in whole.chunk(gates, dim=1)], dim=1)
        for whole, width in ((kernel, inputs), (recurrent, units))
    )
    two = recurrent.new_zeros(2, gates * units) if bias is None else bias.view(2, -1)
    if cell_name == "gru":
        weights = from_keras(cell_name, turned, turned_back, two)
    else:
        first, second = (from_keras(cell_name, turned, turned_back, each) for each in two)
        weights = Weights(first.weight_ih, first.weight_hh, first.bias_ih, second.bias_ih)
    own = [None if part is None else part.double().numpy() for part in (kernel, recurrent, bias)]

    def hidden(x: np.ndarray) -> np.ndarray:
        return cudnn_hidden(cell_name, x, *own)  # type: ignore[arg-type]

    return _made(cell_name, weights, hidden, found, 0 if bias is None else 2, cudnn=True)


def _made(
    cell_name: str,
    weights: Weights,
    hidden: Callable[[np.ndarray], np.ndarray],
    found: Kernels,
    biases: int,
    cudnn: bool = False,
) -> Way:
    shape = (weights.units, weights.weight_hh.shape[0])
    return Way(
        cell_name,
        weights,
        hidden,
        shape=shape,
        bias=_shape(found, "bias"),
        biases=biases,
        cudnn=cudnn,
        by_gate=found.by_gate,
    )


def natural(path: str) -> list[tuple[int, str]]:
    """Sorts lstm_2 before lstm_10."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", path)]


def _shape(found: Kernels, word: str) -> tuple[int, ...]:
    array = found.arrays.get(word)
    return () if array is None else tuple(array.shape)


def _times(shape: Sequence[int]) -> str:
    return "×".join(map(str, shape))
