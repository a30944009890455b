"""Cells along time, networks made of them that read characters or numbers, and tasks for them."""

from explorer.sequences.characters import CharacterNetwork
from explorer.sequences.forecasting import Forecasts, NumberTraining, WaveLesson, forecasts
from explorer.sequences.heldout import HeldOut, held_out
from explorer.sequences.learning import learn
from explorer.sequences.numbers import NumberNetwork, parse_numbers
from explorer.sequences.series import Autoregression, Series, autoregression
from explorer.sequences.stack import Stack, StackTrace, read_stack, stack_agreement
from explorer.sequences.syntax import Syntax, syntax
from explorer.sequences.tasks import (
    ADDING_BASELINE,
    AddingProblem,
    adding_problem,
    stratified_adding_problem,
)
from explorer.sequences.trace import Trace, agreement, trace
from explorer.sequences.training import CharacterLesson, CharacterTraining
from explorer.sequences.units import (
    FollowingUnit,
    TellingUnit,
    following_unit,
    separation,
    telling_unit,
)
from explorer.sequences.vocabulary import Vocabulary
from explorer.sequences.waves import Waves

__all__ = [
    "ADDING_BASELINE",
    "AddingProblem",
    "Autoregression",
    "CharacterLesson",
    "CharacterNetwork",
    "CharacterTraining",
    "FollowingUnit",
    "Forecasts",
    "HeldOut",
    "NumberNetwork",
    "NumberTraining",
    "Series",
    "Stack",
    "StackTrace",
    "Syntax",
    "TellingUnit",
    "Trace",
    "Vocabulary",
    "WaveLesson",
    "Waves",
    "adding_problem",
    "agreement",
    "autoregression",
    "following_unit",
    "forecasts",
    "held_out",
    "learn",
    "parse_numbers",
    "read_stack",
    "separation",
    "stack_agreement",
    "stratified_adding_problem",
    "syntax",
    "telling_unit",
    "trace",
]
