"""One time step of a recurrent network, every gate kept.

    from explorer import cells
    lstm = cells.CELLS["lstm"]
    weights = lstm.draw(inputs=3, units=5, generator=torch.Generator().manual_seed(0))
    step = lstm.step(weights, torch.ones(3), lstm.start(weights))
    step.forget_gate, step.kept, step.written, step.cell, step.hidden

The conventions are PyTorch's: gates packed i, f, g, o and r, z, n, two biases for each gate, z
keeps, reset after the matrix product. Three cells that PyTorch lacks follow them as far as they
go: peepholes, coupled gates (i, g, o), and the GRU that resets before the product. Any gated cell
can have other activations: `CELLS["lstm(hard_sigmoid_0.2_0.5, tanh, tanh)"]`.
"""

from explorer.cells.activations import Activation, activation, hard_sigmoid
from explorer.cells.cell import Cell, Gate, State, Step, Touch, untouched
from explorer.cells.coupled import CoupledLSTM, CoupledLSTMStep
from explorer.cells.equations import Equation
from explorer.cells.formulas import formulas
from explorer.cells.gates import CONVENTIONS, STATES, Called, GateKind, Packing
from explorer.cells.gru import GRU, GRUBefore, GRUBeforeStep, GRUStep
from explorer.cells.lstm import LSTM, LSTMStep
from explorer.cells.peephole import PeepholeLSTM, PeepholeLSTMStep
from explorer.cells.registry import CELLS, Cells
from explorer.cells.remembering import (
    Remembrance,
    chrono_biases,
    remembrance,
    with_chrono,
    with_forget_bias,
    with_gate_bias,
)
from explorer.cells.rnn import RNN, RNNStep
from explorer.cells.surgery import (
    ABLATIONS,
    Clamp,
    InputEdit,
    Surgery,
    WeightEdit,
    ablations_of,
)
from explorer.cells.textbook import second_opinion
from explorer.cells.unfolding import keeping_share, unfolded, written_share
from explorer.cells.weights import Weights

__all__ = [
    "ABLATIONS",
    "CELLS",
    "CONVENTIONS",
    "GRU",
    "LSTM",
    "RNN",
    "STATES",
    "Activation",
    "Called",
    "Cell",
    "Cells",
    "Clamp",
    "CoupledLSTM",
    "CoupledLSTMStep",
    "Equation",
    "GRUBefore",
    "GRUBeforeStep",
    "GRUStep",
    "Gate",
    "GateKind",
    "InputEdit",
    "LSTMStep",
    "Packing",
    "PeepholeLSTM",
    "PeepholeLSTMStep",
    "RNNStep",
    "Remembrance",
    "State",
    "Step",
    "Surgery",
    "Touch",
    "WeightEdit",
    "Weights",
    "ablations_of",
    "activation",
    "chrono_biases",
    "formulas",
    "hard_sigmoid",
    "keeping_share",
    "remembrance",
    "second_opinion",
    "unfolded",
    "untouched",
    "with_chrono",
    "with_forget_bias",
    "with_gate_bias",
    "written_share",
]
