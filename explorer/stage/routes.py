"""The addresses beside Streamlit's own: the stage's socket, its frames by HTTP, its scripts.

Streamlit's checks do not cover them: the page that asks must come from this server (`doors`), and
it must know the unguessable token of a run.
"""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from explorer.runs.desk import Desk, the_desk
from explorer.runs.frames import chunk
from explorer.runs.hub import Hub, the_hub
from explorer.runs.limits import LimitError
from explorer.runs.run import Run
from explorer.stage.assets import asset, asset_base
from explorer.stage.doors import may_enter
from explorer.stage.hand import Hand
from explorer.stage.talk import BUSY, GONE, OFFENCE
from explorer.stage.viewer import LARGEST_INDEX, Viewer

__all__ = ["asset_base", "routes"]

MOST_FRAMES = 2000
MOST_BYTES = 8 * 2**20
STILL_TIMEOUT = 20.0  # seconds; the trainer process may have to start first

UNKNOWN = "This run is over; reload the page."
ELSEWHERE = "This is for the pages of this server only."


@dataclass(frozen=True)
class FramesAsked:
    """Which frames a browser asks for by HTTP: the oldest ``count`` after an index, of those whose
    own index ``stride`` divides.
    """

    after: int
    count: int
    stride: int


def routes(hub: Hub | None = None, desk: Desk | None = None) -> list[BaseRoute]:
    """Return the routes for `st.App`."""
    stage = StageRoutes(hub or the_hub(), desk or the_desk())
    return [
        Route("/stage/asset/{digest}/{path:path}", asset),
        Route("/stage/{token}/still", stage.still),
        Route("/stage/{token}/frames", stage.frames),
        WebSocketRoute("/stage/{token}", stage.view),
        WebSocketRoute("/stage/{token}/answers", stage.answer),
    ]


class StageRoutes:
    """What the stage's addresses say of the runs of one hub and the answers of one desk."""

    def __init__(self, hub: Hub, desk: Desk) -> None:
        self._hub = hub
        self._desk = desk

    async def view(self, websocket: WebSocket) -> None:
        """Serve one viewer; closes with 1008 for an unknown run, 1013 for too many viewers."""
        if not may_enter(websocket, origin_needed=True):
            await websocket.close(OFFENCE)  # before accepting: the answer is 403
            return
        token = websocket.path_params["token"]
        await websocket.accept()
        try:
            connection = self._hub.enter(token)
        except KeyError:
            await _refuse(websocket, OFFENCE, UNKNOWN)
            return
        except LimitError as error:
            await _refuse(websocket, BUSY, str(error))
            return
        try:
            run = self._hub.run(token)
            if run is not None:
                await Viewer(websocket, self._hub, run, token, connection).serve()
        finally:
            self._hub.leave(token, connection)

    async def answer(self, websocket: WebSocket) -> None:
        """Answer one stage's questions; closes as `view` does."""
        if not may_enter(websocket, origin_needed=True):
            await websocket.close(OFFENCE)
            return
        await websocket.accept()
        hand = Hand(websocket)
        try:
            number = self._desk.enter(websocket.path_params["token"], hand.tell)
        except KeyError:
            await _refuse(websocket, OFFENCE, UNKNOWN)
            return
        except LimitError as error:
            await _refuse(websocket, BUSY, str(error))
            return
        try:
            await hand.serve(lambda asked: self._desk.ask(number, *asked), self._desk.hands)
        finally:
            self._desk.leave(number)

    async def still(self, request: Request) -> Response:
        """Answer with the packet of what never moves, as soon as it has been computed."""
        if not may_enter(request, origin_needed=False):
            return PlainTextResponse(ELSEWHERE, 403)
        run = self._hub.run(request.path_params["token"])
        if run is None:
            return PlainTextResponse(UNKNOWN, 404)
        await _until(run, lambda: run.still is not None or run.complete or run.closed)
        if run.still is None:
            return Response(status_code=204)  # not yet; the browser asks again
        return _binary(run.still)

    async def frames(self, request: Request) -> Response:
        """Answer with the frames that the address asks for, the oldest first, up to 8 MB."""
        if not may_enter(request, origin_needed=False):
            return PlainTextResponse(ELSEWHERE, 403)
        run = self._hub.run(request.path_params["token"])
        if run is None:
            return PlainTextResponse(UNKNOWN, 404)
        try:
            asked = FramesAsked(
                after=_number(request, "after", -1, -1, LARGEST_INDEX),
                count=_number(request, "count", MOST_FRAMES, 1, MOST_FRAMES),
                stride=_number(request, "stride", 1, 1, LARGEST_INDEX),
            )
        except ValueError as error:
            return PlainTextResponse(str(error), 400)
        found = run.frames_after(asked.after, asked.count, asked.stride, MOST_BYTES)
        return _binary(chunk(found))


async def _refuse(websocket: WebSocket, code: int, reason: str) -> None:
    with contextlib.suppress(*GONE):
        await websocket.close(code, reason)


def _number(request: Request, name: str, default: int, low: int, high: int) -> int:
    text = request.query_params.get(name)
    if text is None:
        return default
    digits = text.removeprefix("-")
    if digits.isascii() and digits.isdigit() and len(digits) <= 10 and low <= int(text) <= high:
        return int(text)
    raise ValueError(f"{name} must be a whole number between {low} and {high}")


def _binary(data: bytes) -> Response:
    # Quantised numbers hardly compress; naming an encoding keeps Streamlit from trying.
    headers = {"cache-control": "no-store", "content-encoding": "identity"}
    return Response(data, media_type="application/octet-stream", headers=headers)


async def _until(run: Run, true: Callable[[], bool]) -> None:
    """Wait until something about a run is true, for some time at most."""
    loop, news = asyncio.get_running_loop(), asyncio.Event()

    def wake(more_than_frames: bool) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: the server ends
            loop.call_soon_threadsafe(news.set)

    deaf = run.listen(wake)
    try:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STILL_TIMEOUT):
                while not true():
                    await news.wait()
                    news.clear()
    finally:
        deaf()
