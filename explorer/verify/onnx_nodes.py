"""Recurrent layers as ONNX models of one node, computed by onnxruntime and by the onnx package.

ONNX stacks gates as i, o, f, c and z, r, h, peepholes as i, o, f, and both biases one after the
other. The packing is spelled out here, so that nothing is shared with what it judges. onnxruntime
computes these nodes in float32. The reference evaluator of the onnx package computes in float64,
but reads forward only and overlooks `input_forget`, so it is asked about neither.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import onnxruntime  # type: ignore[import-untyped]
import torch
from onnx import ModelProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator
from torch import Tensor

from explorer.cells import State, Weights


@dataclass(frozen=True)
class OnnxNode:
    """How ONNX keeps a cell: the kind of node, its blocks of rows, the settings that make it.

    `blocks` says which of our blocks stands at each place of ONNX's; `None` where we have no such
    rows. `activations` are those of one direction. `in_reference` is false for what the reference
    evaluator overlooks: activations, for one.
    """

    kind: str
    blocks: tuple[int | None, ...]
    settings: Mapping[str, int] = field(default_factory=dict)
    activations: tuple[str, ...] = ()
    in_reference: bool = True
    alphas: tuple[float, ...] = ()
    betas: tuple[float, ...] = ()


NODES: dict[str, OnnxNode] = {
    "rnn_tanh": OnnxNode("RNN", (0,)),
    "rnn_relu": OnnxNode("RNN", (0,), activations=("Relu",), in_reference=False),
    "lstm": OnnxNode("LSTM", (0, 3, 1, 2)),
    "lstm_peephole": OnnxNode("LSTM", (0, 3, 1, 2)),
    # onnxruntime: f = 1 − i, rows of f unread
    "lstm_coupled": OnnxNode("LSTM", (0, 2, None, 1), {"input_forget": 1}, in_reference=False),
    "gru": OnnxNode("GRU", (1, 0, 2), {"linear_before_reset": 1}),
    "gru_before": OnnxNode("GRU", (1, 0, 2), {"linear_before_reset": 0}),
}
"""Every cell that ONNX knows."""
FUNCTIONS = {"sigmoid": "Sigmoid", "tanh": "Tanh", "relu": "Relu"}
"""What ONNX calls an activation; a hard sigmoid is HardSigmoid with alpha and beta."""

INPUTS = {
    "RNN": ("X", "W", "R", "B", "", "H0"),
    "GRU": ("X", "W", "R", "B", "", "H0"),
    "LSTM": ("X", "W", "R", "B", "", "H0", "C0", "P"),
}
FILLING = 2.0  # no NaN: onnxruntime clamps before it squashes, and so would hide it
OPSET, FORMAT = 14, 8  # old enough for every onnxruntime in use

Answer = tuple[Tensor, Tensor | None]


def by_onnxruntime(
    name: str, ways: Sequence[Weights], direction: str, x: Tensor, initial: Sequence[State]
) -> Answer:
    """Hidden states (T, directions, batch, H) and the LSTM's last memories (directions, batch, H).

    `direction` is ONNX's: forward, reverse or bidirectional; x is (T, batch, I).
    """
    model = one_node(name, ways, direction, initial, np.float32)
    quiet = onnxruntime.SessionOptions()
    quiet.intra_op_num_threads, quiet.log_severity_level = 1, 3
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), quiet, providers=["CPUExecutionProvider"]
    )
    return _told(session.run(None, {"X": x.numpy().astype(np.float32)}))


def by_reference(name: str, weights: Weights, x: Tensor, initial: State) -> Answer:
    """The same, forward, in float64, by the reference evaluator of the onnx package."""
    model = one_node(name, [weights], "forward", [initial], np.float64)
    return _told(list(ReferenceEvaluator(model).run(None, {"X": x.numpy()})))


def one_node(
    name: str, ways: Sequence[Weights], direction: str, initial: Sequence[State], dtype: type
) -> ModelProto:
    """A model of one recurrent node, with weights and a state for each direction.

    Rows that our cell does not have are filled with `FILLING`; who used them would be seen. Raises
    `ValueError` for a cell that ONNX does not have.
    """
    told = node_of(name)
    fixed = _constants(told, ways, initial)
    names = [letter if letter in fixed or letter == "X" else "" for letter in INPUTS[told.kind]]
    outputs = ["Y", "Y_h", "Y_c"] if told.kind == "LSTM" else ["Y", "Y_h"]
    units, read = ways[0].units, (None, len(initial[0].hidden), ways[0].inputs)
    options: dict[str, Any] = {"hidden_size": units, "direction": direction, **told.settings}
    if told.activations:
        options["activations"] = told.activations * len(ways)
    if told.alphas:
        options["activation_alpha"] = told.alphas * len(ways)
        options["activation_beta"] = told.betas * len(ways)
    node = helper.make_node(told.kind, names, outputs, **options)
    number = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
    graph = helper.make_graph(
        [node],
        name,
        [helper.make_tensor_value_info("X", number, read)],
        [helper.make_tensor_value_info(output, number, None) for output in outputs],
        [
            numpy_helper.from_array(torch.stack(parts).numpy().astype(dtype), part)
            for part, parts in fixed.items()
        ],
    )
    opset = [helper.make_opsetid("", OPSET)]
    return helper.make_model(graph, opset_imports=opset, ir_version=FORMAT)


def node_of(name: str) -> OnnxNode:
    """How ONNX keeps a cell, activations in its name included.

    Raises `ValueError` for a cell that ONNX does not have.
    """
    family, _, names = name.partition("(")
    if family not in NODES:
        raise ValueError(f"ONNX has no cell {name!r}; choose from {', '.join(map(repr, NODES))}")
    if not names:
        return NODES[family]
    functions, alphas, betas = [], [], []
    for asked in names.removesuffix(")").split(", "):
        if asked in FUNCTIONS:
            functions.append(FUNCTIONS[asked])
            continue
        slope, shift = asked.removeprefix("hard_sigmoid_").split("_")
        functions.append("HardSigmoid")
        alphas.append(float(slope))
        betas.append(float(shift))
    return replace(
        NODES[family],
        activations=tuple(functions),
        alphas=tuple(alphas),
        betas=tuple(betas),
        in_reference=False,
    )


def _constants(
    told: OnnxNode, ways: Sequence[Weights], initial: Sequence[State]
) -> dict[str, list[Tensor]]:
    """Every input of the node but x, under ONNX's letters, one tensor for each direction."""
    found: dict[str, list[Tensor]] = {
        "W": [_packed(told, way.weight_ih) for way in ways],
        "R": [_packed(told, way.weight_hh) for way in ways],
        "B": [torch.cat((_packed(told, w.bias_ih), _packed(told, w.bias_hh))) for w in ways],
        "H0": [state.hidden for state in initial],
        "C0": [state.cell for state in initial if state.cell is not None],
        "P": [w.peepholes[[0, 2, 1]].flatten() for w in ways if w.peepholes is not None],
    }
    return {letter: parts for letter, parts in found.items() if parts}


def _packed(told: OnnxNode, part: Tensor) -> Tensor:
    own = part.chunk(len([block for block in told.blocks if block is not None]))
    missing = torch.full_like(own[0], FILLING)
    return torch.cat([missing if block is None else own[block] for block in told.blocks])


def _told(outputs: Sequence[Any]) -> Answer:
    hidden, _, *memory = (torch.from_numpy(np.asarray(part)).double() for part in outputs)
    return hidden, memory[0] if memory else None
