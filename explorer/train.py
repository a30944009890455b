"""Runs without a browser: from a name or a link to a file.

What is written depends on the suffix: the frames themselves, their numbers, the last state, or
pictures and films of what the stage would have shown.
"""

import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Event
from types import FrameType
from typing import TextIO

from explorer.runs.export import EXPORTS, Export, check_place
from explorer.runs.presets import PRESETS, Plan, plan

DONE, FAILED, INTERRUPTED = 0, 1, 130
REDRAWN = 0.1  # seconds between two states of the bar on a terminal
REPORTED = 5.0  # seconds between two lines elsewhere
BAR = 20  # characters


def training(
    what: str,
    out: Path,
    seconds: float | None = None,
    steps: int | None = None,
    updates: int | None = None,
    seed: int | None = None,
) -> Callable[[], int]:
    """Return what is asked for, ready to go: calling it writes the file and returns the status.

    Raises ValueError or OSError with one sentence when something asked for does not exist, does
    not go together, or cannot be written.
    """
    if what in PRESETS or any(sign in what for sign in "/?="):
        _refuse("a run", "its link says it all", updates=updates, seed=seed)
        planned, export = plan(what, steps), _export(out)
        check_place(out)
        return partial(run, planned, export, out, seconds)
    _refuse(what, "it is as long as its updates", seconds=seconds, steps=steps)
    if what == "home":
        _refuse(what, "it is always the same", updates=updates, seed=seed)
        return partial(record_home, _folder(out))
    from explorer.runs.networks import NETWORKS

    if what not in NETWORKS:
        known = ", ".join(map(repr, [*PRESETS, *NETWORKS, "home"]))
        raise ValueError(f"unknown preset {what[:40]!r}; choose from {known}, or give a link")
    if out.suffix != ".safetensors":
        raise ValueError(f"a network is written to a .safetensors file, not to {out.name!r}")
    check_place(out)
    return partial(make_network, what, out, updates, seed)


def run(planned: Plan, export: type[Export], out: Path, seconds: float | None) -> int:
    """Run an experiment to its end, for so many seconds, or until Ctrl-C, and write what there is.

    A second Ctrl-C gives the file up.
    """
    _one_thread()
    last = planned.experiment.frame_count - 1
    trouble, step, count = "", 0, 0
    with interruptible() as asked_to_stop, export(out, planned.experiment, planned.link) as file:
        progress = Progress("step", seconds)
        for index, frame in enumerate(planned.experiment.stream()):
            file.add(index, frame)
            step, count, trouble = frame.step, index + 1, frame.trouble
            progress.tell(step, index / last if last else 1.0)
            if asked_to_stop.is_set() or progress.over:
                break
        progress.close()
    print(f"{out}: {count:,} frames, up to step {step:,}", file=sys.stderr)
    if trouble:
        print(trouble, file=sys.stderr)
        return FAILED
    return INTERRUPTED if asked_to_stop.is_set() else DONE


def make_network(name: str, out: Path, updates: int | None, seed: int | None) -> int:
    """Train one of the shipped networks from scratch and write it."""
    from explorer.runs import networks

    _one_thread()
    whole = networks.NETWORKS[name].updates if updates is None else updates
    progress = Progress("update")
    card = networks.make_network(
        name, out, updates, seed or 0, lambda done, loss: progress.tell(done, done / whole)
    )
    progress.close()
    print(card.sentence, file=sys.stderr)
    return DONE


def record_home(folder: Path) -> int:
    """Make the recordings of the home page."""
    from explorer.runs import home

    _one_thread()
    for name in home.RECORDINGS:
        print(home.save(name, folder), file=sys.stderr)
    return DONE


class Progress:
    """One line that says how far it is, how fast, and how long still.

    On a terminal the line is redrawn in place; elsewhere there is a new one every five seconds.
    """

    def __init__(
        self,
        word: str,
        seconds: float | None = None,
        out: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._word = word
        self._seconds = seconds
        self._out = sys.stderr if out is None else out
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
        rate = f"{done / elapsed:,.0f} {self._word}s/s" if elapsed > 0 else ""
        ahead = f"{max(left, 0):.0f} s left" if left < float("inf") else ""
        words = f"[{bar:-<{BAR}}] {share:4.0%}  {self._word} {done:,}  {rate}  {ahead}".rstrip()
        self._line, before = words, self._line
        if self._clock() < self._next:
            return
        self._next = self._clock() + (REDRAWN if self._in_place else REPORTED)
        blank = " " * (len(before) - len(words))
        self._out.write(f"\r{words}{blank}" if self._in_place else f"{words}\n")
        self._out.flush()

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


def _export(out: Path) -> type[Export]:
    if out.suffix in EXPORTS:
        return EXPORTS[out.suffix]
    known = ", ".join(EXPORTS)
    raise ValueError(f"unknown suffix {out.suffix!r} of {out.name!r}; choose from {known}")


def _folder(out: Path) -> Path:
    if not out.is_dir():
        raise NotADirectoryError(f"cannot write to {out}: it must be a folder that exists")
    check_place(out / "home")
    return out


def _refuse(what: str, why: str, **given: float | None) -> None:
    unfitting = [f"--{name}" for name, value in given.items() if value is not None]
    if unfitting:
        raise ValueError(f"{' and '.join(unfitting)} cannot be given for {what}: {why}")


def _one_thread() -> None:
    import torch

    torch.set_num_threads(1)  # tiny networks are faster with one, and it is what the app does
