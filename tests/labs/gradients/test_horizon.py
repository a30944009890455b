"""The record of how far back networks learn to reach: made by its command, and read right."""

import json

import numpy as np
import pytest

from explorer.gradients import LEARNERS, wilson
from explorer.labs.gradients import horizon
from explorer.labs.gradients.horizon import Tried
from explorer.train import training


def test_what_is_written_is_what_was_measured_until_nobody_solves_it(tmp_path, monkeypatch):
    def tried(learner: str, length: int, rate: float) -> Tried:
        return Tried(learner, length, rate, 10, 10 if length < 15 else 0)

    monkeypatch.setattr(horizon, "tried", tried)
    out = tmp_path / "horizon.json"
    assert training("horizon", out)() == 0

    record = json.loads(out.read_text())
    assert record["command"] == horizon.COMMAND
    assert record["settings"]["limit"] == horizon.LIMIT
    rows = [Tried(**row) for row in record["rows"]]
    for learner in LEARNERS:
        assert [each.length for each in rows if each.learner == learner] == [5, 10, 15]


def test_of_several_rates_the_best_one_counts(monkeypatch):
    def tried(learner: str, length: int, rate: float) -> Tried:
        return Tried(learner, length, rate, 10, 3 if rate == 3e-3 else 2)

    monkeypatch.setattr(horizon, "tried", tried)

    assert {each.rate for each in horizon.sweep() if each.learner == "rnn_tanh"} == {3e-3}


def test_one_try_is_a_population_at_that_length():
    found = horizon.tried("gru", 5, 1e-2)

    assert (found.seeds, found.solved) == (10, 10)


def test_the_shipped_record_has_every_network_and_the_settings_that_the_page_names():
    record = json.loads(horizon.SHIPPED.read_text())

    assert record["command"] == horizon.COMMAND
    assert record["settings"]["rates"] == {k: list(v) for k, v in horizon.RATES.items()}
    assert (record["settings"]["limit"], record["settings"]["every"]) == (
        horizon.LIMIT,
        horizon.EVERY,
    )
    assert {each.learner for each in horizon.recorded()} == set(LEARNERS)
    for each in horizon.recorded():
        assert each.rate in horizon.RATES[each.learner]


def test_a_course_is_the_share_with_its_interval_and_the_reach_its_last_half(monkeypatch):
    rows = tuple(Tried("lstm", n, 1e-2, 10, k) for n, k in ((5, 10), (10, 5), (20, 4)))
    monkeypatch.setattr(horizon, "recorded", lambda: rows)

    course = horizon.course("lstm")
    np.testing.assert_allclose(course["share"], [1.0, 0.5, 0.4])
    for low, high, row in zip(course["low"], course["high"], rows, strict=True):
        assert (low, high) == pytest.approx(wilson(row.solved, 10))
    assert horizon.reach("lstm") == 10
    assert horizon.reach("gru") == 0
