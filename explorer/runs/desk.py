"""Where stages ask: the newest question of each, answered by processes of their own, in turn.

A stage has at most one question in work; what it asks meanwhile replaces what it asked before, so
that nothing piles up however fast a hand moves. Stages take turns, so a room of hands shares what
there is. A process that dies or falls silent is replaced, and its question asked once more; one
that lives, but takes too long, is replaced too. Where no process may be started at all, a thread of
the server answers.
"""

import logging
import math
import os
import queue
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from explorer.runs.answering import Answering
from explorer.runs.answers import Asking, Packed, refusal, wired
from explorer.runs.limits import LimitError
from explorer.runs.messages import Message
from explorer.runs.staffing import Pauses, Silence
from explorer.runs.tickets import Tickets
from explorer.runs.trainer import Trainer

log = logging.getLogger(__name__)

MODULE = "explorer.runs.answering"
PROCESSES = 2  # one answers on while the other is replaced
PATIENCE = 30.0  # seconds that one answer may take
BLAME = 4  # of a question that takes processes with it: 2 for each, 1 for one that was loading yet
PLACES = 4  # stages that may ask with one token at once
TICK = 1.0  # seconds between two looks at the clock
GRACE = 60.0  # seconds that a tab's way to ask outlives the tab, which may have been reloaded
MOST_BROUGHT = 200_000_000  # bytes of one kind that are kept for processes that begin later
HOPELESS = 3  # processes that end young, in a row, before who waits hears of that
ALONE = 40.0  # seconds at most that the first process has the start for itself

LONG = 2.0  # seconds after which who waits is told what for

STARTING = "Waiting for the process that computes this, which is starting."
COMPUTING = "This is being computed; it takes longer than usual."
QUEUED = "Others are being answered; this comes next."
MISSED = (
    "The process that computes this has been silent for some seconds; it is replaced if it stays so"
    "."
)
NONE_STAYS = "The processes that compute this end as soon as they start; it is tried again."

Tell = Callable[[bytes | str], None]


class Inside:
    """What stands in for a process where none may be started: the same work, in a thread."""

    def __init__(self, hear: "Callable[[Worker, Message], None]") -> None:
        self.proven = self.warm = True
        self.heard_at = 0.0
        self.pid = os.getpid()
        self._hear = hear
        self._inbox: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        work = Answering(self._inbox, lambda message: self._hear(self, message)).work
        threading.Thread(target=work, name="answers", daemon=True).start()

    def send(self, message: Message) -> None:
        """Tell it something; returns at once."""
        self._inbox.put(message)

    def stop(self) -> None:
        """Have it end after what it is at."""
        self._inbox.put(None)

    kill = stop  # a thread cannot be ended; nothing of it is taken any more


Worker = Trainer | Inside


@dataclass
class Question:
    """What a stage wants to know: the values of its dials, and whether the hand still moves."""

    number: int
    given: Mapping[str, Any]
    moving: bool
    losses: int = 0  # processes that ended over it
    blame: int = 0


@dataclass
class Asker:
    """A stage that is connected.

    ``tell`` takes from any thread an answer, or as text what is waited for: empty for nothing.
    """

    asking: Asking
    tell: Tell
    token: str
    next: Question | None = None
    waits_since: float = 0.0  # when it began to wait for its turn
    at_work: bool = False
    waiting: str = ""  # what it was told to wait for
    shows: str = ""  # the name of the scene that it has
    asked: float = -math.inf  # when it asked last


@dataclass
class Seat:
    """A process, and what it works at."""

    process: Worker
    asker: int = 0
    question: Question | None = None
    since: float = 0.0

    @property
    def free(self) -> bool:
        """Whether it waits for a question."""
        return self.question is None


@dataclass(frozen=True)
class Brought:
    """Something the processes must have before they can answer: bytes, and who takes them."""

    to: str  # "module:function", which is called with name and bytes
    name: str
    body: bytes = field(repr=False)


class Desk:
    """All questions of a server. Without `start` it answers none."""

    def __init__(
        self,
        processes: int = PROCESSES,
        connections: int = 256,
        patience: float = PATIENCE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.processes = processes
        self.connections = connections
        self._patience = patience
        self._clock = clock
        self._lock = threading.RLock()
        self._tickets = Tickets()
        self._askings: list[Asking] = []
        self._askers: dict[int, Asker] = {}
        self._waiting: OrderedDict[int, None] = OrderedDict()  # whose turn it is, the first first
        self._seats: list[Seat] = []
        self._brought: OrderedDict[tuple[str, str], Brought] = OrderedDict()
        self._modules: tuple[str, ...] = ()
        self._pauses = Pauses(clock)
        self._silence = Silence(clock)
        self._count = 0
        self._started = 0.0
        self._running = False
        self._stopping = threading.Event()
        self._keeper: threading.Thread | None = None

    # ------------------------------------------------------------------------- start and stop

    def start(self, warm: Sequence[str] = ()) -> None:
        """Start the processes, which load the modules ``warm`` before the first question."""
        with self._lock:
            if self._running:
                return
            self._running = True
            self._stopping.clear()
            self._modules = tuple(warm)
            self._started = self._clock()
            self._hire()
        self._keeper = threading.Thread(target=self._keep, name="desk", daemon=True)
        self._keeper.start()

    def stop(self) -> None:
        """End the processes."""
        with self._lock:
            self._running = False
            seats, self._seats = self._seats, []
        self._stopping.set()
        for seat in seats:  # without the lock, which their last messages may need
            seat.process.stop()
        if self._keeper is not None:
            self._keeper.join()
            self._keeper = None

    @property
    def pids(self) -> list[int]:
        """The ids of the processes."""
        with self._lock:
            return [seat.process.pid for seat in self._seats]

    # -------------------------------------------------------------------------- for the pages

    def admit(self, session: str, asking: Asking) -> str:
        """Return the token with which a session's stage may ask, the same as long as it lasts."""
        with self._lock:
            if asking not in self._askings:
                self._askings.append(asking)
            number = self._askings.index(asking)
            return self._tickets.give(session, asking.function, number)

    def release(self, session: str) -> None:
        """Take note that a tab is gone; what it may ask is forgotten within a minute."""
        with self._lock:
            self._tickets.release(session, self._clock())

    def bring(self, brought: Brought, most: int = 24) -> None:
        """Give all processes something that answers need, now and whenever one is replaced."""
        with self._lock:
            self._brought.pop((brought.to, brought.name), None)
            self._brought[brought.to, brought.name] = brought
            while _too_many(alike := self._alike(brought.to), most):
                del self._brought[brought.to, alike[0].name]
            for seat in self._seats:
                _bring(seat.process, brought)

    def _alike(self, to: str) -> list[Brought]:
        """What was brought to one function, the oldest first."""
        return [kept for kept in self._brought.values() if kept.to == to]

    # ------------------------------------------------------------------------- for the stages

    def enter(self, token: str, tell: Tell) -> int:
        """Return the number of a stage that connected.

        Raises KeyError for an unknown token, and `LimitError` when there are too many.
        """
        with self._lock:
            number = self._tickets.number(token)
            if number is None:
                raise KeyError("this page is over")
            if sum(asker.token == token for asker in self._askers.values()) >= PLACES:
                raise LimitError(f"A viewer may ask at most {PLACES} times at once.")
            if len(self._askers) >= self.connections:
                raise LimitError(f"At most {self.connections} may ask at once.")
            self._count += 1
            self._askers[self._count] = Asker(self._askings[number], tell, token)
            return self._count

    def leave(self, asker: int) -> None:
        """Forget a stage and what it wanted to know."""
        with self._lock:
            self._askers.pop(asker, None)
            self._waiting.pop(asker, None)

    def ask(self, asker: int, number: int, given: Mapping[str, Any], moving: bool) -> None:
        """Want an answer; an older question that is not in work yet is forgotten."""
        with self._lock:
            known = self._askers.get(asker)
            if known is None:
                return
            known.next = Question(number, given, moving)
            known.asked = self._clock()
            if asker not in self._waiting:
                known.waits_since = self._clock()
            if not known.at_work:
                self._waiting.setdefault(asker)
            self._dispatch()

    def hands(self) -> int:
        """How many have asked something within the last second."""
        with self._lock:
            since = self._clock() - 1.0
            return sum(asker.asked > since for asker in self._askers.values())

    # -------------------------------------------------------------------------------- at work

    def _dispatch(self) -> None:
        """Give what waits to the processes that are free."""
        while self._waiting:
            seat = next((seat for seat in self._seats if seat.free), None)
            if seat is None:
                return
            number, _ = self._waiting.popitem(last=False)
            asker = self._askers[number]
            question, asker.next = asker.next, None
            assert question is not None
            asker.at_work = True
            seat.asker, seat.question, seat.since = number, question, self._clock()
            values = {
                "function": asker.asking.function,
                "settings": asker.asking.settings,
                "given": dict(question.given),
                "moving": question.moving,
            }
            seat.process.send(Message("ask", number, values))

    def _say_what_is_waited_for(self) -> None:
        """Tell every stage what it waits for, as soon as that is worth a word."""
        for number, asker in self._askers.items():
            wait = self._what_it_waits_for(number, asker)
            if wait != asker.waiting:
                asker.waiting = wait
                asker.tell(wait)

    def _what_it_waits_for(self, number: int, asker: Asker) -> str:
        if asker.at_work:
            seat = next((s for s in self._seats if s.asker == number and not s.free), None)
            if seat is None:
                return ""
            if self._silence.missed(seat.process):
                return MISSED
            if self._clock() - seat.since <= LONG:
                return ""
            return COMPUTING if seat.process.proven else STARTING
        if asker.next is None:
            return ""
        if self._seats:
            return QUEUED if self._clock() - asker.waits_since > LONG else ""
        return NONE_STAYS if self._pauses.failures >= HOPELESS else STARTING

    def _hear(self, process: Worker, message: Message) -> None:
        with self._lock:
            seat = next((seat for seat in self._seats if seat.process is process), None)
            if seat is None:
                return  # it was given up: nothing of it is taken any more
            process.heard_at = self._clock()
            if message.kind in ("ready", "pulse"):
                return
            if not process.proven:
                process.proven = True
                self._pauses.worked()
            if message.kind == "warm":
                process.warm = True
                return
            number, question = seat.asker, seat.question
            seat.asker, seat.question = 0, None
            if question is not None:
                self._told(number, question, message)
            self._dispatch()

    def _told(self, number: int, question: Question, message: Message) -> None:
        """Pass on what a process says to a question."""
        asker = self._askers.get(number)
        if asker is None:
            return
        self._done(number, asker)
        if asker.waiting:
            asker.waiting = ""
            asker.tell("")
        values = message.values
        if message.kind == "refused":
            asker.tell(refusal(question.number, values["name"], values["sentence"]))
            return
        cut, name = values["scene"], values["name"]
        found = Packed(message.body[:cut], name, message.body[cut:], values["shown"])
        asker.tell(wired(question.number, found, with_scene=name != asker.shows))
        asker.shows = name

    def _done(self, number: int, asker: Asker) -> None:
        asker.at_work = False
        if asker.next is not None:
            self._waiting.setdefault(number)

    # ------------------------------------------------------------------------------ processes

    def _hire(self) -> None:
        """Start a process; where none may be started, and there is none, a thread stands in."""
        process: Worker
        try:
            process = Trainer(self._hear, self._lost, MODULE)
        except OSError as error:
            self._pauses.failed()
            if self._seats:
                return
            log.warning("no process can be started to answer, so the server does: %s", error)
            process = Inside(self._hear)
        process.heard_at = self._clock()
        for brought in self._brought.values():
            _bring(process, brought)
        process.send(Message("warm", 0, {"modules": list(self._modules)}))
        self._seats.append(Seat(process))

    def _lost(self, process: Trainer) -> None:
        """Replace a process that has ended, and ask its question once more."""
        with self._lock:
            seat = next((seat for seat in self._seats if seat.process is process), None)
            if seat is None:
                return
            if not process.proven:
                self._pauses.failed()
            self._let_go(seat, "The process that computed this ended {} times.")
            if self._running and self._pauses.over:
                self._hire()
            self._dispatch()

    def _let_go(self, seat: Seat, sentence: str) -> None:
        """Take a seat away and ask its question once more, or say that this will not help."""
        self._seats.remove(seat)
        self._again(seat, sentence)

    def _again(self, seat: Seat, sentence: str) -> None:
        question, asker = seat.question, self._askers.get(seat.asker)
        if question is None or asker is None:
            return
        question.losses += 1
        question.blame += 2 if seat.process.proven else 1
        if question.blame >= BLAME:
            asker.tell(refusal(question.number, "", sentence.format(question.losses)))
        elif asker.next is None:
            asker.next = question
        self._done(seat.asker, asker)
        if seat.asker in self._waiting:
            self._waiting.move_to_end(seat.asker, last=False)

    def tidy(self) -> None:
        """Start what is missing, replace what is silent, and forget tabs that are gone."""
        with self._lock:
            now = self._clock()
            self._tickets.tidy(now - GRACE)
            gone = self._end_the_silent() + self._end_the_late(now)
            first_is_warm = any(seat.process.warm for seat in self._seats)
            soon = first_is_warm or bool(gone) or now - self._started > ALONE
            wanted = self.processes if soon else 1
            seated = sum(isinstance(seat.process, Trainer) for seat in self._seats)
            if self._running and seated < wanted and self._pauses.over:
                self._hire()
            self._leave_to_processes()
            self._dispatch()
            self._say_what_is_waited_for()
        for seat in gone:  # without the lock, which its last message may need
            seat.process.kill()

    def _end_the_silent(self) -> list[Seat]:
        """Take away the seats of processes that give no sign of life."""
        self._silence.look(seat.process for seat in self._seats)
        silent = [
            seat
            for seat in self._seats
            if self._silence.too_long(seat.process) and isinstance(seat.process, Trainer)
        ]
        for seat in silent:
            if not seat.process.proven:
                self._pauses.failed()
            self._let_go(seat, "The process that computed this was lost {} times.")
        return silent

    def _end_the_late(self, now: float) -> list[Seat]:
        """Take away the seats of processes that live, but are at one question for too long."""
        late = [s for s in self._seats if not s.free and now - s.since > self._patience]
        for seat in late:
            assert seat.question is not None
            seat.question.blame = BLAME
            self._let_go(seat, f"This took more than {self._patience:.0f} s and was stopped.")
        return late

    def _leave_to_processes(self) -> None:
        """Have the thread of the server end once a process has loaded everything."""
        if any(isinstance(seat.process, Trainer) and seat.process.warm for seat in self._seats):
            for seat in [s for s in self._seats if isinstance(s.process, Inside) and s.free]:
                self._seats.remove(seat)
                seat.process.stop()

    def _keep(self) -> None:
        while not self._stopping.wait(TICK):
            self.tidy()


def _too_many(kept: Sequence[Brought], most: int) -> bool:
    """Whether the oldest has to go: there are too many, or they are too large together."""
    size = sum(len(each.body) for each in kept)
    return len(kept) > most or (len(kept) > 1 and size > MOST_BROUGHT)


def _bring(process: Worker, brought: Brought) -> None:
    process.send(Message("bring", 0, {"to": brought.to, "name": brought.name}, brought.body))


_THE_DESK = Desk()


def the_desk() -> Desk:
    """Return the desk of this server, the same in the pages and in the routes."""
    return _THE_DESK
