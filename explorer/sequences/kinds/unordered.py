"""A line on the mean of what was read: it knows what there was, and nothing of its order.

Of words this is a bag of words whose embedding is learned (Iyyer et al. 2015, without hidden
layers). Letters in the shapes: T steps, N sequences.
"""

import torch

from explorer.sequences.kinds.kind import (
    Answers,
    Build,
    Embedding,
    Inputs,
    Lengths,
    Network,
    Part,
    Readout,
    Shape,
    thinned,
)
from explorer.sequences.padded import mean_of


class Unordered(Network):
    """The mean over the steps so far, or over each sequence's own, and a readout."""

    def __init__(self, shape: Shape, build: Build, rng: torch.Generator) -> None:
        self.shape, self.build = shape, build
        self._embedding = Embedding(shape, build, rng)
        self._readout = Readout(shape, self._embedding.outputs, rng)
        self.parameters = {**self._embedding.parameters, **self._readout.parameters}

    def __call__(
        self, inputs: Inputs, lengths: Lengths = None, noise: torch.Generator | None = None
    ) -> Answers:
        """What it says at every step, or of each whole sequence."""
        x = self._embedding(inputs)
        if self.shape.reads == "end":
            read = mean_of(x, lengths)
        else:
            read = x.cumsum(0) / torch.arange(1, 1 + len(x))[:, None, None]
        return self._readout(thinned(read, self.build.dropout, noise))

    def parts(self) -> tuple[Part, ...]:
        """Embedding, the mean, readout."""
        once = self.shape.reads == "end"
        size = self._embedding.outputs
        mean = Part("Mean", f"{'' if once else 'T × '}{size}", 0, 0, once=once)
        return (*self._embedding.parts(), mean, self._readout.part())
