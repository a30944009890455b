"""How each trained network of the project is made, and what can be said of it afterwards."""

import math
import platform
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch

from explorer.runs.texts import python_source
from explorer.sequences import (
    CharacterNetwork,
    CharacterTraining,
    FollowingUnit,
    NumberNetwork,
    NumberTraining,
    TellingUnit,
    forecasts,
    held_out,
    train_characters,
    train_numbers,
)
from explorer.sequences.training import Watch

Network = CharacterNetwork | NumberNetwork

WORDS = {
    "brackets": "inside brackets from outside",
    "quotes": "inside quotes from outside",
    "a comment": "inside a comment from outside",
    "rising": "rising from falling",
}
"""What a telling unit tells apart, by its question."""


@dataclass(frozen=True)
class Card:
    """What a trained network is, how it was made, and how good it is on data it never saw."""

    name: str
    cell: str
    units: int
    parameters: int
    reads: str
    data: str
    sha256: str  # of the text; empty where the data comes from a formula
    command: str
    updates: int
    seed: int
    python: str
    torch: str
    loss: float
    loss_error: float  # standard error of the mean
    loss_unit: str
    compared: str  # what the loss is to be compared with
    telling: tuple[TellingUnit, ...]
    following: tuple[FollowingUnit, ...]

    @property
    def best(self) -> TellingUnit:
        """The telling unit with the highest score."""
        return max(self.telling, key=lambda found: found.score)

    @property
    def unit(self) -> int:
        """The unit that a page shows first."""
        return self.best.unit

    @property
    def sentence(self) -> str:
        """Who reads what, and which unit tells something, with its score."""
        held_back = "files" if self.sha256 else self.reads
        return (
            f"A trained {self.cell.upper()} of {self.units} units reads {self.reads}. "
            f"Unit {self.unit} tells {_told(self.best)}, on {held_back} it never saw."
        )

    @property
    def description(self) -> str:
        """The whole card in Markdown."""
        lines = [
            f"**{self.name}**: {self.cell.upper()}, {self.units} units, "
            f"{self.parameters:,} learned numbers.",
            f"- Data: {self.data}" + (f" (SHA-256 `{self.sha256[:16]}…`)" if self.sha256 else ""),
            f"- Made by `{self.command}`: {self.updates:,} updates, seed {self.seed}, "
            f"Python {self.python}, torch {self.torch}",
            f"- On data it never saw: {self.loss:#.3g} ± {self.loss_error:.1g} {self.loss_unit}; "
            f"{self.compared}",
        ]
        lines += [
            f"- Unit {found.unit} tells {_told(found)} (± {100 * found.error:.1f}; "
            f"{'high' if found.high_inside else 'low'} there)"
            for found in self.telling
        ]
        lines += [
            f"- Unit {found.unit} follows the {found.amount} with a correlation of "
            f"{found.correlation:.2f}".replace("-0", "−0")
            for found in self.following
        ]
        return "\n".join(lines)


def make_characters(
    cell: str, settings: CharacterTraining, watch: Watch | None
) -> tuple[CharacterNetwork, Card]:
    """A character network trained on the standard library's source, with its card."""
    network = train_characters(python_source().learned, settings, watch)
    return network, characters_card(network, settings)


def characters_card(network: CharacterNetwork, settings: CharacterTraining) -> Card:
    """What there is to say of a network trained with these settings on this Python's source."""
    text = python_source()
    told = held_out(network, text.choosing, text.scoring)
    name = f"characters-{settings.cell}"
    guess = math.log(len(network.vocabulary))
    return Card(
        name=name,
        cell=settings.cell,
        units=settings.units,
        parameters=network.parameters,
        reads="Python source",
        data=f"{text.name}, Python {text.python}, {text.files} files, "
        f"{len(text.learned):,} characters learned from",
        sha256=text.sha256,
        command=_command(name, settings.updates, settings.seed),
        updates=settings.updates,
        seed=settings.seed,
        python=text.python,
        torch=torch.__version__,
        loss=told.loss,
        loss_error=told.loss_error,
        loss_unit="nats a character",
        compared=f"guessing blindly would cost {guess:.2f}",
        telling=told.telling,
        following=(told.following,),
    )


def make_numbers(
    cell: str, settings: NumberTraining, watch: Watch | None
) -> tuple[NumberNetwork, Card]:
    """A forecaster trained on waves by formula, with its card."""
    network = train_numbers(settings, watch)
    # A stream of its own, so that the held-out waves are not those of the training.
    told = forecasts(network, settings.waves, torch.Generator().manual_seed(2**32 + settings.seed))
    waves = settings.waves
    card = Card(
        name=f"numbers-{cell}",
        cell=cell,
        units=settings.units,
        parameters=network.parameters,
        reads="waves",
        data=f"sine waves of {waves.shortest:g} to {waves.longest:g} steps whose beat changes "
        f"once, values within ±{waves.reach:g}, noise {waves.noise:g}",
        sha256="",
        command=_command(f"numbers-{cell}", settings.updates, settings.seed),
        updates=settings.updates,
        seed=settings.seed,
        python=platform.python_version(),
        torch=torch.__version__,
        loss=told.error,
        loss_error=told.error_error,
        loss_unit="mean squared error of the next value",
        compared=f"expecting the last value again gives {told.persistence:.3g}, noise alone "
        f"{told.floor:.1g}, and nobody can foresee where the beat changes",
        telling=(told.telling,),
        following=(),
    )
    return network, card


@dataclass(frozen=True)
class Recipe:
    """A network that can be made: in words, and the function that makes it."""

    summary: str
    updates: int
    make: Callable[[int, int, Watch | None], tuple[Network, Card]]


def _characters(cell: str, updates: int, seed: int, watch: Watch | None) -> tuple[Network, Card]:
    return make_characters(cell, CharacterTraining(cell, updates=updates, seed=seed), watch)


def _numbers(cell: str, updates: int, seed: int, watch: Watch | None) -> tuple[Network, Card]:
    return make_numbers(cell, NumberTraining(cell, updates=updates, seed=seed), watch)


SOURCE = "reads Python source character by character"
WAVES = "reads numbers and forecasts the next"
NETWORKS: dict[str, Recipe] = {
    "characters-lstm": Recipe(f"an LSTM that {SOURCE}", 10_000, partial(_characters, "lstm")),
    "characters-gru": Recipe(f"a GRU that {SOURCE}", 6_000, partial(_characters, "gru")),
    "numbers-lstm": Recipe(f"an LSTM that {WAVES}", 4_000, partial(_numbers, "lstm")),
    "numbers-gru": Recipe(f"a GRU that {WAVES}", 4_000, partial(_numbers, "gru")),
}
"""Every network that ships under assets/, by name."""


def _command(name: str, updates: int, seed: int) -> str:
    words = ["python -m explorer train", name]
    if updates != NETWORKS[name].updates:
        words.append(f"--updates {updates}")
    if seed:
        words.append(f"--seed {seed}")
    return " ".join([*words, f"--out assets/{name}.safetensors"])


def _told(found: TellingUnit) -> str:
    return f"{WORDS[found.question]} in {100 * found.score:.0f} % of the pairs"
