"""How a socket of the stage is held: two sides that hear and tell, until either of them ends it."""

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

NORMAL, UNSUPPORTED, OFFENCE, TOO_BIG, BUSY = 1000, 1003, 1008, 1009, 1013
SEND_TIMEOUT = 20.0  # seconds until a browser that takes nothing is let go
GONE = (WebSocketDisconnect, RuntimeError, OSError)

End = tuple[int, str]
"""With which code a socket closes, and why."""


async def hold(websocket: WebSocket, *sides: Coroutine[Any, Any, End]) -> None:
    """Run both sides until one of them ends, and close the socket as it says."""
    tasks = [asyncio.create_task(side) for side in sides]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        code, reason = next((task.result() for task in done), (NORMAL, ""))
        if code != NORMAL:
            with contextlib.suppress(*GONE):
                async with asyncio.timeout(1):
                    await websocket.close(code, reason)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def heard(websocket: WebSocket, what: str, longest: int) -> str | End:
    """Return the next text that is said, or how it ends; ``what`` calls what may be said."""
    try:
        message = await websocket.receive()
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
