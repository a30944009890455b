"""How a line of the stage is held: two sides that hear and tell, until either of them ends it.

A line is a web socket, or what stands for one where the way lets none through (`plain`).
"""

import asyncio
import contextlib
from collections.abc import Coroutine, MutableMapping
from typing import Any, Protocol, runtime_checkable

from starlette.websockets import WebSocketDisconnect

NORMAL, UNSUPPORTED, OFFENCE, TOO_BIG, BUSY = 1000, 1003, 1008, 1009, 1013
SEND_TIMEOUT = 20.0  # seconds until a browser that takes nothing is let go
GONE = (WebSocketDisconnect, RuntimeError, OSError)

End = tuple[int, str]
"""With which code a line closes, and why."""


@runtime_checkable
class Line(Protocol):
    """What both kinds of line can do; the messages are those of ASGI, the errors are `GONE`."""

    async def receive(self) -> MutableMapping[str, Any]:
        """Return the next thing that is said, or that the browser is gone."""

    async def send_text(self, data: str) -> None:
        """Say a text, as soon as the browser takes more."""

    async def send_bytes(self, data: bytes) -> None:
        """Say bytes, as soon as the browser takes more."""

    async def close(self, code: int = NORMAL, reason: str | None = None) -> None:
        """End the line and say why."""


async def hold(line: Line, *sides: Coroutine[Any, Any, End]) -> None:
    """Run both sides until one of them ends, and close the line as it says."""
    tasks = [asyncio.create_task(side) for side in sides]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        code, reason = next((task.result() for task in done), (NORMAL, ""))
        if code != NORMAL:
            with contextlib.suppress(*GONE):
                async with asyncio.timeout(1):
                    await line.close(code, reason)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def heard(line: Line, what: str, longest: int) -> str | End:
    """Return the next text that is said, or how it ends; ``what`` calls what may be said."""
    try:
        message = await line.receive()
    except GONE:
        return NORMAL, ""
    if message["type"] == "websocket.disconnect":
        return NORMAL, ""
    text: str | None = message.get("text")
    if text is None:
        return UNSUPPORTED, f"{what}s are text"
    if len(text) > longest:
        return TOO_BIG, f"a {what} has at most {longest} characters"
    return text


def eased(many: int, least: float, most: float) -> float:
    """Return the seconds between two sends: ``least`` for up to four, ``most`` from ten on."""
    share = min(max((many - 4) / 6, 0.0), 1.0)
    return least + share * (most - least)
