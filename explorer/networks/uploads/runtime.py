"""Single nodes with a file's own arrays, evaluated by onnxruntime or by ONNX's reference.

Letters in the shapes: T steps, I inputs, `O` = directions × units numbers handed out.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float

from explorer.networks.uploads.graph import Node
from explorer.networks.uploads.sessions import VERSION, session

OPSET = 14
KEPT = (
    *("hidden_size", "direction", "linear_before_reset", "input_forget"),
    *("activations", "activation_alpha", "activation_beta"),
)
PLACES = {"W": 1, "R": 2, "B": 3, "P": 7}


def who(node: Node, double: bool) -> tuple[str, bool]:
    """Who evaluates a node, and whether in float64.

    onnxruntime computes in float32 only. The reference, which can do float64, knows neither other
    activations nor coupled gates.
    """
    if double and not node.settings.get("input_forget") and "activations" not in node.settings:
        return "the reference evaluator of the onnx package", True
    return "onnxruntime", False


def evaluated(
    node: Node, arrays: Mapping[str, np.ndarray], x: Float[np.ndarray, "T batch I"]
) -> Float[np.ndarray, "T batch O"]:
    """The hidden states that a node alone hands out, its directions side by side."""
    _, double = who(node, arrays["W"].dtype == np.float64)
    precision = np.float64 if double else np.float32
    kept = {name: array.astype(precision) for name, array in arrays.items()}
    hidden = (_reference if double else _runtime)(model_of(node, kept), x.astype(precision))
    steps, ways, batch, units = hidden.shape
    together = hidden.transpose(0, 2, 1, 3).reshape(steps, batch, ways * units)
    return np.asarray(together, dtype=np.float64)


def model_of(node: Node, arrays: Mapping[str, np.ndarray]) -> Any:
    """A node alone as an ONNX model, its arrays the constants of the graph."""
    from onnx import TensorProto, helper, numpy_helper

    reads = ["X"] + [""] * 7
    for name in arrays:
        reads[PLACES[name]] = name
    while not reads[-1]:
        reads.pop()
    settings = {name: value for name, value in node.settings.items() if name in KEPT}
    alone = helper.make_node(node.kind, reads, ["Y"], **settings)
    kind = TensorProto.DOUBLE if arrays["W"].dtype == np.float64 else TensorProto.FLOAT
    told = helper.make_graph(
        [alone],
        "layer",
        [helper.make_tensor_value_info("X", kind, [None, None, arrays["W"].shape[2]])],
        [helper.make_tensor_value_info("Y", kind, None)],
        [numpy_helper.from_array(array, name) for name, array in arrays.items()],
    )
    return helper.make_model(
        told, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=VERSION
    )


def _runtime(model: Any, x: np.ndarray) -> np.ndarray:
    return np.asarray(session(model).run(None, {"X": x})[0])


def _reference(model: Any, x: np.ndarray) -> np.ndarray:
    from onnx.reference import ReferenceEvaluator

    made: Sequence[np.ndarray] = ReferenceEvaluator(model).run(None, {"X": x})  # type: ignore
    return made[0]
