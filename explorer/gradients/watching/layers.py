"""The recurrent layers inside a model: which there are, what they are, what they weigh now."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

from explorer.cells import CELLS, Cell, Weights

DIRECTIONS = ("forward", "backward")
LAYERS = (nn.RNN, nn.LSTM, nn.GRU)
CELL_MODULES = (nn.RNNCell, nn.LSTMCell, nn.GRUCell)
CELL_NAMES = {"RNN_TANH": "rnn_tanh", "RNN_RELU": "rnn_relu", "LSTM": "lstm", "GRU": "gru"}
"""Our name of a cell by torch's mode."""


@dataclass(frozen=True)
class Layer:
    """One recurrent module of a model, by the name that the model has for it.

    A cell module (`nn.LSTMCell`) is a layer whose calls are single steps: the user's loop is its
    time.
    """

    name: str
    module: nn.Module
    cell_name: str
    units: int
    depth: int
    ways: int
    is_single: bool

    @property
    def cell(self) -> Cell:
        """The cell of the laboratory that does what the module does."""
        return CELLS[self.cell_name]

    def spoken(self, number: int, way: int) -> str:
        """What one layer and direction is called in a sentence, as far as there are several."""
        layer = f", layer {number}" if self.depth > 1 else ""
        return self.name + layer + (f", {DIRECTIONS[way]}" if self.ways > 1 else "")

    @property
    def dropout(self) -> float:
        """The share that is dropped between layers in this pass; 0 where nothing is."""
        drops = not self.is_single and self.depth > 1 and self.module.training
        return float(self.module.dropout) if drops else 0.0  # type: ignore[arg-type]

    @property
    def weight_dtype(self) -> torch.dtype:
        """The precision that the layer computes in."""
        return next(self.module.parameters()).dtype

    def parameter_names(self, number: int, way: int) -> list[str]:
        """What torch calls the parameters of one layer and direction: weights, then biases."""
        if self.is_single:
            return ["weight_ih", "weight_hh", "bias_ih", "bias_hh"][: 4 if self.module.bias else 2]
        names: list[str] = self.module._all_weights[number * self.ways + way]  # type: ignore[index, assignment]
        return names

    def parameter(self, name: str) -> Tensor:
        """One of the module's weights as it is now."""
        value: Tensor = getattr(self.module, name)
        return value

    def weights(self) -> tuple[tuple[Weights, ...], ...]:
        """A copy of the weights of every layer and direction."""
        return tuple(
            tuple(self._weights(number, way) for way in range(self.ways))
            for number in range(self.depth)
        )

    def _weights(self, number: int, way: int) -> Weights:
        names = self.parameter_names(number, way)
        held = {name: self.parameter(name).detach().clone() for name in names}
        if self.is_single:
            held = {f"{name}_l0": value for name, value in held.items()}
        return Weights.from_state_dict(held, number, backward=way == 1)


def recurrent_layers(model: nn.Module) -> tuple[Layer, ...]:
    """Every RNN, LSTM and GRU of a model and every such cell module, in the order of its modules.

    Raises `ValueError` where there is none, and for those whose way back cannot be followed:
    projected LSTMs, parametrized weights, frozen weights.
    """
    if not isinstance(model, nn.Module):
        raise ValueError(f"a torch.nn.Module is watched, not a {type(model).__name__}")
    found = [
        _layer(name, module)
        for name, module in model.named_modules()
        if isinstance(module, (*LAYERS, *CELL_MODULES))
    ]
    if not found:
        raise ValueError(
            f"{type(model).__name__} has no recurrent layer: watched are nn.RNN, nn.LSTM, nn.GRU "
            "and their cell modules"
        )
    return tuple(found)


def _layer(name: str, module: nn.Module) -> Layer:
    name = name or type(module).__name__.lower()
    if getattr(module, "proj_size", 0):
        raise ValueError(
            f"{name!r} is an LSTM with proj_size={module.proj_size}: its hidden state is a "
            "projection, which this laboratory has no cell for; build it without proj_size"
        )
    if parametrize.is_parametrized(module):
        raise ValueError(
            f"the weights of {name!r} are parametrized, and looking at them would compute them "
            "anew: remove the parametrization, or watch a part of the model without it"
        )
    if not any(weight.requires_grad for weight in module.parameters()):
        raise ValueError(
            f"the weights of {name!r} are frozen (requires_grad is False): unfreeze them, or watch "
            "the part of the model that is trained"
        )
    if isinstance(module, CELL_MODULES):
        return Layer(
            name, module, _single(module), module.hidden_size, depth=1, ways=1, is_single=True
        )
    assert isinstance(module, nn.RNNBase)
    ways = 2 if module.bidirectional else 1
    return Layer(
        name,
        module,
        CELL_NAMES[module.mode],
        module.hidden_size,
        depth=module.num_layers,
        ways=ways,
        is_single=False,
    )


def _single(module: nn.Module) -> str:
    if isinstance(module, nn.LSTMCell):
        return "lstm"
    return "gru" if isinstance(module, nn.GRUCell) else f"rnn_{module.nonlinearity}"


def same_layer(
    layer: Layer, weights: tuple[Weights, ...], dtype: torch.dtype, device: torch.device
) -> nn.RNNBase:
    """A torch layer of one layer's directions with these weights; its drawing touches no generator.

    Read forward it hands out what the layer inside the stack handed to the next one.
    """
    options = (
        {"nonlinearity": layer.module.nonlinearity} if isinstance(layer.module, nn.RNN) else {}
    )
    kind = next(kind for kind in LAYERS if isinstance(layer.module, kind))
    alone = kind(
        weights[0].inputs,
        weights[0].units,
        bidirectional=layer.ways == 2,
        device="meta",
        dtype=dtype,
        **options,
    ).to_empty(device=device)
    state: dict[str, Tensor] = {}
    for way, one in enumerate(weights):
        state |= one.to(dtype).state_dict(backward=way == 1)
    alone.load_state_dict(state)
    return alone
