"""All rooms of a server: how one is opened, found and ended."""

import functools
import math
import time
from collections.abc import Callable

from explorer.runs.limits import LimitError
from explorer.stage.rooms.codes import Tries, draw, tidied
from explorer.stage.rooms.room import Room

MOST_ROOMS = 16
MOST_ROOMS_OF_ONE = 8  # of one address
DAY = 86_400.0  # seconds that a room lasts
EMPTY = 3_600.0  # seconds without anybody, after which a room makes way for a new one

NO_ROOM = "There is no room with this code; look at the wall once more."
NO_KEY = "This is not the presenter's key of this room."
ENDED = "This room has ended."
DAY_OVER = "This room has ended: a room lasts for a day."
TOO_OFTEN = "There were too many wrong codes; try again in {} seconds."
NO_PLACE = f"There are {MOST_ROOMS} rooms already; one has to end first."
NO_PLACE_HERE = f"You have {MOST_ROOMS_OF_ONE} rooms already; end one of them first."


class NoRoomError(Exception):
    """Why nobody is let in, in one sentence."""


class Hall:
    """The rooms of a server by their codes; ``clock`` says seconds that only go on."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._rooms: dict[str, Room] = {}
        self._tries = Tries(clock)

    def __len__(self) -> int:
        return len(self._rooms)

    def open(self, address: str) -> Room:
        """Return a new room; raises LimitError where there is no place for one."""
        self.tidy()
        if sum(room.opened_by == address for room in self._rooms.values()) >= MOST_ROOMS_OF_ONE:
            raise LimitError(NO_PLACE_HERE)
        if len(self._rooms) >= MOST_ROOMS:
            self._make_way()
        room = Room(draw(self._rooms), address, self._clock())
        self._rooms[room.code] = room
        return room

    def find(self, address: str, code: str, key: str | None = None, seat: str = "") -> Room:
        """Return the room of a code; raises NoRoomError for a wrong code, or a wrong key.

        Raises LimitError for an address that was wrong too often, unless it has a seat there or the
        key: with those nothing is found by trying.
        """
        self.tidy()
        room = self._rooms.get(tidied(code))
        if room is not None and room.is_seat(seat):
            return room
        if room is not None and key is not None and room.is_key(key):
            return room
        if (wait := self._tries.wait(address)) > 0:
            raise LimitError(TOO_OFTEN.format(math.ceil(wait)))
        if room is None or key is not None:
            self._tries.was_wrong(address)
            raise NoRoomError(NO_ROOM if room is None else NO_KEY)
        return room

    def end(self, room: Room) -> None:
        """End a room for everybody."""
        self._rooms.pop(room.code, None)
        room.end(ENDED)

    def leave(self, room: Room) -> None:
        """Take note that somebody left a room."""
        if not room.listeners:
            room.empty_since = self._clock()

    def tidy(self) -> None:
        """End the rooms whose day is over."""
        now = self._clock()
        for code, room in list(self._rooms.items()):
            if now - room.opened >= DAY:
                del self._rooms[code]
                room.end(DAY_OVER)

    def _make_way(self) -> None:
        """End the room that has been empty for longest; LimitError where none has been for long."""
        empty = [room for room in self._rooms.values() if not room.listeners]
        empty.sort(key=lambda room: room.empty_since or 0.0)
        if not empty or self._clock() - (empty[0].empty_since or 0.0) < EMPTY:
            raise LimitError(NO_PLACE)
        self.end(empty[0])


@functools.cache
def the_hall() -> Hall:
    """Return the rooms of this server."""
    return Hall()
