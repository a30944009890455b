"""Tasks that a test can follow: each says on disk that it was begun, and one ends its worker."""

import os
import signal
import time
from pathlib import Path


def begun(folder: str, name: str, deadly: bool = False) -> str:
    """Say that a task was begun; a deadly one ends its worker, once, when it is told to go."""
    place = Path(folder) / name
    first = not place.exists()
    with place.open("a") as file:
        file.write("begun\n")
    while deadly and first:
        time.sleep(0.02)
        if (Path(folder) / "go").exists():
            os.kill(os.getpid(), signal.SIGKILL)
    return name


def ends_every_worker() -> None:
    """End the process that is asked."""
    os.kill(os.getpid(), signal.SIGKILL)


def slow(name: str) -> str:
    """Take a while."""
    time.sleep(0.2)
    return name
