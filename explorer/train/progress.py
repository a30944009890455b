"""How far a long computation is, and a way to stop it that loses nothing."""

import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event
from types import FrameType
from typing import Protocol, runtime_checkable

REDRAWN = 0.1  # seconds between two states of the bar on a terminal
REPORTED = 5.0  # seconds between two lines elsewhere
BAR = 20  # characters


@runtime_checkable
class Screen(Protocol):
    """What lines can be written to, such as `sys.stderr`."""

    def write(self, text: str, /) -> int: ...

    def flush(self) -> None: ...

    def isatty(self) -> bool: ...


class Progress:
    """One line that says how far it is, how fast, and how long still.

    On a terminal the line is redrawn in place; elsewhere there is a new one every five seconds.
    """

    def __init__(
        self,
        word: str,
        seconds: float | None = None,
        out: Screen | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._word = word
        self._seconds = seconds
        self._out: Screen = sys.stderr if out is None else out
        self._clock = clock
        self._start = clock()
        self._in_place = self._out.isatty()
        self._next = self._start + (0.0 if self._in_place else REPORTED)
        self._line = ""

    @property
    def elapsed(self) -> float:
        """Seconds since it began."""
        return self._clock() - self._start

    @property
    def over(self) -> bool:
        """Whether the time is up."""
        return self._seconds is not None and self.elapsed >= self._seconds

    def tell(self, done: int, share: float) -> None:
        """Take how many steps are done, and which share of all work that is."""
        elapsed = self.elapsed
        left = elapsed / share - elapsed if share > 0 else float("inf")
        if self._seconds is not None:
            share = max(share, elapsed / self._seconds)
            left = min(left, self._seconds - elapsed)
        share = min(share, 1.0)
        bar = "#" * round(share * BAR)
        rate = self._rate(done / elapsed) if elapsed > 0 else ""
        ahead = f"{max(left, 0):.0f} s left" if left < float("inf") else ""
        words = f"[{bar:-<{BAR}}] {share:4.0%}  {self._word} {done:,}  {rate}  {ahead}".rstrip()
        self._line, before = words, self._line
        if self._clock() < self._next:
            return
        self._next = self._clock() + (REDRAWN if self._in_place else REPORTED)
        blank = " " * (len(before) - len(words))
        self._out.write(f"\r{words}{blank}" if self._in_place else f"{words}\n")
        self._out.flush()

    def _rate(self, a_second: float) -> str:
        if a_second < 1:
            return f"{60 * a_second:.0f} {self._word}s/min"
        return f"{a_second:,.0f} {self._word}s/s"

    def close(self) -> None:
        """Leave the last state standing."""
        self._out.write(f"\r{self._line}\033[K\n" if self._in_place else f"{self._line}\n")
        self._out.flush()


@contextmanager
def interruptible() -> Iterator[Event]:
    """Turn the first Ctrl-C into an event; the second one interrupts as ever."""
    asked = Event()

    def note(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, before)
        asked.set()

    before = signal.signal(signal.SIGINT, note)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, before)
