"""A room of viewers without browsers, who speak to the stage's socket as a browser does.

Every line of the input of `main` names a socket that one more viewer connects to, and settings.
When the input ends it prints, as JSON, how much each viewer has got, and in how many seconds.
"""

import asyncio
import itertools
import json
import math
import subprocess
import sys
import time
from dataclasses import dataclass, field
from types import TracebackType
from urllib.parse import urlsplit

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException
from websockets.typing import Origin

from explorer.runs.frames import packets, unpack

DISPLAY = 1 / 60  # seconds between two acknowledgements of one viewer
FOREVER = 10**9  # a goal that no run reaches; the server takes its last frame instead


class Crowd:
    """Viewers in a process of their own, until the context ends.

    They "view" a run that trains, or "ask" for what a dial looks like that they turn all the time.
    """

    def __init__(self, act: str = "view") -> None:
        self._act = act

    def __enter__(self) -> "Crowd":
        self._process = subprocess.Popen(
            [sys.executable, "-c", f"import {__name__} as crowd; crowd.main({self._act!r})"],
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

    def join(self, address: str, **settings: float) -> None:
        """Let one more viewer come to the socket at an address; ``settings`` are for who asks."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{json.dumps([address, settings])}\n")
        self._process.stdin.flush()

    def leave(self) -> list[int]:
        """Let all go; the frames or answers that each has got."""
        return [count for count, _ in self.leave_with_ages()]

    def leave_with_ages(self) -> list[tuple[int, float]]:
        """Let all go; what each has got, and how many seconds it was there."""
        out, _ = self._process.communicate(timeout=20)
        return [(count, age) for count, age in json.loads(out)]


@dataclass
class Place:
    """A viewer's place: where it goes, with which settings, and what it has got since when."""

    address: str
    settings: dict[str, float]
    count: int = 0
    since: float = field(default_factory=time.monotonic)


async def view(place: Place) -> None:
    """Be one viewer: take every frame, and ask for more once each frame of a display."""
    async with _connected(place) as socket:
        await socket.send(json.dumps({"goal": FOREVER}))
        await socket.send(json.dumps({"after": -1}))
        async for message in socket:
            if isinstance(message, str):
                continue
            got = packets(message)
            place.count += len(got)
            await asyncio.sleep(DISPLAY)
            newest, _ = unpack(got[-1])
            await socket.send(json.dumps({"after": newest}))


async def ask(place: Place) -> None:
    """Be one hand: turn the forget bias up and down, and ask for the newest as a browser does."""
    async with _connected(place) as socket:
        start = time.monotonic()
        for number in itertools.count(1):
            age = time.monotonic() - start
            share = 0.5 - 0.5 * math.cos(1.5 * age + id(place) % 7)
            bias = round((-2 + 8 * share) * 4) / 4
            given = place.settings | {"forget_bias": bias}
            await socket.send(json.dumps({"ask": number, "given": given, "moving": True}))
            await socket.recv()
            place.count += 1
            await asyncio.sleep(max(0.0, start + age + DISPLAY - time.monotonic()))


def _connected(place: Place) -> connect:
    host = urlsplit(place.address).netloc
    origin = Origin(f"http://{host}")
    return connect(place.address, origin=origin, compression=None, max_size=None)


ACTS = {"view": view, "ask": ask}


async def crowd(act: str) -> list[tuple[int, float]]:
    """Read addresses until the input ends; what each viewer has got, and in how many seconds."""
    places: list[Place] = []
    viewers: list[asyncio.Task[None]] = []
    lines = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    async for line in lines:
        address, settings = json.loads(line)
        places.append(Place(address, settings))
        viewers.append(asyncio.create_task(ACTS[act](places[-1])))
    now = time.monotonic()
    for viewer in viewers:
        viewer.cancel()
    for outcome in await asyncio.gather(*viewers, return_exceptions=True):
        if isinstance(outcome, OSError | WebSocketException):
            print(outcome, file=sys.stderr)
    return [(place.count, now - place.since) for place in places]


def main(act: str) -> None:
    """Be the process of a crowd."""
    print(json.dumps(asyncio.run(crowd(act))))
