"""Networks that look at every frame of a film with the same filters (LeCun et al. 1989).

Letters in the shapes: T frames, N films, P points of a frame, S its side, F filters, R and Q the
side of a map after each convolution, M numbers of the last maps side by side, H units.
"""

from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn

from explorer.sequences.kinds.kind import (
    Answers,
    Build,
    Inputs,
    Lengths,
    Network,
    Part,
    Readout,
    Shape,
    thinned,
)
from explorer.sequences.learning import Layers
from explorer.sequences.padded import last_of, mean_of
from explorer.sequences.stack import Stack

FIRST, SECOND = 8, 16
"""How many filters the two convolutions have."""
WIDE, STRIDE = 3, 2
"""Side of a filter, and how many points it moves on: it halves the picture as pooling would, but
computes a quarter of the places (Springenberg et al. 2015)."""
Along = Literal["recurrent", "last", "mean"]


class Convolutions:
    """Two convolutions of a frame, 3 by 3 with stride 2 and zeros around it, each with a ReLU.

    Weights are uniform in ±1/√(numbers that a filter sees), as torch draws them; biases 0.
    """

    def __init__(self, side: int, rng: torch.Generator) -> None:
        self.side = side
        self.parameters: dict[str, nn.Parameter] = {}
        for name, (arriving, filters) in {
            "convolution1": (1, FIRST),
            "convolution2": (FIRST, SECOND),
        }.items():
            bound = (arriving * WIDE**2) ** -0.5
            drawn = torch.empty(filters, arriving, WIDE, WIDE).uniform_(
                -bound, bound, generator=rng
            )
            self.parameters[f"{name}.weight"] = nn.Parameter(drawn)
            self.parameters[f"{name}.bias"] = nn.Parameter(torch.zeros(filters))
        self.sides = (halved(side), halved(halved(side)))
        self.outputs = SECOND * self.sides[1] ** 2

    def maps(
        self, frames: Float[Tensor, "N P"]
    ) -> tuple[Float[Tensor, "N F R R"], Float[Tensor, "N G Q Q"]]:
        """What each filter of both convolutions finds at every place of each frame."""
        first = self._convolved(frames.view(-1, 1, self.side, self.side), "convolution1")
        return first, self._convolved(first, "convolution2")

    def __call__(self, frames: Float[Tensor, "N P"]) -> Float[Tensor, "N M"]:
        """The maps of the second convolution, side by side."""
        return self.maps(frames)[1].flatten(1)

    def _convolved(self, x: Tensor, name: str) -> Tensor:
        weight, bias = (self.parameters[f"{name}.{part}"] for part in ("weight", "bias"))
        return nn.functional.conv2d(x, weight, bias, stride=STRIDE, padding=WIDE // 2).relu()

    def parts(self, once: bool) -> tuple[Part, ...]:
        """A box for each convolution; ``once`` where only one frame is looked at."""
        found = []
        for number, side in enumerate(self.sides, 1):
            weight = self.parameters[f"convolution{number}.weight"]
            bias = self.parameters[f"convolution{number}.bias"]
            found.append(
                Part(
                    f"{WIDE} × {WIDE} filters",
                    f"{'' if once else 'T × '}{len(bias)} × {side} × {side}",
                    weight.numel() + bias.numel(),
                    weight.numel() * side**2,
                    once=once,
                )
            )
        return tuple(found)


class Frames(Network):
    """The same filters over every frame, and what they find read along time, or not.

    ``along`` says how: by one recurrent layer (a CNN-LSTM, Donahue et al. 2015), in the last frame
    alone, or as the mean over all frames, which does not know their order.
    """

    def __init__(
        self, shape: Shape, build: Build, rng: torch.Generator, along: Along = "recurrent"
    ) -> None:
        """Draw it. Raises `ValueError` where a step is no picture."""
        if shape.side**2 != shape.inputs or shape.reads != "end":
            raise ValueError("filters need square pictures as steps, and one answer at their end")
        self.shape, self.build, self.along = shape, build, along
        self.convolutions = Convolutions(shape.side, rng)
        self.parameters = dict(self.convolutions.parameters)
        read = self.convolutions.outputs
        self._layers: Layers | None = None
        if along == "recurrent":
            drawn = Stack.draw(build.cell, read, build.units, generator=rng)
            self._layers = Layers(drawn.with_forget_bias(build.forget_bias))
            read = build.units
            self.parameters |= {
                f"recurrent.{name}": part for name, part in self._layers.parameters.items()
            }
        self._readout = Readout(shape, read, rng)
        self.parameters |= self._readout.parameters

    def seen(self, inputs: Float[Tensor, "T N P"]) -> Float[Tensor, "T N M"]:
        """What the filters find in every frame."""
        return self.convolutions(inputs.flatten(0, 1)).view(*inputs.shape[:2], -1)

    @property
    def recurs(self) -> bool:
        """Whether a recurrent layer goes along time."""
        return self._layers is not None

    def arriving(self, inputs: Inputs) -> Float[Tensor, "T N M"]:
        """What the recurrent layer reads."""
        return self.seen(inputs)

    def hidden(self, inputs: Inputs) -> tuple[Float[Tensor, "T N H"]]:
        """h at every step, of the one direction that there is."""
        assert self._layers is not None
        return (self._layers(self.seen(inputs))[0],)

    def __call__(
        self, inputs: Inputs, lengths: Lengths = None, noise: torch.Generator | None = None
    ) -> Answers:
        """What it says of each film."""
        if self.along == "last":
            read = self.convolutions(last_of(inputs, lengths))
        elif self.along == "mean":
            read = mean_of(self.seen(inputs), lengths)
        else:
            assert self._layers is not None
            read = last_of(self._layers(self.seen(inputs))[0], lengths)
        return self._readout(thinned(read, self.build.dropout, noise))

    def stack(self) -> Stack:
        """The recurrent layer as it is now, copied. Raises `ValueError` where there is none."""
        if self._layers is None:
            raise ValueError("this network has no recurrent layer")
        return self._layers.stack()

    def parts(self) -> tuple[Part, ...]:
        """The frame, two convolutions, what goes along time, readout."""
        side = self.shape.side
        frame = f"{side} × {side}"
        found = [Part("Last frame", frame, 0, 0, once=True)]
        if self.along != "last":
            found = [Part("Frames", f"T × {frame}", 0, 0)]
        found += self.convolutions.parts(self.along == "last")
        if self.along == "mean":
            found.append(Part("Mean over frames", f"{self.convolutions.outputs}", 0, 0, once=True))
        if self._layers is not None:
            weights = self._layers.stack().weights
            found.append(
                Part(
                    self._layers.stack().cell.short,
                    f"T × {weights.units}",
                    weights.parameters,
                    weights.weight_ih.numel() + weights.weight_hh.numel(),
                )
            )
        return (*found, self._readout.part())


def halved(side: int) -> int:
    """The side of a map after a convolution of stride 2 with zeros around."""
    return (side + 2 * (WIDE // 2) - WIDE) // STRIDE + 1
