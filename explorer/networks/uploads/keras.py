"""Recurrent layers out of what Keras saves: an archive with its description, or weights alone."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from torch import Tensor

from explorer.cells import CELLS, Weights
from explorer.cells.conventions import from_keras, packing
from explorer.networks.uploads.described import Described, described
from explorer.networks.uploads.equations import keras_hidden
from explorer.networks.uploads.found import Claim, Contents, Convention, Table
from explorer.networks.uploads.hdf5 import Arrays, arrays
from explorer.networks.uploads.limits import (
    RefusedError,
    check_count,
    check_finite,
    check_sizes,
    entries,
    unpacked,
)
from explorer.sequences.stack import Stack

LARGEST_DESCRIPTION = 2_000_000  # bytes of JSON
ARRAYS = ("kernel", "recurrent_kernel", "bias")
ARRAY = re.compile(
    r"(?P<group>.*?)/(?:vars/(?P<number>\d+)|(?P<word>kernel|recurrent_kernel|bias)(?::0)?)"
)
PLACE = re.compile(
    r"(?P<layer>.*?)(?:/(?P<way>forward|backward)_layer)?/cell(?P<inner>/cells/[^/]+)?"
)
BY_BLOCKS = {4: "lstm", 3: "gru", 1: "rnn_tanh"}
"""The cell, by the blocks of columns in a recurrent kernel."""


@dataclass(frozen=True)
class Way:
    """One direction of one layer as Keras keeps it."""

    cell_name: str
    kernel: Tensor
    recurrent: Tensor
    bias: Tensor | None

    @property
    def units(self) -> int:
        """H: rows of the recurrent kernel."""
        return self.recurrent.shape[0]

    @property
    def weights(self) -> Weights:
        """In the order of this laboratory."""
        return from_keras(self.cell_name, self.kernel, self.recurrent, self.bias)

    def hidden(self, x: np.ndarray) -> np.ndarray:
        """What Keras' equations make of x, with Keras' arrays in Keras' order, in float64."""
        bias = None if self.bias is None else self.bias.double().numpy()
        kernel, recurrent = self.kernel.double().numpy(), self.recurrent.double().numpy()
        return keras_hidden(self.cell_name, x, kernel, recurrent, bias)


@dataclass(frozen=True)
class Layer:
    """One layer of a model: (forward,) or (forward, backward), once for each inner cell."""

    path: str
    name: str
    cells: tuple[tuple[Way, ...], ...]
    told: Described | None

    @property
    def backward(self) -> bool:
        """Whether the one direction is the one from the end."""
        return self.told is not None and self.told.backward


def archive(data: bytes) -> Contents:
    """The recurrent layers of a `.keras` archive: a description and the weights, zipped."""
    listed = entries(data)
    if "model.weights.h5" not in listed or "config.json" not in listed:
        raise RefusedError("it has no model.weights.h5 and config.json; save it with model.save")
    text = unpacked(data, listed["config.json"], LARGEST_DESCRIPTION).decode("utf-8")
    found = arrays(unpacked(data, listed["model.weights.h5"]))
    return _contents("Keras archive", found, described(text, by_name=False))


def weights(data: bytes) -> Contents:
    """The recurrent layers of Keras' HDF5 files: weights alone, or a whole model of older form."""
    found = arrays(data)
    if found.config:
        if len(found.config) > LARGEST_DESCRIPTION:
            raise RefusedError("its description is larger than a network; save the weights alone")
        return _contents("Keras HDF5 model", found, described(found.config, by_name=True))
    return _contents("Keras weights", found, {})


def _contents(source: str, found: Arrays, told: Mapping[str, Described]) -> Contents:
    layers, refused = [], []
    groups = _layers(found.tensors)
    check_count(len(groups))
    known = [path for path in told if path in groups]
    for path in known + sorted(groups.keys() - told.keys(), key=_natural):
        named = told.get(path)
        name = named.name if named else found.names.get(f"{path}/vars", path.rsplit("/", 1)[-1])
        try:
            layers.append(_layer(path, name, groups[path], named))
        except ValueError as why:
            refused.append(f"{name}: {why}")
    claims = []
    for chain in _chains(layers):
        name = ", ".join(layer.name for layer in chain)
        try:
            claims.append(_claim(name, chain, source))
        except ValueError as why:
            refused.append(f"{name}: {why}")
    return Contents(source, tuple(claims), *_tables(found.tensors), tuple(refused))


def _layers(tensors: Mapping[str, Tensor]) -> dict[str, dict[str, dict[str, dict[str, Tensor]]]]:
    """Layer, inner cell and way: the arrays called kernel, recurrent_kernel and bias."""
    groups: dict[str, dict[str, Tensor]] = {}
    for path, tensor in tensors.items():
        if match := ARRAY.fullmatch(path):
            number = match["number"]
            word = match["word"] or (ARRAYS[int(number)] if number in ("0", "1", "2") else number)
            groups.setdefault(match["group"], {})[word] = tensor
    layers: dict[str, dict[str, dict[str, dict[str, Tensor]]]] = {}
    for group, trio in groups.items():
        if "kernel" not in trio or "recurrent_kernel" not in trio:
            continue
        if trio["kernel"].dim() != 2 or trio["recurrent_kernel"].dim() != 2:
            continue  # a convolution, or a layer with a scale and a shift
        layer, inner, way = _place(group)
        layers.setdefault(layer, {}).setdefault(inner, {})[way] = trio
    return layers


def _place(group: str) -> tuple[str, str, str]:
    """Layer, inner cell and way of a group of arrays, in Keras 3 or in the older form."""
    if match := PLACE.fullmatch(group):
        return match["layer"], match["inner"] or "", match["way"] or "forward"
    parts = group.split("/")
    way = "backward" if any(part.startswith("backward_") for part in parts) else "forward"
    return "/".join(parts[: 2 if parts[0] == "model_weights" else 1]), "", way


def _layer(
    path: str,
    name: str,
    found: Mapping[str, Mapping[str, Mapping[str, Tensor]]],
    told: Described | None,
) -> Layer:
    if told is not None and told.refused:
        raise RefusedError(told.refused)
    cells = []
    for inner in sorted(found, key=_natural):
        ways = [found[inner][way] for way in ("forward", "backward") if way in found[inner]]
        cells.append(tuple(_way(trio, told) for trio in ways))
    if told is not None and any(len(ways) != 1 + told.both_ways for ways in cells):
        raise RefusedError("its description and its weights disagree; save and upload it again")
    return Layer(path, name, tuple(cells), told)


def _way(trio: Mapping[str, Tensor], told: Described | None) -> Way:
    kernel, recurrent, bias = trio["kernel"], trio["recurrent_kernel"], trio.get("bias")
    if len(trio) > len(ARRAYS):
        raise RefusedError(
            f"its cell keeps {len(trio)} arrays, and an LSTM, GRU or plain RNN of Keras three"
        )
    blocks, left = divmod(recurrent.shape[1], max(1, recurrent.shape[0]))
    if (
        left
        or blocks not in BY_BLOCKS
        or kernel.shape[1] != recurrent.shape[1]
        or 0 in kernel.shape
    ):
        raise RefusedError(
            f"its kernels of {'×'.join(map(str, kernel.shape))} and "
            f"{'×'.join(map(str, recurrent.shape))} are those of no LSTM, GRU or plain RNN"
        )
    check_sizes(recurrent.shape[0], 1)
    check_finite(kernel, recurrent, bias)
    cell_name = BY_BLOCKS[blocks]
    if cell_name == "gru" and bias is not None and bias.dim() == 1:
        cell_name = "gru_before"
    if told is not None and told.cell_name != cell_name:
        undecided = {told.cell_name, cell_name} in ({"rnn_relu", "rnn_tanh"}, {"gru", "gru_before"})
        if not undecided or (bias is not None and blocks == 3):
            raise RefusedError("its description and its weights disagree; save and upload it again")
        cell_name = told.cell_name
    columns = kernel.shape[1]
    if bias is not None and bias.shape != ((2, columns) if cell_name == "gru" else (columns,)):
        raise RefusedError(f"its bias of {'×'.join(map(str, bias.shape))} does not fit its kernels")
    return Way(cell_name, kernel, recurrent, bias)


def _chains(layers: Sequence[Layer]) -> list[list[Layer]]:
    """Layers that read each other's sequences and are of one kind and size, as one network."""
    chains: list[list[Layer]] = []
    for layer in layers:
        chain = next((c for c in chains if _reads(layer, c[-1])), None)
        if chain is None:
            chains.append([layer])
        else:
            chain.append(layer)
    return chains


def _reads(layer: Layer, below: Layer) -> bool:
    if layer.told is not None and below.told is not None:
        joined = below.told.merge == "concat" or not below.told.both_ways
        if layer.told.reads != below.path or not below.told.sequences or not joined:
            return False
    elif layer.told is not None or below.told is not None or _base(layer.path) != _base(below.path):
        return False
    ways, under = layer.cells[0], below.cells[-1]
    return (
        not layer.backward
        and not below.backward
        and len(ways) == len(under)
        and (ways[0].cell_name, ways[0].units) == (under[0].cell_name, under[0].units)
        and ways[0].kernel.shape[0] == len(under) * under[0].units
    )


def _claim(name: str, chain: Sequence[Layer], source: str) -> Claim:
    cells = [ways for layer in chain for ways in layer.cells]
    first = cells[0][0]
    check_sizes(first.units, len(cells))
    stack = Stack(first.cell_name, tuple(tuple(way.weights for way in ways) for ways in cells))
    backward = chain[0].backward

    def hidden(x: np.ndarray) -> np.ndarray:
        if backward:
            x = x[::-1]
        for ways in cells:
            forward = ways[0].hidden(x)
            back = [way.hidden(x[::-1])[::-1] for way in ways[1:]]
            x = np.concatenate([forward, *back], axis=-1)
        return x[::-1] if backward else x

    packed = packing("keras", first.cell_name)
    directions = "backward" if backward else "both" if stack.both_ways else "forward"
    convention = Convention(
        source=source,
        gates=packed.gates,
        letters=packed.letters,
        reset=CELLS[first.cell_name].candidate.reset,
        biases=0 if first.bias is None else packed.biases,
        peepholes=False,
        directions=directions,
        told_by=tuple(_told_by(chain, first)),
    )
    return Claim(name, stack, convention, hidden, against="Keras' published equations", exact=True)


def _told_by(chain: Sequence[Layer], first: Way) -> list[str]:
    shape = "×".join(map(str, first.recurrent.shape))
    kind = {"l": "an LSTM", "g": "a GRU", "r": "a plain RNN"}[first.cell_name[0]]
    told = [f"The recurrent kernel is {shape}, so {kind}."]
    if chain[0].told is not None:
        told.append("Activations, direction and order of the layers are in its description.")
        if chain[-1].told and chain[-1].told.both_ways and chain[-1].told.merge != "concat":
            told.append(
                f"Keras joins its directions by {chain[-1].told.merge}; here they stand side by "
                f"side."
            )
    else:
        told.append(
            "The file does not say activations and direction; Keras' defaults are assumed: tanh, "
            "sigmoid, forward."
        )
        if len(chain) > 1:
            told.append("That the layers stand on each other is told by their names and sizes.")
    if first.cell_name.startswith("gru"):
        if first.bias is not None:
            bias = "×".join(map(str, first.bias.shape))
            told.append(f"Where it resets is told by its bias of {bias}.")
        elif chain[0].told is None:
            told.append(
                "Without a bias nothing says where it resets; after the product is assumed."
            )
    return told


def _tables(tensors: Mapping[str, Tensor]) -> tuple[tuple[Table, ...], tuple[Table, ...]]:
    """Embeddings, one matrix alone, and dense layers, whose kernel stands the other way round."""
    embeddings, readouts = [], []
    for path, weight in tensors.items():
        group, _, last = path.removesuffix(":0").rpartition("/")
        if weight.dim() != 2 or weight.numel() == 0 or last not in ("0", "kernel", "embeddings"):
            continue
        ending = ":0" if path.endswith(":0") else ""
        bias = tensors.get(f"{group}/{'1' if last == '0' else 'bias'}{ending}")
        alone = bias is None and "embedding" in path
        if not bool(weight.isfinite().all()) or "cell" in group:
            continue
        if alone:
            embeddings.append(Table(path, weight))
        elif bias is None or (bias.shape == weight.shape[1:] and bool(bias.isfinite().all())):
            readouts.append(Table(path, weight.T.contiguous(), bias))
    return tuple(embeddings), tuple(readouts)


def _natural(path: str) -> list[tuple[int, str]]:
    """Sorts lstm_2 before lstm_10."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", path)]


def _base(path: str) -> str:
    return re.sub(r"_\d+$", "", path)
