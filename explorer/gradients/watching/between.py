"""What a stacked layer keeps to itself: the outputs of its lower layers, and what dropout took.

A fused layer hands out h of its top layer only. The layers below run once more by themselves: with
the same weights, precision and input they hand out the same numbers. Dropout between layers draws
its masks in the order of the layers; from the same state of the generator the same masks are drawn
again, by a generator that nobody else uses. That this is so is no assumption: the states of the
top layer, which were seen, must come out of it.
"""

import torch
from torch import Tensor

from explorer.cells import Weights
from explorer.gradients.watching.calls import Call
from explorer.gradients.watching.layers import same_layer


def masks(call: Call) -> list[Tensor | float]:
    """What multiplied the input of every layer: 1, or a mask of zeros and 1 / (1 − p)."""
    layer, p = call.layer, call.dropout
    if not p or call.generator is None:
        return [1.0] * layer.depth
    generator = torch.Generator()
    generator.set_state(call.generator)
    rows = call.x.numel() // call.x.shape[-1]
    found: list[Tensor | float] = [1.0]
    for _ in range(1, layer.depth):
        mask = call.y.new_zeros(rows, layer.ways * layer.units)
        if p < 1:  # at 1 nothing is drawn
            mask = mask.bernoulli_(1 - p, generator=generator).div_(1 - p)
        found.append(_time_first(call, mask))
    return found


def _time_first(call: Call, rows: Tensor) -> Tensor:
    """Rows in the order in which torch works on them, time first or packed, as T × B × numbers."""
    if call.laid.packing is not None:
        return call.laid.padded(rows)
    return rows.unflatten(0, (call.laid.steps, len(call.laid.lengths)))


@torch.no_grad()
def outputs(
    call: Call,
    weights: tuple[tuple[Weights, ...], ...],
    dropped: list[Tensor | float],
    layers: int,
    dtype: torch.dtype,
) -> list[Tensor]:
    """h of the first so many layers, T × B × directions · H, from the weights given."""
    arriving, found = call.laid.padded(call.x).to(dtype), []
    for number in range(layers):
        ways = slice(number * call.layer.ways, (number + 1) * call.layer.ways)
        first = tuple(state[ways].to(dtype).contiguous() for state in call.first)
        alone = same_layer(call.layer, weights[number], dtype, call.x.device)
        handed_in = call.laid.handed_in(arriving * dropped[number])
        y, _ = alone(handed_in, first if len(first) > 1 else first[0])
        found.append(y if isinstance(y, Tensor) else call.laid.padded(y.data))
        arriving = found[-1]
    return found
