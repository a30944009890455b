"""A perceptron over the last few steps: it has no state, so what left its window is gone.

Letters in the shapes: T steps, N sequences.
"""

import torch
from torch import nn

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
from explorer.sequences.padded import last_of, windowed


class Window(Network):
    """The last steps side by side, one hidden layer of ReLU, and a readout.

    Of a whole sequence it sees the last steps alone. What is not there yet is 0.
    """

    def __init__(self, shape: Shape, build: Build, rng: torch.Generator) -> None:
        """Weights uniform in ±1/√inputs, as torch draws a line, biases 0."""
        self.shape, self.build = shape, build
        self._embedding = Embedding(shape, build, rng)
        seen = build.window * self._embedding.outputs
        drawn = torch.empty(build.hidden, seen).uniform_(-(seen**-0.5), seen**-0.5, generator=rng)
        self._weight, self._bias = nn.Parameter(drawn), nn.Parameter(torch.zeros(build.hidden))
        self._readout = Readout(shape, build.hidden, rng)
        self.parameters = {
            **self._embedding.parameters,
            "hidden.weight": self._weight,
            "hidden.bias": self._bias,
            **self._readout.parameters,
        }

    def __call__(
        self, inputs: Inputs, lengths: Lengths = None, noise: torch.Generator | None = None
    ) -> Answers:
        """What it says at every step, or at each sequence's own last one."""
        seen = windowed(self._embedding(inputs), self.build.window)
        if self.shape.reads == "end":
            seen = last_of(seen, lengths)
        hidden = nn.functional.linear(seen, self._weight, self._bias).relu()
        return self._readout(thinned(hidden, self.build.dropout, noise))

    def parts(self) -> tuple[Part, ...]:
        """Embedding, the hidden layer, readout."""
        once = self.shape.reads == "end"
        hidden = Part(
            f"ReLU over {self.build.window} steps",
            f"{'' if once else 'T × '}{self.build.hidden}",
            self._weight.numel() + self.build.hidden,
            self._weight.numel(),
            once=once,
        )
        return (*self._embedding.parts(), hidden, self._readout.part())
