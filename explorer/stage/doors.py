"""Who may come in to the addresses beside Streamlit's own, and how long a visitor may take to ask.

Streamlit's checks do not cover those addresses. A page of another site must not read them through
the browser of somebody who is let in: it gives itself away by its Origin, and where it has its own
name lead to this computer, by its Host.
"""

import asyncio
import ipaddress
import socket
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from streamlit import config
from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

HEAD_TIMEOUT = 10.0  # seconds in which a visitor has to say what is asked for
SCHEMES = {"ws": "http", "wss": "https"}


def may_enter(connection: HTTPConnection, origin_needed: bool) -> bool:
    """Return whether the asking page comes from this server; browsers name it on every socket.

    Where its origin is not needed, a request without one passes.
    """
    host = connection.headers.get("host", "")
    if not is_ours(host):
        return False
    origin = connection.headers.get("origin")
    if origin is None:
        return not origin_needed
    try:
        scheme, said, *rest = urlsplit(origin)
    except ValueError:  # brackets that do not hold an address
        return False
    mine = connection.scope["scheme"]
    return scheme == SCHEMES.get(mine, mine) and said == host and not any(rest)


def is_ours(host: str) -> bool:
    """Return whether a request's Host is one of this server.

    Those that ``server.allowedHosts`` lists, where it lists some; else an address in numbers, which
    no site can have lead elsewhere, and the names of this computer.
    """
    if config.get_option("server.allowedHosts"):
        return bool(is_host_allowed(host))
    try:
        name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return False
    if _is_address(name):
        return True
    computer = socket.gethostname().lower()
    addresses = {config.get_option("server.address"), config.get_option("browser.serverAddress")}
    ours = {"localhost", computer, computer.partition(".")[0] + ".local", *filter(None, addresses)}
    return bool(name) and (name in ours or name.endswith(".localhost"))


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


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
