"""A line without a socket says and hears what a socket does, with the same limits."""

import json
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit import config

from explorer.runs.answers import Asking
from explorer.runs.desk import Desk
from explorer.runs.frames import Frame, pack, packets, unpack
from explorer.runs.hub import Hub
from explorer.runs.limits import Limits
from explorer.runs.run import Run
from explorer.stage import plain
from explorer.stage.hand import LONGEST_QUESTION
from explorer.stage.plain import PLAIN_MAGIC, understand
from explorer.stage.routes import routes
from tests.runs import questions
from tests.runs.questions import answer
from tests.runs.test_answers import opened
from tests.runs.waiting import until
from tests.runs.walk import Walk

HOME = {"host": "localhost", "origin": "http://localhost"}
ASKED = {"seat": "", "heard": 0, "first": 1, "said": [], "wants": "news", "leaves": False}


class Room:
    """A server whose lines are held in plain requests."""

    def __init__(self, hub: Hub, desk: Desk | None = None) -> None:
        self.hub = hub
        self.desk = desk or Desk()
        self.client = TestClient(Starlette(routes=routes(hub, desk)), base_url="http://localhost")

    def begin(self, walk: Walk) -> tuple[str, Run]:
        token = self.hub.open(f"the tab of {walk}", walk).token
        run = self.hub.run(token)
        assert run is not None
        return token, run

    def recording(self, count: int, size: int = 1) -> tuple[str, list[bytes]]:
        """Return the token and the packets of a complete recording."""
        frames = [Frame(step, {"h": np.full(size, step)}) for step in range(count)]
        token = self.hub.publish("a tab", f"{count} {size}", Frame(0), frames, {}).token
        return token, [pack(frame, index, {}) for index, frame in enumerate(frames)]

    def question(self, session: str = "a tab") -> str:
        return f"{self.desk.admit(session, Asking.about(answer, questions.Asked))}/answers"


class Browser:
    """A browser's end of a line in plain requests."""

    def __init__(self, room: Room, token: str) -> None:
        self.client = room.client
        self.address = f"/stage/{token}"
        self.seat = ""
        self.heard = 0
        self.taken = 0
        self.head: dict[str, Any] = {}
        self.status: dict[str, Any] = {}

    def ask(self, *said: str, **other: Any) -> list[str | bytes]:
        """Return what is told after what was heard, which is not yet taken for heard."""
        first = self.taken + 1
        asked = ASKED | {"seat": self.seat, "heard": self.heard, "first": first, "said": said}
        reply = self.client.post(self.address, json=asked | other, headers=HOME)
        assert reply.status_code == 200, reply.text
        assert reply.content[:4] == PLAIN_MAGIC
        at = 8 + int.from_bytes(reply.content[4:8], "little")
        self.head = json.loads(reply.content[8:at])
        self.seat, self.taken = self.head["seat"], self.head["taken"]
        told: list[str | bytes] = []
        for is_text, length in zip(self.head["texts"], self.head["lengths"], strict=True):
            part, at = reply.content[at : at + length], at + length
            told.append(part.decode() if is_text else part)
        assert at == len(reply.content)
        return told

    def hear(self, *said: str) -> list[bytes]:
        """Return the packets of the frames that come with the next answer, and keep the status."""
        told = self.ask(*said)
        assert self.head["first"] == self.heard + 1
        self.heard += len(told)
        for text in (part for part in told if isinstance(part, str)):
            self.status = json.loads(text)
        return [frame for part in told if isinstance(part, bytes) for frame in packets(part)]

    def end(self, *said: str) -> tuple[int, str]:
        """Return code and reason with which the server ends the line."""
        self.hear(*said)
        while not self.head["closed"]:
            self.hear()
        return self.head["closed"], self.head["reason"]


def command(**said: int) -> str:
    return json.dumps(said)


@pytest.fixture(scope="module")
def training_room() -> Iterator[Room]:
    hub = Hub(workers=1)
    hub.start()
    desk = Desk(processes=1)
    desk.start(("tests.runs.questions",))
    room = Room(hub, desk)
    with room.client:
        yield room
    desk.stop()
    hub.stop()


@pytest.fixture
def room() -> Iterator[Room]:
    """A room where nothing trains."""
    room = Room(Hub(workers=1))
    with room.client:
        yield room


# ------------------------------------------------------------------------------------ the talk


def test_a_viewer_trains_a_run_and_gets_all_its_frames_once_and_in_order(training_room: Room):
    walk = Walk(seed=1)
    token, _ = training_room.begin(walk)
    browser = Browser(training_room, token)

    got = browser.hear(command(goal=40))
    while len(got) < 41:
        got += browser.hear(command(after=len(got) - 1))
    while browser.status["state"] != "paused":
        browser.hear()

    stream = walk.stream()
    assert got == [pack(next(stream), index, walk.precision) for index in range(41)]
    assert (browser.status["head"], browser.status["viewers"]) == (40, 1)


def test_an_answer_that_is_lost_on_the_way_is_told_again_and_the_same(room: Room):
    token, whole = room.recording(3)
    browser = Browser(room, token)
    status, *_ = browser.ask(command(after=-1))

    lost = browser.ask()
    again = browser.ask()

    assert lost == again
    assert again[0] == status
    assert packets(again[1]) == whole
    browser.heard = 2
    assert browser.ask(wants="what is there") == []
    assert browser.head["first"] == 3


def test_a_text_that_is_sent_twice_is_taken_once(room: Room):
    token, whole = room.recording(3)
    browser = Browser(room, token)
    browser.hear()

    for _ in range(2):
        browser.ask(command(after=-1), first=1)
    assert browser.taken == 1
    browser.heard = 2  # the status and those frames
    assert browser.ask(wants="what is there") == []
    browser.ask(command(after=0), first=5)  # after texts that never came
    assert browser.taken == 1
    assert packets(browser.ask(command(after=1), first=2)[-1]) == whole[2:]


def test_a_reader_who_is_slow_gets_the_newest_and_no_pile(training_room: Room):
    token, run = training_room.begin(Walk(seed=7, steps=10**6, pause=0.002))
    browser = Browser(training_room, token)
    browser.hear(command(goal=10**6, after=-1))
    head = run.status().head
    until(lambda: run.status().head > head + 100)

    now, chunks = run.status().head, []
    assert len(browser.ask()) <= plain.AHEAD
    while not chunks or unpack(chunks[-1][-1])[0] < now:
        if frames := browser.hear(command(after=head)):
            chunks.append(frames)
    assert len(chunks) <= 2  # what was on its way when the reader stopped, and then the newest


def test_what_only_says_something_brings_nothing_and_is_not_kept_waiting(room: Room):
    token, whole = room.recording(2)
    browser = Browser(room, token)
    browser.hear()

    assert browser.ask(command(after=-1), wants="nothing") == []
    assert packets(browser.ask()[-1]) == whole


def test_a_question_is_answered_and_the_newest_counts(training_room: Room):
    browser = Browser(training_room, training_room.question())
    asked = [
        json.dumps({"ask": n, "given": {"level": float(n)}, "moving": False}) for n in range(1, 9)
    ]
    told = browser.ask(*asked)
    numbers = []
    while 8 not in numbers:
        browser.heard += len(told)
        numbers += [opened(part)[0]["number"] for part in told if isinstance(part, bytes)]
        told = browser.ask()

    assert numbers == sorted(set(numbers))
    assert len(numbers) < 8  # what was asked meanwhile took the place of what waited


def test_a_question_of_the_longest_kind_goes_through(training_room: Room):
    browser = Browser(training_room, training_room.question("a painter"))
    given = {"level": 1.0, "drawn": '"' * (LONGEST_QUESTION // 2 - 100)}

    told = browser.ask(json.dumps({"ask": 1, "given": given, "moving": False}))
    while not told:
        told = browser.ask()
    assert isinstance(told[0], bytes)
    assert opened(told[0])[0]["number"] == 1


# ------------------------------------------------------------------------------------- limits


def test_an_unknown_token_ends_the_line_as_it_ends_a_socket(room: Room):
    assert Browser(room, "guessed").end() == (1008, "This run is over; reload the page.")
    assert Browser(room, "guessed/answers").end() == (1008, "This run is over; reload the page.")


def test_viewers_with_and_without_a_socket_share_the_places_of_a_run():
    room = Room(Hub(workers=1, limits=Limits(connections_per_run=2)))
    token, run = room.begin(Walk())
    with room.client, room.client.websocket_connect(f"/stage/{token}", headers=HOME):
        first = Browser(room, token)
        first.hear()
        assert Browser(room, token).end() == (1013, "At most 2 may watch one run.")
        first.ask(leaves=True)
        until(lambda: run.status().viewers == 1)
        Browser(room, token).hear()
        assert run.status().viewers == 2


def test_one_viewer_does_not_take_the_places_of_all():
    room = Room(Hub(workers=1, limits=Limits(connections_per_viewer=1)))
    token, _ = room.begin(Walk())
    with room.client:
        Browser(room, token).hear()
        assert Browser(room, token).end() == (
            1013,
            "A viewer may watch one run at most 1 times at once.",
        )


def test_a_browser_that_falls_silent_is_counted_out(room: Room, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(plain, "SILENCE", 0.3)
    token, run = room.begin(Walk())
    browser = Browser(room, token)
    browser.hear()
    assert run.status().viewers == 1

    until(lambda: run.status().viewers == 0)
    asked = ASKED | {"seat": browser.seat}
    late = room.client.post(browser.address, json=asked, headers=HOME)
    assert (late.status_code, late.text) == (410, plain.GIVEN_UP)


def test_a_browser_that_waits_for_news_is_not_silent(room: Room, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(plain, "SILENCE", 0.2)
    monkeypatch.setattr(plain, "HOLD", 1.0)
    token, run = room.begin(Walk())
    browser = Browser(room, token)
    browser.hear()

    assert browser.hear() == []  # after a second
    assert run.status().viewers == 1


def test_a_flood_of_commands_ends_the_line(room: Room):
    token, _ = room.begin(Walk())
    browser = Browser(room, token)
    sent = 0
    while not browser.head.get("closed"):
        commands = [command(goal=index % 7) for index in range(plain.MOST_SAID)]
        browser.heard += len(browser.ask(*commands, wants="what is there"))
        sent += plain.MOST_SAID
        assert sent < 10_000
    assert (browser.head["closed"], browser.head["reason"]) == (
        1008,
        "at most 300 commands a second",
    )


def test_a_text_that_is_too_long_ends_the_line(room: Room):
    token, run = room.begin(Walk())

    assert Browser(room, token).end('{"goal": 1' + " " * 600 + "}") == (
        1009,
        "a command has at most 512 characters",
    )
    until(lambda: run.status().viewers == 0)


def test_a_run_that_is_over_ends_its_lines(room: Room):
    token, _ = room.begin(Walk())
    browser = Browser(room, token)
    browser.hear()
    room.hub.stop()

    assert browser.end() == (1008, "this run is over")


def test_no_more_lines_are_held_than_there_may_be(room: Room, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(plain, "MOST_SEATS", 1)
    token, _ = room.begin(Walk())
    Browser(room, token).hear()

    late = room.client.post(f"/stage/{token}", json=ASKED, headers=HOME)
    assert (late.status_code, late.text) == (503, "At most 1 lines are held at once.")


# ------------------------------------------------------------------------------ who may come in


@pytest.mark.parametrize("where", ["", "/answers"])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "http://elsewhere.example"},
        {"origin": "null"},
        {"origin": "http://[::1"},
        {"origin": "https://localhost"},
        {"host": "elsewhere.example", "origin": "http://elsewhere.example"},
    ],
)
def test_a_page_from_elsewhere_takes_no_seat_and_hears_why(
    room: Room, headers: dict[str, str], where: str
):
    token, run = room.begin(Walk())

    answer = room.client.post(f"/stage/{token}{where}", json=ASKED, headers=headers)

    assert answer.status_code == 403
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.text.endswith(".")
    assert run.status().viewers == 0


def test_a_seat_belongs_to_the_token_that_took_it(room: Room):
    token, _ = room.begin(Walk())
    other, _ = room.recording(2)
    browser = Browser(room, token)
    browser.hear()

    for address in (f"/stage/{other}", f"/stage/{token}/answers"):
        asked = ASKED | {"seat": browser.seat}
        assert room.client.post(address, json=asked, headers=HOME).status_code == 410


GARBAGE = [
    b"",
    b"{}",
    b"[]",
    b"[" * 10_000,
    json.dumps(ASKED | {"seat": 3}).encode(),
    json.dumps(ASKED | {"heard": -1}).encode(),
    json.dumps(ASKED | {"heard": True}).encode(),
    json.dumps(ASKED | {"first": 1.5}).encode(),
    json.dumps(ASKED | {"said": "text"}).encode(),
    json.dumps(ASKED | {"said": [1]}).encode(),
    json.dumps(ASKED | {"wants": "all"}).encode(),
    json.dumps(ASKED | {"wants": []}).encode(),
    json.dumps(ASKED | {"leaves": 1}).encode(),
    json.dumps(ASKED | {"more": 1}).encode(),
    b"\xff" + json.dumps(ASKED).encode(),
]


@pytest.mark.parametrize("body", GARBAGE)
def test_garbage_is_no_request(room: Room, body: bytes):
    token, run = room.begin(Walk())

    assert understand(body) is None
    assert room.client.post(f"/stage/{token}", content=body, headers=HOME).status_code == 400
    assert run.status().viewers == 0


def test_a_request_that_is_too_long_is_not_read_to_its_end(room: Room):
    token, run = room.begin(Walk())
    body = b" " * (plain.LONGEST_REQUEST + 1)

    refused = room.client.post(f"/stage/{token}", content=body, headers=HOME)
    assert (refused.status_code, refused.text) == (413, plain.TOO_LONG)
    assert run.status().viewers == 0


def test_who_opens_the_address_of_a_line_reads_what_it_is(room: Room):
    token, _ = room.begin(Walk())

    for address in (f"/stage/{token}", f"/stage/{token}/answers"):
        answer = room.client.get(address)
        assert (answer.status_code, answer.headers["upgrade"]) == (426, "websocket")


def test_everything_lies_under_the_base_path(monkeypatch: pytest.MonkeyPatch):
    default = config.get_option
    own = {"server.baseUrlPath": "a/lab/"}
    monkeypatch.setattr(config, "get_option", lambda name: own.get(name) or default(name))

    paths = [route.path for route in routes(Hub(workers=1), Desk())]

    assert len(paths) == 11
    assert all(path.startswith("/a/lab/stage/") for path in paths if "room/{code}" not in path)
    assert "/a/lab/room/{code}" in paths


def test_a_second_request_for_news_takes_the_place_of_the_first(
    room: Room, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(plain, "HOLD", 60.0)
    token, whole = room.recording(2)
    browser = Browser(room, token)
    browser.hear()
    first = Browser(room, token)
    first.seat, first.heard = browser.seat, browser.heard
    told: list[list[str | bytes]] = []
    waits = threading.Thread(target=lambda: told.append(first.ask()))
    waits.start()

    second = threading.Thread(target=lambda: told.append(browser.ask()))
    second.start()
    until(lambda: len(told) == 1)
    third = Browser(room, token)
    third.seat, third.heard = browser.seat, browser.heard
    third.ask(command(after=-1), wants="nothing")
    for thread in (waits, second):
        thread.join(20)
    assert told[0] == []
    assert packets(told[1][-1]) == whole
