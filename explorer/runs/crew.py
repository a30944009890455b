"""The trainer processes of a hub: as many as wanted, each replaced when it ends."""

import contextlib
import threading
from collections.abc import Callable, Sequence

from explorer.runs.messages import Message
from explorer.runs.run import Run
from explorer.runs.trainer import Trainer

FALSE_STARTS = 3  # trainer processes that may end before they report, in a row


class Crew:
    """Trainers under the lock of their hub.

    ``hear`` gets what a trainer says of a run. ``orphan`` gets a trainer that has ended, when there
    is another one in its place.
    """

    def __init__(
        self,
        lock: threading.RLock,
        hear: Callable[[Trainer, Message], None],
        orphan: Callable[[Trainer], None],
    ) -> None:
        self.trainers: list[Trainer] = []
        self._lock = lock
        self._report = hear
        self._orphan = orphan
        self._false_starts = 0
        self._warm: list[str] = []

    def start(self, count: int, warm: Sequence[str]) -> None:
        """Start so many processes, which load the modules ``warm`` when they have nothing to do."""
        self._false_starts = 0
        self._warm = list(warm)
        for _ in range(count):
            self._hire()

    def stop(self) -> None:
        """End all processes; without the lock, which their last messages may need."""
        with self._lock:
            trainers, self.trainers = self.trainers, []
        for trainer in trainers:
            trainer.stop()

    def assign(self, run: Run, others: Sequence[Run]) -> None:
        """Give a run to the trainer with the fewest runs that train, and then the fewest in all."""
        if not self.trainers:
            run.finish("Training is not possible: the trainer process does not start.")
            return

        def load(trainer: Trainer) -> tuple[int, int]:
            its = [other for other in others if other.trainer is trainer]
            return sum(other.is_wanted for other in its), len(its)

        run.train(min(self.trainers, key=load))

    def _hire(self) -> None:
        trainer = Trainer(self._hear, self._lost)
        if self._warm:
            trainer.send(Message("warm", 0, {"modules": self._warm}))
        self.trainers.append(trainer)

    def _hear(self, trainer: Trainer, message: Message) -> None:
        with self._lock:
            if message.kind == "ready":
                trainer.ready = True
                self._false_starts = 0
            else:
                trainer.turn = message.run
                self._report(trainer, message)

    def _lost(self, trainer: Trainer) -> None:
        with self._lock:
            if trainer not in self.trainers:
                return
            self.trainers.remove(trainer)
            self._false_starts += not trainer.ready
            if self._false_starts < FALSE_STARTS:
                with contextlib.suppress(OSError):  # no process to be had: the others take over
                    self._hire()
            self._orphan(trainer)
