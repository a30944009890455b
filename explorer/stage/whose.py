"""Whose shelf it is: a badge that the viewer's browser keeps, and who sits at the server itself.

The badge is a cookie that no script can read. It comes with the page, without a path, so that the
browser sends it wherever the page lies below a proxy, and to no other folder of its host.
"""

import hashlib
import ipaddress
import re
import secrets
from collections.abc import Mapping
from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "explorer_shelf"
DAYS = 400  # browsers keep none longer
FORM = re.compile("[A-Za-z0-9_-]{22,64}")
PROXIES = ("forwarded", "via", "x-real-ip", "cf-connecting-ip", "true-client-ip")
"""headers that only somebody between the browser and the server writes, besides X-Forwarded-*"""


class Badge:
    """Gives every browser that opens a page a badge, once; the one it has is kept alive."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Have a request answered, with a badge where a page was asked for."""
        if scope["type"] != "http" or not _asks_for_a_page(Request(scope)):
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        badge = request.cookies.get(COOKIE, "")
        if not FORM.fullmatch(badge):
            badge = secrets.token_urlsafe(24)
        secure = "; Secure" if _is_encrypted(request) else ""
        cookie = f"{COOKIE}={badge}; Max-Age={DAYS * 86_400}; HttpOnly; SameSite=Lax{secure}"

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in (200, 304):
                MutableHeaders(scope=message).append("set-cookie", cookie)
            await send(message)

        await self._app(scope, receive, sent)


def _asks_for_a_page(request: Request) -> bool:
    return request.method == "GET" and "text/html" in request.headers.get("accept", "")


def _is_encrypted(request: Request) -> bool:
    said = request.headers.get("x-forwarded-proto", "").partition(",")[0].strip().lower()
    return (said or request.url.scheme) in ("https", "wss")


def badge() -> str:
    """Return the badge of the browser that runs this page, hashed; empty where it keeps none."""
    found = st.context.cookies.get(COOKIE) or ""
    if not FORM.fullmatch(found):
        return ""
    return hashlib.sha256(found.encode()).hexdigest()[:32]  # whoever reads the file learns no badge


def at_the_server() -> bool:
    """Return whether this page is opened on the server's own machine, and not through a proxy."""
    return is_at_the_server(dict(st.context.headers.items()), st.context.ip_address)


def is_at_the_server(headers: Mapping[str, str], address: str | None) -> bool:
    """Return whether a browser at an address, None for this computer's, sits at the server.

    Both the name that it asked for and the page that it is on must be this computer's own, and
    nobody in between may have said who it is.
    """
    said = {name.lower(): value for name, value in headers.items()}
    if address is not None and not _is_loopback(address):
        return False
    if any(name in PROXIES or name.startswith("x-forwarded") for name in said):
        return False
    host, origin = said.get("host", ""), said.get("origin", "")
    return _is_loopback(_name(f"//{host}")) and _is_loopback(_name(origin))


def _name(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _is_loopback(name: str) -> bool:
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
