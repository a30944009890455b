"""The app as a user starts it, on this computer only, and what its process costs."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).resolve().parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PATIENCE = 60.0  # seconds until a server that does not answer is given up


class Server:
    """``streamlit run app.py`` in a folder, this project's or another, while the context lasts.

    On a free port of this computer. Raises TimeoutError when it does not answer, and RuntimeError
    when it ends by itself.
    """

    def __init__(self, folder: Path = ROOT) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        self.started = time.monotonic()
        options = ["--server.port", str(port), "--server.headless", "true"]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", *options],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def __enter__(self) -> "Server":
        try:
            self._wait()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._end()

    @property
    def age(self) -> float:
        """Seconds since the process was started."""
        return time.monotonic() - self.started

    def processor_seconds(self) -> float | None:
        """What the server process has used so far, without its trainers; None outside of Linux."""
        path = Path(f"/proc/{self._process.pid}/stat")
        if not path.exists():
            return None
        after_name = path.read_text().rpartition(")")[2].split()
        user, system = int(after_name[11]), int(after_name[12])
        return (user + system) / os.sysconf("SC_CLK_TCK")

    def _wait(self) -> None:
        while self.age < PATIENCE:
            if self._process.poll() is not None:
                raise RuntimeError(f"the app ended with status {self._process.returncode}")
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{self.address}/_stcore/health", timeout=2).close()
                return
            time.sleep(0.02)
        raise TimeoutError(f"the app did not answer within {PATIENCE:.0f} s")

    def _end(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def find_browser() -> str | None:
    """The path of this machine's Chromium or Chrome, if it has one."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)
