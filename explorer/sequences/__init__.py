"""Cells along time, and networks made of them: characters and numbers read one by one."""

from explorer.sequences.characters import CharacterNetwork
from explorer.sequences.forecasting import Forecasts, NumberTraining, forecasts, train_numbers
from explorer.sequences.heldout import HeldOut, held_out
from explorer.sequences.numbers import NumberNetwork, parse_numbers
from explorer.sequences.syntax import Syntax, syntax
from explorer.sequences.trace import Trace, agreement, trace
from explorer.sequences.training import CharacterTraining, train_characters
from explorer.sequences.units import (
    FollowingUnit,
    TellingUnit,
    following_unit,
    separation,
    telling_unit,
)
from explorer.sequences.vocabulary import Vocabulary, parse_text
from explorer.sequences.waves import Waves

__all__ = [
    "CharacterNetwork",
    "CharacterTraining",
    "FollowingUnit",
    "Forecasts",
    "HeldOut",
    "NumberNetwork",
    "NumberTraining",
    "Syntax",
    "TellingUnit",
    "Trace",
    "Vocabulary",
    "Waves",
    "agreement",
    "following_unit",
    "forecasts",
    "held_out",
    "parse_numbers",
    "parse_text",
    "separation",
    "syntax",
    "telling_unit",
    "trace",
    "train_characters",
    "train_numbers",
]
