"""The workers of a Dask cluster as trainers of the server: who there is, who lives, who is free.

The scheduler is asked every second. A worker that it does not know any more is lost; one whose own
signs of life have ended says nothing, as a process that hangs does.
"""

import contextlib
import logging
import os
import threading
from collections.abc import Callable
from typing import Any

from explorer.runs import dask
from explorer.runs.distant import DistantTrainer
from explorer.runs.messages import Message

log = logging.getLogger(__name__)

VARIABLE = "EXPLORER_CLUSTER"
LOOK = 0.5  # seconds between two looks
ANSWERING = 10.0  # seconds that the scheduler has to answer

SILENT = "The scheduler at {} does not answer; it is asked again every few seconds."
NONE_FREE = "No worker of the cluster at {} is free; this goes on as soon as there is one."


class Cluster:
    """The cluster whose scheduler is at ``address``. Raises ValueError where that is none."""

    def __init__(self, address: str) -> None:
        self.address = dask.checked(address)
        self._client: Any = None
        self._signs: dict[str, float] = {}  # of each worker, its last sign of life
        self._given_up: set[str] = set()
        self._trainers: list[DistantTrainer] = []
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to look after the workers."""
        self._stopping.clear()
        self._thread = threading.Thread(target=self._attend, name="cluster", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Let all of them go; the trainers have been stopped."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    @property
    def size(self) -> int:
        """How many workers may train; at least one is waited for."""
        with self._lock:
            return max(1, len(self._signs.keys() - self._given_up))

    def trainer(
        self, hear: Callable[[Any, Message], None], lost: Callable[[Any], None]
    ) -> DistantTrainer:
        """Return a trainer on a worker that has none. Raises OSError, a sentence, without one."""
        with self._lock:
            if self._client is None:
                raise OSError(SILENT.format(self.address))
            taken = {trainer.address for trainer in self._trainers}
            free = [each for each in self._signs if each not in taken | self._given_up]
            if not free:
                raise OSError(NONE_FREE.format(self.address))
            trainer = DistantTrainer(
                self._client, free[0], hear, self._forgetting(lost), self._restart
            )
            self._trainers.append(trainer)
            return trainer

    def _forgetting(self, lost: Callable[[Any], None]) -> Callable[[Any], None]:
        def forget(trainer: DistantTrainer) -> None:
            with self._lock, contextlib.suppress(ValueError):
                self._trainers.remove(trainer)
            lost(trainer)

        return forget

    def _restart(self, address: str) -> None:
        """Have a worker that does not answer replaced, where somebody looks after it."""
        with self._lock:
            self._given_up.add(address)
            self._trainers = [each for each in self._trainers if each.address != address]
            client = self._client

        def restart() -> None:
            try:
                client.restart_workers([address], timeout=30, raise_for_error=False)
            except Exception:
                log.warning("the worker at %s was not replaced", address, exc_info=True)

        if client is not None:
            threading.Thread(target=restart, name="restart", daemon=True).start()

    def _attend(self) -> None:
        while not self._stopping.is_set():
            try:
                self._look()
            except Exception as error:
                log.warning("the scheduler at %s: %s", self.address, error)
                self._disconnect()
            self._stopping.wait(LOOK)
        self._disconnect()

    def _look(self) -> None:
        """Ask the scheduler for its workers; tell trainers that theirs lives, or is gone."""
        if self._client is None:
            client = dask.connected(self.address, ANSWERING)
            with self._lock:
                self._client = client
        found = self._client.sync(
            self._client.scheduler.identity, n_workers=-1, callback_timeout=ANSWERING
        )
        signs = {address: each["last_seen"] for address, each in found["workers"].items()}
        with self._lock:
            lives = {address for address, at in signs.items() if at != self._signs.get(address)}
            self._signs = signs
            self._given_up = self._given_up & signs.keys() - lives
            trainers = list(self._trainers)
        for trainer in trainers:
            if trainer.address not in signs:
                trainer.lose()
            elif trainer.address in lives:
                trainer.pulse()

    def _disconnect(self) -> None:
        """Let the scheduler go, and all trainers with it."""
        with self._lock:
            client, self._client, self._signs = self._client, None, {}
            trainers, self._trainers = self._trainers, []
        for trainer in trainers:
            trainer.lose()
        if client is not None:
            with contextlib.suppress(Exception):
                client.close(timeout=2)


def asked_for() -> Cluster | None:
    """Return the cluster that the environment names, or None.

    Raises ValueError, one sentence, where it names none, or Dask is not installed.
    """
    address = os.environ.get(VARIABLE, "")
    if not address:
        return None
    try:
        return Cluster(address)
    except ValueError as error:
        raise ValueError(f"{VARIABLE}: {error}") from None
