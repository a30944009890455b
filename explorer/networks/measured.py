"""What a network in training can do by now, measured now and then on data held out from it."""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import torch

from explorer.networks.cards import WORDS
from explorer.networks.series import digits, sunspots
from explorer.networks.texts import Text, english, python_source
from explorer.sequences import (
    CharacterNetwork,
    NumberNetwork,
    TellingUnit,
    Vocabulary,
    Waves,
    forecasts,
    telling_unit,
)
from explorer.sequences.digits import DigitNetwork, named
from explorer.sequences.generation import generate
from explorer.sequences.heldout import Excerpts, excerpts, placed, remembered
from explorer.sequences.yearly import outlook

EXCERPTS, LENGTH = 24, 300  # of held-out text: less than a card takes, for speed
SAMPLE = 160  # characters
TEMPERATURE = 0.8
PROMPTS = {"python": "def ", "english": "The "}
TELLS = 0.75  # from which score on a unit is said to tell something
WAVES = 60


@dataclass(frozen=True)
class Measured:
    """Numbers, arrays and words about a network at one moment of its training.

    `event` is what it can do now for the first time since it was measured last.
    """

    scalars: Mapping[str, float]
    arrays: Mapping[str, np.ndarray] = field(default_factory=dict)
    sentences: Mapping[str, str] = field(default_factory=dict)
    begins: str = ""  # what to say before the first update
    says: str = ""  # and later
    event: str = ""

    def state(self) -> dict[str, np.ndarray]:
        """All of it as arrays, to go on from."""
        words = json.dumps(
            [dict(self.scalars), dict(self.sentences), self.begins, self.says, self.event]
        )
        return {
            "words": np.frombuffer(words.encode(), np.uint8).copy(),
            **{f"arrays/{name}": np.array(value) for name, value in self.arrays.items()},
        }

    @classmethod
    def restored(cls, state: Mapping[str, np.ndarray]) -> "Measured":
        """The same from its arrays."""
        scalars, sentences, begins, says, event = json.loads(state["words"].tobytes())
        arrays = {k.removeprefix("arrays/"): v for k, v in state.items() if k.startswith("arrays/")}
        return cls(scalars, arrays, sentences, begins, says, event)


def measure(name: str, network: Any, before: Measured | None) -> Measured:
    """Return what a network of this name can do, and what of it is new."""
    if isinstance(network, CharacterNetwork):
        return _text(name, network, before)
    if isinstance(network, DigitNetwork):
        return _digits(network)
    return _sunspots(network) if network.example is not None else _waves(network)


def still_arrays(name: str) -> dict[str, np.ndarray]:
    """Return the values that a forecaster of one series is shown against."""
    if not name.startswith("sunspots"):
        return {}
    values = sunspots().values.numpy().astype(np.float32)
    return {"values": values, "years": np.arange(len(values), dtype=np.float32) + sunspots().first}


TEXTS: dict[str, Callable[[], Text]] = {"characters": python_source, "english": english}


@cache
def held_back(kind: str, vocabulary: Vocabulary) -> tuple[Excerpts, Excerpts]:
    """Excerpts of a text to choose units on, and others to score them on."""
    text = TEXTS[kind]()
    choosing, scoring = (
        excerpts(vocabulary, part, EXCERPTS, LENGTH, text.language)
        for part in (text.choosing, text.scoring)
    )
    return choosing, scoring


def _text(name: str, network: CharacterNetwork, before: Measured | None) -> Measured:
    """Loss, the unit that tells brackets (in English, quotes) best, and what it writes."""
    kind = name.split("-")[0]
    first, second = held_back(kind, network.vocabulary)
    question = next(iter(first.inside))
    chosen_on, _ = remembered(network, first.codes)
    scored_on, losses = remembered(network, second.codes)
    found = placed(
        telling_unit(
            question,
            (chosen_on.reshape(-1, chosen_on.shape[-1]), first.inside[question][:-1].ravel()),
            (scored_on.swapaxes(0, 1), second.inside[question][:-1].T),
        ),
        network.units,
    )
    loss, blind = losses.mean().item(), math.log(len(network.vocabulary))
    prompt = PROMPTS[TEXTS[kind]().language]
    sample = prompt + generate(network, prompt, SAMPLE, TEMPERATURE).text
    told = _told(found)
    newly = found.score >= TELLS and (before is None or before.scalars["score"] < TELLS)
    return Measured(
        {"held_out": loss, "blind": blind, "score": found.score, "unit": float(found.unit)},
        sentences={"sample": sample, "unit": f"**Unit {found.unit}** tells {told}."},
        begins=f"Nothing is learned yet: guessing blindly costs {blind:.2f} nats a character, and "
        "what it writes is noise.",
        says=f"A held-out character costs {loss:.2f} nats, down from {blind:.2f} for blind "
        f"guessing: as if it chose among {math.exp(loss):.1f} equally likely ones.",
        event=f"unit {found.unit} tells {question}" if newly else "",
    )


def _waves(network: NumberNetwork) -> Measured:
    """The error of the next value of fresh waves, beside persistence and the floor."""
    told = forecasts(network, Waves(), torch.Generator().manual_seed(2**32), many=WAVES)
    found = told.telling
    return Measured(
        {
            "held_out": told.error,
            "persistence": told.persistence,
            "floor": told.floor,
            "score": found.score,
            "unit": float(found.unit),
        },
        sentences={"unit": f"**Unit {found.unit}** tells {_told(found)}."},
        begins="Nothing is learned yet: expecting the last value again would be better.",
        says=f"The mean squared error of the next value is {told.error:.3g}; expecting the last "
        f"value again gives {told.persistence:.3g}.",
    )


def _sunspots(network: NumberNetwork) -> Measured:
    """The error of the next year on years never learned, beside a line through the past."""
    series = sunspots()
    told = outlook(network, series)
    found = told.telling
    predictions = network.read(series.values.tolist()).predictions.numpy()
    winner = "better" if told.error < told.line else "worse"
    return Measured(
        {
            "held_out": told.error,
            "persistence": told.persistence,
            "line": told.line,
            "score": found.score,
            "unit": float(found.unit),
        },
        {"predictions": predictions.astype(np.float32)},
        {"unit": f"**Unit {found.unit}** tells {_told(found)}."},
        begins="Nothing is learned yet: its forecasts hardly move.",
        says=f"The mean squared error of the next year is {told.error:.0f} on years it never saw, "
        f"{winner} than the linear autoregression with {told.line:.0f}; expecting the last year "
        f"again gives {told.persistence:.0f}.",
    )


def _digits(network: DigitNetwork) -> Measured:
    """The share of held-out digits named right, beside the nearest neighbour's."""
    told = named(network, digits())
    found = max(told.telling, key=lambda each: each.score)
    return Measured(
        {
            "held_out": 1 - told.right,
            "right": told.right,
            "nearest": told.nearest,
            "score": found.score,
            "unit": float(found.unit),
        },
        sentences={"unit": f"**Unit {found.unit}** tells {_told(found)}."},
        begins="Nothing is learned yet: one digit in ten is right by chance.",
        says=f"It names {100 * told.right:.1f} % of {told.many} digits right that it never saw; "
        f"the nearest picture learned from names {100 * told.nearest:.1f} % right.",
    )


def _told(found: TellingUnit) -> str:
    return f"{WORDS[found.question]} in {100 * found.score:.0f} % of the pairs"
