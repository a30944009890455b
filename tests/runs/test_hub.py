"""Runs and their viewers: sharing, forks, goals, limits, and what becomes of those who leave."""

import gc
import weakref
from collections.abc import Iterator
from typing import ClassVar

import numpy as np
import pytest

from explorer.runs import hub as hub_module
from explorer.runs.frames import Frame, pack, unpack
from explorer.runs.hub import Hub
from explorer.runs.limits import LimitError, Limits
from explorer.runs.messages import Message
from explorer.runs.run import Run
from explorer.runs.trainer import Trainer
from tests.runs.staffed import employer
from tests.runs.waiting import until
from tests.runs.walk import Walk


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module", params=["process", "cluster"])
def hub(request: pytest.FixtureRequest) -> Iterator[Hub]:
    """A hub that trains, for tests that each take experiments of their own."""
    hub = employer(request)
    hub.start()
    yield hub
    hub.stop()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def still_hub(clock: Clock) -> Hub:
    """A hub that was never started: it keeps runs but trains none."""
    return Hub(workers=1, clock=clock)


def begin(hub: Hub, walk: Walk, session: str = "") -> tuple[str, Run]:
    token = hub.open(session or f"the tab of {walk}", walk).token
    run = hub.run(token)
    assert run is not None
    return token, run


def reach(hub: Hub, walk: Walk, goal: int) -> Run:
    """Return the run of a walk when it has reached a goal, watched by one viewer."""
    token, run = begin(hub, walk)
    hub.demand(token, hub.enter(token), goal)
    until(lambda: run.status().head >= goal)
    return run


def expected(walk: Walk, count: int) -> list[bytes]:
    stream = walk.stream()
    return [pack(next(stream), index, walk.precision) for index in range(count)]


# ------------------------------------------------------------------------------------- sharing


def test_equal_experiments_share_one_run_and_every_session_has_a_token_of_its_own(still_hub: Hub):
    first = still_hub.open("one", Walk(seed=1))
    second = still_hub.open("two", Walk(seed=1))
    other = still_hub.open("two", Walk(seed=2))

    assert still_hub.run(first.token) is still_hub.run(second.token)
    assert still_hub.run(other.token) is not still_hub.run(second.token)
    assert first.digest == second.digest != other.digest
    assert len({first.token, second.token, other.token}) == 3
    assert len(first.token) >= 32  # 192 random bits


def test_a_session_gets_the_same_ticket_at_every_rerun(still_hub: Hub):
    assert still_hub.open("one", Walk()) == still_hub.open("one", Walk())


def test_the_frames_are_the_packets_of_the_stream_and_end_at_the_goal(hub: Hub):
    walk = Walk(seed=10)

    run = reach(hub, walk, 77)

    assert run.frames_after(-1) == expected(walk, 78)
    assert run.status().state == "paused"


def test_a_single_step_is_one_frame(hub: Hub):
    token, run = begin(hub, Walk(seed=11))
    viewer = hub.enter(token)

    for goal in (1, 2, 3):
        hub.demand(token, viewer, goal)
        until(lambda goal=goal: run.status().head >= goal)

        assert run.status().head == goal
        assert run.status().state == "paused"


def test_a_paused_run_goes_on_bit_for_bit_to_its_end(hub: Hub):
    walk = Walk(seed=12, steps=60)
    token, run = begin(hub, walk)
    viewer = hub.enter(token)
    for goal in (13, -1, 29, 10**9):
        hub.demand(token, viewer, goal)
        until(lambda goal=goal: run.status().head >= min(goal, 60))

    assert run.frames_after(-1) == expected(walk, 61)
    assert run.status().state == "ended"
    assert run.status().last == 60


def test_the_still_frame_comes_from_the_experiment(hub: Hub):
    _, run = begin(hub, Walk(seed=13, size=3))
    until(lambda: run.still is not None)

    assert np.array_equal(unpack(run.still or b"")[1].arrays["start"], np.zeros((3, 2)))


# --------------------------------------------------------------------------------------- forks


def test_a_fork_shares_the_frames_before_the_dial_was_turned_and_then_differs(hub: Hub):
    straight, turned = Walk(seed=20), Walk(seed=20, turn_at=42, stride=3.0)
    origin = reach(hub, straight, 90)

    token, fork = begin(hub, turned)

    assert fork.status().head == 42
    assert fork.checkpoints.last is not None
    assert fork.checkpoints.last.step == 40  # from where it is computed
    assert all(
        ours is theirs
        for ours, theirs in zip(fork.frames_after(-1), origin.frames_after(-1, 43), strict=True)
    )
    hub.demand(token, hub.enter(token), 90)
    until(lambda: fork.status().head >= 90)
    assert fork.frames_after(-1) == expected(turned, 91)
    assert fork.frames_after(42, 1) != origin.frames_after(42, 1)


def test_an_experiment_that_shares_nothing_starts_from_the_beginning(hub: Hub):
    reach(hub, Walk(seed=21), 30)

    _, run = begin(hub, Walk(seed=22))

    assert run.status().head <= 0


def test_a_fork_takes_the_relative_that_shares_most(hub: Hub):
    reach(hub, Walk(seed=23, turn_at=20, stride=2.0), 60)
    reach(hub, Walk(seed=23, turn_at=50, stride=3.0), 60)

    _, fork = begin(hub, Walk(seed=23, turn_at=40, stride=4.0))

    assert fork.status().head == 40


def test_a_fork_before_the_first_kept_state_has_all_frames_up_to_the_turn(hub: Hub):
    walk = Walk(seed=25, checkpoint_every=100)
    reach(hub, walk, 60)

    token, fork = begin(hub, Walk(seed=25, checkpoint_every=100, turn_at=45, stride=3.0))

    assert fork.frames_after(-1) == expected(walk, 46)  # for one who is paused there
    hub.demand(token, hub.enter(token), 60)
    until(lambda: fork.status().head >= 60)
    turned = Walk(seed=25, checkpoint_every=100, turn_at=45, stride=3.0)
    assert fork.frames_after(-1) == expected(turned, 61)


def test_a_state_that_does_not_belong_to_the_newest_frame_is_not_kept(still_hub: Hub):
    _, run = begin(still_hub, Walk(seed=24))
    run.receive(expected(Walk(seed=24), 13), 12, 12)

    run.keep(10, 10, b"the state of another frame")

    assert run.checkpoints.last is None


# ------------------------------------------------------------------------------------- viewers


def test_one_viewer_pauses_and_the_run_goes_on_for_the_other(hub: Hub):
    token, run = begin(hub, Walk(seed=30, steps=10**6, pause=0.001))
    first, second = hub.enter(token), hub.enter(token)
    hub.demand(token, first, 10**6)
    hub.demand(token, second, 10**6)

    hub.demand(token, first, -1)
    head = run.status().head
    until(lambda: run.status().head > head + 10)
    assert (run.status().state, run.status().viewers) == ("training", 2)

    hub.demand(token, second, -1)
    assert run.status().state == "paused"
    # A turn may be under way; nothing comes after what it sends.
    other = reach(hub, Walk(seed=31, pause=0.001), 30)
    head = run.status().head
    token, _ = begin(hub, Walk(seed=31, pause=0.001))
    hub.demand(token, hub.enter(token), 60)
    until(lambda: other.status().head >= 60)
    assert run.status().head == head


def test_the_furthest_goal_counts_and_goals_are_clamped_to_the_run(still_hub: Hub):
    token, run = begin(still_hub, Walk(steps=100))
    first, second = still_hub.enter(token), still_hub.enter(token)

    still_hub.demand(token, first, 10**12)
    still_hub.demand(token, second, 7)
    assert run.goal == 100

    still_hub.demand(token, first, -(10**12))
    assert run.goal == 7


def test_a_viewer_who_leaves_is_waited_for_and_then_the_run_is_paused(still_hub: Hub, clock: Clock):
    token, run = begin(still_hub, Walk())
    viewer = still_hub.enter(token)
    still_hub.demand(token, viewer, 200)
    still_hub.leave(token, viewer)

    clock.now += 3
    still_hub.tidy()
    assert run.status().state == "training"  # a reload takes as long

    clock.now += 6
    still_hub.tidy()
    assert run.status().state == "idle"


def test_a_reload_takes_the_run_over_without_a_pause(still_hub: Hub, clock: Clock):
    token, run = begin(still_hub, Walk(), "before")
    viewer = still_hub.enter(token)
    still_hub.demand(token, viewer, 200)
    still_hub.leave(token, viewer)
    still_hub.release("before")

    clock.now += 2
    token, again = begin(still_hub, Walk(), "after")
    still_hub.demand(token, still_hub.enter(token), 200)
    clock.now += 600
    still_hub.tidy()

    assert again is run
    assert run.status().state == "training"


def test_listeners_hear_of_frames_and_of_changes_apart(still_hub: Hub):
    token, run = begin(still_hub, Walk())
    viewer = still_hub.enter(token)
    heard: list[bool] = []
    deaf = run.listen(heard.append)

    still_hub.demand(token, viewer, 200)
    run.receive(expected(Walk(), 2), 1, 1)
    still_hub.demand(token, viewer, -1)
    deaf()
    still_hub.demand(token, viewer, 200)

    assert heard == [True, False, True]


def test_the_rate_is_the_steps_of_the_last_seconds(still_hub: Hub, clock: Clock):
    token, run = begin(still_hub, Walk())
    still_hub.demand(token, still_hub.enter(token), 200)

    for index, packet in enumerate(expected(Walk(), 20)):
        clock.now += 0.1
        run.receive([packet], index, 5 * index)  # five steps a frame

    assert run.status().rate == pytest.approx(50, rel=0.01)


def test_how_long_a_training_took_leaves_out_when_nobody_wanted_more(still_hub: Hub, clock: Clock):
    token, run = begin(still_hub, Walk())
    viewer = still_hub.enter(token)
    clock.now += 5  # before anybody plays
    still_hub.demand(token, viewer, 200)
    packets = expected(Walk(), 20)
    for index in range(10):
        clock.now += 0.1
        run.receive([packets[index]], index, index)
    still_hub.demand(token, viewer, -1)
    clock.now += 60
    still_hub.demand(token, viewer, 200)
    clock.now += 0.5
    run.receive([packets[10]], 10, 10)

    assert run.status().spent == pytest.approx(1.5)


# -------------------------------------------------------------------------------------- memory


def test_what_nobody_watches_is_freed_within_a_minute(clock: Clock):
    hub = Hub(workers=1, clock=clock)
    hub.start()
    try:
        run = reach(hub, Walk(steps=500), 100)
        (viewer, token), gone = *run.connections.items(), weakref.ref(run)
        hub.leave(token, viewer)
        hub.release("a tab")
        del run

        clock.now += 30
        hub.tidy()
        assert hub.run(token) is not None  # somebody may come back

        clock.now += 30
        hub.tidy()
        gc.collect()
        assert hub.run(token) is None
        until(lambda: gone() is None)  # a message under way may hold it for a moment
    finally:
        hub.stop()


class Scribe(Trainer):
    """A trainer that has no process and writes down what it is told."""

    hired: ClassVar[list["Scribe"]] = []

    def __init__(self, hear: object, lost: object) -> None:
        self.proven = self.warm = False
        self.heard_at = 0.0
        self.told: list[tuple[str, int]] = []
        self.hired.append(self)

    def send(self, message: Message) -> None:
        self.told.append((message.kind, message.values.get("goal", -1)))

    def stop(self) -> None:
        self.told.append(("stop", -1))


def test_a_trainer_hears_of_goals_only_when_they_change_and_of_the_end(
    monkeypatch: pytest.MonkeyPatch, clock: Clock
):
    monkeypatch.setattr(hub_module, "Trainer", Scribe)
    monkeypatch.setattr(Scribe, "hired", [])
    hub = Hub(workers=1, clock=clock)
    hub.start()
    token, _ = begin(hub, Walk())
    viewers = [hub.enter(token), hub.enter(token)]
    for viewer, goal in ((0, 50), (1, 50), (0, -1), (1, 80), (1, 80)):
        hub.demand(token, viewers[viewer], goal)
    for viewer in viewers:
        hub.leave(token, viewer)
    clock.now += 10
    hub.tidy()
    clock.now += 50
    hub.tidy()
    hub.stop()

    (scribe,) = Scribe.hired
    goals = [("goal", 50), ("goal", 80), ("goal", 0)]
    assert scribe.told == [("warm", -1), ("open", 0), *goals, ("close", -1), ("stop", -1)]


def test_runs_go_to_the_trainer_with_the_fewest_that_train(
    monkeypatch: pytest.MonkeyPatch, clock: Clock
):
    monkeypatch.setattr(hub_module, "Trainer", Scribe)
    monkeypatch.setattr(Scribe, "hired", [])
    hub = Hub(workers=3, clock=clock)
    hub.start()
    for seed in range(6):
        token, run = begin(hub, Walk(seed=seed))
        run.receive(expected(Walk(seed=seed), 1), 0, 0)
        if seed in (0, 3):  # the first trainer's only run trains, and one of the second's
            hub.demand(token, hub.enter(token), 50)
    hub.stop()

    opened = [sum(kind == "open" for kind, _ in scribe.told) for scribe in Scribe.hired]
    assert opened == [1, 2, 3]


def test_a_run_that_was_opened_but_never_watched_is_freed_too(still_hub: Hub, clock: Clock):
    token, _ = begin(still_hub, Walk())
    clock.now += 60
    still_hub.tidy()

    assert still_hub.run(token) is None


def test_an_experiment_opened_again_after_it_was_freed_gives_the_same_frames(hub: Hub):
    walk = Walk(seed=40)
    first = reach(hub, walk, 50).frames_after(-1, 51)
    again = Hub(workers=1)
    again.start()
    try:
        assert reach(again, walk, 50).frames_after(-1, 51) == first
    finally:
        again.stop()


def trained(hub: Hub, walk: Walk, count: int) -> tuple[str, Run]:
    """Return a run that holds so many frames, as if a trainer had sent them."""
    token, run = begin(hub, walk)
    run.receive(expected(walk, count), count - 1, count - 1)
    return token, run


def test_all_runs_together_stay_within_their_bytes(clock: Clock):
    hub = Hub(workers=1, limits=Limits(bytes=200_000), clock=clock)
    runs = [trained(hub, Walk(seed=seed, steps=10**6), 1000)[1] for seed in range(3)]
    assert sum(run.bytes for run in runs) > 400_000

    hub.tidy()

    assert sum(run.bytes for run in runs) <= 200_000
    for run in runs:
        status = run.status()
        assert (status.first, status.head) == (0, 999)
        assert status.stride > 1


def test_what_is_not_watched_is_given_up_before_anything_becomes_coarser(clock: Clock):
    hub = Hub(workers=1, limits=Limits(bytes=300_000), clock=clock)
    watched, run = trained(hub, Walk(seed=0, steps=10**6), 1000)
    unwatched, _ = trained(hub, Walk(seed=1, steps=10**6), 1000)
    hub.enter(watched)

    clock.now += 20
    hub.tidy()

    assert hub.run(watched) is run
    assert run.status().stride == 1
    assert hub.run(unwatched) is None


def test_a_recording_is_never_made_coarser(clock: Clock):
    hub = Hub(workers=1, limits=Limits(bytes=1000), clock=clock)
    frames = [Frame(step) for step in range(500)]
    token = hub.publish("a tab", "long", Frame(0), frames, {}).token
    run = hub.run(token)
    assert run is not None
    hub.enter(token)

    clock.now += 20
    hub.tidy()

    assert len(run.frames_after(-1)) == 500


def test_what_was_forgotten_and_is_opened_again_has_the_token_that_the_page_holds(
    still_hub: Hub, clock: Clock
):
    before = still_hub.open("a tab", Walk())
    clock.now += 60
    still_hub.tidy()
    assert still_hub.run(before.token) is None

    assert still_hub.open("a tab", Walk()) == before
    assert still_hub.run(before.token) is not None
    assert still_hub.open("another tab", Walk()).token != before.token


def test_a_session_whose_line_broke_for_a_moment_keeps_its_tokens_and_one_that_ended_does_not(
    still_hub: Hub, clock: Clock
):
    ticket = still_hub.open("a tab", Walk())
    still_hub.release("a tab")
    clock.now += 5
    assert still_hub.open("a tab", Walk()) == ticket  # its line came back
    clock.now += 100
    still_hub.tidy()
    assert still_hub.open("a tab", Walk()) == ticket

    still_hub.release("a tab")
    clock.now += 100
    still_hub.tidy()
    assert still_hub.open("a tab", Walk()).token != ticket.token


def test_the_house_is_kept_without_being_asked():
    hub = Hub(workers=1, limits=Limits(goal_grace=0.0, run_grace=0.0))
    hub.start()
    try:
        token, _ = begin(hub, Walk(steps=10**6, pause=0.001))
        viewer = hub.enter(token)
        hub.demand(token, viewer, 10**6)
        hub.leave(token, viewer)
        until(lambda: hub.run(token) is None)
    finally:
        hub.stop()


# -------------------------------------------------------------------------------------- limits


def test_a_session_has_so_many_runs_and_then_the_oldest_unwatched_one_closes(clock: Clock):
    hub = Hub(workers=1, limits=Limits(runs_per_session=3), clock=clock)
    tokens = [begin(hub, Walk(seed=seed), "a tab")[0] for seed in range(3)]
    hub.enter(tokens[0])

    ticket = hub.open("a tab", Walk(seed=3))

    assert ticket.notice == "An older run was closed: a tab keeps at most 3."
    assert [hub.run(token) is not None for token in tokens] == [True, False, True]


def test_a_run_that_another_session_has_open_is_not_closed(clock: Clock):
    hub = Hub(workers=1, limits=Limits(runs_per_session=1), clock=clock)
    mine, run = begin(hub, Walk(seed=0), "mine")
    yours, _ = begin(hub, Walk(seed=0), "yours")

    begin(hub, Walk(seed=1), "mine")

    assert hub.run(yours) is run
    assert hub.run(mine) is None


def test_a_session_that_watches_all_it_may_is_refused_more_and_keeps_them(clock: Clock):
    hub = Hub(workers=1, limits=Limits(runs_per_session=2), clock=clock)
    tokens = [begin(hub, Walk(seed=seed), "a tab")[0] for seed in range(2)]
    for token in tokens:
        hub.enter(token)

    with pytest.raises(LimitError, match="A tab runs at most 2 experiments at once"):
        hub.open("a tab", Walk(seed=9))
    assert all(hub.run(token) for token in tokens)
    assert hub.open("a tab", Walk(seed=1)).token == tokens[1]


def test_the_laboratory_has_so_many_runs_and_gives_up_the_longest_unwatched(clock: Clock):
    hub = Hub(workers=1, limits=Limits(runs=2), clock=clock)
    tokens = []
    for seed in range(2):
        clock.now += 1
        tokens.append(begin(hub, Walk(seed=seed), f"tab {seed}")[0])
    third, _ = begin(hub, Walk(seed=2), "tab 2")
    assert [hub.run(token) is not None for token in (*tokens, third)] == [False, True, True]

    hub.enter(tokens[1])
    hub.enter(third)
    with pytest.raises(LimitError, match="At most 2 experiments run here at once"):
        hub.open("tab 3", Walk(seed=3))


def test_connections_are_limited_for_a_run_and_in_all(clock: Clock):
    hub = Hub(workers=1, limits=Limits(connections_per_run=2, connections=3), clock=clock)
    first, second = (begin(hub, Walk(seed=seed))[0] for seed in range(2))
    viewers = [hub.enter(first), hub.enter(first)]

    with pytest.raises(LimitError, match="At most 2 may watch one run"):
        hub.enter(first)
    hub.enter(second)
    with pytest.raises(LimitError, match="At most 3 may watch at once"):
        hub.enter(second)
    hub.leave(first, viewers[0])
    hub.enter(second)


def test_a_guessed_token_opens_nothing(still_hub: Hub):
    begin(still_hub, Walk())

    assert still_hub.run("") is None
    with pytest.raises(KeyError):
        still_hub.enter("guessed")
    still_hub.demand("guessed", 1, 5)
    still_hub.leave("guessed", 1)


# ---------------------------------------------------------------------------------- recordings


def test_a_recording_is_complete_from_the_start_and_equal_names_share_it(still_hub: Hub):
    frames = [Frame(step, {"h": np.full(3, step)}) for step in range(5)]

    one = still_hub.publish("one", "the cat sat", Frame(0), frames, {})
    two = still_hub.publish("two", "the cat sat", Frame(0), frames[:2], {})

    run = still_hub.run(one.token)
    assert run is not None
    assert run is still_hub.run(two.token)
    assert (run.status().state, run.status().head, run.status().last) == ("ended", 4, 4)
    assert run.still == pack(Frame(0), -1, {})
    assert run.frames_after(-1) == [pack(frame, index, {}) for index, frame in enumerate(frames)]


def test_recordings_of_another_kind_or_name_are_others(still_hub: Hub):
    tickets = [
        still_hub.publish("a tab", name, Frame(0), [Frame(0)], {}, kind)
        for name, kind in (("x", "trace"), ("y", "trace"), ("x", "measurement"))
    ]

    assert len({ticket.digest for ticket in tickets}) == 3


@pytest.mark.parametrize("count", [0, 2001])
def test_a_recording_with_too_many_frames_or_none_is_refused(still_hub: Hub, count: int):
    with pytest.raises(LimitError, match=f"A recording may have 1 to 2000 frames, not {count}."):
        still_hub.publish("a tab", "long", Frame(0), [Frame(0)] * count, {})


def test_a_hub_that_was_not_started_says_idle_and_trains_nothing(still_hub: Hub):
    _, run = begin(still_hub, Walk())

    assert (run.status().state, run.status().head) == ("idle", -1)
    assert run.frames_after(-1) == []


def test_a_hub_that_starts_later_trains_what_was_opened_before(still_hub: Hub):
    walk = Walk(seed=50)
    token, run = begin(still_hub, walk)
    still_hub.demand(token, still_hub.enter(token), 20)
    still_hub.start()
    try:
        until(lambda: run.status().head >= 20)
        assert run.frames_after(-1) == expected(walk, 21)
    finally:
        still_hub.stop()
