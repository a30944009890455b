"""Known answers about uploaded networks: each format's order against the format's own program."""

import io
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
import torch
from safetensors.torch import save as safe
from torch import nn

from explorer.cells import CELLS
from explorer.cells.conventions import PACKINGS, packing, to_keras, to_onnx
from explorer.networks.uploads import opened
from explorer.networks.uploads.equations import keras_hidden
from explorer.networks.uploads.graph import Node
from explorer.networks.uploads.kernels import Kernels, way
from explorer.networks.uploads.runtime import evaluated, model_of
from explorer.sequences.stack import Stack, read_stack
from explorer.verify.draws import normal, rng
from explorer.verify.known import Known

INPUTS, UNITS, STEPS, BATCH = 3, 5, 12, 2
AFTER = {"linear_before_reset": 1}
NODES: dict[str, tuple[str, dict[str, Any]]] = {
    "lstm": ("LSTM", {}),
    "lstm_peephole": ("LSTM", {}),
    "lstm_coupled": ("LSTM", {"input_forget": 1}),
    "gru": ("GRU", AFTER),
    "gru_before": ("GRU", {}),
    "rnn_tanh": ("RNN", {}),
    "rnn_relu": ("RNN", {"activations": ["Relu", "Relu"]}),
    "lstm(hard_sigmoid_0.2_0.5, tanh, tanh)": (
        "LSTM",
        {"activations": ["HardSigmoid", "Tanh", "Tanh"] * 2, "activation_alpha": [0.2] * 2},
    ),
    "gru(sigmoid, relu)": ("GRU", {"activations": ["Sigmoid", "Relu"] * 2, **AFTER}),
}
"""Our cells as nodes of ONNX."""
AS_IN_KERAS = (
    "lstm(hard_sigmoid_0.2_0.5, tanh, tanh)",
    f"lstm(hard_sigmoid_{1 / 6!r}_0.5, tanh, tanh)",
    "lstm(sigmoid, relu, relu)",
    f"gru(hard_sigmoid_{1 / 6!r}_0.5, relu)",
    "gru_before(hard_sigmoid_0.2_0.5, tanh)",
)
"""Cells with other activations than the usual that Keras 2 or 3 can make."""
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
    return saved(stack.state_dict())


def saved(state: Mapping[str, torch.Tensor], older: bool = False) -> bytes:
    """What `torch.save` writes now, or wrote before 1.6."""
    content = io.BytesIO()
    torch.save(dict(state), content, _use_new_zipfile_serialization=not older)
    return content.getvalue()


def weight_normed() -> bytes:
    """A layer whose recurrent matrix is kept as g and v of a weight norm."""
    state = drawn("lstm", torch.float64).state_dict()
    v = state.pop("weight_hh_l0")
    g = normal(len(v), 1)
    return saved({**state, "weight_hh_l0_g": g, "weight_hh_l0_v": v})


def spectral() -> bytes:
    """A layer whose recurrent matrix is kept with the vectors of a spectral norm."""
    state = drawn("gru", torch.float64).state_dict()
    weight = state.pop("weight_hh_l0")
    kept = {"original": weight, "0._u": normal(len(weight)), "0._v": normal(weight.shape[1])}
    names = {f"parametrizations.weight_hh_l0.{form}": each for form, each in kept.items()}
    return saved({**state, **names})


def projected() -> bytes:
    """Two layers of an LSTM that read both ways and project their h from 5 to 2 numbers."""
    state = nn.LSTM(3, 5, 2, bidirectional=True, proj_size=2, device="meta").state_dict()
    names = enumerate(sorted(state))
    return saved({name: normal(*state[name].shape, seed=seed) for seed, name in names})


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


def cudnn_difference(kind: str) -> float:
    """How far a layer for cuDNN is from torch's, whose matrices are cuDNN's own."""
    cell = CELLS[kind.removeprefix("CuDNN").lower()]
    weights = cell.draw(INPUTS, UNITS, rng(), torch.float64)
    order = {4: (0, 1, 2, 3), 3: (1, 0, 2)}[weights.gates]  # Keras has z before r

    def columns(matrix: torch.Tensor) -> torch.Tensor:
        blocks = [matrix.chunk(len(order))[gate] for gate in order]
        return torch.cat([block.reshape(-1, UNITS) for block in blocks], dim=1)

    biases = (weights.bias_ih, weights.bias_hh)
    bias = torch.cat([part.chunk(len(order))[gate] for part in biases for gate in order])
    arrays = (columns(weights.weight_ih), columns(weights.weight_hh), bias)
    found = way(
        Kernels("layer", dict(zip(("kernel", "recurrent_kernel", "bias"), arrays, strict=True))),
        None,
        "2.2.4",
    )
    x = normal(STEPS, BATCH, INPUTS)
    with torch.no_grad():
        expected = cell.layer(weights)(x)[0].numpy()
    ours = read_stack(Stack(found.cell_name, ((found.weights,),)), x).hidden.numpy()
    theirs = found.hidden(x.numpy())
    return float(max(np.abs(made - expected).max() for made in (ours, theirs)))


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
        for name in (*PACKINGS["keras"], *AS_IN_KERAS)
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
    *(
        Known(what, 0, partial(opened_difference, "model.pt", content), who, tolerance=1e-12)
        for what, content, who in (
            ("a state dict with weight norm, opened", weight_normed, "torch.nn.utils.weight_norm"),
            ("a state dict with spectral norm, opened", spectral, "torch.nn.utils.spectral_norm"),
            ("a state dict of a projected LSTM, opened", projected, "torch.nn.LSTM(proj_size)"),
            (
                "a file of before torch 1.6, opened",
                lambda: saved(drawn("gru", torch.float64).state_dict(), older=True),
                "torch.nn.GRU",
            ),
        )
    ),
    Known(
        "a safetensors file of a GRU, opened",
        0,
        partial(opened_difference, "model.safetensors", tensors),
        "torch.nn.GRU",
        tolerance=1e-12,
    ),
    *(
        Known(
            f"a Keras file of a {kind}, opened",
            0,
            partial(cudnn_difference, kind),
            f"torch.nn.{kind.removeprefix('CuDNN')}",
            tolerance=1e-12,
        )
        for kind in ("CuDNNLSTM", "CuDNNGRU")
    ),
    Known(
        "an ONNX file of an LSTM with peepholes, opened",
        0,
        partial(opened_difference, "model.onnx", model),
        "onnxruntime",
        tolerance=1e-6,
    ),
)
