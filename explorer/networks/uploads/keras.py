"""Recurrent layers out of what Keras saves: an archive with its description, or weights alone."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from torch import Tensor

from explorer.cells import CELLS, Cell
from explorer.cells.conventions import packing
from explorer.networks.uploads.assigned import Assigned, alone, by_name, by_place
from explorer.networks.uploads.between import neighbours
from explorer.networks.uploads.described import Described, Description, described
from explorer.networks.uploads.found import Claim, Contents, Convention, Table
from explorer.networks.uploads.hdf5 import Arrays, arrays
from explorer.networks.uploads.kernels import Way, kernels, way
from explorer.networks.uploads.limits import (
    RefusedError,
    check_count,
    check_sizes,
    entries,
    unpacked,
)
from explorer.sequences.stack import Stack

NO_LAYER = re.compile(r"(^|/)(optimizer|training_config|seed_generator)|state_\d+$|iteration")
FOLDING = "conv_lstm"  # in the names of groups
LARGEST_DESCRIPTION = 2_000_000  # bytes of JSON


@dataclass(frozen=True)
class Layer:
    """One layer of a model, of one direction or of two; `reads` is the place of the one below."""

    place: str
    name: str
    ways: tuple[Way, ...]
    told: Described | None
    reads: str
    assumed: tuple[str, ...]

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
    version = ""
    if "metadata.json" in listed:
        noted = json.loads(unpacked(data, listed["metadata.json"], LARGEST_DESCRIPTION))
        version = str(noted.get("keras_version") or "")
    found = arrays(unpacked(data, listed["model.weights.h5"]))
    told = described(text, version)
    if told.complete:
        return _contents("Keras archive", found, version, by_place(told, kernels(found.tensors)))
    return _undescribed("Keras archive", found, version, told)


def weights(data: bytes) -> Contents:
    """The recurrent layers of Keras' HDF5 files: weights alone, or a whole model of older form."""
    found = arrays(data)
    if not found.config:
        return _undescribed("Keras weights", found, found.version)
    if len(found.config) > LARGEST_DESCRIPTION:
        raise RefusedError("its description is larger than a network; save the weights alone")
    told = described(found.config, found.version)
    source = "Keras HDF5 model"
    if told.complete:
        assigned = by_name(told, kernels(found.tensors), found.orders)
        return _contents(source, found, found.version, assigned)
    return _undescribed(source, found, found.version, told)


def _undescribed(
    source: str, found: Arrays, version: str, told: Description | None = None
) -> Contents:
    """What can be said of weights alone: shapes and places, and the rest is assumed."""
    some = alone(kernels(found.tensors), found.names)
    reads = neighbours(found, [each.cells[0].place for each in some.layers])
    reads = {place: below for place, below in reads.items() if below}
    unsaid = "The file says neither the classes of its layers nor their activations"
    if told is not None:
        unsaid = f"The model's class {told.model!r} does not say the activations of its layers"
    folded = {part for path in found.tensors for part in path.split("/") if FOLDING in part}
    refused = [f"{part}: its cells convolve, which is not computed here" for part in folded]
    some = replace(some, refused=(*some.refused, *sorted(refused)))
    return _contents(source, found, version, some, reads, unsaid)


def _contents(
    source: str,
    found: Arrays,
    version: str,
    assigned: Assigned,
    reads: Mapping[str, str] | None = None,
    unsaid: str = "",
) -> Contents:
    check_count(len(assigned.layers))
    layers, refused = [], list(assigned.refused)
    for each in assigned.layers:
        told = each.told
        try:
            if told is not None and told.refused:
                raise RefusedError(told.refused)
            ways = tuple(way(cell, told, version) for cell in each.cells)
            if told is None and len({one.cell_name for one in ways}) > 1:
                raise RefusedError("its two directions are of different kinds")
            place = told.place if told is not None else each.cells[0].place
            below = told.reads if told is not None else (reads or {}).get(place, "")
            assumed = () if told is not None else _assumed(ways[0], version, unsaid)
            layers.append(Layer(place, each.name, ways, told, below, assumed))
        except ValueError as why:
            refused.append(f"{each.name}: {why}")
    claims = []
    for chain in _chains(layers):
        name = _name(chain)
        try:
            claims.append(_claim(name, chain, source, version))
        except ValueError as why:
            refused.append(f"{name}: {why}")
    cells = [f"{cell.place}/" for each in assigned.layers for cell in each.cells]
    aside = tuple(
        path
        for path, tensor in found.tensors.items()
        if tensor.dim() > 0 and not path.startswith(tuple(cells)) and not NO_LAYER.search(path)
    )
    return Contents(source, tuple(claims), *_tables(found.tensors), tuple(refused), aside=aside)


def _assumed(first: Way, version: str, unsaid: str) -> tuple[str, ...]:
    """What is taken for granted of weights alone."""
    cell = CELLS[first.cell_name]
    gates, new = cell.kinds[0].squash, cell.candidate.squash
    usual = f"{new.sign}" if cell.keeping_gate is None else f"{new.sign}, gates by {gates.sign}"
    whose = f"of Keras {version}" if version else "of Keras"
    kind = {"l": "LSTM", "g": "GRU", "r": "SimpleRNN"}[first.cell_name[0]]
    if first.cudnn:
        facts = []  # that layer has no choice
    else:
        facts = [f"{unsaid}; the {kind} {whose} as it comes is assumed: {usual}."]
    facts.append("The file does not say the direction; forward is assumed.")
    if first.cell_name.startswith("gru") and not first.bias:
        facts.append("Without a bias nothing says where it resets; after the product is assumed.")
    return tuple(facts)


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
    if not layer.reads or layer.reads != below.place:
        return False
    if layer.told is not None and below.told is not None:
        within = layer.told.within[:-1] == below.told.within[:-1] and "/cells/" in layer.place
        joined = below.told.merge == "concat" or not below.told.both_ways
        if not below.told.sequences or not joined:
            return False
        if layer.backward != below.backward or (layer.backward and not within):
            return False
    ways, under = layer.ways, below.ways
    return (
        len(ways) == len(under)
        and (ways[0].cell_name, ways[0].weights.units)
        == (under[0].cell_name, under[0].weights.units)
        and ways[0].weights.inputs == len(under) * under[0].weights.units
    )


def _claim(name: str, chain: Sequence[Layer], source: str, version: str) -> Claim:
    first = chain[0].ways[0]
    check_sizes(first.weights.units, len(chain))
    layers = tuple(tuple(way.weights for way in layer.ways) for layer in chain)
    stack = Stack(first.cell_name, layers)
    backward = chain[0].backward

    def hidden(x: np.ndarray) -> np.ndarray:
        if backward:
            x = x[::-1]
        for layer in chain:
            forward = layer.ways[0].hidden(x)
            back = [way.hidden(x[::-1])[::-1] for way in layer.ways[1:]]
            x = np.concatenate([forward, *back], axis=-1)
        return x[::-1] if backward else x

    packed = packing("keras", first.cell_name)
    directions = "backward" if backward else "both" if stack.both_ways else "forward"
    convention = Convention(
        source=source,
        gates=packed.gates,
        letters=packed.letters,
        reset=CELLS[first.cell_name].candidate.reset,
        biases=first.biases,
        peepholes=False,
        directions=directions,
        told_by=tuple(_told_by(chain, first, version)),
    )
    assumed = tuple(dict.fromkeys(fact for layer in chain for fact in layer.assumed))
    return Claim(
        name,
        stack,
        convention,
        hidden,
        against="Keras' published equations",
        exact=True,
        assumed=assumed,
    )


def _told_by(chain: Sequence[Layer], first: Way, version: str) -> list[str]:
    shape = "×".join(map(str, first.shape))
    kind = {"l": "an LSTM", "g": "a GRU", "r": "a plain RNN"}[first.cell_name[0]]
    told = [f"The recurrent kernel is {shape}, so {kind}."]
    if first.by_gate:
        told = [f"Each gate has arrays of its own, as in Keras 1, by their letters {kind}."]
    if first.cudnn:
        told.append(
            "It is a layer for cuDNN: gates by σ, the rest by tanh, a bias from each side, and the "
            "matrix of each gate the other way round, as Keras itself converts it."
        )
    top = chain[-1].told
    if top is not None:
        told.append("Activations, direction and order of the layers are in its description.")
        told += _varied(CELLS[first.cell_name], version)
        if top.both_ways and top.merge != "concat":
            told.append(f"Keras joins its directions by {top.merge}; here they stand side by side.")
        facts = [fact for layer in chain if layer.told for fact in layer.told.facts]
        told += dict.fromkeys(facts)
    elif len(chain) > 1:
        told.append(
            "One layer stacks these cells."
            if "/cells/" in chain[-1].place
            else "That the layers stand on each other is told by their numbers: the model is a "
            "plain sequence, and nothing else in it fits between them."
        )
    if first.cell_name.startswith("gru") and first.bias and not (first.cudnn or first.by_gate):
        told.append(f"Where it resets is told by its bias of {'×'.join(map(str, first.bias))}.")
    return told


def _varied(cell: Cell, version: str) -> list[str]:
    """What the activations of a cell are, where they are not the usual ones."""
    gates = cell.kinds[0].squash
    if not cell.varied:
        return []
    if not gates.definition:
        return [f"As described it is: {cell.label}."]
    return [
        f"As described it is: {cell.label}; {gates.sign}(x) is {gates.definition}, as Keras "
        f"{version} computes it."
    ]


def _name(chain: Sequence[Layer]) -> str:
    """The names of its layers; of cells that one layer stacks, that layer's."""
    stacked = len(chain) > 1 and all("/cells/" in layer.place for layer in chain)
    names = [layer.told.within[-2] if stacked and layer.told else layer.name for layer in chain]
    return ", ".join(dict.fromkeys(names) if stacked else names)


def _tables(tensors: Mapping[str, Tensor]) -> tuple[tuple[Table, ...], tuple[Table, ...]]:
    """Embeddings, one matrix alone, and dense layers, whose kernel stands the other way round."""
    embeddings, readouts = [], []
    for path, weight in tensors.items():
        group, _, last = path.removesuffix(":0").rpartition("/")
        ending = ":0" if path.endswith(":0") else ""
        if last.endswith("_W"):  # Keras 1
            bias_path, last = f"{group}/{last.removesuffix('_W')}_b{ending}", "kernel"
        else:
            bias_path = f"{group}/{'1' if last == '0' else 'bias'}{ending}"
        if weight.dim() != 2 or weight.numel() == 0 or last not in ("0", "kernel", "embeddings"):
            continue
        bias = tensors.get(bias_path)
        alone = bias is None and "embedding" in path
        if not bool(weight.isfinite().all()) or "cell" in group:
            continue
        if alone:
            embeddings.append(Table(path, weight))
        elif bias is None or (bias.shape == weight.shape[1:] and bool(bias.isfinite().all())):
            readouts.append(Table(path, weight.T.contiguous(), bias))
    return tuple(embeddings), tuple(readouts)
