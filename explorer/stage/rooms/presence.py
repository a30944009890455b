"""One browser in a room: what it may say, what it is told, and how often.

It is told what has changed since it was told last, so a slow browser or line gets less of it and
nothing piles up; whoever comes late is told first how everything stands.
"""

import asyncio
import contextlib
import json

from explorer.runs.limits import LimitError
from explorer.stage.rooms.hall import DAY_OVER, Hall, NoRoomError
from explorer.stage.rooms.room import SHOWN, Room
from explorer.stage.rooms.said import LONGEST_SAID, RoomSaid, understand
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

LATEST = 10.0  # seconds in which a browser says who it is
LOOK = 20.0  # seconds between two looks at whether the room's day is over
PRESENTER_A_SECOND, FOLLOWER_A_SECOND = 80.0, 8.0  # messages
AT_ONCE = 40  # messages that may come in a row

NO_MESSAGE = "This is no message of a room."


def interval(people: int) -> float:
    """Return the seconds between two words to a browser: 0.033 for up to four, 0.1 from ten on."""
    return eased(people, 0.033, 0.1)


class Presence:
    """A connection to a room, from its acceptance to its end; ``address`` is where it is from."""

    def __init__(self, line: Line, hall: Hall, address: str) -> None:
        self._line = line
        self._hall = hall
        self._address = address
        self._loop = asyncio.get_running_loop()
        self._bell = asyncio.Event()
        self._told = dict.fromkeys((*SHOWN, "poll", "people", "steers"), -1)
        self._first: dict[str, object] = {}  # what is said once, before all else
        self._presents = False
        self._seat = ""
        self._allowance = float(AT_ONCE)
        self._heard_at = self._loop.time()

    async def serve(self) -> None:
        """Let the browser in, hear and tell until either side ends it."""
        try:
            async with asyncio.timeout(LATEST):
                text = await heard(self._line, "message", LONGEST_SAID)
        except TimeoutError:
            await self._close(OFFENCE, "nobody said which room")
            return
        if not isinstance(text, str):
            await self._close(*text)
            return
        try:
            room = self._enter(understand(text))
        except (NoRoomError, LimitError) as error:
            await self._refuse(str(error))
            return
        room.listeners.add(self._bell.set)
        room.empty_since = None
        try:
            await hold(self._line, self._hear(room), self._tell(room))
        finally:
            room.listeners.discard(self._bell.set)
            self._hall.leave(room)
            if self._presents:
                room.depart(self)
            else:
                room.stand_up(self._seat)

    def _enter(self, said: RoomSaid | None) -> Room:
        """Return the room that a browser asks for first."""
        if said is None or not said.keys() & {"open", "code"}:
            raise NoRoomError(NO_MESSAGE)
        if "open" in said:
            room = self._hall.open(self._address)
        else:
            key, seat = said.get("key"), said.get("seat", "")
            room = self._hall.find(self._address, said["code"], key, seat if key is None else "")
        self._first = {"entered": room.code}
        self._presents = "open" in said or "key" in said
        if self._presents:
            self._first["key"] = room.key
            room.arrive(self)
        else:
            self._seat = self._first["seat"] = room.sit(said.get("seat", ""))
        return room

    async def _hear(self, room: Room) -> End:
        while True:
            text = await heard(self._line, "message", LONGEST_SAID)
            if not isinstance(text, str):
                return text
            await self._wait_for_its_turn()
            said = understand(text)
            if said is None:
                continue
            if self._presents:
                if "steer" in said:
                    room.take_over(self)
                if "end" in said:
                    self._hall.end(room)
                elif room.steers(self):
                    room.hear(said)
            elif "vote" in said:
                room.vote(self._seat, said["vote"]["question"], said["vote"]["choice"])

    async def _wait_for_its_turn(self) -> None:
        """Hear at most so many messages a second; who says more is heard more slowly."""
        rate = PRESENTER_A_SECOND if self._presents else FOLLOWER_A_SECOND
        now = self._loop.time()
        self._allowance = min(self._allowance + (now - self._heard_at) * rate, AT_ONCE) - 1
        self._heard_at = now
        if self._allowance < 0:
            await asyncio.sleep(-self._allowance / rate)

    async def _tell(self, room: Room) -> End:
        while not room.over:
            self._bell.clear()
            message = self._message(room)
            try:
                if message:
                    async with asyncio.timeout(SEND_TIMEOUT):
                        await self._line.send_text(message)
            except TimeoutError:
                return BUSY, "the browser takes nothing"
            except GONE:
                return NORMAL, ""
            if message:
                await asyncio.sleep(interval(room.people))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK):
                    await self._bell.wait()
            self._hall.tidy()
        await self._say_refused(room.over or DAY_OVER)
        return NORMAL, ""

    def _message(self, room: Room) -> str:
        """Return what has changed since the last word, as JSON; "" where nothing has."""
        parts = {name: json.dumps(value) for name, value in self._first.items()}
        follows = not self._presents or bool(self._first)  # a presenter who comes again goes there
        self._first = {}
        for name, version in room.versions.items():
            if self._told[name] == version:
                continue
            self._told[name] = version
            if name in SHOWN:
                if follows and name in room.shown:
                    parts[name] = room.shown[name]
            elif name == "people":
                parts[name] = str(room.people)
            elif name == "steers":
                if self._presents:
                    parts[name] = json.dumps(room.steers(self))
            else:
                asked = room.question
                seen = asked and asked.seen(self._seat, self._presents)
                parts[name] = json.dumps(seen)
        if not parts:
            return ""
        return "{" + ",".join(f'"{name}":{text}' for name, text in parts.items()) + "}"

    async def _refuse(self, sentence: str) -> None:
        await self._say_refused(sentence)
        await self._close(NORMAL, "")

    async def _say_refused(self, sentence: str) -> None:
        with contextlib.suppress(TimeoutError, *GONE):
            async with asyncio.timeout(SEND_TIMEOUT):
                await self._line.send_text(json.dumps({"refused": sentence}))

    async def _close(self, code: int, reason: str) -> None:
        with contextlib.suppress(*GONE):
            await self._line.close(code, reason)
