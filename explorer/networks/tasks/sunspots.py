"""Forecasting the next yearly sunspot number, beside a straight line through the past."""

import csv
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file

from explorer.dials import Dial
from explorer.networks.cards import Examination, told
from explorer.networks.kinds import NUMBERS, Given
from explorer.networks.material import Material
from explorer.networks.measured import Measured
from explorer.networks.recipes import ASSETS, Goal, Recipe, Task
from explorer.sequences import NumberNetwork, Series
from explorer.sequences.yearly import Outlook, SeriesLesson, SeriesTraining, outlook

LEARNED_BEFORE = 1920
"""The year that splits the sunspots, as in Weigend, Huberman and Rumelhart (1990)."""
FIRST_YEAR = 1700
SHIPPED = ASSETS / "sunspots-lstm.safetensors"
TELLS = {"rising": ("rising", "falling")}


@cache
def sunspots() -> Series:
    """Yearly sunspot numbers from 1700 to 2008, learned from before 1920.

    The file lies inside the package statsmodels, which is not imported. Without that package they
    are those that travel with the shipped network; raises `ValueError` without either.
    """
    package = find_spec("statsmodels")
    if package is None or package.origin is None:
        if not SHIPPED.exists():
            raise ValueError("the sunspot numbers lie inside the package statsmodels; install it")
        values = load_file(SHIPPED)["example"]
        return Series("yearly sunspot numbers", values, FIRST_YEAR, LEARNED_BEFORE - FIRST_YEAR)
    path = Path(package.origin).parent / "datasets" / "sunspots" / "sunspots.csv"
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    years = [int(float(row["YEAR"])) for row in rows]
    values = torch.tensor([float(row["SUNACTIVITY"]) for row in rows], dtype=torch.float64)
    return Series("yearly sunspot numbers", values, years[0], years.index(LEARNED_BEFORE))


def since(year: int) -> Given:
    """The numbers from a year on, one year a step."""
    series = sunspots()
    values = tuple(series.values[year - series.first :].tolist())
    return Given("year", tuple(str(year + k) for k in range(len(values))), values=values)


def lesson(settings: SeriesTraining) -> SeriesLesson:
    """Forecasting the numbers before 1920."""
    return SeriesLesson(sunspots(), settings)


def measure(network: NumberNetwork, before: Measured | None) -> Measured:
    """The error of the next year on years never learned, beside a line through the past."""
    series = sunspots()
    seen = outlook(network, series)
    found = seen.telling
    predictions = network.read(series.values.tolist()).predictions.numpy()
    winner = "better" if seen.error < seen.line else "worse"
    return Measured(
        {
            "held_out": seen.error,
            "persistence": seen.persistence,
            "line": seen.line,
            "score": found.score,
            "unit": float(found.unit),
        },
        {"predictions": predictions.astype(np.float32)},
        {"unit": f"**Unit {found.unit}** tells {told(found, TELLS)}."},
        begins="Nothing is learned yet: its forecasts hardly move.",
        says=f"The mean squared error of the next year is {seen.error:.0f} on years it never saw, "
        f"{winner} than the linear autoregression with {seen.line:.0f}; expecting the last year "
        f"again gives {seen.persistence:.0f}.",
    )


def still() -> Mapping[str, np.ndarray]:
    """The numbers and their years, which the forecasts are shown against."""
    values = sunspots().values.numpy().astype(np.float32)
    return {"values": values, "years": np.arange(len(values), dtype=np.float32) + sunspots().first}


def examine(network: NumberNetwork, settings: SeriesTraining) -> Examination:
    """Errors of a forecaster on later years, beside those of a straight line through the past."""
    series = sunspots()
    seen = outlook(network, series)
    last, split = series.first + len(series.values) - 1, series.first + series.learned
    return Examination(
        data=f"{series.name} from {series.first} to {last} (as packaged in statsmodels), learned "
        f"from before {split}",
        loss=seen.error,
        loss_error=seen.error_error,
        loss_unit=f"mean squared error one year ahead, over {seen.many} years from {split} on",
        compared=f"expecting the last year again gives {seen.persistence:.0f}, a linear "
        f"autoregression of order 9 fitted to the same years {seen.line:.0f} ± "
        f"{seen.line_error:.0f}: {_winner(seen)}",
        telling=(seen.telling,),
        held_out="years",
    )


def _winner(seen: Outlook) -> str:
    """Who forecasts better, and whether the difference is more than chance."""
    better, worse = ("network", "line") if seen.lead > 0 else ("line", "network")
    sure = abs(seen.lead) > 2 * seen.lead_error
    return (
        f"the {better} is better than the {worse} by {abs(seen.lead):.0f} ± {seen.lead_error:.0f}"
        + ("" if sure else ", which may be chance")
    )


TASK = Task(
    name="sunspots",
    label="sunspots",
    reads="yearly sunspot numbers",
    place=4,
    kind=NUMBERS,
    goal=Goal(
        loss="squared error",
        held_out="years never seen",
        unit="best unit: rising or falling",
        baselines=(("persistence", "the last year again"), ("line", "autoregression")),
    ),
    material=Material(
        setting="first_year",
        row=Dial(label="From the year", low=FIRST_YEAR, high=1989),
        example=1900,
        given=since,
    ),
    tells=TELLS,
    lesson=lesson,
    measure=measure,
    examine=examine,
    still=still,
)

RECIPES = (
    Recipe(
        "sunspots-lstm",
        "an LSTM that reads yearly sunspot numbers and forecasts the next",
        TASK,
        SeriesTraining(),
    ),
)
