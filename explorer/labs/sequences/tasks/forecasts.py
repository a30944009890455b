"""Forecasting the next value: series where the past repeats, and series where nothing beats it."""

import math
from collections.abc import Mapping
from functools import cache, lru_cache, partial

import numpy as np
from jaxtyping import Int64
from torch import Tensor

from explorer.labs.sequences.tasks import own as owns
from explorer.labs.sequences.tasks.own import OwnSeries
from explorer.labs.sequences.tasks.series import series
from explorer.labs.sequences.tasks.task import Seen, Task
from explorer.sequences.kinds import Network
from explorer.sequences.problems import Forecast, Problem, mackey_glass

SHOWN, ALONE = 80, 30  # held-out values that are forecast in the picture, and steps without truth
AHEAD, STARTS = 12, 32  # most steps ahead of which the error is told, and from how many places
EXAMPLE = " ".join(
    f"{round(10 * math.sin(k * 0.9) + 5 * math.sin(k * 2.1) + k / 10)}" for k in range(90)
)
MACKEY_GLASS = 1_000  # values, six units of time apart
LOOK = (
    "On the left, the forecast of each value from the true ones before it. In the middle, each "
    "network goes on alone, from its own forecasts; on the right, how far off that is, so many "
    "steps ahead."
)


@cache
def known(name: str, learned: int, window: int) -> Forecast:
    """The problem of a series that ships with the page, or that a formula makes."""
    values = mackey_glass(MACKEY_GLASS) if name == "mackey_glass" else series()[name]
    return Forecast(values, learned, window)


@lru_cache(maxsize=8)
def own(numbers: str) -> OwnSeries:
    """The problem of a series that a visitor brings. Raises `ValueError` with one sentence."""
    return OwnSeries(numbers)


def ahead_from(problem: Problem) -> tuple[int, Int64[Tensor, " N"]]:
    """How many steps ahead the error is told, half of what is held out at most, and from where."""
    assert isinstance(problem, Forecast)
    steps = max(1, min(AHEAD, (len(problem.values) - problem.learned) // 2))
    return steps, problem.starts(steps, STARTS)


def still(problem: Problem, first: float) -> Seen:
    """The true values after those that are learned from, with the time of each.

    And how far off the last value and a line are, more and more steps ahead.
    """
    assert isinstance(problem, Forecast)
    apart = 1.0
    if isinstance(problem, OwnSeries):
        times = problem.times.shown()
        first, apart = times.first, times.apart
    asked = problem.asked[:SHOWN]
    alone = problem.asked[problem.asked < problem.learned + ALONE]
    steps, starts = ahead_from(problem)
    floors = {"last": problem.persisting(steps, starts), "line": problem.straight(steps, starts)}
    return Seen(
        {
            "time": _float(first + apart * asked),
            "time_before": _float(first + apart * (asked - 1)),
            "truth": _float(problem.values[asked]),
            "last": _float(problem.values[asked - 1]),
            "alone_time": _float(first + apart * alone),
            "alone_truth": _float(problem.values[alone]),
            "steps_ahead": np.arange(1, steps + 1, dtype=np.float32),
            **{
                f"{name}_ahead": _float(problem.errors_ahead(each, starts))
                for name, each in floors.items()
            },
        }
    )


def seen(problem: Problem, network: Network, answers: Tensor) -> Seen:
    """The forecasts of a network, those it makes alone, and whether they rather copy."""
    assert isinstance(problem, Forecast)
    forecast = problem.forecasts(answers)
    true, before = problem.values[problem.asked], problem.values[problem.asked - 1]
    held_out = len(problem.values) - problem.learned
    alone = problem.on_its_own(network, min(ALONE, held_out))
    told = problem.asked[problem.asked < problem.learned + ALONE] - problem.learned
    steps, starts = ahead_from(problem)
    off = problem.errors_ahead(problem.ahead(network, steps, starts), starts)
    copies = (forecast - before).square().mean() < (forecast - true).square().mean()
    return Seen(
        {
            "forecast": _float(forecast[:SHOWN]),
            "alone": _float(alone[told]),
            "ahead": _float(off),
        },
        copies=bool(copies),
    )


def gaps_told(problem: Problem, networks: Mapping[str, Network]) -> str:
    """How many values of a series that somebody brings were filled in."""
    assert isinstance(problem, OwnSeries)
    if not problem.gaps:
        return ""
    are = "value is a gap" if problem.gaps == 1 else "values are gaps"
    return (
        f"{problem.gaps} of {len(problem.values)} {are}, filled by straight lines: read, and "
        "neither learned nor scored."
    )


def _float(values: Tensor) -> np.ndarray:
    return values.double().numpy().astype(np.float32)


def _task(
    label: str,
    what: str,
    purpose: str,
    source: str,
    *,
    name: str,
    learned: int,
    window: int,
    updates: int,
    rate: float = 1e-2,
    first: float = 0,
    unit: str = "step",
) -> Task:
    return Task(
        label=label,
        asks=f"what the next {what} is",
        purpose=purpose,
        source=source,
        family="forecast",
        problem=lambda numbers: known(name, learned, window),
        line_up=("vanilla", "gru", "window"),
        updates=updates,
        rate=rate,
        window=window,
        floors=("persistence", "line"),
        look=LOOK,
        still=partial(still, first=first),
        seen=seen,
        unit=unit,
    )


STATSMODELS = "as packaged in statsmodels 0.15.0, public domain"
VEGA = "as packaged in vega_datasets 0.9.0, MIT"
TASKS: Mapping[str, Task] = {
    "sunspots": _task(
        "Sunspots",
        "yearly sunspot number",
        "Cycles of about eleven years and unequal height; learned from before 1920.",
        f"Yearly sunspot numbers from 1700 to 2008, {STATSMODELS}",
        name="sunspots",
        learned=220,
        window=12,
        updates=400,
        first=-200,
        unit="year after 1900",
    ),
    "co2": _task(
        "Carbon dioxide",
        "month of carbon dioxide",
        "The level rises: what is asked for lies above all that was learned from, and a network "
        "whose units have reached their ends does not know how to go on.",
        f"Monthly means at Mauna Loa from May 1964 to 2001 (Keeling and Whorf 2004), {STATSMODELS}",
        name="co2",
        learned=300,
        window=24,
        updates=400,
        unit="month",
    ),
    "weather": _task(
        "Weather",
        "daily maximum in Seattle",
        "Tomorrow is much like today, and a little like the season.",
        f"Daily maximum temperatures from 2012 to 2015, learned from three years, {VEGA}",
        name="weather",
        learned=1096,
        window=14,
        updates=400,
        rate=3e-3,
        unit="day",
    ),
    "shares": _task(
        "Share price",
        "month of a share price",
        "Whoever knew more than the last price would trade on it until it was no longer so.",
        f"Logarithm of the monthly price of MSFT from 2000 to March 2010, {VEGA}",
        name="msft",
        learned=80,
        window=12,
        updates=200,
        rate=3e-3,
        unit="month",
    ),
    "mackey_glass": _task(
        "Mackey-Glass",
        "value of a chaotic series",
        "Made by a formula that looks back 17 units of time, so a window sees all that matters: "
        "Gers, Eck and Schmidhuber (2001) found that LSTM does no better than one there.",
        "Mackey and Glass (1977), 1,000 values six units of time apart, 700 learned from",
        name="mackey_glass",
        learned=700,
        window=8,
        updates=600,
    ),
    "own": Task(
        label="Your numbers",
        asks="what comes next in your series",
        purpose="Up to 500 numbers of yours, the first 70 % learned from.",
        source="What you type or paste under Numbers, or a column of a table that you bring",
        family="forecast",
        problem=own,
        line_up=("vanilla", "gru", "window"),
        updates=400,
        rate=1e-2,
        window=owns.WINDOW,
        floors=("persistence", "line"),
        look=LOOK,
        still=partial(still, first=1),
        seen=seen,
        remark=gaps_told,
        unit="number",
    ),
}
