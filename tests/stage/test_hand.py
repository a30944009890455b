"""The socket over which a stage asks: who may, what is understood, what hostile visitors get."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.testclient import TestClient, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from explorer.runs.answers import Asking, Packed, refusal, wired
from explorer.runs.desk import Desk
from explorer.runs.frames import chunk, unpack
from explorer.runs.hub import Hub
from explorer.stage.hand import LONGEST_QUESTION, MOST_VALUES, Asked, Hand, understand
from explorer.stage.routes import routes
from tests.runs import questions
from tests.runs.questions import answer
from tests.runs.test_answers import opened

HOME = {"host": "localhost", "origin": "http://localhost"}


class Room:
    """A server with a desk that answers."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.client = TestClient(
            Starlette(routes=routes(Hub(workers=1), desk)), base_url="http://localhost"
        )

    def token(self, session: str = "a tab") -> str:
        return self.desk.admit(session, Asking.about(answer, questions.Asked))

    def connect(self, token: str, headers: dict[str, str] = HOME) -> WebSocketTestSession:
        return self.client.websocket_connect(f"/stage/{token}/answers", headers=headers)


@pytest.fixture(scope="module")
def room() -> Iterator[Room]:
    desk = Desk(processes=1)
    desk.start(("tests.runs.questions",))
    room = Room(desk)
    with room.client:
        yield room
    desk.stop()


def said(number: int, moving: bool = False, **values: Any) -> str:
    return json.dumps({"ask": number, "given": values, "moving": moving})


def code_of(socket: WebSocketTestSession) -> int:
    """Return with what the server closes the socket."""
    while (message := socket.receive())["type"] != "websocket.close":
        pass
    return message["code"]


def test_a_question_is_answered_over_the_socket(room: Room):
    with room.connect(room.token()) as socket:
        socket.send_text(said(1, moving=True, level=1.5))
        header, scene, found = opened(socket.receive_bytes())

    assert (header["number"], header["coarse"], scene) == (1, "less", {"alt": ""})
    assert unpack(found[0])[1].scalars == {"level": 1.5}


def test_a_room_full_of_hands_shares_and_one_that_rests_is_answered_at_once(
    room: Room, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(room.desk, "hands", lambda: 10**6)  # the share of each is an hour
    with room.connect(room.token()) as socket:
        socket.send_text(said(1, moving=True, level=1.0))
        assert opened(socket.receive_bytes())[0]["number"] == 1
        socket.send_text(said(2, moving=True, level=2.0))
        socket.send_text(said(3, level=3.0))
        assert opened(socket.receive_bytes())[0]["number"] == 3


def test_the_newest_movement_is_answered_when_its_share_has_come(
    room: Room, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(room.desk, "hands", lambda: 250)  # a second: all are said in it
    with room.connect(room.token()) as socket:
        for number in range(1, 6):
            socket.send_text(said(number, moving=True, level=float(number)))
        numbers = [opened(socket.receive_bytes())[0]["number"] for _ in range(2)]
    assert numbers == [1, 5]


def test_only_hands_that_asked_within_a_second_are_counted():
    now = 0.0
    desk = Desk(clock=lambda: now)
    token = desk.admit("a tab", Asking.about(answer, questions.Asked))
    first, _second = (desk.enter(token, lambda _: None) for _ in range(2))
    desk.ask(first, 1, {}, moving=True)
    assert desk.hands() == 1
    now = 1.5
    assert desk.hands() == 0


@pytest.mark.parametrize("origin", ["http://elsewhere", "http://localhost.evil", "null"])
def test_a_page_of_another_server_may_not_ask(room: Room, origin: str):
    with (
        pytest.raises(WebSocketDisconnect) as refused,
        room.connect(room.token(), {**HOME, "origin": origin}),
    ):
        pass
    assert refused.value.code == 1008


def test_a_made_up_token_is_sent_away_as_one_that_is_over(room: Room):
    with room.connect("made-up") as socket:
        assert code_of(socket) == 1008


@pytest.mark.parametrize(
    ("values", "name", "says"),
    [
        ({"level": 1e9}, "level", "level must be between -5 and 5, not 1e+09"),
        ({"fault": "explode"}, "fault", "unknown fault 'explode'"),
        ({"word": "x" * 5_000}, "word", "word must have at most 100 characters, not 5,000"),
        ({"__class__": 1}, "", "there is no setting '__class__'"),
    ],
)
def test_an_absurd_value_gets_the_sentence_of_its_dial(
    room: Room, values: dict[str, Any], name: str, says: str
):
    with room.connect(room.token()) as socket:
        socket.send_text(said(4, **values))
        header, _, found = opened(socket.receive_bytes())

    assert header["refused"]["name"] == name
    assert header["refused"]["sentence"].startswith(says)
    assert found == []


@pytest.mark.parametrize(
    "text",
    ["", "null", "[]", "{", '{"ask": 1.5, "given": {}}', '{"ask": -1}', '{"ask": 1, "more": 2}'],
)
def test_what_is_no_question_is_passed_over(room: Room, text: str):
    assert understand(text) is None
    with room.connect(room.token()) as socket:
        socket.send_text(text)
        socket.send_text(said(2, word="after"))
        assert opened(socket.receive_bytes())[1] == {"alt": "after"}


@pytest.mark.parametrize(
    "given",
    ['{"level": [1]}', '{"level": {"a": 1}}', "[]", "3"],
)
def test_values_that_no_dial_has_are_refused_by_the_number_of_the_question(given: str, room: Room):
    text = f'{{"ask": 7, "given": {given}}}'
    assert understand(text) == 7
    with room.connect(room.token()) as socket:
        socket.send_text(text)
        header, _, _ = opened(socket.receive_bytes())
    assert (header["number"], header["refused"]["sentence"]) == (
        7,
        "These are no values of dials.",
    )


def test_a_question_has_an_end(room: Room):
    many = {f"x{k}": 1 for k in range(MOST_VALUES + 1)}
    assert understand(said(1, **many)) == 1
    with room.connect(room.token()) as socket:
        socket.send_text("x" * (LONGEST_QUESTION + 1))
        assert code_of(socket) == 1009
    with room.connect(room.token()) as socket:
        socket.send_bytes(b"\x00")
        assert code_of(socket) == 1003


@given(st.text(max_size=60) | st.from_regex(r'\{"ask": ?[-0-9.e]{1,9}, "given": \{.{0,20}\}\}'))
def test_whatever_is_said_is_a_question_or_none(text: str):
    found = understand(text)
    assert found is None or isinstance(found, int | Asked)


def test_who_asks_a_thousand_times_at_once_is_answered_at_the_last_and_nobody_waits(room: Room):
    with room.connect(room.token("flood")) as flood, room.connect(room.token("other")) as other:
        for number in range(1, 301):
            flood.send_text(said(number, level=number % 100 / 100, seconds=0.001))
        other.send_text(said(1, word="prompt"))
        assert opened(other.receive_bytes())[1] == {"alt": "prompt"}
        numbers = [0]
        while numbers[-1] < 300:
            numbers.append(opened(flood.receive_bytes())[0]["number"])

    assert numbers == sorted(numbers)
    assert len(numbers) < 300  # most were overtaken while they waited


class Slow:
    """A line that is asked nothing, and keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[bytes] = []

    async def receive(self) -> dict[str, Any]:
        await asyncio.Event().wait()
        raise AssertionError("nothing is asked")

    async def send_text(self, text: str) -> None:
        raise AssertionError("nothing is waited for")

    async def send_bytes(self, data: bytes) -> None:
        self.told.append(data)

    async def close(self, code: int = 1000, reason: str | None = None) -> None:
        raise AssertionError("nobody ends it")


def told(*answers: bytes) -> list[bytes]:
    """Return what a stage is told of answers that all come before one of them could be sent."""

    async def tell() -> list[bytes]:
        line = Slow()
        hand = Hand(line)  # type: ignore[arg-type]
        serving = asyncio.create_task(hand.serve(lambda asked: None, lambda: 1))
        for each in answers:
            hand.tell(each)
        for _ in range(20):
            await asyncio.sleep(0)
        serving.cancel()
        return line.told

    return asyncio.run(tell())


FOUND = Packed(b'{"alt": ""}', "a scene", chunk([]), {"select": {}, "start": 0, "coarse": ""})
ONE, OTHER = wired(1, FOUND, with_scene=True), wired(4, FOUND, with_scene=True)
TWO, THREE = (wired(k, FOUND, with_scene=False) for k in (2, 3))
NO = refusal(3, "level", "It cannot be.")


@pytest.mark.parametrize(
    ("answers", "sent"),
    [
        ([ONE, TWO], [ONE, TWO]),
        ([ONE, TWO, THREE], [ONE, THREE]),
        ([TWO, THREE], [THREE]),
        ([ONE, NO], [ONE, NO]),
        ([ONE, TWO, OTHER], [OTHER]),
    ],
)
def test_the_newest_answer_is_sent_and_the_scene_it_rests_on(answers, sent):
    assert told(*answers) == sent
