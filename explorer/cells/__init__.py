"""One time step of a recurrent network, every gate kept.

    from explorer import cells
    lstm = cells.CELLS["lstm"]
    weights = lstm.draw(inputs=3, units=5, generator=torch.Generator().manual_seed(0))
    step = lstm.step(weights, torch.ones(3), lstm.start(weights))
    step.forget_gate, step.kept, step.written, step.cell, step.hidden

The conventions are PyTorch's: gates packed i, f, g, o and r, z, n, two biases for each gate, z
keeps, reset after the matrix product.
"""

from explorer.cells.cell import Cell, Gate, State, Step
from explorer.cells.gru import GRU, GRUStep
from explorer.cells.lstm import LSTM, LSTMStep
from explorer.cells.remembering import (
    Remembrance,
    chrono_biases,
    half_life,
    remembrance,
    with_chrono,
    with_forget_bias,
    with_gate_bias,
)
from explorer.cells.rnn import RNN, RNNStep
from explorer.cells.weights import Weights

CELLS: dict[str, Cell] = {cell.name: cell for cell in (RNN("tanh"), RNN("relu"), LSTM(), GRU())}
"""Every cell by the name it has in menus, links and files."""

__all__ = [
    "CELLS",
    "GRU",
    "LSTM",
    "RNN",
    "Cell",
    "GRUStep",
    "Gate",
    "LSTMStep",
    "RNNStep",
    "Remembrance",
    "State",
    "Step",
    "Weights",
    "chrono_biases",
    "half_life",
    "remembrance",
    "with_chrono",
    "with_forget_bias",
    "with_gate_bias",
]
