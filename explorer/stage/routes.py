"""The addresses beside Streamlit's own: the stage's lines, its frames by HTTP, its scripts.

They lie under the base path of the server (``server.baseUrlPath``), as Streamlit's own do. A line
is a web socket or, where the way lets none through, plain requests to the same address (`plain`).

Streamlit's checks do not cover them: the page that asks must come from this server (`doors`), and
it must know the unguessable token of a run.
"""

import asyncio
import contextlib
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket
from streamlit import config
from streamlit.url_util import make_url_path

from explorer.runs.desk import Desk, the_desk
from explorer.runs.frames import chunk
from explorer.runs.hub import Hub, the_hub
from explorer.runs.limits import LimitError
from explorer.runs.run import Run
from explorer.stage.assets import asset, asset_base
from explorer.stage.doors import obstacle
from explorer.stage.hand import Hand
from explorer.stage.plain import Seats
from explorer.stage.qr import code
from explorer.stage.rooms.hall import Hall, the_hall
from explorer.stage.rooms.presence import Presence
from explorer.stage.talk import BUSY, GONE, OFFENCE, Line
from explorer.stage.viewer import LARGEST_INDEX, Viewer

__all__ = ["asset_base", "routes"]

MOST_FRAMES = 2000
MOST_BYTES = 8 * 2**20
STILL_TIMEOUT = 20.0  # seconds; the trainer process may have to start first

UNKNOWN = "This run is over; reload the page."
ONLY_A_LINE = "This is a line of the stage: a web socket, or plain requests that are sent (POST)."


Serve = Callable[[Line, str], Awaitable[None]]
"""Holds a line that came with a token until it ends."""


@dataclass(frozen=True)
class FramesAsked:
    """Which frames a browser asks for by HTTP: the oldest ``count`` after an index, of those whose
    own index ``stride`` divides.
    """

    after: int
    count: int
    stride: int


def routes(
    hub: Hub | None = None, desk: Desk | None = None, hall: Hall | None = None
) -> list[BaseRoute]:
    """Return the routes for `st.App`."""
    hall = the_hall() if hall is None else hall  # one without rooms counts as false
    stage = StageRoutes(hub or the_hub(), desk or the_desk(), hall)
    base = config.get_option("server.baseUrlPath") or ""
    root = make_url_path(base, "stage")
    either = ["GET", "POST"]
    return [
        Route(make_url_path(base, "room/{code}"), enter),
        Route(f"{root}/qr", code),
        Route(f"{root}/room", stage.follow_plainly, methods=either),
        WebSocketRoute(f"{root}/room", stage.follow),
        Route(f"{root}/asset/{{digest}}/{{path:path}}", asset),
        Route(f"{root}/{{token}}/still", stage.still),
        Route(f"{root}/{{token}}/frames", stage.frames),
        Route(f"{root}/{{token}}", stage.view_plainly, methods=either),
        Route(f"{root}/{{token}}/answers", stage.answer_plainly, methods=either),
        WebSocketRoute(f"{root}/{{token}}", stage.view),
        WebSocketRoute(f"{root}/{{token}}/answers", stage.answer),
    ]


class StageRoutes:
    """What the stage's addresses say of the runs of one hub, the answers of one desk, the rooms of
    one hall.
    """

    def __init__(self, hub: Hub, desk: Desk, hall: Hall) -> None:
        self._hub = hub
        self._desk = desk
        self._hall = hall
        self._seats = Seats()

    async def view(self, websocket: WebSocket) -> None:
        """Serve one viewer; closes with 1008 for an unknown run, 1013 for too many viewers."""
        await _accepted(websocket, self._watch)

    async def answer(self, websocket: WebSocket) -> None:
        """Answer one stage's questions; closes as `view` does."""
        await _accepted(websocket, self._listen)

    async def view_plainly(self, request: Request) -> Response:
        """Serve one viewer without a socket."""
        return await self._plainly(request, self._watch)

    async def answer_plainly(self, request: Request) -> Response:
        """Answer one stage's questions without a socket."""
        return await self._plainly(request, self._listen)

    async def follow(self, websocket: WebSocket) -> None:
        """Serve one browser in a room."""
        await _accepted(websocket, self._accompany(websocket))

    async def follow_plainly(self, request: Request) -> Response:
        """Serve one browser in a room without a socket."""
        return await self._plainly(request, self._accompany(request))

    def _accompany(self, asking: HTTPConnection) -> Serve:
        """Return what serves a browser in the room that it names."""
        address = asking.client.host if asking.client else ""

        async def serve(line: Line, token: str) -> None:
            await Presence(line, self._hall, address).serve()

        return serve

    async def _plainly(self, request: Request, serve: Serve) -> Response:
        """Answer one request of a line; 403 says why a page may not come in, 426 what this is."""
        why = obstacle(request, origin_needed=request.method == "POST")
        if why:
            return PlainTextResponse(why, 403)
        if request.method != "POST":
            return PlainTextResponse(ONLY_A_LINE, 426, {"upgrade": "websocket"})
        token = request.path_params.get("token", "")
        return await self._seats.answer(request, lambda line: serve(line, token))

    async def _watch(self, line: Line, token: str) -> None:
        """Serve the viewer at the other end of a line."""
        try:
            connection = self._hub.enter(token)
        except KeyError:
            await _refuse(line, OFFENCE, UNKNOWN)
            return
        except LimitError as error:
            await _refuse(line, BUSY, str(error))
            return
        try:
            run = self._hub.run(token)
            if run is not None:
                await Viewer(line, self._hub, run, token, connection).serve()
        finally:
            self._hub.leave(token, connection)

    async def _listen(self, line: Line, token: str) -> None:
        """Answer what comes over a line."""
        hand = Hand(line)
        try:
            number = self._desk.enter(token, hand.tell)
        except KeyError:
            await _refuse(line, OFFENCE, UNKNOWN)
            return
        except LimitError as error:
            await _refuse(line, BUSY, str(error))
            return
        try:
            await hand.serve(lambda asked: self._desk.ask(number, *asked), self._desk.hands)
        finally:
            self._desk.leave(number)

    async def still(self, request: Request) -> Response:
        """Answer with the packet of what never moves, as soon as it has been computed."""
        if why := obstacle(request, origin_needed=False):
            return PlainTextResponse(why, 403)
        run = self._hub.run(request.path_params["token"])
        if run is None:
            return PlainTextResponse(UNKNOWN, 404)
        await _until(run, lambda: run.still is not None or run.complete or run.closed)
        if run.still is None:
            return Response(status_code=204)  # not yet; the browser asks again
        return _binary(run.still)

    async def frames(self, request: Request) -> Response:
        """Answer with the frames that the address asks for, the oldest first, up to 8 MB."""
        if why := obstacle(request, origin_needed=False):
            return PlainTextResponse(why, 403)
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


async def _accepted(websocket: WebSocket, serve: Serve) -> None:
    """Serve the socket of a page that may come in."""
    if obstacle(websocket, origin_needed=True):
        await websocket.close(OFFENCE)  # before accepting: the answer is 403
        return
    await websocket.accept()
    await serve(websocket, websocket.path_params.get("token", ""))


async def enter(request: Request) -> Response:
    """Lead from a room's short address to the page of that name: Streamlit's pages have no parts.

    The way is told from where the browser is, so that it is right behind any proxy. What has a
    further part is nobody's code: Streamlit's own scripts look for it below every page.
    """
    if why := obstacle(request, origin_needed=False):
        return PlainTextResponse(why, 403)
    said = re.sub("[^A-Za-z0-9]", "", request.path_params["code"])[:12]
    return RedirectResponse(f"../room?code={said}", 303)


async def _refuse(line: Line, code: int, reason: str) -> None:
    with contextlib.suppress(*GONE):
        await line.close(code, reason)


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
