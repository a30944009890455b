"""How well a character network does on text it never saw, and which of its units tells what.

Letters in the shapes: T characters, E excerpts, H units.
"""

from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
import torch
from jaxtyping import Bool, Float, Int, Int64
from torch import Tensor
from torch.nn.functional import cross_entropy, linear

from explorer.sequences.characters import CharacterNetwork
from explorer.sequences.stack import read_stack
from explorer.sequences.syntax import Annotate, syntax
from explorer.sequences.training import resting_starts
from explorer.sequences.units import FollowingUnit, TellingUnit, following_unit, telling_unit
from explorer.sequences.vocabulary import Vocabulary

Found = TypeVar("Found", TellingUnit, FollowingUnit)


@dataclass(frozen=True)
class Excerpts:
    """Evenly spaced excerpts of a text, each starting with a line where nothing is open.

    `inside` answers each question of the annotation at every character, `amounts` counts.
    """

    codes: Int64[Tensor, "T E"]
    inside: dict[str, Bool[np.ndarray, "T E"]]
    amounts: dict[str, Int[np.ndarray, "T E"]]


@dataclass(frozen=True)
class HeldOut:
    """What a network does on excerpts it never saw: its loss, and the units that tell something."""

    loss: float  # nats a character
    loss_error: float  # standard error of the mean over excerpts
    characters: int
    telling: tuple[TellingUnit, ...]
    following: tuple[FollowingUnit, ...]


def excerpts(
    vocabulary: Vocabulary,
    text: str,
    most: int = 200,
    length: int = 500,
    annotate: Annotate = syntax,
) -> Excerpts:
    """At most so many excerpts of a text, as far apart as it allows; they may overlap if short."""
    written = annotate(text)
    starts = resting_starts(text, written, length + 1)
    spread = torch.linspace(0, len(starts) - 1, min(most, len(starts))).round().long()
    places = starts[spread] + torch.arange(length + 1)[:, None]
    return Excerpts(
        vocabulary.encode(text)[places],
        {question: answer[places.numpy()] for question, answer in written.inside.items()},
        {amount: counted[places.numpy()] for amount, counted in written.amounts.items()},
    )


def held_out(
    network: CharacterNetwork, choosing: str, scoring: str, annotate: Annotate = syntax
) -> HeldOut:
    """Loss and telling units of a network, on two texts that it was not trained on.

    Units of all layers are chosen on the first text; all figures are of the second. Each excerpt
    is read from a blank state, as a typed text is, so the loss includes the first characters,
    where nobody knows what comes. What is asked is the memory c of an LSTM and the hidden state
    of other cells.
    """
    first = excerpts(network.vocabulary, choosing, annotate=annotate)
    second = excerpts(network.vocabulary, scoring, annotate=annotate)
    chosen_on, _ = remembered(network, first.codes)
    scored_on, losses = remembered(network, second.codes)
    flat, each = chosen_on.reshape(-1, chosen_on.shape[-1]), scored_on.swapaxes(0, 1)
    return HeldOut(
        loss=losses.mean().item(),
        loss_error=(losses.std() / len(losses) ** 0.5).item(),
        characters=second.codes[:-1].numel(),
        telling=tuple(
            placed(
                telling_unit(
                    question,
                    (flat, first.inside[question][:-1].ravel()),
                    (each, second.inside[question][:-1].T),
                ),
                network.units,
            )
            for question in first.inside
        ),
        following=tuple(
            placed(
                following_unit(
                    amount,
                    (flat, first.amounts[amount][:-1].ravel()),
                    (each, second.amounts[amount][:-1].T),
                ),
                network.units,
            )
            for amount in first.amounts
        ),
    )


def placed(found: Found, units: int) -> Found:
    """A unit counted through all layers, with its layer and its number there."""
    return replace(found, layer=found.unit // units, unit=found.unit % units)


def remembered(
    network: CharacterNetwork, read: Int64[Tensor, "T E"]
) -> tuple[Float[np.ndarray, "S E H"], Float[Tensor, " E"]]:
    """What every unit of every layer held after each character, and each excerpt's mean loss.

    S = T − 1: the last character is only expected.
    """
    kept, losses = [], []
    for codes in read.split(25, dim=1):  # a trace keeps a dozen numbers for each one needed
        with torch.no_grad():
            seen = read_stack(network.stack, network.embedding[codes[:-1]])
            logits = linear(seen.hidden, network.readout, network.readout_bias)
            costs = cross_entropy(logits.flatten(0, 1), codes[1:].flatten(), reduction="none").view(
                codes[1:].shape
            )
        kept.append(torch.cat([layer[0].memory for layer in seen.traces], dim=-1).numpy())
        losses.append(costs.mean(0))
    return np.concatenate(kept, axis=1), torch.cat(losses)
