"""The interval of a share is that of the paper, and of SciPy."""

import pytest
from scipy.stats import binomtest

from explorer.gradients import wilson
from explorer.gradients.shares import Z95


@pytest.mark.parametrize(("successes", "trials"), [(0, 1), (0, 5), (3, 5), (5, 5), (17, 32)])
def test_the_interval_is_scipys(successes, trials):
    theirs = binomtest(successes, trials).proportion_ci(confidence_level=0.95, method="wilson")

    assert wilson(successes, trials) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


def test_its_ends_are_the_shares_that_lie_so_many_standard_errors_off():
    for end in wilson(4, 11):
        assert abs(4 / 11 - end) == pytest.approx(Z95 * (end * (1 - end) / 11) ** 0.5)


@pytest.mark.parametrize(("successes", "trials"), [(0, 0), (-1, 4), (5, 4)])
def test_a_share_of_nothing_is_refused(successes, trials):
    with pytest.raises(ValueError, match="successes must be between 0 and the trials"):
        wilson(successes, trials)
