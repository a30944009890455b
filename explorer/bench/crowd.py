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
from statistics import median
from types import TracebackType
from urllib.parse import urlsplit

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException
from websockets.typing import Origin

from explorer.runs.frames import packets, unpack

DISPLAY = 1 / 60  # seconds between two acknowledgements of one viewer
POINTING = 1 / 20  # seconds between two places of a presenter's pointer, as the browser says them
CLOCK = 60.0  # seconds after which the clock in a spot begins anew
FOREVER = 10**9  # a goal that no run reaches; the server takes its last frame instead


class Crowd:
    """Viewers in a process of their own, until the context ends.

    They "view" a run that trains, or "ask" for what a dial looks like that they turn all the time.
    In a "room" the first of them presents, and points all the time, and the others follow.
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
        return [(count, age) for count, age, _ in json.loads(out)]

    def leave_with_lags(self) -> list[float]:
        """Let all go; the median age in ms of what each was told, of those who were told some."""
        out, _ = self._process.communicate(timeout=20)
        return [lag for count, _, lag in json.loads(out) if count]


@dataclass
class Place:
    """A viewer's place: where it goes, with which settings, and what it has got since when."""

    address: str
    settings: dict[str, float]
    count: int = 0
    lags: list[float] = field(default_factory=list)  # ms from what was said until it was told
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


class Meeting:
    """A room of a presenter and followers, all in this process, so that one clock times them."""

    def __init__(self) -> None:
        self._code: asyncio.Future[str] | None = None

    async def attend(self, place: Place) -> None:
        """Be the presenter, who comes first, or a follower."""
        if self._code is None:
            self._code = asyncio.get_running_loop().create_future()
            await self._present(place, self._code)
        else:
            await self._follow(place, await self._code)

    async def _present(self, place: Place, code: asyncio.Future[str]) -> None:
        """Open the room and point somewhere else all the time: the place says what time it is."""
        async with _connected(place) as socket:
            await socket.send(json.dumps({"open": True}))
            code.set_result(json.loads(await socket.recv())["entered"])
            while True:
                spot = {"part": "panel a", "x": time.monotonic() % CLOCK / CLOCK, "y": 0.5}
                await socket.send(json.dumps({"spot": spot}))
                await asyncio.sleep(POINTING)

    async def _follow(self, place: Place, code: str) -> None:
        async with _connected(place) as socket:
            await socket.send(json.dumps({"code": code}))
            async for message in socket:
                if spot := json.loads(message).get("spot"):
                    place.count += 1
                    late = (time.monotonic() - spot["x"] * CLOCK) % CLOCK
                    place.lags.append(1000 * late)


def _connected(place: Place) -> connect:
    host = urlsplit(place.address).netloc
    origin = Origin(f"http://{host}")
    return connect(place.address, origin=origin, compression=None, max_size=None)


ACTS = {"view": view, "ask": ask, "room": Meeting().attend}


async def crowd(act: str) -> list[tuple[int, float, float]]:
    """Read addresses until the input ends; what each viewer has got, in how many seconds, and how
    late in ms in the median.
    """
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
    return [
        (place.count, now - place.since, median(place.lags) if place.lags else 0.0)
        for place in places
    ]


def main(act: str) -> None:
    """Be the process of a crowd."""
    print(json.dumps(asyncio.run(crowd(act))))
