"""A stretch of a run, as a task on a cluster: from where it stands to its next checkpoint.

A slow one is cut short, so that its frames come smoothly. What it yields is a function of the
configuration alone. A process that made the stretch before still has the run at hand and goes on
from there, without the checkpoint; one that has it not says so, and is told the checkpoint. So a
run may go on anywhere, and costs nothing twice.
"""

import contextlib
import os
import queue
import sys
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from explorer.runs.dask import same_edition
from explorer.runs.frames import Frame
from explorer.runs.messages import Message
from explorer.runs.worker import Worker, arithmetic_of_a_trainer, prepare

LONGEST = 0.15  # seconds; who watches wants frames
AT_HAND = 64  # runs that a process keeps


class Stretching(Worker):
    """A worker whose turns are stretches."""

    def is_over(self, frame: Frame, seconds: float) -> bool:
        """Whether a stretch is over with this frame."""
        return seconds >= LONGEST or frame.state is not None


_at_hand: "OrderedDict[tuple[str, int], tuple[Worker, list[Message]]]" = OrderedDict()


@dataclass(frozen=True)
class Stretch:
    """What a stretch came to: what was said, the seconds it took, and whether the run was known."""

    said: Sequence[Message]
    seconds: float
    known: bool = True


def stretch(owner: str, commands: Sequence[Message], run: int, asked: str) -> Stretch:
    """Advance a run of a trainer by one stretch, after some commands; "open" brings a checkpoint.

    ``owner`` names the trainer, of which there may be several in one process.
    """
    same_edition(asked)
    start = time.perf_counter()
    for command in commands:
        _obey(owner, command)
    if (owner, run) not in _at_hand:
        return Stretch((), 0.0, known=False)
    worker, said = _at_hand[owner, run]
    training = worker.trainings[run]
    with contextlib.suppress(Exception):  # the turn itself says what is wrong with it
        training.load()
    # Numbers below the least normal one are an affair of each thread, and Dask has several.
    with arithmetic_of_a_trainer() if "torch" in sys.modules else contextlib.nullcontext():
        worker.turn(training)
    came_to = Stretch(tuple(said), time.perf_counter() - start)
    said.clear()
    return came_to


def warmed(modules: Sequence[str], asked: str) -> int:
    """Load what the first run would wait for; returns the id of the process."""
    same_edition(asked)
    with arithmetic_of_a_trainer() if modules else contextlib.nullcontext():
        for preparation in prepare(modules):
            preparation()
    return os.getpid()


def _obey(owner: str, command: Message) -> None:
    key = owner, command.run
    if command.kind == "open":
        said: list[Message] = []
        _at_hand[key] = Stretching(queue.SimpleQueue(), said.append), said
        while len(_at_hand) > AT_HAND:
            _at_hand.popitem(last=False)
    if key not in _at_hand:
        return
    _at_hand.move_to_end(key)
    _at_hand[key][0].obey(command)
    if command.kind == "close":
        del _at_hand[key]
