"""An ONNX file as graphs: which node makes which value, and the arrays that are constant.

A graph may stand inside a node of another one, as the branches of an If and the body of a Loop do;
it sees the values around it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from explorer.networks.uploads.folding import SIZES, Folding
from explorer.networks.uploads.limits import MOST_ENTRIES, RefusedError, check_numbers

DEEPEST = 8  # graphs within each other
LONGEST = 100  # operations between a weight and the arrays that it is made of
OWN = ("", "ai.onnx")


@dataclass(frozen=True)
class Node:
    """One operation: what it reads and makes, by name, and its attributes as plain values.

    `domain` is empty for ONNX' own; `told` is the node as the onnx package has it.
    """

    kind: str
    name: str
    reads: tuple[str, ...]
    makes: tuple[str, ...]
    settings: dict[str, Any]
    domain: str = ""
    told: Any = field(default=None, compare=False, repr=False)

    def reading(self, place: int) -> str:
        """The name of one input; empty where it is left out."""
        return self.reads[place] if place < len(self.reads) else ""


class Graph:
    """The nodes of one graph in their order, and its constant arrays by name, made when asked."""

    def __init__(
        self,
        nodes: Sequence[Node],
        stored: dict[str, Any],
        given: Sequence[str],
        folding: Folding,
        around: "Graph | None" = None,
        within: tuple[str, ...] = (),
    ) -> None:
        """`stored` are tensors as the file holds them, `given` the names that come from outside.

        `within` says in which parts of which nodes this graph stands, from the outermost on.
        """
        self.nodes = tuple(nodes)
        self.within = within
        self.inner: list[Graph] = []
        self.folding, self._around = folding, around
        self.stored, self._given = stored, set(given) - stored.keys()
        self._made: dict[str, np.ndarray | None] = {}
        self._makers = {made: node for node in nodes for made in node.makes if made}
        self._adders = {read: node for node in nodes if node.kind == "Add" for read in node.reads}

    def maker(self, value: str) -> Node | None:
        """The node of this graph that makes a value."""
        return self._makers.get(value)

    def adder(self, value: str) -> Node | None:
        """A node that adds something to a value."""
        return self._adders.get(value)

    def everywhere(self) -> Iterator["Graph"]:
        """This graph and all that stand inside of it."""
        yield self
        for inside in self.inner:
            yield from inside.everywhere()

    def constant(self, value: str, depth: int = 0) -> np.ndarray | None:
        """A constant array, stored or made of others; None for what the network computes.

        Raises `RefusedError` for one that is made of too many numbers.
        """
        if not value or value in self._given or depth > LONGEST:
            return None
        if value not in self._made:
            if value not in self.stored and value not in self._makers:
                return self._around.constant(value, depth) if self._around else None
            self._made[value] = None
            if value in self.stored:
                self._made[value] = _array(self.stored[value])
            else:
                self._made |= self._folded(self._makers[value], depth)
        return self._made[value]

    def stops(self, value: str, depth: int = 0) -> str:
        """Why a value is no constant, in words that follow "its weights are"."""
        maker = self._makers.get(value)
        if value in self._given or (maker is None and self._around is None):
            return "given from outside"
        if maker is None:
            assert self._around is not None, "or it would be given from outside"
            return self._around.stops(value, depth)
        if maker.kind not in SIZES or maker.domain not in OWN or depth > LONGEST:
            return f"made by the operation {maker.kind[:40]}, which is not followed here"
        for read in maker.reads:
            if read and self.constant(read) is None:
                return self.stops(read, depth + 1)
        return f"made by an operation {maker.kind[:40]} that cannot be followed"

    def _folded(self, node: Node, depth: int) -> dict[str, np.ndarray]:
        if node.kind not in SIZES or node.domain not in OWN:
            return {}
        given = {name: self.constant(name, depth + 1) for name in node.reads if name}
        known = {name: array for name, array in given.items() if array is not None}
        return self.folding.made(node.told, known) if len(known) == len(given) else {}


def graph(data: bytes) -> Graph:
    """The main graph of an ONNX model. Raises `RefusedError` for what the library cannot read.

    Weights in other files are refused.
    """
    import onnx  # here and not above: only an upload needs it

    try:
        model = onnx.load_model_from_string(data)
    except Exception as why:  # protobuf has errors of its own
        raise RefusedError("it is no ONNX model, or damaged; export and upload it again") from why
    if not model.graph.node:
        raise RefusedError("it is no ONNX model, or empty; export and upload it again")
    _check_calls(model)
    if model.functions:
        from onnx.inliner import inline_local_functions

        model = inline_local_functions(model)
    opset = next((each.version for each in model.opset_import if each.domain in OWN), 17)
    counted = [0]
    whole = _graph(model.graph, Folding(opset), None, (), counted)
    check_numbers(tensor.dims for each in whole.everywhere() for tensor in each.stored.values())
    return whole


def _graph(
    told: Any, folding: Folding, around: Graph | None, within: tuple[str, ...], counted: list[int]
) -> Graph:
    import onnx

    counted[0] += len(told.node) + len(told.initializer)
    if counted[0] > MOST_ENTRIES or len(within) > DEEPEST:
        raise RefusedError("it has far too many operations; export the recurrent part alone")
    nodes = [
        Node(
            node.op_type,
            node.name,
            tuple(node.input),
            tuple(node.output),
            settings={a.name: onnx.helper.get_attribute_value(a) for a in node.attribute},
            domain="" if node.domain in OWN else node.domain,
            told=node,
        )
        for node in told.node
    ]
    stored = {tensor.name: tensor for tensor in told.initializer}
    for node in nodes:
        if node.kind == "Constant" and node.makes and (tensor := _constant(node)) is not None:
            stored[node.makes[0]] = tensor
    for tensor in stored.values():
        if tensor.data_location == onnx.TensorProto.EXTERNAL or tensor.external_data:
            raise RefusedError(
                "its weights are in another file; save it in one piece with "
                "onnx.save(model, path, save_as_external_data=False)"
            )
    made = Graph(nodes, stored, [each.name for each in told.input], folding, around, within)
    for node in nodes:
        for name, part in node.settings.items():
            if isinstance(part, onnx.GraphProto):
                inside = (*within, f"{name} of {node.kind}")
                made.inner.append(_graph(part, folding, made, inside, counted))
    return made


def _constant(node: Node) -> Any:
    """The tensor of a Constant; None for one that is kept in a way that is not read."""
    from onnx import TensorProto, numpy_helper

    value = node.settings.get("value")
    if isinstance(value, TensorProto):
        return value
    for name, kind in (("value_float", "f4"), ("value_int", "i8")):
        for word in (name, f"{name}s"):
            if word in node.settings:
                return numpy_helper.from_array(np.array(node.settings[word], kind), word)
    return None


def _array(tensor: Any) -> np.ndarray | None:
    from onnx import TensorProto, numpy_helper

    if tensor.data_type == TensorProto.STRING:
        return None
    try:
        return np.array(numpy_helper.to_array(tensor))
    except Exception as why:  # fewer bytes than the shape says, for one
        raise RefusedError("it is damaged; export and upload it again") from why


def _check_calls(model: Any) -> None:
    """Raise `RefusedError` where functions that call each other would become too many nodes."""
    bodies = {(each.domain, each.name): each.node for each in model.functions}
    sizes: dict[tuple[str, str], int] = {}

    def size(key: tuple[str, str], above: tuple[tuple[str, str], ...]) -> int:
        if key in above or len(above) > DEEPEST:
            raise RefusedError("its functions call each other without end; export it again")
        if key not in sizes:
            sizes[key] = total(bodies[key], (*above, key))
        return sizes[key]

    def total(nodes: Any, above: tuple[tuple[str, str], ...]) -> int:
        found = 0
        for node in nodes:
            key = (node.domain, node.op_type)
            found += size(key, above) if key in bodies else 1
            for attribute in node.attribute:
                found += total(attribute.g.node, above) if attribute.HasField("g") else 0
        return found

    if bodies and total(model.graph.node, ()) > MOST_ENTRIES:
        raise RefusedError("it has far too many operations; export the recurrent part alone")
