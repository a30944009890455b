"""Ways on which a page comes to a browser: nginx, and a proxy that takes a prefix away."""

import asyncio
import contextlib
import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin, Subprotocol

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "upgrade"}


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def certificate(folder: Path) -> tuple[Path, Path]:
    """Return a certificate and its key that this machine signed itself."""
    paths = folder / "cert.pem", folder / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    out = ["-out", str(paths[0]), "-keyout", str(paths[1]), "-subj", "/CN=localhost"]
    subprocess.run([*command, *out], check=True, capture_output=True)
    return paths


@contextlib.contextmanager
def nginx(config: str, folder: Path) -> Iterator[None]:
    """Run nginx with a configuration of its ``http`` part, once it was found without fault."""
    assert NGINX
    places = "".join(
        f"{kind}_temp_path {kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        "worker_processes 1; daemon off; pid nginx.pid; error_log error.log;\n"
        "events { worker_connections 256; }\n"
        f"http {{ access_log off; {places}\n{config}\n}}\n"
    )
    command = [NGINX, "-p", str(folder), "-e", "error.log", "-c", "nginx.conf"]
    tested = subprocess.run([*command, "-t"], capture_output=True, text=True)
    assert tested.returncode == 0, tested.stderr
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        for port in map(int, re.findall(r"listen 127\.0\.0\.1:(\d+)", config)):
            wait_for("127.0.0.1", port)
        yield
    finally:
        process.terminate()
        process.wait(20)


def wait_for(address: str, port: int) -> None:
    """Wait until somebody listens."""
    for _ in range(600):
        with contextlib.suppress(OSError), socket.create_connection((address, port), 1):
            return
        time.sleep(0.1)
    raise RuntimeError(f"nobody listens at {address}, port {port}")


class Stripping:
    """A proxy as JupyterHub has one: what it is asked below a prefix it asks a server without it.

    Host and Origin are passed on, sockets too.
    """

    def __init__(self, prefix: str, port: int) -> None:
        self.prefix = prefix
        self._to = port
        self._client = httpx.AsyncClient(timeout=60)
        methods = ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS"]
        routes = [
            Route(prefix + "{path:path}", self._pass_on, methods=methods),
            WebSocketRoute(prefix + "{path:path}", self._join),
        ]
        config = uvicorn.Config(Starlette(routes=routes), port=0, log_level="error", lifespan="off")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def __enter__(self) -> "Stripping":
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)
        self.port = self._server.servers[0].sockets[0].getsockname()[1]
        return self

    def __exit__(self, *error: object) -> None:
        self._server.should_exit = True
        self._server.force_exit = True
        self._thread.join(10)

    async def _pass_on(self, request: Request) -> Response:
        headers = [pair for pair in request.headers.raw if pair[0].decode() not in HOP_BY_HOP]
        asked = self._client.build_request(
            request.method,
            f"http://127.0.0.1:{self._to}/{request.path_params['path']}?{request.url.query}",
            headers=headers,
            content=await request.body(),
        )
        answer = await self._client.send(asked, stream=True)

        async def body() -> AsyncIterator[bytes]:
            async for part in answer.aiter_raw():
                yield part
            await answer.aclose()

        response = StreamingResponse(body(), answer.status_code)
        response.raw_headers = [
            (name.lower(), value)
            for name, value in answer.headers.raw
            if name.lower().decode() not in HOP_BY_HOP
        ]
        return response

    async def _join(self, websocket: WebSocket) -> None:
        address = f"{websocket.headers['host']}/{websocket.path_params['path']}"
        cookies = websocket.headers.get("cookie")
        try:
            line = await connect(
                f"ws://{address}?{websocket.url.query}",
                host="127.0.0.1",
                port=self._to,
                origin=Origin(websocket.headers["origin"]),
                subprotocols=[Subprotocol(each) for each in websocket.scope["subprotocols"]]
                or None,
                additional_headers={"cookie": cookies} if cookies else None,
                max_size=None,
                proxy=None,
            )
        except Exception:
            await websocket.close()  # before accepting: the answer is 403
            return
        async with line:
            await websocket.accept(line.subprotocol)
            sides = [asyncio.create_task(side(websocket, line)) for side in (_up, _down)]
            await asyncio.wait(sides, return_when=asyncio.FIRST_COMPLETED)
            for side in sides:
                side.cancel()
            await asyncio.wait(sides)


async def _up(websocket: WebSocket, line: ClientConnection) -> None:
    with contextlib.suppress(ConnectionClosed, WebSocketDisconnect):
        while (message := await websocket.receive())["type"] != "websocket.disconnect":
            text = message.get("text")
            await line.send(message["bytes"] if text is None else text)


async def _down(websocket: WebSocket, line: ClientConnection) -> None:
    try:
        while True:
            message = await line.recv()
            if isinstance(message, str):
                await websocket.send_text(message)
            else:
                await websocket.send_bytes(message)
    except ConnectionClosed as closed:
        ended = closed.rcvd
        with contextlib.suppress(RuntimeError):
            await websocket.close(ended.code if ended else 1011, ended.reason if ended else None)
