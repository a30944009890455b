"""How well a character network does on text it never saw, and which of its units tells what.

Letters in the shapes: T characters, E excerpts, H units.
"""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float, Int, Int64
from torch import Tensor
from torch.nn.functional import cross_entropy, linear

from explorer.sequences.characters import CharacterNetwork
from explorer.sequences.syntax import syntax
from explorer.sequences.trace import trace
from explorer.sequences.training import resting_starts
from explorer.sequences.units import FollowingUnit, TellingUnit, following_unit, telling_unit
from explorer.sequences.vocabulary import LONGEST_TEXT


@dataclass(frozen=True)
class Excerpts:
    """Evenly spaced excerpts of a text, each starting with a line where nothing is open.

    `inside` answers each question of `Syntax.inside` at every character, `depth` counts brackets.
    """

    codes: Int64[Tensor, "T E"]
    inside: dict[str, Bool[np.ndarray, "T E"]]
    depth: Int[np.ndarray, "T E"]


@dataclass(frozen=True)
class HeldOut:
    """What a network does on excerpts it never saw: its loss, and the units that tell something."""

    loss: float  # nats a character
    loss_error: float  # standard error of the mean over excerpts
    characters: int
    telling: tuple[TellingUnit, ...]
    following: FollowingUnit  # the depth of brackets


def excerpts(
    network: CharacterNetwork, text: str, most: int = 200, length: int = LONGEST_TEXT
) -> Excerpts:
    """At most so many excerpts of a text, as far apart as it allows; they may overlap if short."""
    written = syntax(text)
    starts = resting_starts(text, written, length + 1)
    spread = torch.linspace(0, len(starts) - 1, min(most, len(starts))).round().long()
    places = starts[spread] + torch.arange(length + 1)[:, None]
    return Excerpts(
        network.vocabulary.encode(text)[places],
        {question: answer[places.numpy()] for question, answer in written.inside.items()},
        written.depth[places.numpy()],
    )


def held_out(network: CharacterNetwork, choosing: str, scoring: str) -> HeldOut:
    """Loss and telling units of a network, on two texts that it was not trained on.

    Units are chosen on the first text; all figures are of the second. Each excerpt is read from a
    blank state, as a typed text is, so the loss includes the first characters, where nobody knows
    what comes. What is asked is the memory c of an LSTM and the hidden state of other cells.
    """
    first, second = excerpts(network, choosing), excerpts(network, scoring)
    chosen_on, _ = _remembered(network, first)
    scored_on, losses = _remembered(network, second)
    telling = tuple(
        telling_unit(
            question,
            (_flat(chosen_on), first.inside[question][:-1].ravel()),
            (scored_on.swapaxes(0, 1), second.inside[question][:-1].T),
        )
        for question in first.inside
    )
    return HeldOut(
        loss=losses.mean().item(),
        loss_error=(losses.std() / len(losses) ** 0.5).item(),
        characters=second.codes[:-1].numel(),
        telling=telling,
        following=following_unit(
            "depth of brackets",
            (_flat(chosen_on), first.depth[:-1].ravel()),
            (_flat(scored_on), second.depth[:-1].ravel()),
        ),
    )


def _remembered(
    network: CharacterNetwork, read: Excerpts
) -> tuple[Float[np.ndarray, "T E H"], Float[Tensor, " E"]]:
    """What every unit held after every character, and the mean loss of each excerpt."""
    kept, losses = [], []
    for codes in read.codes.split(25, dim=1):  # a trace keeps a dozen numbers for each one needed
        with torch.no_grad():
            seen = trace(network.cell, network.weights, network.embedding[codes[:-1]])
            logits = linear(seen.steps.hidden, network.readout, network.readout_bias)
            costs = cross_entropy(logits.flatten(0, 1), codes[1:].flatten(), reduction="none").view(
                codes[1:].shape
            )
        kept.append(seen.states.get("cell", seen.steps.hidden).numpy())
        losses.append(costs.mean(0))
    return np.concatenate(kept, axis=1), torch.cat(losses)


def _flat(remembered: Float[np.ndarray, "T E H"]) -> Float[np.ndarray, "N H"]:
    return remembered.reshape(-1, remembered.shape[-1])
