"""A problem learned by one network: the order of its batches is that of every other network."""

from collections.abc import Mapping

import torch
from jaxtyping import Float
from torch import Tensor

from explorer.sequences.kinds.kind import Build, Kind, Network
from explorer.sequences.learning import Lesson, Pace
from explorer.sequences.problems.problem import Problem

DATA, DROPPED = 1, 2
"""What is added to the seed of the first weights: for the order of the data, and for dropout."""


class ProblemLesson(Lesson[Network]):
    """A network of some kind that learns a problem.

    Weights, data and dropout are drawn from a generator each, so that two networks of one seed
    meet the same batches in the same order, whatever they draw themselves.
    """

    def __init__(
        self,
        problem: Problem,
        kind: Kind,
        build: Build,
        pace: Pace,
        seed: int,
        *,
        order: int | None = None,
    ) -> None:
        """Draw the network; ``order`` is the seed of data and dropout where it is another one."""
        self.problem, self.pace = problem, pace
        data = seed if order is None else order
        weights, self.rng, self._noise = (
            torch.Generator().manual_seed(3 * of + what)
            for of, what in ((seed, 0), (data, DATA), (data, DROPPED))
        )
        self._network = kind.draw(problem.shape, build, weights)
        self.parameters = self._network.parameters
        self.work = 0.0

    def loss(self) -> Float[Tensor, ""]:
        """The mean loss of the next batch."""
        examples = self.problem.examples(self.rng)
        answers = self.problem.said(self._network, examples, self.rng, self._noise)
        return self.problem.loss(answers, examples)

    def network(self) -> Network:
        """The network itself, which goes on learning."""
        return self._network

    def place(self) -> dict[str, Tensor]:
        """Where dropout is."""
        return {"noise": self._noise.get_state()}

    def go_on(self, place: Mapping[str, Tensor]) -> None:
        """Go back to a place."""
        self._noise.set_state(place["noise"])
