"""Whose shelf a page shows: the badge of a browser, and who sits at the server."""

import re

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from explorer.stage.whose import COOKIE, FORM, Badge, is_at_the_server

PAGE = {"accept": "text/html,*/*;q=0.8"}


def client(address: str = "http://lab.example") -> TestClient:
    async def page(request: Request) -> Response:
        return HTMLResponse("<p>a page</p>", 404 if "missing" in request.url.path else 200)

    app = Starlette(
        routes=[Route("/{path:path}", page, methods=["GET", "POST"])],
        middleware=[Middleware(Badge)],
    )
    return TestClient(app, base_url=address)


def test_a_browser_gets_a_badge_with_its_first_page_and_keeps_it():
    visitor = client()
    first = visitor.get("/gans", headers=PAGE).headers["set-cookie"]
    badge = visitor.cookies[COOKIE]

    again = visitor.get("/cells", headers=PAGE).headers["set-cookie"]

    assert FORM.fullmatch(badge)
    assert first == again  # the same badge, for as long again
    assert "HttpOnly" in first
    assert "SameSite=Lax" in first
    assert "Path" not in first  # it is for the folder in which the page lies, below any proxy
    assert "Secure" not in first


def test_every_browser_has_a_badge_of_its_own():
    badges = {client().get("/", headers=PAGE).headers["set-cookie"] for _ in range(5)}

    assert len(badges) == 5


def test_a_forged_badge_is_replaced():
    for forged in ("short", "a" * 200, "<script>" * 4):
        said = client().get("/", headers=PAGE | {"cookie": f"{COOKIE}={forged}"})

        assert f"{COOKIE}={forged};" not in said.headers["set-cookie"]
        assert re.match(rf"{COOKIE}=[\w-]{{32}};", said.headers["set-cookie"])


def test_what_is_no_page_brings_no_badge():
    visitor = client()

    assert "set-cookie" not in visitor.get("/stage/asset/main.js").headers
    assert "set-cookie" not in visitor.post("/gans", headers=PAGE).headers
    assert "set-cookie" not in visitor.get("/missing", headers=PAGE).headers


def test_over_an_encrypted_way_the_badge_stays_on_such_ways():
    assert "; Secure" in client("https://lab.example").get("/", headers=PAGE).headers["set-cookie"]
    through = client().get("/", headers=PAGE | {"x-forwarded-proto": "https"})
    assert "; Secure" in through.headers["set-cookie"]


HERE = {"Host": "127.0.0.1:8501", "Origin": "http://127.0.0.1:8501"}


@pytest.mark.parametrize(
    "headers",
    [
        HERE,
        {"Host": "localhost:8501", "Origin": "http://localhost:8501"},
        {"Host": "[::1]:8501", "Origin": "http://[::1]:8501"},
    ],
)
@pytest.mark.parametrize("address", [None, "127.0.0.1", "::1"])
def test_who_opens_a_page_of_this_computer_on_it_sits_at_the_server(
    headers: dict[str, str], address: str | None
):
    assert is_at_the_server(headers, address)


@pytest.mark.parametrize(
    ("headers", "address"),
    [
        (HERE, "192.0.2.7"),  # from the room
        (HERE, "not an address"),
        (HERE | {"X-Forwarded-For": "127.0.0.1"}, None),  # through a proxy on this computer
        (HERE | {"x-forwarded-proto": "https"}, None),
        (HERE | {"Forwarded": "for=127.0.0.1"}, None),
        (HERE | {"Via": "1.1 cache"}, None),
        (HERE | {"X-Real-IP": "192.0.2.7"}, None),
        (HERE | {"Host": "lab.example"}, None),  # one that says nothing, and passes the name on
        (HERE | {"Origin": "https://lab.example"}, None),  # one that does not even do that
        ({"Host": "127.0.0.1:8501"}, None),
        (HERE | {"Host": "127.0.0.1.evil.example"}, None),
        (HERE | {"Host": "[::1"}, None),
        ({}, None),
    ],
)
def test_who_comes_from_elsewhere_or_through_a_proxy_does_not(
    headers: dict[str, str], address: str | None
):
    assert not is_at_the_server(headers, address)
