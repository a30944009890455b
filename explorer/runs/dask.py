"""Dask, where it is installed: the machine's own cores as a cluster, or one that is there already.

A scheduler trusts whoever reaches it, and its workers run what they are told; so the own one
listens on this machine only, and there is none that was not asked for.
"""

import contextlib
import hashlib
import logging
import os
import re
import signal
from collections.abc import Iterator
from contextlib import AbstractContextManager
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).resolve().parents[1]
INSTALL = "pip install -c .constraints.txt distributed"
ADDRESS = re.compile(r"(tcp|tls)://(\[[0-9a-fA-F:.]+\]|[\w.-]+):\d{1,5}")
CONNECTING = 10.0  # seconds that a scheduler has to answer
PATIENCE = "1 day"  # a process that is slow to be replaced on a busy machine is not given up

MISSING = f"this needs Dask, which is not installed here: {INSTALL}"


def checked(address: str) -> str:
    """Return the address of a scheduler; raises ValueError for what is none, or without Dask."""
    if not ADDRESS.fullmatch(address):
        raise ValueError(
            f"a scheduler has an address such as tcp://127.0.0.1:8786, not {address[:60]!r}"
        )
    needed()
    return address


def needed() -> None:
    """Raise ValueError, with the line that installs it, where Dask is not installed."""
    if find_spec("distributed") is None:
        raise ValueError(MISSING)


def connected(address: str, seconds: float) -> Any:
    """Return a client of the scheduler at an address. Raises OSError where none answers."""
    from distributed import Client

    try:
        return Client(address, timeout=seconds, set_as_default=False)
    except (OSError, TimeoutError) as error:
        raise OSError(f"no scheduler answers at {address}") from error


@contextlib.contextmanager
def own(workers: int | None = None) -> Iterator[Any]:
    """Give a client of a cluster of this machine's own cores, a process with one thread on each.

    It listens on the loopback alone, and ends with the block. A process that dies is replaced.
    """
    import dask
    from distributed import Client, LocalCluster

    with (
        dask.config.set({"distributed.deploy.lost-worker-timeout": PATIENCE}),
        LocalCluster(
            n_workers=workers or cores(),
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address=None,
            scheduler_kwargs={"dashboard": False, "dashboard_address": "127.0.0.1:0"},
            memory_limit=0,
            silence_logs=logging.CRITICAL,
            preload=[__name__],
        ) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        yield client


def cluster(scheduler: str | None, workers: int | None = None) -> AbstractContextManager[Any]:
    """Give a client as a context: of the cluster that is there, or of this machine's own cores.

    Raises ValueError without Dask or for a wrong address, OSError where no scheduler answers.
    """
    needed()
    if scheduler is None:
        return own(workers)
    return contextlib.closing(connected(checked(scheduler), CONNECTING))


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def dask_setup(worker: Any) -> None:
    """Called by Dask in each process of `own`: Ctrl-C is the affair of the process that asked."""
    with contextlib.suppress(ValueError):  # not in the main thread: then it is not asked either
        signal.signal(signal.SIGINT, signal.SIG_IGN)


@cache
def edition() -> str:
    """The mark of this code, and of the torch under it: equal ones give equal numbers.

    On one kind of processor; another may round otherwise.
    """
    found = hashlib.sha256(version("torch").encode())
    for path in sorted(PACKAGE.rglob("*.py")):
        found.update(path.relative_to(PACKAGE).as_posix().encode() + path.read_bytes())
    return found.hexdigest()[:16]


def same_edition(asked: str) -> None:
    """Raise RuntimeError where whoever asks has another edition of this code."""
    if asked != edition():
        raise RuntimeError(
            "a worker of the cluster has another version of this code, or of torch, than this "
            "machine; give all of them the same"
        )
