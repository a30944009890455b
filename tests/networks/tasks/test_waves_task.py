"""The waves: typed numbers are read as they stand, and what is measured has its floor."""

import pytest

from explorer.networks.tasks import RECIPES
from explorer.networks.tasks.waves import TASK


def test_typed_numbers_are_read_one_a_step():
    given = TASK.material.given("0.5, -1 2")

    assert given.values == (0.5, -1.0, 2.0)
    assert given.tokens == ("0.5", "−1", "2")
    with pytest.raises(ValueError, match="'x' in place 2 is not a number"):
        TASK.material.check("1 x")


def test_no_forecaster_is_better_than_the_noise_and_an_untrained_one_not_than_the_last_value():
    untrained = RECIPES["numbers-gru"].lesson(1).network()

    told = TASK.measure(untrained, None).scalars

    assert told["floor"] == pytest.approx(0.02**2)  # the variance of the noise of a wave
    assert told["held_out"] > told["persistence"] > told["floor"]
