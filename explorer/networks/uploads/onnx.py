"""Recurrent layers out of ONNX files: the nodes LSTM, GRU and RNN with constant weights."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from explorer.cells import CELLS, Weights
from explorer.cells.conventions import from_onnx, packing
from explorer.networks.uploads.found import Claim, Contents, Convention, Table
from explorer.networks.uploads.graph import MOVES, Graph, Node, graph
from explorer.networks.uploads.limits import RefusedError, check_count, check_finite, check_sizes
from explorer.networks.uploads.runtime import evaluated, who
from explorer.sequences.stack import Stack

BLOCKS = {"LSTM": 4, "GRU": 3, "RNN": 1}
USUAL = {"LSTM": ("Sigmoid", "Tanh", "Tanh"), "GRU": ("Sigmoid", "Tanh"), "RNN": ("Tanh",)}
DIRECTIONS = {"forward": "forward", "reverse": "backward", "bidirectional": "both"}
BETWEEN = ("Squeeze", "Transpose", "Reshape", "Identity", "Dropout", "Cast")
"""What exporters put between two layers."""
FARTHEST = 8  # such nodes between two layers


@dataclass(frozen=True)
class Layer:
    """One node with its arrays as they are in the file."""

    node: Node
    cell_name: str
    direction: str
    W: np.ndarray
    R: np.ndarray
    B: np.ndarray | None
    P: np.ndarray | None

    @property
    def units(self) -> int:
        """H: columns of the recurrent matrix."""
        return int(self.R.shape[2])

    @property
    def name(self) -> str:
        """The node's name, or its kind."""
        return self.node.name or self.node.kind

    @property
    def ways(self) -> tuple[Weights, ...]:
        """Its directions in the order of this laboratory."""
        return tuple(self._way(number) for number in range(len(self.W)))

    def _way(self, number: int) -> Weights:
        W, R = torch.from_numpy(self.W[number]), torch.from_numpy(self.R[number])
        B = None if self.B is None else torch.from_numpy(self.B[number])
        P = None if self.P is None else torch.from_numpy(self.P[number])
        return from_onnx(self.cell_name, W, R, B, P)


def model(data: bytes) -> Contents:
    """The recurrent layers of an ONNX model, layers that feed each other as one network."""
    told = graph(data)
    layers: list[Layer] = []
    refused: list[str] = []
    recurrent = [node for node in told.nodes if node.kind in BLOCKS]
    check_count(len(recurrent))
    for node in recurrent:
        try:
            layers.append(_layer(node, told))
        except ValueError as why:
            refused.append(f"{node.name or node.kind}: {why}")
    claims = []
    for chain in _chains(layers, told):
        try:
            claims.append(_claim(chain, told))
        except ValueError as why:
            refused.append(f"{chain[0].name}: {why}")
    return Contents("ONNX model", tuple(claims), *_tables(told), tuple(refused))


def _layer(node: Node, told: Graph) -> Layer:
    W, R = _constant(node, 1, told), _constant(node, 2, told)
    B, P = (_constant(node, place, told) if node.reading(place) else None for place in (3, 7))
    direction = _text(node.settings.get("direction", "forward"))
    if direction not in DIRECTIONS:
        raise RefusedError(f"its direction {direction[:20]!r} is none of {', '.join(DIRECTIONS)}")
    ways, blocks = 1 + (direction == "bidirectional"), BLOCKS[node.kind]
    units = R.shape[-1]
    shapes: list[tuple[np.ndarray | None, tuple[int, ...]]]
    shapes = [(W, (ways, blocks * units, W.shape[-1])), (R, (ways, blocks * units, units))]
    shapes += [(B, (ways, 2 * blocks * units)), (P, (ways, 3 * units))]
    for array, shape in shapes:
        if array is not None and (array.shape != shape or 0 in shape):
            given, needed = ("×".join(map(str, s)) for s in (array.shape, shape))
            raise RefusedError(f"its arrays do not fit: {given} where {needed} is needed")
    if len({a.dtype for a in (W, R, B, P) if a is not None}) != 1 or W.dtype.kind != "f":
        raise RefusedError("its weights are not all float32 or all float64; export them so")
    if node.settings.get("hidden_size", units) != units:
        raise RefusedError(f"its hidden_size is not the {units} of its weights; export it again")
    check_sizes(units, 1)
    check_finite(*(torch.from_numpy(a) for a in (W, R, B, P) if a is not None))
    return Layer(
        node=node, cell_name=_cell_name(node, ways, P), direction=direction, W=W, R=R, B=B, P=P
    )


def _constant(node: Node, place: int, told: Graph) -> np.ndarray:
    name = node.reading(place)
    if name not in told.constants or told.constants[name].ndim < 2:
        raise RefusedError(
            "its weights are computed or given from outside; export it with its weights as "
            "constants"
        )
    return np.ascontiguousarray(told.constants[name])


def _cell_name(node: Node, ways: int, P: np.ndarray | None) -> str:
    """The cell of this laboratory. Raises `RefusedError` where there is none."""
    if node.settings.get("clip"):
        raise RefusedError("it clips its gates, which is not computed here; export it without clip")
    usual = USUAL[node.kind]
    activations = tuple(_text(a) for a in node.settings.get("activations", ())) or usual * ways
    lower = tuple(a.lower() for a in activations)
    if node.kind == "RNN" and lower == ("relu",) * ways:
        return "rnn_relu"
    if lower != tuple(a.lower() for a in usual) * ways:
        raise RefusedError(
            f"its activations are {', '.join(activations)[:60]}, which is not computed here; only "
            f"{', '.join(usual)} is"
        )
    if node.kind == "RNN":
        return "rnn_tanh"
    if node.kind == "GRU":
        return "gru" if node.settings.get("linear_before_reset", 0) else "gru_before"
    coupled = bool(node.settings.get("input_forget", 0))
    if coupled and P is not None and P.any():
        raise RefusedError("it has coupled gates and peepholes at once, which is not computed here")
    return "lstm_coupled" if coupled else "lstm" if P is None else "lstm_peephole"


def _chains(layers: Sequence[Layer], told: Graph) -> list[list[Layer]]:
    """Layers of one kind and size of which each reads the sequence of the one below."""
    chains: list[list[Layer]] = []
    for layer in layers:
        below = _below(layer, told)
        chain = next((c for c in chains if c[-1].node is below and _fits(layer, c[-1])), None)
        if chain is None:
            chains.append([layer])
        else:
            chain.append(layer)
    return chains


def _fits(layer: Layer, below: Layer) -> bool:
    return (
        (layer.cell_name, layer.direction, layer.units, layer.W.dtype)
        == (below.cell_name, below.direction, below.units, below.W.dtype)
        and layer.W.shape[2] == len(below.W) * below.units
        and layer.node.settings.get("layout", 0) == below.node.settings.get("layout", 0)
    )


def _below(layer: Layer, told: Graph) -> Node | None:
    """The recurrent node whose hidden states arrive here as they should, (T, batch, D · H)."""
    arriving, between = layer.node.reading(0), list[Node]()
    while len(between) <= FARTHEST:
        maker = told.maker(arriving)
        if maker is None:
            return None
        if maker.kind in BLOCKS:
            first = maker.makes[:1] == (arriving,)
            return maker if first and _unscrambled(between[::-1], layer, told) else None
        if maker.kind not in BETWEEN:
            return None
        between.append(maker)
        arriving = maker.reading(0)
    return None


def _unscrambled(between: Sequence[Node], layer: Layer, told: Graph) -> bool:
    """Whether the nodes between put the directions side by side and leave time and batch alone.

    Tried on numbers that are all different, of 2 steps and 3 sequences; a shape that is computed
    or made for other lengths is taken to join the last two axes.
    """
    ways, units = len(layer.W), layer.W.shape[2] // len(layer.W)
    marked: np.ndarray
    if layer.node.settings.get("layout", 0):
        marked = np.arange(6 * ways * units).reshape(3, 2, ways, units)
        wanted = marked.reshape(3, 2, -1)
    else:
        marked = np.arange(6 * ways * units).reshape(2, ways, 3, units)
        wanted = marked.transpose(0, 2, 1, 3).reshape(2, 3, -1)
    for node in between:
        shape = [told.constants[name] for name in node.reads[1:] if name in told.constants]
        try:
            if node.kind in MOVES:
                marked = MOVES[node.kind](node.settings, [marked, *shape])
        except Exception:  # not to be computed with these sizes
            marked = marked.reshape(*marked.shape[:2], -1)
    return marked.shape == wanted.shape and bool((marked == wanted).all())


def _claim(chain: Sequence[Layer], told: Graph) -> Claim:
    first = chain[0]
    check_sizes(first.units, len(chain))
    stack = Stack(first.cell_name, tuple(layer.ways for layer in chain))
    arrays = [{"W": a.W, "R": a.R, "B": a.B, "P": a.P} for a in chain]
    exact = first.W.dtype == np.float64

    def hidden(x: np.ndarray) -> np.ndarray:
        for layer, kept in zip(chain, arrays, strict=True):
            x = evaluated(layer.node, {k: v for k, v in kept.items() if v is not None}, x)
        return x

    packed = packing("onnx", first.cell_name)
    convention = Convention(
        source="ONNX model",
        gates=packed.gates,
        letters=packed.letters,
        reset=CELLS[first.cell_name].candidate.reset,
        biases=0 if first.B is None else 2,
        peepholes=first.P is not None,
        directions=DIRECTIONS[first.direction],
        told_by=tuple(_told_by(chain, told)),
    )
    name = ", ".join(layer.name for layer in chain)
    against, exact = who(first.node, exact)
    return Claim(name, stack, convention, hidden, against=against, exact=exact)


def _told_by(chain: Sequence[Layer], told: Graph) -> list[str]:
    node = chain[0].node
    facts = [f"The node is {node.kind}, its direction {chain[0].direction}."]
    if node.kind == "GRU":
        value = node.settings.get("linear_before_reset", 0)
        facts.append(f"Where it resets is told by linear_before_reset={value}.")
    if chain[0].cell_name == "lstm_coupled":
        facts.append("input_forget=1 couples the gates: the forget gate's block is not used.")
    if len(chain) > 1:
        facts.append("Each layer's node reads what the one below hands out.")
    starts = [told.constants.get(layer.node.reading(place)) for layer in chain for place in (5, 6)]
    if any(start is not None and start.any() for start in starts):
        facts.append("The file starts from a state of its own; the laboratory starts from zeros.")
    return facts


def _tables(told: Graph) -> tuple[tuple[Table, ...], tuple[Table, ...]]:
    """Matrices that Gather looks words up in, and those of Gemm and MatMul with what is added."""
    embeddings, readouts = [], []
    for node in told.nodes:
        if node.kind == "Gather" and (table := _matrix(node.reading(0), told)) is not None:
            embeddings.append(Table(node.reading(0), table))
        elif node.kind in ("Gemm", "MatMul"):
            weight = _matrix(node.reading(1), told)
            if weight is None:
                continue
            turned = node.kind == "Gemm" and node.settings.get("transB", 0)
            weight = weight if turned else weight.T.contiguous()
            bias = (
                told.constants.get(node.reading(2)) if node.kind == "Gemm" else _added(node, told)
            )
            if bias is None or bias.shape != (len(weight),) or not np.isfinite(bias).all():
                bias = None
            kept = None if bias is None else torch.from_numpy(bias)
            readouts.append(Table(node.reading(1), weight, kept))
    return tuple(embeddings), tuple(readouts)


def _matrix(name: str, told: Graph) -> torch.Tensor | None:
    array = told.constants.get(name)
    if array is None or array.ndim != 2 or array.dtype.kind != "f" or not np.isfinite(array).all():
        return None
    return torch.from_numpy(np.ascontiguousarray(array))


def _added(node: Node, told: Graph) -> np.ndarray | None:
    """The constant that is added to what a node makes."""
    adder = told.adder(node.makes[0]) if node.makes else None
    if adder is None:
        return None
    found = [told.constants[name] for name in adder.reads if name in told.constants]
    return found[0] if len(found) == 1 and found[0].dtype.kind == "f" else None


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
