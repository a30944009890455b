"""A recurrent layer of torch written as a loop over torch's cells: the oracle of a watched one."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import dropout

DOUBLE = torch.float64
CELLS = {nn.RNN: nn.RNNCell, nn.LSTM: nn.LSTMCell, nn.GRU: nn.GRUCell}


@dataclass
class ByHand:
    """Norms of every state's total gradient, mean over the sequences that have the step.

    By layer and direction: arrays over t, in the order of the input.
    """

    hidden: dict[tuple[int, int], Tensor]
    cell: dict[tuple[int, int], Tensor]


def cell_of(layer: nn.RNNBase, number: int, way: int) -> nn.Module:
    """Torch's cell with the weights of one layer and direction, which are not trained."""
    options = {"nonlinearity": layer.nonlinearity} if isinstance(layer, nn.RNN) else {}
    ending = f"_l{number}" + ("_reverse" if way else "")
    weight = getattr(layer, "weight_ih" + ending)
    cell = CELLS[type(layer)](
        weight.shape[1], layer.hidden_size, bias=layer.bias, dtype=weight.dtype, **options
    )
    for name, own in cell.named_parameters():
        own.data.copy_(getattr(layer, name + ending).detach())
        own.requires_grad_(False)
    return cell


def by_hand(
    layer: nn.RNNBase,
    x: Tensor,  # T × B × I
    lengths: list[int],
    loss,  # of y (T × B × D·H, zeros after the end), h and c (layers × B × H)
    first: tuple[Tensor, ...] | None = None,
    drop_seed: int | None = None,
) -> ByHand:
    """Unroll step by step, sequence by sequence, and let autograd find the total derivatives."""
    ways = 2 if layer.bidirectional else 1
    units, (steps, batch, _) = layer.hidden_size, x.shape
    is_lstm = isinstance(layer, nn.LSTM)
    arriving = x.detach()
    hidden: dict[tuple[int, int], list[list[Tensor]]] = {}
    cells: dict[tuple[int, int], list[list[Tensor]]] = {}
    last_h, last_c = [], []
    made = {
        (number, way): cell_of(layer, number, way)
        for number in range(layer.num_layers)
        for way in range(ways)
    }
    if drop_seed is not None:  # from here on nobody draws but dropout
        torch.manual_seed(drop_seed)
    for number in range(layer.num_layers):
        if number and layer.dropout:
            arriving = dropout(arriving, layer.dropout, training=True)
        outputs = []
        for way in range(ways):
            place = (number, way)
            cell = made[place]
            hidden[place], cells[place] = [], []
            ends_h, ends_c, rows = [], [], []
            for b in range(batch):
                index = number * ways + way
                zeros = torch.zeros(1, units, dtype=x.dtype, requires_grad=True)
                h = zeros if first is None else first[0][index, b : b + 1].clone().requires_grad_()
                c = zeros if first is None or not is_lstm else first[1][index, b : b + 1]
                along = range(lengths[b])
                own_h, own_c = [None] * lengths[b], [None] * lengths[b]
                for t in reversed(along) if way else along:
                    if is_lstm:
                        h, c = cell(
                            arriving[t, b : b + 1], (h, c)
                        )  # of a batch: h is made of the very c
                    else:
                        h = cell(arriving[t, b : b + 1], h)
                    own_h[t], own_c[t] = h, c
                    h.retain_grad()
                    if is_lstm:
                        c.retain_grad()
                hidden[place].append(own_h)
                cells[place].append(own_c)
                ends_h.append(h)
                ends_c.append(c)
                padding = [torch.zeros(1, units, dtype=x.dtype)] * (steps - lengths[b])
                rows.append(torch.cat(own_h + padding))
            last_h.append(torch.cat(ends_h))
            last_c.append(torch.cat(ends_c))
            outputs.append(torch.stack(rows, dim=1))
        arriving = torch.cat(outputs, dim=-1)
    loss(arriving, torch.stack(last_h), torch.stack(last_c) if is_lstm else None).backward()
    return ByHand(
        {place: norms(found, steps) for place, found in hidden.items()},
        {place: norms(found, steps) for place, found in cells.items()} if is_lstm else {},
    )


def norms(found: list[list[Tensor]], steps: int) -> Tensor:
    """The mean over the sequences that have a step of the norm of the gradient there."""

    def norm(state: Tensor) -> Tensor:
        return torch.zeros(()) if state.grad is None else state.grad.norm()

    return torch.stack(
        [torch.stack([norm(own[t]) for own in found if t < len(own)]).mean() for t in range(steps)]
    )
