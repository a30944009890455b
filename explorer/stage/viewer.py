"""One viewer's connection: what it may say, what it is told, and how often.

Frames go out when the browser has acknowledged the last ones, so a slow browser or line gets fewer
of them and nothing piles up. Up to four connections get every frame as it comes; in a room, frames
go out in chunks a few times a second, which the browser plays at its own rate.
"""

import asyncio
import contextlib
import json
from dataclasses import asdict, dataclass

from explorer.runs.frames import chunk
from explorer.runs.hub import Hub
from explorer.runs.run import Run, Status
from explorer.stage.talk import (
    BUSY,
    GONE,
    NORMAL,
    OFFENCE,
    SEND_TIMEOUT,
    End,
    Line,
    eased,
    heard,
    hold,
)

LONGEST_COMMAND = 512  # characters
COMMANDS_A_SECOND = 300  # a display of 240 Hz acknowledges 240 times
COMMANDS_AT_ONCE = 600
LARGEST_INDEX = 2**31
CHUNK_BYTES = 2**20
STATUS_INTERVAL = 0.5  # seconds between two reports of speed


@dataclass(frozen=True)
class Command:
    """What a viewer says: the frame it wants the run to reach, or the frame it holds all up to."""

    goal: int | None = None
    after: int | None = None


def understand(text: str) -> Command | None:
    """Return the command in a message; None for anything that is not one."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or not said or not said.keys() <= {"goal", "after"}:
        return None
    for value in said.values():
        if type(value) is not int or not -1 <= value < LARGEST_INDEX:
            return None
    return Command(**said)


def interval(connections: int) -> float:
    """Return the seconds between two sends: 0.016 for up to four viewers, 0.25 for ten and more."""
    return eased(connections, 0.016, 0.25)


class Viewer:
    """A connection to a run, from its acceptance to its end."""

    def __init__(self, line: Line, hub: Hub, run: Run, token: str, connection: int) -> None:
        self._line = line
        self._hub = hub
        self._run = run
        self._token = token
        self._connection = connection
        self._loop = asyncio.get_running_loop()
        self._bell = asyncio.Event()
        self._hungry = True  # whether further frames alone are a reason to wake up
        self._acknowledged: int | None = None  # up to where, since the last send
        self._free_at = 0.0  # when frames may be sent again
        self._told: Status | None = None
        self._look_at = 0.0  # when speed may be told again
        self._allowance = float(COMMANDS_AT_ONCE)
        self._heard_at = self._loop.time()

    async def serve(self) -> None:
        """Hear and tell until either side ends it."""
        deaf = self._run.listen(self._news)
        try:
            await hold(self._line, self._hear(), self._tell())
        finally:
            deaf()

    def _news(self, more_than_frames: bool) -> None:
        """Wake up, from any thread."""
        if more_than_frames or self._hungry:
            self._hungry = False
            with contextlib.suppress(RuntimeError):  # the loop is closed: the server ends
                self._loop.call_soon_threadsafe(self._bell.set)

    async def _hear(self) -> End:
        while True:
            text = await heard(self._line, "command", LONGEST_COMMAND)
            if not isinstance(text, str):
                return text
            if not self._allowed():
                return OFFENCE, f"at most {COMMANDS_A_SECOND} commands a second"
            command = understand(text)
            if command is None:
                continue
            if command.goal is not None:
                self._hub.demand(self._token, self._connection, command.goal)
            if command.after is not None:
                self._acknowledged = command.after
                self._bell.set()

    def _allowed(self) -> bool:
        now = self._loop.time()
        earned = (now - self._heard_at) * COMMANDS_A_SECOND
        self._allowance = min(self._allowance + earned, COMMANDS_AT_ONCE) - 1
        self._heard_at = now
        return self._allowance >= 0

    async def _tell(self) -> End:
        while not self._run.closed:
            self._bell.clear()
            try:
                async with asyncio.timeout(SEND_TIMEOUT):
                    due = [await self._tell_status(), await self._tell_frames()]
            except TimeoutError:
                return BUSY, "the browser takes nothing"
            except GONE:
                return NORMAL, ""
            times = [time for time in due if time is not None]
            timer = self._loop.call_at(min(times), self._bell.set) if times else None
            await self._bell.wait()
            if timer is not None:
                timer.cancel()
        return OFFENCE, "this run is over"

    async def _tell_status(self) -> float | None:
        """Send the status when it has changed; returns when to look again for the speed."""
        now = self._loop.time()
        status = self._run.status()
        due = now >= self._look_at
        if due:
            self._look_at = now + STATUS_INTERVAL
        changed = self._told is None or status.essence != self._told.essence
        if changed or (due and status != self._told):
            self._told = status
            await self._line.send_text(json.dumps(asdict(status)))
        return self._look_at if status.state == "training" else None

    async def _tell_frames(self) -> float | None:
        """Send new frames to a browser that is ready; returns when to look again."""
        if self._acknowledged is None:
            self._hungry = False
            return None
        now = self._loop.time()
        if now < self._free_at:
            self._hungry = False
            return self._free_at
        self._hungry = True  # before looking, or a frame that comes now would wake nobody
        packets = self._run.newest_after(self._acknowledged, CHUNK_BYTES)
        if packets:
            self._hungry = False
            self._acknowledged = None
            self._free_at = now + interval(self._hub.connections)
            await self._line.send_bytes(chunk(packets))
        return None
