"""What every problem has in common: batches to learn from, an error, and scores of held-out ones.

Letters in the shapes: N sequences.
"""

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Literal, NamedTuple

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from explorer.sequences.kinds.kind import Network, Shape

UNKNOWN = -100
"""The target of a step that has no answer: nothing is learned there, and nothing is scored."""

NOISE = 3  # standard errors; not two, for a training is looked at again and again


@dataclass(frozen=True)
class Examples:
    """Sequences side by side with what is to be said of them; without lengths all are as long."""

    inputs: Tensor
    targets: Tensor
    lengths: Int64[Tensor, " N"] | None = None


@dataclass(frozen=True)
class Metric:
    """How well the held-out sequences are done: what the number is, and which way is better."""

    label: str
    better: Literal["high", "low"]
    form: Literal["percent", "plain"]


@dataclass(frozen=True)
class Floor:
    """What is reached without a recurrent network, on the same held-out sequences: a metric."""

    name: str
    label: str
    value: float
    scores: Tensor | None = None
    """of every held-out sequence, where they are known"""


class Lead(NamedTuple):
    """How far the first is ahead of the second, and the noise of that."""

    ahead: float
    noise: float


class Problem(ABC):
    """A problem: its shape, its held-out examples, and what is reached on them without a network.

    The metric is the mean of ``scores``, one for every held-out sequence; ``of_mean`` brings it to
    the unit in which it is shown. ``signs`` are what the codes stand for that are read, none where
    numbers are; ``names`` are what a network chooses among, none where it says a number.
    """

    shape: Shape
    batch: int
    held_out: Examples
    metric: Metric
    floors: tuple[Floor, ...]
    signs: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    @abstractmethod
    def examples(self, rng: torch.Generator) -> Examples:
        """The next batch to learn from."""

    def said(
        self, network: Network, examples: Examples, rng: torch.Generator, noise: torch.Generator
    ) -> Tensor:
        """What a network says while it is trained; ``noise`` draws what dropout leaves out.

        A problem whose examples are more than inputs may draw from ``rng``, that of the data.
        """
        return network(examples.inputs, examples.lengths, noise)

    @abstractmethod
    def loss(self, answers: Tensor, examples: Examples) -> Float[Tensor, ""]:
        """What learning makes small."""

    def loss_held_out(self, answers: Tensor) -> float | None:
        """What learning makes small, of the answers to the held-out sequences; None where these are
        answers to another question than that of learning.
        """
        return float(self.loss(answers, self.held_out))

    @abstractmethod
    def scores(self, answers: Tensor, examples: Examples) -> Float[Tensor, " N"]:
        """How well each sequence is done."""

    def of_mean(self, mean: float) -> float:
        """The metric of a mean score."""
        return mean

    def score_of(self, metric: float) -> float:
        """The mean score of a metric: the other way round."""
        return metric

    def scale(self) -> dict[str, list[float]]:
        """Mean and spread by which what is read was standardised; nothing where it was not."""
        return {}

    def chances(self, answers: Tensor) -> Tensor | None:
        """The probability of each of the ``names``, by a network's answers; None without names."""
        return answers.softmax(-1) if self.names else None

    def right_answer(self, number: int) -> Int64[Tensor, " T"]:
        """The number of the right name of a held-out sequence: at every step, or one for all."""
        targets = self.held_out.targets
        return targets[:, number] if self.shape.reads == "every" else targets[number : number + 1]

    def split(self, text: str) -> tuple[str, ...]:
        """A typed text as signs, known or not."""
        return tuple(text)

    def answers(self, network: Network) -> Tensor:
        """What a network says to every held-out sequence."""
        with torch.no_grad():
            return network(self.held_out.inputs, self.held_out.lengths)

    def measured(self, network: Network) -> Float[Tensor, " N"]:
        """The score of every held-out sequence."""
        return self.scores(self.answers(network), self.held_out)


def lead(first: Float[Tensor, " N"], second: Float[Tensor, " N"]) -> Lead:
    """How far one network's scores are ahead of another's on the same held-out sequences.

    The noise is `NOISE` standard errors of the mean of the paired differences: of other sequences
    from the same source; that of other seeds is not in it.
    """
    difference = first.double() - second.double()
    if len(difference) < 2:
        return Lead(float(difference.mean()), math.inf)
    error = float(difference.std() / len(difference) ** 0.5)
    return Lead(float(difference.mean()), NOISE * error)
