"""Who may come in to the addresses beside Streamlit's own, and how long a visitor may take to ask.

Streamlit's checks do not cover those addresses. A page of another site must not read them through
the browser of somebody who is let in: it gives itself away by its Origin, and where it has its own
name lead to this computer, by its Host. The rule for origins is Streamlit's own (`server_util`'s
``is_url_from_allowed_origins``), so that the picture comes wherever its page does; without the
question to the internet for this computer's outer address, and with the scheme.
"""

import asyncio
import ipaddress
import socket
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import config
from streamlit.net_util import get_internal_ip
from streamlit.url_util import get_hostname
from streamlit.web.server.server_util import allow_all_cross_origin_requests, allowlisted_origins
from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

HEAD_TIMEOUT = 10.0  # seconds in which a visitor has to say what is asked for
SCHEMES = {"ws": "http", "wss": "https"}
PORTS = {"http": 80, "https": 443}
LONGEST_NAME = 80  # characters of what a visitor says that are said back

NO_PAGE = "this is for pages in a browser, which say where they are from (Origin)."
NO_ORIGIN = "'{}' is not where a page can be from (Origin)."
NO_NAME = "the request does not say which server it is for (Host)."
HOST = (
    "this server does not answer to the name {0}; start it with --server.allowedHosts {0}, once "
    "for each of its names."
)
ORIGIN = (
    "a page from {0} may not ask this server; have the proxy pass the Host on, or start the server "
    "with --server.corsAllowedOrigins {0}."
)
SCHEME = (
    "the page is from {0}, and this reached the server by {1}; have the proxy send "
    "X-Forwarded-Proto, or start the server with --server.corsAllowedOrigins {0}."
)


class Place(NamedTuple):
    """A name and a port as a Host or an Origin says them; without a port it is None."""

    name: str
    port: int | None


def obstacle(connection: HTTPConnection, origin_needed: bool) -> str:
    """Return why the asking page may not come in, and which option lets it; empty where it may.

    Browsers name a page's origin on every socket and whenever they send something; where it is not
    needed, a request without one passes.
    """
    said = connection.headers.get("host", "")
    host = _place(said)
    if host is None or not is_ours(said):
        return HOST.format(_short(host.name)) if host else NO_NAME
    origin = connection.headers.get("origin")
    if origin is None:
        return NO_PAGE if origin_needed else ""
    scheme, _, rest = origin.partition("://")
    page = _place(rest) if scheme in PORTS else None
    if page is None:
        return NO_ORIGIN.format(_short(origin))
    if allow_all_cross_origin_requests() or origin in allowlisted_origins():
        return ""
    hinted = _said_by_proxies(connection)
    mine = hinted or SCHEMES.get(connection.url.scheme, connection.url.scheme)
    port = (connection.scope.get("server") or ("", None))[1]
    through_proxy = (host.port or PORTS[mine]) != port
    encrypted_before = scheme == "https" and not hinted and through_proxy
    if not _is_same(scheme, page, mine, host, through_proxy):
        downgraded = scheme == "http" and mine == "https"
        return "" if _is_known(page.name) and not downgraded else ORIGIN.format(_short(origin))
    return "" if scheme == mine or encrypted_before else SCHEME.format(_short(origin), mine)


def is_ours(host: str) -> bool:
    """Return whether a request's Host is one of this server.

    Those that ``server.allowedHosts`` lists, where it lists some; else an address in numbers, which
    no site can have lead elsewhere, the names of this computer, and those whose pages may ask.
    """
    if config.get_option("server.allowedHosts"):
        return bool(is_host_allowed(host))
    place = _place(host)
    if place is None:
        return False
    if _is_address(place.name):
        return True
    computer = socket.gethostname().lower()
    addresses = {config.get_option("server.address"), config.get_option("browser.serverAddress")}
    ours = {"localhost", computer, computer.partition(".")[0] + ".local", *filter(None, addresses)}
    return place.name in ours | _listed() or place.name.endswith(".localhost")


def _is_same(scheme: str, page: Place, mine: str, host: Place, through_proxy: bool) -> bool:
    """Whether a page is from the Host of the request; a port that was lost on the way counts not.

    Browsers leave out a port only where it is the scheme's own, which is then the server's too.
    """
    if page.name != host.name:
        return False
    lost = host.port is None and through_proxy
    ports = page.port or PORTS[scheme], host.port or PORTS[mine]
    return lost or page.port == host.port or ports[0] == ports[1]


def _is_known(name: str) -> bool:
    """Whether pages from a name may ask under any Host, by Streamlit's rule."""
    ours = {"localhost", "0.0.0.0", "127.0.0.1", get_internal_ip()}
    if config.is_manually_set("browser.serverAddress"):
        ours.add(get_hostname(config.get_option("browser.serverAddress")))
    return name in ours | _listed()


def _listed() -> set[str]:
    """Return the names in ``server.corsAllowedOrigins``."""
    return {name for name in map(get_hostname, allowlisted_origins()) if name}


def _said_by_proxies(connection: HTTPConnection) -> str:
    """Return the scheme by which the first proxy was reached, as far as one says it.

    No page can have a browser write that, so it is believed from whoever it comes.
    """
    first = connection.headers.get("x-forwarded-proto", "").partition(",")[0].strip().lower()
    said = SCHEMES.get(first, first)
    return said if said in PORTS else ""


def _place(text: str) -> Place | None:
    """Return the name and port of a Host, or of an Origin after its scheme; None for another text.

    Names are compared in small letters and without the dot of the root.
    """
    try:
        parts = urlsplit(f"//{text}")
        name, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:  # brackets that hold no address, or a port that is no number
        return None
    plain = parts.netloc == text and "@" not in text
    return Place(name, port) if name and plain else None


def _short(text: str) -> str:
    shown = "".join(c if c.isprintable() else "·" for c in text[:LONGEST_NAME])
    return shown + ("…" if len(text) > LONGEST_NAME else "")


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


class Plate:
    """Says so on every page that is opened under a name to which the server does not answer.

    Streamlit sends such a page, and refuses only what would fill it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or have it answered."""
        if scope["type"] == "http" and not scope["path"].partition("/_stcore/")[1]:
            host = Headers(scope=scope).get("host", "")
            if not is_host_allowed(host):
                place = _place(host)
                why = HOST.format(_short(place.name)) if place else NO_NAME
                answer = PlainTextResponse(why[0].upper() + why[1:], 403)
                await answer(scope, receive, send)
                return
        await self._app(scope, receive, send)


# --------------------------------------------------------------------------- unfinished requests


class Patience:
    """The time in which one connection has to finish the head of a request."""

    def __init__(self, protocol: Any) -> None:
        self._protocol = protocol
        self._timer: asyncio.TimerHandle | None = None

    @property
    def waits(self) -> bool:
        """Whether the head of a request is still to come, or to be finished."""
        protocol = self._protocol
        if protocol not in protocol.connections:  # it has become a socket, or has ended
            return False
        return protocol.cycle is None or protocol.cycle.response_complete

    def look(self) -> None:
        """Begin to wait, go on waiting, or wait no longer."""
        if not self.waits:
            self.forget()
        elif self._timer is None:
            self._timer = self._protocol.loop.call_later(HEAD_TIMEOUT, self._end)

    def forget(self) -> None:
        """Wait no longer."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _end(self) -> None:
        self._timer = None
        if self.waits:
            self._protocol.transport.abort()


def hurry() -> None:
    """Have uvicorn let go of whoever does not finish the head of a request in ten seconds.

    It has no setting for that, and Streamlit makes its configuration; so its class for connections
    is given the patience here, once.
    """
    from uvicorn.protocols.http.auto import AutoHTTPProtocol

    kind: Any = AutoHTTPProtocol
    if hasattr(kind, "patience"):
        return
    made, received, lost = kind.connection_made, kind.data_received, kind.connection_lost

    def connection_made(self: Any, transport: asyncio.BaseTransport) -> None:
        made(self, transport)
        self.patience = Patience(self)
        self.patience.look()

    def data_received(self: Any, data: bytes) -> None:
        received(self, data)
        self.patience.look()

    def connection_lost(self: Any, error: Exception | None) -> None:
        self.patience.forget()
        lost(self, error)

    kind.patience = None
    kind.connection_made = connection_made
    kind.data_received = data_received
    kind.connection_lost = connection_lost
