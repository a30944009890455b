"""A line without a socket: the same talk in plain requests, where the way lets no socket through.

The browser takes a seat and asks again and again. Each request brings what it says and the number
of the last message that it has, and comes back with those after that, as soon as there are some: so
what is lost on the way is said again, and nothing comes twice, also where a proxy keeps an answer
until it is whole. Who serves the seat hears and tells as over a socket, with the same limits.
"""

import asyncio
import json
import secrets
from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any, Literal, TypedDict, get_args

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.websockets import WebSocketDisconnect

from explorer.stage.talk import NORMAL, Line

HOLD = 2.0  # seconds that a request waits for news: a browser has few lines to one server
SILENCE = 15.0  # seconds without a request after which the browser is gone
AHEAD = 2  # messages that may wait for the browser to take them
MOST_SAID = 64  # texts that may wait for who serves the seat
LONGEST_REQUEST = 2**20  # bytes
MOST_SEATS = 1024
PLAIN_MAGIC = b"XRP1"
ABNORMAL = 1006  # what a browser calls the end of a line that nobody closed

GIVEN_UP = "This line was given up; take another one."
NO_REQUEST = "This is no request of a line."
TOO_LONG = f"A request has at most {LONGEST_REQUEST} bytes."
FULL = "At most {} lines are held at once."


Wants = Literal["nothing", "what is there", "news"]


class PlainAsk(TypedDict):
    """What a browser says in one request: which seat is its own, what it has, and what it says.

    Without a ``seat`` it takes one. ``heard`` is the number of the last message that it has,
    ``first`` that of the first text in ``said``; both count from 1. It ``wants`` the messages that
    it does not have, or waits for news where there are none, or only says something. When it
    ``leaves`` it gives the seat back.
    """

    seat: str
    heard: int
    first: int
    said: Sequence[str]
    wants: Wants
    leaves: bool


class PlainReply(TypedDict):
    """What stands before the messages of an answer: of which seat, and how many they are.

    ``taken`` is the number of the last text that was taken, ``first`` that of the first message.
    ``texts`` says of each message whether it is a text, ``lengths`` how many bytes it has.
    ``closed`` is the code with which the line ended after them, 0 while it is held.
    """

    seat: str
    taken: int
    first: int
    texts: Sequence[bool]
    lengths: Sequence[int]
    closed: int
    reason: str


class Seat:
    """One browser's line in plain requests, in the place of a socket: see `talk.Line`."""

    def __init__(self) -> None:
        self.name = secrets.token_urlsafe(16)
        self._loop = asyncio.get_running_loop()
        self._said: deque[str] = deque()
        self._taken = 0  # number of the last text that was taken
        self._told: deque[str | bytes] = deque()  # what the browser does not have yet
        self._first = 1  # number of the first of them
        self._closed: tuple[int, str] | None = None
        self._left = False
        self._requests = 0  # that are being answered
        self._holding = 0  # the newest of those that wait for news
        self._asked_at = self._loop.time()
        self._change = asyncio.Event()

    # ---------------------------------------------------------------------- for who serves it

    async def receive(self) -> MutableMapping[str, Any]:
        """Return the next text, or that the browser is gone."""
        while not self._said:
            if self._is_gone:
                return {"type": "websocket.disconnect", "code": ABNORMAL}
            await self._changed(SILENCE / 4)
        text = self._said.popleft()
        self._tell_all()  # there is room for another one
        return {"type": "websocket.receive", "text": text}

    async def send_text(self, data: str) -> None:
        """Tell a text, once the browser has taken what was told before."""
        await self._send(data)

    async def send_bytes(self, data: bytes) -> None:
        """Tell bytes, once the browser has taken what was told before."""
        await self._send(data)

    async def close(self, code: int = NORMAL, reason: str | None = None) -> None:
        """End the line; the browser hears of it with the last messages."""
        self._closed = self._closed or (code, reason or "")
        self._tell_all()

    async def _send(self, data: str | bytes) -> None:
        while len(self._told) >= AHEAD and not self._is_gone and self._closed is None:
            await self._changed(SILENCE / 4)
        if self._is_gone or self._closed is not None:
            raise WebSocketDisconnect(ABNORMAL)
        self._told.append(data)
        self._tell_all()

    async def linger(self) -> None:
        """Wait until the browser knows that the line has ended, or is gone."""
        while not self._is_gone:
            await self._changed(SILENCE / 4)

    @property
    def _is_gone(self) -> bool:
        silent = not self._requests and self._loop.time() - self._asked_at > SILENCE
        return self._left or silent

    # ------------------------------------------------------------------------ for the browser

    async def exchange(self, asked: PlainAsk) -> bytes:
        """Take what is said, and return what is told after what the browser has."""
        self._requests += 1
        try:
            self._forget(asked["heard"])
            self._take(asked["first"], asked["said"])
            self._left |= asked["leaves"]
            self._tell_all()
            if asked["wants"] == "news":
                await self._wait_for_news()
            return self._reply(asked["wants"] != "nothing")
        finally:
            self._requests -= 1
            self._asked_at = self._loop.time()

    def _forget(self, heard: int) -> None:
        while self._told and self._first <= heard:
            self._told.popleft()
            self._first += 1

    def _take(self, first: int, said: Sequence[str]) -> None:
        """Take the texts that follow on those taken before, as far as there is room."""
        for number, text in enumerate(said, first):
            if number == self._taken + 1 and len(self._said) < MOST_SAID:
                self._said.append(text)
                self._taken = number

    async def _wait_for_news(self) -> None:
        """Wait until there is something to tell, or a newer request waits for it."""
        self._holding += 1
        mine, until = self._holding, self._loop.time() + HOLD
        while not self._told and self._closed is None and not self._left:
            left = until - self._loop.time()
            if left <= 0 or mine != self._holding:
                return
            await self._changed(left)

    def _reply(self, whole: bool) -> bytes:
        told = list(self._told) if whole else []
        parts = [part.encode() if isinstance(part, str) else part for part in told]
        code, reason = (whole and self._closed) or (0, "")
        head: PlainReply = {
            "seat": self.name,
            "taken": self._taken,
            "first": self._first,
            "texts": [isinstance(part, str) for part in told],
            "lengths": [len(part) for part in parts],
            "closed": code,
            "reason": reason,
        }
        if code:
            self._left = True
            self._tell_all()
        written = json.dumps(head).encode()
        return b"".join([PLAIN_MAGIC, len(written).to_bytes(4, "little"), written, *parts])

    # ------------------------------------------------------------------------------------ both

    def _tell_all(self) -> None:
        """Wake up everyone who waits for a change."""
        self._change.set()
        self._change = asyncio.Event()

    async def _changed(self, patience: float) -> None:
        """Wait for a change, so many seconds at most."""
        change = self._change
        try:
            async with asyncio.timeout(patience):
                await change.wait()
        except TimeoutError:
            pass


class Seats:
    """All lines of a server in plain requests, by the address at which each is held."""

    def __init__(self) -> None:
        self._seats: dict[tuple[str, str], Seat] = {}
        self._served: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._seats)

    async def answer(self, request: Request, serve: Callable[[Line], Awaitable[None]]) -> Response:
        """Answer one request of a line; ``serve`` holds a line that is new."""
        try:
            body = await _body(request)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody reads it
        if body is None:
            return PlainTextResponse(TOO_LONG, 413)
        asked = understand(body)
        if asked is None:
            return PlainTextResponse(NO_REQUEST, 400)
        address = request.url.path
        if asked["seat"]:
            seat = self._seats.get((address, asked["seat"]))
            if seat is None:
                return PlainTextResponse(GIVEN_UP, 410)
        elif len(self._seats) >= MOST_SEATS:
            return PlainTextResponse(FULL.format(MOST_SEATS), 503)
        else:
            seat = self._taken(address, serve)
        # Quantised numbers hardly compress; naming an encoding keeps Streamlit from trying.
        headers = {"cache-control": "no-store", "content-encoding": "identity"}
        told = await seat.exchange(asked)
        return Response(told, media_type="application/octet-stream", headers=headers)

    def _taken(self, address: str, serve: Callable[[Line], Awaitable[None]]) -> Seat:
        """Return a new seat at an address, served from now on."""
        seat = Seat()
        self._seats[address, seat.name] = seat
        task = asyncio.create_task(self._serve(address, seat, serve))
        self._served.add(task)
        task.add_done_callback(self._served.discard)
        return seat

    async def _serve(
        self, address: str, seat: Seat, serve: Callable[[Line], Awaitable[None]]
    ) -> None:
        try:
            await serve(seat)
            await seat.close()
            await seat.linger()
        finally:
            del self._seats[address, seat.name]


def understand(body: bytes) -> PlainAsk | None:
    """Return what a request says; None for anything that is no request of a line."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or said.keys() != PlainAsk.__annotations__.keys():
        return None
    texts = said["said"]
    numbers = all(type(said[name]) is int and said[name] >= 0 for name in ("heard", "first"))
    known = (
        isinstance(said["wants"], str)
        and said["wants"] in get_args(Wants)
        and type(said["leaves"]) is bool
    )
    if not (numbers and known and isinstance(said["seat"], str) and isinstance(texts, list)):
        return None
    if not all(isinstance(text, str) for text in texts):
        return None
    return PlainAsk(**said)  # type: ignore[typeddict-item]


async def _body(request: Request) -> bytes | None:
    """Return what a request brings; None where that is too long."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LONGEST_REQUEST:
            return None
    return body
