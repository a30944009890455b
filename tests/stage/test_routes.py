"""The addresses of the stage: who may come in, what is said, and what hostile visitors get."""

import asyncio
import contextlib
import gzip
import json
import logging
import statistics
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.testclient import TestClient, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from explorer.runs.frames import Frame, pack, packets, unpack
from explorer.runs.hub import Hub
from explorer.runs.limits import Limits
from explorer.runs.run import Run
from explorer.stage import viewer as viewing
from explorer.stage.assets import FOLDER, also, serves
from explorer.stage.routes import asset_base, routes
from explorer.stage.viewer import Command, interval, understand
from tests.runs.waiting import until
from tests.runs.walk import Walk

HOME = {"host": "localhost", "origin": "http://localhost"}


class Room:
    """A server with a hub, and a way to watch a run on it."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.app = Starlette(routes=routes(hub))
        self.client = TestClient(self.app, base_url="http://localhost")

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

    @contextlib.contextmanager
    def watch(self, token: str) -> Iterator["Watcher"]:
        with self.client.websocket_connect(f"/stage/{token}", headers=HOME) as socket:
            yield Watcher(socket)


@pytest.fixture(scope="module")
def training_room() -> Iterator[Room]:
    hub = Hub(workers=1)
    hub.start()
    room = Room(hub)
    with room.client:
        yield room
    hub.stop()


@pytest.fixture
def room() -> Iterator[Room]:
    """A room where nothing trains."""
    room = Room(Hub(workers=1))
    with room.client:
        yield room


class Watcher:
    """A browser's end of the socket: it asks for frames and keeps the newest status."""

    def __init__(self, socket: WebSocketTestSession) -> None:
        self.socket = socket
        self.status: dict[str, Any] = {}
        self.chunks = 0  # received so far
        self._patience = ThreadPoolExecutor(1)

    def say(self, **command: int) -> None:
        self.socket.send_text(json.dumps(command))

    def frames(self) -> list[bytes]:
        """Return the packets of the next chunk."""
        while (chunk := self._hear()) is None:
            pass
        return packets(chunk)

    def wait(self, **wanted: object) -> dict[str, Any]:
        """Return the first status, from the last one on, that says all this."""
        while any(self.status.get(name) != value for name, value in wanted.items()):
            self._hear()
        return self.status

    def next_status(self) -> dict[str, Any]:
        """Return a status that has not come yet."""
        self.status = {}
        while not self.status:
            self._hear()
        return self.status

    def end(self) -> tuple[int, str]:
        """Return code and reason with which the server closes the socket."""
        while True:
            try:
                self._hear()
            except WebSocketDisconnect as closed:
                return closed.code, closed.reason

    def _hear(self) -> bytes | None:
        message = self._patience.submit(self.socket.receive).result(20)
        if message["type"] == "websocket.close":
            raise WebSocketDisconnect(message["code"], message.get("reason") or "")
        if message.get("text") is not None:
            self.status = json.loads(message["text"])
        self.chunks += message.get("bytes") is not None
        return message.get("bytes")


# ----------------------------------------------------------------------------- watching a run


def test_a_viewer_trains_a_run_to_a_frame_and_gets_all_frames_up_to_it(training_room: Room):
    walk = Walk(seed=1)
    token, _ = training_room.begin(walk)
    got: list[bytes] = []

    with training_room.watch(token) as socket:
        socket.say(goal=40)
        while len(got) < 41:
            socket.say(after=len(got) - 1)
            got += socket.frames()
        status = socket.wait(state="paused")

    stream = walk.stream()
    assert got == [pack(next(stream), index, walk.precision) for index in range(41)]
    assert (status["head"], status["last"], status["viewers"]) == (40, 200, 1)


def test_frames_come_only_after_an_acknowledgement(room: Room):
    token, whole = room.recording(3)

    with room.watch(token) as socket:
        assert socket.wait(state="ended")["head"] == 2
        socket.say(after=-1)
        assert socket.frames() == whole
        socket.say(after=0)
        assert socket.frames() == whole[1:]
        socket.say(after=2)  # nothing newer; the next answer is to the next question
        socket.say(after=1)
        assert socket.frames() == whole[2:]


def test_a_browser_that_is_busy_gets_one_chunk_whatever_the_run_does(training_room: Room):
    token, run = training_room.begin(Walk(seed=7, steps=10**6, pause=0.002))
    with training_room.watch(token) as socket:
        socket.say(goal=10**6, after=-1)
        socket.frames()
        head = run.status().head
        until(lambda: run.status().head > head + 100)
        for goal, state in ((-1, "paused"), (10**6, "training"), (-1, "paused")):
            socket.say(goal=goal)
            socket.wait(state=state)
        assert socket.chunks == 1


def test_a_single_viewer_gets_the_frames_as_they_come_and_not_with_the_next_status(
    training_room: Room,
):
    token, _ = training_room.begin(Walk(seed=8, steps=10**6, pause=0.04))
    sizes, held = [], -1
    with training_room.watch(token) as socket:
        socket.say(goal=10**6)
        while len(sizes) < 15:
            socket.say(after=held)
            got = socket.frames()
            sizes.append(len(got))
            held = unpack(got[-1])[0]
    assert statistics.median(sizes) <= 3  # 12 frames are made from one status to the next


def test_a_pause_is_told_and_holds(training_room: Room):
    token, run = training_room.begin(Walk(seed=2, steps=10**6, pause=0.002))
    with training_room.watch(token) as socket:
        socket.say(goal=10**6)
        socket.wait(state="training")
        until(lambda: run.status().head > 5)
        socket.say(goal=-1)
        assert socket.wait(state="paused")["head"] > 5


def test_the_speed_is_told_while_a_run_trains(training_room: Room):
    token, _ = training_room.begin(Walk(seed=3, steps=10**6, pause=0.002))
    with training_room.watch(token) as socket:
        socket.say(goal=10**6)
        socket.wait(state="training")
        while socket.next_status()["rate"] is None:
            pass
        assert 0 < socket.status["rate"] <= 1 / 0.002 * 1.5


def test_one_viewer_pauses_and_the_other_still_gets_frames(training_room: Room):
    token, run = training_room.begin(Walk(seed=4, steps=10**6, pause=0.002))
    with training_room.watch(token) as one, training_room.watch(token) as other:
        for socket in (one, other):
            socket.say(goal=10**6)
        until(lambda: run.status().head > 5)
        one.say(goal=-1)
        head = run.status().head
        other.say(after=head + 10)
        assert unpack(other.frames()[0])[0] > head + 10
        assert run.status().viewers == 2


def test_a_run_that_diverges_is_told_with_its_reason(training_room: Room):
    token, _ = training_room.begin(Walk(seed=5, diverges_at=9))
    with training_room.watch(token) as socket:
        socket.say(goal=200)
        status = socket.wait(state="diverged")

    assert status["trouble"] == "The walkers left the map at step 9."


def test_a_viewer_who_leaves_is_counted_out(room: Room):
    token, run = room.begin(Walk())
    with room.watch(token), room.watch(token):
        until(lambda: run.status().viewers == 2)
    until(lambda: run.status().viewers == 0)


def test_a_run_that_is_over_closes_its_sockets(room: Room):
    token, _ = room.begin(Walk())
    with room.watch(token) as socket:
        socket.wait(state="idle")
        room.hub.stop()
        assert socket.end() == (1008, "this run is over")


# ------------------------------------------------------------------------------ who may come in


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "http://elsewhere.example"},
        {"origin": "null"},
        {"origin": "http://localhost.elsewhere.example"},
        {"origin": "http://192.0.2.10:8501"},
        {"origin": "localhost"},
        {"origin": "https://localhost"},  # the scheme counts as well
        {"origin": "http://localhost/"},
        {"origin": "http://[::1"},
        {"origin": "http://somebody@localhost"},
        {"host": "elsewhere.example", "origin": "http://elsewhere.example"},  # its name leads here
        {"host": "[::1", "origin": "http://[::1"},
        {"host": ""},
    ],
)
def test_a_page_from_elsewhere_does_not_get_in(room: Room, headers: dict[str, str]):
    token, run = room.begin(Walk())

    with (
        pytest.raises(WebSocketDisconnect) as refused,
        room.client.websocket_connect(f"/stage/{token}", headers={"host": "localhost", **headers}),
    ):
        pass
    assert refused.value.code == 1008
    assert run.status().viewers == 0


def test_an_unknown_token_is_told_apart_by_its_code(room: Room):
    with room.watch("guessed") as socket:
        assert socket.end() == (1008, "This run is over; reload the page.")


def test_one_viewer_too_many_is_told_to_come_later():
    room = Room(Hub(workers=1, limits=Limits(connections_per_run=1)))
    token, _ = room.begin(Walk())
    with room.watch(token), room.watch(token) as late:
        assert late.end() == (1013, "At most 1 may watch one run.")


def test_one_viewer_does_not_take_the_places_of_all():
    room = Room(Hub(workers=1, limits=Limits(connections_per_run=3, connections_per_viewer=2)))
    token, _ = room.begin(Walk())
    neighbour = room.hub.open("another tab", Walk()).token

    with room.watch(token), room.watch(token), room.watch(token) as third:
        assert third.end() == (1013, "A viewer may watch one run at most 2 times at once.")
        with room.watch(neighbour) as other:
            assert other.wait(viewers=3)["state"] == "idle"


# ----------------------------------------------------------------------------- hostile messages

GARBAGE = [
    "",
    "{",
    "null",
    "[]",
    "{}",
    "7",
    '"goal"',
    '{"goal": NaN}',
    '{"goal": Infinity}',
    '{"goal": 1.5}',
    '{"goal": "5"}',
    '{"goal": true}',
    '{"goal": null}',
    '{"goal": [5]}',
    '{"goal": -2}',
    f'{{"goal": {"9" * 400}}}',
    f'{{"after": {2**31}}}',
    '{"stop": 1}',
    '{"goal": 5, "stop": 1}',
    "[" * 400,
    '{"goal": "\ud7ff\\ud800"}',
]


@pytest.mark.parametrize("text", GARBAGE)
def test_garbage_is_no_command(text: str):
    assert understand(text) is None


forged = st.tuples(
    st.sampled_from(['"goal"', '"after"', "goal"]), st.text('-+0123456789.eE"[]tru', max_size=12)
).map(lambda pair: "{" + ":".join(pair) + "}")


@settings(deadline=None)
@given(st.text(max_size=40) | forged)
def test_any_text_is_a_command_with_a_frame_index_or_none_at_all(text: str):
    command = understand(text)

    if command is not None:
        given_values = [v for v in (command.goal, command.after) if v is not None]
        assert given_values
        assert all(-1 <= value < 2**31 for value in given_values)


def test_commands_are_understood():
    assert understand('{"goal": 12}') == Command(goal=12)
    assert understand('{"after": -1}') == Command(after=-1)
    assert understand('{"goal": -1, "after": 3}') == Command(-1, 3)


def test_garbage_changes_nothing_and_leaves_no_trace(room: Room, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO)
    token, whole = room.recording(2)

    with room.watch(token) as socket:
        for text in GARBAGE:
            socket.socket.send_text(text)
        socket.say(after=-1)
        assert socket.frames() == whole
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"bytes": b"\x00\x01"}, 1003),
        ({"bytes": b""}, 1003),
        ({"text": '{"goal": 1' + " " * 600 + "}"}, 1009),
    ],
)
def test_what_is_not_a_short_text_closes_the_socket(room: Room, message: dict, code: int):
    token, run = room.begin(Walk())

    with room.watch(token) as socket:
        socket.socket.send({"type": "websocket.receive", **message})
        assert socket.end()[0] == code
    until(lambda: run.status().viewers == 0)


def test_a_flood_of_commands_closes_the_socket_and_no_other(room: Room):
    token, _ = room.begin(Walk())
    quiet, whole = room.recording(2)

    with room.watch(quiet) as other:
        with room.watch(token) as socket:
            for index in range(3000):
                socket.say(goal=index % 7)
            assert socket.end() == (1008, "at most 300 commands a second")
        other.say(after=-1)
        assert other.frames() == whole


def test_a_browser_that_takes_nothing_is_let_go(
    room: Room, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(viewing, "SEND_TIMEOUT", 0.1)
    token, _ = room.recording(3)
    run = room.hub.run(token)
    assert run is not None
    said = [
        {"type": "websocket.connect"},
        {"type": "websocket.receive", "text": '{"after": -1}'},
    ]

    async def receive() -> dict[str, str]:
        if said:
            return said.pop(0)
        return await asyncio.Future()

    async def send(message: dict[str, Any]) -> None:
        if message.get("bytes"):
            await asyncio.Future()  # the line is full, for ever

    scope = {
        "type": "websocket",
        "path": f"/stage/{token}",
        "headers": [(b"host", b"localhost"), (b"origin", b"http://localhost")],
        "scheme": "ws",
        "query_string": b"",
        "subprotocols": [],
    }
    asyncio.run(asyncio.wait_for(room.app(scope, receive, send), 20))

    assert run.status().viewers == 0
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


# ------------------------------------------------------------------------------------- pacing


def test_few_viewers_get_every_frame_and_a_room_gets_chunks():
    assert [interval(count) for count in (1, 4)] == [0.016, 0.016]
    assert 0.016 < interval(5) < interval(9) < 0.25
    assert [interval(count) for count in (10, 200)] == [0.25, 0.25]


def test_a_late_viewer_gets_the_whole_way_in_one_bounded_chunk(room: Room):
    token, whole = room.recording(1000, size=1000)  # 4 MB

    with room.watch(token) as socket:
        socket.say(after=-1)
        got = socket.frames()

    assert sum(map(len, got)) <= 2**20
    assert (got[0], got[-1]) == (whole[0], whole[-1])
    assert len(got) > 100


# --------------------------------------------------------------------------------------- HTTP


@pytest.mark.parametrize(
    ("question", "indices"),
    [
        ("", range(50)),
        ("?after=44", range(45, 50)),
        ("?after=9&count=5", range(10, 15)),
        ("?stride=16", (0, 16, 32, 48)),
        ("?after=16&stride=16&count=2", (32, 48)),
        ("?after=49", ()),
        ("?after=2147483648", ()),
    ],
)
def test_a_range_of_frames_is_fetched(room: Room, question: str, indices: range):
    token, whole = room.recording(50)

    answer = room.client.get(f"/stage/{token}/frames{question}")

    assert packets(answer.content) == [whole[index] for index in indices]
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["cache-control"] == "no-store"


def test_a_range_is_cut_at_eight_megabytes(room: Room):
    token, whole = room.recording(300, size=10_000)

    answer = room.client.get(f"/stage/{token}/frames")

    got = packets(answer.content)
    assert got == whole[: len(got)]
    assert 2**23 - 2 * len(whole[0]) < sum(map(len, got)) <= 2**23


@pytest.mark.parametrize(
    "question",
    [
        "after=-2",
        "after=x",
        "count=0",
        "count=2001",
        "stride=0",
        "stride=-1",
        "after=1e3",
        "after=",
        "count=1_0",
        "after=%D9%A3",
        f"after={'9' * 5000}",
        "after=--1",
    ],
)
def test_a_bad_question_gets_one_sentence(room: Room, question: str):
    token, _ = room.recording(2)

    answer = room.client.get(f"/stage/{token}/frames?{question}")

    assert answer.status_code == 400
    name = question.partition("=")[0]
    assert answer.text.startswith(f"{name} must be a whole number between ")


@pytest.mark.parametrize("what", ["still", "frames"])
def test_a_fetch_for_an_unknown_run_or_from_elsewhere_finds_nothing(room: Room, what: str):
    token, _ = room.recording(2)

    assert room.client.get(f"/stage/guessed/{what}").status_code == 404
    elsewhere = {"origin": "http://elsewhere.example"}
    assert room.client.get(f"/stage/{token}/{what}", headers=elsewhere).status_code == 403
    malformed = {"origin": "http://[::1"}
    assert room.client.get(f"/stage/{token}/{what}", headers=malformed).status_code == 403
    renamed = {"host": "elsewhere.example"}
    assert room.client.get(f"/stage/{token}/{what}", headers=renamed).status_code == 403
    assert room.client.get(f"/stage/{token}/{what}", headers=HOME).status_code == 200


def test_the_still_frame_is_waited_for(training_room: Room):
    token, _ = training_room.begin(Walk(seed=6, size=3))

    answer = training_room.client.get(f"/stage/{token}/still")

    assert unpack(answer.content)[1].arrays["start"].shape == (3, 2)


# ------------------------------------------------------------------------------------ scripts


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_scripts_are_served_under_their_content_and_for_ever(room: Room, encoding: str):
    file = next(FOLDER.rglob("*.js"))

    answer = room.client.get(
        asset_base() + file.relative_to(FOLDER).as_posix(), headers={"accept-encoding": encoding}
    )

    assert answer.content == file.read_bytes()
    assert answer.headers["content-encoding"] == encoding
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert "immutable" in answer.headers["cache-control"]
    if encoding == "gzip":
        assert int(answer.headers["content-length"]) < len(gzip.compress(answer.content, 1)) + 1


def test_the_address_of_the_scripts_changes_with_any_of_them(
    room: Room, monkeypatch: pytest.MonkeyPatch, tmp_path
):
    monkeypatch.setattr("explorer.stage.assets.FOLDER", tmp_path)
    (tmp_path / "main.js").write_text("export const one = 1\n")
    before = asset_base()
    (tmp_path / "panels").mkdir()
    (tmp_path / "panels" / "plot.js").write_text("export const two = 2\n")
    after = asset_base()

    assert before != after
    assert room.client.get(after + "panels/plot.js").text == "export const two = 2\n"
    assert room.client.get(before + "main.js").status_code == 404


def test_a_script_that_a_page_made_is_served_beside_the_others(
    room: Room, monkeypatch: pytest.MonkeyPatch
):
    before = asset_base()
    monkeypatch.setattr("explorer.stage.assets._more", {})
    also("words.js", "export default [];")

    assert serves("words.js")
    assert asset_base() != before
    assert room.client.get(asset_base() + "words.js").text == "export default [];"


@pytest.mark.parametrize("path", ["../routes.py", "..%2Froutes.py", "missing.js", "%00", ""])
def test_nothing_else_is_served(room: Room, path: str):
    assert room.client.get(asset_base() + path).status_code == 404
