"""Who may come in: the names of this computer, and whoever says in time what they want."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from streamlit import config

from explorer.stage import doors
from tests.runs.waiting import until

HEAD = b"GET / HTTP/1.1\r\nHost: localhost\r\n"


@pytest.mark.parametrize(
    "host",
    [
        *("localhost", "localhost:8501", "LOCALHOST", "127.0.0.1:8501", "[::1]:8501"),
        *("192.0.2.10", "app.localhost", f"{socket.gethostname()}:8501"),
    ],
)
def test_addresses_in_numbers_and_the_names_of_this_computer_are_ours(host: str):
    assert doors.is_ours(host)


@pytest.mark.parametrize(
    "host",
    ["", ":8501", "elsewhere.example", "localhost.elsewhere.example", "[::1", "127.0.0.1.example"],
)
def test_any_other_name_is_not(host: str):
    assert not doors.is_ours(host)


def test_where_hosts_are_listed_the_list_counts(monkeypatch: pytest.MonkeyPatch):
    listed = {"server.allowedHosts": ["workshop.example"]}
    monkeypatch.setattr(config, "get_option", lambda name: listed.get(name))

    assert doors.is_ours("workshop.example:8501")
    assert not doors.is_ours("localhost:8501")


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The port of a server that has less patience than ours."""
    monkeypatch.setattr(doors, "HEAD_TIMEOUT", 0.5)
    doors.hurry()

    async def slow(request: object) -> PlainTextResponse:
        await asyncio.sleep(2.0)  # longer than a head may take
        return PlainTextResponse("answered")

    app = Starlette(routes=[Route("/", slow)])
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    until(lambda: server.started)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join()


def talk(port: int, *parts: bytes) -> bytes:
    """Say something, and return what comes until the server ends the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        for part in parts:
            line.sendall(part)
        said = b""
        with contextlib.suppress(ConnectionResetError):
            while more := line.recv(4096):
                said += more
        return said


@pytest.mark.parametrize("begun", [b"", b"G", HEAD])
def test_a_head_that_is_never_finished_is_let_go(port: int, begun: bytes):
    assert talk(port, *([begun] if begun else [])) == b""


def test_an_unfinished_second_head_on_a_kept_line_is_let_go_too(port: int):
    said = talk(port, HEAD + b"\r\n", HEAD)

    assert said.endswith(b"answered")
    assert said.count(b"HTTP/1.1 200") == 1


def test_an_answer_that_takes_longer_than_a_head_may_is_waited_for(port: int):
    said = talk(port, HEAD + b"Connection: close\r\n\r\n")

    assert said.endswith(b"answered")
