"""A run as the server sees it: its frames, its viewers with a goal each, and what they are told.

A run trains while its newest frame is before the furthest goal of its viewers; so pausing is each
viewer's own affair, and a run stops when nobody wants more of it. Frame 0 is always wanted.
"""

import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from explorer.runs.distant import AnyTrainer
from explorer.runs.experiments import Experiment, plain
from explorer.runs.frames import packets
from explorer.runs.limits import Limits
from explorer.runs.messages import Message
from explorer.runs.past import Past
from explorer.runs.recording import Checkpoint, Checkpoints, Recording

State = Literal["idle", "training", "paused", "ended", "diverged", "stopped"]
THINNEST = 128  # frames that every run may keep
RATE_WINDOW = 2.0  # seconds over which the speed of a run is measured


@dataclass(frozen=True)
class Status:
    """What a viewer is told about a run besides its frames.

    A run that "stopped" cannot go on either, but not because its numbers diverged.
    """

    state: State
    head: int  # the newest index, -1 before the first
    first: int  # the oldest index kept
    stride: int  # between kept frames
    last: int  # the index of the planned last frame
    trouble: str  # why the run cannot go on
    notice: str  # what happened to it, in one line
    notices: int  # how many there have been: an accident that happens again is said again
    waiting: str  # what keeps it from going on at the moment, in one line
    rate: float | None  # steps trained a second, while it trains
    spent: float | None  # seconds by the clock in which it was trained; None: part of it elsewhere
    viewers: int

    @property
    def essence(self) -> "Status":
        """The status without what changes with every frame: two equal ones need not be told."""
        moving = self.state == "training"
        return replace(
            self, rate=None, spent=None if moving else self.spent, head=-1 if moving else self.head
        )


class Run:
    """One experiment, or a complete recording, with its viewers.

    Everything that changes is guarded by the ``lock`` of the hub; the public methods take it.
    """

    def __init__(
        self,
        number: int,
        name: str,
        experiment: Experiment | None,
        last: int,
        limits: Limits,
        lock: threading.RLock,
        clock: Callable[[], float],
        origin: str = "",
    ) -> None:
        self.number = number
        self.name = name  # equal names, equal runs
        self.experiment = experiment
        self.began = 0  # the frame up to which it was brought
        self.origin = origin  # where its beginning was brought from; empty: it was computed here
        self.last = last
        self.recording = Recording(limits.frames_per_run, limits.bytes_per_run)
        self.checkpoints = Checkpoints(limits.checkpoints_per_run, limits.checkpoint_bytes_per_run)
        self.still: bytes | None = None
        self.trainer: AnyTrainer | None = None
        self.connections: dict[int, str] = {}  # of connected viewers: the token they came with
        self.goals: dict[int, int] = {}
        self.leaving: dict[int, float] = {}  # until when the goal of a viewer who left counts
        self.unwatched_since: float | None = clock()
        self.complete = False
        self.closed = False
        self.trouble = ""
        self.diverged = False  # whether that is the trouble
        self.strikes = 0  # trainer processes that ended in its turn without a new frame between
        self.losses = 0  # and in all
        self.notice = ""
        self.notice_until = 0.0
        self.notices = 0
        self.accident = ""  # what became of its trainer, until another one has taken over
        self.waiting = ""
        self._told_goal = 0
        self._pace: deque[tuple[float, int]] = deque()
        self._spent: float | None = 0.0
        self._began: float | None = None  # since when it is trained, or since its last frame
        self._listeners: dict[int, Callable[[bool], None]] = {}
        self._next_listener = 0
        self._limits = limits
        self._lock = lock
        self._clock = clock

    # ------------------------------------------------------------------------- for the viewers

    @property
    def goal(self) -> int:
        """The furthest frame that somebody wants."""
        return max(0, *self.goals.values()) if self.goals else 0

    @property
    def is_wanted(self) -> bool:
        """Whether there is a frame to compute that somebody wants."""
        return not self.complete and self.recording.head < self.goal

    def status(self) -> Status:
        """Return what the viewers are told now."""
        with self._lock:
            recording = self.recording
            state = self._state()
            return Status(
                state=state,
                head=recording.head,
                first=recording.first,
                stride=recording.stride,
                last=self.last,
                trouble=self.trouble,
                notice=self.notice,
                notices=self.notices,
                waiting=self.waiting if not self.complete else "",
                rate=self._rate() if state == "training" else None,
                spent=None if self._spent is None else float(f"{self._spent:.3g}"),
                viewers=len(self.connections),
            )

    def frames_after(
        self, k: int, count: int = 2000, stride: int = 1, limit_bytes: int = 8 * 2**20
    ) -> list[bytes]:
        """Return packets after index ``k``, the oldest first, whose index ``stride`` divides."""
        with self._lock:
            return self.recording.after(k, count, stride, limit_bytes)

    def newest_after(self, k: int, limit_bytes: int) -> list[bytes]:
        """Return packets from ``k`` up to now, thinned until they fit; the newest is among them."""
        with self._lock:
            return self.recording.newest_after(k, limit_bytes)

    def state_before(self, step: int) -> Checkpoint | None:
        """Return the newest kept state of a step not after ``step``."""
        with self._lock:
            return self.checkpoints.before(step)

    def past(self) -> Past | None:
        """Return all that the run has behind it now; None before its first frame."""
        with self._lock:
            if self.still is None or self.recording.head < 0:
                return None
            return Past(
                self.still,
                tuple(self.recording.entries()),
                tuple(self.checkpoints.all()),
                self.recording.stride,
                self.last,
                self.complete,
                self.trouble,
                self.diverged,
            )

    def listen(self, listener: Callable[[bool], None]) -> Callable[[], None]:
        """Call ``listener`` from any thread when there is news; returns what ends that.

        Its argument says whether the news is more than further frames.
        """
        with self._lock:
            self._next_listener += 1
            number = self._next_listener
            self._listeners[number] = listener

        def stop() -> None:
            with self._lock:
                self._listeners.pop(number, None)

        return stop

    # ---------------------------------------------------------- for the hub, which has the lock

    def tell(self, more_than_frames: bool) -> None:
        """Tell everyone who listens that there is news."""
        for listener in list(self._listeners.values()):
            listener(more_than_frames)

    def train(self, trainer: AnyTrainer) -> None:
        """Have the run computed by ``trainer``, from its last checkpoint on."""
        assert self.experiment is not None
        last = self.checkpoints.last
        values: Mapping[str, Any] = {
            "module": type(self.experiment).__module__,
            "name": type(self.experiment).__qualname__,
            "fields": plain(self.experiment),
            "index": last.index if last else -1,
            "step": last.step if last else 0,
            "goal": self.goal,
            "still": self.still is None,
        }
        self.trainer = trainer
        self._began = self._clock() if self.is_wanted else None
        self._told_goal = self.goal
        self._pace.clear()  # it may go back a few steps
        trainer.send(Message("open", self.number, values, last.state if last else b""))

    def pursue(self) -> None:
        """Tell the trainer the furthest goal when it has changed, and everyone the new state."""
        if self._began is None or not self.is_wanted:
            self._count()
        if self.trainer is not None and self.goal != self._told_goal:
            self._told_goal = self.goal
            self.trainer.send(Message("goal", self.number, {"goal": self.goal}))
        self.tell(True)

    def hear(self, message: Message) -> None:
        """Take what its trainer says of it."""
        values = message.values
        if message.kind == "frames":
            self.receive(packets(message.body), values["index"], values["step"])
        elif message.kind == "checkpoint":
            self.keep(values["index"], values["step"], message.body)
        elif message.kind == "still":
            self.still = message.body
            self.tell(True)
        elif message.kind == "ended":
            self.last = self.recording.head
            self.finish()
        elif message.kind == "trouble":
            self.diverged = values["diverged"]
            self.finish(values["sentence"])
        else:
            raise ValueError(f"a trainer says nothing of the kind {message.kind!r} of a run")

    def lose(self, accident: str) -> None:
        """Take note that its trainer is gone; the run ends too where it is to blame too often."""
        assert self.trainer is not None
        self.accident = accident
        if self.number == self.trainer.turn and self.is_wanted:
            self.strikes += 1
            self.losses += 1
        self.trainer = None
        if self.strikes >= self._limits.strikes or self.losses >= self._limits.losses:
            self.finish(f"The run ended its trainer process {self.losses} times and was stopped.")

    def receive(self, arrived: list[bytes], index: int, step: int) -> None:
        """Keep packets that arrived, the newest of which has this index and step."""
        before = self.recording.stride, self._state()
        for at, packet in enumerate(arrived, index - len(arrived) + 1):
            if self.recording.add(at, packet):
                self.strikes = 0
        self._pace.append((self._clock(), step))
        self._count()
        if self.recording.head >= self.last:
            self.finish()
        after = self.recording.stride, self._state()
        self.tell(after != before or after[1] != "training")

    def keep(self, index: int, step: int, state: bytes) -> None:
        """Keep a state, which belongs to the newest frame."""
        if index == self.recording.head:
            self.checkpoints.add(Checkpoint(index, step, state, self.recording.newest))

    def fork(self, origin: "Run", checkpoint: Checkpoint, shared: int) -> None:
        """Begin with the frames of ``origin`` up to a step, and its states up to a checkpoint.

        What lies between is made once more, and not kept twice; but who pauses there sees it.
        """
        self._spent = None
        self.recording = origin.recording.prefix(checkpoint, shared)
        self.checkpoints = origin.checkpoints.prefix(checkpoint.index)

    def relive(self, past: Past) -> None:
        """Begin with all that another run had behind it."""
        self.still, self.last = past.still, past.last
        self.recording.stride = past.stride
        for index, packet in past.frames:
            self.recording.add(index, packet)
        for checkpoint in past.checkpoints:
            self.checkpoints.add(checkpoint)
        self.began = past.head
        if past.complete:
            self.diverged = past.diverged
            self.finish(past.trouble)

    def finish(self, trouble: str = "") -> None:
        """There will be no more frames."""
        self.complete = True
        self.trouble = trouble
        self.dismiss()
        self.tell(True)

    @property
    def bytes(self) -> int:
        """What its frames and states take."""
        return self.recording.bytes + self.checkpoints.bytes

    @property
    def can_thin(self) -> bool:
        """Whether there is a past to make coarser."""
        return self.experiment is not None and len(self.recording) > 2 * THINNEST

    def thin(self) -> None:
        """Keep half of the past."""
        self.recording.thin()
        self.checkpoints.thin()
        self.tell(True)

    def dismiss(self) -> None:
        """Let the trainer forget the run."""
        if self.trainer is not None:
            self.trainer.send(Message("close", self.number))
            self.trainer = None

    def announce(self, notice: str, until: float) -> None:
        """Set the line that says what happened to the run."""
        self.notice = notice
        self.notice_until = until
        self.notices += bool(notice)
        self.tell(True)

    def wait_for(self, what: str) -> None:
        """Set the line that says what keeps the run from going on; empty: nothing does."""
        if what != self.waiting:
            self.waiting = what
            self.tell(True)

    def _state(self) -> State:
        if self.trouble:
            return "diverged" if self.diverged else "stopped"
        if self.complete:
            return "ended"
        head = self.recording.head
        if head < self.goal and self.goal > 0:
            return "training"
        return "idle" if head <= 0 else "paused"

    def _count(self) -> None:
        """Count the time since it was last looked at, and stop where nobody wants more of it."""
        now = self._clock()
        if self._began is not None and self._spent is not None:
            self._spent += now - self._began
        self._began = now if self.is_wanted else None

    def _rate(self) -> float | None:
        now = self._clock()
        while self._pace and self._pace[0][0] < now - RATE_WINDOW:
            self._pace.popleft()
        if len(self._pace) < 2:
            return None
        (start, first), (end, last) = self._pace[0], self._pace[-1]
        return float(f"{(last - first) / (end - start):.3g}") if end > start else None
