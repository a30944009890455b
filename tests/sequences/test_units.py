"""Units that tell something: scores against scikit-learn, and honest about noise."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from explorer.sequences import following_unit, separation, telling_unit


@settings(deadline=None)
@given(seed=st.integers(0, 10_000), ties=st.booleans())
def test_separation_is_the_area_under_the_roc_curve(seed, ties):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(60, 3))
    if ties:
        values = values.round()
    inside = rng.random(60) < 0.3
    inside[:2] = True, False  # one of each kind at least

    ours = separation(values, inside)

    for unit in range(3):
        assert ours[unit] == pytest.approx(roc_auc_score(inside, values[:, unit]), abs=1e-12)


def test_a_unit_that_tells_exactly_scores_one_and_its_opposite_zero():
    inside = np.array([True, False, True, False])
    exact = np.where(inside, 2.0, -1.0)

    assert separation(np.stack([exact, -exact], axis=1), inside).tolist() == [1.0, 0.0]


def test_only_places_of_one_kind_are_refused():
    with pytest.raises(ValueError, match="both kinds of places"):
        separation(np.zeros((3, 1)), np.array([True, True, True]))


def an_experiment(seed, told=0.0, units=40, texts=60, length=50):
    """Noise everywhere; unit 7 additionally falls by `told` where the answer is yes."""
    rng = np.random.default_rng(seed)
    inside = rng.random((2, texts, length)) < 0.4
    values = rng.normal(size=(2, texts, length, units))
    values[..., 7] -= told * inside
    choosing = values[0].reshape(-1, units), inside[0].ravel()
    return telling_unit("answers", choosing, (values[1], inside[1]))


def test_the_unit_that_tells_is_found_with_its_direction_and_score():
    found = an_experiment(seed=0, told=1.0)

    assert (found.unit, found.high_inside) == (7, False)
    # Two unit Gaussians one apart: the share of ordered pairs is the normal cdf of 1/sqrt(2).
    assert found.score == pytest.approx(0.7602, abs=4 * found.error)
    assert found.error < 0.02


def test_a_unit_that_turns_around_where_it_is_scored_scores_below_one_half():
    inside = np.arange(40) % 2 == 0
    rises = inside.astype(float)[:, None]
    scoring = -rises.reshape(4, 10, 1), inside.reshape(4, 10)

    found = telling_unit("answers", (rises, inside), scoring)

    assert found.high_inside
    assert found.score == 0.0
    low = telling_unit("answers", (-rises, inside), (rises.reshape(4, 10, 1), scoring[1]))
    assert (low.high_inside, low.score) == (False, 0.0)


def test_the_best_of_many_silent_units_is_not_flattered():
    scores = [an_experiment(seed).score for seed in range(10)]

    assert abs(np.mean(scores) - 0.5) < 0.01  # the best on its own choosing set lies above 0.52


def test_the_error_of_a_score_is_its_spread_over_fresh_texts():
    found = [an_experiment(seed, told=1.0) for seed in range(30)]

    spread = np.std([one.score for one in found], ddof=1)

    assert np.mean([one.error for one in found]) == pytest.approx(spread, rel=0.35)


def test_the_error_from_two_groups_is_half_the_difference_of_their_scores():
    rng = np.random.default_rng(0)
    values, inside = rng.normal(size=(8, 50, 1)), rng.random((8, 50)) < 0.5
    exact = np.array([[1.0], [0.0]]), np.array([True, False])  # the unit is high inside

    found = telling_unit("answers", exact, (values, inside), parts=2)

    even, odd = (
        separation(values[half].reshape(-1, 1), inside[half].ravel())[0]
        for half in (slice(0, None, 2), slice(1, None, 2))
    )
    assert found.error == pytest.approx(abs(even - odd) / 2, abs=1e-12)


def test_the_unit_that_follows_an_amount_is_found_with_its_correlation():
    rng = np.random.default_rng(0)
    amounts = rng.integers(0, 4, size=(2, 3000))
    values = rng.normal(size=(2, 3000, 5))
    values[:, :, 3] -= 0.7 * amounts
    values[:, :, 1] = 2.0  # never moves

    found = following_unit(
        "amount",
        (values[0], amounts[0]),
        (values[1].reshape(60, 50, 5), amounts[1].reshape(60, 50)),
    )

    assert (found.unit, found.places) == (3, 3000)
    # The error of a correlation r of n independent Gaussian pairs is about (1 − r²)/√n.
    assert found.error == pytest.approx((1 - found.correlation**2) / 3000**0.5, rel=0.5)
    expected = np.corrcoef(values[1, :, 3], amounts[1])[0, 1]
    assert found.correlation == pytest.approx(expected, abs=1e-12)
    assert found.correlation < -0.5
