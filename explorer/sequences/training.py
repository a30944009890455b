"""Training a character network, the same network from the same seed.

Letters in the shapes: B excerpts side by side, T characters, V characters known.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, linear

from explorer.sequences.characters import CharacterNetwork, fresh_characters
from explorer.sequences.learning import (
    Carried,
    Layers,
    Lesson,
    Pace,
    check_cell,
    check_range,
)
from explorer.sequences.syntax import Annotate, Annotated, syntax
from explorer.sequences.vocabulary import Vocabulary


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
    layers: int = 1

    def __post_init__(self) -> None:
        check_cell(self.cell)
        check_range("units", self.units, 1, 256)
        check_range("embedding", self.embedding, 1, 256)
        check_range("updates", self.updates, 0, 1_000_000)
        check_range("batch", self.batch, 1, 4096)
        check_range("length", self.length, 1, 1000)
        check_range("carried", self.carried, 1, 100)
        check_range("layers", self.layers, 1, 8)


class CharacterLesson(Lesson[CharacterNetwork]):
    """Expecting the next character of a text, by cross-entropy.

    Truncated backpropagation through time: the state is carried over `carried` lengths, its
    gradient through one. Every start is the beginning of a line where nothing is open (in Python:
    no bracket, quote or comment), with a blank state, as a typed text is read.
    """

    def __init__(self, text: str, settings: CharacterTraining, annotate: Annotate = syntax) -> None:
        """Raises `ValueError` for a text too short to read so far."""
        self.pace = Pace(settings.updates, settings.learning_rate, settings.clip)
        self.rng = torch.Generator().manual_seed(settings.seed)
        self._settings = settings
        self._vocabulary = Vocabulary.of(text)
        fresh = fresh_characters(
            settings.cell,
            self._vocabulary,
            settings.units,
            settings.embedding,
            settings.forget_bias,
            self.rng,
            settings.layers,
        )
        self._layers = Layers(fresh.stack)
        self._embedding, self._readout, self._bias = (
            nn.Parameter(part) for part in (fresh.embedding, fresh.readout, fresh.readout_bias)
        )
        self.parameters = {
            "embedding.weight": self._embedding,
            **{f"recurrent.{name}": part for name, part in self._layers.parameters.items()},
            "readout.weight": self._readout,
            "readout.bias": self._bias,
        }
        self._windows = Windows(text, self._vocabulary, settings, annotate)
        self._carried: Carried = None

    def loss(self) -> Float[Tensor, ""]:
        """Nats a character of the next window of every excerpt."""
        window, starting = self._windows.next(self.rng)
        stand_in = len(self._vocabulary) - 1
        read = with_stand_ins(window[:-1], stand_in, self._settings.stand_ins, self.rng)
        before = blanked(self._carried, starting)
        hidden, self._carried = self._layers(self._embedding[read], before)
        logits = linear(hidden, self._readout, self._bias)
        return cross_entropy(logits.flatten(0, 1), window[1:].flatten())

    def network(self) -> CharacterNetwork:
        """The network as it is now, its numbers copied."""
        embedding, readout, bias = (
            part.detach().clone() for part in (self._embedding, self._readout, self._bias)
        )
        return CharacterNetwork(
            self._vocabulary, embedding, self._layers.stack(), readout, readout_bias=bias
        )

    def place(self) -> dict[str, Tensor]:
        """Where every excerpt is read, and the state carried there."""
        found = {"read": torch.tensor(self._windows.read), "excerpts": self._windows.place}
        if self._carried is not None:
            carried = self._carried if isinstance(self._carried, tuple) else (self._carried,)
            found |= {f"carried{k}": part.detach() for k, part in enumerate(carried)}
        return found

    def go_on(self, place: Mapping[str, Tensor]) -> None:
        """Go back to a place."""
        self._windows.read, self._windows.place = int(place["read"]), place["excerpts"]
        carried = tuple(place[f"carried{k}"] for k in range(2) if f"carried{k}" in place)
        self._carried = None if not carried else carried[0] if len(carried) == 1 else carried


class Windows:
    """Places in a text to read on from, for every excerpt side by side.

    An excerpt goes on where it ended, `carried` times; the starts take turns, so that every update
    sees young and old states.
    """

    def __init__(
        self,
        text: str,
        vocabulary: Vocabulary,
        settings: CharacterTraining,
        annotate: Annotate = syntax,
    ) -> None:
        """Raises `ValueError` for a text shorter than what is read in a row."""
        self._codes = vocabulary.encode(text)
        room = settings.carried * settings.length + 1
        self._starts = resting_starts(text, annotate(text), room)
        self._settings = settings
        self._turn = torch.arange(settings.batch)
        self._ahead = torch.arange(settings.length + 1)[:, None]
        self.read = 0
        self.place = torch.zeros(settings.batch, dtype=torch.int64)

    def next(self, rng: torch.Generator) -> tuple[Int64[Tensor, "T B"], Bool[Tensor, " B"]]:
        """Characters to read and one more, and which of the excerpts start afresh."""
        starting = (self._turn + self.read) % self._settings.carried == 0
        if self.read == 0:
            starting = torch.ones_like(starting)
        drawn = self._starts[
            torch.randint(len(self._starts), (self._settings.batch,), generator=rng)
        ]
        place = torch.where(starting, drawn, self.place)
        self.read, self.place = self.read + 1, place + self._settings.length
        return self._codes[place + self._ahead], starting


def resting_starts(text: str, written: Annotated, room: int) -> Int64[Tensor, " S"]:
    """Where a line begins with nothing open before it and at least `room` characters ahead.

    Raises `ValueError` when the text is too short to have one.
    """
    line_ends = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32) == ord("\n")
    starts = np.concatenate(([0], np.flatnonzero(line_ends & written.at_rest) + 1))
    starts = starts[starts + room <= len(text)]
    if not len(starts):
        raise ValueError(f"the text must have at least {room:,} characters, not {len(text):,}")
    return torch.from_numpy(starts)


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
