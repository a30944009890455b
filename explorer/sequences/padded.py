"""Sequences of unequal length in one batch: padding, and how to read past none of it.

A shorter sequence is filled up with zeros *behind* its own end, and its length is kept. A network
that reads forward may run over the padding, as long as it is read at each sequence's own last step;
one that reads backward must begin there, so the sequence is flipped within its length and not
within the batch's. Both give exactly what each sequence gives alone.

Letters in the shapes: T steps, N sequences, I numbers a step.
"""

from collections.abc import Callable, Sequence

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn

from explorer.sequences.learning import Carried, Layers


def padded(sequences: Sequence[Tensor], steps: int | None = None) -> tuple[Tensor, Tensor]:
    """Sequences of shape (T, …) as one batch (T, N, …) with zeros behind each end, and lengths.

    ``steps`` is how long the batch is made (None: as the longest one). Raises `ValueError` for no
    sequence, an empty one, and one that is longer than that.
    """
    if not sequences:
        raise ValueError("a batch needs at least one sequence")
    lengths = torch.tensor([len(each) for each in sequences])
    longest = int(lengths.max()) if steps is None else steps
    if int(lengths.min()) < 1 or int(lengths.max()) > longest:
        raise ValueError(
            f"every sequence must have between 1 and {longest} steps, not "
            f"{int(lengths.min())} to {int(lengths.max())}"
        )
    batch = sequences[0].new_zeros(longest, len(sequences), *sequences[0].shape[1:])
    for number, each in enumerate(sequences):
        batch[: len(each), number] = each
    return batch, lengths


def mask(lengths: Int64[Tensor, " N"], steps: int) -> Bool[Tensor, "T N"]:
    """Which steps are of the sequence itself, and not of its padding."""
    return torch.arange(steps)[:, None] < lengths


def flipped(
    sequences: Float[Tensor, "T N I"], lengths: Int64[Tensor, " N"] | None
) -> Float[Tensor, "T N I"]:
    """Every sequence back to front within its own length; the padding stays behind.

    Without lengths all are as long as the batch. Flipping twice gives the same again.
    """
    if lengths is None:
        return sequences.flip(0)
    steps = torch.arange(len(sequences))[:, None]
    places = torch.where(steps < lengths, lengths - 1 - steps, steps)
    return sequences.gather(0, places[..., None].expand_as(sequences))


def last_of(
    sequences: Float[Tensor, "T N I"], lengths: Int64[Tensor, " N"] | None
) -> Float[Tensor, "N I"]:
    """What stands at each sequence's own last step."""
    if lengths is None:
        return sequences[-1]
    return sequences[lengths - 1, torch.arange(sequences.shape[1])]


def mean_of(
    sequences: Float[Tensor, "T N I"], lengths: Int64[Tensor, " N"] | None
) -> Float[Tensor, "N I"]:
    """The mean over each sequence's own steps."""
    if lengths is None:
        return sequences.mean(0)
    kept = sequences.masked_fill(~mask(lengths, len(sequences))[..., None], 0.0)
    return kept.sum(0) / lengths[:, None]


def windowed(sequences: Float[Tensor, "T N I"], width: int) -> Float[Tensor, "T N W"]:
    """At every step the last ``width`` steps side by side, the earliest first; zeros before all."""
    before = sequences.new_zeros(width - 1, *sequences.shape[1:])
    whole = torch.cat([before, sequences])
    steps = len(sequences)
    return torch.cat([whole[k : k + steps] for k in range(width)], dim=-1)


def read_to_ends(
    layers: Callable[[Tensor, Carried], tuple[Tensor, Carried]],
    x: Float[Tensor, "T N I"],
    lengths: Int64[Tensor, " N"] | None,
) -> tuple[Float[Tensor, "T N H"], Carried]:
    """What recurrent layers hand out at every step, and their state at each sequence's own end.

    No state ever sees padding. An LSTM holds its memory behind each end and is read in one go
    (`Layers.held`); of others all sequences that still go on are, between two ends. Torch's packed
    sequences do as much, and take three times as long. Zeros stand behind each end.
    """
    if lengths is None:
        return layers(x, None)
    if isinstance(layers, Layers) and layers.holds:
        there = mask(lengths, len(x))
        hidden, memory = layers.held(x, ~there)
        return hidden * there[..., None], (last_of(hidden, lengths)[None], memory)
    order = torch.argsort(lengths, descending=True, stable=True)
    back = torch.argsort(order)
    sorted_lengths, read = lengths[order], x[:, order]
    pieces: list[Tensor] = []
    ended: list[Carried] = []
    carried: Carried = None
    begin = 0
    for end in sorted(set(sorted_lengths.tolist())):
        going = int((sorted_lengths >= end).sum())
        staying = int((sorted_lengths > end).sum())
        if carried is not None:
            carried = _some(carried, 0, going)
        hidden, carried = layers(read[begin:end, :going].contiguous(), carried)
        pieces.append(nn.functional.pad(hidden, (0, 0, 0, len(lengths) - going)))
        ended.append(_some(carried, staying, going))
        begin = end
    states = nn.functional.pad(torch.cat(pieces), (0, 0, 0, 0, 0, len(x) - begin))
    ended.reverse()
    if isinstance(ended[0], Tensor):
        last: Carried = torch.cat(ended, 1)[:, back]  # type: ignore[arg-type]
    else:
        last = tuple(torch.cat(parts, 1)[:, back] for parts in zip(*ended, strict=True))
    return states[:, back], last


def _some(carried: Carried, first: int, behind: int) -> Carried:
    """The states of the sequences from one place to before another."""
    if isinstance(carried, Tensor):
        return carried[:, first:behind].contiguous()
    assert carried is not None
    return tuple(part[:, first:behind].contiguous() for part in carried)
