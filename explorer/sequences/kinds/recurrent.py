"""Recurrent networks: one layer or several, one way or both, a convolution before them or none.

Letters in the shapes: T steps, N sequences, I numbers a step, A numbers arriving, H units.
"""

from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn

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
from explorer.sequences.learning import Layers
from explorer.sequences.padded import flipped, last_of, mean_of
from explorer.sequences.stack import BACKWARD, ENDINGS, Stack

WIDTH = 5  # steps that a filter of the convolution sees


class Recurrent(Network):
    """A stack of recurrent layers between an embedding and a readout.

    It is learned with torch's fused layers, one for every layer and direction: the way back reads
    each sequence flipped within its own length. ``stack`` is what the laboratory's cells run.
    """

    def __init__(
        self,
        shape: Shape,
        build: Build,
        rng: torch.Generator,
        *,
        layers: int = 1,
        merge: Literal["", "side by side", "sum"] = "",
        reads: Literal["last", "mean"] = "last",
        convolved: bool = False,
    ) -> None:
        """Draw it as torch draws its layers, with the forget bias of the build."""
        self.shape, self.build, self.merge, self.reads = shape, build, merge, reads
        self._embedding = Embedding(shape, build, rng)
        arriving = self._embedding.outputs
        self._filters = Filters(arriving, build.units, rng) if convolved else None
        if self._filters is not None:
            arriving = build.units
        drawn = Stack.draw(build.cell, arriving, build.units, layers, bool(merge), rng)
        self._stack = drawn.with_forget_bias(build.forget_bias)
        self._layers = [
            [Layers(Stack(build.cell, ((weights,),))) for weights in layer]
            for layer in self._stack.layers
        ]
        ways = 2 if merge == "side by side" else 1
        self._readout = Readout(shape, ways * build.units, rng)
        self.parameters = dict(self._embedding.parameters)
        if self._filters is not None:
            self.parameters |= self._filters.parameters
        for number, layer in enumerate(self._layers):
            for way, one in enumerate(layer):
                for name, part in one.parameters.items():
                    known = name.removesuffix("_l0") + f"_l{number}{ENDINGS[way]}"
                    self.parameters[f"recurrent.{known}"] = part
        self.parameters |= self._readout.parameters

    @property
    def recurs(self) -> bool:
        """Whether a recurrent layer goes along time: always."""
        return True

    def arriving(self, inputs: Inputs) -> Float[Tensor, "T N A"]:
        """What the first recurrent layer reads."""
        x = self._embedding(inputs)
        return x if self._filters is None else self._filters(x)

    def hidden(
        self, inputs: Inputs, lengths: Lengths = None, noise: torch.Generator | None = None
    ) -> tuple[Float[Tensor, "T N H"], ...]:
        """h of the top layer at every step, one for each direction, in the order of reading on."""
        x = self.arriving(inputs)
        for number, layer in enumerate(self._layers):
            if number:
                x = thinned(x, self.build.dropout, noise)
            ways = tuple(
                flipped(one(flipped(x, lengths))[0], lengths) if way == BACKWARD else one(x)[0]
                for way, one in enumerate(layer)
            )
            x = torch.cat(ways, dim=-1) if len(ways) > 1 else ways[0]
        return ways

    def __call__(
        self, inputs: Inputs, lengths: Lengths = None, noise: torch.Generator | None = None
    ) -> Answers:
        """What it says: at every step, or of each sequence at its own end.

        Each direction is read where it has read everything: the way back at the first step.
        """
        return self.said(self.looked_at(self.hidden(inputs, lengths, noise), lengths), noise)

    def looked_at(self, ways: tuple[Tensor, ...], lengths: Lengths = None) -> tuple[Tensor, ...]:
        """What is looked at of each direction: all steps, or where it has read everything."""
        if self.shape.reads == "every":
            return ways
        if self.reads == "mean":
            return tuple(mean_of(way, lengths) for way in ways)
        return (last_of(ways[0], lengths), *(way[0] for way in ways[1:]))

    def said(self, ways: tuple[Tensor, ...], noise: torch.Generator | None = None) -> Answers:
        """What it says of the states of its directions."""
        if self.merge == "sum":
            read = ways[0] + ways[1]
        else:
            read = torch.cat(ways, dim=-1) if len(ways) > 1 else ways[0]
        return self._readout(thinned(read, self.build.dropout, noise))

    def stack(self) -> Stack:
        """The recurrent layers as they are now, copied: for the laboratory's own cells."""
        start = "recurrent."
        now = {
            name.removeprefix(start): part.detach().clone()
            for name, part in self.parameters.items()
            if name.startswith(start)
        }
        return Stack.from_state_dict(self.build.cell, now)

    def parts(self) -> tuple[Part, ...]:
        """Embedding, convolution where there is one, every layer and direction, readout."""
        found = list(self._embedding.parts())
        if self._filters is not None:
            found.append(self._filters.part())
        label = self._stack.cell.short
        for layer in self._stack.layers:
            for way, weights in enumerate(layer):
                found.append(
                    Part(
                        label,
                        f"T × {weights.units}",
                        weights.parameters,
                        weights.weight_ih.numel() + weights.weight_hh.numel(),
                        way=("forward", "backward")[way] if len(layer) > 1 else "",
                    )
                )
        return (*found, self._readout.part())


class Filters:
    """A convolution along time that sees this step and those before it, then ReLU (LeCun 1989).

    Zeros stand before the first step, so that there are as many steps as before.
    """

    def __init__(self, inputs: int, filters: int, rng: torch.Generator) -> None:
        bound = (inputs * WIDTH) ** -0.5
        drawn = torch.empty(filters, inputs, WIDTH).uniform_(-bound, bound, generator=rng)
        self.weight, self.bias = nn.Parameter(drawn), nn.Parameter(torch.zeros(filters))
        self.parameters = {"convolution.weight": self.weight, "convolution.bias": self.bias}

    def __call__(self, x: Float[Tensor, "T N I"]) -> Float[Tensor, "T N H"]:
        """What every filter finds at every step."""
        along = nn.functional.pad(x.permute(1, 2, 0), (WIDTH - 1, 0))
        found = nn.functional.conv1d(along, self.weight, self.bias)
        return found.relu().permute(2, 0, 1)

    def part(self) -> Part:
        """Its box."""
        return Part(
            f"Convolution, {WIDTH} wide",
            f"T × {len(self.bias)}",
            self.weight.numel() + self.bias.numel(),
            self.weight.numel(),
        )
