"""The cells of this lab: which are measured, which of them keep a memory, what they are called."""

from explorer.cells import CELLS
from explorer.gradients import UNROLLED

MEASURED = tuple(name for name in CELLS if name in UNROLLED)
"""Every cell whose gradient can be followed, in the order of the registry."""

SHORT = {"rnn_tanh": "RNN tanh", "rnn_relu": "RNN ReLU", "lstm": "LSTM", "gru": "GRU"}
LABEL = {"rnn_tanh": "tanh RNN", "rnn_relu": "ReLU RNN", "lstm": "LSTM", "gru": "GRU"}


def gated(name: str) -> bool:
    """Return whether a gate decides how much of the memory stays: whether it has a forget bias."""
    return CELLS[name].keeping_gate is not None


def short(name: str) -> str:
    """Return what a legend calls a cell."""
    return SHORT[name]


def label(name: str) -> str:
    """Return what a sentence calls a cell."""
    return LABEL[name]
