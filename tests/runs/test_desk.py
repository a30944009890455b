"""The desk: the newest question of each stage counts, stages take turns, processes may die."""

import os
import signal
import threading
from collections.abc import Iterator
from itertools import count

import pytest

from explorer.runs import desk as desks
from explorer.runs import staffing, trainer
from explorer.runs.answers import Asking
from explorer.runs.desk import COMPUTING, MISSED, NONE_STAYS, Brought, Desk
from explorer.runs.frames import unpack
from explorer.runs.limits import LimitError
from tests.runs.questions import Asked, answer
from tests.runs.test_answers import opened
from tests.runs.test_recovery import alive
from tests.runs.waiting import until

ASKING = Asking.about(answer, Asked)


class Stage:
    """A stage's end: what it was told, in order."""

    tabs = count()

    def __init__(self, desk: Desk, session: str = "") -> None:
        self.desk = desk
        session = session or f"tab {next(self.tabs)}"
        self.told: list[tuple] = []
        self.waits: list[str] = []  # what it was told to wait for
        self.number = desk.enter(desk.admit(session, ASKING), self._tell)
        self.asked = 0

    def _tell(self, data: bytes | str) -> None:
        if isinstance(data, str):
            self.waits.append(data)
        else:
            self.told.append(opened(data))

    def ask(self, moving: bool = False, **given: object) -> int:
        self.asked += 1
        self.desk.ask(self.number, self.asked, given, moving)
        return self.asked

    def answer(self, number: int) -> tuple:
        """Return the answer to a question, once it has come."""
        until(lambda: any(header["number"] >= number for header, _, _ in self.told))
        return next(told for told in self.told if told[0]["number"] >= number)

    @property
    def numbers(self) -> list[int]:
        return [header["number"] for header, _, _ in self.told]


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    desk = Desk(processes=1, patience=1.5)
    desk.start(("tests.runs.questions",))
    yield desk
    desk.stop()


@pytest.fixture
def pair() -> Iterator[Desk]:
    """A desk with two processes, both at work already."""
    desk = Desk(processes=2)
    desk.start(("tests.runs.questions",))
    until(lambda: len(desk.pids) == 2)
    yield desk
    desk.stop()


def test_an_answer_is_that_of_the_function_in_another_process(desk: Desk):
    stage = Stage(desk)

    header, scene, found = stage.answer(stage.ask(level=2.5, word="hello"))

    assert scene == {"alt": "hello"}
    assert unpack(found[0])[1].scalars == {"level": 2.5}
    assert header["select"] == {"unit": 3}
    pid = stage.answer(stage.ask(fault="pid"))[2]
    assert unpack(pid[1])[1].scalars["pid"] == desk.pids[0] != os.getpid()


def test_the_newest_question_wins_and_no_older_answer_follows_a_newer_one(desk: Desk):
    stage = Stage(desk)
    stage.ask(seconds=0.2, level=0.0)
    for k in range(50):
        last = stage.ask(level=k / 50)

    _, _, found = stage.answer(last)
    assert unpack(found[0])[1].scalars == {"level": 0.98}
    assert stage.numbers == sorted(stage.numbers)
    assert len(stage.numbers) == 2  # the one in work, and the newest of the fifty


def test_a_scene_is_sent_when_it_is_another_one_only(desk: Desk):
    stage = Stage(desk)
    scenes = [stage.answer(stage.ask(word=word))[1] for word in ("a", "a", "b", "b", "a")]

    assert scenes == [{"alt": "a"}, None, {"alt": "b"}, None, {"alt": "a"}]


class Log(list):
    """A list that also notes, in one that several share, whenever something is added."""

    def __init__(self, order: list[str], name: str, before: list) -> None:
        super().__init__(before)
        self._order, self._name = order, name

    def append(self, item: object) -> None:
        self._order.append(self._name)
        super().append(item)


def test_stages_take_turns_however_often_one_of_them_asks(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    greedy, modest = Stage(desk, "greedy"), Stage(desk, "modest")
    order: list[str] = []  # whose answers came, in order
    for stage, name in ((greedy, "greedy"), (modest, "modest")):
        told = stage.told
        monkeypatch.setattr(stage, "told", Log(order, name, told))
    ended = threading.Event()

    def flood() -> None:
        while not ended.is_set():
            greedy.ask(seconds=0.01, level=greedy.asked / 1e6)
            ended.wait(0.001)

    flooding = threading.Thread(target=flood)
    flooding.start()
    try:
        for k in range(5):
            before = len(order)
            modest.answer(modest.ask(word=f"turn {k}"))
            assert order[before:].index("modest") <= 2  # the one in work, and one that waited
    finally:
        ended.set()
        flooding.join()
        desk.leave(greedy.number)


def test_a_process_that_dies_with_a_question_is_replaced_and_the_question_asked_again(pair: Desk):
    stage = Stage(pair)
    before = pair.pids
    number = stage.ask(seconds=0.5, word="asked again")
    until(lambda: any(not seat.free for seat in pair._seats))
    busy = next(seat.process.pid for seat in pair._seats if not seat.free)

    os.kill(busy, signal.SIGKILL)

    _, scene, _ = stage.answer(number)
    assert scene == {"alt": "asked again"}
    until(lambda: len(pair.pids) == 2 and busy not in pair.pids)
    assert len(set(pair.pids) & set(before)) == 1


def test_a_question_that_ends_its_processes_is_given_up_with_a_sentence(desk: Desk):
    stage = Stage(desk)
    header, _, found = stage.answer(stage.ask(fault="end"))

    assert header["refused"]["sentence"] == "The process that computed this ended 3 times."
    assert found == []
    assert stage.answer(stage.ask(word="after"))[1] == {"alt": "after"}


def test_a_process_that_hangs_is_ended_and_its_question_asked_again(
    pair: Desk, monkeypatch: pytest.MonkeyPatch
):
    stage = Stage(pair)
    stage.answer(stage.ask(word="before"))
    until(lambda: all(seat.process.proven for seat in pair._seats))
    monkeypatch.setattr(staffing, "MISSED", 1.5)
    monkeypatch.setattr(staffing, "GIVEN_UP", 5.0)
    number = stage.ask(seconds=0.5, word="asked again")
    until(lambda: any(not seat.free for seat in pair._seats))
    busy = next(seat.process.pid for seat in pair._seats if not seat.free)

    os.kill(busy, signal.SIGSTOP)

    assert stage.answer(number)[1] == {"alt": "asked again"}
    assert stage.waits[-2:] == [MISSED, ""]
    until(lambda: len(pair.pids) == 2 and busy not in pair.pids)
    until(lambda: not alive(busy))


def test_processes_that_end_young_are_tried_for_ever_and_then_answer(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(trainer.sys, "executable", "/bin/false")
    desk = Desk(processes=1)
    desk.start()
    try:
        stage = Stage(desk)
        number = stage.ask(word="at last")
        until(lambda: stage.waits[-1:] == [NONE_STAYS])

        monkeypatch.undo()
        assert stage.answer(number)[1] == {"alt": "at last"}
        assert stage.waits[-1] == ""
    finally:
        desk.stop()


def test_where_no_process_may_be_started_the_server_answers_until_one_may(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(trainer.sys, "executable", "/nonexistent/python")
    desk = Desk(processes=1)
    desk.start(("tests.runs.questions",))
    try:
        stage = Stage(desk)
        here = stage.answer(stage.ask(fault="pid"))[2]
        assert unpack(here[1])[1].scalars["pid"] == os.getpid()

        monkeypatch.undo()
        until(lambda: desk.pids and os.getpid() not in desk.pids)
        assert stage.answer(stage.ask(word="after"))[1] == {"alt": "after"}
    finally:
        desk.stop()


def test_a_process_that_is_at_one_question_for_too_long_is_replaced(desk: Desk):
    stage = Stage(desk)
    before = desk.pids

    header, _, _ = stage.answer(stage.ask(seconds=50.0))

    assert header["refused"]["sentence"] == "This took more than 2 s and was stopped."
    until(lambda: desk.pids and desk.pids != before)
    assert stage.answer(stage.ask(word="after"))[1] == {"alt": "after"}


def test_who_waits_for_long_is_told_what_for_and_when_it_is_over(pair: Desk):
    stage = Stage(pair)
    stage.answer(stage.ask(word="quick"))
    assert stage.waits == []

    stage.answer(stage.ask(seconds=4.0))
    assert stage.waits == [COMPUTING, ""]


def test_a_fault_of_ours_is_a_sentence_and_the_process_lives_on(desk: Desk):
    stage = Stage(desk)
    before = desk.pids
    header, _, _ = stage.answer(stage.ask(fault="key"))

    assert header["refused"]["sentence"] == "This could not be computed: 'a fault of ours'"
    assert desk.pids == before


def test_what_is_brought_is_there_before_the_next_answer_and_after_a_replacement(desk: Desk):
    desk.bring(Brought("tests.runs.questions:take", "gift", b"unwrapped"))
    stage = Stage(desk)
    assert stage.answer(stage.ask(word="gift"))[1] == {"alt": "unwrapped"}

    os.kill(desk.pids[0], signal.SIGKILL)
    assert stage.answer(stage.ask(word="gift", level=2.0))[2]
    assert stage.answer(stage.ask(word="other"))[1] == {"alt": "other"}
    assert stage.answer(stage.ask(word="gift", level=3.0))[1] == {"alt": "unwrapped"}


def test_of_what_is_too_much_together_a_new_process_gets_the_newest(monkeypatch):
    monkeypatch.setattr("explorer.runs.desk.MOST_BROUGHT", 12)
    desk = Desk(processes=1)
    for name in ("one", "two", "three"):
        desk.bring(Brought("tests.runs.questions:take", name, f"{name}, kept".encode()))
    desk.start(("tests.runs.questions",))
    try:
        stage = Stage(desk)
        told = [stage.answer(stage.ask(word=name))[1]["alt"] for name in ("one", "two", "three")]
    finally:
        desk.stop()

    assert told == ["one", "two", "three, kept"]


def test_what_cannot_be_taken_ends_no_process_and_answers_go_on(desk: Desk):
    before = desk.pids
    desk.bring(Brought("tests.runs.questions:take", "nothing", b""))
    stage = Stage(desk)

    assert stage.answer(stage.ask(word="nothing", level=4.0))[1] == {"alt": "nothing"}
    assert desk.pids == before


def test_an_unknown_token_may_not_ask_and_there_is_an_end_to_those_who_may():
    desk = Desk(connections=5)
    with pytest.raises(KeyError):
        desk.enter("made up", lambda answer: None)
    token = desk.admit("a tab", ASKING)
    assert desk.admit("a tab", ASKING) == token != desk.admit("another", ASKING)
    for _ in range(4):
        desk.enter(token, lambda answer: None)
    with pytest.raises(LimitError, match="A viewer may ask at most 4 times at once"):
        desk.enter(token, lambda answer: None)
    another = desk.admit("another", ASKING)
    desk.enter(another, lambda answer: None)
    with pytest.raises(LimitError, match="At most 5 may ask at once"):
        desk.enter(another, lambda answer: None)


def test_what_was_brought_is_bounded_by_number_and_by_size_and_the_newest_stays(monkeypatch):
    monkeypatch.setattr(desks, "MOST_BROUGHT", 10)
    desk = Desk(processes=1)

    def names(to: str) -> list[str]:
        return [each.name for each in desk._alike(to)]

    for name, size in (("a", 4), ("b", 4), ("c", 2)):
        desk.bring(Brought("one", name, bytes(size)), most=3)
    assert names("one") == ["a", "b", "c"]
    desk.bring(Brought("other", "z", bytes(9)), most=3)
    desk.bring(Brought("one", "d", bytes(5)), most=3)
    assert names("one") == ["c", "d"]
    desk.bring(Brought("one", "e", bytes(99)), most=3)
    assert (names("one"), names("other")) == (["e"], ["z"])
