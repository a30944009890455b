"""What is told over several seeds, against SciPy's tests of the same names."""

import math

import numpy as np
import pytest
from scipy import stats

from explorer.labs.sequences.paired import mean_and_error, paired, ranking
from explorer.labs.sequences.starts import spread, wider_of

DRAWS = np.random.default_rng(0)
PAIRS = [(DRAWS.normal(shift, 1, 9), DRAWS.normal(0, 1, 9)) for shift in np.linspace(-3, 3, 12)]


@pytest.mark.parametrize("looks", [1, 6])
def test_a_paired_difference_is_told_exactly_where_scipys_paired_test_tells_it(looks):
    told = 0
    for first, second in PAIRS:
        found = paired(first, second, looks)
        scipys = stats.ttest_rel(first, second)
        assert found.mean / found.error == pytest.approx(scipys.statistic)
        assert (found.sign != 0) == (scipys.pvalue < 0.05 / looks)
        told += found.sign != 0
    assert 0 < told < len(PAIRS)


def test_what_a_seed_is_good_for_both_leaves_the_difference():
    luck = np.array([0.0, 10.0, -20.0, 30.0])

    found = paired(luck + np.array([1.0, 1.1, 0.9, 1.0]), luck)

    assert found.sign == 1
    assert stats.ttest_ind(luck + 1, luck).pvalue > 0.9


def test_seeds_that_agree_by_chance_are_not_certain_where_a_share_has_steps():
    assert paired([0.5, 0.5], [0.4, 0.4]).sign == 1
    assert paired([0.5, 0.5], [0.4, 0.4], least=0.1).sign == 0


def test_one_seed_tells_nothing_and_none_is_refused():
    assert paired([1.0], [0.0]).sign == 0
    assert math.isinf(paired([1.0], [0.0]).reach)
    with pytest.raises(ValueError, match="equally many seeds, at least one, not 0 and 0"):
        paired([], [])
    with pytest.raises(ValueError, match="not 2 and 1"):
        paired([1.0, 2.0], [1.0])


def test_a_mean_has_the_standard_error_that_scipy_says():
    values = [0.2, 0.5, 0.4, 0.9]

    assert mean_and_error(values) == pytest.approx((np.mean(values), stats.sem(values)))
    assert math.isnan(mean_and_error([0.3])[1])


def test_a_ranking_puts_the_better_first_and_leaves_level_what_chance_explains():
    noise = np.random.default_rng(1).normal(0, 0.01, 8)
    values = {"low": 0.1 + noise, "high": 0.9 - noise, "near": 0.9 + 3 * noise}

    up, down = ranking(values, sign=1), ranking(values, sign=-1)

    assert up.ahead["low"] == ()
    assert set(up.order[:2]) == {"high", "near"}
    assert [set(pair) for pair in up.level] == [{"high", "near"}]
    assert all("low" in up.ahead[name] for name in ("high", "near"))
    assert set(down.ahead["low"]) == {"high", "near"}
    assert down.order[0] == "low"


def test_an_interval_of_a_spread_is_that_of_chi_square():
    values = np.random.default_rng(2).normal(0, 2, 12)
    found, low, high = spread(values.tolist())

    ends = [found * math.sqrt(11 / stats.chi2.ppf(p, 11)) for p in (0.975, 0.025)]
    assert (low, high) == pytest.approx(ends)
    assert low < found < high
    with pytest.raises(ValueError, match="at least two values, not 1"):
        spread([1.0])


@pytest.mark.parametrize("looks", [1, 5])
def test_a_wider_spread_is_told_exactly_where_brown_and_forsythes_test_tells_it(looks):
    rng = np.random.default_rng(3)
    told = set()
    for factor in (0.1, 0.3, 0.8, 1.0, 1.5, 4.0, 9.0):
        first, second = factor * rng.normal(0, 1, 15), rng.normal(0, 1, 12)
        found = wider_of(first.tolist(), second.tolist(), looks)
        assert (found != 0) == (stats.levene(first, second, center="median").pvalue < 0.05 / looks)
        told.add(found)
    assert told == {-1, 0, 1}
