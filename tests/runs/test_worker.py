"""Inside a trainer process: exact goals, fair turns, and faults that stay with their run."""

import io
import logging
import queue
from collections import Counter
from collections.abc import Callable, Mapping

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load

from explorer.runs import worker
from explorer.runs.experiments import plain
from explorer.runs.frames import pack, packets, unpack
from explorer.runs.messages import Message, read, write
from explorer.runs.worker import Trainer, Worker, summon
from tests.runs.walk import Walk


class Clock:
    """A clock that only moves when an experiment sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("tests.runs.walk.time.sleep", clock.sleep)
    return clock


def opening(run: int, walk: Walk, goal: int, state: bytes = b"", index: int = -1) -> Message:
    return Message(
        "open",
        run,
        {
            "module": "tests.runs.walk",
            "name": "Walk",
            "fields": plain(walk),
            "index": index,
            "step": max(index, 0),
            "goal": goal,
            "still": index < 0,
        },
        state,
    )


def work(
    commands: list[Message], clock: Callable[[], float], done: Callable[[list[Message]], bool]
) -> list[Message]:
    """Return what a worker sends after these commands, until ``done`` with what it has sent."""
    inbox: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
    for command in commands:
        inbox.put(command)
    sent: list[Message] = []

    def send(message: Message) -> None:
        sent.append(message)
        if done(sent):
            inbox.put(None)

    Worker(inbox, send, clock).work()
    return sent


def frames(sent: list[Message], run: int) -> list[bytes]:
    return [
        packet
        for message in sent
        if message.kind == "frames" and message.run == run
        for packet in packets(message.body)
    ]


def made(sent: list[Message], run: int) -> int:
    """Return how many frames a run has sent."""
    indices = [m.values["index"] for m in sent if m.kind == "frames" and m.run == run]
    return indices[-1] + 1 if indices else 0


def expected(walk: Walk, count: int) -> list[bytes]:
    stream = walk.stream()
    return [pack(next(stream), index, walk.precision) for index in range(count)]


def has(kind: str, count: int = 1) -> Callable[[list[Message]], bool]:
    return lambda sent: sum(message.kind == kind for message in sent) >= count


def test_the_frames_up_to_the_goal_are_those_of_the_stream_and_no_more(clock: Clock):
    walk = Walk(pause=0.001)

    sent = work([opening(1, walk, goal=30)], clock, lambda sent: made(sent, 1) >= 31)

    assert frames(sent, 1) == expected(walk, 31)


def test_a_run_that_nobody_wants_makes_its_still_and_frame_zero_only(clock: Clock):
    sent = work([opening(1, Walk(), goal=0)], clock, has("frames"))

    (still,) = (message.body for message in sent if message.kind == "still")
    assert np.array_equal(unpack(still)[1].arrays["start"], np.zeros((8, 2)))
    assert frames(sent, 1) == expected(Walk(), 1)


def test_a_run_resumed_from_a_state_goes_on_bit_for_bit(clock: Clock):
    walk = Walk(steps=60)
    sent = work([opening(1, walk, goal=60)], clock, has("frames", 7))
    states = {m.values["index"]: m.body for m in sent if m.kind == "checkpoint"}

    resumed = work([opening(2, walk, 60, states[20], index=20)], clock, has("frames", 4))

    assert load(states[20])["step"] == 20
    assert frames(resumed, 2) == expected(walk, 61)[21:]


def test_a_pause_takes_effect_after_the_frame_that_is_being_made(monkeypatch: pytest.MonkeyPatch):
    inbox: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
    sent: list[Message] = []
    calls = Counter[str]()

    def sleep(seconds: float) -> None:
        calls["frames"] += 1
        if calls["frames"] == 5:
            inbox.put(Message("goal", 1, {"goal": -1}))
            inbox.put(None)

    monkeypatch.setattr("tests.runs.walk.time.sleep", sleep)
    inbox.put(opening(1, Walk(pause=1.0), goal=200))

    Worker(inbox, sent.append, clock=lambda: 0.0).work()

    assert len(frames(sent, 1)) == 6  # frame 0 and five steps


def test_runs_share_the_time_alike_whatever_their_frames_cost(clock: Clock):
    costs = [0.001, 0.002, 0.005, 0.04] * 5
    walks = [Walk(seed=i, pause=cost, steps=10**6) for i, cost in enumerate(costs)]
    commands = [opening(run, walk, goal=10**6) for run, walk in enumerate(walks, 1)]

    sent = work(commands, clock, lambda sent: clock.now > 12)

    spent = [len(frames(sent, run)) * cost for run, cost in enumerate(costs, 1)]
    assert sum(spent) > 11
    assert max(spent) - min(spent) < 0.1  # a turn of 15 ms, two of the longest frames


def test_a_run_that_comes_later_does_not_catch_up_on_the_others(clock: Clock):
    inbox: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
    sent: list[Message] = []

    def send(message: Message) -> None:
        sent.append(message)
        if clock.now > 2 and newcomer:
            inbox.put(newcomer.pop())
        if clock.now > 3:
            inbox.put(None)

    newcomer = [opening(2, Walk(seed=2, pause=0.001, steps=10**6), goal=10**6)]
    inbox.put(opening(1, Walk(pause=0.001, steps=10**6), goal=10**6))
    Worker(inbox, send, clock).work()

    assert 2450 < made(sent, 1) < 2550
    assert 450 < made(sent, 2) < 550


def test_a_run_that_waited_does_not_catch_up_either(clock: Clock):
    inbox: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
    sent: list[Message] = []

    def send(message: Message) -> None:
        sent.append(message)
        if clock.now > 2 and made(sent, 2) == 1 and inbox.empty():
            inbox.put(Message("goal", 2, {"goal": 10**6}))
        if clock.now > 3:
            inbox.put(None)

    for run, goal in ((1, 10**6), (2, 0)):
        inbox.put(opening(run, Walk(seed=run, pause=0.001, steps=10**6), goal))
    Worker(inbox, send, clock).work()

    assert 450 < made(sent, 2) < 550


def test_a_fault_ends_its_run_with_one_sentence_and_no_other_run(
    clock: Clock, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.CRITICAL)
    walks = [Walk(fails_at=7, pause=0.001), Walk(seed=1, pause=0.001)]
    commands = [opening(run, walk, goal=200) for run, walk in enumerate(walks, 1)]

    sent = work(commands, clock, lambda sent: made(sent, 2) == 201)

    (trouble,) = (message for message in sent if message.kind == "trouble")
    assert trouble.values["sentence"] == ("The run stopped after step 6: the walkers met a wall")
    assert frames(sent, 1) == expected(Walk(), 7)
    assert frames(sent, 2) == expected(walks[1], 201)


def test_a_run_that_diverges_says_so_in_its_last_frame(clock: Clock):
    sent = work([opening(1, Walk(diverges_at=12), goal=200)], clock, has("trouble"))

    (trouble,) = (message for message in sent if message.kind == "trouble")
    assert trouble.values["sentence"] == "The walkers left the map at step 12."
    assert unpack(frames(sent, 1)[-1])[1].trouble == trouble.values["sentence"]
    assert len(frames(sent, 1)) == 13


def test_a_closed_run_is_forgotten(clock: Clock):
    inbox: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
    worker = Worker(inbox, lambda message: None, clock)
    worker.obey(opening(1, Walk(), goal=10))
    worker.obey(Message("close", 1))
    worker.obey(Message("goal", 1, {"goal": 5}))  # too late, and harmless

    assert worker.trainings == {}


@pytest.mark.parametrize(
    ("module", "name", "values", "error"),
    [
        ("os", "system", {"command": "true"}, "come from explorer or tests, not from 'os'"),
        ("explorer.runs.frames", "Frame", {"step": 1}, "is not an experiment"),
        ("tests.runs.walk", "Walk", {"speed": 1}, "speed"),
    ],
)
def test_only_experiments_of_this_project_can_be_started(
    module: str, name: str, values: Mapping[str, object], error: str
):
    with pytest.raises((ValueError, TypeError), match=error):
        summon(module, name, values)


messages = st.builds(
    Message,
    st.text(max_size=8),
    st.integers(0, 2**40),
    st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=9) | st.floats(0, 1)),
    st.binary(max_size=40),
)


@settings(deadline=None)
@given(st.lists(messages, max_size=4), st.data())
def test_messages_come_back_in_order_and_a_torn_one_ends_the_pipe(
    sent: list[Message], data: st.DataObject
):
    pipe = io.BytesIO()
    ends = []
    for message in sent:
        write(pipe, message)
        ends.append(pipe.tell())
    torn = data.draw(st.integers(0, pipe.tell()))

    pipe = io.BytesIO(pipe.getvalue()[:torn])
    whole = sum(end <= torn for end in ends)
    assert [read(pipe) for _ in range(whole)] == sent[:whole]
    assert read(pipe) is None


def test_loading_beforehand_waits_for_runs_and_survives_a_module_that_is_missing(
    clock: Clock, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    caplog.set_level(logging.CRITICAL)
    inbox: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
    order: list[str] = []

    def missing(module: str) -> None:
        order.append(module)
        inbox.put(None)
        raise ImportError(module)

    import_module = worker.importlib.import_module
    monkeypatch.setattr(
        worker.importlib,
        "import_module",
        lambda name: missing(name) if name == "explorer.missing" else import_module(name),
    )
    inbox.put(Message("warm", 0, {"modules": ["explorer.missing"]}))
    inbox.put(opening(1, Walk(pause=0.001), goal=50))

    Worker(inbox, lambda message: order.append(message.kind), clock).work()

    assert order[-1] == "explorer.missing"
    assert "frames" in order


@pytest.mark.parametrize(("kind", "hundredth"), [(Worker, 1e-39), (Trainer, 0.0)])
def test_subnormal_numbers_count_as_zero_in_the_first_run_of_a_trainer(kind, hundredth: float):
    inbox: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
    values = {"module": "tests.runs.subnormal", "name": "Subnormal", "fields": {}}
    inbox.put(Message("open", 1, values | {"index": -1, "step": 0, "goal": 0, "still": False}))
    sent: list[Message] = []

    def send(message: Message) -> None:
        sent.append(message)
        if message.kind == "frames":
            inbox.put(None)

    try:
        kind(inbox, send).work()
    finally:
        torch.set_flush_denormal(False)

    _, frame = unpack(frames(sent, 1)[0])
    assert frame.scalars["hundredth"] == pytest.approx(hundredth, rel=1e-3)
