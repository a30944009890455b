"""When a process that works for the server is started, missed and given up: for trainers and desk.

A process that ends before it has done anything is replaced after a pause, which grows while that
goes on, but never without end: what ended it, an out-of-memory killer say, may be gone by then.
A process says every second that it lives (`worker.serve`). One that was stopped, or hangs with the
interpreter in its hands, says nothing: it is missed, and then given up.
"""

from collections.abc import Callable, Iterable
from typing import Protocol, runtime_checkable

FIRST_PAUSE = 0.5  # seconds before the second attempt; doubles up to LONGEST_PAUSE
LONGEST_PAUSE = 60.0
MISSED = 4.0  # seconds of silence after which the page says so
GIVEN_UP = 8.0  # and after which a process is replaced
LOADING = 60.0  # the same for one that has not loaded everything yet: a slow disk is no accident
ASLEEP = 5.0  # seconds between two looks after which it was the server itself that stood still


class Pauses:
    """When the next process may be started: at once, and ever later while they end young."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.failures = 0  # processes in a row that ended before they had done anything
        self._clock = clock
        self._until = clock()

    @property
    def over(self) -> bool:
        """Whether a process may be started now."""
        return self._clock() >= self._until

    def failed(self) -> None:
        """Take note that a process ended young, or could not be started at all."""
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(self.failures, 30))
        self.failures += 1
        self._until = self._clock() + pause

    def worked(self) -> None:
        """Take note that a process does its work: the next one that is lost is replaced at once."""
        self.failures = 0
        self._until = self._clock()


@runtime_checkable
class Living(Protocol):
    """A process, as far as its silence goes."""

    heard_at: float
    proven: bool


class Silence:
    """For how long processes have said nothing; a pause of the server itself is forgiven."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._looked = clock()

    def look(self, processes: Iterable[Living]) -> None:
        """Look at the clock, which is to happen every second or so."""
        now = self._clock()
        if now - self._looked > ASLEEP:  # what was said meanwhile is still to be heard
            for process in processes:
                process.heard_at = now
        self._looked = now

    def missed(self, process: Living) -> bool:
        """Return whether a process has been silent for so long that it is worth a word."""
        return process.proven and self._looked - process.heard_at > MISSED

    def too_long(self, process: Living) -> bool:
        """Return whether a process has been silent for too long to be waited for."""
        return self._looked - process.heard_at > (GIVEN_UP if process.proven else LOADING)
