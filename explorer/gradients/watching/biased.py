"""A model once more with another forget bias: what is trained beside the one that is watched."""

import copy
import math
from typing import TypeVar

import torch
from torch import nn

from explorer.cells import with_forget_bias as biased_weights
from explorer.gradients.watching.layers import Layer, recurrent_layers

Model = TypeVar("Model", bound=nn.Module)
UNGATED = "no layer here has a gate that keeps its memory, so no forget bias"


def with_forget_bias(model: Model, bias: float) -> Model:
    """A copy of a model whose gates that keep have this bias: f of the LSTM, z of the GRU.

    PyTorch adds two biases: `bias_ih` gets all of it, `bias_hh` none. The model itself stays as it
    is; so train both, from the same batches. Raises `ValueError` for a bias that is no number,
    for a model without such a gate, and for a layer without biases.
    """
    if not math.isfinite(bias):
        raise ValueError(f"a forget bias must be a number, not {bias}")
    twin = copy.deepcopy(model)
    gated = [layer for layer in recurrent_layers(twin) if layer.cell.keeping_gate is not None]
    if not gated:
        raise ValueError(UNGATED)
    for layer in gated:
        if not layer.module.bias:
            raise ValueError(f"{layer.name!r} has no biases (bias=False), so no forget bias")
        _set(layer, bias)
    return twin


@torch.no_grad()
def _set(layer: Layer, bias: float) -> None:
    for number, ways in enumerate(layer.weights()):
        for way, weights in enumerate(ways):
            found = biased_weights(layer.cell, weights, bias)
            names = layer.parameter_names(number, way)[2:]
            for name, values in zip(names, (found.bias_ih, found.bias_hh), strict=True):
                layer.parameter(name).copy_(values)
