"""Who may come in: the names of this computer, and whoever says in time what they want."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient
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


def obstacle(host: str, origin: str | None, *, scheme: str = "http", **headers: str) -> str:
    """Return what keeps a page out that asks the server at port 8501 of this computer."""
    said = {"host": host, **({"origin": origin} if origin is not None else {}), **headers}
    written = [(k.replace("_", "-").encode(), v.encode()) for k, v in said.items()]
    scope = {"type": "http", "scheme": scheme, "headers": written, "path": "/stage/token"}
    scope |= {"server": ("127.0.0.1", 8501), "query_string": b""}
    return doors.obstacle(HTTPConnection(scope), origin_needed=True)


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("localhost:8501", "http://localhost:8501"),
        ("LOCALHOST:8501", "http://localhost:8501"),
        ("localhost.:8501", "http://localhost:8501"),
        ("app.localhost:8501", "http://APP.localhost.:8501"),
        ("[::1]:8501", "http://[::1]:8501"),
        ("192.0.2.10:8501", "http://192.0.2.10:8501"),
        ("192.0.2.10", "http://192.0.2.10:8743"),  # the port was lost on the way
        ("192.0.2.10:80", "http://192.0.2.10"),
        ("127.0.0.1:8501", "http://127.0.0.1:8741"),  # a proxy that puts its own Host
        ("127.0.0.1:8501", "http://localhost:8741"),
    ],
)
def test_a_page_of_this_server_may_ask_whatever_a_proxy_does_to_the_host(host: str, origin: str):
    assert obstacle(host, origin) == ""


@pytest.mark.parametrize(
    ("host", "origin", "forwarded"),
    [
        ("192.0.2.10", "https://192.0.2.10:8743", "https"),
        ("192.0.2.10:8743", "https://192.0.2.10:8743", "https"),
        ("192.0.2.10", "https://192.0.2.10", "https"),
        ("192.0.2.10", "https://192.0.2.10", "https,http"),
        ("192.0.2.10", "https://192.0.2.10", "wss"),
        ("192.0.2.10", "https://192.0.2.10", ""),  # the Host alone tells that there is a proxy
        ("192.0.2.10:8743", "https://192.0.2.10:8743", ""),
    ],
)
def test_a_page_whose_encryption_ends_at_a_proxy_may_ask(host: str, origin: str, forwarded: str):
    headers = {"x_forwarded_proto": forwarded} if forwarded else {}

    assert obstacle(host, origin, **headers) == ""


@pytest.mark.parametrize("origin", ["http://192.0.2.10", "http://192.0.2.10:8501"])
@pytest.mark.parametrize(
    "way", [{"scheme": "https"}, {"scheme": "wss"}, {"x_forwarded_proto": "https"}]
)
def test_a_page_without_encryption_may_not_ask_one_that_has_it(origin: str, way: dict[str, str]):
    host = origin.removeprefix("http://")

    assert obstacle(host, origin, **way) in {
        doors.SCHEME.format(origin, "https"),
        doors.ORIGIN.format(origin),
    }
    assert obstacle("localhost:8501", "http://localhost:8742", **way).startswith("a page from")


@pytest.mark.parametrize(
    ("host", "origin", "why"),
    [
        ("", "http://localhost:8501", doors.NO_NAME),
        ("[::1", "http://[::1", doors.NO_NAME),
        ("localhost:8501", None, doors.NO_PAGE),
        ("localhost:8501", "http://[::1", doors.NO_ORIGIN.format("http://[::1")),
        ("localhost:8501", "null", doors.NO_ORIGIN.format("null")),
        ("localhost:8501", "file://", doors.NO_ORIGIN.format("file://")),
        ("localhost:8501", "http://a:b", doors.NO_ORIGIN.format("http://a:b")),
        ("localhost:8501", "http://x@localhost", doors.NO_ORIGIN.format("http://x@localhost")),
        ("localhost:8501", "https://localhost:8501", "the page is from https://localhost:8501"),
        (
            "lab.example",
            "http://lab.example",
            "this server does not answer to the name lab.example; start it with "
            "--server.allowedHosts lab.example, once for each of its names.",
        ),
        (
            "localhost:8501",
            "http://lab.example",
            "a page from http://lab.example may not ask this server; have the proxy pass the Host "
            "on, or start the server with --server.corsAllowedOrigins http://lab.example.",
        ),
        ("localhost:8501", "http://" + "a" * 300, "a page from http://" + "a" * 73 + "… may"),
    ],
)
def test_who_is_kept_out_hears_why_and_which_option_lets_them_in(
    host: str, origin: str | None, why: str
):
    assert obstacle(host, origin).startswith(why)


@pytest.fixture
def options(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """Options of the server that a test sets."""
    own: dict[str, object] = {}
    default = config.get_option
    monkeypatch.setattr(
        config, "get_option", lambda name: own[name] if name in own else default(name)
    )
    return own


def test_the_options_that_are_named_let_in(options: dict[str, object]):
    page = {"host": "lab.example", "origin": "https://lab.example"}
    assert obstacle(**page, x_forwarded_proto="https")
    options["server.allowedHosts"] = ["lab.example"]
    assert not obstacle(**page, x_forwarded_proto="https")
    assert obstacle("lab.example:8501", "https://lab.example:8501")  # encrypted by nobody
    options["server.allowedHosts"] = []
    options["server.corsAllowedOrigins"] = ["https://lab.example"]
    assert not obstacle(**page)
    assert not obstacle("localhost:8501", "https://lab.example")
    assert obstacle("localhost:8501", "https://elsewhere.example")


def test_without_cors_every_page_may_ask_but_no_other_name_and_no_malformed_origin(
    options: dict[str, object],
):
    options["server.enableCORS"] = False
    assert not obstacle("localhost:8501", "https://elsewhere.example")
    assert obstacle("elsewhere.example", "http://elsewhere.example")
    assert obstacle("localhost:8501", "http://[::1")


def test_nobody_asks_the_internet_for_an_address_of_this_computer(monkeypatch: pytest.MonkeyPatch):
    asked: list[str] = []
    monkeypatch.setattr(
        "streamlit.net_util._make_blocking_http_get", lambda url, **_: asked.append(url)
    )

    assert obstacle("localhost:8501", "http://elsewhere.example")
    assert asked == []


def test_who_opens_a_page_under_a_name_that_is_not_listed_reads_which_option_lists_it(
    options: dict[str, object],
):
    async def page(request: object) -> PlainTextResponse:
        return PlainTextResponse("the page")

    client = TestClient(doors.Plate(Starlette(routes=[Route("/{path:path}", page)])))
    options["server.allowedHosts"] = ["lab.example"]

    assert client.get("/gans", headers={"host": "lab.example:8501"}).text == "the page"
    refused = client.get("/gans", headers={"host": "192.0.2.10"})
    assert (refused.status_code, refused.headers["content-type"]) == (
        403,
        "text/plain; charset=utf-8",
    )
    assert refused.text == "T" + doors.HOST.format("192.0.2.10")[1:]
    assert client.get("/_stcore/health", headers={"host": "192.0.2.10"}).text == "the page"


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
