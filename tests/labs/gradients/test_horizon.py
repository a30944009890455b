"""The record of how far back networks learn to reach: what is tried, and how it is read."""

import numpy as np
import pytest

from explorer.gradients import LEARNERS, wilson
from explorer.labs.gradients import horizon
from explorer.labs.gradients.horizon import Tried


def test_of_several_rates_the_best_one_counts(monkeypatch):
    def tried(learner: str, length: int, rate: float) -> Tried:
        return Tried(learner, length, rate, 10, 3 if rate == 3e-3 else 2)

    monkeypatch.setattr(horizon, "tried", tried)

    assert horizon.best("rnn_tanh", 5)["rate"] == 3e-3


def test_one_try_is_a_population_at_that_length():
    found = horizon.tried("gru", 5, 1e-2)

    assert (found.seeds, found.solved) == (10, 10)


def test_the_shipped_record_has_every_network_at_the_rates_that_the_page_names():
    assert {each.learner for each in horizon.recorded()} == set(LEARNERS)
    for each in horizon.recorded():
        assert each.rate in horizon.RATES[each.learner]
        assert each.length in horizon.LENGTHS
        assert 0 <= each.solved <= each.seeds == horizon.SETTINGS.seeds


def test_a_course_is_the_share_with_its_interval_and_the_reach_its_last_half(monkeypatch):
    rows = tuple(Tried("lstm", n, 1e-2, 10, k) for n, k in ((5, 10), (10, 5), (20, 4)))
    monkeypatch.setattr(horizon, "recorded", lambda: rows)

    course = horizon.course("lstm")
    np.testing.assert_allclose(course["share"], [1.0, 0.5, 0.4])
    for low, high, row in zip(course["low"], course["high"], rows, strict=True):
        assert (low, high) == pytest.approx(wilson(row.solved, 10))
    assert horizon.reach("lstm") == 10
    assert horizon.reach("gru") == 0
