"""Accidents: a trainer process that is killed, a run that kills it, a server that is killed."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.runs import hub as hub_module
from explorer.runs import staffing, trainer
from explorer.runs.frames import Frame, chunk, pack, unpack
from explorer.runs.hub import Hub
from explorer.runs.limits import Limits
from explorer.runs.messages import Message
from explorer.runs.run import Run
from tests.runs.staffed import employer, pid_of
from tests.runs.waiting import until
from tests.runs.walk import Walk

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(params=["process", "cluster"])
def hub(request: pytest.FixtureRequest) -> Iterator[Hub]:
    hub = employer(request)
    hub.start()
    yield hub
    hub.stop()


def train(hub: Hub, walk: Walk) -> Run:
    """Return the run of a walk, watched by somebody who wants all of it."""
    token = hub.open("a tab", walk).token
    run = hub.run(token)
    assert run is not None
    hub.demand(token, hub.enter(token), walk.steps)
    return run


def expected(walk: Walk) -> list[bytes]:
    return [pack(frame, index, walk.precision) for index, frame in enumerate(walk.stream())]


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"


def test_runs_go_on_without_gap_or_duplicate_after_their_trainer_was_killed(hub: Hub):
    walks = [Walk(seed=seed, steps=300, pause=0.002) for seed in (1, 2)]
    runs = [train(hub, walk) for walk in walks]
    pid = pid_of(hub)
    until(lambda: all(run.status().head > 50 for run in runs))
    assert all(run.status().notice == "" for run in runs)

    os.kill(pid, signal.SIGKILL)

    until(lambda: all(run.status().state == "ended" for run in runs))
    for run, walk in zip(runs, walks, strict=True):
        assert run.frames_after(-1) == expected(walk)
        opening, _, step = run.status().notice.removesuffix(".").rpartition(" ")
        assert opening == ("The trainer process ended and was replaced; this run went on from step")
        assert int(step) >= 50
        assert int(step) % walk.checkpoint_every == 0
    assert hub.pids != [pid]


def test_a_paused_run_survives_too_and_waits(hub: Hub):
    walk = Walk(seed=3, steps=100)
    token = hub.open("a tab", walk).token
    viewer, run = hub.enter(token), hub.run(token)
    assert run is not None
    hub.demand(token, viewer, 37)
    until(lambda: run.status().head == 37)
    pid = pid_of(hub)

    os.kill(pid, signal.SIGKILL)
    until(lambda: run.status().notice)
    assert (run.status().head, run.status().state) == (37, "paused")

    hub.demand(token, viewer, 100)
    until(lambda: run.status().state == "ended")
    assert run.frames_after(-1) == expected(walk)


def test_the_notice_goes_after_a_while():
    now = [1000.0]
    hub = Hub(workers=1, clock=lambda: now[0])
    hub.start()
    try:
        run = train(hub, Walk(seed=4, steps=50))
        until(lambda: run.status().state == "ended")
        run.announce("Something happened.", now[0] + hub.limits.notice_time)
        now[0] += 61
        hub.tidy()
        assert run.status().notice == ""
    finally:
        hub.stop()


def test_a_run_that_kills_its_trainer_again_and_again_is_stopped_and_harms_no_other(hub: Hub):
    deadly, harmless = Walk(seed=5, dies_at=25), Walk(seed=6, steps=600, pause=0.002)
    other = train(hub, harmless)
    until(lambda: other.status().head > 5)
    run = train(hub, deadly)

    until(lambda: run.status().state == "stopped")
    assert run.status().trouble == "The run ended its trainer process 3 times and was stopped."
    assert run.frames_after(-1) == expected(Walk(seed=5))[: run.status().head + 1]
    assert 20 <= run.status().head < 25

    until(lambda: other.status().state == "ended")
    assert other.frames_after(-1) == expected(harmless)


def test_a_run_that_gets_on_between_accidents_is_not_to_blame_for_them():
    hub = Hub(workers=1, limits=Limits(strikes=2))
    hub.start()
    try:
        run = train(hub, Walk(seed=9, steps=10**6, pause=0.002))
        for _ in range(2):
            head, (pid,) = run.status().head, hub.pids
            until(lambda head=head: run.status().head > head + 20)
            os.kill(pid, signal.SIGKILL)
            until(lambda pid=pid: hub.pids != [pid])
        assert run.status().state == "training"
    finally:
        hub.stop()


def test_a_diverged_run_keeps_what_came_before_and_its_trainer_goes_on(hub: Hub):
    pid = pid_of(hub)
    run = train(hub, Walk(seed=7, diverges_at=30))
    until(lambda: run.status().state == "diverged")

    status, packets = run.status(), run.frames_after(-1)
    assert status.trouble == "The walkers left the map at step 30."
    assert packets[:30] == expected(Walk(seed=7))[:30]
    assert unpack(packets[30])[1].trouble == status.trouble
    other = train(hub, Walk(seed=8))
    until(lambda: other.status().state == "ended")
    assert hub.pids == [pid]


def test_trainers_that_end_young_are_tried_for_ever_and_the_run_has_not_diverged(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(trainer.sys, "executable", "/bin/false")
    hub = Hub(workers=1)
    hub.start()
    try:
        run = train(hub, Walk(steps=30))
        until(lambda: run.status().waiting.startswith("Training processes end as soon as they"))
        status = run.status()
        assert (status.state, status.trouble, status.notice) == ("training", "", "")

        monkeypatch.undo()
        until(lambda: run.status().state == "ended")
        assert run.frames_after(-1) == expected(Walk(steps=30))
        assert run.status().waiting == ""
    finally:
        hub.stop()


def test_three_young_trainers_killed_within_a_moment_cost_a_pause_and_nothing_else():
    hub = Hub(workers=1)
    hub.start(("tests.runs.dawdling",))
    try:
        run = train(hub, Walk(steps=30))
        killed = 0
        for _ in range(3):
            until(lambda killed=killed: hub.pids and hub.pids != [killed])
            (killed,) = hub.pids
            os.kill(killed, signal.SIGKILL)

        until(lambda: run.status().state == "ended")
        assert run.frames_after(-1) == expected(Walk(steps=30))
        assert (run.status().trouble, run.status().waiting) == ("", "")
    finally:
        hub.stop()


def test_a_process_that_may_not_be_started_is_a_sentence_and_is_tried_again(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(trainer.sys, "executable", "/nonexistent/python")
    hub = Hub(workers=1)
    hub.start()
    try:
        run = train(hub, Walk(steps=30))
        assert run.status().waiting == (
            "No training process may be started on this computer (No such file or directory); "
            "it is tried every minute."
        )
        assert hub.publish("a tab", "a recording", Frame(0), [Frame(0)], {}).token

        monkeypatch.undo()
        until(lambda: run.status().state == "ended")
    finally:
        hub.stop()


def test_a_loaded_spare_takes_over_at_once_and_another_spare_is_loaded(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(hub_module, "SPARE_AFTER", 0.0)
    hub = Hub(workers=1)
    hub.start()
    try:
        run = train(hub, Walk(seed=10, steps=10**6, pause=0.002))
        until(lambda: run.status().head > 5)
        until(lambda: hub.spare_pid)
        (first,), spare = hub.pids, hub.spare_pid

        os.kill(first, signal.SIGKILL)

        until(lambda: hub.pids != [first])
        assert hub.pids == [spare]
        until(lambda: hub.spare_pid not in (None, spare))
    finally:
        hub.stop()


def test_a_second_accident_with_the_same_words_is_told_apart_from_the_first(hub: Hub):
    run = train(hub, Walk(seed=11, steps=10**6, checkpoint_every=10**6, pause=0.002))
    for accidents in (1, 2):
        head, pid = run.status().head, pid_of(hub)
        until(lambda head=head: run.status().head > head + 5)
        os.kill(pid, signal.SIGKILL)
        until(lambda accidents=accidents: run.status().notices == accidents)
        assert run.status().notice == (
            "The trainer process ended and was replaced; this run went on from step 0."
        )


def test_a_trainer_that_hangs_is_named_then_replaced_and_ended(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(staffing, "MISSED", 1.5)
    monkeypatch.setattr(staffing, "GIVEN_UP", 5.0)
    walk = Walk(seed=12, steps=10**6, pause=0.002)
    run = train(hub, walk)
    pid = pid_of(hub)
    until(lambda: run.status().head > 50)

    os.kill(pid, signal.SIGSTOP)

    until(lambda: run.status().waiting.startswith("The training process has been silent"))
    assert hub.pids == [pid]
    head = run.status().head
    until(lambda: run.status().head > head + 20)
    assert run.status().notice.startswith("The trainer process did not answer any more and was")
    assert run.status().waiting == ""
    until(lambda: not alive(pid))
    assert run.frames_after(-1, 50) == expected(Walk(seed=12, steps=49))


def test_nothing_of_a_trainer_that_was_given_up_is_taken_any_more(hub: Hub):
    run = train(hub, Walk(seed=13, steps=10**6, pause=0.05))
    until(lambda: run.status().head > 2)
    (given_up,) = hub._trainers
    hub._let_go(given_up, "It was given up")
    head = run.status().head

    forged = pack(Frame(10**5), 10**5, {})
    late = Message("frames", run.number, {"index": 10**5, "step": 10**5}, chunk([forged]))
    hub._hear(given_up, late)

    assert run.status().head < 10**5
    given_up.kill()
    until(lambda: run.status().head > head)


def test_a_frame_that_takes_long_is_not_taken_for_a_process_that_hangs(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(staffing, "GIVEN_UP", 4.0)
    run = train(hub, Walk(seed=14, steps=1, pause=6.0))
    pid = pid_of(hub)

    until(lambda: run.status().state == "ended")
    assert hub.pids == [pid]


def test_a_stopped_hub_leaves_no_process_behind():
    hub = Hub(workers=2)
    hub.start()
    pids = hub.pids
    run = train(hub, Walk(steps=10**6))
    until(lambda: run.status().head > 5)

    hub.stop()

    assert len(set(pids)) == 2
    assert not any(alive(pid) for pid in pids)
    assert run.closed


def test_the_threads_of_a_killed_trainer_end_with_it():
    before = set(threading.enumerate())
    hub = Hub(workers=1)
    hub.start()
    (pid,) = hub.pids
    os.kill(pid, signal.SIGKILL)
    until(lambda: hub.pids != [pid])
    hub.stop()

    until(lambda: set(threading.enumerate()) <= before)


def test_a_trainer_dies_with_its_server_even_in_the_middle_of_a_long_frame():
    script = (
        "import time\n"
        "from explorer.runs.hub import Hub\n"
        "from tests.runs.walk import Walk\n"
        "hub = Hub(workers=1)\n"
        "hub.start()\n"
        "ticket = hub.open('a tab', Walk(pause=600.0))\n"
        "hub.demand(ticket.token, hub.enter(ticket.token), 200)\n"
        "while hub.run(ticket.token).status().head < 0: time.sleep(0.01)\n"
        "print(*hub.pids, flush=True)\n"
        "time.sleep(600)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        pid = int(server.stdout.readline())
        assert alive(pid)
        server.kill()
    until(lambda: not alive(pid))
