"""How much of the loss gradient reaches each earlier state, at initialisation.

Letters in the shapes: S networks (one a seed), L lags 0 … T, T steps, H units, B samples.
"""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from explorer.gradients.initial import INPUTS, READOUT, WEIGHTS, initial_matrix, stream
from explorer.gradients.settings import FlowSettings
from explorer.gradients.unrolled import UNROLLED, Unrolled

ROOM = 2**19  # numbers in one array of the unrolled network; more networks take turns


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

    L = v · h_T with v ~ N(0, 1) drawn for each sample, so that nothing of the loss but its
    direction enters; inputs are scalar, x ~ N(0, 1). Everything is float64: the norms span
    thirty orders of magnitude and more. All gradients are the total derivatives of the unrolled
    network, every path counted. The initial c reaches the loss through the forget gate only.
    """
    hidden, cell = [], []
    for seeds in _turns(settings):
        network = gone_back(settings, seeds, torch.float64)
        hidden.append(mean_norms(network.hidden_gradients))
        if network.cell_gradients is not None:
            cell.append(mean_norms(network.cell_gradients))
    return NormsThroughTime(
        lags=np.arange(settings.length + 1),
        hidden=_summarised(hidden),
        cell=_summarised(cell) if cell else None,
    )


def underflow(settings: FlowSettings) -> Underflow:
    """How many of the gradients of the memory are exactly 0 in float32, mean over networks.

    The whole computation is done again in float32, forward and back.
    """
    gradients, norms = 0, 0
    for seeds in _turns(settings):
        network = gone_back(settings, seeds, torch.float32)
        memory = network.hidden_gradients
        if network.cell_gradients is not None:
            memory = network.cell_gradients
        gradients += int((memory == 0).all(-1).all(-1).sum())
        norms += int((torch.linalg.vector_norm(memory, dim=-2) == 0).all(-1).sum())
    return Underflow(settings.length + 1, gradients / settings.seeds, norms / settings.seeds)


def _turns(settings: FlowSettings) -> list[range]:
    """The seeds in groups that fit the room, all the same whatever the machine."""
    each = (settings.length + 1) * settings.units * settings.batch
    group = max(1, ROOM // each)
    end = settings.seed + settings.seeds
    return [range(first, min(first + group, end)) for first in range(settings.seed, end, group)]


@torch.inference_mode()
def gone_back(settings: FlowSettings, seeds: range, dtype: torch.dtype) -> Unrolled:
    s = settings
    matrix = torch.stack(
        [
            initial_matrix(
                s.cell, 1, s.units, stream(i, WEIGHTS), s.recurrent_init, s.gain, s.forget_bias
            )
            for i in seeds
        ]
    )
    inputs = _normal(seeds, INPUTS, s.length, 1, s.batch).transpose(0, 1)
    readout = _normal(seeds, READOUT, s.units, s.batch)
    network = UNROLLED[s.cell](matrix.to(dtype), s.length, s.batch)
    network.read(inputs.to(dtype))
    network.forward()
    network.backward(readout.to(dtype))
    return network


def _normal(seeds: range, purpose: int, *shape: int) -> Tensor:
    drawn = torch.empty(len(seeds), *shape, dtype=torch.float64)
    for seed, part in zip(seeds, drawn, strict=True):
        part.normal_(generator=stream(seed, purpose))
    return drawn


def mean_norms(gradients: Float[Tensor, "L *S H B"]) -> Float[np.ndarray, "L ..."]:
    """The norm over units, mean over samples.

    Squares of float64 leave its range at 1e-154 and 1e154, so each state is scaled to its
    largest entry where that matters.
    """
    norms = torch.linalg.vector_norm(gradients, dim=-2)
    if norms.min() < 1e-120 or norms.max() > 1e120:
        over = tuple(range(1, gradients.dim()))
        peaks = torch.linalg.vector_norm(gradients, ord=torch.inf, dim=over, keepdim=True)
        scale = torch.where(peaks > 0, peaks, 1)
        norms = torch.linalg.vector_norm(gradients / scale, dim=-2) * scale.squeeze(-2)
    return norms.mean(-1).numpy()


def _summarised(groups: list[np.ndarray]) -> StateNorms:
    norms = np.concatenate(groups, axis=1)[::-1].T  # the last state first
    ratios = norms / norms[:, :1]
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(ratios)
        typical = np.exp(logs.mean(0))
        spread = logs.std(0, ddof=min(1, len(norms) - 1)) / np.log(10)
        per_step = typical[1:] / typical[:-1]
    return StateNorms(norms, ratios, typical, spread, per_step=per_step)
