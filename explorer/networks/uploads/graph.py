"""An ONNX file as a graph: which node makes which value, and the arrays that are constant."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from explorer.networks.uploads.limits import MOST_ENTRIES, RefusedError, check_numbers

Made = Callable[[Any, list[np.ndarray]], np.ndarray]


@dataclass(frozen=True)
class Node:
    """One operation: what it reads and makes, by name, and its attributes as plain values."""

    kind: str
    name: str
    reads: tuple[str, ...]
    makes: tuple[str, ...]
    settings: dict[str, Any]

    def reading(self, place: int) -> str:
        """The name of one input; empty where it is left out."""
        return self.reads[place] if place < len(self.reads) else ""


@dataclass(frozen=True)
class Graph:
    """The nodes in their order and the constant arrays by name."""

    nodes: tuple[Node, ...]
    constants: dict[str, np.ndarray]

    def maker(self, value: str) -> Node | None:
        """The node that makes a value."""
        return self._makers.get(value)

    def adder(self, value: str) -> Node | None:
        """A node that adds something to a value."""
        return self._adders.get(value)

    @cached_property
    def _adders(self) -> dict[str, Node]:
        return {read: node for node in self.nodes if node.kind == "Add" for read in node.reads}

    @cached_property
    def _makers(self) -> dict[str, Node]:
        return {made: node for node in self.nodes for made in node.makes if made}


def graph(data: bytes) -> Graph:
    """The main graph of an ONNX model. Raises `RefusedError` for what the library cannot read.

    Weights in other files are refused. Nothing is computed but what moves constants about: slices,
    concatenations and changes of shape, by which exporters reorder the gates.
    """
    import onnx  # here and not above: only an upload needs it

    try:
        model = onnx.load_model_from_string(data)
    except Exception as why:  # protobuf has errors of its own
        raise RefusedError("it is no ONNX model, or damaged; export and upload it again") from why
    told = model.graph
    if not told.node:
        raise RefusedError("it is no ONNX model, or empty; export and upload it again")
    if len(told.node) + len(told.initializer) > MOST_ENTRIES:
        raise RefusedError("it has far too many operations; export the recurrent part alone")
    nodes = tuple(
        Node(
            node.op_type,
            node.name,
            tuple(node.input),
            tuple(node.output),
            settings={a.name: onnx.helper.get_attribute_value(a) for a in node.attribute},
        )
        for node in told.node
        if node.domain in ("", "ai.onnx")
    )
    kept = {tensor.name: tensor for tensor in told.initializer}
    for node in nodes:
        value = node.settings.get("value")
        if node.kind == "Constant" and isinstance(value, onnx.TensorProto) and node.makes:
            kept[node.makes[0]] = value
    check_numbers(tensor.dims for tensor in kept.values())
    constants = {name: _array(tensor) for name, tensor in kept.items() if _readable(tensor)}
    _move(nodes, constants)
    return Graph(nodes, constants)


def _readable(tensor: Any) -> bool:
    import onnx

    if tensor.data_location == onnx.TensorProto.EXTERNAL or tensor.external_data:
        raise RefusedError(
            "its weights are in another file; save it in one piece with "
            "onnx.save(model, path, save_as_external_data=False)"
        )
    kinds = (onnx.TensorProto.FLOAT, onnx.TensorProto.DOUBLE, onnx.TensorProto.INT64)
    return tensor.data_type in kinds


def _array(tensor: Any) -> np.ndarray:
    from onnx import numpy_helper

    try:
        return np.array(numpy_helper.to_array(tensor))
    except Exception as why:  # fewer bytes than the shape says, for one
        raise RefusedError("it is damaged; export and upload it again") from why


def _move(nodes: tuple[Node, ...], constants: dict[str, np.ndarray]) -> None:
    """Add what is made of constants by moving them about."""
    total = sum(array.size for array in constants.values())
    for node in nodes:
        reads = [name for name in node.reads if name]
        if node.kind not in MOVES or not reads or not all(name in constants for name in reads):
            continue
        given = [constants[name] for name in reads]
        total += sum(array.size for array in given)
        check_numbers([(total,)])
        try:
            constants[node.makes[0]] = MOVES[node.kind](node.settings, given)
        except Exception:  # what cannot be followed is not a constant
            continue


def _slice(settings: dict[str, Any], given: list[np.ndarray]) -> np.ndarray:
    array, starts, ends = given[:3]
    axes = given[3] if len(given) > 3 else range(len(starts))
    steps = given[4] if len(given) > 4 else [1] * len(starts)
    cut = [slice(None)] * array.ndim
    for axis, start, end, step in zip(axes, starts, ends, steps, strict=True):
        cut[int(axis)] = slice(int(start), int(end), int(step))
    return array[tuple(cut)]


def _squeeze(settings: dict[str, Any], given: list[np.ndarray]) -> np.ndarray:
    axes = given[1].tolist() if len(given) > 1 else settings.get("axes")
    return given[0].squeeze(None if axes is None else tuple(axes))


def _unsqueeze(settings: dict[str, Any], given: list[np.ndarray]) -> np.ndarray:
    axes = given[1].tolist() if len(given) > 1 else settings["axes"]
    return np.expand_dims(given[0], tuple(axes))


def _reshape(settings: dict[str, Any], given: list[np.ndarray]) -> np.ndarray:
    array, shape = given
    if math.prod(shape.tolist()) > array.size:
        raise ValueError("more numbers than there are")
    return array.reshape([array.shape[i] if s == 0 else s for i, s in enumerate(shape.tolist())])


MOVES: dict[str, Made] = {
    "Identity": lambda settings, given: given[0],
    "Slice": _slice,
    "Concat": lambda settings, given: np.concatenate(given, axis=settings["axis"]),
    "Squeeze": _squeeze,
    "Unsqueeze": _unsqueeze,
    "Reshape": _reshape,
    "Transpose": lambda settings, given: given[0].transpose(settings.get("perm")),
}
