"""A network that makes further series of a class, step by step, from those that it has seen.

Letters in the shapes: T steps, N series, I numbers a step, C classes, H units, `D` = I + C read.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, one_hot

from explorer.sequences.learning import Carried, Layers, Lesson, Pace
from explorer.sequences.padded import mask, padded
from explorer.sequences.stack import Stack

NARROWEST = 0.05  # of a step's standard deviation: few examples would make it vanish
BEGUN = -1.0  # of a softplus: a standard deviation of .31 at first


@dataclass(frozen=True)
class Step:
    """What is expected of the next step: where it lies, how far it spreads, whether it is there.

    ``ends`` are log-odds that the series ends with the step that was read last.
    """

    mean: Float[Tensor, "T N I"]
    spread: Float[Tensor, "T N I"]
    ends: Float[Tensor, "T N"]


class Maker:
    """An LSTM that reads a step and a class, and expects the next step (Graves 2013).

    Graves draws a pen's place from a mixture of normal distributions; here one is enough, each
    number for itself, around the last step: the network says the change.
    """

    def __init__(self, inputs: int, classes: int, units: int, rng: torch.Generator) -> None:
        """Draw it as torch draws its layers."""
        self.inputs, self.classes = inputs, classes
        drawn = Stack.draw("lstm", inputs + classes, units, generator=rng).with_forget_bias(1.0)
        self._layers = Layers(drawn)
        answers, bound = 2 * inputs + 1, units**-0.5
        weight = torch.empty(answers, units).uniform_(-bound, bound, generator=rng)
        bias = torch.zeros(answers)
        bias[inputs : 2 * inputs] = BEGUN
        self._weight, self._bias = nn.Parameter(weight), nn.Parameter(bias)
        self.parameters = {
            **{f"recurrent.{name}": part for name, part in self._layers.parameters.items()},
            "readout.weight": self._weight,
            "readout.bias": self._bias,
        }

    def expect(
        self, series: Float[Tensor, "T N I"], classes: Int64[Tensor, " N"], carried: Carried = None
    ) -> tuple[Step, Carried]:
        """What it expects after each step read, and its state."""
        known = one_hot(classes, self.classes).to(series.dtype).expand(len(series), -1, -1)
        hidden, carried = self._layers(torch.cat([series, known], -1), carried)
        said = nn.functional.linear(hidden, self._weight, self._bias)
        change, wide, ends = said.split((self.inputs, self.inputs, 1), -1)
        spread = NARROWEST + nn.functional.softplus(wide)
        return Step(series + change, spread, ends[..., 0]), carried

    def make(
        self,
        classes: Int64[Tensor, " N"],
        shortest: int,
        longest: int,
        rng: torch.Generator,
        temperature: float = 1.0,
    ) -> list[Float[Tensor, "T I"]]:
        """A series of each class, of as many steps as it takes to end, within these bounds.

        The first step is drawn from what it expects after zeros, before which every series begins;
        ``temperature`` scales the standard deviations. Raises `ValueError` for bounds out of order.
        """
        if not 1 <= shortest <= longest:
            raise ValueError(f"a series must have between 1 and {longest} steps, not {shortest}")
        given = torch.zeros(1, len(classes), self.inputs)
        lengths = torch.full((len(classes),), longest)
        carried: Carried = None
        steps: list[Tensor] = []
        with torch.no_grad():
            for number in range(longest):
                step, carried = self.expect(given, classes, carried)
                if number >= shortest:
                    ending = torch.rand(len(classes), generator=rng) < step.ends[0].sigmoid()
                    lengths = torch.where(ending & (lengths > number), number, lengths)
                noise = torch.randn(step.mean.shape, generator=rng)
                given = step.mean + temperature * step.spread * noise
                steps.append(given[0])
        whole = torch.stack(steps)
        return [whole[:length, k] for k, length in enumerate(lengths.tolist())]


class MakerLesson(Lesson[Maker]):
    """A maker that learns from series with their classes, batch by batch."""

    def __init__(
        self,
        series: Sequence[Tensor],
        classes: Int64[Tensor, " N"],
        maker: Maker,
        pace: Pace,
        rng: torch.Generator,
        batch: int = 32,
    ) -> None:
        """Series (T, I) to learn from; ``rng`` draws the batches."""
        self._series, self._lengths = padded(series)
        self._classes, self._maker = classes, maker
        self.pace, self.parameters, self.rng = pace, maker.parameters, rng
        self._batch = min(batch, len(classes))

    def loss(self) -> Float[Tensor, ""]:
        """Nats a step of the next batch."""
        drawn = torch.randperm(len(self._classes), generator=self.rng)[: self._batch]
        lengths = self._lengths[drawn]
        series = self._series[: int(lengths.max()), drawn]
        return surprise(self._maker, series, self._classes[drawn], lengths)

    def network(self) -> Maker:
        """The network itself, which goes on learning."""
        return self._maker


def surprise(
    maker: Maker,
    series: Float[Tensor, "T N I"],
    classes: Int64[Tensor, " N"],
    lengths: Int64[Tensor, " N"],
) -> Float[Tensor, ""]:
    """Nats a step: of where each step lies, and of whether the series goes on.

    The negative logarithm of the normal density of every number, and of the chance of ending at the
    last step and at none before.
    """
    before = torch.cat([torch.zeros_like(series[:1]), series])
    step, _ = maker.expect(before, classes)
    there = mask(lengths, len(series)).to(series.dtype)
    away = (series - step.mean[:-1]) / step.spread[:-1]
    each = 0.5 * (away.square() + math.log(2 * math.pi)) + step.spread[:-1].log()
    placed = (each.sum(-1) * there).sum()
    asked = step.ends[1:]  # after the first step, no series being empty
    last = torch.zeros_like(asked).scatter_(0, (lengths - 1)[None], 1.0)
    ended = binary_cross_entropy_with_logits(asked, last, reduction="none")
    return (placed + (ended * there).sum()) / there.sum()
