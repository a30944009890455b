"""Tasks on a cluster: pure functions of plain values, carried out wherever there is room.

A task is a function of this project by its name, so nothing but names and values travels. A worker
that dies costs the task that it was at, which another one begins anew; a task that ends one worker
after the other is given up, and harms no other.
"""

import queue
import uuid
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from explorer.runs.answers import named
from explorer.runs.dask import edition, same_edition
from explorer.runs.worker import line

LOOK = 0.25  # seconds between two looks whether to stop


@dataclass(frozen=True)
class Task:
    """A function, "module:name", and the plain values that it is called with."""

    function: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class Outcome:
    """What became of a task: its value, or in a sentence why there is none."""

    task: Task
    value: Any = None
    trouble: str = ""


class GoneError(Exception):
    """The scheduler does not answer any more."""


def carry_out(task: Task, asked: str) -> Any:
    """Return the value of a task: what a worker does, of the same edition as who asks."""
    same_edition(asked)
    return named(task.function)(**task.arguments)


def outcomes(
    client: Any, tasks: deque[Task], stopped: Callable[[], bool] = lambda: False
) -> Iterator[Outcome | None]:
    """Yield what becomes of tasks, as they end; None while there is nothing new.

    Whoever takes an outcome may add tasks that follow from it. When ``stopped`` says so no more
    outcomes come. Raises `GoneError` when the scheduler is gone.
    """
    news: queue.SimpleQueue[Any] = queue.SimpleQueue()
    waiting: dict[str, tuple[Task, Any]] = {}
    mark = uuid.uuid4().hex
    count = 0
    try:
        while (tasks or waiting) and not stopped():
            # No more than run at once: a worker that dies would take those with it that wait there.
            room = max(1, _threads(client))
            while tasks and len(waiting) < room:
                task, count = tasks.popleft(), count + 1
                future = client.submit(
                    carry_out, task, edition(), key=f"{mark}-{count}", pure=False
                )
                waiting[future.key] = task, future
                future.add_done_callback(news.put)
            try:
                ended = news.get(timeout=LOOK)
            except queue.Empty:
                if client.status != "running":
                    raise GoneError from None
                yield None
                continue
            task, future = waiting.pop(ended.key)
            outcome = _outcome(task, future)
            future.release()  # what is fetched is not computed again when its worker dies
            yield outcome
    finally:
        for _, future in waiting.values():
            future.cancel()


def _threads(client: Any) -> int:
    try:
        return sum(client.ncores().values())
    except OSError as error:
        raise GoneError from error


def _outcome(task: Task, future: Any) -> Outcome:
    from distributed.scheduler import KilledWorker

    try:
        return Outcome(task, future.result())
    except KilledWorker:
        return Outcome(task, trouble="it ended one worker after the other, and was given up")
    except Exception as error:
        if future.status in ("cancelled", "lost"):
            raise GoneError from error
        return Outcome(task, trouble=line(error))
