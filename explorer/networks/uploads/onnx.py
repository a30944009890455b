"""Recurrent layers out of ONNX files: the nodes LSTM, GRU and RNN with constant weights."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch

from explorer.cells import CELLS, Activation, Weights, activation, hard_sigmoid
from explorer.cells.conventions import from_onnx, packing
from explorer.networks.uploads.found import Claim, Contents, Convention, Table
from explorer.networks.uploads.graph import Graph, Node, graph
from explorer.networks.uploads.limits import (
    MOST_TABLES,
    RefusedError,
    check_count,
    check_finite,
    check_sizes,
)
from explorer.networks.uploads.runtime import evaluated, who
from explorer.sequences.stack import Stack

BLOCKS = {"LSTM": 4, "GRU": 3, "RNN": 1}
USUAL = {"LSTM": ("Sigmoid", "Tanh", "Tanh"), "GRU": ("Sigmoid", "Tanh"), "RNN": ("Tanh",)}
DIRECTIONS = {"forward": "forward", "reverse": "backward", "bidirectional": "both"}
MOVING = ("Squeeze", "Transpose", "Reshape")
BETWEEN = ("Squeeze", "Transpose", "Reshape", "Identity", "Dropout", "Cast")
"""What exporters put between two layers."""
RECURRENT = re.compile(r"LSTM|GRU(?!e)|RNN(?!T)", re.IGNORECASE)
LOOPS = ("Loop", "Scan")
MOST_SAID = 8  # sentences about nodes that are not read
AGAIN = "The graph uses it in more than one place."
HALVES = ("float16", "bfloat16")
COMPUTING = (
    *("Gather", "MatMul", "Gemm", "Conv", "Mul", "Div", "PRelu", "LayerNormalization"),
    *("BatchNormalization", "InstanceNormalization", "GroupNormalization"),
)
FLOATS = (1, 10, 11, 16)  # in ONNX' list of types: 32, 16, 64 bits, and bfloat16
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
    scope: Graph
    facts: tuple[str, ...]

    @property
    def units(self) -> int:
        """H: columns of the recurrent matrix."""
        return int(self.R.shape[2])

    @property
    def name(self) -> str:
        """The node's name, or its kind."""
        return self.node.name or self.node.kind

    @property
    def kept(self) -> tuple[object, ...]:
        """What tells it from another: its settings, and where its arrays come from."""
        settings = sorted((name, str(value)) for name, value in self.node.settings.items())
        places = [self.node.reading(place) for place in (1, 2, 3, 7)]
        return self.node.kind, *settings, *places, self.W.tobytes(), self.R.tobytes()

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
    every = [(node, scope) for scope in told.everywhere() for node in scope.nodes]
    recurrent = [(node, scope) for node, scope in every if node.kind in BLOCKS and not node.domain]
    check_count(len(recurrent))
    for node, scope in recurrent:
        try:
            layers.append(_layer(node, scope))
        except ValueError as why:
            refused.append(f"{node.name or node.kind}{_inside(scope)}: {why}")
    claims = []
    for chain in _once(_chains(layers)):
        try:
            claims.append(_claim(chain))
        except ValueError as why:
            refused.append(f"{chain[0].name}: {why}")
    refused += _foreign(every, bool(recurrent))
    return Contents(
        "ONNX model", tuple(claims), *_tables(every), tuple(refused), aside=_aside(every)
    )


def _aside(every: Sequence[tuple[Node, Graph]]) -> tuple[str, ...]:
    """The names of all arrays of floats that something is looked up in or multiplied with.

    What is only added is left out: it is the bias of a matrix that is named, or stands for a state.
    """
    names = [
        name
        for node, scope in every
        if node.kind in COMPUTING
        for name in node.reads
        if name in scope.stored
        and scope.stored[name].data_type in FLOATS
        and math.prod(scope.stored[name].dims) > 1
    ]
    return tuple(dict.fromkeys(names))


def _inside(scope: Graph) -> str:
    return f", inside {' in '.join(reversed(scope.within))}" if scope.within else ""


def _foreign(every: Sequence[tuple[Node, Graph]], any_recurrent: bool) -> list[str]:
    """Sentences about what may be recurrent and is not read."""
    said = []
    for node, scope in every:
        known = node.kind in BLOCKS and not node.domain
        if RECURRENT.search(node.kind) and not known:
            whose = f" of {node.domain[:40]}" if node.domain else ""
            way_out = "before it is quantised" if "Quant" in node.kind else "again"
            said.append(
                f"{node.name or node.kind}{_inside(scope)}: it is a {node.kind[:40]}{whose}, which "
                f"is not read here; export the network {way_out}, with ONNX' own LSTM, GRU or RNN"
            )
    loops = sorted({node.kind for node, _ in every if node.kind in LOOPS and not node.domain})
    if loops and not any_recurrent and not said:
        said.append(
            f"it has a {' and a '.join(loops)}, which may compute a recurrence out of single "
            f"operations; export the network with the operations LSTM, GRU or RNN"
        )
    return list(dict.fromkeys(said))[:MOST_SAID]


def _once(chains: Sequence[list[Layer]]) -> list[list[Layer]]:
    """Each network once, where a graph uses the same nodes and arrays in several places."""
    found: dict[tuple[object, ...], list[Layer]] = {}
    for chain in chains:
        key = tuple(layer.kept for layer in chain)
        if key in found:
            facts = dict.fromkeys((*found[key][0].facts, *chain[0].facts, AGAIN))
            found[key][0] = replace(found[key][0], facts=tuple(facts))
        else:
            found[key] = list(chain)
    return list(found.values())


def _layer(node: Node, told: Graph) -> Layer:
    """The arrays of a node, checked. Raises `RefusedError` with what is not computed here."""
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
    facts = [f"It stands inside {' in '.join(reversed(told.within))}."] if told.within else []
    if any(str(a.dtype) in HALVES for a in (W, R, B, P) if a is not None):
        W, R = _single(W), _single(R)
        B, P = (None if a is None else _single(a) for a in (B, P))
        facts.append("Its weights are of half precision, read as float32 without a change.")
    if len({a.dtype for a in (W, R, B, P) if a is not None}) != 1 or W.dtype.kind != "f":
        raise RefusedError("its weights are not all float32 or all float64; export them so")
    if node.settings.get("hidden_size", units) != units:
        raise RefusedError(f"its hidden_size is not the {units} of its weights; export it again")
    check_sizes(units, 1)
    check_finite(*(torch.from_numpy(a) for a in (W, R, B, P) if a is not None))
    return Layer(
        node=node,
        cell_name=_cell_name(node, ways, P),
        direction=direction,
        W=W,
        R=R,
        B=B,
        P=P,
        scope=told,
        facts=(*facts, *_made_of(node, told)),
    )


def _single(array: np.ndarray) -> np.ndarray:
    return array.astype(np.float32) if str(array.dtype) in HALVES else array


def _made_of(node: Node, told: Graph) -> list[str]:
    """What was computed to get at the weights."""
    makers = [told.maker(node.reading(place)) for place in (1, 2, 3, 7)]
    kinds = dict.fromkeys(maker.kind for maker in makers if maker and maker.kind != "Constant")
    if not kinds:
        return []
    return [f"Its weights are made of constants by {', '.join(kinds)}, as onnx computes it."]


def _constant(node: Node, place: int, told: Graph) -> np.ndarray:
    array = told.constant(node.reading(place))
    if array is None or array.ndim < 2:
        why = told.stops(node.reading(place)) if array is None else "no matrices"
        raise RefusedError(f"its weights are {why}; export it with its weights as constants")
    return np.ascontiguousarray(array)


def _cell_name(node: Node, ways: int, P: np.ndarray | None) -> str:
    """The cell of this laboratory. Raises `RefusedError` where there is none."""
    if node.settings.get("clip"):
        raise RefusedError("it clips its gates, which is not computed here; export it without clip")
    asked = _activations(node, ways)
    if node.kind == "RNN":
        return f"rnn_{asked[0].name}"
    if node.kind == "GRU":
        family = "gru" if node.settings.get("linear_before_reset", 0) else "gru_before"
        return CELLS[family].by(*asked).name
    coupled = bool(node.settings.get("input_forget", 0))
    if coupled and P is not None and P.any():
        raise RefusedError("it has coupled gates and peepholes at once, which is not computed here")
    family = "lstm_coupled" if coupled else "lstm" if P is None else "lstm_peephole"
    return CELLS[family].by(*asked).name


def _activations(node: Node, ways: int) -> list[Activation]:
    """The activations of each direction, gates first. Raises `RefusedError` for others than ours.

    As onnxruntime takes them, alpha and beta go to the functions that need some, in their order.
    """
    usual = USUAL[node.kind]
    told = tuple(_text(a) for a in node.settings.get("activations", ())) or usual * ways
    alphas, betas = (list(node.settings.get(f"activation_{a}", ())) for a in ("alpha", "beta"))
    found: list[Activation] = []
    for place, name in enumerate(told):
        lower, gate = name.lower(), len(usual) > 1 and place % len(usual) == 0
        if gate and lower == "hardsigmoid":
            slope, shift = alphas.pop(0) if alphas else 0.2, betas.pop(0) if betas else 0.5
            found.append(hard_sigmoid(*(float(str(np.float32(n))) for n in (slope, shift))))
        elif lower in (("sigmoid",) if gate else ("tanh", "relu")):
            found.append(activation(lower))
    if len(found) != len(told) or len(told) != len(usual) * ways:
        allowed = (
            "Tanh or Relu is"
            if len(usual) == 1
            else ("Sigmoid or HardSigmoid for the gates and Tanh or Relu for the rest are")
        )
        raise RefusedError(
            f"its activations are {', '.join(told)[:60]}, which is not computed here; only "
            f"{allowed}"
        )
    if found != found[: len(usual)] * ways:
        raise RefusedError(
            f"its two directions have different activations, {', '.join(told)[:60]}, which is not "
            f"computed here"
        )
    return found[: len(usual)]


def _chains(layers: Sequence[Layer]) -> list[list[Layer]]:
    """Layers of one kind and size of which each reads the sequence of the one below."""
    chains: list[list[Layer]] = []
    for layer in layers:
        below = _below(layer, layer.scope)
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
        if node.kind not in MOVING:
            continue
        first, *others = node.reads
        shapes = {name: told.constant(name) for name in others if name}
        known = {name: shape for name, shape in shapes.items() if shape is not None}
        made = {}
        if len(known) == len(shapes):
            made = told.folding.made(node.told, {first: marked, **known})
        if node.makes[0] in made:
            marked = made[node.makes[0]]
        else:  # not to be computed with these sizes
            marked = marked.reshape(*marked.shape[:2], -1)
    return marked.shape == wanted.shape and bool((marked == wanted).all())


def _claim(chain: Sequence[Layer]) -> Claim:
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
        told_by=tuple(_told_by(chain)),
    )
    name = ", ".join(layer.name for layer in chain)
    against, exact = who(first.node, exact)
    return Claim(name, stack, convention, hidden, against=against, exact=exact)


def _told_by(chain: Sequence[Layer]) -> list[str]:
    node = chain[0].node
    facts = [f"The node is {node.kind}, its direction {chain[0].direction}."]
    if node.kind == "GRU":
        value = node.settings.get("linear_before_reset", 0)
        facts.append(f"Where it resets is told by linear_before_reset={value}.")
    if chain[0].cell_name == "lstm_coupled":
        facts.append("input_forget=1 couples the gates: the forget gate's block is not used.")
    if len(chain) > 1:
        facts.append("Each layer's node reads what the one below hands out.")
    gates = CELLS[chain[0].cell_name].kinds[0].squash
    if gates.definition:
        facts.append(f"Its gates are by HardSigmoid, {gates.definition}.")
    starts = [(layer, layer.node.reading(place)) for layer in chain for place in (5, 6)]
    given = [(layer.scope.constant(name), name) for layer, name in starts if name]
    if any(start is None or start.any() for start, _ in given):
        facts.append("The file starts from a state of its own; the laboratory starts from zeros.")
    if any(layer.node.reading(4) for layer in chain):
        facts.append(
            "The file gives it the length of each sequence; the laboratory reads to the end."
        )
    facts += dict.fromkeys(fact for layer in chain for fact in layer.facts)
    return facts


def _tables(
    every: Sequence[tuple[Node, Graph]],
) -> tuple[tuple[Table, ...], tuple[Table, ...]]:
    """Matrices that Gather looks words up in, and those of Gemm and MatMul with what is added."""
    embeddings: list[Table] = []
    readouts: list[Table] = []
    for node, scope in every:
        if node.domain or max(len(embeddings), len(readouts)) >= MOST_TABLES:
            continue
        if node.kind == "Gather" and (table := _matrix(node.reading(0), scope)) is not None:
            embeddings.append(Table(node.reading(0), table))
        elif node.kind in ("Gemm", "MatMul"):
            weight = _matrix(node.reading(1), scope)
            if weight is None:
                continue
            turned = node.kind == "Gemm" and node.settings.get("transB", 0)
            weight = weight if turned else weight.T.contiguous()
            bias = _added(node, scope)
            if bias is None or bias.shape != (len(weight),) or not np.isfinite(bias).all():
                bias = None
            kept = None if bias is None else torch.from_numpy(bias)
            readouts.append(Table(node.reading(1), weight, kept))
    return tuple(embeddings), tuple(readouts)


def _matrix(name: str, scope: Graph) -> torch.Tensor | None:
    array = _floats(name, scope)
    if array is None or array.ndim != 2 or not np.isfinite(array).all():
        return None
    return torch.from_numpy(np.ascontiguousarray(array))


def _floats(name: str, scope: Graph) -> np.ndarray | None:
    """A constant array of floats; None for anything else, and for one that is too large to make."""
    try:
        array = scope.constant(name)
    except RefusedError:  # what is wrong with a table is no reason to refuse a network
        return None
    if array is None:
        return None
    array = _single(array)
    return array if array.dtype in (np.float32, np.float64) else None


def _added(node: Node, scope: Graph) -> np.ndarray | None:
    """The constant that is added to what a node makes."""
    if node.kind == "Gemm":
        return _floats(node.reading(2), scope)
    adder = scope.adder(node.makes[0]) if node.makes else None
    if adder is None:
        return None
    found = [_floats(name, scope) for name in adder.reads]
    known = [array for array in found if array is not None]
    return known[0] if len(known) == 1 else None


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
