"""The same networks by automatic differentiation, cell by cell: the oracle of these tests."""

import torch
from torch import Tensor, nn

from explorer.gradients import UNROLLED, initial_matrix, unpacked

TORCH_CELLS = {
    "rnn_tanh": lambda inputs, units: nn.RNNCell(inputs, units, dtype=torch.float64),
    "rnn_relu": lambda inputs, units: nn.RNNCell(
        inputs, units, nonlinearity="relu", dtype=torch.float64
    ),
    "lstm": lambda inputs, units: nn.LSTMCell(inputs, units, dtype=torch.float64),
    "gru": lambda inputs, units: nn.GRUCell(inputs, units, dtype=torch.float64),
}


def rng(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def states(name: str, matrix: Tensor, inputs: Tensor) -> tuple[list[Tensor], list[Tensor]]:
    """Every h and every c (none but for the LSTM), rows are samples, ready for `backward`.

    Gradients flow to the states and to the matrix; inputs are steps × inputs × samples.
    """
    weights = unpacked(name, matrix)
    cell = TORCH_CELLS[name](inputs.shape[1], weights.units)
    parts = {
        part: getattr(weights, part) for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    }
    zeros = torch.zeros(inputs.shape[2], weights.units, dtype=torch.float64, requires_grad=True)
    hidden, memory = [zeros], []
    state = zeros
    if name == "lstm":
        memory = [zeros.detach().clone().requires_grad_()]
        state = (zeros, memory[0])
    for step in inputs:
        state = torch.func.functional_call(cell, parts, (step.T, state))
        if name == "lstm":
            hidden.append(state[0])
            memory.append(state[1])
        else:
            hidden.append(state)
    for part in hidden + memory:
        part.retain_grad()
    return hidden, memory


def drawn(name: str, inputs: int = 2, units: int = 6, seed: int = 0, **changes) -> Tensor:
    if UNROLLED[name].drawn_as:  # an identity would hide a transpose
        return torch.randn(units, units + inputs + 1, generator=rng(seed), dtype=torch.float64)
    return initial_matrix(name, inputs, units, rng(seed), **changes)


def gone_back(name: str, matrix: Tensor, inputs: Tensor, last: Tensor):
    network = UNROLLED[name](matrix, len(inputs), inputs.shape[-1])
    network.read(inputs)
    network.forward()
    network.backward(last)
    return network


def normal(*shape: int, seed: int = 1) -> Tensor:
    return torch.randn(*shape, generator=rng(seed), dtype=torch.float64)
