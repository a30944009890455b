"""A room of viewers without browsers, who speak to the stage's socket as a browser does.

Every line of the input of `main` is the address of a socket that one more viewer connects to. When
the input ends it prints, as JSON, how many frames each viewer has got.
"""

import asyncio
import json
import subprocess
import sys
from types import TracebackType
from urllib.parse import urlsplit

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException
from websockets.typing import Origin

from explorer.runs.frames import packets, unpack

DISPLAY = 1 / 60  # seconds between two acknowledgements of one viewer
FOREVER = 10**9  # a goal that no run reaches; the server takes its last frame instead


class Crowd:
    """Viewers in a process of their own, until the context ends."""

    def __enter__(self) -> "Crowd":
        self._process = subprocess.Popen(
            [sys.executable, "-c", f"import {__name__} as crowd; crowd.main()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.communicate()

    def join(self, address: str) -> None:
        """Let one more viewer watch the socket at an address, and want the run to train."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{address}\n")
        self._process.stdin.flush()

    def leave(self) -> list[int]:
        """Let all go; the frames that each has got."""
        out, _ = self._process.communicate(timeout=20)
        counts: list[int] = json.loads(out)
        return counts


async def view(address: str, counts: list[int], place: int) -> None:
    """Be one viewer: take every frame, and ask for more once each frame of a display."""
    host = urlsplit(address).netloc
    async with connect(
        address, origin=Origin(f"http://{host}"), compression=None, max_size=None
    ) as socket:
        await socket.send(json.dumps({"goal": FOREVER}))
        await socket.send(json.dumps({"after": -1}))
        async for message in socket:
            if isinstance(message, str):
                continue
            got = packets(message)
            counts[place] += len(got)
            await asyncio.sleep(DISPLAY)
            newest, _ = unpack(got[-1])
            await socket.send(json.dumps({"after": newest}))


async def crowd() -> list[int]:
    """Read addresses until the input ends; the frames that each viewer has got."""
    counts: list[int] = []
    viewers: list[asyncio.Task[None]] = []
    lines = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    async for line in lines:
        counts.append(0)
        address = line.decode().strip()
        viewers.append(asyncio.create_task(view(address, counts, len(counts) - 1)))
    for viewer in viewers:
        viewer.cancel()
    for outcome in await asyncio.gather(*viewers, return_exceptions=True):
        if isinstance(outcome, OSError | WebSocketException):
            print(outcome, file=sys.stderr)
    return counts


def main() -> None:
    """Be the process of a crowd."""
    print(json.dumps(asyncio.run(crowd())))
