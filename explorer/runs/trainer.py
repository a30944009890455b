"""The server's end of a trainer process: it starts one, hears it and tells it what to do.

An own interpreter with two pipes instead of `multiprocessing`: that would import the main module
once more, which inside Streamlit is the page's script.
"""

import contextlib
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from explorer.runs.messages import Message, read, write

ROOT = Path(__file__).resolve().parents[2]
ONE_THREAD = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}  # one core a trainer, for torch too


class Trainer:
    """A process that works for the server: a trainer, or what ``module`` is.

    ``hear`` gets its messages, ``lost`` is called once when it has ended. Both are called from the
    thread that reads the pipe, which drains it always. Commands go through a thread of their own,
    so that nobody waits for the process. Raises OSError where none may be started.
    """

    def __init__(
        self,
        hear: "Callable[[Trainer, Message], None]",
        lost: "Callable[[Trainer], None]",
        module: str = "explorer.runs.worker",
    ) -> None:
        self.proven = False  # whether it has loaded everything or done some work
        self.warm = False  # whether it has loaded everything
        self.heard_at = 0.0  # when it last said something, by the clock of whom it works for
        self.turn = 0  # the run that it was advancing when last heard of
        self._hear = hear
        self._lost = lost
        self._orders: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **ONE_THREAD, "PYTHONPATH": path},
        )
        self._threads = [
            threading.Thread(target=self._read, name="trainer frames", daemon=True),
            threading.Thread(target=self._write, name="trainer orders", daemon=True),
        ]
        try:
            for thread in self._threads:
                thread.start()
        except RuntimeError as error:  # no thread to be had: the process is of no use
            self._process.kill()
            self._process.wait()
            raise OSError(str(error)) from error

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def send(self, message: Message) -> None:
        """Tell the process something; returns at once, and says nothing when it is gone."""
        self._orders.put(message)

    def kill(self) -> None:
        """End a process that does not listen any more."""
        self._process.kill()

    def stop(self) -> None:
        """End the process and wait until it has ended."""
        self._orders.put(None)
        try:
            self._process.wait(2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(2)

    def _read(self) -> None:
        pipe = self._process.stdout
        assert pipe is not None
        try:
            with pipe:
                while (message := read(pipe)) is not None:
                    self._hear(self, message)
        finally:
            self._orders.put(None)
            self._process.kill()  # where it has closed the pipe and lives on
            self._process.wait()
            self._lost(self)

    def _write(self) -> None:
        pipe = self._process.stdin
        assert pipe is not None
        with contextlib.suppress(OSError):
            while (message := self._orders.get()) is not None:
                write(pipe, message)
        with contextlib.suppress(OSError):  # what is left in its buffer cannot go anywhere
            pipe.close()
