"""Tasks on a cluster: what becomes of them, and of those whose worker dies."""

from collections import deque
from collections.abc import Iterator
from typing import Any

import pytest

from explorer.runs import dask, tasks
from explorer.runs.tasks import Outcome, Task, outcomes

BEGUN = "tests.sweep.counting:begun"


@pytest.fixture
def client(scheduler: str) -> Iterator[Any]:
    with dask.cluster(scheduler) as client:
        yield client


def carried_out(client: Any, *asked: Task) -> list[Outcome]:
    return [outcome for outcome in outcomes(client, deque(asked)) if outcome is not None]


def test_a_worker_that_dies_costs_only_the_task_it_was_at(client, tmp_path):
    asked = deque(
        Task(BEGUN, {"folder": str(tmp_path), "name": str(k), "deadly": k == 3}) for k in range(6)
    )

    taken = []
    for outcome in outcomes(client, asked):
        if outcome is not None:
            taken.append(outcome.value)
        elif len(taken) == 3:
            (tmp_path / "go").touch()

    assert sorted(taken) == [str(k) for k in range(6)]
    begun = {path.name: len(path.read_text().split()) for path in tmp_path.iterdir()}
    del begun["go"]
    assert begun == {str(k): 2 if k == 3 else 1 for k in range(6)}


def test_a_task_that_ends_one_worker_after_the_other_is_given_up_and_harms_no_other(
    client, tmp_path
):
    deadly = Task("tests.sweep.counting:ends_every_worker", {})
    harmless = Task("tests.sweep.counting:slow", {"name": "harmless"})

    found = {outcome.task.function: outcome for outcome in carried_out(client, deadly, harmless)}

    assert found[harmless.function] == Outcome(harmless, "harmless")
    assert found[deadly.function].trouble == "it ended one worker after the other, and was given up"


def test_what_goes_wrong_in_a_task_is_told_in_one_line_and_only_our_own_is_called(client):
    foreign = Task("os:getpid", {})
    wrong = Task(BEGUN, {"folder": "/nonexistent", "name": "x"})

    found = {each.task.function: each.trouble for each in carried_out(client, foreign, wrong)}

    assert found[foreign.function] == "answers come from explorer or tests, not from 'os'"
    assert "No such file or directory" in found[wrong.function]


def test_a_worker_with_other_code_is_named_and_measures_nothing(client, monkeypatch, tmp_path):
    monkeypatch.setattr(tasks, "edition", lambda: "another")

    (found,) = carried_out(client, Task(BEGUN, {"folder": str(tmp_path), "name": "x"}))

    assert found.trouble.startswith("a worker of the cluster has another version of this code")
    assert not list(tmp_path.iterdir())


def test_who_takes_an_outcome_may_add_what_follows_from_it(client):
    asked = deque([Task("tests.sweep.counting:slow", {"name": "first"})])
    names = []
    for outcome in outcomes(client, asked):
        if outcome is not None:
            names.append(outcome.value)
            if outcome.value == "first":
                asked.append(Task("tests.sweep.counting:slow", {"name": "second"}))

    assert names == ["first", "second"]


def test_an_own_cluster_is_reached_from_this_machine_only(client):
    workers = client.scheduler_info(n_workers=-1)["workers"]

    assert client.scheduler.address.startswith("tcp://127.0.0.1:")
    assert all(address.startswith("tcp://127.0.0.1:") for address in workers)


@pytest.mark.parametrize(
    "address", ["127.0.0.1:8786", "http://host:1", "tcp://host", "tcp://:1", ""]
)
def test_what_is_no_address_of_a_scheduler_is_refused(address: str):
    with pytest.raises(ValueError, match="a scheduler has an address such as"):
        dask.checked(address)
