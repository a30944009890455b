"""One room: what its presenter shows, who follows, and the question that is open."""

import hashlib
import hmac
import json
import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from explorer.runs.limits import LimitError
from explorer.stage.rooms.said import Asking, Poll, RoomSaid

SHOWN = ("link", "picture", "dials", "spot")  # what the presenter says and everybody is told
MOST_SEATS = 300  # devices that were ever let into one room
MOST_FOLLOWERS = 150  # that are there at once

FULL = f"This room is full: it has {MOST_FOLLOWERS} followers."
SEATS_GONE = f"This room takes no other device: it has seen {MOST_SEATS}."


@dataclass
class Question:
    """A question to the room and its answers, by the seat of each device."""

    number: int
    asked: Asking
    votes: dict[str, int] = field(default_factory=dict)
    open: bool = True
    right: int | None = None

    def seen(self, seat: str, presents: bool) -> Poll:
        """Return it as the browser of a seat sees it."""
        told = presents or not self.open
        counts = Counter(self.votes.values())
        return {
            "number": self.number,
            **self.asked,
            "open": self.open,
            "answered": len(self.votes),
            "counts": [counts[k] for k in range(len(self.asked["choices"]))] if told else None,
            "yours": self.votes.get(seat, -1),
            "right": self.right,
        }


class Room:
    """A room from its opening to its end; ``listeners`` are called when something has changed."""

    def __init__(self, code: str, opened_by: str, now: float) -> None:
        self.code = code
        self.opened_by = opened_by
        self.opened = now
        self.empty_since: float | None = now
        self.key = secrets.token_urlsafe(32)
        self.over = ""  # why, once it is
        self.question: Question | None = None
        self.versions = dict.fromkeys((*SHOWN, "poll", "people", "steers"), 0)
        self.shown: dict[str, str] = {}  # what was said last of each part, as JSON
        self.listeners: set[Callable[[], None]] = set()
        self._seats: set[str] = set()
        self._there: Counter[str] = Counter()  # connections of each seat
        self._steering: object | None = None
        self._asked = 0

    # ------------------------------------------------------------------------------ who is there

    def is_key(self, key: str) -> bool:
        """Return whether this is the presenter's key, in a time that says nothing of it."""
        mine, theirs = (hashlib.sha256(each.encode()).digest() for each in (self.key, key))
        return hmac.compare_digest(mine, theirs)

    def is_seat(self, seat: str) -> bool:
        """Return whether a device was given this seat here."""
        return seat in self._seats

    @property
    def people(self) -> int:
        """How many devices follow now."""
        return len(self._there)

    def sit(self, seat: str) -> str:
        """Let a follower in and return its seat, a new one if it has none; LimitError if full."""
        if seat not in self._seats:
            if len(self._seats) >= MOST_SEATS:
                raise LimitError(SEATS_GONE)
            seat = secrets.token_urlsafe(18)
        if seat not in self._there and self.people >= MOST_FOLLOWERS:
            raise LimitError(FULL)
        self._seats.add(seat)
        self._there[seat] += 1
        self._change("people")
        return seat

    def stand_up(self, seat: str) -> None:
        """A connection of a seat has ended; the device may come back."""
        self._there[seat] -= 1
        if self._there[seat] <= 0:
            del self._there[seat]
        self._change("people")

    def steers(self, who: object) -> bool:
        """Return whether a presenter's connection is the one that steers."""
        return self._steering is who

    def take_over(self, who: object) -> None:
        """Have this presenter's connection steer, and no other."""
        self._steering = who
        self._change("steers")

    def arrive(self, who: object) -> None:
        """A presenter's connection has come; it steers if no other does."""
        if self._steering is None:
            self.take_over(who)

    def depart(self, who: object) -> None:
        """A presenter's connection has ended."""
        if self._steering is who:
            self._steering = None
            self._show("spot", None)
            self._change("steers")

    # ---------------------------------------------------------------------------- what is shown

    def hear(self, said: RoomSaid) -> None:
        """Take what the presenter says."""
        for name in SHOWN:
            if name in said:
                self._show(name, said[name])  # type: ignore[literal-required]
        if "ask" in said:
            self._asked += 1
            self.question = Question(self._asked, said["ask"])
            self._change("poll")
        if self.question is None:
            return
        if "close" in said:
            self.question.open = False
        if "right" in said and not self.question.open:
            right = said["right"]
            self.question.right = right if right < len(self.question.asked["choices"]) else -1
        if "away" in said:
            self.question = None
        if said.keys() & {"close", "right", "away"}:
            self._change("poll")

    def vote(self, seat: str, question: int, choice: int) -> None:
        """Take a device's answer, or another one, while the question is open."""
        asked = self.question
        if asked is None or not asked.open or asked.number != question:
            return
        if choice < len(asked.asked["choices"]) and seat in self._seats:
            asked.votes[seat] = choice
            self._change("poll")

    def end(self, why: str) -> None:
        """Have everybody hear why the room is over."""
        self.over = self.over or why
        self._tell_all()

    def _show(self, name: str, value: Any) -> None:
        text = json.dumps(value, separators=(",", ":"))
        if self.shown.get(name) != text:
            self.shown[name] = text
            self._change(name)

    def _change(self, name: str) -> None:
        self.versions[name] += 1
        self._tell_all()

    def _tell_all(self) -> None:
        for tell in tuple(self.listeners):
            tell()
