"""One network as it stood at a step of a training: what is saved, and opened in the cell lab."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from explorer.labs.sequences.learning import Running, SideBySide
from explorer.labs.sequences.tasks import Task
from explorer.runs.worker import arithmetic_of_a_trainer
from explorer.sequences.kinds import KINDS, Network
from explorer.sequences.problems import Problem


@dataclass(frozen=True)
class Learned:
    """A network after so many updates; `training` are its settings, with itself as first and only.

    Where all networks learn from the same batches, nothing of it hangs on those beside it.
    """

    training: SideBySide
    updates: int
    network: Network

    @property
    def kind(self) -> str:
        """The name of its kind."""
        return self.training.first

    @property
    def task(self) -> Task:
        """What it learned."""
        return self.training.what

    @property
    def problem(self) -> Problem:
        """The problem that it learned."""
        return self.training.problem

    @property
    def metric(self) -> float:
        """How well it does the held-out sequences, in the unit of the problem."""
        return self.problem.of_mean(float(self.problem.measured(self.network).mean()))

    @property
    def title(self) -> str:
        """Who it is, in a few words."""
        return (
            f"{KINDS[self.kind].label}, {self.network.size:,} numbers, learned the task "
            f"“{self.task.label}” for {self.updates:,} updates"
        )


def alone(training: SideBySide, side: str) -> SideBySide:
    """The settings of one side of a training; the second slot, which may not be empty, repeats it.

    The clock is that of updates, in which a file counts.
    """
    kind = training.sides[side]
    return replace(training, first=kind, second=kind, third="", fourth="", clock="updates")


@arithmetic_of_a_trainer()
def learned_at(
    training: SideBySide, side: str, state: Mapping[str, np.ndarray] | None, tick: int
) -> Learned:
    """The network of a side at a tick, learned on from a state of the run; from none, from scratch.

    To the last bit what the run itself has there. Raises `ValueError` where it has diverged.
    """
    running = Running(training, training.learners())
    if state is not None:
        running.restore(state)
    one = running.learned_to(side, tick)
    if not one.finite():
        raise ValueError(
            f"{KINDS[training.sides[side]].label} has diverged by step {tick:,}: there is nothing "
            "to keep of it"
        )
    return Learned(alone(training, side), one.updates, one.lesson.network())
