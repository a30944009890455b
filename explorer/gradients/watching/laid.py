"""How the numbers of a call lie: torch's four ways to hand in sequences as one, time first.

Letters in the shapes: T steps, B sequences, N numbers at each step, P packed rows.
"""

from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn.utils.rnn import PackedSequence, pad_packed_sequence


@dataclass(frozen=True)
class Laid:
    """The way in which one call hands in its sequences.

    `packing` is an empty packed sequence of the same order, where they are packed.
    """

    batched: bool
    batch_first: bool
    lengths: Int[Tensor, " B"]
    packing: PackedSequence | None = None

    @property
    def steps(self) -> int:
        """T: how many steps the longest sequence has."""
        return int(self.lengths.max())

    def padded(self, numbers: Tensor) -> Float[Tensor, "T B N"]:
        """Inputs or outputs, time first, zeros after the end of a shorter sequence."""
        if self.packing is not None:
            return pad_packed_sequence(self.packing._replace(data=numbers))[0]
        if not self.batched:
            return numbers.unsqueeze(1)
        return numbers.transpose(0, 1) if self.batch_first else numbers

    def handed_in(self, padded: Float[Tensor, "T B N"]) -> Any:
        """The same numbers as a layer that takes time first reads them."""
        if self.packing is None:
            return padded
        p = self.packing
        ordered = padded if p.sorted_indices is None else padded[:, p.sorted_indices]
        rows = [step[:size] for step, size in zip(ordered, p.batch_sizes.tolist(), strict=True)]
        return p._replace(data=torch.cat(rows))

    def state(self, numbers: Tensor) -> Float[Tensor, "layers B H"]:
        """Initial or last states of a layer, in the order of the sequences."""
        return numbers if self.batched else numbers.unsqueeze(1)

    @property
    def places(self) -> Int[Tensor, "T B"]:
        """Where the other direction reads at each of its steps; padding stays in its place."""
        along = torch.arange(self.steps)[:, None]
        return torch.where(along < self.lengths, self.lengths - 1 - along, along)

    @property
    def ends(self) -> tuple[Int[Tensor, " B"], Int[Tensor, " B"]]:
        """The index of every sequence's last step."""
        return self.lengths - 1, torch.arange(len(self.lengths))


def laid(numbers: Tensor | PackedSequence, batch_first: bool) -> Laid:
    """How the input of a layer lies."""
    if isinstance(numbers, PackedSequence):
        nothing = numbers._replace(data=numbers.data.new_empty(len(numbers.data), 0))
        return Laid(True, False, pad_packed_sequence(nothing)[1], nothing)
    batched = numbers.dim() == 3
    steps = numbers.shape[1 if batched and batch_first else 0]
    batch = numbers.shape[0 if batch_first else 1] if batched else 1
    return Laid(batched, batch_first, torch.full((batch,), steps))
