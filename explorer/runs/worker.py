"""A trainer process: it advances its runs in fair turns and sends packed frames to the server.

Started as ``python -m explorer.runs.worker`` with messages on standard input and output; what an
experiment prints goes to standard error. It ends when the server closes the pipe or dies.

A turn lasts about 15 ms and goes to the run that has had the least time so far, so that runs with
slow frames and runs with fast ones share alike. A command ends the turn after the current frame.
A run that has reached its goal costs nothing.
"""

import contextlib
import functools
import gc
import importlib
import logging
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from safetensors.numpy import load, save

from explorer.runs.experiments import Experiment
from explorer.runs.frames import Frame, chunk, pack
from explorer.runs.messages import Message, Source, read, write

TURN = 0.015  # seconds
NICENESS = 5  # below the server and the browser, which share the machine
PULSE = 1.0  # seconds between two signs of life
TRUSTED = ("explorer", "tests")  # the packages whose experiments may be started by name

log = logging.getLogger(__name__)

Inbox = queue.SimpleQueue[Message | None]


class Work(Protocol):
    """What a process does for the server until the end."""

    def work(self) -> None: ...


class Training:
    """A run as the trainer process sees it: an experiment, how far it is and how far it shall go.

    The stream starts when the first frame is wanted; with a ``state`` it goes on after ``index``.
    """

    def __init__(self, opening: Message) -> None:
        values = opening.values
        self.run = opening.run
        self.index: int = values["index"]  # of the newest frame made
        self.step: int = values["step"]
        self.goal: int = values["goal"]
        self.wants_still: bool = values["still"]
        self.spent = 0.0  # seconds of the process so far
        self.over = False
        self._name = (values["module"], values["name"])
        self._fields: Mapping[str, Any] = values["fields"]
        self._state = opening.body
        self._experiment: Experiment | None = None
        self._stream: Iterator[Frame] = iter(())

    @property
    def waits(self) -> bool:
        """Whether there is something to compute."""
        return not self.over and (self.index < self.goal or self.wants_still)

    def still(self) -> bytes:
        """Return the packet of what never moves."""
        self.wants_still = False
        experiment = self._begin()
        return pack(experiment.still(), -1, experiment.precision)

    def advance(self) -> tuple[Frame, bytes] | None:
        """Make the next frame and its packet; None when there is no more."""
        experiment = self._begin()
        if self.index + 1 >= experiment.frame_count:
            return None
        frame = next(self._stream, None)
        if frame is None:
            return None
        packet = pack(frame, self.index + 1, experiment.precision)
        self.index += 1
        self.step = frame.step
        return frame, packet

    def load(self) -> None:
        """Import what the experiment is made of."""
        if self._experiment is None:
            summon(*self._name, self._fields)

    def close(self) -> None:
        """Let everything go that the run holds."""
        self.over = True
        self._stream = iter(())
        self._experiment = None
        self._state = b""

    def _begin(self) -> Experiment:
        if self._experiment is None:
            self._experiment = summon(*self._name, self._fields)
            state = load(self._state) if self._state else None
            self._stream = self._experiment.stream(state)
            self._state = b""
        return self._experiment


class Worker:
    """The turns of a trainer process. ``send`` takes its messages, ``inbox`` brings commands.

    None in the inbox ends it.
    """

    def __init__(
        self,
        inbox: "Inbox",
        send: Callable[[Message], None],
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.trainings: dict[int, Training] = {}
        self._inbox = inbox
        self._send = send
        self._clock = clock
        self._last_turn = 0
        self._preparations: list[Callable[[], None]] = []  # for when there is nothing to compute

    def work(self) -> None:
        """Obey and compute until the end."""
        while True:
            waiting = [training for training in self.trainings.values() if training.waits]
            if not self._inbox.empty() or not (waiting or self._preparations):
                command = self._inbox.get()
                if command is None:
                    return
                self.obey(command)
            elif waiting:
                self.turn(min(waiting, key=lambda training: training.spent))
            else:
                self._preparations.pop(0)()
                if not self._preparations:
                    self._send(Message("warm"))

    def obey(self, command: Message) -> None:
        """Carry out one command; those for unknown runs are for runs that are over."""
        if command.kind == "warm":
            self._preparations += prepare(command.values["modules"])
            return
        if command.kind == "open":
            self.trainings[command.run] = training = Training(command)
            training.spent = self._least_spent(training)
            return
        known = self.trainings.get(command.run)
        if known is None:
            return
        if command.kind == "goal":
            if not known.waits:  # waiting is not saved up
                known.spent = max(known.spent, self._least_spent(known))
            known.goal = command.values["goal"]
        elif command.kind == "close":
            known.close()
            del self.trainings[command.run]
        else:
            raise ValueError(f"there is no command {command.kind!r}")

    def turn(self, training: Training) -> None:
        """Advance one run for about 15 ms, by one frame at least; its frames go out together."""
        if self._last_turn != training.run:
            self._last_turn = training.run
            self._send(Message("turn", training.run))
        start = self._clock()
        made: list[bytes] = []
        try:
            if training.wants_still:
                self._send(Message("still", training.run, body=training.still()))
            while training.waits:
                step = training.advance()
                if step is None:
                    self._finish(training, made, "ended")
                    break
                frame, packet = step
                made.append(packet)
                if frame.trouble:
                    sentence = line(frame.trouble)
                    self._finish(training, made, "trouble", sentence=sentence, diverged=True)
                elif frame.state is not None:
                    self._deliver(training, made)
                    self._keep(training, frame.state)
                if self.is_over(frame, self._clock() - start):
                    break
            self._deliver(training, made)
        except Exception as error:
            if not isinstance(error, ValueError | ArithmeticError):
                log.warning("run %d failed", training.run, exc_info=True)
            sentence = f"The run stopped after step {training.step}: {line(error)}"
            self._finish(training, made, "trouble", sentence=sentence, diverged=False)
        training.spent += self._clock() - start

    def is_over(self, frame: Frame, seconds: float) -> bool:
        """Whether a turn is over with this frame, after so many seconds."""
        return seconds >= TURN or not self._inbox.empty()

    def _deliver(self, training: Training, made: list[bytes]) -> None:
        if made:
            values = {"index": training.index, "step": training.step}
            self._send(Message("frames", training.run, values, chunk(made)))
            made.clear()

    def _keep(self, training: Training, state: Mapping[str, np.ndarray]) -> None:
        values = {"index": training.index, "step": training.step}
        self._send(Message("checkpoint", training.run, values, save(dict(state))))

    def _finish(self, training: Training, made: list[bytes], kind: str, **values: Any) -> None:
        self._deliver(training, made)
        training.close()
        self._send(Message(kind, training.run, values))

    def _least_spent(self, newcomer: Training) -> float:
        others = (t.spent for t in self.trainings.values() if t.waits and t is not newcomer)
        return min(others, default=newcomer.spent)


def summon(module: str, name: str, values: Mapping[str, Any]) -> Experiment:
    """Return the experiment ``module.name(**values)`` of this project; nothing else is imported."""
    if module.partition(".")[0] not in TRUSTED:
        raise ValueError(f"experiments come from {' or '.join(TRUSTED)}, not from {module!r}")
    kind = getattr(importlib.import_module(module), name)
    experiment = kind(**values)
    if not isinstance(experiment, Experiment):
        raise TypeError(f"{module}.{name} is not an experiment")
    return experiment


def line(reason: object) -> str:
    """Return an error or a sentence as one line that fits the stage."""
    text = " ".join(str(reason).split()) or type(reason).__name__
    return text if len(text) <= 300 else text[:299] + "…"


def prepare(modules: Sequence[str]) -> list[Callable[[], None]]:
    """Return what is to be done, one after the other, for the first run not to wait."""
    return [*(functools.partial(_load, module) for module in modules), _freeze]


def _load(module: str) -> None:
    """Import what the first run would wait for, and let it prepare itself if it offers to."""
    try:
        getattr(importlib.import_module(module), "warm_up", lambda: None)()
    except Exception:  # the run that needs it will say so
        log.warning("%s cannot be imported", module, exc_info=True)


def _freeze() -> None:
    """Spare the collector from walking over all that was loaded, for the time of every run."""
    if "torch" in sys.modules:
        warm_torch()
    gc.collect()
    gc.freeze()


@contextlib.contextmanager
def arithmetic_of_a_trainer() -> Iterator[None]:
    """Let PyTorch compute as every trainer does, whether the app or the command line trains.

    On one thread, for tiny networks are faster so. Subnormal numbers count as zero: processors take
    them many times slower, and a tanh RNN whose gradients have vanished is full of them.
    """
    import torch

    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(False)


def warm_torch() -> None:
    """Take one optimizer step: the first one imports more than 800 modules."""
    import torch

    torch.set_num_threads(1)
    weight = torch.zeros(2, requires_grad=True)
    optimizer = torch.optim.Adam([weight])
    weight.sum().backward()
    optimizer.step()


def _listen(pipe: Source, inbox: Inbox) -> None:
    """Fill the inbox; always draining, so that the server's writes never wait for a frame."""
    while (message := read(pipe)) is not None:
        inbox.put(message)
    os._exit(0)  # the server is gone: a run in the middle of a long frame ends too


def serve(work: "Callable[[Inbox, Callable[[Message], None]], Work]") -> None:
    """Be a process that works for the server, until the server is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's affair
    if hasattr(os, "nice"):
        with contextlib.suppress(OSError):
            os.nice(NICENESS)
    output = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # prints must not run into the messages
    inbox: Inbox = queue.SimpleQueue()
    lock = threading.Lock()

    def send(message: Message) -> None:
        with lock:
            write(output, message)

    arguments = (sys.stdin.buffer, inbox)
    threading.Thread(target=_listen, args=arguments, name="commands", daemon=True).start()
    try:
        send(Message("ready"))
        threading.Thread(target=_pulse, args=(send,), name="pulse", daemon=True).start()
        work(inbox, send).work()
    except BrokenPipeError:
        os._exit(0)


def _pulse(send: Callable[[Message], None]) -> None:
    """Say every second that the process lives, however long a frame takes."""
    while True:
        time.sleep(PULSE)
        try:
            send(Message("pulse"))
        except (OSError, ValueError):
            os._exit(0)


class Trainer(Worker):
    """A worker with a process to itself, which computes as trainers do from its first run on."""

    _arithmetic: contextlib.ExitStack | None = None

    def obey(self, command: Message) -> None:
        """Carry out one command; what is to be warm is computed as runs are."""
        if command.kind == "warm":
            self._preparations.append(self._set_arithmetic)
        super().obey(command)

    def turn(self, training: Training) -> None:
        """Advance one run; before the first that needs torch, set how torch computes."""
        with contextlib.suppress(Exception):  # the turn itself says what is wrong with it
            training.load()
        if "torch" in sys.modules:
            self._set_arithmetic()
        super().turn(training)

    def _set_arithmetic(self) -> None:
        if self._arithmetic is None:
            self._arithmetic = contextlib.ExitStack()
            self._arithmetic.enter_context(arithmetic_of_a_trainer())


if __name__ == "__main__":
    serve(Trainer)
