"""How each trained network of the project is made, and what can be said of it afterwards."""

import math
import platform
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import torch

from explorer.networks.cards import WORDS, Card
from explorer.networks.series import digits, sunspots
from explorer.networks.texts import Text, english, python_source
from explorer.sequences import (
    CharacterNetwork,
    CharacterTraining,
    NumberNetwork,
    NumberTraining,
    forecasts,
    held_out,
)
from explorer.sequences.digits import DigitLesson, DigitNetwork, DigitTraining, named
from explorer.sequences.forecasting import WaveLesson
from explorer.sequences.learning import Lesson, Watch, learn
from explorer.sequences.training import CharacterLesson
from explorer.sequences.yearly import Outlook, SeriesLesson, SeriesTraining, outlook

__all__ = ["NETWORKS", "WORDS", "Card", "Network", "Recipe"]

Network = CharacterNetwork | NumberNetwork | DigitNetwork
Settings = CharacterTraining | NumberTraining | SeriesTraining | DigitTraining


@dataclass(frozen=True)
class Recipe:
    """A network that can be made: in words, its settings, what it learns, and its card."""

    summary: str
    settings: Settings
    learns: Callable[[Any], Lesson[Any]]
    tells: Callable[[str, Any, Any], Card]
    name: str

    @property
    def updates(self) -> int:
        """How many updates the shipped network took."""
        return self.settings.updates

    def adjusted(self, updates: int | None, seed: int) -> Settings:
        """The settings with so many updates and this seed; `ValueError` out of range."""
        return replace(
            self.settings, updates=self.updates if updates is None else updates, seed=seed
        )

    def lesson(self, updates: int | None = None, seed: int = 0) -> Lesson[Any]:
        """What is learned, ready to begin."""
        return self.learns(self.adjusted(updates, seed))

    def card(self, network: Network, updates: int | None = None, seed: int = 0) -> Card:
        """What there is to say of a network made with so many updates from this seed."""
        return self.tells(self.name, network, self.adjusted(updates, seed))

    def make(self, updates: int | None, seed: int, watch: Watch | None) -> tuple[Network, Card]:
        """The network, trained from scratch, with its card."""
        network = learn(self.lesson(updates, seed), watch)
        return network, self.card(network, updates, seed)


def text_lesson(text: Callable[[], Text], settings: CharacterTraining) -> CharacterLesson:
    """Expecting the characters of a text."""
    return CharacterLesson(text().learned, settings)


def text_card(
    text: Callable[[], Text], reads: str, name: str, network: CharacterNetwork, settings: Settings
) -> Card:
    """Loss and named units of a character network on what was held out of its text."""
    read = text()
    told = held_out(network, read.choosing, read.scoring, read.language)
    guess = math.log(len(network.vocabulary))
    return Card(
        **_common(name, network, settings),
        reads=reads,
        data=f"{read.name}, Python {read.python}, {read.files} {read.whole}, "
        f"{len(read.learned):,} characters learned from",
        sha256=read.sha256,
        loss=told.loss,
        loss_error=told.loss_error,
        loss_unit="nats a character",
        compared=f"guessing blindly would cost {guess:.2f}",
        telling=told.telling,
        following=told.following,
        layers=network.stack.depth,
        held_out=read.whole,
    )


def waves_card(name: str, network: NumberNetwork, settings: NumberTraining) -> Card:
    """Errors of a forecaster on fresh waves, and its unit that tells rising from falling."""
    # A stream of its own, so that the held-out waves are not those of the training.
    told = forecasts(network, settings.waves, torch.Generator().manual_seed(2**32 + settings.seed))
    waves = settings.waves
    return Card(
        **_common(name, network, settings),
        reads="waves",
        data=f"sine waves of {waves.shortest:g} to {waves.longest:g} steps whose beat changes "
        f"once, values within ±{waves.reach:g}, noise {waves.noise:g}",
        sha256="",
        loss=told.error,
        loss_error=told.error_error,
        loss_unit="mean squared error of the next value",
        compared=f"expecting the last value again gives {told.persistence:.3g}, noise alone "
        f"{told.floor:.1g}, and nobody can foresee where the beat changes",
        telling=(told.telling,),
        following=(),
    )


def sunspots_card(name: str, network: NumberNetwork, settings: SeriesTraining) -> Card:
    """Errors of a forecaster on later years, beside those of a straight line through the past."""
    series = sunspots()
    told = outlook(network, series)
    last, split = series.first + len(series.values) - 1, series.first + series.learned
    return Card(
        **_common(name, network, settings),
        reads="yearly sunspot numbers",
        data=f"{series.name} from {series.first} to {last} (as packaged in statsmodels), learned "
        f"from before {split}",
        sha256="",
        loss=told.error,
        loss_error=told.error_error,
        loss_unit=f"mean squared error one year ahead, over {told.many} years from {split} on",
        compared=f"expecting the last year again gives {told.persistence:.0f}, a linear "
        f"autoregression of order 9 fitted to the same years {told.line:.0f} ± "
        f"{told.line_error:.0f}: {_winner(told)}",
        telling=(told.telling,),
        following=(),
        held_out="years",
    )


def digits_card(name: str, network: DigitNetwork, settings: DigitTraining) -> Card:
    """How many digits never seen are named wrong, and which unit tells each digit."""
    pictures = digits()
    told = named(network, pictures)
    return Card(
        **_common(name, network, settings),
        reads="8×8 digits row by row",
        data=f"digits of scikit-learn (Alpaydin and Kaynak 1998), {pictures.learned:,} learned "
        f"from, {told.many} held out; both by the same 13 hands",
        sha256="",
        loss=1 - told.right,
        loss_error=told.right_error,
        loss_unit="of the digits named wrong",
        compared=f"the digit of the nearest picture is wrong for {1 - told.nearest:.3f}",
        telling=told.telling,
        following=(),
        both_ways=True,
        held_out="pictures",
    )


def _winner(told: Outlook) -> str:
    """Who forecasts better, and whether the difference is more than chance."""
    better, worse = ("network", "line") if told.lead > 0 else ("line", "network")
    sure = abs(told.lead) > 2 * told.lead_error
    return (
        f"the {better} is better than the {worse} by {abs(told.lead):.0f} ± {told.lead_error:.0f}"
        + ("" if sure else ", which may be chance")
    )


def _common(name: str, network: Network, settings: Any) -> dict[str, Any]:
    """What every card says."""
    return {
        "name": name,
        "cell": settings.cell,
        "units": settings.units,
        "parameters": network.parameters,
        "command": _command(name, settings.updates, settings.seed),
        "updates": settings.updates,
        "seed": settings.seed,
        "python": platform.python_version(),
        "torch": torch.__version__,
    }


def _characters(cell: str, updates: int, words: str, rate: float = 1.6e-2) -> Recipe:
    settings = CharacterTraining(cell, updates=updates, learning_rate=rate)
    return Recipe(
        f"{words} that reads Python source character by character",
        settings,
        partial(text_lesson, python_source),
        partial(text_card, python_source, "Python source"),
        f"characters-{cell}",
    )


def _numbers(cell: str, words: str) -> Recipe:
    summary = f"{words} that reads numbers and forecasts the next"
    return Recipe(summary, NumberTraining(cell), WaveLesson, waves_card, f"numbers-{cell}")


RECIPES = (
    _characters("lstm", 10_000, "an LSTM"),
    _characters("gru", 6_000, "a GRU"),
    # A plain RNN loses its footing at the rate of the gated cells.
    _characters("rnn_tanh", 8_000, "a plain RNN", rate=4e-3),
    _characters("lstm_peephole", 5_000, "an LSTM with peepholes"),
    _characters("lstm_coupled", 5_000, "an LSTM with coupled gates"),
    _characters("gru_before", 5_000, "a GRU that resets before the product"),
    Recipe(
        "two layers of LSTM that read English prose character by character",
        CharacterTraining("lstm", layers=2, updates=5_000, learning_rate=8e-3, language="english"),
        partial(text_lesson, english),
        partial(text_card, english, "English prose about Python"),
        "english-lstm",
    ),
    Recipe(
        "an LSTM that reads yearly sunspot numbers and forecasts the next",
        SeriesTraining(),
        lambda settings: SeriesLesson(sunspots(), settings),
        sunspots_card,
        "sunspots-lstm",
    ),
    _numbers("lstm", "an LSTM"),
    _numbers("gru", "a GRU"),
    Recipe(
        "an LSTM that reads 8×8 digits row by row, both ways",
        DigitTraining(),
        lambda settings: DigitLesson(digits(), settings),
        digits_card,
        "digits-lstm",
    ),
)
NETWORKS: dict[str, Recipe] = {recipe.name: recipe for recipe in RECIPES}
"""Every network that ships under assets/, by name."""


def _command(name: str, updates: int, seed: int) -> str:
    words = ["python -m explorer train", name]
    if updates != NETWORKS[name].updates:
        words.append(f"--updates {updates}")
    if seed:
        words.append(f"--seed {seed}")
    return " ".join([*words, f"--out assets/{name}.safetensors"])
