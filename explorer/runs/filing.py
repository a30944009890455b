"""Files that viewers ask for: each made by a process of its own, few at once, and none for ever.

A viewer has one file at a time, on order or made; a new order gives up the one before. The server
itself paints nothing: it hands over bytes, hears how far it is, and keeps the result until it is
fetched, replaced, or its viewer is gone.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from explorer.runs.messages import Message
from explorer.runs.trainer import Trainer

AT_ONCE = 2  # processes
MOST_WAITING = 16  # orders beyond those
PATIENCE = 180.0  # seconds that a file may take
MOST_BYTES = 64 * 2**20  # of one file
MOST_KEPT = 256 * 2**20  # bytes of all files; the oldest goes first
LOOK = 0.1  # seconds between two looks at whether it is still wanted

log = logging.getLogger(__name__)

Stage = Literal["waiting", "making", "made", "failed"]
Prepare = Callable[[], tuple[Mapping[str, Any], bytes]]


class PatienceError(Exception):
    """What was to be made took too long."""


@dataclass
class Job:
    """A file on order: how far it is, and the file itself once it is made.

    ``share`` is of all work, 0 to 1; ``sentence`` says why there is no file.
    """

    kind: str
    name: str
    module: str
    prepare: Prepare = field(repr=False)
    stage: Stage = "waiting"
    share: float = 0.0
    sentence: str = ""
    body: bytes = field(default=b"", repr=False)
    since: float = 0.0  # when it was made
    given_up: threading.Event = field(default_factory=threading.Event, repr=False)

    @property
    def busy(self) -> bool:
        """Whether it is still to come."""
        return self.stage in ("waiting", "making")


class Filing:
    """All files on order of a server, by viewer."""

    def __init__(
        self, at_once: int = AT_ONCE, patience: float = PATIENCE, most_bytes: int = MOST_BYTES
    ) -> None:
        self._slots = threading.BoundedSemaphore(at_once)
        self._most = at_once + MOST_WAITING
        self._patience = patience
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._jobs: dict[str, Job] = {}

    def order(self, viewer: str, job: Job) -> None:
        """Have a file made; what the viewer had on order before is given up."""
        self.give_up(viewer)
        with self._lock:
            self._jobs[viewer] = job
            if sum(each.busy for each in self._jobs.values()) > self._most:
                job.stage, job.sentence = "failed", "Many files are being made; try again soon."
                return
        threading.Thread(target=self._make, args=(job,), name="file", daemon=True).start()

    def job(self, viewer: str) -> Job | None:
        """Return what a viewer has on order, or the file that was made last."""
        with self._lock:
            return self._jobs.get(viewer)

    def give_up(self, viewer: str) -> None:
        """Forget what a viewer has on order; its process ends."""
        with self._lock:
            job = self._jobs.pop(viewer, None)
        if job is not None:
            job.given_up.set()

    release = give_up  # a tab that is gone wants nothing any more

    # -------------------------------------------------------------------------------- at work

    def _make(self, job: Job) -> None:
        while not self._slots.acquire(timeout=LOOK):
            if job.given_up.is_set():
                return
        try:
            if not job.given_up.is_set():
                job.stage = "making"
                self._finish(job, self._made(job))
        except PatienceError:
            self._fail(job, f"It took longer than {self._patience:g} s and was given up.")
        except (OSError, ValueError) as error:
            self._fail(job, str(error))
        except Exception as error:
            log.warning("a %s could not be made", job.kind, exc_info=True)
            self._fail(job, f"It could not be made: {error}")
        finally:
            self._slots.release()

    def _made(self, job: Job) -> bytes:
        """Return the file that a process makes. ValueError with its sentence where it refuses."""
        values, body = job.prepare()
        said: list[Message] = []
        over = threading.Event()

        def hear(process: Trainer, message: Message) -> None:
            if message.kind == "share":
                job.share = float(message.values["share"])
            elif message.kind in ("file", "refused"):
                said.append(message)
                over.set()

        process = Trainer(hear, lambda process: over.set(), job.module)
        try:
            process.send(Message("make", 0, {**values, "kind": job.kind}, body))
            until = time.monotonic() + self._patience
            while not over.wait(LOOK):
                if job.given_up.is_set():
                    return b""
                if time.monotonic() > until:
                    raise PatienceError
        finally:
            process.kill()
        if not said:
            raise ValueError("The process that made it ended before it was done; try again.")
        if said[0].kind == "refused":
            raise ValueError(said[0].values["sentence"])
        return said[0].body

    def _finish(self, job: Job, made: bytes) -> None:
        if job.given_up.is_set():
            return
        if len(made) > self._most_bytes:
            size, most = len(made) / 2**20, self._most_bytes // 2**20
            self._fail(job, f"It takes {size:.0f} MB, and a page offers at most {most} MB.")
            return
        with self._lock:
            job.body, job.share, job.since = made, 1.0, time.monotonic()
            job.stage = "made"
            kept = sorted((each for each in self._jobs.values() if each.body), key=_age)
            while kept and sum(len(each.body) for each in kept) > MOST_KEPT:
                oldest = kept.pop(0)
                oldest.body, oldest.stage = b"", "failed"
                oldest.sentence = "It was not fetched for long; have it made again."

    def _fail(self, job: Job, sentence: str) -> None:
        job.stage, job.sentence = "failed", sentence


def _age(job: Job) -> float:
    return job.since


_THE_FILING = Filing()


def the_filing() -> Filing:
    """Return the files on order of this server."""
    return _THE_FILING
