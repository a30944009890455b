"""Weak duality as a game: what guesses are worth, and that they never pass W1 from either side."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from explorer.labs.transport import Sand
from explorer.labs.transport.guess import BINS, GRAINS, SOURCE, START, TARGET, Guess
from explorer.transport import wasserstein_by_quantiles
from explorer.transport.duality import c_transform, gap_of, made_lipschitz, surplus

PLACES = torch.arange(BINS, dtype=torch.float64)
W1 = wasserstein_by_quantiles(PLACES, PLACES, 1, SOURCE / GRAINS, TARGET / GRAINS)
values = st.lists(st.floats(-50, 50), min_size=BINS, max_size=BINS)


def test_the_guesses_of_the_lab_are_those_of_its_settings():
    assert Sand(guess_plan="1,1:2", guess_critic="1 2 3 4 5").guess() == Guess(
        plan="1,1:2", critic="1 2 3 4 5"
    )


@given(values)
def test_what_is_drawn_is_cut_to_slope_one_from_above_and_its_gap_is_w1_at_most(drawn):
    f = torch.tensor(drawn, dtype=torch.float64)

    made = made_lipschitz(f, PLACES)

    assert float(made.diff().abs().max()) <= 1 + 1e-9
    assert bool((made <= f + 1e-9).all())
    assert gap_of(made, SOURCE / GRAINS, TARGET / GRAINS) <= W1 + 1e-9
    torch.testing.assert_close(made_lipschitz(made, PLACES), made)
    lower = made.clone()
    lower[2] -= 0.5  # a largest one: nothing of slope one that is nowhere above f is above it
    assert float((made_lipschitz(lower, PLACES) - made).max()) <= 1e-9


def test_the_c_transform_is_the_least_of_cost_less_price():
    costs = torch.tensor([[0.0, 3.0], [1.0, 5.0]], dtype=torch.float64)

    found = c_transform(torch.tensor([1.0, 0.0], dtype=torch.float64), costs)

    assert found.tolist() == [-1.0, 2.0]


def test_the_plan_to_begin_with_is_one_and_not_the_cheapest():
    still = Guess().still()

    assert still.scalars["off"] == 0
    assert still.scalars["w1"] == pytest.approx(W1)
    assert still.scalars["cost"] > W1
    by_hand = sum(abs(int(w[0]) - int(w[2])) * float(w[4:]) for w in START.split(";"))
    assert still.scalars["cost"] == pytest.approx(by_hand / GRAINS)
    assert "Your plan costs" in still.sentences["missing"]


def test_a_best_plan_and_a_best_critic_meet_at_w1():
    best = Guess(plan="1,1:1;1,3:2;1,4:2;2,4:1;2,5:2;3,5:2", critic="4 3 2 1 0").still()

    assert best.scalars["cost"] == pytest.approx(best.scalars["gap"])
    assert best.scalars["gap"] == pytest.approx(W1)
    assert best.sentences["missing"].startswith("**A cheapest plan:**")
    assert best.sentences["says"].startswith("**Your critic is a best one:**")
    assert best.scalars["share"] == pytest.approx(1)
    assert best.arrays["optimal"] == pytest.approx(best.arrays["critic"])
    assert all(math.isnan(value) for value in Guess().still().arrays["optimal"])


def test_what_a_table_lacks_to_be_a_plan_is_said():
    still = Guess(plan="1,1:4;2,3:3").still()

    rows, columns = surplus(Guess(plan="1,1:4;2,3:3").table, SOURCE, TARGET)
    assert rows.tolist() == [-1, 0, -2, 0, 0]
    assert columns.tolist() == [3, 0, 1, -3, -4]
    assert math.isnan(still.scalars["cost"])
    said = still.sentences["missing"]
    assert said.startswith("**No plan yet.** row 1: 1 missing, row 3: 2 missing, column 1: 3 too")


def test_a_critic_too_steep_is_said_to_be_cut():
    still = Guess(critic="0 3 0 0 0").still()

    assert still.arrays["critic"].tolist() == [0, 1, 0, 0, 0]
    assert "Your slope of 3 was cut to 1" in still.sentences["says"]
    assert still.scalars["gap"] == pytest.approx(float(SOURCE[1]) / GRAINS)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"plan": "1,6:1"}, "plan must read"),
        ({"plan": "x"}, "plan must read"),
        ({"plan": "1,1:-1"}, "0 to 10 grains"),
        ({"plan": "1,1:99"}, "0 to 10 grains"),
        ({"critic": "1 2"}, "critic must have 5 values"),
        ({"critic": "nan 1 1 1 1"}, "critic must be of numbers"),
    ],
)
def test_what_is_no_guess_gets_a_sentence(given: dict, why: str):
    with pytest.raises(ValueError, match=why):
        Guess(**given)
