"""Known answers about uploaded networks: each format's order against the format's own program."""

import io
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch
from safetensors.torch import save as safe

from explorer.cells.conventions import PACKINGS, packing, to_keras, to_onnx
from explorer.networks.uploads import opened
from explorer.networks.uploads.equations import keras_hidden
from explorer.networks.uploads.graph import Node
from explorer.networks.uploads.runtime import evaluated, model_of
from explorer.sequences.stack import Stack, read_stack
from explorer.verify.draws import normal, rng
from explorer.verify.known import Known

INPUTS, UNITS, STEPS, BATCH = 3, 5, 12, 2
NODES: dict[str, tuple[str, dict[str, Any]]] = {
    "lstm": ("LSTM", {}),
    "lstm_peephole": ("LSTM", {}),
    "lstm_coupled": ("LSTM", {"input_forget": 1}),
    "gru": ("GRU", {"linear_before_reset": 1}),
    "gru_before": ("GRU", {}),
    "rnn_tanh": ("RNN", {}),
    "rnn_relu": ("RNN", {"activations": ["Relu", "Relu"]}),
}
"""Our cells as nodes of ONNX."""
REFERENCE = ("lstm", "lstm_peephole", "gru", "gru_before", "rnn_tanh")
"""Those that the reference evaluator knows."""


def drawn(cell_name: str, precision: torch.dtype) -> Stack:
    """One layer that reads both ways."""
    return Stack.draw(cell_name, INPUTS, UNITS, both_ways=True, generator=rng(), dtype=precision)


def as_node(stack: Stack) -> tuple[Node, dict[str, np.ndarray]]:
    """A layer that reads both ways as a node of ONNX with its arrays."""
    kind, settings = NODES[stack.cell_name]
    settings = {"hidden_size": stack.units, "direction": "bidirectional", **settings}
    ways = [to_onnx(stack.cell_name, weights) for weights in stack.layers[0]]
    arrays = {
        name: np.stack([part.numpy() for part in parts])
        for name, parts in zip("WRBP", zip(*ways, strict=True), strict=True)
        if parts[0] is not None
    }
    return Node(kind, "layer", ("X", "W", "R", "B"), ("Y",), settings=settings), arrays


def difference_to_onnx(cell_name: str, precision: torch.dtype) -> float:
    """Largest difference of a layer's hidden states to those of its node."""
    stack, x = drawn(cell_name, precision), normal(STEPS, BATCH, INPUTS).to(precision)
    theirs = evaluated(*as_node(stack), x.double().numpy())
    ours = read_stack(stack.to(torch.float64), x.double()).hidden.numpy()
    return float(np.abs(ours - theirs).max())


def difference_to_keras(cell_name: str) -> float:
    """Largest difference of a layer's hidden states to Keras' equations in Keras' order."""
    stack, x = drawn(cell_name, torch.float64), normal(STEPS, BATCH, INPUTS)
    ours = read_stack(stack, x).hidden.numpy()
    theirs = []
    for weights, order in zip(stack.layers[0], (1, -1), strict=True):
        kernel, recurrent, bias = (part.numpy() for part in to_keras(cell_name, weights))
        read = keras_hidden(cell_name, x.numpy()[::order], kernel, recurrent, bias)
        theirs.append(read[::order])
    return float(np.abs(ours - np.concatenate(theirs, axis=-1)).max())


def state_dict(cell_name: str) -> bytes:
    """What `torch.save` writes of two layers that read both ways."""
    stack = Stack.draw(cell_name, INPUTS, UNITS, layers=2, both_ways=True, generator=rng())
    content = io.BytesIO()
    torch.save(stack.state_dict(), content)
    return content.getvalue()


def tensors() -> bytes:
    """A layer as a safetensors file."""
    return safe(drawn("gru", torch.float64).state_dict())


def model() -> bytes:
    """An LSTM with peepholes as an ONNX file."""
    content: bytes = model_of(*as_node(drawn("lstm_peephole", torch.float32))).SerializeToString()
    return content


def opened_difference(name: str, content: Callable[[], bytes]) -> float:
    """How far an opened file is from the program of its own format."""
    (found,) = opened(name, content()).found
    return found.difference


def letters(convention: str, cell_name: str) -> str:
    """The order of a format's blocks in its own letters."""
    return ", ".join(packing(convention, cell_name).letters)


KNOWN = (
    *(
        Known(
            f"{name} as ONNX ({letters('onnx', name)}), both ways, float32",
            0,
            partial(difference_to_onnx, name, torch.float32),
            "onnxruntime",
            tolerance=1e-6,
        )
        for name in NODES
    ),
    *(
        Known(
            f"{name} as ONNX ({letters('onnx', name)}), both ways, float64",
            0,
            partial(difference_to_onnx, name, torch.float64),
            "onnx.reference",
            tolerance=1e-12,
        )
        for name in REFERENCE
    ),
    *(
        Known(
            f"{name} as Keras ({letters('keras', name)}), both ways",
            0,
            partial(difference_to_keras, name),
            "Keras' equations",
            tolerance=1e-12,
        )
        for name in PACKINGS["keras"]
    ),
    *(
        Known(
            f"a state dict of two {layer} layers both ways, opened",
            0,
            partial(opened_difference, "model.pt", partial(state_dict, cell_name)),
            f"torch.nn.{layer}",
            tolerance=1e-12,
        )
        for cell_name, layer in (("lstm", "LSTM"), ("gru", "GRU"), ("rnn_tanh", "RNN"))
    ),
    Known(
        "a safetensors file of a GRU, opened",
        0,
        partial(opened_difference, "model.safetensors", tensors),
        "torch.nn.GRU",
        tolerance=1e-12,
    ),
    Known(
        "an ONNX file of an LSTM with peepholes, opened",
        0,
        partial(opened_difference, "model.onnx", model),
        "onnxruntime",
        tolerance=1e-6,
    ),
)
