"""One real series: the straight line against scikit-learn, and scores that see only the past."""

import numpy as np
import pytest
import torch

from explorer.sequences import Autoregression, Series, autoregression
from explorer.sequences.learning import learn
from explorer.sequences.yearly import SeriesLesson, SeriesTraining, outlook


def a_line(order=3, many=400, noise=0.0, seed=0):
    """Values of a known autoregression, started anywhere."""
    rng = np.random.default_rng(seed)
    coefficients = np.array([1.1, -0.6, 0.2])[:order]
    values = list(rng.normal(size=order))
    while len(values) < many:
        past = np.array(values[-1 : -order - 1 : -1])
        values.append(0.7 + past @ coefficients + noise * rng.normal())
    return np.array(values), coefficients


def test_a_line_without_noise_is_found_exactly():
    values, coefficients = a_line(many=20)

    found = autoregression(values, 3)

    np.testing.assert_allclose(found.coefficients, coefficients, atol=1e-8)
    assert found.constant == pytest.approx(0.7, abs=1e-8)
    np.testing.assert_allclose(found.forecasts(values, 5), values[5:], atol=1e-8)


def test_the_line_is_the_linear_regression_of_scikit_learn():
    from sklearn.linear_model import LinearRegression

    values, _ = a_line(noise=0.5)
    past = np.array([values[t - 9 : t][::-1] for t in range(9, len(values))])
    theirs = LinearRegression().fit(past, values[9:])

    ours = autoregression(values, 9)

    np.testing.assert_allclose(ours.coefficients, theirs.coef_, atol=1e-9)
    np.testing.assert_allclose(ours.forecasts(values, 9), theirs.predict(past), atol=1e-9)


def test_a_forecast_sees_nothing_of_what_it_forecasts():
    values, _ = a_line(noise=0.5, many=50)
    line = autoregression(values, 3)
    changed = values.copy()
    changed[30] += 5

    apart = line.forecasts(changed, 10) - line.forecasts(values, 10)

    assert np.flatnonzero(apart).tolist() == [21, 22, 23]  # the three values after number 30
    np.testing.assert_allclose(apart[21:24], 5 * line.coefficients, atol=1e-12)


def test_too_little_to_fit_or_to_look_back_on_is_refused():
    with pytest.raises(ValueError, match="order 9 needs at least 19 values, not 18"):
        autoregression(np.zeros(18), 9)
    with pytest.raises(ValueError, match="start must be at least 2, not 1"):
        Autoregression(0.0, np.zeros(2)).forecasts(np.zeros(5), 1)
    with pytest.raises(ValueError, match="learned must be between 1 and 4, not 5"):
        Series("x", torch.zeros(5, dtype=torch.float64), 1700, 5)


def a_cycle():
    t = torch.arange(160, dtype=torch.float64)
    noise = torch.randn(160, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    return Series("a cycle", 50 + 40 * torch.sin(2 * torch.pi * t / 11) + 5 * noise, 1700, 120)


SETTINGS = SeriesTraining(units=8, updates=250, length=40, learning_rate=1e-2)


def test_a_network_learns_a_cycle_and_is_scored_beside_the_line_and_persistence():
    series = a_cycle()
    network = learn(SeriesLesson(series, SETTINGS))

    told = outlook(network, series)

    values = series.values.numpy()
    ours = network.read(values.tolist()).predictions.numpy()[119:159]
    straight = autoregression(values[:120], 9).forecasts(values, 120)
    assert told.error == pytest.approx(((values[120:] - ours) ** 2).mean())
    assert told.line == pytest.approx(((values[120:] - straight) ** 2).mean())
    assert told.persistence == pytest.approx(((values[120:] - values[119:159]) ** 2).mean())
    assert told.lead == pytest.approx(told.line - told.error)
    assert told.many == 40
    assert told.error < told.persistence / 2
    assert told.telling.question == "rising"
    assert told.telling.score > 0.7


def test_what_is_held_out_changes_nothing_that_is_learned():
    series = a_cycle()
    later = series.values.clone()
    later[120:] *= 3
    settings = SeriesTraining(units=4, updates=3, length=40)

    one = learn(SeriesLesson(series, settings))
    other = learn(SeriesLesson(Series("x", later, 1700, 120), settings))

    for name, value in one.state_dict().items():
        assert torch.equal(value, other.state_dict()[name])
    assert (one.offset, one.scale, one.reach) == (other.offset, other.scale, other.reach)


def test_a_window_longer_than_the_past_is_refused():
    with pytest.raises(ValueError, match="length must be below 120 values, not 120"):
        SeriesLesson(a_cycle(), SeriesTraining(length=120))
