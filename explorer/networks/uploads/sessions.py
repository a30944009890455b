"""An onnxruntime that computes one small model here, quietly and on one thread."""

from typing import Any

VERSION = 8
"""The form of ONNX files that every onnxruntime in use can read."""


def session(model: Any) -> Any:
    """A session of a model; what it raises for one that it does not know is its own."""
    import onnxruntime  # type: ignore[import-untyped]

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
