"""Files as people bring them, made in memory: one good file of each format, and its pieces."""

import gzip
import io
import json
import warnings
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save as safe
from torch import nn

FROM_KERAS = Path(__file__).parent / "from_keras"


def fixture(name: str) -> bytes:
    """A file that real Keras wrote."""
    return gzip.decompress((FROM_KERAS / f"{name}.gz").read_bytes())


def zipped(files: Mapping[str, bytes | str], method: int = zipfile.ZIP_STORED) -> bytes:
    """A zip archive."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return content.getvalue()


def unzipped(data: bytes) -> dict[str, bytes]:
    """The files of a zip archive."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def redescribed(name: str, change: Callable[[dict[str, Any]], None]) -> bytes:
    """An archive that real Keras wrote, its description changed."""
    files = unzipped(fixture(name))
    config = json.loads(files["config.json"])
    change(config)
    return zipped({**files, "config.json": json.dumps(config)})


def saved(what: object) -> bytes:
    """What `torch.save` writes."""
    content = io.BytesIO()
    torch.save(what, content)
    return content.getvalue()


def layer(kind: Callable[..., nn.Module], *sizes: int, **options: Any) -> nn.Module:
    """A torch layer whose weights differ from call to call only by the arguments."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return kind(*sizes, **options)


def exported(module: nn.Module, *given: torch.Tensor, **options: Any) -> bytes:
    """What `torch.onnx.export` writes."""
    content = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about batches of varying size, and its own age
        torch.onnx.export(module.eval(), given, content, dynamo=False, **options)
    return content.getvalue()


BLOCKS = {"LSTM": 4, "GRU": 3, "RNN": 1}


def node_arrays(
    kind: str, units: int = 3, inputs: int = 2, ways: int = 1, peepholes: bool = False
) -> dict[str, np.ndarray]:
    """W, R, B and P of a node, drawn."""
    rng, rows = np.random.default_rng(0), BLOCKS[kind] * units
    arrays = {
        "W": rng.standard_normal((ways, rows, inputs)),
        "R": rng.standard_normal((ways, rows, units)),
        "B": rng.standard_normal((ways, 2 * rows)),
    }
    if peepholes:
        arrays["P"] = rng.standard_normal((ways, 3 * units))
    return {name: array.astype(np.float32) for name, array in arrays.items()}


def onnx_node(kind: str, arrays: Mapping[str, np.ndarray], **settings: Any) -> bytes:
    """An ONNX model of a single node."""
    from onnx import helper

    reads = ["X", "W", "R"] + (["B"] if "B" in arrays else [])
    if "P" in arrays:
        reads += ["", "", "", "P"]
    if "R" in arrays:
        settings.setdefault("hidden_size", arrays["R"].shape[-1])
    node = helper.make_node(kind, reads, ["Y"], name="layer", **settings)
    return onnx_graph([node], arrays)


def onnx_graph(nodes: list[Any], arrays: Mapping[str, np.ndarray]) -> bytes:
    """An ONNX model of some nodes and constants."""
    from onnx import TensorProto, helper, numpy_helper

    graph = helper.make_graph(
        nodes,
        "network",
        [helper.make_tensor_value_info("X", TensorProto.FLOAT, None)],
        [helper.make_tensor_value_info("Y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(array, name) for name, array in arrays.items()],
    )
    opset = [helper.make_opsetid("", 17)]
    return helper.make_model(graph, opset_imports=opset, ir_version=8).SerializeToString()


def good_files() -> dict[str, bytes]:
    """One small good file for each ending."""
    lstm = layer(nn.LSTM, 2, 3)
    return {
        "model.pt": saved(lstm.state_dict()),
        "model.safetensors": safe(lstm.state_dict()),
        "model.keras": fixture("kinds.keras"),
        "model.weights.h5": fixture("kinds.weights.h5"),
        "model.onnx": onnx_node("LSTM", node_arrays("LSTM")),
    }
