"""Utterances with others mixed in: each batch half of real ones, half of what was added.

Letters in the shapes: T frames, N utterances, I numbers a frame.
"""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from typing import Literal

import torch
from jaxtyping import Int64
from torch import Tensor

from explorer.sequences.padded import padded
from explorer.sequences.problems.problem import Examples
from explorer.sequences.problems.utterances import Utterances

Spoken = tuple[Sequence[Tensor], Tensor]
"""Utterances (T, I), and the class of each (N,)."""
Added = Literal["nothing", "noise", "made"]


def places_of_each(
    classes: Int64[Tensor, " N"], each: int, rng: torch.Generator
) -> Int64[Tensor, " M"]:
    """Where so many examples of every class stand, drawn; all of a class that has no more.

    Raises `ValueError` for less than one.
    """
    if each < 1:
        raise ValueError(f"there must be at least one example of each class, not {each}")
    found = []
    for one in classes.unique():
        own = (classes == one).nonzero()[:, 0]
        found.append(own[torch.randperm(len(own), generator=rng)[:each]])
    return torch.cat(found)


def few_of_each(spoken: Spoken, each: int, rng: torch.Generator) -> Spoken:
    """So many utterances of every class, drawn as `places_of_each` draws."""
    places = places_of_each(spoken[1], each, rng)
    return [spoken[0][k] for k in places.tolist()], spoken[1][places]


@dataclass(frozen=True)
class Mixed:
    """What is added to the real utterances: nothing, noise on them, or others that were made.

    ``noise`` is its standard deviation, in spreads of a channel; ``made`` are standardised.
    """

    what: Added
    noise: float = 0.0
    made: Spoken | None = None


class Augmented(Utterances):
    """Utterances of which half of each batch is replaced by what is added; the same held out.

    So every network makes as many updates on as many utterances, whatever is added.
    """

    def __init__(
        self, learned: Spoken, held_out: Spoken, classes: int, mixed: Mixed, batch: int = 32
    ) -> None:
        """Raises `ValueError` where made ones are asked for and there are none."""
        super().__init__(learned, held_out, classes, batch)
        self._mix(mixed)

    def mixing(self, mixed: Mixed) -> "Augmented":
        """The same real utterances with something else added."""
        found = copy(self)
        found._mix(mixed)
        return found

    def _mix(self, mixed: Mixed) -> None:
        self.mixed = mixed
        if mixed.what == "made":
            if mixed.made is None:
                raise ValueError("there must be made utterances where they are to be added")
            self._made, self._made_lengths = padded(mixed.made[0])

    @property
    def standardised(self) -> Spoken:
        """The real utterances in spreads of their channels, as networks read them."""
        lengths = self._lengths.tolist()
        return [self._inputs[:n, k] for k, n in enumerate(lengths)], self._targets

    def examples(self, rng: torch.Generator) -> Examples:
        """A batch: real utterances alone, or half of them."""
        real = super().examples(rng)
        if self.mixed.what == "nothing":
            return real
        assert real.lengths is not None
        half = len(real.targets) // 2
        inputs, lengths, targets = real.inputs.clone(), real.lengths.clone(), real.targets.clone()
        if self.mixed.what == "noise":
            there = torch.arange(len(inputs))[:, None, None] < lengths[:half, None]
            drawn = torch.randn(inputs[:, :half].shape, generator=rng)
            inputs[:, :half] += self.mixed.noise * drawn * there
            return Examples(inputs, targets, lengths)
        assert self.mixed.made is not None
        chosen = torch.randint(0, len(self.mixed.made[1]), (half,), generator=rng)
        lengths[:half], targets[:half] = self._made_lengths[chosen], self.mixed.made[1][chosen]
        longest = int(lengths.max())
        found = inputs.new_zeros(longest, *inputs.shape[1:])
        kept = min(longest, len(inputs))
        found[:kept, half:] = inputs[:kept, half:]
        own = min(longest, len(self._made))
        found[:own, :half] = self._made[:own, chosen]
        return Examples(found, targets, lengths)
