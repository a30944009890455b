"""Training a character network, the same network from the same seed.

Letters in the shapes: B excerpts side by side, T characters, V characters known.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Int64
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, linear

from explorer.cells import CELLS, Weights
from explorer.sequences.characters import CharacterNetwork, fresh_characters
from explorer.sequences.syntax import Syntax, syntax
from explorer.sequences.vocabulary import Vocabulary

Watch = Callable[[int, float], None]
"""Told after each update: how many there were, and the loss in nats a character."""


@dataclass(frozen=True)
class CharacterTraining:
    """How a character network is trained; equal settings on equal text give equal networks."""

    cell: str = "lstm"
    units: int = 64
    embedding: int = 32
    updates: int = 10_000
    batch: int = 24
    length: int = 100  # characters that a gradient travels back
    carried: int = 5  # lengths read in a row before starting afresh: 500, as long as a typed text
    learning_rate: float = 1.6e-2  # Adam, falling to zero along half a cosine; 4e-3 is far slower
    forget_bias: float = 1.0  # Jozefowicz et al. 2015
    clip: float = 1.0  # largest norm of the gradient
    stand_ins: float = 2e-3  # share of characters read as �, so that it becomes harmless
    seed: int = 0

    def __post_init__(self) -> None:
        if self.cell not in CELLS:
            raise ValueError(
                f"unknown cell {self.cell!r}; choose from {', '.join(map(repr, CELLS))}"
            )
        check_range("units", self.units, 1, 256)
        check_range("embedding", self.embedding, 1, 256)
        check_range("updates", self.updates, 0, 1_000_000)
        check_range("batch", self.batch, 1, 4096)
        check_range("length", self.length, 1, 1000)
        check_range("carried", self.carried, 1, 100)


def check_range(name: str, given: float, least: float, most: float) -> None:
    """Raise `ValueError` with what is allowed and what was given, unless it is within."""
    if not least <= given <= most:
        raise ValueError(f"{name} must be between {least} and {most}, not {given}")


def train_characters(
    text: str, settings: CharacterTraining, watch: Watch | None = None
) -> CharacterNetwork:
    """A network trained on a text to expect its next character.

    Cross-entropy by Adam (Kingma and Ba 2015) with truncated backpropagation through time: the
    state is carried over `carried` lengths, its gradient through one. Every start is the beginning
    of a line where no bracket, quote or comment is open, with a blank state, as a typed text is
    read. Bit for bit the same for the same text, settings and number of threads.
    """
    rng = torch.Generator().manual_seed(settings.seed)
    vocabulary = Vocabulary.of(text)
    network = fresh_characters(
        settings.cell, vocabulary, settings.units, settings.embedding, settings.forget_bias, rng
    )
    layer = network.cell.layer(network.weights)
    embedding, readout, readout_bias = (
        nn.Parameter(part) for part in (network.embedding, network.readout, network.readout_bias)
    )
    learned = [embedding, *layer.parameters(), readout, readout_bias]
    adam = torch.optim.Adam(learned, lr=settings.learning_rate, fused=True)
    state: Carried = None
    for update, (window, starting) in enumerate(windows(text, vocabulary, settings, rng)):
        adam.param_groups[0]["lr"] = settings.learning_rate * falling(update / settings.updates)
        read = with_stand_ins(window[:-1], len(vocabulary) - 1, settings.stand_ins, rng)
        hidden, state = layer(embedding[read], blanked(state, starting))
        logits = linear(hidden, readout, readout_bias)
        loss = cross_entropy(logits.flatten(0, 1), window[1:].flatten())
        adam.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(learned, settings.clip)
        adam.step()
        if watch is not None:
            watch(update + 1, loss.item())
    return CharacterNetwork(
        settings.cell,
        vocabulary,
        embedding.detach(),
        Weights.from_state_dict(layer.state_dict()),
        readout.detach(),
        readout_bias.detach(),
    )


def falling(done: float) -> float:
    """The share of the first learning rate that is left: half a cosine from 1 to 0."""
    return 0.5 * (1 + math.cos(math.pi * done))


def resting_starts(text: str, written: Syntax, room: int) -> Int64[Tensor, " S"]:
    """Where a line begins with nothing open before it and at least `room` characters ahead.

    Raises `ValueError` when the text is too short to have one.
    """
    line_ends = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32) == ord("\n")
    starts = np.concatenate(([0], np.flatnonzero(line_ends & written.at_rest) + 1))
    starts = starts[starts + room <= len(text)]
    if not len(starts):
        raise ValueError(f"the text must have at least {room:,} characters, not {len(text):,}")
    return torch.from_numpy(starts)


Carried = Tensor | tuple[Tensor, ...] | None
"""A torch layer's state between two windows: h, or h and c, or nothing yet."""


def windows(
    text: str, vocabulary: Vocabulary, settings: CharacterTraining, rng: torch.Generator
) -> Iterator[tuple[Int64[Tensor, "T B"], Bool[Tensor, " B"]]]:
    """Characters to read and one more, and which of the excerpts start afresh.

    An excerpt goes on where it ended, `carried` times; the starts take turns, so that every update
    sees young and old states.
    """
    codes = vocabulary.encode(text)
    starts = resting_starts(text, syntax(text), settings.carried * settings.length + 1)
    turn = torch.arange(settings.batch)
    place = torch.zeros(settings.batch, dtype=torch.int64)
    ahead = torch.arange(settings.length + 1)[:, None]
    for update in range(settings.updates):
        starting = (turn + update) % settings.carried == 0
        if update == 0:
            starting = torch.ones_like(starting)
        drawn = starts[torch.randint(len(starts), (settings.batch,), generator=rng)]
        place = torch.where(starting, drawn, place)
        yield codes[place + ahead], starting
        place = place + settings.length


def with_stand_ins(
    window: Int64[Tensor, "T B"], stand_in: int, share: float, rng: torch.Generator
) -> Int64[Tensor, "T B"]:
    """The window with a random share of its characters replaced by the stand-in."""
    return window.masked_fill(torch.rand(window.shape, generator=rng) < share, stand_in)


def blanked(state: Carried, starting: Bool[Tensor, " B"]) -> Carried:
    """The state to go on from, cut from its past, with zeros where an excerpt starts."""
    if state is None:
        return None
    if isinstance(state, tuple):
        return tuple(part.detach().masked_fill(starting[:, None], 0.0) for part in state)
    return state.detach().masked_fill(starting[:, None], 0.0)
