"""How much of the loss gradient reaches each earlier state, at initialisation.

Letters in the shapes: S networks (one a seed), L lags 0 … T, T steps, H units, B samples.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from threading import local

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from explorer.gradients.initial import INPUTS, READOUT, WEIGHTS, initial_matrix, stream
from explorer.gradients.settings import FlowSettings
from explorer.gradients.unrolled import UNROLLED, Unrolled

ROOM = 2**19  # numbers in one array of the unrolled network; more networks take turns
ROOMS = 12  # unrolled networks that are kept for the next question
SAMPLES = 2**22  # and more sequences of one network

_kept = local()


@dataclass(frozen=True)
class StateNorms:
    """The gradient's norm at every earlier state, for every network and typically.

    `norms` are means over samples; `ratios` are to the last state's; `typical` is the geometric
    mean of the ratios over networks and `spread` their standard deviation in decades; `per_step`
    is typical(k+1) / typical(k), which Pascanu et al. (2013, eq. 9) would like to keep at 1.
    """

    norms: Float[np.ndarray, "S L"]
    ratios: Float[np.ndarray, "S L"]
    typical: Float[np.ndarray, " L"]
    spread: Float[np.ndarray, " L"]
    per_step: Float[np.ndarray, " T"]


@dataclass(frozen=True)
class NormsThroughTime:
    """‖dL/dh‖ and, for the LSTM, ‖dL/dc‖ at lags 0 (the last state) to T (the initial one)."""

    lags: Int[np.ndarray, " L"]
    hidden: StateNorms
    cell: StateNorms | None

    @property
    def memory(self) -> StateNorms:
        """Of the state that is meant to remember: c where there is one, else h."""
        return self.cell or self.hidden


@dataclass(frozen=True)
class Underflow:
    """What float32 loses: of `states` gradients, so many vanish as vectors, so many as norms.

    A norm squares its entries and so underflows at half the exponent: it is 0 long before the
    gradient is.
    """

    states: int
    zero_gradients: float
    zero_norms: float


def norms_through_time(settings: FlowSettings) -> NormsThroughTime:
    """The norm of dL/dstate for every state, ratio to the last one's.

    L = v · h_T, or Σ_t v · h_t where the loss reads every step, with v ~ N(0, 1) drawn for each
    sample, so that nothing of the loss but its direction enters; inputs are scalar, x ~ N(0, 1).
    Everything is float64 here, whatever the settings' precision (`quantity_through_time`): the
    norms span thirty orders of magnitude and more. All gradients are the total derivatives of the
    unrolled network, every path counted. The initial c reaches the loss through the forget gate
    only.
    """
    found = _means(settings, torch.float64, _by_states)
    return NormsThroughTime(
        lags=np.arange(settings.length + 1),
        hidden=_summarised(found[0]),
        cell=_summarised(found[1]) if len(found) > 1 else None,
    )


def _by_states(network: Unrolled) -> Float[Tensor, "N L *S B"]:
    gradients = [network.hidden_gradients]
    if network.cell_gradients is not None:
        gradients.append(network.cell_gradients)
    return torch.stack([sample_norms(each) for each in gradients])


def _by_hidden(network: Unrolled) -> Float[Tensor, "L *S B"]:
    return sample_norms(network.hidden_gradients.double())


def _by_memory(network: Unrolled) -> Float[Tensor, "L *S B"]:
    if network.cell_gradients is None:
        return _by_hidden(network)
    return sample_norms(network.cell_gradients.double())


def _by_input(network: Unrolled) -> Float[Tensor, "T *S B"]:
    return sample_norms(network.input_gradients().double())


def _by_weights(network: Unrolled) -> Float[Tensor, "T *S B"]:
    """‖δ sᵀ‖_F = ‖δ‖ ‖s‖, for each block of rows; of what each unit has alone ‖δ · s‖."""
    parts = [
        sample_norms(deltas.double()) * sample_norms(seen.double())
        for deltas, seen in network.outer_products()
    ]
    parts += [
        sample_norms(deltas.double() * seen.double()) for deltas, seen in network.products_by_unit()
    ]
    whole = parts[0]
    for part in parts[1:]:
        whole = torch.hypot(whole, part)
    return whole


def _by_direction(network: Unrolled) -> Float[Tensor, "L *S 1"]:
    """√(Σ_i ‖∂h_T[i]/∂h_t‖² / n) where the loss of sample i is h_T[i] alone, of n samples."""
    of_each = sample_norms(network.hidden_gradients.double())
    return sample_norms(of_each.unsqueeze(-1)) / of_each.shape[-1] ** 0.5


@dataclass(frozen=True)
class Quantity:
    """One reading of the way back: the norm of something at every step, sample by sample.

    With `directions` the samples are one sequence, and the loss of each is one unit of h_T.
    `called` is its symbol, `noun` what a sentence calls it, `title` that of its picture, and
    `alt` what its picture is of, `things` what there is one of at each step.
    """

    label: str
    called: str
    noun: str
    title: str
    alt: str
    things: str
    norms: Callable[[Unrolled], Tensor]
    directions: bool = False


QUANTITIES: dict[str, Quantity] = {
    "memory": Quantity(
        "by memory",
        "dL/dstate",
        "the gradient by the memory",
        "Gradient norm against the last state's",
        "the loss gradient",
        "gradients",
        _by_memory,
    ),
    "hidden": Quantity(
        "by h",
        "dL/dh",
        "the gradient by h",
        "Norm of dL/dh against that by the last h",
        "the loss gradient by h",
        "gradients",
        _by_hidden,
    ),
    "jacobian": Quantity(
        "∂h_T/∂h",
        "∂h_T/∂h",
        "the Jacobian of the last h",
        "‖∂h_T/∂h‖, root mean square over directions",
        "the Jacobian of the last h by each earlier one",
        "Jacobians",
        _by_direction,
        directions=True,
    ),
    "input": Quantity(
        "by input",
        "dL/dx",
        "the gradient by the input",
        "Norm of dL/dx against that by the last input",
        "the loss gradient by the input",
        "gradients",
        _by_input,
    ),
    "weights": Quantity(
        "into dL/dW",
        "dL/dW of one step",
        "what a step adds to dL/dW",
        "What each step adds to dL/dW, against the last step's",
        "what each step adds to dL/dW",
        "contributions",
        _by_weights,
    ),
}
"""What can be followed back: the gradient by a state or an input, or one step's part of dL/dW.

The memory is c for an LSTM, else h. The last is ‖δ_t [h₋₁; x; 1]ᵀ‖ (Frobenius): the item of that
step in the sum over steps that dL/dW is (Pascanu et al. 2013, eq. 4; RNNbow, Cashman et al. 2018).
"""


def quantity_through_time(
    settings: FlowSettings, quantity: str = "memory", directions: int | None = None
) -> StateNorms:
    """One of `QUANTITIES` at every lag; lag 0 is the last state, input or step.

    The network goes in the numbers of the `precision`, norms are taken in float64: with float32 a
    norm is 0 where the whole gradient is. Inputs and steps have no initial one: T lags, not T + 1.
    ‖∂h_T/∂h_t‖ is Frobenius' over √H, along the first sequence, the loss at the last step whatever
    the settings say; it is the root mean square over the
    first of the directions where only so many are asked for, or fit.
    Raises `ValueError` for an unknown quantity.
    """
    if quantity not in QUANTITIES:
        raise ValueError(
            f"unknown quantity {quantity!r}; choose from {', '.join(map(repr, QUANTITIES))}"
        )
    chosen = QUANTITIES[quantity]
    if chosen.directions:
        room = max(1, SAMPLES // ((settings.length + 1) * settings.units))
        ahead = min(directions or settings.units, settings.units, room)
        settings = replace(settings, loss_at="last")
        norms = _means(settings, _dtype(settings), chosen.norms, ahead)
    else:
        norms = _means(settings, _dtype(settings), chosen.norms)
    return _summarised(norms)


@dataclass(frozen=True)
class Contributions:
    """The itemised gradient of the weights: what the step at each lag adds to dL/dW.

    dL/dW = Σ_k G_k is a sum over lags (Pascanu et al. 2013, eq. 4), G_k = δ_t [h₋₁; x; 1]ᵀ at step
    t = T − k. `shares` are ⟨G_k, G⟩ / ‖G‖², the length of each item along the whole in parts of the
    whole, so that those of all lags add up to 1; an item that points against the sum has a negative
    one. `norms` are ‖G_k‖ / ‖G‖, which do not add up. Both of each sample's own gradient, mean over
    samples; `share` is the mean over networks. NaN where the whole gradient is 0.
    """

    shares: Float[np.ndarray, "S T"]
    norms: Float[np.ndarray, "S T"]
    share: Float[np.ndarray, " T"]

    @property
    def half(self) -> int | None:
        """From so many last steps comes half of dL/dW; None where there is none."""
        reached = np.cumsum(self.share) >= 0.5
        return int(reached.argmax()) + 1 if reached.any() else None


def contributions(settings: FlowSettings) -> Contributions:
    """What each step adds to dL/dW, lag 0 being the last step."""
    found = _means(settings, _dtype(settings), _items)
    shares, norms = (each[::-1].T for each in found)
    with np.errstate(invalid="ignore"):
        return Contributions(shares, norms, share=shares.mean(0))


def _items(network: Unrolled) -> Float[Tensor, "2 T *S B"]:
    """Along the whole, and by their norms, in parts of the whole; sample by sample.

    With G = Σ_t δ_t s_tᵀ, ⟨δ_t s_tᵀ, G⟩ = δ_tᵀ G s_t: no item is ever written out.
    """
    along: Tensor | float = 0.0
    own: Tensor | float = 0.0
    whole: Tensor | float = 0.0
    peak = network.deltas.double().abs().amax((0, -2), keepdim=True)  # squares would underflow
    scale = torch.where(peak > 0, peak, 1)
    for deltas, seen in network.outer_products():
        left, right = (
            part.double().movedim(0, -3).movedim(-1, -3)  # *S B T rows
            for part in (deltas / scale, seen)
        )
        total = left.mT @ right
        along = along + ((left @ total) * right).sum(-1)
        own = own + left.square().sum(-1) * right.square().sum(-1)
        whole = whole + total.square().sum((-2, -1))
    for deltas, seen in network.products_by_unit():
        items = (deltas.double() / scale * seen.double()).movedim(0, -3).movedim(-1, -3)
        total = items.sum(-2, keepdim=True)
        along = along + (items * total).sum(-1)
        own = own + items.square().sum(-1)
        whole = whole + total.square().sum((-2, -1))
    size = torch.as_tensor(whole).unsqueeze(-1)
    found = torch.as_tensor(along) / size, (torch.as_tensor(own) / size).sqrt()
    return torch.stack(found).movedim(-1, 1)


def zeros(norms: StateNorms, lags: int) -> float:
    """How many of the first so many gradients are exactly 0, mean over networks."""
    return float((norms.norms[:, :lags] == 0).sum(1).mean())


def underflow(settings: FlowSettings) -> Underflow:
    """How many of the gradients of the memory are exactly 0 in float32, mean over networks.

    The whole computation is done again in float32, forward and back.
    """
    found = _means(settings, torch.float32, _nothing_left)
    gradients, norms = ((each == 1).sum() / settings.seeds for each in found)
    return Underflow(settings.length + 1, float(gradients), float(norms))


def _nothing_left(network: Unrolled) -> Float[Tensor, "2 L *S B"]:
    """1 where no entry of a gradient is left, and where its norm is 0."""
    memory = network.hidden_gradients
    if network.cell_gradients is not None:
        memory = network.cell_gradients
    lost = (memory == 0).all(-2), torch.linalg.vector_norm(memory, dim=-2) == 0
    return torch.stack(lost).double()


def _dtype(settings: FlowSettings) -> torch.dtype:
    found: torch.dtype = getattr(torch, settings.precision)
    return found


def _means(
    settings: FlowSettings,
    dtype: torch.dtype,
    measure: Callable[[Unrolled], Tensor],
    directions: int = 0,
) -> Float[np.ndarray, "... S"]:
    """What is measured of every sample, mean over samples, for every network.

    Networks and sequences go in groups that fit the room, all the same whatever the machine.
    """
    columns = directions or settings.batch
    each = (settings.length + 1) * settings.units
    group, most = max(1, ROOM // (each * columns)), max(1, SAMPLES // each)
    end = settings.seed + settings.seeds
    found = []
    for first in range(settings.seed, end, group):
        seeds = range(first, min(first + group, end))
        turns = [range(at, min(at + most, columns)) for at in range(0, columns, most)]
        parts = [
            measure(gone_back(settings, seeds, dtype, turn, directions, again=True))
            for turn in turns
        ]
        found.append(torch.cat(parts, dim=-1).mean(-1))
    return torch.cat(found, dim=-1).numpy()


@torch.inference_mode()
def gone_back(
    settings: FlowSettings,
    seeds: range,
    dtype: torch.dtype,
    samples: range | None = None,
    directions: int = 0,
    again: bool = False,
) -> Unrolled:
    """The networks of these seeds after both of their passes, with some of the samples or all.

    With `directions` every sample is the first sequence, and the loss of sample i is h_T[i]. With
    `again` the room of an earlier call of the same size is used once more, and what it held is
    gone.
    """
    s = settings
    matrix = torch.stack(
        [
            initial_matrix(
                s.cell,
                1,
                s.units,
                stream(i, WEIGHTS),
                s.recurrent_init,
                s.gain,
                s.forget_bias,
                chrono=s.length if s.keeping == "chrono" else None,
            )
            for i in seeds
        ]
    )
    inputs = s.input_scale * _normal(seeds, INPUTS, s.length, 1, s.batch).transpose(0, 1)
    readout = _normal(seeds, READOUT, s.units, s.batch)
    if directions:
        inputs = inputs[..., :1].expand(-1, -1, -1, directions)
        readout = torch.eye(s.units, directions, dtype=torch.float64).expand(len(seeds), -1, -1)
    if samples is not None:
        part = slice(samples.start, samples.stop)
        inputs, readout = inputs[..., part], readout[..., part]
    network = (_room if again else _made)(s.cell, matrix.to(dtype), s.length, readout.shape[-1])
    network.read(inputs.to(dtype))
    network.forward()
    network.backward(readout.to(dtype), every=s.loss_at == "every")
    return network


def _made(cell: str, matrix: Tensor, steps: int, batch: int) -> Unrolled:
    return UNROLLED[cell](matrix, steps, batch)


def _room(cell: str, matrix: Tensor, steps: int, batch: int) -> Unrolled:
    """A network of this size with these weights; to make one takes a third of going through it."""
    key = cell, tuple(matrix.shape), steps, batch, matrix.dtype
    rooms: OrderedDict[Hashable, Unrolled] = vars(_kept).setdefault("rooms", OrderedDict())
    if key in rooms:
        rooms[key].matrix.copy_(matrix)
        rooms.move_to_end(key)
        return rooms[key]
    network = _made(cell, matrix, steps, batch)
    if network.states.numel() <= ROOM:
        rooms[key] = network
    while len(rooms) > ROOMS:
        rooms.popitem(last=False)
    return network


def _normal(seeds: range, purpose: int, *shape: int) -> Tensor:
    drawn = torch.empty(len(seeds), *shape, dtype=torch.float64)
    for seed, part in zip(seeds, drawn, strict=True):
        part.normal_(generator=stream(seed, purpose))
    return drawn


def mean_norms(gradients: Float[Tensor, "L *S H B"]) -> Float[np.ndarray, "L ..."]:
    """The norm over units, mean over samples."""
    return sample_norms(gradients).mean(-1).numpy()


def sample_norms(gradients: Float[Tensor, "L *S H B"]) -> Float[Tensor, "L *S B"]:
    """The norm over units.

    Squares of float64 leave its range at 1e-154 and 1e154, so each state is scaled to its
    largest entry where that matters. An infinite entry makes an infinite norm.
    """
    norms = torch.linalg.vector_norm(gradients, dim=-2)
    if norms.min() < 1e-120 or norms.max() > 1e120:
        over = tuple(range(1, gradients.dim()))
        peaks = torch.linalg.vector_norm(gradients, ord=torch.inf, dim=over, keepdim=True)
        scale = torch.where((peaks > 0) & (peaks < torch.inf), peaks, 1)
        norms = torch.linalg.vector_norm(gradients / scale, dim=-2) * scale.squeeze(-2)
    return norms


def _summarised(means: Float[np.ndarray, "L S"]) -> StateNorms:
    norms = means[::-1].T  # the last state first
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = norms / norms[:, :1]
        logs = np.log(ratios)
        typical = np.exp(logs.mean(0))
        spread = logs.std(0, ddof=min(1, len(norms) - 1)) / np.log(10)
        per_step = typical[1:] / typical[:-1]
    return StateNorms(norms, ratios, typical, spread, per_step=per_step)
