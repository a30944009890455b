"""Constants of an ONNX graph made of other constants, by ONNX' own evaluators.

Exporters put casts, slices, quantised numbers and shapes in front of the weights. Only operations
of which the size of the result is known before they run are followed, so that a few bytes cannot
ask for endless memory.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from explorer.networks.uploads.limits import MOST_NUMBERS, RefusedError
from explorer.networks.uploads.sessions import VERSION, session

MOST_FOLDED = 3 * MOST_NUMBERS  # numbers made of constants, altogether
MOST_PRODUCTS = 10**9  # of one matrix product
MOST_AXES = 64  # what a shape may be longer than the array it is of
STRING = 8  # what ONNX calls the type of texts
Given = Sequence[np.ndarray]
Settings = Mapping[str, Any]


def _product(shape: np.ndarray) -> int:
    sizes = [int(size) for size in shape.ravel()]
    if min(sizes, default=1) < 0:
        raise ValueError("a shape has no negative sizes")
    return math.prod(sizes)


def _largest(settings: Settings, given: Given) -> int:
    return max(array.size for array in given)


def _one_by_one(settings: Settings, given: Given) -> int:
    return math.prod(np.broadcast_shapes(*(array.shape for array in given)))


def _together(settings: Settings, given: Given) -> int:
    return sum(array.size for array in given)


def _shaped(settings: Settings, given: Given) -> int:
    return _product(given[0])


def _expanded(settings: Settings, given: Given) -> int:
    return math.prod(np.broadcast_shapes(given[0].shape, tuple(map(int, given[1].ravel()))))


def _tiled(settings: Settings, given: Given) -> int:
    return given[0].size * _product(given[1])


def _padded(settings: Settings, given: Given) -> int:
    pads = given[1].ravel() if len(given) > 1 else np.array(settings["pads"])
    if len(pads) != 2 * given[0].ndim:  # some axes only: as if each were padded by all
        pads = np.full(2 * given[0].ndim, np.abs(pads).sum())
    ends = zip(given[0].shape, pads[: given[0].ndim], pads[given[0].ndim :], strict=True)
    return math.prod(max(0, size + int(a) + int(b)) for size, a, b in ends)


def _gathered(settings: Settings, given: Given) -> int:
    array, indices = given
    axis = settings.get("axis", 0)
    return array.size // max(1, array.shape[axis]) * indices.size


def _ranged(settings: Settings, given: Given) -> int:
    start, limit, step = (float(array.item()) for array in given)
    return max(0, math.ceil((limit - start) / step))


def _multiplied(settings: Settings, given: Given) -> int:
    a, b = given[:2]
    if a.ndim != 2 or b.ndim != 2:
        raise ValueError("only matrices are multiplied")
    rows = a.shape[1 if settings.get("transA") else 0]
    columns = b.shape[0 if settings.get("transB") else 1]
    if a.size * columns > MOST_PRODUCTS:
        raise ValueError("too many products")
    return rows * columns


def _cast(settings: Settings, given: Given) -> int:
    if settings["to"] == STRING:
        raise ValueError("numbers are not written out")
    return given[0].size


SIZES: dict[str, Callable[[Settings, Given], int]] = {
    **dict.fromkeys(
        (
            "Identity", "CastLike", "Transpose", "Reshape", "Squeeze", "Unsqueeze", "Flatten",
            "Slice", "Split", "Neg", "Abs", "Sqrt", "Reciprocal", "Exp", "Log", "Sign", "Floor",
            "Ceil", "Round", "Clip", "Shape", "Size", "Trilu", "ReduceSum", "ReduceMean",
            "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL2", "QuantizeLinear",
            "DequantizeLinear",
        ),
        _largest,
    ),
    **dict.fromkeys(
        ("Add", "Sub", "Mul", "Div", "Pow", "Where", "Max", "Min", "Mod", "Equal", "Less",
         "Greater", "And", "Or", "Not"),
        _one_by_one,
    ),
    "Concat": _together,
    "ConstantOfShape": _shaped,
    "Expand": _expanded,
    "Tile": _tiled,
    "Pad": _padded,
    "Gather": _gathered,
    "Cast": _cast,
    "Range": _ranged,
    "MatMul": _multiplied,
    "Gemm": _multiplied,
}  # fmt: skip
"""Operations that are followed: how many numbers each makes at most, before it makes them."""


class Folding:
    """Makes constants of constants until there are too many."""

    def __init__(self, opset: int) -> None:
        """`opset` is the version of ONNX' operations that the file was written for."""
        self._opset = opset
        self._left = MOST_FOLDED

    def made(self, node: Any, given: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """What a node makes of constants, by name; empty where that cannot be computed.

        Raises `RefusedError` for more numbers than a file may hold.
        """
        settings = {attribute.name: _value(attribute) for attribute in node.attribute}
        arrays = [given[name] for name in node.input if name]
        try:
            size = SIZES[node.op_type](settings, arrays)
        except Exception:  # what does not fit is no constant
            return {}
        self._left -= size
        if size > MOST_NUMBERS or self._left < 0:
            raise RefusedError(
                f"its weights are made of more than {MOST_NUMBERS:,} numbers; export it with its "
                f"weights as constants"
            )
        try:
            made = _evaluated(node, given, self._opset)
        except Exception:  # an evaluator raises whatever it likes at a hostile node
            return {}
        return {name: array for name, array in made.items() if array.size <= max(size, MOST_AXES)}


def _evaluated(node: Any, given: Mapping[str, np.ndarray], opset: int) -> dict[str, np.ndarray]:
    """By the evaluator of the onnx package; of versions that it lacks, by onnxruntime."""
    from onnx import ValueInfoProto, helper
    from onnx.reference import ReferenceEvaluator

    kinds = {name: helper.np_dtype_to_tensor_dtype(a.dtype) for name, a in given.items()}
    names = [name for name in node.output if name]
    graph = helper.make_graph(
        [node],
        "constants",
        [helper.make_tensor_value_info(name, kind, None) for name, kind in kinds.items()],
        [ValueInfoProto(name=name) for name in names],
    )
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=VERSION
    )
    try:
        evaluator = ReferenceEvaluator(model)
    except Exception:  # it has not every version of every operation
        found = session(model).run(names, dict(given))
    else:
        found = evaluator.run(names, dict(given))
    return {name: np.asarray(array) for name, array in zip(names, found, strict=True)}


def _value(attribute: Any) -> Any:
    from onnx import helper

    return helper.get_attribute_value(attribute)
