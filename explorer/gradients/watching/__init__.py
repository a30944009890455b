"""A user's own PyTorch training, watched: true gradients through time, leaving it bit for bit.

    watching = gradients.watch(model, every=10)
    ...
    loss.backward()
    watching.step()

What a fused layer's `retain_grad` shows is the direct term of the loss only. Here hooks keep what a
layer read and handed out and what came back to its outputs; at `step` the layer is unrolled with
the laboratory's cells, gates at its own precision, and gone back through in float64. Two checks
stand between a recording and a wrong number: the states must follow from each other, and the
weights' gradients must be those that the model has.

What a look costs is told by `python -m explorer bench --only watched`. Not measured: layers that
are not of torch.nn, projected LSTMs, cell modules and dropout between layers on a GPU, and what the
loss would say to the other outputs of a twin.
"""

from torch import nn

from explorer.gradients.watching.biased import with_forget_bias
from explorer.gradients.watching.flows import Flow
from explorer.gradients.watching.twin import Twin
from explorer.gradients.watching.verdict import EXPLODED, VANISHED, Verdict, way_ratio
from explorer.gradients.watching.watching import WatchedStep, Watching


def watch(model: nn.Module, every: int = 1) -> Watching:
    """Watch every `nn.RNN`, `nn.LSTM`, `nn.GRU` and cell module inside a model, every n-th step.

    Raises `ValueError` where there is none, and for projected, parametrized or frozen ones.
    """
    return Watching(model, every)


__all__ = [
    "EXPLODED",
    "VANISHED",
    "Flow",
    "Twin",
    "Verdict",
    "WatchedStep",
    "Watching",
    "watch",
    "way_ratio",
    "with_forget_bias",
]
