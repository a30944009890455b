"""Forecasting the next value of sine waves whose beat changes once."""

import torch

from explorer.dials import Dial
from explorer.networks.cards import Examination, told
from explorer.networks.kinds import NUMBERS
from explorer.networks.material import LONGEST_LINE, Material, numbers
from explorer.networks.measured import Measured
from explorer.networks.recipes import Goal, Recipe, Task
from explorer.sequences import NumberNetwork, NumberTraining, Waves, forecasts
from explorer.sequences.forecasting import WaveLesson

WAVES = 60  # fresh ones, and as many to choose the unit on: less than a card takes, for speed
TELLS = {"rising": ("rising", "falling")}


def measure(network: NumberNetwork, before: Measured | None) -> Measured:
    """The error of the next value of fresh waves, beside persistence and the floor."""
    seen = forecasts(network, Waves(), torch.Generator().manual_seed(2**32), many=WAVES)
    found = seen.telling
    return Measured(
        {
            "held_out": seen.error,
            "persistence": seen.persistence,
            "floor": seen.floor,
            "score": found.score,
            "unit": float(found.unit),
        },
        sentences={"unit": f"**Unit {found.unit}** tells {told(found, TELLS)}."},
        begins="Nothing is learned yet: expecting the last value again would be better.",
        says=f"The mean squared error of the next value is {seen.error:.3g}; expecting the last "
        f"value again gives {seen.persistence:.3g}.",
    )


def examine(network: NumberNetwork, settings: NumberTraining) -> Examination:
    """Errors of a forecaster on fresh waves, and its unit that tells rising from falling."""
    waves = settings.waves
    # A stream of its own, so that the held-out waves are not those of the training.
    seen = forecasts(network, waves, torch.Generator().manual_seed(2**32 + settings.seed))
    return Examination(
        data=f"sine waves of {waves.shortest:g} to {waves.longest:g} steps whose beat changes "
        f"once, values within ±{waves.reach:g}, noise {waves.noise:g}",
        loss=seen.error,
        loss_error=seen.error_error,
        loss_unit="mean squared error of the next value",
        compared=f"expecting the last value again gives {seen.persistence:.3g}, noise alone "
        f"{seen.floor:.1g}, and nobody can foresee where the beat changes",
        telling=(seen.telling,),
    )


TASK = Task(
    name="waves",
    label="waves",
    reads="waves",
    place=3,
    kind=NUMBERS,
    goal=Goal(
        loss="squared error",
        held_out="fresh waves",
        unit="best unit: rising or falling",
        baselines=(("persistence", "the last value again"), ("floor", "noise alone")),
    ),
    material=Material(
        setting="numbers",
        row=Dial(
            label="Numbers",
            help="Numbers with blanks or commas between.",
            longest=LONGEST_LINE,
        ),
        example="0.2 0.5 0.8 0.9 0.7 0.4 0.1 -0.2 -0.4 -0.3 0 0.4 0.8 1 0.9",
        given=numbers,
    ),
    tells=TELLS,
    lesson=WaveLesson,
    measure=measure,
    examine=examine,
)


def _forecaster(cell: str, words: str) -> Recipe:
    summary = f"{words} that reads numbers and forecasts the next"
    return Recipe(f"numbers-{cell}", summary, TASK, NumberTraining(cell))


RECIPES = (_forecaster("lstm", "an LSTM"), _forecaster("gru", "a GRU"))
