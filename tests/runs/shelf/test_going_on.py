"""Runs that go on from the shelf: bit for bit, and for whoever brought them alone."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from explorer.runs.hub import Hub
from explorer.runs.run import Run
from explorer.runs.shelf import Shelf, known_experiment, packed, unpacked
from tests.runs.shelf.keeping import MINE, parcel_of, past_of
from tests.runs.waiting import until
from tests.runs.walk import Walk


@pytest.fixture(scope="module")
def hub() -> Iterator[Hub]:
    hub = Hub(workers=1)
    hub.start()
    yield hub
    hub.stop()


@pytest.fixture
def still_hub() -> Hub:
    return Hub(workers=1)


def opened(hub: Hub, session: str, walk: Walk) -> tuple[str, Run]:
    token = hub.open(session, walk).token
    run = hub.run(token)
    assert run is not None
    return token, run


def trained(hub: Hub, session: str, walk: Walk, goal: int) -> Run:
    token, run = opened(hub, session, walk)
    hub.demand(token, hub.enter(token), goal)
    until(lambda: run.status().head >= goal)
    return run


def test_a_kept_run_goes_on_after_a_restart_exactly_as_one_that_never_stopped(
    hub: Hub, tmp_path: Path
):
    walk = Walk(seed=40)
    past = trained(hub, "before", walk, 47).past()
    assert past is not None
    row = Shelf(tmp_path / "shelf.sqlite").keep(MINE, replace(parcel_of(walk), past=past))

    again = Hub(workers=1)  # another server, which has nothing but the file
    again.start()
    try:
        parcel = Shelf(tmp_path / "shelf.sqlite").take(MINE, row.number)
        assert parcel.experiment is not None
        experiment = known_experiment(parcel.experiment, ("tests.",))
        again.bring("after", row.number, experiment, parcel.past)
        _, run = opened(again, "after", walk)
        assert run.frames_after(-1) == past.packets  # there at once, before anything is trained
        assert trained(again, "after", walk, 90).frames_after(-1) == past_of(walk, 91).packets
    finally:
        again.stop()


def test_a_fork_of_a_kept_run_is_the_run_that_was_turned_there(hub: Hub):
    walk, turned = Walk(seed=41), Walk(seed=41, turn_at=33, stride=3.0)
    hub.bring("mine", "number", walk, past_of(walk, 61))

    fork = trained(hub, "mine", turned, 80)

    assert fork.frames_after(-1) == past_of(turned, 81).packets
    assert fork.origin == "number"


def test_what_one_viewer_brought_is_shown_to_nobody_who_trains_the_same(still_hub: Hub):
    walk, lie = Walk(seed=42), past_of(Walk(seed=43), 30)
    still_hub.bring("mine", "number", walk, lie)

    _, mine = opened(still_hub, "mine", walk)
    _, theirs = opened(still_hub, "others", walk)
    _, fork = opened(still_hub, "others", replace(walk, turn_at=20, stride=2.0))

    assert mine.frames_after(-1) == lie.packets
    assert theirs.frames_after(-1) == fork.frames_after(-1) == []
    assert mine.name != theirs.name


def test_what_shares_nothing_with_what_was_brought_is_the_run_of_all(still_hub: Hub):
    still_hub.bring("mine", "number", Walk(seed=44), past_of(Walk(seed=44), 30))
    _, theirs = opened(still_hub, "others", Walk(seed=45))

    assert opened(still_hub, "mine", Walk(seed=45))[1] is theirs


def test_a_run_that_ended_or_failed_comes_back_ended_or_failed(still_hub: Hub):
    ended = replace(past_of(Walk(steps=20), 21), complete=True)
    failed = replace(ended, trouble="The walkers left the map.", diverged=True)

    for number, past, state in (("1", ended, "ended"), ("2", failed, "diverged")):
        run = still_hub.bring("mine", number, Walk(steps=20), past)
        assert (run.status().state, run.status().head) == (state, 20)
        assert run.past() == past


def test_a_past_is_played_without_being_trained(still_hub: Hub):
    past = past_of(Walk(seed=46), 30)
    thinned = replace(past, frames=(*past.frames[:20:4], *past.frames[20:]), stride=4)

    ticket = still_hub.replay("mine", "number", unpacked(packed(parcel_with(thinned))).past)

    run = still_hub.run(ticket.token)
    assert run is not None
    assert run.frames_after(-1) == thinned.packets
    assert (run.status().state, run.experiment) == ("ended", None)
    assert still_hub.replay("others", "number", past).token != ticket.token


def parcel_with(past):
    return replace(parcel_of(Walk(seed=46)), past=past)
