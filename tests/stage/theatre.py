"""A small server with the stage's modules and made-up runs, for a browser and without Streamlit.

It speaks the stage's side of the wire exactly as the laboratory's routes do, but every run follows
a script: how many frames a second it makes, how they are grouped, and when it fails.
"""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from explorer.runs.answers import Answer, RefusedError, packed, refusal, wired
from explorer.runs.frames import chunk
from tests.stage.gallery import Show

BROWSER = Path(__file__).resolve().parents[2] / "explorer/stage/browser"
PAGE = Path(__file__).with_name("page.html")


@dataclass
class Run:
    """One scripted run: what it shows, how fast it trains, and what its viewers said."""

    show: Show
    rate: float = 120.0  # frames a second while somebody wants more
    interval: float = 0.0  # seconds between two sends
    trouble: str = ""  # what it ends with, instead of its last frame
    notice: str = ""
    head: int = 0
    stride: int = 1
    said: list[dict[str, int]] = field(default_factory=list)
    viewers: int = 0
    fetched: list[str] = field(default_factory=list)
    goal: int = -1
    notices: int = 1
    stopped: bool = False  # its trouble is none of its numbers
    waiting: str = ""
    silent: bool = False  # sends no frames for now
    hang_up: int = 0  # closes every socket with this code, until it is 0 again

    @property
    def last(self) -> int:
        return len(self.show.packets) - 1

    @property
    def state(self) -> str:
        if self.head >= self.last:
            troubled = "stopped" if self.stopped else "diverged"
            return troubled if self.trouble else "ended"
        return "training" if self.goal > self.head else "idle" if self.head == 0 else "paused"

    def status(self) -> dict[str, Any]:
        return {
            "state": self.state,
            "head": self.head,
            "first": 0,
            "stride": self.stride,
            "last": self.last,
            "trouble": self.trouble if self.state in ("diverged", "stopped") else "",
            "notice": self.notice,
            "notices": self.notices,
            "waiting": self.waiting,
            "rate": 5 * self.rate if self.state == "training" else None,
            "viewers": self.viewers,
        }

    def after(self, index: int, count: int, stride: int = 1) -> bytes:
        apart = max(stride, self.stride)
        wanted = [i for i in range(index + 1, self.head + 1) if i % apart == 0 or i == self.head]
        return chunk([self.show.packets[i] for i in wanted[:count]])


@dataclass
class Oracle:
    """Answers what dials say, as a scripted function of them does, and remembers what was asked."""

    answer: Callable[[Mapping[str, Any], bool], Answer]
    delay: float = 0.0  # seconds until it answers
    asked: list[dict[str, Any]] = field(default_factory=list)
    shown: str = ""  # the name of the scene that its stage has

    def replies(self, question: dict[str, Any]) -> bytes:
        number = question["ask"]
        try:
            answer = packed(self.answer(question["given"], question["moving"]))
        except RefusedError as refused:
            return refusal(number, refused.name, str(refused))
        is_other, self.shown = answer.scene_name != self.shown, answer.scene_name
        return wired(number, answer, with_scene=is_other)


class Theatre:
    """The server, its runs and its oracles by token; `base` is its address."""

    def __init__(self) -> None:
        self.runs: dict[str, Run] = {}
        self.oracles: dict[str, Oracle] = {}
        routes = [
            Route("/", lambda request: HTMLResponse(PAGE.read_text(encoding="utf-8"))),
            Route("/favicon.ico", lambda request: Response(status_code=204)),
            Route("/asset/{name:path}.js", self._module),
            Route("/stage/{token}/still", self._still),
            Route("/stage/{token}/frames", self._frames),
            WebSocketRoute("/stage/{token}", self._viewer),
            WebSocketRoute("/stage/{token}/answers", self._asked),
        ]
        config = uvicorn.Config(Starlette(routes=routes), port=0, log_level="error", lifespan="off")
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, daemon=True)

    def __enter__(self) -> "Theatre":
        self.thread.start()
        while not self.server.started:
            time.sleep(0.01)
        port = self.server.servers[0].sockets[0].getsockname()[1]
        self.base = f"http://127.0.0.1:{port}"
        return self

    def __exit__(self, *error: object) -> None:
        self.server.should_exit = True
        self.server.force_exit = True
        self.thread.join(10)

    def _module(self, request: Any) -> Response:
        source = (BROWSER / f"{request.path_params['name']}.js").read_text(encoding="utf-8")
        return Response(source, media_type="text/javascript", headers={"cache-control": "no-store"})

    def _run(self, request: Any) -> Run | None:
        return self.runs.get(request.path_params["token"])

    def _still(self, request: Any) -> Response:
        run = self._run(request)
        return Response(run.show.still) if run else JSONResponse({}, 404)

    def _frames(self, request: Any) -> Response:
        run = self._run(request)
        if run is None:
            return PlainTextResponse("", 404)
        asked = {name: int(request.query_params[name]) for name in ("after", "count", "stride")}
        run.fetched.append(str(request.url.query))
        return Response(run.after(asked["after"], asked["count"], asked["stride"]))

    async def _viewer(self, socket: WebSocket) -> None:
        await socket.accept()
        run = self.runs.get(socket.path_params["token"])
        if run is None or run.hang_up:
            await socket.close(run.hang_up if run else 1008)
            return
        run.viewers += 1
        wanted: dict[str, int | None] = {"after": None}
        heard = asyncio.create_task(self._hear(socket, run, wanted))
        try:
            await self._send(socket, run, wanted, heard.done)
        except (WebSocketDisconnect, RuntimeError):
            pass  # the page is gone
        finally:
            heard.cancel()
            run.goal = -1
            run.viewers -= 1

    async def _asked(self, socket: WebSocket) -> None:
        await socket.accept()
        oracle = self.oracles[socket.path_params["token"]]
        try:
            while not self.server.should_exit:
                question = json.loads(await socket.receive_text())
                oracle.asked.append(question)
                await asyncio.sleep(oracle.delay)
                await socket.send_bytes(oracle.replies(question))
        except (WebSocketDisconnect, RuntimeError):
            pass  # the page is gone

    async def _hear(self, socket: WebSocket, run: Run, wanted: dict[str, int | None]) -> None:
        while True:
            message = json.loads(await socket.receive_text())
            run.said.append(message)
            run.goal = message.get("goal", run.goal)
            wanted["after"] = message.get("after", wanted["after"])

    async def _send(
        self,
        socket: WebSocket,
        run: Run,
        wanted: dict[str, int | None],
        gone: Callable[[], bool],
    ) -> None:
        told, sent, exact = "", 0.0, float(run.head)
        before = time.monotonic()
        while not gone() and not self.server.should_exit:
            now = time.monotonic()
            if run.goal > run.head:
                exact = max(exact, run.head) + run.rate * (now - before)
                run.head = int(min(run.goal, run.last, exact))
            before = now
            if run.hang_up:
                await socket.close(run.hang_up)
                return
            if (text := json.dumps(run.status())) != told:
                told = text
                await socket.send_text(text)
            after = wanted["after"]
            due = after is not None and run.head > after and now - sent >= run.interval
            if due and not run.silent:
                wanted["after"], sent = None, now
                await socket.send_bytes(run.after(after, 2000))
            await asyncio.sleep(0.004)
