"""Forecasting one step of a series: never from what lies behind it, and floors in closed form."""

import math

import numpy as np
import pytest
import torch
from scipy.integrate import solve_ivp
from sklearn.linear_model import LinearRegression

from explorer.sequences.kinds import KINDS, Build
from explorer.sequences.problems import Forecast, mackey_glass

VALUES = np.random.default_rng(0).normal(size=60).cumsum()
LEARNED, WINDOW = 40, 4


@pytest.fixture(scope="module")
def forecast() -> Forecast:
    return Forecast(VALUES, LEARNED, WINDOW)


@pytest.fixture(scope="module")
def network(forecast):
    return KINDS["vanilla"].draw(forecast.shape, Build(units=3), torch.Generator().manual_seed(0))


def floors(problem: Forecast) -> dict[str, float]:
    return {floor.name: floor.value for floor in problem.floors}


def test_persistence_and_the_line_are_what_they_are_in_closed_form(forecast):
    past = np.array([VALUES[t - WINDOW : t] for t in range(WINDOW, 60)])
    line = LinearRegression().fit(past[: LEARNED - WINDOW], VALUES[WINDOW:LEARNED])
    errors = line.predict(past[LEARNED - WINDOW :]) - VALUES[LEARNED:]

    assert floors(forecast)["persistence"] == pytest.approx(
        math.sqrt(np.mean(np.diff(VALUES[LEARNED - 1 :]) ** 2))
    )
    assert floors(forecast)["line"] == pytest.approx(math.sqrt(np.mean(errors**2)))


def test_a_straight_slope_is_forecast_by_a_line_and_missed_by_one_step_of_persistence():
    found = floors(Forecast(3.0 * np.arange(60), LEARNED, WINDOW))

    assert found["persistence"] == pytest.approx(3)
    assert found["line"] == pytest.approx(0, abs=1e-9)


def test_a_window_ends_before_the_value_that_is_asked_for_and_holds_the_change_to_it(forecast):
    examples = forecast.windows(torch.tensor([7]))
    scaled = (VALUES - VALUES[:LEARNED].mean()) / VALUES[:LEARNED].std()

    assert examples.inputs[:, 0, 0].numpy() == pytest.approx(scaled[3:7], abs=1e-6)
    assert float(examples.targets[0]) == pytest.approx(scaled[7] - scaled[6], abs=1e-6)


def test_nothing_held_out_is_ever_learned_from():
    changed = VALUES.copy()
    changed[LEARNED:] += 1_000
    batches = [
        Forecast(values, LEARNED, WINDOW).examples(torch.Generator().manual_seed(5))
        for values in (VALUES, changed)
    ]

    assert torch.equal(batches[0].inputs, batches[1].inputs)
    assert torch.equal(batches[0].targets, batches[1].targets)


def test_a_forecast_does_not_know_its_own_value_nor_any_behind_it(forecast, network):
    changed = VALUES.copy()
    changed[50:] += 1_000
    other = Forecast(changed, LEARNED, WINDOW)

    ours, theirs = (
        forecast.forecasts(forecast.answers(network)),
        other.forecasts(other.answers(network)),
    )

    torch.testing.assert_close(ours[: 50 - LEARNED + 1], theirs[: 50 - LEARNED + 1])


def test_a_network_that_says_no_change_is_persistence(forecast, network):
    for part in network.parameters.values():
        part.data.zero_()

    error = forecast.of_mean(float(forecast.measured(network).double().mean()))

    assert error == pytest.approx(floors(forecast)["persistence"], rel=1e-5)
    assert forecast.forecasts(forecast.answers(network)).numpy() == pytest.approx(
        VALUES[LEARNED - 1 : -1]
    )
    assert forecast.on_its_own(network, 3).numpy() == pytest.approx(
        [VALUES[LEARNED - 1]] * 3, abs=1e-5
    )
    assert forecast.score_of(error) == pytest.approx(error**2)


def test_alone_the_first_step_is_the_forecast_and_the_next_ones_rest_on_it(forecast):
    network = KINDS["window"].draw(
        forecast.shape, Build(window=WINDOW), torch.Generator().manual_seed(1)
    )
    first, second = forecast.on_its_own(network, 2)

    assert float(first) == pytest.approx(
        float(forecast.forecasts(forecast.answers(network))[0]), rel=1e-5
    )
    went_on = np.concatenate((VALUES[:LEARNED], [float(first)], VALUES[LEARNED + 1 :]))
    other = Forecast(went_on, LEARNED, WINDOW)
    assert float(second) == pytest.approx(
        float(other.forecasts(other.answers(network))[1]), rel=1e-4
    )


def test_the_error_that_is_learned_and_that_is_shown_are_one_in_two_units(forecast, network):
    answers = network(forecast.held_out.inputs).detach()

    learned = float(forecast.loss(answers, forecast.held_out))
    shown = float(forecast.scores(answers, forecast.held_out).mean())

    assert shown == pytest.approx(learned * VALUES[:LEARNED].std() ** 2, rel=1e-5)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        (VALUES[:29], "at least 30 values, not 29"),
        (np.where(np.arange(60) == 9, np.nan, VALUES), "no gaps"),
        (np.where(np.arange(60) == 50, np.inf, VALUES), "no gaps"),
        (np.ones(60), "never changes"),
    ],
)
def test_a_series_that_cannot_be_learned_from_is_refused_in_one_sentence(values, says):
    with pytest.raises(ValueError, match=says):
        Forecast(values, LEARNED, WINDOW)
    with pytest.raises(ValueError, match="a window of 20 needs at least 41 values"):
        Forecast(VALUES, LEARNED, 20)


def test_the_series_of_mackey_and_glass_is_that_of_two_other_solvers():
    # For 17 units what comes back is constant and x has a closed form; for 17 more, what comes
    # back is that form, and the rest is an ordinary equation for another solver.
    level = 10 * 0.2 * 1.2 / (1 + 1.2**10)

    def early(t: float) -> float:
        return level + (1.2 - level) * math.exp(-t / 10)

    def fed(t: float, x: list[float]) -> list[float]:
        old = early(t - 17)
        return [0.2 * old / (1 + old**10) - 0.1 * x[0]]

    solved = solve_ivp(fed, (17, 34), [early(17)], t_eval=[20, 25, 34], rtol=1e-10, atol=1e-12)

    found = mackey_glass(35, apart=1, skipped=0)

    assert found[[0, 10, 17]] == pytest.approx([early(t) for t in (0, 10, 17)], rel=1e-6)
    assert found[[20, 25, 34]] == pytest.approx(solved.y[0], rel=1e-4)


def test_so_many_steps_ahead_each_forecast_is_made_from_those_before_it(forecast, network):
    starts = torch.tensor([LEARNED, LEARNED + 5])

    found = forecast.ahead(network, 3, starts)

    for row, start in zip(found, starts.tolist(), strict=True):
        known = ((VALUES[:start] - forecast.mean) / forecast.spread).tolist()
        for _ in range(3):
            seen = torch.tensor(known[-WINDOW:])[:, None, None]
            with torch.no_grad():
                known.append(known[-1] + float(network(seen)))
        expected = np.array(known[start:]) * forecast.spread + forecast.mean
        assert row.numpy() == pytest.approx(expected, abs=1e-4)


def test_the_errors_of_the_floors_ahead_are_those_of_a_slope_in_closed_form():
    problem = Forecast(3.0 * np.arange(60), LEARNED, WINDOW)
    starts = problem.starts(5, 4)

    last = problem.errors_ahead(problem.persisting(5, starts), starts)
    line = problem.errors_ahead(problem.straight(5, starts), starts)

    assert last.tolist() == pytest.approx([3, 6, 9, 12, 15])
    assert line.tolist() == pytest.approx([0] * 5, abs=1e-6)
    assert starts.tolist() == [40, 45, 50, 55]


def test_a_value_that_was_filled_in_is_no_target_and_fits_no_line():
    filled = np.zeros(60, dtype=bool)
    filled[[20, 50]] = True
    odd = 3.0 * np.arange(60)
    odd[20] += 30  # as a target it would bend the line, looked back on it does too: only there
    problem = Forecast(odd, LEARNED, WINDOW, filled=filled)

    drawn = problem.examples(torch.Generator().manual_seed(0))
    assert problem.asked.tolist() == [t for t in range(LEARNED, 60) if t != 50]
    assert len(problem.held_out.targets) == 19
    scaled = (odd - problem.mean) / problem.spread
    assert float(drawn.targets.max()) < scaled[20] - scaled[19]
    assert len(problem.forecasts(problem.held_out.targets[:, None])) == 19


def test_too_many_gaps_leave_nothing_to_learn_from():
    filled = np.zeros(60, dtype=bool)
    filled[WINDOW : LEARNED - 2] = True

    with pytest.raises(ValueError, match="too many values are gaps"):
        Forecast(VALUES, LEARNED, WINDOW, filled=filled)
